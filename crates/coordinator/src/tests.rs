//! A coordinator of one number, driven against a log whose high watermark the test moves.

use super::*;
use std::time::Duration;

#[derive(Debug, Default)]
struct Sum {
    total: u64,
    end: Offset,
    staged: bool,
    due: Option<Instant>,
}

#[derive(Debug)]
enum Request {
    Add(u8),
    Read,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
struct Error(#[from] Refusal);

impl Coordinator for Sum {
    type Request = Request;
    type Reply = u64;
    type Error = Error;
    type Effect = &'static str;

    fn replay(&mut self, _: Position, record: &CoordinatorRecord) -> Result<Replayed, ReplayError> {
        match record.key.as_ref() {
            [] => Ok(Replayed::Unknown { record_type: -1 }),
            key => {
                self.total += u64::from(key[0]);
                Ok(Replayed::Applied)
            }
        }
    }

    fn replay_end_of_transaction(&mut self, _: Offset, _: Producer, _: EndOfTransaction) {}

    fn loaded(&mut self, _: Now) -> TransitionOf<Self> {
        Transition::default()
    }

    fn step(&mut self, _: Now, token: Token, request: Request) -> TransitionOf<Self> {
        assert!(!self.staged);
        let mut transition = Transition::default();
        match request {
            Request::Add(n) => {
                self.staged = true;
                transition.records.push(CoordinatorRecord { key: Bytes::copy_from_slice(&[n]), value: None });
                transition.effects.push("added");
                let reply = Ok(self.total + u64::from(n));
                transition.answers.push(Answer { token, reply, after: Offset::ZERO });
            }
            Request::Read => {
                transition.answers.push(Answer { token, reply: Ok(self.total), after: self.end });
            }
        }
        transition
    }

    fn tick(&mut self, _: Now) -> TransitionOf<Self> {
        self.due = None;
        Transition::default()
    }

    fn wake_at(&self) -> Option<Instant> {
        self.due
    }

    fn appended(&mut self, _: Offset, end_offset: Offset) {
        self.staged = false;
        self.end = end_offset;
    }

    fn refused(&mut self, _: Now, _: Refusal) -> TransitionOf<Self> {
        self.staged = false;
        Transition::default()
    }
}

#[derive(Default)]
struct TestLog {
    records: Vec<CoordinatorRecord>,
    high_watermark: i64,
    refuse: Option<Refusal>,
}

impl Log for TestLog {
    fn append(&mut self, records: &[CoordinatorRecord], _: Option<Producer>) -> Result<Offset, Refusal> {
        if let Some(refusal) = self.refuse {
            return Err(refusal);
        }
        let base = Offset(self.records.len() as i64);
        self.records.extend_from_slice(records);
        Ok(base)
    }

    fn high_watermark(&self) -> Offset {
        Offset(self.high_watermark)
    }
}

enum Do {
    Add(u64, u8),
    Read(u64),
    Refuse(Option<Refusal>),
    Commit(i64),
    /// To this many milliseconds after the start.
    Time(u64),
}

/// Plays a script with a commit timeout of 100 ms; each line expects `token:reply`, then the effects.
#[track_caller]
fn check(script: &[(Do, &str)]) {
    let start = Instant::now();
    let mut now = Now { instant: start, unix_ms: 0 };
    let mut log = TestLog::default();
    let mut driver = Driver::new(Sum::default(), Duration::from_millis(100));
    for (line, (what, expected)) in script.iter().enumerate() {
        let outcome = match *what {
            Do::Add(token, n) => driver.step(&mut log, now, Token(token), Request::Add(n)),
            Do::Read(token) => driver.step(&mut log, now, Token(token), Request::Read),
            Do::Refuse(refusal) => {
                log.refuse = refusal;
                Outcome::default()
            }
            Do::Commit(high_watermark) => {
                log.high_watermark = high_watermark;
                driver.committed(Offset(high_watermark))
            }
            Do::Time(ms) => {
                now.instant = start + Duration::from_millis(ms);
                driver.tick(&mut log, now)
            }
        };
        let answers = outcome.answers.iter().map(|answer| match &answer.reply {
            Ok(total) => format!("{}:{total}", answer.token.0),
            Err(Error(refusal)) => format!("{}:{refusal:?}", answer.token.0),
        });
        let effects = outcome.effects.iter().map(|effect| (*effect).to_owned());
        let got = answers.chain(effects).collect::<Vec<_>>().join(" ");
        assert_eq!(got, *expected, "line {line}");
    }
}

#[test]
fn answers_wait_for_the_high_watermark_of_what_they_tell() {
    use Do::*;
    check(&[
        (Read(1), "1:0"),
        (Add(2, 5), ""),
        (Read(3), ""),
        (Commit(1), "2:5 3:5 added"),
        (Read(4), "4:5"),
        (Add(5, 1), ""),
        (Add(6, 1), ""),
        (Read(7), ""),
        (Commit(2), "5:6 added"),
        (Commit(3), "6:7 7:7 added"),
    ]);
}

#[test]
fn a_refused_batch_changes_nothing_and_is_told() {
    use Do::*;
    check(&[
        (Refuse(Some(Refusal::NotEnoughReplicas)), ""),
        (Add(1, 5), "1:NotEnoughReplicas"),
        (Refuse(None), ""),
        (Read(2), "2:0"),
        (Add(3, 2), ""),
        (Commit(1), "3:2 added"),
    ]);
}

#[test]
fn an_answer_that_waits_too_long_gives_up_but_the_record_stays() {
    use Do::*;
    check(&[
        (Add(1, 5), ""),
        (Time(99), ""),
        (Add(2, 1), ""),
        (Time(100), "1:CommitTimeout"),
        (Commit(2), "2:6 added added"),
        (Time(500), ""),
        (Read(3), "3:6"),
    ]);
}

#[test]
fn wakes_for_its_own_deadlines_and_the_cores_timers() {
    let start = Instant::now();
    let now = Now { instant: start, unix_ms: 0 };
    let mut log = TestLog::default();
    let mut driver = Driver::new(Sum::default(), Duration::from_millis(100));
    assert_eq!(driver.wake_at(), None);
    assert!(driver.step(&mut log, now, Token(1), Request::Add(1)).answers.is_empty());
    assert_eq!(driver.wake_at(), Some(start + Duration::from_millis(100)));
    driver.core.due = Some(start + Duration::from_millis(30));
    assert_eq!(driver.wake_at(), Some(start + Duration::from_millis(30)));
    assert_eq!(driver.committed(Offset(1)).answers.len(), 1);
    assert!(
        driver
            .tick(&mut log, Now { instant: start + Duration::from_millis(30), unix_ms: 0 })
            .answers
            .is_empty()
    );
    assert_eq!(driver.wake_at(), None);
}
