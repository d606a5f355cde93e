//! Settings: what they are, where they come from, and how they are changed.
use protocol::{
    AlterConfigsRequest, DescribeConfigsRequest, ErrorCode, IncrementalAlterConfigsRequest,
    ListConfigResourcesRequest, alter_configs,
    describe_configs::{
        request::DescribeConfigsResource,
        response::{DescribeConfigsResourceResult, DescribeConfigsResult},
    },
    incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig},
};
use testkit::{TestBroker, Wire, text};

const TOPIC: i8 = 2;
const BROKER: i8 = 4;
const BROKER_LOGGER: i8 = 8;
const CLIENT_METRICS: i8 = 16;
const GROUP: i8 = 32;

/// Where a value comes from.
mod source {
    pub(super) const TOPIC: i8 = 1;
    pub(super) const DYNAMIC_BROKER: i8 = 2;
    pub(super) const DYNAMIC_DEFAULT_BROKER: i8 = 3;
    pub(super) const STATIC_BROKER: i8 = 4;
    pub(super) const DEFAULT: i8 = 5;
}

mod operation {
    pub(super) const SET: i8 = 0;
    pub(super) const DELETE: i8 = 1;
    pub(super) const APPEND: i8 = 2;
    pub(super) const SUBTRACT: i8 = 3;
}
use operation::{APPEND, DELETE, SET, SUBTRACT};

fn describe(wire: &mut Wire, resource_type: i8, name: &str, keys: Option<&[&str]>) -> DescribeConfigsResult {
    let resource = DescribeConfigsResource {
        resource_type,
        resource_name: text(name),
        configuration_keys: keys.map(|keys| keys.iter().map(|key| text(key)).collect()),
    };
    let request = DescribeConfigsRequest {
        resources: vec![resource],
        include_synonyms: true,
        include_documentation: true,
    };
    wire.latest(&request).results.remove(0)
}

fn entry(wire: &mut Wire, resource_type: i8, name: &str, key: &str) -> DescribeConfigsResourceResult {
    let mut found = describe(wire, resource_type, name, Some(&[key]));
    assert_eq!((found.error_code, found.configs.len()), (0, 1), "{key}: {:?}", found.error_message);
    found.configs.remove(0)
}

/// Value and source of a topic's setting.
fn on_topic(wire: &mut Wire, key: &str) -> (String, i8) {
    let entry = entry(wire, TOPIC, "t", key);
    (entry.value.unwrap().to_string(), entry.config_source)
}

fn alteration(resource_type: i8, name: &str, changes: &[(&str, i8, Option<&str>)]) -> AlterConfigsResource {
    let config = |(key, config_operation, value): &(&str, i8, Option<&str>)| AlterableConfig {
        name: text(key),
        config_operation: *config_operation,
        value: value.map(text),
    };
    AlterConfigsResource {
        resource_type,
        resource_name: text(name),
        configs: changes.iter().map(config).collect(),
    }
}

fn alter_all(wire: &mut Wire, resources: Vec<AlterConfigsResource>, validate_only: bool) -> Vec<ErrorCode> {
    let answer = wire.latest(&IncrementalAlterConfigsRequest { resources, validate_only });
    answer.responses.iter().map(|response| ErrorCode(response.error_code)).collect()
}

#[track_caller]
fn alter(wire: &mut Wire, resource_type: i8, name: &str, changes: &[(&str, i8, Option<&str>)]) -> ErrorCode {
    alter_all(wire, vec![alteration(resource_type, name, changes)], false)[0]
}

fn start() -> (TestBroker, Wire) {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    (broker, wire)
}

/// 103. Every setting of a topic and of a broker has a name, a source, a type and a text that explains it.
#[test]
fn every_setting_is_described() {
    let (_broker, mut wire) = start();
    for (resource_type, name, at_least) in [(TOPIC, "t", 30), (BROKER, "1", 250), (GROUP, "g", 5)] {
        let described = describe(&mut wire, resource_type, name, None);
        assert_eq!(
            (described.error_code, described.resource_type, &*described.resource_name),
            (0, resource_type, name)
        );
        assert!(described.configs.len() >= at_least, "type {resource_type}: {}", described.configs.len());
        for config in &described.configs {
            assert!((1..=9).contains(&config.config_type), "{}", config.name);
            assert!(config.config_source > 0, "{}", config.name);
            assert!(config.documentation.as_ref().is_some_and(|text| text.len() > 10), "{}", config.name);
        }
    }
}

/// 103. Null asks for all keys, a list for those it names; unknown ones among them are left out.
#[test]
fn keys_can_be_chosen() {
    let (_broker, mut wire) = start();
    let names = |result: DescribeConfigsResult| {
        let mut names: Vec<_> = result.configs.iter().map(|config| config.name.to_string()).collect();
        names.sort();
        names
    };
    assert!(names(describe(&mut wire, TOPIC, "t", None)).contains(&"retention.ms".to_owned()));
    let chosen = describe(&mut wire, TOPIC, "t", Some(&["retention.ms", "nonsense", "segment.bytes"]));
    assert_eq!(names(chosen), ["retention.ms", "segment.bytes"]);
}

/// 103. Synonyms and documentation come when asked for, types and documentation from version 3 on.
#[test]
fn descriptions_grow_with_the_request() {
    let (_broker, mut wire) = start();
    let resource = DescribeConfigsResource {
        resource_type: TOPIC,
        resource_name: text("t"),
        configuration_keys: Some(vec![text("segment.bytes")]),
    };
    for (version, asked) in [(1, false), (1, true), (2, true), (3, false), (3, true), (4, true)] {
        let request = DescribeConfigsRequest {
            resources: vec![resource.clone()],
            include_synonyms: asked,
            include_documentation: asked && version >= 3,
        };
        let config = wire.ask(version, &request).results.remove(0).configs.remove(0);
        assert_eq!(!config.synonyms.is_empty(), asked, "version {version}");
        let is_explained = config.documentation.is_some_and(|text| !text.is_empty());
        assert_eq!(is_explained, asked && version >= 3, "version {version}");
        assert_eq!(config.config_type != 0, version >= 3, "version {version}");
    }
}

/// 103. A value names its source, and its synonyms are the values that would hold without it, nearest first.
#[test]
fn values_name_their_sources() {
    let broker = TestBroker::with(&[("log.retention.hours", "7"), ("log.retention.ms", "18000000")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    assert_eq!(on_topic(&mut wire, "retention.ms"), ("18000000".to_owned(), source::STATIC_BROKER));
    assert_eq!(on_topic(&mut wire, "segment.bytes"), ("1073741824".to_owned(), source::DEFAULT));
    assert_eq!(alter(&mut wire, BROKER, "", &[("log.retention.ms", SET, Some("2000"))]), ErrorCode::NONE);
    assert_eq!(on_topic(&mut wire, "retention.ms"), ("2000".to_owned(), source::DYNAMIC_DEFAULT_BROKER));
    assert_eq!(alter(&mut wire, BROKER, "1", &[("log.retention.ms", SET, Some("3000"))]), ErrorCode::NONE);
    assert_eq!(on_topic(&mut wire, "retention.ms"), ("3000".to_owned(), source::DYNAMIC_BROKER));
    assert_eq!(alter(&mut wire, TOPIC, "t", &[("retention.ms", SET, Some("1000"))]), ErrorCode::NONE);
    assert_eq!(on_topic(&mut wire, "retention.ms"), ("1000".to_owned(), source::TOPIC));
    let synonyms = entry(&mut wire, TOPIC, "t", "retention.ms").synonyms;
    let listed: Vec<_> = synonyms
        .iter()
        .map(|synonym| (&*synonym.name, synonym.value.as_deref().unwrap(), synonym.source))
        .collect();
    let first_three = [
        ("retention.ms", "1000", source::TOPIC),
        ("log.retention.ms", "3000", source::DYNAMIC_BROKER),
        ("log.retention.ms", "2000", source::DYNAMIC_DEFAULT_BROKER),
    ];
    assert_eq!(listed[..3], first_three);
    assert!(listed.contains(&("log.retention.ms", "18000000", source::STATIC_BROKER)), "{listed:?}");
    assert!(listed.contains(&("log.retention.hours", "7", source::STATIC_BROKER)), "{listed:?}");
}

/// 103. The value of a secret is null, and it is marked as sensitive.
#[test]
fn secrets_are_not_told() {
    let broker = TestBroker::with(&[("ssl.keystore.password", "hush")]);
    let secret = entry(&mut broker.connect(), BROKER, "1", "ssl.keystore.password");
    assert!(secret.is_sensitive && secret.value.is_none(), "{secret:?}");
    assert!(secret.synonyms.iter().all(|synonym| synonym.value.is_none()), "{secret:?}");
}

/// 103. What cannot be described has its error.
#[test]
fn resources_that_cannot_be_described() {
    let (_broker, mut wire) = start();
    for (resource_type, name, code) in [
        (TOPIC, "none", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        (TOPIC, "a/b", ErrorCode::INVALID_TOPIC_EXCEPTION),
        (BROKER, "2", ErrorCode::INVALID_REQUEST),
        (BROKER, "one", ErrorCode::INVALID_REQUEST),
        (BROKER, "", ErrorCode::NONE),
        (BROKER_LOGGER, "1", ErrorCode::NONE),
        (BROKER_LOGGER, "", ErrorCode::INVALID_REQUEST),
        (BROKER_LOGGER, "2", ErrorCode::INVALID_REQUEST),
        (CLIENT_METRICS, "", ErrorCode::INVALID_REQUEST),
        (CLIENT_METRICS, "subscription", ErrorCode::NONE),
        (GROUP, "", ErrorCode::INVALID_REQUEST),
        (GROUP, "g", ErrorCode::NONE),
        (99, "x", ErrorCode::INVALID_REQUEST),
    ] {
        let code_of = describe(&mut wire, resource_type, name, None).error_code;
        assert_eq!(ErrorCode(code_of), code, "type {resource_type}, `{name}`");
    }
}

/// 104. A setting is set and removed, and its topic acts on it at once.
#[test]
fn a_setting_is_set_and_removed() {
    let (_broker, mut wire) = start();
    let large = testkit::batch(&["x".repeat(2000).as_str()]);
    assert_eq!(alter(&mut wire, TOPIC, "t", &[("max.message.bytes", SET, Some("1000"))]), ErrorCode::NONE);
    assert_eq!(ErrorCode(wire.produce("t", 0, large.clone()).error_code), ErrorCode::MESSAGE_TOO_LARGE);
    assert_eq!(alter(&mut wire, TOPIC, "t", &[("max.message.bytes", DELETE, None)]), ErrorCode::NONE);
    assert_eq!(wire.produce("t", 0, large).error_code, 0);
    assert_eq!(on_topic(&mut wire, "max.message.bytes"), ("1048588".to_owned(), source::DEFAULT));
}

/// 104. Items are appended to a list and subtracted from it; a setting that is no list refuses both.
#[test]
fn lists_are_appended_to_and_subtracted_from() {
    let (_broker, mut wire) = start();
    let policy = |wire: &mut Wire, operation, value| {
        assert_eq!(alter(wire, TOPIC, "t", &[("cleanup.policy", operation, Some(value))]), ErrorCode::NONE);
        on_topic(wire, "cleanup.policy").0
    };
    assert_eq!(policy(&mut wire, APPEND, "compact"), "delete,compact");
    assert_eq!(policy(&mut wire, APPEND, "compact"), "delete,compact");
    assert_eq!(policy(&mut wire, SUBTRACT, "delete"), "compact");
    for operation in [APPEND, SUBTRACT] {
        let code = alter(&mut wire, TOPIC, "t", &[("retention.ms", operation, Some("1"))]);
        assert_eq!(code, ErrorCode::INVALID_CONFIG);
    }
}

/// 104. What is wrong with a change has its error, and nothing of that resource is changed.
#[test]
fn changes_that_are_refused() {
    let (_broker, mut wire) = start();
    let good = ("retention.ms", SET, Some("1000"));
    for (resource_type, name, bad, code) in [
        (TOPIC, "t", ("segment.bytes", SET, Some("many")), ErrorCode::INVALID_CONFIG),
        (TOPIC, "t", ("segment.bytes", SET, Some("-1")), ErrorCode::INVALID_CONFIG),
        (TOPIC, "t", ("no.such.setting", SET, Some("1")), ErrorCode::INVALID_CONFIG),
        (TOPIC, "t", ("retention.ms", SET, Some("2")), ErrorCode::INVALID_REQUEST),
        (TOPIC, "t", ("segment.bytes", SET, None), ErrorCode::INVALID_REQUEST),
        (TOPIC, "t", ("segment.bytes", 9, Some("1")), ErrorCode::INVALID_REQUEST),
        (TOPIC, "none", good, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        (BROKER, "7", ("log.retention.ms", SET, Some("1")), ErrorCode::INVALID_REQUEST),
        (BROKER, "1", ("log.dirs", SET, Some("/elsewhere")), ErrorCode::INVALID_REQUEST),
        (77, "x", good, ErrorCode::INVALID_REQUEST),
    ] {
        let changes = if name == "none" || resource_type != TOPIC { vec![bad] } else { vec![good, bad] };
        assert_eq!(alter(&mut wire, resource_type, name, &changes), code, "{resource_type} {name} {bad:?}");
    }
    assert_eq!(on_topic(&mut wire, "retention.ms").1, source::DEFAULT);
}

/// 104. A resource that stands twice in a request is INVALID_REQUEST both times; the others are changed.
#[test]
fn a_resource_stands_once_in_a_request() {
    let (_broker, mut wire) = start();
    wire.create("u", 1);
    let change = |topic, value| alteration(TOPIC, topic, &[("retention.ms", SET, Some(value))]);
    let codes = alter_all(&mut wire, vec![change("t", "1"), change("u", "2"), change("t", "3")], false);
    assert_eq!(codes, [ErrorCode::INVALID_REQUEST, ErrorCode::NONE, ErrorCode::INVALID_REQUEST]);
    assert_eq!(on_topic(&mut wire, "retention.ms").1, source::DEFAULT);
}

/// 104. With `validate_only` all is checked and nothing changed.
#[test]
fn a_change_can_be_tried() {
    let (_broker, mut wire) = start();
    for (value, code) in [("1000", ErrorCode::NONE), ("soon", ErrorCode::INVALID_CONFIG)] {
        let change = alteration(TOPIC, "t", &[("retention.ms", SET, Some(value))]);
        assert_eq!(alter_all(&mut wire, vec![change], true), [code]);
    }
    assert_eq!(on_topic(&mut wire, "retention.ms").1, source::DEFAULT);
}

/// 104. Settings can also belong to all brokers, to a group, and to a subscription of client metrics.
#[test]
fn other_resources_have_settings() {
    let (_broker, mut wire) = start();
    for (resource_type, name, key, value) in [
        (BROKER, "", "log.segment.bytes", "2000000"),
        (GROUP, "g", "consumer.session.timeout.ms", "50000"),
        (CLIENT_METRICS, "s", "interval.ms", "6000"),
    ] {
        assert_eq!(
            alter(&mut wire, resource_type, name, &[(key, SET, Some(value))]),
            ErrorCode::NONE,
            "{key}"
        );
        assert_eq!(entry(&mut wire, resource_type, name, key).value.as_deref(), Some(value));
        // Kafka's brokers have their own word for it (KAFKA-13609).
        let bad =
            if resource_type == BROKER { ErrorCode::INVALID_REQUEST } else { ErrorCode::INVALID_CONFIG };
        assert_eq!(alter(&mut wire, resource_type, name, &[(key, SET, Some("x"))]), bad, "{key}");
    }
    assert_eq!(on_topic(&mut wire, "segment.bytes"), ("2000000".to_owned(), source::DYNAMIC_DEFAULT_BROKER));
    let listed = wire.latest(&ListConfigResourcesRequest::default()).config_resources;
    let listed: Vec<_> =
        listed.iter().map(|resource| (resource.resource_type, &*resource.resource_name)).collect();
    for expected in [(TOPIC, "t"), (BROKER, "1"), (GROUP, "g"), (CLIENT_METRICS, "s")] {
        assert!(listed.contains(&expected), "{expected:?} is not in {listed:?}");
    }
}

/// 104. AlterConfigs, the older form, sets what it names and removes the rest.
#[test]
fn alter_configs_replaces_everything() {
    let (_broker, mut wire) = start();
    assert_eq!(alter(&mut wire, TOPIC, "t", &[("retention.ms", SET, Some("1000"))]), ErrorCode::NONE);
    let config =
        alter_configs::request::AlterableConfig { name: text("segment.ms"), value: Some(text("5000")) };
    let request = AlterConfigsRequest {
        resources: vec![alter_configs::request::AlterConfigsResource {
            resource_type: TOPIC,
            resource_name: text("t"),
            configs: vec![config],
        }],
        validate_only: false,
    };
    assert_eq!(wire.latest(&request).responses[0].error_code, 0);
    assert_eq!(on_topic(&mut wire, "retention.ms").1, source::DEFAULT);
    assert_eq!(on_topic(&mut wire, "segment.ms"), ("5000".to_owned(), source::TOPIC));
}

/// 104. Changed settings outlive a restart.
#[test]
fn settings_outlive_a_restart() {
    let (mut broker, mut wire) = start();
    assert_eq!(alter(&mut wire, TOPIC, "t", &[("max.message.bytes", SET, Some("1000"))]), ErrorCode::NONE);
    broker.restart();
    let mut wire = broker.connect();
    assert_eq!(on_topic(&mut wire, "max.message.bytes"), ("1000".to_owned(), source::TOPIC));
    let large = testkit::batch(&["x".repeat(2000).as_str()]);
    assert_eq!(ErrorCode(wire.produce("t", 0, large).error_code), ErrorCode::MESSAGE_TOO_LARGE);
}
