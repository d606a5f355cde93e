// Made by `cargo xtask codegen` from schema/init_producer_id.kafka. Change that instead.

//! Gives a producer its id and epoch, and fences whoever had the transactional id before (KIP-98).
//!
//! v3 a producer keeps its id after an error (KIP-360); v4 PRODUCER_FENCED; v5 TRANSACTION_ABORTABLE (KIP-890);
//! v6 two-phase commit (KIP-939).
//!
//! API key 22, versions 0 to 6.

pub use request::InitProducerIdRequest;
pub use response::InitProducerIdResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct InitProducerIdRequest {
        /// null is idempotent only
        pub transactional_id: Option<Text>,
        pub transaction_timeout_ms: i32,
        /// v3+: what a producer has that recovers (KIP-360)
        pub producer_id: i64,
        /// v3+
        pub producer_epoch: i16,
        /// v6+
        pub enable_2pc: bool,
        /// v6+
        pub keep_prepared_txn: bool,
    }

    impl Default for InitProducerIdRequest {
        fn default() -> Self {
            Self {
                transactional_id: Some(Text::default()),
                transaction_timeout_ms: 0,
                producer_id: -1,
                producer_epoch: -1,
                enable_2pc: false,
                keep_prepared_txn: false,
            }
        }
    }

    impl Fields for InitProducerIdRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let transactional_id = r.read_nullable_string(flexible)?;
            let transaction_timeout_ms = r.read_i32()?;
            let producer_id = if v >= 3 { r.read_i64()? } else { -1 };
            let producer_epoch = if v >= 3 { r.read_i16()? } else { -1 };
            let enable_2pc = if v >= 6 { r.read_bool()? } else { false };
            let keep_prepared_txn = if v >= 6 { r.read_bool()? } else { false };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                transactional_id, transaction_timeout_ms, producer_id, producer_epoch, enable_2pc,
                keep_prepared_txn,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_nullable_string(self.transactional_id.as_deref(), flexible)?;
            s.put_i32(self.transaction_timeout_ms);
            if v >= 3 {
                s.put_i64(self.producer_id);
            } else if self.producer_id != -1 {
                return not_in_version("InitProducerIdRequest", "producer_id", v);
            }
            if v >= 3 {
                s.put_i16(self.producer_epoch);
            } else if self.producer_epoch != -1 {
                return not_in_version("InitProducerIdRequest", "producer_epoch", v);
            }
            if v >= 6 {
                s.put_bool(self.enable_2pc);
            } else if self.enable_2pc {
                return not_in_version("InitProducerIdRequest", "enable_2pc", v);
            }
            if v >= 6 {
                s.put_bool(self.keep_prepared_txn);
            } else if self.keep_prepared_txn {
                return not_in_version("InitProducerIdRequest", "keep_prepared_txn", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(InitProducerIdRequest, 0..=6);
    request!(InitProducerId, InitProducerIdRequest, super::InitProducerIdResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct InitProducerIdResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub producer_id: i64,
        pub producer_epoch: i16,
        /// v6+
        pub ongoing_txn_producer_id: i64,
        /// v6+
        pub ongoing_txn_producer_epoch: i16,
    }

    impl Default for InitProducerIdResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                producer_id: -1,
                producer_epoch: 0,
                ongoing_txn_producer_id: -1,
                ongoing_txn_producer_epoch: -1,
            }
        }
    }

    impl Fields for InitProducerIdResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let ongoing_txn_producer_id = if v >= 6 { r.read_i64()? } else { -1 };
            let ongoing_txn_producer_epoch = if v >= 6 { r.read_i16()? } else { -1 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                throttle_time_ms, error_code, producer_id, producer_epoch, ongoing_txn_producer_id,
                ongoing_txn_producer_epoch,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            if v >= 6 {
                s.put_i64(self.ongoing_txn_producer_id);
            } else if self.ongoing_txn_producer_id != -1 {
                return not_in_version("InitProducerIdResponse", "ongoing_txn_producer_id", v);
            }
            if v >= 6 {
                s.put_i16(self.ongoing_txn_producer_epoch);
            } else if self.ongoing_txn_producer_epoch != -1 {
                return not_in_version("InitProducerIdResponse", "ongoing_txn_producer_epoch", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(InitProducerIdResponse, 0..=6);
}
