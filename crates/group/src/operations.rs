//! What a client can ask of a group coordinator, and what it is told.
//!
//! Each operation is a struct; [`Operation`] ties it to the type of its reply. Versions of the wire show here only
//! as what they mean: a flag, or an `Option` that old versions leave empty.

use super::{Error, Generation, GroupId, InstanceId, MemberId, State};
use base::{LeaderEpoch, Offset, TopicId};
use bytes::Bytes;
use coordinator::Producer;
use uuid::Uuid;
use wire::Text;

/// One kind of request and its reply.
pub trait Operation: Into<Request> {
    type Reply;

    /// # Panics
    /// If the reply belongs to another operation.
    fn expect(reply: Reply) -> Self::Reply;
}

macro_rules! operations {
    ($($request:ident => $reply:ty),* $(,)?) => {
        /// What a shard can be asked.
        #[derive(Clone, Debug)]
        pub enum Request {
            $($request($request),)*
        }

        /// What it replies, under the name of the request.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Reply {
            $($request($reply),)*
        }

        $(
            impl From<$request> for Request {
                fn from(request: $request) -> Self {
                    Self::$request(request)
                }
            }

            impl Operation for $request {
                type Reply = $reply;

                fn expect(reply: Reply) -> $reply {
                    match reply {
                        Reply::$request(reply) => reply,
                        other => panic!("{} was answered with {other:?}", stringify!($request)),
                    }
                }
            }
        )*
    };
}

operations! {
    Join => Joined,
    Sync => Synced,
    Heartbeat => (),
    Leave => Vec<Left>,
    Commit => Vec<TopicResult>,
    FetchOffsets => Vec<FetchedTopic>,
    DeleteOffsets => Vec<TopicResult>,
    DeleteGroup => (),
    Describe => Description,
    List => Vec<Listed>,
    ForgetTopics => (),
}

/// JoinGroup: waits until the round ends.
///
/// An error is answered with the member id of the request, except that [`Error::MemberIdRequired`] brings a new one.
#[derive(Clone, Debug, Default)]
pub struct Join {
    pub group_id: GroupId,
    /// `None` for a member that has no id yet.
    pub member_id: Option<MemberId>,
    pub instance_id: Option<InstanceId>,
    pub client_id: Text,
    pub client_host: Text,
    pub session_timeout_ms: i32,
    /// Negative where the client has none (v0): the session timeout stands in.
    pub rebalance_timeout_ms: i32,
    pub protocol_type: Text,
    /// Most preferred first.
    pub protocols: Vec<Protocol>,
    /// Why the client joins (KIP-800), for logs.
    pub reason: Option<Text>,
    /// A dynamic member must come back with the id it is given (v4, KIP-394).
    pub requires_known_member: bool,
    /// The client understands [`Joined::skip_assignment`] (v9, KIP-814).
    pub can_skip_assignment: bool,
    /// The random part of a new member's id.
    pub uuid: Uuid,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    pub name: Text,
    pub metadata: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    pub generation: Generation,
    pub protocol_type: Option<Text>,
    pub protocol: Option<Text>,
    pub leader: MemberId,
    pub member_id: MemberId,
    /// The leader must not compute a new assignment.
    pub skip_assignment: bool,
    /// For the leader only.
    pub members: Vec<JoinedMember>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedMember {
    pub member_id: MemberId,
    pub instance_id: Option<InstanceId>,
    pub metadata: Bytes,
}

/// SyncGroup: the leader hands in the assignment, the others wait for theirs.
#[derive(Clone, Debug, Default)]
pub struct Sync {
    pub group_id: GroupId,
    pub member_id: MemberId,
    pub instance_id: Option<InstanceId>,
    pub generation: Generation,
    /// Checked where given (v5).
    pub protocol_type: Option<Text>,
    pub protocol: Option<Text>,
    /// From the leader.
    pub assignments: Vec<(MemberId, Bytes)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    pub protocol_type: Option<Text>,
    pub protocol: Option<Text>,
    pub assignment: Bytes,
}

/// Heartbeat. While the shard loads, the answer is a plain success: nothing is known against the member.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat {
    pub group_id: GroupId,
    pub member_id: MemberId,
    pub instance_id: Option<InstanceId>,
    pub generation: Generation,
}

/// LeaveGroup. Before v3 it is one member without an instance id, whose result is the request's.
#[derive(Clone, Debug, Default)]
pub struct Leave {
    pub group_id: GroupId,
    pub members: Vec<Leaving>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// `None` when an administrator removes a static member by its instance id.
    pub member_id: Option<MemberId>,
    pub instance_id: Option<InstanceId>,
    pub reason: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub member_id: Option<MemberId>,
    pub instance_id: Option<InstanceId>,
    pub result: Result<(), Error>,
}

/// OffsetCommit and TxnOffsetCommit, for topics that exist and that the client may read.
///
/// For a group that does not exist, [`Error::GroupNotFound`] is ILLEGAL_GENERATION to clients before v9 of
/// OffsetCommit and v5 of TxnOffsetCommit.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    pub group_id: GroupId,
    /// `None` for a consumer that assigns partitions to itself.
    pub member_id: Option<MemberId>,
    pub instance_id: Option<InstanceId>,
    /// Negative for a consumer that assigns partitions to itself.
    pub generation: Generation,
    /// How long to keep the offsets, where the client says so (v2-v4).
    pub retention_ms: Option<i64>,
    /// Set for TxnOffsetCommit: the offsets count once this producer's transaction is committed.
    pub producer: Option<Producer>,
    pub topics: Vec<CommitTopic>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitTopic {
    pub name: Text,
    pub id: TopicId,
    pub partitions: Vec<CommitPartition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitPartition {
    pub partition: i32,
    pub offset: Offset,
    pub leader_epoch: Option<LeaderEpoch>,
    pub metadata: Option<Text>,
}

/// Results for the partitions of one topic, in the order of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicResult {
    pub name: Text,
    pub id: TopicId,
    pub partitions: Vec<(i32, Result<(), Error>)>,
}

/// OffsetFetch, for one group.
///
/// Consumers before 3.9 do not expect COORDINATOR_NOT_AVAILABLE here; they understand NOT_COORDINATOR.
#[derive(Clone, Debug, Default)]
pub struct FetchOffsets {
    pub group_id: GroupId,
    /// Who asks (v9). A classic group does not look at it.
    pub member_id: Option<MemberId>,
    pub member_epoch: i32,
    /// `None` asks for every topic.
    pub topics: Option<Vec<FetchTopic>>,
    /// Refuse an offset that an open transaction may replace (v7, KIP-447).
    pub require_stable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchTopic {
    pub name: Text,
    /// [`TopicId::NONE`] where the client does not know it.
    pub id: TopicId,
    pub partitions: Vec<i32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedTopic {
    pub name: Text,
    pub id: TopicId,
    pub partitions: Vec<FetchedPartition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedPartition {
    pub partition: i32,
    /// `None` where nothing is committed: -1 on the wire, without an error.
    pub offset: Result<Option<CommittedOffset>, Error>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedOffset {
    pub offset: Offset,
    pub leader_epoch: Option<LeaderEpoch>,
    pub metadata: Text,
}

/// OffsetDelete (KIP-496).
#[derive(Clone, Debug, Default)]
pub struct DeleteOffsets {
    pub group_id: GroupId,
    pub topics: Vec<(Text, Vec<i32>)>,
}

/// DeleteGroups, for one group.
#[derive(Clone, Debug, Default)]
pub struct DeleteGroup {
    pub group_id: GroupId,
}

/// DescribeGroups, for one group. [`Error::GroupNotFound`] is a `Dead` group without an error before v6.
#[derive(Clone, Debug, Default)]
pub struct Describe {
    pub group_id: GroupId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub state: State,
    /// Empty where the group never had members.
    pub protocol_type: Text,
    /// Empty unless the group is stable.
    pub protocol: Text,
    pub members: Vec<DescribedMember>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedMember {
    pub member_id: MemberId,
    pub instance_id: Option<InstanceId>,
    pub client_id: Text,
    pub client_host: Text,
    /// Empty unless the group is stable.
    pub metadata: Bytes,
    pub assignment: Bytes,
}

/// ListGroups, for the groups of one shard.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// In any case; empty means all (KIP-518).
    pub states: Vec<Text>,
    /// In any case; empty means all (KIP-848).
    pub types: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub group_id: GroupId,
    pub protocol_type: Text,
    pub state: State,
    /// `classic`.
    pub group_type: &'static str,
}

/// Topics were deleted: their offsets go in the background.
#[derive(Clone, Debug, Default)]
pub struct ForgetTopics {
    pub topics: Vec<(Text, TopicId)>,
}
