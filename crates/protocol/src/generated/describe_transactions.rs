// Made by `cargo xtask codegen` from schema/describe_transactions.kafka. Change that instead.

//! States of transactions (KIP-664).
//!
//! API key 65, versions 0 to 0.

pub use request::DescribeTransactionsRequest;
pub use response::DescribeTransactionsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeTransactionsRequest {
        pub transactional_ids: Vec<Text>,
    }

    impl Fields for DescribeTransactionsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let transactional_ids = r.read_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self { transactional_ids })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.transactional_ids, true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeTransactionsRequest, 0..=0);
    request!(DescribeTransactions, DescribeTransactionsRequest, super::DescribeTransactionsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeTransactionsResponse {
        pub throttle_time_ms: i32,
        pub transaction_states: Vec<TransactionState>,
    }

    impl Fields for DescribeTransactionsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let transaction_states = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, transaction_states })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.transaction_states, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TransactionState {
        pub error_code: i16,
        pub transactional_id: Text,
        pub transaction_state: Text,
        pub transaction_timeout_ms: i32,
        pub transaction_start_time_ms: i64,
        pub producer_id: i64,
        pub producer_epoch: i16,
        pub topics: Vec<TopicData>,
    }

    impl Fields for TransactionState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let transactional_id = r.read_string(true)?;
            let transaction_state = r.read_string(true)?;
            let transaction_timeout_ms = r.read_i32()?;
            let transaction_start_time_ms = r.read_i64()?;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                error_code, transactional_id, transaction_state, transaction_timeout_ms,
                transaction_start_time_ms, producer_id, producer_epoch, topics,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            s.put_string(&self.transactional_id, true)?;
            s.put_string(&self.transaction_state, true)?;
            s.put_i32(self.transaction_timeout_ms);
            s.put_i64(self.transaction_start_time_ms);
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicData {
        pub topic: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeTransactionsResponse, 0..=0);
}
