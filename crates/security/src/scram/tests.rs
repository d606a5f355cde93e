use super::{Hash::Sha256, *};
use crate::{Client, Error};
use proptest::prelude::*;

const USER: &str = "user";
const PASSWORD: &str = "pencil";
const CLIENT_NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SALT: &str = "W22ZaJ0SNY7soEsUEjb6gQ==";
const CHALLENGE: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const PROOF: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                     p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SIGNATURE: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn least() -> NonZeroU32 {
    NonZeroU32::new(MIN_ITERATIONS).unwrap()
}

fn credential() -> Credential {
    Credential::of(Sha256, PASSWORD, messages::decode(Sha256, SALT, "").unwrap(), least())
}

fn start() -> AwaitsChallenge {
    AwaitsChallenge::start(Sha256, USER, PASSWORD, CLIENT_NONCE.to_owned(), false).unwrap().1
}

#[test]
fn the_example_of_rfc_7677_from_the_client() {
    let nonce = CLIENT_NONCE.to_owned();
    let (first, client) = AwaitsChallenge::start(Sha256, USER, PASSWORD, nonce, false).unwrap();
    assert_eq!(first, format!("n,,n=user,r={CLIENT_NONCE}").into_bytes());
    let (proof, client) = client.prove(CHALLENGE.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(proof).unwrap(), PROOF);
    assert_eq!(client.verify(SIGNATURE.as_bytes()), Ok(()));
}

#[test]
fn the_example_of_rfc_7677_from_the_server() {
    let first = ClientFirst::read(Sha256, format!("n,,n=user,r={CLIENT_NONCE}").as_bytes()).unwrap();
    assert_eq!((first.username.as_str(), first.is_token), (USER, false));
    let (challenge, server) = first.challenge(&credential(), SERVER_NONCE);
    assert_eq!(challenge, CHALLENGE.as_bytes());
    assert_eq!(server.verify(PROOF.as_bytes()).unwrap(), SIGNATURE.as_bytes());
}

#[test]
fn a_client_refuses_bad_challenges() {
    let nonce = format!("{CLIENT_NONCE}x");
    for challenge in [
        String::new(),
        "x".to_owned(),
        format!("r={nonce}"),
        format!("r={nonce},s={SALT}"),
        format!("s={SALT},r={nonce},i=4096"),
        format!("m=must,r={nonce},s={SALT},i=4096"),
        // Not longer than ours, another's, not printable.
        format!("r={CLIENT_NONCE},s={SALT},i=4096"),
        format!("r=z{nonce},s={SALT},i=4096"),
        format!("r={nonce}\u{7f},s={SALT},i=4096"),
        format!("r={nonce},s=,i=4096"),
        format!("r={nonce},s=W22!,i=4096"),
        format!("r={nonce},s={SALT},i="),
        format!("r={nonce},s={SALT},i=-4096"),
        format!("r={nonce},s={SALT},i=4096,"),
        "r".repeat(crate::MAX_MESSAGE + 1),
    ] {
        let refused = start().prove(challenge.as_bytes()).unwrap_err();
        assert!(
            matches!(refused, Error::Malformed { .. }),
            "{}: {refused}",
            &challenge[..challenge.len().min(60)]
        );
    }
    for asked in [0, 1, 4095, 1_000_001, u64::MAX] {
        let challenge = format!("r={nonce},s={SALT},i={asked}");
        let refused = start().prove(challenge.as_bytes()).unwrap_err();
        assert!(matches!(refused, Error::Iterations { asked: told, .. } if told == asked), "{refused}");
    }
    let refused = start().prove(b"e=unknown-user").unwrap_err();
    assert_eq!(refused, Error::Refused("unknown-user".to_owned()));
}

#[test]
fn a_client_believes_only_the_right_signature() {
    let client = start().prove(CHALLENGE.as_bytes()).unwrap().1;
    for (message, expected) in [
        ("v=", Error::ServerSignature),
        ("v=AAAA", Error::ServerSignature),
        ("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Error::ServerSignature),
        ("e=invalid-proof", Error::Refused("invalid-proof".to_owned())),
        ("v=?", messages::malformed(Sha256, "its signature is not base64")),
        ("", messages::malformed(Sha256, "it has no signature")),
    ] {
        assert_eq!(client.verify(message.as_bytes()), Err(expected), "{message}");
    }
}

#[test]
fn a_server_refuses_bad_first_messages() {
    for message in [
        "",
        "n",
        "n,",
        "n,,",
        "p=tls-unique,,n=user,r=abc",
        "n,,n=,r=abc",
        "n,,n=user",
        "n,,n=user,r=",
        "n,,r=abc,n=user",
        "n,,m=must,n=user,r=abc",
        "n,,n=us=er,r=abc",
        "n,,n=us=2,r=abc",
        "n,,n=user,r=a\x01c",
        "n,b=x,n=user,r=abc",
        "n,,n=user,r=abc,broken",
    ] {
        let refused = ClientFirst::read(Sha256, message.as_bytes()).unwrap_err();
        assert!(matches!(refused, Error::Malformed { .. }), "{message}: {refused}");
    }
    let other = ClientFirst::read(Sha256, b"n,a=root,n=user,r=abc").unwrap_err();
    assert_eq!(other, Error::OtherIdentity("root".to_owned()));
    for (message, username, is_token) in [
        ("n,a=user,n=user,r=abc", "user", false),
        ("y,,n=user,r=abc", "user", false),
        ("n,,n=a=2Cb=3Dc,r=abc", "a,b=c", false),
        ("n,,n=id,r=abc,tokenauth=true", "id", true),
    ] {
        let read = ClientFirst::read(Sha256, message.as_bytes()).unwrap();
        assert_eq!((read.username.as_str(), read.is_token), (username, is_token));
    }
}

/// What the server says to this instead of the right proof.
fn verify(proof: &str) -> Error {
    let first = ClientFirst::read(Sha256, format!("n,,n=user,r={CLIENT_NONCE}").as_bytes()).unwrap();
    first.challenge(&credential(), SERVER_NONCE).1.verify(proof.as_bytes()).unwrap_err()
}

#[test]
fn a_server_refuses_bad_proofs() {
    assert_eq!(verify(&PROOF.replace("p=dH", "p=eH")), Error::InvalidCredentials);
    for proof in [
        String::new(),
        PROOF.replace(",p=", ",q="),
        // Another nonce, of the server's part (CVE-2024-56128) and as a whole; another header.
        PROOF.replace("k0,", "k1,"),
        PROOF.replace(",r=r", ",r=s"),
        PROOF.replace("c=biws", "c=eSws"),
        PROOF.replace("c=biws,", ""),
        PROOF.replace("dHzb", "dHz?"),
        PROOF.replace("p=dHzb", "p="),
    ] {
        assert!(matches!(verify(&proof), Error::Malformed { .. }), "{proof}: {}", verify(&proof));
    }
}

#[test]
fn a_missing_user_is_challenged_like_any_other() {
    let challenge = |secret: &[u8], name: &str| {
        let first = ClientFirst::read(Sha256, format!("n,,n={name},r=abc").as_bytes()).unwrap();
        first.challenge(&Credential::decoy(Sha256, secret, name), "xyz").0
    };
    assert_eq!(challenge(b"s", "a"), challenge(b"s", "a"));
    assert_ne!(challenge(b"s", "a"), challenge(b"s", "b"));
    assert_ne!(challenge(b"s", "a"), challenge(b"t", "a"));
    assert_eq!(
        play(Sha256, "a", PASSWORD, &Credential::decoy(Sha256, b"s", "a")),
        Err(Error::InvalidCredentials)
    );
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?} {:?}", start(), credential());
    assert!(!shown.contains(PASSWORD) && !shown.contains("stored_key"), "{shown}");
}

/// Both sides against each other; the error is the server's.
fn play(hash: Hash, username: &str, password: &str, credential: &Credential) -> Result<(), Error> {
    let (first, mut client) = Client::scram(hash, username, password, "abc".to_owned(), false).unwrap();
    let first = ClientFirst::read(hash, &first)?;
    assert_eq!(first.username, username);
    let (challenge, server) = first.challenge(credential, "xyz");
    let proof = client.answer(&challenge).unwrap().unwrap();
    let signature = server.verify(&proof)?;
    assert_eq!(client.answer(&signature), Ok(None));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_user_with_its_password_and_no_other(
        sha512: bool, username in "[^\0]{1,40}", password in ".{1,40}", other in ".{1,40}", salt: [u8; 16]
    ) {
        let hash = if sha512 { Hash::Sha512 } else { Sha256 };
        let credential = Credential::of(hash, &password, salt.to_vec(), least());
        prop_assert_eq!(play(hash, &username, &password, &credential), Ok(()));
        if other != password {
            prop_assert_eq!(play(hash, &username, &other, &credential), Err(Error::InvalidCredentials));
        }
    }

    #[test]
    fn no_bytes_make_either_side_panic(bytes: Vec<u8>, text in "[nycrspevi=,.a-c0-9+/ -~]{0,60}") {
        for message in [&bytes[..], text.as_bytes()] {
            let _ = ClientFirst::read(Sha256, message);
            let _ = start().prove(message);
            let _ = verify_bytes(message);
            let _ = crate::plain::Credentials::read(message);
            let _ = crate::oauthbearer::Request::read(message);
        }
    }
}

fn verify_bytes(message: &[u8]) -> Result<Vec<u8>, Error> {
    let first = ClientFirst::read(Sha256, format!("n,,n=user,r={CLIENT_NONCE}").as_bytes())?;
    first.challenge(&Credential::decoy(Sha256, b"s", "user"), SERVER_NONCE).1.verify(message)
}
