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
        if wait < self.remaining() {
            tracing::debug!(%error, ?wait, "will try again");
            tokio::time::sleep(wait).await;
            // An attempt that has no time left would only hide why the last one failed.
            if !self.remaining().is_zero() {
                return Ok(());
            }
        }
        Err(match self.failures {
            1 => error,
            _ => Error::GaveUp { after: self.started.elapsed(), last: Box::new(error) },
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_tried_when_the_wait_took_all_the_time() {
        let wait = Duration::from_millis(1);
        let config = Config { backoff: Backoff { initial: wait, max: wait }, ..Config::new(Vec::new()) };
        let mut retry = Retry::within(&config, 5 * wait);
        let failed = Error::Awaited { what: "an answer".to_owned() };
        // The thread is away for longer than the call may last.
        let away = async || std::thread::sleep(10 * wait);
        let (next, ()) = tokio::join!(retry.after(failed), away());
        assert!(matches!(next, Err(Error::Awaited { .. })), "{next:?}");
    }
}
