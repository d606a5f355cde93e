// Made by `cargo xtask codegen` from schema/get_telemetry_subscriptions.kafka. Change that instead.

//! Which metrics a client is to push (KIP-714).
//!
//! API key 71, versions 0 to 0.

pub use request::GetTelemetrySubscriptionsRequest;
pub use response::GetTelemetrySubscriptionsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct GetTelemetrySubscriptionsRequest {
        pub client_instance_id: Uuid,
    }

    impl Fields for GetTelemetrySubscriptionsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let client_instance_id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { client_instance_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.client_instance_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(GetTelemetrySubscriptionsRequest, 0..=0);
    request!(GetTelemetrySubscriptions, GetTelemetrySubscriptionsRequest, super::GetTelemetrySubscriptionsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct GetTelemetrySubscriptionsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub client_instance_id: Uuid,
        pub subscription_id: i32,
        pub accepted_compression_types: Vec<i8>,
        pub push_interval_ms: i32,
        pub telemetry_max_bytes: i32,
        pub delta_temporality: bool,
        pub requested_metrics: Vec<Text>,
    }

    impl Fields for GetTelemetrySubscriptionsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let client_instance_id = r.read_uuid()?;
            let subscription_id = r.read_i32()?;
            let accepted_compression_types = r.read_array(true, Reader::read_i8)?;
            let push_interval_ms = r.read_i32()?;
            let telemetry_max_bytes = r.read_i32()?;
            let delta_temporality = r.read_bool()?;
            let requested_metrics = r.read_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self {
                throttle_time_ms, error_code, client_instance_id, subscription_id,
                accepted_compression_types, push_interval_ms, telemetry_max_bytes, delta_temporality,
                requested_metrics,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_uuid(self.client_instance_id);
            s.put_i32(self.subscription_id);
            put_array(s, &self.accepted_compression_types, true, |s, &x| { s.put_i8(x); Ok(()) })?;
            s.put_i32(self.push_interval_ms);
            s.put_i32(self.telemetry_max_bytes);
            s.put_bool(self.delta_temporality);
            put_array(s, &self.requested_metrics, true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(GetTelemetrySubscriptionsResponse, 0..=0);
}
