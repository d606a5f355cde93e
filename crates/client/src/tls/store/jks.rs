//! JKS: entries in the clear, each key encrypted by itself, and a digest of all with the password at the end.
use super::{Error, Key, KeyEntry, Store};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA1_OUTPUT_LEN};
use rustls::pki_types::CertificateDer;

const MAGIC: u32 = 0xfeed_feed;
const KEY: u32 = 1;
const TRUSTED: u32 = 2;

/// Without a password, the digest goes unchecked, as in Java.
pub(super) fn parse(bytes: &[u8], password: Option<&str>) -> Result<Store, Error> {
    let (content, digest) =
        bytes.len().checked_sub(SHA1_OUTPUT_LEN).and_then(|at| bytes.split_at_checked(at)).ok_or(CUT)?;
    let mut reader = Reader(content);
    let (magic, version) = (reader.number()?, reader.number()?);
    if magic != MAGIC || !(1..=2).contains(&version) {
        return Err(Error::Damaged("its first bytes are of no JKS of version 1 or 2"));
    }
    if let Some(password) = password {
        let expected = sha1(&[&utf16(password), b"Mighty Aphrodite", content]);
        if expected != digest {
            return Err(Error::WrongPassword);
        }
    }
    let mut store = Store { keys: Vec::new(), trusted: Vec::new() };
    for _ in 0..reader.number()? {
        let kind = reader.number()?;
        if !matches!(kind, KEY | TRUSTED) {
            return Err(Error::EntryType(kind));
        }
        let alias = usize::from(reader.short()?);
        reader.bytes(alias)?;
        let _created = reader.bytes(8)?;
        if kind == TRUSTED {
            store.trusted.push(reader.certificate(version)?);
            continue;
        }
        let key = Key::Encrypted(reader.long_bytes()?.to_vec());
        let mut chain = Vec::new();
        for _ in 0..reader.number()? {
            chain.push(reader.certificate(version)?);
        }
        store.keys.push(KeyEntry { key, chain });
    }
    if !reader.0.is_empty() {
        return Err(Error::Damaged("it has bytes after its last entry"));
    }
    Ok(store)
}

/// Sun's own scheme: a stream of SHA-1 digests, each of the password and the one before, and a digest of the result.
pub(super) fn decrypt(password: &str, data: &[u8]) -> Result<Vec<u8>, Error> {
    let parts = data.split_first_chunk::<SHA1_OUTPUT_LEN>();
    let (salt, data) = parts.ok_or(CUT)?;
    let (data, check) = data.split_last_chunk::<SHA1_OUTPUT_LEN>().ok_or(CUT)?;
    let password = utf16(password);
    let mut digest = salt.to_vec();
    let mut key = Vec::with_capacity(data.len());
    for block in data.chunks(SHA1_OUTPUT_LEN) {
        digest = sha1(&[&password, &digest]);
        key.extend(block.iter().zip(&digest).map(|(byte, mask)| byte ^ mask));
    }
    if sha1(&[&password, &key]) != check { Err(Error::WrongPassword) } else { Ok(key) }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn sha1(parts: &[&[u8]]) -> Vec<u8> {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    parts.iter().for_each(|part| context.update(part));
    context.finish().as_ref().to_vec()
}

const CUT: Error = Error::Damaged("it ends too early");

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(CUT)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(CUT)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn short(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_be_bytes)
    }

    fn number(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    fn long_bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.number()?;
        self.bytes(usize::try_from(length).map_err(|_| CUT)?)
    }

    /// Version 2 names its type, of which X.509 is the only one in use.
    fn certificate(&mut self, version: u32) -> Result<CertificateDer<'static>, Error> {
        if version == 2 {
            let length = usize::from(self.short()?);
            if self.bytes(length)? != b"X.509" {
                return Err(Error::Unknown("a certificate that is not X.509"));
            }
        }
        Ok(self.long_bytes()?.to_vec().into())
    }
}
