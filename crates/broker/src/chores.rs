//! What is done by the clock: retention, checkpoints, and the upkeep of logs.
use crate::state::State;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Time between two looks for what is due by time in the logs.
const UPKEEP: Duration = Duration::from_secs(1);

/// Longer than any server runs.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Runs until the runtime ends.
pub(crate) fn spawn(state: &Arc<State>) {
    let log = &state.config.log;
    let delay = log.log_initial_task_delay_ms;
    every(state, UPKEEP, UPKEEP, |state| state.storage.maintain(state.now_ms()));
    every(state, delay, log.log_retention_check_interval_ms, |state| {
        let removed = state.storage.apply_retention(state.now_ms());
        if removed > 0 {
            tracing::info!(segments = removed, "retention removed segments");
        }
    });
    let period = log.replica_high_watermark_checkpoint_interval_ms;
    every(state, period, period, |state| {
        report("high watermarks", state.storage.checkpoint_high_watermarks());
    });
    every(state, delay, log.log_flush_offset_checkpoint_interval_ms, |state| {
        report("recovery points", state.storage.checkpoint_recovery_points());
    });
    every(state, delay, log.log_flush_start_offset_checkpoint_interval_ms, |state| {
        report("log start offsets", state.storage.checkpoint_log_start_offsets());
    });
}

/// Does `chore` after a delay and again after each period, where it may block, and never twice at a time.
fn every(state: &Arc<State>, delay: Duration, period: Duration, chore: fn(&State)) {
    if period.is_zero() {
        return;
    }
    let state = state.clone();
    tokio::spawn(async move {
        let mut ticks = ticks(delay, period);
        loop {
            ticks.tick().await;
            let state = state.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || chore(&state)).await {
                tracing::error!(%error, "a chore failed");
            }
        }
    });
}

fn ticks(delay: Duration, period: Duration) -> Interval {
    // A delay of Kafka's "never" has no instant.
    let first = Instant::now().checked_add(delay).unwrap_or_else(|| Instant::now() + FAR);
    let mut ticks = interval_at(first, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn report(what: &str, written: Result<(), storage::Error>) {
    if let Err(error) = written {
        tracing::warn!(error = &error as &dyn std::error::Error, "the checkpoint of {what} was not written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn chores_begin_after_the_delay() {
        let begun = Instant::now();
        let ms = Duration::from_millis;
        let mut ticks = ticks(ms(20), ms(5));
        assert!(ticks.tick().await - begun >= ms(20));
        assert!(ticks.tick().await - begun >= ms(25));
        let _never = super::ticks(Duration::MAX, ms(1));
    }
}
