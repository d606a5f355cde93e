//! The groups of a shard, and which of them a request or a record is about.

use super::{
    Commit, DeleteGroup, DeleteOffsets, Describe, Error, FetchOffsets, Generation, GroupId, Heartbeat, Join,
    Leave, Left, List, Listed, MemberId, Reply, Request, State, Sync, TopicResult,
    classic::ClassicGroup,
    expiry::Expiry,
    offsets::{self, Committed, GroupOffsets},
    records::{self, Parsed},
    turn::Turn,
};
use base::{Offset, ProducerId, TopicId};
use coordinator::{EndOfTransaction, Position, Replayed, Token};
use std::collections::{BTreeMap, BTreeSet};
use wire::Text;

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) classic: ClassicGroup,
    pub(crate) offsets: GroupOffsets,
    /// The log has a group record, which a tombstone must follow one day.
    pub(crate) recorded: bool,
    /// The end of the group's last record: what is read from the group may rest on it.
    pub(crate) written_to: Offset,
}

#[derive(Debug, Default)]
pub(crate) struct Groups {
    pub(crate) by_id: BTreeMap<GroupId, Group>,
    /// The groups for which a producer's open transaction holds offsets.
    transactions: BTreeMap<ProducerId, BTreeSet<GroupId>>,
    /// The end of the last record that removed a group: that a group is not there may rest on it.
    removed_to: Offset,
    pub(crate) expiry: Expiry,
}

impl Group {
    fn new(id: GroupId, unix_ms: Option<i64>) -> Self {
        Self {
            classic: ClassicGroup::new(id, unix_ms),
            offsets: GroupOffsets::default(),
            recorded: false,
            written_to: Offset::ZERO,
        }
    }
}

impl Groups {
    pub(crate) fn handle(&mut self, turn: &mut Turn<'_>, token: Token, request: Request) {
        match request {
            Request::Join(join) => self.join(turn, token, &join),
            Request::Sync(sync) => self.sync(turn, token, &sync),
            Request::Heartbeat(heartbeat) => {
                let result = self.heartbeat(turn, &heartbeat);
                turn.answer(token, result.map(Reply::Heartbeat));
            }
            Request::Leave(leave) => {
                let result = self.leave(turn, &leave);
                turn.answer(token, result.map(Reply::Leave));
            }
            Request::Commit(commit) => {
                let result = self.commit(turn, &commit);
                turn.answer(token, result.map(Reply::Commit));
            }
            Request::FetchOffsets(fetch) => self.fetch(turn, token, &fetch),
            Request::DeleteOffsets(delete) => {
                let result = self.delete_offsets(turn, &delete);
                turn.answer_after(token, result.map(Reply::DeleteOffsets), self.read_to(&delete.group_id));
            }
            Request::DeleteGroup(delete) => {
                let result = self.delete_group(turn, &delete);
                turn.answer_after(token, result.map(Reply::DeleteGroup), self.read_to(&delete.group_id));
            }
            Request::Describe(describe) => self.describe(turn, token, &describe),
            Request::List(list) => turn.answer(token, Ok(Reply::List(self.list(&list)))),
            Request::ForgetTopics(forget) => {
                self.forget_topics(turn, &forget.topics);
                turn.answer(token, Ok(Reply::ForgetTopics(())));
            }
        }
    }

    pub(crate) fn get_mut(&mut self, group_id: &GroupId) -> Option<&mut Group> {
        self.by_id.get_mut(group_id)
    }

    /// The high watermark at which what was read from a group, or from its absence, cannot be undone.
    fn read_to(&self, group_id: &GroupId) -> Offset {
        self.by_id.get(group_id).map_or(self.removed_to, |group| group.written_to)
    }

    fn join(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join) {
        if let Err(error) = check_join(turn, join) {
            return turn.answer(token, Err(error));
        }
        if !self.by_id.contains_key(&join.group_id) {
            if let Some(member_id) = &join.member_id {
                return turn.answer(token, Err(Error::UnknownMember(member_id.clone())));
            }
            let group_id = join.group_id.detached();
            self.by_id.insert(group_id.clone(), Group::new(group_id, Some(turn.now.unix_ms)));
        }
        let group = self.by_id.get_mut(&join.group_id).expect("it was just put there");
        group.classic.join(turn, token, join);
        self.drop_unformed(&join.group_id);
    }

    /// A group that the log knows nothing of is gone with the last one who was about to join.
    pub(crate) fn drop_unformed(&mut self, group_id: &GroupId) {
        let unformed =
            |group: &Group| !group.recorded && group.classic.is_deserted() && group.offsets.is_empty();
        if self.by_id.get(group_id).is_some_and(unformed) {
            self.by_id.remove(group_id);
        }
    }

    fn sync(&mut self, turn: &mut Turn<'_>, token: Token, sync: &Sync) {
        match self.of_member(&sync.group_id, &sync.member_id) {
            Ok(group) => group.classic.sync(turn, token, sync, group.written_to),
            Err(error) => turn.answer(token, Err(error)),
        }
    }

    fn heartbeat(&mut self, turn: &mut Turn<'_>, heartbeat: &Heartbeat) -> Result<(), Error> {
        let group = self.of_member(&heartbeat.group_id, &heartbeat.member_id)?;
        group.classic.heartbeat(turn, heartbeat)
    }

    fn of_member(&mut self, group_id: &GroupId, member_id: &MemberId) -> Result<&mut Group, Error> {
        check_group_id(group_id)?;
        self.by_id.get_mut(group_id).ok_or_else(|| Error::UnknownMember(member_id.clone()))
    }

    fn leave(&mut self, turn: &mut Turn<'_>, leave: &Leave) -> Result<Vec<Left>, Error> {
        check_group_id(&leave.group_id)?;
        let Some(group) = self.by_id.get_mut(&leave.group_id) else {
            let unknown = leave.members.iter().map(|leaving| Left {
                member_id: leaving.member_id.clone(),
                instance_id: leaving.instance_id.clone(),
                result: Err(Error::UnknownMember(leaving.member_id.clone().unwrap_or_default())),
            });
            return Ok(unknown.collect());
        };
        let left = group.classic.leave(turn, leave);
        self.drop_unformed(&leave.group_id);
        Ok(left)
    }

    fn commit(&mut self, turn: &mut Turn<'_>, commit: &Commit) -> Result<Vec<TopicResult>, Error> {
        let in_transaction = commit.producer.is_some();
        if in_transaction {
            check_group_id(&commit.group_id)?;
        }
        match self.by_id.get_mut(&commit.group_id) {
            Some(group) => {
                let (member_id, instance_id) = (commit.member_id.as_ref(), commit.instance_id.as_ref());
                group.classic.validate_commit(member_id, instance_id, commit.generation, in_transaction)?;
                if let (Some(member_id), false) = (member_id, in_transaction) {
                    group.classic.heard(turn, member_id);
                }
            }
            // The replay of the first offset makes the group.
            None if commit.generation < Generation(0) => {}
            None => return Err(Error::GroupNotFound(commit.group_id.clone())),
        }
        Ok(offsets::commit(turn, commit))
    }

    fn fetch(&self, turn: &mut Turn<'_>, token: Token, fetch: &FetchOffsets) {
        let nothing = GroupOffsets::default();
        let offsets = self.by_id.get(&fetch.group_id).map_or(&nothing, |group| &group.offsets);
        let fetched = offsets.fetch(fetch);
        turn.answer_after(token, Ok(Reply::FetchOffsets(fetched)), self.read_to(&fetch.group_id));
    }

    fn delete_offsets(&self, turn: &mut Turn<'_>, delete: &DeleteOffsets) -> Result<Vec<TopicResult>, Error> {
        check_group_id(&delete.group_id)?;
        let group = self.existing(&delete.group_id)?;
        if group.classic.state() != State::Empty && !group.classic.is_consumer() {
            return Err(Error::GroupNotEmpty(delete.group_id.clone()));
        }
        let mut results = Vec::with_capacity(delete.topics.len());
        for (topic, partitions) in &delete.topics {
            let subscribed = group.classic.is_subscribed_to(topic);
            let mut of_topic = Vec::with_capacity(partitions.len());
            for partition in partitions {
                if subscribed {
                    of_topic.push((*partition, Err(Error::SubscribedToTopic(topic.clone()))));
                    continue;
                }
                if group.offsets.contains(topic, *partition) {
                    turn.out.records.push(records::offset_tombstone(&delete.group_id, topic, *partition));
                }
                of_topic.push((*partition, Ok(())));
            }
            results.push(TopicResult { name: topic.clone(), id: TopicId::NONE, partitions: of_topic });
        }
        Ok(results)
    }

    fn delete_group(&mut self, turn: &mut Turn<'_>, delete: &DeleteGroup) -> Result<(), Error> {
        let group = self.existing(&delete.group_id)?;
        if group.classic.state() != State::Empty {
            return Err(Error::GroupNotEmpty(delete.group_id.clone()));
        }
        for (topic, partition) in group.offsets.keys() {
            turn.out.records.push(records::offset_tombstone(&delete.group_id, topic, partition));
        }
        turn.out.records.push(records::group_tombstone(&delete.group_id));
        Ok(())
    }

    fn describe(&self, turn: &mut Turn<'_>, token: Token, describe: &Describe) {
        let result = self.existing(&describe.group_id).map(|group| Reply::Describe(group.classic.describe()));
        turn.answer_after(token, result, self.read_to(&describe.group_id));
    }

    fn existing(&self, group_id: &GroupId) -> Result<&Group, Error> {
        self.by_id.get(group_id).ok_or_else(|| Error::GroupNotFound(group_id.clone()))
    }

    fn list(&self, list: &List) -> Vec<Listed> {
        let matches = |filter: &[Text], value: &str| {
            filter.is_empty() || filter.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(value))
        };
        let listed = self.by_id.values().map(|group| group.classic.list());
        listed
            .filter(|group| {
                matches(&list.states, group.state.name()) && matches(&list.types, group.group_type)
            })
            .collect()
    }

    pub(crate) fn replay(&mut self, position: Position, parsed: Parsed) -> Replayed {
        let written_to = position.offset.next();
        match parsed {
            Parsed::Unknown { record_type } => return Replayed::Unknown { record_type },
            Parsed::Offset { group_id, topic, partition, value: Some(value) } => {
                let producer = position.producer.map(|producer| producer.id);
                let committed = Committed { value, written_at: position.offset };
                let group = self.written(&group_id, written_to);
                group.offsets.replay(&topic, partition, committed, producer);
                if let Some(producer) = producer {
                    self.transactions.entry(producer).or_default().insert(group_id);
                }
            }
            Parsed::Offset { group_id, topic, partition, value: None } => {
                // A tombstone can outlive its group in a compacted log.
                if let Some(group) = self.by_id.get_mut(&group_id) {
                    group.written_to = written_to;
                    group.offsets.replay_tombstone(&topic, partition);
                }
            }
            Parsed::Group { group_id, value: Some(value) } => {
                let group = self.written(&group_id, written_to);
                group.recorded = true;
                group.classic.restore(value);
            }
            Parsed::Group { group_id, value: None } => self.replay_group_tombstone(group_id, written_to),
        }
        Replayed::Applied
    }

    fn written(&mut self, group_id: &GroupId, written_to: Offset) -> &mut Group {
        let group = self.by_id.entry(group_id.clone()).or_insert_with(|| Group::new(group_id.clone(), None));
        group.written_to = written_to;
        group
    }

    fn replay_group_tombstone(&mut self, group_id: GroupId, written_to: Offset) {
        self.removed_to = written_to;
        let Some(group) = self.by_id.remove(&group_id) else { return };
        if !group.offsets.is_empty() {
            // The log says that the members are gone; it says nothing about these.
            let rest = Group { offsets: group.offsets, written_to, ..Group::new(group_id.clone(), None) };
            self.by_id.insert(group_id, rest);
        }
    }

    pub(crate) fn replay_end(&mut self, offset: Offset, producer: ProducerId, end: EndOfTransaction) {
        for group_id in self.transactions.remove(&producer).into_iter().flatten() {
            if let Some(group) = self.by_id.get_mut(&group_id) {
                group.written_to = offset.next();
                group.offsets.replay_end(producer, end);
            }
        }
    }
}

fn check_group_id(group_id: &GroupId) -> Result<(), Error> {
    if group_id.as_str().is_empty() { Err(Error::InvalidGroupId) } else { Ok(()) }
}

fn check_join(turn: &Turn<'_>, join: &Join) -> Result<(), Error> {
    check_group_id(&join.group_id)?;
    let min_ms = turn.config.group_min_session_timeout_ms.as_millis();
    let max_ms = turn.config.group_max_session_timeout_ms.as_millis();
    let sent_ms = join.session_timeout_ms;
    let within = u128::try_from(sent_ms).is_ok_and(|ms| (min_ms..=max_ms).contains(&ms));
    if within { Ok(()) } else { Err(Error::InvalidSessionTimeout { sent_ms, min_ms, max_ms }) }
}
