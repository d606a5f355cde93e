//! The records of Kafka's mirror maker.
use ::client::consumer::Record;
use wire::{DecodeError, Reader, Text};

#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Mirror {
    Checkpoint,
    Heartbeat,
    OffsetSync,
}

impl Mirror {
    pub(super) fn named(class: &str) -> Option<Self> {
        Some(match class {
            "CheckpointFormatter" => Self::Checkpoint,
            "HeartbeatFormatter" => Self::Heartbeat,
            "OffsetSyncFormatter" => Self::OffsetSync,
            _ => return None,
        })
    }

    pub(super) fn write(self, out: &mut Vec<u8>, record: &Record<'_>) -> Result<(), String> {
        let bytes = |part: Option<&[u8]>, name| {
            let part = part.ok_or_else(|| format!("the record at offset {} has no {name}", record.offset))?;
            Ok::<_, String>(Reader::new(part.to_vec()))
        };
        let (mut key, mut value) = (bytes(record.key, "key")?, bytes(record.value, "value")?);
        let shown = self.read(&mut key, &mut value);
        let shown =
            shown.map_err(|error| format!("Could not read {self:?} at offset {}: {error}", record.offset))?;
        out.extend_from_slice(format!("{self:?}{{{shown}}}\n").as_bytes());
        Ok(())
    }

    /// What follows the last field of either is passed over.
    fn read(self, key: &mut Reader, value: &mut Reader) -> Result<String, DecodeError> {
        Ok(match self {
            Self::Checkpoint => {
                self.version(value)?;
                let (upstream, downstream) = (value.read_i64()?, value.read_i64()?);
                let metadata = text(value)?;
                let group = text(key)?;
                format!(
                    "consumerGroupId={group}, topicPartition={}, upstreamOffset={upstream}, \
                     downstreamOffset={downstream}, metadata={metadata}",
                    topic_partition(key)?
                )
            }
            Self::Heartbeat => {
                self.version(value)?;
                let (source, target) = (text(key)?, text(key)?);
                format!(
                    "sourceClusterAlias={source}, targetClusterAlias={target}, timestamp={}",
                    value.read_i64()?
                )
            }
            Self::OffsetSync => format!(
                "topicPartition={}, upstreamOffset={}, downstreamOffset={}",
                topic_partition(key)?,
                value.read_i64()?,
                value.read_i64()?
            ),
        })
    }

    fn version(self, value: &mut Reader) -> Result<(), DecodeError> {
        match value.read_i16()? {
            0 => Ok(()),
            version => {
                let message = match self {
                    Self::Checkpoint => "Checkpoint",
                    Self::Heartbeat => "Heartbeat",
                    Self::OffsetSync => "OffsetSync",
                };
                Err(DecodeError::UnsupportedVersion { message, version })
            }
        }
    }
}

fn text(reader: &mut Reader) -> Result<Text, DecodeError> {
    reader.read_string(false)
}

fn topic_partition(key: &mut Reader) -> Result<String, DecodeError> {
    Ok(format!("{}-{}", text(key)?, key.read_i32()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_one_after_the_other() {
        let long = |number: i64| number.to_be_bytes();
        let with = |head: &[u8], numbers: &[i64]| {
            let numbers: Vec<u8> = numbers.iter().copied().flat_map(long).collect();
            [head, &numbers].concat()
        };
        let checkpoint = [&with(&[0, 0], &[7, 5])[..], b"\0\x01m"].concat();
        for (mirror, key, value, expected) in [
            (
                Mirror::Checkpoint,
                &b"\0\x01g\0\x03a.t\0\0\0\x02"[..],
                checkpoint.clone(),
                Some(
                    "consumerGroupId=g, topicPartition=a.t-2, upstreamOffset=7, downstreamOffset=5, metadata=m",
                ),
            ),
            (
                Mirror::Heartbeat,
                b"\0\x01a\0\x01b and more",
                with(&[0, 0], &[-1]),
                Some("sourceClusterAlias=a, targetClusterAlias=b, timestamp=-1"),
            ),
            (
                Mirror::OffsetSync,
                b"\0\x01t\0\0\0\0",
                with(&[], &[3, 4]),
                Some("topicPartition=t-0, upstreamOffset=3, downstreamOffset=4"),
            ),
            (Mirror::Checkpoint, b"\0\x01g", checkpoint, None),
            (Mirror::Heartbeat, b"\0\x01a\0\x01b", with(&[0, 1], &[7]), None),
            (Mirror::OffsetSync, b"\xff\xff\0\0\0\0", with(&[], &[3, 4]), None),
        ] {
            let found = mirror.read(&mut Reader::new(key.to_vec()), &mut Reader::new(value));
            assert_eq!(found.ok().as_deref(), expected, "{mirror:?} {key:?}");
        }
    }
}
