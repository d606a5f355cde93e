//! One client's connection: requests in, replies out, in the same order.
//!
//! A request is handled to its end before the next one starts, as in Kafka, with one exception: a two-phase
//! request (produce, offset commit) takes its place in the order at once and is answered later, so that a
//! producer with several requests in flight shares the wait for the disk. Replies leave in the order of
//! their requests either way.
//!
//! Back-pressure is the socket's: nothing is read while a reply cannot be written or too many are due.
//! A frame that cannot be understood closes the connection, as Kafka does; the reason is logged.
use super::{frames::Frames, listener::ConnectionPermit, outbox::Outbox};
use crate::{
    dispatch::{self, Started},
    metrics::ShardCounters,
    state::State,
};
use bytes::Bytes;
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

/// A request's place in the order of replies.
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

pub(crate) async fn serve(mut stream: TcpStream, context: Arc<ConnectionContext>, permit: ConnectionPermit) {
    let (limit, idle) = {
        let config = &context.state.config.network;
        (config.socket_request_max_bytes.as_usize(), config.connections_max_idle_ms)
    };
    let mut connection = Connection {
        frames: Frames::new(limit),
        outbox: Outbox::default(),
        due: VecDeque::new(),
        idle,
        context,
    };
    if let Err(reason) = connection.run(&mut stream).await {
        tracing::debug!(peer = %connection.context.peer, %reason, "connection closed");
    }
    drop(permit);
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
}

struct Connection {
    frames: Frames,
    outbox: Outbox,
    due: VecDeque<Reply>,
    /// How long nothing may happen (`connections.max.idle.ms`): no byte read or written, no request answered.
    idle: Option<Duration>,
    context: Arc<ConnectionContext>,
}

impl Connection {
    async fn run(&mut self, stream: &mut TcpStream) -> Result<(), Closed> {
        let idle = self.idle;
        let mut last_active = Instant::now();
        let deadline = tokio::time::sleep(idle.unwrap_or(Duration::MAX / 4));
        tokio::pin!(deadline);
        loop {
            self.handle_frames(stream).await?;
            self.take_ready().await?;
            self.write(stream).await?;
            self.frames.release_if_empty();
            tokio::select! {
                biased;
                response = next_due(&mut self.due), if !self.due.is_empty() => self.enqueue(response)?,
                read = read_some(stream, &mut self.frames), if self.due.len() < MAX_WAITING => {
                    self.context.counters.bytes_read(read?);
                    last_active = Instant::now();
                }
                () = &mut deadline, if idle.is_some() => {
                    let limit = idle.expect("the branch is guarded");
                    if last_active.elapsed() >= limit && self.due.is_empty() {
                        return Err(Closed::Idle(limit));
                    }
                    let next = (last_active + limit).max(Instant::now() + Duration::from_millis(10));
                    deadline.as_mut().reset(next.into());
                }
            }
        }
    }

    async fn handle_frames(&mut self, stream: &mut TcpStream) -> Result<(), Closed> {
        while self.due.len() < MAX_WAITING {
            let Some(frame) = self.frames.next_frame()? else { return Ok(()) };
            let mut handling = match dispatch::start(&self.context, frame)? {
                Started::InOrder(reply) => {
                    self.due.push_back(reply);
                    continue;
                }
                Started::Alone(handling) => handling,
            };
            // Everything before it is answered first; what has been answered need not wait for this one.
            while !self.due.is_empty() {
                let response = next_due(&mut self.due).await;
                self.enqueue(response)?;
            }
            let early = poll_fn(|context| Poll::Ready(handling.as_mut().poll(context))).await;
            let response = match early {
                Poll::Ready(response) => response,
                Poll::Pending => {
                    self.write(stream).await?;
                    within(self.idle, handling).await?
                }
            };
            self.enqueue(response)?;
            if self.outbox.size() >= OUTBOX_FULL {
                self.write(stream).await?;
            }
        }
        Ok(())
    }

    /// Moves replies that are ready now from the front of the line to the outbox.
    async fn take_ready(&mut self) -> Result<(), Closed> {
        while !self.due.is_empty() {
            let ready = poll_fn(|context| match std::pin::pin!(next_due(&mut self.due)).poll(context) {
                Poll::Ready(response) => Poll::Ready(Some(response)),
                Poll::Pending => Poll::Ready(None),
            });
            let Some(response) = ready.await else { return Ok(()) };
            self.enqueue(response)?;
        }
        Ok(())
    }

    fn enqueue(&mut self, response: Response) -> Result<(), Closed> {
        match response {
            Response::Segments(segments) => self.outbox.push(segments),
            Response::Nothing => {}
            Response::Close => return Err(Closed::ByHandler),
        }
        Ok(())
    }

    async fn write(&mut self, stream: &mut TcpStream) -> Result<(), Closed> {
        while !self.outbox.is_empty() {
            let written = within(self.idle, self.outbox.write_some_to(stream)).await??;
            self.context.counters.bytes_written(written);
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
async fn next_due(due: &mut VecDeque<Reply>) -> Response {
    let response = match due.front_mut().expect("the caller checked that a reply is due") {
        Reply::Ready(response) => std::mem::replace(response, Response::Nothing),
        Reply::Later(future) => future.await,
    };
    due.pop_front();
    response
}

/// Reads what has arrived. A buffer is taken only once there is something to put into it.
async fn read_some(stream: &TcpStream, frames: &mut Frames) -> Result<u64, Closed> {
    loop {
        stream.readable().await?;
        match stream.try_read_buf(frames.room()?) {
            Ok(0) => return Err(Closed::ByPeer),
            Ok(count) => return Ok(count as u64),
            // It said so too early, as it does after each request: back to owning nothing.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => frames.release_if_empty(),
            Err(error) => return Err(error.into()),
        }
    }
}
