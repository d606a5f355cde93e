//! Carries a [`Fanout`] out: finds leaders and coordinators, sends to all places at once, and waits between rounds.
use super::{
    Admin, Each, check,
    fanout::{Answers, CoordinatorKind, Fanout, Place, Target, batches},
    unanswered,
};
use crate::{
    Connection, Error, OnUnknownTopic, TopicPartition,
    cluster::nobody_known,
    retry::{Retry, within},
};
use base::NodeId;
use protocol::{ErrorCode, FindCoordinatorRequest, Request};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::poll_fn,
    ops::RangeInclusive,
    pin::Pin,
    sync::Arc,
    task::Poll,
};

/// What is asked about, where each lives, and what one request may carry.
pub(super) struct Call<K> {
    asked: Vec<(K, Target)>,
    form: Form,
}

/// What one request of a call may be.
#[derive(Clone)]
struct Form {
    versions: RangeInclusive<i16>,
    /// About how many things, by version.
    batch: fn(i16) -> usize,
}

impl<K> Call<K> {
    pub(super) fn new(keys: impl IntoIterator<Item = K>, target: impl Fn(&K) -> Target) -> Self {
        let asked = keys.into_iter().map(|key| {
            let target = target(&key);
            (key, target)
        });
        Self { asked: asked.collect(), form: Form { versions: 0..=i16::MAX, batch: |_| usize::MAX } }
    }

    pub(super) fn at_most_version(self, version_cap: i16) -> Self {
        let versions = *self.form.versions.start()..=version_cap;
        Self { form: Form { versions, ..self.form }, ..self }
    }

    /// A broker that has only older ones would mistake the question.
    pub(super) fn at_least_version(self, version_floor: i16) -> Self {
        let versions = version_floor..=*self.form.versions.end();
        Self { form: Form { versions, ..self.form }, ..self }
    }

    /// How many things one request of a version may be about.
    pub(super) fn batch(self, batch: fn(i16) -> usize) -> Self {
        Self { form: Form { batch, ..self.form }, ..self }
    }
}

/// What one response is about.
pub(super) struct Asked<'a, K> {
    pub(super) keys: &'a [K],
    /// [`NodeId::NONE`] where it did not matter who answers.
    pub(super) broker: NodeId,
}

/// What was found out about where things live, for the time of one call.
#[derive(Default)]
struct Known {
    coordinators: BTreeMap<(CoordinatorKind, String), NodeId>,
    stale_topics: BTreeSet<Arc<str>>,
    stale_brokers: bool,
}

impl Known {
    /// A failure says that something has moved.
    fn forget(&mut self, target: &Target, error: &Error) {
        let has_moved = matches!(error, Error::RequestTimeout { .. } | Error::UnknownBroker(_));
        self.stale_brokers |=
            has_moved || error.is_connection() || error.code() == Some(ErrorCode::NOT_CONTROLLER);
        match target {
            Target::Leader(at) if error.asks_for_metadata() => {
                self.stale_topics.insert(at.topic.clone());
            }
            Target::Coordinator(kind, key)
                if error.code() != Some(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) =>
            {
                self.coordinators.remove(&(*kind, key.clone()));
            }
            _ => {}
        }
    }
}

impl Admin {
    /// Asks about each thing where it lives. `read` gives the answers that one response has about its keys.
    pub(super) async fn each<K, V, R>(
        &self,
        call: Call<K>,
        request: impl Fn(&[K], i16) -> R,
        read: impl Fn(Asked<'_, K>, R::Response) -> Result<Answers<K, V>, Error>,
    ) -> Each<K, V>
    where
        K: Ord + Clone + fmt::Display,
        R: Request,
    {
        self.each_within(self.cluster.retry(), call, request, read).await
    }

    /// As [`Admin::each`], in what is left of a call that has begun already.
    async fn each_within<K, V, R>(
        &self,
        mut retry: Retry,
        call: Call<K>,
        request: impl Fn(&[K], i16) -> R,
        read: impl Fn(Asked<'_, K>, R::Response) -> Result<Answers<K, V>, Error>,
    ) -> Each<K, V>
    where
        K: Ord + Clone + fmt::Display,
        R: Request,
    {
        let mut fanout = Fanout::new(call.asked);
        let mut known = Known::default();
        loop {
            let open = fanout.open();
            if open.is_empty() {
                return Each(fanout.finish());
            }
            let mut routed = Vec::with_capacity(open.len());
            let targets = open.iter().map(|(_, target)| target);
            let places = Box::pin(self.places(targets, &mut known, &retry)).await;
            for ((key, _), place) in open.into_iter().zip(places) {
                match place {
                    Ok(place) => routed.push((key, place)),
                    Err(error) => fanout.heard(std::slice::from_ref(&key), Err(error)),
                }
            }
            let (form, retry_now, request, read) = (&call.form, &retry, &request, &read);
            let asking = batches(routed).into_iter().map(|(place, keys)| async move {
                let heard = self.ask_place(place, &keys, form, retry_now, request, read).await;
                heard.unwrap_or_else(|error| vec![(keys, Err(error))])
            });
            for (keys, answers) in together(asking).await.into_iter().flatten() {
                fanout.heard(&keys, answers);
            }
            let failures = fanout.failures();
            for (target, error) in &failures {
                known.forget(target, error);
            }
            let Some(first) = failures.first().map(|(_, error)| (*error).clone()) else { continue };
            match retry.after(first).await {
                Ok(()) => {}
                Err(Error::GaveUp { after, .. }) => fanout.give_up(Some(after)),
                Err(_) => fanout.give_up(None),
            }
        }
    }

    /// Sends one request after the other without waiting between them. Who is silent until the time of the call is up is
    /// hung up on, as after [`crate::Config::request_timeout`].
    async fn ask_place<K: Clone, V, R: Request>(
        &self,
        place: Place,
        keys: &[K],
        form: &Form,
        retry: &Retry,
        request: &impl Fn(&[K], i16) -> R,
        read: &impl Fn(Asked<'_, K>, R::Response) -> Result<Answers<K, V>, Error>,
    ) -> Result<Vec<(Vec<K>, Result<Answers<K, V>, Error>)>, Error> {
        let connection =
            within(retry.remaining(), "a connection to a broker", self.connection(place)).await?;
        let broker = match place {
            Place::Broker(id) => id,
            Place::Any | Place::Controller => NodeId::NONE,
        };
        let version = connection.version_in::<R>(&form.versions)?;
        let mut pending = Vec::new();
        for keys in keys.chunks((form.batch)(version).max(1)) {
            pending.push((keys.to_vec(), connection.send(&request(keys, version), version)));
        }
        let mut heard = Vec::with_capacity(pending.len());
        for (keys, sent) in pending {
            let answers = match sent {
                Ok(pending) => {
                    let response = pending.within(retry.remaining()).response().await;
                    response.and_then(|response| read(Asked { keys: &keys, broker }, response))
                }
                Err(error) => Err(error),
            };
            heard.push((keys, answers));
        }
        Ok(heard)
    }

    async fn connection(&self, place: Place) -> Result<Connection, Error> {
        match place {
            // What any broker answers, of controllers only the active one does.
            Place::Any if self.cluster.config().controllers => self.cluster.controller().await,
            Place::Any => self.cluster.any().await,
            Place::Controller => self.cluster.controller().await,
            Place::Broker(id) => self.cluster.node(id).await,
        }
    }

    /// One question that one broker answers.
    pub(super) async fn one<V, R: Request>(
        &self,
        target: Target,
        subject: impl Into<String>,
        request: impl Fn(i16) -> R,
        read: impl Fn(R::Response) -> Result<V, Error>,
    ) -> Result<V, Error> {
        let subject = subject.into();
        let call = Call::new([subject], |_| target.clone());
        let answers = self.each(
            call,
            |_, version| request(version),
            |asked: Asked<'_, String>, response| Ok(vec![(asked.keys[0].clone(), Ok(read(response)?))]),
        );
        answers.await.only()
    }

    /// Asks every broker the same, and puts what they say in one list. Fails when the brokers cannot be learned.
    pub(super) async fn gather<T, R: Request>(
        &self,
        request: impl Fn(i16) -> R,
        read: impl Fn(NodeId, R::Response) -> Result<Vec<T>, Error>,
    ) -> Result<Gathered<T>, Error> {
        let mut retry = self.cluster.retry();
        let brokers = self.fresh_brokers(&mut retry).await?;
        let answers = self.each_within(
            retry,
            Call::new(brokers.into_iter().map(BrokerKey), |broker| Target::Broker(broker.0)),
            |_, version| request(version),
            |asked, response| Ok(vec![(BrokerKey(asked.broker), Ok(read(asked.broker, response)?))]),
        );
        Ok(Gathered::from(answers.await))
    }

    async fn fresh_brokers(&self, retry: &mut Retry) -> Result<Vec<NodeId>, Error> {
        loop {
            match self.cluster.refresh_within(retry.remaining(), &[], OnUnknownTopic::Fail).await {
                Ok(_) => {
                    let brokers: Vec<NodeId> = self.cluster.metadata().brokers.keys().copied().collect();
                    if !brokers.is_empty() {
                        return Ok(brokers);
                    }
                    retry.after(nobody_known()).await?;
                }
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// Where each target is now. Asks the cluster for what is not known, all at once.
    async fn places(
        &self,
        targets: impl Iterator<Item = &Target>,
        known: &mut Known,
        retry: &Retry,
    ) -> Vec<Result<Place, Error>> {
        let targets: Vec<&Target> = targets.collect();
        let topic_failures = self.look_up_topics(&targets, known, retry).await;
        let coordinator_failures = self.look_up_coordinators(&targets, known, retry).await;
        let broker_failure = self.look_up_brokers(&targets, known, retry).await.err();
        let metadata = self.cluster.metadata();
        let place = |target: &&Target| match target {
            Target::Any => Ok(Place::Any),
            Target::Controller => Ok(Place::Controller),
            Target::Broker(id) if metadata.brokers.contains_key(id) => Ok(Place::Broker(*id)),
            Target::Broker(id) => Err(broker_failure.clone().unwrap_or_else(|| {
                let code = ErrorCode::BROKER_ID_NOT_REGISTERED;
                Error::Refused { subject: format!("broker {id}"), code, message: None }
            })),
            Target::Leader(at) => match topic_failures.get(&at.topic) {
                Some(error) => Err(error.clone()),
                None => self.leader_now(at).map(Place::Broker),
            },
            Target::Coordinator(kind, key) => match known.coordinators.get(&(*kind, key.clone())) {
                Some(id) if metadata.brokers.contains_key(id) => Ok(Place::Broker(*id)),
                // The coordinator is newer than what the broker asked knows of the cluster.
                Some(_) => Err(Error::NoLeader { subject: kind.subject(key) }),
                None => {
                    let failure = coordinator_failures.get(&(*kind, key.clone()));
                    Err(failure.cloned().unwrap_or_else(|| unanswered(kind.subject(key))))
                }
            },
        };
        targets.iter().map(place).collect()
    }

    fn leader_now(&self, at: &TopicPartition) -> Result<NodeId, Error> {
        let metadata = self.cluster.metadata();
        let topic = metadata.topics.get(&at.topic);
        let topic = topic.ok_or_else(|| Error::UnknownTopic(at.topic.to_string()))?;
        let leader = self.cluster.partition_of(topic, at.partition)?.leader;
        leader.ok_or_else(|| Error::NoLeader { subject: at.to_string() })
    }

    async fn look_up_topics(
        &self,
        targets: &[&Target],
        known: &mut Known,
        retry: &Retry,
    ) -> BTreeMap<Arc<str>, Error> {
        let metadata = self.cluster.metadata();
        let wanted: BTreeSet<Arc<str>> = targets
            .iter()
            .filter_map(|target| match target {
                Target::Leader(at) => Some(at),
                _ => None,
            })
            .filter(|at| {
                known.stale_topics.contains(&at.topic) || metadata.leader(&at.topic, at.partition).is_none()
            })
            .map(|at| at.topic.clone())
            .collect();
        if wanted.is_empty() {
            return BTreeMap::new();
        }
        let wanted: Vec<Arc<str>> = wanted.into_iter().collect();
        match self.cluster.refresh_within(retry.remaining(), &wanted, OnUnknownTopic::Fail).await {
            Err(error) => wanted.into_iter().map(|topic| (topic, error.clone())).collect(),
            Ok(answers) => {
                known.stale_topics.clear();
                known.stale_brokers = false;
                let failed = answers.into_iter().filter_map(|(topic, answer)| {
                    let error = match answer.err()? {
                        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => Error::UnknownTopic(topic.to_string()),
                        code => Error::refused(format!("topic `{topic}`"), code.0, None),
                    };
                    Some((topic, error))
                });
                failed.collect()
            }
        }
    }

    async fn look_up_coordinators(
        &self,
        targets: &[&Target],
        known: &mut Known,
        retry: &Retry,
    ) -> BTreeMap<(CoordinatorKind, String), Error> {
        let mut wanted: BTreeMap<CoordinatorKind, Vec<String>> = BTreeMap::new();
        for target in targets {
            if let Target::Coordinator(kind, key) = target
                && !known.coordinators.contains_key(&(*kind, key.clone()))
            {
                wanted.entry(*kind).or_default().push(key.clone());
            }
        }
        let mut failures = BTreeMap::new();
        for (kind, keys) in wanted {
            for (key, answer) in self.ask_coordinators(kind, &keys, retry).await {
                match answer {
                    Ok(id) => {
                        known.coordinators.insert((kind, key), id);
                    }
                    Err(error) => {
                        failures.insert((kind, key), error);
                    }
                }
            }
        }
        failures
    }

    /// Once, without retries.
    async fn ask_coordinators(
        &self,
        kind: CoordinatorKind,
        keys: &[String],
        retry: &Retry,
    ) -> Answers<String, NodeId> {
        let request = |keys: &[String], version| coordinator_request(kind, keys, version);
        let read = |asked: Asked<'_, String>, response| Ok(read_coordinators(kind, asked.keys, &response));
        let form = Form { versions: 0..=i16::MAX, batch: coordinators_in_one };
        let heard = self.ask_place(Place::Any, keys, &form, retry, &request, &read);
        match heard.await {
            Err(error) => keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect(),
            Ok(heard) => heard
                .into_iter()
                .flat_map(|(keys, answers)| {
                    answers.unwrap_or_else(|error| {
                        keys.into_iter().map(|key| (key, Err(error.clone()))).collect()
                    })
                })
                .collect(),
        }
    }

    /// Brokers that somebody names and metadata lacks, and addresses after a failure.
    async fn look_up_brokers(
        &self,
        targets: &[&Target],
        known: &mut Known,
        retry: &Retry,
    ) -> Result<(), Error> {
        let metadata = self.cluster.metadata();
        let is_missing = |target: &&Target| match target {
            Target::Broker(id) => !metadata.brokers.contains_key(id),
            Target::Coordinator(kind, key) => {
                let id = known.coordinators.get(&(*kind, key.clone()));
                id.is_some_and(|id| !metadata.brokers.contains_key(id))
            }
            _ => false,
        };
        if known.stale_brokers || targets.iter().any(is_missing) {
            self.cluster.refresh_within(retry.remaining(), &[], OnUnknownTopic::Fail).await?;
            known.stale_brokers = false;
        }
        Ok(())
    }

    /// The brokers that coordinate groups or transactions.
    pub async fn find_coordinators(&self, kind: CoordinatorKind, keys: &[String]) -> Each<String, NodeId> {
        let call = Call::new(keys.iter().cloned(), |_| Target::Any).batch(coordinators_in_one);
        self.each(
            call,
            |keys, version| coordinator_request(kind, keys, version),
            |asked, response| Ok(read_coordinators(kind, asked.keys, &response)),
        )
        .await
    }

    /// The broker that coordinates a group.
    pub async fn find_coordinator(&self, group: &str) -> Result<NodeId, Error> {
        self.find_coordinators(CoordinatorKind::Group, &[group.to_owned()]).await.only()
    }

    /// How long a broker may take over what it does for us, in milliseconds.
    pub(super) fn timeout_ms(&self) -> i32 {
        let config = self.cluster.config();
        i32::try_from(config.request_timeout.min(config.api_timeout).as_millis()).unwrap_or(i32::MAX)
    }
}

/// Many from v4 on (KIP-699).
fn coordinators_in_one(version: i16) -> usize {
    if version < 4 { 1 } else { usize::MAX }
}

fn coordinator_request(kind: CoordinatorKind, keys: &[String], version: i16) -> FindCoordinatorRequest {
    let key_type = kind.code();
    match keys {
        [key] if version < 4 => FindCoordinatorRequest { key: key.into(), key_type, ..Default::default() },
        keys => FindCoordinatorRequest {
            coordinator_keys: keys.iter().map(Into::into).collect(),
            key_type,
            ..Default::default()
        },
    }
}

fn read_coordinators(
    kind: CoordinatorKind,
    keys: &[String],
    response: &protocol::FindCoordinatorResponse,
) -> Answers<String, NodeId> {
    let node = |key: &str, id: i32, code: i16, message: Option<&str>| {
        check(kind.subject(key), code, message).map(|()| NodeId(id))
    };
    if let ([key], true) = (keys, response.coordinators.is_empty()) {
        let message = response.error_message.as_deref();
        return vec![(key.clone(), node(key, response.node_id, response.error_code, message))];
    }
    let answered = response.coordinators.iter().map(|found| {
        let key = found.key.to_string();
        let answer = node(&key, found.node_id, found.error_code, found.error_message.as_deref());
        (key, answer)
    });
    answered.collect()
}

/// What every broker was asked, in one list.
#[derive(Clone, Debug)]
pub struct Gathered<T> {
    pub found: Vec<T>,
    /// Brokers whose part is missing.
    pub failed: Vec<(NodeId, Error)>,
}

impl<T> Gathered<T> {
    /// All of it, or the first broker's failure.
    pub fn all(self) -> Result<Vec<T>, Error> {
        match self.failed.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(self.found),
        }
    }
}

impl<T> From<Each<BrokerKey, Vec<T>>> for Gathered<T> {
    fn from(answers: Each<BrokerKey, Vec<T>>) -> Self {
        let mut gathered = Self { found: Vec::new(), failed: Vec::new() };
        for (BrokerKey(broker), answer) in answers {
            match answer {
                Ok(part) => gathered.found.extend(part),
                Err(error) => gathered.failed.push((broker, error)),
            }
        }
        gathered
    }
}

/// Named in messages as what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BrokerKey(pub(super) NodeId);

impl fmt::Display for BrokerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broker {}", self.0)
    }
}

/// Runs all at once in this task; their outputs in the order given.
async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for (future, output) in running.iter_mut().zip(&mut outputs) {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(ready) => *output = Some(ready),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    outputs.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
