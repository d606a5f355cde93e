//! TLS by rustls: whom to believe, and how to say who we are.
//!
//! Certificates and keys are PEM, or in a key store of Java's (JKS, PKCS#12). A certificate is always checked against its issuer, unless it is a root itself, and
//! the clock; only whether it names the host can be turned off. Files are read once, when a cluster is connected to.
//!
//! Not here: keys encrypted in OpenSSL's own form (`Proc-Type: 4,ENCRYPTED`), JCEKS and BCFKS stores, revocation lists.
mod store;

use crate::Address;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use std::{borrow::Cow, fmt, fs, io, path::PathBuf, sync::Arc};
use store::{Decryptor, Store};
pub use store::{Error as StoreError, Kind};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// How connections are encrypted. The default trusts what the operating system trusts, and shows no certificate.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Issuers of brokers' certificates (`ssl.truststore.location`, `ssl.ca.location`).
    pub roots: Roots,
    /// What the client shows to brokers that ask (`ssl.keystore.location`, `ssl.certificate.location`).
    pub identity: Option<Identity>,
    /// Whether a broker's certificate must name the host that was connected to
    /// (`ssl.endpoint.identification.algorithm`).
    pub check_host_name: bool,
    /// What opens the file of `roots`, if it needs that.
    pub roots_opening: Opening,
    /// What opens the files of `identity`.
    pub identity_opening: Opening,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            roots: Roots::System,
            identity: None,
            check_host_name: true,
            roots_opening: Opening::default(),
            identity_opening: Opening::default(),
        }
    }
}

#[derive(Clone, Debug)]
pub enum Roots {
    /// Those of the operating system, or of the file that the environment's `SSL_CERT_FILE` names.
    System,
    Pem(Pem),
}

/// A certificate, its chain after it, and its key. Both may be in one file.
#[derive(Clone, Debug)]
pub struct Identity {
    pub certificates: Pem,
    pub key: Pem,
}

#[derive(Clone)]
pub enum Pem {
    File(PathBuf),
    Text(String),
}

/// What a file of certificates or keys is said to be, and the passwords that open it.
#[derive(Clone, Default)]
pub struct Opening {
    /// Checked against the content, which decides (`ssl.keystore.type`, `ssl.truststore.type`).
    pub form: Option<Form>,
    pub password: Option<String>,
    /// Of an encrypted key in PEM form, or of the key in a JKS store where it is not the store's own.
    pub key_password: Option<String>,
}

/// Java tells its two apart by their content, whichever is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Pem,
    Java,
}

/// Never the passwords.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("form", &self.form).finish_non_exhaustive()
    }
}

/// Never the text.
impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Text(_) => f.write_str("the PEM text"),
        }
    }
}

/// Each says in one line what is wrong and what to do. None goes away by trying again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {path}")]
    File { path: String, source: Arc<io::Error> },
    #[error("{place} is a {kind} store, not PEM; set its type to {kind}")]
    NotPem { place: String, kind: Kind },
    #[error("{0} is PEM, not a JKS or PKCS12 store; set its type to PEM")]
    NotStore(String),
    #[error("{place} {reason}")]
    Store { place: String, reason: StoreError },
    #[error("{place} holds no {what}; `keytool -list -keystore {place}` lists what it holds")]
    NotInStore { place: String, what: &'static str },
    #[error("{place} holds no {what} in PEM form (`-----BEGIN ...`)")]
    Nothing { place: String, what: &'static str },
    #[error("{place} is not valid PEM: {reason}")]
    Broken { place: String, reason: String },
    #[error(
        "the private key in {0} is encrypted in a form that is not read; decrypt it with `openssl pkey -in {0} -out \
         key.pem`"
    )]
    EncryptedKey(String),
    #[error("the private key in {place} {reason} (`ssl.key.password`)")]
    Key { place: String, reason: StoreError },
    #[error("the private key in {key} and the certificate in {certificates} cannot be used: {reason}")]
    Identity { key: String, certificates: String, reason: String },
    #[error(
        "the operating system trusts no issuer; name a file with `ssl.ca.location` or `ssl.truststore.location`"
    )]
    NoSystemRoots,
    #[error("`{0}` is no host name that TLS can check")]
    HostName(String),
    #[error(
        "the certificate of {address} is for {}, not for `{host}`; connect by a name that it has, or turn the check off \
         with an empty `ssl.endpoint.identification.algorithm`",
        list(names)
    )]
    OtherName { address: Arc<str>, host: String, names: Vec<String> },
    #[error(
        "the certificate of {address} expired; the broker needs a new one, or this machine's clock is wrong"
    )]
    Expired { address: Arc<str> },
    #[error("the certificate of {address} is not valid yet; is this machine's clock right?")]
    NotYetValid { address: Arc<str> },
    #[error(
        "the certificate of {address} is from an issuer that is not trusted; name the issuer's file with \
         `ssl.ca.location` or `ssl.truststore.location`"
    )]
    UnknownIssuer { address: Arc<str> },
    #[error("the certificate of {address} cannot be accepted: {reason}")]
    Certificate { address: Arc<str>, reason: String },
    #[error(
        "{address} wants a certificate of the client; name it with `ssl.keystore.location` or \
         `ssl.certificate.location` and `ssl.key.location`"
    )]
    WantsCertificate { address: Arc<str> },
    #[error(
        "{address} does not accept the client's certificate ({alert}); is its issuer in the broker's truststore?"
    )]
    CertificateRefused { address: Arc<str>, alert: String },
    #[error("{address} does not speak TLS; should `security.protocol` be PLAINTEXT or SASL_PLAINTEXT?")]
    NotTls { address: Arc<str> },
    #[error("{address} speaks TLS; should `security.protocol` be SSL or SASL_SSL?")]
    OnlyTls { address: Arc<str> },
    #[error("TLS with {address} failed: {reason}")]
    Other { address: Arc<str>, reason: String },
}

fn list(names: &[String]) -> String {
    match names {
        [] => "no host".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

impl Error {
    /// What made a handshake, or the first answer after it, fail. `None` if it was the network.
    pub(crate) fn of(address: &Arc<str>, host: &str, error: &io::Error) -> Option<Self> {
        let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
        let address = address.clone();
        Some(match error {
            rustls::Error::InvalidCertificate(reason) => match reason {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    Self::Expired { address }
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    Self::NotYetValid { address }
                }
                // The second is an issuer of a trusted name that is not the trusted one.
                CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                    Self::UnknownIssuer { address }
                }
                CertificateError::NotValidForName => {
                    Self::OtherName { address, host: host.to_owned(), names: Vec::new() }
                }
                CertificateError::NotValidForNameContext { presented, .. } => Self::OtherName {
                    address,
                    host: host.to_owned(),
                    names: presented.iter().map(|name| plain(name)).collect(),
                },
                other => Self::Certificate { address, reason: other.to_string() },
            },
            rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
                Self::WantsCertificate { address }
            }
            rustls::Error::AlertReceived(
                alert @ (AlertDescription::BadCertificate
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnknownCA
                | AlertDescription::DecryptError
                | AlertDescription::AccessDenied),
            ) => Self::CertificateRefused { address, alert: format!("{alert:?}") },
            rustls::Error::InvalidMessage(_) => Self::NotTls { address },
            other => Self::Other { address, reason: other.to_string() },
        })
    }
}

/// `DnsName("a")` and the like, as rustls shows the names of a certificate.
fn plain(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')'));
    inner.trim_matches('"').to_owned()
}

/// What opens encrypted connections; clones share it.
#[derive(Clone)]
pub(crate) struct Connector(TlsConnector);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl Connector {
    /// Reads the files that `tls` names.
    pub(crate) fn new(tls: &Tls) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("ring has what TLS 1.2 and 1.3 need");
        let verifier = Verifier {
            trusted: tls.roots.read(&tls.roots_opening)?,
            check_host_name: tls.check_host_name,
            provider,
        };
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let config = match &tls.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let opening = &tls.identity_opening;
                let chain = identity.certificates.chain(opening)?;
                let config = builder.with_client_auth_cert(chain, identity.key.key(opening)?);
                config.map_err(|error| Error::Identity {
                    key: identity.key.to_string(),
                    certificates: identity.certificates.to_string(),
                    reason: error.to_string(),
                })?
            }
        };
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// The error is rustls' in an [`io::Error`]; [`Error::of`] reads it.
    pub(crate) async fn connect(
        &self,
        address: &Address,
        name: &Arc<str>,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, crate::Error> {
        let host =
            ServerName::try_from(address.host.clone()).map_err(|_| Error::HostName(address.host.clone()))?;
        self.0.connect(host, stream).await.map_err(|error| match Error::of(name, &address.host, &error) {
            Some(refused) => refused.into(),
            None => {
                let source = match error.kind() {
                    kind @ (io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                        io::Error::new(kind, "it hung up during the TLS handshake; does it speak TLS?")
                    }
                    _ => error,
                };
                crate::Error::Connect { address: name.clone(), source: Arc::new(source) }
            }
        })
    }
}

impl Roots {
    fn read(&self, opening: &Opening) -> Result<Trusted, Error> {
        let mut issuers = RootCertStore::empty();
        let certificates = match self {
            Self::System => {
                let found = rustls_native_certs::load_native_certs();
                for error in &found.errors {
                    tracing::debug!(%error, "one of the system's certificates");
                }
                found.certs
            }
            Self::Pem(pem) => pem.issuers(opening)?,
        };
        // A system's list may hold one that is odd; the others still count.
        let (added, _) = issuers.add_parsable_certificates(certificates.iter().cloned());
        match self {
            Self::System if added == 0 => Err(Error::NoSystemRoots),
            Self::Pem(pem) if added == 0 => {
                Err(Error::Nothing { place: pem.to_string(), what: "certificate that can be an issuer" })
            }
            _ => Ok(Trusted { issuers, certificates }),
        }
    }
}

/// What a file or text is, by its content.
enum Content<'a> {
    Pem(Cow<'a, [u8]>),
    Store(Kind, Vec<u8>),
}

impl Pem {
    fn issuers(&self, opening: &Opening) -> Result<Vec<CertificateDer<'static>>, Error> {
        match self.read(opening, "certificate")? {
            Content::Pem(text) => self.certificates(&text),
            Content::Store(kind, bytes) => {
                let store = self.store(kind, &bytes, &mut Decryptor::new(opening.password.as_deref()))?;
                let issuers = store.issuers();
                let what = "trusted certificate";
                if issuers.is_empty() {
                    Err(Error::NotInStore { place: self.to_string(), what })
                } else {
                    Ok(issuers)
                }
            }
        }
    }

    fn chain(&self, opening: &Opening) -> Result<Vec<CertificateDer<'static>>, Error> {
        match self.read(opening, "certificate")? {
            Content::Pem(text) => self.certificates(&text),
            Content::Store(kind, bytes) => {
                let store = self.store(kind, &bytes, &mut Decryptor::new(opening.password.as_deref()))?;
                store
                    .chain()
                    .ok_or_else(|| Error::NotInStore { place: self.to_string(), what: "private key" })
            }
        }
    }

    fn key(&self, opening: &Opening) -> Result<PrivateKeyDer<'static>, Error> {
        let password = opening.password.as_deref();
        match self.read(opening, "private key")? {
            Content::Pem(text) => self.key_of_text(&text, opening.key_password.as_deref()),
            Content::Store(kind, bytes) => {
                let mut decryptor = Decryptor::new(password);
                let store = self.store(kind, &bytes, &mut decryptor)?;
                if let (Kind::Jks, Some(own)) = (kind, &opening.key_password) {
                    decryptor = Decryptor::new(Some(own));
                }
                let key = store.key(&mut decryptor);
                let key = key.map_err(|reason| Error::Key { place: self.to_string(), reason })?;
                key.ok_or_else(|| Error::NotInStore { place: self.to_string(), what: "private key" })
            }
        }
    }

    fn store(&self, kind: Kind, bytes: &[u8], decryptor: &mut Decryptor<'_>) -> Result<Store, Error> {
        Store::parse(kind, bytes, decryptor)
            .map_err(|reason| Error::Store { place: self.to_string(), reason })
    }

    fn certificates(&self, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
        let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        let list = list.map_err(|error| self.broken(&error))?;
        if list.is_empty() {
            return Err(Error::Nothing { place: self.to_string(), what: "certificate" });
        }
        Ok(list)
    }

    fn key_of_text(&self, text: &[u8], password: Option<&str>) -> Result<PrivateKeyDer<'static>, Error> {
        if let Some(key) = PrivateKeyDer::pem_slice_iter(text).next() {
            return key.map_err(|error| self.broken(&error));
        }
        let text = String::from_utf8_lossy(text);
        // The name that the reader of PEM knows for the same lines.
        let renamed = text.replace(" ENCRYPTED PRIVATE KEY-----", " PRIVATE KEY-----");
        if let Some(info) = PrivatePkcs8KeyDer::pem_slice_iter(renamed.as_bytes()).next() {
            let info = info.map_err(|error| self.broken(&error))?;
            let key = Decryptor::new(password).key(info.secret_pkcs8_der());
            let key = key.map_err(|reason| Error::Key { place: self.to_string(), reason })?;
            return Ok(PrivatePkcs8KeyDer::from(key).into());
        }
        if text.contains("ENCRYPTED") {
            return Err(Error::EncryptedKey(self.to_string()));
        }
        Err(Error::Nothing { place: self.to_string(), what: "private key" })
    }

    fn read(&self, opening: &Opening, what: &'static str) -> Result<Content<'_>, Error> {
        let path = match self {
            Self::Text(text) => return Ok(Content::Pem(Cow::Borrowed(text.as_bytes()))),
            Self::File(path) => path,
        };
        let place = self.to_string();
        let bytes =
            fs::read(path).map_err(|source| Error::File { path: place.clone(), source: Arc::new(source) })?;
        match (Kind::of(&bytes), opening.form) {
            (Some(kind), Some(Form::Pem)) => Err(Error::NotPem { place, kind }),
            (Some(kind), _) => Ok(Content::Store(kind, bytes)),
            (None, _) if !bytes.windows(11).any(|part| part == b"-----BEGIN ") => {
                Err(Error::Nothing { place, what })
            }
            (None, Some(Form::Java)) => Err(Error::NotStore(place)),
            (None, _) => Ok(Content::Pem(Cow::Owned(bytes))),
        }
    }

    fn broken(&self, error: &rustls::pki_types::pem::Error) -> Error {
        Error::Broken { place: self.to_string(), reason: error.to_string() }
    }
}

#[derive(Debug)]
struct Trusted {
    issuers: RootCertStore,
    /// The same, whole.
    certificates: Vec<CertificateDer<'static>>,
}

/// As rustls' own, but that the name may go unchecked, and that a broker may show a root itself: a certificate that is
/// its own issuer says that it is an issuer, and for rustls it can then be nothing else.
#[derive(Debug)]
struct Verifier {
    trusted: Trusted,
    check_host_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        let Trusted { issuers, certificates } = &self.trusted;
        let algorithms = self.provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, issuers, intermediates, now, algorithms) {
            // An issuer shown as a broker's certificate is one of these, and its time was checked before.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(_)))
                if certificates.contains(certificate) => {}
            result => result?,
        }
        if self.check_host_name {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
