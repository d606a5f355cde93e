// Made by `cargo xtask codegen` from schema/consumer_group_heartbeat.kafka. Change that instead.

//! Joins, stays in and leaves a group of the consumer protocol; the broker assigns (KIP-848).
//!
//! A field that has not changed since the last heartbeat is left at its default.
//! v1 subscription by regular expression; the member makes its own id (KIP-1082).
//!
//! API key 68, versions 0 to 1.

pub use request::ConsumerGroupHeartbeatRequest;
pub use response::ConsumerGroupHeartbeatResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ConsumerGroupHeartbeatRequest {
        pub group_id: Text,
        pub member_id: Text,
        /// 0 joins, -1 leaves, -2 leaves for a while as a static member
        pub member_epoch: i32,
        pub instance_id: Option<Text>,
        pub rack_id: Option<Text>,
        pub rebalance_timeout_ms: i32,
        pub subscribed_topic_names: Option<Vec<Text>>,
        /// v1+: a regular expression of RE2
        pub subscribed_topic_regex: Option<Text>,
        pub server_assignor: Option<Text>,
        /// what the member owns now
        pub topic_partitions: Option<Vec<TopicPartitions>>,
    }

    impl Default for ConsumerGroupHeartbeatRequest {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                member_id: Text::default(),
                member_epoch: 0,
                instance_id: None,
                rack_id: None,
                rebalance_timeout_ms: -1,
                subscribed_topic_names: None,
                subscribed_topic_regex: None,
                server_assignor: None,
                topic_partitions: None,
            }
        }
    }

    impl Fields for ConsumerGroupHeartbeatRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let member_id = r.read_string(true)?;
            let member_epoch = r.read_i32()?;
            let instance_id = r.read_nullable_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let rebalance_timeout_ms = r.read_i32()?;
            let subscribed_topic_names = r.read_nullable_array(true, |r| r.read_string(true))?;
            let subscribed_topic_regex = if v >= 1 { r.read_nullable_string(true)? } else { None };
            let server_assignor = r.read_nullable_string(true)?;
            let topic_partitions = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                group_id, member_id, member_epoch, instance_id, rack_id, rebalance_timeout_ms,
                subscribed_topic_names, subscribed_topic_regex, server_assignor, topic_partitions,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            s.put_string(&self.member_id, true)?;
            s.put_i32(self.member_epoch);
            s.put_nullable_string(self.instance_id.as_deref(), true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_i32(self.rebalance_timeout_ms);
            put_nullable_array(s, self.subscribed_topic_names.as_deref(), true, |s, x| s.put_string(x, true))?;
            if v >= 1 {
                s.put_nullable_string(self.subscribed_topic_regex.as_deref(), true)?;
            } else if self.subscribed_topic_regex.is_some() {
                return not_in_version("ConsumerGroupHeartbeatRequest", "subscribed_topic_regex", v);
            }
            s.put_nullable_string(self.server_assignor.as_deref(), true)?;
            put_nullable_structs(s, self.topic_partitions.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartitions {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConsumerGroupHeartbeatRequest, 0..=1);
    request!(ConsumerGroupHeartbeat, ConsumerGroupHeartbeatRequest, super::ConsumerGroupHeartbeatResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupHeartbeatResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub member_id: Option<Text>,
        pub member_epoch: i32,
        pub heartbeat_interval_ms: i32,
        /// null leaves it as it is
        pub assignment: Option<Assignment>,
    }

    impl Fields for ConsumerGroupHeartbeatResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let member_id = r.read_nullable_string(true)?;
            let member_epoch = r.read_i32()?;
            let heartbeat_interval_ms = r.read_i32()?;
            let assignment = read_nullable_struct(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                throttle_time_ms, error_code, error_message, member_id, member_epoch, heartbeat_interval_ms,
                assignment,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_nullable_string(self.member_id.as_deref(), true)?;
            s.put_i32(self.member_epoch);
            s.put_i32(self.heartbeat_interval_ms);
            put_nullable_struct(s, self.assignment.as_ref(), v)?;
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

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartitions {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConsumerGroupHeartbeatResponse, 0..=1);
}
