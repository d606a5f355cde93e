//! PKCS#12 (RFC 7292): bags in safes, the safes perhaps encrypted, and a MAC over them all.
use super::{
    Certificate, Decryptor, Error, Key, KeyEntry, Store,
    der::{Der, EXPLICIT_0, OCTETS, OID, SEQUENCE, SET},
};

const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const ENCRYPTED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
const KEY_BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01";
const ENCRYPTED_KEY_BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
const CERTIFICATE_BAG: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03";
const X509: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01";
/// What a key and its certificate have in common.
const LOCAL_KEY_ID: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15";
/// Java's mark of a trusted certificate, 2.16.840.1.113894.746875.1.1.
const TRUSTED: &[u8] = b"\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01";

#[derive(Default)]
struct Bags {
    keys: Vec<(Key, Vec<u8>)>,
    certificates: Vec<CertificateBag>,
}

struct CertificateBag {
    certificate: Certificate,
    key_id: Option<Vec<u8>>,
    is_trusted: bool,
}

pub(super) fn parse(bytes: &[u8], decryptor: &mut Decryptor<'_>) -> Result<Store, Error> {
    let mut file = Der(bytes).enter(SEQUENCE)?;
    if file.number()? != 3 {
        return Err(Error::Damaged("it is of no version of PKCS#12 that is in use"));
    }
    let mut content = file.enter(SEQUENCE)?;
    if content.take(OID)? != DATA {
        return Err(Error::Unknown("a signature in place of a MAC"));
    }
    let content = content.enter(EXPLICIT_0)?.take(OCTETS)?;
    if !file.is_empty() {
        decryptor.check_mac(file.enter(SEQUENCE)?, content)?;
    }
    let mut bags = Bags::default();
    let mut safes = Der(content).enter(SEQUENCE)?;
    while !safes.is_empty() {
        let mut safe = safes.enter(SEQUENCE)?;
        let kind = safe.take(OID)?;
        let mut content = safe.enter(EXPLICIT_0)?;
        if kind == DATA {
            bags.read(content.take(OCTETS)?)?;
        } else if kind == ENCRYPTED_DATA {
            bags.read(&encrypted(content, decryptor)?)?;
        } else {
            return Err(Error::Unknown("a safe that is encrypted for a certificate"));
        }
    }
    Ok(bags.store())
}

fn encrypted(mut content: Der<'_>, decryptor: &mut Decryptor<'_>) -> Result<Vec<u8>, Error> {
    let mut data = content.enter(SEQUENCE)?;
    let _version = data.number()?;
    let mut info = data.enter(SEQUENCE)?;
    let _kind = info.take(OID)?;
    let algorithm = info.enter(SEQUENCE)?;
    // Number 0, in one piece.
    decryptor.decrypt(algorithm, info.take(0x80)?)
}

impl Bags {
    fn read(&mut self, content: &[u8]) -> Result<(), Error> {
        let mut bags = Der(content).enter(SEQUENCE)?;
        while !bags.is_empty() {
            let mut bag = bags.enter(SEQUENCE)?;
            let (kind, value) = (bag.take(OID)?, bag.take(EXPLICIT_0)?);
            let (mut key_id, mut is_trusted) = (None, false);
            let mut attributes = Der(bag.optional(SET)?.unwrap_or_default());
            while !attributes.is_empty() {
                let mut attribute = attributes.enter(SEQUENCE)?;
                match attribute.take(OID)? {
                    LOCAL_KEY_ID => key_id = Some(attribute.take(SET)?.to_vec()),
                    TRUSTED => is_trusted = true,
                    _ => {}
                }
            }
            match kind {
                KEY_BAG => self.keys.push((Key::Plain(value.to_vec()), key_id.unwrap_or_default())),
                ENCRYPTED_KEY_BAG => {
                    self.keys.push((Key::Encrypted(value.to_vec()), key_id.unwrap_or_default()));
                }
                CERTIFICATE_BAG => {
                    let mut value = Der(value).enter(SEQUENCE)?;
                    if value.take(OID)? == X509 {
                        let certificate = value.enter(EXPLICIT_0)?.take(OCTETS)?.to_vec().into();
                        self.certificates.push(CertificateBag { certificate, key_id, is_trusted });
                    }
                }
                // Secret keys and lists of revoked certificates.
                _ => {}
            }
        }
        Ok(())
    }

    fn store(self) -> Store {
        let Self { keys, certificates } = self;
        let chain = |id: &[u8]| {
            let own = certificates.iter().find(|bag| bag.key_id.as_deref() == Some(id));
            own.map(|own| chain(&own.certificate, &certificates)).unwrap_or_default()
        };
        let keys = keys.into_iter().map(|(key, id)| KeyEntry { key, chain: chain(&id) });
        let keys = keys.filter(|entry| !entry.chain.is_empty()).collect();
        let trusted = certificates.iter().filter(|bag| bag.is_trusted && bag.key_id.is_none());
        Store { keys, trusted: trusted.map(|bag| bag.certificate.clone()).collect() }
    }
}

/// A certificate, its issuer, the issuer's, as far as the store has them.
fn chain(own: &Certificate, bags: &[CertificateBag]) -> Vec<Certificate> {
    let mut chain = vec![own.clone()];
    while let Some((issuer, _)) = chain.last().and_then(|last| names(last)) {
        let next = bags.iter().map(|bag| &bag.certificate).find(|certificate| {
            names(certificate).is_some_and(|(_, subject)| subject == issuer) && !chain.contains(certificate)
        });
        let Some(next) = next.cloned() else { break };
        chain.push(next);
    }
    chain
}

/// Issuer and subject, as they are written.
fn names(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut inner = Der(certificate).enter(SEQUENCE).ok()?.enter(SEQUENCE).ok()?;
    let _version = inner.optional(EXPLICIT_0).ok()?;
    let (_serial, _algorithm) = (inner.any().ok()?, inner.any().ok()?);
    let issuer = inner.take(SEQUENCE).ok()?;
    let _validity = inner.any().ok()?;
    Some((issuer, inner.take(SEQUENCE).ok()?))
}
