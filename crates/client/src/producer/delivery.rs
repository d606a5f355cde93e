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
    outcome: SetOnce<Result<Ack, Error>>,
}

/// A broker's answer about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ack {
    pub(super) base_offset: Option<i64>,
    pub(super) log_append_time: Option<i64>,
}

impl Delivery {
    /// Waits until the record is delivered or given up.
    pub async fn wait(&self) -> Result<Delivered, Error> {
        self.delivered(self.batch.outcome.wait().await)
    }

    /// The outcome, if it is known.
    pub fn outcome(&self) -> Option<Result<Delivered, Error>> {
        self.batch.outcome.get().map(|outcome| self.delivered(outcome))
    }

    fn delivered(&self, outcome: &Result<Ack, Error>) -> Result<Delivered, Error> {
        let ack = outcome.as_ref().map_err(Error::clone)?;
        Ok(Delivered {
            topic: self.batch.topic.clone(),
            partition: self.batch.partition,
            offset: ack.base_offset.map(|base| base + i64::from(self.index)),
            log_append_time: ack.log_append_time,
        })
    }
}

impl BatchDelivery {
    pub(super) fn new(topic: Arc<str>, partition: i32) -> Arc<Self> {
        Arc::new(Self { topic, partition, outcome: SetOnce::new() })
    }

    pub(super) fn of_record(self: &Arc<Self>, index: i32) -> Delivery {
        Delivery { batch: self.clone(), index }
    }

    pub(super) fn complete(&self, outcome: Result<Ack, Error>) {
        self.outcome.set(outcome).expect("a batch ends once");
    }

    pub(super) async fn wait(&self) {
        self.outcome.wait().await;
    }
}
