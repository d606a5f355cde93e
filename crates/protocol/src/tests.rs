use crate::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, EndTxnResponse, FetchRequest, HeartbeatRequest, Message,
    MetadataRecord, ProduceResponse, Record, Request, decode_response, encode_request, encode_response,
    fetch, from_record_key, from_record_value,
    group_records::{OffsetCommitKey, OffsetCommitValue},
    metadata::response::MetadataResponseTopic,
    metadata_records::{PartitionChangeRecord, TopicRecord},
    read_record_kind, read_request_header, to_record_key, to_record_value,
};
use bytes::Bytes;
use wire::{DecodeError, EncodeError, Reader, Text};

fn frame(segments: &[Bytes]) -> Vec<u8> {
    segments.concat()
}

#[test]
fn headers_of_old_and_flexible_requests() {
    let request = HeartbeatRequest {
        group_id: "g".into(),
        generation_id: 1,
        member_id: "m".into(),
        ..Default::default()
    };
    let old = frame(&encode_request(7, Some("c".into()), &request, 0).unwrap());
    assert_eq!(old, b"\0\0\0\x15\0\x0c\0\0\0\0\0\x07\0\x01c\0\x01g\0\0\0\x01\0\x01m");
    // The client id keeps its 16-bit length where everything else is compact.
    let flexible = frame(&encode_request(7, Some("c".into()), &request, 4).unwrap());
    assert_eq!(flexible, b"\0\0\0\x16\0\x0c\0\x04\0\0\0\x07\0\x01c\0\x02g\0\0\0\x01\x02m\0\0");
    let mut reader = Reader::new(flexible[4..].to_vec());
    let (key, header) = read_request_header(&mut reader).unwrap();
    assert_eq!((key, header.client_id, header.correlation_id), (ApiKey::Heartbeat, Some(Text::from("c")), 7));
    assert_eq!(HeartbeatRequest::decode(&mut reader, header.request_api_version), Ok(request));
    let anonymous = frame(&encode_request(7, None, &ApiVersionsRequest::default(), 0).unwrap());
    assert_eq!(anonymous, b"\0\0\0\x0a\0\x12\0\0\0\0\0\x07\xff\xff");
}

#[test]
fn the_header_of_a_request_is_read_in_versions_that_do_not_exist() {
    let mut reader = Reader::new(b"\0\x12\0\x63\0\0\0\x07\0\x01c\0rest".to_vec());
    let (key, header) = read_request_header(&mut reader).unwrap();
    assert_eq!((key, header.request_api_version, reader.remaining()), (ApiKey::ApiVersions, 99, 4));
    for unknown in [*b"\x03\xe7\0\0", *b"\xff\xff\0\0"] {
        let result = read_request_header(&mut Reader::new(unknown.to_vec()));
        assert!(matches!(result, Err(DecodeError::InvalidValue { what: "api key", .. })));
    }
}

#[test]
fn only_api_versions_answers_with_the_oldest_header() {
    let answer = frame(&encode_response(7, &EndTxnResponse::default(), 3).unwrap());
    assert_eq!(answer[4..9], [0, 0, 0, 7, 0]);
    let answer =
        frame(&encode_response(7, &ApiVersionsResponse { error_code: 35, ..Default::default() }, 3).unwrap());
    assert_eq!(answer[4..10], [0, 0, 0, 7, 0, 35]);
    let (correlation_id, answer) =
        decode_response::<ApiVersionsRequest>(answer[4..].to_vec().into(), 3).unwrap();
    assert_eq!((correlation_id, answer.error_code), (7, 35));
}

#[test]
fn the_table_of_keys() {
    assert_eq!(ApiKey::all().map(|key| key as i16).collect::<Vec<_>>(), (0..=94).collect::<Vec<_>>());
    assert_eq!(ApiKey::try_from(94), Ok(ApiKey::UnregisterController));
    assert!(ApiKey::try_from(95).is_err());
    assert!(ApiKey::LeaderAndIsr.versions().is_empty() && ApiKey::LeaderAndIsr.stable_versions().is_empty());
    assert_eq!((ApiKey::InitProducerId.versions(), ApiKey::InitProducerId.stable_versions()), (0..=6, 0..=5));
    assert!(ApiKey::Vote.is_served_by_controllers() && !ApiKey::Vote.is_served_by_brokers());
    assert_eq!((FetchRequest::KEY, FetchRequest::VERSIONS), (ApiKey::Fetch, 4..=18));
}

#[test]
fn a_field_the_version_lacks_is_dropped_only_if_it_may_be() {
    let request = FetchRequest { session_id: 5, ..Default::default() };
    assert!(request.to_bytes(4).is_ok(), "the session id is ignorable");
    let forgotten = fetch::request::ForgottenTopic { topic: "t".into(), ..Default::default() };
    let request = FetchRequest { forgotten_topics_data: vec![forgotten], ..Default::default() };
    let (message, field) = ("FetchRequest", "forgotten_topics_data");
    assert_eq!(request.to_bytes(6), Err(EncodeError::FieldNotInVersion { message, field, version: 6 }));
    assert_eq!(request.encoded_len(6), Err(EncodeError::FieldNotInVersion { message, field, version: 6 }));
    let request = FetchRequest { replica_id: 1, ..Default::default() };
    let field = "replica_id";
    assert_eq!(request.to_bytes(15), Err(EncodeError::FieldNotInVersion { message, field, version: 15 }));
}

#[test]
fn null_where_the_version_has_none() {
    let topic = crate::MetadataResponse {
        topics: vec![MetadataResponseTopic { name: None, ..Default::default() }],
        ..Default::default()
    };
    let (message, field) = ("MetadataResponse", "name");
    assert!(topic.to_bytes(12).is_ok());
    assert_eq!(topic.to_bytes(11), Err(EncodeError::NullInVersion { message, field, version: 11 }));
}

#[test]
fn a_tagged_field_at_its_default_is_not_written() {
    let mut partition = crate::produce::response::PartitionProduceResponse::default();
    let response = |partition: &crate::produce::response::PartitionProduceResponse| ProduceResponse {
        responses: vec![crate::produce::response::TopicProduceResponse {
            partition_responses: vec![partition.clone()],
            ..Default::default()
        }],
        ..Default::default()
    };
    let without = response(&partition).encoded_len(10).unwrap();
    partition.current_leader.leader_id = 3;
    assert_eq!(response(&partition).encoded_len(10), Ok(without + 2 + 9));
}

#[test]
fn versions_that_do_not_exist_are_refused() {
    let message = "FetchRequest";
    assert_eq!(
        FetchRequest::from_bytes(Bytes::new(), 3),
        Err(DecodeError::UnsupportedVersion { message, version: 3 })
    );
    assert_eq!(
        FetchRequest::default().to_bytes(19),
        Err(EncodeError::UnsupportedVersion { message, version: 19 })
    );
}

#[test]
fn metadata_records_in_their_frame() {
    let topic_id = uuid::Uuid::from_u128(1);
    let record = MetadataRecord::from(TopicRecord { name: "t".into(), topic_id });
    let frame = record.to_frame(0).unwrap();
    assert_eq!(frame, b"\x01\x02\0\x02t\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0".as_slice());
    assert_eq!(MetadataRecord::from_frame(frame), Ok(record));
    let change = PartitionChangeRecord { topic_id, isr: Some(vec![1]), ..Default::default() };
    let change = MetadataRecord::from(change);
    assert_eq!(MetadataRecord::from_frame(change.to_frame(change.latest_version()).unwrap()), Ok(change));
    let bad: [&[u8]; 5] = [b"", b"\x02\x02\0", b"\x01\x63\0", b"\x01\x02\x63", b"\x01\xff\xff\xff\x0f\0"];
    for frame in bad {
        assert!(MetadataRecord::from_frame(Bytes::from_static(frame)).is_err(), "{frame:?}");
    }
}

#[test]
fn coordinator_records_carry_kind_and_version() {
    let key = OffsetCommitKey { group: "g".into(), topic: "t".into(), partition: 2 };
    let bytes = to_record_key(&key).unwrap();
    assert_eq!(bytes, b"\0\x01\0\x01g\0\x01t\0\0\0\x02".as_slice());
    let mut reader = Reader::new(bytes);
    assert_eq!(read_record_kind(&mut reader), Ok(OffsetCommitKey::KEY));
    assert_eq!(from_record_key(&mut reader), Ok(key));
    let value = OffsetCommitValue { offset: 9, leader_epoch: 1, ..Default::default() };
    let bytes = to_record_value(&value, 3).unwrap();
    assert_eq!(bytes[..10], [0, 3, 0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(from_record_value(bytes), Ok(value));
}
