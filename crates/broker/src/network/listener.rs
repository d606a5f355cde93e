//! Accepts connections, within the limits on how many there may be.
use super::{Shards, connection, connection::ConnectionContext};
use crate::state::State;
use parking_lot::Mutex;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::Notify};

const BACKLOG: i32 = 1024;
/// Pause after a failed accept: out of descriptors, most likely, and asking at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections there may be (`max.connections`, `max.connections.per.ip` and its overrides).
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    total: usize,
    per_ip: usize,
    overrides: HashMap<IpAddr, usize>,
    open: Mutex<Open>,
    /// Rung whenever a place is given back.
    freed: Notify,
}

/// Why there is no place for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    /// It may wait for one, as in Kafka.
    InTotal,
    /// It is turned away.
    ForAddress,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_ip: HashMap<IpAddr, usize>,
}

impl ConnectionLimits {
    pub(crate) fn new(total: usize, per_ip: usize, overrides: HashMap<IpAddr, usize>) -> Arc<Self> {
        Arc::new(Self { total, per_ip, overrides, open: Mutex::default(), freed: Notify::new() })
    }

    /// A place for one more connection of `ip`, once there is one; `None` when there are enough of that address.
    async fn wait_for_place(self: &Arc<Self>, ip: IpAddr) -> Option<ConnectionPermit> {
        loop {
            // Made before the look, so that a place given back in between is not missed.
            let freed = self.freed.notified();
            match self.admit(ip) {
                Ok(permit) => return Some(permit),
                Err(Full::ForAddress) => return None,
                Err(Full::InTotal) => freed.await,
            }
        }
    }

    /// A place for one more connection of `ip`, given back when dropped.
    fn admit(self: &Arc<Self>, ip: IpAddr) -> Result<ConnectionPermit, Full> {
        let mut open = self.open.lock();
        let of_ip = open.by_ip.get(&ip).copied().unwrap_or(0);
        let allowed = self.overrides.get(&ip).copied().unwrap_or(self.per_ip);
        if of_ip >= allowed {
            return Err(Full::ForAddress);
        }
        if open.total >= self.total {
            return Err(Full::InTotal);
        }
        open.total += 1;
        open.by_ip.insert(ip, of_ip + 1);
        Ok(ConnectionPermit { limits: self.clone(), ip })
    }
}

#[derive(Debug)]
pub(super) struct ConnectionPermit {
    limits: Arc<ConnectionLimits>,
    ip: IpAddr,
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut open = self.limits.open.lock();
        open.total -= 1;
        if let Some(count) = open.by_ip.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                open.by_ip.remove(&self.ip);
            }
        }
        drop(open);
        self.limits.freed.notify_waiters();
    }
}

/// A listening socket, not served yet.
#[derive(Debug)]
pub(crate) struct Bound {
    socket: std::net::TcpListener,
}

impl Bound {
    /// Binds `host:port`; an empty host or `0.0.0.0` is every address, port zero any free one.
    pub(crate) fn bind(host: &str, port: u16) -> io::Result<Self> {
        let host = if host.is_empty() { "0.0.0.0" } else { host };
        let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, format!("`{host}` has no address"));
        for address in (host, port).to_socket_addrs()? {
            match Self::bind_address(address) {
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
            let Some(permit) = limits.wait_for_place(peer.ip()).await else {
                tracing::info!(%peer, "connection refused: the limit of max.connections.per.ip");
                continue;
            };
            // Moved to the shard's own reactor. Either call fails only on a socket that is already dead.
            let Ok(stream) = stream.set_nodelay(true).and_then(|()| stream.into_std()) else { continue };
            let state = state.clone();
            shards.lock().spawn(move |counters| async move {
                let Ok(stream) = tokio::net::TcpStream::from_std(stream) else { return };
                let client_software = Mutex::default();
                let context = ConnectionContext { state, listener: index, peer, counters, client_software };
                connection::serve(stream, Arc::new(context), permit).await;
            });
        }
    }

    fn bind_address(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // A restart must not wait for the last run's connections to leave TIME_WAIT.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: socket.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_in_total_and_by_address_until_permits_return() {
        let ip = |last| IpAddr::from([127, 0, 0, last]);
        let limits = ConnectionLimits::new(3, 1, HashMap::from([(ip(2), 2)]));
        let first = limits.admit(ip(1)).expect("nobody is there yet");
        assert_eq!(limits.admit(ip(1)).err(), Some(Full::ForAddress));
        let _second = limits.admit(ip(2)).expect("another address");
        let _third = limits.admit(ip(2)).expect("its override allows two");
        assert_eq!(limits.admit(ip(3)).err(), Some(Full::InTotal));
        drop(first);
        assert!(limits.admit(ip(3)).is_ok());
    }
}
