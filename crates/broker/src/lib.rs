//! The broker: everything that a Kafka client can ask, on top of the cores.
//!
//! ```text
//!  socket ─► network ─► dispatch ─► handlers/<api> ─┬─► partition ─► storage           (records)
//!            frames,     table of    one file        ├─► groups ─► coordinator, group   (who reads what)
//!            order       specs       per API         └─► state.decide ─► quorum         (metadata)
//!                                                          follow ◄── committed images ──┘
//! ```
//!
//! A connection lives on one shard, a thread with a runtime of its own; what crosses shards is either immutable
//! (the topic table, the metadata image) or short and locked (one partition's append, one group shard's step).
//! Metadata, group timers, retention and the admin port live on the runtime that [`Broker::start`] is called on.
//!
//! Invariants:
//! - What ApiVersions advertises is what [`dispatch`] serves.
//! - Replies leave a connection in the order of its requests.
//! - Record bytes are sliced out of the request and written to the log, and read from the log and sliced into
//!   the reply; they are decoded or copied only where a topic's settings ask for it.
//! - A topic is answered as created when it can be used here.
//!
//! Deliberately absent: anything about more than one replica (`replication` comes with it), authentication and
//! authorisation, transactions.
#![forbid(unsafe_code)]

mod admin;
mod authorized_operations;
mod broker;
mod chores;
mod config_changes;
mod config_view;
mod dispatch;
mod dynamic;
mod error_codes;
mod features;
mod fetch_sessions;
mod follow;
mod groups;
mod handlers;
mod log_levels;
mod metrics;
mod network;
mod partition;
mod producer_ids;
mod scrape;
mod state;
mod topic_creation;
mod topics;
mod validation;
mod waiters;

pub use broker::{Broker, Failed, StartError};
