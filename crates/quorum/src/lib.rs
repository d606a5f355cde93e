//! The replicated log of metadata, and the one way to change it.
//!
//! ```text
//!  decide ──▶ controller actor ──▶ raft ──▶ log (__cluster_metadata-0) ──▶ apply ──▶ image ──▶ whoever watches
//!             speculative image             flushed before it counts         and every so often a snapshot
//! ```
//!
//! openraft decides who leads and what is committed. This crate gives it a log and snapshots in Kafka's own formats, applies
//! what is committed to a [`MetadataImage`](metadata::MetadataImage), and runs the controller: an actor that, while this
//! node leads, takes wishes, decides each against the image that the earlier ones will leave behind, proposes all their
//! records as one batch, and answers when it is committed. A single node is a quorum of one on the same path.
//!
//! A Raft entry is one record batch. Entries that carry no metadata are the control batches that Kafka knows: a blank entry of
//! a new leader is a leader change, a membership is a voters record. Every entry takes at least one offset, so an
//! entry's offset follows from the log alone; the snapshot remembers the index that belongs to its end offset.
//!
//! Invariants: what was answered survives kill -9; images only move forward; nothing but the controller of the
//! current term proposes, which openraft checks again when it appends (so an entry in the log always fits).
//!
//! Absent: a network. With one voter there is nobody to talk to; the client that would do it refuses.
//! Sources: KIP-595, KIP-630, KIP-631, KIP-853, and openraft's guide to its storage traits.
#![forbid(unsafe_code)]

pub mod bootstrap;
mod controller;
mod disk;
mod entry;
mod error;
mod import;
mod log_store;
mod network;
mod node;
mod quorum_state;
mod raft_types;
mod segments;
mod snapshot;
mod state_machine;
#[cfg(test)]
mod tests;
mod writer;

pub use controller::Committed;
pub use error::Error;
pub use node::{Adopt, ImageChanges, ImageUpdate, Quorum, QuorumConfig, QuorumDescription, ReplicaState};
pub use raft_types::{VoterEndpoint, VoterKey};
