use super::{super::config::Acks, *};
use base::{ProducerId, TopicId};
use std::time::Duration;

/// A producer of records of 100 bytes in batches of up to four, against broker 1 (and 2, for partition 1).
struct Play {
    accumulator: Accumulator,
    start: Instant,
    flying: Vec<(NodeId, Batch)>,
    deliveries: Vec<Delivery>,
}

const BATCH: usize = 500;
const PARTITIONS: [i32; 2] = [1, 2];

impl Play {
    fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config =
            Config { batch_size: BATCH, linger: Duration::from_millis(10), ..Default::default() };
        change(&mut config);
        let backoff = Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) };
        let mut accumulator = Accumulator::new(config, backoff, 1);
        accumulator.set_topic(topic(&PARTITIONS));
        if accumulator.config.idempotent {
            accumulator.set_identity(Identity { id: ProducerId(7), epoch: ProducerEpoch(0) });
        }
        let mut play =
            Self { accumulator, start: Instant::now(), flying: Vec::new(), deliveries: Vec::new() };
        play.acquaint();
        play
    }

    /// As if each partition's broker had taken a batch of the epoch already.
    fn acquaint(&mut self) {
        self.accumulator.renew();
        let queues = self.accumulator.topics.iter_mut().flat_map(|queues| &mut queues.partitions);
        queues.for_each(|queue| queue.acquainted = true);
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn append(&mut self, ms: u64, partition: i32, count: usize) {
        for _ in 0..count {
            let appended = self.try_append(ms, partition).unwrap();
            self.deliveries.push(appended.delivery);
        }
        // A batch takes four, but is known to be full only when a fifth comes.
        if count.is_multiple_of(4) {
            self.accumulator.close_open();
        }
    }

    fn try_append(&mut self, ms: u64, partition: i32) -> Result<Appended, NotAppended> {
        let record = NewRecord { timestamp: 0, value: Some(&[b'x'; 80]), ..Default::default() };
        let now = self.at(ms);
        self.accumulator.append(|| now, &Addressed { topic: "t", partition: Some(partition), record })
    }

    /// What is sent at this time: per request its broker, and each batch as `partition/sequence+records`.
    #[track_caller]
    fn sends(&mut self, ms: u64, expected: &[&str]) {
        let now = self.at(ms);
        self.accumulator.expire(now);
        let drained = self.accumulator.drain(now, |_| true);
        let mut shown = Vec::new();
        for (node, batches) in drained.requests {
            let names: Vec<String> = batches.iter().map(name).collect();
            shown.push(format!("{node}: {}", names.join(" ")));
            self.flying.extend(batches.into_iter().map(|batch| (node, batch)));
        }
        assert_eq!(shown, expected, "at {ms} ms");
    }

    /// The broker answers for the batch of this name.
    #[track_caller]
    fn answers(&mut self, ms: u64, batch: &str, code: ErrorCode) {
        let at = self.flying.iter().position(|(_, flying)| name(flying) == batch).expect("it is under way");
        let (node, flying) = self.flying.remove(at);
        let outcome = crate::admin::check("t", code.0, None);
        let outcome = outcome.map(|()| Ack { base_offset: Some(100), log_append_time: None });
        let now = self.at(ms);
        self.accumulator.request_ended(node);
        self.accumulator.batch_ended(now, node, flying, outcome);
    }

    /// Of each record in the order appended: `.` open, an offset, or the code of the failure.
    fn outcomes(&self) -> String {
        let shown = self.deliveries.iter().map(|delivery| match delivery.outcome() {
            None => ".".to_owned(),
            Some(Ok(delivered)) => delivered.offset.map_or("?".to_owned(), |offset| offset.to_string()),
            Some(Err(Error::DeliveryTimeout { .. })) => "late".to_owned(),
            Some(Err(error)) => error.code().map_or("error".to_owned(), |code| code.to_string()),
        });
        shown.collect::<Vec<_>>().join(" ")
    }
}

fn name(batch: &Batch) -> String {
    let stamp = batch.stamp.map_or("-".to_owned(), |stamp| match stamp.identity.epoch.0 {
        0 => stamp.base_sequence.to_string(),
        epoch => format!("e{epoch}:{}", stamp.base_sequence),
    });
    format!("{}/{stamp}+{}", batch.partition(), batch.record_count())
}

fn topic(leaders: &[i32]) -> Arc<Topic> {
    let partitions = leaders.iter().zip(0..).map(|(&leader, index)| crate::Partition {
        index,
        leader: (leader > 0).then_some(NodeId(leader)),
        leader_epoch: 0,
        replicas: Vec::new(),
        isr: Vec::new(),
        offline_replicas: Vec::new(),
    });
    Arc::new(Topic {
        name: "t".into(),
        id: TopicId::METADATA,
        internal: false,
        partitions: partitions.collect(),
    })
}

#[test]
fn a_batch_goes_when_full_or_lingered_or_flushed() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 3);
    play.sends(9, &[]);
    assert_eq!(play.accumulator.wake_at(play.at(9)), Some(play.at(10)));
    play.sends(10, &["1: 0/0+3"]);
    play.append(11, 0, 5);
    play.sends(11, &["1: 0/3+4"]);
    play.accumulator.close_open();
    play.sends(11, &["1: 0/7+1"]);
}

#[test]
fn a_request_takes_one_batch_of_each_partition_of_its_broker() {
    let mut play = Play::new(|_| {});
    play.accumulator.set_topic(topic(&[1, 2, 1]));
    play.acquaint();
    for partition in [0, 1, 2] {
        play.append(0, partition, 8);
    }
    play.sends(0, &["1: 0/0+4 2/0+4", "2: 1/0+4", "1: 0/4+4 2/4+4", "2: 1/4+4"]);
}

#[test]
fn no_more_than_five_requests_are_under_way_to_a_broker() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 4 * 7);
    play.sends(0, &["1: 0/0+4", "1: 0/4+4", "1: 0/8+4", "1: 0/12+4", "1: 0/16+4"]);
    play.answers(1, "0/0+4", ErrorCode::NONE);
    play.sends(1, &["1: 0/20+4"]);
}

#[test]
fn the_first_batch_of_a_partition_goes_alone() {
    let mut play = Play::new(|_| {});
    play.accumulator.set_identity(Identity { id: ProducerId(8), epoch: ProducerEpoch(0) });
    play.append(0, 0, 12);
    play.append(0, 1, 4);
    play.sends(0, &["1: 0/0+4", "2: 1/0+4"]);
    play.answers(1, "0/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    play.answers(1, "1/0+4", ErrorCode::NONE);
    play.sends(1, &[]);
    play.sends(101, &["1: 0/0+4"]);
    play.answers(102, "0/0+4", ErrorCode::NONE);
    play.sends(102, &["1: 0/4+4", "1: 0/8+4"]);
}

#[test]
fn without_sequences_one_batch_of_a_partition_is_under_way() {
    for change in
        [|config: &mut Config| config.idempotent = false, |config: &mut Config| config.acks = Acks::Leader]
    {
        let mut play = Play::new(change);
        play.append(0, 0, 8);
        play.append(0, 1, 4);
        play.sends(0, &["1: 0/-+4", "2: 1/-+4"]);
        play.answers(1, "0/-+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
        play.sends(1, &[]);
        play.sends(101, &["1: 0/-+4"]);
        play.answers(102, "0/-+4", ErrorCode::NONE);
        play.sends(102, &["1: 0/-+4"]);
    }
}

#[test]
fn what_must_be_repeated_keeps_its_place() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 12);
    play.sends(0, &["1: 0/0+4", "1: 0/4+4", "1: 0/8+4"]);
    play.append(1, 0, 4);
    play.answers(1, "0/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    // Later ones are still out, so nothing may go.
    play.sends(200, &[]);
    play.answers(200, "0/4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.answers(200, "0/8+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.sends(201, &["1: 0/0+4", "1: 0/4+4", "1: 0/8+4", "1: 0/12+4"]);
    for batch in ["0/0+4", "0/4+4", "0/8+4", "0/12+4"] {
        play.answers(202, batch, ErrorCode::NONE);
    }
    assert!(play.accumulator.is_idle());
    assert_eq!(play.accumulator.buffered, 0);
}

#[test]
fn a_repeated_batch_that_had_arrived_is_delivered() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 4);
    play.sends(0, &["1: 0/0+4"]);
    play.answers(1, "0/0+4", ErrorCode::REQUEST_TIMED_OUT);
    play.sends(101, &["1: 0/0+4"]);
    play.answers(102, "0/0+4", ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
    assert_eq!(play.outcomes(), "? ? ? ?");
}

#[test]
fn a_lost_sequence_starts_an_epoch_where_the_old_one_is_finished() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 8);
    play.append(0, 1, 4);
    play.sends(0, &["1: 0/0+4", "1: 0/4+4", "2: 1/0+4"]);
    play.append(0, 1, 4);
    play.answers(1, "0/0+4", ErrorCode::INVALID_RECORD);
    play.answers(1, "0/4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    // Partition 1 still has a batch of the old epoch under way.
    play.sends(2, &["1: 0/e1:0+4"]);
    play.answers(3, "1/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    play.sends(200, &["2: 1/0+4"]);
    play.answers(201, "1/0+4", ErrorCode::NONE);
    play.sends(201, &["2: 1/e1:0+4"]);
    play.answers(202, "0/e1:0+4", ErrorCode::NONE);
    play.answers(202, "1/e1:0+4", ErrorCode::NONE);
    let invalid = ["INVALID_RECORD"; 4].join(" ");
    assert_eq!(play.outcomes(), format!("{invalid} 100 101 102 103 100 101 102 103 100 101 102 103"));
}

#[test]
fn what_waits_too_long_is_given_up() {
    let mut play = Play::new(|config| config.delivery_timeout = Duration::from_millis(500));
    play.accumulator.set_topic(topic(&[0, 2]));
    play.append(0, 0, 1);
    play.append(400, 0, 4);
    play.sends(499, &[]);
    assert_eq!(play.outcomes(), ". . . . .");
    play.sends(500, &[]);
    // The first batch had room for three more, so one record of the second moment is in another batch.
    assert_eq!(play.outcomes(), "late late late late .");
    assert!(play.accumulator.drain(play.at(500), |_| true).leaderless.contains("t"));
}

#[test]
fn what_failed_as_often_as_it_may_is_given_up() {
    let passing = ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND;
    let mut play = Play::new(|config| config.retries = 1);
    play.append(0, 0, 4);
    play.sends(0, &["1: 0/0+4"]);
    play.answers(1, "0/0+4", passing);
    play.sends(200, &["1: 0/0+4"]);
    play.answers(201, "0/0+4", passing);
    assert_eq!(play.outcomes(), vec![passing.to_string(); 4].join(" "));
    // The broker may have it, so its sequence is not used again.
    play.append(202, 0, 4);
    play.sends(202, &["1: 0/e1:0+4"]);

    let mut play = Play::new(|config| (config.retries, config.idempotent) = (0, false));
    play.append(0, 0, 8);
    play.sends(0, &["1: 0/-+4"]);
    play.answers(1, "0/-+4", passing);
    play.sends(1, &["1: 0/-+4"]);
    play.answers(2, "0/-+4", ErrorCode::NONE);
    assert!(play.outcomes().ends_with("100 101 102 103"), "{}", play.outcomes());
}

#[test]
fn memory_is_bounded_and_freed() {
    let mut play = Play::new(|config| config.buffer_memory = 1000);
    let mut appended = 0;
    while play.try_append(0, 0).is_ok() {
        appended += 1;
    }
    assert!((7..10).contains(&appended), "{appended}");
    assert!(matches!(play.try_append(0, 0), Err(NotAppended::Full)));
    // Batches on their way out will make room; the open one goes on lingering.
    let drained = play.accumulator.drain(play.at(0), |_| true);
    let batches: Vec<Batch> = drained.requests.into_iter().flat_map(|(_, batches)| batches).collect();
    assert_eq!(batches.len() + 1, play.accumulator.outstanding().len());
    assert!(!play.accumulator.has_room());
    for batch in batches {
        let ack = Ack { base_offset: Some(0), log_append_time: None };
        play.accumulator.batch_ended(play.at(1), NodeId(1), batch, Ok(ack));
    }
    assert!(play.accumulator.has_room() && play.try_append(1, 0).is_ok());
}

#[test]
fn a_full_buffer_does_not_linger() {
    let mut play = Play::new(|config| (config.buffer_memory, config.batch_size) = (400, 1000));
    while play.try_append(0, 0).is_ok() {}
    play.sends(0, &["1: 0/0+3"]);
}

#[test]
fn a_broker_without_connection_is_asked_for() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 4);
    play.append(0, 1, 4);
    let drained = play.accumulator.drain(play.at(0), |node| node == NodeId(2));
    assert_eq!(drained.unconnected.into_iter().collect::<Vec<_>>(), [NodeId(1)]);
    assert_eq!(drained.requests.len(), 1);
}

#[test]
fn an_idempotent_producer_asks_for_its_id_first() {
    let mut play = Play::new(|_| {});
    play.accumulator.identity = None;
    assert!(!play.accumulator.drain(play.at(0), |_| true).wants_identity);
    play.append(0, 0, 4);
    let drained = play.accumulator.drain(play.at(0), |_| true);
    assert!(drained.wants_identity && drained.requests.is_empty());
}

#[test]
fn errors_mean_what_they_mean() {
    use ErrorCode as E;
    use Verdict::{Again, Behind, Delivered, Failed, NewEpoch, Split};
    for (code, numbered, oldest, expected) in [
        (E::NOT_LEADER_OR_FOLLOWER, true, true, Again { pause: true }),
        (E::NOT_ENOUGH_REPLICAS_AFTER_APPEND, true, true, Again { pause: true }),
        (E::DUPLICATE_SEQUENCE_NUMBER, true, true, Delivered),
        (E::OUT_OF_ORDER_SEQUENCE_NUMBER, true, false, Behind),
        (E::OUT_OF_ORDER_SEQUENCE_NUMBER, true, true, NewEpoch),
        (E::OUT_OF_ORDER_SEQUENCE_NUMBER, false, true, Failed),
        (E::UNKNOWN_PRODUCER_ID, true, true, NewEpoch),
        (E::MESSAGE_TOO_LARGE, true, true, Split),
        (E::TOPIC_AUTHORIZATION_FAILED, true, true, Failed),
        (E::INVALID_RECORD, false, true, Failed),
    ] {
        let error = Error::refused("t", code.0, None);
        assert_eq!(judge(&error, numbered, oldest), expected, "{code} {numbered} {oldest}");
    }
}

#[test]
fn a_batch_too_large_for_the_broker_goes_in_halves() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 8);
    play.sends(0, &["1: 0/0+4", "1: 0/4+4"]);
    play.answers(1, "0/4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.answers(1, "0/0+4", ErrorCode::MESSAGE_TOO_LARGE);
    play.sends(1, &["1: 0/0+2", "1: 0/2+2", "1: 0/4+4"]);
    play.answers(2, "0/0+2", ErrorCode::NONE);
    play.answers(2, "0/2+2", ErrorCode::MESSAGE_TOO_LARGE);
    play.answers(2, "0/4+4", ErrorCode::NONE);
    play.sends(2, &["1: 0/2+1", "1: 0/3+1"]);
    assert_eq!(play.outcomes(), "100 101 . . 100 101 102 103");
    play.answers(3, "0/2+1", ErrorCode::NONE);
    // One record cannot be divided.
    play.answers(3, "0/3+1", ErrorCode::MESSAGE_TOO_LARGE);
    assert_eq!(play.outcomes(), "100 101 100 MESSAGE_TOO_LARGE 100 101 102 103");
    assert_eq!(play.accumulator.buffered, 0);
}

#[test]
fn a_batch_follows_a_leader_that_is_known_without_a_pause() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 4);
    play.sends(0, &["1: 0/0+4"]);
    play.accumulator.set_topic(topic(&[2, 2]));
    play.answers(1, "0/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    play.sends(1, &["2: 0/0+4"]);
}

/// A transactional producer of the second protocol, in its first transaction.
fn transactional() -> Play {
    use super::super::transactions::Abilities;
    let mut play = Play::new(|config| config.transactional_id = Some("tx".to_owned()));
    assert!(matches!(play.try_append(0, 0), Err(NotAppended::Failed(Error::NotInTransaction))));
    play.accumulator.init_transactions("tx".to_owned(), Promise::default());
    play.accumulator.transactions().unwrap().learn(Abilities { second_protocol: true, raises_epochs: true });
    let now = play.at(0);
    for answer in [
        Answer::Coordinator(NodeId(1)),
        Answer::Identity(Identity { id: ProducerId(7), epoch: ProducerEpoch(0) }),
    ] {
        let question = play.accumulator.next_question(now).unwrap();
        play.accumulator.answered(now, &question, Ok(answer));
    }
    assert!(matches!(play.try_append(0, 0), Err(NotAppended::Failed(Error::NotInTransaction))));
    play.accumulator.transactions().unwrap().begin().unwrap();
    play.acquaint();
    play
}

#[test]
fn the_end_of_a_transaction_waits_for_its_batches_and_brings_an_epoch() {
    let mut play = transactional();
    play.append(0, 0, 5);
    play.sends(0, &["1: 0/0+4"]);
    play.accumulator.end_transaction(true).unwrap();
    play.sends(0, &["1: 0/4+1"]);
    play.answers(1, "0/0+4", ErrorCode::NONE);
    assert_eq!(play.accumulator.next_question(play.at(1)), None);
    play.answers(1, "0/4+1", ErrorCode::NONE);
    let question = play.accumulator.next_question(play.at(1)).unwrap();
    assert!(matches!(question, Question::End { commit: true, .. }));
    let next = Identity { id: ProducerId(7), epoch: ProducerEpoch(1) };
    play.accumulator.answered(play.at(1), &question, Ok(Answer::Ended(Some(next))));
    play.accumulator.transactions().unwrap().begin().unwrap();
    play.append(2, 0, 4);
    play.sends(2, &["1: 0/e1:0+4"]);
}

#[test]
fn an_abort_gives_up_what_was_not_sent() {
    let mut play = transactional();
    play.append(0, 0, 4);
    play.sends(0, &["1: 0/0+4"]);
    play.append(0, 0, 4);
    play.accumulator.end_transaction(false).unwrap();
    assert_eq!(play.accumulator.next_question(play.at(0)), None);
    assert_eq!(play.outcomes(), ". . . . error error error error");
    // What a broker may have is sent until it is known.
    play.answers(1, "0/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!(play.accumulator.next_question(play.at(1)), None);
    play.sends(101, &["1: 0/0+4"]);
    play.answers(102, "0/0+4", ErrorCode::NONE);
    assert!(matches!(
        play.accumulator.next_question(play.at(102)),
        Some(Question::End { commit: false, .. })
    ));
}

#[test]
fn a_lost_sequence_fails_the_transaction_and_what_came_after() {
    let mut play = transactional();
    play.append(0, 0, 8);
    play.sends(0, &["1: 0/0+4", "1: 0/4+4"]);
    play.answers(1, "0/4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.answers(1, "0/0+4", ErrorCode::INVALID_RECORD);
    assert!(matches!(play.try_append(1, 0), Err(NotAppended::Failed(Error::TransactionAborted { .. }))));
    assert_eq!(play.accumulator.next_question(play.at(1)), None);
    play.accumulator.end_transaction(false).unwrap();
    assert!(matches!(play.accumulator.next_question(play.at(1)), Some(Question::End { commit: false, .. })));
    assert!(play.accumulator.is_idle() && play.accumulator.buffered == 0);
}

#[test]
fn a_broker_that_takes_nothing_is_left_out_of_the_choice() {
    let mut play = Play::new(|config| config.availability_timeout = Some(Duration::from_millis(50)));
    play.append(0, 0, 4);
    for ms in [0, 49, 50] {
        play.accumulator.drain(play.at(ms), |node| node == NodeId(2));
        assert_eq!(play.accumulator.silent.contains(&NodeId(1)), ms >= 50, "{ms}");
    }
    play.accumulator.drain(play.at(51), |_| true);
    assert!(play.accumulator.silent.is_empty());
}

#[test]
fn the_parts_of_a_batch_may_be_smaller_than_the_whole() {
    // Offsets within a batch take more bytes from 64 on, and each part counts from zero.
    let mut play = Play::new(|config| config.batch_size = 1 << 20);
    play.append(0, 0, 256);
    play.sends(0, &["1: 0/0+256"]);
    play.answers(1, "0/0+256", ErrorCode::MESSAGE_TOO_LARGE);
    play.sends(1, &["1: 0/0+129", "1: 0/129+127"]);
    play.answers(2, "0/0+129", ErrorCode::NONE);
    play.answers(2, "0/129+127", ErrorCode::NONE);
    assert_eq!(play.accumulator.buffered, 0);
}

/// Of two batches that a broker may have, the first is given up when 500 ms have passed.
fn unresolved() -> Play {
    let mut play = Play::new(|config| config.delivery_timeout = Duration::from_millis(500));
    play.append(0, 0, 4);
    play.append(100, 0, 4);
    play.sends(100, &["1: 0/0+4", "1: 0/4+4"]);
    play.answers(101, "0/0+4", ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    play.answers(101, "0/4+4", ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    play.accumulator.set_topic(topic(&[0, 2]));
    play.append(499, 0, 4);
    play.append(499, 1, 4);
    // Other partitions go on; what is new here waits until it is known what the broker has.
    play.sends(500, &["2: 1/0+4"]);
    play.accumulator.set_topic(topic(&PARTITIONS));
    play.sends(501, &["1: 0/4+4"]);
    play
}

#[test]
fn what_follows_a_batch_that_was_given_up_is_repeated_as_it_was() {
    let mut play = unresolved();
    play.answers(502, "0/4+4", ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
    play.sends(502, &["1: 0/8+4"]);
}

#[test]
fn a_batch_that_was_given_up_and_is_missing_starts_an_epoch() {
    let mut play = unresolved();
    play.answers(502, "0/4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.sends(502, &["1: 0/e1:0+4", "1: 0/e1:4+4"]);
}

#[test]
fn nothing_left_of_what_a_broker_may_have_starts_an_epoch() {
    let mut play = unresolved();
    play.answers(502, "0/4+4", ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    play.answers(502, "1/0+4", ErrorCode::NONE);
    play.sends(599, &[]);
    play.append(600, 1, 4);
    play.sends(600, &["2: 1/e1:0+4"]);
    play.sends(702, &["1: 0/e1:0+4"]);
}

#[test]
fn what_comes_before_a_refused_batch_is_repeated_as_it_was() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 12);
    play.sends(0, &["1: 0/0+4", "1: 0/4+4", "1: 0/8+4"]);
    play.answers(1, "0/0+4", ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    play.answers(1, "0/4+4", ErrorCode::INVALID_RECORD);
    play.answers(1, "0/8+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.sends(101, &["1: 0/0+4"]);
    play.answers(102, "0/0+4", ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
    play.sends(102, &["1: 0/e1:0+4"]);
}

#[test]
fn without_sequences_the_parts_of_a_batch_go_one_after_the_other() {
    let mut play = Play::new(|config| config.idempotent = false);
    play.append(0, 0, 4);
    play.sends(0, &["1: 0/-+4"]);
    play.answers(1, "0/-+4", ErrorCode::MESSAGE_TOO_LARGE);
    play.sends(1, &["1: 0/-+2"]);
    play.answers(2, "0/-+2", ErrorCode::NONE);
    play.sends(2, &["1: 0/-+2"]);
}

#[test]
fn a_batch_that_overtook_one_at_the_leader_before_waits_for_it() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 4);
    play.sends(0, &["1: 0/0+4"]);
    play.accumulator.set_topic(topic(&[2, 2]));
    play.append(1, 0, 4);
    play.sends(1, &["2: 0/4+4"]);
    play.answers(2, "0/4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.sends(1000, &[]);
    play.answers(1000, "0/0+4", ErrorCode::NONE);
    play.sends(1000, &["2: 0/4+4"]);
}

#[test]
fn a_record_that_found_no_room_is_not_called_back_before_there_is_some() {
    for memory in 500..1000 {
        let mut play = Play::new(|config| config.buffer_memory = memory);
        while play.try_append(0, 0).is_ok() {}
        assert!(!play.accumulator.has_room(), "{memory}");
    }
}

#[test]
fn what_lingers_goes_when_nothing_else_makes_room() {
    let mut play =
        Play::new(|config| (config.buffer_memory, config.linger) = (600, Duration::from_secs(3600)));
    play.append(0, 0, 4);
    play.append(0, 1, 1);
    play.sends(0, &["1: 0/0+4"]);
    assert!(matches!(play.try_append(0, 1), Err(NotAppended::Full)));
    // What is under way may make room.
    play.sends(1, &[]);
    play.accumulator.set_topic(topic(&[0, 2]));
    play.answers(2, "0/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    play.sends(2, &["2: 1/0+1"]);
    play.answers(3, "1/0+1", ErrorCode::NONE);
    assert!(play.accumulator.calls_back() && !play.accumulator.calls_back());
    assert!(play.try_append(3, 1).is_ok());
}

#[test]
fn a_topic_that_lost_partitions_takes_records_for_the_rest() {
    let mut play = Play::new(|_| {});
    for (leaders, exist) in [(&[1, 2][..], 2), (&[1], 1), (&[], 0), (&[1, 2, 3], 3)] {
        play.accumulator.set_topic(topic(leaders));
        for partition in 0..3 {
            let appended = play.try_append(0, partition);
            match appended {
                Ok(_) => assert!(partition < exist, "{partition} of {exist}"),
                Err(NotAppended::Failed(Error::UnknownPartition { partitions, .. })) => {
                    assert!(partition >= exist && partitions == exist as usize, "{partition} of {exist}");
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        let record = NewRecord { key: Some(b"k"), ..Default::default() };
        let now = play.at(0);
        let anywhere = play.accumulator.append(|| now, &Addressed { topic: "t", partition: None, record });
        assert_eq!(anywhere.is_ok(), exist > 0, "{exist}");
    }
}

#[test]
fn a_topic_that_was_made_again_knows_no_producer() {
    let mut play = Play::new(|_| {});
    play.append(0, 0, 8);
    let mut again = (*topic(&PARTITIONS)).clone();
    again.id = "AAAAAAAAAAAAAAAAAAAABw".parse().unwrap();
    assert_ne!(again.id, topic(&PARTITIONS).id);
    play.accumulator.set_topic(again.into());
    play.sends(0, &["1: 0/0+4"]);
    play.answers(1, "0/0+4", ErrorCode::NONE);
    play.append(1, 0, 4);
    play.sends(1, &["1: 0/4+4", "1: 0/8+4"]);
}

#[test]
fn a_lost_sequence_does_not_stop_the_partitions_of_a_broker_that_is_well() {
    let mut play = Play::new(|_| {});
    play.accumulator.set_topic(topic(&[1, 2, 1]));
    play.acquaint();
    play.append(0, 0, 4);
    play.append(0, 1, 4);
    play.sends(0, &["1: 0/0+4", "2: 1/0+4"]);
    play.answers(1, "1/0+4", ErrorCode::NOT_LEADER_OR_FOLLOWER);
    play.accumulator.set_topic(topic(&[1, 0, 1]));
    play.answers(1, "0/0+4", ErrorCode::INVALID_RECORD);
    for partition in 0..3 {
        play.append(2, partition, 4);
    }
    play.sends(2, &["1: 2/e1:0+4 0/e1:0+4"]);
    // One epoch is enough for all partitions that lost a sequence of the one before.
    play.accumulator.set_topic(topic(&[1, 2, 1]));
    play.sends(200, &["2: 1/0+4"]);
    play.answers(201, "1/0+4", ErrorCode::INVALID_RECORD);
    play.sends(201, &["2: 1/e1:0+4"]);
}

#[test]
fn a_producer_whose_epochs_are_used_up_asks_for_another_id() {
    let mut play = Play::new(|_| {});
    let last = Identity { id: ProducerId(7), epoch: ProducerEpoch(i16::MAX) };
    play.accumulator.set_identity(last);
    play.append(0, 0, 8);
    play.sends(0, &["1: 0/e32767:0+4", "1: 0/e32767:4+4"]);
    play.answers(1, "0/e32767:0+4", ErrorCode::INVALID_RECORD);
    assert!(play.accumulator.drain(play.at(1), |_| true).wants_identity);
    play.answers(2, "0/e32767:4+4", ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    play.accumulator.set_identity(Identity { id: ProducerId(8), epoch: ProducerEpoch(0) });
    play.sends(2, &["1: 0/0+4"]);
}
