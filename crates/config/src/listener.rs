//! Listeners, the map from their names to security protocols, and who votes in the quorum.

use crate::{Error, Type, Value, macros::choice};
use base::NodeId;
use std::{fmt, net::IpAddr};

choice! {
    /// What protects a connection.
    #[derive(PartialOrd, Ord)]
    pub enum SecurityProtocol {
        Plaintext = "PLAINTEXT",
        Ssl = "SSL",
        SaslPlaintext = "SASL_PLAINTEXT",
        SaslSsl = "SASL_SSL",
    }
}

/// Names are compared in capitals, as Kafka does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolMap(Vec<(String, SecurityProtocol)>);

/// Each protocol under its own name, in Kafka's order.
impl Default for ProtocolMap {
    fn default() -> Self {
        use SecurityProtocol::{Plaintext, SaslPlaintext, SaslSsl, Ssl};
        Self(
            [SaslSsl, Plaintext, Ssl, SaslPlaintext]
                .map(|protocol| (protocol.name().to_owned(), protocol))
                .to_vec(),
        )
    }
}

impl ProtocolMap {
    pub fn get(&self, listener: &str) -> Option<SecurityProtocol> {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(listener)).map(|(_, protocol)| *protocol)
    }

    pub(crate) fn insert(&mut self, listener: &str, protocol: SecurityProtocol) {
        if self.get(listener).is_none() {
            self.0.push((listener.to_ascii_uppercase(), protocol));
        }
    }
}

impl Value for ProtocolMap {
    const TYPE: Type = Type::String;

    fn parse(text: &str) -> Option<Self> {
        let mut map = Self(Vec::new());
        for pair in Vec::<String>::parse(text)? {
            let (listener, protocol) = pair.split_once(':')?;
            if listener.trim().is_empty() || map.get(listener.trim()).is_some() {
                return None;
            }
            map.insert(listener.trim(), SecurityProtocol::parse(&protocol.to_ascii_uppercase())?);
        }
        Some(map)
    }

    fn to_text(&self) -> Option<String> {
        Some(
            self.0
                .iter()
                .map(|(name, protocol)| format!("{name}:{}", protocol.name()))
                .collect::<Vec<_>>()
                .join(","),
        )
    }
}

/// An address to listen on or to tell clients about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// In capitals.
    pub name: String,
    /// Empty for every interface; among advertised listeners, for this host's own name. IPv6 without
    /// brackets.
    pub host: String,
    /// 0 lets the system choose.
    pub port: u16,
    pub protocol: SecurityProtocol,
}

impl Listener {
    /// Whether no client could use the address: it means "every interface".
    pub fn is_unspecified(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified())
    }

    /// Every listener in the value of `key`, each name and each address once.
    pub(crate) fn parse_all(key: &str, texts: &[String], map: &ProtocolMap) -> Result<Vec<Self>, Error> {
        let mut listeners: Vec<Self> = Vec::new();
        for text in texts {
            let bad = |expected: &str| Error::BadValue {
                key: key.to_owned(),
                value: text.clone(),
                expected: expected.to_owned(),
            };
            let (name, host, port) = split(text).ok_or_else(|| bad("`NAME://host:port`"))?;
            let name = name.to_ascii_uppercase();
            let protocol = map.get(&name).ok_or_else(|| {
                bad(&format!("a name that is in `listener.security.protocol.map`, as `{name}` is not"))
            })?;
            if listeners.iter().any(|other| other.name == name) {
                return Err(bad("each listener name once"));
            }
            if key == "listeners"
                && port != 0
                && listeners.iter().any(|other| (&other.host, other.port) == (&host, port))
            {
                return Err(bad("another address for each listener"));
            }
            listeners.push(Self { name, host, port, protocol });
        }
        Ok(listeners)
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "{}://[{}]:{}", self.name, self.host, self.port);
        }
        write!(f, "{}://{}:{}", self.name, self.host, self.port)
    }
}

/// `NAME://host:port`, the host possibly empty.
fn split(text: &str) -> Option<(&str, String, u16)> {
    let (name, address) = text.trim().split_once("://")?;
    let (host, port) = split_address(address)?;
    (!name.is_empty()).then_some((name, host, port))
}

/// `host:port` with brackets around IPv6. The host may be empty.
fn split_address(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None => host,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:%".contains(c);
    host.chars().all(plain).then_some((host.to_owned(), port.parse().ok()?))
}

/// One of the controllers that vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    pub id: NodeId,
    pub host: String,
    pub port: u16,
}

/// `controller.quorum.voters`: a quorum whose members are fixed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voters(pub Vec<Voter>);

impl Voters {
    pub fn contains(&self, id: NodeId) -> bool {
        self.0.iter().any(|voter| voter.id == id)
    }
}

impl Value for Voters {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        let mut voters = Self::default();
        for voter in Vec::<String>::parse(text)? {
            let (id, address) = voter.split_once('@')?;
            let (host, port) = split_address(address)?;
            let id = NodeId(id.parse::<u32>().ok()?.try_into().ok()?);
            if host.is_empty() || voters.contains(id) {
                return None;
            }
            voters.0.push(Voter { id, host, port });
        }
        Some(voters)
    }

    fn to_text(&self) -> Option<String> {
        let voter = |voter: &Voter| format!("{}@{}:{}", voter.id.0, voter.host, voter.port);
        Some(self.0.iter().map(voter).collect::<Vec<_>>().join(","))
    }
}

/// Limits on connections for some addresses, apart from the general one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionOverrides(pub Vec<(String, i32)>);

impl ConnectionOverrides {
    pub fn get(&self, host: &str) -> Option<i32> {
        self.0.iter().find(|(name, _)| name == host).map(|(_, limit)| *limit)
    }
}

impl Value for ConnectionOverrides {
    const TYPE: Type = Type::String;

    fn parse(text: &str) -> Option<Self> {
        let limit = |pair: &String| {
            let (host, count) = pair.rsplit_once(':')?;
            let count = count.trim().parse().ok().filter(|count: &i32| *count >= 0)?;
            Some((host.trim().to_owned(), count))
        };
        Vec::<String>::parse(text)?.iter().map(limit).collect::<Option<_>>().map(Self)
    }

    fn to_text(&self) -> Option<String> {
        Some(self.0.iter().map(|(host, limit)| format!("{host}:{limit}")).collect::<Vec<_>>().join(","))
    }
}

/// `process.roles`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessRoles {
    pub broker: bool,
    pub controller: bool,
}

impl ProcessRoles {
    pub const NAMES: &[&str] = &["broker", "controller"];
}

impl Value for ProcessRoles {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        let roles = Vec::<String>::parse(text)?;
        let has = |role: &str| roles.iter().any(|name| name == role);
        roles
            .iter()
            .all(|role| Self::NAMES.contains(&role.as_str()))
            .then(|| Self { broker: has("broker"), controller: has("controller") })
    }

    fn to_text(&self) -> Option<String> {
        let roles = [(self.broker, "broker"), (self.controller, "controller")];
        Some(roles.iter().filter(|(on, _)| *on).map(|(_, role)| *role).collect::<Vec<_>>().join(","))
    }
}
