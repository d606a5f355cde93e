// Made by `cargo xtask codegen` from schema/share_group_describe.kafka. Change that instead.

//! Describes share groups (KIP-932).
//!
//! API key 77, versions 1 to 1.

pub use request::ShareGroupDescribeRequest;
pub use response::ShareGroupDescribeResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupDescribeRequest {
        pub group_ids: Vec<Text>,
        pub include_authorized_operations: bool,
    }

    impl Fields for ShareGroupDescribeRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_ids = r.read_array(true, |r| r.read_string(true))?;
            let include_authorized_operations = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self { group_ids, include_authorized_operations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.group_ids, true, |s, x| s.put_string(x, true))?;
            s.put_bool(self.include_authorized_operations);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupDescribeRequest, 1..=1);
    request!(ShareGroupDescribe, ShareGroupDescribeRequest, super::ShareGroupDescribeResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupDescribeResponse {
        pub throttle_time_ms: i32,
        pub groups: Vec<DescribedGroup>,
    }

    impl Fields for ShareGroupDescribeResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let groups = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.groups, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribedGroup {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub group_id: Text,
        pub group_state: Text,
        pub group_epoch: i32,
        pub assignment_epoch: i32,
        pub assignor_name: Text,
        pub members: Vec<Member>,
        pub authorized_operations: i32,
    }

    impl Default for DescribedGroup {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: None,
                group_id: Text::default(),
                group_state: Text::default(),
                group_epoch: 0,
                assignment_epoch: 0,
                assignor_name: Text::default(),
                members: Vec::new(),
                authorized_operations: i32::MIN,
            }
        }
    }

    impl Fields for DescribedGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let group_id = r.read_string(true)?;
            let group_state = r.read_string(true)?;
            let group_epoch = r.read_i32()?;
            let assignment_epoch = r.read_i32()?;
            let assignor_name = r.read_string(true)?;
            let members = read_structs(r, true, v)?;
            let authorized_operations = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                error_code, error_message, group_id, group_state, group_epoch, assignment_epoch,
                assignor_name, members, authorized_operations,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_string(&self.group_id, true)?;
            s.put_string(&self.group_state, true)?;
            s.put_i32(self.group_epoch);
            s.put_i32(self.assignment_epoch);
            s.put_string(&self.assignor_name, true)?;
            put_structs(s, &self.members, true, v)?;
            s.put_i32(self.authorized_operations);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Member {
        pub member_id: Text,
        pub rack_id: Option<Text>,
        pub member_epoch: i32,
        pub client_id: Text,
        pub client_host: Text,
        pub subscribed_topic_names: Vec<Text>,
        pub assignment: Assignment,
    }

    impl Fields for Member {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let member_id = r.read_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let member_epoch = r.read_i32()?;
            let client_id = r.read_string(true)?;
            let client_host = r.read_string(true)?;
            let subscribed_topic_names = r.read_array(true, |r| r.read_string(true))?;
            let assignment = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                member_id, rack_id, member_epoch, client_id, client_host, subscribed_topic_names, assignment,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.member_id, true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_i32(self.member_epoch);
            s.put_string(&self.client_id, true)?;
            s.put_string(&self.client_host, true)?;
            put_array(s, &self.subscribed_topic_names, true, |s, x| s.put_string(x, true))?;
            self.assignment.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartitions {
        pub topic_id: Uuid,
        pub topic_name: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let topic_name = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            s.put_string(&self.topic_name, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Assignment {
        pub topic_partitions: Vec<TopicPartitions>,
    }

    impl Fields for Assignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topic_partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupDescribeResponse, 1..=1);
}
