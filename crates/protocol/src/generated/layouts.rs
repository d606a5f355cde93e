// Made by `cargo xtask codegen` from crates/protocol/schema/. Change that instead.

//! The messages of each file that holds stored ones.

use crate::layout::{Base, Field, Initial, Kind, Layout};

pub static CONSUMER_PROTOCOL: &[Layout] = &[
    Layout {
        kind: Kind::Data,
        number: None,
        name: "ConsumerProtocolAssignment",
        versions: (0, 3),
        flexible: None,
        structs: &[
            &[
                Field { name: "assigned_partitions", array: true, base: Base::Struct(1), versions: (0, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "user_data", array: false, base: Base::Bytes, versions: (0, 3), nullable: true, default: Initial::Null, tag: None },
            ],
            &[
                Field { name: "topic", array: false, base: Base::String, versions: (0, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 3), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "ConsumerProtocolSubscription",
        versions: (0, 3),
        flexible: None,
        structs: &[
            &[
                Field { name: "topics", array: true, base: Base::String, versions: (0, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "user_data", array: false, base: Base::Bytes, versions: (0, 3), nullable: true, default: Initial::Null, tag: None },
                Field { name: "owned_partitions", array: true, base: Base::Struct(1), versions: (1, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "generation_id", array: false, base: Base::Int32, versions: (2, 3), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "rack_id", array: false, base: Base::String, versions: (3, 3), nullable: true, default: Initial::Null, tag: None },
            ],
            &[
                Field { name: "topic", array: false, base: Base::String, versions: (1, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (1, 3), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static CONTROL_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Data,
        number: None,
        name: "ControlRecordTypeSchema",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "type", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "EndTxnMarker",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "coordinator_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "KRaftVersionRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "kraft_version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "LeaderChangeMessage",
        versions: (0, 1),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "version", array: false, base: Base::Int16, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "leader_id", array: false, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "voters", array: true, base: Base::Struct(1), versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "granting_voters", array: true, base: Base::Struct(1), versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "voter_id", array: false, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "voter_directory_id", array: false, base: Base::Uuid, versions: (1, 1), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "SnapshotFooterRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "SnapshotHeaderRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "last_contained_log_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Data,
        number: None,
        name: "VotersRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "voters", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "voter_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "voter_directory_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "endpoints", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "kraft_version_feature", array: false, base: Base::Struct(3), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "port", array: false, base: Base::Uint16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "min_supported_version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "max_supported_version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static GROUP_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Key,
        number: Some(0),
        name: "LegacyOffsetCommitKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(0),
        name: "LegacyOffsetCommitValue",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "metadata", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "commit_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(1),
        name: "OffsetCommitKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(1),
        name: "OffsetCommitValue",
        versions: (0, 4),
        flexible: Some(4),
        structs: &[
            &[
                Field { name: "offset", array: false, base: Base::Int64, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (3, 4), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "metadata", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "commit_timestamp", array: false, base: Base::Int64, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "expire_timestamp", array: false, base: Base::Int64, versions: (1, 1), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (4, 4), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(2),
        name: "GroupMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(2),
        name: "GroupMetadataValue",
        versions: (0, 4),
        flexible: Some(4),
        structs: &[
            &[
                Field { name: "protocol_type", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "generation", array: false, base: Base::Int32, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "protocol", array: false, base: Base::String, versions: (0, 4), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "leader", array: false, base: Base::String, versions: (0, 4), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "current_state_timestamp", array: false, base: Base::Int64, versions: (2, 4), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "members", array: true, base: Base::Struct(1), versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "group_instance_id", array: false, base: Base::String, versions: (3, 4), nullable: true, default: Initial::Null, tag: None },
                Field { name: "client_id", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "client_host", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "rebalance_timeout", array: false, base: Base::Int32, versions: (1, 4), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "session_timeout", array: false, base: Base::Int32, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "subscription", array: false, base: Base::Bytes, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assignment", array: false, base: Base::Bytes, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(3),
        name: "ConsumerGroupMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(3),
        name: "ConsumerGroupMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "metadata_hash", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(4),
        name: "ConsumerGroupPartitionMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(4),
        name: "ConsumerGroupPartitionMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topics", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "num_partitions", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition_metadata", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "racks", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(5),
        name: "ConsumerGroupMemberMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(5),
        name: "ConsumerGroupMemberMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "instance_id", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "rack_id", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "client_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "client_host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "subscribed_topic_names", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "subscribed_topic_regex", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "rebalance_timeout_ms", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "server_assignor", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "classic_member_metadata", array: false, base: Base::Struct(1), versions: (0, 0), nullable: true, default: Initial::Zero, tag: Some(0) },
            ],
            &[
                Field { name: "session_timeout_ms", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "supported_protocols", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "metadata", array: false, base: Base::Bytes, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(6),
        name: "ConsumerGroupTargetAssignmentMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(6),
        name: "ConsumerGroupTargetAssignmentMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "assignment_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assignment_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(7),
        name: "ConsumerGroupTargetAssignmentMemberKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(7),
        name: "ConsumerGroupTargetAssignmentMemberValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topic_partitions", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(8),
        name: "ConsumerGroupCurrentMemberAssignmentKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(8),
        name: "ConsumerGroupCurrentMemberAssignmentValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "member_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "previous_member_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assigned_partitions", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions_pending_revocation", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assignment_epochs", array: true, base: Base::Int32, versions: (0, 0), nullable: true, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(10),
        name: "ShareGroupMemberMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(10),
        name: "ShareGroupMemberMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "rack_id", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "client_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "client_host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "subscribed_topic_names", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(11),
        name: "ShareGroupMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(11),
        name: "ShareGroupMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "metadata_hash", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(12),
        name: "ShareGroupTargetAssignmentMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(12),
        name: "ShareGroupTargetAssignmentMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "assignment_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assignment_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(13),
        name: "ShareGroupTargetAssignmentMemberKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(13),
        name: "ShareGroupTargetAssignmentMemberValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topic_partitions", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(14),
        name: "ShareGroupCurrentMemberAssignmentKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(14),
        name: "ShareGroupCurrentMemberAssignmentValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "member_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "previous_member_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assigned_partitions", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(15),
        name: "ShareGroupStatePartitionMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(15),
        name: "ShareGroupStatePartitionMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "initializing_topics", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "initialized_topics", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "deleting_topics", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(16),
        name: "ConsumerGroupRegularExpressionKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "regular_expression", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(16),
        name: "ConsumerGroupRegularExpressionValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topics", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "version", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(17),
        name: "StreamsGroupMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(17),
        name: "StreamsGroupMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "metadata_hash", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "validated_topology_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: Some(0) },
                Field { name: "last_assignment_configs", array: true, base: Base::Struct(1), versions: (0, 0), nullable: true, default: Initial::Zero, tag: Some(1) },
                Field { name: "stored_description_topology_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: Some(2) },
                Field { name: "failed_description_topology_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: Some(3) },
            ],
            &[
                Field { name: "key", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "value", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(19),
        name: "StreamsGroupMemberMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(19),
        name: "StreamsGroupMemberMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "instance_id", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "rack_id", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "client_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "client_host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "rebalance_timeout_ms", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "topology_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "process_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "user_endpoint", array: false, base: Base::Struct(1), versions: (0, 0), nullable: true, default: Initial::Null, tag: None },
                Field { name: "client_tags", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "port", array: false, base: Base::Uint16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "key", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "value", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(20),
        name: "StreamsGroupTargetAssignmentMetadataKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(20),
        name: "StreamsGroupTargetAssignmentMetadataValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "assignment_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assignment_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(21),
        name: "StreamsGroupTargetAssignmentMemberKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(21),
        name: "StreamsGroupTargetAssignmentMemberValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "active_tasks", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "standby_tasks", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "warmup_tasks", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "subtopology_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(22),
        name: "StreamsGroupCurrentMemberAssignmentKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "member_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(22),
        name: "StreamsGroupCurrentMemberAssignmentValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "member_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "previous_member_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "active_tasks", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "standby_tasks", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "warmup_tasks", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "active_tasks_pending_revocation", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "standby_tasks_pending_revocation", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "warmup_tasks_pending_revocation", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "subtopology_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: true, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "assignment_epochs", array: true, base: Base::Int32, versions: (0, 0), nullable: true, default: Initial::Zero, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(23),
        name: "StreamsGroupTopologyKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(23),
        name: "StreamsGroupTopologyValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "subtopologies", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "subtopology_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "source_topics", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "source_topic_regex", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "state_changelog_topics", array: true, base: Base::Struct(4), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "repartition_sink_topics", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "repartition_source_topics", array: true, base: Base::Struct(4), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "copartition_groups", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "source_topics", array: true, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "source_topic_regex", array: true, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "repartition_source_topics", array: true, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "key", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "value", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partitions", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "replication_factor", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_configs", array: true, base: Base::Struct(3), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static LOG_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Data,
        number: None,
        name: "AbortedTxn",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "producer_id", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "first_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "last_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "last_stable_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static METADATA_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Record,
        number: Some(0),
        name: "RegisterBrokerRecord",
        versions: (0, 4),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "is_migrating_zk_broker", array: false, base: Base::Bool, versions: (2, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "incarnation_id", array: false, base: Base::Uuid, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_epoch", array: false, base: Base::Int64, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "end_points", array: true, base: Base::Struct(1), versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "features", array: true, base: Base::Struct(2), versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "rack", array: false, base: Base::String, versions: (0, 4), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "fenced", array: false, base: Base::Bool, versions: (0, 4), nullable: false, default: Initial::True, tag: None },
                Field { name: "in_controlled_shutdown", array: false, base: Base::Bool, versions: (1, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "log_dirs", array: true, base: Base::Uuid, versions: (3, 4), nullable: false, default: Initial::Zero, tag: Some(0) },
                Field { name: "cordoned_log_dirs", array: true, base: Base::Uuid, versions: (4, 4), nullable: true, default: Initial::Null, tag: Some(1) },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "host", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "port", array: false, base: Base::Uint16, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "security_protocol", array: false, base: Base::Int16, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "min_supported_version", array: false, base: Base::Int16, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "max_supported_version", array: false, base: Base::Int16, versions: (0, 4), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(1),
        name: "UnregisterBrokerRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_epoch", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(2),
        name: "TopicRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(3),
        name: "PartitionRecord",
        versions: (0, 2),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "partition_id", array: false, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "replicas", array: true, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "isr", array: true, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "removing_replicas", array: true, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "adding_replicas", array: true, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "leader", array: false, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "leader_recovery_state", array: false, base: Base::Int8, versions: (0, 2), nullable: false, default: Initial::Zero, tag: Some(0) },
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "partition_epoch", array: false, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "directories", array: true, base: Base::Uuid, versions: (1, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "eligible_leader_replicas", array: true, base: Base::Int32, versions: (2, 2), nullable: true, default: Initial::Null, tag: Some(1) },
                Field { name: "last_known_elr", array: true, base: Base::Int32, versions: (2, 2), nullable: true, default: Initial::Null, tag: Some(2) },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(4),
        name: "ConfigRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "resource_type", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "resource_name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "value", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(5),
        name: "PartitionChangeRecord",
        versions: (0, 2),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "partition_id", array: false, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 2), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "isr", array: true, base: Base::Int32, versions: (0, 2), nullable: true, default: Initial::Null, tag: Some(0) },
                Field { name: "leader", array: false, base: Base::Int32, versions: (0, 2), nullable: false, default: Initial::Number(-2), tag: Some(1) },
                Field { name: "replicas", array: true, base: Base::Int32, versions: (0, 2), nullable: true, default: Initial::Null, tag: Some(2) },
                Field { name: "removing_replicas", array: true, base: Base::Int32, versions: (0, 2), nullable: true, default: Initial::Null, tag: Some(3) },
                Field { name: "adding_replicas", array: true, base: Base::Int32, versions: (0, 2), nullable: true, default: Initial::Null, tag: Some(4) },
                Field { name: "leader_recovery_state", array: false, base: Base::Int8, versions: (0, 2), nullable: false, default: Initial::Number(-1), tag: Some(5) },
                Field { name: "directories", array: true, base: Base::Uuid, versions: (1, 2), nullable: true, default: Initial::Null, tag: Some(8) },
                Field { name: "eligible_leader_replicas", array: true, base: Base::Int32, versions: (2, 2), nullable: true, default: Initial::Null, tag: Some(6) },
                Field { name: "last_known_elr", array: true, base: Base::Int32, versions: (2, 2), nullable: true, default: Initial::Null, tag: Some(7) },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(7),
        name: "FenceBrokerRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "epoch", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(8),
        name: "UnfenceBrokerRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "epoch", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(9),
        name: "RemoveTopicRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(10),
        name: "DelegationTokenRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "owner", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "requester", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "renewers", array: true, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "issue_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "max_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "expiration_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "token_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(11),
        name: "UserScramCredentialRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "mechanism", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "salt", array: false, base: Base::Bytes, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "stored_key", array: false, base: Base::Bytes, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "server_key", array: false, base: Base::Bytes, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "iterations", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(12),
        name: "FeatureLevelRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "feature_level", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(14),
        name: "ClientQuotaRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "entity", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "key", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "value", array: false, base: Base::Float64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "remove", array: false, base: Base::Bool, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "entity_type", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "entity_name", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(15),
        name: "ProducerIdsRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_epoch", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "next_producer_id", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(17),
        name: "BrokerRegistrationChangeRecord",
        versions: (0, 3),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_epoch", array: false, base: Base::Int64, versions: (0, 3), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "fenced", array: false, base: Base::Int8, versions: (0, 3), nullable: false, default: Initial::Zero, tag: Some(0) },
                Field { name: "in_controlled_shutdown", array: false, base: Base::Int8, versions: (1, 3), nullable: false, default: Initial::Zero, tag: Some(1) },
                Field { name: "log_dirs", array: true, base: Base::Uuid, versions: (2, 3), nullable: false, default: Initial::Zero, tag: Some(2) },
                Field { name: "cordoned_log_dirs", array: true, base: Base::Uuid, versions: (3, 3), nullable: true, default: Initial::Null, tag: Some(3) },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(18),
        name: "AccessControlEntryRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "resource_type", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "resource_name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "pattern_type", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "principal", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "operation", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "permission_type", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(19),
        name: "RemoveAccessControlEntryRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(20),
        name: "NoOpRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(21),
        name: "ZkMigrationStateRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "zk_migration_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(22),
        name: "RemoveUserScramCredentialRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "mechanism", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(23),
        name: "BeginTransactionRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Null, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(24),
        name: "EndTransactionRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(25),
        name: "AbortTransactionRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "reason", array: false, base: Base::String, versions: (0, 0), nullable: true, default: Initial::Null, tag: Some(0) },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(26),
        name: "RemoveDelegationTokenRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "token_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(27),
        name: "RegisterControllerRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "controller_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "incarnation_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "zk_migration_ready", array: false, base: Base::Bool, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "end_points", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "features", array: true, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "host", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "port", array: false, base: Base::Uint16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "security_protocol", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "min_supported_version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "max_supported_version", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(28),
        name: "ClearElrRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topic_name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(29),
        name: "UnregisterControllerRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "controller_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static PRINCIPAL: &[Layout] = &[
    Layout {
        kind: Kind::Data,
        number: None,
        name: "DefaultPrincipalData",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "type", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "token_authenticated", array: false, base: Base::Bool, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static QUORUM_STATE: &[Layout] = &[
    Layout {
        kind: Kind::Data,
        number: None,
        name: "QuorumStateData",
        versions: (0, 1),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "cluster_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "leader_id", array: false, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "voted_id", array: false, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Number(-1), tag: None },
                Field { name: "voted_directory_id", array: false, base: Base::Uuid, versions: (1, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "applied_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "current_voters", array: true, base: Base::Struct(1), versions: (0, 0), nullable: true, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "voter_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static REMOTE_LOG_METADATA_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Record,
        number: Some(0),
        name: "RemoteLogSegmentMetadataRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "remote_log_segment_id", array: false, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "start_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "end_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "max_timestamp_ms", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "event_timestamp_ms", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "segment_leader_epochs", array: true, base: Base::Struct(3), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "segment_size_in_bytes", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "custom_metadata", array: false, base: Base::Bytes, versions: (0, 0), nullable: true, default: Initial::Null, tag: None },
                Field { name: "remote_log_segment_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "txn_index_empty", array: false, base: Base::Bool, versions: (0, 0), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
            &[
                Field { name: "topic_id_partition", array: false, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(1),
        name: "RemoteLogSegmentMetadataUpdateRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "remote_log_segment_id", array: false, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "event_timestamp_ms", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "custom_metadata", array: false, base: Base::Bytes, versions: (0, 0), nullable: true, default: Initial::Null, tag: None },
                Field { name: "remote_log_segment_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "topic_id_partition", array: false, base: Base::Struct(2), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(2),
        name: "RemotePartitionDeleteMetadataRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "topic_id_partition", array: false, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "event_timestamp_ms", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "remote_partition_delete_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "name", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Record,
        number: Some(3),
        name: "RemoteLogSegmentMetadataSnapshotRecord",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "segment_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "start_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "end_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "broker_id", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "max_timestamp_ms", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "event_timestamp_ms", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "segment_leader_epochs", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "segment_size_in_bytes", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "custom_metadata", array: false, base: Base::Bytes, versions: (0, 0), nullable: true, default: Initial::Null, tag: None },
                Field { name: "remote_log_segment_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "txn_index_empty", array: false, base: Base::Bool, versions: (0, 0), nullable: false, default: Initial::Zero, tag: Some(0) },
            ],
            &[
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static SHARE_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Key,
        number: Some(0),
        name: "ShareSnapshotKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(0),
        name: "ShareSnapshotValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "snapshot_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "state_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "start_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "delivery_complete_count", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: Some(0) },
                Field { name: "create_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "write_timestamp", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "state_batches", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "first_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "last_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "delivery_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "delivery_count", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Key,
        number: Some(1),
        name: "ShareUpdateKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "group_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "topic_id", array: false, base: Base::Uuid, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(1),
        name: "ShareUpdateValue",
        versions: (0, 0),
        flexible: Some(0),
        structs: &[
            &[
                Field { name: "snapshot_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "leader_epoch", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "start_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "delivery_complete_count", array: false, base: Base::Int32, versions: (0, 0), nullable: false, default: Initial::Number(-1), tag: Some(0) },
                Field { name: "state_batches", array: true, base: Base::Struct(1), versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
            &[
                Field { name: "first_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "last_offset", array: false, base: Base::Int64, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "delivery_state", array: false, base: Base::Int8, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "delivery_count", array: false, base: Base::Int16, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];

pub static TRANSACTION_RECORDS: &[Layout] = &[
    Layout {
        kind: Kind::Key,
        number: Some(0),
        name: "TransactionLogKey",
        versions: (0, 0),
        flexible: None,
        structs: &[
            &[
                Field { name: "transactional_id", array: false, base: Base::String, versions: (0, 0), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
    Layout {
        kind: Kind::Value,
        number: Some(0),
        name: "TransactionLogValue",
        versions: (0, 1),
        flexible: Some(1),
        structs: &[
            &[
                Field { name: "producer_id", array: false, base: Base::Int64, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "previous_producer_id", array: false, base: Base::Int64, versions: (1, 1), nullable: false, default: Initial::Number(-1), tag: Some(0) },
                Field { name: "next_producer_id", array: false, base: Base::Int64, versions: (1, 1), nullable: false, default: Initial::Number(-1), tag: Some(1) },
                Field { name: "producer_epoch", array: false, base: Base::Int16, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "next_producer_epoch", array: false, base: Base::Int16, versions: (1, 1), nullable: false, default: Initial::Number(-1), tag: Some(3) },
                Field { name: "transaction_timeout_ms", array: false, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "transaction_status", array: false, base: Base::Int8, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "transaction_partitions", array: true, base: Base::Struct(1), versions: (0, 1), nullable: true, default: Initial::Zero, tag: None },
                Field { name: "transaction_last_update_timestamp_ms", array: false, base: Base::Int64, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "transaction_start_timestamp_ms", array: false, base: Base::Int64, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "client_transaction_version", array: false, base: Base::Int16, versions: (1, 1), nullable: false, default: Initial::Zero, tag: Some(2) },
            ],
            &[
                Field { name: "topic", array: false, base: Base::String, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
                Field { name: "partition_ids", array: true, base: Base::Int32, versions: (0, 1), nullable: false, default: Initial::Zero, tag: None },
            ],
        ],
    },
];
