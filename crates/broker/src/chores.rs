//! What is done by the clock: retention, checkpoints, and the upkeep of logs.
use crate::state::State;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// Time between two looks for what is due by time in the logs.
const UPKEEP: Duration = Duration::from_secs(1);

/// Runs until the runtime ends.
pub(crate) fn spawn(state: &Arc<State>) {
    let log = &state.config.log;
    every(state, UPKEEP, |state| state.storage.maintain(state.now_ms()));
    every(state, log.log_retention_check_interval_ms, |state| {
        let removed = state.storage.apply_retention(state.now_ms());
        if removed > 0 {
            tracing::info!(segments = removed, "retention removed segments");
        }
    });
    every(state, log.replica_high_watermark_checkpoint_interval_ms, |state| {
        report("high watermarks", state.storage.checkpoint_high_watermarks());
    });
    every(state, log.log_flush_offset_checkpoint_interval_ms, |state| {
        report("recovery points", state.storage.checkpoint_recovery_points());
    });
    every(state, log.log_flush_start_offset_checkpoint_interval_ms, |state| {
        report("log start offsets", state.storage.checkpoint_log_start_offsets());
    });
}

/// Does `chore` again and again, where it may block, and never twice at a time.
fn every(state: &Arc<State>, period: Duration, chore: fn(&State)) {
    if period.is_zero() {
        return;
    }
    let state = state.clone();
    tokio::spawn(async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let state = state.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || chore(&state)).await {
                tracing::error!(%error, "a chore failed");
            }
        }
    });
}

fn report(what: &str, written: Result<(), storage::Error>) {
    if let Err(error) = written {
        tracing::warn!(error = &error as &dyn std::error::Error, "the checkpoint of {what} was not written");
    }
}
