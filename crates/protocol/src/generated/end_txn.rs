// Made by `cargo xtask codegen` from schema/end_txn.kafka. Change that instead.

//! Commits or aborts a transaction (KIP-98).
//!
//! v2 PRODUCER_FENCED; v4 TRANSACTION_ABORTABLE; v5 a new epoch for every transaction (KIP-890).
//!
//! API key 26, versions 0 to 5.

pub use request::EndTxnRequest;
pub use response::EndTxnResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EndTxnRequest {
        pub transactional_id: Text,
        pub producer_id: i64,
        pub producer_epoch: i16,
        /// false aborts
        pub committed: bool,
    }

    impl Fields for EndTxnRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let transactional_id = r.read_string(flexible)?;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let committed = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { transactional_id, producer_id, producer_epoch, committed })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_string(&self.transactional_id, flexible)?;
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            s.put_bool(self.committed);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(EndTxnRequest, 0..=5);
    request!(EndTxn, EndTxnRequest, super::EndTxnResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct EndTxnResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        /// v5+
        pub producer_id: i64,
        /// v5+
        pub producer_epoch: i16,
    }

    impl Default for EndTxnResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                producer_id: -1,
                producer_epoch: -1,
            }
        }
    }

    impl Fields for EndTxnResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let producer_id = if v >= 5 { r.read_i64()? } else { -1 };
            let producer_epoch = if v >= 5 { r.read_i16()? } else { -1 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, producer_id, producer_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            if v >= 5 {
                s.put_i64(self.producer_id);
            }
            if v >= 5 {
                s.put_i16(self.producer_epoch);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(EndTxnResponse, 0..=5);
}
