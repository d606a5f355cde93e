//! Produce (key 0, v3-v13): appends record batches to partitions.
//!
//! Versions: v3 transactional id and message format v2; v5 log start offset; v7 zstd; v8 errors per record
//! (KIP-467); v9 flexible; v10 current leader (KIP-951); v12 transactions version 2 (KIP-890); v13 topic ids
//! (KIP-516). Advertised from v0, see [`super::api_versions`].
//! Errors: INVALID_REQUIRED_ACKS, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, NOT_LEADER_OR_FOLLOWER,
//! INVALID_TOPIC_EXCEPTION, CORRUPT_MESSAGE, INVALID_RECORD, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE,
//! INVALID_TIMESTAMP, UNSUPPORTED_COMPRESSION_TYPE, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
//! TRANSACTIONAL_ID_AUTHORIZATION_FAILED, REQUEST_TIMED_OUT, KAFKA_STORAGE_ERROR.
//!
//! Two phases: everything is appended in the order of the connection; the answer waits for the disk (topics
//! with durability `flush`) and, with more replicas, for them. With `acks=0` there is no answer; an error
//! closes the connection so that the client looks again.
use super::{current_leader::CurrentLeader, *};
use crate::{
    network::ReadBuffer,
    partition::{Partition, storage_error_code},
    topics::Topic,
    validation::{self, Refused},
};
use protocol::{
    ProduceRequest, ProduceResponse,
    produce::{
        request::{PartitionProduceData, TopicProduceData},
        response::{LeaderIdAndEpoch, NodeEndpoint, PartitionProduceResponse, TopicProduceResponse},
    },
};
use records::BatchHeader;
use std::{sync::Arc, time::Duration};
use storage::Append;
use tokio::{sync::Notify, time::Instant};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::Produce, versions: 3..=13 };

/// First version that names the leader beside NOT_LEADER_OR_FOLLOWER.
const LEADERS_FROM_VERSION: i16 = 10;
/// Clients by this name may write to internal topics: Kafka's own tools use it.
const ADMIN_CLIENT_ID: &str = "__admin_client";

/// A wait for this broker's own disk is given at least so much time: clients that want no wait for replicas ask for none
/// at all.
const LEAST_TIMEOUT: Duration = Duration::from_secs(1);

/// Where in the answers a partition's part belongs.
#[derive(Clone, Copy)]
struct Slot {
    request: usize,
    topic: usize,
    partition: usize,
}

/// A batch that may be appended.
struct Accepted {
    slot: Slot,
    topic: Arc<Topic>,
    target: Arc<Partition>,
    append: Append,
    size: u64,
    record_count: u64,
}

/// A partition's part that is appended but not committed yet.
struct Waiting {
    slot: Slot,
    target: Arc<Partition>,
    end: Offset,
}

struct Begun {
    context: RequestContext,
    acks: i16,
    timeout: Duration,
    response: ProduceResponse,
    waiting: Vec<Waiting>,
}

/// Begins requests of one connection, in order. Batches for one partition share a write, whichever request they came in.
pub(crate) fn begin_all(
    requests: Vec<(RequestContext, ProduceRequest)>,
    buffer: ReadBuffer,
) -> Vec<Phase<Outcome<ProduceResponse>>> {
    let mut accepted = Vec::new();
    let mut all: Vec<Begun> = requests
        .into_iter()
        .enumerate()
        .map(|(index, (context, request))| {
            let acks = request.acks;
            let timeout = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or(0));
            let response = accept(&context, request, index, buffer, &mut accepted);
            Begun { context, acks, timeout: timeout.max(LEAST_TIMEOUT), response, waiting: Vec::new() }
        })
        .collect();
    append(&mut all, accepted);
    all.into_iter().map(Begun::finish).collect()
}

/// Looks at everything in a request; what may be appended is added to `accepted`, the rest has its answer.
fn accept(
    context: &RequestContext,
    request: ProduceRequest,
    index: usize,
    buffer: ReadBuffer,
    accepted: &mut Vec<Accepted>,
) -> ProduceResponse {
    let refused = refuse_whole(&request);
    let topics = request.topic_data.into_iter().enumerate();
    let responses = topics.map(|(topic, data)| match refused {
        Some(code) => refuse_topic(&data, code),
        None => accept_topic(context, data, Slot { request: index, topic, partition: 0 }, buffer, accepted),
    });
    ProduceResponse { responses: responses.collect(), ..Default::default() }
}

/// Appends, partition by partition, and enters the outcomes.
fn append(all: &mut [Begun], mut accepted: Vec<Accepted>) {
    // Stable: the batches of a partition keep their order.
    accepted.sort_by_key(|accepted| Arc::as_ptr(&accepted.target));
    let mut accepted = accepted.into_iter().peekable();
    while let Some(Accepted { slot, topic, target, append, size, record_count }) = accepted.next() {
        let (mut places, mut appends) = (vec![(slot, size, record_count)], vec![append]);
        while let Some(next) = accepted.next_if(|next| Arc::ptr_eq(&next.target, &target)) {
            places.push((next.slot, next.size, next.record_count));
            appends.push(next.append);
        }
        for ((slot, size, record_count), result) in places.into_iter().zip(target.append_all(appends)) {
            let Begun { context, response, waiting, .. } = &mut all[slot.request];
            let counters = &context.connection.counters;
            let answer = slot.answer(response);
            match result {
                Ok(info) => {
                    counters.of_topic(&topic, |topic| &topic.bytes_in, size);
                    counters.of_topic(&topic, |topic| &topic.messages_in, record_count);
                    answer.base_offset = info.first_offset.0;
                    answer.log_append_time_ms = info.log_append_time_ms;
                    answer.log_start_offset = info.log_start_offset.0;
                    waiting.push(Waiting { slot, target: target.clone(), end: info.last_offset.next() });
                }
                Err(error) => {
                    counters.of_topic(&topic, |topic| &topic.failed_produce_requests, 1);
                    // A directory that goes offline is logged once, by storage; here it could be every request.
                    tracing::debug!(topic = %topic.name, partition = answer.index, %error, "append refused");
                    *answer = refusal(answer.index, storage_error_code(&error), Some(error.to_string()));
                }
            }
        }
    }
}

impl Slot {
    fn answer<'a>(&self, response: &'a mut ProduceResponse) -> &'a mut PartitionProduceResponse {
        &mut response.responses[self.topic].partition_responses[self.partition]
    }
}

impl Begun {
    fn finish(self) -> Phase<Outcome<ProduceResponse>> {
        let Self { context, acks, timeout, mut response, mut waiting } = self;
        name_leaders(&context, &mut response);
        if acks == 0 {
            let answers = response.responses.iter().flat_map(|topic| &topic.partition_responses);
            let mut codes = answers.map(|partition| ErrorCode(partition.error_code));
            return Phase::Done(match codes.find(|code| *code != ErrorCode::NONE) {
                None => Outcome::Silence,
                Some(code) => {
                    tracing::info!(client = context.client_id(), %code, "closing after a failed produce with acks=0");
                    Outcome::Disconnect
                }
            });
        }
        waiting.retain(|part| part.target.is_committed(part.end) != Ok(true));
        if waiting.is_empty() {
            return Phase::Done(Outcome::Answer(response));
        }
        Phase::Later(Box::pin(async move {
            wait_for_commit(&mut response, waiting, timeout).await;
            Outcome::Answer(response)
        }))
    }
}

/// An error that concerns the request and so every partition in it.
fn refuse_whole(request: &ProduceRequest) -> Option<ErrorCode> {
    if has_transactional_batch(request) {
        // Transactions come with their coordinator; until then nobody can have been given the right to one.
        return Some(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }
    (!matches!(request.acks, -1..=1)).then_some(ErrorCode::INVALID_REQUIRED_ACKS)
}

fn has_transactional_batch(request: &ProduceRequest) -> bool {
    let parts = request.topic_data.iter().flat_map(|topic| &topic.partition_data);
    let is_transactional =
        |chunk: &bytes::Bytes| BatchHeader::read(chunk).is_ok_and(|header| header.is_transactional());
    parts.filter_map(|part| part.records.as_ref()?.chunks().next()).any(is_transactional)
}

fn refuse_topic(topic: &TopicProduceData, code: ErrorCode) -> TopicProduceResponse {
    let partitions = topic.partition_data.iter().map(|data| refusal(data.index, code, None)).collect();
    TopicProduceResponse {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partition_responses: partitions,
    }
}

fn refusal(index: i32, code: ErrorCode, message: Option<String>) -> PartitionProduceResponse {
    PartitionProduceResponse {
        index,
        error_code: code.0,
        base_offset: -1,
        error_message: message.map(Text::from),
        ..Default::default()
    }
}

fn accept_topic(
    context: &RequestContext,
    data: TopicProduceData,
    slot: Slot,
    buffer: ReadBuffer,
    accepted: &mut Vec<Accepted>,
) -> TopicProduceResponse {
    let topics = context.state().topics.load();
    let topic = if context.version() >= 13 {
        topics.by_id(TopicId(data.topic_id))
    } else {
        topics.by_name(&data.name)
    };
    let Some(topic) = topic else {
        let unknown = if context.version() >= 13 {
            ErrorCode::UNKNOWN_TOPIC_ID
        } else {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        };
        return refuse_topic(&data, unknown);
    };
    if topic.is_internal && context.client_id() != ADMIN_CLIENT_ID {
        return refuse_topic(&data, ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let counters = &context.connection.counters;
    let mut partition_responses = Vec::with_capacity(data.partition_data.len());
    for (partition, partition_data) in data.partition_data.into_iter().enumerate() {
        let index = partition_data.index;
        counters.of_topic(topic, |topic| &topic.produce_requests, 1);
        let slot = Slot { partition, ..slot };
        partition_responses.push(match accept_partition(context, topic, partition_data, slot, buffer) {
            Ok(batch) => {
                accepted.push(batch);
                PartitionProduceResponse { index, ..Default::default() }
            }
            Err(Refused { code, message, record_errors }) => {
                counters.of_topic(topic, |topic| &topic.failed_produce_requests, 1);
                PartitionProduceResponse { record_errors, ..refusal(index, code, message) }
            }
        });
    }
    TopicProduceResponse { name: data.name, topic_id: data.topic_id, partition_responses }
}

/// Tells a client that sent to the wrong broker who leads (v10, KIP-951).
fn name_leaders(context: &RequestContext, response: &mut ProduceResponse) {
    if context.version() < LEADERS_FROM_VERSION {
        return;
    }
    let ProduceResponse { responses, node_endpoints, .. } = response;
    let partitions = responses.iter_mut().flat_map(|topic| {
        let (name, id) = (&topic.name, TopicId(topic.topic_id));
        topic.partition_responses.iter_mut().map(move |partition| (name, id, partition))
    });
    let is_elsewhere = |code: i16| code == ErrorCode::NOT_LEADER_OR_FOLLOWER.0;
    for (name, id, partition) in partitions.filter(|(.., partition)| is_elsewhere(partition.error_code)) {
        let image = context.state().image();
        let topic = if id.is_none() { image.topic_named(name) } else { image.topic(id) };
        let leader = topic.and_then(|topic| CurrentLeader::of(context, &image, topic, partition.index));
        let Some(leader) = leader else { continue };
        partition.current_leader = LeaderIdAndEpoch { leader_id: leader.id, leader_epoch: leader.epoch };
        if let Some(endpoint) = leader.endpoint
            && node_endpoints.iter().all(|told| told.node_id != leader.id)
        {
            let (node_id, rack) = (leader.id, leader.rack);
            node_endpoints.push(NodeEndpoint {
                node_id,
                host: endpoint.host,
                port: endpoint.port.into(),
                rack,
            });
        }
    }
}

fn accept_partition(
    context: &RequestContext,
    topic: &Arc<Topic>,
    data: PartitionProduceData,
    slot: Slot,
    buffer: ReadBuffer,
) -> Result<Accepted, Refused> {
    let counters = &context.connection.counters;
    let target = topic.partition(data.index)?.clone();
    let records = data.records.unwrap_or_default().into_bytes();
    let length = records.len();
    let now_ms = context.state().now_ms();
    let batch = validation::accept(records, &topic.config, context.version(), now_ms).inspect_err(|_| {
        counters.of_topic(topic, |topic| &topic.bytes_rejected, length as u64);
    })?;
    let record_count = u64::try_from(batch.record_count).unwrap_or(0);
    let mut append = Append::new(batch.into_bytes(), target.leader_epoch(), now_ms);
    append.retained_bytes = buffer.share(append.batch.len());
    Ok(Accepted { slot, topic: topic.clone(), target, append, size: length as u64, record_count })
}

/// Fills in an error for each part that is not committed before the timeout, or never will be.
async fn wait_for_commit(response: &mut ProduceResponse, mut waiting: Vec<Waiting>, timeout: Duration) {
    let deadline = Instant::now() + timeout;
    let waiter = Arc::new(Notify::new());
    loop {
        for part in &waiting {
            part.target.watch(&waiter);
        }
        waiting.retain(|part| match part.target.is_committed(part.end) {
            Ok(committed) => !committed,
            Err(code) => {
                fail(response, part, code);
                false
            }
        });
        if waiting.is_empty() {
            return;
        }
        if tokio::time::timeout_at(deadline, waiter.notified()).await.is_err() {
            for part in &waiting {
                fail(response, part, ErrorCode::REQUEST_TIMED_OUT);
            }
            return;
        }
    }
}

fn fail(response: &mut ProduceResponse, part: &Waiting, code: ErrorCode) {
    let answer = part.slot.answer(response);
    *answer = refusal(answer.index, code, None);
}
