//! Decryption by a password: PBES2 (RFC 8018), the two schemes of PKCS#12 that Java wrote before it, and JKS's own.
use super::{
    Error,
    der::{Der, INTEGER, OCTETS, OID, SEQUENCE},
    jks,
};
use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit, block_padding::Pkcs7};
use des::TdesEde3;
use rc2::Rc2;
use ring::{digest, hmac, pbkdf2};
use std::num::NonZeroU32;

/// Of all key derivations of a store together. Java's bound for one; keytool writes 10 000.
pub(super) const MAX_ITERATIONS: u32 = 5_000_000;

const JKS_KEY: &[u8] = b"\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01";
const SHA1_AND_TRIPLE_DES: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03";
const SHA1_AND_RC2_40: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06";
const PBES2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
const PBKDF2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c";
const HMAC_SHA1: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02\x07";
const HMAC_SHA256: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02\x09";
const HMAC_SHA384: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02\x0a";
const HMAC_SHA512: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02\x0b";
const AES_128: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01\x02";
const AES_192: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01\x16";
const AES_256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a";
const TRIPLE_DES: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x03\x07";
const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";

pub(in super::super) struct Decryptor<'a> {
    password: Option<&'a str>,
    iterations_left: u32,
}

/// What a derived key is for, by PKCS#12's numbers.
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

impl<'a> Decryptor<'a> {
    pub(in super::super) fn new(password: Option<&'a str>) -> Self {
        Self { password, iterations_left: MAX_ITERATIONS }
    }

    pub(super) fn password(&self) -> Option<&'a str> {
        self.password
    }

    fn needed(&self) -> Result<&'a str, Error> {
        self.password.ok_or(Error::NoPassword)
    }

    fn count(&mut self, iterations: u32) -> Result<NonZeroU32, Error> {
        self.iterations_left = self.iterations_left.checked_sub(iterations).ok_or(Error::Iterations)?;
        NonZeroU32::new(iterations).ok_or(Error::Damaged("it has no iterations"))
    }

    /// An `EncryptedPrivateKeyInfo` of PKCS#8.
    pub(in super::super) fn key(&mut self, info: &[u8]) -> Result<Vec<u8>, Error> {
        let mut info = Der(info).enter(SEQUENCE)?;
        let algorithm = info.enter(SEQUENCE)?;
        self.decrypt(algorithm, info.take(OCTETS)?)
    }

    pub(super) fn decrypt(&mut self, mut algorithm: Der<'_>, data: &[u8]) -> Result<Vec<u8>, Error> {
        let password = self.needed()?;
        match algorithm.take(OID)? {
            JKS_KEY => jks::decrypt(password, data),
            PBES2 => self.pbes2(password, algorithm.enter(SEQUENCE)?, data),
            SHA1_AND_TRIPLE_DES => self.pbes1::<TdesEde3>(24, algorithm.enter(SEQUENCE)?, data),
            SHA1_AND_RC2_40 => self.pbes1::<Rc2>(5, algorithm.enter(SEQUENCE)?, data),
            _ => Err(Error::Unknown("a kind of encryption")),
        }
    }

    fn pbes2(&mut self, password: &str, mut params: Der<'_>, data: &[u8]) -> Result<Vec<u8>, Error> {
        let (mut derivation, mut cipher) = (params.enter(SEQUENCE)?, params.enter(SEQUENCE)?);
        if derivation.take(OID)? != PBKDF2 {
            return Err(Error::Unknown("a key derivation other than PBKDF2"));
        }
        let mut derivation = derivation.enter(SEQUENCE)?;
        let salt = derivation.take(OCTETS)?;
        let iterations = self.count(derivation.number()?)?;
        let _key_size = derivation.optional(INTEGER)?;
        let hash = match derivation.optional(SEQUENCE)? {
            None => HMAC_SHA1,
            Some(hash) => Der(hash).take(OID)?,
        };
        let hash = match hash {
            HMAC_SHA1 => pbkdf2::PBKDF2_HMAC_SHA1,
            HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
            HMAC_SHA384 => pbkdf2::PBKDF2_HMAC_SHA384,
            HMAC_SHA512 => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return Err(Error::Unknown("a hash of PBKDF2")),
        };
        let key = |size: usize| {
            let mut key = vec![0; size];
            pbkdf2::derive(hash, iterations, salt, password.as_bytes(), &mut key);
            key
        };
        let (kind, iv) = (cipher.take(OID)?, cipher.take(OCTETS)?);
        match kind {
            AES_128 => cbc::<Aes128>(&key(16), iv, data),
            AES_192 => cbc::<Aes192>(&key(24), iv, data),
            AES_256 => cbc::<Aes256>(&key(32), iv, data),
            TRIPLE_DES => cbc::<TdesEde3>(&key(24), iv, data),
            _ => Err(Error::Unknown("a cipher of PBES2")),
        }
    }

    fn pbes1<C: BlockCipherDecrypt + KeyInit>(
        &mut self,
        key_size: usize,
        mut params: Der<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let (salt, iterations) = (params.take(OCTETS)?, params.number()?);
        let hash = &digest::SHA1_FOR_LEGACY_USE_ONLY;
        let key = self.derive(hash, Purpose::Key, salt, iterations, key_size)?;
        let iv = self.derive(hash, Purpose::Iv, salt, iterations, 8)?;
        cbc::<C>(&key, &iv, data)
    }

    /// `MacData` of PKCS#12, over `content`.
    pub(super) fn check_mac(&mut self, mut mac: Der<'_>, content: &[u8]) -> Result<(), Error> {
        let mut digest = mac.enter(SEQUENCE)?;
        let (hash, hmac) = match digest.enter(SEQUENCE)?.take(OID)? {
            SHA1 => (&digest::SHA1_FOR_LEGACY_USE_ONLY, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            SHA256 => (&digest::SHA256, hmac::HMAC_SHA256),
            SHA384 => (&digest::SHA384, hmac::HMAC_SHA384),
            SHA512 => (&digest::SHA512, hmac::HMAC_SHA512),
            _ => return Err(Error::Unknown("a kind of MAC")),
        };
        let expected = digest.take(OCTETS)?;
        let salt = mac.take(OCTETS)?;
        let iterations = if mac.is_empty() { 1 } else { mac.number()? };
        let key = self.derive(hash, Purpose::Mac, salt, iterations, hash.output_len())?;
        hmac::verify(&hmac::Key::new(hmac, &key), content, expected).map_err(|_| Error::WrongPassword)
    }

    /// PKCS#12's own key derivation (RFC 7292, appendix B.2).
    fn derive(
        &mut self,
        hash: &'static digest::Algorithm,
        purpose: Purpose,
        salt: &[u8],
        iterations: u32,
        size: usize,
    ) -> Result<Vec<u8>, Error> {
        let password: Vec<u8> = self.needed()?.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
        let block = hash.block_len();
        let fill = |bytes: &[u8]| -> Vec<u8> {
            bytes.iter().copied().cycle().take(bytes.len().next_multiple_of(block)).collect()
        };
        let mut input = [fill(salt), fill(&password)].concat();
        let mut key = Vec::new();
        while key.len() < size {
            let iterations = self.count(iterations)?.get();
            let mut context = digest::Context::new(hash);
            context.update(&vec![purpose as u8; block]);
            context.update(&input);
            let mut digest = context.finish();
            for _ in 1..iterations {
                digest = digest::digest(hash, digest.as_ref());
            }
            key.extend_from_slice(digest.as_ref());
            let addend: Vec<u8> = digest.as_ref().iter().copied().cycle().take(block).collect();
            for part in input.chunks_mut(block) {
                add_and_one(part, &addend);
            }
        }
        key.truncate(size);
        Ok(key)
    }
}

/// `number + addend + 1`, without what does not fit; the last byte is the lowest.
fn add_and_one(number: &mut [u8], addend: &[u8]) {
    let mut carry = true;
    for (byte, other) in number.iter_mut().zip(addend).rev() {
        let (sum, first) = byte.overflowing_add(*other);
        let (sum, second) = sum.overflowing_add(u8::from(carry));
        (*byte, carry) = (sum, first || second);
    }
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, Error> {
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv)
        .map_err(|_| Error::Damaged("an initialization vector is of the wrong length"))?;
    cipher.decrypt_padded_vec::<Pkcs7>(data).map_err(|_| Error::WrongPassword)
}
