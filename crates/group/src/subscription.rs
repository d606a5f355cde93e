//! What a consumer says it reads, from the metadata of its protocol.
//!
//! Every version starts with the topics, so later fields are left alone. A consumer may send anything; then the
//! broker does not know what the group reads.
//! Source: ConsumerProtocolSubscription, versions 0 to 3.

use bytes::Bytes;
use wire::{DecodeError, Reader, Text};

/// The topics, in buffers of their own.
pub(crate) fn topics(metadata: Bytes) -> Result<Vec<Text>, DecodeError> {
    let mut reader = Reader::new(metadata);
    let version = reader.read_i16()?;
    if version < 0 {
        return Err(DecodeError::UnsupportedVersion { message: "ConsumerProtocolSubscription", version });
    }
    reader.read_array(false, |reader| Ok(reader.read_string(false)?.detached()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_topics_of_any_version_and_refuses_the_rest() {
        let two = b"\0\0\0\x02\0\x01a\0\x01b";
        for (name, bytes, expected) in [
            ("version 0", [b"\0\0".as_slice(), two, b"\xff\xff\xff\xff"].concat(), Some(vec!["a", "b"])),
            (
                "version 3 with more fields",
                [b"\0\x03".as_slice(), two, b"\0\0\0\0\0\0\0\0\0\0\0\x07"].concat(),
                Some(vec!["a", "b"]),
            ),
            ("a version to come", [b"\x7f\xff".as_slice(), two].concat(), Some(vec!["a", "b"])),
            ("no topics", b"\0\0\0\0\0\0".to_vec(), Some(vec![])),
            ("nothing", vec![], None),
            ("a negative version", [b"\xff\xff".as_slice(), two].concat(), None),
            ("a null array", b"\0\0\xff\xff\xff\xff".to_vec(), None),
            ("more topics than bytes", b"\0\0\x7f\xff\xff\xff\0\x01a".to_vec(), None),
            ("a topic cut off", b"\0\0\0\0\0\x01\0\x05a".to_vec(), None),
            ("a topic that is no text", b"\0\0\0\0\0\x01\0\x01\xff".to_vec(), None),
        ] {
            let topics = topics(Bytes::from(bytes)).ok();
            let topics = topics.as_ref().map(|topics| topics.iter().map(Text::as_str).collect::<Vec<_>>());
            assert_eq!(topics, expected, "{name}");
        }
    }
}
