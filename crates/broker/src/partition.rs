//! One partition that this broker leads: its log, its leader epoch, and who waits for it.
//!
//! There is one replica, so what is durable is committed: the high watermark follows the end of the log as
//! soon as the topic's durability is reached, and whoever waits looks again.
use crate::waiters::Waiters;
use base::{LeaderEpoch, Offset};
use parking_lot::Mutex;
use protocol::ErrorCode;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI32, Ordering},
};
use storage::{Append, AppendInfo, Log};
use tokio::sync::Notify;

#[derive(Debug)]
pub(crate) struct Partition {
    pub index: i32,
    pub log: Arc<Log>,
    leader_epoch: AtomicI32,
    /// Taken to move the high watermark, which two appenders may want at once.
    advancing: Mutex<()>,
    waiters: Waiters,
    /// A flush failed: what waits for it will wait for ever.
    failed: AtomicBool,
}

impl Partition {
    pub(crate) fn new(index: i32, log: Arc<Log>, leader_epoch: LeaderEpoch) -> Arc<Self> {
        log.start_leader_epoch(leader_epoch);
        let partition = Arc::new(Self {
            index,
            log,
            leader_epoch: AtomicI32::new(leader_epoch.0),
            advancing: Mutex::default(),
            waiters: Waiters::default(),
            failed: AtomicBool::new(false),
        });
        partition.advance();
        // What a crash left behind is as good as new once the disk has it.
        let end = partition.log.log_end_offset();
        if partition.high_watermark() < end {
            partition.commit_once_flushed(end);
        }
        partition
    }

    pub(crate) fn leader_epoch(&self) -> LeaderEpoch {
        LeaderEpoch(self.leader_epoch.load(Ordering::Acquire))
    }

    /// A new election made this broker leader again.
    pub(crate) fn start_epoch(&self, epoch: LeaderEpoch) {
        if self.leader_epoch.swap(epoch.0, Ordering::AcqRel) != epoch.0 {
            self.log.start_leader_epoch(epoch);
        }
    }

    /// Whether a client that knows this partition under `sent` may go on (KIP-320).
    pub(crate) fn check_epoch(&self, sent: LeaderEpoch) -> Result<(), ErrorCode> {
        let current = self.leader_epoch();
        match sent {
            LeaderEpoch::NONE => Ok(()),
            _ if sent < current => Err(ErrorCode::FENCED_LEADER_EPOCH),
            _ if sent > current => Err(ErrorCode::UNKNOWN_LEADER_EPOCH),
            _ => Ok(()),
        }
    }

    pub(crate) fn high_watermark(&self) -> Offset {
        self.log.high_watermark()
    }

    /// Appends and, once the append is durable, lets readers see it.
    pub(crate) fn append(self: &Arc<Self>, append: Append) -> Result<AppendInfo, storage::Error> {
        self.append_all(vec![append]).pop().expect("one batch has one result")
    }

    /// Appends batches in order; as many results, of which each stands alone.
    pub(crate) fn append_all(
        self: &Arc<Self>,
        appends: Vec<Append>,
    ) -> Vec<Result<AppendInfo, storage::Error>> {
        let results = self.log.append_all_as_leader(appends);
        let appended = || results.iter().flatten();
        if appended().any(|info| info.durable) {
            self.advance();
        }
        let flushed = appended().filter(|info| !info.durable);
        if let Some(last) = flushed.map(|info| info.last_offset).max() {
            self.commit_once_flushed(last.next());
        }
        results
    }

    /// Wakes `waiter` at the next change. Look once more after the call.
    pub(crate) fn watch(&self, waiter: &Arc<Notify>) {
        self.waiters.register(waiter);
    }

    /// Whether everything below `end` is committed; an error if it never will be.
    pub(crate) fn is_committed(&self, end: Offset) -> Result<bool, ErrorCode> {
        if self.high_watermark() >= end {
            return Ok(true);
        }
        if self.failed.load(Ordering::Acquire) { Err(ErrorCode::KAFKA_STORAGE_ERROR) } else { Ok(false) }
    }

    /// The partition is going: whoever waits finds out for itself.
    pub(crate) fn close(&self) {
        self.failed.store(true, Ordering::Release);
        self.waiters.wake_all();
    }

    fn commit_once_flushed(self: &Arc<Self>, end: Offset) {
        let partition = self.clone();
        self.log.request_flush(
            end,
            Box::new(move |flushed| {
                if flushed.is_err() {
                    partition.failed.store(true, Ordering::Release);
                }
                partition.advance();
            }),
        );
    }

    fn advance(&self) {
        {
            let _advancing = self.advancing.lock();
            let durable = self.log.durable_end_offset();
            if durable > self.log.high_watermark() {
                self.log.set_high_watermark(durable);
            }
        }
        self.waiters.wake_all();
    }
}

/// What a client is told when storage refuses.
pub(crate) fn storage_error_code(error: &storage::Error) -> ErrorCode {
    use storage::{Error, ProducerError};
    match error {
        Error::OffsetOutOfRange { .. } => ErrorCode::OFFSET_OUT_OF_RANGE,
        Error::InvalidBatch(_) => ErrorCode::CORRUPT_MESSAGE,
        Error::BatchTooLarge { .. } => ErrorCode::RECORD_LIST_TOO_LARGE,
        Error::StaleLeaderEpoch { .. } => ErrorCode::NOT_LEADER_OR_FOLLOWER,
        Error::Producer(ProducerError::OutOfOrderSequence { .. }) => ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
        Error::Producer(ProducerError::InvalidProducerEpoch { .. }) => ErrorCode::INVALID_PRODUCER_EPOCH,
        Error::Producer(ProducerError::InvalidTxnState { .. }) => ErrorCode::INVALID_TXN_STATE,
        Error::Producer(ProducerError::TransactionCoordinatorFenced { .. }) => {
            ErrorCode::TRANSACTION_COORDINATOR_FENCED
        }
        Error::Producer(ProducerError::MalformedMarker { .. }) => ErrorCode::INVALID_RECORD,
        Error::Closed(_) | Error::NoLog(_) => ErrorCode::NOT_LEADER_OR_FOLLOWER,
        Error::NoSpace(_)
        | Error::DirectoryOffline { .. }
        | Error::Corrupt { .. }
        | Error::UnexpectedOffset { .. }
        | Error::SegmentGone(_)
        | Error::InconsistentTopicId { .. }
        | Error::Locked(_)
        | Error::Malformed { .. }
        | Error::Duplicate { .. }
        | Error::NoDirectory => ErrorCode::KAFKA_STORAGE_ERROR,
    }
}
