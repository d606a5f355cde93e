//! SCRAM-SHA-256 and SCRAM-SHA-512: both sides prove that they know the password, and neither sends it.
//!
//! Four messages: the client's [`ClientFirst`], the server's challenge, the client's proof, the server's
//! signature. A server keeps a [`Credential`], from which the password cannot be had.
mod client;
mod messages;
mod server;

pub use client::{AwaitsChallenge, AwaitsSignature};
use ring::{digest, hmac, pbkdf2};
pub use server::{AwaitsProof, ClientFirst};
use std::{fmt, num::NonZeroU32};

/// Fewest iterations that either side accepts (RFC 7677).
pub const MIN_ITERATIONS: u32 = 4096;
/// Most that a client goes along with; some ten times what takes a modern processor a tenth of a second.
pub const MAX_ITERATIONS: u32 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    fn name(self) -> &'static str {
        crate::Mechanism::Scram(self).name()
    }

    fn length(self) -> usize {
        match self {
            Self::Sha256 => digest::SHA256_OUTPUT_LEN,
            Self::Sha512 => digest::SHA512_OUTPUT_LEN,
        }
    }

    /// `H(text)`
    fn digest(self, text: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, text).as_ref().to_vec()
    }

    /// `HMAC(key, text)`
    fn sign(self, key: &[u8], text: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), text).as_ref().to_vec()
    }

    /// `SaltedPassword`, from which a server makes its [`Credential`].
    pub fn salted(self, password: &str, salt: &[u8], iterations: NonZeroU32) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        let mut salted = vec![0; self.length()];
        pbkdf2::derive(algorithm, iterations, salt, password.as_bytes(), &mut salted);
        salted
    }

    /// Of a salted password: what the client proves that it has.
    fn client_key(self, salted: &[u8]) -> Vec<u8> {
        self.sign(salted, b"Client Key")
    }

    /// Of a salted password: what the server proves that it has.
    fn server_key(self, salted: &[u8]) -> Vec<u8> {
        self.sign(salted, b"Server Key")
    }
}

/// What a server keeps of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub salt: Vec<u8>,
    pub iterations: u32,
    /// The hash of the client's key.
    pub stored_key: Vec<u8>,
    pub server_key: Vec<u8>,
}

impl Credential {
    /// Of a password. The salt is random bytes of the caller.
    pub fn of(hash: Hash, password: &str, salt: Vec<u8>, iterations: NonZeroU32) -> Self {
        Self::of_salted(hash, &hash.salted(password, &salt, iterations), salt, iterations)
    }

    /// Of what a password became with this salt and so many iterations.
    pub fn of_salted(hash: Hash, salted: &[u8], salt: Vec<u8>, iterations: NonZeroU32) -> Self {
        let stored_key = hash.digest(&hash.client_key(salted));
        Self { salt, iterations: iterations.get(), stored_key, server_key: hash.server_key(salted) }
    }

    /// For a user that does not exist: a challenge like any other, the same for the same name, that no proof
    /// satisfies. `secret` is the server's own.
    pub fn decoy(hash: Hash, secret: &[u8], username: &str) -> Self {
        let mut salt = hash.sign(secret, username.as_bytes());
        salt.truncate(16);
        // A hash whose source nobody knows, so no proof leads to it.
        let keys = hash.sign(secret, &salt);
        Self { salt, iterations: MIN_ITERATIONS, stored_key: keys.clone(), server_key: keys }
    }
}

/// Never the keys.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

fn xor(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

#[cfg(test)]
mod tests;
