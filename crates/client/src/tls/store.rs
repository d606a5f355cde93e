//! Java's key stores: bytes and password in, certificates and key out. Nothing is decrypted before it is asked for.
mod decrypt;
mod der;
mod ec;
mod jks;
mod pkcs12;

pub(super) use decrypt::Decryptor;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fmt;

/// What may be wrong with a store, or with an encrypted key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("is protected by a password, and none is given")]
    NoPassword,
    #[error("does not open with the password that is given, or is damaged")]
    WrongPassword,
    #[error("is damaged: {0}")]
    Damaged(&'static str),
    #[error("holds an entry of type {0}, and only keys (1) and certificates (2) are known")]
    EntryType(u32),
    #[error("uses {0}, which is not known; write it anew with `keytool -importkeystore` or `openssl pkcs12`")]
    Unknown(&'static str),
    #[error("asks for more than {max} iterations of its key derivation", max = decrypt::MAX_ITERATIONS)]
    Iterations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jks,
    Pkcs12,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jks => "JKS",
            Self::Pkcs12 => "PKCS12",
        })
    }
}

impl Kind {
    /// By the first bytes. A PEM file begins with neither.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xfe, 0xed, 0xfe, 0xed, ..] => Some(Self::Jks),
            [der::SEQUENCE, 0x80..=0xff, ..] => Some(Self::Pkcs12),
            _ => None,
        }
    }
}

pub(super) struct Store {
    keys: Vec<KeyEntry>,
    trusted: Vec<Certificate>,
}

type Certificate = CertificateDer<'static>;

struct KeyEntry {
    key: Key,
    /// Its own certificate first.
    chain: Vec<Certificate>,
}

enum Key {
    Plain(Vec<u8>),
    Encrypted(Vec<u8>),
}

impl Store {
    pub(super) fn parse(kind: Kind, bytes: &[u8], decryptor: &mut Decryptor<'_>) -> Result<Self, Error> {
        match kind {
            Kind::Jks => jks::parse(bytes, decryptor.password()),
            Kind::Pkcs12 => pkcs12::parse(bytes, decryptor),
        }
    }

    /// As Java's trust managers take them: trusted certificates, and of each key its own.
    pub(super) fn issuers(self) -> Vec<Certificate> {
        let own = self.keys.into_iter().filter_map(|entry| entry.chain.into_iter().next());
        self.trusted.into_iter().chain(own).collect()
    }

    /// The chain of the first key.
    pub(super) fn chain(self) -> Option<Vec<Certificate>> {
        self.keys.into_iter().next().map(|entry| entry.chain)
    }

    pub(super) fn key(self, decryptor: &mut Decryptor<'_>) -> Result<Option<PrivateKeyDer<'static>>, Error> {
        let Some(entry) = self.keys.into_iter().next() else { return Ok(None) };
        let key = match entry.key {
            Key::Plain(key) => key,
            Key::Encrypted(key) => decryptor.key(&key)?,
        };
        let key = match entry.chain.first() {
            Some(own) => ec::with_public_half(key, own),
            None => key,
        };
        Ok(Some(PrivatePkcs8KeyDer::from(key).into()))
    }
}

#[cfg(test)]
mod tests;
