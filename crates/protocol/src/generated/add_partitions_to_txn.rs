// Made by `cargo xtask codegen` from schema/add_partitions_to_txn.kafka. Change that instead.

//! Makes partitions part of a transaction; brokers ask with it whether they already are.
//!
//! Clients use v0-v3, brokers v4 and later (KIP-890).
//! v2 PRODUCER_FENCED; v4 many transactions at once and `verify_only`; v5 TRANSACTION_ABORTABLE.
//!
//! API key 24, versions 0 to 5.

pub use request::AddPartitionsToTxnRequest;
pub use response::AddPartitionsToTxnResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnRequest {
        /// v4+
        pub transactions: Vec<AddPartitionsToTxnTransaction>,
        /// v0-v3
        pub v3_and_below_transactional_id: Text,
        /// v0-v3
        pub v3_and_below_producer_id: i64,
        /// v0-v3
        pub v3_and_below_producer_epoch: i16,
        /// v0-v3
        pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
    }

    impl Fields for AddPartitionsToTxnRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let transactions = if v >= 4 { read_structs(r, flexible, v)? } else { Vec::new() };
            let v3_and_below_transactional_id = if v <= 3 { r.read_string(flexible)? } else { Text::default() };
            let v3_and_below_producer_id = if v <= 3 { r.read_i64()? } else { 0 };
            let v3_and_below_producer_epoch = if v <= 3 { r.read_i16()? } else { 0 };
            let v3_and_below_topics = if v <= 3 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                transactions, v3_and_below_transactional_id, v3_and_below_producer_id,
                v3_and_below_producer_epoch, v3_and_below_topics,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v >= 4 {
                put_structs(s, &self.transactions, flexible, v)?;
            } else if !self.transactions.is_empty() {
                return not_in_version("AddPartitionsToTxnRequest", "transactions", v);
            }
            if v <= 3 {
                s.put_string(&self.v3_and_below_transactional_id, flexible)?;
            } else if !self.v3_and_below_transactional_id.is_empty() {
                return not_in_version("AddPartitionsToTxnRequest", "v3_and_below_transactional_id", v);
            }
            if v <= 3 {
                s.put_i64(self.v3_and_below_producer_id);
            } else if self.v3_and_below_producer_id != 0 {
                return not_in_version("AddPartitionsToTxnRequest", "v3_and_below_producer_id", v);
            }
            if v <= 3 {
                s.put_i16(self.v3_and_below_producer_epoch);
            } else if self.v3_and_below_producer_epoch != 0 {
                return not_in_version("AddPartitionsToTxnRequest", "v3_and_below_producer_epoch", v);
            }
            if v <= 3 {
                put_structs(s, &self.v3_and_below_topics, flexible, v)?;
            } else if !self.v3_and_below_topics.is_empty() {
                return not_in_version("AddPartitionsToTxnRequest", "v3_and_below_topics", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnTransaction {
        pub transactional_id: Text,
        pub producer_id: i64,
        pub producer_epoch: i16,
        /// ask without adding
        pub verify_only: bool,
        pub topics: Vec<AddPartitionsToTxnTopic>,
    }

    impl Fields for AddPartitionsToTxnTransaction {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let transactional_id = r.read_string(true)?;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let verify_only = r.read_bool()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { transactional_id, producer_id, producer_epoch, verify_only, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.transactional_id, true)?;
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            s.put_bool(self.verify_only);
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnTopic {
        pub name: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for AddPartitionsToTxnTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let name = r.read_string(flexible)?;
            let partitions = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_string(&self.name, flexible)?;
            put_array(s, &self.partitions, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AddPartitionsToTxnRequest, 0..=5);
    request!(AddPartitionsToTxn, AddPartitionsToTxnRequest, super::AddPartitionsToTxnResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnResponse {
        pub throttle_time_ms: i32,
        /// v4+
        pub error_code: i16,
        /// v4+
        pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
        /// v0-v3
        pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
    }

    impl Fields for AddPartitionsToTxnResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let throttle_time_ms = r.read_i32()?;
            let error_code = if v >= 4 { r.read_i16()? } else { 0 };
            let results_by_transaction = if v >= 4 { read_structs(r, flexible, v)? } else { Vec::new() };
            let results_by_topic_v3_and_below = if v <= 3 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, results_by_transaction, results_by_topic_v3_and_below })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.throttle_time_ms);
            if v >= 4 {
                s.put_i16(self.error_code);
            }
            if v >= 4 {
                put_structs(s, &self.results_by_transaction, flexible, v)?;
            } else if !self.results_by_transaction.is_empty() {
                return not_in_version("AddPartitionsToTxnResponse", "results_by_transaction", v);
            }
            if v <= 3 {
                put_structs(s, &self.results_by_topic_v3_and_below, flexible, v)?;
            } else if !self.results_by_topic_v3_and_below.is_empty() {
                return not_in_version("AddPartitionsToTxnResponse", "results_by_topic_v3_and_below", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnResult {
        pub transactional_id: Text,
        pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
    }

    impl Fields for AddPartitionsToTxnResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let transactional_id = r.read_string(true)?;
            let topic_results = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { transactional_id, topic_results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.transactional_id, true)?;
            put_structs(s, &self.topic_results, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnTopicResult {
        pub name: Text,
        pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
    }

    impl Fields for AddPartitionsToTxnTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let name = r.read_string(flexible)?;
            let results_by_partition = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, results_by_partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_string(&self.name, flexible)?;
            put_structs(s, &self.results_by_partition, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddPartitionsToTxnPartitionResult {
        pub partition_index: i32,
        pub partition_error_code: i16,
    }

    impl Fields for AddPartitionsToTxnPartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let partition_index = r.read_i32()?;
            let partition_error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, partition_error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.partition_index);
            s.put_i16(self.partition_error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AddPartitionsToTxnResponse, 0..=5);
}
