// Made by `cargo xtask codegen` from schema/push_telemetry.kafka. Change that instead.

//! A client pushes its metrics in the form of OpenTelemetry (KIP-714).
//!
//! API key 72, versions 0 to 0.

pub use request::PushTelemetryRequest;
pub use response::PushTelemetryResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PushTelemetryRequest {
        pub client_instance_id: Uuid,
        pub subscription_id: i32,
        pub terminating: bool,
        pub compression_type: i8,
        pub metrics: Bytes,
    }

    impl Fields for PushTelemetryRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let client_instance_id = r.read_uuid()?;
            let subscription_id = r.read_i32()?;
            let terminating = r.read_bool()?;
            let compression_type = r.read_i8()?;
            let metrics = r.read_bytes(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { client_instance_id, subscription_id, terminating, compression_type, metrics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.client_instance_id);
            s.put_i32(self.subscription_id);
            s.put_bool(self.terminating);
            s.put_i8(self.compression_type);
            s.put_byte_field(&self.metrics, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(PushTelemetryRequest, 0..=0);
    request!(PushTelemetry, PushTelemetryRequest, super::PushTelemetryResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PushTelemetryResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
    }

    impl Fields for PushTelemetryResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(PushTelemetryResponse, 0..=0);
}
