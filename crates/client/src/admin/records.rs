use super::{Admin, Each, check, fanout::Target, route::Call};
use crate::TopicPartition;
use protocol::{
    DeleteRecordsRequest,
    delete_records::request::{DeleteRecordsPartition, DeleteRecordsTopic},
};
use std::collections::BTreeMap;

/// In place of an offset: everything below the high watermark.
pub const HIGH_WATERMARK: i64 = -1;

impl Admin {
    /// Deletes the records of each partition below the offset, exclusive ([`HIGH_WATERMARK`] for all that is
    /// committed). Answers with the new log start offsets (KIP-107).
    pub async fn delete_records(&self, before: &BTreeMap<TopicPartition, i64>) -> Each<TopicPartition, i64> {
        self.each(
            Call::new(before.keys().cloned(), |at| Target::Leader(at.clone())),
            |partitions, _| DeleteRecordsRequest {
                topics: by_topic(
                    partitions.iter().filter_map(|at| {
                        let partition = DeleteRecordsPartition {
                            partition_index: at.partition,
                            offset: *before.get(at)?,
                        };
                        Some((at.topic.as_ref(), partition))
                    }),
                    |topic, partitions| DeleteRecordsTopic { name: topic.into(), partitions },
                ),
                timeout_ms: self.timeout_ms(),
            },
            |_, response| {
                let mut answers = Vec::new();
                for topic in &response.topics {
                    for p in &topic.partitions {
                        let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                        let answer = check(at.to_string(), p.error_code, None).map(|()| p.low_watermark);
                        answers.push((at, answer));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }
}

/// Requests name a topic once, with its partitions.
pub(super) fn by_topic<'a, P, T>(
    partitions: impl IntoIterator<Item = (&'a str, P)>,
    make: impl Fn(&str, Vec<P>) -> T,
) -> Vec<T> {
    let mut topics: BTreeMap<&str, Vec<P>> = BTreeMap::new();
    for (topic, partition) in partitions {
        topics.entry(topic).or_default().push(partition);
    }
    topics.into_iter().map(|(topic, partitions)| make(topic, partitions)).collect()
}
