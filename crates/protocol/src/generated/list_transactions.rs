// Made by `cargo xtask codegen` from schema/list_transactions.kafka. Change that instead.

//! Lists transactions (KIP-664).
//!
//! v1 by age (KIP-994); v2 by a pattern of transactional ids (KIP-1152).
//!
//! API key 66, versions 0 to 2.

pub use request::ListTransactionsRequest;
pub use response::ListTransactionsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ListTransactionsRequest {
        pub state_filters: Vec<Text>,
        pub producer_id_filters: Vec<i64>,
        /// v1+
        pub duration_filter: i64,
        /// v2+
        pub transactional_id_pattern: Option<Text>,
    }

    impl Default for ListTransactionsRequest {
        fn default() -> Self {
            Self {
                state_filters: Vec::new(),
                producer_id_filters: Vec::new(),
                duration_filter: -1,
                transactional_id_pattern: None,
            }
        }
    }

    impl Fields for ListTransactionsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let state_filters = r.read_array(true, |r| r.read_string(true))?;
            let producer_id_filters = r.read_array(true, Reader::read_i64)?;
            let duration_filter = if v >= 1 { r.read_i64()? } else { -1 };
            let transactional_id_pattern = if v >= 2 { r.read_nullable_string(true)? } else { None };
            r.skip_tagged_fields()?;
            Ok(Self { state_filters, producer_id_filters, duration_filter, transactional_id_pattern })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.state_filters, true, |s, x| s.put_string(x, true))?;
            put_array(s, &self.producer_id_filters, true, |s, &x| { s.put_i64(x); Ok(()) })?;
            if v >= 1 {
                s.put_i64(self.duration_filter);
            } else if self.duration_filter != -1 {
                return not_in_version("ListTransactionsRequest", "duration_filter", v);
            }
            if v >= 2 {
                s.put_nullable_string(self.transactional_id_pattern.as_deref(), true)?;
            } else if self.transactional_id_pattern.is_some() {
                return not_in_version("ListTransactionsRequest", "transactional_id_pattern", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ListTransactionsRequest, 0..=2);
    request!(ListTransactions, ListTransactionsRequest, super::ListTransactionsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListTransactionsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub unknown_state_filters: Vec<Text>,
        pub transaction_states: Vec<TransactionState>,
    }

    impl Fields for ListTransactionsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let unknown_state_filters = r.read_array(true, |r| r.read_string(true))?;
            let transaction_states = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, unknown_state_filters, transaction_states })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            put_array(s, &self.unknown_state_filters, true, |s, x| s.put_string(x, true))?;
            put_structs(s, &self.transaction_states, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TransactionState {
        pub transactional_id: Text,
        pub producer_id: i64,
        pub transaction_state: Text,
    }

    impl Fields for TransactionState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let transactional_id = r.read_string(true)?;
            let producer_id = r.read_i64()?;
            let transaction_state = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { transactional_id, producer_id, transaction_state })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.transactional_id, true)?;
            s.put_i64(self.producer_id);
            s.put_string(&self.transaction_state, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ListTransactionsResponse, 0..=2);
}
