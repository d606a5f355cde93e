//! The bytes are those that the serializers of Kafka 4.3.1 give, and `kafka-4.3.1.txt` is a log that it wrote.

use crate::{
    Generation, GroupConfig, GroupId, InstanceId, Shard,
    records::{self, GroupMetadata, MemberMetadata, OffsetValue, Parsed},
    tests::player::{member_id, producer, topic_id},
};
use base::{LeaderEpoch, Offset, TopicId};
use bytes::Bytes;
use coordinator::{Coordinator, CoordinatorRecord, EndOfTransaction, Position, Replayed};

fn bytes(parts: &[&[u8]]) -> Bytes {
    Bytes::from(parts.concat())
}

fn offset(metadata: &str) -> OffsetValue {
    OffsetValue {
        offset: Offset(5),
        leader_epoch: Some(LeaderEpoch(3)),
        metadata: metadata.into(),
        commit_ms: 0x0102_0304,
        expire_ms: None,
        topic_id: TopicId::NONE,
    }
}

fn group() -> GroupMetadata {
    GroupMetadata {
        protocol_type: "consumer".into(),
        generation: Generation(7),
        protocol: Some("range".into()),
        leader: Some("m".into()),
        state_since_ms: Some(9),
        members: vec![MemberMetadata {
            member_id: "m".into(),
            instance_id: Some(InstanceId::from("i")),
            client_id: "c".into(),
            client_host: "/h".into(),
            rebalance_timeout_ms: 2,
            session_timeout_ms: 1,
            subscription: Bytes::from_static(b"s"),
            assignment: Bytes::from_static(b"aa"),
        }],
    }
}

#[track_caller]
fn check(record: &CoordinatorRecord, key: &Bytes, value: Option<&Bytes>, parsed: &Parsed) {
    assert_eq!(&record.key, key, "key");
    assert_eq!(record.value.as_ref(), value, "value");
    assert_eq!(&records::parse(record).unwrap(), parsed);
}

#[test]
fn offsets_are_written_as_kafka_writes_them() {
    let (group_id, topic) = (GroupId::from("g"), "t".into());
    let key = bytes(&[b"\0\x01\0\x01g\0\x01t\0\0\0\x02"]);
    let parsed = |value| Parsed::Offset { group_id: "g".into(), topic: "t".into(), partition: 2, value };

    // Version 4: flexible, with the topic id as a tag.
    let value = OffsetValue { topic_id: topic_id("1"), ..offset("md") };
    let expected = bytes(&[
        b"\0\x04\0\0\0\0\0\0\0\x05\0\0\0\x03\x03md\0\0\0\0\x01\x02\x03\x04",
        b"\x01\x00\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
    ]);
    let record = records::offset_commit(&group_id, &topic, 2, &value);
    check(&record, &key, Some(&expected), &parsed(Some(value)));

    // Without an id the tag is left out; without an epoch it is -1.
    let value = OffsetValue { leader_epoch: None, ..offset("") };
    let expected = bytes(&[b"\0\x04\0\0\0\0\0\0\0\x05\xff\xff\xff\xff\x01\0\0\0\0\x01\x02\x03\x04\0"]);
    check(&records::offset_commit(&group_id, &topic, 2, &value), &key, Some(&expected), &parsed(Some(value)));

    // Version 1 for an expiry of the client's: it has neither epoch nor topic id.
    let value = OffsetValue { leader_epoch: None, expire_ms: Some(0x0a), ..offset("md") };
    let expected = bytes(&[b"\0\x01\0\0\0\0\0\0\0\x05\0\x02md\0\0\0\0\x01\x02\x03\x04\0\0\0\0\0\0\0\x0a"]);
    check(&records::offset_commit(&group_id, &topic, 2, &value), &key, Some(&expected), &parsed(Some(value)));

    check(&records::offset_tombstone(&group_id, &topic, 2), &key, None, &parsed(None));
}

#[test]
fn groups_are_written_as_kafka_writes_them() {
    let group_id = GroupId::from("g");
    let key = bytes(&[b"\0\x02\0\x01g"]);
    let parsed = |value| Parsed::Group { group_id: "g".into(), value };

    let expected = bytes(&[
        b"\0\x03\0\x08consumer\0\0\0\x07\0\x05range\0\x01m\0\0\0\0\0\0\0\x09\0\0\0\x01",
        b"\0\x01m\0\x01i\0\x01c\0\x02/h\0\0\0\x02\0\0\0\x01\0\0\0\x01s\0\0\0\x02aa",
    ]);
    check(&records::group_metadata(&group_id, &group()), &key, Some(&expected), &parsed(Some(group())));

    let empty = GroupMetadata { protocol: None, leader: None, members: Vec::new(), ..group() };
    let expected = bytes(&[b"\0\x03\0\x08consumer\0\0\0\x07\xff\xff\xff\xff\0\0\0\0\0\0\0\x09\0\0\0\0"]);
    check(&records::group_metadata(&group_id, &empty), &key, Some(&expected), &parsed(Some(empty)));

    check(&records::group_tombstone(&group_id), &key, None, &parsed(None));
}

#[test]
fn older_versions_are_read() {
    let offset_key: &[u8] = b"\0\x01\0\x01g\0\x01t\0\0\0\x02";
    let legacy_key: &[u8] = b"\0\0\0\x01g\0\x01t\0\0\0\x02";
    let group_key: &[u8] = b"\0\x02\0\x01g";
    let plain = OffsetValue { leader_epoch: None, ..offset("md") };
    for (name, key, value, expected) in [
        (
            "offset 0",
            offset_key,
            b"\0\0\0\0\0\0\0\0\0\x05\0\x02md\0\0\0\0\x01\x02\x03\x04".as_slice(),
            plain.clone(),
        ),
        ("offset 2", offset_key, b"\0\x02\0\0\0\0\0\0\0\x05\0\x02md\0\0\0\0\x01\x02\x03\x04", plain.clone()),
        (
            "offset 3",
            offset_key,
            b"\0\x03\0\0\0\0\0\0\0\x05\0\0\0\x03\0\x02md\0\0\0\0\x01\x02\x03\x04",
            offset("md"),
        ),
        ("legacy", legacy_key, b"\0\0\0\0\0\0\0\0\0\x05\0\x02md\0\0\0\0\x01\x02\x03\x04", plain),
    ] {
        let record = CoordinatorRecord { key: bytes(&[key]), value: Some(bytes(&[value])) };
        let expected =
            Parsed::Offset { group_id: "g".into(), topic: "t".into(), partition: 2, value: Some(expected) };
        assert_eq!(records::parse(&record).unwrap(), expected, "{name}");
    }

    let mut old = group();
    old.state_since_ms = None;
    old.members[0].instance_id = None;
    old.members[0].rebalance_timeout_ms = 1;
    let value = bytes(&[
        b"\0\0\0\x08consumer\0\0\0\x07\0\x05range\0\x01m\0\0\0\x01",
        b"\0\x01m\0\x01c\0\x02/h\0\0\0\x01\0\0\0\x01s\0\0\0\x02aa",
    ]);
    let record = CoordinatorRecord { key: bytes(&[group_key]), value: Some(value) };
    let expected = Parsed::Group { group_id: "g".into(), value: Some(old) };
    assert_eq!(records::parse(&record).unwrap(), expected);
}

#[test]
fn what_is_not_ours_or_not_readable_is_reported_and_changes_nothing() {
    let mut shard = Shard::new(GroupConfig::default());
    let mut replay = |key: &[u8], value: &[u8]| {
        let record = CoordinatorRecord {
            key: Bytes::copy_from_slice(key),
            value: Some(Bytes::copy_from_slice(value)),
        };
        shard.replay(Position::at(Offset(0)), &record)
    };
    for record_type in (3..=30).chain([-1, i16::MAX]) {
        let key = [record_type.to_be_bytes().as_slice(), b"\0\x01g"].concat();
        assert_eq!(replay(&key, b"\0\0").unwrap(), Replayed::Unknown { record_type });
    }
    let offset_key: &[u8] = b"\0\x01\0\x01g\0\x01t\0\0\0\x02";
    for (key, value) in [
        (b"".as_slice(), b"".as_slice()),
        (b"\0", b""),
        (b"\0\x01\0\x05g", b""),
        (b"\0\x02\0\x01\xff", b""),
        (offset_key, b""),
        (offset_key, b"\0\x04\0\0"),
        (offset_key, b"\0\x05\0\0\0\0\0\0\0\x05"),
        (offset_key, b"\xff\xff\0\0\0\0\0\0\0\x05"),
        // A group that claims two thousand million members.
        (b"\0\x02\0\x01g", b"\0\x03\0\0\0\0\0\x07\xff\xff\xff\xff\0\0\0\0\0\0\0\x09\x7f\xff\xff\xff"),
    ] {
        assert!(replay(key, value).is_err(), "{key:?} {value:?}");
    }
    assert_eq!(shard.group_count(), 0);
}

/// Whatever a record says, it is replayed into a group that can work.
#[test]
fn odd_group_records_are_replayed() {
    let odd = |change: &dyn Fn(&mut GroupMetadata)| {
        let mut value = group();
        value.members.push(MemberMetadata { member_id: member_id("n"), ..value.members[0].clone() });
        change(&mut value);
        let mut shard = Shard::new(GroupConfig::default());
        let record = records::group_metadata(&GroupId::from("g"), &value);
        assert_eq!(shard.replay(Position::at(Offset(0)), &record).unwrap(), Replayed::Applied);
        shard.groups().by_id.values().for_each(|group| group.classic.check());
    };
    odd(&|_| {});
    odd(&|group| group.protocol = None);
    odd(&|group| group.leader = None);
    odd(&|group| group.leader = Some(member_id("nobody")));
    odd(&|group| group.protocol_type = "".into());
    odd(&|group| group.generation = Generation(-5));
    odd(&|group| group.members[1].member_id = group.members[0].member_id.clone());
    odd(&|group| group.members[1].session_timeout_ms = -1);
}

/// A `__consumer_offsets` that Kafka 4.3.1 wrote for these groups, by name: one whose member left, one with a
/// static member, one of KIP-848, one that only commits, one that was deleted, and one in transactions.
#[test]
fn replays_what_kafka_wrote() {
    let mut shard = Shard::new(GroupConfig::default());
    let mut unknown = Vec::new();
    for line in include_str!("kafka-4.3.1.txt").lines() {
        let fields: Vec<_> = line.split(' ').collect();
        let offset = Offset(fields[0].parse().unwrap());
        let producer = Some(fields[1]).filter(|id| *id != "-1").map(producer);
        let key = match fields[2] {
            "COMMIT" => {
                shard.replay_end_of_transaction(offset, producer.unwrap(), EndOfTransaction::Commit);
                continue;
            }
            "ABORT" => {
                shard.replay_end_of_transaction(offset, producer.unwrap(), EndOfTransaction::Abort);
                continue;
            }
            key => hex(key),
        };
        let value = Some(fields[3]).filter(|value| *value != "-").map(hex);
        let replayed =
            shard.replay(Position { offset, producer }, &CoordinatorRecord { key, value }).unwrap();
        if let Replayed::Unknown { record_type } = replayed {
            unknown.push(record_type);
        }
    }
    assert_eq!(unknown, [5, 3, 7, 6, 8, 8, 7, 5, 3]);

    let summary = shard.groups().by_id.iter().map(|(group_id, group)| {
        let offsets = group
            .offsets
            .iter()
            .map(|(topic, partition, c)| format!(" {topic}-{partition}@{}", c.value.offset));
        format!("{group_id} {}{}", group.classic.state(), offsets.collect::<String>())
    });
    assert_eq!(
        summary.collect::<Vec<_>>(),
        [
            "classic-left Empty t-0@5 t-1@5",
            "classic-static Stable t-0@5 t-1@5",
            "modern Empty t-0@5 t-1@5",
            "simple Empty t-1@3",
            "transactional Empty t-0@4",
        ]
    );
    let static_group = &shard.groups().by_id[&GroupId::from("classic-static")].classic;
    let description = static_group.describe();
    assert_eq!(description.members.len(), 1);
    assert_eq!(description.members[0].instance_id, Some(InstanceId::from("one")));
    assert!(static_group.is_subscribed_to("t") && !static_group.is_subscribed_to("u"));
    shard.groups().by_id.values().for_each(|group| group.classic.check());
}

fn hex(text: &str) -> Bytes {
    let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16).expect("a hex digit") as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
