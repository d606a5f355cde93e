use super::*;
use crate::{
    Config, Connection,
    connection::Dialer,
    fake::{self, Asked},
};
use protocol::ApiKey;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::{ServerConfig, server::WebPkiClientVerifier};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    named_authority("an issuer")
}

fn named_authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, as PEM.
fn issue(authority: &Authority, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    Identity { certificates: Pem::Text(certificate.pem()), key: Pem::Text(key.serialize_pem()) }
}

fn trusting(authority: &Authority) -> Tls {
    Tls { roots: Roots::Pem(Pem::Text(authority.pem())), ..Default::default() }
}

/// A broker at `host` that shows this certificate, and may want one of `clients`.
async fn broker(host: &str, shown: &Identity, clients: Option<&Authority>) -> Address {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let roots = Arc::new(trusting(authority).roots.read(&Opening::default()).unwrap().issuers);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let opening = Opening::default();
    let (chain, key) = (shown.certificates.chain(&opening).unwrap(), shown.key.key(&opening).unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()));
    fake::listen(host, move |socket| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(socket).await {
                fake::converse(stream, |asked| greet(&asked)).await;
            }
        }
    })
    .await
}

fn greet(asked: &Asked) -> Option<Vec<u8>> {
    (asked.key == ApiKey::ApiVersions).then(|| asked.offer(&[(ApiKey::ApiVersions, 4)]))
}

async fn open(address: &Address, tls: Option<Tls>) -> Result<Connection, crate::Error> {
    let config = Config { tls, connect_timeout: Duration::from_secs(10), ..Config::new(Vec::new()) };
    Connection::open(address, &Dialer::new(config)?).await
}

#[track_caller]
fn said(result: Result<Connection, crate::Error>) -> String {
    let error = result.unwrap_err();
    assert!(error.is_authentication() && !error.is_retriable(), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_broker_is_believed_by_its_issuer_and_name() {
    let (authority, stranger) = (authority(), authority());
    for host in ["localhost", "127.0.0.1"] {
        let address = broker(host, &issue(&authority, host, |_| {}), None).await;
        assert!(open(&address, Some(trusting(&authority))).await.unwrap().has(ApiKey::ApiVersions));
        let unknown = said(open(&address, Some(trusting(&stranger))).await);
        assert!(
            unknown.contains("issuer that is not trusted") && unknown.contains("ssl.ca.location"),
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn another_name_is_refused_unless_the_check_is_off() {
    let (authority, stranger) = (authority(), authority());
    let address = broker("localhost", &issue(&authority, "broker.example", |_| {}), None).await;
    let other = said(open(&address, Some(trusting(&authority))).await);
    assert!(other.contains("is for `broker.example`, not for `localhost`"), "{other}");
    let any_name = |authority| Some(Tls { check_host_name: false, ..trusting(authority) });
    open(&address, any_name(&authority)).await.unwrap();
    let unknown = said(open(&address, any_name(&stranger)).await);
    assert!(unknown.contains("issuer that is not trusted"), "{unknown}");
}

#[tokio::test]
async fn a_certificate_counts_in_its_time_only() {
    let authority = authority();
    let old = issue(&authority, "localhost", |params| params.not_after = date_time_ymd(2001, 1, 1));
    let new = issue(&authority, "localhost", |params| params.not_before = date_time_ymd(4001, 1, 1));
    for (shown, words) in [(old, "expired"), (new, "not valid yet")] {
        let address = broker("localhost", &shown, None).await;
        for check_host_name in [true, false] {
            let tls = Tls { check_host_name, ..trusting(&authority) };
            let refused = said(open(&address, Some(tls)).await);
            assert!(refused.contains(words), "{refused}");
        }
    }
}

/// `openssl req -x509` makes such ones: their own issuer, and an issuer by their own words.
#[tokio::test]
async fn a_certificate_that_is_a_root_itself_is_believed() {
    let own = |name: &str, change: fn(&mut CertificateParams)| {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificates = Pem::Text(params.self_signed(&key).unwrap().pem());
        Identity { certificates, key: Pem::Text(key.serialize_pem()) }
    };
    let good = own("localhost", |_| {});
    let namesake = own("localhost", |_| {});
    let other_name = own("broker.example", |_| {});
    let old = own("localhost", |params| params.not_after = date_time_ymd(2001, 1, 1));
    for (shown, root, check_host_name, refused) in [
        (&good, &good, true, None),
        (&good, &good, false, None),
        (&good, &namesake, true, Some("cannot be accepted")),
        (&good, &namesake, false, Some("cannot be accepted")),
        (&other_name, &other_name, true, Some("is for `broker.example`, not for `localhost`")),
        (&other_name, &other_name, false, None),
        (&old, &old, true, Some("expired")),
        (&old, &old, false, Some("expired")),
    ] {
        let address = broker("localhost", shown, None).await;
        let tls = Tls { roots: Roots::Pem(root.certificates.clone()), check_host_name, ..Default::default() };
        let result = open(&address, Some(tls)).await;
        match refused {
            None => drop(result.unwrap()),
            Some(words) => {
                let refused = said(result);
                assert!(refused.contains(words), "{refused}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_shows_its_certificate_where_it_is_wanted() {
    let (authority, stranger) = (authority(), authority());
    let address = broker("localhost", &issue(&authority, "localhost", |_| {}), Some(&authority)).await;
    let with = |identity| Some(Tls { identity, ..trusting(&authority) });
    open(&address, with(Some(issue(&authority, "me", |_| {})))).await.unwrap();
    let none = said(open(&address, with(None)).await);
    assert!(none.contains("wants a certificate of the client"), "{none}");
    let other = said(open(&address, with(Some(issue(&stranger, "me", |_| {})))).await);
    assert!(other.contains("does not accept the client's certificate"), "{other}");
}

#[tokio::test]
async fn the_wrong_protocol_is_told_apart() {
    let authority = authority();
    let encrypted = broker("localhost", &issue(&authority, "localhost", |_| {}), None).await;
    let plaintext = said(open(&encrypted, None).await);
    assert!(plaintext.contains("speaks TLS"), "{plaintext}");
    // A broker that takes the beginning of TLS for the length of a frame says something, or nothing and hangs up.
    let talkative = fake::listen("localhost", |socket| async move {
        use tokio::io::AsyncWriteExt as _;
        let mut socket = socket;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let not_tls = said(open(&talkative.await, Some(trusting(&authority))).await);
    assert!(not_tls.contains("does not speak TLS"), "{not_tls}");
    let silent = fake::listen("localhost", |socket| async move { drop(socket) }).await;
    let closed = open(&silent, Some(trusting(&authority))).await.unwrap_err();
    assert!(closed.is_connection() && closed.is_retriable(), "{closed:?}");
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let folder = std::env::temp_dir().join(format!("mainstem-tls-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        Pem::File(path)
    };
    let jks = file("store.jks", b"\xfe\xed\xfe\xed\0\0\0\x02");
    let p12 = file("store.p12", b"\x30\x82\x04\x00");
    let other = file("other", b"hello");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let encrypted = file("key.pem", encrypted.as_bytes());
    let old_encrypted =
        b"-----BEGIN DSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END DSA PRIVATE KEY-----\n";
    let old_encrypted = file("old.pem", old_encrypted);
    let broken = file("broken.pem", b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n");
    let missing = Pem::File(folder.join("missing.pem"));
    let text = file("text.pem", authority().pem().as_bytes());
    let none = Opening::default();
    let pem = Opening { form: Some(Form::Pem), ..none.clone() };
    let java = Opening { form: Some(Form::Java), ..none.clone() };
    for (result, words) in [
        (jks.issuers(&none).map(drop), "store.jks is damaged: it ends too early"),
        (jks.key(&none).map(drop), "store.jks is damaged"),
        (p12.issuers(&none).map(drop), "store.p12 is damaged"),
        (p12.chain(&pem).map(drop), "is a PKCS12 store, not PEM"),
        (jks.issuers(&pem).map(drop), "is a JKS store, not PEM"),
        (text.issuers(&java).map(drop), "is PEM, not a JKS or PKCS12 store"),
        (other.issuers(&none).map(drop), "holds no certificate in PEM form"),
        (other.key(&none).map(drop), "holds no private key in PEM form"),
        (encrypted.key(&none).map(drop), "is damaged"),
        (old_encrypted.key(&none).map(drop), "openssl pkey -in"),
        (encrypted.issuers(&none).map(drop), "holds no certificate"),
        (broken.issuers(&none).map(drop), "is not valid PEM"),
        (missing.issuers(&none).map(drop), "missing.pem"),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_key_that_does_not_fit_its_certificate_is_refused() {
    let authority = authority();
    let (one, two) = (issue(&authority, "a", |_| {}), issue(&authority, "b", |_| {}));
    let identity = Some(Identity { certificates: one.certificates, key: two.key });
    let error = Connector::new(&Tls { identity, ..trusting(&authority) }).unwrap_err();
    assert!(matches!(error, Error::Identity { .. }), "{error}");
}

/// By their names in Java's properties.
#[test]
fn stores_of_java_are_opened() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tls/stores");
    for (trust, key, more) in [
        ("trust.jks", "key.jks", "ssl.key.password=keypass"),
        ("trust.p12", "key.p12", "ssl.keystore.type=PKCS12\nssl.truststore.type=PKCS12"),
        ("old-trust.p12", "old-key.p12", "ssl.keystore.type=JKS"),
    ] {
        let text = format!(
            "bootstrap.servers=localhost:1\nsecurity.protocol=SSL\nssl.truststore.location={folder}/{trust}\n\
             ssl.truststore.password=storepass\nssl.keystore.location={folder}/{key}\n\
             ssl.keystore.password=storepass\n{more}"
        );
        let open = |text: &str| {
            let mut config = crate::Config::new(Vec::new());
            crate::Properties::parse(text).unwrap().apply(&mut config).unwrap();
            Connector::new(&config.tls.unwrap()).map(drop)
        };
        open(&text).unwrap();
        let refused = open(&text.replace("=storepass", "=other")).unwrap_err().to_string();
        assert!(refused.contains(trust) && refused.contains("password"), "{refused}");
    }
}
