//! What the broker counts. [`crate::scrape`] tells it.
//!
//! Each shard has counters of its own, which only its thread writes: counting is a load and a store in memory that no
//! other core writes, without a lock. A scrape reads them all and adds them up. The counters of an API are made with its
//! first request on a shard and stay; after that nothing is allocated.
//!
//! A request's time is cut where its connection reads the clock anyway: when bytes came in, when it was answered, when
//! the answers were written. Only one that has to wait costs a reading more.
use crate::topics::Topic;
use parking_lot::Mutex;
use protocol::ApiKey;
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use telemetry::{Counter, Histogram, Recent, Snapshot};
use tokio::runtime::RuntimeMetrics;

/// More than there are keys, versions of one key, and error codes; a test holds it.
const API_SLOTS: usize = 128;
const VERSION_SLOTS: usize = 32;
const ERROR_SLOTS: usize = 160;

/// Everything that is counted in one broker.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub shards: Vec<Arc<ShardCounters>>,
    /// Flushes are slow and on several threads, so these may share a lock.
    pub flushes: Arc<Mutex<Histogram>>,
    /// Counted by the task that follows the metadata.
    pub metadata: MetadataCounters,
    /// What earlier scrapes saw.
    pub recent: Mutex<Recent<Totals>>,
}

#[derive(Debug, Default)]
pub(crate) struct MetadataCounters {
    pub isr_shrinks: Counter,
    pub isr_expands: Counter,
    pub unclean_leader_elections: Counter,
    /// Changes that could not be carried out here.
    pub apply_errors: Counter,
}

impl Metrics {
    pub(crate) fn new(shards: usize, listeners: usize) -> Self {
        Self {
            shards: (0..shards.max(1)).map(|index| Arc::new(ShardCounters::new(index, listeners))).collect(),
            flushes: Arc::default(),
            metadata: MetadataCounters::default(),
            recent: Mutex::new(Recent::since(Instant::now())),
        }
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        totals.flushes.add(&self.flushes.lock());
        self.shards.iter().for_each(|shard| totals.add(shard));
        totals.apis.values_mut().for_each(ApiTotals::fill);
        totals
    }

    pub(crate) fn of_new_topic(&self) -> TopicShards {
        self.shards.iter().map(|_| OnShard::default()).collect()
    }

    /// A count of all topics together.
    pub(crate) fn of_all_topics(&self, which: fn(&TopicCounters) -> &Counter) -> u64 {
        self.shards.iter().map(|shard| which(&shard.topics).get()).sum()
    }
}

/// One shard's counters, on cache lines of their own. 128, because processors fetch lines in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct ShardCounters {
    /// Which shard this is.
    index: usize,
    pub bytes_read: Counter,
    pub bytes_written: Counter,
    /// Of all topics, those that are gone too.
    topics: TopicCounters,
    /// By listener.
    connections: Box<[ConnectionCounters]>,
    apis: [OnceLock<Box<ApiCounters>>; API_SLOTS],
    /// Of the shard's thread, once it runs.
    pub runtime: OnceLock<RuntimeMetrics>,
}

#[derive(Debug, Default)]
struct ConnectionCounters {
    opened: Counter,
    closed: Counter,
}

impl ShardCounters {
    fn new(index: usize, listeners: usize) -> Self {
        Self {
            index,
            bytes_read: Counter::new(),
            bytes_written: Counter::new(),
            topics: TopicCounters::default(),
            connections: (0..listeners).map(|_| ConnectionCounters::default()).collect(),
            apis: [const { OnceLock::new() }; API_SLOTS],
            runtime: OnceLock::new(),
        }
    }

    pub(crate) fn api(&self, key: ApiKey) -> &ApiCounters {
        self.apis[slot(key)].get_or_init(Box::default)
    }

    /// Counts something of a topic.
    pub(crate) fn of_topic(&self, topic: &Topic, which: fn(&TopicCounters) -> &Counter, count: u64) {
        which(&self.topics).add(count);
        which(&topic.counters[self.index].0).add(count);
    }

    /// A connection is there until this is dropped.
    pub(crate) fn connection(self: &Arc<Self>, listener: usize) -> OpenConnection {
        self.connections[listener].opened.increment();
        OpenConnection { counters: self.clone(), listener }
    }

    /// A request is waiting until this is dropped.
    pub(crate) fn waiting(self: &Arc<Self>, key: ApiKey) -> Waiting {
        self.api(key).waits.increment();
        Waiting { counters: self.clone(), key }
    }
}

#[derive(Debug)]
pub(crate) struct OpenConnection {
    counters: Arc<ShardCounters>,
    listener: usize,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.counters.connections[self.listener].closed.increment();
    }
}

#[derive(Debug)]
pub(crate) struct Waiting {
    counters: Arc<ShardCounters>,
    key: ApiKey,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.counters.api(self.key).waits_ended.increment();
    }
}

fn slot(key: ApiKey) -> usize {
    usize::from((key as i16).unsigned_abs()).min(API_SLOTS - 1)
}

/// What happened with the requests of one API on one shard.
#[derive(Debug)]
pub(crate) struct ApiCounters {
    versions: [Counter; VERSION_SLOTS],
    /// The first is UNKNOWN_SERVER_ERROR, -1.
    errors: [Counter; ERROR_SLOTS],
    /// How long each stage took, by [`Stage`].
    stages: [Histogram; Stage::ALL.len()],
    request_bytes: Histogram,
    waits: Counter,
    waits_ended: Counter,
}

impl Default for ApiCounters {
    fn default() -> Self {
        Self {
            versions: [const { Counter::new() }; VERSION_SLOTS],
            errors: [const { Counter::new() }; ERROR_SLOTS],
            stages: Default::default(),
            request_bytes: Histogram::default(),
            waits: Counter::new(),
            waits_ended: Counter::new(),
        }
    }
}

impl ApiCounters {
    pub(crate) fn request(&self, version: i16) {
        self.versions[usize::from(version.unsigned_abs()).min(VERSION_SLOTS - 1)].increment();
    }

    pub(crate) fn error(&self, code: i16) {
        self.errors[usize::try_from(i32::from(code) + 1).unwrap_or(0).min(ERROR_SLOTS - 1)].increment();
    }

    /// A request is done: `writing` and `written` are when its answer began to be written and when it was.
    pub(crate) fn done(&self, request: &Answered, writing: Instant, written: Instant) {
        let Answered { asked: Asked { bytes, received, begun, .. }, waited_from, answered } = *request;
        let waited_from = waited_from.unwrap_or(answered);
        for (stage, from, to) in [
            (Stage::RequestQueue, received, begun),
            (Stage::Local, begun, waited_from),
            (Stage::Remote, waited_from, answered),
            (Stage::ResponseQueue, answered, writing),
            (Stage::ResponseSend, writing, written),
        ] {
            // Most requests wait for nobody. That is told by the times that are missing.
            if from < to {
                self.stages[stage as usize].record_duration(to - from);
            }
        }
        self.stages[Stage::Total as usize].record_duration(written.saturating_duration_since(received));
        self.request_bytes.record(bytes as u64);
    }
}

/// What a request's time is spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Total,
    RequestQueue,
    Local,
    Remote,
    ResponseQueue,
    ResponseSend,
}

impl Stage {
    pub(crate) const ALL: [Self; 6] =
        [Self::Total, Self::RequestQueue, Self::Local, Self::Remote, Self::ResponseQueue, Self::ResponseSend];
}

/// A request that was read whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub key: ApiKey,
    /// Of its frame.
    pub bytes: usize,
    /// When its last bytes came in.
    pub received: Instant,
    /// When its handler started.
    pub begun: Instant,
}

/// A request whose answer is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub asked: Asked,
    /// When there was nothing left to do but to wait, if it came to that.
    pub waited_from: Option<Instant>,
    pub answered: Instant,
}

/// What happened on a topic since the start, on one shard.
#[derive(Debug, Default)]
pub(crate) struct TopicCounters {
    pub bytes_in: Counter,
    pub bytes_out: Counter,
    pub messages_in: Counter,
    pub bytes_rejected: Counter,
    pub produce_requests: Counter,
    pub fetch_requests: Counter,
    pub failed_produce_requests: Counter,
    pub failed_fetch_requests: Counter,
}

/// One shard's part of a topic's counters: just a cache line, as there may be many topics.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct OnShard<T>(pub T);

/// A topic's counters, by shard.
pub(crate) type TopicShards = Box<[OnShard<TopicCounters>]>;

/// The counters of all shards at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// How long it took to flush logs.
    pub flushes: Snapshot,
    /// By number of the key; those that were asked for at all.
    pub apis: BTreeMap<usize, ApiTotals>,
    /// By shard.
    pub shards: Vec<ShardTotals>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ApiTotals {
    /// By version and by number of the error, where there are any.
    pub versions: BTreeMap<i16, u64>,
    pub errors: BTreeMap<i16, u64>,
    pub stages: [Snapshot; Stage::ALL.len()],
    pub request_bytes: Snapshot,
    pub waiting: u64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ShardTotals {
    /// Time with a task to run.
    pub busy: Duration,
    /// Opened and closed connections, by listener.
    pub connections: Vec<(u64, u64)>,
}

impl Totals {
    pub(crate) fn api(&self, key: ApiKey) -> Option<&ApiTotals> {
        self.apis.get(&slot(key))
    }

    fn add(&mut self, shard: &ShardCounters) {
        self.bytes_read += shard.bytes_read.get();
        self.bytes_written += shard.bytes_written.get();
        for (slot, api) in shard.apis.iter().enumerate() {
            if let Some(api) = api.get() {
                self.apis.entry(slot).or_default().add(api);
            }
        }
        let opened_and_closed = |counters: &ConnectionCounters| {
            // In this order, so that one that closes meanwhile is not counted as gone before it came.
            let closed = counters.closed.get();
            (counters.opened.get(), closed)
        };
        self.shards.push(ShardTotals {
            busy: shard
                .runtime
                .get()
                .map(|runtime| runtime.worker_total_busy_duration(0))
                .unwrap_or_default(),
            connections: shard.connections.iter().map(opened_and_closed).collect(),
        });
    }
}

impl ApiTotals {
    fn add(&mut self, api: &ApiCounters) {
        for (totals, counters, first) in
            [(&mut self.versions, &api.versions[..], 0), (&mut self.errors, &api.errors[..], -1)]
        {
            for (number, counter) in (first..).zip(counters).filter(|(_, counter)| counter.get() > 0) {
                *totals.entry(number).or_default() += counter.get();
            }
        }
        for (total, histogram) in self.stages.iter_mut().zip(&api.stages) {
            total.add(histogram);
        }
        self.request_bytes.add(&api.request_bytes);
        let ended = api.waits_ended.get();
        self.waiting += api.waits.get().saturating_sub(ended);
    }

    /// Every request had every stage, though some took no time.
    fn fill(&mut self) {
        let count = self.stages[Stage::Total as usize].count();
        self.stages.iter_mut().for_each(|stage| stage.fill(count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch;
    use protocol::ErrorCode;

    #[test]
    fn there_is_a_slot_for_everything() {
        for spec in dispatch::specs() {
            assert!(slot(spec.key) < API_SLOTS - 1, "{:?}", spec.key);
            assert!(usize::from(spec.versions.end().unsigned_abs()) < VERSION_SLOTS, "{:?}", spec.key);
        }
        assert!(ErrorCode::all().all(|code| i32::from(code.0) + 1 < ERROR_SLOTS as i32));
    }

    /// A request that was received at 0 ms; the stages of its time in ms.
    #[track_caller]
    fn check(
        begun: u64,
        waited_from: Option<u64>,
        answered: u64,
        writing: u64,
        written: u64,
        expected: [u64; 6],
    ) {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let asked = Asked { key: ApiKey::Fetch, bytes: 100, received: start, begun: at(begun) };
        let request = Answered { asked, waited_from: waited_from.map(at), answered: at(answered) };
        let shard = ShardCounters::new(0, 1);
        shard.api(ApiKey::Fetch).done(&request, at(writing), at(written));
        let mut totals = Totals::default();
        totals.add(&shard);
        let api = totals.api(ApiKey::Fetch).expect("it was counted");
        let sums = Stage::ALL.map(|stage| api.stages[stage as usize].sum() / 1_000_000);
        assert_eq!(sums, expected);
        assert_eq!(api.request_bytes.sum(), 100);
    }

    #[test]
    fn the_stages_of_a_request_add_up_to_its_time() {
        check(0, None, 3, 3, 4, [4, 0, 3, 0, 0, 1]);
        check(2, None, 3, 7, 8, [8, 2, 1, 0, 4, 1]);
        check(1, Some(3), 10, 12, 15, [15, 1, 2, 7, 2, 3]);
    }

    #[test]
    fn shards_are_added_up_and_what_waits_is_counted_while_it_does() {
        let metrics = Metrics::new(2, 1);
        let waits: Vec<_> = metrics.shards.iter().map(|shard| shard.waiting(ApiKey::Produce)).collect();
        let connections: Vec<_> = metrics.shards.iter().map(|shard| shard.connection(0)).collect();
        for (shard, version) in metrics.shards.iter().zip([3, 3]) {
            shard.api(ApiKey::Produce).request(version);
            shard.api(ApiKey::Produce).error(ErrorCode::UNKNOWN_SERVER_ERROR.0);
        }
        let totals = metrics.totals();
        let produce = totals.api(ApiKey::Produce).expect("it was counted");
        assert_eq!((&produce.versions, produce.waiting), (&BTreeMap::from([(3, 2)]), 2));
        assert_eq!(produce.errors, BTreeMap::from([(-1, 2)]));
        drop((waits, connections));
        let totals = metrics.totals();
        assert_eq!(totals.api(ApiKey::Produce).map(|api| api.waiting), Some(0));
        assert!(totals.shards.iter().all(|shard| shard.connections == [(1, 1)]));
    }
}
