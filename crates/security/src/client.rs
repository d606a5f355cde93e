//! The client's side of any mechanism: one message out for each in.
use crate::{
    Error, Mechanism,
    oauthbearer::{self, Extensions},
    plain,
    scram::{self, AwaitsChallenge, AwaitsSignature},
};

/// An exchange under way. The first message comes with it; [`Client::answer`] gives the others.
#[derive(Debug)]
pub struct Client(State);

#[derive(Debug)]
enum State {
    /// The server has only to agree.
    Sent(Mechanism),
    Challenge(AwaitsChallenge),
    Signature(AwaitsSignature),
    /// The server has refused a token, and heard that we know.
    Refused(String),
    Done,
}

impl Client {
    pub fn plain(username: &str, password: &str) -> Result<(Vec<u8>, Self), Error> {
        Ok((plain::message(username, password)?, Self(State::Sent(Mechanism::Plain))))
    }

    /// As [`AwaitsChallenge::start`].
    pub fn scram(
        hash: scram::Hash,
        username: &str,
        password: &str,
        nonce: String,
        is_token: bool,
    ) -> Result<(Vec<u8>, Self), Error> {
        let (message, next) = AwaitsChallenge::start(hash, username, password, nonce, is_token)?;
        Ok((message, Self(State::Challenge(next))))
    }

    pub fn oauthbearer(token: &str, extensions: &Extensions) -> Result<(Vec<u8>, Self), Error> {
        Ok((oauthbearer::message(token, extensions)?, Self(State::Sent(Mechanism::OauthBearer))))
    }

    /// Takes what the server sent; `None` when the exchange has ended well.
    pub fn answer(&mut self, message: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let unexpected = |mechanism: Mechanism| Error::Malformed {
            mechanism: mechanism.name(),
            reason: "nothing more was expected",
        };
        match std::mem::replace(&mut self.0, State::Done) {
            State::Sent(_) if message.is_empty() => Ok(None),
            State::Sent(Mechanism::OauthBearer) => {
                let reason = crate::excerpt(crate::text(Mechanism::OauthBearer.name(), message)?);
                self.0 = State::Refused(reason);
                Ok(Some(oauthbearer::ACKNOWLEDGED.to_vec()))
            }
            State::Sent(mechanism) => Err(unexpected(mechanism)),
            State::Challenge(state) => {
                let (proof, next) = state.prove(message)?;
                self.0 = State::Signature(next);
                Ok(Some(proof))
            }
            State::Signature(state) => state.verify(message).map(|()| None),
            State::Refused(reason) => Err(Error::Refused(reason)),
            State::Done if message.is_empty() => Ok(None),
            State::Done => {
                Err(Error::Malformed { mechanism: "SASL", reason: "it comes after the exchange has ended" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ends_with_the_first_answer() {
        let (message, mut client) = Client::plain("a", "b").unwrap();
        assert_eq!(message, b"\0a\0b");
        assert_eq!(client.answer(b""), Ok(None));
        let (_, mut client) = Client::plain("a", "b").unwrap();
        assert!(matches!(client.answer(b"more"), Err(Error::Malformed { mechanism: "PLAIN", .. })));
    }

    #[test]
    fn a_refused_token_is_acknowledged_and_then_an_error() {
        let (_, mut client) = Client::oauthbearer("t", &Extensions::new()).unwrap();
        let refusal = oauthbearer::refusal("invalid_token", None);
        assert_eq!(client.answer(&refusal), Ok(Some(oauthbearer::ACKNOWLEDGED.to_vec())));
        let refused = client.answer(b"").unwrap_err();
        assert_eq!(refused, Error::Refused(r#"{"status":"invalid_token"}"#.to_owned()));
    }
}
