use super::*;

struct Play {
    membership: Membership,
    start: Instant,
    sent: Option<Heartbeat>,
}

impl Play {
    fn new(topics: &[&str]) -> Self {
        let backoff = Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) };
        let mut play = Self { membership: Membership::new(backoff), start: Instant::now(), sent: None };
        play.subscribes(topics);
        play
    }

    fn subscribes(&mut self, topics: &[&str]) {
        self.membership.subscribe(topics.iter().map(|&topic| topic.to_owned()).collect());
    }

    /// The heartbeat at this time as `epoch topics`; `=` says that the topics are known, `-` that there is none.
    #[track_caller]
    fn beats(&mut self, ms: u64, expected: &str) {
        let sent = self.membership.next(self.start + Duration::from_millis(ms));
        let shown = sent.as_ref().map_or("-".to_owned(), |sent| {
            let topics = sent.topics.as_ref().map_or("=".to_owned(), |topics| {
                topics.iter().map(String::as_str).collect::<Vec<_>>().join(",")
            });
            format!("{} {topics}", sent.epoch)
        });
        assert_eq!(shown, expected, "at {ms} ms");
        self.sent = sent;
    }

    fn hears(&mut self, ms: u64, epoch: i32, partitions: Option<&[i32]>) {
        let assignment = partitions
            .map(|partitions| BTreeMap::from([(TopicId::METADATA, partitions.iter().copied().collect())]));
        let told = Told { epoch, interval: Duration::from_secs(5), assignment };
        self.answer(ms, Ok(told));
    }

    fn answer(&mut self, ms: u64, answer: Result<Told, Error>) -> Then {
        let sent = self.sent.take().expect("a heartbeat was sent");
        self.membership.answered(self.start + Duration::from_millis(ms), &sent, answer)
    }

    fn refused(&mut self, ms: u64, code: ErrorCode) -> Then {
        self.answer(ms, Err(Error::refused("g", code.0, None)))
    }

    fn partitions(&self) -> Vec<i32> {
        self.membership.assignment().values().flatten().copied().collect()
    }
}

#[test]
fn joins_then_beats_and_tells_what_changed() {
    let mut play = Play::new(&["a"]);
    play.beats(0, "0 a");
    play.beats(0, "-");
    play.sent = Some(Heartbeat { epoch: 0, topics: None });
    play.hears(0, 1, Some(&[0, 1]));
    assert_eq!(play.partitions(), [0, 1]);
    play.beats(4999, "-");
    play.beats(5000, "1 =");
    play.hears(5000, 2, None);
    assert_eq!(play.partitions(), [0, 1]);
    play.subscribes(&["a", "b"]);
    play.beats(5001, "2 a,b");
    play.hears(5001, 3, Some(&[]));
    assert_eq!(play.partitions(), [0; 0]);
}

#[test]
fn what_changes_while_a_heartbeat_is_under_way_is_told_next() {
    let mut play = Play::new(&["a"]);
    play.beats(0, "0 a");
    let sent = play.sent.take();
    play.subscribes(&["b"]);
    play.beats(0, "-");
    play.sent = sent;
    play.hears(1, 1, None);
    play.beats(1, "1 b");
}

#[test]
fn leaves_and_may_come_back() {
    let mut play = Play::new(&["a"]);
    play.beats(0, "0 a");
    play.hears(0, 1, Some(&[0]));
    play.subscribes(&[]);
    assert_eq!(play.partitions(), [0; 0]);
    play.beats(1, "-1 =");
    play.refused(1, ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(play.membership.state(), State::Left);
    play.beats(9000, "-");
    play.subscribes(&["a"]);
    play.beats(9000, "0 a");
}

#[test]
fn a_member_that_is_not_known_joins_again() {
    for code in [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::FENCED_MEMBER_EPOCH] {
        let mut play = Play::new(&["a"]);
        play.beats(0, "0 a");
        play.hears(0, 7, Some(&[0]));
        play.beats(5000, "7 =");
        assert!(matches!(play.refused(5000, code), Then::Nothing));
        assert_eq!(play.partitions(), [0; 0]);
        play.beats(5000, "0 a");
        // Not in a tight loop.
        play.refused(5000, code);
        play.beats(5000, "-");
        play.beats(5200, "0 a");
    }
}

#[test]
fn a_topic_that_it_may_not_read_is_said_and_the_member_stays() {
    let mut play = Play::new(&["a"]);
    play.beats(0, "0 a");
    play.hears(0, 3, Some(&[0]));
    play.beats(5000, "3 =");
    let then = play.refused(5000, ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    assert!(matches!(then, Then::Told(_)), "{then:?}");
    assert_eq!(play.partitions(), [0]);
    play.beats(5099, "-");
    play.beats(5100, "3 a");
}

#[test]
fn everything_is_told_again_after_an_error() {
    use ErrorCode as E;
    for (code, finds, fails) in [
        (E::COORDINATOR_LOAD_IN_PROGRESS, false, false),
        (E::NOT_COORDINATOR, true, false),
        (E::COORDINATOR_NOT_AVAILABLE, true, false),
        (E::REBOOTSTRAP_REQUIRED, true, false),
        (E::GROUP_AUTHORIZATION_FAILED, false, true),
        (E::GROUP_MAX_SIZE_REACHED, false, true),
        (E::UNSUPPORTED_VERSION, false, true),
        (E::INVALID_REQUEST, false, true),
    ] {
        let mut play = Play::new(&["a"]);
        play.beats(0, "0 a");
        play.hears(0, 3, Some(&[0]));
        play.beats(5000, "3 =");
        let then = play.refused(5000, code);
        assert_eq!(matches!(then, Then::FindCoordinator), finds, "{code}");
        assert_eq!(matches!(then, Then::Failed(_)), fails, "{code}");
        play.beats(5099, "-");
        play.beats(5100, if fails { "-" } else { "3 a" });
    }
}
