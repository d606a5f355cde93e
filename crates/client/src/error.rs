use crate::InvalidAddress;
use protocol::{ApiKey, ErrorCode};
use std::{io, ops::RangeInclusive, sync::Arc, time::Duration};
use wire::{DecodeError, EncodeError};

/// Why a call failed. Cloneable, because all records of a batch share its fate.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    #[error("cannot connect to {address}")]
    Connect { address: Arc<str>, source: Arc<io::Error> },
    #[error("{address} did not answer within {after:?}")]
    ConnectTimeout { address: Arc<str>, after: Duration },
    #[error("{address} closed the connection")]
    Disconnected { address: Arc<str> },
    #[error("lost the connection to {address}")]
    ConnectionLost { address: Arc<str>, source: Arc<io::Error> },
    #[error("{address} did not answer {api:?} within {after:?}")]
    RequestTimeout { address: Arc<str>, api: ApiKey, after: Duration },
    #[error("{address} has {api:?} in versions {theirs:?}, this client in {ours:?}")]
    UnsupportedVersion {
        address: Arc<str>,
        api: ApiKey,
        ours: RangeInclusive<i16>,
        theirs: RangeInclusive<i16>,
    },
    #[error("{address} does not have {api:?}")]
    UnsupportedApi { address: Arc<str>, api: ApiKey },
    #[error("{address} sent a frame of {length} bytes, at most {limit} are accepted; is it a Kafka port?")]
    FrameLength { address: Arc<str>, length: i64, limit: usize },
    #[error("{address} answered request {received} while {expected:?} was next")]
    OutOfStep { address: Arc<str>, expected: Option<i32>, received: i32 },
    #[error("cannot read the {api:?} answer of {address}")]
    Malformed { address: Arc<str>, api: ApiKey, source: Arc<DecodeError> },
    #[error("cannot write a {api:?} request")]
    Encode { api: ApiKey, source: Arc<EncodeError> },
    #[error("cannot read the records of {partition} at offset {offset}: {reason}")]
    Records { partition: String, offset: i64, reason: String },
    /// The broker said no. `subject` is what it said it about.
    #[error("{subject}: {} ({code})", message.as_deref().unwrap_or(code.message()))]
    Refused { subject: String, code: ErrorCode, message: Option<String> },
    #[error("{subject} has no leader")]
    NoLeader { subject: String },
    #[error("broker {0} is not among the brokers that the cluster names")]
    UnknownBroker(base::NodeId),
    #[error("no bootstrap address is given; set `bootstrap.servers`")]
    NoBootstrap,
    #[error("still waiting for {what}")]
    Awaited { what: String },
    #[error("topic `{0}` does not exist")]
    UnknownTopic(String),
    #[error("topic `{topic}` has partitions 0 to {}, not {partition}", .partitions.saturating_sub(1))]
    UnknownPartition { topic: String, partition: i32, partitions: usize },
    #[error("offset {offset} of {partition} is outside {earliest} to {latest}")]
    OffsetOutOfRange { partition: String, offset: i64, earliest: i64, latest: i64 },
    #[error("{partition} is not assigned to this consumer; assign it first")]
    NotAssigned { partition: String },
    /// What was read behind the common part is no longer in the log (KIP-320). `divergent` is where that part ends, if it
    /// could be found.
    #[error(
        "the log of {partition} was cut below offset {offset}{}; seek to where reading shall go on",
        divergent.map(|at| format!(", and is another from {at} on")).unwrap_or_default()
    )]
    LogTruncated { partition: String, offset: i64, divergent: Option<i64> },
    #[error("gave up after {after:.1?}")]
    GaveUp {
        after: Duration,
        #[source]
        last: Box<Error>,
    },
    #[error("a record of {partition} was not delivered within {after:?}")]
    DeliveryTimeout {
        partition: String,
        after: Duration,
        #[source]
        last: Option<Box<Error>>,
    },
    #[error("a record of {size} bytes is larger than the limit of {limit}")]
    RecordTooLarge { size: usize, limit: usize },
    #[error("the producer is closed")]
    Closed,
    #[error(transparent)]
    Tls(#[from] crate::tls::Error),
    #[error(transparent)]
    Sasl(#[from] crate::sasl::Error),
    #[error("{records} records of the last poll are not acknowledged")]
    Unacknowledged { records: usize },
    #[error("offset {offset} of {partition} is not held by this consumer, or was acknowledged before")]
    NotAcquired { partition: String, offset: i64 },
    /// Its locks are gone with it, and others may get the records.
    #[error("the share session in which the records were acquired has ended")]
    ShareSessionLost,
    #[error("the consumer has no group; set `group.id`")]
    NoGroup,
    #[error("a consumer has subscribed or was given partitions, not both; unsubscribe or unassign first")]
    SubscribedAndAssigned,
    #[error("the pattern `{pattern}` cannot be used: {reason}")]
    Pattern { pattern: String, reason: String },
    #[error(
        "the group has committed no offset of {partition}, and `auto.offset.reset` names no place to begin; seek to one"
    )]
    NoOffset { partition: String },
    /// A member of a group and its coordinator, or its other members, do not understand each other.
    #[error("group `{group}`: {reason}")]
    Group { group: String, reason: String },
    #[error("no transaction is open: records of a producer with a transactional id are sent within one")]
    NotInTransaction,
    /// Nothing of the transaction will be seen. The producer can begin another.
    #[error("the transaction is aborted")]
    TransactionAborted {
        #[source]
        cause: Option<Box<Error>>,
    },
    /// The outcome is not known yet; [`crate::producer::TransactionalProducer::begin`] waits for it.
    #[error("the coordinator has not confirmed the end of the transaction within {after:?}")]
    TransactionUnconfirmed { after: Duration },
    #[error(
        "another producer with the transactional id `{transactional_id}` took over, or its transaction timed out"
    )]
    ProducerFenced { transactional_id: String },
    #[error("the producer with the transactional id `{transactional_id}` cannot go on; make a new one")]
    ProducerFailed {
        transactional_id: String,
        #[source]
        cause: Box<Error>,
    },
}

impl Error {
    pub(crate) fn refused(subject: impl Into<String>, code: i16, message: Option<&str>) -> Self {
        let message = message.filter(|text| !text.is_empty()).map(str::to_owned);
        Self::Refused { subject: subject.into(), code: ErrorCode(code), message }
    }

    /// The broker's code, where the broker is what failed the call.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            Self::UnknownTopic(_) => Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            Self::Sasl(error) => error.code(),
            Self::GaveUp { last, .. } => last.code(),
            Self::DeliveryTimeout { last, .. } => last.as_ref().and_then(|last| last.code()),
            Self::TransactionAborted { cause } => cause.as_ref().and_then(|cause| cause.code()),
            Self::ProducerFenced { .. } => Some(ErrorCode::PRODUCER_FENCED),
            Self::ProducerFailed { cause, .. } => cause.code(),
            _ => None,
        }
    }

    /// Whether a broker could not be reached or heard.
    pub fn is_connection(&self) -> bool {
        match self {
            Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::Disconnected { .. }
            | Self::ConnectionLost { .. } => true,
            Self::GaveUp { last, .. } => last.is_connection(),
            Self::DeliveryTimeout { last, .. } => last.as_ref().is_some_and(|last| last.is_connection()),
            _ => false,
        }
    }

    /// Whether the two sides do not accept each other: by certificate, by credentials, or in how to ask for them.
    pub fn is_authentication(&self) -> bool {
        match self {
            Self::Tls(_) | Self::Sasl(_) => true,
            Self::GaveUp { last, .. } => last.is_authentication(),
            Self::DeliveryTimeout { last, .. } => last.as_ref().is_some_and(|last| last.is_authentication()),
            _ => false,
        }
    }

    pub fn is_timeout(&self) -> bool {
        match self {
            Self::RequestTimeout { .. }
            | Self::GaveUp { .. }
            | Self::DeliveryTimeout { .. }
            | Self::TransactionUnconfirmed { .. } => true,
            Self::Refused { code, .. } => *code == ErrorCode::REQUEST_TIMED_OUT,
            _ => false,
        }
    }

    /// Whether the same call may succeed later without anyone changing it.
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::Disconnected { .. }
            | Self::ConnectionLost { .. }
            | Self::RequestTimeout { .. }
            | Self::NoLeader { .. }
            | Self::UnknownBroker(_)
            | Self::Awaited { .. } => true,
            // The cluster handle starts over from the bootstrap addresses.
            Self::Refused { code, .. } => code.retriable() || *code == ErrorCode::REBOOTSTRAP_REQUIRED,
            Self::Sasl(error) => error.is_retriable(),
            Self::Tls(_)
            | Self::Address(_)
            | Self::UnsupportedVersion { .. }
            | Self::UnsupportedApi { .. }
            | Self::FrameLength { .. }
            | Self::OutOfStep { .. }
            | Self::Malformed { .. }
            | Self::Encode { .. }
            | Self::Records { .. }
            | Self::NoBootstrap
            | Self::UnknownTopic(_)
            | Self::UnknownPartition { .. }
            | Self::OffsetOutOfRange { .. }
            | Self::NotAssigned { .. }
            | Self::LogTruncated { .. }
            | Self::GaveUp { .. }
            | Self::DeliveryTimeout { .. }
            | Self::RecordTooLarge { .. }
            | Self::Closed
            | Self::Unacknowledged { .. }
            | Self::NotAcquired { .. }
            | Self::ShareSessionLost
            | Self::NoGroup
            | Self::SubscribedAndAssigned
            | Self::Pattern { .. }
            | Self::NoOffset { .. }
            | Self::Group { .. }
            | Self::NotInTransaction
            | Self::TransactionAborted { .. }
            | Self::TransactionUnconfirmed { .. }
            | Self::ProducerFenced { .. }
            | Self::ProducerFailed { .. } => false,
        }
    }

    /// Whether what was known of the partition's leader is likely stale.
    pub(crate) fn asks_for_metadata(&self) -> bool {
        match self {
            Self::Refused { code, .. } => matches!(
                *code,
                ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                    | ErrorCode::LEADER_NOT_AVAILABLE
                    | ErrorCode::NOT_LEADER_OR_FOLLOWER
                    | ErrorCode::REPLICA_NOT_AVAILABLE
                    | ErrorCode::FENCED_LEADER_EPOCH
                    | ErrorCode::UNKNOWN_LEADER_EPOCH
                    | ErrorCode::KAFKA_STORAGE_ERROR
                    | ErrorCode::LISTENER_NOT_FOUND
                    | ErrorCode::UNKNOWN_TOPIC_ID
                    | ErrorCode::INCONSISTENT_TOPIC_ID
            ),
            Self::NoLeader { .. } | Self::UnknownBroker(_) => true,
            other => other.is_connection() || matches!(other, Self::RequestTimeout { .. }),
        }
    }
}

/// The error and its causes in one line, outermost first.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
