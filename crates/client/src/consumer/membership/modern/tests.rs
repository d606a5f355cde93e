use super::*;

/// A member that is played: the coordinator wants a heartbeat every 100 ms, polls are at most 1000 ms apart.
struct Play {
    member: Modern,
    start: Instant,
    asked: Option<(u64, Heartbeat)>,
}

fn id(topic: u128) -> TopicId {
    TopicId(uuid::Uuid::from_u128(topic))
}

fn by_id(of: &[i32]) -> ById {
    if of.is_empty() { ById::new() } else { [(id(1), of.iter().copied().collect())].into() }
}

fn partitions(of: &[i32]) -> Partitions {
    of.iter().map(|&partition| TopicPartition::new("t", partition)).collect()
}

fn topics(of: &[&str]) -> Subscription {
    Subscription::Topics(of.iter().map(|&topic| topic.into()).collect())
}

fn told(epoch: i32, assignment: Option<ById>) -> Result<Told, Error> {
    Ok(Told { epoch, interval: Duration::from_millis(100), assignment })
}

fn refused(code: ErrorCode) -> Result<Told, Error> {
    Err(Error::refused("group", code.0, None))
}

impl Play {
    fn new(instance_id: Option<&str>) -> Self {
        let ms = Duration::from_millis;
        let settings = Settings {
            max_poll_interval: ms(1000),
            instance_id: instance_id.map(str::to_owned),
            backoff: Backoff { initial: ms(50), max: ms(200) },
        };
        let start = Instant::now();
        let mut member = Modern::new(settings, "m".to_owned(), start);
        member.subscribe(topics(&["t"]));
        member.learn([(id(1), "t".into())]);
        Self { member, start, asked: None }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// What goes out now, as `epoch[ topics][ owns partitions]`; empty for nothing.
    #[track_caller]
    fn asks(&mut self, ms: u64, expected: &str) {
        let asked = self.member.next(self.at(ms));
        assert_eq!(asked.as_ref().map(shown).unwrap_or_default(), expected, "at {ms} ms");
        self.asked = self.member.asks().zip(asked).or(self.asked.take());
    }

    #[track_caller]
    fn hears(&mut self, ms: u64, answer: Result<Told, Error>) -> Then {
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

    /// In epoch 1, with these, and the coordinator knows.
    #[track_caller]
    fn settled(gets: &[i32]) -> Self {
        let mut play = Self::new(None);
        play.asks(0, "0 [t] owns");
        play.hears(0, told(1, Some(by_id(gets))));
        play.member.learn([(id(1), "t".into())]);
        play.changes(&[Change::Assign(partitions(gets))]);
        let owned: String = gets.iter().map(|partition| format!(" {partition}")).collect();
        play.asks(0, &format!("1 owns{owned}"));
        play.hears(0, told(1, None));
        play
    }
}

fn shown(heartbeat: &Heartbeat) -> String {
    let subscription = match &heartbeat.subscription {
        None => String::new(),
        Some(Subscription::Nothing) => " []".to_owned(),
        Some(Subscription::Topics(topics)) => {
            format!(" [{}]", topics.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(","))
        }
        Some(Subscription::Pattern(pattern)) => format!(" /{pattern}/"),
    };
    let owned = heartbeat.owned.as_ref().map(|owned| {
        let partitions = owned.values().flatten();
        format!(" owns{}", partitions.map(|partition| format!(" {partition}")).collect::<String>())
    });
    format!("{}{subscription}{}", heartbeat.epoch, owned.unwrap_or_default())
}

#[test]
fn says_all_when_it_joins_and_then_only_what_changed() {
    let mut play = Play::settled(&[0, 1]);
    play.asks(99, "");
    assert_eq!(play.member.wake_at(play.at(99)), Some(play.at(100)));
    play.asks(100, "1");
    play.asks(150, "");
    play.hears(150, told(1, None));
    play.member.subscribe(topics(&["t", "u"]));
    play.asks(160, "1 [t,u]");
    play.hears(160, told(2, None));
    play.asks(260, "2");
    play.hears(260, told(2, None));
    play.member.subscribe(Subscription::Pattern("t.*".into()));
    play.asks(260, "2 /t.*/");
}

#[test]
fn what_goes_is_revoked_before_it_is_acknowledged() {
    let mut play = Play::settled(&[0, 1]);
    play.asks(100, "1");
    play.hears(100, told(2, Some(by_id(&[1]))));
    // The consumer has not let go yet.
    play.asks(110, "");
    play.asks(200, "2");
    play.hears(200, told(2, None));
    play.changes(&[Change::Revoke(partitions(&[0])), Change::Assign(partitions(&[]))]);
    play.asks(201, "2 owns 1");
    play.hears(201, told(3, Some(by_id(&[1, 2]))));
    play.changes(&[Change::Assign(partitions(&[2]))]);
    play.asks(202, "3 owns 1 2");
}

#[test]
fn an_assignment_that_comes_meanwhile_waits() {
    let mut play = Play::settled(&[0]);
    play.asks(100, "1");
    play.hears(100, told(2, Some(by_id(&[]))));
    let (number, change) = play.member.holdings().change().map(|(n, c)| (n, c.clone())).unwrap();
    assert_eq!(change, Change::Revoke(partitions(&[0])));
    play.asks(200, "2");
    play.hears(200, told(3, Some(by_id(&[0]))));
    play.member.carried_out(number);
    play.changes(&[Change::Assign(partitions(&[])), Change::Assign(partitions(&[0]))]);
}

#[test]
fn a_topic_without_a_name_waits_for_one() {
    let mut play = Play::settled(&[0]);
    play.asks(100, "1");
    let both: ById = [(id(1), [0].into()), (id(2), [4].into())].into();
    play.hears(100, told(2, Some(both)));
    play.changes(&[]);
    assert_eq!(play.member.nameless().collect::<Vec<_>>(), [id(2)]);
    play.member.learn([(id(2), "u".into())]);
    assert_eq!(play.member.nameless().count(), 0);
    play.changes(&[Change::Assign([TopicPartition::new("u", 4)].into())]);
    let asked = play.member.next(play.at(101)).unwrap();
    assert_eq!(asked.owned, Some([(id(1), [0].into()), (id(2), [4].into())].into()));
}

#[test]
fn who_is_fenced_loses_what_it_has_and_joins_anew() {
    for code in [ErrorCode::FENCED_MEMBER_EPOCH, ErrorCode::UNKNOWN_MEMBER_ID] {
        let mut play = Play::settled(&[0, 1]);
        play.asks(100, "1");
        play.hears(100, refused(code));
        assert_eq!(play.member.identity().generation, -1);
        assert_eq!(play.member.joined().generation, 1);
        play.asks(100, "");
        play.changes(&[Change::Lose(partitions(&[0, 1]))]);
        play.asks(100, "0 [t] owns");
    }
}

#[test]
fn after_a_failure_all_is_said_again() {
    let mut play = Play::settled(&[0]);
    play.asks(100, "1");
    let then = play.hears(100, Err(Error::NoLeader { subject: "group".to_owned() }));
    assert!(matches!(then, Then::FindCoordinator), "{then:?}");
    play.asks(149, "");
    assert_eq!(play.member.wake_at(play.at(149)), Some(play.at(150)));
    play.asks(150, "1 [t] owns 0");
    // It keeps what it has.
    play.changes(&[]);
}

#[test]
fn a_topic_that_it_may_not_read_is_said_and_the_member_stays() {
    let mut play = Play::settled(&[0]);
    play.asks(100, "1");
    let then = play.hears(100, refused(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
    assert!(matches!(then, Then::Told(_)), "{then:?}");
    play.changes(&[]);
    play.asks(149, "");
    // The right may have been given meanwhile.
    play.asks(150, "1 [t] owns 0");
}

#[test]
fn what_cannot_go_on_is_said() {
    for code in [
        ErrorCode::UNRELEASED_INSTANCE_ID,
        ErrorCode::UNSUPPORTED_ASSIGNOR,
        ErrorCode::INVALID_REGULAR_EXPRESSION,
        ErrorCode::GROUP_MAX_SIZE_REACHED,
        ErrorCode::GROUP_AUTHORIZATION_FAILED,
    ] {
        let mut play = Play::settled(&[0]);
        play.asks(100, "1");
        let then = play.hears(100, refused(code));
        assert!(matches!(&then, Then::Failed(error) if error.code() == Some(code)), "{then:?}");
        play.changes(&[Change::Lose(partitions(&[0]))]);
        play.asks(900, "");
        assert!(play.member.has_left());
    }
}

#[test]
fn who_does_not_poll_leaves_until_it_does() {
    for (instance_id, leaves) in [(None, "-1"), (Some("i"), "-2")] {
        let mut play = Play::new(instance_id);
        play.asks(0, "0 [t] owns");
        play.hears(0, told(1, Some(by_id(&[0]))));
        play.member.learn([(id(1), "t".into())]);
        play.changes(&[Change::Assign(partitions(&[0]))]);
        play.asks(999, "1 owns 0");
        play.asks(1000, leaves);
        play.hears(1000, told(-1, None));
        assert!(play.member.waits_for_poll());
        // That it polled long ago is no news.
        play.member.polled(play.at(0));
        play.asks(1001, "");
        assert!(play.member.waits_for_poll());
        play.asks(5000, "");
        play.member.polled(play.at(5000));
        play.asks(5000, "");
        play.changes(&[Change::Lose(partitions(&[0]))]);
        play.asks(5000, "0 [t] owns");
    }
}

#[test]
fn leaves_and_may_come_back() {
    let mut play = Play::settled(&[0]);
    play.member.leave();
    play.asks(10, "-1");
    play.member.subscribe(topics(&["t"]));
    play.hears(10, told(-1, None));
    play.asks(10, "0 [t] owns");
    play.hears(10, told(5, None));
    play.member.leave();
    play.asks(10, "-1");
    play.hears(10, Err(Error::Closed));
    assert!(play.member.has_left());
    play.asks(1000, "");
}

#[test]
fn an_answer_to_what_was_given_up_is_of_no_use() {
    let mut play = Play::new(None);
    play.asks(0, "0 [t] owns");
    let first = play.asked.take();
    play.member.leave();
    play.asks(0, "-1");
    play.member.subscribe(topics(&["t"]));
    play.hears(0, told(-1, None));
    play.asks(0, "0 [t] owns");
    let second = std::mem::replace(&mut play.asked, first);
    play.hears(0, told(1, Some(by_id(&[0]))));
    play.member.learn([(id(1), "t".into())]);
    play.changes(&[]);
    play.asked = second;
    play.hears(0, told(2, Some(by_id(&[1]))));
    play.member.learn([(id(1), "t".into())]);
    play.changes(&[Change::Assign(partitions(&[1]))]);
}
