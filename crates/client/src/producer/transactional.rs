//! The program's side of transactions: what may be called when is said by who owns what.
//!
//! ```text
//!   Producer ──init_transactions──► TransactionalProducer ──begin──► Transaction ──commit or abort──►
//!                                         ▲ borrowed as long as the transaction lives │
//!                                         └───────────────────────────────────────────┘
//! ```
//!
//! A [`Transaction`] borrows its producer, so there is one at a time, and is used up by its end. Dropping it aborts it,
//! as does a commit that fails; the next [`TransactionalProducer::begin`] waits until that is done.
use super::{Delivery, Producer, Record, delivery::Promise};
use crate::{Error, GroupMetadata, TopicPartition, admin::CommittedOffset};
use std::time::Duration;

/// A producer whose records become visible together, or not at all.
///
/// ```no_run
/// # async fn example(cluster: mainstem_client::Cluster) -> Result<(), mainstem_client::Error> {
/// use mainstem_client::{Producer, producer::{Config, Record}};
///
/// let config = Config { transactional_id: Some("payments-1".to_owned()), ..Default::default() };
/// let mut producer = Producer::new(&cluster, config).init_transactions().await?;
/// let transaction = producer.begin().await?;
/// transaction.send(Record { topic: "debits", value: Some(b"-7"), ..Default::default() }).await?;
/// transaction.send(Record { topic: "credits", value: Some(b"+7"), ..Default::default() }).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TransactionalProducer {
    producer: Producer,
}

/// An open transaction. Dropped without [`Transaction::commit`] it is aborted.
#[derive(Debug)]
#[must_use = "a transaction that is dropped is aborted"]
pub struct Transaction<'p> {
    producer: &'p Producer,
    has_ended: bool,
}

impl Producer {
    /// Fences every earlier producer with the same [`super::Config::transactional_id`], has their open transaction
    /// ended, and makes this a producer of transactions. Waits at most [`super::Config::max_block`].
    pub async fn init_transactions(self) -> Result<TransactionalProducer, Error> {
        let promise = Promise::default();
        let id = self.shared.config.transactional_id.clone().ok_or(Error::NotInTransaction)?;
        self.shared.lock().init_transactions(id, promise.clone());
        self.shared.wake.notify_one();
        self.confirmed(&promise).await?;
        Ok(TransactionalProducer { producer: self })
    }

    fn begin_if_settled(&self) -> Option<Result<(), Error>> {
        let mut accumulator = self.shared.lock();
        let transactions = accumulator.transactions().expect("init_transactions made it so");
        if transactions.is_settled() {
            return Some(transactions.begin());
        }
        if transactions.abort_unheld() {
            self.shared.wake.notify_one();
        }
        None
    }

    /// Waits for a coordinator, but not for ever.
    async fn confirmed(&self, promise: &Promise) -> Result<(), Error> {
        let after = self.shared.config.max_block;
        match tokio::time::timeout(after, promise.wait()).await {
            Ok(outcome) => outcome.clone(),
            Err(_) => Err(Error::TransactionUnconfirmed { after }),
        }
    }
}

impl TransactionalProducer {
    /// Begins a transaction, after the one before has ended. [`Error::TransactionUnconfirmed`]: it has not yet.
    /// [`Error::TransactionAborted`]: the one before, whose commit was not awaited to its end, failed and was aborted;
    /// the next call begins. Any other error is final: this producer was fenced or cannot go on.
    pub async fn begin(&mut self) -> Result<Transaction<'_>, Error> {
        let producer = &self.producer;
        let settled = async {
            loop {
                let ended = producer.shared.settled.notified();
                tokio::pin!(ended);
                ended.as_mut().enable();
                if let Some(begun) = producer.begin_if_settled() {
                    return begun;
                }
                ended.await;
            }
        };
        let after = producer.shared.config.max_block;
        let begun = tokio::time::timeout(after, settled).await;
        begun.unwrap_or(Err(Error::TransactionUnconfirmed { after }))?;
        Ok(Transaction { producer, has_ended: false })
    }

    /// Waits at most `timeout` for the end of a transaction that is being aborted or committed, and gives up. Fails as
    /// [`TransactionalProducer::begin`] does.
    pub async fn close(mut self, timeout: Duration) -> Result<(), Error> {
        match tokio::time::timeout(timeout, self.begin()).await {
            Ok(begun) => begun.map(drop),
            Err(_) => Err(Error::TransactionUnconfirmed { after: timeout }),
        }
    }
}

impl Transaction<'_> {
    /// As [`Producer::send`]. The record counts once the transaction is committed.
    pub async fn send(&self, record: Record<'_>) -> Result<Delivery, Error> {
        self.producer.send(record).await
    }

    /// Commits how far a group has read, together with the records. `group` is what the consumer says of itself, so that
    /// a member that was replaced meanwhile cannot commit.
    pub async fn send_offsets(
        &self,
        offsets: impl IntoIterator<Item = (TopicPartition, CommittedOffset)>,
        group: &GroupMetadata,
    ) -> Result<(), Error> {
        let promise = {
            let mut accumulator = self.producer.shared.lock();
            let transactions = accumulator.transactions().expect("init_transactions made it so");
            transactions.send_offsets(offsets.into_iter().collect(), group.clone())?
        };
        self.producer.shared.wake.notify_one();
        self.producer.confirmed(&promise).await
    }

    /// Sends what waits and makes all of it visible. [`Error::TransactionAborted`]: none of it is, and the next
    /// transaction may begin; [`Error::TransactionUnconfirmed`]: it is not known yet, and the next
    /// [`TransactionalProducer::begin`] tells.
    pub async fn commit(mut self) -> Result<(), Error> {
        let promise = self.producer.shared.lock().end_transaction(true)?;
        self.has_ended = true;
        self.producer.shared.wake.notify_one();
        let outcome = self.producer.confirmed(&promise).await;
        // What was refused is aborted when this is dropped.
        self.has_ended = !matches!(outcome, Err(Error::TransactionAborted { .. }));
        outcome
    }

    /// Makes none of it visible.
    pub async fn abort(mut self) -> Result<(), Error> {
        self.has_ended = true;
        let promise = self.producer.shared.lock().end_transaction(false)?;
        self.producer.shared.wake.notify_one();
        self.producer.confirmed(&promise).await
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // A producer that cannot go on has nothing to abort.
        if !self.has_ended && self.producer.shared.lock().end_transaction(false).is_ok() {
            self.producer.shared.wake.notify_one();
        }
    }
}
