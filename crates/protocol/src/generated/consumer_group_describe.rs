// Made by `cargo xtask codegen` from schema/consumer_group_describe.kafka. Change that instead.

//! Describes groups of the consumer protocol (KIP-848).
//!
//! v1 the type of each member (KIP-1099).
//!
//! API key 69, versions 0 to 1.

pub use request::ConsumerGroupDescribeRequest;
pub use response::ConsumerGroupDescribeResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupDescribeRequest {
        pub group_ids: Vec<Text>,
        pub include_authorized_operations: bool,
    }

    impl Fields for ConsumerGroupDescribeRequest {
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

    message!(ConsumerGroupDescribeRequest, 0..=1);
    request!(ConsumerGroupDescribe, ConsumerGroupDescribeRequest, super::ConsumerGroupDescribeResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupDescribeResponse {
        pub throttle_time_ms: i32,
        pub groups: Vec<DescribedGroup>,
    }

    impl Fields for ConsumerGroupDescribeResponse {
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

    #[derive(Clone, Debug, PartialEq)]
    pub struct Member {
        pub member_id: Text,
        pub instance_id: Option<Text>,
        pub rack_id: Option<Text>,
        pub member_epoch: i32,
        pub client_id: Text,
        pub client_host: Text,
        pub subscribed_topic_names: Vec<Text>,
        pub subscribed_topic_regex: Option<Text>,
        pub assignment: Assignment,
        pub target_assignment: Assignment,
        /// v1+
        pub member_type: i8,
    }

    impl Default for Member {
        fn default() -> Self {
            Self {
                member_id: Text::default(),
                instance_id: None,
                rack_id: None,
                member_epoch: 0,
                client_id: Text::default(),
                client_host: Text::default(),
                subscribed_topic_names: Vec::new(),
                subscribed_topic_regex: None,
                assignment: Assignment::default(),
                target_assignment: Assignment::default(),
                member_type: -1,
            }
        }
    }

    impl Fields for Member {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let member_id = r.read_string(true)?;
            let instance_id = r.read_nullable_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let member_epoch = r.read_i32()?;
            let client_id = r.read_string(true)?;
            let client_host = r.read_string(true)?;
            let subscribed_topic_names = r.read_array(true, |r| r.read_string(true))?;
            let subscribed_topic_regex = r.read_nullable_string(true)?;
            let assignment = Fields::read(r, v)?;
            let target_assignment = Fields::read(r, v)?;
            let member_type = if v >= 1 { r.read_i8()? } else { -1 };
            r.skip_tagged_fields()?;
            Ok(Self {
                member_id, instance_id, rack_id, member_epoch, client_id, client_host,
                subscribed_topic_names, subscribed_topic_regex, assignment, target_assignment, member_type,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.member_id, true)?;
            s.put_nullable_string(self.instance_id.as_deref(), true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_i32(self.member_epoch);
            s.put_string(&self.client_id, true)?;
            s.put_string(&self.client_host, true)?;
            put_array(s, &self.subscribed_topic_names, true, |s, x| s.put_string(x, true))?;
            s.put_nullable_string(self.subscribed_topic_regex.as_deref(), true)?;
            self.assignment.write(s, v)?;
            self.target_assignment.write(s, v)?;
            if v >= 1 {
                s.put_i8(self.member_type);
            }
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

    message!(ConsumerGroupDescribeResponse, 0..=1);
}
