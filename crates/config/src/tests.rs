//! What holds for all settings, and the public functions by table.

use super::*;
use std::{collections::BTreeSet, path::Path};

const SCOPES: [Scope; 4] = [Scope::Broker, Scope::Topic, Scope::Group, Scope::ClientMetrics];

fn all() -> impl Iterator<Item = &'static Setting> {
    SCOPES.into_iter().flat_map(|scope| settings(scope))
}

fn properties(pairs: &[(&str, &str)]) -> Properties {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Kafka 4.4 has 378, 37, 27 and 3, and three broker settings that only exist at run time; the others are
/// ours.
#[test]
fn every_setting_of_kafka_is_there() {
    let count =
        |scope| settings(scope).iter().filter(|setting| !setting.key.starts_with("mainstem.")).count();
    assert_eq!(SCOPES.map(count), [378 + 3, 37, 27, 3]);
}

#[test]
fn settings_are_sorted_and_unique() {
    for scope in SCOPES {
        for pair in settings(scope).windows(2) {
            assert!(pair[0].key < pair[1].key, "`{}` before `{}`", pair[0].key, pair[1].key);
        }
    }
}

#[test]
fn every_setting_says_what_it_does() {
    for setting in all() {
        let text = &setting.documentation;
        assert!(text.len() > 15 && text.ends_with('.'), "`{}`: {text}", setting.key);
        assert!(text.starts_with(|c: char| c.is_uppercase() || c == '`'), "`{}`: {text}", setting.key);
    }
}

#[test]
fn every_default_satisfies_its_own_bound() {
    for setting in all() {
        if let Some(default) = &setting.default {
            assert_eq!(setting.check(default), Ok(()), "`{}`", setting.key);
        }
    }
}

#[test]
fn what_stands_in_for_a_setting_exists_and_has_its_default_and_type() {
    for setting in all() {
        for (at, name) in setting.falls_back_to.iter().enumerate() {
            let broker =
                find(settings(Scope::Broker), name).expect("stands in for a topic's or group's setting");
            let same_unit = !name.ends_with(".hours") && !name.ends_with(".minutes");
            // The assignor of a streams group is the first of a list.
            if same_unit && setting.key != "streams.assignor.name" {
                assert_eq!(broker.kind, setting.kind, "{name}");
            }
            if setting.falls_back_to.len() == 1 && same_unit && setting.key != "streams.assignor.name" {
                assert_eq!(broker.default, setting.default, "{name}");
            }
            assert_eq!(broker.effect, setting.effect, "{name}");
            // One name stands in for one setting, so that its synonyms are one list.
            let owners = all().filter(|other| other.falls_back_to.contains(name)).count();
            assert_eq!(owners, 1, "{name} at {at}");
        }
    }
}

#[test]
fn a_field_is_called_like_its_key_and_reads_its_own_default() {
    let source = include_str!("topic.rs");
    for setting in TopicConfig::settings() {
        let field = setting.key.replace('.', "_");
        assert!(source.contains(&format!("\"{}\" => {field}:", setting.key)), "{field}");
    }
    let mut config = TopicConfig::default();
    for setting in TopicConfig::settings() {
        if let Some(default) = &setting.default {
            config.apply(setting.key, default).expect("a default can be applied");
        }
    }
    assert_eq!(config, TopicConfig::default());
    let texts: Vec<_> =
        TopicConfig::settings().iter().map(|setting| (setting.key, setting.default.clone())).collect();
    for (entry, text) in config.entries().into_iter().zip(texts) {
        if entry.0 != "internal.segment.bytes" {
            assert_eq!(entry, text);
        }
    }
}

/// The fields of `TopicConfig` and of the parts of `ServerConfig`, in the order of declaration.
fn typed_settings() -> impl Iterator<Item = &'static Setting> {
    let structs = [
        TopicConfig::settings(),
        NodeConfig::settings(),
        NetworkConfig::settings(),
        LogConfig::settings(),
        QuorumConfig::settings(),
        GroupConfig::settings(),
        QuotaConfig::settings(),
    ];
    structs.into_iter().flatten()
}

fn typed_keys() -> BTreeSet<&'static str> {
    typed_settings().map(|setting| setting.key).collect()
}

/// What the other crates do with settings, without their tests.
fn code_of_other_crates() -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of all crates");
    let mut code = String::new();
    let mut folders: Vec<_> =
        std::fs::read_dir(crates).expect("our crates").map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| ["config", "e2e", "testkit", "xtask"].iter().all(|name| !folder.ends_with(name)));
    while let Some(path) = folders.pop() {
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            folders.extend(std::fs::read_dir(path).expect("a folder").map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(path).expect("source code");
            code.push_str(source.split("#[cfg(test)]").next().unwrap_or_default());
        }
    }
    code
}

fn words(code: &str) -> BTreeSet<&str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').collect()
}

fn field(setting: &Setting) -> String {
    setting.key.replace('.', "_")
}

/// Whether a topic or a group goes by it.
fn stands_in(setting: &Setting) -> bool {
    all().any(|other| other.is_acted_on() && other.falls_back_to.contains(&setting.key))
}

/// The reference page must not promise what no code does. A field counts as read if another crate names it, or
/// the part of this one that works settings out; a setting without a field, if its key is named.
#[test]
fn a_setting_that_claims_to_be_acted_on_is_read() {
    let code = code_of_other_crates();
    let own = [
        include_str!("broker/server.rs"),
        include_str!("broker/quorum.rs").rsplit("impl QuorumConfig").next().unwrap(),
        include_str!("topic.rs").rsplit("impl TopicConfig").next().unwrap(),
    ]
    .concat();
    let (words, fields) = (&words(&code) | &words(&own), typed_keys());
    let is_read = |setting: &Setting| match fields.contains(setting.key) {
        true => words.contains(field(setting).as_str()),
        false => [&code, &own].iter().any(|code| code.contains(&format!("\"{}\"", setting.key))),
    };
    let idle: Vec<&str> = all()
        .filter(|setting| setting.is_acted_on() && !is_read(setting) && !stands_in(setting))
        .map(|setting| setting.key)
        .collect();
    assert!(
        idle.is_empty(),
        "nothing reads these: say NOT_YET where they are declared, or read them: {idle:?}"
    );
}

/// Nor must it deny what is done.
#[test]
fn a_setting_that_is_read_claims_to_be_acted_on() {
    // A metric counts by it; produce asks for it once there are several replicas.
    const IN_PART: [&str; 1] = ["min.insync.replicas"];
    let code = code_of_other_crates();
    let words = words(&code);
    let denied: Vec<&str> = typed_settings()
        .filter(|setting| !setting.is_acted_on() && words.contains(field(setting).as_str()))
        .map(|setting| setting.key)
        .filter(|key| !IN_PART.contains(key))
        .collect();
    assert!(denied.is_empty(), "these are read: drop their mark, or do not read them: {denied:?}");
}

/// What can change at run time is asked for again when it does. Listeners are bound once.
#[test]
fn a_setting_that_can_change_at_run_time_is_read_again() {
    const AT_START: [&str; 2] = ["listener.security.protocol.map", "listeners"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of all crates");
    let code: String = ["broker/src/dynamic.rs", "broker/src/network/limits.rs"]
        .iter()
        .map(|path| std::fs::read_to_string(folder.join(path)).expect("source code"))
        .collect();
    let words = words(&code);
    for setting in settings(Scope::Broker) {
        let changes = setting.is_acted_on() && setting.update != Update::ReadOnly && !stands_in(setting);
        if changes && !AT_START.contains(&setting.key) {
            assert!(words.contains(field(setting).as_str()), "`{}`", setting.key);
        }
    }
}

#[test]
fn values_are_checked() {
    use Scope::{Broker, ClientMetrics, Group, Topic};
    let cases: &[(Scope, &str, &str, bool)] = &[
        (Topic, "segment.bytes", "1048576", true),
        (Topic, "segment.bytes", " 1048576 ", true),
        (Topic, "segment.bytes", "1048575", false),
        (Topic, "segment.bytes", "2147483648", false),
        (Topic, "segment.bytes", "1 MiB", false),
        (Topic, "segment.bytes", "", false),
        (Topic, "retention.ms", "-1", true),
        (Topic, "retention.ms", "-2", false),
        (Topic, "retention.ms", "9223372036854775807", true),
        (Topic, "retention.ms", "9223372036854775808", false),
        (Topic, "retention.bytes", "-5", true),
        (Topic, "cleanup.policy", "", true),
        (Topic, "cleanup.policy", "compact, delete", true),
        (Topic, "cleanup.policy", "compact,compact", false),
        (Topic, "cleanup.policy", "compact,shred", false),
        (Topic, "compression.type", "zstd", true),
        (Topic, "compression.type", "none", false),
        (Topic, "compression.gzip.level", "-1", true),
        (Topic, "compression.gzip.level", "0", false),
        (Topic, "compression.zstd.level", "-131072", true),
        (Topic, "min.cleanable.dirty.ratio", "0.5", true),
        (Topic, "min.cleanable.dirty.ratio", "1.1", false),
        (Topic, "min.cleanable.dirty.ratio", "NaN", false),
        (Topic, "preallocate", "TRUE", true),
        (Topic, "preallocate", "yes", false),
        (Topic, "mainstem.durability", "flush", true),
        (Topic, "mainstem.durability", "fsync", false),
        (Topic, "leader.replication.throttled.replicas", "*", true),
        (Topic, "leader.replication.throttled.replicas", "0:1,1:1", true),
        (Topic, "leader.replication.throttled.replicas", "0-1", false),
        (Broker, "log.dirs", "", false),
        (Broker, "log.dirs", "/a,/b", true),
        (Broker, "log.dirs", "/a,/a", false),
        (Broker, "process.roles", "broker,controller", true),
        (Broker, "process.roles", "", false),
        (Broker, "process.roles", "zookeeper", false),
        (Broker, "offsets.topic.replication.factor", "40000", false),
        (Broker, "listener.security.protocol.map", "A:PLAINTEXT,B:SASL_SSL", true),
        (Broker, "listener.security.protocol.map", "A:PLAINTEXT,a:SSL", false),
        (Broker, "listener.security.protocol.map", "A:TLS", false),
        (Broker, "controller.quorum.voters", "1@a:9093,2@[::1]:9093", true),
        (Broker, "controller.quorum.voters", "1@a:9093,1@b:9093", false),
        (Broker, "controller.quorum.voters", "a:9093", false),
        (Broker, "max.connections.per.ip.overrides", "127.0.0.1:5,host:0", true),
        (Broker, "max.connections.per.ip.overrides", "host:-1", false),
        (Broker, "connections.max.idle.ms", "-1", true),
        (Broker, "group.consumer.migration.policy", "Upgrade", true),
        (Broker, "listener.name.internal.max.connections", "7", true),
        (Broker, "listener.name.internal.max.connections", "-7", false),
        (Broker, "listener.name.internal.scram-sha-256.sasl.jaas.config", "anything", true),
        (Group, "share.auto.offset.reset", "by_duration:PT1H30M", true),
        (Group, "share.auto.offset.reset", "by_duration:P2DT0.5S", true),
        (Group, "share.auto.offset.reset", "by_duration:1h", false),
        (Group, "share.auto.offset.reset", "by_duration:P", false),
        (Group, "share.auto.offset.reset", "by_duration:PT", false),
        (Group, "share.auto.offset.reset", "by_duration:PT1M1H", false),
        (Group, "share.delivery.count.limit", "1", false),
        (ClientMetrics, "interval.ms", "99", false),
        (ClientMetrics, "match", "client_id=app-.*,client_software_name=rust", true),
        (ClientMetrics, "match", "colour=blue", false),
    ];
    for (scope, key, value, good) in cases {
        let checked = lookup(*scope, key).expect("a known key").check(value);
        assert_eq!(checked.is_ok(), *good, "{key}={value}: {checked:?}");
    }
}

#[test]
fn an_error_names_key_value_and_what_was_expected() {
    let error = |scope, key, value: &str| match lookup(scope, key) {
        Ok(setting) => setting.check(value).expect_err("a bad value").to_string(),
        Err(error) => error.to_string(),
    };
    let cases = [
        (
            error(Scope::Topic, "segment.bytes", "12"),
            "config key `segment.bytes`: value `12` cannot be used: expected a whole number, at least 1048576",
        ),
        (
            error(Scope::Topic, "compression.gzip.level", "12"),
            "config key `compression.gzip.level`: value `12` cannot be used: expected a whole number, 1 to 9, or -1",
        ),
        (
            error(Scope::Topic, "preallocate", "yes"),
            "config key `preallocate`: value `yes` cannot be used: expected `true` or `false`",
        ),
        (
            error(Scope::Topic, "retentoin.ms", ""),
            "unknown config key `retentoin.ms`, did you mean `retention.ms`?",
        ),
        (
            error(Scope::Broker, "num.partition", ""),
            "unknown config key `num.partition`, did you mean `num.partitions`?",
        ),
        (error(Scope::Broker, "zookeeper.connect", ""), "unknown config key `zookeeper.connect`"),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn a_secret_stays_out_of_errors_and_descriptions() {
    let file = properties(&[
        ("ssl.key.password", "hush"),
        ("listener.name.a.ssl.key.password", "hush"),
        ("x", "hush"),
    ]);
    let none = Properties::new();
    let layers = Layers { file: &file, cluster: &none, broker: &none };
    let described = format!("{:?}", layers.describe_broker());
    assert!(!described.contains("hush"), "{described}");
}

#[test]
fn java_properties_are_read() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[]),
        ("# a\n! b\n   \n", &[]),
        ("a=1\nb:2\nc 3\nd\t=\t4\ne = 5 ", &[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5 ")]),
        ("a\nb=\n", &[("a", ""), ("b", "")]),
        ("a=1\r\na=2\r\n", &[("a", "2")]),
        ("a=x\\\n   y,\\\n\tz\nb=1", &[("a", "xy,z"), ("b", "1")]),
        ("a=ends\\\\\nb=1", &[("a", "ends\\"), ("b", "1")]),
        ("a=b=c:d", &[("a", "b=c:d")]),
        ("a\\=b\\:c\\ d=1", &[("a=b:c d", "1")]),
        ("a=\\t\\n\\r\\q\\u00e9\\ud83d\\ude00", &[("a", "\t\n\rq\u{e9}\u{1f600}")]),
        ("listeners=PLAINTEXT://:9092", &[("listeners", "PLAINTEXT://:9092")]),
        ("a=last\\", &[("a", "last")]),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_properties(text), Ok(properties(expected)), "{text:?}");
    }
    for (text, line) in [("a=1\nb=\\u12", 2), ("a=\\uzzzz", 1), ("\n\na=\\ud83d", 3)] {
        assert!(
            matches!(parse_properties(text), Err(Error::Syntax { line: at, .. }) if at == line),
            "{text:?}"
        );
    }
}

#[test]
fn the_environment_follows_the_rule_of_the_images() {
    let cases = [
        ("KAFKA_NUM_PARTITIONS", Some("num.partitions")),
        ("KAFKA_ADVERTISED_LISTENERS", Some("advertised.listeners")),
        ("KAFKA_LISTENER_NAME_A__B_SSL_KEY_PASSWORD", Some("listener.name.a_b.ssl.key.password")),
        (
            "KAFKA_LISTENER_NAME_X_SCRAM___SHA___256_SASL_JAAS_CONFIG",
            Some("listener.name.x.scram-sha-256.sasl.jaas.config"),
        ),
        ("KAFKA_MAINSTEM_DURABILITY", Some("mainstem.durability")),
        ("KAFKA_HEAP_OPTS", None),
        ("KAFKA_LOG4J_LOGGERS", None),
        ("KAFKA_JMX_PORT", None),
        ("PATH", None),
        ("kafka_num_partitions", None),
    ];
    for (name, key) in cases {
        let found: Vec<String> = from_environment([(name, "v")]).into_keys().collect();
        assert_eq!(found, key.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{name}");
    }
}

/// Text of the error, or of the listeners: those to listen on, those advertised, and the one between brokers.
fn server(pairs: &[(&str, &str)]) -> String {
    match ServerConfig::from_properties(properties(pairs)) {
        Err(error) => error.to_string(),
        Ok(config) => {
            let list = |listeners: &[Listener]| {
                listeners.iter().map(Listener::to_string).collect::<Vec<_>>().join(",")
            };
            let [own, told] =
                [&config.listeners, &config.advertised_listeners].map(|listeners| list(listeners));
            format!("{own} {told} {}", config.inter_broker_listener)
        }
    }
}

#[test]
fn listeners_are_worked_out() {
    const BOTH: (&str, &str) = ("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093");
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[], "PLAINTEXT://:9092 PLAINTEXT://:9092 PLAINTEXT"),
        (&[BOTH], "PLAINTEXT://:9092,CONTROLLER://:9093 PLAINTEXT://:9092 PLAINTEXT"),
        (
            &[("listeners", "plaintext://[::1]:9092")],
            "PLAINTEXT://[::1]:9092 PLAINTEXT://[::1]:9092 PLAINTEXT",
        ),
        (
            &[("listeners", "PLAINTEXT://0.0.0.0:9092"), ("advertised.listeners", "PLAINTEXT://me:19092")],
            "PLAINTEXT://0.0.0.0:9092 PLAINTEXT://me:19092 PLAINTEXT",
        ),
        (
            &[
                ("listeners", "IN://:1,OUT://:2"),
                ("listener.security.protocol.map", "IN:PLAINTEXT,OUT:PLAINTEXT"),
                ("inter.broker.listener.name", "in"),
            ],
            "IN://:1,OUT://:2 IN://:1,OUT://:2 IN",
        ),
        (
            &[("listeners", "PLAINTEXT://0.0.0.0:9092")],
            "config key `advertised.listeners`: value `PLAINTEXT://0.0.0.0:9092` cannot be used: expected an address that \
             clients can connect to; set it, because `listeners` has one of all zeros",
        ),
        (
            &[("advertised.listeners", "PLAINTEXT://[::]:1")],
            "config key `advertised.listeners`: value `PLAINTEXT://[::]:1` cannot be used: expected an address that \
             clients can connect to",
        ),
        (
            &[("listeners", "OTHER://:9092")],
            "config key `listeners`: value `OTHER://:9092` cannot be used: expected a name that is in \
             `listener.security.protocol.map`, as `OTHER` is not",
        ),
        (
            &[("listeners", "PLAINTEXT:9092")],
            "config key `listeners`: value `PLAINTEXT:9092` cannot be used: expected `NAME://host:port`",
        ),
        (
            &[("listeners", "PLAINTEXT://:70000")],
            "config key `listeners`: value `PLAINTEXT://:70000` cannot be used: expected `NAME://host:port`",
        ),
        (
            &[("listeners", "PLAINTEXT://:1,plaintext://:2")],
            "config key `listeners`: value `plaintext://:2` cannot be used: expected each listener name once",
        ),
        (
            &[("listeners", "PLAINTEXT://:1,SSL://:1")],
            "config key `listeners`: value `SSL://:1` cannot be used: expected another address for each listener",
        ),
        (
            &[("advertised.listeners", "PLAINTEXT://a:1,SSL://a:2")],
            "config keys `advertised.listeners` and `listeners` contradict each other: `SSL` is advertised and is no listener",
        ),
        (
            &[("security.inter.broker.protocol", "SSL")],
            "config keys `inter.broker.listener.name` and `advertised.listeners` contradict each other: `SSL` is not \
             among the advertised listeners",
        ),
    ];
    for (pairs, expected) in cases {
        assert_eq!(server(pairs), *expected, "{pairs:?}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let broker = ("process.roles", "broker");
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("node.id", "1"), ("broker.id", "2")], "`node.id` and `broker.id`"),
        (
            &[("group.min.session.timeout.ms", "2"), ("group.max.session.timeout.ms", "1")],
            "`group.min.session.timeout.ms`",
        ),
        (&[("group.consumer.session.timeout.ms", "1")], "`group.consumer.min.session.timeout.ms`"),
        (
            &[("group.share.delivery.count.limit", "10"), ("group.share.max.delivery.count.limit", "9")],
            "delivery",
        ),
        (&[("queued.max.request.bytes", "1")], "`queued.max.request.bytes`"),
        (&[("max.connections.per.ip", "0")], "`max.connections.per.ip`"),
        (&[("replica.fetch.wait.max.ms", "99999")], "`replica.lag.time.max.ms`"),
        (
            &[("inter.broker.listener.name", "PLAINTEXT"), ("security.inter.broker.protocol", "PLAINTEXT")],
            "decides",
        ),
        (&[broker], "`controller.quorum.bootstrap.servers` is required"),
        (&[broker, ("controller.quorum.voters", "1@a:1")], "is among the voters"),
        (&[("node.id", "2"), ("controller.quorum.voters", "1@a:1")], "is not among the voters"),
        (&[("controller.quorum.voters", "1@a:1,2@b:1")], "a listener of its own"),
    ];
    for (pairs, expected) in cases {
        let found = server(pairs);
        assert!(found.contains(expected), "{pairs:?}: {found}");
    }
    let renamed = ServerConfig::from_properties([("broker.id", "7")]).expect("one of the names is enough");
    assert_eq!(renamed.node.node_id, base::NodeId(7));
    let good: &[&[(&str, &str)]] = &[
        &[
            ("controller.quorum.voters", "1@localhost:9093"),
            ("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093"),
        ],
        &[
            broker,
            ("node.id", "2"),
            ("controller.quorum.voters", "1@a:9093"),
            ("controller.listener.names", "CONTROLLER"),
        ],
        &[("broker.id", "7"), ("node.id", "7")],
        &[("max.connections.per.ip", "0"), ("max.connections.per.ip.overrides", "::1:5")],
    ];
    for pairs in good {
        assert!(server(pairs).contains("://"), "{pairs:?}: {}", server(pairs));
    }
}

#[test]
fn an_unknown_key_is_a_warning_in_a_file_and_an_error_in_an_override() {
    let config =
        ServerConfig::from_properties([("num.partition", "3"), ("num.partitions", "4")]).expect("a warning");
    assert_eq!(config.node.num_partitions, 4);
    assert_eq!(
        config.unknown,
        [Error::UnknownKey { key: "num.partition".into(), nearest: Some("num.partitions") }]
    );
    assert!(check_override("num.partition", "3").is_err());
    assert!(check_override("num.partitions", "0").is_err());
    assert_eq!(check_override("num.partitions", "3"), Ok(()));
}

#[test]
fn dynamic_settings_cover_static_ones() {
    let config = ServerConfig::from_properties([("max.connections", "10")]).expect("good settings");
    let [cluster, broker] =
        [&[("max.connections", "20")], &[("max.connections", "30")]].map(|pairs| properties(pairs));
    let none = Properties::new();
    for (cluster, broker, expected) in [(&none, &none, 10), (&cluster, &none, 20), (&cluster, &broker, 30)] {
        let dynamic = config.with_dynamic(cluster, broker).expect("good settings");
        assert_eq!(dynamic.network.max_connections, expected);
    }
}

/// Value and source of a topic's setting, and all that stands behind it as `name=value@source`.
#[track_caller]
fn check_topic(
    key: &str,
    [file, cluster, broker, own]: [&[(&str, &str)]; 4],
    expected: (&str, Source),
    synonyms: &[&str],
) {
    let [file, cluster, broker, own] = [file, cluster, broker, own].map(properties);
    let layers = Layers { file: &file, cluster: &cluster, broker: &broker };
    let entries = layers.describe_topic(&own);
    let entry = entries.iter().find(|entry| entry.name == key).expect("every topic setting is described");
    assert_eq!((entry.value.as_deref(), entry.source), (Some(expected.0), expected.1));
    let text = |synonym: &Synonym| {
        format!("{}={}@{}", synonym.name, synonym.value.as_deref().unwrap_or("null"), synonym.source as i8)
    };
    assert_eq!(entry.synonyms.iter().map(text).collect::<Vec<_>>(), synonyms);
}

#[test]
fn the_strongest_layer_decides_and_all_are_told() {
    const KEY: &str = "segment.bytes";
    const BROKER: &str = "log.segment.bytes";
    const DEFAULT: &str = "log.segment.bytes=1073741824@5";
    check_topic(KEY, [&[], &[], &[], &[]], ("1073741824", Source::Default), &[DEFAULT]);
    check_topic(
        KEY,
        [&[(BROKER, "2000000")], &[], &[], &[]],
        ("2000000", Source::StaticBroker),
        &["log.segment.bytes=2000000@4", DEFAULT],
    );
    check_topic(
        KEY,
        [&[(BROKER, "2000000")], &[(BROKER, "3000000")], &[(BROKER, "4000000")], &[(KEY, "5000000")]],
        ("5000000", Source::Topic),
        &[
            "segment.bytes=5000000@1",
            "log.segment.bytes=4000000@2",
            "log.segment.bytes=3000000@3",
            "log.segment.bytes=2000000@4",
            DEFAULT,
        ],
    );
}

#[test]
fn hours_and_minutes_stand_in_for_milliseconds() {
    const HOURS: (&str, &str) = ("log.retention.hours", "2");
    const MINUTES: (&str, &str) = ("log.retention.minutes", "3");
    const MS: (&str, &str) = ("log.retention.ms", "4");
    check_topic("retention.ms", [&[HOURS], &[], &[], &[]], ("7200000", Source::Default), &[]);
    check_topic("retention.ms", [&[HOURS, MINUTES], &[], &[], &[]], ("180000", Source::Default), &[]);
    check_topic(
        "retention.ms",
        [&[HOURS, MINUTES, MS], &[], &[], &[]],
        ("4", Source::StaticBroker),
        &[
            "log.retention.ms=4@4",
            "log.retention.minutes=3@4",
            "log.retention.hours=2@4",
            "log.retention.hours=168@5",
        ],
    );
    check_topic(
        "retention.ms",
        [&[("log.retention.hours", "-1")], &[], &[], &[]],
        ("-1", Source::Default),
        &[],
    );
}

#[test]
fn a_topic_gets_typed_settings_from_all_layers() {
    let file =
        properties(&[("log.roll.hours", "1"), ("min.insync.replicas", "2"), ("mainstem.durability", "os")]);
    let cluster = properties(&[("log.retention.ms", "-1")]);
    let none = Properties::new();
    let own = properties(&[("cleanup.policy", "compact,delete"), ("max.compaction.lag.ms", "5000")]);
    let config = Layers { file: &file, cluster: &cluster, broker: &none }.topic_config(&own);
    assert_eq!(config.segment_ms.as_secs(), 3600);
    assert_eq!(config.segment_age().as_secs(), 5);
    assert_eq!((config.retention_ms, config.min_insync_replicas), (None, 2));
    assert_eq!(config.cleanup_policy, CleanupPolicy { delete: true, compact: true });
    assert_eq!(config.mainstem_durability, Durability::Os);
    assert_eq!(config.segment_bytes, TopicConfig::default().segment_bytes);
}

#[test]
fn a_broker_describes_all_it_knows_and_all_it_was_told() {
    let file =
        properties(&[("num.partitions", "3"), ("listener.name.a.max.connections", "5"), ("strange", "1")]);
    let cluster = properties(&[("max.connections", "9")]);
    let none = Properties::new();
    let layers = Layers { file: &file, cluster: &cluster, broker: &none };
    let entries = layers.describe_broker();
    let internal = settings(Scope::Broker).iter().filter(|setting| setting.internal).count();
    assert_eq!(entries.len(), settings(Scope::Broker).len() - internal + 2);
    let get = |name: &str| entries.iter().find(|entry| entry.name == name).expect("described");
    let brief = |entry: &Entry| (entry.value.clone(), entry.source, entry.read_only, entry.kind);
    assert_eq!(brief(get("num.partitions")), (Some("3".into()), Source::StaticBroker, true, 3));
    assert_eq!(brief(get("max.connections")), (Some("9".into()), Source::DynamicDefaultBroker, false, 3));
    assert_eq!(brief(get("log.dirs")), (None, Source::Default, true, 7));
    assert_eq!(brief(get("strange")), (None, Source::StaticBroker, true, 0));
    let own = get("listener.name.a.max.connections");
    assert_eq!(brief(own), (Some("5".into()), Source::StaticBroker, true, 3));
    // What comes before the listener's own is dropped.
    assert_eq!(own.synonyms.len(), 2);
    let described: Vec<String> = layers.describe_cluster().into_iter().map(|entry| entry.name).collect();
    assert_eq!(described, ["max.connections"]);
}

#[test]
fn groups_and_subscriptions_are_described() {
    let none = Properties::new();
    let file = properties(&[("group.share.session.timeout.ms", "50000")]);
    let layers = Layers { file: &file, cluster: &none, broker: &none };
    let group = layers.describe_group(&properties(&[("share.isolation.level", "read_committed")]));
    let get = |name: &str| {
        group.iter().find(|entry| entry.name == name).map(|entry| (entry.value.as_deref(), entry.source))
    };
    assert_eq!(get("share.session.timeout.ms"), Some((Some("50000"), Source::StaticBroker)));
    assert_eq!(get("share.isolation.level"), Some((Some("read_committed"), Source::Group)));
    assert_eq!(get("share.auto.offset.reset"), Some((Some("latest"), Source::Default)));
    assert_eq!(get("streams.task.offset.interval.ms"), None);
    let metrics = describe_client_metrics(&properties(&[("interval.ms", "1000")]));
    let brief: Vec<_> = metrics.iter().map(|entry| (entry.name.as_str(), entry.source)).collect();
    assert_eq!(
        brief,
        [("interval.ms", Source::ClientMetrics), ("match", Source::Default), ("metrics", Source::Default)]
    );
}

#[test]
fn what_may_be_told_while_the_cluster_runs() {
    let check = |target, pairs: &[(&str, &str)], expected: Option<&str>| {
        let error = check_all(target, &properties(pairs)).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), expected, "{target:?} {pairs:?}");
    };
    check(Target::Topic, &[("retention.ms", "5"), ("cleanup.policy", "delete,compact")], None);
    check(
        Target::Topic,
        &[("cleanup.policy", "delete,shred")],
        Some(
            "config key `cleanup.policy`: value `delete,shred` cannot be used: expected a list separated by commas, without \
             repetition, of compact, delete",
        ),
    );
    check(
        Target::Topic,
        &[("max.compaction.lag.ms", "10"), ("min.compaction.lag.ms", "11")],
        Some(
            "config keys `min.compaction.lag.ms` and `max.compaction.lag.ms` contradict each other: the first is larger",
        ),
    );
    check(
        Target::Topic,
        &[("retention.m", "5")],
        Some("unknown config key `retention.m`, did you mean `retention.ms`?"),
    );
    check(Target::Cluster, &[("log.retention.ms", "5")], None);
    check(Target::Broker, &[("listener.name.a.ssl.keystore.location", "f")], None);
    check(
        Target::Broker,
        &[("num.partitions", "5")],
        Some("config key `num.partitions` cannot be changed while the broker runs"),
    );
    check(
        Target::Broker,
        &[("ssl.keystore.location", "f")],
        Some(
            "config key `ssl.keystore.location` can be changed only with a listener's prefix, as in \
              `listener.name.NAME.ssl.keystore.location`",
        ),
    );
    check(
        Target::Cluster,
        &[("listeners", "PLAINTEXT://:1")],
        Some("config key `listeners` can be changed for one broker only, not for the whole cluster"),
    );
}

#[test]
fn a_whole_set_is_checked_at_once() {
    assert_eq!(check_all(Target::Topic, &properties(&[("retention.ms", "5"), ("segment.ms", "5")])), Ok(()));
    assert!(check_all(Target::Topic, &properties(&[("retention.ms", "5"), ("segment.ms", "0")])).is_err());
    assert!(check_all(Target::Group, &properties(&[("retention.ms", "5")])).is_err());
}

/// Regenerate with `cargo xtask docs`, or here with `MAINSTEM_WRITE_DOCS=1`.
#[test]
fn the_reference_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.md");
    let page = reference_markdown();
    if std::env::var_os("MAINSTEM_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/reference/configuration.md is stale: run `cargo xtask docs`");
    let named: BTreeSet<&str> = all().map(|setting| setting.key).collect();
    assert!(named.iter().all(|key| page.contains(&format!("| `{key}` |"))));
}
