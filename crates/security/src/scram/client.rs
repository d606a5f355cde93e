use super::{
    Hash, MAX_ITERATIONS, MIN_ITERATIONS,
    messages::{Attributes, decode, encode, escape, is_nonce},
    xor,
};
use crate::Error;
use std::{fmt, num::NonZeroU32};
use subtle::ConstantTimeEq;

/// The header that says "no channel binding", and what it is in the proof.
const HEADER: &str = "n,,";
const HEADER_IN_BASE64: &str = "biws";

/// A client that has sent its name.
pub struct AwaitsChallenge {
    hash: Hash,
    password: String,
    nonce: String,
    first_bare: String,
}

/// A client that has sent its proof.
pub struct AwaitsSignature {
    hash: Hash,
    signature: Vec<u8>,
}

impl AwaitsChallenge {
    /// The first message and what comes next. `nonce` is random and printable. `is_token` says that user and
    /// password are the id and the HMAC of a delegation token (KIP-48).
    pub fn start(
        hash: Hash,
        username: &str,
        password: &str,
        nonce: String,
        is_token: bool,
    ) -> Result<(Vec<u8>, Self), Error> {
        let unusable = |what, reason| Err(Error::Unusable { what, reason });
        if username.is_empty() {
            return unusable("the user name", "it is empty");
        }
        if username.contains('\0') {
            return unusable("the user name", "it holds a NUL");
        }
        if password.is_empty() {
            return unusable("the password", "it is empty");
        }
        if !is_nonce(&nonce) {
            return unusable("the nonce", "it is not printable");
        }
        let extension = if is_token { ",tokenauth=true" } else { "" };
        let first_bare = format!("n={},r={nonce}{extension}", escape(username));
        let message = format!("{HEADER}{first_bare}").into_bytes();
        Ok((message, Self { hash, password: password.to_owned(), nonce, first_bare }))
    }

    /// Takes the challenge and answers with the proof. Costs the iterations that the server asks for.
    pub fn prove(self, challenge: &[u8]) -> Result<(Vec<u8>, AwaitsSignature), Error> {
        let hash = self.hash;
        let mut attributes = Attributes::read(hash, challenge)?;
        if let Some(reason) = attributes.take('e') {
            return Err(Error::Refused(crate::excerpt(reason)));
        }
        let nonce = attributes.expect('r', "it has no nonce")?;
        if !is_nonce(nonce) || nonce.len() <= self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err(attributes.malformed("its nonce does not continue ours"));
        }
        let salt = decode(hash, attributes.expect('s', "it has no salt")?, "its salt is not base64")?;
        if salt.is_empty() {
            return Err(attributes.malformed("its salt is empty"));
        }
        let asked = attributes.expect('i', "it has no iteration count")?;
        let asked: u64 =
            asked.parse().map_err(|_| attributes.malformed("its iteration count is no number"))?;
        let iterations = u32::try_from(asked).ok().filter(|n| (MIN_ITERATIONS..=MAX_ITERATIONS).contains(n));
        let iterations = iterations.and_then(NonZeroU32::new);
        let too_far = Error::Iterations { asked, least: MIN_ITERATIONS, most: MAX_ITERATIONS };
        let iterations = iterations.ok_or(too_far)?;
        attributes.extensions()?;

        let salted = hash.salted(&self.password, &salt, iterations);
        let client_key = hash.client_key(&salted);
        let without_proof = format!("c={HEADER_IN_BASE64},r={nonce}");
        let challenge = crate::text(hash.name(), challenge)?;
        let signed = format!("{},{challenge},{without_proof}", self.first_bare);
        let client_signature = hash.sign(&hash.digest(&client_key), signed.as_bytes());
        let proof = encode(&xor(&client_key, &client_signature));
        let signature = hash.sign(&hash.server_key(&salted), signed.as_bytes());
        Ok((format!("{without_proof},p={proof}").into_bytes(), AwaitsSignature { hash, signature }))
    }
}

impl AwaitsSignature {
    /// Takes the last message. Only now is the server known to be one that has the password's keys.
    pub fn verify(&self, message: &[u8]) -> Result<(), Error> {
        let mut attributes = Attributes::read(self.hash, message)?;
        if let Some(reason) = attributes.take('e') {
            return Err(Error::Refused(crate::excerpt(reason)));
        }
        let signature = attributes.expect('v', "it has no signature")?;
        let signature = decode(self.hash, signature, "its signature is not base64")?;
        attributes.extensions()?;
        let is_equal: bool = signature.ct_eq(&self.signature).into();
        if is_equal { Ok(()) } else { Err(Error::ServerSignature) }
    }
}

/// Never the password.
impl fmt::Debug for AwaitsChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitsChallenge").field("hash", &self.hash).finish_non_exhaustive()
    }
}

impl fmt::Debug for AwaitsSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitsSignature").field("hash", &self.hash).finish_non_exhaustive()
    }
}
