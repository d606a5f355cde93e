//! Keys on elliptic curves as Java writes them lack their public half, without which `ring` takes none. It stands in the
//! key's certificate.
use super::der::{self, Der, EXPLICIT_0, INTEGER, OCTETS, OID, SEQUENCE};

const EC_PUBLIC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const BITS: u8 = 0x03;
/// Context-specific, constructed, number 1.
const EXPLICIT_1: u8 = 0xa1;

/// The key (PKCS#8) with the public half of its certificate; as it is where it lacks none, or is none on a curve.
pub(super) fn with_public_half(key: Vec<u8>, certificate: &[u8]) -> Vec<u8> {
    completed(&key, certificate).unwrap_or(key)
}

fn completed(key: &[u8], certificate: &[u8]) -> Option<Vec<u8>> {
    let mut info = Der(key).enter(SEQUENCE).ok()?;
    let version = info.take(INTEGER).ok()?;
    let algorithm = info.take(SEQUENCE).ok()?;
    if Der(algorithm).take(OID).ok()? != EC_PUBLIC_KEY {
        return None;
    }
    let mut inner = Der(info.take(OCTETS).ok()?).enter(SEQUENCE).ok()?;
    let (inner_version, secret) = (inner.take(INTEGER).ok()?, inner.take(OCTETS).ok()?);
    // The curve, which the algorithm names.
    inner.optional(EXPLICIT_0).ok()?;
    if !inner.is_empty() {
        return None;
    }
    let public = der::wrap(EXPLICIT_1, &[&der::wrap(BITS, &[public_half(certificate)?])]);
    let inner = [der::wrap(INTEGER, &[inner_version]), der::wrap(OCTETS, &[secret]), public].concat();
    let inner = der::wrap(OCTETS, &[&der::wrap(SEQUENCE, &[&inner])]);
    let parts = [der::wrap(INTEGER, &[version]), der::wrap(SEQUENCE, &[algorithm]), inner].concat();
    Some(der::wrap(SEQUENCE, &[&parts]))
}

/// The bits of the certificate's `subjectPublicKey`, the count of those unused in front.
fn public_half(certificate: &[u8]) -> Option<&[u8]> {
    let mut inner = Der(certificate).enter(SEQUENCE).ok()?.enter(SEQUENCE).ok()?;
    inner.optional(EXPLICIT_0).ok()?;
    // Serial number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        inner.any().ok()?;
    }
    let mut key = inner.enter(SEQUENCE).ok()?;
    key.take(SEQUENCE).ok()?;
    key.take(BITS).ok()
}
