//! Decides which brokers have been silent too long.
//!
//! Kept in the memory of the leading controller only: a new leader starts every session anew, so that a change of
//! controller never fences a broker. Not here: clocks; what fencing means (`fence_broker`).
use base::{BrokerEpoch, NodeId};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

#[derive(Clone, Debug)]
pub struct Sessions {
    /// `broker.session.timeout.ms`.
    timeout: Duration,
    last_heard: BTreeMap<NodeId, (BrokerEpoch, Instant)>,
}

impl Sessions {
    pub fn new(timeout: Duration) -> Self {
        Self { timeout, last_heard: BTreeMap::new() }
    }

    pub fn heard(&mut self, broker: NodeId, epoch: BrokerEpoch, now: Instant) {
        self.last_heard.insert(broker, (epoch, now));
    }

    pub fn forget(&mut self, broker: NodeId) {
        self.last_heard.remove(&broker);
    }

    pub fn is_valid(&self, broker: NodeId, epoch: BrokerEpoch, now: Instant) -> bool {
        let session = self.last_heard.get(&broker);
        session.is_some_and(|&(known, heard_at)| known == epoch && now < heard_at + self.timeout)
    }

    /// Ends the sessions that have run out and names their brokers.
    #[must_use = "these brokers are to be fenced"]
    pub fn expire(&mut self, now: Instant) -> Vec<(NodeId, BrokerEpoch)> {
        let timeout = self.timeout;
        let silent = self.last_heard.extract_if(.., |_, (_, heard_at)| *heard_at + timeout <= now);
        silent.map(|(broker, (epoch, _))| (broker, epoch)).collect()
    }

    /// When a session can next run out.
    pub fn wake_at(&self) -> Option<Instant> {
        self.last_heard.values().map(|(_, heard_at)| *heard_at + self.timeout).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_at_the_timeout_and_not_before() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let mut sessions = Sessions::new(Duration::from_millis(100));
        let (one, two) = (NodeId(1), NodeId(2));
        sessions.heard(one, BrokerEpoch(5), ms(0));
        sessions.heard(two, BrokerEpoch(6), ms(0));
        assert!(sessions.is_valid(one, BrokerEpoch(5), ms(99)));
        assert!(!sessions.is_valid(one, BrokerEpoch(4), ms(99)), "another incarnation");
        assert_eq!(sessions.expire(ms(99)), []);
        sessions.heard(one, BrokerEpoch(5), ms(99));
        assert_eq!(sessions.wake_at(), Some(ms(100)));
        assert_eq!(sessions.expire(ms(100)), [(two, BrokerEpoch(6))]);
        assert_eq!(sessions.wake_at(), Some(ms(199)));
        sessions.forget(one);
        assert_eq!(sessions.wake_at(), None);
    }
}
