//! Fetch (key 1, v4-v18): reads record batches of many partitions, waiting for them if need be.
//!
//! Versions: v5 log start offset; v7 sessions (KIP-227); v9 current leader epoch (KIP-320); v11 rack (KIP-392);
//! v12 flexible, diverging epochs (KIP-595); v13 topic ids (KIP-516); v15 replica state; v16 node endpoints
//! (KIP-951); v17 replica directory; v18 high watermark of followers (KIP-1166).
//! Errors for the request: FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH,
//! FETCH_SESSION_TOPIC_ID_ERROR. For a partition: OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC_OR_PARTITION,
//! UNKNOWN_TOPIC_ID, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, KAFKA_STORAGE_ERROR.
//!
//! The answer is held until there are `min_bytes` or `max_wait_ms` has passed; any partition with an error
//! lets it go at once. Batches leave as they lie in the log, byte for byte.
use super::{current_leader::CurrentLeader, *};
use crate::{
    fetch_sessions::{
        Admitted, Answered, Error as SessionError, Interest, PartitionKey, Request as SessionRequest, Told,
        TopicKey,
    },
    partition::{Partition, storage_error_code},
    topics::{Topic, TopicTable},
};
use protocol::{
    FetchRequest, FetchResponse,
    fetch::response::{
        AbortedTransaction, EpochEndOffset, FetchableTopicResponse, LeaderIdAndEpoch, NodeEndpoint,
        PartitionData,
    },
};
use std::{sync::Arc, time::Duration};
use storage::Read;
use tokio::{sync::Notify, time::Instant};
use wire::RecordBytes;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::Fetch, versions: 4..=18 };

/// First version that names topics by id.
const TOPIC_IDS_FROM_VERSION: i16 = 13;
/// Clients before this version do not know KAFKA_STORAGE_ERROR.
const STORAGE_ERROR_FROM_VERSION: i16 = 6;
const READ_COMMITTED: i8 = 1;
/// A consumer. Followers send their node id, debugging tools -2.
const CONSUMER: i32 = -1;

pub(crate) async fn handle(context: &RequestContext, request: FetchRequest) -> FetchResponse {
    let limits = Limits::of(context, &request);
    let state = context.state();
    let admitted = {
        let mut sessions = state.fetch_sessions.lock();
        sessions.admit(state.now_ms(), session_request(context, &request), rand::random)
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(error) => return FetchResponse { error_code: session_error_code(error).0, ..Default::default() },
    };
    let parts = read_when_ready(context, &admitted, &limits).await;
    count(context, &admitted, &parts);
    answer(context, &admitted, parts)
}

/// What bounds one fetch.
struct Limits {
    max_wait: Duration,
    min_bytes: usize,
    max_bytes: usize,
    read_committed: bool,
    replica: i32,
}

impl Limits {
    fn of(context: &RequestContext, request: &FetchRequest) -> Self {
        let bytes = |count: i32| usize::try_from(count).unwrap_or(0);
        let replica =
            if context.version() >= 15 { request.replica_state.replica_id } else { request.replica_id };
        let max_bytes =
            bytes(request.max_bytes).min(context.state().config.network.fetch_max_bytes.as_usize());
        Self {
            max_wait: Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0)),
            min_bytes: bytes(request.min_bytes).min(max_bytes),
            max_bytes,
            read_committed: request.isolation_level == READ_COMMITTED,
            replica,
        }
    }
}

fn session_request(context: &RequestContext, request: &FetchRequest) -> SessionRequest {
    let by_id = context.version() >= TOPIC_IDS_FROM_VERSION;
    let key = |name: &Text, id, partition| {
        // A session outlives the request whose buffer the name lies in.
        let topic = if by_id { TopicKey::Id(TopicId(id)) } else { TopicKey::Name(name.detached()) };
        PartitionKey { topic, partition }
    };
    let mut partitions = Vec::new();
    for topic in &request.topics {
        for wanted in &topic.partitions {
            let interest = Interest {
                fetch_offset: Offset(wanted.fetch_offset),
                log_start_offset: Offset(wanted.log_start_offset),
                current_leader_epoch: LeaderEpoch(wanted.current_leader_epoch),
                last_fetched_epoch: LeaderEpoch(wanted.last_fetched_epoch),
                max_bytes: wanted.partition_max_bytes,
            };
            partitions.push((key(&topic.topic, topic.topic_id, wanted.partition), interest));
        }
    }
    let forgotten = request
        .forgotten_topics_data
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|index| key(&topic.topic, topic.topic_id, *index)))
        .collect();
    let replica = if context.version() >= 15 { request.replica_state.replica_id } else { request.replica_id };
    SessionRequest {
        session_id: request.session_id,
        epoch: request.session_epoch,
        by_id,
        from_follower: replica >= 0,
        partitions,
        forgotten,
    }
}

fn session_error_code(error: SessionError) -> ErrorCode {
    match error {
        SessionError::SessionIdNotFound(_) => ErrorCode::FETCH_SESSION_ID_NOT_FOUND,
        SessionError::InvalidEpoch { .. } => ErrorCode::INVALID_FETCH_SESSION_EPOCH,
        SessionError::MixedNaming => ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR,
    }
}

/// What was read of everything that is wanted.
#[derive(Default)]
struct Parts {
    /// In the order of `wanted`.
    parts: Vec<PartitionData>,
    bytes: usize,
    /// Something that must not wait.
    urgent: bool,
}

async fn read_when_ready(context: &RequestContext, admitted: &Admitted, limits: &Limits) -> Parts {
    let deadline = Instant::now() + limits.max_wait;
    let is_ready = |parts: &Parts| parts.urgent || parts.bytes >= limits.min_bytes;
    let mut parts = read_all(context, admitted, limits);
    if is_ready(&parts) || limits.max_wait.is_zero() || admitted.wanted.is_empty() {
        return parts;
    }
    let waiter = Arc::new(Notify::new());
    loop {
        // First the registration, then another look: what is appended in between wakes the waiter.
        watch(context, admitted, &waiter);
        parts = read_all(context, admitted, limits);
        if is_ready(&parts) {
            return parts;
        }
        if tokio::time::timeout_at(deadline, waiter.notified()).await.is_err() {
            return parts;
        }
    }
}

fn watch(context: &RequestContext, admitted: &Admitted, waiter: &Arc<Notify>) {
    let topics = context.state().topics.load();
    for (key, _) in &admitted.wanted {
        if let Some(Ok(partition)) =
            find_topic(&topics, &key.topic).map(|topic| topic.partition(key.partition))
        {
            partition.watch(waiter);
        }
    }
}

fn find_topic<'a>(topics: &'a TopicTable, key: &TopicKey) -> Option<&'a Arc<Topic>> {
    match key {
        TopicKey::Id(id) => topics.by_id(*id),
        TopicKey::Name(name) => topics.by_name(name),
    }
}

fn read_all(context: &RequestContext, admitted: &Admitted, limits: &Limits) -> Parts {
    let topics = context.state().topics.load();
    let mut result = Parts { parts: Vec::with_capacity(admitted.wanted.len()), ..Default::default() };
    for (key, interest) in &admitted.wanted {
        let part = read_one(
            &topics,
            key,
            interest,
            limits,
            limits.max_bytes.saturating_sub(result.bytes),
            result.bytes == 0,
        )
        .unwrap_or_else(|code| failed(context, key, code));
        result.bytes += part.records.as_ref().map_or(0, RecordBytes::len);
        result.urgent |= part.error_code != 0 || part.diverging_epoch.epoch >= 0;
        result.parts.push(part);
    }
    result
}

fn read_one(
    topics: &TopicTable,
    key: &PartitionKey,
    interest: &Interest,
    limits: &Limits,
    bytes_left: usize,
    min_one_batch: bool,
) -> Result<PartitionData, ErrorCode> {
    let topic = find_topic(topics, &key.topic).ok_or(match key.topic {
        TopicKey::Id(_) => ErrorCode::UNKNOWN_TOPIC_ID,
        TopicKey::Name(_) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
    })?;
    let partition = topic.partition(key.partition)?;
    partition.check_epoch(interest.current_leader_epoch)?;
    if limits.replica >= 0 {
        // This cluster has one broker, so nobody follows it.
        return Err(ErrorCode::UNKNOWN_LEADER_EPOCH);
    }
    let log = &partition.log;
    // Read once: what is said of the marks and what is read up to them must agree while they move.
    let high_watermark = partition.high_watermark();
    let last_stable_offset = log.last_stable_offset().min(high_watermark);
    let mut part = PartitionData {
        partition_index: key.partition,
        high_watermark: high_watermark.0,
        last_stable_offset: last_stable_offset.0,
        log_start_offset: log.log_start_offset().0,
        aborted_transactions: None,
        records: Some(RecordBytes::new()),
        ..Default::default()
    };
    if let Some(diverging) = diverging_epoch(partition, interest)? {
        part.diverging_epoch = diverging;
        return Ok(part);
    }
    let from = interest.fetch_offset;
    if from < log.log_start_offset() || from > log.log_end_offset() {
        return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
    }
    let upper_bound = match limits.replica {
        CONSUMER if limits.read_committed => last_stable_offset,
        CONSUMER => high_watermark,
        _ => log.log_end_offset(),
    };
    let max_bytes = usize::try_from(interest.max_bytes).unwrap_or(0).min(bytes_left);
    if from < upper_bound && (max_bytes > 0 || min_one_batch) {
        let read = log
            .read(Read { from, max_bytes, upper_bound, min_one_batch })
            .map_err(|error| storage_error_code(&error))?;
        if limits.read_committed {
            part.aborted_transactions = Some(aborted(partition, from, read.next_offset)?);
        }
        part.records = Some(read.chunks.into_iter().collect());
    } else if limits.read_committed {
        part.aborted_transactions = Some(Vec::new());
    }
    Ok(part)
}

/// Where the fetcher's log parts from this one, if it does (KIP-595).
fn diverging_epoch(partition: &Partition, interest: &Interest) -> Result<Option<EpochEndOffset>, ErrorCode> {
    if interest.last_fetched_epoch == LeaderEpoch::NONE {
        return Ok(None);
    }
    let end = partition
        .log
        .end_offset_for_epoch(interest.last_fetched_epoch)
        .ok_or(ErrorCode::OFFSET_OUT_OF_RANGE)?;
    let agrees = end.leader_epoch >= interest.last_fetched_epoch && end.end_offset >= interest.fetch_offset;
    Ok((!agrees).then_some(EpochEndOffset { epoch: end.leader_epoch.0, end_offset: end.end_offset.0 }))
}

fn aborted(partition: &Partition, from: Offset, to: Offset) -> Result<Vec<AbortedTransaction>, ErrorCode> {
    let transactions =
        partition.log.aborted_transactions(from, to).map_err(|error| storage_error_code(&error))?;
    let entry = |transaction: storage::AbortedTransaction| AbortedTransaction {
        producer_id: transaction.producer_id.0,
        first_offset: transaction.first_offset.0,
    };
    Ok(transactions.into_iter().map(entry).collect())
}

fn failed(context: &RequestContext, key: &PartitionKey, code: ErrorCode) -> PartitionData {
    let code = match code {
        ErrorCode::KAFKA_STORAGE_ERROR if context.version() < STORAGE_ERROR_FROM_VERSION => {
            ErrorCode::NOT_LEADER_OR_FOLLOWER
        }
        code => code,
    };
    PartitionData {
        partition_index: key.partition,
        error_code: code.0,
        high_watermark: Offset::NONE.0,
        aborted_transactions: None,
        records: Some(RecordBytes::new()),
        ..Default::default()
    }
}

/// Counts what is answered, which may be other than what an earlier look found.
fn count(context: &RequestContext, admitted: &Admitted, parts: &Parts) {
    let topics = context.state().topics.load();
    let counters = &context.connection.counters;
    let mut last: Option<(&TopicKey, &Arc<Topic>)> = None;
    for ((key, _), part) in admitted.wanted.iter().zip(&parts.parts) {
        // Partitions of a topic mostly follow each other.
        let topic = match last.filter(|(last, _)| **last == key.topic) {
            Some((_, topic)) => topic,
            None => {
                let Some(topic) = find_topic(&topics, &key.topic) else { continue };
                last = Some((&key.topic, topic));
                topic
            }
        };
        let bytes = part.records.as_ref().map_or(0, RecordBytes::len);
        counters.of_topic(topic, |topic| &topic.fetch_requests, 1);
        counters.of_topic(topic, |topic| &topic.bytes_out, bytes as u64);
        if part.error_code != 0 {
            counters.of_topic(topic, |topic| &topic.failed_fetch_requests, 1);
        }
    }
}

fn answer(context: &RequestContext, admitted: &Admitted, parts: Parts) -> FetchResponse {
    let mut response = FetchResponse { session_id: admitted.session_id, ..Default::default() };
    let mut sessions = context.state().fetch_sessions.lock();
    for ((key, _), mut part) in admitted.wanted.iter().zip(parts.parts) {
        let answered = Answered {
            told: Told {
                high_watermark: Offset(part.high_watermark),
                log_start_offset: Offset(part.log_start_offset),
            },
            has_records: part.records.as_ref().is_some_and(|records| !records.is_empty()),
            must_tell: part.error_code != 0 || part.diverging_epoch.epoch >= 0,
        };
        if !sessions.note(admitted, key, answered) {
            continue;
        }
        name_leader(context, key, &mut part, &mut response.node_endpoints);
        add_part(&mut response.responses, &key.topic, part);
    }
    response
}

/// Tells a client that asked the wrong broker, or with an old epoch, who leads (v16, KIP-951).
fn name_leader(
    context: &RequestContext,
    key: &PartitionKey,
    part: &mut PartitionData,
    endpoints: &mut Vec<NodeEndpoint>,
) {
    let code = ErrorCode(part.error_code);
    if context.version() < 16
        || !matches!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER | ErrorCode::FENCED_LEADER_EPOCH)
    {
        return;
    }
    let image = context.state().image();
    let topic = match &key.topic {
        TopicKey::Id(id) => image.topic(*id),
        TopicKey::Name(name) => image.topic_named(name),
    };
    let Some(leader) = topic.and_then(|topic| CurrentLeader::of(context, &image, topic, key.partition))
    else {
        return;
    };
    part.current_leader = LeaderIdAndEpoch { leader_id: leader.id, leader_epoch: leader.epoch };
    if let Some(endpoint) = leader.endpoint
        && endpoints.iter().all(|told| told.node_id != leader.id)
    {
        let (node_id, rack) = (leader.id, leader.rack);
        endpoints.push(NodeEndpoint { node_id, host: endpoint.host, port: endpoint.port.into(), rack });
    }
}

fn add_part(responses: &mut Vec<FetchableTopicResponse>, topic: &TopicKey, part: PartitionData) {
    let (name, id) = match topic {
        TopicKey::Name(name) => (name.clone(), TopicId::NONE),
        TopicKey::Id(id) => (Text::default(), *id),
    };
    match responses.last_mut() {
        Some(last) if last.topic == name && last.topic_id == id.0 => last.partitions.push(part),
        _ => responses.push(FetchableTopicResponse { topic: name, topic_id: id.0, partitions: vec![part] }),
    }
}
