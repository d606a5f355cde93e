use super::*;
use crate::{Changes, Error, Record, record as frame};
use proptest::prelude::*;
use protocol::metadata_records::{
    client_quota_record::EntityData, register_broker_record::BrokerEndpoint, *,
};

fn text(choices: &'static [&'static str]) -> impl Strategy<Value = Text> {
    prop::sample::select(choices).prop_map(Text::from)
}

fn nodes() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::vec(0..5i32, 0..4)
}

fn uuid() -> impl Strategy<Value = Uuid> {
    (100..106u128).prop_map(Uuid::from_u128)
}

/// Records of every kind over few names, so that most of them meet something that exists.
fn record() -> impl Strategy<Value = Record> {
    let topic = (text(&["a", "b", "c.d"]), uuid())
        .prop_map(|(name, topic_id)| Record::from(TopicRecord { name, topic_id }));
    let partition = (0..3i32, uuid(), nodes(), nodes(), 0..9i32, nodes()).prop_map(
        |(partition_id, topic_id, replicas, isr, epoch, elr)| {
            PartitionRecord {
                partition_id,
                topic_id,
                leader: replicas.first().copied().unwrap_or(-1),
                directories: replicas.iter().map(|_| Uuid::from_u128(500)).collect(),
                replicas,
                isr,
                leader_epoch: epoch,
                partition_epoch: epoch,
                eligible_leader_replicas: Some(elr),
                ..Default::default()
            }
            .into()
        },
    );
    let change = (0..3i32, uuid(), -2..5i32, prop::option::of(nodes()), -1..2i8).prop_map(
        |(partition_id, topic_id, leader, isr, leader_recovery_state)| {
            PartitionChangeRecord {
                partition_id,
                topic_id,
                leader,
                isr,
                leader_recovery_state,
                ..Default::default()
            }
            .into()
        },
    );
    let config = (
        prop::sample::select(vec![2i8, 4, 32, 99]),
        text(&["a", "b", ""]),
        text(&["k", "l"]),
        prop::option::of(text(&["1", "2"])),
    )
        .prop_map(|(resource_type, resource_name, name, value)| {
            ConfigRecord { resource_type, resource_name, name, value }.into()
        });
    let broker = (0..3i32, any::<bool>(), 0..4i64, prop::option::of(text(&["r"]))).prop_map(
        |(broker_id, fenced, broker_epoch, rack)| {
            RegisterBrokerRecord {
                broker_id,
                broker_epoch,
                fenced,
                rack,
                end_points: vec![BrokerEndpoint {
                    name: Text::from("L"),
                    host: Text::from("h"),
                    port: 9092,
                    security_protocol: 0,
                }],
                log_dirs: vec![Uuid::from_u128(900)],
                ..Default::default()
            }
            .into()
        },
    );
    let broker_change = (0..3i32, 0..4i64, -1..2i8, 0..2i8).prop_map(
        |(broker_id, broker_epoch, fenced, in_controlled_shutdown)| {
            BrokerRegistrationChangeRecord {
                broker_id,
                broker_epoch,
                fenced,
                in_controlled_shutdown,
                ..Default::default()
            }
            .into()
        },
    );
    let unregister = (0..3i32, 0..4i64)
        .prop_map(|(broker_id, broker_epoch)| UnregisterBrokerRecord { broker_id, broker_epoch }.into());
    let remove = uuid().prop_map(|topic_id| RemoveTopicRecord { topic_id }.into());
    let clear = text(&["a", ""]).prop_map(|topic_name| ClearElrRecord { topic_name }.into());
    let feature = (text(&["metadata.version", "f"]), 0..3i16)
        .prop_map(|(name, feature_level)| FeatureLevelRecord { name, feature_level }.into());
    let quota = (prop::option::of(text(&["u"])), text(&["k", "l"]), 0..3u8, any::<bool>()).prop_map(
        |(entity_name, key, value, remove)| {
            let entity = vec![EntityData { entity_type: Text::from("user"), entity_name }];
            ClientQuotaRecord { entity, key, value: f64::from(value), remove }.into()
        },
    );
    let scram = (text(&["u", "v"]), 0..4i8).prop_map(|(name, mechanism)| {
        UserScramCredentialRecord { name, mechanism, iterations: 4096, ..Default::default() }.into()
    });
    let remove_scram = (text(&["u", "v"]), 0..4i8)
        .prop_map(|(name, mechanism)| RemoveUserScramCredentialRecord { name, mechanism }.into());
    let acl = uuid().prop_map(|id| AccessControlEntryRecord { id, ..Default::default() }.into());
    let remove_acl = uuid().prop_map(|id| RemoveAccessControlEntryRecord { id }.into());
    let token = text(&["x", "y"])
        .prop_map(|token_id| DelegationTokenRecord { token_id, ..Default::default() }.into());
    let remove_token = text(&["x", "y"]).prop_map(|token_id| RemoveDelegationTokenRecord { token_id }.into());
    let producer_ids = (0..9i64)
        .prop_map(|next_producer_id| ProducerIdsRecord { next_producer_id, ..Default::default() }.into());
    let controller = (0..3i32)
        .prop_map(|controller_id| RegisterControllerRecord { controller_id, ..Default::default() }.into());
    let remove_controller =
        (0..3i32).prop_map(|controller_id| UnregisterControllerRecord { controller_id }.into());
    let misc = prop_oneof![
        Just(NoOpRecord::default().into()),
        Just(AbortTransactionRecord::default().into()),
        Just(BeginTransactionRecord::default().into()),
        (0..3i32, 0..4i64).prop_map(|(id, epoch)| FenceBrokerRecord { id, epoch }.into()),
        (0..3i32, 0..4i64).prop_map(|(id, epoch)| UnfenceBrokerRecord { id, epoch }.into()),
    ];
    let topics = prop_oneof![3 => topic, 3 => partition, 3 => change, 1 => remove, 1 => clear];
    let security = prop_oneof![scram, remove_scram, acl, remove_acl, token, remove_token];
    let nodes = prop_oneof![broker, broker_change, unregister, controller, remove_controller];
    prop_oneof![5 => topics, 3 => nodes, 2 => security, 2 => prop_oneof![config, feature, quota, producer_ids], 1 => misc]
}

/// The image that the records make, and those among them that it accepted.
fn replay(records: Vec<Record>) -> (MetadataImage, Vec<Record>) {
    let mut image = MetadataImage::default();
    let accepted = records.into_iter().filter(|record| image.apply(record).is_ok()).collect();
    (image, accepted)
}

proptest! {
    #[test]
    fn a_snapshot_makes_the_same_image(records in prop::collection::vec(record(), 0..60)) {
        let (mut image, _) = replay(records);
        image.set_epoch(LeaderEpoch(3));
        let records = image.to_records().into_iter().map(Ok::<_, Error>);
        let rebuilt = MetadataImage::from_snapshot(records, image.next_offset(), image.epoch()).unwrap();
        prop_assert_eq!(&rebuilt, &image);
        prop_assert!(Changes::between(&rebuilt, &image).is_empty());
    }

    #[test]
    fn a_refused_record_changes_nothing(records in prop::collection::vec(record(), 0..60)) {
        let mut image = MetadataImage::default();
        for record in records {
            let before = image.clone();
            match image.apply(&record) {
                Ok(()) => prop_assert_eq!(image.next_offset(), before.next_offset().next()),
                Err(_) => prop_assert_eq!(&image, &before),
            }
        }
    }

    #[test]
    fn equal_records_make_equal_images(records in prop::collection::vec(record(), 0..60)) {
        let (image, accepted) = replay(records);
        prop_assert_eq!(replay(accepted).0, image);
    }

    #[test]
    fn epochs_only_grow(records in prop::collection::vec(record(), 0..60)) {
        let mut image = MetadataImage::default();
        for record in records {
            let before = image.clone();
            let is_change = matches!(record, Record::PartitionChange(_) | Record::ClearElr(_));
            if image.apply(&record).is_err() || !is_change {
                continue;
            }
            for update in Changes::between(&before, &image).partitions {
                let before = update.before.unwrap();
                prop_assert!(update.partition.leader_epoch >= before.leader_epoch);
                prop_assert!(update.partition.partition_epoch > before.partition_epoch);
            }
        }
    }

    #[test]
    fn records_survive_their_frame(record in record()) {
        let value = frame::encode(&record).unwrap();
        prop_assert_eq!(frame::decode(value.clone()).unwrap(), record);
        for end in 0..value.len() {
            prop_assert!(frame::decode(value.slice(..end)).is_err());
        }
    }

    #[test]
    fn hostile_frames_are_errors(bytes in prop::collection::vec(any::<u8>(), 0..64), key in 0..30u8) {
        drop(frame::decode(bytes.clone().into()));
        let framed: Vec<u8> = [1, key, 0].into_iter().chain(bytes).collect();
        drop(frame::decode(framed.into()));
    }
}

#[test]
fn the_frame_is_kafkas() {
    let record = Record::from(FeatureLevelRecord { name: Text::from("metadata.version"), feature_level: 30 });
    let mut expected = vec![1, 12, 0, 17];
    expected.extend(b"metadata.version");
    expected.extend([0, 30, 0]);
    assert_eq!(frame::encode(&record).unwrap(), expected);
    assert!(frame::decode(expected[..expected.len() - 1].to_vec().into()).is_err());
    assert!(frame::decode(vec![0, 12, 0].into()).is_err(), "another frame version");
    assert!(frame::decode(vec![1, 6, 0].into()).is_err(), "a type that never was");
    assert!(frame::decode(vec![1, 12, 9].into()).is_err(), "a version that never was");
}
