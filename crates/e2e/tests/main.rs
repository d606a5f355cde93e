//! Behaviours of the broker as a client sees them; see the crate's documentation.
#![allow(clippy::unwrap_used)]

mod admin;
mod bad_input;
mod configs;
mod connection;
mod fetch;
mod full_disk;
mod group_offsets;
mod groups;
mod log;
mod metadata;
mod metrics;
mod offsets;
mod produce;
mod restart;
mod sessions;
mod settings;
