//! Commits and reads offsets as whoever the member is at the time.
//!
//! Of two commits of a partition the later one is to stay, whichever comes to the coordinator's connection first. So each
//! has a number, and leaves out at the moment of sending what a later one speaks of. Behind that moment the connection keeps
//! their order.
use super::{
    coordinator::Coordinator,
    member::View,
    membership::{Identity, Partitions},
};
use crate::{Cluster, Error, TopicPartition, admin::CommittedOffset, retry::Retry};
use protocol::ErrorCode;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::sync::watch;

pub(super) type Offsets = BTreeMap<TopicPartition, CommittedOffset>;

/// The commits of one consumer, numbered as they were wished for.
#[derive(Clone, Debug, Default)]
pub(super) struct Order(Arc<Mutex<Newest>>);

#[derive(Debug, Default)]
struct Newest {
    last: u64,
    /// The last commit of each partition.
    of: BTreeMap<TopicPartition, u64>,
}

impl Order {
    /// A commit that is later than all before it.
    pub(super) fn wish(&self, offsets: Offsets) -> Wanted {
        let mut newest = self.newest();
        newest.last += 1;
        let number = newest.last;
        newest.of.extend(offsets.keys().map(|at| (at.clone(), number)));
        Wanted { number, offsets, stored: Offsets::new(), order: self.clone() }
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.0.lock().expect("nothing panics while it holds this lock")
    }
}

/// Offsets to commit.
#[derive(Debug)]
pub(super) struct Wanted {
    number: u64,
    /// What is not stored yet.
    offsets: Offsets,
    stored: Offsets,
    order: Order,
}

impl Wanted {
    /// Hands over what no later commit speaks of, while none can be sent in between.
    pub(super) fn send<T>(&mut self, send: impl FnOnce(&Offsets) -> T) -> T {
        let newest = self.order.newest();
        self.offsets.retain(|at, _| newest.of.get(at) == Some(&self.number));
        send(&self.offsets)
    }

    /// What is stored and was not overtaken since.
    pub(super) fn stored(self) -> Offsets {
        let newest = self.order.newest();
        let is_newest = |at: &TopicPartition| newest.of.get(at) == Some(&self.number);
        self.stored.into_iter().filter(|(at, _)| is_newest(at)).collect()
    }

    /// Notes what the coordinator said. The error is a final one if there is one.
    fn answered(&mut self, answers: BTreeMap<TopicPartition, Result<(), Error>>) -> Result<(), Error> {
        let mut failed = None;
        for (at, answer) in answers {
            match answer {
                Ok(()) => self.stored.extend(self.offsets.remove_entry(&at)),
                Err(error) if failed.as_ref().is_none_or(Error::is_retriable) => failed = Some(error),
                Err(_) => {}
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Committer {
    pub(super) cluster: Cluster,
    pub(super) coordinator: Coordinator,
    /// Of a subscription.
    pub(super) view: Option<watch::Receiver<View>>,
}

impl Committer {
    fn identity(&self) -> Identity {
        self.view.as_ref().map(|view| view.borrow().identity.clone()).unwrap_or_default()
    }

    /// A member in no generation commits nothing: the broker does not check who that is in an empty group, and would hold
    /// the commit back behind a join that waits for others.
    pub(super) fn commits_as(&self) -> Result<Identity, Error> {
        let Some(view) = &self.view else { return Ok(Identity::default()) };
        let view = view.borrow();
        let code = match view.identity.generation {
            _ if view.is_stable => return Ok(view.identity.clone()),
            0.. => ErrorCode::REBALANCE_IN_PROGRESS,
            _ => ErrorCode::UNKNOWN_MEMBER_ID,
        };
        Err(Error::refused(format!("group `{}`", self.coordinator.terms().group), code.0, None))
    }

    /// One attempt, as the member of then. It is for those who do not wait: the partitions may be another's by the time of a
    /// second one.
    pub(super) async fn commit_once(&self, identity: &Identity, wanted: &mut Wanted) -> Result<(), Error> {
        let answers = self.coordinator.commit(identity, wanted).await;
        answers.and_then(|answers| wanted.answered(answers)).inspect_err(|error| self.note(error))
    }

    /// Repeats what is not stored yet. An error of the code `unless` is not waited out.
    pub(super) async fn commit(&self, wanted: &mut Wanted, unless: Option<ErrorCode>) -> Result<(), Error> {
        let mut retry = self.cluster.retry();
        while let Err(error) = self.commit_once(&self.commits_as()?, wanted).await {
            if unless.is_some() && error.code() == unless {
                return Err(error);
            }
            again(&mut retry, error, &[ErrorCode::STALE_MEMBER_EPOCH]).await?;
        }
        Ok(())
    }

    /// What the group has committed of these partitions. The coordinator may know this member as another by now; its heartbeat
    /// finds out who it is.
    pub(super) async fn committed(&self, partitions: &Partitions) -> Result<Offsets, Error> {
        let passing =
            [ErrorCode::STALE_MEMBER_EPOCH, ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::ILLEGAL_GENERATION];
        let mut retry = self.cluster.retry();
        loop {
            match self.coordinator.committed(&self.identity(), partitions).await {
                Ok(committed) => return Ok(committed),
                Err(error) => {
                    self.note(&error);
                    again(&mut retry, error, &passing).await?;
                }
            }
        }
    }

    /// The coordinator may have moved.
    fn note(&self, error: &Error) {
        let moved = [ErrorCode::NOT_COORDINATOR, ErrorCode::COORDINATOR_NOT_AVAILABLE];
        if error.code().is_none_or(|code| moved.contains(&code)) {
            self.coordinator.forget();
        }
    }
}

/// Waits, also after an error with one of the `passing` codes: the member has a newer epoch by now, or will hear of it with
/// the next heartbeat (KIP-848).
async fn again(retry: &mut Retry, error: Error, passing: &[ErrorCode]) -> Result<(), Error> {
    if error.code().is_some_and(|code| passing.contains(&code)) {
        let passing = Error::Awaited { what: "the member's newest epoch".to_owned() };
        return retry.after(passing).await.map_err(|_| error);
    }
    retry.after(error).await
}
