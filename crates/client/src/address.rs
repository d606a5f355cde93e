use std::{fmt, str::FromStr};

/// Where a broker listens: `host:port`, `[::1]:port`, or a host alone for port 9092.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub host: String,
    pub port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address of the form HOST:PORT")]
pub struct InvalidAddress(pub String);

impl Address {
    pub const DEFAULT_PORT: u16 = 9092;

    /// Reads a list such as `a:9092,b:9092`. An empty list is refused.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, InvalidAddress> {
        let addresses: Result<Vec<Self>, _> =
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::parse).collect();
        match addresses {
            Ok(list) if list.is_empty() => Err(InvalidAddress(text.to_owned())),
            other => other,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let invalid = || InvalidAddress(text.to_owned());
        // Kafka's own lists may name the security protocol first, as in `PLAINTEXT://host:9092`.
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (host, port) = match rest.strip_prefix('[') {
            Some(bracketed) => {
                let (host, after) = bracketed.split_once(']').ok_or_else(invalid)?;
                match after {
                    "" => (host, None),
                    _ => (host, Some(after.strip_prefix(':').ok_or_else(invalid)?)),
                }
            }
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        let port = match port {
            Some(digits) => digits.parse().map_err(|_| invalid())?,
            None => Self::DEFAULT_PORT,
        };
        if host.is_empty() || port == 0 || host.contains([' ', '/', ',']) {
            return Err(invalid());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hosts_with_and_without_ports() {
        for (text, host, port, shown) in [
            ("localhost:9092", "localhost", 9092, "localhost:9092"),
            ("kafka", "kafka", 9092, "kafka:9092"),
            ("10.0.0.1:19092", "10.0.0.1", 19092, "10.0.0.1:19092"),
            ("[::1]:9092", "::1", 9092, "[::1]:9092"),
            ("[fe80::2]", "fe80::2", 9092, "[fe80::2]:9092"),
            ("PLAINTEXT://broker:9093", "broker", 9093, "broker:9093"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(
                (address.host.as_str(), address.port, address.to_string().as_str()),
                (host, port, shown)
            );
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in [
            "",
            ":9092",
            "host:",
            "host:http",
            "host:0",
            "host:70000",
            "::1",
            "[::1",
            "[::1]9092",
            "a b:1",
            "a/b",
        ] {
            assert_eq!(text.parse::<Address>(), Err(InvalidAddress(text.to_owned())), "{text}");
        }
        assert!(Address::parse_list(" , ").is_err());
        assert_eq!(Address::parse_list("a:1, b:2,").unwrap().len(), 2);
    }
}
