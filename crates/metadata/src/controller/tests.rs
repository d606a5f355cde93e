use super::{
    testing::{TestSchema, broker, cluster, commit, image_of},
    *,
};
use crate::{Changes, DirectoryId, Error, LeaderRecoveryState, Partition, VersionRange, feature};
use base::{BrokerEpoch, LeaderEpoch, NodeId, Offset, PartitionEpoch, TopicId};
use protocol::ErrorCode;
use protocol::metadata_records::{ConfigRecord, FeatureLevelRecord};
use uuid::Uuid;

const DEFAULTS: TopicDefaults = TopicDefaults { partitions: 4, replication_factor: 1 };

fn topic(name: &'static str, partitions: i32, replication_factor: i16) -> NewTopic {
    NewTopic { name: Text::from(name), partitions, replication_factor, ..NewTopic::default() }
}

fn assigned(name: &'static str, assignments: &[(i32, &[i32])]) -> NewTopic {
    let assignment = |&(partition, replicas): &(i32, &[i32])| ManualAssignment {
        partition,
        replicas: replicas.iter().copied().map(NodeId).collect(),
    };
    NewTopic { assignments: assignments.iter().map(assignment).collect(), ..topic(name, -1, -1) }
}

fn with_config(topic: NewTopic, key: &'static str, value: Option<&'static str>) -> NewTopic {
    NewTopic { configs: vec![(Text::from(key), value.map(Text::from))], ..topic }
}

fn decide_topics(
    image: &MetadataImage,
    topics: &[NewTopic],
    validate_only: bool,
) -> Decision<Vec<Result<CreatedTopic, Error>>> {
    let mut next = 1000;
    let mut ids = || {
        next += 1;
        Uuid::from_u128(next)
    };
    let options =
        CreateOptions { defaults: DEFAULTS, schema: &TestSchema, seed: 0, ids: &mut ids, validate_only };
    create_topics(image, topics, options)
}

#[track_caller]
fn create(image: &mut MetadataImage, topics: &[NewTopic]) {
    let decision = decide_topics(image, topics, false);
    for created in commit(image, decision) {
        created.expect("the topic can be created");
    }
}

/// Which error each topic of one request gets.
#[track_caller]
fn check_create(topics: &[NewTopic], expected: &[ErrorCode]) {
    let mut image = cluster(&[1, 2]);
    create(&mut image, &[topic("exists", 1, 1), topic("a.b", 1, 1)]);
    let decision = decide_topics(&image, topics, false);
    let code =
        |result: &Result<CreatedTopic, Error>| result.as_ref().map_or_else(Error::code, |_| ErrorCode::NONE);
    assert_eq!(decision.reply.iter().map(code).collect::<Vec<_>>(), expected, "{:?}", decision.reply);
    commit(&mut image, decision);
}

#[test]
fn create_topics_checks_each_topic() {
    check_create(&[topic("new", 3, 2)], &[ErrorCode::NONE]);
    check_create(&[topic("new", -1, -1)], &[ErrorCode::NONE]);
    check_create(
        &[topic("exists", 1, 1), topic("new", 1, 1)],
        &[ErrorCode::TOPIC_ALREADY_EXISTS, ErrorCode::NONE],
    );
    check_create(&[topic("a/b", 1, 1)], &[ErrorCode::INVALID_TOPIC_EXCEPTION]);
    check_create(&[topic("a_b", 1, 1)], &[ErrorCode::INVALID_TOPIC_EXCEPTION]);
    check_create(
        &[topic("x_y", 1, 1), topic("x.y", 1, 1)],
        &[ErrorCode::NONE, ErrorCode::INVALID_TOPIC_EXCEPTION],
    );
    check_create(&[topic("new", 1, 1), topic("new", 1, 1)], &[ErrorCode::INVALID_REQUEST; 2]);
    check_create(&[topic("new", 0, 1)], &[ErrorCode::INVALID_PARTITIONS]);
    check_create(&[topic("new", -2, 1)], &[ErrorCode::INVALID_PARTITIONS]);
    check_create(&[topic("new", 1, 0)], &[ErrorCode::INVALID_REPLICATION_FACTOR]);
    check_create(&[topic("new", 1, -2)], &[ErrorCode::INVALID_REPLICATION_FACTOR]);
    check_create(&[topic("new", 1, 3)], &[ErrorCode::INVALID_REPLICATION_FACTOR]);
    check_create(&[topic("new", i32::MAX, 1)], &[ErrorCode::POLICY_VIOLATION]);
    check_create(&[topic("b", 6_000, 1), topic("c", 6_000, 1)], &[ErrorCode::POLICY_VIOLATION; 2]);
    check_create(&[with_config(topic("new", 1, 1), "a", Some("bad"))], &[ErrorCode::INVALID_CONFIG]);
    check_create(&[with_config(topic("new", 1, 1), "a", None)], &[ErrorCode::INVALID_CONFIG]);
}

#[test]
fn create_topics_checks_manual_assignments() {
    check_create(&[assigned("new", &[(0, &[1, 2]), (1, &[2, 1])])], &[ErrorCode::NONE]);
    let both = NewTopic { partitions: 1, ..assigned("new", &[(0, &[1])]) };
    check_create(&[both], &[ErrorCode::INVALID_REQUEST]);
    let both = NewTopic { replication_factor: 1, ..assigned("new", &[(0, &[1])]) };
    check_create(&[both], &[ErrorCode::INVALID_REQUEST]);
    for bad in [
        assigned("new", &[(0, &[])]),
        assigned("new", &[(0, &[1, 1])]),
        assigned("new", &[(0, &[3])]),
        assigned("new", &[(0, &[1]), (0, &[2])]),
        assigned("new", &[(0, &[1]), (2, &[2])]),
        assigned("new", &[(1, &[1])]),
        assigned("new", &[(0, &[1]), (1, &[1, 2])]),
    ] {
        check_create(&[bad], &[ErrorCode::INVALID_REPLICA_ASSIGNMENT]);
    }
}

#[test]
fn a_created_topic_has_its_settings_and_leaders() {
    let mut image = cluster(&[1]);
    let before = image.clone();
    create(&mut image, &[with_config(topic("t", 3, -1), "retention.ms", Some("5"))]);
    let created = image.topic_named("t").unwrap().clone();
    assert_eq!(created.partitions.len(), 3);
    for partition in created.partitions.values() {
        assert_eq!(partition.leader, Some(NodeId(1)));
        assert_eq!(partition.isr, [NodeId(1)]);
        assert_eq!(partition.directories, broker(1).directories, "the only directory is chosen at once");
    }
    assert_eq!(image.config_value(&ConfigResource::topic("t"), "retention.ms").unwrap(), &Text::from("5"));

    let changes = Changes::between(&before, &image);
    assert_eq!(changes.topics_created, std::slice::from_ref(&created));
    assert_eq!(changes.partitions.len(), 3);
    assert_eq!(changes.configs, [ConfigResource::topic("t")]);
    assert!(!changes.features && changes.brokers.is_empty());

    let before = image.clone();
    let decision = delete_topics(&image, &[TopicRef::Id(created.id), TopicRef::Name(Text::from("t"))]);
    assert_eq!(decision.reply, [Ok(created.clone()), Err(Error::UnknownTopic("t".into()))]);
    commit(&mut image, decision).clear();
    assert!(image.topic_named("t").is_none() && image.config(&ConfigResource::topic("t")).is_none());
    let changes = Changes::between(&before, &image);
    assert_eq!(changes.topics_deleted, [created]);
    assert_eq!(changes.configs, [ConfigResource::topic("t")]);
    assert_eq!(changes.partitions, []);
}

#[test]
fn validate_only_answers_and_changes_nothing() {
    let image = cluster(&[1]);
    let decision = decide_topics(&image, &[topic("t", 2, 1)], true);
    assert_eq!(decision.records, []);
    let created = decision.reply[0].as_ref().unwrap();
    assert_eq!((created.partitions, created.replication_factor), (2, 1));
}

#[test]
fn topic_ids_are_never_reserved_and_never_start_like_an_option() {
    let image = cluster(&[1]);
    let dash = Uuid::from_u128(0xfb << 120 | 1);
    assert!(TopicId(dash).to_string().starts_with('-'));
    let mut offered = vec![Uuid::from_u128(5000), dash, Uuid::from_u128(1), Uuid::nil()];
    let mut ids = || offered.pop().unwrap();
    let options = CreateOptions {
        defaults: DEFAULTS,
        schema: &TestSchema,
        seed: 0,
        ids: &mut ids,
        validate_only: false,
    };
    let decision = create_topics(&image, &[topic("t", 1, 1)], options);
    assert_eq!(decision.reply[0].as_ref().unwrap().id, TopicId(Uuid::from_u128(5000)));
}

#[test]
fn partitions_can_only_be_added() {
    let mut image = cluster(&[1, 2]);
    create(&mut image, &[topic("t", 2, 2)]);
    let request = |count, assignments: Option<&[&[i32]]>| NewPartitions {
        topic: Text::from("t"),
        count,
        assignments: assignments
            .map(|lists| lists.iter().map(|list| list.iter().copied().map(NodeId).collect()).collect()),
    };
    let code = |request: NewPartitions| match create_partitions(&image, &[request], 0, false).reply.remove(0)
    {
        Ok(()) => ErrorCode::NONE,
        Err(error) => error.code(),
    };
    assert_eq!(code(request(3, None)), ErrorCode::NONE);
    assert_eq!(code(request(2, None)), ErrorCode::INVALID_PARTITIONS);
    assert_eq!(code(request(1, None)), ErrorCode::INVALID_PARTITIONS);
    assert_eq!(code(request(-1, None)), ErrorCode::INVALID_PARTITIONS);
    assert_eq!(code(request(i32::MAX, None)), ErrorCode::POLICY_VIOLATION);
    assert_eq!(code(request(3, Some(&[&[2, 1]]))), ErrorCode::NONE);
    assert_eq!(code(request(3, Some(&[]))), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
    assert_eq!(code(request(3, Some(&[&[1]]))), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
    assert_eq!(code(request(4, Some(&[&[1, 2]]))), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
    let unknown = NewPartitions { topic: Text::from("other"), count: 2, assignments: None };
    assert_eq!(code(unknown), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let twice = create_partitions(&image, &[request(3, None), request(4, None)], 0, false);
    assert!(twice.reply.iter().all(|result| matches!(result, Err(Error::InvalidRequest(_)))));
    assert_eq!(create_partitions(&image, &[request(5, None)], 0, true).records, []);

    let decision = create_partitions(&image, &[request(5, None)], 0, false);
    commit(&mut image, decision).clear();
    let indexes: Vec<i32> = image.topic_named("t").unwrap().partitions.keys().copied().collect();
    assert_eq!(indexes, [0, 1, 2, 3, 4]);
}

fn alteration(key: &'static str, operation: ConfigOperation) -> ConfigAlteration {
    ConfigAlteration { key: Text::from(key), operation }
}

/// The one setting `key` of topic `t` after each operation, or the error's code.
#[track_caller]
fn check_config(key: &'static str, steps: &[(ConfigOperation, Result<Option<&str>, ErrorCode>)]) {
    let mut image = cluster(&[1]);
    create(&mut image, &[topic("t", 1, 1)]);
    let resource = ConfigResource::topic("t");
    for (operation, expected) in steps {
        let wish = [(resource.clone(), vec![alteration(key, operation.clone())])];
        let decision = incremental_alter_configs(&image, &wish, &TestSchema, false);
        let result = commit(&mut image, decision).remove(0);
        let value = result.map(|()| image.config_value(&resource, key).map(Text::to_string));
        assert_eq!(
            value.map_err(|error| error.code()),
            expected.map(|v| v.map(str::to_owned)),
            "{operation:?}"
        );
    }
}

#[test]
fn incremental_alterations() {
    use ConfigOperation::{Append, Delete, Set, Subtract};
    let text = |text: &'static str| Text::from(text);
    check_config("a", &[(Set(text("1")), Ok(Some("1"))), (Delete, Ok(None)), (Delete, Ok(None))]);
    check_config("a", &[(Set(text("bad")), Err(ErrorCode::INVALID_CONFIG))]);
    check_config("a", &[(Append(text("1")), Err(ErrorCode::INVALID_CONFIG))]);
    check_config("a", &[(Set(Text::from("x".repeat(32_768))), Err(ErrorCode::INVALID_CONFIG))]);
    check_config(
        "cleanup.policy",
        &[
            (Append(text("compact")), Ok(Some("delete,compact"))),
            (Append(text("compact,delete")), Ok(Some("delete,compact"))),
            (Subtract(text("delete")), Ok(Some("compact"))),
            (Append(text("compact")), Ok(Some("compact"))),
            (Subtract(text("compact, other")), Ok(Some(""))),
        ],
    );
}

#[test]
fn alterations_name_each_key_and_resource_once_and_only_what_exists() {
    let mut image = cluster(&[1]);
    create(&mut image, &[topic("t", 1, 1)]);
    let set = || alteration("a", ConfigOperation::Set(Text::from("1")));
    let code = |resources: &[(ConfigResource, Vec<ConfigAlteration>)]| {
        let decision = incremental_alter_configs(&image, resources, &TestSchema, false);
        decision
            .reply
            .into_iter()
            .map(|r| r.map_or_else(|e| e.code(), |()| ErrorCode::NONE))
            .collect::<Vec<_>>()
    };
    let t = ConfigResource::topic("t");
    assert_eq!(code(&[(t.clone(), vec![set(), set()])]), [ErrorCode::INVALID_REQUEST]);
    assert_eq!(code(&[(t.clone(), vec![set()]), (t.clone(), vec![set()])]), [ErrorCode::INVALID_REQUEST; 2]);
    assert_eq!(
        code(&[(ConfigResource::topic("none"), vec![set()]), (t, vec![set()])]),
        [ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ErrorCode::NONE]
    );
    assert_eq!(code(&[(ConfigResource::broker(NodeId(1)), vec![set()])]), [ErrorCode::NONE]);
    assert_eq!(code(&[(ConfigResource::CLUSTER, vec![set()])]), [ErrorCode::NONE]);
    assert_eq!(
        code(&[(ConfigResource::broker(NodeId(2)), vec![set()])]),
        [ErrorCode::BROKER_ID_NOT_REGISTERED]
    );
    assert_eq!(code(&[(ConfigResource::group(""), vec![set()])]), [ErrorCode::INVALID_REQUEST]);
}

#[test]
fn the_legacy_way_replaces_everything() {
    let mut image = cluster(&[1]);
    create(&mut image, &[topic("t", 1, 1)]);
    let resource = ConfigResource::topic("t");
    let mut alter = |pairs: &[(&'static str, &'static str)], validate_only| {
        let values = pairs.iter().map(|&(key, value)| (Text::from(key), Text::from(value))).collect();
        let decision = alter_configs(&image, &[(resource.clone(), values)], &TestSchema, validate_only);
        let result = commit(&mut image, decision).remove(0);
        let values = image.config(&resource).cloned().unwrap_or_default();
        result.map(|()| values.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>())
    };
    assert_eq!(alter(&[("a", "1"), ("b", "2")], false).unwrap(), ["a=1", "b=2"]);
    assert_eq!(alter(&[("c", "3")], true).unwrap(), ["a=1", "b=2"]);
    assert_eq!(alter(&[("b", "3")], false).unwrap(), ["b=3"]);
    assert!(alter(&[("b", "bad")], false).is_err());
    assert_eq!(alter(&[], false).unwrap(), [""; 0]);
}

#[test]
fn with_elr_the_minimum_of_in_sync_replicas_is_the_clusters() {
    let mut image = cluster(&[1]);
    let elr = feature::ELIGIBLE_LEADER_REPLICAS_VERSION;
    image.apply(&FeatureLevelRecord { name: Text::from(elr), feature_level: 1 }.into()).unwrap();
    let mut alter = |resource, operation| {
        let wish = [(resource, vec![alteration("min.insync.replicas", operation)])];
        let decision = incremental_alter_configs(&image, &wish, &TestSchema, false);
        let cleared = decision.records.iter().any(|record| matches!(record, Record::ClearElr(_)));
        commit(&mut image, decision).remove(0).map(|()| cleared)
    };
    let one = || ConfigOperation::Set(Text::from("1"));
    assert_eq!(alter(ConfigResource::CLUSTER, one()), Ok(true), "what is eligible is judged anew");
    assert!(alter(ConfigResource::CLUSTER, ConfigOperation::Delete).is_err());
    assert!(alter(ConfigResource::broker(NodeId(1)), one()).is_err());
}

fn registration(id: i32, incarnation: u128) -> RegisterBroker {
    let broker = broker(id);
    RegisterBroker {
        id: broker.id,
        cluster_id: Text::from("cluster"),
        incarnation_id: Uuid::from_u128(incarnation),
        endpoints: broker.endpoints,
        features: broker.features,
        rack: None,
        directories: broker.directories,
        previous_epoch: BrokerEpoch::NONE,
    }
}

#[track_caller]
fn register(image: &mut MetadataImage, request: &RegisterBroker) -> BrokerEpoch {
    let decision = register_broker(image, "cluster", request, false).expect("the registration is in order");
    commit(image, decision).epoch
}

fn beat(broker: i32, epoch: BrokerEpoch, metadata_offset: Offset) -> Heartbeat {
    Heartbeat { broker: NodeId(broker), epoch, metadata_offset, want_fence: false, want_shutdown: false }
}

#[track_caller]
fn send(image: &mut MetadataImage, beat: &Heartbeat) -> HeartbeatReply {
    let decision = heartbeat(image, beat).expect("the broker is registered in this epoch");
    commit(image, decision)
}

#[test]
fn a_broker_registers_is_unfenced_when_it_knows_it_and_leads() {
    let mut image = image_of([]);
    let offset = image.next_offset();
    let epoch = register(&mut image, &registration(1, 7));
    assert_eq!(epoch, BrokerEpoch(offset.0), "the epoch is the offset of the registration");
    assert!(image.broker(NodeId(1)).unwrap().fenced);
    let behind = send(&mut image, &beat(1, epoch, Offset(offset.0 - 1)));
    assert_eq!(behind, HeartbeatReply { is_caught_up: false, is_fenced: true, should_shut_down: false });
    let caught_up = send(&mut image, &beat(1, epoch, offset));
    assert_eq!(caught_up, HeartbeatReply { is_caught_up: true, is_fenced: false, should_shut_down: false });
    assert!(image.is_active(NodeId(1)));
    let wrong = heartbeat(&image, &beat(1, BrokerEpoch(epoch.0 + 1), offset));
    assert_eq!(wrong.unwrap_err().code(), ErrorCode::STALE_BROKER_EPOCH);
    let unknown = heartbeat(&image, &beat(2, epoch, offset));
    assert_eq!(unknown.unwrap_err().code(), ErrorCode::BROKER_ID_NOT_REGISTERED);
}

#[test]
fn registrations_are_refused() {
    let mut image = cluster(&[1, 2]);
    let level = FeatureLevelRecord { name: Text::from("transaction.version"), feature_level: 2 };
    image.apply(&level.into()).unwrap();
    let refused = |change: &dyn Fn(&mut RegisterBroker), session| {
        let mut request = registration(1, 7);
        let range = VersionRange { min: 0, max: 2 };
        request.features.insert(Text::from("transaction.version"), range);
        change(&mut request);
        register_broker(&image, "cluster", &request, session).map_or_else(|e| e.code(), |_| ErrorCode::NONE)
    };
    assert_eq!(refused(&|_| {}, false), ErrorCode::NONE);
    assert_eq!(refused(&|_| {}, true), ErrorCode::DUPLICATE_BROKER_REGISTRATION);
    assert_eq!(refused(&|r| r.incarnation_id = broker(1).incarnation_id, true), ErrorCode::NONE);
    assert_eq!(refused(&|r| r.cluster_id = Text::from("other"), false), ErrorCode::INCONSISTENT_CLUSTER_ID);
    assert_eq!(refused(&|r| r.directories.clear(), false), ErrorCode::INVALID_REGISTRATION);
    assert_eq!(refused(&|r| r.directories = broker(2).directories, false), ErrorCode::INVALID_REGISTRATION);
    assert_eq!(refused(&|r| r.directories = vec![DirectoryId::LOST], false), ErrorCode::INVALID_REGISTRATION);
    assert_eq!(
        refused(&|r| r.directories = vec![r.directories[0]; 2], false),
        ErrorCode::INVALID_REGISTRATION
    );
    assert_eq!(
        refused(&|r| r.features.retain(|name, _| &**name != "metadata.version"), false),
        ErrorCode::INVALID_REGISTRATION
    );
    assert_eq!(
        refused(&|r| r.features.retain(|name, _| &**name != "transaction.version"), false),
        ErrorCode::UNSUPPORTED_VERSION
    );
}

#[track_caller]
fn partition(image: &MetadataImage) -> Partition {
    Partition::clone(image.topic_named("t").unwrap().partition(0).unwrap())
}

fn enable_elr(image: &mut MetadataImage) {
    let name = Text::from(feature::ELIGIBLE_LEADER_REPLICAS_VERSION);
    image.apply(&FeatureLevelRecord { name, feature_level: 1 }.into()).unwrap();
}

#[test]
fn the_only_replica_leads_again_after_a_restart() {
    for elr in [false, true] {
        for clean in [true, false] {
            let mut image = image_of([]);
            let mut epoch = register(&mut image, &registration(1, 7));
            let at = |image: &MetadataImage| image.last_offset();
            let now = at(&image);
            send(&mut image, &beat(1, epoch, now));
            create(&mut image, &[topic("t", 1, 1)]);
            if elr {
                enable_elr(&mut image);
            }
            if clean {
                let now = at(&image);
                let bye = Heartbeat { want_shutdown: true, ..beat(1, epoch, now) };
                assert!(send(&mut image, &bye).should_shut_down);
                assert_eq!(partition(&image).leader, None);
            }
            let previous_epoch = if clean { epoch } else { BrokerEpoch::NONE };
            epoch = register(&mut image, &RegisterBroker { previous_epoch, ..registration(1, 8) });
            assert_eq!(partition(&image).leader, None, "the new incarnation is fenced");
            let now = at(&image);
            assert!(!send(&mut image, &beat(1, epoch, now)).is_fenced);
            let partition = partition(&image);
            assert_eq!(partition.leader, Some(NodeId(1)), "elr {elr}, clean {clean}");
            assert_eq!(partition.isr, [NodeId(1)]);
            assert_eq!(partition.leader_epoch, LeaderEpoch(2), "lost it once and got it once");
            let recovering = elr && !clean;
            assert_eq!(partition.leader_recovery_state == LeaderRecoveryState::Recovering, recovering);
        }
    }
}

#[test]
fn a_fenced_broker_hands_over_and_the_last_one_is_remembered() {
    let mut image = cluster(&[1, 2]);
    create(&mut image, &[assigned("t", &[(0, &[1, 2])])]);
    let epoch = |id| broker(id).epoch;
    let decision = fence_broker(&image, NodeId(1), epoch(1)).unwrap();
    commit(&mut image, decision);
    assert_eq!((partition(&image).leader, &partition(&image).isr[..]), (Some(NodeId(2)), &[NodeId(2)][..]));
    let decision = fence_broker(&image, NodeId(1), epoch(1)).unwrap();
    assert_eq!(decision.records, [], "it is fenced already");
    let decision = fence_broker(&image, NodeId(2), epoch(2)).unwrap();
    commit(&mut image, decision);
    assert_eq!((partition(&image).leader, &partition(&image).isr[..]), (None, &[NodeId(2)][..]));
    // The other replica is alive first, but does not have everything.
    send(&mut image, &beat(1, epoch(1), Offset::MAX));
    assert_eq!(partition(&image).leader, None);
    let decision = elect_leaders(&image, ElectionType::Unclean, None);
    assert_eq!(decision.reply.len(), 1);
    let mut unclean = image.clone();
    commit(&mut unclean, decision);
    assert_eq!(partition(&unclean).leader, Some(NodeId(1)));
    assert_eq!(partition(&unclean).isr, [NodeId(1)]);
    assert_eq!(partition(&unclean).leader_recovery_state, LeaderRecoveryState::Recovering);
    send(&mut image, &beat(2, epoch(2), Offset::MAX));
    assert_eq!(partition(&image).leader, Some(NodeId(2)));
    assert_eq!(partition(&image).leader_recovery_state, LeaderRecoveryState::Recovered);
}

#[test]
fn below_the_minimum_those_who_leave_stay_eligible() {
    let mut image = cluster(&[1, 2, 3]);
    enable_elr(&mut image);
    let minimum = ConfigRecord {
        resource_type: 4,
        resource_name: Text::default(),
        name: Text::from("min.insync.replicas"),
        value: Some(Text::from("2")),
    };
    image.apply(&minimum.into()).unwrap();
    create(&mut image, &[assigned("t", &[(0, &[1, 2, 3])])]);
    for id in [1, 2, 3] {
        let decision = fence_broker(&image, NodeId(id), broker(id).epoch).unwrap();
        commit(&mut image, decision);
    }
    let now = partition(&image);
    assert_eq!((now.leader, &now.isr[..]), (None, &[][..]));
    assert_eq!(now.eligible_leader_replicas, [NodeId(2), NodeId(3)], "1 left while enough remained");
    send(&mut image, &beat(1, broker(1).epoch, Offset::MAX));
    assert_eq!(partition(&image).leader, None);
    send(&mut image, &beat(2, broker(2).epoch, Offset::MAX));
    let now = partition(&image);
    assert_eq!((now.leader, &now.isr[..]), (Some(NodeId(2)), &[NodeId(2)][..]));
    assert_eq!(now.eligible_leader_replicas, [NodeId(3)]);
    assert_eq!(now.leader_recovery_state, LeaderRecoveryState::Recovered);
    // 3 comes back as another incarnation that may have lost its tail.
    register(&mut image, &registration(3, 99));
    assert_eq!(partition(&image).eligible_leader_replicas, []);
}

fn isr(members: &[i32]) -> Vec<InSyncReplica> {
    members.iter().map(|&id| InSyncReplica { broker: NodeId(id), epoch: broker(id).epoch }).collect()
}

fn wish(image: &MetadataImage, members: &[i32]) -> AlterPartition {
    let current = partition(image);
    AlterPartition {
        topic_id: image.topic_id("t").unwrap(),
        partition: 0,
        leader_epoch: current.leader_epoch,
        partition_epoch: current.partition_epoch,
        isr: isr(members),
        recovery_state: LeaderRecoveryState::Recovered,
    }
}

fn alter(image: &MetadataImage, wish: AlterPartition) -> Decision<Vec<AlteredPartition>> {
    alter_partition(image, NodeId(1), broker(1).epoch, &[wish]).unwrap()
}

#[test]
fn the_leader_changes_the_isr_and_stale_epochs_change_nothing() {
    let mut image = cluster(&[1, 2, 3]);
    create(&mut image, &[assigned("t", &[(0, &[1, 2, 3])])]);
    let decision = alter(&image, wish(&image, &[1, 2]));
    commit(&mut image, decision).clear();
    let shrunk = partition(&image);
    assert_eq!(shrunk.isr, [NodeId(1), NodeId(2)]);
    assert_eq!(shrunk.leader_epoch, LeaderEpoch(0), "shrinking is no change of leader");
    assert_eq!(shrunk.partition_epoch, PartitionEpoch(1));

    let refused = |change: &dyn Fn(&mut AlterPartition)| {
        let mut wish = wish(&image, &[1, 2, 3]);
        change(&mut wish);
        let decision = alter(&image, wish);
        assert!(decision.reply[0].result.is_ok() || decision.records.is_empty());
        decision.reply[0].result.as_ref().map_or_else(Error::code, |_| ErrorCode::NONE)
    };
    assert_eq!(refused(&|_| {}), ErrorCode::NONE);
    assert_eq!(refused(&|w| w.partition_epoch = PartitionEpoch(0)), ErrorCode::INVALID_UPDATE_VERSION);
    assert_eq!(refused(&|w| w.partition_epoch = PartitionEpoch(2)), ErrorCode::NOT_CONTROLLER);
    assert_eq!(refused(&|w| w.leader_epoch = LeaderEpoch(1)), ErrorCode::NOT_CONTROLLER);
    assert_eq!(refused(&|w| w.leader_epoch = LeaderEpoch(-1)), ErrorCode::FENCED_LEADER_EPOCH);
    assert_eq!(refused(&|w| w.isr = isr(&[2, 3])), ErrorCode::INVALID_REQUEST);
    assert_eq!(refused(&|w| w.isr = isr(&[1, 1])), ErrorCode::INVALID_REQUEST);
    assert_eq!(refused(&|w| w.isr = isr(&[1, 4])), ErrorCode::INVALID_REQUEST);
    assert_eq!(refused(&|w| w.isr[2].epoch = BrokerEpoch(1)), ErrorCode::INELIGIBLE_REPLICA);
    assert_eq!(refused(&|w| w.isr[2].epoch = BrokerEpoch::NONE), ErrorCode::NONE);
    assert_eq!(refused(&|w| w.recovery_state = LeaderRecoveryState::Recovering), ErrorCode::INVALID_REQUEST);
    assert_eq!(refused(&|w| w.partition = 1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(refused(&|w| w.topic_id = TopicId::NONE), ErrorCode::UNKNOWN_TOPIC_ID);
    let other = alter_partition(&image, NodeId(2), broker(2).epoch, &[wish(&image, &[1, 2])]).unwrap();
    assert_eq!(other.reply[0].result.as_ref().unwrap_err().code(), ErrorCode::INVALID_REQUEST);
    assert!(alter_partition(&image, NodeId(1), BrokerEpoch(0), &[]).is_err());

    let decision = fence_broker(&image, NodeId(3), broker(3).epoch).unwrap();
    commit(&mut image, decision);
    let decision = alter(&image, wish(&image, &[1, 2, 3]));
    assert_eq!(decision.reply[0].result, Err(Error::IneligibleReplica(NodeId(3))));
}

#[test]
fn preferred_leaders_are_elected_when_they_differ() {
    let mut image = cluster(&[1, 2]);
    create(&mut image, &[assigned("t", &[(0, &[1, 2])])]);
    let name = [(Text::from("t"), 0)];
    let code = |image: &MetadataImage, election, names: &[(Text, i32)]| {
        let reply = elect_leaders(image, election, Some(names)).reply.remove(0);
        reply.result.map_or_else(|error| error.code(), |()| ErrorCode::NONE)
    };
    assert_eq!(code(&image, ElectionType::Preferred, &name), ErrorCode::ELECTION_NOT_NEEDED);
    assert_eq!(code(&image, ElectionType::Unclean, &name), ErrorCode::ELECTION_NOT_NEEDED);
    let unknown = [(Text::from("t"), 1)];
    assert_eq!(code(&image, ElectionType::Preferred, &unknown), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(elect_leaders(&image, ElectionType::Preferred, None).reply, []);
    let decision = fence_broker(&image, NodeId(1), broker(1).epoch).unwrap();
    commit(&mut image, decision);
    assert_eq!(code(&image, ElectionType::Preferred, &name), ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE);
    send(&mut image, &beat(1, broker(1).epoch, Offset::MAX));
    assert_eq!(
        code(&image, ElectionType::Preferred, &name),
        ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE,
        "not in sync"
    );
    let rejoin = AlterPartition { isr: isr(&[1, 2]), ..wish(&image, &[1, 2]) };
    let decision = alter_partition(&image, NodeId(2), broker(2).epoch, &[rejoin]).unwrap();
    commit(&mut image, decision).clear();
    let decision = elect_leaders(&image, ElectionType::Preferred, None);
    assert_eq!(decision.reply.len(), 1);
    commit(&mut image, decision).clear();
    assert_eq!(partition(&image).leader, Some(NodeId(1)));
}

#[test]
fn producer_ids_never_repeat() {
    let mut image = cluster(&[1]);
    let epoch = broker(1).epoch;
    for block in 0..3 {
        let decision = allocate_producer_ids(&image, NodeId(1), epoch).unwrap();
        let given = commit(&mut image, decision);
        assert_eq!(given.first.0, block * 1000);
    }
    assert!(allocate_producer_ids(&image, NodeId(1), BrokerEpoch(0)).is_err());
}

#[test]
fn feature_levels_move_within_what_all_support() {
    let mut image = cluster(&[1]);
    let supported = |name: &str| (name == "metadata.version").then_some(VersionRange { min: 7, max: 31 });
    let update = |name: &'static str, level, upgrade_type| {
        [FeatureUpdate { name: Text::from(name), level, upgrade_type }]
    };
    let mut apply = |update: &[FeatureUpdate], validate_only| {
        let decision = update_features(&image, update, &supported, validate_only)?;
        commit(&mut image, decision);
        Ok::<i16, Error>(image.feature_level("metadata.version"))
    };
    assert_eq!(apply(&update("metadata.version", 31, UpgradeType::Upgrade), true), Ok(30));
    assert_eq!(apply(&update("metadata.version", 31, UpgradeType::Upgrade), false), Ok(31));
    assert!(apply(&update("metadata.version", 30, UpgradeType::Upgrade), false).is_err());
    assert!(apply(&update("metadata.version", 30, UpgradeType::SafeDowngrade), false).is_err());
    assert!(apply(&update("metadata.version", 32, UpgradeType::Upgrade), false).is_err());
    assert!(apply(&update("metadata.version", -1, UpgradeType::Upgrade), false).is_err());
    assert!(apply(&update("other", 1, UpgradeType::Upgrade), false).is_err());
}
