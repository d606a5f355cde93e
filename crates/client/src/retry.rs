use crate::{Backoff, Config, Error};
use std::time::{Duration, Instant};

/// One call's patience: counts its failures and says whether another attempt is worth it.
#[derive(Debug)]
pub(crate) struct Retry {
    backoff: Backoff,
    started: Instant,
    patience: Duration,
    failures: u32,
}

impl Retry {
    pub(crate) fn new(config: &Config) -> Self {
        Self::within(config, config.api_timeout)
    }

    pub(crate) fn within(config: &Config, patience: Duration) -> Self {
        Self { backoff: config.backoff, started: Instant::now(), patience, failures: 0 }
    }

    /// How long an attempt may take that begins now.
    pub(crate) fn remaining(&self) -> Duration {
        self.patience.saturating_sub(self.started.elapsed())
    }

    /// Sleeps before the next attempt, or returns the error when it is final or time is up.
    pub(crate) async fn after(&mut self, error: Error) -> Result<(), Error> {
        if !error.is_retriable() {
            return Err(error);
        }
        self.failures += 1;
        let wait = self.backoff.wait(self.failures, rand::random());
        if self.started.elapsed() + wait >= self.patience {
            return Err(match self.failures {
                1 => error,
                _ => Error::GaveUp { after: self.started.elapsed(), last: Box::new(error) },
            });
        }
        tracing::debug!(%error, ?wait, "will try again");
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// Ends with an error when it takes longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    what: &str,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let late = |_| Err(Error::Awaited { what: what.to_owned() });
    tokio::time::timeout(limit, doing).await.unwrap_or_else(late)
}
