// Made by `cargo xtask codegen` from schema/consumer_protocol.kafka. Change that instead.

//! What consumers of a classic group tell each other through JoinGroup and SyncGroup.
//!
//! v1 owned partitions (KIP-429); v2 generation (KIP-792); v3 rack (KIP-881).

pub use consumer_protocol_assignment::ConsumerProtocolAssignment;
pub use consumer_protocol_subscription::ConsumerProtocolSubscription;

pub mod consumer_protocol_assignment {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerProtocolAssignment {
        pub assigned_partitions: Vec<TopicPartition>,
        pub user_data: Option<Bytes>,
    }

    impl Fields for ConsumerProtocolAssignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let assigned_partitions = read_structs(r, false, v)?;
            let user_data = r.read_nullable_bytes(false)?;
            Ok(Self { assigned_partitions, user_data })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.assigned_partitions, false, v)?;
            s.put_nullable_byte_field(self.user_data.as_ref(), false)?;
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartition {
        pub topic: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic = r.read_string(false)?;
            let partitions = r.read_array(false, Reader::read_i32)?;
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic, false)?;
            put_array(s, &self.partitions, false, |s, &x| { s.put_i32(x); Ok(()) })?;
            Ok(())
        }
    }

    message!(ConsumerProtocolAssignment, 0..=3);
}

pub mod consumer_protocol_subscription {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ConsumerProtocolSubscription {
        pub topics: Vec<Text>,
        pub user_data: Option<Bytes>,
        /// v1+
        pub owned_partitions: Vec<TopicPartition>,
        /// v2+
        pub generation_id: i32,
        /// v3+
        pub rack_id: Option<Text>,
    }

    impl Default for ConsumerProtocolSubscription {
        fn default() -> Self {
            Self {
                topics: Vec::new(),
                user_data: None,
                owned_partitions: Vec::new(),
                generation_id: -1,
                rack_id: None,
            }
        }
    }

    impl Fields for ConsumerProtocolSubscription {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topics = r.read_array(false, |r| r.read_string(false))?;
            let user_data = r.read_nullable_bytes(false)?;
            let owned_partitions = if v >= 1 { read_structs(r, false, v)? } else { Vec::new() };
            let generation_id = if v >= 2 { r.read_i32()? } else { -1 };
            let rack_id = if v >= 3 { r.read_nullable_string(false)? } else { None };
            Ok(Self { topics, user_data, owned_partitions, generation_id, rack_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.topics, false, |s, x| s.put_string(x, false))?;
            s.put_nullable_byte_field(self.user_data.as_ref(), false)?;
            if v >= 1 {
                put_structs(s, &self.owned_partitions, false, v)?;
            }
            if v >= 2 {
                s.put_i32(self.generation_id);
            }
            if v >= 3 {
                s.put_nullable_string(self.rack_id.as_deref(), false)?;
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartition {
        pub topic: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic = r.read_string(false)?;
            let partitions = r.read_array(false, Reader::read_i32)?;
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic, false)?;
            put_array(s, &self.partitions, false, |s, &x| { s.put_i32(x); Ok(()) })?;
            Ok(())
        }
    }

    message!(ConsumerProtocolSubscription, 0..=3);
}
