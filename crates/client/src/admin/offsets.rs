use super::{Admin, Each, UnknownWord, check, fanout::Target, records::by_topic, route::Call};
use crate::TopicPartition;
use protocol::{
    ListOffsetsRequest,
    list_offsets::request::{ListOffsetsPartition, ListOffsetsTopic},
};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Which offset of a partition is asked for. [`FromStr`] reads the names and numbers of `kafka-get-offsets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// The log start offset.
    Earliest,
    /// The high watermark, or the last stable offset where only what is committed is read.
    Latest,
    /// The first record whose timestamp is at least this, in milliseconds since 1970.
    Timestamp(i64),
    /// The record of the greatest timestamp (KIP-734).
    MaxTimestamp,
    /// The first offset on the leader's own disks (KIP-405).
    EarliestLocal,
    /// The last offset in tiered storage (KIP-1005).
    LatestTiered,
    /// The first offset that is not in tiered storage yet (KIP-1023).
    EarliestPendingUpload,
}

/// What a reader sees of transactions (KIP-98).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IsolationLevel {
    #[default]
    ReadUncommitted,
    ReadCommitted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedOffset {
    /// `None` where no record fits.
    pub offset: Option<i64>,
    /// In milliseconds since 1970, where a time was asked for.
    pub timestamp: Option<i64>,
    pub leader_epoch: Option<i32>,
}

const NAMES: [(&str, OffsetSpec); 6] = [
    ("earliest", OffsetSpec::Earliest),
    ("latest", OffsetSpec::Latest),
    ("max-timestamp", OffsetSpec::MaxTimestamp),
    ("earliest-local", OffsetSpec::EarliestLocal),
    ("latest-tiered", OffsetSpec::LatestTiered),
    ("earliest-pending-upload", OffsetSpec::EarliestPendingUpload),
];

impl OffsetSpec {
    fn to_wire(self) -> i64 {
        match self {
            Self::Latest => -1,
            Self::Earliest => -2,
            Self::MaxTimestamp => -3,
            Self::EarliestLocal => -4,
            Self::LatestTiered => -5,
            Self::EarliestPendingUpload => -6,
            Self::Timestamp(ms) => ms.max(0),
        }
    }

    /// The first version of ListOffsets that has it; in those before, it is a time.
    fn since_version(self) -> i16 {
        match self {
            Self::Latest | Self::Earliest | Self::Timestamp(_) => 0,
            Self::MaxTimestamp => 7,
            Self::EarliestLocal => 8,
            Self::LatestTiered => 9,
            Self::EarliestPendingUpload => 11,
        }
    }
}

impl fmt::Display for OffsetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, NAMES.iter().find(|(_, spec)| spec == self)) {
            (Self::Timestamp(ms), _) => write!(f, "{ms}"),
            (_, Some((name, _))) => f.pad(name),
            (_, None) => write!(f, "{}", self.to_wire()),
        }
    }
}

impl FromStr for OffsetSpec {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let by_name = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, spec)| *spec);
        let by_number = || {
            let number: i64 = text.parse().ok()?;
            let place = NAMES.iter().map(|(_, spec)| *spec).find(|spec| spec.to_wire() == number);
            place.or((number >= 0).then_some(Self::Timestamp(number)))
        };
        by_name.or_else(by_number).ok_or_else(|| UnknownWord {
            given: text.to_owned(),
            what: "an offset",
            valid: format!("{}, milliseconds since 1970", NAMES.map(|(name, _)| name).join(", ")),
        })
    }
}

impl Admin {
    /// Offsets of several partitions, each from its leader. [`crate::Error::UnsupportedVersion`] where a leader is too old
    /// to know what is asked for.
    pub async fn list_offsets(
        &self,
        asked: &BTreeMap<TopicPartition, OffsetSpec>,
        isolation: IsolationLevel,
    ) -> Each<TopicPartition, ListedOffset> {
        // Apart, so that an old leader answers what it can.
        let mut by_version: BTreeMap<i16, BTreeMap<TopicPartition, OffsetSpec>> = BTreeMap::new();
        for (at, spec) in asked {
            by_version.entry(spec.since_version()).or_default().insert(at.clone(), *spec);
        }
        let mut listed = BTreeMap::new();
        for (version, asked) in by_version {
            listed.extend(self.list_offsets_since(version, &asked, isolation).await);
        }
        Each(listed.into_iter().collect())
    }

    async fn list_offsets_since(
        &self,
        version: i16,
        asked: &BTreeMap<TopicPartition, OffsetSpec>,
        isolation: IsolationLevel,
    ) -> Each<TopicPartition, ListedOffset> {
        self.each(
            Call::new(asked.keys().cloned(), |at| Target::Leader(at.clone())).at_least_version(version),
            |partitions, _| ListOffsetsRequest {
                replica_id: -1,
                isolation_level: i8::from(isolation == IsolationLevel::ReadCommitted),
                topics: by_topic(
                    partitions.iter().filter_map(|at| {
                        let partition = ListOffsetsPartition {
                            partition_index: at.partition,
                            timestamp: asked.get(at)?.to_wire(),
                            ..Default::default()
                        };
                        Some((at.topic.as_ref(), partition))
                    }),
                    |topic, partitions| ListOffsetsTopic { name: topic.into(), partitions },
                ),
                timeout_ms: self.timeout_ms(),
            },
            |_, response| {
                let mut answers = Vec::new();
                for topic in &response.topics {
                    for p in &topic.partitions {
                        let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                        let answer = check(at.to_string(), p.error_code, None).map(|()| ListedOffset {
                            offset: (p.offset >= 0).then_some(p.offset),
                            timestamp: (p.timestamp >= 0).then_some(p.timestamp),
                            leader_epoch: (p.leader_epoch >= 0).then_some(p.leader_epoch),
                        });
                        answers.push((at, answer));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_numbers_of_the_tools() {
        for (text, expected) in [
            ("earliest", Some(OffsetSpec::Earliest)),
            ("-1", Some(OffsetSpec::Latest)),
            ("-2", Some(OffsetSpec::Earliest)),
            ("-6", Some(OffsetSpec::EarliestPendingUpload)),
            ("max-timestamp", Some(OffsetSpec::MaxTimestamp)),
            ("1700000000000", Some(OffsetSpec::Timestamp(1_700_000_000_000))),
            ("-7", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<OffsetSpec>().ok(), expected, "{text}");
        }
        for (name, spec) in NAMES {
            assert_eq!((spec.to_string().as_str(), name.parse()), (name, Ok(spec)));
        }
    }
}
