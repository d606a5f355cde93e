//! Keys that Kafka's clients know and that set nothing here, each with the reason.

const JAVA: &str = "it names a Java class";
const TYPED: &str = "keys and values are bytes; a program turns its types into them";
const METRICS: &str = "metrics are read by the program, not pushed or reported";
const SYSTEM: &str = "the operating system sizes the buffers of sockets";
const CALLBACK: &str = "it is a callback; a program uses the types of this crate";
const KERBEROS: &str = "GSSAPI is not offered";
const TLS: &str = "rustls offers TLS 1.2 and 1.3 with its own safe choice of ciphers, curves and signatures";
const FETCHED_TOKEN: &str = "tokens are not fetched over HTTP; give a token provider in code";
const TOKEN_VALIDATION: &str = "the broker validates tokens";
const LOGIN: &str = "a token is asked for when a connection needs one";
const METADATA: &str = "metadata is asked for as its age and failures require";
const LOGGING: &str = "the program's own logging decides";
const OLD_BROKERS: &str = "every broker is asked for its versions";
const ONE_PLACE: &str = "offsets are kept by the broker";
const BATCHES: &str = "batches are limited by `batch.size`, memory by `buffer.memory`";
const QUEUE: &str = "what waits unread is limited by `queued.max.messages.kbytes`";
const CHECKED: &str = "always so";
const FILE_STORES: &str = "stores other than PEM are not read";

/// Sorted.
const KEYS: &[(&str, &str)] = &[
    ("api.version.fallback.ms", OLD_BROKERS),
    ("api.version.request", OLD_BROKERS),
    ("api.version.request.timeout.ms", OLD_BROKERS),
    ("auto.include.jmx.reporter", METRICS),
    ("background_event_cb", CALLBACK),
    ("batch.num.messages", BATCHES),
    ("broker.address.family", "all addresses of a name are tried, of both families"),
    ("broker.address.ttl", "a name is looked up for every connection"),
    ("broker.version.fallback", OLD_BROKERS),
    ("buffer.memory.allocation.strategy", BATCHES),
    ("builtin.features", "it describes a build of librdkafka"),
    ("closesocket_cb", CALLBACK),
    ("config.providers", "values are given as they are"),
    ("connect_cb", CALLBACK),
    ("consume.callback.max.messages", CALLBACK),
    ("consume_cb", CALLBACK),
    ("coordinator.query.interval.ms", METADATA),
    ("debug", LOGGING),
    ("default_topic_conf", CALLBACK),
    ("delivery.report.only.error", CALLBACK),
    ("dr_cb", CALLBACK),
    ("dr_msg_cb", CALLBACK),
    ("enable.auto.offset.store", "what a poll gave out counts as read with the next poll"),
    ("enable.gapless.guarantee", "a batch that fails stays failed, in order"),
    ("enable.metrics.push", METRICS),
    ("enable.partition.eof", "a consumer that reads to an end says when it is there"),
    ("enable.random.seed", "randomness comes from the system"),
    ("enabled_events", CALLBACK),
    ("error_cb", CALLBACK),
    ("exclude.internal.topics", "a pattern never finds internal topics"),
    ("fetch.error.backoff.ms", "`retry.backoff.ms` says how long to wait"),
    ("fetch.queue.backoff.ms", QUEUE),
    ("group.protocol.type", "it is `consumer`"),
    ("https.ca.location", FETCHED_TOKEN),
    ("https.ca.pem", FETCHED_TOKEN),
    ("interceptor.classes", "interceptors are Java classes; a program wraps its own calls"),
    ("interceptors", CALLBACK),
    ("internal.termination.signal", "no signals are used"),
    (
        "internal.throw.on.fetch.stable.offset.unsupported",
        "every broker that is spoken to has stable offsets",
    ),
    ("key.deserializer", TYPED),
    ("key.serializer", TYPED),
    ("log.connection.close", LOGGING),
    ("log.queue", LOGGING),
    ("log.thread.name", LOGGING),
    ("log_cb", CALLBACK),
    ("log_level", LOGGING),
    ("message.copy.max.bytes", "a record is copied once, when it is sent"),
    ("metadata.cluster.check.enable", "the id of the cluster is not compared"),
    ("metadata.max.idle.ms", METADATA),
    ("metric.reporters", METRICS),
    ("metrics.num.samples", METRICS),
    ("metrics.recording.level", METRICS),
    ("metrics.sample.window.ms", METRICS),
    ("msg_order_cmp", CALLBACK),
    ("oauthbearer_token_refresh_cb", CALLBACK),
    ("offset.store.method", ONE_PLACE),
    ("offset.store.path", ONE_PLACE),
    ("offset.store.sync.interval.ms", ONE_PLACE),
    ("offset_commit_cb", CALLBACK),
    ("opaque", CALLBACK),
    ("open_cb", CALLBACK),
    ("partitioner.rack.aware", "partitions are not chosen by rack"),
    ("partitioner_cb", CALLBACK),
    ("plugin.library.paths", "there are no plugins"),
    ("produce.offset.report", CHECKED),
    ("queue.buffering.backpressure.threshold", BATCHES),
    ("queue.buffering.max.messages", BATCHES),
    ("queued.min.messages", QUEUE),
    ("queuing.strategy", "records leave in the order they came"),
    ("rebalance_cb", CALLBACK),
    ("receive.buffer.bytes", SYSTEM),
    ("reconnect.backoff.jitter.ms", "waits wander by a fifth (KIP-580)"),
    ("resolve_cb", CALLBACK),
    ("sasl.client.callback.handler.class", JAVA),
    ("sasl.kerberos.keytab", KERBEROS),
    ("sasl.kerberos.kinit.cmd", KERBEROS),
    ("sasl.kerberos.min.time.before.relogin", KERBEROS),
    ("sasl.kerberos.principal", KERBEROS),
    ("sasl.kerberos.service.name", KERBEROS),
    ("sasl.kerberos.ticket.renew.jitter", KERBEROS),
    ("sasl.kerberos.ticket.renew.window.factor", KERBEROS),
    ("sasl.login.callback.handler.class", JAVA),
    ("sasl.login.class", JAVA),
    ("sasl.login.connect.timeout.ms", FETCHED_TOKEN),
    ("sasl.login.read.timeout.ms", FETCHED_TOKEN),
    ("sasl.login.refresh.buffer.seconds", LOGIN),
    ("sasl.login.refresh.min.period.seconds", LOGIN),
    ("sasl.login.refresh.window.factor", LOGIN),
    ("sasl.login.refresh.window.jitter", LOGIN),
    ("sasl.login.retry.backoff.max.ms", FETCHED_TOKEN),
    ("sasl.login.retry.backoff.ms", FETCHED_TOKEN),
    ("sasl.oauthbearer.allow.unverified.audience", TOKEN_VALIDATION),
    ("sasl.oauthbearer.allow.unverified.issuer", TOKEN_VALIDATION),
    ("sasl.oauthbearer.assertion.algorithm", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.claim.aud", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.claim.exp.seconds", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.claim.iss", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.claim.jti.include", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.claim.nbf.seconds", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.claim.sub", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.file", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.jwt.template.file", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.private.key.file", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.private.key.passphrase", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.private.key.pem", FETCHED_TOKEN),
    ("sasl.oauthbearer.assertion.template.file", FETCHED_TOKEN),
    ("sasl.oauthbearer.client.credentials.client.id", FETCHED_TOKEN),
    ("sasl.oauthbearer.client.credentials.client.secret", FETCHED_TOKEN),
    ("sasl.oauthbearer.client.id", FETCHED_TOKEN),
    ("sasl.oauthbearer.client.secret", FETCHED_TOKEN),
    ("sasl.oauthbearer.clock.skew.seconds", TOKEN_VALIDATION),
    ("sasl.oauthbearer.expected.audience", TOKEN_VALIDATION),
    ("sasl.oauthbearer.expected.issuer", TOKEN_VALIDATION),
    ("sasl.oauthbearer.grant.type", FETCHED_TOKEN),
    ("sasl.oauthbearer.header.urlencode", FETCHED_TOKEN),
    ("sasl.oauthbearer.jwks.endpoint.refresh.ms", TOKEN_VALIDATION),
    ("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", TOKEN_VALIDATION),
    ("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", TOKEN_VALIDATION),
    ("sasl.oauthbearer.jwks.endpoint.url", TOKEN_VALIDATION),
    ("sasl.oauthbearer.jwt.retriever.class", JAVA),
    ("sasl.oauthbearer.jwt.validator.class", JAVA),
    ("sasl.oauthbearer.metadata.authentication.type", FETCHED_TOKEN),
    ("sasl.oauthbearer.scope", FETCHED_TOKEN),
    ("sasl.oauthbearer.scope.claim.name", TOKEN_VALIDATION),
    ("sasl.oauthbearer.sub.claim.name", TOKEN_VALIDATION),
    ("sasl.oauthbearer.token.endpoint.url", FETCHED_TOKEN),
    ("security.providers", JAVA),
    ("send.buffer.bytes", SYSTEM),
    ("socket.blocking.max.ms", "no call blocks on a socket"),
    ("socket.connection.setup.timeout.max.ms", "each attempt has `socket.connection.setup.timeout.ms`"),
    ("socket.keepalive.enable", "a request without an answer ends a connection, an idle one is closed"),
    ("socket.max.fails", "the first failure ends a connection"),
    ("socket.nagle.disable", CHECKED),
    ("socket.receive.buffer.bytes", SYSTEM),
    ("socket.send.buffer.bytes", SYSTEM),
    ("socket_cb", CALLBACK),
    ("ssl.ca.certificate.stores", FILE_STORES),
    ("ssl.certificate.verify_cb", CALLBACK),
    ("ssl.cipher.suites", TLS),
    ("ssl.crl.location", "revocation lists are not read"),
    ("ssl.curves.list", TLS),
    ("ssl.enabled.protocols", TLS),
    ("ssl.engine.factory.class", JAVA),
    ("ssl.engine.id", TLS),
    ("ssl.engine.location", TLS),
    ("ssl.keymanager.algorithm", JAVA),
    ("ssl.protocol", TLS),
    ("ssl.provider", JAVA),
    ("ssl.providers", TLS),
    ("ssl.secure.random.implementation", TLS),
    ("ssl.sigalgs.list", TLS),
    ("ssl.trustmanager.algorithm", JAVA),
    ("ssl_engine_callback_data", CALLBACK),
    ("statistics.interval.ms", METRICS),
    ("stats_cb", CALLBACK),
    ("sticky.partitioning.linger.ms", "a partition is kept until a batch's worth of bytes went there"),
    ("throttle_cb", CALLBACK),
    ("topic.blacklist", "topics are those that a program names"),
    ("topic.metadata.propagation.max.ms", METADATA),
    ("topic.metadata.refresh.fast.cnt", METADATA),
    ("topic.metadata.refresh.fast.interval.ms", METADATA),
    ("topic.metadata.refresh.sparse", METADATA),
    ("transaction.two.phase.commit.enable", "brokers do not offer two-phase commit yet (KIP-939)"),
    ("value.deserializer", TYPED),
    ("value.serializer", TYPED),
];

pub(super) fn reason(key: &str) -> Option<&'static str> {
    KEYS.binary_search_by_key(&key, |(known, _)| known).ok().map(|at| KEYS[at].1)
}

pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_so_that_each_is_found() {
        assert!(KEYS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(keys().filter(|key| reason(key).is_none()).count(), 0);
    }
}
