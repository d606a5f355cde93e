use super::{Admin, check, unanswered};
use crate::{Error, TopicPartition};
use protocol::{
    ListOffsetsRequest,
    list_offsets::request::{ListOffsetsPartition, ListOffsetsTopic},
};
use std::collections::BTreeMap;

/// Which offset of a partition is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// The log start offset.
    Earliest,
    /// The high watermark.
    Latest,
    /// The first record whose timestamp is at least this, in milliseconds since 1970.
    Timestamp(i64),
    /// The record of the greatest timestamp (KIP-734).
    MaxTimestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedOffset {
    /// `None` where no record fits.
    pub offset: Option<i64>,
    pub timestamp: Option<i64>,
}

impl OffsetSpec {
    fn to_wire(self) -> i64 {
        match self {
            Self::Latest => -1,
            Self::Earliest => -2,
            Self::MaxTimestamp => -3,
            Self::Timestamp(ms) => ms.max(0),
        }
    }
}

impl Admin {
    /// Offsets of several partitions; all must have one leader or another.
    pub async fn list_offsets(
        &self,
        asked: &BTreeMap<TopicPartition, OffsetSpec>,
    ) -> Result<BTreeMap<TopicPartition, ListedOffset>, Error> {
        let mut left = asked.clone();
        let mut found = BTreeMap::new();
        let mut retry = self.cluster.retry();
        while !left.is_empty() {
            let mut by_leader: BTreeMap<_, Vec<(TopicPartition, OffsetSpec)>> = BTreeMap::new();
            for (at, spec) in &left {
                let leader = self.cluster.leader(&at.topic, at.partition).await?;
                by_leader.entry(leader).or_default().push((at.clone(), *spec));
            }
            let mut failed = None;
            for (leader, partitions) in by_leader {
                match self.list_offsets_at(leader, &partitions).await {
                    Ok(answers) => {
                        for (at, answer) in answers {
                            match answer {
                                Ok(offset) => {
                                    left.remove(&at);
                                    found.insert(at, offset);
                                }
                                Err(error) => failed = Some((at, error)),
                            }
                        }
                    }
                    Err(error) => failed = partitions.into_iter().next().map(|(at, _)| (at, error)),
                }
            }
            match failed {
                Some((at, error)) => self.follow_leader(&at, &mut retry, error).await?,
                None if left.is_empty() => {}
                None => return Err(unanswered("list offsets".to_owned())),
            }
        }
        Ok(found)
    }

    async fn list_offsets_at(
        &self,
        leader: base::NodeId,
        partitions: &[(TopicPartition, OffsetSpec)],
    ) -> Result<Vec<(TopicPartition, Result<ListedOffset, Error>)>, Error> {
        let mut topics: Vec<ListOffsetsTopic> = Vec::new();
        for (at, spec) in partitions {
            let partition = ListOffsetsPartition {
                partition_index: at.partition,
                timestamp: spec.to_wire(),
                ..Default::default()
            };
            // Sorted by topic, so that one topic's partitions follow each other.
            match topics.last_mut().filter(|topic| *topic.name == *at.topic) {
                Some(topic) => topic.partitions.push(partition),
                None => topics
                    .push(ListOffsetsTopic { name: at.topic.as_ref().into(), partitions: vec![partition] }),
            }
        }
        let request = ListOffsetsRequest {
            replica_id: -1,
            topics,
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let response = self.cluster.node(leader).await?.request(&request).await?;
        let mut answers = Vec::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), partition.partition_index);
                let answer = check(at.to_string(), partition.error_code, None).map(|()| ListedOffset {
                    offset: (partition.offset >= 0).then_some(partition.offset),
                    timestamp: (partition.timestamp >= 0).then_some(partition.timestamp),
                });
                answers.push((at, answer));
            }
        }
        Ok(answers)
    }
}
