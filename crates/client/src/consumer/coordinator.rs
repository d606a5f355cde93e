//! Carries what a consumer asks of its group's coordinator.
//!
//! The coordinator is found when first needed, and again after an answer or a failure that says it moved.
use super::{
    Position,
    assignor::{self, Assignment, Assignor, PROTOCOL_TYPE},
    committer::{Offsets, Wanted},
    membership::{
        Identity, Partitions, Subscription,
        classic::{self, Join, JoinedMember, Round},
        modern::{ById, Heartbeat, Told},
    },
};
use crate::{
    Admin, Cluster, Connection, Error, OnUnknownTopic, TopicPartition,
    admin::{CommittedOffset, check},
};
use base::{NodeId, TopicId};
use bytes::Bytes;
use protocol::{
    ConsumerGroupHeartbeatRequest, ErrorCode, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest,
    OffsetCommitRequest, OffsetFetchRequest, SyncGroupRequest,
    consumer_group_heartbeat::request::TopicPartitions,
    join_group::request::JoinGroupRequestProtocol,
    leave_group::request::MemberIdentity,
    offset_commit::request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
    offset_fetch::request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics},
    sync_group::request::SyncGroupRequestAssignment,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// Later versions name topics by id, which a program that commits need not know.
const LAST_WITH_NAMES: i16 = 9;

/// What of the configuration the coordinator is told.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) group: Arc<str>,
    pub(super) instance_id: Option<String>,
    pub(super) rack: Option<String>,
    pub(super) session_timeout: Duration,
    pub(super) max_poll_interval: Duration,
    pub(super) assignors: Vec<Assignor>,
    /// Of the modern protocol (`group.remote.assignor`).
    pub(super) remote_assignor: Option<String>,
}

/// A handle; clones share what was found out.
#[derive(Clone, Debug)]
pub(super) struct Coordinator {
    cluster: Cluster,
    terms: Arc<Terms>,
    found: Arc<Mutex<Option<NodeId>>>,
}

impl Coordinator {
    pub(super) fn new(cluster: &Cluster, terms: Terms) -> Self {
        Self { cluster: cluster.with_own_connections(), terms: Arc::new(terms), found: Arc::default() }
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.terms
    }

    fn found(&self) -> MutexGuard<'_, Option<NodeId>> {
        self.found.lock().expect("nothing panics while it holds this lock")
    }

    /// It is none, or cannot be reached; so the broker that named it may be behind.
    pub(super) fn forget(&self) {
        self.found().take();
        self.cluster.doubt();
    }

    /// Takes back what is not answered yet, so that what comes next does not wait behind it.
    pub(super) fn hang_up(&self) {
        if let Some(node) = *self.found() {
            self.cluster.hang_up(node);
        }
    }

    async fn connection(&self) -> Result<Connection, Error> {
        let known = *self.found();
        let node = match known {
            Some(node) => node,
            None => {
                let found = Admin::new(&self.cluster).find_coordinator(&self.terms.group).await?;
                *self.found().insert(found)
            }
        };
        // It may be a broker that is newer than what is known of the cluster.
        if !self.cluster.metadata().brokers.contains_key(&node) {
            self.cluster.refresh(&[], OnUnknownTopic::Fail).await?;
        }
        self.cluster.node(node).await
    }

    fn subject(&self) -> String {
        format!("group `{}`", self.terms.group)
    }

    fn check(&self, code: i16, message: Option<&str>) -> Result<(), Error> {
        check(self.subject(), code, message)
    }

    fn unreadable(&self, error: &assignor::Error) -> Error {
        let reason = crate::error::Chain(error).to_string();
        Error::Group { group: self.terms.group.to_string(), reason }
    }

    pub(super) async fn join(&self, join: &Join) -> Result<classic::Answer, Error> {
        let connection = self.connection().await?;
        let request = JoinGroupRequest {
            group_id: self.terms.group.as_ref().into(),
            session_timeout_ms: millis(self.terms.session_timeout),
            rebalance_timeout_ms: millis(self.terms.max_poll_interval),
            member_id: join.member_id.as_str().into(),
            group_instance_id: self.instance_id(),
            protocol_type: PROTOCOL_TYPE.into(),
            protocols: self.protocols(join)?,
            reason: Some(join.reason.into()),
        };
        let version = connection.version_of::<JoinGroupRequest>(i16::MAX)?;
        let pending = connection.send(&request, version)?;
        // The broker holds the answer back until all members are there.
        let response = pending.waiting_also(self.terms.max_poll_interval).response().await?;
        if response.error_code == ErrorCode::MEMBER_ID_REQUIRED.0 {
            return Ok(classic::Answer::MemberId(response.member_id.as_str().to_owned()));
        }
        self.check(response.error_code, None)?;
        let leads = response.leader == response.member_id;
        let members = response.members.into_iter().map(|member| JoinedMember {
            member_id: member.member_id.as_str().to_owned(),
            instance_id: member.group_instance_id.map(String::from),
            subscription: member.metadata,
        });
        Ok(classic::Answer::Joined(Round {
            generation: response.generation_id,
            member_id: response.member_id.as_str().to_owned(),
            protocol: response.protocol_name.map(String::from).unwrap_or_default(),
            members: leads.then(|| members.collect()),
            keeps_assignment: response.skip_assignment,
        }))
    }

    fn protocols(&self, join: &Join) -> Result<Vec<JoinGroupRequestProtocol>, Error> {
        let (before, generation) = &join.before;
        let protocol = |assignor: &Assignor| {
            let wanted = assignor::Subscription {
                topics: join.topics.clone(),
                user_data: assignor.user_data(*generation, before)?,
                owned: join.owned.clone(),
                generation: join.generation,
                rack: self.terms.rack.clone(),
            };
            Ok(JoinGroupRequestProtocol { name: assignor.name().into(), metadata: wanted.encode()? })
        };
        let protocols: Result<_, assignor::Error> = self.terms.assignors.iter().map(protocol).collect();
        protocols.map_err(|error| self.unreadable(&error))
    }

    fn instance_id(&self) -> Option<wire::Text> {
        self.terms.instance_id.as_deref().map(Into::into)
    }

    /// `assignments` are of the leader only.
    pub(super) async fn sync(
        &self,
        round: &Round,
        assignments: Vec<(String, Bytes)>,
    ) -> Result<classic::Answer, Error> {
        let assignments = assignments.into_iter().map(|(member_id, assignment)| SyncGroupRequestAssignment {
            member_id: member_id.into(),
            assignment,
        });
        let request = SyncGroupRequest {
            group_id: self.terms.group.as_ref().into(),
            generation_id: round.generation,
            member_id: round.member_id.as_str().into(),
            group_instance_id: self.instance_id(),
            protocol_type: Some(PROTOCOL_TYPE.into()),
            protocol_name: Some(round.protocol.as_str().into()),
            assignments: assignments.collect(),
        };
        let connection = self.connection().await?;
        let version = connection.version_of::<SyncGroupRequest>(i16::MAX)?;
        let pending = connection.send(&request, version)?;
        let response = pending.waiting_also(self.terms.max_poll_interval).response().await?;
        self.check(response.error_code, None)?;
        // A member that the leader forgot gets no bytes at all.
        let partitions = match response.assignment.is_empty() {
            true => Partitions::new(),
            false => {
                Assignment::decode(&round.member_id, response.assignment)
                    .map_err(|error| self.unreadable(&error))?
                    .partitions
            }
        };
        Ok(classic::Answer::Synced(partitions))
    }

    pub(super) async fn alive(&self, identity: &Identity) -> Result<classic::Answer, Error> {
        let request = HeartbeatRequest {
            group_id: self.terms.group.as_ref().into(),
            generation_id: identity.generation,
            member_id: identity.member_id.as_str().into(),
            group_instance_id: self.instance_id(),
        };
        let connection = self.connection().await?;
        let version = connection.version_of::<HeartbeatRequest>(i16::MAX)?;
        // Answered at once. A coordinator that is silent for longer is left for the next one, while there is time.
        let in_time = self.terms.session_timeout / 3;
        let response = connection.send(&request, version)?.within(in_time).response().await?;
        self.check(response.error_code, None)?;
        Ok(classic::Answer::Alive)
    }

    pub(super) async fn leave(&self, member_id: &str) -> Result<classic::Answer, Error> {
        const FIRST_OF_MANY: i16 = 3;
        let connection = self.connection().await?;
        let version = connection.version_of::<LeaveGroupRequest>(i16::MAX)?;
        let mut request =
            LeaveGroupRequest { group_id: self.terms.group.as_ref().into(), ..Default::default() };
        if version < FIRST_OF_MANY {
            request.member_id = member_id.into();
        } else {
            request.members = vec![MemberIdentity {
                member_id: member_id.into(),
                group_instance_id: self.instance_id(),
                reason: Some("the consumer leaves".into()),
            }];
        }
        let response = connection.request_in(&request, version).await?;
        self.check(response.error_code, None)?;
        Ok(classic::Answer::Left)
    }

    pub(super) async fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<Told, Error> {
        const FIRST_WITH_PATTERNS: i16 = 1;
        let connection = self.connection().await?;
        let version = connection.version_of::<ConsumerGroupHeartbeatRequest>(i16::MAX)?;
        let is_full = heartbeat.epoch == 0 || (heartbeat.subscription.is_some() && heartbeat.owned.is_some());
        let mut request = ConsumerGroupHeartbeatRequest {
            group_id: self.terms.group.as_ref().into(),
            member_id: heartbeat.member_id.as_str().into(),
            member_epoch: heartbeat.epoch,
            instance_id: self.instance_id(),
            ..Default::default()
        };
        if is_full {
            request.rack_id = self.terms.rack.as_deref().map(Into::into);
            request.rebalance_timeout_ms = millis(self.terms.max_poll_interval);
            request.server_assignor = self.terms.remote_assignor.as_deref().map(Into::into);
        }
        match &heartbeat.subscription {
            None | Some(Subscription::Nothing) => {}
            Some(Subscription::Topics(topics)) => {
                request.subscribed_topic_names =
                    Some(topics.iter().map(|topic| topic.as_ref().into()).collect());
                if version >= FIRST_WITH_PATTERNS && heartbeat.epoch != 0 {
                    // In place of a pattern before.
                    request.subscribed_topic_regex = Some("".into());
                }
            }
            Some(Subscription::Pattern(pattern)) => {
                request.subscribed_topic_names = Some(Vec::new());
                request.subscribed_topic_regex = Some(pattern.as_ref().into());
            }
        }
        request.topic_partitions = heartbeat.owned.as_ref().map(|owned| {
            let topics = owned.iter();
            let topic = |(id, partitions): (&TopicId, &std::collections::BTreeSet<i32>)| TopicPartitions {
                topic_id: id.0,
                partitions: partitions.iter().copied().collect(),
            };
            topics.map(topic).collect()
        });
        let response = connection.request_in(&request, version).await?;
        self.check(response.error_code, response.error_message.as_deref())?;
        let assignment = response.assignment.map(|assignment| -> ById {
            let topics = assignment.topic_partitions.into_iter();
            topics.map(|topic| (TopicId(topic.topic_id), topic.partitions.into_iter().collect())).collect()
        });
        let interval = u64::try_from(response.heartbeat_interval_ms).unwrap_or(0).max(1);
        Ok(Told { epoch: response.member_epoch, interval: Duration::from_millis(interval), assignment })
    }

    /// What the coordinator says of each partition that was sent; an error of all alike fails the call.
    pub(super) async fn commit(
        &self,
        identity: &Identity,
        wanted: &mut Wanted,
    ) -> Result<BTreeMap<TopicPartition, Result<(), Error>>, Error> {
        let connection = self.connection().await?;
        let version = connection.version_of::<OffsetCommitRequest>(LAST_WITH_NAMES)?;
        let sent = wanted.send(|offsets| {
            let has_any = !offsets.is_empty();
            has_any.then(|| connection.send(&self.offset_commit(identity, offsets), version)).transpose()
        });
        let Some(pending) = sent? else { return Ok(BTreeMap::new()) };
        let response = pending.response().await?;
        let mut answers = BTreeMap::new();
        for topic in &response.topics {
            for partition in &topic.partitions {
                let at = TopicPartition::new(topic.name.as_str(), partition.partition_index);
                let subject = format!("offset of {at} in {}", self.subject());
                answers.insert(at, check(subject, partition.error_code, None));
            }
        }
        Ok(answers)
    }

    fn offset_commit(&self, identity: &Identity, offsets: &Offsets) -> OffsetCommitRequest {
        let mut topics: BTreeMap<&Arc<str>, Vec<OffsetCommitRequestPartition>> = BTreeMap::new();
        for (at, committed) in offsets {
            topics.entry(&at.topic).or_default().push(OffsetCommitRequestPartition {
                partition_index: at.partition,
                committed_offset: committed.offset,
                committed_leader_epoch: committed.leader_epoch,
                committed_metadata: Some(committed.metadata.as_str().into()),
            });
        }
        let topic = |(name, partitions): (&Arc<str>, _)| OffsetCommitRequestTopic {
            name: name.as_ref().into(),
            partitions,
            ..Default::default()
        };
        OffsetCommitRequest {
            group_id: self.terms.group.as_ref().into(),
            generation_id_or_member_epoch: identity.generation,
            member_id: identity.member_id.as_str().into(),
            group_instance_id: if identity.generation < 0 { None } else { self.instance_id() },
            topics: topics.into_iter().map(topic).collect(),
            ..Default::default()
        }
    }

    /// What the group has committed of these partitions; none where there is nothing.
    pub(super) async fn committed(
        &self,
        identity: &Identity,
        partitions: &Partitions,
    ) -> Result<BTreeMap<TopicPartition, CommittedOffset>, Error> {
        const FIRST_OF_MANY: i16 = 8;
        const FIRST_STABLE: i16 = 7;
        let connection = self.connection().await?;
        let version = connection.version_of::<OffsetFetchRequest>(LAST_WITH_NAMES)?;
        let mut topics: BTreeMap<&Arc<str>, Vec<i32>> = BTreeMap::new();
        for at in partitions {
            topics.entry(&at.topic).or_default().push(at.partition);
        }
        let mut request = OffsetFetchRequest {
            // An offset that a transaction may still commit is waited for (KIP-447).
            require_stable: version >= FIRST_STABLE,
            ..Default::default()
        };
        if version < FIRST_OF_MANY {
            request.group_id = self.terms.group.as_ref().into();
            let topic = |(name, indexes): (&Arc<str>, _)| OffsetFetchRequestTopic {
                name: name.as_ref().into(),
                partition_indexes: indexes,
            };
            request.topics = Some(topics.into_iter().map(topic).collect());
        } else {
            let topic = |(name, indexes): (&Arc<str>, _)| OffsetFetchRequestTopics {
                name: name.as_ref().into(),
                partition_indexes: indexes,
                ..Default::default()
            };
            request.groups = vec![OffsetFetchRequestGroup {
                group_id: self.terms.group.as_ref().into(),
                member_id: (identity.generation >= 0).then(|| identity.member_id.as_str().into()),
                member_epoch: identity.generation,
                topics: Some(topics.into_iter().map(topic).collect()),
            }];
        }
        let response = connection.request_in(&request, version).await?;
        let mut found = Vec::new();
        if version < FIRST_OF_MANY {
            self.check(response.error_code, None)?;
            for topic in &response.topics {
                for p in &topic.partitions {
                    let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                    let metadata = p.metadata.as_deref();
                    found.push((at, p.error_code, p.committed_offset, p.committed_leader_epoch, metadata));
                }
            }
        } else {
            for group in &response.groups {
                self.check(group.error_code, None)?;
                for topic in &group.topics {
                    for p in &topic.partitions {
                        let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                        let metadata = p.metadata.as_deref();
                        found.push((
                            at,
                            p.error_code,
                            p.committed_offset,
                            p.committed_leader_epoch,
                            metadata,
                        ));
                    }
                }
            }
        }
        let mut committed = BTreeMap::new();
        for (at, code, offset, leader_epoch, metadata) in found {
            check(format!("offset of {at} in {}", self.subject()), code, None)?;
            if offset >= 0 {
                let metadata = metadata.unwrap_or_default().to_owned();
                committed.insert(at, CommittedOffset { offset, leader_epoch, metadata });
            }
        }
        Ok(committed)
    }
}

/// Where reading goes on after what was committed.
pub(super) fn position_of(committed: &CommittedOffset) -> Position {
    Position {
        offset: committed.offset,
        leader_epoch: (committed.leader_epoch >= 0).then_some(committed.leader_epoch),
    }
}

fn millis(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}
