use super::{Admin, check, fanout::Target};
use crate::Error;
use bytes::Bytes;
use protocol::{
    CreateDelegationTokenRequest, DescribeDelegationTokenRequest, ExpireDelegationTokenRequest,
    RenewDelegationTokenRequest,
    create_delegation_token::request::CreatableRenewers,
    describe_delegation_token::{request::DescribeDelegationTokenOwner, response::DescribedDelegationToken},
};
use std::{fmt, str::FromStr, time::Duration};

/// Who somebody is, `User:alice` in text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    pub kind: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a principal of the form TYPE:NAME, such as User:alice")]
pub struct InvalidPrincipal(pub String);

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

impl FromStr for Principal {
    type Err = InvalidPrincipal;

    fn from_str(text: &str) -> Result<Self, InvalidPrincipal> {
        match text.split_once(':') {
            Some((kind, name)) if !kind.is_empty() && !name.is_empty() => {
                Ok(Self { kind: kind.to_owned(), name: name.to_owned() })
            }
            _ => Err(InvalidPrincipal(text.to_owned())),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// Whom it stands for; `None` for the caller. Another needs Kafka 3.3 (KIP-373).
    pub owner: Option<Principal>,
    /// Who may renew it, besides its owner.
    pub renewers: Vec<Principal>,
    /// `None`: the broker's `delegation.token.max.lifetime.ms`, which also is the longest.
    pub max_lifetime: Option<Duration>,
}

/// A password that stands for a principal, for a while (KIP-48). Times are in milliseconds since 1970.
#[derive(Clone, PartialEq, Eq)]
pub struct DelegationToken {
    pub id: String,
    pub owner: Principal,
    /// Who asked for it; `None` from brokers before Kafka 3.3.
    pub requester: Option<Principal>,
    pub renewers: Vec<Principal>,
    pub issued_ms: i64,
    /// When it ends unless it is renewed.
    pub expires_ms: i64,
    /// When it ends however often it is renewed.
    pub max_ms: i64,
    /// The secret; in base64 it is the password for SCRAM, beside the id as user.
    pub hmac: Bytes,
}

/// Without the secret.
impl fmt::Debug for DelegationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DelegationToken")
            .field("id", &self.id)
            .field("owner", &self.owner)
            .field("expires_ms", &self.expires_ms)
            .finish_non_exhaustive()
    }
}

impl Admin {
    /// Needs a connection that was authenticated by other means than a token.
    pub async fn create_token(&self, token: &NewToken) -> Result<DelegationToken, Error> {
        self.one(
            Target::Controller,
            "delegation token",
            |_| CreateDelegationTokenRequest {
                owner_principal_type: token.owner.as_ref().map(|owner| owner.kind.as_str().into()),
                owner_principal_name: token.owner.as_ref().map(|owner| owner.name.as_str().into()),
                renewers: token
                    .renewers
                    .iter()
                    .map(|renewer| CreatableRenewers {
                        principal_type: renewer.kind.as_str().into(),
                        principal_name: renewer.name.as_str().into(),
                    })
                    .collect(),
                max_lifetime_ms: millis_or_default(token.max_lifetime),
            },
            |response| {
                check("delegation token", response.error_code, None)?;
                Ok(DelegationToken {
                    id: response.token_id.to_string(),
                    owner: principal(&response.principal_type, &response.principal_name),
                    requester: requester(
                        &response.token_requester_principal_type,
                        &response.token_requester_principal_name,
                    ),
                    renewers: token.renewers.clone(),
                    issued_ms: response.issue_timestamp_ms,
                    expires_ms: response.expiry_timestamp_ms,
                    max_ms: response.max_timestamp_ms,
                    hmac: response.hmac,
                })
            },
        )
        .await
    }

    /// Makes a token last until `period` from now; `None`: the broker's `delegation.token.expiry.time.ms`. Answers with
    /// when it ends now, in milliseconds since 1970.
    pub async fn renew_token(&self, hmac: &Bytes, period: Option<Duration>) -> Result<i64, Error> {
        self.one(
            Target::Controller,
            "delegation token",
            |_| RenewDelegationTokenRequest {
                hmac: hmac.clone(),
                renew_period_ms: millis_or_default(period),
            },
            |response| {
                check("delegation token", response.error_code, None)?;
                Ok(response.expiry_timestamp_ms)
            },
        )
        .await
    }

    /// Ends a token `after` some time, or now. Answers with when that is, in milliseconds since 1970.
    pub async fn expire_token(&self, hmac: &Bytes, after: Option<Duration>) -> Result<i64, Error> {
        self.one(
            Target::Controller,
            "delegation token",
            |_| ExpireDelegationTokenRequest {
                hmac: hmac.clone(),
                expiry_time_period_ms: millis_or_default(after),
            },
            |response| {
                check("delegation token", response.error_code, None)?;
                Ok(response.expiry_timestamp_ms)
            },
        )
        .await
    }

    /// Tokens of these owners, or all that the caller may see.
    pub async fn describe_tokens(&self, owners: Option<&[Principal]>) -> Result<Vec<DelegationToken>, Error> {
        self.one(
            Target::Any,
            "delegation tokens",
            |_| DescribeDelegationTokenRequest {
                owners: owners.map(|owners| {
                    let owners = owners.iter().map(|owner| DescribeDelegationTokenOwner {
                        principal_type: owner.kind.as_str().into(),
                        principal_name: owner.name.as_str().into(),
                    });
                    owners.collect()
                }),
            },
            |response| {
                check("delegation tokens", response.error_code, None)?;
                Ok(response.tokens.iter().map(read_token).collect())
            },
        )
        .await
    }
}

/// -1 stands for the broker's choice; for the end of a token, for now.
fn millis_or_default(period: Option<Duration>) -> i64 {
    period.map_or(-1, |period| i64::try_from(period.as_millis()).unwrap_or(i64::MAX))
}

fn principal(kind: &str, name: &str) -> Principal {
    Principal { kind: kind.to_owned(), name: name.to_owned() }
}

fn requester(kind: &str, name: &str) -> Option<Principal> {
    (!kind.is_empty()).then(|| principal(kind, name))
}

fn read_token(token: &DescribedDelegationToken) -> DelegationToken {
    let renewers =
        token.renewers.iter().map(|renewer| principal(&renewer.principal_type, &renewer.principal_name));
    DelegationToken {
        id: token.token_id.to_string(),
        owner: principal(&token.principal_type, &token.principal_name),
        requester: requester(&token.token_requester_principal_type, &token.token_requester_principal_name),
        renewers: renewers.collect(),
        issued_ms: token.issue_timestamp,
        expires_ms: token.expiry_timestamp,
        max_ms: token.max_timestamp,
        hmac: token.hmac.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_has_a_type_and_a_name() {
        for (text, expected) in [
            ("User:alice", Some(("User", "alice"))),
            ("User:CN=a:b,O=c", Some(("User", "CN=a:b,O=c"))),
            ("User:", None),
            (":alice", None),
            ("alice", None),
            ("", None),
        ] {
            let read = text.parse::<Principal>().ok();
            assert_eq!(read, expected.map(|(kind, name)| principal(kind, name)), "{text}");
            assert!(read.is_none_or(|read| read.to_string() == text));
        }
    }
}
