use super::{admin, refusal, until};
use crate::{basics, environment};
use client::{
    ErrorCode,
    admin::{
        ConfigChange, ConfigEntry, ConfigSource, ConfigType, DescribeConfigsOptions, Resource, ResourceType,
    },
};

fn find<'a>(entries: &'a [ConfigEntry], name: &str) -> &'a ConfigEntry {
    entries.iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("{name} is not described"))
}

fn set(name: &str, value: &str) -> ConfigChange {
    ConfigChange::Set(name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn topics_are_described_with_their_sources() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = Resource::Topic(basics::topic(&cluster, "configs").await);
    let changes = vec![set("cleanup.policy", "delete"), set("retention.ms", "1000")];
    admin.alter_configs(&[(topic.clone(), changes)], false).await.only().unwrap();
    let options = DescribeConfigsOptions { synonyms: true, documentation: true, ..Default::default() };
    let entries = until("retention.ms", async || {
        let entries = admin.describe_configs(std::slice::from_ref(&topic), &options).await.only().unwrap();
        (find(&entries, "retention.ms").value.as_deref() == Some("1000")).then_some(entries)
    })
    .await;
    let retention = find(&entries, "retention.ms");
    assert_eq!((retention.source, retention.value_type), (ConfigSource::Topic, ConfigType::Long));
    assert!(retention.documentation.as_ref().is_some_and(|text| text.len() > 20));
    let synonyms = find(&entries, "cleanup.policy").synonyms.iter();
    let synonyms: Vec<_> = synonyms.map(|synonym| (synonym.name.as_str(), synonym.source)).collect();
    let expected = [("cleanup.policy", ConfigSource::Topic), ("log.cleanup.policy", ConfigSource::Default)];
    assert_eq!(synonyms, expected);
    assert_eq!(find(&entries, "segment.bytes").source, ConfigSource::Default);

    let options =
        DescribeConfigsOptions { names: Some(vec!["segment.bytes".to_owned()]), ..Default::default() };
    let missing = Resource::Topic(environment::unique("missing"));
    let mut answers = admin.describe_configs(&[missing, topic], &options).await.into_iter();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let only = answers.next().unwrap().1.unwrap();
    assert_eq!((only.len(), only[0].synonyms.len(), only[0].documentation.as_ref()), (1, 0, None));
}

#[tokio::test]
async fn changes_are_made_each_apart() {
    let Some((cluster, admin)) = admin().await else { return };
    let [good, bad] =
        [basics::topic(&cluster, "good").await, basics::topic(&cluster, "bad").await].map(Resource::Topic);
    let value = async |name: &str| {
        let described = admin.describe_configs(std::slice::from_ref(&good), &Default::default()).await;
        find(&described.only().unwrap(), name).value.clone().unwrap()
    };
    let changes =
        [(good.clone(), vec![set("retention.ms", "7")]), (bad.clone(), vec![set("retention.ms", "seven")])];
    let mut answers = admin.alter_configs(&changes, true).await.into_iter();
    answers.next().unwrap().1.unwrap();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::INVALID_CONFIG);
    assert_ne!(value("retention.ms").await, "7", "a trial changes nothing");

    let appended = vec![ConfigChange::Append("cleanup.policy".to_owned(), "compact".to_owned())];
    admin.alter_configs(&[(good.clone(), appended)], false).await.only().unwrap();
    until("appended", async || (value("cleanup.policy").await == "delete,compact").then_some(())).await;
    let taken = vec![ConfigChange::Subtract("cleanup.policy".to_owned(), "delete".to_owned())];
    admin.alter_configs(&[(good.clone(), taken)], false).await.only().unwrap();
    until("taken", async || (value("cleanup.policy").await == "compact").then_some(())).await;
    let deleted = vec![ConfigChange::Delete("cleanup.policy".to_owned())];
    admin.alter_configs(&[(good.clone(), deleted)], false).await.only().unwrap();
    until("deleted", async || (value("cleanup.policy").await == "delete").then_some(())).await;
}

#[tokio::test]
async fn a_broker_describes_itself() {
    let Some((cluster, admin)) = admin().await else { return };
    let id = *cluster.metadata().brokers.keys().next().unwrap();
    let asked = [Resource::Broker(id.to_string()), Resource::Broker("4711".to_owned())];
    let mut answers = admin.describe_configs(&asked, &Default::default()).await.into_iter();
    let entries = answers.next().unwrap().1.unwrap();
    let node = find(&entries, "node.id");
    assert_eq!(
        (node.value.as_deref(), node.source, node.read_only),
        (Some("1"), ConfigSource::StaticBroker, true)
    );
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::BROKER_ID_NOT_REGISTERED);
}

#[tokio::test]
async fn client_metrics_and_groups_are_listed() {
    let Some((_, admin)) = admin().await else { return };
    let metrics = Resource::ClientMetrics(environment::unique("metrics"));
    let group = Resource::Group(environment::unique("group"));
    let changes = [
        (metrics.clone(), vec![set("interval.ms", "5000")]),
        (group.clone(), vec![set("consumer.session.timeout.ms", "46000")]),
    ];
    admin.alter_configs(&changes, false).await.all::<Vec<_>>().unwrap();
    let listed = until("both", async || {
        let types = [ResourceType::ClientMetrics, ResourceType::Group];
        let listed = admin.list_config_resources(&types).await.unwrap();
        (listed.contains(&metrics) && listed.contains(&group)).then_some(listed)
    })
    .await;
    let is_asked = |resource: &Resource| matches!(resource, Resource::ClientMetrics(_) | Resource::Group(_));
    assert!(listed.iter().all(is_asked), "{listed:?}");
    let all = admin.list_config_resources(&[]).await.unwrap();
    assert!(all.iter().any(|resource| matches!(resource, Resource::Broker(_))), "{all:?}");
    let entries = admin.describe_configs(&[group], &Default::default()).await.only().unwrap();
    assert_eq!(find(&entries, "consumer.session.timeout.ms").source, ConfigSource::Group);
}

#[tokio::test]
async fn loggers_are_asked_at_their_broker() {
    let Some((_, admin)) = admin().await else { return };
    let loggers = Resource::BrokerLogger("1".to_owned());
    let described = admin.describe_configs(&[loggers], &Default::default()).await.only().unwrap();
    assert!(!described.is_empty());
    assert!(described.iter().all(|entry| entry.value.is_some()), "{described:?}");
}
