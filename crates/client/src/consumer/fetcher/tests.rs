use super::*;
use crate::{Address, Broker, Partition, Topic};
use base::{LeaderEpoch, Offset, TopicId};
use records::{BatchBuilder, Compression, NewRecord};
use std::{sync::Arc, time::Duration};

/// Partition, code, and the batches as (base offset, records).
type Said<'a> = (i32, ErrorCode, &'a [(i64, usize)]);

struct Play {
    fetcher: Fetcher,
    metadata: Metadata,
    start: Instant,
    flying: BTreeMap<NodeId, Vec<Target>>,
    questions: Vec<(NodeId, Question)>,
}

impl Play {
    /// Partitions of topic `t` with these leaders, each from offset 0.
    fn new(leaders: &[i32], stop_at: Option<i64>) -> Self {
        let backoff = Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) };
        let mut fetcher = Fetcher::new(backoff, Duration::from_secs(300));
        for partition in 0..leaders.len() {
            fetcher.assign(at(partition as i32), Some(0.into()), stop_at);
        }
        Self {
            fetcher,
            metadata: metadata(leaders),
            start: Instant::now(),
            flying: BTreeMap::new(),
            questions: Vec::new(),
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// The requests that go out: `broker: partition@offset ...`.
    #[track_caller]
    fn sends(&mut self, ms: u64, expected: &[&str]) {
        let plan = self.fetcher.plan(self.at(ms), &self.metadata);
        let mut shown = Vec::new();
        for (node, targets) in plan.requests {
            let names: Vec<_> = targets.iter().map(|t| format!("{}@{}", t.at.partition, t.offset)).collect();
            shown.push(format!("{node}: {}", names.join(" ")));
            self.flying.insert(node, targets);
        }
        assert_eq!(shown, expected, "at {ms} ms");
    }

    /// The broker's answer.
    fn answers(&mut self, ms: u64, node: i32, answers: &[Said<'_>]) -> Vec<String> {
        let answers = answers.iter().map(|(partition, code, batches)| Answer {
            at: at(*partition),
            code: *code,
            ends: Ends { high_watermark: 100, last_stable_offset: 90 },
            preferred: None,
            aborted: Aborted::default(),
            records: batches
                .iter()
                .flat_map(|(base, count)| batch(*base, *count))
                .collect::<Vec<u8>>()
                .into(),
        });
        self.answers_with(ms, node, answers.collect())
    }

    fn answers_with(&mut self, ms: u64, node: i32, answers: Vec<Answer>) -> Vec<String> {
        let targets = self.flying.remove(&NodeId(node)).expect("a request is under way");
        let now = self.at(ms);
        self.fetcher.answered(now, NodeId(node), &targets, answers).iter().map(shown).collect()
    }

    /// The leader names a nearer broker for partition 0.
    fn prefers(&mut self, ms: u64, node: i32, preferred: i32) -> Vec<String> {
        let answer = Answer {
            at: at(0),
            code: NONE,
            ends: Ends { high_watermark: 100, last_stable_offset: 90 },
            preferred: Some(NodeId(preferred)),
            aborted: Aborted::default(),
            records: Bytes::new(),
        };
        self.answers_with(ms, node, vec![answer])
    }

    /// The request fails.
    fn fails(&mut self, ms: u64, node: i32, error: &Error) -> Vec<String> {
        let targets = self.flying.remove(&NodeId(node)).expect("a request is under way");
        let now = self.at(ms);
        self.fetcher.failed(now, NodeId(node), &targets, error).iter().map(shown).collect()
    }

    /// The questions about positions that go out: `broker: partition@offset of epoch`.
    #[track_caller]
    fn asks(&mut self, ms: u64, expected: &[&str]) {
        let plan = self.fetcher.plan(self.at(ms), &self.metadata);
        assert!(plan.requests.is_empty());
        let questions = plan
            .questions
            .into_iter()
            .flat_map(|(node, questions)| questions.into_iter().map(move |question| (node, question)));
        let questions: Vec<_> = questions.collect();
        let shown = questions.iter().map(|(node, question)| {
            format!("{node}: {}@{} of {}", question.at.partition, question.offset, question.epoch)
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "at {ms} ms");
        self.questions.extend(questions);
    }

    /// The leader's answer to the questions: epoch and end, or an error.
    fn told(&mut self, ms: u64, answer: Result<(i32, i64), ErrorCode>) -> Vec<String> {
        let now = self.at(ms);
        let answer = answer
            .map(|(leader_epoch, end_offset)| EpochEnd { leader_epoch, end_offset })
            .map_err(|code| Error::refused("t-0", code.0, None));
        let questions = std::mem::take(&mut self.questions);
        let events =
            questions.iter().filter_map(|(_, question)| self.fetcher.checked(now, question, answer.clone()));
        events.map(|event| shown(&event)).collect()
    }
}

fn shown(event: &Event) -> String {
    match event {
        Event::Records(chunk) => format!("{} from {}", chunk.at, chunk.from),
        Event::OutOfRange { at, offset, .. } => format!("{at}: no {offset}"),
        Event::Rewound(at) => format!("{at}: rewound"),
        Event::Truncated { at, offset, divergent, .. } => {
            let divergent = divergent.map(|to| format!(" to {} of {:?}", to.offset, to.leader_epoch));
            format!("{at}: cut below {offset}{}", divergent.unwrap_or_default())
        }
        Event::Failed(error) => {
            format!("failed: {}", error.code().map_or(error.to_string(), |code| code.to_string()))
        }
        Event::StaleMetadata => "stale".to_owned(),
    }
}

/// In leader epoch 2.
fn batch(base_offset: i64, count: usize) -> Vec<u8> {
    let mut builder = BatchBuilder::new(Compression::None)
        .base_offset(Offset(base_offset))
        .partition_leader_epoch(LeaderEpoch(2));
    for _ in 0..count {
        builder.append(&NewRecord { value: Some(b"v"), ..Default::default() }).unwrap();
    }
    builder.build().to_vec()
}

/// Leaders of partitions of `t`, 0 being none, in leader epoch 3.
fn metadata(leaders: &[i32]) -> Metadata {
    in_epoch(3, leaders)
}

fn in_epoch(leader_epoch: i32, leaders: &[i32]) -> Metadata {
    let partitions = leaders.iter().zip(0..).map(|(&leader, index)| Partition {
        index,
        leader: (leader > 0).then_some(NodeId(leader)),
        leader_epoch,
        replicas: Vec::new(),
        isr: Vec::new(),
        offline_replicas: Vec::new(),
    });
    let topic =
        Topic { name: "t".into(), id: TopicId::METADATA, internal: false, partitions: partitions.collect() };
    let brokers = (1..=3).map(|id| {
        let address = Address { host: "h".to_owned(), port: 9092 };
        (NodeId(id), Broker { id: NodeId(id), address, rack: None })
    });
    Metadata {
        topics: [(topic.name.clone(), Arc::new(topic))].into(),
        brokers: brokers.collect(),
        ..Default::default()
    }
}

fn at(partition: i32) -> TopicPartition {
    TopicPartition::new("t", partition)
}

const NONE: ErrorCode = ErrorCode::NONE;
const OTHER: TopicId = TopicId(uuid::Uuid::from_u128(99));

#[test]
fn one_request_per_broker_and_the_position_follows_the_records() {
    let mut play = Play::new(&[1, 2, 1], None);
    play.sends(0, &["1: 0@0 2@0", "2: 1@0"]);
    play.sends(1, &[]);
    assert_eq!(play.answers(2, 1, &[(0, NONE, &[(0, 3), (3, 4)]), (2, NONE, &[])]), ["t-0 from 0"]);
    // What was just served comes last.
    play.sends(3, &["1: 2@0 0@7"]);
}

#[test]
fn a_batch_that_is_cut_off_is_asked_for_again() {
    let whole = batch(0, 3);
    let mut both = [whole.clone(), batch(3, 3)].concat();
    let end = |records: &[u8]| end_of(records).map(|end| end.offset);
    assert_eq!(end(&both), Some(6));
    both.truncate(whole.len() + 70);
    assert_eq!(end(&both), Some(3));
    assert_eq!(end_of(&whole[..70]), None);
    assert_eq!(end_of(b"not a batch at all"), None);
}

#[test]
fn stops_at_the_end() {
    let mut play = Play::new(&[1], Some(5));
    assert!(!play.fetcher.is_finished());
    play.sends(0, &["1: 0@0"]);
    play.answers(1, 1, &[(0, NONE, &[(0, 9)])]);
    assert!(play.fetcher.is_finished());
    play.sends(2, &[]);
    assert!(Play::new(&[1], Some(0)).fetcher.is_finished());
}

#[test]
fn errors_pause_a_partition() {
    for (code, event) in [
        (ErrorCode::NOT_LEADER_OR_FOLLOWER, Some("stale")),
        (ErrorCode::UNKNOWN_TOPIC_ID, Some("stale")),
        (ErrorCode::OFFSET_OUT_OF_RANGE, Some("t-0: no 0")),
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, Some("failed: TOPIC_AUTHORIZATION_FAILED")),
        // What lies on the broker's disk is broken, which time does not mend.
        (ErrorCode::CORRUPT_MESSAGE, Some("failed: CORRUPT_MESSAGE")),
        (ErrorCode::UNKNOWN_SERVER_ERROR, Some("stale")),
    ] {
        let mut play = Play::new(&[1], None);
        play.sends(0, &["1: 0@0"]);
        assert_eq!(play.answers(0, 1, &[(0, code, &[])]), event.into_iter().collect::<Vec<_>>());
        play.sends(99, &[]);
        assert_eq!(play.fetcher.wake_at(play.at(99)), Some(play.at(100)));
        assert_eq!(play.fetcher.wake_at(play.at(100)), None);
        play.sends(100, &["1: 0@0"]);
    }
}

#[test]
fn a_refused_request_pauses_all_that_it_asked_for() {
    for (code, event) in [
        (ErrorCode::KAFKA_STORAGE_ERROR, "stale"),
        (ErrorCode::UNKNOWN_SERVER_ERROR, "stale"),
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, "failed: TOPIC_AUTHORIZATION_FAILED"),
    ] {
        let mut play = Play::new(&[1, 1], None);
        play.sends(0, &["1: 0@0 1@0"]);
        assert_eq!(play.fails(0, 1, &Error::refused("fetch", code.0, None)), [event]);
        play.sends(99, &[]);
        play.sends(100, &["1: 0@0 1@0"]);
    }
}

#[test]
fn an_answer_to_an_old_question_is_ignored() {
    type Change = fn(&mut Fetcher);
    let changes: &[(Change, &[&str])] = &[
        (|fetcher| assert!(fetcher.seek(&at(0), 50.into())), &["1: 0@50"]),
        // Also where the offset is the same.
        (|fetcher| assert!(fetcher.seek(&at(0), 0.into())), &["1: 0@0"]),
        (|fetcher| fetcher.assign(at(0), Some(7.into()), None), &["1: 0@7"]),
        (|fetcher| fetcher.assign(at(0), None, None), &[]),
        (|fetcher| fetcher.stop(&at(0)), &[]),
        (|fetcher| fetcher.halt(&at(0)), &[]),
    ];
    for (change, next) in changes {
        for code in [NONE, ErrorCode::OFFSET_OUT_OF_RANGE, ErrorCode::TOPIC_AUTHORIZATION_FAILED] {
            let mut play = Play::new(&[1], None);
            play.sends(0, &["1: 0@0"]);
            change(&mut play.fetcher);
            play.sends(0, &[]);
            assert!(play.answers(1, 1, &[(0, code, &[(0, 3)])]).is_empty());
            play.sends(2, next);
        }
    }
}

/// A request to the old leader is under way when one goes out to the new.
#[test]
fn an_answer_of_another_broker_is_ignored() {
    let mut play = Play::new(&[1], None);
    play.sends(0, &["1: 0@0"]);
    play.fetcher.seek(&at(0), 5.into());
    play.metadata = metadata(&[2]);
    play.sends(1, &["2: 0@5"]);
    assert!(play.answers(2, 1, &[(0, NONE, &[(0, 9)])]).is_empty());
    play.sends(3, &[]);
    assert_eq!(play.answers(4, 2, &[(0, NONE, &[(5, 1)])]), ["t-0 from 5"]);
}

#[test]
fn what_was_consumed_moves_by_what_is_given_out() {
    let mut play = Play::new(&[1], None);
    let consumed = |play: &Play| play.fetcher.consumed(&at(0)).map(|position| position.offset);
    play.sends(0, &["1: 0@0"]);
    play.answers(1, 1, &[(0, NONE, &[(0, 9)])]);
    assert_eq!(consumed(&play), Some(0));
    for (given, expected) in [(4, 4), (2, 4), (9, 9)] {
        play.fetcher.consume(&at(0), given.into());
        assert_eq!(consumed(&play), Some(expected));
    }
    play.fetcher.seek(&at(0), 3.into());
    assert_eq!(consumed(&play), Some(3));
    play.fetcher.consume(&at(1), 3.into());
    assert_eq!(play.fetcher.consumed(&at(1)), None);
}

#[test]
fn nothing_is_fetched_without_a_position_or_in_a_pause() {
    let mut play = Play::new(&[1, 1], None);
    play.fetcher.assign(at(1), None, None);
    assert!(play.fetcher.without_position().eq([&at(1)]));
    play.sends(0, &["1: 0@0"]);
    assert!(play.fetcher.set_paused(&at(0), true));
    assert!(!play.fetcher.set_paused(&at(2), true));
    // The answer to what was asked before the pause counts.
    assert_eq!(play.answers(1, 1, &[(0, NONE, &[(0, 2)])]), ["t-0 from 0"]);
    play.sends(2, &[]);
    play.fetcher.seek(&at(1), 8.into());
    play.sends(3, &["1: 1@8"]);
    play.answers(4, 1, &[(1, NONE, &[])]);
    play.fetcher.set_paused(&at(0), false);
    play.sends(5, &["1: 1@8 0@2"]);
}

#[test]
fn a_late_answer_about_where_to_begin_does_not_undo_a_seek() {
    let mut fetcher = Play::new(&[1], None).fetcher;
    fetcher.assign(at(0), None, None);
    let asked = fetcher.number(&at(0)).unwrap();
    fetcher.seek(&at(0), 5.into());
    assert!(!fetcher.seek_from(&at(0), asked, 0.into()));
    let asked = fetcher.number(&at(0)).unwrap();
    assert!(fetcher.seek_from(&at(0), asked, 6.into()));
    assert_eq!(fetcher.consumed(&at(0)), Some(6.into()));
}

#[test]
fn what_was_fetched_is_given_out_before_a_reset() {
    let out_of_range = ErrorCode::OFFSET_OUT_OF_RANGE;
    let mut play = Play::new(&[1], None);
    play.sends(0, &["1: 0@0"]);
    play.answers(0, 1, &[(0, NONE, &[(0, 3)])]);
    play.sends(0, &["1: 0@3"]);
    assert!(play.answers(0, 1, &[(0, out_of_range, &[])]).is_empty());
    play.fetcher.consume(&at(0), 3.into());
    play.sends(100, &["1: 0@3"]);
    assert_eq!(play.answers(100, 1, &[(0, out_of_range, &[])]), ["t-0: no 3"]);
}

#[test]
fn a_partition_without_leader_asks_for_metadata() {
    let mut play = Play::new(&[0, 1], None);
    let plan = play.fetcher.plan(play.start, &play.metadata);
    assert!(plan.is_stale);
    assert_eq!(plan.requests.len(), 1);
}

const OUT_OF_RANGE: ErrorCode = ErrorCode::OFFSET_OUT_OF_RANGE;

#[test]
fn a_nearer_replica_is_asked_for_a_while() {
    let mut play = Play::new(&[1], None);
    play.sends(0, &["1: 0@0"]);
    assert!(play.prefers(0, 1, 2).is_empty());
    play.sends(0, &["2: 0@0"]);
    play.answers(1, 2, &[(0, NONE, &[(0, 3)])]);
    play.sends(299_999, &["2: 0@3"]);
    play.answers(299_999, 2, &[(0, NONE, &[])]);
    play.sends(300_000, &["1: 0@3"]);
}

#[test]
fn the_leader_is_asked_again_after_any_trouble_with_a_nearer_replica() {
    type Trouble = fn(&mut Play) -> Vec<String>;
    let troubles: &[(Trouble, &[&str])] = &[
        (|play| play.fails(0, 2, &Error::UnknownBroker(NodeId(2))), &["stale"]),
        (|play| play.answers(0, 2, &[(0, ErrorCode::NOT_LEADER_OR_FOLLOWER, &[])]), &["stale"]),
        // The follower may be behind: the partition is not reset.
        (|play| play.answers(0, 2, &[(0, OUT_OF_RANGE, &[])]), &[]),
        (|play| play.prefers(0, 2, 3), &[]),
    ];
    for (trouble, events) in troubles {
        let mut play = Play::new(&[1], None);
        play.sends(0, &["1: 0@0"]);
        play.prefers(0, 1, 2);
        play.sends(0, &["2: 0@0"]);
        assert_eq!(trouble(&mut play), *events);
        play.sends(99, &[]);
        play.sends(100, &["1: 0@0"]);
        assert_eq!(play.answers(100, 1, &[(0, OUT_OF_RANGE, &[])]), ["t-0: no 0"]);
    }
}

/// It names its leader with the refusal, and that may go on preferring it.
#[test]
fn a_nearer_replica_that_refuses_is_not_gone_back_to_at_once() {
    let mut play = Play::new(&[1], None);
    play.sends(0, &["1: 0@0"]);
    play.prefers(0, 1, 2);
    play.sends(0, &["2: 0@0"]);
    play.answers(0, 2, &[(0, ErrorCode::NOT_LEADER_OR_FOLLOWER, &[])]);
    play.fetcher.unblock([&at(0)]);
    play.sends(99, &[]);
    play.sends(100, &["1: 0@0"]);
    play.answers(100, 1, &[(0, ErrorCode::NOT_LEADER_OR_FOLLOWER, &[])]);
    play.sends(100, &[]);
    play.fetcher.unblock([&at(0)]);
    play.sends(100, &["1: 0@0"]);
}

#[test]
fn a_nearer_replica_must_be_another_broker_and_be_there() {
    let mut play = Play::new(&[1], None);
    play.sends(0, &["1: 0@0"]);
    play.prefers(0, 1, 1);
    play.sends(99, &[]);
    play.sends(100, &["1: 0@0"]);
    play.prefers(100, 1, 9);
    let plan = play.fetcher.plan(play.at(100), &play.metadata);
    assert!(plan.is_stale && plan.requests.is_empty());
    play.sends(299, &[]);
    play.sends(300, &["1: 0@0"]);
}

/// A partition whose records up to offset 10, of epoch 2, were fetched under leader 1 in epoch 3, and consumed up to
/// `consumed`. Leader 2 of epoch 5 follows.
fn after_an_election(consumed: i64) -> Play {
    let mut play = Play::new(&[1], None);
    play.sends(0, &["1: 0@0"]);
    play.answers(0, 1, &[(0, NONE, &[(0, 10)])]);
    let leader_epoch = (consumed > 0).then_some(2);
    play.fetcher.consume(&at(0), Position { offset: consumed, leader_epoch });
    play.metadata = in_epoch(5, &[2]);
    play
}

#[test]
fn a_position_is_checked_once_after_each_election() {
    let mut play = after_an_election(10);
    play.asks(1, &["2: 0@10 of 2"]);
    play.asks(2, &[]);
    assert!(play.told(3, Ok((2, 10))).is_empty());
    play.sends(4, &["2: 0@10"]);
    play.answers(5, 2, &[(0, NONE, &[])]);
    play.sends(6, &["2: 0@10"]);
    play.answers(7, 2, &[(0, NONE, &[])]);
    play.metadata = in_epoch(6, &[1]);
    play.asks(8, &["1: 0@10 of 2"]);
}

#[test]
fn a_refused_epoch_has_the_position_checked() {
    for code in [ErrorCode::FENCED_LEADER_EPOCH, ErrorCode::UNKNOWN_LEADER_EPOCH] {
        let mut play = after_an_election(10);
        play.metadata = metadata(&[1]);
        play.sends(0, &["1: 0@10"]);
        assert_eq!(play.answers(0, 1, &[(0, code, &[])]), ["stale"]);
        play.asks(99, &[]);
        play.asks(100, &["1: 0@10 of 2"]);
        assert_eq!(play.told(100, Err(code)), ["stale"]);
        play.fetcher.unblock([&at(0)]);
        play.asks(100, &["1: 0@10 of 2"]);
    }
}

#[test]
fn a_cut_log_is_noticed() {
    for (consumed, told, event, next) in [
        (10, Ok((2, 10)), None, None),
        (10, Ok((2, 7)), Some("t-0: cut below 10 to 7 of Some(2)"), None),
        (10, Ok((1, 4)), Some("t-0: cut below 10 to 4 of Some(1)"), None),
        (10, Ok((-1, -1)), Some("t-0: cut below 10"), None),
        // What was only fetched is fetched again, after another look at what was consumed.
        (6, Ok((2, 7)), Some("t-0: rewound"), Some("2: 0@6 of 2")),
        (8, Ok((2, 7)), Some("t-0: rewound"), Some("2: 0@8 of 2")),
        (10, Err(ErrorCode::TOPIC_AUTHORIZATION_FAILED), Some("failed: TOPIC_AUTHORIZATION_FAILED"), None),
        (10, Err(ErrorCode::NOT_LEADER_OR_FOLLOWER), Some("stale"), None),
        (10, Err(ErrorCode::UNKNOWN_SERVER_ERROR), Some("stale"), None),
    ] {
        let mut play = after_an_election(consumed);
        play.asks(0, &["2: 0@10 of 2"]);
        assert_eq!(play.told(0, told), event.into_iter().collect::<Vec<_>>(), "{consumed} {told:?}");
        if let Some(next) = next {
            play.asks(0, &[next]);
        }
    }
}

#[test]
fn a_late_word_about_a_position_does_not_undo_a_seek() {
    let mut play = after_an_election(10);
    play.asks(0, &["2: 0@10 of 2"]);
    play.fetcher.seek(&at(0), 3.into());
    assert!(play.told(0, Ok((2, 7))).is_empty());
    play.sends(0, &["2: 0@3"]);
}

#[test]
fn a_position_with_an_epoch_is_checked_before_the_first_fetch() {
    let position = |leader_epoch| Position { offset: 8, leader_epoch };
    let mut play = Play::new(&[1], None);
    play.fetcher.seek(&at(0), position(None));
    play.sends(0, &["1: 0@8"]);
    play.answers(0, 1, &[]);
    play.fetcher.seek(&at(0), position(Some(1)));
    play.asks(0, &["1: 0@8 of 1"]);
    let error = Error::UnsupportedApi { address: "h".into(), api: protocol::ApiKey::OffsetForLeaderEpoch };
    let (_, question) = play.questions.remove(0);
    assert!(play.fetcher.checked(play.start, &question, Err(error)).is_none());
    play.sends(0, &["1: 0@8"]);
}

/// Metadata is behind; or the topic was made again and begins with epoch 0.
#[test]
fn an_older_leader_is_believed_only_after_a_while() {
    let mut play = Play::new(&[1], None);
    let position = Position { offset: 8, leader_epoch: Some(4) };
    play.fetcher.seek(&at(0), position);
    for ms in [0, 100, 300, 700, 1500, 2500, 3500, 4500, 5500, 6500, 7500, 8500, 9500] {
        let plan = play.fetcher.plan(play.at(ms), &play.metadata);
        assert!(plan.is_stale && plan.questions.is_empty(), "{ms}");
        assert!(!play.fetcher.plan(play.at(ms), &play.metadata).is_stale, "{ms}");
    }
    play.asks(10_500, &["1: 0@8 of 4"]);
    assert_eq!(play.told(10_500, Ok((-1, -1))), ["t-0: cut below 8"]);
    // Each position, and each time, has a while of its own.
    play.fetcher.seek(&at(0), position);
    play.asks(10_600, &[]);
    play.metadata = in_epoch(4, &[1]);
    play.asks(10_700, &["1: 0@8 of 4"]);
    play.told(10_700, Ok((4, 9)));
    play.metadata = in_epoch(3, &[1]);
    play.asks(30_000, &[]);
}

#[test]
fn what_is_unplaced_is_still_known_as_consumed() {
    let mut play = after_an_election(10);
    play.fetcher.unplace(&at(0));
    play.sends(0, &[]);
    assert_eq!(play.fetcher.consumed(&at(0)).map(|position| position.offset), Some(10));
    assert_eq!((play.fetcher.without_position().count(), play.fetcher.is_finished()), (0, false));
}

#[test]
fn ends_are_known_from_any_answer() {
    let mut play = Play::new(&[1], None);
    assert_eq!(play.fetcher.ends(&at(0)), None);
    play.sends(0, &["1: 0@0"]);
    play.fetcher.seek(&at(0), 5.into());
    play.answers(0, 1, &[(0, NONE, &[])]);
    assert_eq!(play.fetcher.ends(&at(0)), Some(Ends { high_watermark: 100, last_stable_offset: 90 }));
}

/// Its log is another, even where offsets and epochs would fit.
#[test]
fn a_position_in_a_topic_that_was_made_again_is_lost() {
    let mut play = after_an_election(6);
    let mut again = (*play.metadata.topics["t"]).clone();
    again.id = OTHER;
    play.metadata.topics.insert(again.name.clone(), Arc::new(again));
    let lost = |play: &mut Play| -> Vec<String> {
        let plan = play.fetcher.plan(play.start, &play.metadata);
        assert!(plan.requests.is_empty() && plan.questions.is_empty());
        plan.lost.iter().map(shown).collect()
    };
    // What was fetched of the old one is given out first.
    assert!(lost(&mut play).is_empty());
    play.fetcher.consume(&at(0), 10.into());
    assert_eq!(lost(&mut play), ["t-0: cut below 10"]);
    play.fetcher.seek(&at(0), 0.into());
    play.sends(0, &["2: 0@0"]);
}

/// As brokers before Kafka 2.8 answer, during an upgrade.
#[test]
fn metadata_without_topic_ids_says_nothing_of_a_topic_that_was_made_again() {
    let mut play = after_an_election(10);
    play.metadata = metadata(&[1]);
    let known = play.metadata.topics["t"].clone();
    for (id, is_lost) in [(TopicId::NONE, false), (known.id, false), (TopicId::NONE, false), (OTHER, true)] {
        play.metadata.topics.insert(known.name.clone(), Arc::new(Topic { id, ..(*known).clone() }));
        let plan = play.fetcher.plan(play.start, &play.metadata);
        assert_eq!((plan.lost.len(), plan.requests.len()), if is_lost { (1, 0) } else { (0, 1) }, "{id}");
        for (node, targets) in plan.requests {
            assert_eq!((targets[0].topic_id, targets[0].offset), (id, 10));
            play.flying.insert(node, targets);
            play.answers(0, 1, &[(0, NONE, &[])]);
        }
    }
}
