//! The consumer as a member of its group: what it subscribes to, what a rebalance changes, and committed offsets.
//!
//! Partitions come and go only while [`Consumer::poll`] runs, by one change after the other. Before partitions go,
//! what was given out of them is committed if `enable.auto.commit` says so, and the [`RebalanceListener`] hears of it;
//! nothing of them is given out after that. A poll that is cancelled (its future dropped) in the middle of a change
//! begins the change again the next time, so a listener may hear the same twice.
//!
//! What counts as read is what earlier polls gave out: automatic commits happen in polls and in [`Consumer::close`], never
//! beside them, so no record is committed while the program may still be at it.
use super::{
    Config, Consumer, Done, GroupProtocol, Position,
    assignor::RebalanceProtocol,
    committer::{Committer, Offsets, Order, Wanted},
    coordinator::{Coordinator, Terms, position_of},
    member::{Failed, Member, Polled, Reads, View, Wish},
    membership::{
        Change, Identity, Membership, Partitions,
        classic::{self, Classic},
        modern::{self, Modern},
    },
};
use crate::{
    Cluster, Error, FOREVER, GroupMetadata, OnUnknownTopic, TopicPartition, TopicPattern,
    admin::CommittedOffset,
};
use protocol::ErrorCode;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tokio::{sync::watch, task::JoinHandle};

/// Hears of the partitions that come and go. The consumer may be used meanwhile: to commit, to seek, to pause. A poll goes on
/// with the partitions of that moment.
///
/// A member of the classic protocol with an eager assignor gives up all partitions before each rebalance and gets all of
/// its new ones after it; the others only hear of what changes.
pub trait RebalanceListener: Send {
    /// These came in addition. They have no position yet; one that a seek gives them counts. Empty at the end of a
    /// rebalance that brought nothing.
    fn assigned<'a>(&'a mut self, consumer: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        let _ = (consumer, partitions);
        Box::pin(async {})
    }

    /// These go to others after this returns.
    fn revoked<'a>(&'a mut self, consumer: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        let _ = (consumer, partitions);
        Box::pin(async {})
    }

    /// These may be others' already, so committing for them fails. As [`RebalanceListener::revoked`] unless it is written.
    fn lost<'a>(&'a mut self, consumer: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        self.revoked(consumer, partitions)
    }
}

/// What a [`RebalanceListener`] does about it; the rebalance waits for its end.
pub type Heard<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

#[derive(Clone)]
struct Listener(Arc<tokio::sync::Mutex<Box<dyn RebalanceListener>>>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

#[derive(Debug)]
pub(super) struct Group {
    coordinator: Coordinator,
    auto_commit: Option<AutoCommit>,
    listener: Option<Listener>,
    /// Once something was subscribed to.
    link: Option<Link>,
    is_subscribed: bool,
    /// Partitions whose committed offsets were asked for, with the number they had then.
    asked: BTreeMap<TopicPartition, u64>,
    /// What the group is known to have committed.
    committed: Offsets,
    order: Order,
    /// In the background.
    commits_under_way: usize,
}

/// To the task that keeps the membership.
#[derive(Debug)]
struct Link {
    wishes: watch::Sender<Wish>,
    view: watch::Receiver<View>,
    polled: Polled,
    carried_out: Option<u64>,
    /// The newest error of the view that the program has heard of.
    told: Option<(u64, Failed)>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct AutoCommit {
    interval: Duration,
    due_at: Instant,
}

#[derive(Debug)]
pub(super) enum GroupDone {
    /// What the group has committed of partitions, each with the number it had when that was asked.
    Committed(BTreeMap<TopicPartition, u64>, Result<BTreeMap<TopicPartition, CommittedOffset>, Error>),
    CommittedSoon(Wanted, Result<(), Error>),
}

impl Group {
    /// `None` for a consumer without a group.
    pub(super) fn new(cluster: &Cluster, config: &Config) -> Option<Self> {
        let group = config.group_id.as_deref()?;
        let terms = Terms {
            group: group.into(),
            instance_id: config.group_instance_id.clone(),
            rack: config.rack.clone(),
            session_timeout: config.session_timeout,
            max_poll_interval: config.max_poll_interval,
            assignors: config.assignors.clone(),
            remote_assignor: config.remote_assignor.clone(),
        };
        let auto_commit = config.auto_commit_interval.map(|interval| {
            let interval = interval.min(FOREVER);
            AutoCommit { interval, due_at: Instant::now() + interval }
        });
        Some(Self {
            coordinator: Coordinator::new(cluster, terms),
            auto_commit,
            listener: None,
            link: None,
            is_subscribed: false,
            asked: BTreeMap::new(),
            committed: Offsets::new(),
            order: Order::default(),
            commits_under_way: 0,
        })
    }

    /// What was known of a partition in an earlier assignment; others may have read it since.
    pub(super) fn forget(&mut self, at: &TopicPartition) {
        self.asked.remove(at);
        self.committed.remove(at);
    }

    pub(super) fn is_subscribed(&self) -> bool {
        self.is_subscribed
    }

    /// When time alone makes something to do. Not for commits with each poll: none becomes due while one waits.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        let auto = self.auto_commit.as_ref()?;
        (self.commits_under_way == 0 && !auto.interval.is_zero()).then_some(auto.due_at)
    }

    fn is_commit_due(&self, now: Instant) -> bool {
        self.commits_under_way == 0 && self.auto_commit.as_ref().is_some_and(|auto| auto.due_at <= now)
    }

    /// Returns when the membership has news.
    pub(super) async fn changed(&mut self) {
        let is_news = match &mut self.link {
            Some(link) => link.view.changed().await.is_ok(),
            None => false,
        };
        if !is_news {
            std::future::pending::<()>().await;
        }
    }

    /// Whether the listener is at it.
    fn is_telling(&self) -> bool {
        self.listener.as_ref().is_some_and(|Listener(listener)| listener.try_lock().is_err())
    }

    /// How these go when the consumer ends its subscription.
    fn parting(&self, owned: Partitions) -> Change {
        let is_gone = self.link.as_ref().is_some_and(|link| {
            let view = link.view.borrow();
            let is_lost = |(number, change): &(u64, Change)| {
                link.carried_out != Some(*number) && matches!(change, Change::Lose(_))
            };
            view.identity.generation < 0 || view.change.as_ref().is_some_and(is_lost)
        });
        if is_gone { Change::Lose(owned) } else { Change::Revoke(owned) }
    }

    fn committer(&self, cluster: &Cluster) -> Committer {
        Committer {
            cluster: cluster.clone(),
            coordinator: self.coordinator.clone(),
            view: self.link.as_ref().filter(|_| self.is_subscribed).map(|link| link.view.clone()),
        }
    }

    fn wish(&mut self, cluster: &Cluster, config: &Config, reads: Reads) {
        self.is_subscribed = !matches!(reads, Reads::Nothing);
        if self.link.is_none() && !self.is_subscribed {
            return;
        }
        let link = self.link.get_or_insert_with(|| Link::start(cluster, config, &self.coordinator));
        link.polled.at(Instant::now());
        link.wishes.send_modify(|wish| {
            wish.reads = reads;
            wish.subscribed += 1;
            wish.ended += u64::from(!self.is_subscribed);
        });
    }
}

impl Link {
    fn start(cluster: &Cluster, config: &Config, coordinator: &Coordinator) -> Self {
        let now = Instant::now();
        let backoff = cluster.config().backoff;
        let instance_id = config.group_instance_id.clone();
        let max_poll_interval = config.max_poll_interval.min(FOREVER);
        let membership = match config.group_protocol {
            GroupProtocol::Classic => {
                let settings = classic::Settings {
                    heartbeat_interval: config.heartbeat_interval.min(FOREVER),
                    max_poll_interval,
                    instance_id,
                    is_cooperative: RebalanceProtocol::of(&config.assignors)
                        == RebalanceProtocol::Cooperative,
                    backoff,
                };
                Membership::Classic(Classic::new(settings, now))
            }
            GroupProtocol::Consumer => {
                let settings = modern::Settings { max_poll_interval, instance_id, backoff };
                let member_id = base::TopicId(uuid::Uuid::new_v4()).to_string();
                Membership::Modern(Modern::new(settings, member_id, now))
            }
        };
        let polled = Polled::new(now);
        let on_unknown =
            if config.allow_auto_create_topics { OnUnknownTopic::Create } else { OnUnknownTopic::Fail };
        let member = Member::new(cluster, coordinator.clone(), membership, polled.clone(), on_unknown);
        let (wishes, wished) = watch::channel(Wish::default());
        let (seen, view) = watch::channel(View::default());
        let task = tokio::spawn(member.run(wished, seen));
        Self { wishes, view, polled, carried_out: None, told: None, task }
    }
}

impl Consumer {
    /// Reads these topics as a member of the group from now on, in place of those before. A poll fails once each time that
    /// one of them is found to be refused to this client; the member goes on with the others.
    pub fn subscribe<T: Into<Arc<str>>>(&mut self, topics: impl IntoIterator<Item = T>) -> Result<(), Error> {
        let topics: BTreeSet<Arc<str>> = topics.into_iter().map(Into::into).collect();
        self.read(Reads::Topics(topics))
    }

    /// Reads all topics whose whole name matches, those that come later too. In the classic protocol the pattern is
    /// matched here, as Java does, and internal topics are left out; in the consumer protocol the coordinator matches it, as RE2 does.
    pub fn subscribe_pattern(&mut self, pattern: &str) -> Result<(), Error> {
        let reads = match self.config.group_protocol {
            GroupProtocol::Consumer => Reads::Pattern(pattern.into()),
            GroupProtocol::Classic => Reads::Matching(Arc::new(TopicPattern::new(pattern)?)),
        };
        self.read(reads)
    }

    fn read(&mut self, reads: Reads) -> Result<(), Error> {
        let is_assigned = self.fetcher.assigned().next().is_some();
        let group = self.group.as_mut().ok_or(Error::NoGroup)?;
        if is_assigned && !group.is_subscribed {
            return Err(Error::SubscribedAndAssigned);
        }
        group.wish(&self.cluster, &self.config, reads);
        Ok(())
    }

    /// Gives up all partitions of the subscription, and leaves the group.
    pub async fn unsubscribe(&mut self) -> Result<(), Error> {
        let Some(group) = self.group.as_ref().filter(|group| group.is_subscribed) else { return Ok(()) };
        let owned: Partitions = self.fetcher.assigned().cloned().collect();
        tracing::debug!(group = %group.coordinator.terms().group, "unsubscribing");
        if !owned.is_empty() {
            self.carry_out(group.parting(owned)).await;
        }
        if let Some(group) = &mut self.group {
            group.wish(&self.cluster, &self.config, Reads::Nothing);
        }
        Ok(())
    }

    /// Who hears of rebalances from now on.
    pub fn on_rebalance(&mut self, listener: impl RebalanceListener + 'static) {
        if let Some(group) = &mut self.group {
            group.listener = Some(Listener(Arc::new(tokio::sync::Mutex::new(Box::new(listener)))));
        }
    }

    /// Asks the group for a rebalance, if its protocol leaves that to members: after what this member tells of itself to
    /// the assignor has changed (KIP-568).
    pub fn enforce_rebalance(&mut self) {
        if let Some(link) = self.group.as_mut().and_then(|group| group.link.as_mut()) {
            link.wishes.send_modify(|wish| wish.rebalances += 1);
        }
    }

    /// Who this member was when it was last in its group, for a transaction that commits what it read (KIP-447). `None`
    /// without a group. After the group has put the member out the transaction fails, as others may read on by then.
    pub fn group_metadata(&self) -> Option<GroupMetadata> {
        let group = self.group.as_ref()?;
        let joined = group.link.as_ref().map(|link| link.view.borrow().joined.clone());
        let Identity { generation, member_id } = joined.unwrap_or_default();
        Some(GroupMetadata {
            group_id: group.coordinator.terms().group.to_string(),
            generation,
            member_id,
            instance_id: group.coordinator.terms().instance_id.clone(),
        })
    }

    /// Commits how far the partitions of this consumer were read, and waits for the answer.
    pub async fn commit(&mut self) -> Result<(), Error> {
        let offsets = self.consumed();
        self.commit_offsets(&offsets).await
    }

    /// Commits these offsets, each the next to read, and waits for the answer. It fails with the broker's word when this
    /// member is no longer in the group, or its group rebalances: then another reads on from what was committed before.
    pub async fn commit_offsets(
        &mut self,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
    ) -> Result<(), Error> {
        let group = self.group.as_mut().ok_or(Error::NoGroup)?;
        if offsets.is_empty() {
            return Ok(());
        }
        let mut wanted = group.order.wish(offsets.clone());
        let result = group.committer(&self.cluster).commit(&mut wanted, None).await;
        group.committed.extend(wanted.stored());
        result
    }

    /// As [`Consumer::commit`], without waiting. It is tried once. A failure is logged; a later commit makes up for it, and
    /// has the last word in any case.
    pub fn commit_soon(&mut self) {
        let mut offsets = self.consumed();
        let Some(group) = &mut self.group else { return };
        offsets.retain(|at, offset| group.committed.get(at) != Some(offset));
        if let Some(auto) = &mut group.auto_commit {
            auto.due_at = Instant::now() + auto.interval;
        }
        if offsets.is_empty() {
            return;
        }
        let committer = group.committer(&self.cluster);
        let (identity, mut wanted) = (committer.commits_as(), group.order.wish(offsets));
        group.commits_under_way += 1;
        self.jobs.spawn(async move {
            let result = match identity {
                Ok(identity) => committer.commit_once(&identity, &mut wanted).await,
                Err(error) => Err(error),
            };
            Done::Group(GroupDone::CommittedSoon(wanted, result))
        });
    }

    /// What the group has committed of these partitions.
    pub async fn committed(
        &mut self,
        partitions: impl IntoIterator<Item = TopicPartition>,
    ) -> Result<BTreeMap<TopicPartition, CommittedOffset>, Error> {
        let group = self.group.as_ref().ok_or(Error::NoGroup)?;
        let partitions: Partitions = partitions.into_iter().collect();
        group.committer(&self.cluster).committed(&partitions).await
    }

    /// Waits for commits in the background, commits what was given out if `enable.auto.commit` says so, gives up all partitions
    /// and leaves the group, within `timeout`. A consumer that is dropped leaves without committing.
    pub async fn close(mut self, timeout: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + timeout.min(FOREVER);
        let late = |last| Error::GaveUp { after: timeout, last: Box::new(last) };
        let owned: Partitions = self.fetcher.assigned().cloned().collect();
        let subscribed = self.group.as_ref().filter(|group| group.is_subscribed);
        let parting = subscribed.map(|group| group.parting(owned.clone()));
        let revoking = async {
            self.settle_commits().await;
            match parting {
                // There is nothing to tell of.
                Some(_) if owned.is_empty() => {}
                Some(parting) => self.carry_out(parting).await,
                None => self.auto_commit_now(&owned).await,
            }
        };
        let in_time = tokio::time::timeout_at(deadline.into(), revoking).await.is_ok();
        let Some(group) = &mut self.group else { return Ok(()) };
        let name = || format!("the end of the membership in group `{}`", group.coordinator.terms().group);
        if let Some(link) = &mut group.link {
            link.wishes.send_modify(|wish| wish.leave = true);
            if tokio::time::timeout_at(deadline.into(), &mut link.task).await.is_err() {
                return Err(late(Error::Awaited { what: name() }));
            }
        }
        if in_time { Ok(()) } else { Err(late(Error::Awaited { what: name() })) }
    }

    /// What a commit of now would say.
    fn consumed(&self) -> BTreeMap<TopicPartition, CommittedOffset> {
        let consumed = |at: &TopicPartition| {
            let Position { offset, leader_epoch } = self.fetcher.consumed(at)?;
            let metadata = String::new();
            Some((at.clone(), CommittedOffset { offset, leader_epoch: leader_epoch.unwrap_or(-1), metadata }))
        };
        self.fetcher.assigned().filter_map(consumed).collect()
    }

    /// What a poll does for the group before it gives records out.
    pub(super) async fn follow_group(&mut self) -> Result<(), Error> {
        let Some(group) = &mut self.group else { return Ok(()) };
        let now = Instant::now();
        if group.is_commit_due(now) {
            self.commit_soon();
        }
        self.follow_membership(now).await?;
        self.look_for_committed();
        Ok(())
    }

    async fn follow_membership(&mut self, now: Instant) -> Result<(), Error> {
        let Some(link) = self.group.as_mut().and_then(|group| group.link.as_mut()) else { return Ok(()) };
        link.polled.at(now);
        let change = {
            let view = link.view.borrow_and_update();
            if view.waits_for_poll {
                link.wishes.send_modify(|_| {});
            }
            let (subscribed, ended) = {
                let wish = link.wishes.borrow();
                (wish.subscribed, wish.ended)
            };
            if view.ended != ended {
                return Ok(());
            }
            if view.change.is_none()
                && let Some((at, Failed(error))) = &view.failed
                && *at == subscribed
            {
                return Err((**error).clone());
            }
            if let Some((at, Failed(error))) = &view.told
                && *at == subscribed
                && view.told != link.told
            {
                link.told.clone_from(&view.told);
                return Err((**error).clone());
            }
            view.change.clone().filter(|(number, _)| link.carried_out != Some(*number))
        };
        let Some((number, change)) = change else { return Ok(()) };
        // A poll within the listener: the change is being carried out already.
        if self.group.as_ref().is_some_and(Group::is_telling) {
            return Ok(());
        }
        self.carry_out(change).await;
        if let Some(link) = self.group.as_mut().and_then(|group| group.link.as_mut()) {
            link.carried_out = Some(number);
            link.polled.at(Instant::now());
            link.wishes.send_modify(|wish| wish.carried_out = Some(number));
        }
        Ok(())
    }

    async fn carry_out(&mut self, change: Change) {
        let listener = self.group.as_ref().and_then(|group| group.listener.clone());
        // One that unsubscribes while it is told hears of nothing more.
        let mut listener = listener.as_ref().and_then(|Listener(listener)| listener.try_lock().ok());
        match change {
            Change::Assign(partitions) => {
                tracing::info!(group = self.config.group_id, ?partitions, "assigned");
                for at in &partitions {
                    if !self.fetcher.is_assigned(at) {
                        self.place(at.clone(), None, None);
                    }
                }
                let partitions: Vec<TopicPartition> = partitions.into_iter().collect();
                if let Some(listener) = &mut listener {
                    listener.assigned(self, &partitions).await;
                }
                self.refresh.want();
            }
            Change::Revoke(partitions) => {
                tracing::info!(group = self.config.group_id, ?partitions, "revoked");
                self.auto_commit_now(&partitions).await;
                let partitions: Vec<TopicPartition> = partitions.into_iter().collect();
                if let Some(listener) = &mut listener {
                    listener.revoked(self, &partitions).await;
                }
                self.let_go(&partitions);
            }
            Change::Lose(partitions) => {
                tracing::warn!(group = self.config.group_id, ?partitions, "lost");
                let partitions: Vec<TopicPartition> = partitions.into_iter().collect();
                if let Some(listener) = &mut listener {
                    listener.lost(self, &partitions).await;
                }
                self.let_go(&partitions);
            }
        }
    }

    fn let_go(&mut self, partitions: &[TopicPartition]) {
        partitions.iter().for_each(|at| self.unassign(at));
    }

    /// Returns when the outcome of each commit in the background is known.
    async fn settle_commits(&mut self) {
        while self.group.as_ref().is_some_and(|group| group.commits_under_way > 0)
            && let Some(done) = self.jobs.join_next().await
        {
            self.take(Instant::now(), done);
        }
    }

    /// Before these partitions go. A failure means that some records are read twice. A topic that is not known any more is
    /// not waited for, as its offsets are of no use.
    async fn auto_commit_now(&mut self, partitions: &Partitions) {
        let mut offsets = self.consumed();
        let Some(group) = &mut self.group else { return };
        if group.auto_commit.is_none() {
            return;
        }
        offsets.retain(|at, offset| partitions.contains(at) && group.committed.get(at) != Some(offset));
        if offsets.is_empty() {
            return;
        }
        let (committer, mut wanted) = (group.committer(&self.cluster), group.order.wish(offsets));
        let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
        let result = committer.commit(&mut wanted, Some(unknown)).await;
        group.committed.extend(wanted.stored());
        if let Err(error) = result {
            tracing::warn!(group = self.config.group_id, error = %crate::error::Chain(&error), "cannot commit before partitions go");
        }
    }

    /// Where reading begins in partitions that came with a subscription.
    fn look_for_committed(&mut self) {
        let Some(group) = &mut self.group else { return };
        let lacking = self.fetcher.without_position();
        let lacking = lacking.filter_map(|at| Some((at.clone(), self.fetcher.number(at)?)));
        let numbers: BTreeMap<TopicPartition, u64> =
            lacking.filter(|(at, number)| group.asked.get(at) != Some(number)).collect();
        if numbers.is_empty() {
            return;
        }
        let partitions: Partitions = numbers.keys().cloned().collect();
        group.asked.extend(numbers.clone());
        let committer = group.committer(&self.cluster);
        self.jobs.spawn(async move {
            let found = committer.committed(&partitions).await;
            Done::Group(GroupDone::Committed(numbers, found))
        });
    }

    pub(super) fn take_group(&mut self, done: GroupDone) {
        match done {
            GroupDone::Committed(numbers, found) => self.take_committed(numbers, found),
            GroupDone::CommittedSoon(wanted, result) => {
                let Some(group) = &mut self.group else { return };
                group.commits_under_way -= 1;
                let is_ours = |at: &TopicPartition| self.fetcher.is_assigned(at);
                group.committed.extend(wanted.stored().into_iter().filter(|(at, _)| is_ours(at)));
                if let Err(error) = result {
                    tracing::warn!(group = self.config.group_id, error = %crate::error::Chain(&error), "cannot commit offsets");
                }
            }
        }
    }

    fn take_committed(
        &mut self,
        numbers: BTreeMap<TopicPartition, u64>,
        found: Result<BTreeMap<TopicPartition, CommittedOffset>, Error>,
    ) {
        let Some(group) = &mut self.group else { return };
        group.asked.retain(|at, number| numbers.get(at) != Some(number));
        let found = match found {
            Ok(found) => found,
            // The call has waited between its attempts already; it is asked again.
            Err(error) if error.is_retriable() || error.is_timeout() => return,
            Err(error) => {
                // It passes with the next heartbeat, however long that takes.
                let passes = [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::ILLEGAL_GENERATION];
                if !error.code().is_some_and(|code| passes.contains(&code)) {
                    self.errors.push_back(error);
                }
                return;
            }
        };
        let mut begin = Vec::new();
        for (at, number) in numbers {
            if self.fetcher.number(&at) != Some(number) {
                continue;
            }
            match found.get(&at) {
                Some(committed) => {
                    self.seek_from(&at, number, position_of(committed));
                    if let Some(group) = &mut self.group {
                        group.committed.insert(at, committed.clone());
                    }
                }
                None => match self.config.on_out_of_range.start(SystemTime::now()) {
                    Some(start) => {
                        if let Some(group) = &mut self.group {
                            group.asked.insert(at.clone(), number);
                        }
                        begin.push((at, start));
                    }
                    None => {
                        self.fetcher.halt(&at);
                        if let Some(group) = &mut self.group {
                            group.asked.insert(at.clone(), number);
                        }
                        self.errors.push_back(Error::NoOffset { partition: at.to_string() });
                    }
                },
            }
        }
        if !begin.is_empty() {
            self.begin(begin);
        }
    }
}

#[cfg(test)]
mod tests;
