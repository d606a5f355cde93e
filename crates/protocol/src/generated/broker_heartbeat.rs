// Made by `cargo xtask codegen` from schema/broker_heartbeat.kafka. Change that instead.

//! A broker shows the controller that it is alive, and asks to be unfenced or to leave (KIP-631).
//!
//! v1 directories that failed (KIP-858); v2 directories taken out of use (KIP-1066).
//!
//! API key 63, versions 0 to 2.

pub use request::BrokerHeartbeatRequest;
pub use response::BrokerHeartbeatResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct BrokerHeartbeatRequest {
        pub broker_id: i32,
        pub broker_epoch: i64,
        /// how far the broker has replayed the metadata log
        pub current_metadata_offset: i64,
        pub want_fence: bool,
        pub want_shut_down: bool,
        /// v1+
        pub offline_log_dirs: Vec<Uuid>,
        /// v2+
        pub cordoned_log_dirs: Option<Vec<Uuid>>,
    }

    impl Default for BrokerHeartbeatRequest {
        fn default() -> Self {
            Self {
                broker_id: 0,
                broker_epoch: -1,
                current_metadata_offset: 0,
                want_fence: false,
                want_shut_down: false,
                offline_log_dirs: Vec::new(),
                cordoned_log_dirs: None,
            }
        }
    }

    impl Fields for BrokerHeartbeatRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            let current_metadata_offset = r.read_i64()?;
            let want_fence = r.read_bool()?;
            let want_shut_down = r.read_bool()?;
            let mut offline_log_dirs = Vec::new();
            let mut cordoned_log_dirs = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 if v >= 1 => offline_log_dirs = r.read_array(true, Reader::read_uuid)?,
                    1 if v >= 2 => cordoned_log_dirs = r.read_nullable_array(true, Reader::read_uuid)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                broker_id, broker_epoch, current_metadata_offset, want_fence, want_shut_down,
                offline_log_dirs, cordoned_log_dirs,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            s.put_i64(self.current_metadata_offset);
            s.put_bool(self.want_fence);
            s.put_bool(self.want_shut_down);
            if !(v >= 1) && !self.offline_log_dirs.is_empty() {
                return not_in_version("BrokerHeartbeatRequest", "offline_log_dirs", v);
            }
            if !(v >= 2) && self.cordoned_log_dirs.is_some() {
                return not_in_version("BrokerHeartbeatRequest", "cordoned_log_dirs", v);
            }
            let set = [
                v >= 1 && !self.offline_log_dirs.is_empty(), v >= 2 && self.cordoned_log_dirs.is_some(),
            ];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_array(s, &self.offline_log_dirs, true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            if set[1] {
                tagged!(s, 1, put_nullable_array(s, self.cordoned_log_dirs.as_deref(), true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    message!(BrokerHeartbeatRequest, 0..=2);
    request!(BrokerHeartbeat, BrokerHeartbeatRequest, super::BrokerHeartbeatResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct BrokerHeartbeatResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub is_caught_up: bool,
        pub is_fenced: bool,
        pub should_shut_down: bool,
    }

    impl Default for BrokerHeartbeatResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                is_caught_up: false,
                is_fenced: true,
                should_shut_down: false,
            }
        }
    }

    impl Fields for BrokerHeartbeatResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let is_caught_up = r.read_bool()?;
            let is_fenced = r.read_bool()?;
            let should_shut_down = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, is_caught_up, is_fenced, should_shut_down })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_bool(self.is_caught_up);
            s.put_bool(self.is_fenced);
            s.put_bool(self.should_shut_down);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(BrokerHeartbeatResponse, 0..=2);
}
