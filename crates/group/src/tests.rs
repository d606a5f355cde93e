//! Scripts played against a shard, its driver and a log in memory. A case is a line; see [`player`].

mod deletion;
mod expiry;
mod failures;
mod join;
mod offsets;
mod player;
mod random;
mod records;
mod static_members;
mod sync;
