//! The task that keeps a membership alive, apart from polling.
use super::membership::{Assignment, Heartbeat, Membership, State, Then, Told};
use crate::{Admin, Cluster, Error, OnUnknownTopic, admin::check};
use base::{NodeId, TopicId};
use protocol::ShareGroupHeartbeatRequest;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// What the consumer wants. When it is dropped the member leaves.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    pub(super) topics: BTreeSet<String>,
    /// Counts the calls that set `topics`.
    pub(super) subscribed: u64,
    pub(super) leave: bool,
}

/// What the consumer sees of its membership.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) assignment: Assignment,
    /// Why the member cannot go on, and at which subscription that was.
    pub(super) failed: Option<(u64, Error)>,
    /// The newest error that the member goes on after, and how many there were.
    pub(super) told: Option<(u64, Error)>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) cluster: Cluster,
    pub(super) group: String,
    pub(super) member_id: String,
    pub(super) rack: Option<String>,
    pub(super) membership: Membership,
    pub(super) coordinator: Option<NodeId>,
}

impl Member {
    pub(super) async fn run(mut self, mut wishes: watch::Receiver<Wish>, view: watch::Sender<View>) {
        let mut failed: Option<(u64, Error)> = None;
        let mut told: Option<(u64, Error)> = None;
        let mut subscribed = 0;
        loop {
            if let Some(heartbeat) = self.membership.next(Instant::now()) {
                let answer = self.tell(&heartbeat).await;
                match self.membership.answered(Instant::now(), &heartbeat, answer) {
                    Then::Nothing => {}
                    Then::FindCoordinator => {
                        self.coordinator = None;
                        self.cluster.doubt();
                    }
                    Then::Told(error) => {
                        let before = told.as_ref().map_or(0, |(count, _)| *count);
                        told = Some((before + 1, error));
                    }
                    Then::Failed(error) => failed = Some((subscribed, error)),
                }
            }
            view.send_if_modified(|seen| {
                let number = |of: &Option<(u64, Error)>| of.as_ref().map(|(number, _)| *number);
                let changed = seen.assignment != *self.membership.assignment()
                    || number(&seen.failed) != number(&failed)
                    || number(&seen.told) != number(&told);
                if changed {
                    seen.told.clone_from(&told);
                    seen.assignment.clone_from(self.membership.assignment());
                    seen.failed.clone_from(&failed);
                }
                changed
            });
            let wish = wishes.borrow_and_update().clone();
            let leaves = wish.leave || wishes.has_changed().is_err();
            if leaves && matches!(self.membership.state(), State::Idle | State::Left) {
                return;
            }
            if leaves && self.membership.state() != State::Leaving {
                self.membership.leave();
                continue;
            }
            if !leaves && subscribed != wish.subscribed {
                subscribed = wish.subscribed;
                failed = None;
                self.membership.subscribe(wish.topics);
                continue;
            }
            let due = self.membership.wake_at();
            let due_now = due.is_none() && self.membership.is_active();
            tokio::select! {
                _ = wishes.changed(), if !leaves => {}
                () = sleep_until(due), if !due_now => {}
                () = std::future::ready(()), if due_now => {}
            }
        }
    }

    async fn tell(&mut self, heartbeat: &Heartbeat) -> Result<Told, Error> {
        let node = match self.coordinator {
            Some(node) => node,
            None => {
                let found = Admin::new(&self.cluster).find_coordinator(&self.group).await?;
                *self.coordinator.insert(found)
            }
        };
        if !self.cluster.metadata().brokers.contains_key(&node) {
            self.cluster.refresh(&[], OnUnknownTopic::Fail).await?;
        }
        let request = ShareGroupHeartbeatRequest {
            group_id: self.group.as_str().into(),
            member_id: self.member_id.as_str().into(),
            member_epoch: heartbeat.epoch,
            rack_id: heartbeat.topics.as_ref().and(self.rack.as_deref()).map(Into::into),
            subscribed_topic_names: heartbeat
                .topics
                .as_ref()
                .map(|topics| topics.iter().map(|topic| topic.as_str().into()).collect()),
        };
        let response = self.cluster.node(node).await?.request(&request).await?;
        check(
            format!("share group `{}`", self.group),
            response.error_code,
            response.error_message.as_deref(),
        )?;
        let assignment = response.assignment.map(|assignment| {
            let topics = assignment.topic_partitions.into_iter();
            topics.map(|topic| (TopicId(topic.topic_id), topic.partitions.into_iter().collect())).collect()
        });
        Ok(Told {
            epoch: response.member_epoch,
            interval: Duration::from_millis(
                u64::try_from(response.heartbeat_interval_ms).unwrap_or(0).max(1),
            ),
            assignment,
        })
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
