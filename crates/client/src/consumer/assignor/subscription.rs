//! What the members of a classic group tell each other through JoinGroup and SyncGroup, as bytes.
//!
//! A version of two bytes, then the message. Newer versions only add at the end, so one that is newer than ours is read
//! as our newest and the rest is left alone.
use crate::TopicPartition;
use bytes::Bytes;
use protocol::{
    Message,
    consumer_protocol::{
        ConsumerProtocolAssignment, ConsumerProtocolSubscription, consumer_protocol_assignment,
        consumer_protocol_subscription,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use wire::{DecodeError, EncodeError, Reader, SegmentWriter, Sink};

/// What a member asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub topics: BTreeSet<Arc<str>>,
    /// The assignor's own, see [`super::Assignor::user_data`].
    pub user_data: Option<Bytes>,
    /// What the member holds while it joins: nothing where the protocol is eager. Sent since v1.
    pub owned: BTreeSet<TopicPartition>,
    /// In which `owned` was assigned; -1 without one. Sent since v2.
    pub generation: i32,
    /// `client.rack`. Sent since v3.
    pub rack: Option<String>,
}

/// What a member gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    pub partitions: BTreeSet<TopicPartition>,
    /// No assignor here sends any.
    pub user_data: Option<Bytes>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the {what} of member `{member}` has version {version}, and versions begin at 0")]
    Version { what: &'static str, member: String, version: i16 },
    #[error("the {what} of member `{member}` cannot be read; does it speak the protocol of consumers?")]
    Malformed {
        what: &'static str,
        member: String,
        #[source]
        source: DecodeError,
    },
    #[error("the {what} cannot be written")]
    Encode {
        what: &'static str,
        #[source]
        source: EncodeError,
    },
}

impl Default for Subscription {
    fn default() -> Self {
        Self { topics: BTreeSet::new(), user_data: None, owned: BTreeSet::new(), generation: -1, rack: None }
    }
}

const SUBSCRIPTION: &str = "subscription";
const ASSIGNMENT: &str = "assignment";

impl Subscription {
    /// In the newest version; whoever knows fewer fields leaves the rest alone.
    pub fn encode(&self) -> Result<Bytes, Error> {
        self.encode_as(*ConsumerProtocolSubscription::VERSIONS.end())
    }

    pub(super) fn encode_as(&self, version: i16) -> Result<Bytes, Error> {
        use consumer_protocol_subscription::TopicPartition as Owned;
        let owned = by_topic(&self.owned).into_iter();
        let message = ConsumerProtocolSubscription {
            topics: self.topics.iter().map(|topic| topic.as_ref().into()).collect(),
            user_data: self.user_data.clone(),
            owned_partitions: owned
                .map(|(topic, partitions)| Owned { topic: topic.into(), partitions })
                .collect(),
            generation_id: self.generation,
            rack_id: self.rack.as_deref().map(Into::into),
        };
        encode(&message, version).map_err(|source| Error::Encode { what: SUBSCRIPTION, source })
    }

    /// Reads what `member` sent.
    pub fn decode(member: &str, bytes: impl Into<Bytes>) -> Result<Self, Error> {
        let message: ConsumerProtocolSubscription = decode(SUBSCRIPTION, member, bytes.into())?;
        let owned = message.owned_partitions.iter();
        Ok(Self {
            topics: message.topics.iter().map(|topic| topic.as_str().into()).collect(),
            user_data: message.user_data,
            owned: flat(owned.map(|owned| (owned.topic.as_str(), &owned.partitions[..]))),
            generation: message.generation_id.max(-1),
            rack: message.rack_id.filter(|rack| !rack.as_str().is_empty()).map(String::from),
        })
    }
}

impl Assignment {
    pub fn encode(&self) -> Result<Bytes, Error> {
        self.encode_as(*ConsumerProtocolAssignment::VERSIONS.end())
    }

    pub(super) fn encode_as(&self, version: i16) -> Result<Bytes, Error> {
        use consumer_protocol_assignment::TopicPartition as Assigned;
        let assigned = by_topic(&self.partitions).into_iter();
        let message = ConsumerProtocolAssignment {
            assigned_partitions: assigned
                .map(|(topic, partitions)| Assigned { topic: topic.into(), partitions })
                .collect(),
            user_data: self.user_data.clone(),
        };
        encode(&message, version).map_err(|source| Error::Encode { what: ASSIGNMENT, source })
    }

    /// Reads what the leader gave to `member`.
    pub fn decode(member: &str, bytes: impl Into<Bytes>) -> Result<Self, Error> {
        let message: ConsumerProtocolAssignment = decode(ASSIGNMENT, member, bytes.into())?;
        let assigned = message.assigned_partitions.iter();
        Ok(Self {
            partitions: flat(assigned.map(|assigned| (assigned.topic.as_str(), &assigned.partitions[..]))),
            user_data: message.user_data,
        })
    }
}

fn encode<M: Message>(message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = SegmentWriter::new();
    writer.put_i16(version);
    message.encode(&mut writer, version)?;
    writer.into_bytes()
}

fn decode<M: Message>(what: &'static str, member: &str, bytes: Bytes) -> Result<M, Error> {
    let malformed = |source| Error::Malformed { what, member: member.to_owned(), source };
    let mut reader = Reader::new(bytes);
    let version = reader.read_i16().map_err(malformed)?;
    if version < 0 {
        return Err(Error::Version { what, member: member.to_owned(), version });
    }
    M::decode(&mut reader, version.min(*M::VERSIONS.end())).map_err(malformed)
}

/// Topics in order, each with its partitions in order.
pub(super) fn by_topic(partitions: &BTreeSet<TopicPartition>) -> BTreeMap<&str, Vec<i32>> {
    let mut topics = BTreeMap::<&str, Vec<i32>>::new();
    for at in partitions {
        topics.entry(&at.topic).or_default().push(at.partition);
    }
    topics
}

pub(super) fn flat<'a>(topics: impl Iterator<Item = (&'a str, &'a [i32])>) -> BTreeSet<TopicPartition> {
    let mut all = BTreeSet::new();
    for (topic, partitions) in topics {
        let topic: Arc<str> = topic.into();
        all.extend(partitions.iter().map(|&partition| TopicPartition { topic: topic.clone(), partition }));
    }
    all
}
