//! From a frame to the handler of its API.
//!
//! The table below is the only list of what the broker serves: ApiVersions reads it, so what is advertised
//! and what exists cannot differ. Adding an API is one line here and one file in `handlers`.
//!
//! A frame whose API, version, header or body cannot be understood closes the connection, as in Kafka; only
//! an ApiVersions request of an unknown version is answered, so that newer clients can step down (KIP-511).
use crate::{
    error_codes::ErrorCodes,
    handlers,
    metrics::ShardCounters,
    network::{ConnectionContext, ReadBuffer, Reply, Response},
    state::State,
};
use bytes::Bytes;
use protocol::{ApiKey, Message, ProduceRequest, Request, RequestHeader};
use std::{future::Future, ops::RangeInclusive, pin::Pin, sync::Arc};
use wire::{DecodeError, Reader};

/// What one handler serves.
#[derive(Clone, Debug)]
pub(crate) struct ApiSpec {
    pub key: ApiKey,
    pub versions: RangeInclusive<i16>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("a frame of {0} bytes holds no request header")]
    NoHeader(usize),
    #[error("API key {0} is not served here")]
    UnknownKey(i16),
    #[error("{key:?} version {version} is not served, {} to {} are", served.start(), served.end())]
    UnsupportedVersion { key: ApiKey, version: i16, served: RangeInclusive<i16> },
    #[error("malformed {key:?} version {version}")]
    Malformed { key: ApiKey, version: i16, source: DecodeError },
}

/// One request, as its handler sees it.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub connection: Arc<ConnectionContext>,
    pub header: RequestHeader,
}

impl RequestContext {
    pub(crate) fn state(&self) -> &Arc<State> {
        &self.connection.state
    }

    pub(crate) fn version(&self) -> i16 {
        self.header.request_api_version
    }

    /// Name of the listener that the request came in by; answers name endpoints of the same one.
    pub(crate) fn listener_name(&self) -> &str {
        &self.state().listener_names[self.connection.listener]
    }

    pub(crate) fn client_id(&self) -> &str {
        self.header.client_id.as_deref().unwrap_or("")
    }
}

pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Result of a two-phase handler's first phase, which ran in the order of the connection.
pub(crate) enum Phase<T> {
    Done(T),
    Later(Pending<T>),
}

/// What is sent for a request.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    Answer(T),
    /// Nothing, ever: produce with `acks=0`.
    Silence,
    /// The connection is closed: produce with `acks=0` that failed.
    Disconnect,
}

/// A request on its way.
pub(crate) enum Started {
    /// Runs on its own once everything before it has been answered. Nothing has happened yet.
    Alone(Pending<Response>),
    /// Its first phase is done.
    InOrder(Reply),
    /// Goes to [`produce`], together with those that follow it at once. Nothing has happened yet.
    Produce(RequestContext, ProduceRequest),
}

macro_rules! serve {
    (
        alone { $($alone:ident => $alone_module:ident,)* }
        two_phase { $($phased:ident => $phased_module:ident,)* }
        gathered { Produce => produce }
    ) => {
        /// Every API that is served, in the order of keys.
        pub(crate) fn specs() -> impl Iterator<Item = &'static ApiSpec> {
            const ALL: &[&ApiSpec] = &[$(&handlers::$alone_module::SPEC,)* $(&handlers::$phased_module::SPEC,)* &handlers::produce::SPEC];
            static SORTED: std::sync::LazyLock<Vec<&'static ApiSpec>> = std::sync::LazyLock::new(|| {
                let mut specs = ALL.to_vec();
                specs.sort_by_key(|spec| spec.key as i16);
                specs
            });
            SORTED.iter().copied()
        }

        fn route(context: RequestContext, key: ApiKey, body: Reader) -> Result<Started, Error> {
            match key {
                $(ApiKey::$alone => alone(context, body, async |context, request| {
                    handlers::$alone_module::handle(&context, request).await
                }),)*
                $(ApiKey::$phased => two_phase(&context, body, handlers::$phased_module::begin),)*
                ApiKey::Produce => {
                    let request = decode::<ProduceRequest>(&context, body)?;
                    Ok(Started::Produce(context, request))
                }
                other => Err(Error::UnknownKey(other as i16)),
            }
        }
    };
}

serve! {
    alone {
        Fetch => fetch,
        ListOffsets => list_offsets,
        Metadata => metadata,
        OffsetFetch => offset_fetch,
        FindCoordinator => find_coordinator,
        JoinGroup => join_group,
        Heartbeat => heartbeat,
        LeaveGroup => leave_group,
        SyncGroup => sync_group,
        DescribeGroups => describe_groups,
        ListGroups => list_groups,
        ApiVersions => api_versions,
        CreateTopics => create_topics,
        DeleteTopics => delete_topics,
        DeleteRecords => delete_records,
        InitProducerId => init_producer_id,
        OffsetForLeaderEpoch => offset_for_leader_epoch,
        DescribeConfigs => describe_configs,
        AlterConfigs => alter_configs,
        DescribeLogDirs => describe_log_dirs,
        CreatePartitions => create_partitions,
        DeleteGroups => delete_groups,
        ElectLeaders => elect_leaders,
        IncrementalAlterConfigs => incremental_alter_configs,
        OffsetDelete => offset_delete,
        DescribeClientQuotas => describe_client_quotas,
        DescribeQuorum => describe_quorum,
        UpdateFeatures => update_features,
        DescribeCluster => describe_cluster,
        DescribeProducers => describe_producers,
        ListConfigResources => list_config_resources,
        DescribeTopicPartitions => describe_topic_partitions,
    }
    two_phase {
        OffsetCommit => offset_commit,
    }
    gathered { Produce => produce }
}

/// Reads a frame's header and starts its handler.
pub(crate) fn start(connection: &Arc<ConnectionContext>, frame: Bytes) -> Result<(ApiKey, Started), Error> {
    let length = frame.len();
    let Some([k0, k1, v0, v1]) = frame.first_chunk().copied() else { return Err(Error::NoHeader(length)) };
    let (raw_key, version) = (i16::from_be_bytes([k0, k1]), i16::from_be_bytes([v0, v1]));
    let key = ApiKey::try_from(raw_key).map_err(|_| Error::UnknownKey(raw_key))?;
    let spec = specs().find(|spec| spec.key == key).ok_or(Error::UnknownKey(raw_key))?;
    if !spec.versions.contains(&version) {
        if key == ApiKey::ApiVersions {
            let refused = handlers::api_versions::refuse_version(connection, &frame);
            return Ok((key, refused.ok_or(Error::NoHeader(length))?));
        }
        return Err(Error::UnsupportedVersion { key, version, served: spec.versions.clone() });
    }
    let mut reader = Reader::new(frame);
    let header = RequestHeader::decode(&mut reader, key.request_header_version(version))
        .map_err(|source| Error::Malformed { key, version, source })?;
    connection.counters.api(key).request(version);
    Ok((key, route(RequestContext { connection: connection.clone(), header }, key, reader)?))
}

fn decode<R: Request>(context: &RequestContext, mut body: Reader) -> Result<R, Error> {
    let version = context.version();
    R::decode(&mut body, version).map_err(|source| Error::Malformed { key: R::KEY, version, source })
}

fn alone<R, F>(
    context: RequestContext,
    body: Reader,
    handle: impl FnOnce(RequestContext, R) -> F + Send + 'static,
) -> Result<Started, Error>
where
    R: Request + Send + 'static,
    R::Response: ErrorCodes + Send,
    F: Future<Output = R::Response> + Send + 'static,
{
    let request = decode::<R>(&context, body)?;
    Ok(Started::Alone(Box::pin(async move {
        let connection = context.connection.clone();
        let (correlation_id, version) = (context.header.correlation_id, context.version());
        let response = handle(context, request).await;
        encode::<R>(&connection.counters, correlation_id, version, &response)
    })))
}

fn two_phase<R>(
    context: &RequestContext,
    body: Reader,
    begin: impl FnOnce(&RequestContext, R) -> Phase<Outcome<R::Response>>,
) -> Result<Started, Error>
where
    R: Request,
    R::Response: ErrorCodes + Send + 'static,
{
    let request = decode::<R>(context, body)?;
    let place = Place::of(context);
    Ok(Started::InOrder(place.reply::<R>(begin(context, request))))
}

/// Starts produce requests that lay in the connection's buffer one behind the other, so that their batches share
/// writes. `buffer` says what memory they keep alive. As many replies, in order.
pub(crate) fn produce(requests: Vec<(RequestContext, ProduceRequest)>, buffer: ReadBuffer) -> Vec<Reply> {
    let places: Vec<Place> = requests.iter().map(|(context, _)| Place::of(context)).collect();
    let phases = handlers::produce::begin_all(requests, buffer);
    places.into_iter().zip(phases).map(|(place, phase)| place.reply::<ProduceRequest>(phase)).collect()
}

/// What an answer needs of its request.
struct Place {
    counters: Arc<ShardCounters>,
    correlation_id: i32,
    version: i16,
}

impl Place {
    fn of(context: &RequestContext) -> Self {
        Self {
            counters: context.connection.counters.clone(),
            correlation_id: context.header.correlation_id,
            version: context.version(),
        }
    }

    fn reply<R>(self, phase: Phase<Outcome<R::Response>>) -> Reply
    where
        R: Request,
        R::Response: ErrorCodes + Send + 'static,
    {
        let finish = move |outcome| reply::<R>(&self.counters, self.correlation_id, self.version, outcome);
        match phase {
            Phase::Done(outcome) => Reply::Ready(finish(outcome)),
            Phase::Later(pending) => Reply::Later(Box::pin(async move { finish(pending.await) })),
        }
    }
}

fn reply<R>(
    counters: &ShardCounters,
    correlation_id: i32,
    version: i16,
    outcome: Outcome<R::Response>,
) -> Response
where
    R: Request,
    R::Response: ErrorCodes,
{
    match outcome {
        Outcome::Answer(response) => encode::<R>(counters, correlation_id, version, &response),
        Outcome::Silence => Response::Nothing,
        Outcome::Disconnect => Response::Close,
    }
}

fn encode<R>(counters: &ShardCounters, correlation_id: i32, version: i16, response: &R::Response) -> Response
where
    R: Request,
    R::Response: ErrorCodes,
{
    let api = counters.api(R::KEY);
    response.each_error_code(|code| api.error(code));
    match protocol::encode_response(correlation_id, response, version) {
        Ok(segments) => Response::Segments(segments),
        Err(error) => {
            tracing::error!(api = ?R::KEY, version, %error, "a response could not be written");
            Response::Close
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_api_is_listed_once_within_kafkas_versions() {
        let keys: Vec<_> = specs().map(|spec| spec.key as i16).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        assert!(keys.is_sorted());
    }
}
