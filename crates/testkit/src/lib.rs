//! What tests of a whole broker need: a broker in this process, and a connection that says exactly what it is told.
//!
//! A test starts a [`TestBroker`] on a folder and ports of its own, [connects](TestBroker::connect), and talks
//! through a [`Wire`] in any version, in order or not, in frames or in bytes that are none. Nothing here knows what
//! is right: that is for the tests. No test sleeps; [`eventually`] looks again until a deadline.
//!
//! Deliberately absent: a client (crate `client`), clusters of several nodes, processes that are killed (the tests
//! of the command line do that with the binary).
#![forbid(unsafe_code)]
// Whatever goes wrong here is the failure of a test, and a panic says where.
#![allow(clippy::unwrap_used)]

mod batches;
mod connection;
mod node;
mod requests;
mod shortcuts;

pub use batches::{batch, batch_of, filled, now_ms, tampered, values_in};
pub use connection::{PATIENCE, Wire, frame};
pub use node::TestBroker;
pub use requests::{commit_request, fetch_request, produce_request, text};

use std::time::{Duration, Instant};

/// Looks until `look` sees what it waits for.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "never seen: {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
