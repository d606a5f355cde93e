//! Sockets: who listens, which thread serves a connection, how bytes become frames and replies become bytes.

mod connection;
mod frames;
mod listener;
mod outbox;
mod shards;

pub(crate) use connection::{ConnectionContext, Reply, Response};
pub(crate) use listener::{Bound, ConnectionLimits};
pub(crate) use shards::Shards;
