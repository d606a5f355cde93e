use super::{
    Admin, Each, check,
    fanout::Target,
    records::by_topic,
    route::{BrokerKey, Call},
};
use crate::{Error, TopicPartition};
use base::{ByteCount, NodeId};
use protocol::{
    AlterReplicaLogDirsRequest, DescribeLogDirsRequest, DescribeLogDirsResponse, ErrorCode,
    alter_replica_log_dirs::request::{AlterReplicaLogDir, AlterReplicaLogDirTopic},
    describe_log_dirs::{request::DescribableLogDirTopic, response::DescribeLogDirsResult},
};
use std::{collections::BTreeMap, fmt};

/// One directory of one broker that holds partitions.
#[derive(Clone, Debug)]
pub struct LogDir {
    pub path: String,
    /// Why it is out of use, if it is.
    pub error: Option<Error>,
    /// Size of its volume; `None` from brokers before Kafka 3.3 (KIP-827).
    pub total: Option<ByteCount>,
    /// Room left on its volume.
    pub usable: Option<ByteCount>,
    /// It takes no new partitions (KIP-1066).
    pub cordoned: bool,
    pub replicas: BTreeMap<TopicPartition, LogDirReplicas>,
}

/// A partition in one directory: the replica that serves, and the copy that is made when it moves (KIP-113).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogDirReplicas {
    pub current: Option<LogDirReplica>,
    pub future: Option<LogDirReplica>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogDirReplica {
    pub size: ByteCount,
    /// Records behind: of the replica, its log end offset behind the high watermark; of a copy, behind the
    /// replica.
    pub offset_lag: i64,
}

/// A partition on one broker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionReplica {
    pub partition: TopicPartition,
    pub broker: NodeId,
}

/// Which directories hold a replica.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplicaLogDirs {
    /// Where it is, and how far it lags; `None` where the broker has no such replica.
    pub current: Option<(String, i64)>,
    /// Where it is being moved.
    pub future: Option<(String, i64)>,
}

impl fmt::Display for PartitionReplica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on broker {}", self.partition, self.broker)
    }
}

impl Admin {
    /// The log directories of brokers, and what lies in them: of these topics' partitions, or of all.
    pub async fn describe_log_dirs(
        &self,
        brokers: &[NodeId],
        only: Option<&[TopicPartition]>,
    ) -> Each<NodeId, Vec<LogDir>> {
        let answers = self.each(
            Call::new(brokers.iter().copied().map(BrokerKey), |broker| Target::Broker(broker.0)),
            |_, _| describe_request(only),
            |asked, response| {
                let broker = BrokerKey(asked.broker);
                Ok(vec![(broker, read_log_dirs(&broker.to_string(), &response))])
            },
        );
        Each(answers.await.into_iter().map(|(BrokerKey(broker), answer)| (broker, answer)).collect())
    }

    /// Where replicas lie on their brokers.
    pub async fn describe_replica_log_dirs(
        &self,
        replicas: &[PartitionReplica],
    ) -> Each<PartitionReplica, ReplicaLogDirs> {
        self.each(
            Call::new(replicas.iter().cloned(), |replica| Target::Broker(replica.broker)),
            |replicas, _| {
                let partitions: Vec<TopicPartition> =
                    replicas.iter().map(|replica| replica.partition.clone()).collect();
                describe_request(Some(&partitions))
            },
            |asked, response| {
                let dirs = read_log_dirs(&BrokerKey(asked.broker).to_string(), &response)?;
                Ok(asked.keys.iter().map(|replica| (replica.clone(), Ok(locate(replica, &dirs)))).collect())
            },
        )
        .await
    }

    /// Moves replicas to other log directories of their brokers (KIP-113). A replica that its broker does not have
    /// yet will begin there.
    pub async fn alter_replica_log_dirs(
        &self,
        moves: &BTreeMap<PartitionReplica, String>,
    ) -> Each<PartitionReplica, ()> {
        self.each(
            Call::new(moves.keys().cloned(), |replica| Target::Broker(replica.broker)),
            |replicas, _| {
                let mut by_path: BTreeMap<&str, Vec<&TopicPartition>> = BTreeMap::new();
                for replica in replicas {
                    if let Some(path) = moves.get(replica) {
                        by_path.entry(path).or_default().push(&replica.partition);
                    }
                }
                let dirs = by_path.into_iter().map(|(path, partitions)| AlterReplicaLogDir {
                    path: path.into(),
                    topics: by_topic(
                        partitions.into_iter().map(|at| (at.topic.as_ref(), at.partition)),
                        |name, partitions| AlterReplicaLogDirTopic { name: name.into(), partitions },
                    ),
                });
                AlterReplicaLogDirsRequest { dirs: dirs.collect() }
            },
            |asked, response| {
                let mut answers = Vec::new();
                for topic in &response.results {
                    for p in &topic.partitions {
                        let partition = TopicPartition::new(topic.topic_name.as_str(), p.partition_index);
                        let replica = PartitionReplica { partition, broker: asked.broker };
                        let answer = check(replica.to_string(), p.error_code, None);
                        answers.push((replica, answer));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }
}

fn describe_request(only: Option<&[TopicPartition]>) -> DescribeLogDirsRequest {
    let topics = only.map(|partitions| {
        by_topic(partitions.iter().map(|at| (at.topic.as_ref(), at.partition)), |topic, partitions| {
            DescribableLogDirTopic { topic: topic.into(), partitions }
        })
    });
    DescribeLogDirsRequest { topics }
}

fn read_log_dirs(subject: &str, response: &DescribeLogDirsResponse) -> Result<Vec<LogDir>, Error> {
    check(subject, response.error_code, None)?;
    if response.results.is_empty() {
        // How brokers before Kafka 3.0 refuse.
        return Err(Error::refused(subject, ErrorCode::CLUSTER_AUTHORIZATION_FAILED.0, None));
    }
    Ok(response.results.iter().map(read_log_dir).collect())
}

fn read_log_dir(dir: &DescribeLogDirsResult) -> LogDir {
    let bytes = |count: i64| u64::try_from(count).ok().map(ByteCount);
    let mut replicas: BTreeMap<TopicPartition, LogDirReplicas> = BTreeMap::new();
    for topic in &dir.topics {
        for p in &topic.partitions {
            let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
            let size = bytes(p.partition_size).unwrap_or(ByteCount(0));
            let found = Some(LogDirReplica { size, offset_lag: p.offset_lag });
            let replica = replicas.entry(at).or_default();
            if p.is_future_key {
                replica.future = found;
            } else {
                replica.current = found;
            }
        }
    }
    LogDir {
        path: dir.log_dir.to_string(),
        error: check(format!("log directory `{}`", dir.log_dir), dir.error_code, None).err(),
        total: bytes(dir.total_bytes),
        usable: bytes(dir.usable_bytes),
        cordoned: dir.is_cordoned,
        replicas,
    }
}

fn locate(replica: &PartitionReplica, dirs: &[LogDir]) -> ReplicaLogDirs {
    let mut located = ReplicaLogDirs::default();
    for dir in dirs {
        let Some(found) = dir.replicas.get(&replica.partition) else { continue };
        let place = |replica: LogDirReplica| (dir.path.clone(), replica.offset_lag);
        located.current = located.current.or(found.current.map(place));
        located.future = located.future.or(found.future.map(place));
    }
    located
}
