//! What the admin asks and orders, of brokers as they are.
mod access;
mod cluster;
mod configs;
mod groups;
mod new_groups;
mod partitions;
mod quotas;
mod topics;
mod transactions;

use crate::environment;
use client::{Admin, Cluster, Error, ErrorCode};
use std::time::{Duration, Instant};

/// `None` after the reason was printed.
async fn admin() -> Option<(Cluster, Admin)> {
    let cluster = environment::cluster().await?;
    let admin = Admin::new(&cluster);
    Some((cluster, admin))
}

/// The code of a refusal.
#[track_caller]
fn refusal<T>(answer: Result<T, Error>) -> ErrorCode {
    match answer {
        Ok(_) => panic!("not refused"),
        Err(error) => error.code().unwrap_or_else(|| panic!("no refusal: {error:?}")),
    }
}

/// What an order does may be seen by a broker only after a while.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    const PATIENCE: Duration = Duration::from_secs(30);
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what}: not seen within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
