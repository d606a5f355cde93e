//! One client's connection: requests in, replies out, in the same order.
//!
//! A request is handled to its end before the next one starts, as in Kafka, with one exception: a two-phase
//! request (produce, offset commit) takes its place in the order at once and is answered later, so that a
//! producer with several requests in flight shares the wait for the disk. Produce requests that arrived
//! together begin together. Replies leave in the order of their requests either way.
//!
//! Back-pressure is the socket's: nothing is read while a reply cannot be written, too many are due, or requests
//! take all the memory they may.
//! A frame that cannot be understood closes the connection, as Kafka does; the reason is logged.
use super::{
    frames::Frames,
    limits::{ConnectionPermit, Heard},
    memory::{Lease, RequestMemory},
    outbox::Outbox,
};
use crate::{
    dispatch::{self, RequestContext, Started},
    metrics::{Answered, Asked, ShardCounters, Waiting},
    state::State,
};
use bytes::Bytes;
use protocol::ProduceRequest;
use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};
use tokio::net::TcpStream;
use wire::Text;

/// Bytes of replies at which they are written before the next request is looked at. A client that asks much and
/// reads nothing then waits for itself.
const OUTBOX_FULL: usize = 256 << 10;
/// Two-phase requests of one connection that may wait for their second phase together.
const MAX_WAITING: usize = 64;

/// What a handler gives back for one request.
#[derive(Debug)]
pub(crate) enum Response {
    Segments(Vec<Bytes>),
    /// A produce request with `acks=0` is never answered.
    Nothing,
    /// The connection is closed without an answer.
    Close,
}

/// What a two-phase request's first phase leaves behind.
pub(crate) enum Reply {
    Ready(Response),
    Later(Pin<Box<dyn Future<Output = Response> + Send>>),
}

/// What is known of a connection, shared by its requests.
#[derive(Debug)]
pub(crate) struct ConnectionContext {
    pub state: Arc<State>,
    /// Index into the server's listeners.
    pub listener: usize,
    pub peer: SocketAddr,
    pub counters: Arc<ShardCounters>,
    /// From ApiVersions (KIP-511).
    pub client_software: parking_lot::Mutex<Option<(Text, Text)>>,
}

pub(crate) async fn serve(
    mut stream: TcpStream,
    context: Arc<ConnectionContext>,
    mut permit: ConnectionPermit,
) {
    let (limit, idle) = {
        let config = &context.state.config.network;
        (config.socket_request_max_bytes.as_usize(), config.connections_max_idle_ms)
    };
    let now = Instant::now();
    let _open = context.counters.connection(context.listener);
    let (heard, closing) = permit.split();
    let mut connection = Connection {
        frames: Frames::new(limit),
        outbox: Outbox::default(),
        due: VecDeque::new(),
        unsent: Vec::new(),
        idle,
        received: now,
        now,
        memory: context.state.request_memory.clone(),
        lease: None,
        heard,
        context,
    };
    let ended = tokio::select! {
        biased;
        ended = connection.run(&mut stream) => ended,
        Ok(()) = closing => Err(Closed::ForOthers),
    };
    if let Err(reason) = ended {
        tracing::debug!(peer = %connection.context.peer, %reason, "connection closed");
    }
}

#[derive(Debug, thiserror::Error)]
enum Closed {
    #[error("the peer closed it")]
    ByPeer,
    #[error("idle for {0:?}")]
    Idle(Duration),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Frame(#[from] super::frames::Error),
    #[error("{0}")]
    Request(#[from] dispatch::Error),
    #[error("the handler asked for it")]
    ByHandler,
    #[error("there are more than max.connections, and this one was silent longest")]
    ForOthers,
}

struct Connection<'a> {
    frames: Frames,
    outbox: Outbox,
    due: VecDeque<Due>,
    /// Answered, and not written whole yet.
    unsent: Vec<Answered>,
    /// `None` where it has no bound.
    memory: Option<Arc<RequestMemory>>,
    /// Of the frame that is coming in.
    lease: Option<Lease>,
    heard: Heard<'a>,
    /// How long nothing may happen (`connections.max.idle.ms`): no byte read or written, no request answered.
    idle: Option<Duration>,
    /// When bytes came in last.
    received: Instant,
    /// The clock, as it was read last: whenever something may have taken long, and no more often.
    now: Instant,
    context: Arc<ConnectionContext>,
}

/// A request's place in the order of replies.
enum Due {
    Ready(Answered, Response),
    Later {
        asked: Asked,
        waited_from: Instant,
        /// Counts it as waiting for as long as it is here.
        _waiting: Waiting,
        response: Pin<Box<dyn Future<Output = Response> + Send>>,
    },
}

/// Produce requests one behind the other, not begun yet.
#[derive(Default)]
struct Gathered {
    asked: Vec<Asked>,
    leases: Vec<Option<Lease>>,
    requests: Vec<(RequestContext, ProduceRequest)>,
}

impl Connection<'_> {
    async fn run(&mut self, stream: &mut TcpStream) -> Result<(), Closed> {
        let idle = self.idle;
        let deadline = tokio::time::sleep(idle.unwrap_or(Duration::MAX / 4));
        tokio::pin!(deadline);
        loop {
            let has_more = self.handle_frames(stream).await?;
            self.take_ready().await?;
            self.write(stream).await?;
            if has_more && self.due.len() < MAX_WAITING {
                // What lies in the buffer makes the socket say nothing.
                continue;
            }
            self.frames.release_if_empty();
            let starved = self.is_starved()?;
            tokio::select! {
                biased;
                (answered, response) = next_due(&mut self.due), if !self.due.is_empty() => {
                    self.enqueue(answered, response)?;
                }
                read = read_some(stream, &mut self.frames), if !starved && self.due.len() < MAX_WAITING => {
                    self.context.counters.bytes_read.add(read?);
                    self.now = Instant::now();
                    self.received = self.now;
                    self.heard.at(self.now);
                }
                () = room_in(self.memory.as_deref()), if starved => {}
                () = &mut deadline, if idle.is_some() => {
                    let limit = idle.expect("the branch is guarded");
                    if self.received.elapsed() >= limit && self.due.is_empty() {
                        return Err(Closed::Idle(limit));
                    }
                    let next = (self.received + limit).max(Instant::now() + Duration::from_millis(10));
                    deadline.as_mut().reset(next.into());
                }
            }
        }
    }

    /// Whether it stopped because too many are due, so that there may be another frame at hand.
    async fn handle_frames(&mut self, stream: &mut TcpStream) -> Result<bool, Closed> {
        let mut gathered = Gathered::default();
        let mut has_more = true;
        while self.due.len() + gathered.asked.len() < MAX_WAITING {
            let next = if self.may_take_next()? { self.frames.next_frame()? } else { None };
            let Some(frame) = next else {
                has_more = false;
                break;
            };
            let (bytes, received, begun) = (frame.len(), self.received, self.now);
            let started = dispatch::start(&self.context, frame);
            if !matches!(started, Ok((_, Started::Produce(..)))) {
                self.produce(std::mem::take(&mut gathered));
            }
            let (key, started) = started?;
            let mut asked = Asked { key, bytes, received, begun };
            // Kept until the answer is there.
            let lease = self.lease.take();
            let handling = match started {
                Started::Produce(context, request) => {
                    gathered.asked.push(asked);
                    gathered.leases.push(lease);
                    gathered.requests.push((context, request));
                    continue;
                }
                Started::InOrder(reply) => {
                    self.now = Instant::now();
                    self.take_place(asked, holding(lease, reply));
                    continue;
                }
                Started::Alone(handling) => handling,
            };
            // Everything before it is answered first; what has been answered need not wait for this one.
            while !self.due.is_empty() {
                let (answered, response) = next_due(&mut self.due).await;
                self.enqueue(answered, response)?;
            }
            asked.begun = self.now;
            self.handle_alone(stream, asked, handling).await?;
            if self.outbox.size() >= OUTBOX_FULL {
                self.write(stream).await?;
            }
        }
        self.produce(gathered);
        Ok(has_more)
    }

    fn produce(&mut self, gathered: Gathered) {
        let Gathered { asked, leases, requests } = gathered;
        if requests.is_empty() {
            return;
        }
        let buffer = self.frames.read_buffer(asked.iter().map(|asked| asked.bytes).sum());
        let replies = dispatch::produce(requests, buffer);
        self.now = Instant::now();
        for ((asked, lease), reply) in asked.into_iter().zip(leases).zip(replies) {
            self.take_place(asked, holding(lease, reply));
        }
    }

    fn take_place(&mut self, asked: Asked, reply: Reply) {
        let due = match reply {
            Reply::Ready(response) => {
                Due::Ready(Answered { asked, waited_from: None, answered: self.now }, response)
            }
            Reply::Later(response) => {
                let waiting = self.context.counters.waiting(asked.key);
                Due::Later { asked, waited_from: self.now, _waiting: waiting, response }
            }
        };
        self.due.push_back(due);
    }

    async fn handle_alone(
        &mut self,
        stream: &mut TcpStream,
        asked: Asked,
        mut handling: dispatch::Pending<Response>,
    ) -> Result<(), Closed> {
        let early = poll_fn(|context| Poll::Ready(handling.as_mut().poll(context))).await;
        self.now = Instant::now();
        let (waited_from, response) = match early {
            Poll::Ready(response) => (None, response),
            Poll::Pending => {
                let _waiting = self.context.counters.waiting(asked.key);
                let waited_from = self.now;
                self.write(stream).await?;
                let response = within(self.idle, handling).await?;
                self.now = Instant::now();
                (Some(waited_from), response)
            }
        };
        self.enqueue(Answered { asked, waited_from, answered: self.now }, response)
    }

    /// Takes room for the next frame once its length is known. `false` while there is none.
    fn may_take_next(&mut self) -> Result<bool, Closed> {
        let Some(memory) = &self.memory else { return Ok(true) };
        if self.lease.is_none()
            && let Some(length) = self.frames.announced_length()?
        {
            self.lease = memory.lease(length);
            return Ok(self.lease.is_some());
        }
        Ok(true)
    }

    /// Whether the next frame waits for room.
    fn is_starved(&self) -> Result<bool, Closed> {
        let waits = self.memory.is_some() && self.lease.is_none() && self.due.len() < MAX_WAITING;
        Ok(waits && self.frames.announced_length()?.is_some())
    }

    /// Moves replies that are ready now from the front of the line to the outbox.
    async fn take_ready(&mut self) -> Result<(), Closed> {
        while !self.due.is_empty() {
            let ready = poll_fn(|context| match std::pin::pin!(next_due(&mut self.due)).poll(context) {
                Poll::Ready(next) => Poll::Ready(Some(next)),
                Poll::Pending => Poll::Ready(None),
            });
            let Some((answered, response)) = ready.await else { return Ok(()) };
            self.enqueue(answered, response)?;
        }
        Ok(())
    }

    fn enqueue(&mut self, answered: Answered, response: Response) -> Result<(), Closed> {
        self.now = self.now.max(answered.answered);
        match response {
            Response::Segments(segments) => {
                self.outbox.push(segments);
                self.unsent.push(answered);
                return Ok(());
            }
            Response::Close => return Err(Closed::ByHandler),
            Response::Nothing => {}
        }
        // There is nothing to send, so it is done.
        self.context.counters.api(answered.asked.key).done(&answered, answered.answered, answered.answered);
        Ok(())
    }

    async fn write(&mut self, stream: &mut TcpStream) -> Result<(), Closed> {
        if self.outbox.is_empty() {
            return Ok(());
        }
        let writing = self.now;
        while !self.outbox.is_empty() {
            let written = within(self.idle, self.outbox.write_some_to(stream)).await??;
            self.context.counters.bytes_written.add(written);
        }
        self.now = Instant::now();
        for answered in self.unsent.drain(..) {
            self.context.counters.api(answered.asked.key).done(&answered, writing, self.now);
        }
        Ok(())
    }
}

/// Waits for what belongs to a connection, for as long as a connection may be idle.
async fn within<T>(idle: Option<Duration>, awaited: impl Future<Output = T>) -> Result<T, Closed> {
    match idle {
        None => Ok(awaited.await),
        Some(limit) => tokio::time::timeout(limit, awaited).await.map_err(|_| Closed::Idle(limit)),
    }
}

/// Completes with the reply at the front of the line. Dropping it loses nothing.
async fn next_due(due: &mut VecDeque<Due>) -> (Answered, Response) {
    let next = match due.front_mut().expect("the caller checked that a reply is due") {
        Due::Ready(answered, response) => (*answered, std::mem::replace(response, Response::Nothing)),
        Due::Later { asked, waited_from, response, .. } => {
            let response = response.await;
            let waited_from = Some(*waited_from);
            (Answered { asked: *asked, waited_from, answered: Instant::now() }, response)
        }
    };
    due.pop_front();
    next
}

/// The same reply; until it is there the request keeps its share of the memory.
fn holding(lease: Option<Lease>, reply: Reply) -> Reply {
    match (lease, reply) {
        (Some(lease), Reply::Later(response)) => Reply::Later(Box::pin(async move {
            let response = response.await;
            drop(lease);
            response
        })),
        (_, reply) => reply,
    }
}

/// Completes when requests may take memory again.
async fn room_in(memory: Option<&RequestMemory>) {
    if let Some(memory) = memory {
        memory.wait_for_room().await;
    }
}

/// Reads what has arrived. A buffer is taken only once there is something to put into it.
async fn read_some(stream: &TcpStream, frames: &mut Frames) -> Result<u64, Closed> {
    loop {
        stream.readable().await?;
        let buffer = frames.room()?;
        let room = buffer.capacity() - buffer.len();
        match stream.try_read_buf(buffer) {
            Ok(0) => return Err(Closed::ByPeer),
            Ok(count) => {
                frames.note_read(count, room);
                return Ok(count as u64);
            }
            // It said so too early, as it does after each request: back to owning nothing.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => frames.release_if_empty(),
            Err(error) => return Err(error.into()),
        }
    }
}
