use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Names a topic for good: a topic deleted and created again under the same name has another id (KIP-516).
///
/// Its text form is Kafka's: base64 with the URL alphabet and no padding, 22 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub Uuid);

impl TopicId {
    /// What Kafka writes where there is no topic id.
    pub const NONE: Self = Self(Uuid::nil());
    /// The metadata log, `__cluster_metadata`.
    pub const METADATA: Self = Self(Uuid::from_u128(1));

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TEXT_LENGTH: usize = 22;

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 128 bits are 21 full characters and 2 bits; the last character carries those in its high end.
        let bits = self.0.as_u128();
        let mut text = [0u8; TEXT_LENGTH];
        for (i, slot) in text.iter_mut().enumerate() {
            let sextet = if i < 21 { bits >> (122 - 6 * i) } else { bits << 4 };
            *slot = ALPHABET[(sextet & 0x3f) as usize];
        }
        f.write_str(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TopicId({self})")
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id of 22 base64 characters (A-Z a-z 0-9 - _)")]
pub struct InvalidTopicId(pub String);

impl FromStr for TopicId {
    type Err = InvalidTopicId;

    fn from_str(text: &str) -> Result<Self, InvalidTopicId> {
        let invalid = || InvalidTopicId(text.to_owned());
        // Kafka also takes its own form with the two padding characters.
        let digits = text.strip_suffix("==").unwrap_or(text).as_bytes();
        if digits.len() != TEXT_LENGTH {
            return Err(invalid());
        }
        let mut bits = 0u128;
        for (i, digit) in digits.iter().enumerate() {
            let sextet = ALPHABET.iter().position(|c| c == digit).ok_or_else(invalid)? as u128;
            match i {
                0..21 => bits |= sextet << (122 - 6 * i),
                _ if sextet & 0xf == 0 => bits |= sextet >> 4,
                _ => return Err(invalid()),
            }
        }
        Ok(Self(Uuid::from_u128(bits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_kafkas() {
        assert_eq!(TopicId::NONE.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(TopicId::METADATA.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
        let id = TopicId(Uuid::from_bytes([0xfb, 0xff, 0xbf, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xff]));
        assert_eq!(id.to_string(), "-_-_AAECAwQFBgcICQoL_w");
        assert_eq!("-_-_AAECAwQFBgcICQoL_w".parse(), Ok(id));
        assert_eq!("-_-_AAECAwQFBgcICQoL_w==".parse(), Ok(id));
    }

    #[test]
    fn refuses_what_is_no_id() {
        for text in
            ["", "AAAA", "AAAAAAAAAAAAAAAAAAAA/A", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert_eq!(text.parse::<TopicId>(), Err(InvalidTopicId(text.to_owned())));
        }
    }
}
