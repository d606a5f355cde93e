//! TLS by rustls: whom to believe, and how to say who we are.
//!
//! Certificates and keys are PEM. A certificate is always checked against its issuer, unless it is a root itself, and
//! the clock; only whether it names the host can be turned off. Files are read once, when a cluster is connected to.
//!
//! Not here: Java's keystores (refused, with the command that converts them), encrypted keys, revocation lists.
use crate::Address;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use std::{borrow::Cow, fmt, fs, io, path::PathBuf, sync::Arc};
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
}

impl Default for Tls {
    fn default() -> Self {
        Self { roots: Roots::System, identity: None, check_host_name: true }
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
    #[error("{path} is a {kind} store, and only PEM is read; convert it with `{command}`")]
    Store { path: String, kind: &'static str, command: String },
    #[error("{place} holds no {what} in PEM form (`-----BEGIN ...`)")]
    Nothing { place: String, what: &'static str },
    #[error("{place} is not valid PEM: {reason}")]
    Broken { place: String, reason: String },
    #[error("the private key in {0} is encrypted; decrypt it with `openssl pkey -in {0} -out key.pem`")]
    EncryptedKey(String),
    #[error("the private key in {key} and the certificate in {certificates} cannot be used: {reason}")]
    Identity { key: String, certificates: String, reason: String },
    #[error(
        "the operating system trusts no issuer; name a PEM file with `ssl.ca.location` or `ssl.truststore.location`"
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
        "the certificate of {address} is from an issuer that is not trusted; name the issuer's PEM file with \
         `ssl.ca.location` or `ssl.truststore.location`"
    )]
    UnknownIssuer { address: Arc<str> },
    #[error("the certificate of {address} cannot be accepted: {reason}")]
    Certificate { address: Arc<str>, reason: String },
    #[error(
        "{address} wants a certificate of the client; name it with `ssl.keystore.location` (PEM) or \
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
        let verifier =
            Verifier { trusted: tls.roots.read()?, check_host_name: tls.check_host_name, provider };
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let config = match &tls.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let config =
                    builder.with_client_auth_cert(identity.certificates.certificates()?, identity.key.key()?);
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
    fn read(&self) -> Result<Trusted, Error> {
        let mut issuers = RootCertStore::empty();
        let certificates = match self {
            Self::System => {
                let found = rustls_native_certs::load_native_certs();
                for error in &found.errors {
                    tracing::debug!(%error, "one of the system's certificates");
                }
                found.certs
            }
            Self::Pem(pem) => pem.certificates()?,
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

/// What the stores of Java begin with: JKS's magic number, and the outermost structure of PKCS#12.
const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const PKCS12: [u8; 2] = [0x30, 0x82];

impl Pem {
    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let text = self.read("certificate", |path, kind| match kind {
            "JKS" => format!("keytool -list -rfc -keystore {path} > ca.pem"),
            _ => format!("openssl pkcs12 -in {path} -nokeys -out ca.pem"),
        })?;
        let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let list = list.map_err(|error| self.broken(&error))?;
        if list.is_empty() {
            return Err(Error::Nothing { place: self.to_string(), what: "certificate" });
        }
        Ok(list)
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, Error> {
        let text = self.read("private key", |path, kind| match kind {
            "JKS" => format!(
                "keytool -importkeystore -srckeystore {path} -destkeystore store.p12 -deststoretype PKCS12; openssl \
                 pkcs12 -in store.p12 -nodes -out client.pem"
            ),
            _ => format!("openssl pkcs12 -in {path} -nodes -out client.pem"),
        })?;
        let key = PrivateKeyDer::pem_slice_iter(&text).next();
        if let Some(key) = key {
            return key.map_err(|error| self.broken(&error));
        }
        // Both forms of encryption say so in their first lines.
        if String::from_utf8_lossy(&text).contains("ENCRYPTED") {
            return Err(Error::EncryptedKey(self.to_string()));
        }
        Err(Error::Nothing { place: self.to_string(), what: "private key" })
    }

    /// The bytes, unless they are a store of another kind. `convert` makes the command of path and kind.
    fn read(
        &self,
        what: &'static str,
        convert: impl Fn(&str, &str) -> String,
    ) -> Result<Cow<'_, [u8]>, Error> {
        let Self::File(path) = self else {
            let Self::Text(text) = self else { unreachable!("there are two kinds") };
            return Ok(Cow::Borrowed(text.as_bytes()));
        };
        let shown = path.display().to_string();
        let bytes =
            fs::read(path).map_err(|source| Error::File { path: shown.clone(), source: Arc::new(source) })?;
        let kind = if bytes.starts_with(&JKS) {
            "JKS"
        } else if bytes.starts_with(&PKCS12) {
            "PKCS12"
        } else if !bytes.windows(11).any(|part| part == b"-----BEGIN ") {
            return Err(Error::Nothing { place: shown, what });
        } else {
            return Ok(Cow::Owned(bytes));
        };
        let command = convert(&shown, kind);
        Err(Error::Store { path: shown, kind, command })
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
