//! One TCP connection to a broker.
//!
//! Requests may be sent while earlier ones wait; the broker answers in the order of sending, so what waits is
//! a queue. A connection that once failed stays failed: whoever holds it gets the same error, and the
//! [`crate::Cluster`] opens another. A request that is not answered in time closes the connection, because
//! every later answer would be behind it.
//!
//! A connection is given out once the broker said what it offers and, where the cluster has security, both sides
//! know each other. A broker that limits the session is told again who we are before it ends; what is asked
//! meanwhile is held back and sent right after, because the broker takes nothing else in between (KIP-368).
//!
//! Two loops, one writing and one reading, run in one task. The task ends with the last handle, or when nobody
//! used the connection for long.
use crate::{
    Address, Config, Error, FOREVER,
    frames::{self, BadLength, Segments},
    sasl::{self, Sasl},
    tls::{self, Connector},
    versions::{NoVersion, OfferedApi, Versions},
};
use bytes::{Bytes, BytesMut};
use protocol::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, ErrorCode, Message, Request};
use std::{
    collections::VecDeque,
    fmt,
    net::SocketAddr,
    ops::RangeInclusive,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, mpsc, oneshot},
    task::AbortHandle,
    time::{Instant, timeout, timeout_at},
};
use wire::{Reader, Text};

/// A handle; clones share the connection.
#[derive(Clone)]
pub struct Connection(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    client_id: Text,
    request_timeout: Duration,
    versions: OnceLock<Versions>,
    /// The task that authenticates again, where the broker asks for that.
    renewal: OnceLock<AbortHandle>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(renewal) = self.renewal.get() {
            renewal.abort();
        }
    }
}

struct Shared {
    address: Arc<str>,
    host: String,
    /// Of one answer, in bytes.
    limit: AtomicUsize,
    /// Whether the broker has proved to be one; later failures are the network's.
    greeted: OnceLock<()>,
    max_idle: Option<Duration>,
    waiting: Mutex<Waiting>,
    closing: Notify,
    /// The last answer came while requests are held back.
    drained: Notify,
}

/// The requests that were sent and not answered, oldest first.
struct Waiting {
    next_correlation_id: i32,
    queue: VecDeque<(i32, Answerer)>,
    failed: Option<Error>,
    /// Requests that wait for the end of an authentication, while there is one.
    held: Option<Vec<Held>>,
    last_used: Instant,
}

struct Held {
    correlation_id: i32,
    told: Told,
    segments: Vec<Bytes>,
}

/// Who hears of a request.
enum Told {
    /// The answer.
    Answer(Answerer),
    /// That it was written, for there is no answer.
    Written(Writer),
}

type Answerer = oneshot::Sender<Result<Bytes, Error>>;
type Writer = oneshot::Sender<Result<(), Error>>;

/// A request for the writing loop.
struct Outgoing {
    segments: Vec<Bytes>,
    written: Option<Writer>,
}

/// Whether a request may pass while others are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Requests,
    Session,
}

/// Longest answer, in bytes, of a broker that we do not know yet.
const STRANGER_LIMIT: usize = 1 << 20;

/// What every connection to a cluster is opened with.
#[derive(Debug)]
pub(crate) struct Dialer {
    pub(crate) config: Config,
    connector: Option<Connector>,
}

impl Dialer {
    /// Reads the files that the configuration of TLS names.
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let connector = config.tls.as_ref().map(Connector::new).transpose()?;
        Ok(Self { config, connector })
    }
}

impl Connection {
    /// Connects, learns what the broker offers, and says who we are. All addresses of the host's name are tried
    /// (KIP-302), each with its share of the time that is left.
    pub(crate) async fn open(address: &Address, dialer: &Dialer) -> Result<Self, Error> {
        let name: Arc<str> = address.to_string().into();
        let limit = dialer.config.connect_timeout;
        let deadline = Instant::now() + limit.min(FOREVER);
        let late = || Error::ConnectTimeout { address: name.clone(), after: limit };
        let failed = |source| Error::Connect { address: name.clone(), source: Arc::new(source) };
        let found = timeout_at(deadline, tokio::net::lookup_host((address.host.as_str(), address.port)));
        let found: Vec<SocketAddr> = found.await.map_err(|_| late())?.map_err(failed)?.collect();
        let mut last = failed(std::io::Error::other("the name has no address"));
        for (at, left) in found.iter().zip((1..=found.len()).rev()) {
            let share =
                deadline.saturating_duration_since(Instant::now()) / u32::try_from(left).unwrap_or(u32::MAX);
            match timeout(share, Self::open_at(*at, address, name.clone(), dialer)).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) if !error.is_connection() => return Err(error),
                Ok(Err(error)) => last = error,
                Err(_) => last = late(),
            }
        }
        Err(last)
    }

    async fn open_at(
        at: SocketAddr,
        address: &Address,
        name: Arc<str>,
        dialer: &Dialer,
    ) -> Result<Self, Error> {
        let failed = |source| Error::Connect { address: name.clone(), source: Arc::new(source) };
        let stream = TcpStream::connect(at).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let (connection, task) = Self::new(address, name.clone(), &dialer.config);
        match &dialer.connector {
            None => tokio::spawn(task.run(stream.into_split())),
            Some(connector) => {
                let stream = connector.connect(address, &name, stream).await?;
                tokio::spawn(task.run(tokio::io::split(stream)))
            }
        };
        let versions = connection.ask_versions().await?;
        connection.0.versions.set(versions).expect("the versions are asked for once");
        if let Some(sasl) = &dialer.config.sasl {
            let lifetime = sasl.authenticate(&connection).await?;
            if let Some(lifetime) = lifetime {
                let renewal = tokio::spawn(renew(Arc::downgrade(&connection.0), sasl.clone(), lifetime));
                connection.0.renewal.set(renewal.abort_handle()).expect("a connection is opened once");
            }
        }
        let shared = &connection.0.shared;
        shared.limit.store(dialer.config.max_response_size, Ordering::Relaxed);
        let _ = shared.greeted.set(());
        Ok(connection)
    }

    fn new(address: &Address, name: Arc<str>, config: &Config) -> (Self, Task) {
        let shared = Arc::new(Shared {
            address: name,
            host: address.host.clone(),
            limit: AtomicUsize::new(config.max_response_size.min(STRANGER_LIMIT)),
            greeted: OnceLock::new(),
            max_idle: config.max_idle.map(|longest| longest.min(FOREVER)),
            waiting: Mutex::new(Waiting {
                next_correlation_id: 0,
                queue: VecDeque::new(),
                failed: None,
                held: None,
                last_used: Instant::now(),
            }),
            closing: Notify::new(),
            drained: Notify::new(),
        });
        let (outgoing, incoming) = mpsc::unbounded_channel();
        let task = Task { shared: shared.clone(), outgoing: incoming };
        let connection = Self(Arc::new(Handle {
            shared,
            outgoing,
            client_id: config.client_id.clone().into(),
            request_timeout: config.request_timeout,
            versions: OnceLock::new(),
            renewal: OnceLock::new(),
        }));
        (connection, task)
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
            let answer = self.enqueue(&request, version, Lane::Session)?;
            let frame = self.wait(ApiKey::ApiVersions, answer, self.0.request_timeout).await?;
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

    /// What the broker offers, as it said when the connection was opened.
    pub fn apis(&self) -> Vec<OfferedApi> {
        self.0.versions.get().map_or_else(Vec::new, Versions::offered)
    }

    /// The level of a feature of the cluster, such as `transaction.version`, as the broker said when the connection was
    /// opened; zero where it is not finalized (KIP-584).
    pub fn feature(&self, name: &str) -> i16 {
        self.0.versions.get().map_or(0, |versions| versions.feature(name))
    }

    /// The version in which `R` would be sent, at most `cap`.
    pub fn version_of<R: Request>(&self, cap: i16) -> Result<i16, Error> {
        self.version_in::<R>(&(0..=cap))
    }

    /// As [`Connection::version_of`], at least the start of `range` and at most its end.
    pub(crate) fn version_in<R: Request>(&self, range: &RangeInclusive<i16>) -> Result<i16, Error> {
        let versions = self.0.versions.get().expect("a connection is given out after its greeting");
        versions.choose::<R>(range).map_err(|reason| match reason {
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
        self.send_in(request, version, Lane::Requests)
    }

    fn send_in<R: Request>(&self, request: &R, version: i16, lane: Lane) -> Result<Pending<R>, Error> {
        let answer = self.enqueue(request, version, lane)?;
        let limit = self.0.request_timeout;
        Ok(Pending { connection: self.clone(), version, limit, answer, request: std::marker::PhantomData })
    }

    /// As [`Connection::request_in`], on a lane.
    pub(crate) async fn ask<R: Request>(
        &self,
        request: &R,
        version: i16,
        lane: Lane,
    ) -> Result<R::Response, Error> {
        self.send_in(request, version, lane)?.response().await
    }

    /// For the one request without an answer: Produce with `acks=0`.
    pub fn send_without_answer<R: Request>(&self, request: &R, version: i16) -> Result<Unanswered<R>, Error> {
        let (writer, written) = oneshot::channel();
        self.enqueue_and_tell(request, version, Lane::Requests, Told::Written(writer))?;
        Ok(Unanswered { connection: self.clone(), written, request: std::marker::PhantomData })
    }

    fn enqueue<R: Request>(&self, request: &R, version: i16, lane: Lane) -> Result<Answer, Error> {
        let (answerer, answer) = oneshot::channel();
        self.enqueue_and_tell(request, version, lane, Told::Answer(answerer))?;
        Ok(answer)
    }

    fn enqueue_and_tell<R: Request>(
        &self,
        request: &R,
        version: i16,
        lane: Lane,
        told: Told,
    ) -> Result<(), Error> {
        // One lock over both queues: the order of waiting is the order of sending.
        let mut waiting = self.0.shared.waiting();
        let correlation_id = waiting.take_correlation_id()?;
        let segments = self.encode(request, version, correlation_id)?;
        self.hand_over(&mut waiting, Held { correlation_id, told, segments }, lane)
    }

    /// To the socket, or to those that wait for the end of an authentication.
    fn hand_over(&self, waiting: &mut Waiting, request: Held, lane: Lane) -> Result<(), Error> {
        if lane == Lane::Requests {
            waiting.last_used = Instant::now();
            if let Some(held) = &mut waiting.held {
                held.push(request);
                return Ok(());
            }
        }
        let (has_answer, written) = match request.told {
            Told::Answer(answerer) => {
                waiting.queue.push_back((request.correlation_id, answerer));
                (true, None)
            }
            Told::Written(writer) => (false, Some(writer)),
        };
        if self.0.outgoing.send(Outgoing { segments: request.segments, written }).is_err() {
            if has_answer {
                waiting.queue.pop_back();
            }
            return Err(Error::Disconnected { address: self.address().clone() });
        }
        Ok(())
    }

    /// From now on only [`Lane::Session`] passes. Returns when all that was sent before is answered: a broker
    /// that parks a request hears of nothing behind it.
    async fn hold(&self) {
        self.0.shared.waiting().held.get_or_insert_default();
        while !self.0.shared.waiting().queue.is_empty() {
            self.0.shared.drained.notified().await;
        }
    }

    /// Sends what was held back, in its order.
    fn release(&self) {
        let mut waiting = self.0.shared.waiting();
        for request in waiting.held.take().unwrap_or_default() {
            // Whoever waits hears of a closed connection by the end of its channel.
            let _ = self.hand_over(&mut waiting, request, Lane::Session);
        }
    }

    fn close(&self, error: &Error) {
        self.0.shared.fail(error);
        self.0.shared.closing.notify_one();
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

    async fn wait<T>(
        &self,
        api: ApiKey,
        answer: oneshot::Receiver<Result<T, Error>>,
        limit: Duration,
    ) -> Result<T, Error> {
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::Disconnected { address: self.address().clone() }),
            Err(_) => {
                let error = Error::RequestTimeout { address: self.address().clone(), api, after: limit };
                self.close(&error);
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
    limit: Duration,
    answer: Answer,
    request: std::marker::PhantomData<fn() -> R>,
}

impl<R: Request> Pending<R> {
    /// Waits longer than others do, for what the broker itself holds back.
    pub(crate) fn waiting_also(self, more: Duration) -> Self {
        Self { limit: self.limit.saturating_add(more), ..self }
    }

    /// Waits no longer than this, where no answer tells something sooner than others may take.
    pub(crate) fn within(self, limit: Duration) -> Self {
        Self { limit: self.limit.min(limit), ..self }
    }

    pub async fn response(self) -> Result<R::Response, Error> {
        let frame = self.connection.wait(R::KEY, self.answer, self.limit).await?;
        let decoded = protocol::decode_response::<R>(frame, self.version);
        decoded.map(|(_, response)| response).map_err(|source| self.connection.malformed(R::KEY, source))
    }
}

/// A request without an answer that is on its way.
#[derive(Debug)]
pub struct Unanswered<R> {
    connection: Connection,
    written: oneshot::Receiver<Result<(), Error>>,
    request: std::marker::PhantomData<fn() -> R>,
}

impl<R: Request> Unanswered<R> {
    /// Waits until it is written to the socket, for as long as one with an answer would be waited for.
    pub async fn written(self) -> Result<(), Error> {
        self.connection.wait(R::KEY, self.written, self.connection.0.request_timeout).await
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
        for held in waiting.held.take().unwrap_or_default() {
            match held.told {
                Told::Answer(answerer) => drop(answerer.send(Err(error.clone()))),
                Told::Written(writer) => drop(writer.send(Err(error.clone()))),
            }
        }
        self.drained.notify_one();
    }

    /// The network failed; or TLS did, which a broker may say only after the handshake.
    fn lost(&self, source: std::io::Error) -> Error {
        let address = self.address.clone();
        match tls::Error::of(&address, &self.host, &source) {
            Some(error) if self.greeted.get().is_none() => error.into(),
            _ => Error::ConnectionLost { address, source: Arc::new(source) },
        }
    }

    /// Returns when nobody has used the connection for as long as it may be idle.
    async fn idle(&self) {
        let Some(max_idle) = self.max_idle else { return std::future::pending().await };
        loop {
            let (until, is_waited_for) = {
                let waiting = self.waiting();
                (waiting.last_used + max_idle, !waiting.queue.is_empty() || waiting.held.is_some())
            };
            let now = Instant::now();
            if until > now {
                tokio::time::sleep_until(until).await;
            } else if is_waited_for {
                tokio::time::sleep(max_idle).await;
            } else {
                return;
            }
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
        if waiting.queue.is_empty() && waiting.held.is_some() {
            self.drained.notify_one();
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

/// Authenticates again before each session ends, as long as somebody holds the connection.
async fn renew(handle: Weak<Handle>, sasl: Sasl, mut lifetime: Duration) {
    loop {
        tokio::time::sleep(sasl::renew_after(lifetime, rand::random())).await;
        let Some(handle) = handle.upgrade() else { return };
        let connection = Connection(handle);
        connection.hold().await;
        match sasl.authenticate(&connection).await {
            Ok(next) => {
                tracing::debug!(address = %connection.address(), "authenticated again");
                connection.release();
                match next {
                    Some(next) => lifetime = next,
                    None => return,
                }
            }
            Err(error) => return connection.close(&error),
        }
    }
}

/// The two loops of a connection.
struct Task {
    shared: Arc<Shared>,
    outgoing: mpsc::UnboundedReceiver<Outgoing>,
}

impl Task {
    async fn run<R, W>(self, (read_half, write_half): (R, W))
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let shared = self.shared;
        let ended = tokio::select! {
            result = read_answers(read_half, &shared) => result,
            result = write_requests(write_half, self.outgoing, &shared) => result,
            () = shared.idle() => Err(Error::Disconnected { address: shared.address.clone() }),
            () = shared.closing.notified() => Ok(()),
        };
        if let Err(error) = ended {
            tracing::debug!(address = %shared.address, error = %crate::error::Chain(&error), "connection ended");
            shared.fail(&error);
        }
    }
}

async fn read_answers(mut socket: impl AsyncRead + Unpin, shared: &Shared) -> Result<(), Error> {
    let mut buffer = BytesMut::with_capacity(frames::READ_BUFFER);
    loop {
        loop {
            let limit = shared.limit.load(Ordering::Relaxed);
            match frames::next_frame(&mut buffer, limit) {
                Ok(Some(frame)) => shared.answer(frame)?,
                Ok(None) => break,
                Err(BadLength(length)) if is_tls_alert(length) => {
                    return Err(tls::Error::OnlyTls { address: shared.address.clone() }.into());
                }
                Err(BadLength(length)) => {
                    return Err(Error::FrameLength { address: shared.address.clone(), length, limit });
                }
            }
        }
        if socket.read_buf(&mut buffer).await.map_err(|source| shared.lost(source))? == 0 {
            return Err(Error::Disconnected { address: shared.address.clone() });
        }
    }
}

/// Type 21 and version 3.x begin the record with which a TLS server refuses what is not TLS.
fn is_tls_alert(length: i64) -> bool {
    length >> 16 == 0x1503
}

/// Ends without error when the last handle is gone.
async fn write_requests(
    mut socket: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    shared: &Shared,
) -> Result<(), Error> {
    let mut segments = Segments::default();
    let mut writers: Vec<Writer> = Vec::new();
    while let Some(request) = outgoing.recv().await {
        segments.push(request.segments);
        writers.extend(request.written);
        while let Ok(request) = outgoing.try_recv() {
            segments.push(request.segments);
            writers.extend(request.written);
        }
        let written = async {
            socket.write_all_buf(&mut segments).await?;
            socket.flush().await
        };
        if let Err(source) = written.await {
            // A stranger that hangs up may have said why, which the reader then finds.
            if shared.greeted.get().is_none() {
                std::future::pending::<()>().await;
            }
            return Err(shared.lost(source));
        }
        for writer in writers.drain(..) {
            // Whoever asked may have stopped listening.
            let _ = writer.send(Ok(()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
