// Made by `cargo xtask codegen` from schema/share_group_heartbeat.kafka. Change that instead.

//! Joins, stays in and leaves a share group (KIP-932).
//!
//! API key 76, versions 1 to 1.

pub use request::ShareGroupHeartbeatRequest;
pub use response::ShareGroupHeartbeatResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupHeartbeatRequest {
        pub group_id: Text,
        pub member_id: Text,
        /// 0 joins, -1 leaves
        pub member_epoch: i32,
        pub rack_id: Option<Text>,
        pub subscribed_topic_names: Option<Vec<Text>>,
    }

    impl Fields for ShareGroupHeartbeatRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let member_id = r.read_string(true)?;
            let member_epoch = r.read_i32()?;
            let rack_id = r.read_nullable_string(true)?;
            let subscribed_topic_names = r.read_nullable_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, member_id, member_epoch, rack_id, subscribed_topic_names })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            s.put_string(&self.member_id, true)?;
            s.put_i32(self.member_epoch);
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            put_nullable_array(s, self.subscribed_topic_names.as_deref(), true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupHeartbeatRequest, 1..=1);
    request!(ShareGroupHeartbeat, ShareGroupHeartbeatRequest, super::ShareGroupHeartbeatResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupHeartbeatResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub member_id: Option<Text>,
        pub member_epoch: i32,
        pub heartbeat_interval_ms: i32,
        /// null leaves it as it is
        pub assignment: Option<Assignment>,
    }

    impl Fields for ShareGroupHeartbeatResponse {
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

    message!(ShareGroupHeartbeatResponse, 1..=1);
}
