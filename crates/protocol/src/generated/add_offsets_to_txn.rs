// Made by `cargo xtask codegen` from schema/add_offsets_to_txn.kafka. Change that instead.

//! Makes a group's offsets part of a transaction, before TxnOffsetCommit writes them.
//!
//! v2 PRODUCER_FENCED; v4 TRANSACTION_ABORTABLE (KIP-890). Transactions of version 2 do without this call.
//!
//! API key 25, versions 0 to 4.

pub use request::AddOffsetsToTxnRequest;
pub use response::AddOffsetsToTxnResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddOffsetsToTxnRequest {
        pub transactional_id: Text,
        pub producer_id: i64,
        pub producer_epoch: i16,
        pub group_id: Text,
    }

    impl Fields for AddOffsetsToTxnRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let transactional_id = r.read_string(flexible)?;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let group_id = r.read_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { transactional_id, producer_id, producer_epoch, group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_string(&self.transactional_id, flexible)?;
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            s.put_string(&self.group_id, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AddOffsetsToTxnRequest, 0..=4);
    request!(AddOffsetsToTxn, AddOffsetsToTxnRequest, super::AddOffsetsToTxnResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AddOffsetsToTxnResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
    }

    impl Fields for AddOffsetsToTxnResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AddOffsetsToTxnResponse, 0..=4);
}
