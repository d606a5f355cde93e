use super::*;
use base::{ProducerEpoch, ProducerId};

/// One transactional producer, its coordinator on broker 1 and that of group `g` on broker 2.
struct Play {
    transactions: Transactions,
    start: Instant,
    asked: Option<Question>,
    initialized: Promise,
}

const FIRST: Abilities = Abilities { second_protocol: false, raises_epochs: true };
const SECOND: Abilities = Abilities { second_protocol: true, raises_epochs: true };

fn identity(epoch: i16) -> Identity {
    Identity { id: ProducerId(7), epoch: ProducerEpoch(epoch) }
}

impl Play {
    fn new(abilities: Abilities) -> Self {
        let backoff = Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) };
        let initialized = Promise::default();
        let mut transactions = Transactions::new("tx".to_owned(), backoff, initialized.clone());
        transactions.learn(abilities);
        Self { transactions, start: Instant::now(), asked: None, initialized }
    }

    /// With its first epoch.
    fn ready(abilities: Abilities) -> Self {
        let mut play = Self::new(abilities);
        play.asks(0, "coordinator");
        play.answers(0, Answer::Coordinator(NodeId(1)));
        play.asks(0, "1: identity");
        play.answers(0, Answer::Identity(identity(0)));
        assert_eq!(shown(&play.initialized), "ok");
        play
    }

    /// In a transaction whose only partition is `t-0`, which its coordinator knows.
    fn open(abilities: Abilities) -> Self {
        let mut play = Self::ready(abilities);
        play.transactions.begin().unwrap();
        play.transactions.add_partition(TopicPartition::new("t", 0));
        if !abilities.second_protocol {
            play.asks(0, "1: add t-0 at 0");
            play.answers(0, partitions(&[(0, ErrorCode::NONE)]));
        }
        assert!(play.transactions.may_send("t", 0));
        play
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// What is asked at this time, `-` for nothing, when no batch is left.
    #[track_caller]
    fn asks(&mut self, ms: u64, expected: &str) {
        self.asks_with(ms, false, expected);
    }

    #[track_caller]
    fn asks_with(&mut self, ms: u64, undelivered: bool, expected: &str) {
        let question = self.transactions.next(self.at(ms), undelivered);
        assert_eq!(question.as_ref().map_or("-".to_owned(), name), expected, "at {ms} ms");
        self.asked = question;
    }

    #[track_caller]
    fn answers(&mut self, ms: u64, answer: Answer) {
        let question = self.asked.take().expect("something was asked");
        self.transactions.answered(self.at(ms), &question, Ok(answer));
    }

    #[track_caller]
    fn refuses(&mut self, ms: u64, code: ErrorCode) {
        let question = self.asked.take().expect("something was asked");
        self.transactions.answered(self.at(ms), &question, Err(Error::refused("t", code.0, None)));
    }

    /// The connection breaks before the answer comes.
    #[track_caller]
    fn loses(&mut self, ms: u64) {
        let question = self.asked.take().expect("something was asked");
        let lost = Error::Disconnected { address: "b".into() };
        self.transactions.answered(self.at(ms), &question, Err(lost));
    }

    fn offsets(&mut self) -> Promise {
        let committed = CommittedOffset { offset: 5, leader_epoch: -1, metadata: String::new() };
        let offsets = [0, 1].map(|partition| (TopicPartition::new("t", partition), committed.clone()));
        self.transactions.send_offsets(BTreeMap::from(offsets), GroupMetadata::of_group("g")).unwrap()
    }

    fn state(&self) -> &'static str {
        match self.transactions.state {
            State::Initializing => "initializing",
            State::Ready => "ready",
            State::Open => "open",
            State::Committing => "committing",
            State::Aborting => "aborting",
            State::Abortable(_) => "abortable",
            State::Fatal(Error::ProducerFenced { .. }) => "fenced",
            State::Fatal(_) => "failed",
        }
    }
}

fn name(question: &Question) -> String {
    match question {
        Question::Coordinator => "coordinator".to_owned(),
        Question::GroupCoordinator(group) => format!("coordinator of {group}"),
        Question::Identity(node, None) => format!("{node}: identity"),
        Question::Identity(node, Some(before)) => format!("{node}: identity after {}", before.epoch.0),
        Question::AddPartitions(node, identity, partitions) => {
            let names: Vec<String> = partitions.iter().map(ToString::to_string).collect();
            format!("{node}: add {} at {}", names.join(" "), identity.epoch.0)
        }
        Question::AddOffsets(node, _, group) => format!("{node}: add {group}"),
        Question::CommitOffsets { node, offsets, .. } => {
            let names: Vec<String> = offsets.keys().map(ToString::to_string).collect();
            format!("{node}: offsets {}", names.join(" "))
        }
        Question::End { node, identity, commit, .. } => {
            format!("{node}: {} {}", if *commit { "commit" } else { "abort" }, identity.epoch.0)
        }
    }
}

fn partitions(answers: &[(i32, ErrorCode)]) -> Answer {
    Answer::Partitions(answers.iter().map(|(at, code)| (TopicPartition::new("t", *at), *code)).collect())
}

fn shown(promise: &Promise) -> String {
    match promise.get() {
        None => "open".to_owned(),
        Some(Ok(())) => "ok".to_owned(),
        Some(Err(Error::TransactionAborted { .. })) => "aborted".to_owned(),
        Some(Err(Error::ProducerFenced { .. })) => "fenced".to_owned(),
        Some(Err(_)) => "failed".to_owned(),
    }
}

#[test]
fn the_first_protocol_adds_before_it_sends() {
    let mut play = Play::ready(FIRST);
    play.asks(1, "-");
    play.transactions.begin().unwrap();
    play.transactions.add_partition(TopicPartition::new("t", 0));
    play.transactions.add_partition(TopicPartition::new("t", 1));
    assert!(!play.transactions.may_send("t", 0));
    play.asks(1, "1: add t-0 t-1 at 0");
    play.transactions.add_partition(TopicPartition::new("t", 1));
    play.transactions.add_partition(TopicPartition::new("t", 2));
    play.asks(1, "-");
    play.asked = Some(Question::AddPartitions(
        NodeId(1),
        identity(0),
        vec![TopicPartition::new("t", 0), TopicPartition::new("t", 1)],
    ));
    play.answers(2, partitions(&[(0, ErrorCode::NONE), (1, ErrorCode::NONE)]));
    assert!(play.transactions.may_send("t", 1) && !play.transactions.may_send("t", 2));
    play.asks(2, "1: add t-2 at 0");
    play.answers(3, partitions(&[(2, ErrorCode::NONE)]));
    let offsets = play.offsets();
    play.asks(3, "1: add g");
    play.answers(3, Answer::OffsetsAdded);
    play.asks(3, "coordinator of g");
    play.answers(3, Answer::Coordinator(NodeId(2)));
    play.asks(3, "2: offsets t-0 t-1");
    play.answers(3, partitions(&[(0, ErrorCode::NONE), (1, ErrorCode::NONE)]));
    assert_eq!(shown(&offsets), "ok");
    let ended = play.transactions.end(true).unwrap();
    // A batch is under way.
    play.asks_with(4, true, "-");
    play.asks(5, "1: commit 0");
    play.answers(6, Answer::Ended(None));
    assert_eq!((shown(&ended).as_str(), play.state()), ("ok", "ready"));
    assert_eq!(play.transactions.identity(), Some(identity(0)));
}

#[test]
fn the_second_protocol_adds_nothing_and_gets_a_new_epoch() {
    let mut play = Play::open(SECOND);
    let offsets = play.offsets();
    play.asks(0, "coordinator of g");
    play.answers(0, Answer::Coordinator(NodeId(2)));
    play.asks(0, "2: offsets t-0 t-1");
    play.answers(0, partitions(&[(0, ErrorCode::NONE), (1, ErrorCode::NONE)]));
    assert_eq!(shown(&offsets), "ok");
    let ended = play.transactions.end(true).unwrap();
    play.asks(1, "1: commit 0");
    play.answers(1, Answer::Ended(Some(identity(1))));
    assert_eq!(shown(&ended), "ok");
    assert_eq!(play.transactions.identity(), Some(identity(1)));
    play.transactions.begin().unwrap();
    assert!(!play.transactions.may_send("t", 0));
}

#[test]
fn what_holds_nothing_is_not_ended_by_the_coordinator() {
    for abilities in [FIRST, SECOND] {
        for commit in [true, false] {
            let mut play = Play::ready(abilities);
            play.transactions.begin().unwrap();
            let ended = play.transactions.end(commit).unwrap();
            play.asks(1, "-");
            assert_eq!((shown(&ended).as_str(), play.state()), ("ok", "ready"));
        }
    }
}

#[test]
fn a_failed_batch_is_followed_by_an_abort_and_another_epoch() {
    for (abilities, questions, epoch) in
        [(FIRST, &["1: abort 0", "1: identity after 0"][..], 1), (SECOND, &["1: abort 0"], 1)]
    {
        let mut play = Play::open(abilities);
        play.transactions.batch_failed(&Error::refused("t-0", ErrorCode::INVALID_RECORD.0, None));
        assert_eq!(play.state(), "abortable");
        assert!(matches!(play.transactions.end(true), Err(Error::TransactionAborted { .. })));
        assert!(play.transactions.check_open().is_err());
        let ended = play.transactions.end(false).unwrap();
        play.asks_with(1, true, "-");
        for question in questions {
            play.asks(2, question);
            match &play.asked {
                Some(Question::End { second: true, .. }) => play.answers(2, Answer::Ended(Some(identity(1)))),
                Some(Question::End { .. }) => play.answers(2, Answer::Ended(None)),
                _ => play.answers(2, Answer::Identity(identity(1))),
            }
        }
        assert_eq!((shown(&ended).as_str(), play.state()), ("ok", "ready"));
        assert_eq!(play.transactions.identity(), Some(identity(epoch)));
    }
}

#[test]
fn an_old_coordinator_cannot_leave_an_epoch_behind() {
    let mut play = Play::open(Abilities { second_protocol: false, raises_epochs: false });
    play.transactions.batch_failed(&Error::refused("t-0", ErrorCode::INVALID_RECORD.0, None));
    assert_eq!(play.state(), "failed");
}

#[test]
fn a_cluster_that_turns_to_the_second_protocol_gets_a_new_epoch_first() {
    // The answer to the end is the first from which it can be learned.
    for is_known_before in [true, false] {
        let mut play = Play::open(FIRST);
        if is_known_before {
            play.transactions.learn(SECOND);
        }
        play.transactions.end(true).unwrap();
        play.asks(1, "1: commit 0");
        play.transactions.learn(SECOND);
        assert!(!play.transactions.is_second_protocol());
        play.answers(1, Answer::Ended(None));
        play.asks(1, "1: identity after 0");
        play.answers(1, Answer::Identity(identity(1)));
        assert!(play.transactions.is_second_protocol());
    }
}

#[test]
fn a_commit_that_fails_can_only_be_aborted() {
    let mut play = Play::open(SECOND);
    let ended = play.transactions.end(true).unwrap();
    play.asks(0, "1: commit 0");
    play.refuses(0, ErrorCode::TRANSACTION_ABORTABLE);
    assert_eq!((shown(&ended).as_str(), play.state()), ("aborted", "abortable"));
    play.asks(0, "-");
    play.transactions.end(false).unwrap();
    play.asks(0, "1: abort 0");
    // An abort that must be aborted is the end.
    play.refuses(0, ErrorCode::TRANSACTION_ABORTABLE);
    assert_eq!(play.state(), "failed");
}

#[test]
fn coordinators_move_and_answers_wait() {
    let mut play = Play::open(SECOND);
    play.transactions.end(true).unwrap();
    play.asks(0, "1: commit 0");
    play.refuses(0, ErrorCode::CONCURRENT_TRANSACTIONS);
    assert_eq!(play.transactions.wake_at(play.at(0)), Some(play.at(100)));
    play.asks(99, "-");
    play.asks(100, "1: commit 0");
    play.refuses(100, ErrorCode::NOT_COORDINATOR);
    play.asks(300, "coordinator");
    play.answers(300, Answer::Coordinator(NodeId(3)));
    play.asks(300, "3: commit 0");
    play.loses(300);
    play.asks(400, "coordinator");
    play.answers(400, Answer::Coordinator(NodeId(1)));
    play.asks(400, "1: commit 0");
    play.answers(400, Answer::Ended(Some(identity(1))));
    assert_eq!(play.state(), "ready");
}

#[test]
fn the_first_partition_waits_less_for_the_transaction_before() {
    let mut play = Play::ready(FIRST);
    play.transactions.begin().unwrap();
    play.transactions.add_partition(TopicPartition::new("t", 0));
    play.asks(0, "1: add t-0 at 0");
    play.answers(0, partitions(&[(0, ErrorCode::CONCURRENT_TRANSACTIONS)]));
    play.asks(19, "-");
    play.asks(20, "1: add t-0 at 0");
    play.answers(20, partitions(&[(0, ErrorCode::NONE)]));
    play.transactions.add_partition(TopicPartition::new("t", 1));
    play.asks(20, "1: add t-1 at 0");
    play.answers(20, partitions(&[(1, ErrorCode::CONCURRENT_TRANSACTIONS)]));
    play.asks(119, "-");
    play.asks(120, "1: add t-1 at 0");
}

#[test]
fn offsets_that_were_committed_are_not_asked_for_again() {
    let mut play = Play::open(SECOND);
    let offsets = play.offsets();
    play.transactions.group_coordinators.insert("g".to_owned(), NodeId(2));
    play.asks(0, "2: offsets t-0 t-1");
    play.answers(0, partitions(&[(0, ErrorCode::NONE), (1, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS)]));
    play.asks(100, "2: offsets t-1");
    play.answers(100, partitions(&[(1, ErrorCode::NOT_COORDINATOR)]));
    play.asks(300, "coordinator of g");
    play.answers(300, Answer::Coordinator(NodeId(3)));
    play.asks(300, "3: offsets t-1");
    assert_eq!(shown(&offsets), "open");
    play.answers(300, partitions(&[(1, ErrorCode::NONE)]));
    assert_eq!(shown(&offsets), "ok");
}

#[test]
fn an_abort_drops_what_was_not_asked_yet() {
    let mut play = Play::open(FIRST);
    play.transactions.add_partition(TopicPartition::new("t", 1));
    let offsets = play.offsets();
    play.transactions.end(false).unwrap();
    assert_eq!(shown(&offsets), "aborted");
    play.asks(0, "1: abort 0");
}

/// Where each refusal of each question leads.
#[test]
fn refusals_mean_what_they_mean() {
    use ErrorCode as E;
    for (code, at_init, at_add, at_offsets, at_end) in [
        (E::PRODUCER_FENCED, "fenced", "fenced", "fenced", "fenced"),
        (E::INVALID_PRODUCER_EPOCH, "fenced", "fenced", "fenced", "fenced"),
        (E::TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "failed", "failed", "failed", "failed"),
        (E::INVALID_PRODUCER_ID_MAPPING, "failed", "failed", "failed", "failed"),
        (E::INVALID_TXN_STATE, "failed", "failed", "failed", "failed"),
        (E::INVALID_TRANSACTION_TIMEOUT, "failed", "abortable", "failed", "failed"),
        (E::UNKNOWN_PRODUCER_ID, "failed", "abortable", "abortable", "abortable"),
        (E::TRANSACTION_ABORTABLE, "failed", "abortable", "abortable", "abortable"),
        (E::TOPIC_AUTHORIZATION_FAILED, "failed", "abortable", "failed", "failed"),
        (E::GROUP_AUTHORIZATION_FAILED, "failed", "abortable", "abortable", "abortable"),
        (E::FENCED_INSTANCE_ID, "failed", "abortable", "abortable", "failed"),
        (E::ILLEGAL_GENERATION, "failed", "abortable", "abortable", "failed"),
        (E::UNKNOWN_MEMBER_ID, "failed", "abortable", "abortable", "failed"),
        (E::COORDINATOR_LOAD_IN_PROGRESS, "initializing", "open", "open", "committing"),
        (E::CONCURRENT_TRANSACTIONS, "initializing", "open", "open", "committing"),
        (E::NOT_COORDINATOR, "initializing", "open", "open", "committing"),
        (E::REBOOTSTRAP_REQUIRED, "initializing", "open", "open", "committing"),
    ] {
        let mut play = Play::new(FIRST);
        play.asks(0, "coordinator");
        play.answers(0, Answer::Coordinator(NodeId(1)));
        play.asks(0, "1: identity");
        play.refuses(0, code);
        assert_eq!(play.state(), at_init, "{code} to InitProducerId");

        let mut play = Play::open(FIRST);
        play.transactions.add_partition(TopicPartition::new("t", 1));
        play.asks(0, "1: add t-1 at 0");
        play.answers(0, partitions(&[(1, code)]));
        assert_eq!(play.state(), at_add, "{code} to AddPartitionsToTxn");

        let mut play = Play::open(SECOND);
        play.offsets();
        play.transactions.group_coordinators.insert("g".to_owned(), NodeId(2));
        play.asks(0, "2: offsets t-0 t-1");
        play.answers(0, partitions(&[(0, E::NONE), (1, code)]));
        assert_eq!(play.state(), at_offsets, "{code} to TxnOffsetCommit");

        let mut play = Play::open(FIRST);
        play.transactions.end(true).unwrap();
        play.asks(0, "1: commit 0");
        play.refuses(0, code);
        assert_eq!(play.state(), at_end, "{code} to EndTxn");
    }
}

#[test]
fn a_fenced_producer_stays_fenced() {
    let mut play = Play::open(SECOND);
    let error = Error::refused("t-0", ErrorCode::PRODUCER_FENCED.0, None);
    play.transactions.batch_failed(&error);
    assert_eq!(play.state(), "fenced");
    assert!(matches!(play.transactions.end(false), Err(Error::ProducerFenced { .. })));
    assert!(matches!(play.transactions.begin(), Err(Error::ProducerFenced { .. })));
    assert!(play.transactions.is_settled() && !play.transactions.may_send("t", 0));
    play.asks(0, "-");
}

#[test]
fn a_producer_epoch_that_brokers_refuse_may_only_have_timed_out() {
    let mut play = Play::open(FIRST);
    play.transactions.batch_failed(&Error::refused("t-0", ErrorCode::INVALID_PRODUCER_EPOCH.0, None));
    assert_eq!(play.state(), "abortable");
    play.transactions.end(false).unwrap();
    play.asks(0, "1: abort 0");
    play.refuses(0, ErrorCode::PRODUCER_FENCED);
    assert_eq!(play.state(), "fenced");
}

#[test]
fn a_commit_that_fails_when_nobody_waits_is_aborted_by_the_next_beginning() {
    let mut play = Play::open(SECOND);
    assert!(!play.transactions.abort_unheld());
    play.transactions.end(true).unwrap();
    assert!(!play.transactions.abort_unheld());
    play.transactions.batch_failed(&Error::refused("t-0", ErrorCode::INVALID_RECORD.0, None));
    play.asks(0, "-");
    assert!(play.transactions.abort_unheld() && !play.transactions.abort_unheld());
    play.asks(0, "1: abort 0");
    play.answers(0, Answer::Ended(Some(identity(1))));
    assert_eq!(play.state(), "ready");
    // Whoever begins hears once what became of the commit.
    assert!(matches!(play.transactions.begin(), Err(Error::TransactionAborted { cause: Some(_) })));
    play.transactions.begin().unwrap();
}

#[test]
fn what_a_coordinator_may_have_heard_of_is_aborted_there() {
    for what in ["add t-0 at 0", "add g"] {
        for is_lost_first in [true, false] {
            let mut play = Play::ready(FIRST);
            play.transactions.begin().unwrap();
            if what == "add g" {
                play.offsets();
            } else {
                play.transactions.add_partition(TopicPartition::new("t", 0));
            }
            play.asks(0, &format!("1: {what}"));
            if is_lost_first {
                play.loses(0);
                play.transactions.end(false).unwrap();
            } else {
                play.transactions.end(false).unwrap();
                play.loses(0);
            }
            play.asks(100, "coordinator");
            play.answers(100, Answer::Coordinator(NodeId(3)));
            // To be told of it is the only way to know, and it must be told before the end.
            play.asks(100, &format!("3: {what}"));
            let added =
                if what == "add g" { Answer::OffsetsAdded } else { partitions(&[(0, ErrorCode::NONE)]) };
            play.answers(100, added);
            play.asks(100, "3: abort 0");
            play.answers(100, Answer::Ended(None));
            assert_eq!(play.state(), "ready");
        }
    }
}

#[test]
fn what_a_coordinator_refused_is_not_aborted_there() {
    for (code, is_lost_first) in [
        (ErrorCode::CONCURRENT_TRANSACTIONS, false),
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, false),
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, true),
    ] {
        let mut play = Play::ready(FIRST);
        play.transactions.begin().unwrap();
        play.transactions.add_partition(TopicPartition::new("t", 0));
        play.asks(0, "1: add t-0 at 0");
        if is_lost_first {
            play.loses(0);
            play.transactions.end(false).unwrap();
            play.asks(100, "coordinator");
            play.answers(100, Answer::Coordinator(NodeId(1)));
            play.asks(100, "1: add t-0 at 0");
        }
        play.answers(100, partitions(&[(0, code)]));
        let _ = play.transactions.end(false);
        play.asks(1000, "-");
        assert_eq!(play.state(), "ready", "{code}");
    }
}
