//! Decides when to leave the broker that answers what any can.
//!
//! A broker that has lost its controllers goes on answering from an old image. Nobody can tell by one answer; but who
//! asks again before metadata is old missed something in the answer before, and one that has no news for them is doubted,
//! as is one that named a coordinator which is none. In a cluster that is well nobody asks so, and the connection stays.
//! It is left at most once per rest, so that a topic that does not come into being costs little.
//!
//! Not here: clocks, connections, which broker is next.
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub(crate) struct Doubt {
    is_raised: bool,
    last_answer: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Doubt {
    /// Of metadata, whose age is expected to be `max_age` when it is asked for again.
    pub(crate) fn heard(&mut self, now: Instant, is_news: bool, max_age: Duration) {
        let is_early = self.last_answer.is_some_and(|last| now < last + max_age);
        self.is_raised = !is_news && (self.is_raised || is_early);
        self.last_answer = Some(now);
    }

    pub(crate) fn raise(&mut self) {
        self.is_raised = true;
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.is_raised && self.rests_until.is_none_or(|until| until <= now)
    }

    /// Another broker was asked for.
    pub(crate) fn rest(&mut self, until: Instant) {
        self.is_raised = false;
        self.rests_until = Some(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_without_news_for_who_asks_early_is_doubted() {
        const MAX_AGE: Duration = Duration::from_millis(100);
        let (news, old) = (true, false);
        for (heard, expected) in [
            (vec![(0, news)], false),
            (vec![(0, old)], false),
            (vec![(0, news), (10, news)], false),
            (vec![(0, news), (10, old)], true),
            (vec![(0, news), (10, old), (20, news)], false),
            (vec![(0, news), (100, old), (200, old)], false),
            (vec![(0, news), (10, old), (200, old)], true),
        ] {
            let start = Instant::now();
            let mut doubt = Doubt::default();
            for (ms, is_news) in &heard {
                doubt.heard(start + Duration::from_millis(*ms), *is_news, MAX_AGE);
            }
            assert_eq!(doubt.is_due(start), expected, "{heard:?}");
        }
    }

    #[test]
    fn it_is_left_once_per_rest() {
        let now = Instant::now();
        let until = now + Duration::from_millis(10);
        let mut doubt = Doubt::default();
        doubt.raise();
        assert!(doubt.is_due(now));
        doubt.rest(until);
        assert!(!doubt.is_due(until));
        doubt.raise();
        assert_eq!([now, until].map(|at| doubt.is_due(at)), [false, true]);
    }
}
