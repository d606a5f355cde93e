//! Who we are to a broker: SaslHandshake and SaslAuthenticate around the exchanges of `security`.
//!
//! Before it has authenticated, a connection takes only short answers, and the whole opening has one time limit.
//! Where the broker limits the session, the connection authenticates again before that ends (KIP-368).
use crate::{Connection, connection::Lane};
use protocol::{ApiKey, ErrorCode, SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest};
pub use security::oauthbearer::{Claim, Extensions};
use security::{Client, Mechanism, scram::Hash};
use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Credentials, and with them the mechanism.
#[derive(Clone, Debug)]
pub enum Sasl {
    /// The broker hears the password, so over TLS only.
    Plain {
        username: String,
        password: Password,
    },
    ScramSha256(Scram),
    ScramSha512(Scram),
    OauthBearer(Arc<dyn TokenProvider>),
}

#[derive(Clone, Debug)]
pub struct Scram {
    pub username: String,
    pub password: Password,
    /// Whether the two are the id and the HMAC of a delegation token (KIP-48).
    pub is_delegation_token: bool,
}

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl<T: Into<String>> From<T> for Password {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// A token, and what else the broker is told with it (KIP-342).
#[derive(Clone, Debug)]
pub struct Token {
    pub value: Password,
    pub extensions: Extensions,
}

impl Token {
    pub fn new(value: impl Into<Password>) -> Self {
        Self { value: value.into(), extensions: Extensions::new() }
    }
}

/// What [`TokenProvider::token`] returns.
pub type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Token, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// Gives out tokens: asked for each connection, and again before a session ends. A provider that fetches them
/// keeps one as long as it is good.
pub trait TokenProvider: fmt::Debug + Send + Sync {
    fn token(&self) -> TokenFuture<'_>;
}

/// Always the same token.
impl TokenProvider for Token {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { Ok(self.clone()) })
    }
}

/// Makes tokens that nobody signed, for tests: a broker that takes them believes everybody.
#[derive(Clone, Debug)]
pub struct UnsecuredTokens {
    /// At least `sub`, the principal.
    pub claims: BTreeMap<String, Claim>,
    pub lifetime: Duration,
    pub extensions: Extensions,
}

impl UnsecuredTokens {
    pub fn of(principal: &str) -> Self {
        Self {
            claims: BTreeMap::from([("sub".to_owned(), Claim::Text(principal.to_owned()))]),
            lifetime: Duration::from_secs(3600),
            extensions: Extensions::new(),
        }
    }
}

impl TokenProvider for UnsecuredTokens {
    fn token(&self) -> TokenFuture<'_> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let value = security::oauthbearer::unsecured_token(&self.claims, now, self.lifetime);
        let token = Token { value: value.into(), extensions: self.extensions.clone() };
        Box::pin(async { Ok(token) })
    }
}

/// Each says in one line what is wrong and what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{address} does not accept the credentials for {mechanism}: {message}; check user and password or token"
    )]
    Refused { address: Arc<str>, mechanism: Mechanism, message: String },
    #[error(
        "{address} does not offer {mechanism} but {}; choose one of these with `sasl.mechanism`",
        if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") }
    )]
    UnsupportedMechanism { address: Arc<str>, mechanism: Mechanism, offered: Vec<String> },
    #[error("{address} does not ask for SASL; should `security.protocol` be PLAINTEXT or SSL?")]
    NotSasl { address: Arc<str> },
    #[error("authentication by {mechanism} with {address} failed")]
    Exchange { address: Arc<str>, mechanism: Mechanism, source: security::Error },
    #[error("no token for {address}: {reason}")]
    Token { address: Arc<str>, reason: String },
}

impl Error {
    /// The broker's code, or the one it would have.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { .. } | Self::Exchange { .. } => Some(ErrorCode::SASL_AUTHENTICATION_FAILED),
            Self::UnsupportedMechanism { .. } => Some(ErrorCode::UNSUPPORTED_SASL_MECHANISM),
            Self::NotSasl { .. } => Some(ErrorCode::ILLEGAL_SASL_STATE),
            Self::Token { .. } => None,
        }
    }

    /// Only whoever gives out tokens may do so later.
    pub(crate) fn is_retriable(&self) -> bool {
        matches!(self, Self::Token { .. })
    }
}

impl Sasl {
    pub fn mechanism(&self) -> Mechanism {
        match self {
            Self::Plain { .. } => Mechanism::Plain,
            Self::ScramSha256(_) => Mechanism::Scram(Hash::Sha256),
            Self::ScramSha512(_) => Mechanism::Scram(Hash::Sha512),
            Self::OauthBearer(_) => Mechanism::OauthBearer,
        }
    }

    async fn start(&self, address: &Arc<str>) -> Result<(Vec<u8>, Client), Error> {
        let scram = |hash, scram: &Scram| {
            let nonce = format!("{:032x}", rand::random::<u128>());
            Client::scram(hash, &scram.username, &scram.password.0, nonce, scram.is_delegation_token)
        };
        let started = match self {
            Self::Plain { username, password } => Client::plain(username, &password.0),
            Self::ScramSha256(given) => scram(Hash::Sha256, given),
            Self::ScramSha512(given) => scram(Hash::Sha512, given),
            Self::OauthBearer(provider) => {
                let token = provider.token().await.map_err(|error| Error::Token {
                    address: address.clone(),
                    reason: crate::error::Chain(error.as_ref()).to_string(),
                })?;
                Client::oauthbearer(&token.value.0, &token.extensions)
            }
        };
        started.map_err(|source| self.failed(address, source))
    }

    fn failed(&self, address: &Arc<str>, source: security::Error) -> Error {
        Error::Exchange { address: address.clone(), mechanism: self.mechanism(), source }
    }

    /// One whole authentication; how long the broker lets it stand, if it says so.
    pub(crate) async fn authenticate(
        &self,
        connection: &Connection,
    ) -> Result<Option<Duration>, crate::Error> {
        let address = connection.address();
        self.agree(connection).await?;
        let version = connection.version_of::<SaslAuthenticateRequest>(i16::MAX)?;
        let (mut message, mut client) = self.start(address).await?;
        loop {
            let request = SaslAuthenticateRequest { auth_bytes: message.into() };
            let response = connection.ask(&request, version, Lane::Session).await?;
            self.check(address, &response)?;
            // A SCRAM server decides how many iterations this takes.
            let answered = tokio::task::spawn_blocking(move || {
                let answer = client.answer(&response.auth_bytes);
                (client, answer, response.session_lifetime_ms)
            });
            let gone = |_| crate::Error::Disconnected { address: address.clone() };
            let (next, answer, lifetime_ms) = answered.await.map_err(gone)?;
            match answer.map_err(|source| self.failed(address, source))? {
                Some(answer) => (message, client) = (answer, next),
                None => {
                    let lifetime_ms = u64::try_from(lifetime_ms).unwrap_or_default();
                    return Ok((lifetime_ms > 0).then(|| Duration::from_millis(lifetime_ms)));
                }
            }
        }
    }

    /// On the mechanism, in the first version that carries the exchange in Kafka's own frames.
    async fn agree(&self, connection: &Connection) -> Result<(), crate::Error> {
        let address = connection.address().clone();
        let mechanism = self.mechanism();
        if !connection.has(ApiKey::SaslHandshake) {
            return Err(Error::NotSasl { address }.into());
        }
        let request = SaslHandshakeRequest { mechanism: mechanism.name().into() };
        let version = connection.version_of::<SaslHandshakeRequest>(1)?;
        let response = connection.ask(&request, version, Lane::Session).await?;
        match ErrorCode(response.error_code) {
            ErrorCode::NONE => Ok(()),
            ErrorCode::UNSUPPORTED_SASL_MECHANISM => {
                let offered = response.mechanisms.iter().take(20).map(|name| excerpt(name)).collect();
                Err(Error::UnsupportedMechanism { address, mechanism, offered }.into())
            }
            ErrorCode::ILLEGAL_SASL_STATE => Err(Error::NotSasl { address }.into()),
            code => Err(crate::Error::refused(format!("{address}: SaslHandshake"), code.0, None)),
        }
    }

    fn check(&self, address: &Arc<str>, response: &SaslAuthenticateResponse) -> Result<(), crate::Error> {
        match ErrorCode(response.error_code) {
            ErrorCode::NONE => Ok(()),
            ErrorCode::SASL_AUTHENTICATION_FAILED => {
                let message = response.error_message.as_deref().filter(|text| !text.is_empty());
                let message = excerpt(message.unwrap_or(ErrorCode::SASL_AUTHENTICATION_FAILED.message()));
                let mechanism = self.mechanism();
                Err(Error::Refused { address: address.clone(), mechanism, message }.into())
            }
            code => {
                let message = response.error_message.as_deref();
                Err(crate::Error::refused(format!("{address}: SaslAuthenticate"), code.0, message))
            }
        }
    }
}

/// What a stranger said, so that it fits on a line.
fn excerpt(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}

/// When to authenticate again: late in the session, but not all connections at once. `chance` lies in `0.0..1.0`.
pub(crate) fn renew_after(lifetime: Duration, chance: f64) -> Duration {
    const EARLIEST: f64 = 0.85;
    const SPREAD: f64 = 0.10;
    lifetime.mul_f64(EARLIEST + SPREAD * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests;
