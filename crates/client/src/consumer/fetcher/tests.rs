use super::*;
use crate::{Partition, Topic};
use base::{Offset, TopicId};
use records::{BatchBuilder, Compression, NewRecord};
use std::{sync::Arc, time::Duration};

/// Partition, code, and the batches as (base offset, records).
type Said<'a> = (i32, ErrorCode, &'a [(i64, usize)]);

struct Play {
    fetcher: Fetcher,
    metadata: Metadata,
    start: Instant,
    flying: BTreeMap<NodeId, Vec<Target>>,
}

impl Play {
    /// Partitions of topic `t` with these leaders, each from offset 0.
    fn new(leaders: &[i32], stop_at: Option<i64>) -> Self {
        let backoff = Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) };
        let mut fetcher = Fetcher::new(backoff);
        for partition in 0..leaders.len() {
            fetcher.assign(at(partition as i32), Some(0.into()), stop_at);
        }
        Self { fetcher, metadata: metadata(leaders), start: Instant::now(), flying: BTreeMap::new() }
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
        let targets = self.flying.remove(&NodeId(node)).expect("a request is under way");
        let answers = answers.iter().map(|(partition, code, batches)| Answer {
            at: at(*partition),
            code: *code,
            ends: Ends { high_watermark: 100, last_stable_offset: 90 },
            records: batches
                .iter()
                .flat_map(|(base, count)| batch(*base, *count))
                .collect::<Vec<u8>>()
                .into(),
        });
        let answers = answers.collect();
        let now = self.at(ms);
        self.fetcher.answered(now, NodeId(node), &targets, answers).iter().map(shown).collect()
    }
}

fn shown(event: &Event) -> String {
    match event {
        Event::Records(chunk) => format!("{} from {}", chunk.at, chunk.from),
        Event::OutOfRange { at, offset, .. } => format!("{at}: no {offset}"),
        Event::Failed(error) => {
            format!("failed: {}", error.code().map_or(error.to_string(), |code| code.to_string()))
        }
        Event::StaleMetadata => "stale".to_owned(),
    }
}

fn batch(base_offset: i64, count: usize) -> Vec<u8> {
    let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset(base_offset));
    for _ in 0..count {
        builder.append(&NewRecord { value: Some(b"v"), ..Default::default() }).unwrap();
    }
    builder.build().to_vec()
}

fn metadata(leaders: &[i32]) -> Metadata {
    let partitions = leaders.iter().zip(0..).map(|(&leader, index)| Partition {
        index,
        leader: (leader > 0).then_some(NodeId(leader)),
        leader_epoch: 3,
        replicas: Vec::new(),
        isr: Vec::new(),
        offline_replicas: Vec::new(),
    });
    let topic =
        Topic { name: "t".into(), id: TopicId::METADATA, internal: false, partitions: partitions.collect() };
    Metadata { topics: [(topic.name.clone(), Arc::new(topic))].into(), ..Default::default() }
}

fn at(partition: i32) -> TopicPartition {
    TopicPartition::new("t", partition)
}

const NONE: ErrorCode = ErrorCode::NONE;

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
    ] {
        let mut play = Play::new(&[1], None);
        play.sends(0, &["1: 0@0"]);
        assert_eq!(play.answers(0, 1, &[(0, code, &[])]), event.into_iter().collect::<Vec<_>>());
        play.sends(99, &[]);
        assert_eq!(play.fetcher.wake_at(), Some(play.at(100)));
        play.sends(100, &["1: 0@0"]);
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
    assert!(plan.leaderless);
    assert_eq!(plan.requests.len(), 1);
}
