//! The frame around a record that says itself what it is: those of the cluster's metadata and of tiered storage.
//!
//! What is wrong with one is told in the words of Kafka's tool, of whose output they are a part.
use protocol::layout::Layout;
use wire::{DecodeError, Reader};

/// The only version that is read.
const VERSION: i16 = 1;

/// Reads a record of one of the kinds; `body` takes what follows the frame, in the version that is given to it.
pub(super) fn read<T>(
    value: Option<&[u8]>,
    kinds: &'static [Layout],
    body: impl FnOnce(&'static Layout, &mut Reader, i16) -> Result<T, DecodeError>,
) -> Result<T, String> {
    let mut reader = Reader::new(value.ok_or("the record has no value")?.to_vec());
    match number(&mut reader, "frame version")? {
        VERSION => {}
        0 => {
            return Err(
                "Could not deserialize metadata record with frame version 0. Note that upgrades from the \
                        preview release of KRaft in 2.8 to newer versions are not supported."
                    .to_owned(),
            );
        }
        other => {
            return Err(format!(
                "Could not deserialize metadata record due to unknown frame version {other}(only frame version \
                 {VERSION} is supported)"
            ));
        }
    }
    let kind = number(&mut reader, "type")?;
    let version = number(&mut reader, "version")?;
    let layout = kinds.iter().find(|layout| layout.number == Some(kind)).ok_or_else(|| {
        format!("org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id {kind}")
    })?;
    let read = body(layout, &mut reader, version);
    let read = read.map_err(|_| format!("Failed to deserialize record with type {kind}"))?;
    match reader.remaining() {
        0 => Ok(read),
        more => Err(format!("Found {more} byte(s) of garbage after {kind}")),
    }
}

fn number(reader: &mut Reader, what: &str) -> Result<i16, String> {
    let value = reader.read_varint().map_err(|_| format!("Error while reading {what}"))?;
    i16::try_from(value).map_err(|_| format!("Value for {what} was too large."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::layouts::METADATA_RECORDS;

    /// What Kafka's tool says of the same bytes.
    #[test]
    fn what_is_wrong_is_said_as_kafka_says_it() {
        let unknown = "Could not deserialize metadata record due to unknown frame version 2(only frame version 1 is \
                       supported)";
        for (value, expected) in [
            (&[1, 20, 0][..], Ok((20, 0))),
            (&[1, 0x94, 0, 3], Ok((20, 3))),
            (&[], Err("Error while reading frame version")),
            (&[0xff; 5], Err("Error while reading frame version")),
            (&[0x80, 0x80, 2], Err("Value for frame version was too large.")),
            (&[2, 20, 0], Err(unknown)),
            (&[1], Err("Error while reading type")),
            (&[1, 0x80, 0x80, 2, 0], Err("Value for type was too large.")),
            (&[1, 20], Err("Error while reading version")),
            (&[1, 20, 0x80, 0x80, 2], Err("Value for version was too large.")),
            (
                &[1, 99, 0],
                Err("org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id 99"),
            ),
            (&[1, 20, 0, 7, 7], Err("Found 2 byte(s) of garbage after 20")),
        ] {
            let found = read(Some(value), METADATA_RECORDS, |layout, _, version| {
                Ok((layout.number.unwrap_or_default(), version))
            });
            assert_eq!(
                found.as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|text| *text),
                "{value:?}"
            );
        }
        let failed: Result<(), String> =
            read(Some(&[1, 20, 0]), METADATA_RECORDS, |_, reader, _| reader.skip(1));
        assert_eq!(failed.unwrap_err(), "Failed to deserialize record with type 20");
        let preview = read(Some(&[0, 20, 0]), METADATA_RECORDS, |_, _, _| Ok(())).unwrap_err();
        assert!(preview.starts_with("Could not deserialize metadata record with frame version 0. "));
        assert!(read(None, METADATA_RECORDS, |_, _, _| Ok(())).is_err());
    }
}
