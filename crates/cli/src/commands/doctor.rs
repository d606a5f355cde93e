//! `mainstem doctor`: what is wrong with a cluster, and what to do about it.
//!
//! [`look`] asks the cluster; [`diagnose`] decides, free of I/O; a finding that no test shows does not exist.
use crate::{
    cluster::ClusterArguments,
    failure::{Exit, Failure, said_of, with_causes},
    output::{self, Column, Format, OutputArguments, Row},
    progress::counted,
    text::wrapped,
};
use clap::Args;
use client::{
    Admin, Cluster, Error, Topic, TopicPartition,
    admin::{
        DescribeClusterOptions, DescribeConfigsOptions, Features, GroupFilter, GroupState, IsolationLevel,
        LogDir, OffsetSpec, Quorum, Resource,
    },
};
use jiff::Timestamp;
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write as _, io, sync::Arc, time::Duration};

/// Check a cluster: what is wrong with it, and what to do.
///
/// Ends with exit code 1 when something is broken, with 0 when there are warnings at most.
#[derive(Debug, Args)]
#[command(before_help = "Examples:
  mainstem doctor
  mainstem doctor --profile prod
  mainstem doctor -o ndjson | grep '\"severity\":\"broken\"'")]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    /// Data cannot be written or read now.
    Broken,
    /// It works, and will not for long or not after the next failure.
    Warning,
    /// Worth knowing.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    severity: Severity,
    subject: String,
    what: String,
    next_step: String,
}

impl Row for Finding {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("SEVERITY", |f| f.severity.word().to_owned()),
        Column::text("SUBJECT", |f| f.subject.clone()),
        Column::text("WHAT", |f| f.what.clone()),
        Column::text("NEXT STEP", |f| f.next_step.clone()),
    ];

    fn name(&self) -> String {
        self.subject.clone()
    }
}

/// All that was asked. What a broker does not offer, or refuses, stays empty.
#[derive(Debug, Default)]
struct Seen {
    brokers: Vec<SeenBroker>,
    topics: Vec<Arc<Topic>>,
    /// `min.insync.replicas` and `unclean.leader.election.enable` by topic.
    settings: BTreeMap<String, BTreeMap<String, String>>,
    groups: Vec<SeenGroup>,
    log_dirs: Vec<(i32, Result<Vec<LogDir>, String>)>,
    quorum: Option<Quorum>,
    features: Option<Features>,
    now_ms: i64,
}

#[derive(Debug)]
struct SeenBroker {
    id: i32,
    address: String,
    fenced: bool,
    /// Why it cannot be reached, if it cannot.
    unreachable: Option<String>,
}

#[derive(Debug)]
struct SeenGroup {
    id: String,
    state: Option<GroupState>,
    lag: i64,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let cluster = arguments.cluster.connect().await?;
    let seen = look(&cluster).await?;
    let findings = diagnose(&seen);
    match arguments.output.format {
        Format::Table => {
            let out = io::stdout();
            output::print(&told(&findings, &seen, output::width(&out), output::is_colourful(&out)))?;
        }
        format => output::list(format, &findings)?,
    }
    match findings.iter().filter(|finding| finding.severity == Severity::Broken).count() {
        0 => Ok(()),
        1 => Err(Failure::new(Exit::Other, "1 finding means that something is broken now")),
        count => {
            Err(Failure::new(Exit::Other, format!("{count} findings mean that something is broken now")))
        }
    }
}

/// For people: sentences fit no columns. A paragraph for each finding, and what was looked at.
fn told(findings: &[Finding], seen: &Seen, width: Option<usize>, colour: bool) -> String {
    const INDENT: &str = "         ";
    let width = width.map_or(usize::MAX, |width| width.saturating_sub(INDENT.len()).max(20));
    let mut text = String::new();
    for finding in findings {
        let severity = format!("{:<9}", finding.severity.word());
        text += &if colour { finding.severity.painted(&severity) } else { severity };
        let _ = writeln!(text, "{}", finding.subject);
        let next_step = format!("-> {}", finding.next_step);
        for line in wrapped(&finding.what, width).iter().chain(&wrapped(&next_step, width)) {
            let _ = writeln!(text, "{INDENT}{line}");
        }
        text.push('\n');
    }
    let [brokers, topics, groups] =
        [(seen.brokers.len(), "broker"), (seen.topics.len(), "topic"), (seen.groups.len(), "group")]
            .map(|(count, what)| counted(count as u64, what));
    let found = match findings.len() {
        0 => "nothing is wrong".to_owned(),
        count => counted(count as u64, "finding"),
    };
    let _ = writeln!(text, "looked at {brokers}, {topics} and {groups}: {found}");
    text
}

impl Severity {
    fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    /// Red, yellow, or as it is.
    fn painted(self, text: &str) -> String {
        match self {
            Self::Broken => format!("\u{1b}[1;31m{text}\u{1b}[0m"),
            Self::Warning => format!("\u{1b}[33m{text}\u{1b}[0m"),
            Self::Note => text.to_owned(),
        }
    }
}

async fn look(cluster: &Cluster) -> Result<Seen, Failure> {
    let admin = Admin::new(cluster);
    let described = admin.describe_cluster(DescribeClusterOptions::default()).await?;
    let mut seen = Seen { now_ms: Timestamp::now().as_millisecond(), ..Seen::default() };
    for broker in &described.brokers {
        let unreachable = cluster.node(broker.id).await.err().map(|error| said_of(&error));
        seen.brokers.push(SeenBroker {
            id: broker.id.0,
            address: broker.address.to_string(),
            fenced: broker.fenced,
            unreachable,
        });
    }
    seen.topics = cluster.all_topics().await?;
    seen.quorum = admin.describe_quorum().await.ok();
    seen.features = admin.describe_features(None).await.ok();
    let reachable: Vec<_> = described
        .brokers
        .iter()
        .zip(&seen.brokers)
        .filter(|(_, seen)| seen.unreachable.is_none())
        .map(|(broker, _)| broker.id)
        .collect();
    if reachable.is_empty() {
        return Ok(seen);
    }
    for (broker, dirs) in admin.describe_log_dirs(&reachable, None).await {
        seen.log_dirs.push((broker.0, dirs.map_err(|error| with_causes(&error))));
    }
    seen.settings = settings(&admin, &seen.topics).await;
    seen.groups = groups(&admin, &seen.topics).await.unwrap_or_default();
    Ok(seen)
}

async fn settings(admin: &Admin, topics: &[Arc<Topic>]) -> BTreeMap<String, BTreeMap<String, String>> {
    let resources: Vec<Resource> =
        topics.iter().map(|topic| Resource::Topic(topic.name.to_string())).collect();
    let names = ["min.insync.replicas", "unclean.leader.election.enable"].map(str::to_owned).to_vec();
    let options = DescribeConfigsOptions { names: Some(names), ..DescribeConfigsOptions::default() };
    let mut settings = BTreeMap::new();
    for (resource, entries) in admin.describe_configs(&resources, &options).await {
        let (Resource::Topic(topic), Ok(entries)) = (resource, entries) else { continue };
        let values = entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?)));
        settings.insert(topic, values.collect());
    }
    settings
}

async fn groups(admin: &Admin, topics: &[Arc<Topic>]) -> Result<Vec<SeenGroup>, Error> {
    let mut groups = Vec::new();
    for listed in admin.list_groups(&GroupFilter::default()).await?.found {
        let Ok(committed) = admin.group_offsets(&listed.group_id).await else { continue };
        let has_leader = |at: &TopicPartition| {
            let topic = topics.iter().find(|topic| topic.name == at.topic);
            topic.and_then(|topic| topic.partition(at.partition)).is_some_and(|p| p.leader.is_some())
        };
        let asked = committed.keys().filter(|at| has_leader(at));
        let asked = asked.map(|at| (at.clone(), OffsetSpec::Latest)).collect();
        let ends = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await;
        let lag = ends
            .into_iter()
            .filter_map(|(at, end)| Some((end.ok()?.offset? - committed.get(&at)?.offset).max(0)));
        groups.push(SeenGroup { id: listed.group_id, state: listed.state, lag: lag.sum() });
    }
    Ok(groups)
}

/// Everything that is wrong, the worst first.
fn diagnose(seen: &Seen) -> Vec<Finding> {
    let mut findings = Vec::new();
    brokers(seen, &mut findings);
    topics(seen, &mut findings);
    log_dirs(seen, &mut findings);
    quorum(seen, &mut findings);
    idle_groups(seen, &mut findings);
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn find(
    findings: &mut Vec<Finding>,
    severity: Severity,
    subject: impl Into<String>,
    what: impl Into<String>,
    next_step: impl Into<String>,
) {
    let finding =
        Finding { severity, subject: subject.into(), what: what.into(), next_step: next_step.into() };
    findings.push(finding);
}

fn brokers(seen: &Seen, findings: &mut Vec<Finding>) {
    for broker in &seen.brokers {
        let subject = format!("broker {}", broker.id);
        if broker.fenced {
            let next_step = "start it, or look at its log: it does not reach the controller";
            find(findings, Severity::Broken, subject, "is registered and does not serve", next_step);
        } else if let Some(reason) = &broker.unreachable {
            let what = format!("advertises {}, which does not work from here: {reason}", broker.address);
            let next_step = "correct its `advertised.listeners`, or make that address work from here";
            find(findings, Severity::Broken, subject, what, next_step);
        }
    }
}

fn topics(seen: &Seen, findings: &mut Vec<Finding>) {
    /// More than this on one broker makes its restarts slow.
    const MANY: usize = 4000;
    let mut replicas: BTreeMap<i32, usize> = BTreeMap::new();
    for topic in &seen.topics {
        let subject = format!("topic `{}`", topic.name);
        let setting = |key: &str| seen.settings.get(&*topic.name).and_then(|values| values.get(key));
        let least: Option<usize> = setting("min.insync.replicas").and_then(|value| value.parse().ok());
        for partition in &topic.partitions {
            partition.replicas.iter().for_each(|node| *replicas.entry(node.0).or_default() += 1);
            let at = format!("{}-{}", topic.name, partition.index);
            let (in_sync, all) = (partition.isr.len(), partition.replicas.len());
            let (replicas, isr) = (output::joined(&partition.replicas), output::joined(&partition.isr));
            if partition.leader.is_none() {
                let next_step = format!("bring back one of brokers {isr}");
                find(
                    findings,
                    Severity::Broken,
                    at,
                    "has no leader: nothing can be written or read",
                    next_step,
                );
            } else if least.is_some_and(|least| in_sync < least && least <= all) {
                let what = format!(
                    "{in_sync} of {all} replicas are in sync, `acks=all` needs {}",
                    least.unwrap_or(0)
                );
                let next_step = format!("bring back the others of brokers {replicas}");
                find(findings, Severity::Broken, at, what, next_step);
            } else if in_sync < all {
                let what = format!("{in_sync} of {all} replicas are in sync: {isr}");
                let next_step = format!("see what holds up the others of brokers {replicas}");
                find(findings, Severity::Warning, at, what, next_step);
            }
        }
        let most = topic.partitions.iter().map(|partition| partition.replicas.len()).max().unwrap_or(0);
        if let Some(least) = least.filter(|least| *least > most) {
            let what =
                format!("min.insync.replicas is {least}, it has {most} replica(s): `acks=all` always fails");
            let next_step = format!("mainstem config set topic {} min.insync.replicas={most}", topic.name);
            find(findings, Severity::Broken, subject.clone(), what, next_step);
        }
        if setting("unclean.leader.election.enable").is_some_and(|value| value == "true") {
            let next_step =
                format!("mainstem config set topic {} unclean.leader.election.enable=false", topic.name);
            let what = "may lose acknowledged records when a replica that lags is elected";
            find(findings, Severity::Warning, subject.clone(), what, next_step);
        }
        if most == 1 && seen.brokers.len() > 2 && !super::topic::is_internal(topic) {
            let what = "has one replica: its data is gone with its broker";
            find(findings, Severity::Note, subject, what, "reassign it with more replicas");
        }
    }
    for (broker, count) in replicas.into_iter().filter(|(_, count)| *count > MANY) {
        let what = format!("has {count} replicas, more than {MANY}");
        find(
            findings,
            Severity::Warning,
            format!("broker {broker}"),
            what,
            "use fewer partitions, or more brokers",
        );
    }
}

fn log_dirs(seen: &Seen, findings: &mut Vec<Finding>) {
    for (broker, dirs) in &seen.log_dirs {
        let subject = format!("broker {broker}");
        let dirs = match dirs {
            Ok(dirs) => dirs,
            Err(reason) => {
                let what = format!("does not tell about its log directories: {reason}");
                find(findings, Severity::Note, subject, what, "ask for the right to describe the cluster");
                continue;
            }
        };
        for dir in dirs {
            let subject = format!("broker {broker}: {}", dir.path);
            if let Some(error) = &dir.error {
                let what = format!("is out of use: {error}");
                find(findings, Severity::Broken, subject, what, "repair the disk, then restart the broker");
                continue;
            }
            let (Some(total), Some(usable)) = (dir.total, dir.usable) else { continue };
            let percent = usable.0.saturating_mul(100).checked_div(total.0).unwrap_or(100);
            let severity = match percent {
                0..2 => Severity::Broken,
                2..10 => Severity::Warning,
                _ => continue,
            };
            let what = format!("{percent} % of the disk is free: {}", super::log_dirs::size(usable.0));
            let next_step = "shorten retention.ms or retention.bytes of large topics, or add room";
            find(findings, severity, subject, what, next_step);
        }
    }
}

fn quorum(seen: &Seen, findings: &mut Vec<Finding>) {
    /// Metadata that a live replica fetches every half second.
    const BEHIND: i64 = 1000;
    const SILENT: Duration = Duration::from_secs(10);
    const SKEW: Duration = Duration::from_secs(5);
    let features = seen.features.as_ref();
    let behind = features.into_iter().flat_map(|features| {
        features.finalized.iter().filter_map(|(name, level)| {
            let supported = features.supported.get(name)?;
            (*level < supported.max).then(|| (name.clone(), *level, supported.max))
        })
    });
    for (name, level, max) in behind {
        let what = format!("is at {level}, the brokers have {max}");
        find(
            findings,
            Severity::Note,
            format!("feature {name}"),
            what,
            "raise it once every broker is upgraded",
        );
    }
    let Some(quorum) = &seen.quorum else { return };
    let Some(leader) = quorum.leader else {
        let next_step = "bring back a majority of the controllers";
        find(
            findings,
            Severity::Broken,
            "metadata quorum",
            "has no leader: nothing can be changed",
            next_step,
        );
        return;
    };
    let end = quorum.voters.iter().find(|voter| voter.id == leader).and_then(|voter| voter.log_end_offset);
    for replica in quorum.voters.iter().chain(&quorum.observers) {
        let subject = format!("node {} of the metadata quorum", replica.id);
        let lag = end.zip(replica.log_end_offset).map_or(0, |(end, own)| end - own);
        if lag > BEHIND {
            find(
                findings,
                Severity::Warning,
                subject.clone(),
                format!("is {lag} records behind"),
                "look at its log",
            );
        }
        let Some(fetched) = replica.last_fetch_ms.filter(|_| replica.id != leader) else { continue };
        let silent = seen.now_ms.saturating_sub(fetched);
        if silent > i64::try_from(SILENT.as_millis()).unwrap_or(i64::MAX) {
            let what = format!("has not fetched for {} s", silent / 1000);
            find(findings, Severity::Warning, subject, what, "see whether it runs, and reaches the leader");
        } else if -silent > i64::try_from(SKEW.as_millis()).unwrap_or(i64::MAX) {
            let what = format!("fetched {} s in the future of this machine's clock", -silent / 1000);
            find(findings, Severity::Warning, subject, what, "set the clocks by NTP");
        }
    }
}

fn idle_groups(seen: &Seen, findings: &mut Vec<Finding>) {
    for group in seen.groups.iter().filter(|group| group.lag > 0) {
        if matches!(group.state, Some(GroupState::Empty | GroupState::Dead)) {
            let what = format!("has no members, and {} records wait for it", group.lag);
            let next_step = format!("start its consumers, or `mainstem group delete {}`", group.id);
            find(findings, Severity::Warning, format!("group `{}`", group.id), what, next_step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{ByteCount, NodeId};
    use client::{
        Partition,
        admin::{QuorumReplica, SupportedVersions},
    };

    fn topic(replicas: &[i32], isr: &[i32], leader: Option<i32>) -> Arc<Topic> {
        let nodes = |ids: &[i32]| ids.iter().copied().map(NodeId).collect();
        let partition = Partition {
            index: 0,
            leader: leader.map(NodeId),
            leader_epoch: 0,
            replicas: nodes(replicas),
            isr: nodes(isr),
            offline_replicas: Vec::new(),
        };
        Arc::new(Topic {
            name: "t".into(),
            id: base::TopicId::NONE,
            internal: false,
            partitions: vec![partition],
        })
    }

    fn with_topic(topic: Arc<Topic>, settings: &[(&str, &str)]) -> Seen {
        let values = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Seen { topics: vec![topic], settings: [("t".to_owned(), values)].into(), ..Seen::default() }
    }

    fn broker(fenced: bool, unreachable: Option<&str>) -> Seen {
        let broker = SeenBroker {
            id: 1,
            address: "kafka:9092".to_owned(),
            fenced,
            unreachable: unreachable.map(str::to_owned),
        };
        Seen { brokers: vec![broker], ..Seen::default() }
    }

    fn disk(usable: u64, error: Option<Error>) -> Seen {
        let dir = LogDir {
            path: "/d".to_owned(),
            error,
            total: Some(ByteCount(1000)),
            usable: Some(ByteCount(usable)),
            cordoned: false,
            replicas: BTreeMap::new(),
        };
        Seen { log_dirs: vec![(1, Ok(vec![dir]))], ..Seen::default() }
    }

    fn quorum(leader: Option<i32>, log_end_offset: i64, last_fetch_ms: i64) -> Seen {
        let replica = |id, log_end_offset| QuorumReplica {
            id: NodeId(id),
            directory: None,
            log_end_offset: Some(log_end_offset),
            last_fetch_ms: Some(last_fetch_ms),
            last_caught_up_ms: None,
        };
        let quorum = Quorum {
            leader: leader.map(NodeId),
            leader_epoch: 1,
            high_watermark: 0,
            voters: vec![replica(1, 5000), replica(2, log_end_offset)],
            observers: Vec::new(),
            endpoints: BTreeMap::new(),
        };
        Seen { quorum: Some(quorum), now_ms: 100_000, ..Seen::default() }
    }

    fn group(state: GroupState, lag: i64) -> Seen {
        Seen { groups: vec![SeenGroup { id: "g".to_owned(), state: Some(state), lag }], ..Seen::default() }
    }

    fn features(level: i16) -> Seen {
        let features = Features {
            supported: [("f".to_owned(), SupportedVersions { min: 1, max: 3 })].into(),
            finalized: [("f".to_owned(), level)].into(),
            finalized_epoch: None,
        };
        Seen { features: Some(features), ..Seen::default() }
    }

    #[test]
    fn every_illness_is_named_with_its_cure() {
        use Severity::{Broken, Note, Warning};
        let refused = || Error::NoLeader { subject: "disk".to_owned() };
        for (seen, severity, says) in [
            (broker(true, None), Broken, "does not serve"),
            (broker(false, Some("refused")), Broken, "advertises kafka:9092"),
            (with_topic(topic(&[1, 2], &[2], None), &[]), Broken, "has no leader"),
            (with_topic(topic(&[1, 2, 3], &[1, 2], Some(1)), &[]), Warning, "2 of 3 replicas"),
            (
                with_topic(topic(&[1, 2, 3], &[1], Some(1)), &[("min.insync.replicas", "2")]),
                Broken,
                "acks=all",
            ),
            (with_topic(topic(&[1], &[1], Some(1)), &[("min.insync.replicas", "2")]), Broken, "always fails"),
            (
                with_topic(topic(&[1], &[1], Some(1)), &[("unclean.leader.election.enable", "true")]),
                Warning,
                "may lose",
            ),
            (with_topic(topic(&[7; 5000], &[7; 5000], Some(7)), &[]), Warning, "more than 4000"),
            (disk(5, None), Broken, "0 % of the disk"),
            (disk(50, None), Warning, "5 % of the disk"),
            (disk(500, Some(refused())), Broken, "out of use"),
            (Seen { log_dirs: vec![(1, Err("no".to_owned()))], ..Seen::default() }, Note, "does not tell"),
            (quorum(None, 5000, 99_999), Broken, "has no leader"),
            (quorum(Some(1), 10, 99_999), Warning, "4990 records behind"),
            (quorum(Some(1), 5000, 50_000), Warning, "not fetched for 50 s"),
            (quorum(Some(1), 5000, 110_000), Warning, "10 s in the future"),
            (group(GroupState::Empty, 5), Warning, "5 records wait"),
            (features(2), Note, "is at 2, the brokers have 3"),
        ] {
            let findings = diagnose(&seen);
            assert_eq!(findings.len(), 1, "{says}: {findings:?}");
            assert_eq!(findings[0].severity, severity, "{says}");
            assert!(findings[0].what.contains(says), "{says}: {findings:?}");
            assert!(!findings[0].next_step.is_empty());
        }
    }

    #[test]
    fn people_are_told_in_paragraphs() {
        let seen = broker(false, Some("cannot connect to kafka:9092: Connection refused"));
        let expected = "broken   broker 1\n         advertises kafka:9092, which does not\n         work from here: cannot connect to\n         \
                        kafka:9092: Connection refused\n         -> correct its `advertised.listeners`,\n         or make that \
                        address work from here\n\nlooked at 1 broker, 0 topics and 0 groups: 1 finding\n";
        assert_eq!(told(&diagnose(&seen), &seen, Some(48), false), expected);
        assert!(told(&diagnose(&seen), &seen, None, true).contains("\u{1b}[1;31mbroken"));
        let healthy = Seen::default();
        assert_eq!(
            told(&[], &healthy, None, true),
            "looked at 0 brokers, 0 topics and 0 groups: nothing is wrong\n"
        );
    }

    #[test]
    fn a_sound_cluster_has_nothing() {
        for seen in [
            Seen::default(),
            broker(false, None),
            with_topic(topic(&[1, 2, 3], &[1, 2, 3], Some(1)), &[("min.insync.replicas", "2")]),
            disk(500, None),
            quorum(Some(1), 5000, 99_999),
            group(GroupState::Stable, 5),
            group(GroupState::Empty, 0),
            features(3),
        ] {
            assert_eq!(diagnose(&seen), [], "{seen:?}");
        }
    }
}
