//! Behaviours of the broker as a client sees them; see the crate's documentation.
#![allow(clippy::unwrap_used)]

mod connection;
mod fetch;
mod offsets;
mod produce;
mod sessions;
