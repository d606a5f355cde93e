//! Listeners, sockets, and what one client may ask for.

use crate::{ConnectionOverrides, ProtocolMap, Scope, SecurityProtocol, config, known};
use base::ByteCount;
use std::time::Duration;

config! {
    /// Listeners, sockets, and what one client may ask for.
    pub struct NetworkConfig: Scope::Broker {
        /// Addresses that clients are told to connect to, where they differ from `listeners`. An address of
        /// all zeros is refused.
        "advertised.listeners" => advertised_listeners: Option<Vec<String>> = None, non_empty(), HIGH;
        /// Silence after which a connection is closed; -1 (here `None`) never closes one.
        "connections.max.idle.ms" => connections_max_idle_ms: Option<Duration> =
            Some(Duration::from_secs(600));
        /// Listeners that belong to the controller. Brokers talk to controllers over the first of them.
        "controller.listener.names" => controller_listener_names: Vec<String> = vec!["CONTROLLER".to_owned()],
            non_empty(), HIGH, NO_DEFAULT;
        /// Most bytes that one fetch answer may hold, whatever the client asks for. A first batch larger than
        /// that is still sent.
        "fetch.max.bytes" => fetch_max_bytes: ByteCount = ByteCount::mib(55), at_least(1024), INT;
        /// Listener that brokers use among themselves. Without it, the one whose protocol is
        /// `security.inter.broker.protocol`.
        "inter.broker.listener.name" => inter_broker_listener_name: Option<String> = None;
        /// Security protocol of each listener name: `NAME:PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
        "listener.security.protocol.map" => listener_security_protocol_map: ProtocolMap =
            ProtocolMap::default(),
            form::<ProtocolMap>("`NAME:PROTOCOL` pairs separated by commas"), LOW, PER_BROKER;
        /// Addresses to listen on, as `NAME://host:port`. An empty host is every interface. The name is
        /// looked up in `listener.security.protocol.map`. Changed at run time it is kept and shown; what is
        /// listened on is what the file says.
        "listeners" => listeners: Vec<String> = vec!["PLAINTEXT://:9092".to_owned()],
            non_empty(), HIGH, PER_BROKER;
        /// New connections accepted in a second; more wait. Can be given for one listener by its prefix.
        "max.connection.creation.rate" => max_connection_creation_rate: i32 = i32::MAX,
            at_least(0), CLUSTER_WIDE;
        /// Number of connections this broker holds at once; more wait. The listener between brokers goes
        /// before the others. Can be given for one listener by its prefix.
        "max.connections" => max_connections: i32 = i32::MAX, at_least(0), CLUSTER_WIDE;
        /// Number of connections from one address. 0 is allowed only with overrides.
        "max.connections.per.ip" => max_connections_per_ip: i32 = i32::MAX, at_least(0), CLUSTER_WIDE;
        /// Other limits for some addresses, as `host:count` pairs separated by commas.
        "max.connections.per.ip.overrides" => max_connections_per_ip_overrides: ConnectionOverrides =
            ConnectionOverrides::default(),
            form::<ConnectionOverrides>("`host:count` pairs separated by commas"), CLUSTER_WIDE;
        /// Number of incremental fetch sessions kept (KIP-227).
        "max.incremental.fetch.session.cache.slots" => max_incremental_fetch_session_cache_slots: i32 = 1000,
            at_least(0);
        /// Number of partitions that one answer to DescribeTopicPartitions may hold (KIP-966).
        "max.request.partition.size.limit" => max_request_partition_size_limit: i32 = 2000, at_least(1);
        /// Bytes of requests that are read or carried out at which the broker stops reading more; -1 (here
        /// `None`) means no limit.
        "queued.max.request.bytes" => queued_max_request_bytes: Option<ByteCount> = None;
        /// Security protocol that brokers use among themselves. Not together with
        /// `inter.broker.listener.name`.
        "security.inter.broker.protocol" => security_inter_broker_protocol: SecurityProtocol =
            SecurityProtocol::Plaintext, one_of(SecurityProtocol::NAMES);
        /// Number of connections that may wait in the kernel to be accepted.
        "socket.listen.backlog.size" => socket_listen_backlog_size: i32 = 50, at_least(1);
        /// Size of a connection's receive buffer in the kernel; -1 (here `None`) leaves it to the system, and so
        /// does, here, not setting it: the system's buffers grow with the need.
        "socket.receive.buffer.bytes" => socket_receive_buffer_bytes: Option<ByteCount> =
            Some(ByteCount::kib(100)), INT, HIGH;
        /// Largest request accepted; a connection that announces more is closed.
        "socket.request.max.bytes" => socket_request_max_bytes: ByteCount = ByteCount::mib(100),
            at_least(1), INT, HIGH;
        /// Size of a connection's send buffer in the kernel; -1 (here `None`) leaves it to the system, and so
        /// does, here, not setting it: the system's buffers grow with the need.
        "socket.send.buffer.bytes" => socket_send_buffer_bytes: Option<ByteCount> = Some(ByteCount::kib(100)),
            INT, HIGH;
    }
}

known! {
    pub(super) fn known: Scope::Broker {
        /// Pause before a connection that failed to authenticate is closed, so that guessing is slow.
        "connection.failed.authentication.delay.ms": INT = "100", at_least(0), LOW;
        /// Upper bound of the growing connection timeout.
        "socket.connection.setup.timeout.max.ms": LONG = "30000";
        /// Time within which a connection from this node to another must stand. Grows with each failure.
        "socket.connection.setup.timeout.ms": LONG = "10000";
    }
}
