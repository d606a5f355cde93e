use super::*;
use crate::{
    Address, Config, Error as ClientError,
    connection::Dialer,
    fake::{self, Asked},
};
use protocol::{ListGroupsRequest, ListGroupsResponse, Message as _, SaslHandshakeResponse};
use security::{
    Error as Fault, oauthbearer, plain,
    scram::{AwaitsProof, ClientFirst, Credential},
};
use std::num::NonZeroU32;

const USER: &str = "alice";
const PASSWORD: &str = "secret";

/// The server's side of one connection.
struct Peer {
    /// What SaslHandshake offers; nothing for a listener without SASL.
    offered: &'static [&'static str],
    lifetime_ms: i64,
    mechanism: String,
    scram: Option<AwaitsProof>,
    /// A token was refused, and the client is to acknowledge that.
    is_refused: bool,
    is_authenticated: bool,
    authentications: i32,
}

impl Peer {
    fn answer(&mut self, mut asked: Asked) -> Option<Vec<u8>> {
        match asked.key {
            ApiKey::ApiVersions => Some(asked.offer(&[
                (ApiKey::ApiVersions, 4),
                (ApiKey::SaslHandshake, 1),
                (ApiKey::SaslAuthenticate, 2),
                (ApiKey::ListGroups, 3),
            ])),
            ApiKey::SaslHandshake => {
                self.is_authenticated = false;
                let request = SaslHandshakeRequest::decode(&mut asked.body, asked.version).unwrap();
                let mechanism = request.mechanism.as_str();
                let error_code = match self.offered {
                    [] => ErrorCode::ILLEGAL_SASL_STATE,
                    offered if offered.contains(&mechanism) => ErrorCode::NONE,
                    _ => ErrorCode::UNSUPPORTED_SASL_MECHANISM,
                };
                mechanism.clone_into(&mut self.mechanism);
                let mechanisms = self.offered.iter().map(|name| (*name).into()).collect();
                Some(asked.answer(&SaslHandshakeResponse { error_code: error_code.0, mechanisms }))
            }
            ApiKey::SaslAuthenticate => {
                let request = SaslAuthenticateRequest::decode(&mut asked.body, asked.version).unwrap();
                let response = match self.authenticate(&request.auth_bytes) {
                    Ok(bytes) => SaslAuthenticateResponse {
                        auth_bytes: bytes.into(),
                        session_lifetime_ms: if self.is_authenticated { self.lifetime_ms } else { 0 },
                        error_message: None,
                        ..Default::default()
                    },
                    Err(error) => SaslAuthenticateResponse {
                        error_code: ErrorCode::SASL_AUTHENTICATION_FAILED.0,
                        error_message: Some(format!("no:\n{error}").into()),
                        ..Default::default()
                    },
                };
                Some(asked.answer(&response))
            }
            // As a broker does that hears of anything else between the two.
            _ if !self.is_authenticated => None,
            // How often this connection has authenticated.
            ApiKey::ListGroups => Some(asked.answer(&ListGroupsResponse {
                throttle_time_ms: self.authentications,
                ..Default::default()
            })),
            other => panic!("{other:?} was not offered"),
        }
    }

    fn authenticate(&mut self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let hash = if self.mechanism == "SCRAM-SHA-512" { Hash::Sha512 } else { Hash::Sha256 };
        match self.mechanism.as_str() {
            "PLAIN" => {
                let read = plain::Credentials::read(message)?;
                read.check((read.username == USER).then_some(PASSWORD))?;
            }
            "OAUTHBEARER" if self.is_refused => {
                assert_eq!(message, oauthbearer::ACKNOWLEDGED);
                return Err(Fault::InvalidCredentials);
            }
            "OAUTHBEARER" => {
                let request = oauthbearer::Request::read(message)?;
                if request.token != PASSWORD {
                    self.is_refused = true;
                    return Ok(oauthbearer::refusal("invalid_token", None));
                }
            }
            _ => match self.scram.take() {
                None => {
                    let first = ClientFirst::read(hash, message)?;
                    let least = NonZeroU32::new(4096).unwrap();
                    let credential = match first.username.as_str() {
                        USER => Credential::of(hash, PASSWORD, b"salt".to_vec(), least),
                        other => Credential::decoy(hash, b"s", other),
                    };
                    let (challenge, next) = first.challenge(&credential, "nonce");
                    self.scram = Some(next);
                    return Ok(challenge);
                }
                Some(state) => {
                    let signature = state.verify(message)?;
                    self.succeed();
                    return Ok(signature);
                }
            },
        }
        self.succeed();
        Ok(Vec::new())
    }

    fn succeed(&mut self) {
        self.is_authenticated = true;
        self.authentications += 1;
    }
}

async fn broker(offered: &'static [&'static str], lifetime_ms: i64) -> Address {
    fake::listen("127.0.0.1", move |socket| {
        let mut peer = Peer {
            offered,
            lifetime_ms,
            mechanism: String::new(),
            scram: None,
            is_refused: false,
            is_authenticated: false,
            authentications: 0,
        };
        async move { fake::converse(socket, |asked| peer.answer(asked)).await }
    })
    .await
}

const ALL: &[&str] = &["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

async fn open(address: &Address, sasl: Sasl) -> Result<Connection, ClientError> {
    let config = Config { sasl: Some(sasl), ..Config::new(Vec::new()) };
    Connection::open(address, &Dialer::new(config)?).await
}

fn every_mechanism(username: &str, password: &str) -> [Sasl; 4] {
    let (username, password) = (username.to_owned(), password.to_owned());
    let scram =
        Scram { username: username.clone(), password: password.clone().into(), is_delegation_token: false };
    [
        Sasl::Plain { username, password: password.clone().into() },
        Sasl::ScramSha256(scram.clone()),
        Sasl::ScramSha512(scram),
        Sasl::OauthBearer(Arc::new(Token::new(password))),
    ]
}

#[tokio::test]
async fn each_mechanism_lets_the_right_credentials_in() {
    let address = broker(ALL, 0).await;
    for sasl in every_mechanism(USER, PASSWORD) {
        let mechanism = sasl.mechanism();
        let connection = open(&address, sasl).await.unwrap_or_else(|error| panic!("{mechanism}: {error}"));
        connection.request(&ListGroupsRequest::default()).await.unwrap();
    }
}

#[tokio::test]
async fn wrong_credentials_are_final_and_one_line() {
    let address = broker(ALL, 0).await;
    for sasl in every_mechanism("bob", "wrong").into_iter().chain(every_mechanism(USER, "wrong")) {
        let mechanism = sasl.mechanism();
        let error = open(&address, sasl).await.unwrap_err();
        assert!(error.is_authentication() && !error.is_retriable(), "{error:?}");
        assert_eq!(error.code(), Some(ErrorCode::SASL_AUTHENTICATION_FAILED));
        assert!(matches!(&error, ClientError::Sasl(Error::Refused { mechanism: m, .. }) if *m == mechanism));
        let said = error.to_string();
        assert!(
            said.contains("no: the credentials are not valid; check user") && !said.contains('\n'),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_missing_mechanism_names_those_that_there_are() {
    let address = broker(&["GSSAPI", "SCRAM-SHA-512"], 0).await;
    let error = open(&address, every_mechanism(USER, PASSWORD)[0].clone()).await.unwrap_err();
    assert!(!error.is_retriable());
    assert!(error.to_string().contains("does not offer PLAIN but GSSAPI, SCRAM-SHA-512"), "{error}");
    let address = broker(&[], 0).await;
    let error = open(&address, every_mechanism(USER, PASSWORD)[0].clone()).await.unwrap_err();
    assert!(error.to_string().contains("does not ask for SASL"), "{error}");
}

/// A provider that fails.
#[derive(Debug)]
struct NoToken;

impl TokenProvider for NoToken {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { Err("the issuer is away".into()) })
    }
}

#[tokio::test]
async fn without_a_token_it_may_be_tried_again() {
    let address = broker(ALL, 0).await;
    let error = open(&address, Sasl::OauthBearer(Arc::new(NoToken))).await.unwrap_err();
    assert!(error.is_retriable() && error.to_string().ends_with("the issuer is away"), "{error}");
}

#[tokio::test]
async fn a_session_is_renewed_on_its_connection_while_requests_go_on() {
    let address = broker(ALL, 60).await;
    for sasl in every_mechanism(USER, PASSWORD) {
        let mechanism = sasl.mechanism();
        let connection = open(&address, sasl).await.unwrap();
        // The broker hangs up on any other request between the two of an authentication.
        let renewed = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                let request = ListGroupsRequest::default();
                let (one, two) = tokio::join!(connection.request(&request), connection.request(&request));
                let authentications = one.and(two).map(|response| response.throttle_time_ms);
                if authentications.unwrap_or_else(|error| panic!("{mechanism}: {error}")) > 3 {
                    return;
                }
            }
        });
        renewed.await.unwrap_or_else(|_| panic!("{mechanism} was not renewed"));
    }
}

#[test]
fn sessions_are_renewed_before_they_end() {
    for (chance, ms) in [(0.0, 8500), (0.5, 9000), (1.0, 9500), (2.0, 9500)] {
        assert_eq!(renew_after(Duration::from_secs(10), chance).as_millis(), ms);
    }
}

#[test]
fn secrets_are_not_shown() {
    for sasl in every_mechanism(USER, PASSWORD) {
        let shown = format!("{sasl:?}");
        assert!(!shown.contains(PASSWORD), "{shown}");
    }
}
