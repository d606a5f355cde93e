use base::TopicId;
use std::{fmt, str::FromStr, sync::Arc};
use uuid::Uuid;

/// One partition of a topic; also the name of its folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    pub topic: Arc<str>,
    pub partition: i32,
}

impl TopicPartition {
    pub fn new(topic: impl Into<Arc<str>>, partition: i32) -> Self {
        Self { topic: topic.into(), partition }
    }
}

/// `TOPIC-PARTITION`, as Kafka names the folder.
impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a partition's folder")]
pub struct InvalidPartitionName(String);

impl FromStr for TopicPartition {
    type Err = InvalidPartitionName;

    fn from_str(name: &str) -> Result<Self, InvalidPartitionName> {
        let parse = || {
            let (topic, partition) = name.rsplit_once('-')?;
            let digits = !partition.is_empty() && partition.bytes().all(|b| b.is_ascii_digit());
            let topic_ok = !topic.is_empty()
                && topic != "."
                && topic != ".."
                && topic.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
            (digits && topic_ok).then_some(())?;
            Some(Self::new(topic, partition.parse().ok()?))
        };
        parse().ok_or_else(|| InvalidPartitionName(name.to_owned()))
    }
}

/// Names a log directory for good, wherever it is mounted (KIP-858). Text form as for a topic id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryId(pub Uuid);

impl DirectoryId {
    /// A new id. The first hundred have meanings of their own in Kafka, such as "lost" and "unassigned".
    pub fn random() -> Self {
        loop {
            let id = Uuid::new_v4();
            if id.as_u128() >= 100 && !Self(id).to_string().starts_with('-') {
                return Self(id);
            }
        }
    }
}

impl fmt::Display for DirectoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TopicId(self.0).fmt(f)
    }
}

impl fmt::Debug for DirectoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DirectoryId({self})")
    }
}

impl FromStr for DirectoryId {
    type Err = base::InvalidTopicId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(|TopicId(id)| Self(id))
    }
}

/// The kinds of files in a partition's folder, by their suffix.
pub(crate) mod suffix {
    pub(crate) const LOG: &str = ".log";
    pub(crate) const INDEX: &str = ".index";
    pub(crate) const TIME_INDEX: &str = ".timeindex";
    pub(crate) const TXN_INDEX: &str = ".txnindex";
    pub(crate) const SNAPSHOT: &str = ".snapshot";
    /// Taken out of the log, to be removed after `file.delete.delay.ms`.
    pub(crate) const DELETED: &str = ".deleted";
    /// Compaction's unfinished output.
    pub(crate) const CLEANED: &str = ".cleaned";
    /// Compaction's finished output, which takes the place of what it was made from.
    pub(crate) const SWAP: &str = ".swap";
}

pub(crate) const LEADER_EPOCHS: &str = "leader-epoch-checkpoint";
pub(crate) const PARTITION_METADATA: &str = "partition.metadata";
pub(crate) const RECOVERY_POINTS: &str = "recovery-point-offset-checkpoint";
pub(crate) const HIGH_WATERMARKS: &str = "replication-offset-checkpoint";
pub(crate) const LOG_START_OFFSETS: &str = "log-start-offset-checkpoint";
pub(crate) const META_PROPERTIES: &str = "meta.properties";
pub(crate) const CLEAN_SHUTDOWN: &str = ".kafka_cleanshutdown";
pub(crate) const LOCK: &str = ".lock";

/// The name of a file that belongs to the segment, or the producer snapshot, at `offset`.
pub(crate) fn file_name(offset: i64, suffix: &str) -> String {
    format!("{offset:020}{suffix}")
}

/// Offset and suffix, if the name has the form of [`file_name`].
pub(crate) fn parse_file_name(name: &str) -> Option<(i64, &str)> {
    let at = name.find('.')?;
    let (digits, suffix) = name.split_at(at);
    if digits.len() < 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, suffix))
}

/// The name of the folder of a deleted partition. No longer than a file name may be.
pub(crate) fn deleted_folder_name(partition: &TopicPartition, unique: Uuid) -> String {
    let tail = format!(".{}-delete", unique.simple());
    let name = partition.to_string();
    // The name is ASCII, so that any length is a character boundary.
    let room = 255 - tail.len();
    format!("{}{tail}", &name[..name.len().min(room)])
}

pub(crate) fn is_deleted_folder(name: &str) -> bool {
    name.strip_suffix("-delete")
        .and_then(|rest| rest.rsplit_once('.'))
        .is_some_and(|(_, unique)| unique.len() == 32 && unique.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names() {
        for (name, expected) in [
            ("orders-0", Some(("orders", 0))),
            ("a-b.c_d-12", Some(("a-b.c_d", 12))),
            ("orders", None),
            ("orders-", None),
            ("-3", None),
            ("orders-x", None),
            ("orders--1", Some(("orders-", 1))),
            ("orders-99999999999", None),
            ("or/ders-1", None),
            ("..-1", None),
            ("orders-0.0123456789abcdef0123456789abcdef-delete", None),
        ] {
            let expected = expected.map(|(topic, partition)| TopicPartition::new(topic, partition));
            assert_eq!(name.parse::<TopicPartition>().ok(), expected, "{name}");
        }
    }

    #[test]
    fn file_names_have_twenty_digits() {
        assert_eq!(file_name(0, suffix::LOG), "00000000000000000000.log");
        assert_eq!(file_name(i64::MAX, suffix::INDEX), "09223372036854775807.index");
        assert_eq!(parse_file_name("00000000000000000042.log.deleted"), Some((42, ".log.deleted")));
        for name in
            ["42.log", "leader-epoch-checkpoint", "partition.metadata", "0000000000000000004x.log", "x.log"]
        {
            assert_eq!(parse_file_name(name), None, "{name}");
        }
    }

    #[test]
    fn deleted_folders_fit_a_file_name_and_are_known_again() {
        for length in [1, 200, 249] {
            let partition = TopicPartition::new("t".repeat(length), 123_456);
            let name = deleted_folder_name(&partition, Uuid::from_u128(7));
            assert!(name.len() <= 255 && is_deleted_folder(&name), "{name}");
        }
        assert!(!is_deleted_folder("my-delete"));
        assert!(!is_deleted_folder("topic-0"));
    }
}
