//! The group coordinator: who is in a consumer group, who does what, and how far each partition was read.
//!
//! A [`Shard`] is the core of one partition of `__consumer_offsets` (see [`coordinator`] for the contract and the
//! shell that drives it). Requests and replies are domain types, one [`Operation`] per thing a client can ask.
//!
//! # Model
//!
//! A group has committed offsets and members. Offsets are changed by replaying records only. Members of a classic
//! group meet in rounds: all join, the broker picks a protocol and a leader, the leader decides who does what, and
//! everyone learns its part by sync. What the log keeps of that is the outcome of a round ([`records`]); a round
//! under way, its waiting joins and syncs, and every timer are in memory and start over on another broker.
//!
//! ```text
//!          join                  all joined, or time is up            leader's sync is in the log
//!  Empty ───────► PreparingRebalance ───────► CompletingRebalance ───────► Stable
//!    ▲ nobody left        ▲   │                       │ join, leave, silence  │
//!    └────────────────────┼───┘                       │                       │
//!                         └───────────────────────────┴───────────────────────┘
//! ```
//!
//! # Invariants
//!
//! - A member in a stable group has the assignment that the last group record in the log gives it.
//! - A join or sync that waits is answered: by the end of its round, by a newer request of the same member, when
//!   the member is removed, or when the round is abandoned.
//! - Every member of a group with members supports at least one protocol that all support.
//! - Silence is judged by a tick that is on time. After a late one, as when the process was stopped, nothing is
//!   judged for a second: what members sent meanwhile comes first.
//! - Equal histories give equal actions: members are kept in order, and nothing here draws random numbers. The
//!   random part of a member id comes with the request.
//! - A client decides neither what this panics on nor how much it allocates.
//!
//! # Deliberately absent
//!
//! A record for a group that has only begun to form: Kafka writes an empty one so that its snapshots know the
//! group. Here such a group vanishes with its last pending member. Groups of the KIP-848 kind, share groups and
//! streams groups are not here yet; their records are reported and skipped.
//!
//! Sources: KIP-62, KIP-134 (initial delay), KIP-211 (expiry of offsets), KIP-345 and KIP-814 (static members),
//! KIP-389 (size limit), KIP-394 (member id first), KIP-447 (stable offsets), KIP-496 (deletion of offsets),
//! KIP-518 and KIP-848 (list filters), KIP-559 (protocol in sync), KIP-800 (reasons).
#![forbid(unsafe_code)]

mod classic;
mod config;
mod error;
mod expiry;
mod groups;
mod ids;
mod offsets;
mod operations;
mod partition;
pub mod records;
mod shard;
mod subscription;
#[cfg(test)]
mod tests;
mod timers;
mod turn;

pub use classic::State;
pub use config::GroupConfig;
pub use error::Error;
pub use ids::{Generation, GroupId, InstanceId, MemberId};
pub use operations::*;
pub use partition::partition_for;
pub use shard::Shard;
pub use turn::Notice;
