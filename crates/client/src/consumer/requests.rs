//! Requests to fetch and to compare leader epochs, and what their answers say.
use super::{
    Config,
    aborted::Aborted,
    fetcher::{Answer, Ends, Question, Target},
    position::EpochEnd,
    session::{Fetch, Session},
};
use crate::{Address, Broker, Cluster, Error, TopicPartition, admin::IsolationLevel, metadata::LeaderHint};
use base::{NodeId, TopicId};
use protocol::{
    ErrorCode, FetchRequest, FetchResponse, OffsetForLeaderEpochRequest,
    fetch::request::{FetchPartition, FetchTopic, ForgottenTopic},
    offset_for_leader_epoch::request::{OffsetForLeaderPartition, OffsetForLeaderTopic},
};
use std::collections::{BTreeMap, BTreeSet};

/// The answer of a broker to a fetch.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) answers: Vec<Answer>,
    pub(super) leaders: Vec<LeaderHint>,
    pub(super) brokers: Vec<Broker>,
}

/// A broker that does not know the session is asked again at once, in full.
pub(super) async fn fetch(
    cluster: &Cluster,
    config: &Config,
    node: NodeId,
    targets: &[Target],
    session: &mut Session,
) -> Result<Fetched, Error> {
    const LAST_WITH_NAMES: i16 = 12;
    let all_have_ids = targets.iter().all(|target| !target.topic_id.is_none());
    let connection = cluster.node(node).await?;
    let version =
        connection.version_of::<FetchRequest>(if all_have_ids { i16::MAX } else { LAST_WITH_NAMES })?;
    let mut may_repeat = true;
    loop {
        let request = request(config, version, &session.fetch(targets, version > LAST_WITH_NAMES));
        let response = connection.request_in(&request, version).await;
        let response = response.inspect_err(|_| session.begin_anew())?;
        let code = ErrorCode(response.error_code);
        if code == ErrorCode::NONE {
            return Ok(read(response, session));
        }
        if code == ErrorCode::FETCH_SESSION_ID_NOT_FOUND {
            session.lose();
        } else {
            session.begin_anew();
        }
        if !may_repeat || !is_about_session(code) {
            return Err(Error::refused("fetch", code.0, None));
        }
        may_repeat = false;
    }
}

fn is_about_session(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
            | ErrorCode::INVALID_FETCH_SESSION_EPOCH
            | ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR
    )
}

fn request(config: &Config, version: i16, fetch: &Fetch<'_>) -> FetchRequest {
    const FIRST_WITH_RACKS: i16 = 11;
    let mut request = FetchRequest {
        max_wait_ms: i32::try_from(config.max_wait.as_millis()).unwrap_or(i32::MAX),
        min_bytes: config.min_bytes,
        max_bytes: config.most_in_answer(),
        isolation_level: i8::from(config.isolation == IsolationLevel::ReadCommitted),
        session_id: fetch.id,
        session_epoch: fetch.epoch,
        ..Default::default()
    };
    if let Some(rack) = config.rack.as_deref().filter(|_| version >= FIRST_WITH_RACKS) {
        request.rack_id = rack.into();
    }
    // In their order, which is that of their turn.
    for target in &fetch.said {
        let name = target.at.topic.as_ref();
        if request.topics.last().is_none_or(|topic| *topic.topic != *name) {
            let topic_id = target.topic_id.0;
            request.topics.push(FetchTopic { topic: name.into(), topic_id, partitions: Vec::new() });
        }
        let Some(topic) = request.topics.last_mut() else { continue };
        topic.partitions.push(FetchPartition {
            partition: target.at.partition,
            current_leader_epoch: target.leader_epoch,
            fetch_offset: target.offset,
            partition_max_bytes: config.max_partition_bytes,
            ..Default::default()
        });
    }
    for (at, topic_id) in &fetch.forgotten {
        let name = at.topic.as_ref();
        let forgotten = &mut request.forgotten_topics_data;
        if forgotten.last().is_none_or(|topic| *topic.topic != *name || topic.topic_id != topic_id.0) {
            forgotten.push(ForgottenTopic {
                topic: name.into(),
                topic_id: topic_id.0,
                partitions: Vec::new(),
            });
        }
        let Some(topic) = forgotten.last_mut() else { continue };
        topic.partitions.push(at.partition);
    }
    request
}

fn read(response: FetchResponse, session: &mut Session) -> Fetched {
    let mut fetched = Fetched { answers: Vec::new(), leaders: Vec::new(), brokers: Vec::new() };
    let mut has_strangers = false;
    for topic in response.responses {
        let topic_id = TopicId(topic.topic_id);
        for p in topic.partitions {
            let Some(at) = session.named(topic_id, topic.topic.as_str(), p.partition_index) else {
                has_strangers = true;
                continue;
            };
            let leader = NodeId(p.current_leader.leader_id);
            if leader.0 >= 0 {
                let leader_epoch = p.current_leader.leader_epoch;
                fetched.leaders.push(LeaderHint { at: at.clone(), leader, leader_epoch });
            }
            let aborted = p.aborted_transactions.unwrap_or_default();
            fetched.answers.push(Answer {
                at,
                code: ErrorCode(p.error_code),
                ends: Ends { high_watermark: p.high_watermark, last_stable_offset: p.last_stable_offset },
                preferred: (p.preferred_read_replica >= 0).then_some(NodeId(p.preferred_read_replica)),
                aborted: Aborted::new(aborted.iter().map(|one| (one.producer_id, one.first_offset))),
                records: p.records.unwrap_or_default().into_bytes(),
            });
        }
    }
    let named: BTreeSet<&TopicPartition> = fetched.answers.iter().map(|answer| &answer.at).collect();
    session.answered(response.session_id, &named, has_strangers);
    fetched.brokers = response.node_endpoints.iter().filter_map(broker).collect();
    fetched
}

fn broker(endpoint: &protocol::fetch::response::NodeEndpoint) -> Option<Broker> {
    let port = u16::try_from(endpoint.port).ok()?;
    let address = Address { host: endpoint.host.as_str().to_owned(), port };
    Some(Broker { id: NodeId(endpoint.node_id), address, rack: endpoint.rack.as_ref().map(String::from) })
}

/// Asks the leader of these partitions where the epochs of their positions end.
pub(super) async fn epoch_ends(
    cluster: &Cluster,
    node: NodeId,
    questions: Vec<Question>,
) -> Vec<(Question, Result<EpochEnd, Error>)> {
    let answers = ask_epoch_ends(cluster, node, &questions).await;
    let answer = |question: &Question| match &answers {
        Ok(answers) => answers
            .get(&question.at)
            .cloned()
            .unwrap_or_else(|| Err(Error::NoLeader { subject: question.at.to_string() })),
        Err(error) => Err(error.clone()),
    };
    let answered = questions.into_iter().map(|question| {
        let end = answer(&question);
        (question, end)
    });
    answered.collect()
}

async fn ask_epoch_ends(
    cluster: &Cluster,
    node: NodeId,
    questions: &[Question],
) -> Result<BTreeMap<TopicPartition, Result<EpochEnd, Error>>, Error> {
    let mut topics: Vec<OffsetForLeaderTopic> = Vec::new();
    for question in questions {
        let name = question.at.topic.as_ref();
        if topics.last().is_none_or(|topic| *topic.topic != *name) {
            topics.push(OffsetForLeaderTopic { topic: name.into(), partitions: Vec::new() });
        }
        let Some(topic) = topics.last_mut() else { continue };
        topic.partitions.push(OffsetForLeaderPartition {
            partition: question.at.partition,
            current_leader_epoch: question.leader_epoch,
            leader_epoch: question.epoch,
        });
    }
    let request = OffsetForLeaderEpochRequest { replica_id: -1, topics };
    let response = cluster.node(node).await?.request(&request).await?;
    let mut answers = BTreeMap::new();
    for topic in response.topics {
        for p in topic.partitions {
            let at = TopicPartition::new(topic.topic.as_str(), p.partition);
            let end = EpochEnd { leader_epoch: p.leader_epoch, end_offset: p.end_offset };
            let answer = crate::admin::check(at.to_string(), p.error_code, None).map(|()| end);
            answers.insert(at, answer);
        }
    }
    Ok(answers)
}
