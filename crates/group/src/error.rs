use super::{Generation, GroupId, InstanceId, MemberId};
use coordinator::Refusal;
use protocol::ErrorCode;
use wire::Text;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the group id is empty")]
    InvalidGroupId,
    #[error("a session timeout of {sent_ms} ms is outside {min_ms} to {max_ms} ms")]
    InvalidSessionTimeout { sent_ms: i32, min_ms: u128, max_ms: u128 },
    #[error("the request contradicts itself: {0}")]
    InvalidRequest(&'static str),
    #[error("the member must join again as `{0}`")]
    MemberIdRequired(MemberId),
    #[error("`{0}` is no member of the group")]
    UnknownMember(MemberId),
    #[error("instance `{0}` has no member in the group")]
    UnknownInstance(InstanceId),
    #[error("instance `{0}` is another member by now")]
    FencedInstance(InstanceId),
    #[error("generation {sent} was sent, the group is at {current}")]
    IllegalGeneration { sent: Generation, current: Generation },
    #[error("the group is between two generations")]
    RebalanceInProgress,
    #[error("the members of the group share no protocol with this one")]
    InconsistentProtocol,
    #[error("the group has its {max_size} members")]
    GroupFull { max_size: usize },
    #[error("there is no group `{0}`")]
    GroupNotFound(GroupId),
    #[error("group `{0}` has members")]
    GroupNotEmpty(GroupId),
    #[error("the group reads topic `{0}`")]
    SubscribedToTopic(Text),
    #[error("an offset's metadata of {length} is longer than {max}")]
    MetadataTooLarge { length: usize, max: usize },
    #[error("an open transaction has committed an offset here")]
    UnstableOffset,
    #[error("the log did not take the change")]
    Refused(#[from] Refusal),
    /// For the shell, while it replays the partition.
    #[error("the coordinator is still loading")]
    Loading,
    /// For the shell, when the partition is led elsewhere.
    #[error("this broker does not coordinate the group")]
    NotCoordinator,
}

impl Error {
    /// What a client sees. No `_` arm, so that a new variant asks for a decision.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidGroupId => ErrorCode::INVALID_GROUP_ID,
            Self::InvalidSessionTimeout { .. } => ErrorCode::INVALID_SESSION_TIMEOUT,
            Self::InvalidRequest(_) => ErrorCode::INVALID_REQUEST,
            Self::MemberIdRequired(_) => ErrorCode::MEMBER_ID_REQUIRED,
            Self::UnknownMember(_) | Self::UnknownInstance(_) => ErrorCode::UNKNOWN_MEMBER_ID,
            Self::FencedInstance(_) => ErrorCode::FENCED_INSTANCE_ID,
            Self::IllegalGeneration { .. } => ErrorCode::ILLEGAL_GENERATION,
            Self::RebalanceInProgress => ErrorCode::REBALANCE_IN_PROGRESS,
            Self::InconsistentProtocol => ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
            Self::GroupFull { .. } => ErrorCode::GROUP_MAX_SIZE_REACHED,
            Self::GroupNotFound(_) => ErrorCode::GROUP_ID_NOT_FOUND,
            Self::GroupNotEmpty(_) => ErrorCode::NON_EMPTY_GROUP,
            Self::SubscribedToTopic(_) => ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC,
            Self::MetadataTooLarge { .. } => ErrorCode::OFFSET_METADATA_TOO_LARGE,
            Self::UnstableOffset => ErrorCode::UNSTABLE_OFFSET_COMMIT,
            Self::Refused(refusal) => match refusal {
                Refusal::NotLeader | Refusal::Storage => ErrorCode::NOT_COORDINATOR,
                Refusal::NotEnoughReplicas | Refusal::CommitTimeout => ErrorCode::COORDINATOR_NOT_AVAILABLE,
                Refusal::TooLarge => ErrorCode::UNKNOWN_SERVER_ERROR,
            },
            Self::Loading => ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
            Self::NotCoordinator => ErrorCode::NOT_COORDINATOR,
        }
    }
}
