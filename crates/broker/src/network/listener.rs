//! Listens, and gives each connection that the limits allow to a shard.
use super::{ConnectionLimits, Shards, connection, connection::ConnectionContext};
use crate::state::State;
use base::ByteCount;
use config::ServerConfig;
use parking_lot::Mutex;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// Pause after a failed accept: out of descriptors, most likely, and asking at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How sockets are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SocketOptions {
    /// `socket.listen.backlog.size`
    backlog: i32,
    /// `socket.receive.buffer.bytes`; `None` leaves it to the system.
    receive_buffer: Option<usize>,
    /// `socket.send.buffer.bytes`; `None` leaves it to the system.
    send_buffer: Option<usize>,
}

impl SocketOptions {
    /// For a connection that was accepted.
    fn prepare(self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        self.send_buffer.map_or(Ok(()), |bytes| SockRef::from(stream).set_send_buffer_size(bytes))
    }

    /// Buffers that nobody asked for are the system's: they grow with the need, where Kafka's 100 KiB make four times
    /// as many reads of the same bytes.
    pub(crate) fn of(config: &ServerConfig) -> Self {
        let network = &config.network;
        let asked = |key: &str, size: Option<ByteCount>| {
            size.filter(|_| config.properties.contains_key(key)).map(ByteCount::as_usize)
        };
        Self {
            backlog: network.socket_listen_backlog_size,
            receive_buffer: asked("socket.receive.buffer.bytes", network.socket_receive_buffer_bytes),
            send_buffer: asked("socket.send.buffer.bytes", network.socket_send_buffer_bytes),
        }
    }
}

/// A listening socket, not served yet.
#[derive(Debug)]
pub(crate) struct Bound {
    socket: std::net::TcpListener,
    options: SocketOptions,
}

impl Bound {
    /// Binds `host:port`; an empty host or `0.0.0.0` is every address, port zero any free one.
    pub(crate) fn bind(host: &str, port: u16, options: SocketOptions) -> io::Result<Self> {
        let host = if host.is_empty() { "0.0.0.0" } else { host };
        let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, format!("`{host}` has no address"));
        for address in (host, port).to_socket_addrs()? {
            match Self::bind_address(address, options) {
                Ok(bound) => return Ok(bound),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Accepts until the runtime ends.
    pub(crate) async fn serve(
        self,
        index: usize,
        state: Arc<State>,
        shards: Arc<Mutex<Shards>>,
        limits: Arc<ConnectionLimits>,
    ) -> io::Result<()> {
        let listener = TcpListener::from_std(self.socket)?;
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let pause = limits.arrived(index);
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            let Some(permit) = limits.wait_for_place(index, peer.ip()).await else {
                tracing::info!(%peer, "connection refused: the limit of max.connections.per.ip");
                continue;
            };
            // Moved to the shard's own reactor. Either call fails only on a socket that is already dead.
            let Ok(stream) = self.options.prepare(&stream).and_then(|()| stream.into_std()) else { continue };
            let state = state.clone();
            shards.lock().spawn(move |counters| async move {
                let Ok(stream) = tokio::net::TcpStream::from_std(stream) else { return };
                let client_software = Mutex::default();
                let context = ConnectionContext { state, listener: index, peer, counters, client_software };
                connection::serve(stream, Arc::new(context), permit).await;
            });
        }
    }

    fn bind_address(address: SocketAddr, options: SocketOptions) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // A restart must not wait for the last run's connections to leave TIME_WAIT.
        socket.set_reuse_address(true)?;
        // Connections inherit it, and only from before they are made can it widen their window.
        if let Some(bytes) = options.receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.bind(&address.into())?;
        socket.listen(options.backlog)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: socket.into(), options })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net;

    fn bind(settings: &[(&str, &str)]) -> Bound {
        let config = ServerConfig::from_properties(settings.iter().copied()).expect("good settings");
        Bound::bind("127.0.0.1", 0, SocketOptions::of(&config)).expect("a free port")
    }

    /// The size of a connection's receive and send buffer. The kernel doubles what it is told.
    async fn buffers(settings: &[(&str, &str)]) -> [usize; 2] {
        let bound = bind(settings);
        let _client = net::TcpStream::connect(bound.address().expect("bound")).expect("somebody listens");
        let listener = TcpListener::from_std(bound.socket).expect("in a runtime");
        let (stream, _) = listener.accept().await.expect("a connection");
        bound.options.prepare(&stream).expect("a connection");
        let socket = SockRef::from(&stream);
        [socket.recv_buffer_size().expect("a socket"), socket.send_buffer_size().expect("a socket")]
    }

    #[tokio::test]
    async fn buffers_have_the_size_that_is_set() {
        let [receive, send] = ["socket.receive.buffer.bytes", "socket.send.buffer.bytes"];
        assert_eq!(buffers(&[(receive, "20000"), (send, "30000")]).await, [40_000, 60_000]);
        assert_eq!(buffers(&[(receive, "102400"), (send, "102400")]).await, [204_800; 2]);
        for settings in [&[(receive, "-1"), (send, "-1")][..], &[]] {
            let systems = buffers(settings).await;
            assert!(!systems.contains(&204_800), "{systems:?}");
        }
    }

    #[test]
    fn the_backlog_has_the_length_that_is_set() {
        // The kernel takes one more than it is told; nobody accepts.
        for (length, fit) in [("1", 2), ("3", 4)] {
            let bound = bind(&[("socket.listen.backlog.size", length)]);
            let address = bound.address().expect("bound");
            let waiting: Vec<_> = (0..fit).map(|_| net::TcpStream::connect(address)).collect();
            assert!(waiting.iter().all(Result::is_ok), "{waiting:?}");
            let refused = net::TcpStream::connect_timeout(&address, Duration::from_millis(30));
            assert!(refused.is_err(), "a backlog of {length} holds more than {fit}");
        }
    }
}
