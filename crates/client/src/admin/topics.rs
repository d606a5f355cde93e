use super::{Admin, check, unanswered};
use crate::{Connection, Error, OnUnknownTopic, Topic, TopicPartition};
use base::{NodeId, TopicId};
use protocol::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteRecordsRequest, DeleteTopicsRequest, ErrorCode,
    create_partitions::request::CreatePartitionsTopic,
    create_topics::request::{CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig},
    delete_records::request::{DeleteRecordsPartition, DeleteRecordsTopic},
    delete_topics::request::DeleteTopicState,
};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Clone, Debug, Default)]
pub struct NewTopic {
    pub name: String,
    /// `None`: the broker's `num.partitions`.
    pub partitions: Option<i32>,
    /// `None`: the broker's `default.replication.factor`.
    pub replication_factor: Option<i16>,
    /// Replicas of each partition; excludes the two counts.
    pub assignment: Vec<Vec<NodeId>>,
    pub configs: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct CreateOptions {
    /// Only say what would happen.
    pub validate_only: bool,
}

#[derive(Clone, Debug)]
pub struct CreatedTopic {
    pub id: TopicId,
    /// `None` where the broker does not say.
    pub partitions: Option<i32>,
    pub replication_factor: Option<i16>,
}

impl Admin {
    /// All topics by name, those of the cluster itself included.
    pub async fn list_topics(&self) -> Result<Vec<Arc<Topic>>, Error> {
        let mut retry = self.cluster.retry();
        loop {
            match self.cluster.all_topics().await {
                Ok(topics) => return Ok(topics),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    pub async fn describe_topic(&self, name: &str) -> Result<Arc<Topic>, Error> {
        self.cluster.fresh_topic(name, OnUnknownTopic::Fail).await
    }

    pub async fn create_topic(
        &self,
        topic: &NewTopic,
        options: CreateOptions,
    ) -> Result<CreatedTopic, Error> {
        let request = CreateTopicsRequest {
            topics: vec![creatable(topic)],
            timeout_ms: self.timeout_ms(),
            validate_only: options.validate_only,
        };
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response = self.cluster.controller().await?.request(&request).await?;
                let result = response.topics.first().ok_or_else(|| unanswered(subject(&topic.name)))?;
                check(subject(&topic.name), result.error_code, result.error_message.as_deref())?;
                Ok(CreatedTopic {
                    id: TopicId(result.topic_id),
                    partitions: (result.num_partitions > 0).then_some(result.num_partitions),
                    replication_factor: (result.replication_factor > 0).then_some(result.replication_factor),
                })
            };
            match answer.await {
                Ok(created) => return Ok(created),
                Err(error) => self.follow_controller(&mut retry, error).await?,
            }
        }
    }

    pub async fn delete_topic(&self, name: &str) -> Result<(), Error> {
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let connection = self.cluster.controller().await?;
                let version = connection.version_of::<DeleteTopicsRequest>(i16::MAX)?;
                let response = connection.request_in(&self.delete_request(name, version), version).await?;
                let result = response.responses.first().ok_or_else(|| unanswered(subject(name)))?;
                check(subject(name), result.error_code, result.error_message.as_deref())
            };
            match answer.await {
                Ok(()) => return Ok(()),
                Err(error) => self.follow_controller(&mut retry, error).await?,
            }
        }
    }

    /// Before v6 topics are a list of names, from then on names or ids.
    fn delete_request(&self, name: &str, version: i16) -> DeleteTopicsRequest {
        let timeout_ms = self.timeout_ms();
        if version < 6 {
            return DeleteTopicsRequest { topic_names: vec![name.into()], timeout_ms, ..Default::default() };
        }
        let topics = vec![DeleteTopicState { name: Some(name.into()), ..Default::default() }];
        DeleteTopicsRequest { topics, timeout_ms, ..Default::default() }
    }

    /// Grows a topic to `count` partitions.
    pub async fn create_partitions(&self, name: &str, count: i32) -> Result<(), Error> {
        let topic = CreatePartitionsTopic { name: name.into(), count, assignments: None };
        let request = CreatePartitionsRequest {
            topics: vec![topic],
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response = self.cluster.controller().await?.request(&request).await?;
                let result = response.results.first().ok_or_else(|| unanswered(subject(name)))?;
                check(subject(name), result.error_code, result.error_message.as_deref())
            };
            match answer.await {
                Ok(()) => return Ok(()),
                Err(error) => self.follow_controller(&mut retry, error).await?,
            }
        }
    }

    /// Deletes the records of each partition below the offset (`-1`: below the high watermark). Answers with the
    /// new log start offsets.
    pub async fn delete_records(
        &self,
        before: &BTreeMap<TopicPartition, i64>,
    ) -> Result<BTreeMap<TopicPartition, Result<i64, Error>>, Error> {
        let mut results = BTreeMap::new();
        for (at, &offset) in before {
            results.insert(at.clone(), self.delete_records_of(at, offset).await);
        }
        Ok(results)
    }

    async fn delete_records_of(&self, at: &TopicPartition, offset: i64) -> Result<i64, Error> {
        let partition = DeleteRecordsPartition { partition_index: at.partition, offset };
        let topic = DeleteRecordsTopic { name: at.topic.as_ref().into(), partitions: vec![partition] };
        let request = DeleteRecordsRequest { topics: vec![topic], timeout_ms: self.timeout_ms() };
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response = self.leader_of(at).await?.request(&request).await?;
                let result = response.topics.first().and_then(|topic| topic.partitions.first());
                let result = result.ok_or_else(|| unanswered(at.to_string()))?;
                check(at.to_string(), result.error_code, None)?;
                Ok(result.low_watermark)
            };
            match answer.await {
                Ok(low_watermark) => return Ok(low_watermark),
                Err(error) => self.follow_leader(at, &mut retry, error).await?,
            }
        }
    }

    pub(super) async fn leader_of(&self, at: &TopicPartition) -> Result<Connection, Error> {
        let leader = self.cluster.leader(&at.topic, at.partition).await?;
        self.cluster.node(leader).await
    }

    pub(super) async fn follow_leader(
        &self,
        at: &TopicPartition,
        retry: &mut crate::retry::Retry,
        error: Error,
    ) -> Result<(), Error> {
        let stale = error.asks_for_metadata();
        retry.after(error).await?;
        if stale {
            self.cluster.fresh_topic(&at.topic, OnUnknownTopic::Fail).await?;
        }
        Ok(())
    }

    async fn follow_controller(&self, retry: &mut crate::retry::Retry, error: Error) -> Result<(), Error> {
        let moved = error.code() == Some(ErrorCode::NOT_CONTROLLER);
        retry.after(error).await?;
        if moved {
            self.cluster.refresh(&[], OnUnknownTopic::Fail).await?;
        }
        Ok(())
    }

    pub(super) fn timeout_ms(&self) -> i32 {
        i32::try_from(self.cluster.config().request_timeout.as_millis()).unwrap_or(i32::MAX)
    }
}

fn subject(topic: &str) -> String {
    format!("topic `{topic}`")
}

fn creatable(topic: &NewTopic) -> CreatableTopic {
    let assignments =
        topic.assignment.iter().zip(0..).map(|(replicas, partition_index)| CreatableReplicaAssignment {
            partition_index,
            broker_ids: replicas.iter().map(|node| node.0).collect(),
        });
    let configs = topic
        .configs
        .iter()
        .map(|(name, value)| CreatableTopicConfig { name: name.into(), value: Some(value.into()) });
    CreatableTopic {
        name: topic.name.as_str().into(),
        num_partitions: topic.partitions.unwrap_or(-1),
        replication_factor: topic.replication_factor.unwrap_or(-1),
        assignments: assignments.collect(),
        configs: configs.collect(),
    }
}
