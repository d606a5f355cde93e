use super::*;
use crate::TopicPartition;

const EAGER: bool = false;
const COOPERATIVE: bool = true;

/// A member that is played: heartbeats every 100 ms, polls at most 1000 ms apart.
struct Play {
    member: Classic,
    start: Instant,
    asked: Option<(u64, Question)>,
}

fn partitions(of: &[i32]) -> Partitions {
    of.iter().map(|&partition| TopicPartition::new("t", partition)).collect()
}

fn topics(of: &[&str]) -> BTreeSet<Arc<str>> {
    of.iter().map(|&topic| topic.into()).collect()
}

fn refused(code: ErrorCode) -> Result<Answer, Error> {
    Err(Error::refused("group", code.0, None))
}

impl Play {
    fn new(is_cooperative: bool, instance_id: Option<&str>) -> Self {
        let ms = Duration::from_millis;
        let settings = Settings {
            heartbeat_interval: ms(100),
            max_poll_interval: ms(1000),
            instance_id: instance_id.map(str::to_owned),
            is_cooperative,
            backoff: Backoff { initial: ms(50), max: ms(200) },
        };
        let start = Instant::now();
        let mut member = Classic::new(settings, start);
        member.subscribe(topics(&["t"]));
        Self { member, start, asked: None }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// What goes out now; empty for nothing.
    #[track_caller]
    fn asks(&mut self, ms: u64, expected: &str) {
        let asked = self.member.next(self.at(ms));
        assert_eq!(asked.as_ref().map(shown).unwrap_or_default(), expected, "at {ms} ms");
        self.asked = self.member.asks().zip(asked).or(self.asked.take());
    }

    #[track_caller]
    fn hears(&mut self, ms: u64, answer: Result<Answer, Error>) -> Then {
        let (number, asked) = self.asked.take().expect("something was asked");
        self.member.answered(self.at(ms), number, &asked, answer)
    }

    /// What changes for the consumer, which carries it out.
    #[track_caller]
    fn changes(&mut self, expected: &[Change]) {
        let mut seen = Vec::new();
        while let Some((number, change)) = self.member.holdings().change() {
            seen.push(change.clone());
            self.member.carried_out(number);
        }
        assert_eq!(seen, expected);
    }

    /// Follows a leader through one round.
    #[track_caller]
    fn follows(&mut self, ms: u64, generation: i32, gets: &[i32]) {
        self.hears(ms, Ok(Answer::Joined(round(generation, None)))).is_nothing();
        self.asks(ms, &format!("sync m@{generation}"));
        self.hears(ms, Ok(Answer::Synced(partitions(gets)))).is_nothing();
    }

    /// In generation 1, with these.
    #[track_caller]
    fn settled(is_cooperative: bool, gets: &[i32]) -> Self {
        let mut play = Self::new(is_cooperative, None);
        play.asks(0, "join ?@-1 of t: it is new");
        play.hears(0, Ok(Answer::MemberId("m".to_owned()))).is_nothing();
        play.asks(0, "join m@-1 of t: it is new");
        play.follows(0, 1, gets);
        play.changes(&[Change::Assign(partitions(gets))]);
        play
    }
}

impl Then {
    #[track_caller]
    fn is_nothing(&self) {
        assert!(matches!(self, Self::Nothing), "{self:?}");
    }
}

fn round(generation: i32, members: Option<Vec<JoinedMember>>) -> Round {
    Round {
        generation,
        member_id: "m".to_owned(),
        protocol: "range".to_owned(),
        members,
        keeps_assignment: false,
    }
}

fn shown(question: &Question) -> String {
    match question {
        Question::Join(join) => {
            let id = if join.member_id.is_empty() { "?" } else { &join.member_id };
            let topics: Vec<_> = join.topics.iter().map(AsRef::as_ref).collect();
            let owned: String = join.owned.iter().map(|at| format!(" {}", at.partition)).collect();
            let with = if owned.is_empty() { String::new() } else { format!(" with{owned}") };
            format!("join {id}@{} of {}{with}: {}", join.generation, topics.join(","), join.reason)
        }
        Question::Assign(round) => format!("assign {}", round.generation),
        Question::Sync { round, assignments } => {
            let given: String = assignments.iter().map(|(member, _)| format!(" {member}")).collect();
            format!("sync {}@{}{given}", round.member_id, round.generation)
        }
        Question::Heartbeat(identity) => format!("alive {}@{}", identity.member_id, identity.generation),
        Question::Leave(member) => format!("leave {member}"),
    }
}

#[test]
fn a_follower_joins_syncs_and_shows_that_it_is_alive() {
    let mut play = Play::settled(EAGER, &[0, 1]);
    play.asks(99, "");
    assert_eq!(play.member.wake_at(play.at(99)), Some(play.at(100)));
    play.asks(100, "alive m@1");
    play.asks(150, "");
    play.hears(150, Ok(Answer::Alive)).is_nothing();
    play.asks(200, "alive m@1");
}

#[test]
fn a_leader_assigns_for_all_and_watches_their_topics() {
    let mut play = Play::new(EAGER, None);
    play.asks(0, "join ?@-1 of t: it is new");
    play.hears(0, Ok(Answer::Joined(round(1, Some(Vec::new()))))).is_nothing();
    play.asks(0, "assign 1");
    let assignments = vec![("m".to_owned(), Bytes::new()), ("n".to_owned(), Bytes::new())];
    let watched = Watched::from([("t".into(), 2), ("u".into(), 1)]);
    play.hears(0, Ok(Answer::Assigned { assignments, watched })).is_nothing();
    play.asks(0, "sync m@1 m n");
    play.hears(0, Ok(Answer::Synced(partitions(&[0])))).is_nothing();
    play.changes(&[Change::Assign(partitions(&[0]))]);
    play.member.topics_are(|topic| if topic == "t" { 2 } else { 1 });
    play.asks(10, "");
    play.member.topics_are(|_| 2);
    play.asks(10, "");
    play.changes(&[Change::Revoke(partitions(&[0]))]);
    play.asks(10, "join m@1 of t: the partitions of a topic changed");
}

#[test]
fn an_eager_member_gives_up_all_before_it_joins_again() {
    let mut play = Play::settled(EAGER, &[0, 1]);
    play.asks(100, "alive m@1");
    play.hears(100, refused(ErrorCode::REBALANCE_IN_PROGRESS)).is_nothing();
    // The consumer has not polled yet; the session must not run out meanwhile.
    play.asks(100, "");
    play.asks(200, "alive m@1");
    play.hears(200, refused(ErrorCode::REBALANCE_IN_PROGRESS)).is_nothing();
    play.changes(&[Change::Revoke(partitions(&[0, 1]))]);
    play.asks(210, "join m@1 of t: the group rebalances");
    play.follows(210, 2, &[1, 2]);
    play.changes(&[Change::Assign(partitions(&[1, 2]))]);
}

#[test]
fn a_cooperative_member_keeps_what_it_has_and_joins_twice_if_some_goes() {
    let mut play = Play::settled(COOPERATIVE, &[0, 1]);
    play.asks(100, "alive m@1");
    play.hears(100, refused(ErrorCode::REBALANCE_IN_PROGRESS)).is_nothing();
    play.asks(100, "join m@1 of t with 0 1: the group rebalances");
    play.follows(100, 2, &[1]);
    play.asks(110, "");
    play.changes(&[Change::Revoke(partitions(&[0])), Change::Assign(partitions(&[]))]);
    play.asks(110, "join m@2 of t with 1: partitions were given up");
    play.follows(110, 3, &[1, 5]);
    play.changes(&[Change::Assign(partitions(&[5]))]);
    play.asks(110, "");
}

#[test]
fn what_is_no_longer_subscribed_goes_before_the_join() {
    let mut play = Play::settled(COOPERATIVE, &[0]);
    play.member.subscribe(topics(&["t"]));
    play.asks(10, "");
    play.member.subscribe(topics(&["u"]));
    play.asks(10, "");
    play.changes(&[Change::Revoke(partitions(&[0]))]);
    play.asks(10, "join m@1 of u: the subscription changed");
    // It changes again while the round goes on.
    play.member.subscribe(topics(&["u", "v"]));
    play.follows(10, 2, &[]);
    play.changes(&[Change::Assign(partitions(&[]))]);
    play.asks(10, "join m@2 of u,v: the subscription changed");
}

#[test]
fn who_fell_out_loses_what_it_has_and_joins_anew() {
    for (code, join) in [
        (ErrorCode::UNKNOWN_MEMBER_ID, "join ?@-1 of t: it was taken for gone"),
        (ErrorCode::ILLEGAL_GENERATION, "join m@-1 of t: it was taken for gone"),
    ] {
        for is_cooperative in [EAGER, COOPERATIVE] {
            let mut play = Play::settled(is_cooperative, &[0, 1]);
            play.asks(100, "alive m@1");
            play.hears(100, refused(code)).is_nothing();
            assert_eq!(play.member.joined().generation, 1);
            play.asks(100, "");
            play.changes(&[Change::Lose(partitions(&[0, 1]))]);
            play.asks(100, join);
            // A second time in a row it waits.
            play.hears(100, refused(code)).is_nothing();
            play.asks(100, "");
            assert_eq!(play.member.wake_at(play.at(100)), Some(play.at(200)));
            play.asks(200, join);
        }
    }
}

#[test]
fn a_round_that_ends_early_is_joined_again() {
    let mut play = Play::new(COOPERATIVE, None);
    play.asks(0, "join ?@-1 of t: it is new");
    play.hears(0, Ok(Answer::Joined(round(1, None)))).is_nothing();
    play.asks(0, "sync m@1");
    play.hears(0, refused(ErrorCode::REBALANCE_IN_PROGRESS)).is_nothing();
    play.asks(0, "join m@1 of t: the group rebalances");
}

#[test]
fn a_coordinator_that_moved_is_found() {
    for (error, finds) in [
        (refused(ErrorCode::NOT_COORDINATOR), true),
        (refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS), false),
        // Of a heartbeat only; a join that fails so says why it cannot be.
        (refused(ErrorCode::UNKNOWN_SERVER_ERROR), false),
        (Err(Error::NoLeader { subject: "group".to_owned() }), true),
    ] {
        let mut play = Play::settled(EAGER, &[0]);
        play.asks(100, "alive m@1");
        let then = play.hears(100, error);
        assert_eq!(matches!(then, Then::FindCoordinator), finds, "{then:?}");
        play.asks(149, "");
        // The partitions stay.
        play.changes(&[]);
        play.asks(200, "alive m@1");
    }
}

#[test]
fn what_cannot_go_on_is_said() {
    for code in [
        ErrorCode::FENCED_INSTANCE_ID,
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        ErrorCode::GROUP_AUTHORIZATION_FAILED,
        ErrorCode::GROUP_MAX_SIZE_REACHED,
    ] {
        let mut play = Play::settled(EAGER, &[0]);
        play.asks(100, "alive m@1");
        let then = play.hears(100, refused(code));
        assert!(matches!(&then, Then::Failed(error) if error.code() == Some(code)), "{then:?}");
        play.changes(&[Change::Lose(partitions(&[0]))]);
        play.asks(1000, "");
        assert!(play.member.has_left());
    }
}

#[test]
fn who_does_not_poll_leaves_until_it_does() {
    let mut play = Play::settled(EAGER, &[0]);
    play.member.polled(play.at(500));
    play.asks(1499, "alive m@1");
    assert_eq!(play.member.wake_at(play.at(1499)), Some(play.at(1500)));
    play.asks(1500, "leave m");
    play.hears(1500, Ok(Answer::Left)).is_nothing();
    assert!(play.member.waits_for_poll());
    // That it polled long ago is no news.
    play.member.polled(play.at(500));
    assert!(play.member.waits_for_poll());
    // A transaction of before must not pass for one of nobody.
    assert_eq!(play.member.identity(), Identity::default());
    assert_eq!(*play.member.joined(), Identity { generation: 1, member_id: "m".to_owned() });
    play.asks(9000, "");
    play.member.polled(play.at(9000));
    play.asks(9000, "");
    play.changes(&[Change::Lose(partitions(&[0]))]);
    play.asks(9000, "join ?@-1 of t: it is new");
}

#[test]
fn a_dynamic_member_says_that_it_leaves_and_a_static_one_does_not() {
    let mut play = Play::settled(EAGER, &[0]);
    play.member.leave();
    play.asks(10, "leave m");
    assert!(!play.member.has_left());
    play.hears(10, Err(Error::Closed)).is_nothing();
    assert!(play.member.has_left());
    assert_eq!(play.member.identity(), Identity::default());

    let mut play = Play::new(EAGER, Some("i"));
    play.asks(0, "join ?@-1 of t: it is new");
    play.follows(0, 1, &[0]);
    play.member.leave();
    play.asks(10, "");
    assert!(play.member.has_left());
}

#[test]
fn who_leaves_while_joining_does_not_hear_of_the_round() {
    let mut play = Play::settled(EAGER, &[]);
    play.member.rejoin("asked to");
    play.asks(0, "join m@1 of t: asked to");
    let (number, join) = play.asked.take().unwrap();
    play.member.leave();
    play.asks(1, "leave m");
    play.member.answered(play.at(2), number, &join, Ok(Answer::Joined(round(2, None)))).is_nothing();
    // And may come back before it is heard that it left.
    play.member.subscribe(topics(&["t"]));
    play.asks(2, "");
    play.hears(2, Ok(Answer::Left)).is_nothing();
    play.asks(2, "join ?@-1 of t: it is new");
}

#[test]
fn an_answer_to_what_was_given_up_is_of_no_use() {
    let mut play = Play::new(EAGER, Some("i"));
    play.asks(0, "join ?@-1 of t: it is new");
    let first = play.asked.take();
    play.member.leave();
    play.member.subscribe(topics(&["t"]));
    play.asks(0, "join ?@-1 of t: it is new");
    let second = std::mem::replace(&mut play.asked, first);
    play.hears(0, Ok(Answer::Joined(round(1, None)))).is_nothing();
    play.asks(0, "");
    play.asked = second;
    play.follows(0, 2, &[0]);
}
