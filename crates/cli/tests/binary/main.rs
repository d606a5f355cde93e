//! The binary as its users meet it: started as a process, spoken to over its ports and its command line.
//!
//! Each test starts its own server on ports that the system chooses, with its data in a temporary folder.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod consume;
mod crash;
mod dev;
mod fake;
mod groups;
mod node;
mod operations;
mod readme;
mod server;
mod shown;
mod terminal;
mod topics;
