//! Decides what is batched with what, what goes into the next request, and what an answer means.
//!
//! Records go into their partition's open batch. A batch is ready when it is full, has lingered, or is flushed.
//! A request to a broker takes at most one batch of each partition that the broker leads; a broker has at most
//! `max_in_flight` requests under way. While a batch is under way the caller owns it, and hands it back with
//! what the broker said.
//!
//! An idempotent producer numbers batches when they are first sent, and repeats them with the same number. When a
//! number is lost for good (a batch was refused, or the broker forgot the producer), the epoch rises (KIP-360). Each
//! partition finishes what has a number, then numbers anew what is left, from zero. Whether the number of a batch that
//! expired is lost is not known; those behind it, repeated as they are, show it. Nothing that a broker may have gets
//! another number.
//! A producer's first batch of a partition goes alone, because a broker that does not know the producer takes any number as
//! the first.
//!
//! Not here: clocks, connections, metadata requests, compression (which the caller causes by encoding a batch,
//! outside the lock that guards this). Sources: KIP-98, KIP-360, KIP-794, KIP-480.
use super::{
    batch::{Batch, Identity},
    config::Config,
    delivery::{Ack, BatchDelivery, Delivery, Promise},
    queue::{PartitionQueue, Rules, Sendable},
    transactions::{Answer, Question, Transactions},
};
use crate::{
    Backoff, Error, Topic, TopicPartition,
    partitioner::{Chooser, Unplaced},
};
use base::{NodeId, ProducerEpoch};
use protocol::ErrorCode;
use records::{BatchBuilder, NewRecord};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Instant,
};

#[derive(Debug)]
pub(super) struct Accumulator {
    config: Config,
    backoff: Backoff,
    seed: u64,
    topics: Vec<TopicQueues>,
    by_name: HashMap<Arc<str>, usize>,
    last_topic: usize,
    /// Every partition, in the order of appearance; where the next round starts moves on.
    rounds: Vec<(usize, usize)>,
    turn: usize,
    requests: HashMap<NodeId, usize>,
    buffered: usize,
    /// Bytes of the smallest record that found no room since one was called back.
    wanted: Option<usize>,
    identity: Option<Identity>,
    transactions: Option<Transactions>,
    /// Brokers that had something coming and took nothing, since when.
    stalled: BTreeMap<NodeId, Instant>,
    /// Those of them for which that is longer than `availability_timeout`.
    silent: BTreeSet<NodeId>,
    fatal: Option<Error>,
    /// The first record that was given up since somebody asked.
    failure: Option<Error>,
}

#[derive(Debug)]
struct TopicQueues {
    topic: Arc<Topic>,
    partitions: Vec<PartitionQueue>,
    chooser: Chooser,
}

/// A record and where it is to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addressed<'a> {
    pub(super) topic: &'a str,
    pub(super) partition: Option<i32>,
    pub(super) record: NewRecord<'a>,
}

#[derive(Debug)]
pub(super) struct Appended {
    pub(super) delivery: Delivery,
    /// Something changed that the sender waits for: a batch was begun or became full.
    pub(super) wake: bool,
}

#[derive(Debug)]
pub(super) enum NotAppended {
    UnknownTopic,
    /// Until something is delivered.
    Full,
    Failed(Error),
}

#[derive(Debug, Default)]
pub(super) struct Drained {
    pub(super) requests: Vec<(NodeId, Vec<Batch>)>,
    /// Brokers that have something coming and no connection.
    pub(super) unconnected: BTreeSet<NodeId>,
    /// Topics with something to send and no leader to send it to.
    pub(super) leaderless: BTreeSet<Arc<str>>,
    /// There is something to send and no producer id yet.
    pub(super) wants_identity: bool,
}

/// What an answer means for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Delivered,
    /// Send it again, after a pause if something must get better first.
    Again {
        pause: bool,
    },
    /// Send it again after those before it, of which one is missing.
    Behind,
    /// Send it again under a new epoch.
    NewEpoch,
    /// Send it in parts.
    Split,
    Failed,
}

impl Accumulator {
    pub(super) fn new(config: Config, backoff: Backoff, seed: u64) -> Self {
        Self {
            config: config.resolved(),
            backoff,
            seed,
            topics: Vec::new(),
            by_name: HashMap::new(),
            last_topic: 0,
            rounds: Vec::new(),
            turn: 0,
            requests: HashMap::new(),
            buffered: 0,
            wanted: None,
            identity: None,
            transactions: None,
            stalled: BTreeMap::new(),
            silent: BTreeSet::new(),
            fatal: None,
            failure: None,
        }
    }

    /// Makes a topic known, or takes note of its new leaders and partitions.
    pub(super) fn set_topic(&mut self, topic: Arc<Topic>) {
        let at = match self.by_name.get(&topic.name) {
            Some(&at) => at,
            None => {
                let at = self.topics.len();
                self.by_name.insert(topic.name.clone(), at);
                let chooser =
                    Chooser::new(self.config.partitioner.clone(), self.seed.wrapping_add(at as u64));
                self.topics.push(TopicQueues { topic: topic.clone(), partitions: Vec::new(), chooser });
                at
            }
        };
        let queues = &mut self.topics[at];
        if queues.topic.id != topic.id {
            // Another topic of the same name, whose brokers have heard of nobody.
            queues.partitions.iter_mut().for_each(|queue| queue.acquainted = false);
        }
        for partition in queues.partitions.len()..topic.partitions.len() {
            queues.partitions.push(PartitionQueue::default());
            self.rounds.push((at, partition));
        }
        queues.topic = topic;
    }

    pub(super) fn topics(&self) -> Vec<Arc<str>> {
        self.topics.iter().map(|queues| queues.topic.name.clone()).collect()
    }

    /// Those with records whose outcome is open.
    pub(super) fn topics_in_use(&self) -> Vec<Arc<str>> {
        let in_use =
            self.topics.iter().filter(|queues| !queues.partitions.iter().all(PartitionQueue::is_idle));
        in_use.map(|queues| queues.topic.name.clone()).collect()
    }

    /// Copies a record into its partition's open batch. `now` is asked only where a batch begins.
    pub(super) fn append(
        &mut self,
        now: impl FnOnce() -> Instant,
        addressed: &Addressed<'_>,
    ) -> Result<Appended, NotAppended> {
        if let Some(error) = &self.fatal {
            return Err(NotAppended::Failed(error.clone()));
        }
        if self.config.transactional_id.is_some() {
            let open =
                self.transactions.as_ref().map_or(Err(Error::NotInTransaction), Transactions::check_open);
            open.map_err(NotAppended::Failed)?;
        }
        let size = BatchBuilder::size_of_record(&addressed.record);
        let limit = self.config.max_request_size;
        if size > limit {
            return Err(NotAppended::Failed(Error::RecordTooLarge { size, limit }));
        }
        let at = self.place_of(addressed.topic).ok_or(NotAppended::UnknownTopic)?;
        // A record that is larger than the whole buffer may go alone.
        if self.buffered > 0 && self.buffered + size > self.config.buffer_memory {
            self.wanted = Some(self.wanted.map_or(size, |known| known.min(size)));
            return Err(NotAppended::Full);
        }
        let queues = &mut self.topics[at];
        let partition =
            queues.choose(addressed, size, &self.config, &self.silent).map_err(NotAppended::Failed)?;
        let queue = &mut queues.partitions[partition];
        let mut wake = false;
        if let Some(transactions) = &mut self.transactions
            && queue.transaction != transactions.number()
        {
            queue.transaction = transactions.number();
            transactions.add_partition(TopicPartition::new(queues.topic.name.clone(), partition as i32));
            wake = true;
        }
        if queue.open.as_ref().is_some_and(|open| open.size() + size > self.config.batch_size) {
            queue.close_open();
            wake = true;
        }
        if queue.open.is_none() {
            let delivery = BatchDelivery::new(queues.topic.name.clone(), partition as i32);
            let order = queue.take_order();
            let room = queue.next_capacity(self.config.batch_size);
            let mut empty = BatchBuilder::new(self.config.compression).with_room_for(room);
            if self.transactions.is_some() {
                empty = empty.transactional();
            }
            queue.open = Some(Batch::new(delivery, order, now(), empty));
            wake = true;
        }
        let open = queue.open.as_mut().expect("it was opened above");
        let before = open.size();
        let delivery = open
            .append(&addressed.record)
            .map_err(|_| NotAppended::Failed(Error::RecordTooLarge { size, limit }))?;
        self.buffered += if open.record_count() == 1 { open.size() } else { open.size() - before };
        if open.size() >= self.config.batch_size {
            queue.close_open();
            wake = true;
        }
        Ok(Appended { delivery, wake })
    }

    /// Where the queues of a topic are. Most records go to the topic of the one before.
    fn place_of(&mut self, topic: &str) -> Option<usize> {
        let is_last = |queues: &TopicQueues| *queues.topic.name == *topic;
        if !self.topics.get(self.last_topic).is_some_and(is_last) {
            self.last_topic = *self.by_name.get(topic)?;
        }
        Some(self.last_topic)
    }

    /// Whether the records that found no room should look again; each is called back once for each time.
    pub(super) fn calls_back(&mut self) -> bool {
        let calls = self.wanted.is_some() && self.has_room();
        if calls {
            self.wanted = None;
        }
        calls
    }

    /// Whether there is room for a record that found none before. More than a little, so that a sender faster than its
    /// brokers is woken for many records at once.
    fn has_room(&self) -> bool {
        let limit = self.config.buffer_memory;
        let enough = self.wanted.unwrap_or(0).max(limit / 8);
        self.buffered == 0 || self.buffered + enough <= limit || self.fatal.is_some()
    }

    /// Makes everything ready.
    pub(super) fn close_open(&mut self) {
        for queue in self.topics.iter_mut().flat_map(|queues| &mut queues.partitions) {
            queue.close_open();
        }
    }

    /// The batches whose outcome is open.
    pub(super) fn outstanding(&self) -> Vec<Arc<BatchDelivery>> {
        let queues = self.topics.iter().flat_map(|queues| &queues.partitions);
        queues.flat_map(PartitionQueue::outstanding).cloned().collect()
    }

    /// Remembers why nothing goes to this broker (`None`: anywhere), for the error of what expires.
    pub(super) fn note_error(&mut self, node: Option<NodeId>, error: &Error) {
        for queues in &mut self.topics {
            for (queue, partition) in queues.partitions.iter_mut().zip(&queues.topic.partitions) {
                if node.is_none() || partition.leader == node {
                    queue.note_error(error);
                }
            }
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.fatal, Some(Error::Closed))
    }

    pub(super) fn is_idle(&self) -> bool {
        self.topics.iter().flat_map(|queues| &queues.partitions).all(PartitionQueue::is_idle)
    }

    /// Takes out all that may be sent now to the brokers that `is_connected`. What lingers goes too where a record waits
    /// for room and nothing else is under way that will make some.
    pub(super) fn drain(&mut self, now: Instant, is_connected: impl Fn(NodeId) -> bool) -> Drained {
        let drained = self.drain_ready(now, &is_connected);
        let lacks_room = self.wanted.is_some() && !self.has_room();
        if !lacks_room || self.requests.values().any(|&flying| flying > 0) {
            return drained;
        }
        self.close_open();
        self.drain_ready(now, &is_connected)
    }

    fn drain_ready(&mut self, now: Instant, is_connected: impl Fn(NodeId) -> bool) -> Drained {
        let mut drained = Drained::default();
        let mut building: BTreeMap<NodeId, Request> = BTreeMap::new();
        self.renew();
        let rules = self.rules(now);
        if self.transactions.as_ref().is_some_and(|transactions| transactions.identity().is_none()) {
            return drained;
        }
        if self.config.idempotent && self.identity.is_none() {
            let mut queues = self.topics.iter().flat_map(|queues| &queues.partitions);
            let wants =
                |queue: &PartitionQueue| queue.needs_epoch() || queue.sendable(&rules) == Sendable::Now;
            drained.wants_identity = self.fatal.is_none() && queues.any(wants);
            return drained;
        }
        let partitions = self.rounds.len();
        let mut stalled = BTreeSet::new();
        let mut took = true;
        while took {
            took = false;
            for step in 0..partitions {
                let (topic, partition) = self.rounds[(self.turn + step) % partitions];
                let queues = &mut self.topics[topic];
                let queue = &mut queues.partitions[partition];
                if queue.sendable(&rules) != Sendable::Now {
                    continue;
                }
                let Some(leader) = queues.topic.partitions.get(partition).and_then(|p| p.leader) else {
                    drained.leaderless.insert(queues.topic.name.clone());
                    continue;
                };
                if let Some(transactions) = &self.transactions
                    && !transactions.may_send(&queues.topic.name, partition as i32)
                {
                    continue;
                }
                if !is_connected(leader) {
                    drained.unconnected.insert(leader);
                    stalled.insert(leader);
                    continue;
                }
                let request = building.entry(leader).or_default();
                let is_new_to_request = request.partitions.insert((topic, partition));
                let fits =
                    is_new_to_request && request.size + queue.next_size() <= self.config.max_request_size;
                if !request.batches.is_empty() && !fits {
                    let done = std::mem::take(request);
                    *self.requests.entry(leader).or_default() += 1;
                    drained.requests.push((leader, done.batches));
                    request.partitions.insert((topic, partition));
                }
                if self.requests.get(&leader).is_some_and(|&flying| flying >= self.config.max_in_flight) {
                    stalled.insert(leader);
                    continue;
                }
                if let Some(batch) = queue.take() {
                    self.stalled.remove(&leader);
                    request.size += batch.size();
                    request.batches.push(batch);
                    took = true;
                }
            }
        }
        self.turn = if partitions == 0 { 0 } else { (self.turn + 1) % partitions };
        self.note_stalled(now, &stalled);
        for (leader, request) in building {
            if !request.batches.is_empty() {
                *self.requests.entry(leader).or_default() += 1;
                drained.requests.push((leader, request.batches));
            }
        }
        drained
    }

    /// Takes note of the brokers that have something coming and take nothing now.
    fn note_stalled(&mut self, now: Instant, stalled: &BTreeSet<NodeId>) {
        let Some(timeout) = self.config.availability_timeout else { return };
        self.stalled.retain(|node, _| stalled.contains(node));
        for node in stalled {
            self.stalled.entry(*node).or_insert(now);
        }
        let late = self.stalled.iter().filter(|(_, since)| **since + timeout <= now);
        self.silent = late.map(|(node, _)| *node).collect();
    }

    fn rules(&self, now: Instant) -> Rules {
        Rules {
            now,
            linger: self.config.linger,
            // Without sequences a repeated batch could be overtaken by the next.
            max_in_flight: if self.config.idempotent { self.config.max_in_flight } else { 1 },
            identity: self.identity,
            numbered: self.config.idempotent,
        }
    }

    /// When time alone can make something ready or late; `None` when only a record or an answer can.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        let rules = self.rules(now);
        let queues = self.topics.iter().flat_map(|queues| &queues.partitions);
        let times = queues.filter_map(|queue| {
            let ready = match queue.sendable(&rules) {
                Sendable::At(at) => Some(at),
                Sendable::Now | Sendable::No => None,
            };
            let expires = queue.oldest().map(|batch| batch.created + self.config.delivery_timeout);
            ready.into_iter().chain(expires).min()
        });
        let question = self.transactions.as_ref().and_then(|transactions| transactions.wake_at(now));
        times.chain(question).min()
    }

    /// A request to this broker has been answered, or will not be.
    pub(super) fn request_ended(&mut self, node: NodeId) {
        if let Some(flying) = self.requests.get_mut(&node) {
            *flying -= 1;
        }
    }

    /// Takes back a batch that `node` was sent. Says whether the leader that was asked is likely wrong and no other is
    /// known.
    pub(super) fn batch_ended(
        &mut self,
        now: Instant,
        node: NodeId,
        mut batch: Batch,
        outcome: Result<Ack, Error>,
    ) -> bool {
        let is_failed =
            self.fatal.is_some() || self.transactions.as_ref().is_some_and(Transactions::is_fatal);
        let has_moved = self.leader_of(&batch).is_some_and(|leader| leader != node);
        let transactional = self.transactions.is_some();
        let was_last_attempt = batch.attempts > self.config.retries;
        let queue = self.queue_of(&batch);
        queue.landed(batch.order);
        let verdict = match &outcome {
            Ok(_) => Verdict::Delivered,
            Err(_) if is_failed => Verdict::Failed,
            Err(error) => match judge(error, batch.stamp.is_some(), queue.is_oldest(batch.order)) {
                Verdict::Split if !batch.is_divisible() => Verdict::Failed,
                // Only the coordinator gives a transactional producer an epoch, once its transaction has ended.
                Verdict::NewEpoch if transactional => Verdict::Failed,
                Verdict::Again { .. } if has_moved && error.asks_for_metadata() => {
                    Verdict::Again { pause: false }
                }
                verdict => verdict,
            },
        };
        let stale = !has_moved && outcome.as_ref().is_err_and(Error::asks_for_metadata);
        match verdict {
            Verdict::Delivered => {
                if let Some(stamp) = batch.stamp {
                    queue.acknowledged(stamp, batch.record_count());
                }
                let unknown = Ack { base_offset: None, log_append_time: None };
                self.end(batch, Ok(outcome.unwrap_or(unknown)));
            }
            Verdict::Again { .. } | Verdict::Behind if was_last_attempt => {
                queue.given_up(&batch);
                self.give_up(batch, outcome);
            }
            Verdict::Again { pause } => {
                let until = pause.then(|| now + self.backoff.wait(batch.attempts, 0.5));
                batch.last_error = outcome.err();
                self.queue_of(&batch).again(batch, until);
            }
            Verdict::Behind => {
                batch.last_error = outcome.err();
                queue.again_behind(batch);
            }
            Verdict::NewEpoch => {
                queue.broken_at(batch.order);
                batch.last_error = outcome.err();
                queue.again(batch, None);
            }
            Verdict::Split => {
                let size = batch.size();
                let parts = batch.split(self.config.compression);
                self.buffered = self.buffered + parts.iter().map(Batch::size).sum::<usize>() - size;
                for part in parts {
                    self.queue_of(&part).again(part, None);
                }
            }
            Verdict::Failed => self.refuse(batch, outcome),
        }
        stale
    }

    fn refuse(&mut self, batch: Batch, outcome: Result<Ack, Error>) {
        // What follows it would be out of sequence.
        if batch.stamp.is_some() {
            self.queue_of(&batch).broken_at(batch.order);
        }
        self.give_up(batch, outcome);
    }

    /// Gives up what waited too long.
    pub(super) fn expire(&mut self, now: Instant) {
        let after = self.config.delivery_timeout;
        let Some(deadline) = now.checked_sub(after) else { return };
        let queues = self.topics.iter_mut().flat_map(|queues| &mut queues.partitions);
        let expired: Vec<Batch> = queues.flat_map(|queue| queue.take_expired(deadline)).collect();
        if expired.is_empty() {
            return;
        }
        for mut batch in expired {
            let partition = format!("{}-{}", batch.topic(), batch.partition());
            let last = batch.last_error.take().map(Box::new);
            self.give_up(batch, Err(Error::DeliveryTimeout { partition, after, last }));
        }
    }

    fn give_up(&mut self, batch: Batch, outcome: Result<Ack, Error>) {
        if let (Some(transactions), Err(error)) = (&mut self.transactions, &outcome) {
            transactions.batch_failed(error);
        }
        self.end(batch, outcome);
    }

    /// Ends everything with this error, now and from now on.
    pub(super) fn fail_all(&mut self, error: &Error) {
        self.fatal = Some(error.clone());
        let queues = self.topics.iter_mut().flat_map(|queues| &mut queues.partitions);
        for batch in queues.flat_map(PartitionQueue::take_all).collect::<Vec<_>>() {
            self.end(batch, Err(error.clone()));
        }
    }

    pub(super) fn set_identity(&mut self, identity: Identity) {
        self.identity = Some(identity);
    }

    /// Makes it a producer of transactions; `initialized` is fulfilled when the first can begin.
    pub(super) fn init_transactions(&mut self, id: String, initialized: Promise) {
        self.transactions = Some(Transactions::new(id, self.backoff, initialized));
    }

    pub(super) fn transactions(&mut self) -> Option<&mut Transactions> {
        self.transactions.as_mut()
    }

    /// Ends the transaction: what waits is sent now, or not at all.
    pub(super) fn end_transaction(&mut self, commit: bool) -> Result<Promise, Error> {
        let promise = self.transactions.as_mut().ok_or(Error::NotInTransaction)?.end(commit)?;
        self.close_open();
        Ok(promise)
    }

    /// What the transaction asks next. Batches that are not to be sent any more end here.
    pub(super) fn next_question(&mut self, now: Instant) -> Option<Question> {
        if let Some(reason) = self.transactions.as_ref()?.gives_up() {
            let all = self.transactions.as_ref().is_some_and(Transactions::is_fatal);
            let queues = self.topics.iter_mut().flat_map(|queues| &mut queues.partitions);
            let abandoned: Vec<Batch> = queues
                .flat_map(|queue| if all { queue.take_all() } else { queue.take_abandoned() })
                .collect();
            for batch in abandoned {
                self.end(batch, Err(reason.clone()));
            }
        }
        let undelivered = !self.is_idle();
        self.transactions.as_mut()?.next(now, undelivered)
    }

    pub(super) fn answered(&mut self, now: Instant, question: &Question, answer: Result<Answer, Error>) {
        let Some(transactions) = &mut self.transactions else { return };
        transactions.answered(now, question, answer);
        if let Some(identity) = transactions.identity()
            && self.identity != Some(identity)
        {
            self.set_identity(identity);
        }
    }

    /// Begins the next epoch where a number of this one is lost: brokers take it as it comes, and when the epochs are used
    /// up a new producer id is asked for. Each partition follows once nothing with a number of the old epoch can count there.
    fn renew(&mut self) {
        let mut queues = self.topics.iter_mut().flat_map(|queues| &mut queues.partitions);
        let Some(identity) = self.identity else { return };
        // Only the coordinator gives a transactional producer an epoch.
        let is_over = self.transactions.is_none() && queues.any(|queue| queue.needs_epoch_after(identity));
        if is_over {
            let next = identity.epoch.0.checked_add(1).map(ProducerEpoch);
            self.identity = next.map(|epoch| Identity { epoch, ..identity });
        }
        if let Some(identity) = self.identity {
            for queue in self.topics.iter_mut().flat_map(|queues| &mut queues.partitions) {
                queue.follow(identity);
            }
        }
    }

    fn end(&mut self, batch: Batch, outcome: Result<Ack, Error>) {
        self.buffered = self.buffered.saturating_sub(batch.size());
        if let Err(error) = &outcome {
            self.failure.get_or_insert_with(|| error.clone());
        }
        batch.complete(outcome);
    }

    pub(super) fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    fn leader_of(&self, batch: &Batch) -> Option<NodeId> {
        let topic = &self.topics[self.by_name[batch.topic()]].topic;
        topic.partition(batch.partition())?.leader
    }

    fn queue_of(&mut self, batch: &Batch) -> &mut PartitionQueue {
        let at = self.by_name[batch.topic()];
        &mut self.topics[at].partitions[batch.partition() as usize]
    }
}

/// A request that is being filled.
#[derive(Debug, Default)]
struct Request {
    size: usize,
    batches: Vec<Batch>,
    partitions: BTreeSet<(usize, usize)>,
}

impl TopicQueues {
    fn choose(
        &mut self,
        addressed: &Addressed<'_>,
        size: usize,
        config: &Config,
        silent: &BTreeSet<NodeId>,
    ) -> Result<usize, Error> {
        // There may be queues of partitions that the topic had when it was made before.
        let count = self.topic.partitions.len();
        let known = &self.topic.partitions;
        let chosen = match addressed.partition {
            Some(partition) => usize::try_from(partition).ok(),
            None if count == 0 => None,
            None => {
                let unplaced = Unplaced {
                    topic: addressed.topic,
                    key: addressed.record.key,
                    value: addressed.record.value,
                    partitions: count,
                };
                let queues = &self.partitions;
                let load = |index: usize| {
                    let leader = known.get(index).and_then(|partition| partition.leader)?;
                    if !silent.is_empty() && silent.contains(&leader) {
                        return None;
                    }
                    Some(if config.adaptive_partitioning { queues[index].waiting() } else { 0 })
                };
                Some(self.chooser.choose(&unplaced, load, size, config.batch_size))
            }
        };
        chosen.filter(|partition| *partition < count).ok_or_else(|| Error::UnknownPartition {
            topic: self.topic.name.to_string(),
            partition: addressed.partition.unwrap_or(-1),
            partitions: count,
        })
    }
}

/// `numbered` batches are told apart by brokers; the `oldest` of its partition has no batch before it whose
/// outcome is open.
fn judge(error: &Error, numbered: bool, oldest: bool) -> Verdict {
    match error.code() {
        Some(ErrorCode::DUPLICATE_SEQUENCE_NUMBER) if numbered => Verdict::Delivered,
        // A batch before it was lost and will be repeated first; or, if there is none, the broker lost one.
        Some(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) if numbered && !oldest => Verdict::Behind,
        Some(
            ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER
            | ErrorCode::UNKNOWN_PRODUCER_ID
            | ErrorCode::INVALID_PRODUCER_EPOCH,
        ) if numbered => Verdict::NewEpoch,
        Some(ErrorCode::MESSAGE_TOO_LARGE) => Verdict::Split,
        _ if error.is_retriable() => Verdict::Again { pause: true },
        _ => Verdict::Failed,
    }
}

#[cfg(test)]
mod tests;
