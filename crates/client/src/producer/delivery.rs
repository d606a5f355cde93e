use crate::Error;
use std::sync::Arc;
use tokio::sync::SetOnce;

/// What became of one record, once it is known. May be dropped by whoever does not ask.
///
/// The records of a batch share one outcome, so a delivery is a reference and a number.
#[derive(Clone, Debug)]
pub struct Delivery {
    batch: Arc<BatchDelivery>,
    index: i32,
}

/// Where a record is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    pub topic: Arc<str>,
    pub partition: i32,
    /// `None` with `acks=0`, and where only a repeated request was answered.
    pub offset: Option<i64>,
    /// Set where the broker gave the record its time.
    pub log_append_time: Option<i64>,
}

#[derive(Debug)]
pub(super) struct BatchDelivery {
    pub(super) topic: Arc<str>,
    pub(super) partition: i32,
    outcome: SetOnce<Outcome>,
}

#[derive(Debug)]
enum Outcome {
    Ended(Result<Ack, Error>),
    /// It was too large for the broker, and each part has an outcome of its own.
    Split(Vec<Part>),
}

/// The records of a batch from `first` on, up to the next part.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) first: i32,
    pub(super) delivery: Arc<BatchDelivery>,
}

/// A broker's answer about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ack {
    pub(super) base_offset: Option<i64>,
    pub(super) log_append_time: Option<i64>,
}

/// Set once somebody's question is decided.
pub(super) type Promise = Arc<SetOnce<Result<(), Error>>>;

/// Decides it, unless it is decided.
pub(super) fn fulfil(promise: &Promise, outcome: Result<(), Error>) {
    let _ = promise.set(outcome);
}

impl Delivery {
    /// Waits until the record is delivered or given up.
    pub async fn wait(&self) -> Result<Delivered, Error> {
        let (mut batch, mut index) = (&self.batch, self.index);
        loop {
            match batch.outcome.wait().await {
                Outcome::Ended(outcome) => return batch.delivered(index, outcome),
                Outcome::Split(parts) => (batch, index) = part_of(parts, index),
            }
        }
    }

    /// The outcome, if it is known.
    pub fn outcome(&self) -> Option<Result<Delivered, Error>> {
        let (mut batch, mut index) = (&self.batch, self.index);
        loop {
            match batch.outcome.get()? {
                Outcome::Ended(outcome) => return Some(batch.delivered(index, outcome)),
                Outcome::Split(parts) => (batch, index) = part_of(parts, index),
            }
        }
    }
}

/// The part that a record went to, and its place there.
fn part_of(parts: &[Part], index: i32) -> (&Arc<BatchDelivery>, i32) {
    let part = parts.iter().rev().find(|part| part.first <= index).expect("the first part begins at zero");
    (&part.delivery, index - part.first)
}

impl BatchDelivery {
    pub(super) fn new(topic: Arc<str>, partition: i32) -> Arc<Self> {
        Arc::new(Self { topic, partition, outcome: SetOnce::new() })
    }

    pub(super) fn of_record(self: &Arc<Self>, index: i32) -> Delivery {
        Delivery { batch: self.clone(), index }
    }

    pub(super) fn complete(&self, outcome: Result<Ack, Error>) {
        self.outcome.set(Outcome::Ended(outcome)).expect("a batch ends once");
    }

    pub(super) fn split(&self, parts: Vec<Part>) {
        self.outcome.set(Outcome::Split(parts)).expect("a batch ends once");
    }

    /// Waits until all of it is delivered or given up.
    pub(super) async fn wait(self: &Arc<Self>) -> Result<(), Error> {
        let mut left = vec![self.clone()];
        let mut all = Ok(());
        while let Some(batch) = left.pop() {
            match batch.outcome.wait().await {
                Outcome::Split(parts) => left.extend(parts.iter().map(|part| part.delivery.clone())),
                Outcome::Ended(outcome) => all = all.and(outcome.clone().map(drop)),
            }
        }
        all
    }

    fn delivered(&self, index: i32, outcome: &Result<Ack, Error>) -> Result<Delivered, Error> {
        let ack = outcome.as_ref().map_err(Error::clone)?;
        Ok(Delivered {
            topic: self.topic.clone(),
            partition: self.partition,
            offset: ack.base_offset.map(|base| base + i64::from(index)),
            log_append_time: ack.log_append_time,
        })
    }
}
