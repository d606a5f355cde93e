//! Random histories of a few clients, on a log that now and then refuses.

use super::player::{self, MemoryLog, Player, member_id, producer};
use crate::{
    Commit, CommitPartition, CommitTopic, DeleteGroup, DeleteOffsets, FetchOffsets, Generation, GroupConfig,
    GroupId, Heartbeat, Join, Leave, Leaving, MemberId, Protocol, Shard, Sync, classic::ClassicGroup,
    records::GroupMetadata, subscription, tests::player::Entry,
};
use base::{Offset, TopicId};
use bytes::Bytes;
use coordinator::{Coordinator, CoordinatorRecord, EndOfTransaction, Position, Refusal};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a client does next. A member is a place among those that there are, and beyond them a stranger; a
/// generation is how far behind the client is.
#[derive(Clone, Debug)]
enum Act {
    Join { member: Option<u8>, instance: Option<u8>, protocols: u8, known: bool, rebalance_ms: i32 },
    Sync { member: u8, generation: u8 },
    Heartbeat { member: u8, generation: u8 },
    Leave { member: u8 },
    LeaveInstance { instance: u8 },
    Commit { member: Option<u8>, generation: u8, partition: u8, producer: Option<u8> },
    End { producer: u8, commit: bool },
    DeleteOffset { partition: u8 },
    DeleteGroup,
    Fetch { stable: bool },
    Wait { ms: u64 },
    Refuse(bool),
    Hold,
    Release,
}

fn act() -> impl Strategy<Value = Act> {
    let member = || 0..5u8;
    let generation = || prop_oneof![8 => Just(0u8), 1 => Just(1)];
    prop_oneof![
        8 => (prop::option::of(member()), prop::option::weighted(0.3, 0..2u8), 1..4u8, any::<bool>(), 0..20_000i32)
            .prop_map(|(member, instance, protocols, known, rebalance_ms)| {
                Act::Join { member, instance, protocols, known, rebalance_ms }
            }),
        12 => (member(), generation()).prop_map(|(member, generation)| Act::Sync { member, generation }),
        4 => (member(), generation()).prop_map(|(member, generation)| Act::Heartbeat { member, generation }),
        2 => member().prop_map(|member| Act::Leave { member }),
        1 => (0..2u8).prop_map(|instance| Act::LeaveInstance { instance }),
        4 => (prop::option::of(member()), generation(), 0..3u8, prop::option::weighted(0.3, 0..2u8))
            .prop_map(|(member, generation, partition, producer)| {
                Act::Commit { member, generation, partition, producer }
            }),
        1 => (0..2u8, any::<bool>()).prop_map(|(producer, commit)| Act::End { producer, commit }),
        1 => (0..3u8).prop_map(|partition| Act::DeleteOffset { partition }),
        1 => Just(Act::DeleteGroup),
        2 => any::<bool>().prop_map(|stable| Act::Fetch { stable }),
        4 => (0..15_000u64).prop_map(|ms| Act::Wait { ms }),
        1 => (0..20_000_000u64).prop_map(|ms| Act::Wait { ms }),
        1 => any::<bool>().prop_map(Act::Refuse),
        1 => Just(Act::Hold),
        1 => Just(Act::Release),
    ]
}

struct Run {
    player: Player,
    ms: u64,
    joins: u128,
}

impl Run {
    fn new() -> Self {
        Self { player: Player::new(), ms: 0, joins: 0 }
    }

    fn group(&self) -> Option<&ClassicGroup> {
        self.player.driver.core().groups().by_id.get(&GroupId::from("g")).map(|group| &group.classic)
    }

    fn members(&self) -> Vec<MemberId> {
        self.group().map(ClassicGroup::member_ids).unwrap_or_default()
    }

    fn id(&self, member: u8) -> MemberId {
        let known = self.members();
        known.get(usize::from(member)).cloned().unwrap_or_else(|| member_id(&format!("c#{member}")))
    }

    fn generation(&self, behind: u8) -> Generation {
        let present = self.group().map_or(Generation(0), ClassicGroup::generation);
        Generation(present.0 - i32::from(behind))
    }

    fn act(&mut self, act: &Act) {
        let group_id = || "g".into();
        match act {
            Act::Join { member, instance, protocols, known, rebalance_ms } => {
                self.joins += 1;
                let join = Join {
                    group_id: group_id(),
                    member_id: member.map(|member| self.id(member)),
                    instance_id: instance.map(|i| format!("i{i}").as_str().into()),
                    // An instance's ids look like everybody's, so that they are hit too.
                    client_id: "c".into(),
                    client_host: "h".into(),
                    session_timeout_ms: 10_000,
                    rebalance_timeout_ms: *rebalance_ms,
                    protocol_type: "consumer".into(),
                    protocols: ["x", "y"]
                        .into_iter()
                        .enumerate()
                        .filter(|(bit, _)| protocols >> bit & 1 == 1)
                        .map(|(_, name)| Protocol {
                            name: name.into(),
                            metadata: player::subscription(&["t"]),
                        })
                        .collect(),
                    reason: None,
                    requires_known_member: *known,
                    can_skip_assignment: *known,
                    uuid: Uuid::from_u128(self.joins),
                };
                self.player.request("join", join);
            }
            Act::Sync { member, generation: g } => {
                let part = |id| (id, Bytes::from(self.ms.to_string()));
                let assignments = self.members().into_iter().map(part).collect();
                let sync = Sync {
                    group_id: group_id(),
                    member_id: self.id(*member),
                    generation: self.generation(*g),
                    assignments,
                    ..Sync::default()
                };
                self.player.request("sync", sync);
            }
            Act::Heartbeat { member, generation: g } => {
                let (member_id, generation) = (self.id(*member), self.generation(*g));
                let heartbeat = Heartbeat { group_id: group_id(), member_id, generation, instance_id: None };
                self.player.request("hb", heartbeat);
            }
            Act::Leave { member } => {
                let members = vec![Leaving { member_id: Some(self.id(*member)), ..Leaving::default() }];
                self.player.request("leave", Leave { group_id: group_id(), members });
            }
            Act::LeaveInstance { instance } => {
                let instance_id = Some(format!("i{instance}").as_str().into());
                let members = vec![Leaving { instance_id, ..Leaving::default() }];
                self.player.request("leave", Leave { group_id: group_id(), members });
            }
            Act::Commit { member, generation: g, partition, producer: owner } => {
                let partition = CommitPartition {
                    partition: i32::from(*partition),
                    offset: Offset(self.ms as i64),
                    leader_epoch: None,
                    metadata: None,
                };
                let topic = CommitTopic { name: "t".into(), id: TopicId::NONE, partitions: vec![partition] };
                let commit = Commit {
                    group_id: group_id(),
                    member_id: member.map(|member| self.id(member)),
                    generation: member.map_or(Generation::NONE, |_| self.generation(*g)),
                    producer: owner.map(|owner| producer(&owner.to_string())),
                    topics: vec![topic],
                    ..Commit::default()
                };
                self.player.request("commit", commit);
            }
            Act::End { producer, commit } => {
                let end = if *commit { "commit" } else { "abort" };
                self.player.line(&format!("{} end {producer} {end}", self.ms));
            }
            Act::DeleteOffset { partition } => {
                let topics = vec![("t".into(), vec![i32::from(*partition)])];
                self.player.request("delete-offsets", DeleteOffsets { group_id: group_id(), topics });
            }
            Act::DeleteGroup => self.player.request("delete", DeleteGroup { group_id: group_id() }),
            Act::Fetch { stable } => {
                let fetch =
                    FetchOffsets { group_id: group_id(), require_stable: *stable, ..FetchOffsets::default() };
                self.player.request("fetch", fetch);
            }
            Act::Wait { ms } => self.wait(*ms),
            Act::Refuse(refuse) => self.player.log.refuse = refuse.then_some(Refusal::NotEnoughReplicas),
            Act::Hold => drop(self.player.line(&format!("{} hold", self.ms))),
            Act::Release => drop(self.player.line(&format!("{} release", self.ms))),
        }
    }

    fn wait(&mut self, ms: u64) {
        self.ms += ms;
        self.player.line(&format!("{} wait", self.ms));
    }
}

/// What a broker that replays the log must know.
#[derive(Debug, PartialEq)]
struct Persistent {
    group: Option<GroupMetadata>,
    offsets: BTreeMap<(String, i32), (i64, bool)>,
    open: Vec<(String, i32)>,
}

fn persistent(shard: &Shard) -> BTreeMap<String, Persistent> {
    let groups = shard.groups().by_id.iter().map(|(id, group)| {
        let offsets = group.offsets.iter().map(|(topic, partition, committed)| {
            let open = group.offsets.is_open(topic, partition);
            ((topic.to_string(), partition), (committed.value.offset.0, open))
        });
        let open = group.offsets.keys().filter(|(topic, partition)| group.offsets.is_open(topic, *partition));
        let persistent = Persistent {
            group: group.classic.persistent().filter(|_| group.recorded),
            offsets: offsets.collect(),
            open: open.map(|(topic, partition)| (topic.to_string(), partition)).collect(),
        };
        (id.to_string(), persistent)
    });
    groups.collect()
}

fn replayed(log: &MemoryLog) -> Shard {
    let mut shard = Shard::new(GroupConfig::default());
    for (offset, entry) in log.entries.iter().enumerate() {
        match entry {
            Entry::Record(position, record) => {
                shard.replay(*position, record).expect("what was written can be read");
            }
            Entry::End(producer, end) => {
                shard.replay_end_of_transaction(Offset(offset as i64), *producer, *end);
            }
        }
    }
    shard
}

/// The live shard and one that only saw the log agree, wherever the log can know.
fn check_replay(player: &Player, refused: bool) -> Result<(), TestCaseError> {
    let live = persistent(player.driver.core());
    let mut replayed = persistent(&replayed(&player.log));
    for (group_id, live) in live {
        let nothing = Persistent { group: None, offsets: BTreeMap::new(), open: Vec::new() };
        let replayed = replayed.remove(&group_id).unwrap_or(nothing);
        prop_assert_eq!(&live.offsets, &replayed.offsets);
        prop_assert_eq!(&live.open, &replayed.open);
        // A group that became empty while the log refused is known to be empty only here.
        let hidden = refused && live.group.as_ref().is_some_and(|group| group.members.is_empty());
        if live.group.is_some() && !hidden {
            prop_assert_eq!(live.group, replayed.group);
        }
    }
    for (group_id, rest) in replayed {
        prop_assert!(
            rest.offsets.is_empty() && rest.open.is_empty() && rest.group.is_none(),
            "{} is lost",
            group_id
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_replay_of_the_log_gives_the_state_that_wrote_it(acts in prop::collection::vec(act(), 1..80)) {
        let mut run = Run::new();
        let mut refused = false;
        for act in &acts {
            run.act(act);
            refused |= matches!(act, Act::Refuse(true));
            check_replay(&run.player, refused)?;
        }
    }

    #[test]
    fn everyone_who_waits_is_answered(acts in prop::collection::vec(act(), 1..80)) {
        let mut run = Run::new();
        for act in &acts {
            run.act(act);
        }
        run.act(&Act::Refuse(false));
        run.act(&Act::Release);
        // Long enough for every first join, session and round to run out.
        for _ in 0..100 {
            run.wait(10_000);
        }
        prop_assert_eq!(run.player.waiting(), 0);
    }
}

proptest! {
    /// Whatever stands in a record or in a consumer's metadata.
    #[test]
    fn parsing_never_panics(
        kind in prop_oneof![0..3i16, any::<i16>()],
        version in prop_oneof![0..5i16, any::<i16>()],
        key in prop::collection::vec(any::<u8>(), 0..40),
        value in prop::collection::vec(prop_oneof![Just(0u8), 0..4u8, any::<u8>()], 0..80),
    ) {
        let key = [kind.to_be_bytes().as_slice(), &key].concat();
        let named = [kind.to_be_bytes().as_slice(), b"\0\x01g\0\x01t\0\0\0\0"].concat();
        let value = Bytes::from([version.to_be_bytes().as_slice(), &value].concat());
        let _ = subscription::topics(value.clone());
        for key in [key, named] {
            let record = CoordinatorRecord { key: key.into(), value: Some(value.clone()) };
            let mut shard = Shard::new(GroupConfig::default());
            if shard.replay(Position::at(Offset(0)), &record).is_ok() {
                shard.groups().by_id.values().for_each(|group| group.classic.check());
            }
        }
    }
}

#[test]
fn ends_a_transaction_the_same_way_live_and_replayed() {
    let mut run = Run::new();
    for act in [
        Act::Commit { member: None, generation: 0, partition: 0, producer: Some(1) },
        Act::Commit { member: None, generation: 0, partition: 0, producer: None },
        Act::End { producer: 1, commit: true },
    ] {
        run.act(&act);
        check_replay(&run.player, false).unwrap();
    }
    assert!(matches!(run.player.log.entries.last(), Some(Entry::End(_, EndOfTransaction::Commit))));
}
