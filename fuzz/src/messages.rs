//! Any bytes as every message in every version: what is read is written with the length that was foretold, and reads
//! the same again.
use crate::input::Choices;
use bytes::Bytes;
use protocol::{
    Message, MetadataRecord, Request, RequestHeader, ResponseHeader,
    group_records::{OffsetCommitKey, OffsetCommitValue},
    transaction_records::TransactionLogValue,
};
use wire::{DecodeError, Reader};

/// One kind of message, its type forgotten.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    first: i16,
    last: i16,
    check: fn(Bytes, i16),
    default: fn(i16) -> Option<Bytes>,
}

impl Kind {
    const fn of<M: Message>() -> Self {
        let (first, last) = (*M::VERSIONS.start(), *M::VERSIONS.end());
        Self { first, last, check: check::<M>, default: |version| M::default().to_bytes(version).ok() }
    }

    /// The message with nothing set, in each version that can say it.
    pub(crate) fn defaults(self) -> impl Iterator<Item = (i16, Bytes)> {
        (self.first..=self.last).filter_map(move |version| Some((version, (self.default)(version)?)))
    }

    pub(crate) fn first(self) -> i16 {
        self.first
    }
}

fn check<M: Message>(bytes: Bytes, version: i16) {
    let mut reader = Reader::new(bytes);
    let Ok(message) = M::decode(&mut reader, version) else { return };
    // A kind has forms that are read and that nobody may write, such as a null in place of a default.
    let Ok(written) = message.to_bytes(version) else { return };
    assert_eq!(message.encoded_len(version), Ok(written.len()), "{}", M::NAME);
    let again = M::from_bytes(written.clone(), version).expect("what was written is read");
    // Bytes are compared, as a NaN is not equal to itself.
    assert_eq!(again.to_bytes(version).as_ref(), Ok(&written), "{} v{version}", M::NAME);
}

fn check_one_of(kinds: &[Kind], data: &[u8]) {
    let [kind, version, body @ ..] = data else { return };
    let kind = kinds[usize::from(*kind) % kinds.len()];
    let version = kind.first + i16::from(*version) % (kind.last - kind.first + 1);
    (kind.check)(Bytes::copy_from_slice(body), version);
}

pub fn every_request(data: &[u8]) {
    check_one_of(REQUESTS, data);
}

pub fn every_response(data: &[u8]) {
    check_one_of(RESPONSES, data);
}

/// What is stored and sent inside messages: records of the metadata, group, transaction and share logs, and others.
pub fn every_record(data: &[u8]) {
    check_one_of(RECORDS, data);
}

/// Any bytes as a frame's content: its header, and the request that it names.
pub fn header(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    for version in ResponseHeader::VERSIONS {
        check::<ResponseHeader>(bytes.clone(), version);
    }
    for version in RequestHeader::VERSIONS {
        check::<RequestHeader>(bytes.clone(), version);
    }
    let mut reader = Reader::new(bytes);
    let Ok((key, header)) = protocol::read_request_header(&mut reader) else { return };
    let Some(at) = KEYS.iter().position(|of| *of == key) else { return };
    if key.versions().contains(&header.request_api_version) {
        (REQUESTS[at].check)(reader.into_remaining(), header.request_api_version);
    }
}

/// Any bytes as what a log stores around a message: the frame of a metadata record, the version of a value.
pub fn frame(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    let _ = protocol::from_record_value::<OffsetCommitValue>(bytes.clone());
    let _ = protocol::from_record_value::<TransactionLogValue>(bytes.clone());
    let mut key = Reader::new(bytes.clone());
    if protocol::read_record_kind(&mut key).is_ok() {
        let _ = protocol::from_record_key::<OffsetCommitKey>(&mut key);
    }
    let Ok(record) = MetadataRecord::from_frame(bytes) else { return };
    let Ok(written) = record.to_frame(record.latest_version()) else { return };
    assert_eq!(MetadataRecord::from_frame(written).expect("what was written is read").key(), record.key());
}

/// Any sequence of reads from any bytes: no read takes more than there is, and one that fails leaves the reader usable.
pub fn primitives(data: &[u8]) {
    let (choices, bytes) = data.split_at(data.len().min(32));
    let mut choices = Choices(choices);
    let mut reader = Reader::new(Bytes::copy_from_slice(bytes));
    while !choices.0.is_empty() {
        let (before, flexible) = (reader.remaining(), choices.flag());
        let read = read_one(&mut reader, choices.below(20), flexible);
        assert!(reader.remaining() <= before);
        if read.is_ok_and(|count| count > before) {
            panic!("more came out than was there");
        }
    }
    let left = reader.remaining();
    assert_eq!(reader.finish().is_ok(), left == 0);
    assert_eq!(reader.into_remaining().len(), left);
}

/// Reads something; returns how many bytes or elements it had.
fn read_one(reader: &mut Reader, what: usize, flexible: bool) -> Result<usize, DecodeError> {
    Ok(match what {
        0 => reader.read_i8().map(|_| 1)?,
        1 => reader.read_bool().map(|_| 1)?,
        2 => reader.read_i16().map(|_| 2)?,
        3 => reader.read_u16().map(|_| 2)?,
        4 => reader.read_i32().map(|_| 4)?,
        5 => reader.read_u32().map(|_| 4)?,
        6 => reader.read_i64().map(|_| 8)?,
        7 => reader.read_f64().map(|_| 8)?,
        8 => reader.read_uuid().map(|_| 16)?,
        9 => reader.read_varint().map(|_| 1)?,
        10 => reader.read_zigzag_varint().map(|_| 1)?,
        11 => reader.read_zigzag_varlong().map(|_| 1)?,
        12 => reader.read_string(flexible)?.len(),
        13 => reader.read_nullable_string(flexible)?.map_or(0, |text| text.len()),
        14 => reader.read_bytes(flexible)?.len(),
        15 => reader.read_nullable_bytes(flexible)?.map_or(0, |bytes| bytes.len()),
        16 => reader.read_nullable_records(flexible)?.map_or(0, |records| records.len()),
        17 => reader.read_array_len(flexible)?.unwrap_or(0),
        18 => reader.skip_tagged_fields().map(|()| 0)?,
        _ => reader.skip(3).map(|()| 3)?,
    })
}

macro_rules! requests {
    ($($request:ident)*) => {
        pub(crate) const KEYS: &[protocol::ApiKey] = &[$(protocol::$request::KEY),*];
        pub(crate) const REQUESTS: &[Kind] = &[$(Kind::of::<protocol::$request>()),*];
        pub(crate) const RESPONSES: &[Kind] = &[$(Kind::of::<<protocol::$request as Request>::Response>()),*];
    };
}

macro_rules! records {
    ($($module:ident { $($record:ident)* })*) => {
        pub(crate) const RECORDS: &[Kind] = &[$($(Kind::of::<protocol::$module::$record>()),*),*];
    };
}

/// The keys that have versions and no request here: none, or a message was added without its line.
pub fn missing_requests() -> Vec<protocol::ApiKey> {
    protocol::ApiKey::all().filter(|key| !key.versions().is_empty() && !KEYS.contains(key)).collect()
}

requests! {
    AddOffsetsToTxnRequest AddPartitionsToTxnRequest AddRaftVoterRequest AllocateProducerIdsRequest
    AlterClientQuotasRequest AlterConfigsRequest AlterPartitionRequest AlterPartitionReassignmentsRequest
    AlterReplicaLogDirsRequest AlterShareGroupOffsetsRequest AlterUserScramCredentialsRequest
    ApiVersionsRequest AssignReplicasToDirsRequest BeginQuorumEpochRequest BrokerHeartbeatRequest
    BrokerRegistrationRequest ConsumerGroupDescribeRequest ConsumerGroupHeartbeatRequest
    ControllerRegistrationRequest CreateAclsRequest CreateDelegationTokenRequest CreatePartitionsRequest
    CreateTopicsRequest DeleteAclsRequest DeleteGroupsRequest DeleteRecordsRequest
    DeleteShareGroupOffsetsRequest DeleteShareGroupStateRequest DeleteTopicsRequest DescribeAclsRequest
    DescribeClientQuotasRequest DescribeClusterRequest DescribeConfigsRequest DescribeDelegationTokenRequest
    DescribeGroupsRequest DescribeLogDirsRequest DescribeProducersRequest DescribeQuorumRequest
    DescribeShareGroupOffsetsRequest DescribeTopicPartitionsRequest DescribeTransactionsRequest
    DescribeUserScramCredentialsRequest ElectLeadersRequest EndQuorumEpochRequest EndTxnRequest
    EnvelopeRequest ExpireDelegationTokenRequest FetchRequest FetchSnapshotRequest FindCoordinatorRequest
    GetTelemetrySubscriptionsRequest HeartbeatRequest IncrementalAlterConfigsRequest InitProducerIdRequest
    InitializeShareGroupStateRequest JoinGroupRequest LeaveGroupRequest ListConfigResourcesRequest
    ListGroupsRequest ListOffsetsRequest ListPartitionReassignmentsRequest ListTransactionsRequest
    MetadataRequest OffsetCommitRequest OffsetDeleteRequest OffsetFetchRequest OffsetForLeaderEpochRequest
    ProduceRequest PushTelemetryRequest ReadShareGroupStateRequest ReadShareGroupStateSummaryRequest
    RemoveRaftVoterRequest RenewDelegationTokenRequest SaslAuthenticateRequest SaslHandshakeRequest
    ShareAcknowledgeRequest ShareFetchRequest ShareGroupDescribeRequest ShareGroupHeartbeatRequest
    StreamsGroupDescribeRequest StreamsGroupHeartbeatRequest StreamsGroupTopologyDescriptionUpdateRequest
    SyncGroupRequest TxnOffsetCommitRequest UnregisterBrokerRequest UnregisterControllerRequest
    UpdateFeaturesRequest UpdateRaftVoterRequest VoteRequest WriteShareGroupStateRequest
    WriteTxnMarkersRequest
}

records! {
    metadata_records {
        RegisterBrokerRecord UnregisterBrokerRecord TopicRecord PartitionRecord ConfigRecord
        PartitionChangeRecord FenceBrokerRecord UnfenceBrokerRecord RemoveTopicRecord DelegationTokenRecord
        UserScramCredentialRecord FeatureLevelRecord ClientQuotaRecord ProducerIdsRecord
        BrokerRegistrationChangeRecord AccessControlEntryRecord RemoveAccessControlEntryRecord NoOpRecord
        ZkMigrationStateRecord RemoveUserScramCredentialRecord BeginTransactionRecord EndTransactionRecord
        AbortTransactionRecord RemoveDelegationTokenRecord RegisterControllerRecord ClearElrRecord
        UnregisterControllerRecord
    }
    group_records {
        LegacyOffsetCommitKey LegacyOffsetCommitValue OffsetCommitKey OffsetCommitValue GroupMetadataKey
        GroupMetadataValue ConsumerGroupMetadataKey ConsumerGroupMetadataValue
        ConsumerGroupPartitionMetadataKey ConsumerGroupPartitionMetadataValue ConsumerGroupMemberMetadataKey
        ConsumerGroupMemberMetadataValue ConsumerGroupTargetAssignmentMetadataKey
        ConsumerGroupTargetAssignmentMetadataValue ConsumerGroupTargetAssignmentMemberKey
        ConsumerGroupTargetAssignmentMemberValue ConsumerGroupCurrentMemberAssignmentKey
        ConsumerGroupCurrentMemberAssignmentValue ShareGroupMemberMetadataKey ShareGroupMemberMetadataValue
        ShareGroupMetadataKey ShareGroupMetadataValue ShareGroupTargetAssignmentMetadataKey
        ShareGroupTargetAssignmentMetadataValue ShareGroupTargetAssignmentMemberKey
        ShareGroupTargetAssignmentMemberValue ShareGroupCurrentMemberAssignmentKey
        ShareGroupCurrentMemberAssignmentValue ShareGroupStatePartitionMetadataKey
        ShareGroupStatePartitionMetadataValue ConsumerGroupRegularExpressionKey
        ConsumerGroupRegularExpressionValue StreamsGroupMetadataKey StreamsGroupMetadataValue
        StreamsGroupMemberMetadataKey StreamsGroupMemberMetadataValue
        StreamsGroupTargetAssignmentMetadataKey StreamsGroupTargetAssignmentMetadataValue
        StreamsGroupTargetAssignmentMemberKey StreamsGroupTargetAssignmentMemberValue
        StreamsGroupCurrentMemberAssignmentKey StreamsGroupCurrentMemberAssignmentValue
        StreamsGroupTopologyKey StreamsGroupTopologyValue
    }
    transaction_records {
        TransactionLogKey TransactionLogValue
    }
    share_records {
        ShareSnapshotKey ShareSnapshotValue ShareUpdateKey ShareUpdateValue
    }
    remote_log_metadata_records {
        RemoteLogSegmentMetadataRecord RemoteLogSegmentMetadataUpdateRecord RemotePartitionDeleteMetadataRecord
        RemoteLogSegmentMetadataSnapshotRecord
    }
    control_records {
        ControlRecordTypeSchema EndTxnMarker KRaftVersionRecord LeaderChangeMessage SnapshotFooterRecord
        SnapshotHeaderRecord VotersRecord
    }
    log_records {
        AbortedTxn
    }
    quorum_state {
        QuorumStateData
    }
    principal {
        DefaultPrincipalData
    }
    consumer_protocol {
        ConsumerProtocolAssignment ConsumerProtocolSubscription
    }
}
