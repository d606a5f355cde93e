//! SASL mechanisms of both sides: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER.
//!
//! Bytes in, bytes out. Each exchange is a chain of types, one for each message that is waited for, so that a
//! step cannot be taken out of turn; [`Client`] puts the client's chains behind one type. Nonces are arguments, and who
//! looks a user up or judges a token is the caller.
//!
//! Invariants: secrets are compared in constant time and never shown by `Debug`; a client believes a SCRAM
//! server only after its signature; a message is at most [`MAX_MESSAGE`] bytes, and an iteration count that
//! would keep a processor busy is refused before it does.
//!
//! Deliberately absent: SASLprep. Kafka's brokers, its tools and librdkafka hash a password's UTF-8 as it is
//! typed; preparing it would lock out every password that preparation changes. Channel binding: Kafka has none.
//!
//! Not here: sockets, Kafka's framing, the store of credentials. Sources: RFC 4616 (PLAIN), RFC 5802 and RFC
//! 7677 (SCRAM), RFC 7628 (OAUTHBEARER), KIP-84, KIP-342 (extensions).
#![forbid(unsafe_code)]

mod client;
pub mod oauthbearer;
pub mod plain;
pub mod scram;

pub use client::Client;
use std::{fmt, str::FromStr};

/// Bytes of the longest message that either side takes, a token included.
pub const MAX_MESSAGE: usize = 128 << 10;

/// How two sides find out who the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    Plain,
    Scram(scram::Hash),
    OauthBearer,
}

impl Mechanism {
    pub const ALL: [Self; 4] =
        [Self::Plain, Self::Scram(scram::Hash::Sha256), Self::Scram(scram::Hash::Sha512), Self::OauthBearer];

    /// As SaslHandshake has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Scram(scram::Hash::Sha256) => "SCRAM-SHA-256",
            Self::Scram(scram::Hash::Sha512) => "SCRAM-SHA-512",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER")]
pub struct UnknownMechanism(pub String);

impl FromStr for Mechanism {
    type Err = UnknownMechanism;

    fn from_str(name: &str) -> Result<Self, UnknownMechanism> {
        let known = Self::ALL.into_iter().find(|mechanism| mechanism.name() == name);
        known.ok_or_else(|| UnknownMechanism(name.to_owned()))
    }
}

/// Why an exchange ended without authentication.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The other side does not keep to the mechanism.
    #[error("the {mechanism} message is malformed: {reason}")]
    Malformed { mechanism: &'static str, reason: &'static str },
    /// What this side was given cannot be sent.
    #[error("{what} cannot be used: {reason}")]
    Unusable { what: &'static str, reason: &'static str },
    #[error("the server asks for {asked} iterations, {least} to {most} are accepted")]
    Iterations { asked: u64, least: u32, most: u32 },
    /// A client hears this from its server. The text is the server's.
    #[error("the server refused: {0}")]
    Refused(String),
    /// Either the server is an impostor, or it keeps another password than the one it accepted.
    #[error("the server did not prove that it knows the password")]
    ServerSignature,
    /// A server says this of its client, whether the user or the password is wrong.
    #[error("the credentials are not valid")]
    InvalidCredentials,
    #[error("authorization id `{0}` is not the authenticated user")]
    OtherIdentity(String),
}

/// The message as text, if it is not longer than any can be.
fn text<'a>(mechanism: &'static str, message: &'a [u8]) -> Result<&'a str, Error> {
    if message.len() > MAX_MESSAGE {
        return Err(Error::Malformed { mechanism, reason: "it is too long" });
    }
    std::str::from_utf8(message).map_err(|_| Error::Malformed { mechanism, reason: "it is not UTF-8" })
}

/// Cuts what the server said to what fits on a line.
fn excerpt(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    shown.take(500).collect()
}
