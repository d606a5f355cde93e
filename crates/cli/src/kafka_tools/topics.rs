//! `kafka-topics`: create, list, describe, grow and delete topics.
use super::{
    Outcome, Stop, client,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, split, value},
    render::join,
};
use ::client::{
    Admin, ErrorCode, TopicPartition,
    admin::{
        ConfigEntry, ConfigSource, CreateOptions, DescribeClusterOptions, DescribeConfigsOptions,
        DescribeTopicsOptions, NewPartitions, NewTopic, PartitionDescription, Reassignment, Resource,
        TopicDescription, TopicRef,
    },
};
use base::{NodeId, TopicId};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to create, delete, describe, or change a topic.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        flag("list", "List the topics."),
        flag("create", "Create a topic."),
        flag("delete", "Delete topics."),
        flag("alter", "Give topics more partitions."),
        flag("describe", "Show topics and their partitions."),
        value("topic", "String: topic", "The topic; except with --create, a regular expression of topics."),
        value("topic-id", "String: topic-id", "The id of the topic to describe."),
        value("config", "String: name=value", "A setting of the topic to create; may be repeated."),
        value("delete-config", "String: name", "Not supported any more; see kafka-configs."),
        value("partitions", "Integer: # of partitions", "How many partitions there shall be."),
        value("replication-factor", "Integer: replication factor", "How many replicas a partition has."),
        value(
            "replica-assignment",
            "String: broker_id_for_part1_replica1 : broker_id_for_part1_replica2 , ...",
            "The brokers of each partition's replicas.",
        ),
        flag("under-replicated-partitions", "Describe only partitions that lack replicas in sync."),
        flag("unavailable-partitions", "Describe only partitions without a leader."),
        flag("under-min-isr-partitions", "Describe only partitions with fewer in sync than they need."),
        flag("at-min-isr-partitions", "Describe only partitions with just as many in sync as they need."),
        flag("topics-with-overrides", "Describe only topics with settings of their own."),
        flag("if-exists", "Do nothing about a topic that does not exist."),
        flag("if-not-exists", "Do nothing about a topic that exists."),
        flag("exclude-internal", "Leave out the cluster's own topics."),
        value(
            "partition-size-limit-per-response",
            "Integer: maximum number of partitions per response",
            "How many partitions are asked for at once.",
        ),
    ]],
};

const ACTIONS: &[&str] = &["create", "list", "alter", "describe", "delete"];
const REPORTS: &[&str] = &[
    "under-replicated-partitions",
    "under-min-isr-partitions",
    "at-min-isr-partitions",
    "unavailable-partitions",
];
const SEE_CONFIGS: &str = " (To alter topic configurations, the kafka-configs tool can be used.)";

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words)?;
    check(&given)?;
    super::block_on(async {
        act(&given).await.map_err(|stop| match stop {
            // Scripts look for it on standard output.
            Stop::Failed(message) => {
                println!("Error while executing topic command : {message}");
                Stop::Failed(format!("ERROR {message}"))
            }
            other => other,
        })
    })
}

fn check(given: &Given) -> Outcome {
    if given.count(ACTIONS) != 1 {
        let message =
            "Command must include exactly one action: --list, --describe, --create, --alter or --delete";
        return Err(given.wrong(message));
    }
    if given.has("delete-config") {
        eprintln!(
            "delete-config option is no longer supported and deprecated since version 4.0. The config will be fully \
             removed in future releases."
        );
    }
    if !given.has("bootstrap-server") {
        return Err(Stop::failed("--bootstrap-server must be specified"));
    }
    if given.has("describe") && given.has("if-exists") {
        match (given.has("topic"), given.has("topic-id")) {
            (false, false) => {
                return Err(given.wrong("--topic or --topic-id is required to describe a topic"));
            }
            (true, true) => println!(
                "Only topic id will be used when both --topic and --topic-id are specified and topicId is not \
                 Uuid.ZERO_UUID"
            ),
            _ => {}
        }
    }
    if !given.has("list") && !given.has("describe") {
        given.require_all(&["topic"])?;
    }
    if given.has("alter") {
        if given.has("config") {
            let message = format!(
                "Option combination \"[[bootstrap-server], [config]]\" can't be used with option \"[alter]\"{SEE_CONFIGS}"
            );
            return Err(given.wrong(message));
        }
        given.require_all(&["partitions"])?;
    }
    let only = |option: &str, actions: &[&str]| {
        let others: Vec<&str> = ACTIONS.iter().copied().filter(|action| !actions.contains(action)).collect();
        given.forbid(option, &others)
    };
    only("config", &["alter", "create"])?;
    only("partitions", &["alter", "create"])?;
    only("replication-factor", &["create"])?;
    only("replica-assignment", &["alter", "create"])?;
    if given.has("create") {
        given.forbid("replica-assignment", &["partitions", "replication-factor"])?;
    }
    for report in REPORTS {
        only(report, &["describe"])?;
        given.forbid(report, &["topics-with-overrides"])?;
    }
    only("topics-with-overrides", &["describe"])?;
    only("if-exists", &["alter", "delete", "describe"])?;
    only("if-not-exists", &["create"])?;
    only("exclude-internal", &["list", "describe"])
}

async fn act(given: &Given) -> Outcome {
    let admin = client::admin(given).await?;
    if given.has("create") {
        create(given, &admin).await
    } else if given.has("alter") {
        alter(given, &admin).await
    } else if given.has("delete") {
        delete(given, &admin).await
    } else if given.has("list") {
        let topics = topics(given, &admin).await?;
        Ok(writeln!(io::stdout(), "{}", topics.join("\n"))?)
    } else {
        describe(given, &admin).await
    }
}

async fn create(given: &Given, admin: &Admin) -> Outcome {
    let name = given.require("topic")?.to_owned();
    let partitions: Option<i32> = given.number("partitions")?;
    let replication_factor: Option<i32> = given.number("replication-factor")?;
    let assignment = assignment(given)?;
    let configs = configs(given)?;
    if name.contains(['.', '_']) {
        println!(
            "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could \
             collide. To avoid issues it is best to use either, but not both."
        );
    }
    let replication_factor = match replication_factor.map(i16::try_from) {
        None => None,
        Some(Ok(factor)) if factor >= 1 => Some(factor),
        Some(_) => {
            let max = i16::MAX;
            let message = format!("The replication factor must be between 1 and {max} inclusive");
            return Err(Stop::Failed(message));
        }
    };
    if partitions.is_some_and(|count| count < 1) {
        return Err(Stop::failed("The partitions must be greater than 0"));
    }
    let topic = NewTopic { name: name.clone(), partitions, replication_factor, assignment, configs };
    match admin.create_topic(&topic, CreateOptions::default()).await {
        Ok(_) => Ok(writeln!(io::stdout(), "Created topic {name}.")?),
        Err(error) if error.code() == Some(ErrorCode::TOPIC_ALREADY_EXISTS) && given.has("if-not-exists") => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

async fn alter(given: &Given, admin: &Admin) -> Outcome {
    let total: i32 = given.number("partitions")?.unwrap_or_default();
    let assignment = assignment(given)?;
    let topics = existing(given, admin).await?;
    let mut growing = Vec::new();
    for topic in topics {
        // That it says too little of the new partitions is for the controller to refuse.
        let of_new = match assignment.is_empty() {
            true => None,
            false => {
                let has = admin.describe_topic(&topic).await?.partitions.len();
                Some(assignment.iter().skip(has).cloned().collect())
            }
        };
        growing.push(NewPartitions { topic, total, assignment: of_new });
    }
    if !growing.is_empty() {
        admin.create_partitions(&growing, false).await.all::<Vec<_>>()?;
    }
    Ok(())
}

async fn delete(given: &Given, admin: &Admin) -> Outcome {
    let topics: Vec<TopicRef> = existing(given, admin).await?.into_iter().map(TopicRef::Name).collect();
    admin.delete_topics(&topics).await.all::<Vec<_>>()?;
    Ok(())
}

/// All topics that the expression matches whole, by name.
async fn topics(given: &Given, admin: &Admin) -> Result<Vec<String>, Stop> {
    let filter = given.get("topic")?.map(super::render::pattern).transpose()?;
    let mut found = Vec::new();
    for topic in admin.list_topics().await? {
        let is_wanted = filter.as_ref().map_or(Ok(true), |filter| filter.is_match(&topic.name))?;
        if is_wanted && !(given.has("exclude-internal") && topic.internal) {
            found.push(topic.name.to_string());
        }
    }
    Ok(found)
}

/// As [`topics`]; that there is none is an error unless `--if-exists` says otherwise.
async fn existing(given: &Given, admin: &Admin) -> Result<Vec<String>, Stop> {
    let topics = topics(given, admin).await?;
    match given.get("topic")? {
        Some(asked) if topics.is_empty() && !asked.is_empty() && !given.has("if-exists") => {
            Err(Stop::Failed(format!("Topic '{asked}' does not exist as expected")))
        }
        _ => Ok(topics),
    }
}

/// Partitions with commas between them, replicas with colons.
fn assignment(given: &Given) -> Result<Vec<Vec<NodeId>>, Stop> {
    let Some(text) = given.get("replica-assignment")?.filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut partitions: Vec<Vec<NodeId>> = Vec::new();
    for (index, partition) in split(text, ',').into_iter().enumerate() {
        let mut replicas = Vec::new();
        for id in split(partition, ':') {
            let id = id.trim().parse().map_err(|_| Stop::Failed(format!("For input string: \"{id}\"")))?;
            replicas.push(NodeId(id));
        }
        let distinct: BTreeSet<_> = replicas.iter().collect();
        if distinct.len() < replicas.len() {
            let twice: BTreeSet<_> = replicas
                .iter()
                .filter(|id| replicas.iter().filter(|other| other == id).count() > 1)
                .collect();
            return Err(Stop::Failed(format!(
                "Partition replica lists may not contain duplicate entries: {}",
                join(twice, ",")
            )));
        }
        if partitions.first().is_some_and(|first| first.len() != replicas.len()) {
            return Err(Stop::Failed(format!(
                "Partition {index} has different replication factor: [{}]",
                join(replicas, ", ")
            )));
        }
        partitions.push(replicas);
    }
    Ok(partitions)
}

fn configs(given: &Given) -> Result<Vec<(String, String)>, Stop> {
    let mut configs = BTreeMap::new();
    for text in given.all("config") {
        let parts: Vec<&str> = split(text.trim_end(), '=').into_iter().map(str::trim).collect();
        let [key, value] = parts[..] else {
            let message = "requirement failed: Invalid topic config: all configs to be added must be in the \
                           format \"key=val\".";
            return Err(Stop::failed(message));
        };
        configs.insert(key.to_owned(), value.to_owned());
    }
    let is_unknown = |key: &&String| config::lookup(config::Scope::Topic, key).is_err();
    if let Some(unknown) = configs.keys().find(is_unknown) {
        return Err(Stop::Failed(format!("Unknown topic config name: {unknown}")));
    }
    Ok(configs.into_iter().collect())
}

async fn describe(given: &Given, admin: &Admin) -> Outcome {
    let topics = described(given, admin).await?;
    let resources: Vec<Resource> = topics.iter().map(|topic| Resource::Topic(topic.name.clone())).collect();
    let configs = admin.describe_configs(&resources, &DescribeConfigsOptions::default()).await;
    let configs: BTreeMap<Resource, Vec<ConfigEntry>> = configs.all()?;
    let cluster = admin.describe_cluster(DescribeClusterOptions::default()).await?;
    let alive: BTreeSet<NodeId> = cluster.brokers.iter().map(|broker| broker.id).collect();
    let all: Vec<TopicPartition> = topics
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|p| TopicPartition::new(topic.name.as_str(), p.index)))
        .collect();
    // Brokers of old cannot tell, and not everybody may ask.
    let moving = admin.list_reassignments(Some(&all)).await.unwrap_or_default();
    let out = &mut io::stdout().lock();
    for topic in &topics {
        let configs = configs.get(&Resource::Topic(topic.name.clone())).map_or(&[][..], Vec::as_slice);
        print_topic(out, given, topic, configs, &moving, &alive)?;
    }
    Ok(())
}

async fn described(given: &Given, admin: &Admin) -> Result<Vec<TopicDescription>, Stop> {
    let options = DescribeTopicsOptions {
        page_size: given.number("partition-size-limit-per-response")?.unwrap_or(2000),
        ..DescribeTopicsOptions::default()
    };
    let by_id = match given.get("topic-id")? {
        Some(text) => {
            let id: TopicId =
                text.parse().map_err(|error: base::InvalidTopicId| Stop::failed(error.to_string()))?;
            Some(id).filter(|id| !id.is_none())
        }
        None => None,
    };
    let wanted: Vec<TopicRef> = match by_id {
        Some(id) => {
            let internal = !given.has("exclude-internal");
            let topics = admin.list_topics().await?;
            let exists = topics.iter().any(|topic| topic.id == id && (internal || !topic.internal));
            if !exists && !given.has("if-exists") {
                return Err(Stop::Failed(format!("TopicId '{id}' does not exist as expected")));
            }
            exists.then_some(TopicRef::Id(id)).into_iter().collect()
        }
        None => existing(given, admin).await?.into_iter().map(TopicRef::Name).collect(),
    };
    let described: Vec<(TopicRef, TopicDescription)> = admin.describe_topics(&wanted, options).await.all()?;
    Ok(described.into_iter().map(|(_, topic)| topic).collect())
}

fn print_topic(
    out: &mut impl Write,
    given: &Given,
    topic: &TopicDescription,
    configs: &[ConfigEntry],
    moving: &BTreeMap<TopicPartition, Reassignment>,
    alive: &BTreeSet<NodeId>,
) -> io::Result<()> {
    let move_of = |p: &PartitionDescription| moving.get(&TopicPartition::new(topic.name.as_str(), p.index));
    let is_report = given.count(REPORTS) > 0;
    let own: Vec<&ConfigEntry> =
        configs.iter().filter(|entry| entry.source != ConfigSource::Default).collect();
    let only_overridden = given.has("topics-with-overrides");
    if !is_report && (!only_overridden || !own.is_empty()) {
        write!(out, "Topic: {}", topic.name)?;
        if !topic.id.is_none() {
            write!(out, "\tTopicId: {}", topic.id)?;
        }
        let first = topic.partitions.first();
        let own =
            own.iter().map(|entry| format!("{}={}", entry.name, entry.value.as_deref().unwrap_or("null")));
        writeln!(
            out,
            "\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}",
            topic.partitions.len(),
            first.map_or(0, |p| replication_factor(p, move_of(p))),
            join(own, ",")
        )?;
    }
    if only_overridden {
        return Ok(());
    }
    let min_isr = configs.iter().find(|entry| entry.name == "min.insync.replicas");
    let min_isr: usize = min_isr.and_then(|entry| entry.value.as_ref()?.parse().ok()).unwrap_or(1);
    for p in &topic.partitions {
        let in_report = |report: &str| match report {
            "under-replicated-partitions" => replication_factor(p, move_of(p)) > p.isr.len(),
            "unavailable-partitions" => p.leader.is_none_or(|leader| !alive.contains(&leader)),
            "under-min-isr-partitions" => p.leader.is_none() || p.isr.len() < min_isr,
            _ => p.isr.len() == min_isr,
        };
        if !is_report || REPORTS.iter().any(|report| given.has(report) && in_report(report)) {
            print_partition(out, &topic.name, p, move_of(p))?;
        }
    }
    Ok(())
}

/// While replicas are added, those to come do not count. A move that ended meanwhile does not either.
fn replication_factor(p: &PartitionDescription, moving: Option<&Reassignment>) -> usize {
    match moving {
        Some(moving) if moving.adding.iter().chain(&moving.removing).any(|id| p.replicas.contains(id)) => {
            moving.replicas.len() - moving.adding.len()
        }
        _ => p.replicas.len(),
    }
}

fn print_partition(
    out: &mut impl Write,
    topic: &str,
    p: &PartitionDescription,
    moving: Option<&Reassignment>,
) -> io::Result<()> {
    let ids = |nodes: &[NodeId]| join(nodes, ",");
    let leader = p.leader.map_or_else(|| "none".to_owned(), |leader| leader.to_string());
    write!(out, "\tTopic: {topic}\tPartition: {}\tLeader: {leader}", p.index)?;
    write!(out, "\tReplicas: {}\tIsr: {}", ids(&p.replicas), ids(&p.isr))?;
    if let Some(moving) = moving {
        write!(
            out,
            "\tAdding Replicas: {}\tRemoving Replicas: {}",
            ids(&moving.adding),
            ids(&moving.removing)
        )?;
    }
    let known = |nodes: &Option<Vec<NodeId>>| nodes.as_deref().map_or_else(|| "N/A".to_owned(), ids);
    writeln!(out, "\tElr: {}\tLastKnownElr: {}", known(&p.eligible_leader_replicas), known(&p.last_known_elr))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(line: &str) -> Result<Given, Stop> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        OPTIONS.parse(&words).and_then(|given| check(&given).map(|()| given))
    }

    #[test]
    fn actions_take_their_options() {
        for (line, mistake) in [
            ("--list --bootstrap-server b", None),
            ("--describe --bootstrap-server b --under-replicated-partitions", None),
            ("--list", Some("--bootstrap-server must be specified")),
            ("--create --bootstrap-server b", Some("Missing required argument \"[topic]\"")),
            ("--alter --topic t --bootstrap-server b", Some("Missing required argument \"[partitions]\"")),
            (
                "--list --create --bootstrap-server b",
                Some(
                    "Command must include exactly one action: --list, --describe, --create, --alter or --delete",
                ),
            ),
            (
                "--create --topic t --bootstrap-server b --if-exists",
                Some("Option \"[if-exists]\" can't be used with option \"[create]\""),
            ),
            (
                "--create --topic t --bootstrap-server b --replica-assignment 1 --partitions 1",
                Some("Option \"[replica-assignment]\" can't be used with option \"[partitions]\""),
            ),
        ] {
            let found = given(line).err().map(|stop| stop.message().to_owned());
            assert_eq!(found.as_deref(), mistake, "{line}");
        }
    }

    #[test]
    fn settings_have_a_known_name_and_a_value() {
        let wrong = "requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\".";
        for (text, expected) in [
            ("retention.ms=1", Ok("1")),
            ("retention.ms{s}={s}1", Ok("1")),
            ("retention.ms=1=", Ok("1")),
            ("retention.ms=", Err(wrong)),
            ("retention.ms", Err(wrong)),
            ("retention.ms=1=2", Err(wrong)),
            ("nonsense=1", Err("Unknown topic config name: nonsense")),
        ] {
            let words = [
                "--create",
                "--topic",
                "t",
                "--bootstrap-server",
                "b",
                "--config",
                &text.replace("{s}", " "),
            ];
            let given = OPTIONS.parse(&words.map(str::to_owned)).unwrap();
            let found = configs(&given)
                .map(|configs| configs.into_iter().map(|(_, value)| value).collect::<String>());
            assert_eq!(found.as_deref().map_err(Stop::message), expected, "{text}");
        }
    }

    #[test]
    fn assignments_are_brokers_by_partition() {
        for (text, expected) in [
            ("0:1,1:2", Ok(vec![vec![0, 1], vec![1, 2]])),
            ("0:1:,1:2,", Ok(vec![vec![0, 1], vec![1, 2]])),
            ("0,,1", Err("For input string: \"\"")),
            ("1:1", Err("Partition replica lists may not contain duplicate entries: 1")),
            ("0:1,2", Err("Partition 1 has different replication factor: [2]")),
            ("a", Err("For input string: \"a\"")),
        ] {
            let line = format!("--create --topic t --bootstrap-server b --replica-assignment {text}");
            let found = assignment(&given(&line).unwrap());
            let found = found.map(|partitions| -> Vec<Vec<i32>> {
                partitions.into_iter().map(|replicas| replicas.into_iter().map(|id| id.0).collect()).collect()
            });
            assert_eq!(
                found.as_ref().map_err(Stop::message),
                expected.as_ref().map_err(|text| *text),
                "{text}"
            );
        }
    }
}
