//! Which names a topic may have.
use crate::{Error, MetadataImage};

const MAX_TOPIC_NAME: usize = 249;

/// # Errors
/// [`Error::InvalidTopicName`]. The name becomes the name of a folder, so nothing here may be loosened.
pub fn validate_topic_name(name: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let reason = match name {
        "" => "is empty",
        "." | ".." => "is `.` or `..`",
        _ if name.len() > MAX_TOPIC_NAME => "is longer than 249 characters",
        _ if !name.chars().all(allowed) => {
            "has characters other than ASCII letters, digits, `.`, `_` and `-`"
        }
        _ => return Ok(()),
    };
    Err(Error::InvalidTopicName { name: name.to_owned(), reason })
}

/// Refuses a name that only `.` and `_` tell from that of another topic: metric names make no difference.
/// Looks at every name, but only when the new one has such a character.
pub(super) fn check_collision(image: &MetadataImage, name: &str) -> Result<(), Error> {
    if !name.contains(['.', '_']) {
        return Ok(());
    }
    match image.topic_ids.keys().find(|existing| collide(existing.as_bytes(), name.as_bytes())) {
        Some(existing) => {
            Err(Error::TopicNameCollision { name: name.to_owned(), existing: existing.to_string() })
        }
        None => Ok(()),
    }
}

fn collide(one: &[u8], other: &[u8]) -> bool {
    let unify = |byte: u8| if byte == b'.' { b'_' } else { byte };
    one.len() == other.len() && one.iter().zip(other).all(|(&a, &b)| unify(a) == unify(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_as_folders_and_short_enough() {
        for name in ["a", "A-b.c_9", "__consumer_offsets", "...", &"x".repeat(249)] {
            assert_eq!(validate_topic_name(name), Ok(()), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a b", "ä", "a\0", "../x", &"x".repeat(250)] {
            assert!(validate_topic_name(name).is_err(), "{name}");
        }
    }
}
