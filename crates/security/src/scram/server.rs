use super::{
    Credential, Hash,
    messages::{Attributes, decode, encode, is_nonce, malformed, unescape},
    xor,
};
use crate::Error;
use std::fmt;
use subtle::ConstantTimeEq;

/// A client's first message: the caller looks its user up.
#[derive(Debug)]
pub struct ClientFirst {
    hash: Hash,
    pub username: String,
    /// Whether the user is the id of a delegation token (KIP-48).
    pub is_token: bool,
    /// With its commas, as the client signs it.
    header: String,
    bare: String,
    nonce: String,
}

/// A server that has sent its challenge.
pub struct AwaitsProof {
    hash: Hash,
    header: String,
    nonce: String,
    /// First message and challenge, as both sides sign them.
    signed: String,
    stored_key: Vec<u8>,
    server_key: Vec<u8>,
}

impl ClientFirst {
    pub fn read(hash: Hash, message: &[u8]) -> Result<Self, Error> {
        let text = crate::text(hash.name(), message)?;
        let malformed = |reason| malformed(hash, reason);
        // `y` is a client that could bind to a channel and sees that we do not offer it.
        if !text.starts_with("n,") && !text.starts_with("y,") {
            return Err(malformed("it asks for channel binding"));
        }
        let bare_at = text.match_indices(',').nth(1).map(|(at, _)| at + 1);
        let (header, bare) = text.split_at(bare_at.ok_or_else(|| malformed("its header does not end"))?);
        let authorization_id = match &header[2..header.len() - 1] {
            "" => None,
            named => Some(named.strip_prefix("a=").ok_or_else(|| malformed("its header has no `a=`"))?),
        };
        let mut attributes = Attributes::of(hash, bare);
        let username = unescape(hash, attributes.expect('n', "it has no user name")?)?;
        let nonce = attributes.expect('r', "it has no nonce")?;
        if !is_nonce(nonce) {
            return Err(malformed("its nonce is not printable"));
        }
        if let Some(named) = authorization_id
            && unescape(hash, named)? != username
        {
            return Err(Error::OtherIdentity(crate::excerpt(named)));
        }
        let is_token = attributes.extensions()?.contains(&("tokenauth", "true"));
        let (header, bare, nonce) = (header.to_owned(), bare.to_owned(), nonce.to_owned());
        Ok(Self { hash, username, is_token, header, bare, nonce })
    }

    /// `nonce` is random and printable; the answer is the challenge. For a user that does not exist there is
    /// [`Credential::decoy`].
    pub fn challenge(self, credential: &Credential, nonce: &str) -> (Vec<u8>, AwaitsProof) {
        assert!(is_nonce(nonce), "a server makes nonces of printable characters");
        let nonce = format!("{}{nonce}", self.nonce);
        let challenge = format!("r={nonce},s={},i={}", encode(&credential.salt), credential.iterations);
        let awaits = AwaitsProof {
            hash: self.hash,
            header: self.header,
            nonce,
            signed: format!("{},{challenge}", self.bare),
            stored_key: credential.stored_key.clone(),
            server_key: credential.server_key.clone(),
        };
        (challenge.into_bytes(), awaits)
    }
}

impl AwaitsProof {
    /// Takes the proof; the answer is the signature that ends the exchange.
    pub fn verify(self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let hash = self.hash;
        let text = crate::text(hash.name(), message)?;
        let malformed = |reason| malformed(hash, reason);
        // The proof is last, and what it proves is all before it.
        let (without_proof, proof) = text.rsplit_once(",p=").ok_or_else(|| malformed("it has no proof"))?;
        let proof = decode(hash, proof, "its proof is not base64")?;
        let mut attributes = Attributes::of(hash, without_proof);
        let header = attributes.expect('c', "it has no channel binding")?;
        if header != encode(self.header.as_bytes()) {
            return Err(malformed("its channel binding is not that of the first message"));
        }
        let nonce = attributes.expect('r', "it has no nonce")?;
        let is_our_nonce: bool = nonce.as_bytes().ct_eq(self.nonce.as_bytes()).into();
        if !is_our_nonce {
            return Err(malformed("its nonce is not ours"));
        }
        attributes.extensions()?;
        if proof.len() != hash.length() {
            return Err(malformed("its proof has the wrong length"));
        }
        let signed = format!("{},{without_proof}", self.signed);
        let client_signature = hash.sign(&self.stored_key, signed.as_bytes());
        let client_key = xor(&proof, &client_signature);
        let is_right: bool = hash.digest(&client_key).ct_eq(&self.stored_key).into();
        if !is_right {
            return Err(Error::InvalidCredentials);
        }
        Ok(format!("v={}", encode(&hash.sign(&self.server_key, signed.as_bytes()))).into_bytes())
    }
}

/// Never the keys.
impl fmt::Debug for AwaitsProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitsProof").field("hash", &self.hash).finish_non_exhaustive()
    }
}
