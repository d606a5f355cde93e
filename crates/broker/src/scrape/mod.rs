//! What `/metrics` says: Kafka's names as the common JMX exporter rules spell them, and those of kafka_exporter.
//!
//! Everything is computed at the scrape, from counters and from the state itself. A metric of Kafka's that nothing here
//! could give a true value is not written: a board then shows a gap, not a zero that would be believed.
mod cluster;
mod groups;
mod logs;
mod requests;

use crate::{metrics::Totals, state::State};
use std::time::{Duration, Instant};
use telemetry::{Encoder, collect_process};

pub(crate) async fn text(state: &State) -> String {
    let mut encoder = Encoder::default();
    {
        let totals = state.metrics.totals();
        let mut recent = state.metrics.recent.lock();
        let (earlier, elapsed) = recent.base(Instant::now(), &totals);
        let lately = Lately { totals: &totals, earlier, elapsed };
        requests::write(state, &lately, &mut encoder);
        logs::write_flushes(&lately, &mut encoder);
    }
    cluster::write(state, &mut encoder);
    logs::write(state, &mut encoder);
    groups::write(state, &mut encoder).await;
    collect_process(&mut encoder);
    encoder.into_text()
}

/// What was counted, and what of it came long ago.
struct Lately<'a> {
    totals: &'a Totals,
    earlier: &'a Totals,
    /// Since the earlier ones.
    elapsed: Duration,
}
