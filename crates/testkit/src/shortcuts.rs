//! What most tests do on the way to what they are about.
use crate::{Wire, batch, eventually, fetch_request, produce_request, text, values_in};
use bytes::Bytes;
use protocol::{
    CreateTopicsRequest, FindCoordinatorRequest, ListGroupsRequest, ListOffsetsRequest,
    create_topics::request::{CreatableTopic, CreatableTopicConfig},
    fetch::response::PartitionData,
    list_offsets::{
        request::{ListOffsetsPartition, ListOffsetsTopic},
        response::ListOffsetsPartitionResponse,
    },
    produce::response::PartitionProduceResponse,
};
use uuid::Uuid;

impl Wire {
    /// Creates a topic of this many partitions and returns its id.
    #[track_caller]
    pub fn create(&mut self, topic: &str, partitions: i32) -> Uuid {
        self.create_with(topic, partitions, &[])
    }

    #[track_caller]
    pub fn create_with(&mut self, topic: &str, partitions: i32, configs: &[(&str, &str)]) -> Uuid {
        let config =
            |(key, value): &(&str, &str)| CreatableTopicConfig { name: text(key), value: Some(text(value)) };
        let topic = CreatableTopic {
            name: text(topic),
            num_partitions: partitions,
            replication_factor: 1,
            configs: configs.iter().map(config).collect(),
            ..CreatableTopic::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 30_000, ..Default::default() };
        let created = self.ask(7, &request).topics.remove(0);
        assert_eq!(created.error_code, 0, "{:?}", created.error_message);
        created.topic_id
    }

    /// Finds the coordinator of a group, and waits until it has loaded what it coordinates.
    #[track_caller]
    pub fn find_coordinator(&mut self, group: &str) {
        let find = FindCoordinatorRequest { coordinator_keys: vec![text(group)], ..Default::default() };
        let found = self.latest(&find).coordinators.remove(0);
        assert_eq!(found.error_code, 0, "{:?}", found.error_message);
        eventually("groups are loaded", || {
            (self.latest(&ListGroupsRequest::default()).error_code == 0).then_some(())
        });
    }

    /// Produces one batch with `acks=-1`.
    #[track_caller]
    pub fn produce(&mut self, topic: &str, partition: i32, batch: Bytes) -> PartitionProduceResponse {
        let mut response = self.ask(12, &produce_request(topic, partition, batch));
        response.responses.remove(0).partition_responses.remove(0)
    }

    /// Appends a batch of values and returns its base offset.
    #[track_caller]
    pub fn append(&mut self, topic: &str, partition: i32, values: &[&str]) -> i64 {
        let answer = self.produce(topic, partition, batch(values));
        assert_eq!(answer.error_code, 0, "{:?}", answer.error_message);
        answer.base_offset
    }

    /// Fetches from one partition, without waiting.
    #[track_caller]
    pub fn fetch(&mut self, topic: &str, partition: i32, offset: i64) -> PartitionData {
        let mut response = self.ask(12, &fetch_request(&[(topic, partition, offset)]));
        assert_eq!(response.error_code, 0);
        response.responses.remove(0).partitions.remove(0)
    }

    /// Offsets and values of all there is in a partition from an offset on.
    #[track_caller]
    pub fn read(&mut self, topic: &str, partition: i32, mut from: i64) -> Vec<(i64, String)> {
        let mut all = Vec::new();
        loop {
            let part = self.fetch(topic, partition, from);
            assert_eq!(part.error_code, 0);
            let found = values_in(part.records);
            let Some((last, _)) = found.last() else { return all };
            let next = last + 1;
            all.extend(found.into_iter().filter(|(offset, _)| *offset >= from));
            from = next;
        }
    }

    /// The offset that belongs to a time or to a marker such as -1.
    #[track_caller]
    pub fn list_offset(
        &mut self,
        topic: &str,
        partition: i32,
        timestamp: i64,
    ) -> ListOffsetsPartitionResponse {
        let wanted =
            ListOffsetsPartition { partition_index: partition, timestamp, ..ListOffsetsPartition::default() };
        let topics = vec![ListOffsetsTopic { name: text(topic), partitions: vec![wanted] }];
        let request = ListOffsetsRequest { replica_id: -1, topics, ..Default::default() };
        self.latest(&request).topics.remove(0).partitions.remove(0)
    }
}
