//! PLAIN: user and password as they are, so for encrypted connections (RFC 4616).
use crate::{Error, text};
use std::fmt;
use subtle::ConstantTimeEq;

const NAME: &str = "PLAIN";

/// What a client sends, once and first. Neither part may be empty or hold a NUL.
pub fn message(username: &str, password: &str) -> Result<Vec<u8>, Error> {
    for (what, part) in [("the user name", username), ("the password", password)] {
        let reason = match part {
            "" => "it is empty",
            part if part.contains('\0') => "it holds a NUL",
            _ => continue,
        };
        return Err(Error::Unusable { what, reason });
    }
    Ok(format!("\0{username}\0{password}").into_bytes())
}

/// What a server reads from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    password: String,
}

impl Credentials {
    /// An authorization id other than the user is refused: nobody acts for another.
    pub fn read(message: &[u8]) -> Result<Self, Error> {
        let malformed = |reason| Error::Malformed { mechanism: NAME, reason };
        let mut parts = text(NAME, message)?.split('\0');
        let mut part = || parts.next().ok_or(malformed("it has fewer than three parts"));
        let (authorization_id, username, password) = (part()?, part()?, part()?);
        if parts.next().is_some() {
            return Err(malformed("it has more than three parts"));
        }
        if username.is_empty() || password.is_empty() {
            return Err(malformed("the user name or the password is empty"));
        }
        if !authorization_id.is_empty() && authorization_id != username {
            return Err(Error::OtherIdentity(crate::excerpt(authorization_id)));
        }
        Ok(Self { username: username.to_owned(), password: password.to_owned() })
    }

    /// `expected` is `None` for a user that does not exist; that takes as long and fails alike.
    pub fn check(&self, expected: Option<&str>) -> Result<(), Error> {
        let is_equal: bool = self.password.as_bytes().ct_eq(expected.unwrap_or_default().as_bytes()).into();
        if is_equal && expected.is_some() { Ok(()) } else { Err(Error::InvalidCredentials) }
    }
}

/// Never the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_4616() {
        assert_eq!(message("tim", "tanstaaftanstaaf").unwrap(), b"\0tim\0tanstaaftanstaaf");
        let read = Credentials::read(b"\0tim\0tanstaaftanstaaf").unwrap();
        assert_eq!(read.username, "tim");
        assert_eq!(read.check(Some("tanstaaftanstaaf")), Ok(()));
        // There the server lets Kurt act as Ursel.
        let other = Credentials::read(b"Ursel\0Kurt\0xipj3plmq").unwrap_err();
        assert_eq!(other, Error::OtherIdentity("Ursel".to_owned()));
        assert!(Credentials::read(b"Kurt\0Kurt\0xipj3plmq").is_ok());
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let too_long = [b"\0a\0".as_slice(), &vec![b'x'; crate::MAX_MESSAGE]].concat();
        for bytes in [&b""[..], b"a", b"\0a", b"\0\0b", b"\0a\0", b"\0a\0b\0", b"\0\xff\0b", &too_long] {
            assert!(matches!(Credentials::read(bytes), Err(Error::Malformed { .. })), "{:?}", bytes.first());
        }
    }

    #[test]
    fn a_wrong_password_and_a_missing_user_fail_alike() {
        let read = Credentials::read(b"\0a\0b").unwrap();
        for expected in [Some("c"), Some("bb"), Some(""), None] {
            assert_eq!(read.check(expected), Err(Error::InvalidCredentials), "{expected:?}");
        }
        assert!(!format!("{:?}", Credentials::read(b"\0a\0secret").unwrap()).contains("secret"));
    }

    #[test]
    fn what_cannot_be_sent_says_why() {
        for (username, password, said) in [
            ("", "b", "the user name cannot be used: it is empty"),
            ("a", "", "the password cannot be used: it is empty"),
            ("a\0", "b", "the user name cannot be used: it holds a NUL"),
        ] {
            assert_eq!(message(username, password).unwrap_err().to_string(), said);
        }
    }
}
