//! One TCP connection to a broker.
//!
//! Requests may be sent while earlier ones wait; the broker answers in the order of sending, so what waits is
//! a queue. A connection that once failed stays failed: whoever holds it gets the same error, and the
//! [`crate::Cluster`] opens another. A request that is not answered in time closes the connection, because
//! every later answer would be behind it.
//!
//! Two loops, one writing and one reading, run in one task. The task ends with the last handle.
use crate::{
    Address, Config, Error,
    frames::{self, BadLength, Segments},
    versions::{NoVersion, Versions},
};
use bytes::{Bytes, BytesMut};
use protocol::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, ErrorCode, Message, Request};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Notify, mpsc, oneshot},
};
use wire::{Reader, Text};

/// A handle; clones share the connection.
#[derive(Clone)]
pub struct Connection(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    outgoing: mpsc::UnboundedSender<Vec<Bytes>>,
    client_id: Text,
    request_timeout: Duration,
    versions: OnceLock<Versions>,
}

struct Shared {
    address: Arc<str>,
    max_response_size: usize,
    waiting: Mutex<Waiting>,
    closing: Notify,
}

/// The requests that were sent and not answered, oldest first.
#[derive(Default)]
struct Waiting {
    next_correlation_id: i32,
    queue: VecDeque<(i32, oneshot::Sender<Result<Bytes, Error>>)>,
    failed: Option<Error>,
}

impl Connection {
    /// Connects and learns what the broker offers.
    pub async fn open(address: &Address, config: &Config) -> Result<Self, Error> {
        let name: Arc<str> = address.to_string().into();
        let opened =
            tokio::time::timeout(config.connect_timeout, Self::open_unlimited(address, name.clone(), config));
        match opened.await {
            Ok(result) => result,
            Err(_) => Err(Error::ConnectTimeout { address: name, after: config.connect_timeout }),
        }
    }

    async fn open_unlimited(address: &Address, name: Arc<str>, config: &Config) -> Result<Self, Error> {
        let failed = |source| Error::Connect { address: name.clone(), source: Arc::new(source) };
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let connection = Self::start(stream, name.clone(), config);
        let versions = connection.ask_versions().await?;
        connection.0.versions.set(versions).expect("the versions are asked for once");
        Ok(connection)
    }

    fn start(stream: TcpStream, address: Arc<str>, config: &Config) -> Self {
        let shared = Arc::new(Shared {
            address,
            max_response_size: config.max_response_size,
            waiting: Mutex::default(),
            closing: Notify::new(),
        });
        let (outgoing, incoming) = mpsc::unbounded_channel();
        tokio::spawn(run(stream, shared.clone(), incoming));
        Self(Arc::new(Handle {
            shared,
            outgoing,
            client_id: config.client_id.clone().into(),
            request_timeout: config.request_timeout,
            versions: OnceLock::new(),
        }))
    }

    /// A broker that does not know our version answers in version 0 and names the range it has (KIP-511).
    async fn ask_versions(&self) -> Result<Versions, Error> {
        const LATEST: i16 = 4;
        let mut version = LATEST;
        loop {
            let request = ApiVersionsRequest {
                client_software_name: Text::from("mainstem"),
                client_software_version: Text::from(env!("CARGO_PKG_VERSION")),
                ..Default::default()
            };
            let frame = self.exchange(&request, version).await?;
            let malformed = |source| self.malformed(ApiKey::ApiVersions, source);
            let mut reader = Reader::new(frame);
            reader.read_i32().map_err(malformed)?;
            let body = reader.clone();
            let error_code = ErrorCode(reader.read_i16().map_err(malformed)?);
            let answered_in = if error_code == ErrorCode::UNSUPPORTED_VERSION { 0 } else { version };
            let mut reader = body;
            let response = ApiVersionsResponse::decode(&mut reader, answered_in).map_err(malformed)?;
            if error_code == ErrorCode::UNSUPPORTED_VERSION && version > 0 {
                let theirs = response.api_keys.iter().find(|api| api.api_key == ApiKey::ApiVersions as i16);
                version = theirs.map_or(0, |api| api.max_version.clamp(0, version - 1));
                continue;
            }
            if error_code != ErrorCode::NONE {
                return Err(Error::refused(format!("{}: ApiVersions", self.address()), error_code.0, None));
            }
            return Ok(Versions::read(&response));
        }
    }

    pub fn address(&self) -> &Arc<str> {
        &self.0.shared.address
    }

    /// Whether the connection still works, as far as is known.
    pub fn is_open(&self) -> bool {
        self.0.shared.waiting().failed.is_none()
    }

    /// Whether the broker has this API in any version.
    pub fn has(&self, api: ApiKey) -> bool {
        self.0.versions.get().is_some_and(|versions| versions.has(api))
    }

    /// The version in which `R` would be sent, at most `cap`.
    pub fn version_of<R: Request>(&self, cap: i16) -> Result<i16, Error> {
        let versions = self.0.versions.get().expect("a connection is given out after its greeting");
        versions.choose::<R>(cap).map_err(|reason| match reason {
            NoVersion::Absent => Error::UnsupportedApi { address: self.address().clone(), api: R::KEY },
            NoVersion::Apart { ours, theirs } => {
                Error::UnsupportedVersion { address: self.address().clone(), api: R::KEY, ours, theirs }
            }
        })
    }

    /// Sends in the highest common version and waits for the answer.
    pub async fn request<R: Request>(&self, request: &R) -> Result<R::Response, Error> {
        self.request_in(request, self.version_of::<R>(i16::MAX)?).await
    }

    /// As [`Connection::request`], in a version that the caller got from [`Connection::version_of`].
    pub async fn request_in<R: Request>(&self, request: &R, version: i16) -> Result<R::Response, Error> {
        let pending = self.send(request, version)?;
        pending.response().await
    }

    /// Hands the request to the socket now, so that two sends in a row keep their order.
    pub fn send<R: Request>(&self, request: &R, version: i16) -> Result<Pending<R>, Error> {
        let answer = self.enqueue(request, version)?;
        Ok(Pending { connection: self.clone(), version, answer, request: std::marker::PhantomData })
    }

    /// For the one request without an answer: Produce with `acks=0`.
    pub fn send_without_answer<R: Request>(&self, request: &R, version: i16) -> Result<(), Error> {
        let mut waiting = self.0.shared.waiting();
        let segments = self.encode(request, version, waiting.take_correlation_id()?)?;
        self.0.outgoing.send(segments).map_err(|_| Error::Disconnected { address: self.address().clone() })
    }

    async fn exchange<R: Request>(&self, request: &R, version: i16) -> Result<Bytes, Error> {
        let answer = self.enqueue(request, version)?;
        self.wait(R::KEY, answer).await
    }

    fn enqueue<R: Request>(&self, request: &R, version: i16) -> Result<Answer, Error> {
        let (sender, answer) = oneshot::channel();
        // One lock over both queues: the order of waiting is the order of sending.
        let mut waiting = self.0.shared.waiting();
        let correlation_id = waiting.take_correlation_id()?;
        let segments = self.encode(request, version, correlation_id)?;
        waiting.queue.push_back((correlation_id, sender));
        if self.0.outgoing.send(segments).is_err() {
            waiting.queue.pop_back();
            return Err(Error::Disconnected { address: self.address().clone() });
        }
        Ok(answer)
    }

    fn encode<R: Request>(
        &self,
        request: &R,
        version: i16,
        correlation_id: i32,
    ) -> Result<Vec<Bytes>, Error> {
        protocol::encode_request(correlation_id, Some(self.0.client_id.clone()), request, version)
            .map_err(|source| Error::Encode { api: R::KEY, source: Arc::new(source) })
    }

    async fn wait(&self, api: ApiKey, answer: Answer) -> Result<Bytes, Error> {
        let limit = self.0.request_timeout;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::Disconnected { address: self.address().clone() }),
            Err(_) => {
                let error = Error::RequestTimeout { address: self.address().clone(), api, after: limit };
                self.0.shared.fail(&error);
                self.0.shared.closing.notify_one();
                Err(error)
            }
        }
    }

    fn malformed(&self, api: ApiKey, source: wire::DecodeError) -> Error {
        Error::Malformed { address: self.address().clone(), api, source: Arc::new(source) }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.address())
    }
}

type Answer = oneshot::Receiver<Result<Bytes, Error>>;

/// A request that is on its way.
#[derive(Debug)]
pub struct Pending<R> {
    connection: Connection,
    version: i16,
    answer: Answer,
    request: std::marker::PhantomData<fn() -> R>,
}

impl<R: Request> Pending<R> {
    pub async fn response(self) -> Result<R::Response, Error> {
        let frame = self.connection.wait(R::KEY, self.answer).await?;
        let decoded = protocol::decode_response::<R>(frame, self.version);
        decoded.map(|(_, response)| response).map_err(|source| self.connection.malformed(R::KEY, source))
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().expect("nothing panics while it holds this lock")
    }

    fn fail(&self, error: &Error) {
        let mut waiting = self.waiting();
        waiting.failed.get_or_insert_with(|| error.clone());
        for (_, answer) in waiting.queue.drain(..) {
            let _ = answer.send(Err(error.clone()));
        }
    }

    fn answer(&self, frame: Bytes) -> Result<(), Error> {
        let mut waiting = self.waiting();
        let expected = waiting.queue.front().map(|(id, _)| *id);
        let received = frame.first_chunk::<4>().map_or(-1, |bytes| i32::from_be_bytes(*bytes));
        if expected != Some(received) {
            return Err(Error::OutOfStep { address: self.address.clone(), expected, received });
        }
        if let Some((_, answer)) = waiting.queue.pop_front() {
            // Whoever asked may have stopped listening.
            let _ = answer.send(Ok(frame));
        }
        Ok(())
    }
}

impl Waiting {
    fn take_correlation_id(&mut self) -> Result<i32, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let id = self.next_correlation_id;
        self.next_correlation_id = id.wrapping_add(1) & i32::MAX;
        Ok(id)
    }
}

async fn run(stream: TcpStream, shared: Arc<Shared>, outgoing: mpsc::UnboundedReceiver<Vec<Bytes>>) {
    let (read_half, write_half) = stream.into_split();
    let ended = tokio::select! {
        result = read_answers(read_half, &shared) => result,
        result = write_requests(write_half, outgoing, &shared) => result,
        () = shared.closing.notified() => Ok(()),
    };
    if let Err(error) = ended {
        tracing::debug!(address = %shared.address, error = %crate::error::Chain(&error), "connection ended");
        shared.fail(&error);
    }
}

async fn read_answers(mut socket: OwnedReadHalf, shared: &Shared) -> Result<(), Error> {
    let lost = |source| Error::ConnectionLost { address: shared.address.clone(), source: Arc::new(source) };
    let mut buffer = BytesMut::with_capacity(frames::READ_BUFFER);
    loop {
        loop {
            let limit = shared.max_response_size;
            match frames::next_frame(&mut buffer, limit) {
                Ok(Some(frame)) => shared.answer(frame)?,
                Ok(None) => break,
                Err(BadLength(length)) => {
                    return Err(Error::FrameLength { address: shared.address.clone(), length, limit });
                }
            }
        }
        if socket.read_buf(&mut buffer).await.map_err(lost)? == 0 {
            return Err(Error::Disconnected { address: shared.address.clone() });
        }
    }
}

/// Ends without error when the last handle is gone.
async fn write_requests(
    mut socket: OwnedWriteHalf,
    mut outgoing: mpsc::UnboundedReceiver<Vec<Bytes>>,
    shared: &Shared,
) -> Result<(), Error> {
    let mut segments = Segments::default();
    while let Some(request) = outgoing.recv().await {
        segments.push(request);
        while let Ok(request) = outgoing.try_recv() {
            segments.push(request);
        }
        let written = socket.write_all_buf(&mut segments).await;
        written.map_err(|source| Error::ConnectionLost {
            address: shared.address.clone(),
            source: Arc::new(source),
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
