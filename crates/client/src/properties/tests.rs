use super::*;
use crate::producer::Acks;
use records::{Codec, Compression};

fn properties(text: &str) -> Properties {
    Properties::parse(text).unwrap()
}

fn producer(text: &str) -> Result<(Config, producer::Config, Vec<Warning>), Error> {
    let (mut client, mut producer) = (Config::new(Vec::new()), producer::Config::default());
    let warnings = properties(text).apply_to_producer(&mut client, &mut producer)?;
    Ok((client, producer, warnings))
}

fn consumer(text: &str) -> Result<(Config, consumer::Config, Vec<Warning>), Error> {
    let (mut client, mut consumer) = (Config::new(Vec::new()), consumer::Config::default());
    let warnings = properties(text).apply_to_consumer(&mut client, &mut consumer)?;
    Ok((client, consumer, warnings))
}

#[test]
fn both_families_name_the_same_fields() {
    let pairs = [
        ("bootstrap.servers=a:1,b:2", "metadata.broker.list=a:1,b:2"),
        ("linger.ms=7", "queue.buffering.max.ms=7"),
        ("max.request.size=2000", "message.max.bytes=2000"),
        ("compression.type=zstd", "compression.codec=zstd"),
        ("acks=1", "request.required.acks=1"),
        ("buffer.memory=2048", "queue.buffering.max.kbytes=2"),
        ("delivery.timeout.ms=90000", "message.timeout.ms=90000"),
        ("fetch.max.wait.ms=3", "fetch.wait.max.ms=3"),
        ("max.partition.fetch.bytes=3", "fetch.message.max.bytes=3"),
        ("auto.offset.reset=earliest", "auto.offset.reset=smallest"),
        ("auto.offset.reset=none", "auto.offset.reset=error"),
        ("enable.auto.commit=false", "auto.commit.enable=false"),
        (
            "partition.assignment.strategy=org.apache.kafka.clients.consumer.RoundRobinAssignor",
            "partition.assignment.strategy=roundrobin",
        ),
        ("request.timeout.ms=11", "socket.timeout.ms=11"),
        ("metadata.max.age.ms=12", "topic.metadata.refresh.interval.ms=12"),
    ];
    for (java, librdkafka) in pairs {
        let shown = |text| {
            let (client, producer, _) = producer(text).unwrap();
            let (_, consumer, _) = consumer(text).unwrap();
            format!("{client:?} {producer:?} {consumer:?}")
        };
        assert_eq!(shown(java), shown(librdkafka), "{java} {librdkafka}");
        assert_ne!(shown(java), shown(""), "{java} sets something");
    }
}

#[test]
fn settings_of_a_group() {
    use crate::consumer::{Assignor, GroupProtocol};
    let (_, config, warnings) = consumer(
        "group.id=g\ngroup.instance.id=i\ngroup.protocol=CLASSIC\nclient.rack=r\n\
         partition.assignment.strategy=cooperative-sticky, range\nenable.auto.commit=true\n\
         auto.commit.interval.ms=7\nsession.timeout.ms=8\nheartbeat.interval.ms=2\nmax.poll.interval.ms=9",
    )
    .unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(config.group_id.as_deref(), Some("g"));
    assert_eq!(config.group_protocol, GroupProtocol::Classic);
    assert_eq!(config.assignors, [Assignor::CooperativeSticky, Assignor::Range]);
    assert_eq!(config.auto_commit_interval, Some(Duration::from_millis(7)));
    let (_, config, warnings) = consumer("group.protocol=CONSUMER\ngroup.remote.assignor=range").unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(config.group_protocol, GroupProtocol::Consumer);
    assert_eq!(config.remote_assignor.as_deref(), Some("range"));
    let (_, config, _) = consumer("auto.commit.interval.ms=7\nenable.auto.commit=false").unwrap();
    assert_eq!(config.auto_commit_interval, None);
    for (text, named) in [
        ("partition.assignment.strategy=best", "`best` is no assignor; use one of range, roundrobin"),
        ("partition.assignment.strategy=", "at least one assignor"),
        ("group.protocol=new", "one of classic, consumer"),
        ("session.timeout.ms=6000\nheartbeat.interval.ms=6000", "`heartbeat.interval.ms`"),
    ] {
        let error = consumer(text).unwrap_err().to_string();
        assert!(error.contains(named), "{text}: {error}");
    }
}

#[test]
fn settings_of_a_share_group() {
    use crate::share::{self, Acknowledgement, AcquireMode};
    let (mut client, mut config) = (Config::new(Vec::new()), share::Config::default());
    let text = "group.id=g\nshare.acknowledgement.mode=explicit\nshare.acquire.mode=record_limit\nmax.poll.records=7\n\
                fetch.max.bytes=9\nauto.offset.reset=latest";
    let warnings = properties(text).apply_to_share_consumer(&mut client, &mut config).unwrap();
    assert_eq!((config.group_id.as_str(), config.max_poll_records, config.max_bytes), ("g", 7, 9));
    assert_eq!(config.acknowledgement, Acknowledgement::Explicit);
    assert_eq!(config.acquire, AcquireMode::RecordLimit);
    let shown: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert!(shown.iter().all(|line| line.contains("for consumers")), "{shown:?}");
    let error =
        properties("group.id=g\nshare.acquire.mode=some").apply_to_share_consumer(&mut client, &mut config);
    assert!(error.unwrap_err().to_string().contains("batch_optimized, record_limit"));
}

#[test]
fn a_file_becomes_the_fields() {
    let text = "# a producer\nbootstrap.servers = one:9092,two\nacks: all\nlinger.ms 20\ncompression.type=gzip\n\
                compression.gzip.level=9\nclient.id=a\\u0062c\nkey.serializer=org.apache.Some\n";
    let (client, producer, warnings) = producer(text).unwrap();
    assert_eq!(client.bootstrap, crate::Address::parse_list("one:9092,two:9092").unwrap());
    assert_eq!((client.client_id.as_str(), producer.acks), ("abc", Acks::All));
    assert_eq!(producer.linger, Duration::from_millis(20));
    assert_eq!(producer.compression, Codec::with_level(Compression::Gzip, 9));
    let keys: Vec<_> = warnings.iter().map(|warning| warning.key.as_str()).collect();
    assert_eq!(keys, ["key.serializer"]);
}

#[test]
fn what_does_nothing_says_why() {
    for (key, because) in [
        ("interceptor.classes", "Java classes"),
        ("key.serializer", "bytes"),
        ("linger.ms", "for producers"),
        ("sasl.kerberos.service.name", "GSSAPI"),
        ("send.buffer.bytes", "operating system"),
    ] {
        let (_, _, warnings) = consumer(&format!("{key}=1")).unwrap();
        let [warning] = &warnings[..] else { panic!("{key}: {warnings:?}") };
        assert!(warning.to_string().contains(key) && warning.reason.contains(because), "{warning}");
    }
}

#[test]
fn faults_name_key_value_and_bounds() {
    for (text, said) in [
        ("lingr.ms=1", "unknown setting `lingr.ms`, did you mean `linger.ms`?"),
        ("bootstrap.server=a", "unknown setting `bootstrap.server`, did you mean `bootstrap.servers`?"),
        ("qqq=1", "unknown setting `qqq`"),
        (
            "linger.ms=-1",
            "`linger.ms`: value `-1` cannot be used: expected a number from 0 to 2147483647, in milliseconds",
        ),
        (
            "queue.buffering.max.ms=x",
            "`queue.buffering.max.ms`: value `x` cannot be used: expected a number from 0 to 2147483647, in milliseconds",
        ),
        ("acks=2", "`acks`: value `2` cannot be used: expected one of all, -1, 0, 1"),
        (
            "compression.type=brotli",
            "`compression.type`: value `brotli` cannot be used: expected one of none, gzip, snappy, lz4, zstd",
        ),
        (
            "compression.gzip.level=10",
            "`compression.gzip.level`: value `10` cannot be used: expected a whole number from -1 to 9",
        ),
        (
            "max.request.size=0",
            "`max.request.size`: value `0` cannot be used: expected a whole number from 1 to 2147483647",
        ),
        (
            "bootstrap.servers=,",
            "`bootstrap.servers`: value `,` cannot be used: expected addresses of the form HOST:PORT, with commas \
             between them",
        ),
        (
            "linger.ms=1\nqueue.buffering.max.ms=2",
            "`linger.ms` and `queue.buffering.max.ms` are one setting, and have different values",
        ),
        (
            "enable.idempotence=yes",
            "`enable.idempotence`: value `yes` cannot be used: expected one of true, false",
        ),
    ] {
        assert_eq!(producer(text).unwrap_err().to_string(), said);
    }
    let broken = Properties::parse("a=\\u00").unwrap_err().to_string();
    assert!(broken.starts_with("line 1: "), "{broken}");
}

#[test]
fn what_contradicts_itself_is_refused_only_if_both_were_meant() {
    for (text, refused) in [
        ("enable.idempotence=true\nacks=1", Some("acks")),
        ("enable.idempotence=true\nmax.in.flight=6", Some("max.in.flight.requests.per.connection")),
        ("delivery.timeout.ms=30004", Some("request.timeout.ms")),
        ("delivery.timeout.ms=30005", None),
        ("delivery.timeout.ms=100\nrequest.timeout.ms=95", None),
        ("message.timeout.ms=5000", None),
        ("message.timeout.ms=5", Some("linger.ms")),
        ("message.timeout.ms=20\nlinger.ms=20", Some("linger.ms")),
        ("delivery.timeout.ms=5000\nmessage.timeout.ms=5000", Some("request.timeout.ms")),
        ("retries=0", None),
        ("retries=0\nacks=1", None),
        ("retries=0\nenable.idempotence=true", Some("enable.idempotence")),
        ("retries=0\nenable.idempotence=false", None),
        ("message.send.max.retries=0\nenable.idempotence=true", Some("enable.idempotence")),
        ("retries=1\nenable.idempotence=false", None),
        ("acks=1", None),
        ("enable.idempotence=false\nacks=1", None),
        ("max.in.flight=6", None),
    ] {
        let second = match producer(text) {
            Ok(_) => None,
            Err(Error::Conflict { second, .. }) => Some(second),
            Err(other) => panic!("{text}: {other}"),
        };
        assert_eq!(second, refused, "{text}");
    }
}

#[test]
fn what_would_weaken_a_guarantee_of_a_consumer_is_refused() {
    for (text, refused) in [
        ("group.id=g\nenable.auto.offset.store=false", Some("enable.auto.offset.store")),
        ("group.id=g\nenable.auto.offset.store=false\nenable.auto.commit=false", None),
        ("group.id=g\nenable.auto.offset.store=true", None),
        ("enable.auto.offset.store=false", None),
        ("group.protocol=consumer\nsession.timeout.ms=45000", Some("session.timeout.ms")),
        ("group.protocol=consumer\nheartbeat.interval.ms=3000", Some("heartbeat.interval.ms")),
        (
            "group.protocol=consumer\npartition.assignment.strategy=range",
            Some("partition.assignment.strategy"),
        ),
        ("group.protocol=classic\nsession.timeout.ms=45000", None),
    ] {
        let first = match consumer(text) {
            Ok(_) => None,
            Err(Error::Conflict { first, .. }) => Some(first),
            Err(other) => panic!("{text}: {other}"),
        };
        assert_eq!(first, refused, "{text}");
    }
}

#[test]
fn values_mean_what_their_family_makes_of_them() {
    let reads = |text: &str, check: fn(&Config, &producer::Config) -> bool| {
        let (client, producer, warnings) = producer(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(check(&client, &producer.resolved()), "{text}");
        warnings
    };
    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }
    type Check = fn(&Config, &producer::Config) -> bool;
    let rows: &[(&str, Check)] = &[
        ("message.timeout.ms=5000", |_, p| p.delivery_timeout == seconds(5)),
        ("message.timeout.ms=0", |_, p| p.delivery_timeout > seconds(1 << 29)),
        ("request.timeout.ms=200000", |_, p| p.delivery_timeout == seconds(200) + p.linger),
        ("request.timeout.ms=200000\nlinger.ms=1000", |_, p| p.delivery_timeout == seconds(201)),
        ("linger.ms=0.5", |_, p| p.linger == Duration::from_micros(500)),
        ("topic.metadata.refresh.interval.ms=-1", |c, _| c.metadata_max_age > seconds(1 << 29)),
        ("reconnect.backoff.ms=5000", |c, _| c.reconnect_backoff.max == seconds(5)),
        ("reconnect.backoff.max.ms=9000\nreconnect.backoff.ms=5000", |c, _| {
            c.reconnect_backoff.max == seconds(9)
        }),
        ("reconnect.backoff.ms=5000\nreconnect.backoff.max.ms=9000", |c, _| {
            c.reconnect_backoff.max == seconds(9)
        }),
        ("compression.type=zstd\ncompression.level=-1", |_, p| {
            p.compression == Codec::new(Compression::Zstd)
        }),
        ("compression.type=zstd\ncompression.zstd.level=-1", |_, p| {
            p.compression == Codec::with_level(Compression::Zstd, -1)
        }),
    ];
    for (text, check) in rows {
        assert_eq!(reads(text, *check), [], "{text}");
    }
    // Two settings of librdkafka, for which there is one here.
    let rows: &[(&str, &str, Check)] = &[
        ("socket.timeout.ms=60000\nrequest.timeout.ms=5000", "request.timeout.ms", |c, _| {
            c.request_timeout == seconds(60)
        }),
        (
            "topic.metadata.refresh.interval.ms=7000\nmetadata.max.age.ms=21000",
            "metadata.max.age.ms",
            |c, _| c.metadata_max_age == seconds(7),
        ),
    ];
    for (text, overruled, check) in rows {
        let warnings = reads(text, *check);
        let [warning] = &warnings[..] else { panic!("{text}: {warnings:?}") };
        assert_eq!(warning.key, *overruled, "{text}");
    }
    assert_eq!(
        reads("socket.timeout.ms=7000\nrequest.timeout.ms=7000", |c, _| c.request_timeout == seconds(7)),
        []
    );
}

#[test]
fn names_are_unique_and_none_is_both_known_and_without_meaning() {
    // A key of two kinds of client is one setting of each.
    for role in Role::ALL {
        let mut names: Vec<&str> = without_meaning::keys().collect();
        for (first, also) in role.names() {
            names.push(first);
            names.extend(also);
        }
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert!(twice.is_empty(), "{role:?}: {twice:?}");
    }
}

#[test]
fn values_are_not_shown_by_debug() {
    let shown = format!("{:?}", properties("sasl.password=secret"));
    assert!(shown.contains("sasl.password") && !shown.contains("secret"), "{shown}");
}

/// Settings of what is not here yet.
const PENDING: &[&str] = &[];

#[test]
fn every_key_of_both_families_is_known() {
    let keys = include_str!("kafka_keys.txt").lines().filter(|line| !line.starts_with('#'));
    let unknown: Vec<_> = keys
        .filter(|key| Role::ALL.iter().all(|role| role.first_name(key).is_none()))
        .filter(|key| without_meaning::reason(key).is_none())
        .collect();
    assert_eq!(unknown, PENDING);
}
