//! The task that keeps a membership alive, apart from polling.
//!
//! The consumer says by a [`Wish`] what it wants, and sees in a [`View`] what changes for it. How lately it polled is a
//! number that both see, so that a poll costs no more than a store.
use super::{
    assignor::{self, Assignment, Assignor},
    coordinator::Coordinator,
    membership::{
        Answer, Change, Identity, Membership, Question, Subscription, Then,
        classic::{self, Round, Watched},
    },
};
use crate::{Cluster, Error, OnUnknownTopic, TopicPattern, cluster::RefreshClock, metadata::TopicAnswer};
use base::TopicId;
use bytes::Bytes;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    task::{AbortHandle, JoinSet},
};

/// What the consumer reads of the cluster's topics.
#[derive(Clone, Debug, Default)]
pub(super) enum Reads {
    #[default]
    Nothing,
    Topics(BTreeSet<Arc<str>>),
    /// Matched here, in the classic protocol.
    Matching(Arc<TopicPattern>),
    /// Matched by the coordinator.
    Pattern(Arc<str>),
}

/// What the consumer wants. When it is dropped the member leaves.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    pub(super) reads: Reads,
    /// Counts the calls that changed `reads`.
    pub(super) subscribed: u64,
    /// Counts the calls that ended a subscription, as another may have followed before the task sees this.
    pub(super) ended: u64,
    /// Counts the calls that asked for a rebalance.
    pub(super) rebalances: u64,
    /// The change that was carried out last.
    pub(super) carried_out: Option<u64>,
    pub(super) leave: bool,
}

/// What the consumer sees of its membership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    /// The end of a subscription that this comes after.
    pub(super) ended: u64,
    pub(super) change: Option<(u64, Change)>,
    pub(super) identity: Identity,
    /// See [`Membership::is_stable`].
    pub(super) is_stable: bool,
    /// See [`Membership::joined`].
    pub(super) joined: Identity,
    /// The member was taken out because the consumer did not poll, and waits for it to.
    pub(super) waits_for_poll: bool,
    /// Why the member cannot go on, and at which subscription that was.
    pub(super) failed: Option<(u64, Failed)>,
    /// The newest error that the member goes on after, and at which subscription that was.
    pub(super) told: Option<(u64, Failed)>,
}

/// An error, equal to itself only.
#[derive(Clone, Debug)]
pub(super) struct Failed(pub(super) Arc<Error>);

impl PartialEq for Failed {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Failed {}

/// When the consumer polled last.
#[derive(Clone, Debug)]
pub(super) struct Polled {
    since: Instant,
    nanos: Arc<AtomicU64>,
}

impl Polled {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, nanos: Arc::default() }
    }

    pub(super) fn at(&self, now: Instant) {
        let nanos = now.saturating_duration_since(self.since).as_nanos();
        self.nanos.store(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn last(&self) -> Instant {
        self.since + Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }
}

#[derive(Debug)]
pub(super) struct Member {
    cluster: Cluster,
    coordinator: Coordinator,
    membership: Membership,
    polled: Polled,
    on_unknown: OnUnknownTopic,
    reads: Reads,
    subscribed: u64,
    ended: u64,
    rebalances: u64,
    carried_out: Option<u64>,
    leaves: bool,
    failed: Option<(u64, Failed)>,
    told: Option<(u64, Failed)>,
    jobs: JoinSet<Done>,
    asked: Option<Asked>,
    refresh: RefreshClock,
    refreshing: bool,
    /// How often in a row a topic that the group reads was not known, and when it is looked for again.
    misses: u32,
    look_again_at: Option<Instant>,
}

/// A question that is under way.
#[derive(Debug)]
struct Asked {
    number: u64,
    job: AbortHandle,
    /// The coordinator may hold its answer back until all members are there.
    waits_for_others: bool,
}

#[derive(Debug)]
enum Done {
    Answered(u64, Question, Answer),
    Topics(Result<Vec<TopicAnswer>, Error>),
    /// The names of topics that match.
    Matching(u64, Result<BTreeSet<Arc<str>>, Error>),
}

impl Member {
    pub(super) fn new(
        cluster: &Cluster,
        coordinator: Coordinator,
        membership: Membership,
        polled: Polled,
        on_unknown: OnUnknownTopic,
    ) -> Self {
        Self {
            refresh: RefreshClock::new(Instant::now(), cluster.config()),
            cluster: cluster.clone(),
            coordinator,
            membership,
            polled,
            on_unknown,
            reads: Reads::Nothing,
            subscribed: 0,
            ended: 0,
            rebalances: 0,
            carried_out: None,
            leaves: false,
            failed: None,
            told: None,
            jobs: JoinSet::new(),
            asked: None,
            refreshing: false,
            misses: 0,
            look_again_at: None,
        }
    }

    pub(super) async fn run(mut self, mut wishes: watch::Receiver<Wish>, view: watch::Sender<View>) {
        loop {
            let now = Instant::now();
            let is_gone = wishes.has_changed().is_err();
            let wish = wishes.borrow_and_update().clone();
            self.heed(&wish, is_gone);
            self.membership.polled(self.polled.last());
            let question = self.membership.next(now);
            self.call_off();
            if let Some(question) = question {
                self.ask(question);
            }
            self.look_at_topics(now);
            self.show(&view);
            if self.leaves && self.membership.has_left() {
                return;
            }
            let refresh_at = (!self.refreshing && self.wants_topics()).then(|| self.looks_at());
            let wake_at = self.membership.wake_at(now).into_iter().chain(refresh_at).min();
            tokio::select! {
                _ = wishes.changed(), if !is_gone => {}
                Some(done) = self.jobs.join_next() => {
                    // A job that was called off says nothing.
                    if let Ok(done) = done {
                        self.take(Instant::now(), done);
                    }
                }
                () = sleep_until(wake_at) => {}
            }
        }
    }

    fn heed(&mut self, wish: &Wish, is_gone: bool) {
        if wish.carried_out != self.carried_out {
            self.carried_out = wish.carried_out;
            if let Some(number) = wish.carried_out {
                self.membership.carried_out(number);
            }
        }
        if (wish.leave || is_gone) && !self.leaves {
            self.leaves = true;
            self.membership.leave();
        }
        if self.leaves {
            return;
        }
        if wish.ended != self.ended {
            self.ended = wish.ended;
            self.membership.leave();
        }
        if wish.subscribed != self.subscribed {
            self.subscribed = wish.subscribed;
            self.reads = wish.reads.clone();
            self.failed = None;
            self.refresh.want();
            match &self.reads {
                Reads::Nothing => {}
                Reads::Topics(topics) => {
                    let topics = topics.clone();
                    self.look_up(topics.iter().cloned().collect(), self.on_unknown);
                    self.membership.subscribe(Subscription::Topics(topics));
                }
                Reads::Pattern(pattern) => self.membership.subscribe(Subscription::Pattern(pattern.clone())),
                Reads::Matching(pattern) => self.look_for_matching(pattern.clone()),
            }
        }
        if wish.rebalances != self.rebalances {
            self.rebalances = wish.rebalances;
            self.membership.rejoin("the program asked for a rebalance");
        }
    }

    fn show(&self, view: &watch::Sender<View>) {
        let now = View {
            ended: self.ended,
            change: self.membership.holdings().change().map(|(number, change)| (number, change.clone())),
            identity: self.membership.identity(),
            is_stable: self.membership.is_stable(),
            joined: self.membership.joined().clone(),
            waits_for_poll: self.membership.waits_for_poll(),
            failed: self.failed.clone(),
            told: self.told.clone(),
        };
        view.send_if_modified(|seen| {
            let is_news = *seen != now;
            if is_news {
                *seen = now;
            }
            is_news
        });
    }

    fn ask(&mut self, question: Question) {
        tracing::debug!(group = %self.coordinator.terms().group, ?question, "asking");
        let Some(number) = self.membership.asks() else { return };
        let waits_for_others = matches!(
            question,
            Question::Classic(classic::Question::Join(_) | classic::Question::Sync { .. })
        );
        let (coordinator, cluster) = (self.coordinator.clone(), self.cluster.clone());
        let on_unknown = self.on_unknown;
        let job = self.jobs.spawn(async move {
            let answer = match &question {
                Question::Modern(heartbeat) => Answer::Modern(coordinator.heartbeat(heartbeat).await),
                Question::Classic(asked) => Answer::Classic(match asked {
                    classic::Question::Join(join) => coordinator.join(join).await,
                    classic::Question::Assign(round) => {
                        assign(&cluster, &coordinator, round, on_unknown).await
                    }
                    classic::Question::Sync { round, assignments } => {
                        coordinator.sync(round, assignments.clone()).await
                    }
                    classic::Question::Heartbeat(identity) => coordinator.alive(identity).await,
                    classic::Question::Leave(member_id) => coordinator.leave(member_id).await,
                }),
            };
            Done::Answered(number, question, answer)
        });
        self.asked = Some(Asked { number, job, waits_for_others });
    }

    /// Ends the question that the membership has given up, if there is one.
    fn call_off(&mut self) {
        let asks = self.membership.asks();
        let Some(asked) = self.asked.take_if(|asked| asks != Some(asked.number)) else { return };
        asked.job.abort();
        if asked.waits_for_others {
            // What comes next would be read only after this is answered.
            self.coordinator.hang_up();
        }
    }

    fn take(&mut self, now: Instant, done: Done) {
        match done {
            Done::Answered(number, question, answer) => {
                self.asked.take_if(|asked| asked.number == number);
                tracing::debug!(group = %self.coordinator.terms().group, ?answer, "answered");
                let then = self.membership.answered(now, number, &question, answer);
                if matches!(question, Question::Classic(classic::Question::Assign(_))) && self.lacks_topics()
                {
                    self.look_again(now);
                }
                match then {
                    Then::Nothing => {}
                    Then::FindCoordinator => self.coordinator.forget(),
                    Then::Told(error) => self.tell(error),
                    Then::Failed(error) => {
                        tracing::warn!(group = %self.coordinator.terms().group, error = %crate::error::Chain(&error), "the member cannot go on");
                        self.failed = Some((self.subscribed, Failed(Arc::new(error))));
                    }
                }
            }
            Done::Topics(answer) => {
                self.refreshing = false;
                self.refresh.done(now, answer.is_ok(), rand::random());
                match answer {
                    Ok(answers) => self.take_topics(now, &answers),
                    Err(error) => {
                        tracing::debug!(error = %crate::error::Chain(&error), "no metadata for the group");
                    }
                }
            }
            Done::Matching(subscribed, found) => {
                self.refreshing = false;
                self.refresh.done(now, found.is_ok(), rand::random());
                match found {
                    Ok(topics) => {
                        if subscribed == self.subscribed && !self.leaves {
                            self.membership.subscribe(Subscription::Topics(topics));
                        }
                        self.misses = 0;
                        self.tell_of_topics();
                    }
                    Err(error @ Error::Pattern { .. }) => self.tell(error),
                    Err(error) => tracing::debug!(error = %crate::error::Chain(&error), "no list of topics"),
                }
            }
        }
    }

    fn take_topics(&mut self, now: Instant, answers: &[TopicAnswer]) {
        self.tell_of_topics();
        let failed = answers.iter().filter_map(|(topic, answer)| Some((topic, answer.as_ref().err()?)));
        let (passing, refused): (Vec<_>, Vec<_>) = failed.partition(|(_, code)| code.retriable());
        // One of them is enough to tell.
        if let Some((topic, code)) = refused.first() {
            self.tell(Error::refused(format!("topic `{topic}`"), code.0, None));
        }
        let is_watched = |topic: &Arc<str>| match &self.membership {
            Membership::Classic(classic) => classic.watched().any(|watched| watched == topic),
            Membership::Modern(_) => false,
        };
        if passing.iter().any(|(topic, _)| is_watched(topic)) {
            self.look_again(now);
        } else {
            self.misses = 0;
        }
    }

    /// Whether there are topics that this member assigns as leader and that were not known when it did.
    fn lacks_topics(&self) -> bool {
        let metadata = self.cluster.metadata();
        match &self.membership {
            Membership::Classic(classic) => {
                classic.watched().any(|topic| !metadata.topics.contains_key(topic))
            }
            Membership::Modern(_) => false,
        }
    }

    fn look_again(&mut self, now: Instant) {
        self.misses += 1;
        self.look_again_at = Some(now + self.cluster.config().backoff.wait(self.misses, rand::random()));
    }

    fn looks_at(&self) -> Instant {
        let due_at = self.refresh.due_at();
        self.look_again_at.map_or(due_at, |at| at.min(due_at))
    }

    /// The member goes on.
    fn tell(&mut self, error: Error) {
        tracing::warn!(group = %self.coordinator.terms().group, error = %crate::error::Chain(&error), "the group member is refused something");
        self.told = Some((self.subscribed, Failed(Arc::new(error))));
    }

    /// Whether anything depends on how topics change.
    fn wants_topics(&self) -> bool {
        if self.leaves || self.failed.is_some() {
            return false;
        }
        match &self.membership {
            Membership::Classic(classic) => {
                matches!(self.reads, Reads::Matching(_)) || classic.watched().next().is_some()
            }
            Membership::Modern(modern) => modern.nameless().next().is_some(),
        }
    }

    fn look_at_topics(&mut self, now: Instant) {
        if let Membership::Modern(modern) = &self.membership
            && modern.nameless().next().is_some()
        {
            self.tell_of_topics();
        }
        if let Membership::Modern(modern) = &self.membership
            && modern.nameless().next().is_some()
        {
            self.refresh.want();
        }
        if self.refreshing || !self.wants_topics() || self.looks_at() > now {
            return;
        }
        self.look_again_at = None;
        if let Reads::Matching(pattern) = &self.reads {
            self.look_for_matching(pattern.clone());
            return;
        }
        match &self.membership {
            Membership::Classic(classic) => {
                let topics: Vec<Arc<str>> = classic.watched().cloned().collect();
                self.look_up(topics, OnUnknownTopic::Fail);
            }
            Membership::Modern(modern) => {
                let ids: Vec<TopicId> = modern.nameless().collect();
                let cluster = self.cluster.clone();
                self.refreshing = true;
                self.jobs.spawn(async move { Done::Topics(cluster.refresh_ids(&ids).await) });
            }
        }
    }

    fn look_up(&mut self, topics: Vec<Arc<str>>, on_unknown: OnUnknownTopic) {
        let cluster = self.cluster.clone();
        self.refreshing = true;
        self.jobs.spawn(async move { Done::Topics(cluster.refresh(&topics, on_unknown).await) });
    }

    fn look_for_matching(&mut self, pattern: Arc<TopicPattern>) {
        self.refreshing = true;
        let (cluster, subscribed) = (self.cluster.clone(), self.subscribed);
        self.jobs.spawn(async move { Done::Matching(subscribed, matching(&cluster, &pattern).await) });
    }

    fn tell_of_topics(&mut self) {
        let metadata = self.cluster.metadata();
        match &mut self.membership {
            Membership::Classic(classic) => {
                classic.topics_are(|topic| metadata.topics.get(topic).map_or(0, |t| t.partitions.len()));
            }
            Membership::Modern(modern) => {
                let names = metadata.topics.values().map(|topic| (topic.id, topic.name.clone()));
                modern.learn(names);
            }
        }
    }
}

async fn matching(cluster: &Cluster, pattern: &TopicPattern) -> Result<BTreeSet<Arc<str>>, Error> {
    let mut matching = BTreeSet::new();
    for topic in cluster.all_topics().await?.iter().filter(|topic| !topic.internal) {
        if pattern.is_match(&topic.name)? {
            matching.insert(topic.name.clone());
        }
    }
    Ok(matching)
}

/// What the leader gives to everybody.
async fn assign(
    cluster: &Cluster,
    coordinator: &Coordinator,
    round: &Round,
    on_unknown: OnUnknownTopic,
) -> Result<classic::Answer, Error> {
    let group = &coordinator.terms().group;
    let unusable = |reason: String| Error::Group { group: group.to_string(), reason };
    let assignor: Assignor = round.protocol.parse().map_err(|error| unusable(format!("{error}")))?;
    let members = round.members.iter().flatten().map(|member| {
        assignor::Member::decode(
            member.member_id.as_str(),
            member.instance_id.clone(),
            member.subscription.clone(),
        )
    });
    let members: Vec<assignor::Member> = members
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(crate::error::Chain(&error).to_string()))?;
    let wanted: BTreeSet<Arc<str>> =
        members.iter().flat_map(|member| &member.subscription.topics).cloned().collect();
    let asked: Vec<Arc<str>> = wanted.iter().cloned().collect();
    cluster.refresh(&asked, on_unknown).await?;
    let mut topics = assignor::topics_of(&cluster.metadata());
    topics.retain(|topic, _| wanted.contains(topic));
    let watched: Watched =
        wanted.iter().map(|topic| (topic.clone(), topics.get(topic).map_or(0, Vec::len))).collect();
    if round.keeps_assignment {
        return Ok(classic::Answer::Assigned { assignments: Vec::new(), watched });
    }
    let plan = assignor.assign(&members, &topics);
    tracing::debug!(%group, ?plan, "assigned as the group's leader");
    let encoded = plan.into_iter().map(|(member, partitions)| {
        let assignment = Assignment { partitions, user_data: None };
        Ok((member.to_string(), assignment.encode()?))
    });
    let assignments: Vec<(String, Bytes)> = encoded
        .collect::<Result<_, assignor::Error>>()
        .map_err(|error| unusable(crate::error::Chain(&error).to_string()))?;
    Ok(classic::Answer::Assigned { assignments, watched })
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
