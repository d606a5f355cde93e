//! What groups have read, and groups as an administrator sees them.
use protocol::{
    DeleteGroupsRequest, DeleteTopicsRequest, DescribeGroupsRequest, ErrorCode, JoinGroupRequest,
    ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest, SyncGroupRequest,
    join_group::request::JoinGroupRequestProtocol,
    offset_delete::request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic},
    offset_fetch::{
        request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics},
        response::OffsetFetchResponsePartition,
    },
};
use records::Batches;
use testkit::{TestBroker, Wire, commit_request, eventually, text};
use uuid::Uuid;
use wire::Text;

fn start() -> (TestBroker, Wire) {
    start_with(&[])
}

/// With a topic `t` of two partitions.
fn start_with(settings: &[(&str, &str)]) -> (TestBroker, Wire) {
    let broker = TestBroker::with(settings);
    let mut wire = broker.connect();
    wire.create("t", 2);
    wire.find_coordinator("g");
    (broker, wire)
}

fn commit_as(wire: &mut Wire, version: i16, request: &OffsetCommitRequest) -> ErrorCode {
    ErrorCode(wire.ask(version, request).topics[0].partitions[0].error_code)
}

#[track_caller]
fn commit(wire: &mut Wire, group: &str, partition: i32, offset: i64) {
    let code = commit_as(wire, 9, &commit_request(group, "t", partition, offset));
    assert_eq!(code, ErrorCode::NONE);
}

fn with_metadata(mut request: OffsetCommitRequest, metadata: &str) -> OffsetCommitRequest {
    request.topics[0].partitions[0].committed_metadata = Some(text(metadata));
    request
}

/// What a group has committed for a partition of `t`, in version 7.
fn committed(wire: &mut Wire, group: &str, partition: i32) -> OffsetFetchResponsePartition {
    let topic = OffsetFetchRequestTopic { name: text("t"), partition_indexes: vec![partition] };
    let request =
        OffsetFetchRequest { group_id: text(group), topics: Some(vec![topic]), ..Default::default() };
    let mut answer = eventually("the group is loaded", || {
        Some(wire.ask(7, &request)).filter(|answer| ErrorCode(answer.error_code) == ErrorCode::NONE)
    });
    answer.topics.remove(0).partitions.remove(0)
}

/// A consumer of `t` that is the only member of its group.
struct Consumer {
    member_id: Text,
    generation: i32,
}

impl Consumer {
    fn join(wire: &mut Wire, group: &str) -> Self {
        // A consumer's subscription: version, topics, no user data.
        let subscription = [&[0, 0, 0, 0, 0, 1, 0, 1][..], b"t", &[0xff; 4]].concat();
        let protocol = JoinGroupRequestProtocol { name: text("range"), metadata: subscription.into() };
        let request = JoinGroupRequest {
            group_id: text(group),
            session_timeout_ms: 30_000,
            rebalance_timeout_ms: 30_000,
            protocol_type: text("consumer"),
            protocols: vec![protocol],
            ..Default::default()
        };
        let joined = wire.ask(3, &request);
        assert_eq!(joined.error_code, 0);
        let sync = SyncGroupRequest {
            group_id: text(group),
            generation_id: joined.generation_id,
            member_id: joined.member_id.clone(),
            ..Default::default()
        };
        assert_eq!(wire.ask(3, &sync).error_code, 0);
        Self { member_id: joined.member_id, generation: joined.generation_id }
    }

    fn commit(&self, group: &str, offset: i64) -> OffsetCommitRequest {
        OffsetCommitRequest {
            generation_id_or_member_epoch: self.generation,
            member_id: self.member_id.clone(),
            ..commit_request(group, "t", 0, offset)
        }
    }

    fn leave(&self, wire: &mut Wire, group: &str) {
        let request = protocol::LeaveGroupRequest {
            group_id: text(group),
            member_id: self.member_id.clone(),
            ..Default::default()
        };
        assert_eq!(wire.ask(2, &request).error_code, 0);
    }
}

/// 79. Who is no member commits only for a group without members; members commit in their generation.
#[test]
fn who_may_commit() {
    let (_broker, mut wire) = start();
    let nobody = OffsetCommitRequest { generation_id_or_member_epoch: -1, ..commit_request("g", "t", 0, 1) };
    assert_eq!(commit_as(&mut wire, 9, &nobody), ErrorCode::NONE, "a simple group");
    let consumer = Consumer::join(&mut wire, "g");
    assert_eq!(commit_as(&mut wire, 9, &nobody), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(commit_as(&mut wire, 9, &consumer.commit("g", 2)), ErrorCode::NONE);
    let changed = |change: &dyn Fn(&mut OffsetCommitRequest)| {
        let mut request = consumer.commit("g", 3);
        change(&mut request);
        request
    };
    for (request, code) in [
        (changed(&|request| request.generation_id_or_member_epoch += 1), ErrorCode::ILLEGAL_GENERATION),
        (changed(&|request| request.member_id = text("other")), ErrorCode::UNKNOWN_MEMBER_ID),
        (changed(&|request| request.group_instance_id = Some(text("i"))), ErrorCode::UNKNOWN_MEMBER_ID),
    ] {
        assert_eq!(commit_as(&mut wire, 9, &request), code);
    }
    assert_eq!(committed(&mut wire, "g", 0).committed_offset, 2);
    let unknown = OffsetCommitRequest {
        generation_id_or_member_epoch: 3,
        member_id: text("m"),
        ..commit_request("none", "t", 0, 1)
    };
    assert_eq!(commit_as(&mut wire, 8, &unknown), ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(commit_as(&mut wire, 9, &unknown), ErrorCode::GROUP_ID_NOT_FOUND);
}

/// 79. Metadata comes back as it was; above `offset.metadata.max.bytes` it is OFFSET_METADATA_TOO_LARGE.
#[test]
fn metadata_comes_back() {
    let (_broker, mut wire) = start();
    let (fits, too_long) = ("m".repeat(4096), "m".repeat(4097));
    let mut request = with_metadata(commit_request("g", "t", 0, 5), &fits);
    request.topics[0].partitions[0].committed_leader_epoch = 3;
    assert_eq!(commit_as(&mut wire, 9, &request), ErrorCode::NONE);
    let found = committed(&mut wire, "g", 0);
    assert_eq!((found.committed_offset, found.committed_leader_epoch), (5, 3));
    assert_eq!(found.metadata.as_deref(), Some(&*fits));
    let request = with_metadata(commit_request("g", "t", 0, 6), &too_long);
    assert_eq!(commit_as(&mut wire, 9, &request), ErrorCode::OFFSET_METADATA_TOO_LARGE);
    assert_eq!(committed(&mut wire, "g", 0).committed_offset, 5);
}

/// 79. Each partition has its own answer; one that does not exist is UNKNOWN_TOPIC_OR_PARTITION, an id that is not
///     known UNKNOWN_TOPIC_ID.
#[test]
fn commits_are_answered_one_by_one() {
    let (_broker, mut wire) = start();
    let mut request = commit_request("g", "t", 0, 1);
    for (topic, partition) in [("t", 9), ("none", 0), ("t", 1)] {
        request.topics.extend(commit_request("g", topic, partition, 1).topics);
    }
    let answer = wire.ask(9, &request);
    let codes: Vec<_> = answer.topics.iter().map(|topic| topic.partitions[0].error_code).collect();
    assert_eq!(codes, [0, 3, 3, 0]);
    let id = wire.create("by-id", 1);
    let mut request = commit_request("g", "", 0, 7);
    for (id, code) in [(id, ErrorCode::NONE), (Uuid::from_u128(1), ErrorCode::UNKNOWN_TOPIC_ID)] {
        request.topics[0].topic_id = id;
        assert_eq!(commit_as(&mut wire, 10, &request), code);
    }
}

/// 80. Null asks for all that a group has committed; what it has not is -1, without an error.
#[test]
fn offsets_are_fetched() {
    let (_broker, mut wire) = start();
    commit(&mut wire, "g", 1, 7);
    let all = OffsetFetchRequest { group_id: text("g"), topics: None, ..Default::default() };
    for version in 2..=7 {
        let answer = wire.ask(version, &all);
        assert_eq!((answer.error_code, answer.topics.len()), (0, 1), "version {version}");
        let found: Vec<_> = answer.topics[0]
            .partitions
            .iter()
            .map(|part| (part.partition_index, part.committed_offset))
            .collect();
        assert_eq!(found, [(1, 7)], "version {version}");
    }
    for (group, partition) in [("g", 0), ("g", 9), ("none", 0)] {
        let missing = committed(&mut wire, group, partition);
        assert_eq!(
            (missing.error_code, missing.committed_offset, missing.committed_leader_epoch),
            (0, -1, -1)
        );
        assert_eq!(missing.metadata.as_deref(), Some(""));
    }
    let nothing =
        wire.ask(7, &OffsetFetchRequest { topics: None, group_id: text("none"), ..Default::default() });
    assert_eq!((nothing.error_code, nothing.topics.len()), (0, 0));
}

/// 80. Where only stable offsets are wanted there is none to wait for, as nothing is in a transaction.
#[test]
fn offsets_are_stable_without_transactions() {
    let (_broker, mut wire) = start();
    commit(&mut wire, "g", 0, 7);
    let request =
        OffsetFetchRequest { group_id: text("g"), topics: None, require_stable: true, ..Default::default() };
    assert_eq!(wire.ask(7, &request).topics[0].partitions[0].committed_offset, 7);
}

/// 80. From version 8 several groups are asked for at once, from version 10 topics by id.
#[test]
fn offsets_of_several_groups() {
    let (_broker, mut wire) = start();
    let id = wire.create("u", 1);
    commit(&mut wire, "g1", 0, 1);
    assert_eq!(commit_as(&mut wire, 9, &commit_request("g2", "u", 0, 2)), ErrorCode::NONE);
    let group =
        |group: &str, topics| OffsetFetchRequestGroup { group_id: text(group), topics, ..Default::default() };
    let all = OffsetFetchRequest { groups: vec![group("g1", None), group("g2", None)], ..Default::default() };
    for version in 8..=10 {
        let answer = wire.ask(version, &all);
        let found: Vec<_> = answer
            .groups
            .iter()
            .map(|group| (&*group.group_id, group.topics[0].partitions[0].committed_offset))
            .collect();
        assert_eq!(found, [("g1", 1), ("g2", 2)], "version {version}");
        let second = &answer.groups[1].topics[0];
        assert_eq!(
            (&*second.name, second.topic_id),
            if version < 10 { ("u", Uuid::nil()) } else { ("", id) }
        );
    }
    let by_id =
        |topic_id| OffsetFetchRequestTopics { topic_id, partition_indexes: vec![0], ..Default::default() };
    let wanted = Some(vec![by_id(id), by_id(Uuid::from_u128(1))]);
    let answer =
        wire.ask(10, &OffsetFetchRequest { groups: vec![group("g2", wanted)], ..Default::default() });
    let mut found: Vec<_> = answer.groups[0]
        .topics
        .iter()
        .map(|topic| (ErrorCode(topic.partitions[0].error_code), topic.partitions[0].committed_offset))
        .collect();
    found.sort();
    assert_eq!(found, [(ErrorCode::NONE, 2), (ErrorCode::UNKNOWN_TOPIC_ID, -1)]);
}

/// Key and whether there is a value, of every record of the offsets topic.
fn stored(wire: &mut Wire) -> Vec<(Vec<u8>, bool)> {
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let bytes = wire.fetch("__consumer_offsets", 0, from).records.unwrap().into_bytes();
        if bytes.is_empty() {
            return all;
        }
        for batch in Batches::new(bytes) {
            let batch = batch.unwrap();
            from = batch.next_offset().0;
            let records = batch.records(records::DEFAULT_INFLATED_LIMIT).unwrap();
            for record in records.iter().map(Result::unwrap) {
                all.push((record.key.unwrap().to_vec(), record.value.is_some()));
            }
        }
    }
}

/// Whether the last word on an offset of this group is a tombstone.
fn ends_in_a_tombstone(wire: &mut Wire, group: &str) -> bool {
    let is_offset = |key: &[u8]| key[..2] == [0, 1] && key[4..].starts_with(group.as_bytes());
    stored(wire).iter().rfind(|(key, _)| is_offset(key)).is_some_and(|(_, has_value)| !has_value)
}

/// 81. Offsets expire after the retention that their commit asked for (version 2 to 4), and with a tombstone in
///     `__consumer_offsets`; those without one of their own stay for `offsets.retention.minutes`.
#[test]
fn offsets_expire() {
    let (_broker, mut wire) = start_with(&[("offsets.retention.check.interval.ms", "10")]);
    let brief = OffsetCommitRequest { retention_time_ms: 1, ..commit_request("brief", "t", 0, 1) };
    assert_eq!(commit_as(&mut wire, 4, &brief), ErrorCode::NONE);
    commit(&mut wire, "long", 0, 1);
    eventually("the offset has expired", || {
        (committed(&mut wire, "brief", 0).committed_offset == -1).then_some(())
    });
    eventually("there is a tombstone", || ends_in_a_tombstone(&mut wire, "brief").then_some(()));
    assert_eq!(committed(&mut wire, "long", 0).committed_offset, 1);
}

/// 81. Deleting a topic drops what was committed for it.
#[test]
fn offsets_go_with_their_topic() {
    let (_broker, mut wire) = start();
    wire.create("u", 1);
    commit(&mut wire, "g", 0, 1);
    assert_eq!(commit_as(&mut wire, 9, &commit_request("g", "u", 0, 2)), ErrorCode::NONE);
    let delete =
        DeleteTopicsRequest { topic_names: vec![text("t")], timeout_ms: 30_000, ..Default::default() };
    assert_eq!(wire.ask(5, &delete).responses[0].error_code, 0);
    eventually("the offset is gone", || (committed(&mut wire, "g", 0).committed_offset == -1).then_some(()));
    wire.create("t", 2);
    assert_eq!(committed(&mut wire, "g", 0).committed_offset, -1, "its successor begins anew");
    let all = wire.ask(7, &OffsetFetchRequest { group_id: text("g"), topics: None, ..Default::default() });
    assert_eq!((all.topics.len(), &*all.topics[0].name), (1, "u"));
}

/// 82. DeleteGroups removes groups without members; one with members is NON_EMPTY_GROUP, one that is not there
///     GROUP_ID_NOT_FOUND.
#[test]
fn groups_are_deleted() {
    let (_broker, mut wire) = start();
    commit(&mut wire, "empty", 0, 1);
    let consumer = Consumer::join(&mut wire, "busy");
    let delete = |wire: &mut Wire, groups: &[&str]| {
        let request = DeleteGroupsRequest { groups_names: groups.iter().map(|group| text(group)).collect() };
        let results = wire.latest(&request).results;
        results.iter().map(|result| ErrorCode(result.error_code)).collect::<Vec<_>>()
    };
    let codes = delete(&mut wire, &["empty", "busy", "none"]);
    assert_eq!(codes, [ErrorCode::NONE, ErrorCode::NON_EMPTY_GROUP, ErrorCode::GROUP_ID_NOT_FOUND]);
    assert_eq!(committed(&mut wire, "empty", 0).committed_offset, -1);
    assert!(ends_in_a_tombstone(&mut wire, "empty"));
    consumer.leave(&mut wire, "busy");
    assert_eq!(delete(&mut wire, &["busy"]), [ErrorCode::NONE]);
}

/// 82. OffsetDelete forgets an offset, unless the group reads that topic: GROUP_SUBSCRIBED_TO_TOPIC.
#[test]
fn offsets_are_deleted() {
    let (_broker, mut wire) = start();
    wire.create("u", 1);
    let consumer = Consumer::join(&mut wire, "g");
    let mut request = consumer.commit("g", 1);
    request.topics.extend(commit_request("g", "u", 0, 2).topics);
    wire.ask(9, &request);
    let delete = |wire: &mut Wire, group: &str, topic: &str, partition_index| {
        let partitions = vec![OffsetDeleteRequestPartition { partition_index }];
        let topics = vec![OffsetDeleteRequestTopic { name: text(topic), partitions }];
        let answer = wire.latest(&OffsetDeleteRequest { group_id: text(group), topics });
        match ErrorCode(answer.error_code) {
            ErrorCode::NONE => ErrorCode(answer.topics[0].partitions[0].error_code),
            code => code,
        }
    };
    assert_eq!(delete(&mut wire, "g", "t", 0), ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC);
    assert_eq!(delete(&mut wire, "g", "u", 0), ErrorCode::NONE);
    assert_eq!(delete(&mut wire, "g", "u", 4), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(delete(&mut wire, "none", "t", 0), ErrorCode::GROUP_ID_NOT_FOUND);
    consumer.leave(&mut wire, "g");
    assert_eq!(committed(&mut wire, "g", 0).committed_offset, 1);
    assert_eq!(delete(&mut wire, "g", "t", 0), ErrorCode::NONE);
    assert_eq!(committed(&mut wire, "g", 0).committed_offset, -1);
}

/// 83. A group that is not there is dead without an error up to version 5, and GROUP_ID_NOT_FOUND from version 6.
#[test]
fn groups_are_described() {
    let (_broker, mut wire) = start();
    let request = DescribeGroupsRequest { groups: vec![text("none")], ..Default::default() };
    for version in 0..=6 {
        let group = wire.ask(version, &request).groups.remove(0);
        let expected = if version < 6 { ErrorCode::NONE } else { ErrorCode::GROUP_ID_NOT_FOUND };
        assert_eq!(
            (ErrorCode(group.error_code), &*group.group_state),
            (expected, "Dead"),
            "version {version}"
        );
        assert_eq!(group.error_message.is_some(), version >= 6);
    }
    let consumer = Consumer::join(&mut wire, "g");
    let request = DescribeGroupsRequest { groups: vec![text("g")], include_authorized_operations: true };
    let group = wire.latest(&request).groups.remove(0);
    assert_eq!(
        (&*group.group_state, &*group.protocol_type, &*group.protocol_data),
        ("Stable", "consumer", "range")
    );
    assert!(group.authorized_operations > 0);
    let member = &group.members[0];
    assert_eq!(
        (&member.member_id, &*member.client_id, &*member.client_host),
        (&consumer.member_id, "test", "/127.0.0.1")
    );
    consumer.leave(&mut wire, "g");
    assert_eq!(&*wire.latest(&request).groups[0].group_state, "Empty");
}

/// 83. ListGroups can be asked for groups in some states (version 4) and of some types (version 5).
#[test]
fn groups_are_listed() {
    let (_broker, mut wire) = start();
    commit(&mut wire, "empty", 0, 1);
    Consumer::join(&mut wire, "stable");
    let list = |wire: &mut Wire, version, states: &[&str], types: &[&str]| {
        let texts = |names: &[&str]| names.iter().map(|name| text(name)).collect();
        let request = ListGroupsRequest { states_filter: texts(states), types_filter: texts(types) };
        let answer = wire.ask(version, &request);
        assert_eq!(answer.error_code, 0);
        let mut names: Vec<_> = answer.groups.iter().map(|group| group.group_id.to_string()).collect();
        names.sort();
        names
    };
    for version in 0..=5 {
        assert_eq!(list(&mut wire, version, &[], &[]), ["empty", "stable"], "version {version}");
    }
    for (states, types, expected) in [
        (&["Stable"][..], &[][..], &["stable"][..]),
        (&["stable"], &[], &["stable"]),
        (&["Empty", "Stable"], &[], &["empty", "stable"]),
        (&["Dead"], &[], &[]),
        (&[], &["classic"], &["empty", "stable"]),
        (&[], &["Classic"], &["empty", "stable"]),
        (&[], &["consumer"], &[]),
        (&["Empty"], &["classic", "consumer"], &["empty"]),
    ] {
        assert_eq!(list(&mut wire, 5, states, types), expected, "{states:?} {types:?}");
    }
    let answer = wire.ask(5, &ListGroupsRequest::default());
    let stable = answer.groups.iter().find(|group| &*group.group_id == "stable").unwrap();
    assert_eq!(
        (&*stable.protocol_type, &*stable.group_state, &*stable.group_type),
        ("consumer", "Stable", "classic")
    );
}

/// 84. `__consumer_offsets` is replayed after a restart, whichever of its partitions a group belongs to.
#[test]
fn offsets_outlive_a_restart() {
    let (mut broker, mut wire) = start_with(&[("offsets.topic.num.partitions", "5")]);
    for group in 0..10 {
        commit(&mut wire, &format!("g{group}"), 0, group);
        commit(&mut wire, &format!("g{group}"), 0, group + 100);
    }
    let delete = DeleteGroupsRequest { groups_names: vec![text("g3")] };
    assert_eq!(wire.latest(&delete).results[0].error_code, 0);
    broker.restart();
    let mut wire = broker.connect();
    for group in 0..10 {
        let found = committed(&mut wire, &format!("g{group}"), 0).committed_offset;
        assert_eq!(found, if group == 3 { -1 } else { group + 100 }, "g{group}");
    }
}

/// 84. A group belongs to the partition that its name's Java hash says.
#[test]
fn groups_lie_where_kafka_puts_them() {
    let (_broker, mut wire) = start_with(&[("offsets.topic.num.partitions", "50")]);
    for group in ["g", "console-consumer-1", "an unusual näme"] {
        let hash =
            group.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
        let partition = hash.checked_abs().unwrap_or(0) % 50;
        commit(&mut wire, group, 0, 1);
        assert_eq!(wire.list_offset("__consumer_offsets", partition, -1).offset, 1, "{group}");
    }
}
