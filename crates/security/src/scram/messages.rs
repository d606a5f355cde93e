//! The text of SCRAM's messages: attributes of one letter, with commas between them.
use super::Hash;
use crate::Error;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Reads attributes in their order.
pub(super) struct Attributes<'a> {
    hash: Hash,
    rest: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    pub(super) fn read(hash: Hash, message: &'a [u8]) -> Result<Self, Error> {
        Ok(Self::of(hash, crate::text(hash.name(), message)?))
    }

    pub(super) fn of(hash: Hash, text: &'a str) -> Self {
        Self { hash, rest: Some(text) }
    }

    pub(super) fn malformed(&self, reason: &'static str) -> Error {
        malformed(self.hash, reason)
    }

    /// The value of the next attribute, which must have this letter.
    pub(super) fn expect(&mut self, letter: char, missing: &'static str) -> Result<&'a str, Error> {
        self.take(letter).ok_or_else(|| self.malformed(missing))
    }

    /// The same, if it is there.
    pub(super) fn take(&mut self, letter: char) -> Option<&'a str> {
        let (attribute, rest) = match self.rest?.split_once(',') {
            Some((attribute, rest)) => (attribute, Some(rest)),
            None => (self.rest?, None),
        };
        let value = attribute.strip_prefix(letter)?.strip_prefix('=')?;
        self.rest = rest;
        Some(value)
    }

    /// What is left are extensions, each of which must at least look like one.
    pub(super) fn extensions(self) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let parts = self.rest.into_iter().flat_map(|rest| rest.split(','));
        let pairs = parts.map(|part| part.split_once('=').filter(|(key, _)| !key.is_empty()));
        pairs.collect::<Option<_>>().ok_or_else(|| malformed(self.hash, "an extension is no KEY=VALUE"))
    }
}

pub(super) fn malformed(hash: Hash, reason: &'static str) -> Error {
    Error::Malformed { mechanism: hash.name(), reason }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn decode(hash: Hash, text: &str, reason: &'static str) -> Result<Vec<u8>, Error> {
    STANDARD.decode(text).map_err(|_| malformed(hash, reason))
}

/// Printable characters but the comma, and not nothing.
pub(super) fn is_nonce(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b',')
}

/// A user name as SCRAM writes it.
pub(super) fn escape(username: &str) -> String {
    username.replace('=', "=3D").replace(',', "=2C")
}

pub(super) fn unescape(hash: Hash, saslname: &str) -> Result<String, Error> {
    let mut name = String::with_capacity(saslname.len());
    let mut parts = saslname.split('=');
    name.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (c, rest) = part
            .strip_prefix("2C")
            .map(|rest| (',', rest))
            .or_else(|| part.strip_prefix("3D").map(|rest| ('=', rest)))
            .ok_or_else(|| malformed(hash, "the user name has a `=` that is neither `=2C` nor `=3D`"))?;
        name.push(c);
        name.push_str(rest);
    }
    if name.is_empty() {
        return Err(malformed(hash, "the user name is empty"));
    }
    Ok(name)
}
