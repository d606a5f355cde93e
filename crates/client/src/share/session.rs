//! The share session with one broker: what the broker remembers, so that requests say only what changed.
//!
//! A session is opened by a fetch of epoch 0, every further request has the next epoch, and -1 closes it. Requests of one
//! session follow each other; an answer that refuses the session, or none at all, makes the next fetch open a new one.
//! A session that ends takes the locks of its records with it, so acknowledgements of a broken session are lost and
//! their records will be given out again.
//!
//! Source: KIP-932.
use base::TopicId;
use std::collections::BTreeSet;

/// A partition as share groups name it.
pub(super) type IdPartition = (TopicId, i32);

const OPENS: i32 = 0;
const CLOSES: i32 = -1;

#[derive(Debug, Default)]
pub(super) struct Session {
    epoch: i32,
    partitions: BTreeSet<IdPartition>,
}

/// What a fetch has to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    pub(super) epoch: i32,
    pub(super) added: Vec<IdPartition>,
    pub(super) forgotten: Vec<IdPartition>,
}

impl Session {
    /// The next fetch, of exactly these partitions.
    pub(super) fn fetch(&mut self, wanted: &BTreeSet<IdPartition>) -> Fetch {
        if self.epoch == OPENS {
            self.partitions.clear();
        }
        let fetch = Fetch {
            epoch: self.epoch,
            added: wanted.difference(&self.partitions).copied().collect(),
            forgotten: self.partitions.difference(wanted).copied().collect(),
        };
        self.partitions.clone_from(wanted);
        fetch
    }

    /// The epoch of an acknowledgement; `None` where there is no session that could have records.
    pub(super) fn acknowledge(&self) -> Option<i32> {
        (self.epoch != OPENS).then_some(self.epoch)
    }

    /// The epoch that closes the session, with the last acknowledgements.
    pub(super) fn close(&mut self) -> Option<i32> {
        let was_open = self.epoch != OPENS;
        self.reset();
        was_open.then_some(CLOSES)
    }

    /// The broker answered the request.
    pub(super) fn answered(&mut self) {
        self.epoch = if self.epoch == i32::MAX { 1 } else { self.epoch + 1 };
    }

    /// The broker does not know the session, or may not have seen the request.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(partition: i32) -> IdPartition {
        (TopicId::METADATA, partition)
    }

    /// Fetches these partitions and shows `epoch +added -forgotten`.
    #[track_caller]
    fn fetches(session: &mut Session, wanted: &[i32], expected: &str) {
        let fetch = session.fetch(&wanted.iter().map(|&partition| at(partition)).collect());
        let names = |sign: &str, partitions: &[IdPartition]| -> String {
            partitions.iter().map(|(_, partition)| format!(" {sign}{partition}")).collect()
        };
        let shown = format!("{}{}{}", fetch.epoch, names("+", &fetch.added), names("-", &fetch.forgotten));
        assert_eq!(shown, expected);
    }

    #[test]
    fn says_only_what_changed() {
        let mut session = Session::default();
        assert_eq!(session.acknowledge(), None);
        fetches(&mut session, &[0, 1], "0 +0 +1");
        session.answered();
        fetches(&mut session, &[0, 1], "1");
        session.answered();
        assert_eq!(session.acknowledge(), Some(2));
        session.answered();
        fetches(&mut session, &[1, 2], "3 +2 -0");
        session.answered();
        fetches(&mut session, &[], "4 -1 -2");
        session.answered();
        assert_eq!((session.close(), session.close()), (Some(-1), None));
    }

    #[test]
    fn begins_anew_when_it_is_lost() {
        let mut session = Session::default();
        fetches(&mut session, &[0], "0 +0");
        session.reset();
        fetches(&mut session, &[0, 1], "0 +0 +1");
        session.answered();
        session.reset();
        assert_eq!((session.acknowledge(), session.close()), (None, None));
    }

    #[test]
    fn epochs_wrap_past_the_one_that_opens() {
        let mut session = Session { epoch: i32::MAX, ..Default::default() };
        session.answered();
        assert_eq!(session.acknowledge(), Some(1));
    }
}
