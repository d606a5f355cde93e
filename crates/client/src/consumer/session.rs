//! The fetch session with one broker: what the broker remembers, so that requests say only what changed.
//!
//! A full fetch of epoch 0 opens a session, in which the broker gives it an id. Each further fetch has the next epoch, names the
//! partitions that are new or moved and those that left, and is answered only about partitions that have news. Whatever goes wrong makes
//! the next fetch full again; it then names the old id, so that the broker drops that session. Brokers may have no room
//! for a session, and old ones know none: then every fetch is full.
//!
//! Requests of one session follow each other.
//!
//! Source: KIP-227.
use super::fetcher::Target;
use crate::TopicPartition;
use base::TopicId;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

const OPENS: i32 = 0;
pub(super) const CLOSES: i32 = -1;
const NO_SESSION: i32 = 0;

#[derive(Debug, Default)]
pub(super) struct Session {
    id: i32,
    epoch: i32,
    /// Whether topics are named by id, as from version 13 on.
    with_ids: bool,
    partitions: HashMap<TopicPartition, Known>,
    /// Of topics that have been in it, and their partitions may be.
    topics: HashMap<TopicId, Arc<str>>,
    rounds: u64,
}

/// A partition as the broker knows it.
#[derive(Debug)]
struct Known {
    topic_id: TopicId,
    offset: i64,
    leader_epoch: i32,
    /// The last round of which it was part.
    round: u64,
}

/// What a fetch has to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch<'a> {
    pub(super) id: i32,
    pub(super) epoch: i32,
    pub(super) said: Vec<&'a Target>,
    pub(super) forgotten: Vec<(TopicPartition, TopicId)>,
}

impl Session {
    /// The next fetch, of exactly these partitions.
    pub(super) fn fetch<'a>(&mut self, targets: &'a [Target], with_ids: bool) -> Fetch<'a> {
        if self.with_ids != with_ids {
            self.begin_anew();
            self.with_ids = with_ids;
        }
        if self.epoch == OPENS {
            self.partitions.clear();
            self.topics.clear();
        }
        self.rounds += 1;
        let mut said = Vec::new();
        let mut forgotten = Vec::new();
        for target in targets {
            let now = Known {
                topic_id: target.topic_id,
                offset: target.offset,
                leader_epoch: target.leader_epoch,
                round: self.rounds,
            };
            match self.partitions.get_mut(&target.at) {
                Some(known) => {
                    let is_replaced = known.topic_id != now.topic_id;
                    let is_same =
                        !is_replaced && known.offset == now.offset && known.leader_epoch == now.leader_epoch;
                    // By name it is one and the same partition.
                    if is_replaced && with_ids {
                        forgotten.push((target.at.clone(), known.topic_id));
                        self.topics.insert(now.topic_id, target.at.topic.clone());
                    }
                    *known = now;
                    if is_same {
                        continue;
                    }
                }
                None => {
                    self.topics.insert(now.topic_id, target.at.topic.clone());
                    self.partitions.insert(target.at.clone(), now);
                }
            }
            said.push(target);
        }
        if self.partitions.len() > targets.len() {
            let gone = self.partitions.extract_if(|_, known| known.round != self.rounds);
            forgotten.extend(gone.map(|(at, known)| (at, known.topic_id)));
        }
        forgotten.sort_unstable();
        Fetch { id: self.id, epoch: self.epoch, said, forgotten }
    }

    /// The partition that an answer names; `None` if it is not part of the session.
    pub(super) fn named(&self, topic_id: TopicId, name: &str, partition: i32) -> Option<TopicPartition> {
        let topic = if self.with_ids { self.topics.get(&topic_id)?.clone() } else { name.into() };
        let (at, known) = self.partitions.get_key_value(&TopicPartition { topic, partition })?;
        (!self.with_ids || known.topic_id == topic_id).then(|| at.clone())
    }

    /// The broker answered; `session_id` is what it said the session is.
    pub(super) fn answered(
        &mut self,
        session_id: i32,
        named: &BTreeSet<&TopicPartition>,
        has_strangers: bool,
    ) {
        let is_full = self.epoch == OPENS;
        if has_strangers {
            self.begin_anew();
        } else if session_id == NO_SESSION || (is_full && named.len() < self.partitions.len()) {
            self.lose();
            // A broker that made a session and left out some of it would never name them.
            self.id = session_id;
        } else if is_full {
            (self.id, self.epoch) = (session_id, 1);
        } else {
            self.epoch = if self.epoch == i32::MAX { 1 } else { self.epoch + 1 };
        }
    }

    /// The next fetch opens another session in place of this one: the broker refused it, or may not have seen a request.
    pub(super) fn begin_anew(&mut self) {
        self.epoch = OPENS;
    }

    /// The broker has no such session.
    pub(super) fn lose(&mut self) {
        (self.id, self.epoch) = (NO_SESSION, OPENS);
    }

    /// To be closed when no more is fetched.
    pub(super) fn id(&self) -> Option<i32> {
        (self.id != NO_SESSION).then_some(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> TopicId {
        TopicId(Uuid::from_u128(number))
    }

    fn at(partition: i32) -> TopicPartition {
        TopicPartition::new("t", partition)
    }

    struct Play {
        session: Session,
        topic_id: TopicId,
    }

    /// What the broker does.
    #[derive(Clone, Copy)]
    enum Says {
        /// Names its session and these partitions.
        Answer(i32, &'static [i32]),
        /// The same, and one that nobody asked about.
        Stranger(i32),
        Nothing,
        NotFound,
    }
    use Says::*;

    impl Play {
        fn new() -> Self {
            Self { session: Session::default(), topic_id: id(1) }
        }

        /// Fetches `(partition, offset)` and shows `id/epoch partition@offset ... -forgotten ...`.
        #[track_caller]
        fn fetches_by(&mut self, with_ids: bool, wanted: &[(i32, i64)], expected: &str, says: Says) {
            let target = |&(partition, offset): &(i32, i64)| Target {
                at: at(partition),
                topic_id: self.topic_id,
                offset,
                leader_epoch: 0,
            };
            let targets: Vec<_> = wanted.iter().map(target).collect();
            let fetch = self.session.fetch(&targets, with_ids);
            let mut shown = format!("{}/{}", fetch.id, fetch.epoch);
            for target in &fetch.said {
                shown += &format!(" {}@{}", target.at.partition, target.offset);
            }
            for (at, topic_id) in &fetch.forgotten {
                shown += &format!(" -{}", at.partition);
                if *topic_id != self.topic_id {
                    shown += "(old)";
                }
            }
            assert_eq!(shown, expected);
            match says {
                Answer(session_id, partitions) => {
                    let named = |&partition| self.session.named(self.topic_id, "t", partition).unwrap();
                    let named: Vec<_> = partitions.iter().map(named).collect();
                    self.session.answered(session_id, &named.iter().collect(), false);
                }
                Stranger(session_id) => self.session.answered(session_id, &BTreeSet::new(), true),
                Nothing => self.session.begin_anew(),
                NotFound => self.session.lose(),
            }
        }

        #[track_caller]
        fn fetches(&mut self, wanted: &[(i32, i64)], expected: &str, says: Says) {
            self.fetches_by(true, wanted, expected, says);
        }
    }

    #[test]
    fn says_only_what_changed() {
        for with_ids in [true, false] {
            let mut play = Play::new();
            play.fetches_by(with_ids, &[(0, 0), (1, 5)], "0/0 0@0 1@5", Answer(7, &[0, 1]));
            play.fetches_by(with_ids, &[(0, 0), (1, 5)], "7/1", Answer(7, &[]));
            play.fetches_by(with_ids, &[(1, 6), (0, 0)], "7/2 1@6", Answer(7, &[0]));
            play.fetches_by(with_ids, &[(1, 6), (2, 0)], "7/3 2@0 -0", Answer(7, &[]));
            play.fetches_by(with_ids, &[], "7/4 -1 -2", Answer(7, &[]));
            assert_eq!(play.session.id(), Some(7));
        }
    }

    #[test]
    fn begins_anew_when_something_goes_wrong() {
        for (says, then) in [
            (Nothing, "7/0 0@0 1@0"),
            (NotFound, "0/0 0@0 1@0"),
            (Stranger(7), "7/0 0@0 1@0"),
            // The broker has closed it.
            (Answer(0, &[0]), "0/0 0@0 1@0"),
        ] {
            let mut play = Play::new();
            play.fetches(&[(0, 0)], "0/0 0@0", Answer(7, &[0]));
            play.fetches(&[(0, 0), (1, 0)], "7/1 1@0", says);
            play.fetches(&[(0, 0), (1, 0)], then, Nothing);
        }
    }

    #[test]
    fn a_broker_may_have_no_room_or_leave_out_some() {
        let mut play = Play::new();
        play.fetches(&[(0, 0), (1, 0)], "0/0 0@0 1@0", Answer(0, &[0, 1]));
        play.fetches(&[(0, 0), (1, 0)], "0/0 0@0 1@0", Answer(8, &[1]));
        play.fetches(&[(0, 0), (1, 0)], "8/0 0@0 1@0", Answer(9, &[0, 1]));
        play.fetches(&[(0, 0), (1, 0)], "9/1", Nothing);
        assert_eq!(Play::new().session.id(), None);
    }

    #[test]
    fn a_topic_that_was_made_again_is_another() {
        for (with_ids, expected) in [(true, "7/1 0@0 -0(old)"), (false, "7/1 0@0")] {
            let mut play = Play::new();
            play.fetches_by(with_ids, &[(0, 0)], "0/0 0@0", Answer(7, &[0]));
            play.topic_id = id(2);
            play.fetches_by(with_ids, &[(0, 0)], expected, Answer(7, &[0]));
            assert_eq!(play.session.named(id(1), "", 0), None);
        }
    }

    #[test]
    fn names_and_ids_do_not_mix() {
        let mut play = Play::new();
        play.fetches_by(false, &[(0, 0)], "0/0 0@0", Answer(7, &[0]));
        play.fetches_by(true, &[(0, 0)], "7/0 0@0", Answer(8, &[0]));
        play.fetches_by(true, &[(0, 0)], "8/1", Nothing);
    }

    #[test]
    fn an_answer_names_partitions_of_the_session_only() {
        for (with_ids, topic_id, name, partition, is_known) in [
            (true, id(1), "", 0, true),
            (true, id(1), "", 1, false),
            (true, id(2), "", 0, false),
            (true, TopicId::NONE, "t", 0, false),
            (false, TopicId::NONE, "t", 0, true),
            (false, TopicId::NONE, "u", 0, false),
        ] {
            let mut play = Play::new();
            play.fetches_by(with_ids, &[(0, 0)], "0/0 0@0", Answer(7, &[0]));
            let named = play.session.named(topic_id, name, partition);
            assert_eq!(named.is_some(), is_known, "{topic_id:?} {name} {partition}");
        }
    }

    #[test]
    fn epochs_wrap_past_the_one_that_opens() {
        let mut play = Play::new();
        play.session = Session { id: 7, epoch: i32::MAX, with_ids: true, ..Default::default() };
        play.fetches(&[], &format!("7/{}", i32::MAX), Answer(7, &[]));
        play.fetches(&[], "7/1", Answer(7, &[]));
    }
}
