// Made by `cargo xtask codegen` from schema/allocate_producer_ids.kafka. Change that instead.

//! A broker asks the controller for a block of producer ids (KIP-730).
//!
//! API key 67, versions 0 to 0.

pub use request::AllocateProducerIdsRequest;
pub use response::AllocateProducerIdsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AllocateProducerIdsRequest {
        pub broker_id: i32,
        pub broker_epoch: i64,
    }

    impl Default for AllocateProducerIdsRequest {
        fn default() -> Self {
            Self {
                broker_id: 0,
                broker_epoch: -1,
            }
        }
    }

    impl Fields for AllocateProducerIdsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { broker_id, broker_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AllocateProducerIdsRequest, 0..=0);
    request!(AllocateProducerIds, AllocateProducerIdsRequest, super::AllocateProducerIdsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AllocateProducerIdsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub producer_id_start: i64,
        pub producer_id_len: i32,
    }

    impl Fields for AllocateProducerIdsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let producer_id_start = r.read_i64()?;
            let producer_id_len = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, producer_id_start, producer_id_len })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_i64(self.producer_id_start);
            s.put_i32(self.producer_id_len);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AllocateProducerIdsResponse, 0..=0);
}
