// Made by `cargo xtask codegen` from schema/write_txn_markers.kafka. Change that instead.

//! A transaction coordinator has the end of a transaction written into partitions (KIP-98).
//!
//! v2 the transaction's version (KIP-1228).
//!
//! API key 27, versions 1 to 2.

pub use request::WriteTxnMarkersRequest;
pub use response::WriteTxnMarkersResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WriteTxnMarkersRequest {
        pub markers: Vec<WritableTxnMarker>,
    }

    impl Fields for WriteTxnMarkersRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let markers = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { markers })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.markers, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WritableTxnMarker {
        pub producer_id: i64,
        pub producer_epoch: i16,
        /// true commits
        pub transaction_result: bool,
        pub topics: Vec<WritableTxnMarkerTopic>,
        /// fences an old coordinator
        pub coordinator_epoch: i32,
        /// v2+
        pub transaction_version: i8,
    }

    impl Fields for WritableTxnMarker {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let transaction_result = r.read_bool()?;
            let topics = read_structs(r, true, v)?;
            let coordinator_epoch = r.read_i32()?;
            let transaction_version = if v >= 2 { r.read_i8()? } else { 0 };
            r.skip_tagged_fields()?;
            Ok(Self {
                producer_id, producer_epoch, transaction_result, topics, coordinator_epoch,
                transaction_version,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            s.put_bool(self.transaction_result);
            put_structs(s, &self.topics, true, v)?;
            s.put_i32(self.coordinator_epoch);
            if v >= 2 {
                s.put_i8(self.transaction_version);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WritableTxnMarkerTopic {
        pub name: Text,
        pub partition_indexes: Vec<i32>,
    }

    impl Fields for WritableTxnMarkerTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let partition_indexes = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, partition_indexes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            put_array(s, &self.partition_indexes, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(WriteTxnMarkersRequest, 1..=2);
    request!(WriteTxnMarkers, WriteTxnMarkersRequest, super::WriteTxnMarkersResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WriteTxnMarkersResponse {
        pub markers: Vec<WritableTxnMarkerResult>,
    }

    impl Fields for WriteTxnMarkersResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let markers = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { markers })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.markers, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WritableTxnMarkerResult {
        pub producer_id: i64,
        pub topics: Vec<WritableTxnMarkerTopicResult>,
    }

    impl Fields for WritableTxnMarkerResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let producer_id = r.read_i64()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { producer_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.producer_id);
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WritableTxnMarkerTopicResult {
        pub name: Text,
        pub partitions: Vec<WritableTxnMarkerPartitionResult>,
    }

    impl Fields for WritableTxnMarkerTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct WritableTxnMarkerPartitionResult {
        pub partition_index: i32,
        pub error_code: i16,
    }

    impl Fields for WritableTxnMarkerPartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(WriteTxnMarkersResponse, 1..=2);
}
