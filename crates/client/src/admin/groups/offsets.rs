use super::{coordinator, subject};
use crate::{
    Error, TopicPartition,
    admin::{Admin, Each, check, fanout::Answers, records::by_topic, route::Call},
};
use protocol::{
    AlterShareGroupOffsetsRequest, DeleteShareGroupOffsetsRequest, DescribeShareGroupOffsetsRequest,
    ErrorCode, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest, OffsetFetchResponse,
    alter_share_group_offsets::request::{
        AlterShareGroupOffsetsRequestPartition, AlterShareGroupOffsetsRequestTopic,
    },
    delete_share_group_offsets::request::DeleteShareGroupOffsetsRequestTopic,
    describe_share_group_offsets::{
        request::{DescribeShareGroupOffsetsRequestGroup, DescribeShareGroupOffsetsRequestTopic},
        response::DescribeShareGroupOffsetsResponseGroup,
    },
    offset_commit::request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
    offset_delete::request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic},
    offset_fetch::request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics},
};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedOffset {
    /// The next record to read.
    pub offset: i64,
    /// Of the record before it; -1 if unknown (KIP-320).
    pub leader_epoch: i32,
    /// Whatever the committer wrote.
    pub metadata: String,
}

/// A group, and which of its offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffsetsOf {
    pub group: String,
    /// `None`: all that it has.
    pub partitions: Option<Vec<TopicPartition>>,
}

impl From<&str> for OffsetsOf {
    fn from(group: &str) -> Self {
        Self { group: group.to_owned(), partitions: None }
    }
}

/// What a group has committed. Partitions without a commit are absent.
#[derive(Clone, Debug, Default)]
pub struct GroupOffsets {
    pub committed: BTreeMap<TopicPartition, CommittedOffset>,
    /// Partitions that were refused, often for want of the right to describe their topic.
    pub failed: Vec<(TopicPartition, Error)>,
}

/// Where a share group begins to read (KIP-932).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareGroupOffset {
    /// The first record that is not done with.
    pub start_offset: i64,
    /// -1 if unknown.
    pub leader_epoch: i32,
    /// Records that are not done with; `None` from brokers before Kafka 4.2 (KIP-1226).
    pub lag: Option<i64>,
}

/// As [`GroupOffsets`], of a share group.
#[derive(Clone, Debug, Default)]
pub struct ShareGroupOffsets {
    pub offsets: BTreeMap<TopicPartition, ShareGroupOffset>,
    pub failed: Vec<(TopicPartition, Error)>,
}

/// Later versions name topics by id only (KIP-848); they are for members, who know them.
const LAST_WITH_NAMES: i16 = 9;

impl Admin {
    /// What groups have committed: classic, consumer and streams groups. `require_stable`: wait for transactions that
    /// are still committing offsets (KIP-447).
    pub async fn list_group_offsets(
        &self,
        groups: &[OffsetsOf],
        require_stable: bool,
    ) -> Each<String, GroupOffsets> {
        let only: BTreeMap<&str, &Option<Vec<TopicPartition>>> =
            groups.iter().map(|of| (of.group.as_str(), &of.partitions)).collect();
        self.each(
            Call::new(groups.iter().map(|of| of.group.clone()), |group| coordinator(group))
                .at_most_version(LAST_WITH_NAMES)
                .batch(groups_in_one),
            |groups, version| {
                let asked = groups.iter().map(|group| {
                    let partitions = only.get(group.as_str()).and_then(|only| only.as_deref());
                    (group.as_str(), partitions)
                });
                OffsetFetchRequest {
                    require_stable: require_stable && version >= 7,
                    ..fetch_request(asked, version)
                }
            },
            |asked, response| Ok(read_fetched(asked.keys, &response)),
        )
        .await
    }

    /// What a group has committed, for every partition it ever committed.
    pub async fn group_offsets(
        &self,
        group: &str,
    ) -> Result<BTreeMap<TopicPartition, CommittedOffset>, Error> {
        let offsets = self.list_group_offsets(&[group.into()], false).await.only()?;
        match offsets.failed.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(offsets.committed),
        }
    }

    /// Commits offsets for a classic, consumer or streams group from outside. A group with members refuses it with
    /// UNKNOWN_MEMBER_ID, as only they may commit.
    pub async fn alter_group_offsets(
        &self,
        group: &str,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
    ) -> Each<TopicPartition, ()> {
        self.each(
            Call::new(offsets.keys().cloned(), |_| coordinator(group)).at_most_version(LAST_WITH_NAMES),
            |partitions, version| OffsetCommitRequest {
                group_id: group.into(),
                topics: by_topic(
                    partitions.iter().filter_map(|at| {
                        let committed = offsets.get(at)?;
                        let partition = OffsetCommitRequestPartition {
                            partition_index: at.partition,
                            committed_offset: committed.offset,
                            committed_leader_epoch: if version >= 6 { committed.leader_epoch } else { -1 },
                            committed_metadata: Some(committed.metadata.as_str().into()),
                        };
                        Some((at.topic.as_ref(), partition))
                    }),
                    |name, partitions| OffsetCommitRequestTopic {
                        name: name.into(),
                        partitions,
                        ..Default::default()
                    },
                ),
                ..Default::default()
            },
            |_, response| {
                let mut answers = Vec::new();
                for topic in &response.topics {
                    for p in &topic.partitions {
                        answers.push(about(group, &topic.name, p.partition_index, p.error_code, None));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }

    /// Makes a classic, consumer or streams group forget offsets (KIP-496). A topic that the group is subscribed to is
    /// refused with GROUP_SUBSCRIBED_TO_TOPIC.
    pub async fn delete_group_offsets(
        &self,
        group: &str,
        partitions: &[TopicPartition],
    ) -> Each<TopicPartition, ()> {
        self.each(
            Call::new(partitions.iter().cloned(), |_| coordinator(group)),
            |partitions, _| OffsetDeleteRequest {
                group_id: group.into(),
                topics: by_topic(
                    partitions.iter().map(|at| {
                        let partition = OffsetDeleteRequestPartition { partition_index: at.partition };
                        (at.topic.as_ref(), partition)
                    }),
                    |name, partitions| OffsetDeleteRequestTopic { name: name.into(), partitions },
                ),
            },
            |_, response| {
                check(subject(group), response.error_code, None)?;
                let mut answers = Vec::new();
                for topic in &response.topics {
                    for p in &topic.partitions {
                        answers.push(about(group, &topic.name, p.partition_index, p.error_code, None));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }

    /// Where share groups begin to read.
    pub async fn list_share_group_offsets(&self, groups: &[OffsetsOf]) -> Each<String, ShareGroupOffsets> {
        let only: BTreeMap<&str, &Option<Vec<TopicPartition>>> =
            groups.iter().map(|of| (of.group.as_str(), &of.partitions)).collect();
        let asked = |group: &String| DescribeShareGroupOffsetsRequestGroup {
            group_id: group.into(),
            topics: only.get(group.as_str()).and_then(|only| only.as_deref()).map(|partitions| {
                by_topic(
                    partitions.iter().map(|at| (at.topic.as_ref(), at.partition)),
                    |topic_name, partitions| DescribeShareGroupOffsetsRequestTopic {
                        topic_name: topic_name.into(),
                        partitions,
                    },
                )
            }),
        };
        self.each(
            Call::new(groups.iter().map(|of| of.group.clone()), |group| coordinator(group)),
            |groups, _| DescribeShareGroupOffsetsRequest { groups: groups.iter().map(asked).collect() },
            |_, response| Ok(response.groups.iter().map(read_share_offsets).collect()),
        )
        .await
    }

    /// Sets where a share group without members begins to read.
    pub async fn alter_share_group_offsets(
        &self,
        group: &str,
        offsets: &BTreeMap<TopicPartition, i64>,
    ) -> Each<TopicPartition, ()> {
        self.each(
            Call::new(offsets.keys().cloned(), |_| coordinator(group)),
            |partitions, _| AlterShareGroupOffsetsRequest {
                group_id: group.into(),
                topics: by_topic(
                    partitions.iter().filter_map(|at| {
                        let partition = AlterShareGroupOffsetsRequestPartition {
                            partition_index: at.partition,
                            start_offset: *offsets.get(at)?,
                        };
                        Some((at.topic.as_ref(), partition))
                    }),
                    |topic_name, partitions| AlterShareGroupOffsetsRequestTopic {
                        topic_name: topic_name.into(),
                        partitions,
                    },
                ),
            },
            |_, response| {
                check(subject(group), response.error_code, response.error_message.as_deref())?;
                let mut answers = Vec::new();
                for topic in &response.responses {
                    for p in &topic.partitions {
                        let message = p.error_message.as_deref();
                        answers.push(about(
                            group,
                            &topic.topic_name,
                            p.partition_index,
                            p.error_code,
                            message,
                        ));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }

    /// Makes a share group without members forget topics.
    pub async fn delete_share_group_offsets(&self, group: &str, topics: &[String]) -> Each<String, ()> {
        self.each(
            Call::new(topics.iter().cloned(), |_| coordinator(group)),
            |topics, _| DeleteShareGroupOffsetsRequest {
                group_id: group.into(),
                topics: topics
                    .iter()
                    .map(|topic| DeleteShareGroupOffsetsRequestTopic { topic_name: topic.into() })
                    .collect(),
            },
            |_, response| {
                check(subject(group), response.error_code, response.error_message.as_deref())?;
                let answers = response.responses.iter().map(|topic| {
                    let name = topic.topic_name.to_string();
                    let of = format!("{} at topic `{name}`", subject(group));
                    (name, check(of, topic.error_code, topic.error_message.as_deref()))
                });
                Ok(answers.collect())
            },
        )
        .await
    }
}

/// The answer about one partition.
fn about(
    group: &str,
    topic: &str,
    partition: i32,
    code: i16,
    message: Option<&str>,
) -> (TopicPartition, Result<(), Error>) {
    let at = TopicPartition::new(topic, partition);
    let answer = check(format!("{} at {at}", subject(group)), code, message);
    (at, answer)
}

/// Many from v8 on (KIP-709).
fn groups_in_one(version: i16) -> usize {
    if version < 8 { 1 } else { usize::MAX }
}

fn fetch_request<'a>(
    groups: impl Iterator<Item = (&'a str, Option<&'a [TopicPartition]>)>,
    version: i16,
) -> OffsetFetchRequest {
    let mut request = OffsetFetchRequest::default();
    for (group, only) in groups {
        let partitions = only.map(|only| only.iter().map(|at| (at.topic.as_ref(), at.partition)));
        if version < 8 {
            request.group_id = group.into();
            request.topics = partitions.map(|partitions| {
                by_topic(partitions, |name, partition_indexes| OffsetFetchRequestTopic {
                    name: name.into(),
                    partition_indexes,
                })
            });
        } else {
            let topics = partitions.map(|partitions| {
                by_topic(partitions, |name, partition_indexes| OffsetFetchRequestTopics {
                    name: name.into(),
                    partition_indexes,
                    ..Default::default()
                })
            });
            request.groups.push(OffsetFetchRequestGroup {
                group_id: group.into(),
                topics,
                ..Default::default()
            });
        }
    }
    request
}

fn read_fetched(asked: &[String], response: &OffsetFetchResponse) -> Answers<String, GroupOffsets> {
    let mut answers = Vec::new();
    // Before v8 the answer is about one group and does not name it.
    if let ([group], true) = (asked, response.groups.is_empty()) {
        let partitions = response.topics.iter().flat_map(|topic| {
            topic.partitions.iter().map(|p| Fetched {
                at: TopicPartition::new(topic.name.as_str(), p.partition_index),
                code: p.error_code,
                offset: p.committed_offset,
                leader_epoch: p.committed_leader_epoch,
                metadata: p.metadata.as_deref(),
            })
        });
        answers.push((group.clone(), read_group(group, response.error_code, partitions)));
    }
    for group in &response.groups {
        let partitions = group.topics.iter().flat_map(|topic| {
            topic.partitions.iter().map(|p| Fetched {
                at: TopicPartition::new(topic.name.as_str(), p.partition_index),
                code: p.error_code,
                offset: p.committed_offset,
                leader_epoch: p.committed_leader_epoch,
                metadata: p.metadata.as_deref(),
            })
        });
        let name = group.group_id.to_string();
        let answer = read_group(&name, group.error_code, partitions);
        answers.push((name, answer));
    }
    answers
}

struct Fetched<'a> {
    at: TopicPartition,
    code: i16,
    offset: i64,
    leader_epoch: i32,
    metadata: Option<&'a str>,
}

fn read_group<'a>(
    group: &str,
    code: i16,
    partitions: impl Iterator<Item = Fetched<'a>>,
) -> Result<GroupOffsets, Error> {
    check(subject(group), code, None)?;
    let mut offsets = GroupOffsets::default();
    for Fetched { at, code, offset, leader_epoch, metadata } in partitions {
        match check(format!("{} at {at}", subject(group)), code, None) {
            // The whole is asked again when the transaction may have ended.
            Err(error) if error.code() == Some(ErrorCode::UNSTABLE_OFFSET_COMMIT) => return Err(error),
            Err(error) => offsets.failed.push((at, error)),
            Ok(()) if offset >= 0 => {
                let metadata = metadata.unwrap_or_default().to_owned();
                offsets.committed.insert(at, CommittedOffset { offset, leader_epoch, metadata });
            }
            Ok(()) => {}
        }
    }
    Ok(offsets)
}

fn read_share_offsets(
    group: &DescribeShareGroupOffsetsResponseGroup,
) -> (String, Result<ShareGroupOffsets, Error>) {
    let name = group.group_id.to_string();
    let answer = check(subject(&name), group.error_code, group.error_message.as_deref()).map(|()| {
        let mut offsets = ShareGroupOffsets::default();
        for topic in &group.topics {
            for p in &topic.partitions {
                let message = p.error_message.as_deref();
                match about(&name, &topic.topic_name, p.partition_index, p.error_code, message) {
                    (at, Err(error)) => offsets.failed.push((at, error)),
                    (at, Ok(())) if p.start_offset >= 0 => {
                        let lag = (p.lag >= 0).then_some(p.lag);
                        let offset = ShareGroupOffset {
                            start_offset: p.start_offset,
                            leader_epoch: p.leader_epoch,
                            lag,
                        };
                        offsets.offsets.insert(at, offset);
                    }
                    _ => {}
                }
            }
        }
        offsets
    });
    (name, answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::offset_fetch::response::{
        OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
        OffsetFetchResponseTopic, OffsetFetchResponseTopics,
    };

    #[test]
    fn one_group_or_many_by_version() {
        let only = [TopicPartition::new("t", 1), TopicPartition::new("u", 0), TopicPartition::new("t", 0)];
        let old = fetch_request([("g", Some(&only[..]))].into_iter(), 7);
        assert_eq!((old.group_id.as_str(), old.groups.len()), ("g", 0));
        let topics: Vec<_> =
            old.topics.unwrap().into_iter().map(|t| (t.name.to_string(), t.partition_indexes)).collect();
        assert_eq!(topics, [("t".to_owned(), vec![1, 0]), ("u".to_owned(), vec![0])]);
        assert!(fetch_request([("g", None)].into_iter(), 7).topics.is_none());

        let new = fetch_request([("g", None), ("h", Some(&only[..1]))].into_iter(), 8);
        assert_eq!((new.group_id.as_str(), new.groups.len()), ("", 2));
        assert!(new.groups[0].topics.is_none());
        assert_eq!(new.groups[1].topics.as_ref().unwrap()[0].partition_indexes, [1]);
    }

    /// Partitions 0 to 2: committed at 5, not committed, and with this code.
    fn answers(code: ErrorCode) -> [OffsetFetchResponse; 2] {
        let rows = [(0, 5, 0), (1, -1, 0), (2, -1, code.0)];
        let old = rows.map(|(partition_index, committed_offset, error_code)| OffsetFetchResponsePartition {
            partition_index,
            committed_offset,
            error_code,
            ..Default::default()
        });
        let new = rows.map(|(partition_index, committed_offset, error_code)| OffsetFetchResponsePartitions {
            partition_index,
            committed_offset,
            error_code,
            ..Default::default()
        });
        let old = OffsetFetchResponseTopic { name: "t".into(), partitions: old.to_vec() };
        let new =
            OffsetFetchResponseTopics { name: "t".into(), partitions: new.to_vec(), ..Default::default() };
        let group =
            OffsetFetchResponseGroup { group_id: "g".into(), topics: vec![new], ..Default::default() };
        [
            OffsetFetchResponse { topics: vec![old], ..Default::default() },
            OffsetFetchResponse { groups: vec![group], ..Default::default() },
        ]
    }

    #[test]
    fn answers_of_either_form_mean_the_same() {
        for response in answers(ErrorCode::TOPIC_AUTHORIZATION_FAILED) {
            let mut read = read_fetched(&["g".to_owned()], &response);
            assert_eq!(read.len(), 1);
            let (group, offsets) = read.remove(0);
            let offsets = offsets.unwrap();
            assert_eq!(group, "g");
            assert_eq!(offsets.committed.len(), 1);
            assert_eq!(offsets.committed[&TopicPartition::new("t", 0)].offset, 5);
            assert_eq!(offsets.failed.len(), 1);
        }
        // What a transaction has not settled is asked for again, as a whole.
        for response in answers(ErrorCode::UNSTABLE_OFFSET_COMMIT) {
            let read = read_fetched(&["g".to_owned()], &response);
            assert!(read[0].1.is_err());
        }
    }
}
