//! The contract of replicated coordinators: state that is a function of a log.
//!
//! A coordinator owns one partition of an internal topic: groups live in `__consumer_offsets`, transactions in
//! `__transaction_state`, share state in `__share_group_state`. Its core is a plain state machine behind
//! [`Coordinator`]. What must survive the broker is changed by replaying records and in no other way, so the
//! path that loads a partition and the path that serves requests run the same code.
//!
//! # One turn
//!
//! ```text
//!            step / tick                    append                 high watermark
//! request ───────────────► Transition ──┬── offsets ──► appended ──────────────► answers, effects
//!                                       └── refusal ──► refused  ──────────────► answers with an error
//! ```
//!
//! [`Driver`] carries a turn out against a [`Log`]; a shell around it only owns the queue, the clock and the
//! sockets. The rules that both sides rely on:
//!
//! 1. A turn is not interrupted: between `step` and `appended` or `refused` the core sees nothing else.
//! 2. The records of a transition are one batch: all of them are in the log or none is.
//! 3. `appended` replays the records that `step` returned; a later turn sees their effect although they are not
//!    committed yet. Within one leader epoch a log only grows, so nothing has to be taken back: when leadership
//!    goes, the core is dropped, whoever waits is told NOT_COORDINATOR, and the next leader replays the log.
//! 4. An answer goes out when the high watermark has passed the records of its own transition and
//!    [`Answer::after`], the end of whatever its content was read from. So no client sees what a failover could
//!    undo. Effects wait in the same way.
//! 5. A refused batch changes nothing that was to be replicated. The core undoes what it had prepared in memory
//!    and every token that the transition answered gets the refusal instead.
//! 6. A token that a transition does not answer is parked: a later turn answers it, once. A core never loses one.
//! 7. A caller hands over everything it has received before it ticks, so that nobody is declared silent while a
//!    sign of life waits in a queue. Time passes for a core only in the `now` of its calls.
//!
//! Not here: queues, clocks, threads, the log itself, and snapshots in time. Kafka keeps timelines to read at the
//! high watermark and to revert; rules 3 and 4 give the same guarantees without a second copy of the state.
//! Sources: KIP-848 and KIP-98 (who writes what), Kafka's `CoordinatorRuntime` for the problem.
#![forbid(unsafe_code)]

mod driver;
#[cfg(test)]
mod tests;

pub use driver::{Driver, Log, Outcome};

use base::{Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;
use std::{convert::Infallible, fmt, time::Instant};

/// Both clocks at one moment: timers are judged by the first, timestamps in records come from the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    pub instant: Instant,
    /// Milliseconds since 1970.
    pub unix_ms: i64,
}

/// Names a request until it is answered. The shell makes it, a core only keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// A record of a coordinator's log, in its final form. No value is a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoordinatorRecord {
    pub key: Bytes,
    pub value: Option<Bytes>,
}

/// The producer whose transaction some records belong to (KIP-98).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Producer {
    pub id: ProducerId,
    pub epoch: ProducerEpoch,
}

/// Where a record lies, and in whose transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub offset: Offset,
    /// Set for a record of a transactional batch.
    pub producer: Option<Producer>,
}

impl Position {
    pub const fn at(offset: Offset) -> Self {
        Self { offset, producer: None }
    }
}

/// How a transaction ended, as its control record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfTransaction {
    Commit,
    Abort,
}

/// The reply to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<R, E> {
    pub token: Token,
    pub reply: Result<R, E>,
    /// The high watermark that must be reached first, apart from the transition's own records.
    pub after: Offset,
}

/// What a turn asks the shell to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a transition that is not carried out loses records and answers"]
pub struct Transition<R, E, F = Infallible> {
    /// To be appended as one batch.
    pub records: Vec<CoordinatorRecord>,
    /// The transaction the batch belongs to.
    pub producer: Option<Producer>,
    pub answers: Vec<Answer<R, E>>,
    /// What else is to be done once the records are committed.
    pub effects: Vec<F>,
}

impl<R, E, F> Default for Transition<R, E, F> {
    fn default() -> Self {
        Self { records: Vec::new(), producer: None, answers: Vec::new(), effects: Vec::new() }
    }
}

/// What became of a replayed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    Applied,
    /// A kind of record this version does not act on. It stays in the log; it changes nothing here.
    Unknown {
        record_type: i16,
    },
}

/// A record that cannot be read. It has changed nothing; a load may go on without it.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the {part} of a record of type {record_type}")]
pub struct ReplayError {
    pub record_type: i16,
    /// `key` or `value`.
    pub part: &'static str,
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Why a batch is not in the log, or not known to be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this broker does not lead the partition")]
    NotLeader,
    #[error("too few replicas are in sync")]
    NotEnoughReplicas,
    #[error("the batch is larger than the partition takes")]
    TooLarge,
    #[error("the log cannot be written")]
    Storage,
    /// The batch is in the log, but was not committed in time; it may still be.
    #[error("the batch was not committed in time")]
    CommitTimeout,
}

pub type TransitionOf<C> =
    Transition<<C as Coordinator>::Reply, <C as Coordinator>::Error, <C as Coordinator>::Effect>;
pub type AnswerOf<C> = Answer<<C as Coordinator>::Reply, <C as Coordinator>::Error>;

/// A coordinator of one partition. The module's text has the rules.
pub trait Coordinator {
    type Request;
    type Reply: fmt::Debug;
    type Error: fmt::Debug + From<Refusal>;
    /// Work beyond the log and the answers, such as writing transaction markers. [`Infallible`] where there is none.
    type Effect: fmt::Debug;

    /// Takes in a record, from the log or from a transition that was just appended.
    fn replay(&mut self, position: Position, record: &CoordinatorRecord) -> Result<Replayed, ReplayError>;

    /// Takes in the control record that ends a producer's transaction on this partition.
    fn replay_end_of_transaction(&mut self, offset: Offset, producer: Producer, end: EndOfTransaction);

    /// The log has been replayed to its end; from now on there are requests.
    fn loaded(&mut self, now: Now) -> TransitionOf<Self>;

    fn step(&mut self, now: Now, token: Token, request: Self::Request) -> TransitionOf<Self>;

    /// Acts on the most urgent timer that is due, if any. To be called until [`Coordinator::wake_at`] is ahead.
    fn tick(&mut self, now: Now) -> TransitionOf<Self>;

    /// When a tick can next matter. It may be early, never late.
    fn wake_at(&self) -> Option<Instant>;

    /// The records of the last transition were appended, the first at `base_offset`, and were replayed.
    /// `end_offset` is that of the next record.
    fn appended(&mut self, base_offset: Offset, end_offset: Offset);

    /// The records of the last transition were not appended: undo what was prepared for them. The tokens the
    /// transition answered are the caller's to answer; the transition returned here has no records.
    fn refused(&mut self, now: Now, refusal: Refusal) -> TransitionOf<Self>;
}
