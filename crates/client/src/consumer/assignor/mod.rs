//! Gives the partitions of a classic group's topics to its members.
//!
//! In a classic group one member, the leader, assigns for all. It gets what each member asked for (a
//! [`Subscription`]), reads the topics' partitions from the metadata, and [`Assignor::assign`] decides. All here is
//! plain data in and plain data out; joining, revoking and syncing are the caller's.
//!
//! Invariants: each partition of a subscribed topic goes to one member at most, and to one exactly unless
//! [`Assignor::CooperativeSticky`] withholds it; nobody gets a topic without a subscription to it; equal input in any
//! order gives equal output. Where the Java assignors' answer depends on the order of their hash maps, ours depends on
//! the order of member ids.
//!
//! Not here: assignors that the program brings itself, and the modern protocol (KIP-848), where the broker assigns.
//!
//! Sources: KIP-54 (sticky), KIP-345 (static members keep their place), KIP-429 (cooperative), KIP-792 (generation in
//! the subscription), KIP-881 (racks).
mod range;
mod round_robin;
mod sticky;
mod subscription;
#[cfg(test)]
mod tests;

use crate::{Metadata, TopicPartition};
use bytes::Bytes;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
    sync::Arc,
};
use sticky::claims::{Claim, cooperative_user_data, sticky_user_data};
pub use subscription::{Assignment, Error, Subscription};

/// What consumers of a classic group name their kind of protocol in JoinGroup.
pub const PROTOCOL_TYPE: &str = "consumer";

/// How partitions are given out. The names are those of `partition.assignment.strategy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignor {
    /// Each topic is cut into ranges, and the same members get the same numbers of topics that are alike.
    Range,
    /// All partitions in order, to one member after the other.
    RoundRobin,
    /// Balanced first; then everyone keeps what it had as far as it can.
    Sticky,
    /// The same without a pause: what changes hands waits one round, in which its owner gives it up.
    CooperativeSticky,
}

/// Whether a member gives up what it owns before it joins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebalanceProtocol {
    Eager,
    Cooperative,
}

/// A member as the leader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: Arc<str>,
    /// Of a static member (`group.instance.id`).
    pub instance_id: Option<String>,
    pub subscription: Subscription,
}

/// The racks that hold a replica of a partition; those that are offline count, as they are likely to return.
pub type Racks = BTreeSet<Arc<str>>;

/// Each topic's partitions, by index. Topics that nobody subscribes to may be among them.
pub type Topics = BTreeMap<Arc<str>, Vec<Racks>>;

/// What each member gets, by member id. Every member is there, if with nothing.
pub type Plan = BTreeMap<Arc<str>, BTreeSet<TopicPartition>>;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no assignor; use one of {names}", names = Assignor::ALL.map(Assignor::name).join(", "))]
pub struct UnknownAssignor(String);

impl Assignor {
    pub const ALL: [Self; 4] = [Self::Range, Self::RoundRobin, Self::Sticky, Self::CooperativeSticky];

    /// What members name it in JoinGroup.
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
        }
    }

    fn java_class(self) -> &'static str {
        match self {
            Self::Range => "org.apache.kafka.clients.consumer.RangeAssignor",
            Self::RoundRobin => "org.apache.kafka.clients.consumer.RoundRobinAssignor",
            Self::Sticky => "org.apache.kafka.clients.consumer.StickyAssignor",
            Self::CooperativeSticky => "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
        }
    }

    /// The protocol it needs when it is a member's only one; see [`RebalanceProtocol::of`].
    pub fn rebalance_protocol(self) -> RebalanceProtocol {
        match self {
            Self::Range | Self::RoundRobin | Self::Sticky => RebalanceProtocol::Eager,
            Self::CooperativeSticky => RebalanceProtocol::Cooperative,
        }
    }

    /// What goes into [`Subscription::user_data`]: `generation` and `owned` are those of the member's last assignment,
    /// -1 and nothing before the first.
    pub fn user_data(
        self,
        generation: i32,
        owned: &BTreeSet<TopicPartition>,
    ) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Range | Self::RoundRobin => Ok(None),
            Self::Sticky => sticky_user_data(generation, owned),
            Self::CooperativeSticky => Ok(Some(cooperative_user_data(generation))),
        }
    }

    /// What each member gets of the topics that it subscribes to.
    ///
    /// ```
    /// use mainstem_client::consumer::assignor::{Assignor, Member, Subscription, Topics};
    ///
    /// let subscription = Subscription { topics: ["orders".into()].into(), ..Default::default() };
    /// let members = ["a", "b"].map(|id| Member { id: id.into(), instance_id: None, subscription: subscription.clone() });
    /// let topics = Topics::from([("orders".into(), vec![Default::default(); 4])]);
    /// let plan = Assignor::Range.assign(&members, &topics);
    /// assert_eq!(plan["a"].iter().map(|at| at.partition).collect::<Vec<_>>(), [0, 1]);
    /// assert_eq!(plan["b"].iter().map(|at| at.partition).collect::<Vec<_>>(), [2, 3]);
    /// ```
    pub fn assign(self, members: &[Member], topics: &Topics) -> Plan {
        let mut members: Vec<&Member> = members.iter().collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        members.dedup_by(|a, b| a.id == b.id);
        let topics = subscribed(&members, topics);
        match self {
            Self::Range => range::assign(&members, &topics),
            Self::RoundRobin => round_robin::assign(&members, &topics),
            Self::Sticky => sticky::assign(&members, &topics, Claim::of_sticky, false),
            Self::CooperativeSticky => sticky::assign(&members, &topics, Claim::of_cooperative, true),
        }
    }
}

impl fmt::Display for Assignor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Assignor {
    type Err = UnknownAssignor;

    fn from_str(text: &str) -> Result<Self, UnknownAssignor> {
        let text = text.trim();
        let is_meant = |assignor: &Self| [assignor.name(), assignor.java_class()].contains(&text);
        Self::ALL.into_iter().find(is_meant).ok_or_else(|| UnknownAssignor(text.to_owned()))
    }
}

impl RebalanceProtocol {
    /// The one that a member with these assignors follows: cooperative only if all of them are, since the group may
    /// choose any.
    pub fn of(assignors: &[Assignor]) -> Self {
        let is_cooperative = |assignor: &Assignor| assignor.rebalance_protocol() == Self::Cooperative;
        match !assignors.is_empty() && assignors.iter().all(is_cooperative) {
            true => Self::Cooperative,
            false => Self::Eager,
        }
    }
}

impl Member {
    /// Reads a member from the leader's answer to JoinGroup.
    pub fn decode(
        id: impl Into<Arc<str>>,
        instance_id: Option<String>,
        metadata: impl Into<Bytes>,
    ) -> Result<Self, Error> {
        let id = id.into();
        let subscription = Subscription::decode(&id, metadata)?;
        Ok(Self { id, instance_id, subscription })
    }

    fn subscribes_to(&self, topic: &str) -> bool {
        self.subscription.topics.contains(topic)
    }

    fn rack(&self) -> Option<&str> {
        self.subscription.rack.as_deref().filter(|rack| !rack.is_empty())
    }

    /// Static members come first and by instance id, so that a restart, which changes the member id, moves nothing.
    fn place(&self) -> (bool, Option<&str>, &str) {
        (self.instance_id.is_none(), self.instance_id.as_deref(), &self.id)
    }
}

/// The partitions of all topics that `metadata` knows.
pub fn topics_of(metadata: &Metadata) -> Topics {
    let rack_by_node: BTreeMap<_, Arc<str>> = metadata
        .brokers
        .values()
        .filter_map(|broker| Some((broker.id, broker.rack.as_deref()?.into())))
        .collect();
    let racks = |partition: &crate::Partition| {
        partition.replicas.iter().filter_map(|node| rack_by_node.get(node).cloned()).collect()
    };
    let topics = metadata.topics.values();
    topics.map(|topic| (topic.name.clone(), topic.partitions.iter().map(racks).collect())).collect()
}

/// The topics that somebody subscribes to and that have partitions.
type Subscribed<'a> = BTreeMap<&'a Arc<str>, &'a [Racks]>;

fn subscribed<'a>(members: &[&'a Member], topics: &'a Topics) -> Subscribed<'a> {
    let names: BTreeSet<&Arc<str>> = members.iter().flat_map(|member| &member.subscription.topics).collect();
    let known = names.into_iter().filter_map(|name| topics.get_key_value(name));
    known.filter(|(_, partitions)| !partitions.is_empty()).map(|(name, all)| (name, all.as_slice())).collect()
}

/// The plan that gives nobody anything.
fn nothing(members: &[&Member]) -> Plan {
    members.iter().map(|member| (member.id.clone(), BTreeSet::new())).collect()
}

/// Partition indexes are Kafka's `int32`.
fn index(partition: usize) -> i32 {
    i32::try_from(partition).expect("a topic has fewer partitions than an int32 counts")
}

/// Whether it is worth looking at racks: some partition that `members` read has not all of the racks, and some member
/// is in one of them.
fn racks_matter<'a>(members: impl Iterator<Item = &'a Member>, partitions: &[&Racks]) -> bool {
    let all: BTreeSet<&str> = partitions.iter().flat_map(|racks| racks.iter().map(AsRef::as_ref)).collect();
    let is_near = members.filter_map(Member::rack).any(|rack| all.contains(rack));
    is_near && partitions.iter().any(|racks| racks.len() < all.len())
}
