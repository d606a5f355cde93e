//! What to say of an address that did not work as a broker's: what happened there, and what to do about it.
//!
//! An address that was typed and one that a broker gave ask for different things: the first may be a typo, the second
//! is what the broker advertises.
use client::{Error, tls};
use std::{fmt::Write as _, time::Duration};

/// What a command knows of its cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contact {
    /// The addresses that the command was given.
    pub(crate) asked: Vec<String>,
    /// Whether one of them worked.
    pub(crate) is_made: bool,
}

/// What happened, and the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) next_step: String,
}

/// `None` for an error that is not about an address.
pub(super) fn trouble(error: &Error, contact: &Contact) -> Option<Trouble> {
    let (address, mut what, step) = at_address(error, contact.is_made)?;
    let is_advertised = contact.is_made && contact.asked.iter().all(|asked| asked != address);
    let next_step = if is_advertised {
        let asked = match contact.asked.as_slice() {
            [one] => one.as_str(),
            _ => "a bootstrap server",
        };
        format!(
            "{asked} answered, and says that a broker is at {address}: start that broker, correct its \
             `advertised.listeners`, or make that address work from here"
        )
    } else {
        if let [_, _, ..] = contact.asked.as_slice()
            && !contact.is_made
        {
            let _ = write!(what, " (and none of {} works)", contact.asked.join(", "));
        }
        format!("{step}, or name another with --bootstrap-server HOST:PORT")
    };
    Some(Trouble { what, next_step })
}

const SEE_TLS: &str =
    "see whether it is a Kafka port, and whether it wants TLS (-X security.protocol=SSL or SASL_SSL)";
const SEE_BROKER: &str = "see whether the broker still runs";
const SEE_PORT: &str = "use the port of a Kafka listener";

/// The address, what happened there, and what to look at.
fn at_address(error: &Error, is_made: bool) -> Option<(&str, String, &'static str)> {
    let plain = || super::with_causes(error);
    Some(match error {
        Error::Connect { address, source } => {
            let reason = super::plain(source.as_ref());
            match reason.strip_prefix("failed to lookup address information: ") {
                Some(reason) => {
                    let what =
                        format!("cannot connect to {address}: its host name does not resolve ({reason})");
                    (address, what, "check how it is spelt")
                }
                None => (address, plain(), "start a broker with `mainstem dev`"),
            }
        }
        Error::ConnectTimeout { address, after } => {
            let what = format!("{address} did not answer within {}", seconds(*after));
            (address, what, "see whether a broker runs there, its name resolves, and no firewall is between")
        }
        Error::Disconnected { address } | Error::ConnectionLost { address, .. } => {
            (address, plain(), if is_made { SEE_BROKER } else { SEE_TLS })
        }
        Error::FrameLength { address, length, .. } => {
            let what = match u32::try_from(*length).map(u32::to_be_bytes) {
                Ok(bytes) if bytes == *b"HTTP" => format!("{address} speaks HTTP, not Kafka"),
                _ => format!("{address} does not speak Kafka: it sent a frame of {length} bytes"),
            };
            (address, what, SEE_PORT)
        }
        Error::OutOfStep { address, .. } => (address, plain(), SEE_PORT),
        Error::Malformed { address, .. } if !is_made => {
            (address, format!("{address} does not speak Kafka: {}", plain()), SEE_PORT)
        }
        Error::Tls(tls::Error::OnlyTls { address }) => {
            (address, format!("{address} speaks TLS"), "try -X security.protocol=SSL or SASL_SSL")
        }
        Error::Tls(tls::Error::NotTls { address }) => (
            address,
            format!("{address} does not speak TLS"),
            "try -X security.protocol=PLAINTEXT or SASL_PLAINTEXT",
        ),
        Error::GaveUp { after, last } => {
            let (address, what, step) = at_address(last, is_made)?;
            (address, format!("gave up after {}: {what}", seconds(*after)), step)
        }
        Error::DeliveryTimeout { partition, after, last: Some(last) } => {
            let (address, what, step) = at_address(last, is_made)?;
            let what =
                format!("a record of {partition} was not delivered within {}: {what}", seconds(*after));
            (address, what, step)
        }
        _ => return None,
    })
}

/// `2.5 s`.
pub(super) fn seconds(span: Duration) -> String {
    let tenths = (span.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths} s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io, sync::Arc};

    fn contact(asked: &str, is_made: bool) -> Contact {
        Contact { asked: asked.split(',').map(str::to_owned).collect(), is_made }
    }

    fn connect(address: &str, source: io::Error) -> Error {
        Error::Connect { address: address.into(), source: Arc::new(source) }
    }

    fn refused(address: &str) -> Error {
        connect(address, io::Error::from_raw_os_error(111))
    }

    fn lookup(address: &str) -> Error {
        connect(address, io::Error::other("failed to lookup address information: Name or service not known"))
    }

    #[test]
    fn an_address_that_fails_says_what_to_do() {
        let frame = |length| Error::FrameLength { address: "a:1".into(), length, limit: 9 };
        for (error, contact, what, step) in [
            (
                refused("a:1"),
                contact("a:1", false),
                "cannot connect to a:1: Connection refused",
                "start a broker with `mainstem dev`, or name another",
            ),
            (
                refused("a:1"),
                contact("a:1,b:2", false),
                "cannot connect to a:1: Connection refused (and none of a:1, b:2 works)",
                "start a broker",
            ),
            (
                lookup("a:1"),
                contact("a:1", false),
                "cannot connect to a:1: its host name does not resolve (Name or service not known)",
                "spelt",
            ),
            (
                Error::ConnectTimeout { address: "a:1".into(), after: Duration::from_millis(2500) },
                contact("a:1", false),
                "a:1 did not answer within 2.5 s",
                "firewall",
            ),
            (frame(0x4854_5450), contact("a:1", false), "a:1 speaks HTTP, not Kafka", "the port of a Kafka"),
            (frame(-5), contact("a:1", false), "a:1 does not speak Kafka", "the port of a Kafka"),
            (
                Error::Disconnected { address: "a:1".into() },
                contact("a:1", false),
                "a:1 closed the connection",
                "wants TLS",
            ),
            (
                Error::Disconnected { address: "a:1".into() },
                contact("a:1", true),
                "a:1 closed the connection",
                "still runs",
            ),
            (
                refused("kafka:9092"),
                contact("a:1", true),
                "cannot connect to kafka:9092: Connection refused",
                "a:1 answered, and says that a broker is at kafka:9092: start that broker, correct its \
                 `advertised.listeners`",
            ),
            (
                Error::GaveUp { after: Duration::from_secs(9), last: Box::new(lookup("kafka:9092")) },
                contact("a:1,b:2", true),
                "gave up after 9 s: cannot connect to kafka:9092: its host name does not resolve",
                "a bootstrap server answered",
            ),
            (
                Error::Tls(tls::Error::OnlyTls { address: "a:1".into() }),
                contact("a:1", false),
                "a:1 speaks TLS",
                "security.protocol=SSL",
            ),
        ] {
            let said = trouble(&error, &contact).unwrap();
            assert!(said.what.starts_with(what), "{what}: {said:?}");
            assert!(said.next_step.contains(step), "{step}: {said:?}");
        }
        assert_eq!(trouble(&Error::Closed, &Contact::default()), None);
    }
}
