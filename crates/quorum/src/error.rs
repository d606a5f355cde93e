//! Why the quorum did not do what it was asked to.
use base::{NodeId, Offset};
use protocol::ErrorCode;
use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The wish itself cannot be fulfilled.
    #[error(transparent)]
    Metadata(#[from] metadata::Error),
    #[error("this node does not lead the metadata quorum")]
    NotLeader { leader: Option<NodeId> },
    /// The metadata moved on between decision and proposal.
    #[error("the last metadata offset is {actual}, not {expected}")]
    Conflict { expected: Offset, actual: Offset },
    /// It may be committed yet; only the log will tell.
    #[error("leadership was lost before the change was known to be committed")]
    Unknown,
    #[error("metadata records do not fit a batch")]
    TooLarge(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the metadata quorum has stopped")]
    Stopped,
    #[error("no leader was elected in time")]
    NoLeader,
    #[error("{} belongs to another voter than this node, which is {this_node}", .dir.display())]
    AnotherVoter { dir: PathBuf, this_node: String },
    #[error(
        "{} is of a quorum of the controllers {voters}; a server here is its own and only controller (format its folders \
         with --standalone)",
        .dir.display()
    )]
    OtherVoters { dir: PathBuf, voters: String },
    #[error("cannot use {}", .path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("metadata log: {0}")]
    Raft(String),
}

impl Error {
    /// What a client sees. No `_` arm, so that a new variant asks for a decision.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Metadata(error) => error.code(),
            Self::NotLeader { .. } | Self::Conflict { .. } | Self::NoLeader => ErrorCode::NOT_CONTROLLER,
            Self::Unknown => ErrorCode::REQUEST_TIMED_OUT,
            Self::TooLarge(_) => ErrorCode::POLICY_VIOLATION,
            Self::Stopped
            | Self::AnotherVoter { .. }
            | Self::OtherVoters { .. }
            | Self::Io { .. }
            | Self::Raft(_) => ErrorCode::UNKNOWN_SERVER_ERROR,
        }
    }
}
