//! A consumer and a broker that does as it is told.
use super::{old_messages::tests::message_of, *};
use crate::{Address, Config as ClientConfig, fake};
use base::{LeaderEpoch, Offset, TopicId};
use bytes::Bytes;
use protocol::{
    ApiKey, ErrorCode, FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, Message as _,
    MetadataRequest, MetadataResponse, OffsetForLeaderEpochResponse,
    fetch::response::{FetchableTopicResponse, LeaderIdAndEpoch, PartitionData},
    list_offsets::response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse},
    metadata::response::{MetadataResponsePartition, MetadataResponseTopic},
    offset_for_leader_epoch::response::{EpochEndOffset, OffsetForLeaderTopicResult},
};
use records::{BatchBuilder, Compression, NewRecord};
use std::sync::Mutex;

/// What the broker answers to a fetch.
#[derive(Clone, Copy, Debug)]
enum Reply {
    /// All partitions, empty, in this session.
    Full(i32),
    /// No news, in this session.
    Nothing(i32),
    /// Five records of partition 0 from this offset on, in this session.
    Records(i32, i64),
    /// Two messages of format v1 from this offset on, five records behind them, and some of another message, in this
    /// session.
    Old(i32, i64),
    /// The fetch is refused.
    Refused(ErrorCode),
    /// Partition 0 is, with the leader epoch of now.
    Moved(i32, ErrorCode),
}

/// What the broker was asked, and its answers to come.
#[derive(Debug, Default)]
struct Script {
    asked: Vec<String>,
    replies: VecDeque<Reply>,
    /// Partition 0 has it, the other has 0.
    leader_epoch: i32,
    /// What is wrong with the topic in the next answers of metadata, and with partition 0 in those of offsets.
    topic_errors: VecDeque<ErrorCode>,
    offset_errors: VecDeque<ErrorCode>,
}

type Shared = Arc<Mutex<Script>>;

const ID: TopicId = TopicId::METADATA;
const NAMES_ONLY: i16 = 12;
const HIGH_WATERMARK: i64 = 100;
const LAST_STABLE_OFFSET: i64 = 90;

fn at(partition: i32) -> TopicPartition {
    TopicPartition::new("t", partition)
}

async fn broker(script: Shared, fetch_version: i16) -> Address {
    fake::listen("127.0.0.1", move |socket| {
        let script = script.clone();
        let port = socket.local_addr().unwrap().port();
        fake::converse(socket, move |mut asked| {
            let mut script = script.lock().unwrap();
            match asked.key {
                ApiKey::ApiVersions => Some(asked.offer(&[
                    (ApiKey::ApiVersions, 4),
                    (ApiKey::Metadata, 13),
                    (ApiKey::Fetch, fetch_version),
                    (ApiKey::OffsetForLeaderEpoch, 4),
                    (ApiKey::ListOffsets, 7),
                ])),
                ApiKey::Metadata => {
                    let request = MetadataRequest::decode(&mut asked.body, asked.version).unwrap();
                    let mut response = metadata(port, script.leader_epoch);
                    if request.topics.is_some_and(|topics| !topics.is_empty())
                        && let Some(error) = script.topic_errors.pop_front()
                    {
                        response.topics[0].error_code = error.0;
                    }
                    Some(asked.answer(&response))
                }
                ApiKey::ListOffsets => {
                    let request = ListOffsetsRequest::decode(&mut asked.body, asked.version).unwrap();
                    let mut response = bounds(&request);
                    let error = script.offset_errors.pop_front().unwrap_or(ErrorCode::NONE);
                    response.topics[0].partitions[0].error_code = error.0;
                    Some(asked.answer(&response))
                }
                ApiKey::OffsetForLeaderEpoch => {
                    script.asked.push("epoch end".to_owned());
                    let end = EpochEndOffset { leader_epoch: 1, end_offset: 3, ..Default::default() };
                    let topic = OffsetForLeaderTopicResult { topic: "t".into(), partitions: vec![end] };
                    Some(
                        asked.answer(&OffsetForLeaderEpochResponse {
                            topics: vec![topic],
                            ..Default::default()
                        }),
                    )
                }
                ApiKey::Fetch => {
                    let request = FetchRequest::decode(&mut asked.body, asked.version).unwrap();
                    let reply = script.replies.pop_front();
                    let closes = request.session_id != 0 && request.session_epoch < 0;
                    if reply.is_some() || closes {
                        script.asked.push(shown(&request));
                    }
                    // At the end of the script there is no news, in whatever session.
                    let reply = reply.unwrap_or(Reply::Nothing(request.session_id));
                    Some(asked.answer(&answer(reply, &mut script)))
                }
                _ => None,
            }
        })
    })
    .await
}

fn metadata(port: u16, leader_epoch: i32) -> MetadataResponse {
    let partition = |partition_index, leader_epoch| MetadataResponsePartition {
        partition_index,
        leader_id: 1,
        leader_epoch,
        ..Default::default()
    };
    let topic = MetadataResponseTopic {
        name: Some("t".into()),
        topic_id: ID.0,
        partitions: vec![partition(0, leader_epoch), partition(1, 0)],
        ..Default::default()
    };
    fake::metadata(port, vec![topic])
}

/// The log begins at offset 0.
fn bounds(request: &ListOffsetsRequest) -> ListOffsetsResponse {
    const EARLIEST: i64 = -2;
    let asked = &request.topics[0].partitions[0];
    let offset = match request.isolation_level {
        _ if asked.timestamp == EARLIEST => 0,
        0 => HIGH_WATERMARK,
        _ => LAST_STABLE_OFFSET,
    };
    let partition_index = asked.partition_index;
    let partition = ListOffsetsPartitionResponse { partition_index, offset, ..Default::default() };
    let topic = ListOffsetsTopicResponse { name: "t".into(), partitions: vec![partition] };
    ListOffsetsResponse { topics: vec![topic], ..Default::default() }
}

/// `id/epoch partition@offset ... -forgotten ...`
fn shown(request: &FetchRequest) -> String {
    let mut shown = format!("{}/{}", request.session_id, request.session_epoch);
    for topic in &request.topics {
        assert!(topic.topic_id == ID.0 || topic.topic.as_str() == "t");
        for p in &topic.partitions {
            shown += &format!(" {}@{}", p.partition, p.fetch_offset);
        }
    }
    for topic in &request.forgotten_topics_data {
        for partition in &topic.partitions {
            shown += &format!(" -{partition}");
        }
    }
    shown
}

/// Five records from this offset on.
fn batch(offset: i64) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None)
        .base_offset(Offset(offset))
        .partition_leader_epoch(LeaderEpoch(1));
    for _ in 0..5 {
        builder.append(&NewRecord::default()).unwrap();
    }
    builder.build()
}

fn answer(reply: Reply, script: &mut Script) -> FetchResponse {
    let partition = |partition_index| PartitionData {
        partition_index,
        high_watermark: HIGH_WATERMARK,
        last_stable_offset: LAST_STABLE_OFFSET,
        ..Default::default()
    };
    let (session_id, partitions) = match reply {
        Reply::Full(id) => (id, vec![partition(0), partition(1)]),
        Reply::Nothing(id) => (id, Vec::new()),
        Reply::Records(id, offset) => {
            let records = Some(batch(offset).into());
            (id, vec![PartitionData { records, ..partition(0) }])
        }
        Reply::Old(id, offset) => {
            let mut records = [message_of(1, offset, 0), message_of(1, offset + 1, 100)].concat();
            records.extend(batch(offset + 2));
            records.extend(&message_of(1, offset + 7, 0)[..30]);
            let records = Some(Bytes::from(records).into());
            (id, vec![PartitionData { records, ..partition(0) }])
        }
        Reply::Refused(code) => {
            return FetchResponse { error_code: code.0, ..Default::default() };
        }
        Reply::Moved(id, code) => {
            script.leader_epoch += 1;
            let current_leader = LeaderIdAndEpoch { leader_id: 1, leader_epoch: script.leader_epoch };
            (id, vec![PartitionData { error_code: code.0, current_leader, ..partition(0) }])
        }
    };
    let topic = FetchableTopicResponse { topic: "t".into(), topic_id: ID.0, partitions };
    let responses = if topic.partitions.is_empty() { Vec::new() } else { vec![topic] };
    FetchResponse { session_id, responses, ..Default::default() }
}

/// Reads both partitions from offset 0 on.
async fn consumer(script: &Shared, fetch_version: i16, on_out_of_range: OnOutOfRange) -> Consumer {
    let address = broker(script.clone(), fetch_version).await;
    let backoff = crate::Backoff { initial: Duration::from_millis(1), max: Duration::from_millis(1) };
    let cluster =
        Cluster::connect(ClientConfig { backoff, ..ClientConfig::new(vec![address]) }).await.unwrap();
    cluster.fresh_topic("t", OnUnknownTopic::Fail).await.unwrap();
    let mut consumer = Consumer::new(&cluster, Config { on_out_of_range, ..Default::default() });
    for partition in [0, 1] {
        consumer.place(at(partition), Some(0.into()), None);
    }
    consumer
}

/// Plays the replies and shows what was asked meanwhile, and at the consumer's end.
#[track_caller]
fn check(fetch_version: i16, replies: &[Reply], expected: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let script = Shared::default();
        script.lock().unwrap().replies.extend(replies);
        let mut consumer = consumer(&script, fetch_version, OnOutOfRange::Earliest).await;
        let until = |count: usize| move |script: &Shared| script.lock().unwrap().asked.len() >= count;
        let deadline = Instant::now() + Duration::from_secs(30);
        while !until(replies.len())(&script) {
            assert!(Instant::now() < deadline, "{:?}", script.lock().unwrap().asked);
            consumer.poll(Duration::from_millis(5)).await.unwrap();
        }
        drop(consumer);
        while !until(expected.len())(&script) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(script.lock().unwrap().asked, expected);
    });
}

const LATEST: i16 = 17;

#[test]
fn fetches_go_on_in_a_session_which_is_closed_in_the_end() {
    for version in [NAMES_ONLY, LATEST] {
        check(
            version,
            &[Reply::Full(7), Reply::Nothing(7), Reply::Records(7, 0), Reply::Nothing(7)],
            &["0/0 0@0 1@0", "7/1", "7/2", "7/3 0@5", "7/-1"],
        );
    }
}

#[test]
fn a_session_that_is_refused_is_opened_anew_at_once() {
    for (code, again) in [
        (ErrorCode::FETCH_SESSION_ID_NOT_FOUND, "0/0 0@0 1@0"),
        (ErrorCode::INVALID_FETCH_SESSION_EPOCH, "7/0 0@0 1@0"),
        (ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR, "7/0 0@0 1@0"),
    ] {
        let replies = [Reply::Full(7), Reply::Refused(code), Reply::Full(8), Reply::Nothing(8)];
        check(LATEST, &replies, &["0/0 0@0 1@0", "7/1", again, "8/1", "8/-1"]);
    }
}

#[test]
fn another_error_opens_the_session_anew_after_a_while() {
    let refused = Reply::Refused(ErrorCode::KAFKA_STORAGE_ERROR);
    let replies = [Reply::Full(7), refused, Reply::Full(8), Reply::Nothing(8)];
    check(LATEST, &replies, &["0/0 0@0 1@0", "7/1", "7/0 0@0 1@0", "8/1", "8/-1"]);
}

#[test]
fn an_old_broker_has_no_sessions() {
    const BEFORE_SESSIONS: i16 = 6;
    let replies = [Reply::Full(0), Reply::Records(0, 0), Reply::Full(0)];
    check(BEFORE_SESSIONS, &replies, &["0/-1 0@0 1@0", "0/-1 0@0 1@0", "0/-1 1@0 0@5"]);
}

/// Of a log that was cut at offset 3, by a leader that an answer named.
#[tokio::test]
async fn a_cut_log_is_reset_or_an_error() {
    for (policy, expected) in [(OnOutOfRange::Earliest, Ok(3)), (OnOutOfRange::Fail, Err((5, Some(3))))] {
        let script = Shared::default();
        let moved = Reply::Moved(7, ErrorCode::FENCED_LEADER_EPOCH);
        script.lock().unwrap().leader_epoch = 1;
        script.lock().unwrap().replies.extend([Reply::Full(7), Reply::Records(7, 0), moved]);
        let mut consumer = consumer(&script, LATEST, policy).await;
        let deadline = Instant::now() + Duration::from_secs(30);
        let outcome = loop {
            assert!(Instant::now() < deadline, "{:?}", script.lock().unwrap().asked);
            match consumer.poll(Duration::from_millis(5)).await {
                Ok(_) if consumer.position(&at(0)).unwrap().offset == 3 => break Ok(3),
                Ok(_) => {}
                Err(Error::LogTruncated { offset, divergent, .. }) => break Err((offset, divergent)),
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!(outcome, expected);
        assert_eq!(script.lock().unwrap().asked[3], "epoch end");
    }
}

/// What a program says for "no limit" is added to no clock.
#[tokio::test]
async fn the_longest_time_is_no_limit() {
    let script = Shared::default();
    script.lock().unwrap().replies.extend([Reply::Full(7), Reply::Records(7, 0)]);
    let longest = Duration::MAX;
    let client = ClientConfig {
        connect_timeout: longest,
        bootstrap_timeout: longest,
        request_timeout: longest,
        api_timeout: longest,
        metadata_max_age: longest,
        max_idle: Some(longest),
        ..ClientConfig::new(vec![broker(script, LATEST).await])
    };
    let cluster = Cluster::connect(client).await.unwrap();
    cluster.fresh_topic("t", OnUnknownTopic::Fail).await.unwrap();
    let config =
        Config { group_id: Some("g".to_owned()), auto_commit_interval: Some(longest), ..Default::default() };
    let mut consumer = Consumer::new(&cluster, config);
    consumer.place(at(0), Some(0.into()), None);
    assert!(consumer.poll(longest).await.unwrap().is_some());
    drop(consumer);
    Consumer::new(&cluster, Config::default()).close(longest).await.unwrap();
    let mut sharing = crate::ShareConsumer::new(&cluster, crate::share::Config::default());
    let polled = tokio::time::timeout(Duration::from_millis(1), sharing.poll(longest)).await;
    assert!(polled.is_err());
}

#[tokio::test]
async fn without_room_to_fetch_ahead_one_answer_is_had_at_a_time() {
    let script = Shared::default();
    script.lock().unwrap().replies.extend([Reply::Full(7), Reply::Records(7, 0)]);
    let mut consumer = consumer(&script, LATEST, OnOutOfRange::Earliest).await;
    consumer.config.prefetch = 0;
    assert!(consumer.poll(Duration::from_secs(5)).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_committed_with_each_poll_wakes_none() {
    let client = ClientConfig::new(vec![broker(Shared::default(), LATEST).await]);
    let cluster = Cluster::connect(client).await.unwrap();
    for (interval, wakes) in [(Duration::ZERO, false), (Duration::from_secs(5), true)] {
        let config = Config {
            group_id: Some("g".to_owned()),
            auto_commit_interval: Some(interval),
            ..Default::default()
        };
        let group = Group::new(&cluster, &config).unwrap();
        assert_eq!(group.wake_at().is_some(), wakes, "{interval:?}");
    }
}

/// All of this runs in one thread.
#[tokio::test]
async fn polls_that_do_not_wait_come_to_read() {
    let script = Shared::default();
    script.lock().unwrap().replies.extend([Reply::Full(7), Reply::Records(7, 0)]);
    let mut consumer = consumer(&script, LATEST, OnOutOfRange::Earliest).await;
    for _ in 0..100_000 {
        if consumer.poll(Duration::ZERO).await.unwrap().is_some() {
            return;
        }
    }
    panic!("{:?}", script.lock().unwrap().asked);
}

#[tokio::test]
async fn a_poll_waits_unless_the_end_is_reached() {
    type Change = fn(&mut Consumer, i32);
    let changes: &[(Change, bool)] = &[
        (|consumer, partition| consumer.fetcher.halt(&at(partition)), true),
        (|consumer, partition| consumer.unassign(&at(partition)), true),
        (|consumer, partition| consumer.place(at(partition), Some(5.into()), Some(5)), false),
        (
            |consumer, partition| {
                consumer.place(at(partition), Some(0.into()), Some(5));
                consumer.fetcher.halt(&at(partition));
            },
            false,
        ),
    ];
    for (number, (change, waits)) in changes.iter().enumerate() {
        let mut consumer = consumer(&Shared::default(), LATEST, OnOutOfRange::Fail).await;
        [0, 1].into_iter().for_each(|partition| change(&mut consumer, partition));
        assert!(consumer.is_finished(), "{number}");
        let timeout = Duration::from_millis(if *waits { 5 } else { 30_000 });
        let began = Instant::now();
        assert!(consumer.poll(timeout).await.unwrap().is_none());
        assert_eq!(began.elapsed() >= timeout, *waits, "{number}");
        // A stream has nothing to wait for.
        assert!(consumer.next().await.unwrap().is_none());
        assert!(began.elapsed() < Duration::from_secs(30), "{number}");
    }
}

#[tokio::test]
async fn what_was_written_before_kafka_0_11_is_an_error_and_passed_over() {
    let script = Shared::default();
    let replies = [Reply::Records(0, 0), Reply::Old(0, 5), Reply::Old(0, 12)];
    script.lock().unwrap().replies.extend(replies);
    let mut consumer = consumer(&script, LATEST, OnOutOfRange::Fail).await;
    consumer.unassign(&at(1));
    let mut seen = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(30);
    while seen.len() < 5 {
        assert!(Instant::now() < deadline, "{seen:?}");
        let polled = consumer.poll(Duration::from_millis(5)).await;
        let offset = consumer.position(&at(0)).unwrap().offset;
        match polled {
            Ok(Some(_)) => seen.push(offset.to_string()),
            Ok(None) => {}
            Err(error) => seen.push(format!("{offset}: {error}")),
        }
    }
    let old = |from, to| {
        format!(
            "{from}: cannot read the records of t-0 at offset {from}: written in the format of Kafka before 0.11 \
             (magic 1), which this client does not read; it goes on at offset {to}"
        )
    };
    assert_eq!(seen, ["5", &old(5, 7), "12", &old(12, 14), "19"]);
}

/// Also where only what is committed is read, which may be less: the rest is waited for.
#[tokio::test]
async fn an_offset_to_begin_with_may_be_any_in_the_log() {
    for isolation in [IsolationLevel::ReadUncommitted, IsolationLevel::ReadCommitted] {
        let mut consumer = consumer(&Shared::default(), LATEST, OnOutOfRange::Fail).await;
        consumer.config.isolation = isolation;
        for (offset, expected) in [(-1, None), (0, Some(0)), (95, Some(95)), (100, Some(100)), (101, None)] {
            consumer.unassign(&at(0));
            let assigned = consumer.assign(&[(at(0), Start::Offset(offset))], End::Never).await;
            let error = format!("offset {offset} of t-0 is outside 0 to 100");
            assert_eq!(assigned.err().map(|error| error.to_string()), expected.is_none().then_some(error));
            assert_eq!(consumer.position(&at(0)).map(|position| position.offset), expected);
        }
    }
}

/// Where a partition begins is asked for until somebody knows, with a pause before each question but the first.
#[tokio::test]
async fn a_beginning_is_asked_for_until_it_is_known() {
    const PAUSE: Duration = Duration::from_millis(50);
    let [storage, unknown] = [ErrorCode::KAFKA_STORAGE_ERROR, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION];
    for (topic_errors, offset_errors) in
        [(vec![], vec![storage; 3]), (vec![], vec![unknown; 3]), (vec![unknown; 3], vec![])]
    {
        let script = Shared::default();
        let address = broker(script.clone(), LATEST).await;
        let backoff = crate::Backoff { initial: PAUSE, max: PAUSE };
        let cluster =
            Cluster::connect(ClientConfig { backoff, ..ClientConfig::new(vec![address]) }).await.unwrap();
        if topic_errors.is_empty() {
            cluster.fresh_topic("t", OnUnknownTopic::Fail).await.unwrap();
        }
        script.lock().unwrap().topic_errors.extend(&topic_errors);
        script.lock().unwrap().offset_errors.extend(&offset_errors);
        let mut consumer = Consumer::new(&cluster, Config::default());
        consumer.place(at(0), None, None);
        let began = Instant::now();
        consumer.begin(vec![(at(0), Start::Earliest)]);
        while consumer.position(&at(0)).is_none() {
            assert!(began.elapsed() < Duration::from_secs(30), "{:?}", script.lock().unwrap());
            consumer.poll(Duration::from_millis(5)).await.unwrap();
        }
        assert_eq!(consumer.position(&at(0)).unwrap().offset, 0);
        assert!(script.lock().unwrap().offset_errors.is_empty());
        // A pause may be shorter by a fifth.
        assert!(topic_errors.len() == 3 || began.elapsed() >= PAUSE * 3 * 4 / 5, "{:?}", began.elapsed());
    }
}
