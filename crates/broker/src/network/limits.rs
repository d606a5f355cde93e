//! How many connections there may be, and how fast new ones may come.
//!
//! Above `max.connections`, of the broker or of a listener, or above `max.connection.creation.rate`, the next one
//! waits, and with it its listener. Above `max.connections.per.ip` it is turned away. Where there are several
//! listeners the one between brokers goes first: it does not wait for the others, and for what it takes beyond the
//! broker's limit, the connection that has been silent longest is closed elsewhere.
//!
//! A listener's own limits, and those of the broker, may change at any time. Sources: KIP-402 (`max.connections`),
//! KIP-612 (creation rate).
use super::rate::{Rate, Windows};
use config::{ServerConfig, Value};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, ToSocketAddrs},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Notify, oneshot};

/// What the settings say.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    total: usize,
    rate: i32,
    windows: Windows,
    per_ip: usize,
    overrides: HashMap<IpAddr, usize>,
    listeners: Vec<ListenerLimits>,
    /// The listener between brokers, if there are others beside it.
    first: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct ListenerLimits {
    total: usize,
    rate: i32,
}

impl Limits {
    /// For these listeners, by name.
    pub(crate) fn of(config: &ServerConfig, listeners: &[impl AsRef<str>]) -> Self {
        let (network, quota) = (&config.network, &config.quota);
        let of_listener = |name: &str| ListenerLimits {
            total: count(own(config, name, "max.connections").unwrap_or(network.max_connections)),
            rate: own(config, name, "max.connection.creation.rate")
                .unwrap_or(network.max_connection_creation_rate),
        };
        let is_between_brokers = |name: &str| name == config.inter_broker_listener;
        Self {
            total: count(network.max_connections),
            rate: network.max_connection_creation_rate,
            windows: Windows {
                count: u32::try_from(quota.quota_window_num).unwrap_or(1),
                length: Duration::from_secs(u64::try_from(quota.quota_window_size_seconds).unwrap_or(1)),
            },
            per_ip: count(network.max_connections_per_ip),
            overrides: overrides(&network.max_connections_per_ip_overrides.0),
            listeners: listeners.iter().map(|name| of_listener(name.as_ref())).collect(),
            first: listeners
                .iter()
                .position(|name| is_between_brokers(name.as_ref()))
                .filter(|_| listeners.len() > 1),
        }
    }
}

/// What is set for one listener alone.
fn own<T: Value>(config: &ServerConfig, listener: &str, key: &str) -> Option<T> {
    let key = format!("listener.name.{}.{key}", listener.to_ascii_lowercase());
    config.properties.get(&key).and_then(|text| T::parse(text))
}

fn count(limit: i32) -> usize {
    usize::try_from(limit).unwrap_or(0)
}

/// By address; a host's name stands for the first of its addresses.
fn overrides(pairs: &[(String, i32)]) -> HashMap<IpAddr, usize> {
    let address = |host: &str| {
        let found = host.parse().ok().or_else(|| Some((host, 0).to_socket_addrs().ok()?.next()?.ip()));
        if found.is_none() {
            tracing::warn!(host, "a host of max.connections.per.ip.overrides has no address");
        }
        found
    };
    pairs.iter().filter_map(|(host, limit)| Some((address(host)?, count(*limit)))).collect()
}

#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    begun: Instant,
    open: Mutex<Open>,
    /// Rung whenever there may be a place.
    freed: Notify,
}

/// Why there is no place for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    /// It may wait for one, as in Kafka.
    ForNow,
    /// It is turned away.
    ForAddress,
}

#[derive(Debug)]
struct Open {
    limits: Limits,
    rate: Rate,
    rates: Vec<Rate>,
    connections: HashMap<u64, Member>,
    next_number: u64,
    by_listener: Vec<usize>,
    by_ip: HashMap<IpAddr, usize>,
    /// Connections that were told to close and have not yet.
    leaving: usize,
}

#[derive(Debug)]
struct Member {
    listener: usize,
    /// Milliseconds after `begun` at which it was last heard of.
    heard: Arc<AtomicU64>,
    /// `None` once it was told.
    close: Option<oneshot::Sender<()>>,
}

impl Open {
    fn is_first(&self, listener: usize) -> bool {
        self.limits.first == Some(listener)
    }

    /// Tells whoever has been silent longest to go, until those that stay are within the broker's limit.
    fn make_room(&mut self) {
        while self.connections.len() - self.leaving > self.limits.total {
            let first = self.limits.first;
            let others = self
                .connections
                .values_mut()
                .filter(|member| first != Some(member.listener) && member.close.is_some());
            let Some(silent) = others.min_by_key(|member| member.heard.load(Relaxed)) else { return };
            // It may have just ended by itself.
            let _ = silent.close.take().expect("chosen because it was not told").send(());
            self.leaving += 1;
        }
    }
}

impl ConnectionLimits {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        let listeners = limits.listeners.len();
        let open = Open {
            limits,
            rate: Rate::default(),
            rates: (0..listeners).map(|_| Rate::default()).collect(),
            connections: HashMap::new(),
            next_number: 0,
            by_listener: vec![0; listeners],
            by_ip: HashMap::new(),
            leaving: 0,
        };
        Arc::new(Self { begun: Instant::now(), open: Mutex::new(open), freed: Notify::new() })
    }

    /// Other limits from now on, for the same listeners.
    pub(crate) fn configure(&self, limits: Limits) {
        let mut open = self.open.lock();
        open.limits = limits;
        open.make_room();
        drop(open);
        self.freed.notify_waiters();
    }

    /// A connection has come. Returns how long it, and its listener, must wait.
    pub(super) fn arrived(&self, listener: usize) -> Duration {
        let now = self.begun.elapsed();
        let mut open = self.open.lock();
        let Open { limits, rate, rates, .. } = &mut *open;
        let own = rates[listener].record(now, limits.windows, limits.listeners[listener].rate);
        if limits.first == Some(listener) {
            return own;
        }
        own.max(rate.record(now, limits.windows, limits.rate))
    }

    /// A place for one more connection of `ip`, once there is one; `None` when there are enough of that address.
    pub(super) async fn wait_for_place(
        self: &Arc<Self>,
        listener: usize,
        ip: IpAddr,
    ) -> Option<ConnectionPermit> {
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // Before the look, so that a place given back in between is not missed.
            freed.as_mut().enable();
            match self.admit(listener, ip) {
                Ok(permit) => return Some(permit),
                Err(Full::ForAddress) => return None,
                Err(Full::ForNow) => freed.await,
            }
        }
    }

    /// A place for one more connection of `ip`, given back when dropped.
    fn admit(self: &Arc<Self>, listener: usize, ip: IpAddr) -> Result<ConnectionPermit, Full> {
        let mut open = self.open.lock();
        let of_ip = open.by_ip.get(&ip).copied().unwrap_or(0);
        if of_ip >= open.limits.overrides.get(&ip).copied().unwrap_or(open.limits.per_ip) {
            return Err(Full::ForAddress);
        }
        let is_full = open.connections.len() >= open.limits.total && !open.is_first(listener);
        if is_full || open.by_listener[listener] >= open.limits.listeners[listener].total {
            return Err(Full::ForNow);
        }
        let number = open.next_number;
        let (close, closing) = oneshot::channel();
        let heard = Arc::new(AtomicU64::new(self.ms(Instant::now())));
        let member = Member { listener, heard: heard.clone(), close: Some(close) };
        open.next_number += 1;
        open.connections.insert(number, member);
        open.by_listener[listener] += 1;
        open.by_ip.insert(ip, of_ip + 1);
        open.make_room();
        Ok(ConnectionPermit { limits: self.clone(), number, ip, heard, closing })
    }

    fn ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }
}

/// A connection's place.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    limits: Arc<ConnectionLimits>,
    number: u64,
    ip: IpAddr,
    heard: Arc<AtomicU64>,
    closing: oneshot::Receiver<()>,
}

impl ConnectionPermit {
    /// For the connection to say that it is used, and to learn that it must go.
    pub(super) fn split(&mut self) -> (Heard<'_>, &mut oneshot::Receiver<()>) {
        (Heard { limits: &self.limits, heard: &self.heard }, &mut self.closing)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    limits: &'a ConnectionLimits,
    heard: &'a AtomicU64,
}

impl Heard<'_> {
    pub(super) fn at(self, now: Instant) {
        self.heard.store(self.limits.ms(now), Relaxed);
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut open = self.limits.open.lock();
        let member = open.connections.remove(&self.number).expect("a permit is dropped once");
        open.by_listener[member.listener] -= 1;
        open.leaving -= usize::from(member.close.is_none());
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

#[cfg(test)]
mod tests {
    use super::*;

    const BROKERS: usize = 0;
    const CLIENTS: usize = 1;

    fn limits(settings: &[(&str, &str)]) -> Limits {
        let listeners =
            [("listeners", "PLAINTEXT://:1,CLIENTS://:2"), ("listener.security.protocol.map", MAP)];
        const MAP: &str = "PLAINTEXT:PLAINTEXT,CLIENTS:PLAINTEXT";
        let properties = listeners.iter().chain(settings).copied();
        let config = ServerConfig::from_properties(properties).expect("good settings");
        Limits::of(&config, &["PLAINTEXT", "CLIENTS"])
    }

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    fn must_go(permit: &mut ConnectionPermit) -> bool {
        permit.split().1.try_recv().is_ok()
    }

    #[test]
    fn limits_hold_in_total_and_by_address_until_permits_return() {
        let limits = ConnectionLimits::new(limits(&[
            ("max.connections", "3"),
            ("max.connections.per.ip", "1"),
            ("max.connections.per.ip.overrides", "127.0.0.2:2"),
        ]));
        let first = limits.admit(CLIENTS, ip(1)).expect("nobody is there yet");
        assert_eq!(limits.admit(CLIENTS, ip(1)).err(), Some(Full::ForAddress));
        let _second = limits.admit(CLIENTS, ip(2)).expect("another address");
        let _third = limits.admit(CLIENTS, ip(2)).expect("its override allows two");
        assert_eq!(limits.admit(CLIENTS, ip(3)).err(), Some(Full::ForNow));
        drop(first);
        assert!(limits.admit(CLIENTS, ip(3)).is_ok());
    }

    #[test]
    fn a_listener_has_limits_of_its_own() {
        let limits = ConnectionLimits::new(limits(&[
            ("max.connections", "3"),
            ("listener.name.clients.max.connections", "1"),
            ("listener.name.plaintext.max.connections", "2"),
        ]));
        let _client = limits.admit(CLIENTS, ip(1)).expect("the first");
        assert_eq!(limits.admit(CLIENTS, ip(1)).err(), Some(Full::ForNow));
        let _brokers = [limits.admit(BROKERS, ip(1)), limits.admit(BROKERS, ip(1))];
        assert_eq!(limits.admit(BROKERS, ip(1)).err(), Some(Full::ForNow));
    }

    #[test]
    fn brokers_come_first_and_the_most_silent_client_goes() {
        let limits = ConnectionLimits::new(limits(&[("max.connections", "2")]));
        let mut silent = limits.admit(CLIENTS, ip(1)).expect("a place");
        let mut busy = limits.admit(CLIENTS, ip(1)).expect("a place");
        busy.heard.store(1_000_000, Relaxed);
        assert_eq!(limits.admit(CLIENTS, ip(1)).err(), Some(Full::ForNow));
        let mut broker = limits.admit(BROKERS, ip(1)).expect("it goes first");
        assert_eq!([&mut silent, &mut busy, &mut broker].map(must_go), [true, false, false]);
        drop(silent);
        let _another = limits.admit(BROKERS, ip(1)).expect("it goes first");
        assert_eq!([&mut busy, &mut broker].map(must_go), [true, false]);
        // With none but brokers there is nobody to send away.
        let _third = limits.admit(BROKERS, ip(1));
        assert!(!must_go(&mut broker));
    }

    #[test]
    fn limits_change_at_any_time() {
        let connections = ConnectionLimits::new(limits(&[]));
        let mut permits: Vec<_> =
            (0..3).map(|_| connections.admit(CLIENTS, ip(1)).expect("there is no limit")).collect();
        for (age, permit) in permits.iter().enumerate() {
            permit.heard.store(age as u64, Relaxed);
        }
        connections.configure(limits(&[("max.connections", "1")]));
        assert_eq!(permits.iter_mut().map(must_go).collect::<Vec<_>>(), [true, true, false]);
        permits.truncate(1);
        connections.configure(limits(&[("max.connections.per.ip", "1")]));
        assert_eq!(connections.admit(CLIENTS, ip(1)).err(), Some(Full::ForAddress));
    }

    #[test]
    fn the_rate_counts_for_all_and_for_a_listener() {
        let by_listener = ("listener.name.clients.max.connection.creation.rate", "1");
        let all = ("max.connection.creation.rate", "2");
        let windows = [("quota.window.num", "2"), ("quota.window.size.seconds", "100")];
        // One window of 100 seconds at one in a second.
        let wait_of = |settings: &[(&str, &str)], listener, count| {
            let limits = ConnectionLimits::new(limits(&[settings, &windows].concat()));
            (0..count).fold(Duration::ZERO, |_, _| limits.arrived(listener))
        };
        let waits = |settings: &[(&str, &str)], listener, free| {
            assert_eq!(wait_of(settings, listener, free), Duration::ZERO);
            assert!(wait_of(settings, listener, free + 20) > Duration::from_secs(5));
        };
        waits(&[by_listener], CLIENTS, 100);
        waits(&[all], CLIENTS, 200);
        waits(&[all, by_listener], CLIENTS, 100);
        waits(&[all], BROKERS, 200);
        assert_eq!(wait_of(&[by_listener], BROKERS, 500), Duration::ZERO);
    }
}
