//! OAUTHBEARER: a token that somebody else gave out (RFC 7628), with Kafka's extensions (KIP-342).
use crate::{Error, text};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{collections::BTreeMap, fmt, time::Duration};

const NAME: &str = "OAUTHBEARER";
const SEPARATOR: char = '\x01';

/// What a client says after it heard that the server refuses its token; the server then ends the exchange.
pub const ACKNOWLEDGED: &[u8] = b"\x01";

/// What else a client tells: letters to printable text.
pub type Extensions = BTreeMap<String, String>;

/// What a client sends first.
pub fn message(token: &str, extensions: &Extensions) -> Result<Vec<u8>, Error> {
    if !is_token(token) {
        return Err(Error::Unusable {
            what: "the token",
            reason: "it is empty or not of a token's characters",
        });
    }
    let mut message = format!("n,,{SEPARATOR}auth=Bearer {token}");
    for (key, value) in extensions {
        if !is_extension(key, value) {
            return Err(Error::Unusable {
                what: "a SASL extension",
                reason: "its name must be letters and not `auth`, its value printable",
            });
        }
        message.push_str(&format!("{SEPARATOR}{key}={value}"));
    }
    message.push(SEPARATOR);
    message.push(SEPARATOR);
    Ok(message.into_bytes())
}

/// The value of a claim in an unsecured token.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    Text(String),
    Number(f64),
    List(Vec<String>),
}

/// A token that nobody signed, for tests and closed networks: it proves nothing. `now` counts from 1970; the
/// claims of issue and expiry are added unless they are given.
pub fn unsecured_token(claims: &BTreeMap<String, Claim>, now: Duration, lifetime: Duration) -> String {
    let mut members: Vec<String> = Vec::new();
    for (name, at) in [("iat", now), ("exp", now + lifetime)] {
        if !claims.contains_key(name) {
            members.push(format!("\"{name}\":{:.3}", at.as_secs_f64()));
        }
    }
    for (name, claim) in claims {
        let value = match claim {
            Claim::Text(text) => format!("\"{}\"", quoted(text)),
            Claim::Number(number) => number.to_string(),
            Claim::List(list) => {
                let list: Vec<_> = list.iter().map(|text| format!("\"{}\"", quoted(text))).collect();
                format!("[{}]", list.join(","))
            }
        };
        members.push(format!("\"{}\":{value}", quoted(name)));
    }
    let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&format!("{{{}}}", members.join(","))))
}

/// What a server reads from it. The caller judges the token, then compares the principal with
/// [`Request::check_identity`].
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub token: String,
    pub extensions: Extensions,
    authorization_id: Option<String>,
}

impl Request {
    pub fn read(message: &[u8]) -> Result<Self, Error> {
        let malformed = |reason| Error::Malformed { mechanism: NAME, reason };
        let rest = text(NAME, message)?;
        let rest = rest.strip_prefix("n,").ok_or(malformed("it asks for channel binding"))?;
        let (authorization_id, rest) = rest.split_once(',').ok_or(malformed("its header does not end"))?;
        let authorization_id = match authorization_id {
            "" => None,
            named => Some(named.strip_prefix("a=").ok_or(malformed("its header has no `a=`"))?),
        };
        let rest = rest.strip_prefix(SEPARATOR).ok_or(malformed("no pairs follow its header"))?;
        let pairs = rest.strip_suffix(SEPARATOR).ok_or(malformed("its pairs do not end"))?;
        let mut token = None;
        let mut extensions = Extensions::new();
        for pair in pairs.split_terminator(SEPARATOR) {
            let (key, value) = pair.split_once('=').ok_or(malformed("a pair has no `=`"))?;
            if key == "auth" {
                let (scheme, given) = value.split_once(' ').ok_or(malformed("`auth` has no token"))?;
                if !scheme.eq_ignore_ascii_case("bearer") {
                    return Err(malformed("the scheme of `auth` is not `Bearer`"));
                }
                token = Some(given.trim_start_matches(' ')).filter(|token| is_token(token));
            } else if is_extension(key, value) {
                extensions.insert(key.to_owned(), value.to_owned());
            } else {
                return Err(malformed("an extension has a name or value that it cannot have"));
            }
        }
        let token = token.ok_or(malformed("it has no token"))?.to_owned();
        let authorization_id = authorization_id.map(|id| id.replace("=2C", ",").replace("=3D", "="));
        Ok(Self { token, extensions, authorization_id })
    }

    /// Whether the client asks to be whom its token names.
    pub fn check_identity(&self, principal: &str) -> Result<(), Error> {
        match &self.authorization_id {
            Some(other) if other != principal => Err(Error::OtherIdentity(crate::excerpt(other))),
            _ => Ok(()),
        }
    }
}

/// Never the token.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("extensions", &self.extensions).finish_non_exhaustive()
    }
}

/// What a server says of a token that it refuses: a status such as `invalid_token`, and the scope that would do.
/// The client answers with [`ACKNOWLEDGED`].
pub fn refusal(status: &str, scope: Option<&str>) -> Vec<u8> {
    let scope = scope.map(|scope| format!(",\"scope\":\"{}\"", quoted(scope))).unwrap_or_default();
    format!("{{\"status\":\"{}\"{scope}}}", quoted(status)).into_bytes()
}

/// What may stand between the quotes of JSON; control characters are left out.
fn quoted(text: &str) -> String {
    let safe = text.chars().filter(|c| !c.is_control());
    safe.flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

/// `b64token` of RFC 6750.
fn is_token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

fn is_extension(key: &str, value: &str) -> bool {
    let is_printable = |byte: u8| matches!(byte, 0x20..=0x7e | b'\t' | b'\r' | b'\n');
    key != "auth"
        && !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !value.is_empty()
        && value.bytes().all(is_printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

    fn extensions(pairs: &[(&str, &str)]) -> Extensions {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_examples_of_rfc_7628() {
        let sent = format!(
            "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer {TOKEN}\x01\x01"
        );
        let read = Request::read(sent.as_bytes()).unwrap();
        assert_eq!(read.token, TOKEN);
        assert_eq!(read.extensions, extensions(&[("host", "server.example.com"), ("port", "143")]));
        assert_eq!(read.check_identity("user@example.com"), Ok(()));
        assert!(read.check_identity("other@example.com").is_err());
        assert_eq!(
            refusal("invalid_token", Some("example_scope")),
            br#"{"status":"invalid_token","scope":"example_scope"}"#
        );
        assert_eq!(refusal("a\"\n\\", None), br#"{"status":"a\"\\"}"#);
    }

    #[test]
    fn what_a_client_writes_a_server_reads() {
        for pairs in [&[][..], &[("traceId", "123 x"), ("logicalCluster", "lkc-1")]] {
            let extensions = extensions(pairs);
            let read = Request::read(&message(TOKEN, &extensions).unwrap()).unwrap();
            assert_eq!((read.token.as_str(), &read.extensions), (TOKEN, &extensions));
            assert!(!format!("{read:?}").contains(TOKEN));
        }
        let expected = format!("n,,\x01auth=Bearer {TOKEN}\x01\x01");
        assert_eq!(message(TOKEN, &Extensions::new()).unwrap(), expected.into_bytes());
    }

    #[test]
    fn an_unsecured_token_is_json_between_dots() {
        let claims = BTreeMap::from([
            ("sub".to_owned(), Claim::Text("al\"ice".to_owned())),
            ("scope".to_owned(), Claim::List(vec!["a".to_owned(), "b".to_owned()])),
            ("n".to_owned(), Claim::Number(1.5)),
        ]);
        let token = unsecured_token(&claims, Duration::from_secs(1000), Duration::from_secs(60));
        let parts: Vec<&str> = token.split('.').collect();
        let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!((text(parts[0]).as_str(), parts[2]), (r#"{"alg":"none"}"#, ""));
        let expected = r#"{"iat":1000.000,"exp":1060.000,"n":1.5,"scope":["a","b"],"sub":"al\"ice"}"#;
        assert_eq!(text(parts[1]), expected);
        assert!(message(&token, &Extensions::new()).is_ok());
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "\x01",
            "n,",
            "p=tls-unique,,\x01auth=Bearer a\x01\x01",
            "n,x,\x01auth=Bearer a\x01\x01",
            "n,,auth=Bearer a\x01\x01",
            "n,,\x01auth=Bearer a",
            "n,,\x01auth=Basic a\x01\x01",
            "n,,\x01auth=Bearer\x01\x01",
            "n,,\x01auth=Bearer a b\x01\x01",
            "n,,\x01host=a\x01\x01",
            "n,,\x01host\x01auth=Bearer a\x01\x01",
            "n,,\x01a1=b\x01auth=Bearer a\x01\x01",
        ] {
            assert!(matches!(Request::read(text.as_bytes()), Err(Error::Malformed { .. })), "{text:?}");
        }
        for (token, pairs) in [
            ("", &[][..]),
            ("a b", &[]),
            ("a", &[("auth", "x")]),
            ("a", &[("b", "\x01")]),
            ("a", &[("1", "x")]),
        ] {
            assert!(matches!(message(token, &extensions(pairs)), Err(Error::Unusable { .. })), "{token}");
        }
    }
}
