use super::{GroupConfig, LogConfig, NetworkConfig, NodeConfig, QuorumConfig, QuotaConfig};
use crate::{Error, Listener, Properties, ProtocolMap, Scope, SecurityProtocol, lookup, typed};
use std::path::PathBuf;

/// All of a server's settings, checked alone and against each other.
///
/// Where Kafka insists on `node.id`, `process.roles` and `controller.listener.names`, a file without them is
/// a node of its own: number 1, both roles, a quorum of one that needs no listener.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub node: NodeConfig,
    pub network: NetworkConfig,
    pub log: LogConfig,
    pub quorum: QuorumConfig,
    pub group: GroupConfig,
    pub quota: QuotaConfig,
    /// Where to listen, controller listeners included.
    pub listeners: Vec<Listener>,
    /// What clients are told. An empty host is for the caller to fill with this host's name.
    pub advertised_listeners: Vec<Listener>,
    /// Name, among `listeners`, of the one that brokers use among themselves.
    pub inter_broker_listener: String,
    /// Exactly what was set, for the static layer of [`Layers`](crate::Layers).
    pub properties: Properties,
    /// Keys that nothing knows: each an [`Error::UnknownKey`] worth a warning.
    pub unknown: Vec<Error>,
}

/// A node of its own on Kafka's port.
impl Default for ServerConfig {
    fn default() -> Self {
        let mut config = Self::unresolved();
        config.resolve().expect("the defaults agree with each other");
        config
    }
}

impl ServerConfig {
    /// The later of two values of a key counts, so files come before overrides.
    pub fn from_properties<K, V>(properties: impl IntoIterator<Item = (K, V)>) -> Result<Self, Error>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let mut config = Self::unresolved();
        config.properties = properties.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        // One number under two names: Kafka too shows the one that was not given.
        for (given, other) in [("node.id", "broker.id"), ("broker.id", "node.id")] {
            if let Some(id) = config.properties.get(given).cloned() {
                config.properties.entry(other.to_owned()).or_insert(id);
            }
        }
        for (key, value) in config.properties.clone() {
            if let Err(error) = config.apply(&key, &value) {
                match error {
                    Error::UnknownKey { .. } => config.unknown.push(error),
                    error => return Err(error),
                }
            }
        }
        config.resolve()?;
        Ok(config)
    }

    fn unresolved() -> Self {
        Self {
            node: NodeConfig::default(),
            network: NetworkConfig::default(),
            log: LogConfig::default(),
            quorum: QuorumConfig::default(),
            group: GroupConfig::default(),
            quota: QuotaConfig::default(),
            listeners: Vec::new(),
            advertised_listeners: Vec::new(),
            inter_broker_listener: String::new(),
            properties: Properties::new(),
            unknown: Vec::new(),
        }
    }

    /// These settings with what IncrementalAlterConfigs put over them: for the cluster, then for this broker. Its
    /// `properties` are all that was set by any way.
    pub fn with_dynamic(&self, cluster: &Properties, broker: &Properties) -> Result<Self, Error> {
        let mut config = self.clone();
        for (key, value) in cluster.iter().chain(broker) {
            config.properties.insert(key.clone(), value.clone());
            match config.apply(key, value) {
                Ok(()) | Err(Error::UnknownKey { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        config.resolve()?;
        Ok(config)
    }

    /// Folders for partition logs.
    pub fn log_dirs(&self) -> Vec<PathBuf> {
        self.log.log_dirs.as_ref().unwrap_or(&self.log.log_dir).iter().map(PathBuf::from).collect()
    }

    /// Folder of the metadata log.
    pub fn metadata_log_dir(&self) -> PathBuf {
        let first = || self.log_dirs().into_iter().next().expect("neither list of folders may be empty");
        self.quorum.metadata_log_dir.as_ref().map_or_else(first, PathBuf::from)
    }

    pub fn is_controller_listener(&self, name: &str) -> bool {
        self.network.controller_listener_names.iter().any(|listener| listener.eq_ignore_ascii_case(name))
    }

    fn apply(&mut self, key: &str, value: &str) -> Result<(), Error> {
        let setting = lookup(Scope::Broker, key)?;
        setting.check(value)?;
        // A listener's own value of a setting is checked, and read by the listener.
        if setting.key != key {
            return Ok(());
        }
        let applied = [
            self.node.apply(key, value),
            self.network.apply(key, value),
            self.log.apply(key, value),
            self.quorum.apply(key, value),
            self.group.apply(key, value),
            self.quota.apply(key, value),
        ];
        let is_theirs = |applied: &Result<(), Error>| !matches!(applied, Err(Error::UnknownKey { .. }));
        applied.into_iter().find(is_theirs).unwrap_or(Ok(()))
    }

    fn resolve(&mut self) -> Result<(), Error> {
        self.resolve_listeners()?;
        self.check_roles()?;
        self.check_pairs()?;
        self.check_ranges()
    }

    fn resolve_listeners(&mut self) -> Result<(), Error> {
        let map = self.protocols();
        self.listeners = Listener::parse_all("listeners", &self.network.listeners, &map)?;
        let is_controller = |listener: &Listener| self.is_controller_listener(&listener.name);
        let advertised = match &self.network.advertised_listeners {
            Some(texts) => Listener::parse_all("advertised.listeners", texts, &map)?,
            None => self.listeners.iter().filter(|listener| !is_controller(listener)).cloned().collect(),
        };
        if let Some(listener) = advertised.iter().find(|listener| listener.is_unspecified()) {
            let from_listeners = self.network.advertised_listeners.is_none();
            return Err(Error::BadValue {
                key: "advertised.listeners".to_owned(),
                value: listener.to_string(),
                expected: if from_listeners {
                    "an address that clients can connect to; set it, because `listeners` has one of all zeros"
                        .to_owned()
                } else {
                    "an address that clients can connect to".to_owned()
                },
            });
        }
        let known = |name: &str| self.listeners.iter().any(|listener| listener.name == name);
        if let Some(listener) =
            advertised.iter().find(|listener| !known(&listener.name) && !is_controller(listener))
        {
            return Err(Error::Conflict {
                first: "advertised.listeners".to_owned(),
                second: "listeners".to_owned(),
                reason: format!("`{}` is advertised and is no listener", listener.name),
            });
        }
        if self.node.process_roles.broker {
            self.inter_broker_listener = self.inter_broker_name(&map)?;
            if !advertised.iter().any(|listener| listener.name == self.inter_broker_listener) {
                return Err(Error::Conflict {
                    first: "inter.broker.listener.name".to_owned(),
                    second: "advertised.listeners".to_owned(),
                    reason: format!("`{}` is not among the advertised listeners", self.inter_broker_listener),
                });
            }
        }
        self.advertised_listeners = advertised;
        Ok(())
    }

    /// The map as it was set. If it was not, controller listeners are plaintext, unless TLS or SASL is in use
    /// by name.
    fn protocols(&self) -> ProtocolMap {
        let mut map = self.network.listener_security_protocol_map.clone();
        let is_secure = |name: &str| {
            let protocol =
                SecurityProtocol::NAMES.iter().position(|protocol| protocol.eq_ignore_ascii_case(name));
            protocol.is_some_and(|at| at != 0)
        };
        let mut names = self.network.listeners.iter().filter_map(|text| text.split("://").next());
        let controllers = &self.network.controller_listener_names;
        if !self.properties.contains_key("listener.security.protocol.map")
            && !names.any(is_secure)
            && !controllers.iter().any(|name| is_secure(name))
        {
            for name in controllers {
                map.insert(name, SecurityProtocol::Plaintext);
            }
        }
        map
    }

    fn inter_broker_name(&self, map: &ProtocolMap) -> Result<String, Error> {
        let Some(name) = &self.network.inter_broker_listener_name else {
            return Ok(self.network.security_inter_broker_protocol.name().to_owned());
        };
        if self.properties.contains_key("security.inter.broker.protocol") {
            return Err(Error::Conflict {
                first: "inter.broker.listener.name".to_owned(),
                second: "security.inter.broker.protocol".to_owned(),
                reason: "the listener's name decides about the protocol".to_owned(),
            });
        }
        let name = name.to_ascii_uppercase();
        if map.get(&name).is_none() || self.is_controller_listener(&name) {
            return Err(Error::BadValue {
                key: "inter.broker.listener.name".to_owned(),
                value: name,
                expected: "the name of a listener that is in `listener.security.protocol.map` and not a controller's"
                    .to_owned(),
            });
        }
        Ok(name)
    }

    fn check_roles(&self) -> Result<(), Error> {
        let conflict = |first: &str, second: &str, reason: String| {
            Err(Error::Conflict { first: first.to_owned(), second: second.to_owned(), reason })
        };
        let (node, voters) = (&self.node, &self.quorum.controller_quorum_voters);
        if let Some(broker_id) =
            self.properties.get("broker.id").filter(|id| id.trim() != node.node_id.0.to_string())
            && self.properties.contains_key("node.id")
        {
            return conflict("node.id", "broker.id", format!("they are {} and {broker_id}", node.node_id.0));
        }
        let alone = voters.0.len() <= 1 && self.quorum.controller_quorum_bootstrap_servers.is_empty();
        let has_controller_listener =
            self.listeners.iter().any(|listener| self.is_controller_listener(&listener.name));
        if node.process_roles.controller {
            if !voters.0.is_empty() && !voters.contains(node.node_id) {
                return conflict(
                    "node.id",
                    "controller.quorum.voters",
                    format!("this node is a controller, and {} is not among the voters", node.node_id.0),
                );
            }
            if !alone && !has_controller_listener {
                return conflict(
                    "controller.listener.names",
                    "listeners",
                    "a controller of a quorum needs a listener of its own".to_owned(),
                );
            }
            return Ok(());
        }
        if voters.contains(node.node_id) {
            return conflict(
                "node.id",
                "controller.quorum.voters",
                format!("this node is no controller, and {} is among the voters", node.node_id.0),
            );
        }
        if has_controller_listener {
            return conflict(
                "controller.listener.names",
                "listeners",
                "this node is no controller, so it cannot have a controller's listener".to_owned(),
            );
        }
        if voters.0.is_empty() && self.quorum.controller_quorum_bootstrap_servers.is_empty() {
            return Err(Error::Missing { key: "controller.quorum.bootstrap.servers".to_owned() });
        }
        Ok(())
    }

    fn check_pairs(&self) -> Result<(), Error> {
        let conflict = |first: &str, second: &str, reason: &str| {
            Err(Error::Conflict {
                first: first.to_owned(),
                second: second.to_owned(),
                reason: reason.to_owned(),
            })
        };
        let network = &self.network;
        if network.queued_max_request_bytes.is_some_and(|queued| queued < network.socket_request_max_bytes) {
            return conflict(
                "queued.max.request.bytes",
                "socket.request.max.bytes",
                "one request of the largest size must fit",
            );
        }
        if network.max_connections_per_ip == 0 && network.max_connections_per_ip_overrides.0.is_empty() {
            return conflict(
                "max.connections.per.ip",
                "max.connections.per.ip.overrides",
                "0 refuses everybody, unless some addresses are excepted",
            );
        }
        Ok(())
    }

    /// Settings that must not be larger than another, acted on or not.
    fn check_ranges(&self) -> Result<(), Error> {
        const ORDERED: [(&str, &str); 4] = [
            ("group.min.session.timeout.ms", "group.max.session.timeout.ms"),
            ("replica.fetch.wait.max.ms", "replica.lag.time.max.ms"),
            ("replica.fetch.wait.max.ms", "replica.socket.timeout.ms"),
            ("log.cleaner.min.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"),
        ];
        const BOUNDED: [(&str, &str); 12] = [
            ("consumer", "session.timeout.ms"),
            ("consumer", "heartbeat.interval.ms"),
            ("consumer", "assignment.interval.ms"),
            ("share", "session.timeout.ms"),
            ("share", "heartbeat.interval.ms"),
            ("share", "assignment.interval.ms"),
            ("share", "delivery.count.limit"),
            ("share", "record.lock.duration.ms"),
            ("share", "partition.max.record.locks"),
            ("streams", "session.timeout.ms"),
            ("streams", "heartbeat.interval.ms"),
            ("streams", "assignment.interval.ms"),
        ];
        let bounded = BOUNDED.iter().flat_map(|(group, limit)| {
            let [least, value, most] =
                ["min.", "", "max."].map(|bound| format!("group.{group}.{bound}{limit}"));
            [(least, value.clone()), (value, most)]
        });
        let ordered = ORDERED.iter().map(|(low, high)| ((*low).to_owned(), (*high).to_owned()));
        for (low, high) in ordered.chain(bounded) {
            if self.number(&low)? > self.number(&high)? {
                return Err(Error::Conflict {
                    first: low,
                    second: high,
                    reason: "the first is larger".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// What is set for a key that counts something, or its default.
    pub fn number(&self, key: &str) -> Result<i64, Error> {
        let setting = lookup(Scope::Broker, key)?;
        let text = self.properties.get(key).or(setting.default.as_ref());
        text.map_or(Ok(0), |text| typed(setting, text))
    }
}
