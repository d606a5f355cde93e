//! Incremental fetch sessions: what a fetcher asked for before, so that it need not say it again (KIP-227).
//!
//! A session remembers partitions in an order. A fetch names only what changed; an answer names only what
//! has news. Each answer moves the partitions that had records to the end of the order, so that a response
//! limit cannot starve the rest. Sessions are numbered by epoch: a request carries the epoch after the last
//! one answered, else it is refused and the fetcher starts over.
//!
//! There are at most `slots` sessions. A full cache makes room by dropping one that was not used for
//! [`EVICTION_AGE_MS`], or, for a follower, one of a consumer; else the fetcher goes without a session.
//!
//! Not here: reading, waiting, the wire. Sources: KIP-227, KIP-516 (topic ids).
use base::{LeaderEpoch, Offset, TopicId};
use std::collections::{BTreeMap, HashMap};
use wire::Text;

/// Age of its last use at which any newcomer may take a session's slot
/// (`min.incremental.fetch.session.eviction.ms` of Kafka, a constant there too).
pub(crate) const EVICTION_AGE_MS: i64 = 120_000;

pub(crate) const INITIAL_EPOCH: i32 = 0;
pub(crate) const FINAL_EPOCH: i32 = -1;
pub(crate) const NO_SESSION: i32 = 0;

/// How a request names a topic: by name to version 12, by id from version 13.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum TopicKey {
    Name(Text),
    Id(TopicId),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PartitionKey {
    pub topic: TopicKey,
    pub partition: i32,
}

/// What a fetcher wants of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interest {
    pub fetch_offset: Offset,
    pub log_start_offset: Offset,
    pub current_leader_epoch: LeaderEpoch,
    pub last_fetched_epoch: LeaderEpoch,
    pub max_bytes: i32,
}

/// What the last answer said of a partition, to leave it out while that is still true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub high_watermark: Offset,
    pub log_start_offset: Offset,
}

impl Told {
    const NOTHING: Self = Self { high_watermark: Offset::NONE, log_start_offset: Offset::NONE };
}

#[derive(Debug)]
struct Watched {
    interest: Interest,
    told: Told,
    /// Place in the session's order.
    turn: u64,
}

#[derive(Debug)]
struct Session {
    /// Epoch that the next request must carry.
    next_epoch: i32,
    by_id: bool,
    from_follower: bool,
    last_used_ms: i64,
    partitions: HashMap<PartitionKey, Watched>,
    order: BTreeMap<u64, PartitionKey>,
    next_turn: u64,
}

impl Session {
    fn watch(&mut self, key: PartitionKey, interest: Interest) {
        if let Some(watched) = self.partitions.get_mut(&key) {
            watched.interest = interest;
            return;
        }
        let turn = self.take_turn();
        self.order.insert(turn, key.clone());
        self.partitions.insert(key, Watched { interest, told: Told::NOTHING, turn });
    }

    fn forget(&mut self, key: &PartitionKey) {
        if let Some(watched) = self.partitions.remove(key) {
            self.order.remove(&watched.turn);
        }
    }

    fn take_turn(&mut self) -> u64 {
        self.next_turn += 1;
        self.next_turn
    }

    fn wanted(&self) -> Vec<(PartitionKey, Interest)> {
        self.order.values().map(|key| (key.clone(), self.partitions[key].interest)).collect()
    }
}

/// One fetch request, as far as sessions care.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub session_id: i32,
    pub epoch: i32,
    pub by_id: bool,
    pub from_follower: bool,
    pub partitions: Vec<(PartitionKey, Interest)>,
    pub forgotten: Vec<PartitionKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("fetch session {0} does not exist")]
    SessionIdNotFound(i32),
    #[error("fetch session epoch {sent} was sent, {expected} is due")]
    InvalidEpoch { sent: i32, expected: i32 },
    #[error("the session was opened with the other way of naming topics")]
    MixedNaming,
}

/// How an admitted fetch is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// The session to name in the answer; [`NO_SESSION`] when the answer opens none.
    pub session_id: i32,
    /// Whether partitions without news are left out.
    pub incremental: bool,
    /// What to read, in order of fairness.
    pub wanted: Vec<(PartitionKey, Interest)>,
}

/// What one partition's part of an answer held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub told: Told,
    pub has_records: bool,
    /// Errors, diverging epochs and preferred replicas are news each time.
    pub must_tell: bool,
}

#[derive(Debug)]
pub(crate) struct FetchSessions {
    slots: usize,
    sessions: HashMap<i32, Session>,
}

impl FetchSessions {
    pub(crate) fn new(slots: usize) -> Self {
        Self { slots, sessions: HashMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.sessions.len()
    }

    pub(crate) fn partition_count(&self) -> usize {
        self.sessions.values().map(|session| session.partitions.len()).sum()
    }

    /// Admits a request. `new_id` draws a candidate for a new session's id; zero and ids in use are passed over.
    pub(crate) fn admit(
        &mut self,
        now_ms: i64,
        request: Request,
        new_id: impl FnMut() -> i32,
    ) -> Result<Admitted, Error> {
        match request.epoch {
            FINAL_EPOCH => {
                self.sessions.remove(&request.session_id);
                Ok(Admitted { session_id: NO_SESSION, incremental: false, wanted: request.partitions })
            }
            INITIAL_EPOCH => {
                self.sessions.remove(&request.session_id);
                Ok(self.open(now_ms, request, new_id))
            }
            _ => self.resume(now_ms, request),
        }
    }

    /// Notes what an answer says. Returns whether this partition belongs into it.
    pub(crate) fn note(&mut self, admitted: &Admitted, key: &PartitionKey, answered: Answered) -> bool {
        let Some(session) = self.sessions.get_mut(&admitted.session_id) else { return true };
        let turn = answered.has_records.then(|| session.take_turn());
        let Some(watched) = session.partitions.get_mut(key) else { return true };
        let has_news = answered.has_records || answered.must_tell || watched.told != answered.told;
        // An error was told instead of the marks, which are news again once it has passed.
        watched.told = if answered.must_tell { Told::NOTHING } else { answered.told };
        if let Some(turn) = turn {
            session.order.remove(&watched.turn);
            watched.turn = turn;
            session.order.insert(turn, key.clone());
        }
        has_news || !admitted.incremental
    }

    fn open(&mut self, now_ms: i64, request: Request, mut new_id: impl FnMut() -> i32) -> Admitted {
        let wanted = request.partitions;
        if wanted.is_empty() || !self.make_room(now_ms, request.from_follower) {
            return Admitted { session_id: NO_SESSION, incremental: false, wanted };
        }
        let session_id = std::iter::repeat_with(|| new_id() & i32::MAX)
            .find(|id| *id != NO_SESSION && !self.sessions.contains_key(id))
            .expect("the source of ids does not end");
        let mut session = Session {
            next_epoch: 1,
            by_id: request.by_id,
            from_follower: request.from_follower,
            last_used_ms: now_ms,
            partitions: HashMap::new(),
            order: BTreeMap::new(),
            next_turn: 0,
        };
        for (key, interest) in &wanted {
            session.watch(key.clone(), *interest);
        }
        self.sessions.insert(session_id, session);
        Admitted { session_id, incremental: false, wanted }
    }

    fn resume(&mut self, now_ms: i64, request: Request) -> Result<Admitted, Error> {
        let session_id = request.session_id;
        let session = self.sessions.get_mut(&session_id).ok_or(Error::SessionIdNotFound(session_id))?;
        if session.next_epoch != request.epoch {
            return Err(Error::InvalidEpoch { sent: request.epoch, expected: session.next_epoch });
        }
        if session.by_id != request.by_id {
            return Err(Error::MixedNaming);
        }
        for (key, interest) in request.partitions {
            session.watch(key, interest);
        }
        for key in &request.forgotten {
            session.forget(key);
        }
        session.last_used_ms = now_ms;
        session.next_epoch = if request.epoch == i32::MAX { 1 } else { request.epoch + 1 };
        if session.partitions.is_empty() {
            self.sessions.remove(&session_id);
            return Ok(Admitted { session_id: NO_SESSION, incremental: false, wanted: Vec::new() });
        }
        Ok(Admitted { session_id, incremental: true, wanted: session.wanted() })
    }

    /// Whether a slot is free now.
    fn make_room(&mut self, now_ms: i64, for_follower: bool) -> bool {
        if self.sessions.len() < self.slots {
            return true;
        }
        let oldest = |include: &dyn Fn(&Session) -> bool| {
            let candidates = self.sessions.iter().filter(|(_, session)| include(session));
            candidates.min_by_key(|(id, session)| (session.last_used_ms, **id)).map(|(id, _)| *id)
        };
        let stale = |session: &Session| now_ms - session.last_used_ms > EVICTION_AGE_MS;
        let victim = oldest(&stale).or_else(|| {
            if for_follower { oldest(&|session: &Session| !session.from_follower) } else { None }
        });
        victim.is_some_and(|id| self.sessions.remove(&id).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(partition: i32) -> PartitionKey {
        PartitionKey { topic: TopicKey::Name(Text::from("t")), partition }
    }

    fn at(offset: i64) -> Interest {
        Interest {
            fetch_offset: Offset(offset),
            log_start_offset: Offset::NONE,
            current_leader_epoch: LeaderEpoch::NONE,
            last_fetched_epoch: LeaderEpoch::NONE,
            max_bytes: 1,
        }
    }

    fn request(session_id: i32, epoch: i32, partitions: &[i32], forgotten: &[i32]) -> Request {
        Request {
            session_id,
            epoch,
            by_id: false,
            from_follower: false,
            partitions: partitions.iter().map(|p| (key(*p), at(0))).collect(),
            forgotten: forgotten.iter().map(|p| key(*p)).collect(),
        }
    }

    fn partitions_of(admitted: &Admitted) -> Vec<i32> {
        admitted.wanted.iter().map(|(key, _)| key.partition).collect()
    }

    fn open(sessions: &mut FetchSessions, now_ms: i64, partitions: &[i32]) -> Admitted {
        let mut next = 100;
        let ids = || {
            next += 1;
            next
        };
        sessions.admit(now_ms, request(0, INITIAL_EPOCH, partitions, &[]), ids).unwrap()
    }

    fn told(high_watermark: i64, has_records: bool) -> Answered {
        let told = Told { high_watermark: Offset(high_watermark), log_start_offset: Offset(0) };
        Answered { told, has_records, must_tell: false }
    }

    #[test]
    fn an_incremental_fetch_keeps_adds_and_forgets() {
        let mut sessions = FetchSessions::new(2);
        let first = open(&mut sessions, 0, &[0, 1]);
        assert_eq!((first.incremental, partitions_of(&first)), (false, vec![0, 1]));
        let id = first.session_id;
        let steps: [(&[i32], &[i32], &[i32]); 3] =
            [(&[], &[], &[0, 1]), (&[2], &[0], &[1, 2]), (&[0], &[], &[1, 2, 0])];
        for (epoch, (added, forgotten, expected)) in (1..).zip(steps) {
            let next = sessions.admit(1, request(id, epoch, added, forgotten), || 1).unwrap();
            assert_eq!((next.incremental, partitions_of(&next)), (true, expected.to_vec()));
        }
    }

    #[test]
    fn wrong_ids_epochs_and_naming_are_refused() {
        let mut sessions = FetchSessions::new(2);
        let id = open(&mut sessions, 0, &[0]).session_id;
        let mut refused = |request: Request| sessions.admit(1, request, || 1).unwrap_err();
        assert_eq!(refused(request(id + 1, 1, &[], &[])), Error::SessionIdNotFound(id + 1));
        assert_eq!(refused(request(id, 2, &[], &[])), Error::InvalidEpoch { sent: 2, expected: 1 });
        assert_eq!(refused(Request { by_id: true, ..request(id, 1, &[], &[]) }), Error::MixedNaming);
    }

    #[test]
    fn an_emptied_or_closed_session_is_gone() {
        let mut sessions = FetchSessions::new(2);
        let id = open(&mut sessions, 0, &[0]).session_id;
        assert_eq!(sessions.admit(1, request(id, 1, &[], &[0]), || 1).unwrap().session_id, NO_SESSION);
        assert_eq!(sessions.len(), 0);
        let id = open(&mut sessions, 0, &[0]).session_id;
        sessions.admit(1, request(id, FINAL_EPOCH, &[0], &[]), || 1).unwrap();
        assert_eq!(sessions.len(), 0);
    }

    #[test]
    fn only_news_is_told_and_records_go_to_the_back() {
        let mut sessions = FetchSessions::new(1);
        let first = open(&mut sessions, 0, &[0, 1, 2]);
        for partition in 0..3 {
            assert!(sessions.note(&first, &key(partition), told(5, false)), "a full answer names everything");
        }
        let second = sessions.admit(1, request(first.session_id, 1, &[], &[]), || 1).unwrap();
        assert!(sessions.note(&second, &key(0), told(6, true)));
        assert!(!sessions.note(&second, &key(1), told(5, false)));
        assert!(sessions.note(&second, &key(2), Answered { must_tell: true, ..told(5, false) }));
        let third = sessions.admit(1, request(first.session_id, 2, &[], &[]), || 1).unwrap();
        assert_eq!(partitions_of(&third), [1, 2, 0]);
        assert!(sessions.note(&third, &key(2), told(5, false)), "after an error the marks are news");
        assert!(!sessions.note(&third, &key(0), told(6, false)));
    }

    #[test]
    fn a_full_cache_gives_up_stale_sessions_and_prefers_followers() {
        let mut sessions = FetchSessions::new(1);
        assert_ne!(open(&mut sessions, 0, &[0]).session_id, NO_SESSION);
        assert_eq!(open(&mut sessions, EVICTION_AGE_MS, &[0]).session_id, NO_SESSION);
        assert_ne!(open(&mut sessions, EVICTION_AGE_MS + 1, &[0]).session_id, NO_SESSION);
        let follower = Request { from_follower: true, ..request(0, INITIAL_EPOCH, &[0], &[]) };
        assert_eq!(sessions.admit(EVICTION_AGE_MS + 2, follower.clone(), || 7).unwrap().session_id, 7);
        assert_eq!(sessions.admit(EVICTION_AGE_MS + 3, follower, || 8).unwrap().session_id, NO_SESSION);
    }
}
