//! Ports that are no sound broker: some say nothing, some speak another language, one is a broker whose log or whose
//! answers are wrong.
use bytes::Bytes;
use protocol::{
    ApiKey, ApiVersionsResponse, CreateTopicsRequest, CreateTopicsResponse, ErrorCode, FetchRequest,
    FetchResponse, ListOffsetsRequest, ListOffsetsResponse, Message, MetadataResponse, Response,
    api_versions::response::ApiVersion,
    create_topics::response::CreatableTopicResult,
    encode_response,
    fetch::response::{FetchableTopicResponse, PartitionData},
    list_offsets::response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse},
    metadata::response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
    read_request_header,
};
use records::BatchHeader;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};
use wire::Reader;

/// Takes connections and gives each to a thread; ends with the process.
pub(crate) fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Takes what is sent, and answers nothing.
pub(crate) fn silent() -> String {
    listen(|mut stream| {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    })
}

/// Answers the first bytes with these, and closes.
pub(crate) fn says(answer: &'static [u8]) -> String {
    listen(move |mut stream| {
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(answer);
    })
}

/// A broker with one topic, `t`, of one partition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broker {
    /// The bytes of each batch, sound or not, with the offset behind it.
    pub(crate) log: Vec<(i64, Bytes)>,
    /// What it says of the topic, where it does not show it.
    pub(crate) topic_error: Option<ErrorCode>,
    /// What it says to who creates a topic.
    pub(crate) create_error: Option<ErrorCode>,
    /// What it says of the partition's log.
    pub(crate) fetch_error: Option<ErrorCode>,
}

impl Broker {
    /// A sound batch behind the others.
    pub(crate) fn batch(self, values: &[&str]) -> Self {
        let base = self.end();
        let batch = testkit::tampered(&testkit::batch(values), |header| header.base_offset.0 = base);
        self.raw(batch, values.len())
    }

    /// Anything, in the place of so many records.
    pub(crate) fn raw(mut self, bytes: Bytes, count: usize) -> Self {
        let end = self.end() + i64::try_from(count).unwrap();
        self.log.push((end, bytes));
        self
    }

    /// A batch whose bytes are not those that its checksum was made of.
    pub(crate) fn flipped(self, values: &[&str]) -> Self {
        let mut broker = self.batch(values);
        let (_, bytes) = broker.log.last_mut().unwrap();
        let mut changed = bytes.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        *bytes = changed.into();
        broker
    }

    /// A batch with a right checksum over what are no records.
    pub(crate) fn nonsense(self, count: usize) -> Self {
        let (base, sound) = (self.end(), testkit::batch(&vec!["longer than that"; count]));
        let mut bytes = sound.to_vec();
        bytes[BODY..].fill(0xff);
        let bytes = testkit::tampered(&bytes.into(), |header: &mut BatchHeader| header.base_offset.0 = base);
        self.raw(bytes, count)
    }

    fn end(&self) -> i64 {
        self.log.last().map_or(0, |(end, _)| *end)
    }

    pub(crate) fn start(self) -> String {
        listen(move |stream| {
            let address = stream.local_addr().unwrap();
            let _ = self.converse(stream, address);
        })
    }

    fn converse(&self, mut stream: TcpStream, address: SocketAddr) -> std::io::Result<()> {
        let mut length = [0; 4];
        loop {
            stream.read_exact(&mut length)?;
            let mut frame = vec![0; u32::from_be_bytes(length) as usize];
            stream.read_exact(&mut frame)?;
            let mut body = Reader::new(Bytes::from(frame));
            let (key, header) = read_request_header(&mut body).unwrap();
            let asked = Asked { version: header.request_api_version, id: header.correlation_id, body };
            stream.write_all(&self.answer(key, &asked, address))?;
        }
    }

    fn answer(&self, key: ApiKey, asked: &Asked, address: SocketAddr) -> Vec<u8> {
        match key {
            ApiKey::ApiVersions => asked.answer(&offer()),
            ApiKey::Metadata => asked.answer(&self.metadata(address)),
            ApiKey::ListOffsets => {
                let offset = |timestamp| if timestamp == -2 { 0 } else { self.end() };
                asked.answer(&offsets(&asked.body(), offset))
            }
            ApiKey::Fetch => asked.answer(&self.fetched(&asked.body())),
            ApiKey::CreateTopics => asked.answer(&created(&asked.body(), self.create_error)),
            other => panic!("{other:?} was not offered"),
        }
    }

    fn metadata(&self, address: SocketAddr) -> MetadataResponse {
        let partition = MetadataResponsePartition {
            leader_id: 1,
            replica_nodes: vec![1],
            isr_nodes: vec![1],
            ..Default::default()
        };
        let topic = MetadataResponseTopic {
            error_code: self.topic_error.unwrap_or(ErrorCode::NONE).0,
            name: Some("t".into()),
            partitions: if self.topic_error.is_some() { Vec::new() } else { vec![partition] },
            ..Default::default()
        };
        let broker = MetadataResponseBroker {
            node_id: 1,
            host: address.ip().to_string().as_str().into(),
            port: address.port().into(),
            ..Default::default()
        };
        MetadataResponse {
            brokers: vec![broker],
            controller_id: 1,
            topics: vec![topic],
            ..Default::default()
        }
    }

    fn fetched(&self, request: &FetchRequest) -> FetchResponse {
        let from = request.topics[0].partitions[0].fetch_offset;
        let wanted = self.log.iter().filter(|(end, _)| *end > from);
        let records: Vec<u8> = wanted.flat_map(|(_, bytes)| bytes.to_vec()).collect();
        let partition = PartitionData {
            error_code: self.fetch_error.unwrap_or(ErrorCode::NONE).0,
            high_watermark: self.end(),
            records: Some(Bytes::from(records).into()),
            ..Default::default()
        };
        let topic =
            FetchableTopicResponse { topic: "t".into(), partitions: vec![partition], ..Default::default() };
        FetchResponse { responses: vec![topic], ..Default::default() }
    }
}

/// Where a batch's records begin.
const BODY: usize = 61;

struct Asked {
    version: i16,
    id: i32,
    body: Reader,
}

impl Asked {
    fn body<M: Message>(&self) -> M {
        M::decode(&mut self.body.clone(), self.version).unwrap()
    }

    fn answer<R: Response>(&self, response: &R) -> Vec<u8> {
        encode_response(self.id, response, self.version).unwrap().concat()
    }
}

/// The last versions with topics by their names.
fn offer() -> ApiVersionsResponse {
    let versions = [
        (ApiKey::ApiVersions, 4),
        (ApiKey::Metadata, 9),
        (ApiKey::ListOffsets, 6),
        (ApiKey::Fetch, 12),
        (ApiKey::CreateTopics, 5),
    ];
    let api =
        |(key, max_version): (ApiKey, i16)| ApiVersion { api_key: key as i16, min_version: 0, max_version };
    ApiVersionsResponse { api_keys: versions.map(api).to_vec(), ..Default::default() }
}

fn offsets(request: &ListOffsetsRequest, offset: impl Fn(i64) -> i64) -> ListOffsetsResponse {
    let topics = request.topics.iter().map(|topic| ListOffsetsTopicResponse {
        name: topic.name.clone(),
        partitions: topic
            .partitions
            .iter()
            .map(|partition| ListOffsetsPartitionResponse {
                partition_index: partition.partition_index,
                offset: offset(partition.timestamp),
                ..Default::default()
            })
            .collect(),
    });
    ListOffsetsResponse { topics: topics.collect(), ..Default::default() }
}

fn created(request: &CreateTopicsRequest, error: Option<ErrorCode>) -> CreateTopicsResponse {
    let topics = request.topics.iter().map(|topic| CreatableTopicResult {
        name: topic.name.clone(),
        error_code: error.unwrap_or(ErrorCode::NONE).0,
        ..Default::default()
    });
    CreateTopicsResponse { topics: topics.collect(), ..Default::default() }
}
