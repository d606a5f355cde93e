//! Plays a script of lines `ms command label arguments -> answers`.
//!
//! Time goes to the line's moment, and every timer on the way fires; then the command runs, then what is due at
//! that very moment. The answers that came out are compared, joined by ` | `, each as `label: reply`.
//!
//! Member ids are written `c#1`: client `c`, and a random part that is the number of the join. The group is `g`
//! unless `group=` names another.
//!
//! | command | arguments | |
//! |---|---|---|
//! | `config` | `delay=` `max=` `metadata=` | settings; the script's delay is 0 at first |
//! | `join` | `id=` `static=` `client=` `protocols=range:m,sticky` `type=` `topics=` `session=` `rebalance=` `why=` `v4` `v9` | |
//! | `sync` | `member generation` `c#1:x,c#2:y` `static=` `protocol=` `type=` | the list is the assignment |
//! | `hb` | `member generation` `static=` | |
//! | `leave` | `c#1 @instance c#2@instance` | |
//! | `commit` | `t-0@5` `member=` `gen=` `static=` `meta=` `epoch=` `id=` `retention=` `producer=` | `id` is the topic's |
//! | `end` | `producer commit` or `producer abort` | a transaction's marker reaches the log |
//! | `fetch` | `t-0 t-1` `id=` `stable` | without partitions: all |
//! | `delete`, `delete-offsets` | `t-0 t-1` | |
//! | `describe`, `list` | `states=` `types=` | |
//! | `forget` | `t` `id=` | a topic was deleted |
//! | `hold`, `release` | | the high watermark stands still, or follows the log again |
//! | `refuse` | a reason, or none | what the log does with batches |
//! | `reload` | | another broker takes over: a new shard replays the log |
//! | `log` | | what was written since the last time |
//! | `wait` | | only time passes |
//! | `freeze` | | time passes up to here, and nothing ran meanwhile |

use crate::{
    Commit, CommitPartition, CommitTopic, DeleteGroup, DeleteOffsets, Describe, Error, FetchOffsets,
    FetchTopic, ForgetTopics, Generation, GroupConfig, GroupId, Heartbeat, InstanceId, Join, Leave, Leaving,
    List, MemberId, Protocol, Reply, Request, Shard, Sync,
    records::{self, Parsed},
};
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId, TopicId};
use bytes::Bytes;
use coordinator::{
    CoordinatorRecord, Driver, EndOfTransaction, Log, Now, Outcome, Position, Producer, Refusal, Replayed,
    Token,
};
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};
use uuid::Uuid;
use wire::Text;

#[track_caller]
pub(super) fn play(script: &str) {
    let mut player = Player::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let (line, expected) = line.split_once("->").unwrap_or((line, ""));
        let got = player.line(line.trim());
        assert_eq!(got.join(" | "), expected.trim(), "\nin line: {line}");
    }
}

/// A batch is one entry, so that a marker can stand between batches.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Record(Position, CoordinatorRecord),
    End(Producer, EndOfTransaction),
}

#[derive(Debug, Default)]
pub(super) struct MemoryLog {
    pub(super) entries: Vec<Entry>,
    held_at: Option<Offset>,
    pub(super) refuse: Option<Refusal>,
}

impl MemoryLog {
    fn end(&self) -> Offset {
        Offset(self.entries.len() as i64)
    }
}

impl Log for MemoryLog {
    fn append(
        &mut self,
        records: &[CoordinatorRecord],
        producer: Option<Producer>,
    ) -> Result<Offset, Refusal> {
        if let Some(refusal) = self.refuse {
            return Err(refusal);
        }
        let base = self.end();
        for record in records {
            let position = Position { offset: self.end(), producer };
            self.entries.push(Entry::Record(position, record.clone()));
        }
        Ok(base)
    }

    fn high_watermark(&self) -> Offset {
        self.held_at.unwrap_or(self.end())
    }
}

pub(super) struct Player {
    start: Instant,
    ms: u64,
    pub(super) driver: Driver<Shard>,
    pub(super) log: MemoryLog,
    config: GroupConfig,
    labels: HashMap<Token, String>,
    next_token: u64,
    joins: u128,
    shown: usize,
    answers: Vec<String>,
}

impl Player {
    pub(super) fn new() -> Self {
        let config =
            GroupConfig { group_initial_rebalance_delay_ms: Duration::ZERO, ..GroupConfig::default() };
        let mut player = Self {
            start: Instant::now(),
            ms: 0,
            driver: driver(&config),
            log: MemoryLog::default(),
            config,
            labels: HashMap::new(),
            next_token: 0,
            joins: 0,
            shown: 0,
            answers: Vec::new(),
        };
        player.load();
        player
    }

    pub(super) fn now(&self) -> Now {
        Now { instant: self.start + Duration::from_millis(self.ms), unix_ms: self.ms as i64 }
    }

    /// Whoever still waits for an answer.
    pub(super) fn waiting(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn line(&mut self, line: &str) -> Vec<String> {
        let mut words = line.split_whitespace();
        let ms = words.next().and_then(|ms| ms.parse().ok()).unwrap_or_else(|| panic!("no time in {line:?}"));
        let command = words.next().unwrap_or_else(|| panic!("no command in {line:?}"));
        match command {
            "freeze" => self.ms = ms,
            _ => self.advance(ms),
        }
        self.command(command, &Arguments::new(words));
        self.tick();
        std::mem::take(&mut self.answers)
    }

    pub(super) fn advance(&mut self, ms: u64) {
        assert!(ms >= self.ms, "time goes back to {ms}");
        loop {
            let due = self.driver.wake_at().map(|at| at.duration_since(self.start).as_millis() as u64);
            match due {
                Some(due) if due < ms => {
                    self.ms = self.ms.max(due);
                    self.tick();
                }
                _ => break,
            }
        }
        self.ms = ms;
    }

    fn tick(&mut self) {
        let now = self.now();
        let outcome = self.driver.tick(&mut self.log, now);
        self.take(outcome);
    }

    fn take(&mut self, outcome: Outcome<Shard>) {
        for answer in outcome.answers {
            let label = self.labels.remove(&answer.token).expect("a token is answered once");
            let reply = match answer.reply {
                Ok(reply) => show_reply(&reply),
                Err(error) => show_error(&error),
            };
            self.answers.push(short(&format!("{label}: {reply}")));
        }
        for group in self.driver.core().groups().by_id.values() {
            group.classic.check();
        }
    }

    pub(super) fn request(&mut self, label: &str, request: impl Into<Request>) {
        let token = Token(self.next_token);
        self.next_token += 1;
        self.labels.insert(token, label.to_owned());
        let now = self.now();
        let outcome = self.driver.step(&mut self.log, now, token, request.into());
        self.take(outcome);
    }

    fn load(&mut self) {
        self.driver = driver(&self.config);
        for entry in &self.log.entries {
            match entry {
                Entry::Record(position, record) => {
                    let replayed =
                        self.driver.replay(*position, record).expect("what was written can be read");
                    assert_eq!(replayed, Replayed::Applied);
                }
                Entry::End(producer, end) => {
                    self.driver.replay_end_of_transaction(Offset::ZERO, *producer, *end);
                }
            }
        }
        self.labels.clear();
        let now = self.now();
        let outcome = self.driver.loaded(&mut self.log, now);
        self.take(outcome);
    }

    fn command(&mut self, command: &str, args: &Arguments<'_>) {
        let label = args.label();
        match command {
            "wait" | "freeze" => {}
            "config" => self.configure(args),
            "hold" => self.log.held_at = Some(self.log.end()),
            "release" => {
                self.log.held_at = None;
                let outcome = self.driver.committed(self.log.end());
                self.take(outcome);
            }
            "refuse" => {
                self.log.refuse = match label {
                    "" => None,
                    "NotEnoughReplicas" => Some(Refusal::NotEnoughReplicas),
                    "TooLarge" => Some(Refusal::TooLarge),
                    "NotLeader" => Some(Refusal::NotLeader),
                    other => panic!("no refusal {other}"),
                };
            }
            "reload" => self.load(),
            "log" => self.show_log(),
            "end" => self.end_transaction(args),
            "join" => {
                self.joins += 1;
                self.request(label, args.join(self.joins));
            }
            "sync" => self.request(label, args.sync()),
            "hb" => self.request(label, args.heartbeat()),
            "leave" => self.request(label, args.leave()),
            "commit" => self.request(label, args.commit()),
            "fetch" => self.request(label, args.fetch()),
            "delete" => self.request(label, DeleteGroup { group_id: args.group_id() }),
            "delete-offsets" => self.request(label, args.delete_offsets()),
            "describe" => self.request(label, Describe { group_id: args.group_id() }),
            "list" => self.request(label, List { states: args.list("states"), types: args.list("types") }),
            "forget" => {
                self.request(label, ForgetTopics { topics: vec![(args.at(0).into(), args.topic_id())] });
            }
            other => panic!("no command {other}"),
        }
    }

    fn configure(&mut self, args: &Arguments<'_>) {
        // It has no label: the first word is an option already.
        let option = |name| args.option(name).map(|value| value.parse::<i32>().expect("a number"));
        if let Some(delay) = option("delay") {
            self.config.group_initial_rebalance_delay_ms = Duration::from_millis(delay as u64);
        }
        if let Some(max) = option("max") {
            self.config.group_max_size = max;
        }
        if let Some(max) = option("metadata") {
            self.config.offset_metadata_max_bytes = max;
        }
        self.load();
    }

    fn end_transaction(&mut self, args: &Arguments<'_>) {
        let end = match args.at(0) {
            "commit" => EndOfTransaction::Commit,
            "abort" => EndOfTransaction::Abort,
            other => panic!("no end {other}"),
        };
        let producer = producer(args.label());
        let offset = self.log.end();
        self.log.entries.push(Entry::End(producer, end));
        self.driver.replay_end_of_transaction(offset, producer, end);
    }

    fn show_log(&mut self) {
        for entry in &self.log.entries[self.shown..] {
            self.answers.push(short(&show_entry(entry)));
        }
        self.shown = self.log.entries.len();
    }
}

fn driver(config: &GroupConfig) -> Driver<Shard> {
    Driver::new(Shard::new(config.clone()), config.offsets_commit_timeout_ms)
}

pub(super) fn producer(id: &str) -> Producer {
    Producer { id: ProducerId(id.parse().expect("a producer id")), epoch: ProducerEpoch(0) }
}

const RANDOM_PART: &str = "-00000000-0000-0000-0000-00000000000";

/// `c#1` for a member id.
fn short(text: &str) -> String {
    text.replace(RANDOM_PART, "#")
}

pub(super) fn member_id(text: &str) -> MemberId {
    MemberId::from(text.replace('#', RANDOM_PART).as_str())
}

/// The metadata of a consumer that reads these topics.
pub(super) fn subscription(topics: &[&str]) -> Bytes {
    let mut bytes = vec![0, 1];
    bytes.extend((topics.len() as i32).to_be_bytes());
    for topic in topics {
        bytes.extend((topic.len() as i16).to_be_bytes());
        bytes.extend(topic.as_bytes());
    }
    bytes.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.into()
}

pub(super) fn topic_id(number: &str) -> TopicId {
    TopicId(Uuid::from_u128(number.parse().expect("a number")))
}

struct Arguments<'a> {
    words: Vec<&'a str>,
    options: BTreeMap<&'a str, &'a str>,
}

impl<'a> Arguments<'a> {
    fn new(words: impl Iterator<Item = &'a str>) -> Self {
        let (options, words): (Vec<_>, Vec<_>) = words.partition(|word| word.contains('='));
        let options = options.iter().filter_map(|word| word.split_once('=')).collect();
        Self { words, options }
    }

    fn label(&self) -> &'a str {
        self.words.first().copied().unwrap_or_default()
    }

    /// The words after the label.
    fn rest(&self) -> &[&'a str] {
        self.words.get(1..).unwrap_or_default()
    }

    fn at(&self, index: usize) -> &'a str {
        self.rest().get(index).copied().unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.rest().contains(&name)
    }

    fn option(&self, name: &str) -> Option<&'a str> {
        self.options.get(name).copied()
    }

    fn number(&self, name: &str, default: i32) -> i32 {
        self.option(name).map_or(default, |value| value.parse().expect("a number"))
    }

    fn list(&self, name: &str) -> Vec<Text> {
        self.option(name).into_iter().flat_map(|value| value.split(',')).map(Text::from).collect()
    }

    fn group_id(&self) -> GroupId {
        GroupId::from(self.option("group").unwrap_or("g"))
    }

    fn instance_id(&self) -> Option<InstanceId> {
        self.option("static").map(InstanceId::from)
    }

    fn generation(&self) -> Generation {
        Generation(self.at(1).parse().unwrap_or(-1))
    }

    fn topic_id(&self) -> TopicId {
        self.option("id").map_or(TopicId::NONE, topic_id)
    }

    fn join(&self, number: u128) -> Join {
        let topics: Option<Vec<_>> = self.option("topics").map(|topics| topics.split(',').collect());
        let metadata = topics.map_or(Bytes::from_static(b"m"), |topics| subscription(&topics));
        let protocols =
            self.option("protocols").unwrap_or("range").split(',').filter(|name| !name.is_empty());
        let protocols = protocols.map(|text| match text.split_once(':') {
            Some((name, metadata)) => {
                Protocol { name: name.into(), metadata: Bytes::copy_from_slice(metadata.as_bytes()) }
            }
            None => Protocol { name: text.into(), metadata: metadata.clone() },
        });
        Join {
            group_id: self.group_id(),
            member_id: self.option("id").map(member_id),
            instance_id: self.instance_id(),
            client_id: self.option("client").unwrap_or("c").into(),
            client_host: "/127.0.0.1".into(),
            session_timeout_ms: self.number("session", 10_000),
            rebalance_timeout_ms: self.number("rebalance", 60_000),
            protocol_type: self.option("type").unwrap_or("consumer").into(),
            protocols: protocols.collect(),
            reason: self.option("why").map(Text::from),
            requires_known_member: self.flag("v4") || self.flag("v9"),
            can_skip_assignment: self.flag("v9"),
            uuid: Uuid::from_u128(number),
        }
    }

    fn sync(&self) -> Sync {
        let assignments = self.at(2).split(',').filter_map(|pair| pair.split_once(':'));
        Sync {
            group_id: self.group_id(),
            member_id: member_id(self.at(0)),
            instance_id: self.instance_id(),
            generation: self.generation(),
            protocol_type: self.option("type").map(Text::from),
            protocol: self.option("protocol").map(Text::from),
            assignments: assignments
                .map(|(id, assignment)| (member_id(id), Bytes::copy_from_slice(assignment.as_bytes())))
                .collect(),
        }
    }

    fn heartbeat(&self) -> Heartbeat {
        Heartbeat {
            group_id: self.group_id(),
            member_id: member_id(self.at(0)),
            instance_id: self.instance_id(),
            generation: self.generation(),
        }
    }

    fn leave(&self) -> Leave {
        let member = |word: &&str| {
            let (id, instance) =
                word.split_once('@').map_or((*word, None), |(id, instance)| (id, Some(instance)));
            Leaving {
                member_id: (!id.is_empty()).then(|| member_id(id)),
                instance_id: instance.map(InstanceId::from),
                reason: self.option("why").map(Text::from),
            }
        };
        Leave { group_id: self.group_id(), members: self.rest().iter().map(member).collect() }
    }

    /// `t-0@5` as topic, partition and offset; topics keep the order in which they first appear.
    fn partitions(&self) -> Vec<(&'a str, Vec<(i32, i64)>)> {
        let mut topics: Vec<(&str, Vec<(i32, i64)>)> = Vec::new();
        for word in self.rest().iter().filter(|word| word.contains('-')) {
            let (partition, offset) = word.split_once('@').unwrap_or((word, "-1"));
            let (topic, partition) = partition.rsplit_once('-').expect("topic-partition");
            let entry = (partition.parse().expect("a partition"), offset.parse().expect("an offset"));
            match topics.iter_mut().find(|(name, _)| *name == topic) {
                Some((_, partitions)) => partitions.push(entry),
                None => topics.push((topic, vec![entry])),
            }
        }
        topics
    }

    fn commit(&self) -> Commit {
        let partition = |(partition, offset): (i32, i64)| CommitPartition {
            partition,
            offset: Offset(offset),
            leader_epoch: self.option("epoch").map(|epoch| LeaderEpoch(epoch.parse().expect("an epoch"))),
            metadata: self.option("meta").map(Text::from),
        };
        let topic = |(name, partitions): (&str, Vec<(i32, i64)>)| CommitTopic {
            name: name.into(),
            id: self.topic_id(),
            partitions: partitions.into_iter().map(partition).collect(),
        };
        Commit {
            group_id: self.group_id(),
            member_id: self.option("member").map(member_id),
            instance_id: self.instance_id(),
            generation: Generation(self.number("gen", -1)),
            retention_ms: self.option("retention").map(|ms| ms.parse().expect("a number")),
            producer: self.option("producer").map(producer),
            topics: self.partitions().into_iter().map(topic).collect(),
        }
    }

    fn fetch(&self) -> FetchOffsets {
        let topic = |(name, partitions): (&str, Vec<(i32, i64)>)| FetchTopic {
            name: name.into(),
            id: self.topic_id(),
            partitions: partitions.into_iter().map(|(partition, _)| partition).collect(),
        };
        let topics: Vec<_> = self.partitions().into_iter().map(topic).collect();
        FetchOffsets {
            group_id: self.group_id(),
            topics: (!topics.is_empty()).then_some(topics),
            require_stable: self.flag("stable"),
            ..FetchOffsets::default()
        }
    }

    fn delete_offsets(&self) -> DeleteOffsets {
        let topics = self.partitions().into_iter();
        let topics = topics
            .map(|(name, ps)| (Text::from(name), ps.into_iter().map(|(partition, _)| partition).collect()));
        DeleteOffsets { group_id: self.group_id(), topics: topics.collect() }
    }
}

pub(super) fn show_error(error: &Error) -> String {
    match error {
        Error::MemberIdRequired(member_id) => format!("{} {member_id}", error.code()),
        error => error.code().to_string(),
    }
}

fn show_result(result: &Result<(), Error>) -> String {
    result.as_ref().err().map(|error| format!("={}", show_error(error))).unwrap_or_default()
}

fn show_bytes(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn join_words(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn show_reply(reply: &Reply) -> String {
    match reply {
        Reply::Join(joined) => {
            let protocol = joined.protocol.as_deref().unwrap_or("-");
            let mut text =
                format!("{} gen {} {protocol} leader {}", joined.member_id, joined.generation, joined.leader);
            if joined.skip_assignment {
                text += " skip";
            }
            if !joined.members.is_empty() {
                let members = joined.members.iter().map(|member| match &member.instance_id {
                    Some(instance_id) => format!("{}@{instance_id}", member.member_id),
                    None => member.member_id.to_string(),
                });
                text += &format!(" of {}", join_words(members));
            }
            text
        }
        Reply::Sync(synced) => format!("synced {}", show_bytes(&synced.assignment)).trim_end().to_owned(),
        Reply::Heartbeat(()) | Reply::DeleteGroup(()) | Reply::ForgetTopics(()) => "ok".to_owned(),
        Reply::Leave(left) => {
            let members = left.iter().map(|left| {
                let member_id = left.member_id.as_ref().map(MemberId::to_string).unwrap_or_default();
                let instance_id = left.instance_id.as_ref().map(|id| format!("@{id}")).unwrap_or_default();
                format!("{member_id}{instance_id}{}", show_result(&left.result))
            });
            format!("left {}", join_words(members))
        }
        Reply::Commit(topics) | Reply::DeleteOffsets(topics) => {
            let results = topics.iter().flat_map(|topic| {
                topic
                    .partitions
                    .iter()
                    .map(move |(p, result)| format!("{}-{p}{}", topic.name, show_result(result)))
            });
            format!("done {}", join_words(results)).trim_end().to_owned()
        }
        Reply::FetchOffsets(topics) => {
            let results = topics.iter().flat_map(|topic| {
                topic.partitions.iter().map(move |fetched| {
                    let offset = match &fetched.offset {
                        Ok(None) => "@none".to_owned(),
                        Ok(Some(offset)) => {
                            let epoch =
                                offset.leader_epoch.map(|epoch| format!("/{epoch}")).unwrap_or_default();
                            let metadata = Some(offset.metadata.as_str()).filter(|text| !text.is_empty());
                            format!(
                                "@{}{epoch}{}",
                                offset.offset,
                                metadata.map(|m| format!("({m})")).unwrap_or_default()
                            )
                        }
                        Err(error) => format!("={}", show_error(error)),
                    };
                    format!("{}-{}{offset}", topic.name, fetched.partition)
                })
            });
            format!("at {}", join_words(results)).trim_end().to_owned()
        }
        Reply::Describe(group) => {
            let members = group.members.iter().map(|member| {
                let instance_id = member.instance_id.as_ref().map(|id| format!("@{id}")).unwrap_or_default();
                let (metadata, assignment) = (show_bytes(&member.metadata), show_bytes(&member.assignment));
                format!("{}{instance_id}({metadata},{assignment})", member.member_id)
            });
            let text = format!(
                "{} '{}' '{}' {}",
                group.state,
                group.protocol_type,
                group.protocol,
                join_words(members)
            );
            text.trim_end().to_owned()
        }
        Reply::List(groups) => {
            let groups = groups
                .iter()
                .map(|g| format!("{}:{}:{}:{}", g.group_id, g.group_type, g.state, g.protocol_type));
            format!("list {}", join_words(groups)).trim_end().to_owned()
        }
    }
}

fn show_entry(entry: &Entry) -> String {
    let record = match entry {
        Entry::Record(_, record) => record,
        Entry::End(producer, end) => return format!("{end:?} {}", producer.id),
    };
    match records::parse(record).expect("what was written can be read") {
        Parsed::Offset { group_id, topic, partition, value: None } => {
            format!("{group_id} {topic}-{partition} gone")
        }
        Parsed::Offset { group_id, topic, partition, value: Some(value) } => {
            format!("{group_id} {topic}-{partition}@{}", value.offset)
        }
        Parsed::Group { group_id, value: None } => format!("{group_id} gone"),
        Parsed::Group { group_id, value: Some(value) } => {
            let members =
                value.members.iter().map(|m| format!("{}={}", m.member_id, show_bytes(&m.assignment)));
            let text = format!("{group_id} gen {} {}", value.generation, join_words(members));
            text.trim_end().to_owned()
        }
        Parsed::Unknown { record_type } => panic!("a record of type {record_type} was written"),
    }
}
