use super::{
    Answer, AnswerOf, Coordinator, CoordinatorRecord, EndOfTransaction, Now, Position, Producer, Refusal,
    ReplayError, Replayed, Token, TransitionOf,
};
use base::Offset;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// The partition a coordinator writes to, as its leader.
pub trait Log {
    /// Appends one batch and returns the offset of its first record. Nothing is in the log after a refusal.
    fn append(
        &mut self,
        records: &[CoordinatorRecord],
        producer: Option<Producer>,
    ) -> Result<Offset, Refusal>;

    fn high_watermark(&self) -> Offset;
}

/// What may leave the coordinator now.
#[derive(Debug)]
#[must_use = "a client waits for each answer"]
pub struct Outcome<C: Coordinator> {
    pub answers: Vec<AnswerOf<C>>,
    pub effects: Vec<C::Effect>,
}

impl<C: Coordinator> Default for Outcome<C> {
    fn default() -> Self {
        Self { answers: Vec::new(), effects: Vec::new() }
    }
}

/// Carries out the turns of one coordinator, and holds answers until what they tell is committed.
///
/// A shell is a loop around this: drain the requests into [`Driver::step`], call [`Driver::committed`] when the
/// high watermark moved, and [`Driver::tick`] when [`Driver::wake_at`] is reached; send what each of them returns.
#[derive(Debug)]
pub struct Driver<C: Coordinator> {
    pub(crate) core: C,
    /// Longest wait for the high watermark (`offsets.commit.timeout.ms`).
    commit_timeout: Duration,
    /// By the high watermark that lets them go, then by age.
    held: BTreeMap<(Offset, u64), Held<C>>,
    /// Commit deadlines of held answers, by age. They share one timeout, so the oldest is due first.
    deadlines: BTreeMap<u64, (Instant, Offset)>,
    next_age: u64,
}

#[derive(Debug)]
enum Held<C: Coordinator> {
    Answer(AnswerOf<C>),
    Effect(C::Effect),
}

impl<C: Coordinator> Driver<C> {
    pub fn new(core: C, commit_timeout: Duration) -> Self {
        Self { core, commit_timeout, held: BTreeMap::new(), deadlines: BTreeMap::new(), next_age: 0 }
    }

    pub fn core(&self) -> &C {
        &self.core
    }

    /// To hand in what is neither a request nor in the log, such as settings; never to take a turn.
    pub fn core_mut(&mut self) -> &mut C {
        &mut self.core
    }

    /// One record of the log while the partition is loaded.
    pub fn replay(
        &mut self,
        position: Position,
        record: &CoordinatorRecord,
    ) -> Result<Replayed, ReplayError> {
        self.core.replay(position, record)
    }

    /// A control record: while the partition is loaded, and when a marker is written later.
    pub fn replay_end_of_transaction(&mut self, offset: Offset, producer: Producer, end: EndOfTransaction) {
        self.core.replay_end_of_transaction(offset, producer, end);
    }

    pub fn loaded(&mut self, log: &mut impl Log, now: Now) -> Outcome<C> {
        let transition = self.core.loaded(now);
        let mut outcome = Outcome::default();
        self.carry_out(log, now, transition, &mut outcome);
        outcome
    }

    pub fn step(&mut self, log: &mut impl Log, now: Now, token: Token, request: C::Request) -> Outcome<C> {
        let transition = self.core.step(now, token, request);
        let mut outcome = Outcome::default();
        self.carry_out(log, now, transition, &mut outcome);
        outcome
    }

    /// Runs every timer that is due.
    pub fn tick(&mut self, log: &mut impl Log, now: Now) -> Outcome<C> {
        let mut outcome = Outcome::default();
        self.give_up(now, &mut outcome);
        while self.core.wake_at().is_some_and(|at| at <= now.instant) {
            let transition = self.core.tick(now);
            self.carry_out(log, now, transition, &mut outcome);
        }
        outcome
    }

    pub fn wake_at(&self) -> Option<Instant> {
        let deadline = self.deadlines.first_key_value().map(|(_, (at, _))| *at);
        [self.core.wake_at(), deadline].into_iter().flatten().min()
    }

    /// The high watermark has moved.
    pub fn committed(&mut self, high_watermark: Offset) -> Outcome<C> {
        let mut outcome = Outcome::default();
        while let Some(entry) = self.held.first_entry() {
            let (after, age) = *entry.key();
            if after > high_watermark {
                break;
            }
            self.deadlines.remove(&age);
            match entry.remove() {
                Held::Answer(answer) => outcome.answers.push(answer),
                Held::Effect(effect) => outcome.effects.push(effect),
            }
        }
        outcome
    }

    fn carry_out(
        &mut self,
        log: &mut impl Log,
        now: Now,
        transition: TransitionOf<C>,
        outcome: &mut Outcome<C>,
    ) {
        let mut own_end = Offset::ZERO;
        if !transition.records.is_empty() {
            match log.append(&transition.records, transition.producer) {
                Ok(base_offset) => own_end = self.replay_own(base_offset, &transition),
                Err(refusal) => {
                    let undone = self.core.refused(now, refusal);
                    assert!(undone.records.is_empty(), "undoing a refused batch must not write another");
                    let refused = transition.answers.into_iter().map(|Answer { token, after, .. }| Answer {
                        token,
                        reply: Err(refusal.into()),
                        after,
                    });
                    outcome.answers.extend(refused);
                    self.release(log, now, undone, Offset::ZERO, outcome);
                    return;
                }
            }
        }
        self.release(log, now, transition, own_end, outcome);
    }

    /// Returns the end of the batch.
    fn replay_own(&mut self, base_offset: Offset, transition: &TransitionOf<C>) -> Offset {
        let mut offset = base_offset;
        for record in &transition.records {
            let replayed = self.core.replay(Position { offset, producer: transition.producer }, record);
            assert!(
                matches!(replayed, Ok(Replayed::Applied)),
                "a coordinator can read what it wrote, but got {replayed:?}"
            );
            offset = offset.next();
        }
        self.core.appended(base_offset, offset);
        offset
    }

    fn release(
        &mut self,
        log: &impl Log,
        now: Now,
        transition: TransitionOf<C>,
        own_end: Offset,
        outcome: &mut Outcome<C>,
    ) {
        let high_watermark = log.high_watermark();
        for answer in transition.answers {
            let after = answer.after.max(own_end);
            if after <= high_watermark {
                outcome.answers.push(answer);
            } else {
                let age = self.hold(after, Held::Answer(answer));
                self.deadlines.insert(age, (now.instant + self.commit_timeout, after));
            }
        }
        for effect in transition.effects {
            if own_end <= high_watermark {
                outcome.effects.push(effect);
            } else {
                self.hold(own_end, Held::Effect(effect));
            }
        }
    }

    fn hold(&mut self, after: Offset, held: Held<C>) -> u64 {
        let age = self.next_age;
        self.next_age += 1;
        self.held.insert((after, age), held);
        age
    }

    /// Tells whoever waited too long for the high watermark. What was appended stays.
    fn give_up(&mut self, now: Now, outcome: &mut Outcome<C>) {
        while let Some(entry) = self.deadlines.first_entry() {
            let (at, after) = *entry.get();
            if at > now.instant {
                break;
            }
            let age = *entry.key();
            entry.remove();
            let held = self.held.remove(&(after, age)).expect("a deadline belongs to a held answer");
            let Held::Answer(answer) = held else { unreachable!("effects have no deadline") };
            outcome.answers.push(Answer { reply: Err(Refusal::CommitTimeout.into()), ..answer });
        }
    }
}
