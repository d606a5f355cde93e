//! The stores are Java 17's. With `P="-storepass storepass"`, `C="-validity 36500 -keyalg EC -groupname secp256r1"`:
//!
//! ```text
//! keytool -genkeypair -alias me $C -dname CN=localhost -ext SAN=dns:localhost -keystore key.p12 -storetype PKCS12 $P
//! keytool -exportcert -alias me -keystore key.p12 $P -file cert.der
//! keytool -importkeystore -srckeystore key.p12 -srcstorepass storepass -destkeystore key.jks -deststoretype JKS \
//!     -deststorepass storepass -destkeypass keypass -srckeypass storepass -srcalias me -destalias me
//! keytool -importcert -noprompt -alias ca -file cert.der -keystore trust.jks -storetype JKS $P
//! keytool -importcert -noprompt -alias ca -file cert.der -keystore trust.p12 -storetype PKCS12 $P
//! keytool -J-Dkeystore.pkcs12.legacy -importkeystore ... -destkeystore old-key.p12 -deststoretype PKCS12
//! keytool -J-Dkeystore.pkcs12.legacy -importcert ... -keystore old-trust.p12 -storetype PKCS12
//! ```
use super::*;
use proptest::prelude::*;

const KEY_JKS: &[u8] = include_bytes!("../stores/key.jks");
const KEY_P12: &[u8] = include_bytes!("../stores/key.p12");
const OLD_KEY_P12: &[u8] = include_bytes!("../stores/old-key.p12");
const TRUST_JKS: &[u8] = include_bytes!("../stores/trust.jks");
const TRUST_P12: &[u8] = include_bytes!("../stores/trust.p12");
const OLD_TRUST_P12: &[u8] = include_bytes!("../stores/old-trust.p12");
const ALL: [&[u8]; 6] = [KEY_JKS, KEY_P12, OLD_KEY_P12, TRUST_JKS, TRUST_P12, OLD_TRUST_P12];

fn open(bytes: &[u8], password: Option<&str>) -> Result<Store, Error> {
    let kind = Kind::of(bytes).ok_or(Error::Damaged("no store"))?;
    Store::parse(kind, bytes, &mut Decryptor::new(password))
}

fn key(bytes: &[u8], password: &str) -> Result<Option<PrivateKeyDer<'static>>, Error> {
    open(bytes, Some("storepass"))?.key(&mut Decryptor::new(Some(password)))
}

#[test]
fn every_form_holds_the_same() {
    let certificate = open(TRUST_JKS, Some("storepass")).unwrap().issuers();
    assert_eq!(certificate.len(), 1);
    for store in ALL {
        assert_eq!(open(store, Some("storepass")).unwrap().issuers(), certificate);
    }
    let wanted = key(KEY_JKS, "keypass").unwrap().unwrap();
    for store in [KEY_P12, OLD_KEY_P12] {
        assert_eq!(key(store, "storepass").unwrap().unwrap().secret_der(), wanted.secret_der());
        assert_eq!(open(store, Some("storepass")).unwrap().chain().unwrap(), certificate);
    }
    for store in [TRUST_JKS, TRUST_P12, OLD_TRUST_P12] {
        assert!(open(store, Some("storepass")).unwrap().chain().is_none());
        assert!(key(store, "storepass").unwrap().is_none());
    }
}

#[test]
fn a_password_is_checked_where_there_is_one() {
    for store in ALL {
        assert_eq!(open(store, Some("wrong")).err(), Some(Error::WrongPassword));
    }
    for (store, refused) in [
        (KEY_JKS, None),
        (TRUST_JKS, None),
        (KEY_P12, Some(Error::NoPassword)),
        (TRUST_P12, Some(Error::NoPassword)),
    ] {
        assert_eq!(open(store, None).err(), refused);
    }
    assert_eq!(key(KEY_JKS, "storepass").err(), Some(Error::WrongPassword));
}

/// Each store, with a part replaced by another of the same length.
#[test]
fn what_is_not_known_is_named() {
    for (store, from, to, expected) in [
        (
            TRUST_JKS,
            &b"\0\0\0\x01\0\0\0\x02\0\x02ca"[..],
            &b"\0\0\0\x01\0\0\0\x03\0\x02ca"[..],
            Error::EntryType(3),
        ),
        (TRUST_JKS, b"X.509", b"X.400", Error::Unknown("a certificate that is not X.509")),
        (KEY_P12, b"\x02\x02\x27\x10", b"\x02\x02\x7f\xff", Error::WrongPassword),
        (
            KEY_P12,
            b"\x02\x01\x03",
            b"\x02\x01\x04",
            Error::Damaged("it is of no version of PKCS#12 that is in use"),
        ),
    ] {
        let at = store.windows(from.len()).rposition(|part| part == from).unwrap();
        let at = if from == b"\x02\x01\x03" { 4 } else { at };
        let mut changed = store.to_vec();
        changed[at..at + to.len()].copy_from_slice(to);
        let password = (store != TRUST_JKS).then_some("storepass");
        assert_eq!(open(&changed, password).err(), Some(expected));
    }
}

#[test]
fn too_many_iterations_are_refused() {
    // PBES2 with PBKDF2, but for the cipher, which is not reached.
    let oid = |last: u8| [b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05".as_slice(), &[last]].concat();
    let wrap = |parts: &[&[u8]]| {
        let inner = parts.concat();
        [&[der::SEQUENCE, u8::try_from(inner.len()).unwrap()], &inner[..]].concat()
    };
    for (count, refused) in [
        (&b"\x02\x04\x7f\xff\xff\xff"[..], Error::Iterations),
        (b"\x02\x06\x01\0\0\0\0\x01", Error::Iterations),
        (b"\x02\x01\0", Error::Damaged("it has no iterations")),
        (b"\x02\x01\xff", Error::Damaged("a number is negative")),
    ] {
        let derivation = wrap(&[&oid(0x0c), &wrap(&[b"\x04\x01s", count])]);
        let info = wrap(&[&wrap(&[&oid(0x0d), &wrap(&[&derivation, &wrap(&[])])]), b"\x04\x01x"]);
        assert_eq!(Decryptor::new(Some("p")).key(&info).err(), Some(refused), "{count:?}");
    }
}

/// Each is cut, and each is looked into without its password being checked where there is none.
#[test]
fn a_store_that_is_cut_is_refused() {
    for store in ALL {
        for length in 0..store.len() {
            assert!(open(&store[..length], None).is_err(), "{length} of {}", store.len());
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        which in 0..ALL.len(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = ALL[which].to_vec();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        for kind in [Kind::Jks, Kind::Pkcs12] {
            if let Ok(store) = Store::parse(kind, &bytes, &mut Decryptor::new(None)) {
                let _ = store.key(&mut Decryptor::new(None));
            }
        }
    }

    #[test]
    fn no_encrypted_key_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let sequence = [&[der::SEQUENCE, u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat();
        for bytes in [bytes, sequence] {
            let _ = Decryptor::new(Some("p")).key(&bytes);
            let _ = jks::decrypt("p", &bytes);
        }
    }
}
