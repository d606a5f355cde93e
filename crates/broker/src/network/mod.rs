//! Sockets: who listens, which thread serves a connection, how bytes become frames and replies become bytes.

mod connection;
mod frames;
mod limits;
mod listener;
mod memory;
mod outbox;
mod rate;
mod shards;

pub(crate) use connection::{ConnectionContext, Reply, Response};
pub(crate) use frames::ReadBuffer;
pub(crate) use limits::{ConnectionLimits, Limits};
pub(crate) use listener::{Bound, SocketOptions};
pub(crate) use memory::RequestMemory;
pub(crate) use shards::Shards;
