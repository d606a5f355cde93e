// Made by `cargo xtask codegen` from schema/streams_group_topology_description_update.kafka. Change that instead.

//! A member of a streams group describes its topology in words, when asked (KIP-1331).
//!
//! API key 93, versions 0 to 0.

pub use request::StreamsGroupTopologyDescriptionUpdateRequest;
pub use response::StreamsGroupTopologyDescriptionUpdateResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTopologyDescriptionUpdateRequest {
        pub group_id: Text,
        pub member_id: Text,
        pub topology_epoch: i32,
        pub topology_description: TopologyDescription,
    }

    impl Fields for StreamsGroupTopologyDescriptionUpdateRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let member_id = r.read_string(true)?;
            let topology_epoch = r.read_i32()?;
            let topology_description = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, member_id, topology_epoch, topology_description })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            s.put_string(&self.member_id, true)?;
            s.put_i32(self.topology_epoch);
            self.topology_description.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescription {
        pub subtopologies: Vec<TopologyDescriptionSubtopology>,
        pub global_stores: Vec<TopologyDescriptionGlobalStore>,
    }

    impl Fields for TopologyDescription {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopologies = read_structs(r, true, v)?;
            let global_stores = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopologies, global_stores })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.subtopologies, true, v)?;
            put_structs(s, &self.global_stores, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescriptionSubtopology {
        pub subtopology_id: Text,
        pub nodes: Vec<TopologyDescriptionNode>,
    }

    impl Fields for TopologyDescriptionSubtopology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let nodes = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopology_id, nodes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_structs(s, &self.nodes, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescriptionNode {
        pub name: Text,
        pub node_type: i8,
        pub source_topics: Vec<Text>,
        pub sink_topic: Option<Text>,
        pub stores: Vec<Text>,
        pub successors: Vec<Text>,
    }

    impl Fields for TopologyDescriptionNode {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let node_type = r.read_i8()?;
            let source_topics = r.read_array(true, |r| r.read_string(true))?;
            let sink_topic = r.read_nullable_string(true)?;
            let stores = r.read_array(true, |r| r.read_string(true))?;
            let successors = r.read_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self { name, node_type, source_topics, sink_topic, stores, successors })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i8(self.node_type);
            put_array(s, &self.source_topics, true, |s, x| s.put_string(x, true))?;
            s.put_nullable_string(self.sink_topic.as_deref(), true)?;
            put_array(s, &self.stores, true, |s, x| s.put_string(x, true))?;
            put_array(s, &self.successors, true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescriptionGlobalStore {
        pub source: TopologyDescriptionNode,
        pub processor: TopologyDescriptionNode,
    }

    impl Fields for TopologyDescriptionGlobalStore {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let source = Fields::read(r, v)?;
            let processor = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { source, processor })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.source.write(s, v)?;
            self.processor.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupTopologyDescriptionUpdateRequest, 0..=0);
    request!(StreamsGroupTopologyDescriptionUpdate, StreamsGroupTopologyDescriptionUpdateRequest, super::StreamsGroupTopologyDescriptionUpdateResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTopologyDescriptionUpdateResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Fields for StreamsGroupTopologyDescriptionUpdateResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupTopologyDescriptionUpdateResponse, 0..=0);
}
