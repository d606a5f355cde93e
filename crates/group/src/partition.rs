use super::GroupId;

/// The partition of `__consumer_offsets` that a group lives in: Java's hash of the group id, as Kafka uses it.
///
/// # Panics
/// If `partitions` is not positive.
pub fn partition_for(group_id: &GroupId, partitions: i32) -> i32 {
    assert!(partitions > 0, "a topic has at least one partition");
    // The absolute value of i32::MIN does not exist; Kafka takes 0 for it.
    java_hash(group_id.as_str()).checked_abs().unwrap_or(0) % partitions
}

/// `java.lang.String.hashCode`: over UTF-16 code units, in wrapping 32-bit arithmetic.
fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_java_does() {
        for (text, hash) in [
            ("", 0),
            ("a", 97),
            ("hello", 99_162_322),
            ("polygenelubricants", i32::MIN),
            ("é", 233),
            // One character outside the basic plane is two code units.
            ("😀", 1_772_899),
        ] {
            assert_eq!(java_hash(text), hash, "{text}");
        }
    }

    #[test]
    fn partition_is_never_negative() {
        for (group, partitions, expected) in
            [("", 50, 0), ("a", 50, 47), ("hello", 50, 22), ("polygenelubricants", 50, 0), ("a", 1, 0)]
        {
            assert_eq!(partition_for(&GroupId::from(group), partitions), expected, "{group}");
        }
    }
}
