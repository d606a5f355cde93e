//! The controller actor: decides, proposes, answers.
//!
//! Wishes that wait together are decided one after another, each against the image that those before it will leave behind, and
//! their records are proposed as one batch: one flush for all. The next batch is decided when this one is committed, so the
//! speculative image never outlives a turn. A proposal is bound to the term in which it was decided, and within
//! a term nobody else proposes: what was decided on is what it is appended to.
use crate::{
    Error,
    log_store::now_ms,
    raft_types::{Metadata, MetadataBatch},
    state_machine::StateMachine,
};
use base::{LeaderEpoch, Offset};
use metadata::{MetadataImage, Record, controller::Decision};
use openraft::{
    Raft,
    errors::{ClientWriteError, ForwardToLeader},
    impls::ProgressResponder,
};
use std::{collections::VecDeque, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};

/// An answer, and the offset up to which an image must be applied to show what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed<R> {
    pub offset: Offset,
    pub reply: R,
}

type Answer = Box<dyn FnOnce(Result<Offset, Error>) + Send>;

/// Decides on an image: the records, and whom to tell when they are committed. Or is told that nobody decides here.
pub(crate) type Wish = Box<dyn FnOnce(Result<&MetadataImage, Error>) -> (Vec<Record>, Answer) + Send>;

/// Records of one batch, beyond which wishes wait for the next. One wish may have more.
const MAX_BATCH_RECORDS: usize = 10_000;
/// How long a new leader may take to apply what came before it.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(30);

/// A wish and where its answer will come.
pub(crate) fn wish<R, F>(decide: F) -> (Wish, oneshot::Receiver<Result<Committed<R>, Error>>)
where
    R: Send + 'static,
    F: FnOnce(&MetadataImage) -> Result<Decision<R>, Error> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    // Whoever asked may have gone; what was decided stays.
    let wish = move |image: Result<&MetadataImage, Error>| match image.and_then(decide) {
        Ok(Decision { records, reply }) => {
            let answer = move |committed: Result<Offset, Error>| {
                drop(sender.send(committed.map(|offset| Committed { offset, reply })));
            };
            (records, Box::new(answer) as Answer)
        }
        Err(error) => (Vec::new(), Box::new(move |_| drop(sender.send(Err(error)))) as Answer),
    };
    (Box::new(wish), receiver)
}

pub(crate) struct Controller {
    pub(crate) raft: Raft<Metadata, StateMachine>,
    pub(crate) images: watch::Receiver<Arc<MetadataImage>>,
    pub(crate) wishes: mpsc::Receiver<Wish>,
}

impl Controller {
    /// Ends when no handle is left that could wish.
    pub(crate) async fn run(mut self) {
        let mut waiting = VecDeque::new();
        while let Some(first) = self.wishes.recv().await {
            waiting.push_back(first);
            while !waiting.is_empty() {
                while let Ok(next) = self.wishes.try_recv() {
                    waiting.push_back(next);
                }
                self.turn(&mut waiting).await;
            }
        }
    }

    async fn turn(&mut self, waiting: &mut VecDeque<Wish>) {
        let (term, image) = match self.leading().await {
            Ok(leading) => leading,
            Err(refuse) => {
                for wish in waiting.drain(..) {
                    let (_, answer) = wish(Err(refuse()));
                    answer(Err(refuse()));
                }
                return;
            }
        };
        let mut speculative = MetadataImage::clone(&image);
        let mut records = Vec::new();
        let mut answers = Vec::new();
        while records.len() < MAX_BATCH_RECORDS
            && let Some(wish) = waiting.pop_front()
        {
            let Some((mut decided, answer)) = decide(wish, &speculative) else { continue };
            match speculative.apply_all(&decided) {
                Ok(()) => {
                    records.append(&mut decided);
                    answers.push(answer);
                }
                Err(error) => {
                    tracing::error!(%error, "a decision does not fit the image that it was made for");
                    answer(Err(error.into()));
                }
            }
        }
        if records.is_empty() {
            answers.into_iter().for_each(|answer| answer(Ok(image.last_offset())));
            return;
        }
        let proposed = self.propose(&records, term).await;
        for answer in answers {
            answer(match &proposed {
                Ok(offset) => Ok(*offset),
                Err(refuse) => Err(refuse()),
            });
        }
    }

    /// The term that this node leads, and the image with all that came before it.
    async fn leading(&mut self) -> Result<(u64, Arc<MetadataImage>), Refusal> {
        let leader = self.raft.as_leader().map_err(not_leader)?;
        let term = leader.term();
        let epoch = LeaderEpoch(i32::try_from(term).unwrap_or(i32::MAX));
        // The leader's first entry is the last that it did not propose itself.
        let caught_up = self.images.wait_for(|image| image.epoch() >= epoch);
        match tokio::time::timeout(CATCH_UP_TIMEOUT, caught_up).await {
            Ok(Ok(image)) => Ok((term, image.clone())),
            Ok(Err(_)) => Err(Box::new(|| Error::Stopped)),
            Err(_) => Err(Box::new(|| Error::NoLeader)),
        }
    }

    async fn propose(&self, records: &[Record], term: u64) -> Result<Offset, Refusal> {
        let encoded: Result<_, _> = records.iter().map(metadata::record::encode).collect();
        let records = match encoded {
            Ok(records) => records,
            Err(error) => return Err(Box::new(move || Error::TooLarge(Box::new(error)))),
        };
        let batch = MetadataBatch { timestamp_ms: now_ms(), records };
        let (responder, response) = ProgressResponder::complete_only();
        let leader = crate::raft_types::CommittedLeader::new(term);
        let written = self.raft.write(batch).with_leader(leader).responder(responder).await;
        if written.is_err() {
            return Err(Box::new(|| Error::Stopped));
        }
        match response.await {
            Ok(Ok(written)) => written
                .data
                .map_err(|refused| -> Refusal { Box::new(move || Error::Raft(refused.to_string())) }),
            Ok(Err(ClientWriteError::ForwardToLeader(forward))) => Err(not_leader(forward)),
            Ok(Err(ClientWriteError::LogEntryDiscarded(_))) => Err(Box::new(|| Error::Unknown)),
            Ok(Err(other)) => {
                let text = other.to_string();
                Err(Box::new(move || Error::Raft(text.clone())))
            }
            Err(_) => Err(Box::new(|| Error::Stopped)),
        }
    }
}

/// Errors are not cloned, but several may hear of the same one.
type Refusal = Box<dyn Fn() -> Error + Send + Sync>;

#[expect(clippy::needless_pass_by_value, reason = "it is what an error is mapped with")]
fn not_leader(forward: ForwardToLeader<Metadata>) -> Refusal {
    let leader = forward.leader_id.map(|key| key.id);
    Box::new(move || Error::NotLeader { leader })
}

/// `None` if the decision panicked: whoever asked sees that no answer comes, and the others are not hurt.
fn decide(wish: Wish, image: &MetadataImage) -> Option<(Vec<Record>, Answer)> {
    std::panic::catch_unwind(AssertUnwindSafe(|| wish(Ok(image)))).ok()
}
