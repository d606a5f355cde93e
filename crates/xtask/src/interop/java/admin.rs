//! `kafka-topics`, `kafka-configs`, `kafka-log-dirs`, `kafka-cluster`, `kafka-metadata-quorum`, `kafka-features`.

use super::{
    super::session::{Session, contains, same},
    Java,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

pub(super) fn run(session: &mut Session<'_>, java: Java<'_>) {
    session.check("kafka-topics creates, and not twice", || creates(java));
    session.check("kafka-topics refuses what cannot be", || refuses(java));
    session.check("kafka-topics lists and describes", || describes(java));
    session.check("kafka-topics adds partitions, and takes none away", || adds_partitions(java));
    session.check("kafka-topics deletes", || deletes(java));
    session.check("kafka-configs changes and describes a topic", || topic_configs(java));
    session.check("kafka-configs refuses a wrong key or value", || wrong_configs(java));
    session.check("kafka-configs changes and describes a broker", || broker_configs(java));
    session.check("kafka-configs changes and describes a group", || group_configs(java));
    session.check("kafka-log-dirs tells sizes", || log_dirs(java));
    session.check("kafka-cluster tells the cluster's id", || cluster(java));
    session.check("kafka-broker-api-versions reads every range", || api_versions(java));
    session.check("kafka-metadata-quorum describes the quorum", || quorum(java));
    session.check("kafka-features describes the features", || features(java));
    session.check("kafka-leader-election finds nothing to do", || elections(java));
}

fn creates(java: Java<'_>) -> Result<()> {
    let created = java.topics("--create --topic orders --partitions 3 --replication-factor 1")?.ok()?;
    same("the first time", &created, "Created topic orders.\n")?;
    let again = java.topics("--create --topic orders --partitions 3")?.refused()?;
    contains("the second time", &again, "TopicExistsException")?;
    java.topics("--create --topic orders --if-not-exists")?.ok()?;
    let warned = java.topics("--create --topic dotted.name --partitions 1")?.ok()?;
    contains("a name with a period", &warned, "WARNING: Due to limitations in metric names")?;
    let collides = java.topics("--create --topic dotted_name --partitions 1")?.refused()?;
    contains("a name that collides", &collides, "InvalidTopicException")
}

fn refuses(java: Java<'_>) -> Result<()> {
    let refused = |what: &str, arguments: &str, why: &str| {
        let said = java.topics(&format!("--create {arguments}"))?.refused()?;
        contains(what, &said, why)
    };
    refused("a slash", "--topic a/b", "InvalidTopicException")?;
    refused(
        "two replicas of one broker",
        "--topic wide --replication-factor 2",
        "InvalidReplicationFactorException",
    )?;
    refused("no partition", "--topic none --partitions 0", "must be greater than 0")?;
    refused("an unknown setting", "--topic odd --config retention.mss=1", "retention.mss")?;
    refused("a value out of bounds", "--topic odd --config segment.bytes=-1", "segment.bytes")?;
    let listed = java.topics("--list")?.ok()?;
    ensure!(!listed.contains("odd") && !listed.contains("wide"), "a refused topic is listed: {listed}");
    Ok(())
}

fn describes(java: Java<'_>) -> Result<()> {
    let arguments = "--create --topic described --partitions 2 --config retention.ms=1000000 --config cleanup.policy=compact";
    java.topics(arguments)?.ok()?;
    contains("--list", &java.topics("--list")?.ok()?, "described\n")?;
    let described = java.topics("--describe --topic described")?.ok()?;
    contains("the topic", &described, "Topic: described\tTopicId: ")?;
    contains("the topic", &described, "\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: ")?;
    for setting in ["cleanup.policy=compact", "retention.ms=1000000"] {
        contains("its settings", &described, setting)?;
    }
    for partition in 0..2 {
        let line = format!("\tTopic: described\tPartition: {partition}\tLeader: 1\tReplicas: 1\tIsr: 1\t");
        contains("a partition", &described, &line)?;
    }
    let id = described.split("TopicId: ").nth(1).and_then(|rest| rest.split('\t').next()).context("no id")?;
    let by_id = java.topics(&format!("--describe --topic-id {id}"))?.ok()?;
    same("by its id", &without_elr(&by_id), &without_elr(&described))?;
    same("nothing is under-replicated", &java.topics("--describe --under-replicated-partitions")?.ok()?, "")?;
    let missing = java.topics("--describe --topic missing")?.refused()?;
    contains("a topic that is not there", &missing, "Topic 'missing' does not exist as expected")
}

/// The tool says the same of eligible leaders in two ways, depending on how it was asked.
fn without_elr(described: &str) -> String {
    described.lines().map(|line| line.split("\tElr").next().unwrap_or_default().to_owned() + "\n").collect()
}

fn adds_partitions(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic growing --partitions 1")?.ok()?;
    java.topics("--alter --topic growing --partitions 5")?.ok()?;
    contains("after", &java.topics("--describe --topic growing")?.ok()?, "PartitionCount: 5")?;
    let fewer = java.topics("--alter --topic growing --partitions 2")?.refused()?;
    contains("fewer", &fewer, "InvalidPartitionsException")
}

fn deletes(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic doomed --partitions 1")?.ok()?;
    java.topics("--delete --topic doomed")?.ok()?;
    ensure!(!java.topics("--list")?.ok()?.contains("doomed"), "it is still listed");
    java.topics("--delete --topic doomed")?.refused()?;
    java.topics("--create --topic doomed --partitions 2")?.ok()?;
    contains("made anew", &java.topics("--describe --topic doomed")?.ok()?, "PartitionCount: 2")
}

fn topic_configs(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic tuned --partitions 1")?.ok()?;
    let altered =
        java.configs("--alter --topic tuned --add-config retention.ms=5000,cleanup.policy=[compact,delete]")?;
    contains("--alter", &altered.ok()?, "Completed updating config for topic tuned.")?;
    let described = java.configs("--describe --topic tuned")?.ok()?;
    let line = "retention.ms=5000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5000";
    contains("--describe", &described, line)?;
    contains("--describe", &described, "cleanup.policy=compact,delete sensitive=false")?;
    java.configs("--alter --topic tuned --delete-config retention.ms")?.ok()?;
    let described = java.configs("--describe --topic tuned")?.ok()?;
    ensure!(!described.contains("retention.ms"), "still there: {described}");
    let all = java.configs("--describe --all --topic tuned")?.ok()?;
    contains("--all", &all, "retention.ms=604800000 sensitive=false")
}

fn wrong_configs(java: Java<'_>) -> Result<()> {
    let refused = |change: &str, why: &str| {
        let said = java.configs(&format!("--alter --topic tuned --add-config {change}"))?.refused()?;
        contains(change, &said, why)
    };
    refused("retention.mss=1", "retention.mss")?;
    refused("cleanup.policy=burn", "InvalidConfigurationException")?;
    refused("segment.bytes=x", "InvalidConfigurationException")
}

fn broker_configs(java: Java<'_>) -> Result<()> {
    java.configs("--alter --broker 1 --add-config log.cleaner.threads=2")?.ok()?;
    let described = java.configs("--describe --broker 1")?.ok()?;
    let line = "log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.threads=2";
    contains("--describe", &described, line)?;
    java.configs("--alter --broker 1 --delete-config log.cleaner.threads")?.ok()?;
    java.configs("--alter --broker-defaults --add-config log.retention.ms=86400000")?.ok()?;
    contains(
        "the default",
        &java.configs("--describe --broker-defaults")?.ok()?,
        "log.retention.ms=86400000",
    )?;
    java.topics("--create --topic inherits --partitions 1")?.ok()?;
    let inherited = java.configs("--describe --all --topic inherits")?.ok()?;
    contains("a topic inherits it", &inherited, "retention.ms=86400000")?;
    java.configs("--alter --broker-defaults --delete-config log.retention.ms")?.ok()?;
    let said = java.configs("--alter --broker 1 --add-config node.id=7")?.refused()?;
    contains("what cannot change", &said, "node.id")
}

fn group_configs(java: Java<'_>) -> Result<()> {
    java.configs("--alter --group tuned --add-config consumer.session.timeout.ms=46000")?.ok()?;
    let described = java.configs("--describe --group tuned")?.ok()?;
    contains("--describe", &described, "consumer.session.timeout.ms=46000 sensitive=false")?;
    java.configs("--alter --group tuned --delete-config consumer.session.timeout.ms")?.ok()?;
    Ok(())
}

fn log_dirs(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic weighed --partitions 2")?.ok()?;
    java.produce("--topic weighed", "some bytes\n")?;
    let class = "org.apache.kafka.tools.LogDirsCommand";
    let said = java.run(class, "--describe --topic-list weighed")?.ok()?;
    let json = said.lines().find(|line| line.starts_with('{')).context("no JSON")?;
    let json: Value = serde_json::from_str(json)?;
    let folder = &json["brokers"][0]["logDirs"][0];
    ensure!(folder["error"].is_null(), "{folder}");
    let partitions = folder["partitions"].as_array().context("no partitions")?;
    let sizes: Vec<u64> = partitions.iter().filter_map(|partition| partition["size"].as_u64()).collect();
    ensure!(sizes.len() == 2 && sizes.iter().sum::<u64>() > 60, "sizes {sizes:?}");
    Ok(())
}

fn cluster(java: Java<'_>) -> Result<()> {
    let said = java.run_command("org.apache.kafka.tools.ClusterTool", "cluster-id")?.ok()?;
    let id = said.lines().find_map(|line| line.strip_prefix("Cluster ID: ")).context("no id")?;
    ensure!(id.len() == 22, "the id is {id:?}");
    Ok(())
}

fn api_versions(java: Java<'_>) -> Result<()> {
    let said = java.run_plain("org.apache.kafka.tools.BrokerApiVersionsCommand")?.ok()?;
    for api in ["Produce(0)", "Fetch(1)", "Metadata(3)", "ApiVersions(18)", "CreateTopics(19)"] {
        contains("an API", &said, api)?;
    }
    ensure!(!said.contains("UNKNOWN("), "it names an API that Kafka does not have:\n{said}");
    Ok(())
}

fn quorum(java: Java<'_>) -> Result<()> {
    let class = "org.apache.kafka.tools.MetadataQuorumCommand";
    let status = java.run(class, "describe --status")?.ok()?;
    let leader = status.lines().find_map(|line| line.strip_prefix("LeaderId:")).context("no leader")?;
    ensure!(leader.trim() == "1", "the leader is {leader}");
    for part in ["ClusterId:", "HighWatermark:", "CurrentVoters:"] {
        contains("--status", &status, part)?;
    }
    contains("--replication", &java.run(class, "describe --replication")?.ok()?, "Leader")
}

fn features(java: Java<'_>) -> Result<()> {
    let said = java.run("org.apache.kafka.tools.FeatureCommand", "describe")?.ok()?;
    contains("describe", &said, "Feature: metadata.version")
}

fn elections(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic elected --partitions 1")?.ok()?;
    let arguments = "--election-type preferred --topic elected --partition 0";
    let said = java.run("org.apache.kafka.tools.LeaderElectionCommand", arguments)?.ok()?;
    contains("preferred", &said, "Valid replica already elected for partitions elected-0")
}
