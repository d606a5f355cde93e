use super::{Admin, Each, check, fanout::Target, route::Call, words::codes};
use crate::Error;
use bytes::Bytes;
use protocol::{
    AlterUserScramCredentialsRequest, DescribeUserScramCredentialsRequest,
    alter_user_scram_credentials::request::{ScramCredentialDeletion, ScramCredentialUpsertion},
    describe_user_scram_credentials::{request::UserName, response::DescribeUserScramCredentialsResult},
};
use security::scram::Hash;
use std::{collections::BTreeMap, fmt, num::NonZeroU32};

codes! {
    /// How passwords are hashed (RFC 5802, RFC 7677).
    ScramMechanism is "a SCRAM mechanism", else "UNKNOWN" {
        ScramSha256 = 1 "SCRAM-SHA-256",
        ScramSha512 = 2 "SCRAM-SHA-512",
    }
}

/// That a user has a password, without the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScramCredential {
    pub mechanism: ScramMechanism,
    pub iterations: u32,
}

/// What a password becomes on its way to the broker, which never sees the password itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SaltedPassword {
    /// Brokers accept 4096 to 16384.
    pub iterations: u32,
    /// Random.
    pub salt: Bytes,
    /// RFC 5802's `SaltedPassword`.
    pub salted_password: Bytes,
}

impl SaltedPassword {
    /// With a new salt. Takes the processor some milliseconds for the usual 4096 or 8192 iterations. `None` for a mechanism
    /// that this program does not know, and for no iterations.
    pub fn of(mechanism: ScramMechanism, password: &str, iterations: u32) -> Option<Self> {
        let hash = match mechanism {
            ScramMechanism::ScramSha256 => Hash::Sha256,
            ScramMechanism::ScramSha512 => Hash::Sha512,
            ScramMechanism::Unknown => return None,
        };
        let salt: [u8; 16] = rand::random();
        let salted_password = hash.salted(password, &salt, NonZeroU32::new(iterations)?).into();
        Some(Self { iterations, salt: Bytes::copy_from_slice(&salt), salted_password })
    }
}

/// Without the secret.
impl fmt::Debug for SaltedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaltedPassword").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// Of one user and one mechanism.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScramChange {
    pub user: String,
    pub mechanism: ScramMechanism,
    /// `None` deletes.
    pub password: Option<SaltedPassword>,
}

impl Admin {
    /// Which credentials users have. RESOURCE_NOT_FOUND for a user without any.
    pub async fn describe_scram_credentials(&self, users: &[String]) -> Each<String, Vec<ScramCredential>> {
        self.each(
            Call::new(users.iter().cloned(), |_| Target::Any),
            |users, _| DescribeUserScramCredentialsRequest {
                users: Some(users.iter().map(|name| UserName { name: name.into() }).collect()),
            },
            |_, response| {
                check("SCRAM credentials", response.error_code, response.error_message.as_deref())?;
                Ok(response.results.iter().map(read_user).collect())
            },
        )
        .await
    }

    /// The credentials of all users that have any.
    pub async fn list_scram_credentials(&self) -> Result<BTreeMap<String, Vec<ScramCredential>>, Error> {
        self.one(
            Target::Any,
            "SCRAM credentials",
            |_| DescribeUserScramCredentialsRequest { users: None },
            |response| {
                check("SCRAM credentials", response.error_code, response.error_message.as_deref())?;
                response.results.iter().map(read_user).map(|(user, found)| Ok((user, found?))).collect()
            },
        )
        .await
    }

    /// Sets and deletes credentials. Two changes of one user in one call are refused with DUPLICATE_RESOURCE.
    pub async fn alter_scram_credentials(&self, changes: &[ScramChange]) -> Each<String, ()> {
        self.each(
            Call::new(changes.iter().map(|change| change.user.clone()), |_| Target::Controller),
            |users, _| {
                let mut request = AlterUserScramCredentialsRequest::default();
                for change in changes.iter().filter(|change| users.contains(&change.user)) {
                    let (name, mechanism) = (change.user.as_str().into(), change.mechanism.code());
                    match &change.password {
                        None => request.deletions.push(ScramCredentialDeletion { name, mechanism }),
                        Some(password) => request.upsertions.push(ScramCredentialUpsertion {
                            name,
                            mechanism,
                            iterations: i32::try_from(password.iterations).unwrap_or(i32::MAX),
                            salt: password.salt.clone(),
                            salted_password: password.salted_password.clone(),
                        }),
                    }
                }
                request
            },
            |_, response| {
                let answers = response.results.iter().map(|result| {
                    let user = result.user.to_string();
                    let answer =
                        check(format!("user `{user}`"), result.error_code, result.error_message.as_deref());
                    (user, answer)
                });
                Ok(answers.collect())
            },
        )
        .await
    }
}

fn read_user(result: &DescribeUserScramCredentialsResult) -> (String, Result<Vec<ScramCredential>, Error>) {
    let user = result.user.to_string();
    let answer = check(format!("user `{user}`"), result.error_code, result.error_message.as_deref());
    let credentials = result.credential_infos.iter().map(|info| ScramCredential {
        mechanism: ScramMechanism::from_code(info.mechanism),
        iterations: u32::try_from(info.iterations).unwrap_or(0),
    });
    let mut credentials: Vec<_> = credentials.collect();
    // Kafka answers in the order of a hash map, another at each start.
    credentials.sort_unstable();
    (user, answer.map(|()| credentials))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::describe_user_scram_credentials::response::CredentialInfo;

    #[test]
    fn credentials_come_in_the_order_of_their_mechanisms() {
        let expected = [
            ScramCredential { mechanism: ScramMechanism::ScramSha256, iterations: 8192 },
            ScramCredential { mechanism: ScramMechanism::ScramSha512, iterations: 4096 },
        ];
        for answered in [[(1, 8192), (2, 4096)], [(2, 4096), (1, 8192)]] {
            let credential_infos = answered
                .map(|(mechanism, iterations)| CredentialInfo { mechanism, iterations })
                .into_iter()
                .collect();
            let result = DescribeUserScramCredentialsResult { credential_infos, ..Default::default() };
            assert_eq!(read_user(&result).1.unwrap(), expected);
        }
    }
}
