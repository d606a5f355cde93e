// Made by `cargo xtask codegen` from schema/describe_cluster.kafka. Change that instead.

//! The nodes of a cluster (KIP-700).
//!
//! v1 controllers too (KIP-919); v2 fenced brokers (KIP-1073).
//!
//! API key 60, versions 0 to 2.

pub use request::DescribeClusterRequest;
pub use response::DescribeClusterResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeClusterRequest {
        pub include_cluster_authorized_operations: bool,
        /// v1+: 1 brokers, 2 controllers
        pub endpoint_type: i8,
        /// v2+
        pub include_fenced_brokers: bool,
    }

    impl Default for DescribeClusterRequest {
        fn default() -> Self {
            Self {
                include_cluster_authorized_operations: false,
                endpoint_type: 1,
                include_fenced_brokers: false,
            }
        }
    }

    impl Fields for DescribeClusterRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let include_cluster_authorized_operations = r.read_bool()?;
            let endpoint_type = if v >= 1 { r.read_i8()? } else { 1 };
            let include_fenced_brokers = if v >= 2 { r.read_bool()? } else { false };
            r.skip_tagged_fields()?;
            Ok(Self { include_cluster_authorized_operations, endpoint_type, include_fenced_brokers })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_bool(self.include_cluster_authorized_operations);
            if v >= 1 {
                s.put_i8(self.endpoint_type);
            } else if self.endpoint_type != 1 {
                return not_in_version("DescribeClusterRequest", "endpoint_type", v);
            }
            if v >= 2 {
                s.put_bool(self.include_fenced_brokers);
            } else if self.include_fenced_brokers {
                return not_in_version("DescribeClusterRequest", "include_fenced_brokers", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeClusterRequest, 0..=2);
    request!(DescribeCluster, DescribeClusterRequest, super::DescribeClusterResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeClusterResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        /// v1+
        pub endpoint_type: i8,
        pub cluster_id: Text,
        pub controller_id: i32,
        pub brokers: Vec<DescribeClusterBroker>,
        pub cluster_authorized_operations: i32,
    }

    impl Default for DescribeClusterResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: None,
                endpoint_type: 1,
                cluster_id: Text::default(),
                controller_id: -1,
                brokers: Vec::new(),
                cluster_authorized_operations: i32::MIN,
            }
        }
    }

    impl Fields for DescribeClusterResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let endpoint_type = if v >= 1 { r.read_i8()? } else { 1 };
            let cluster_id = r.read_string(true)?;
            let controller_id = r.read_i32()?;
            let brokers = read_structs(r, true, v)?;
            let cluster_authorized_operations = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                throttle_time_ms, error_code, error_message, endpoint_type, cluster_id, controller_id,
                brokers, cluster_authorized_operations,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            if v >= 1 {
                s.put_i8(self.endpoint_type);
            } else if self.endpoint_type != 1 {
                return not_in_version("DescribeClusterResponse", "endpoint_type", v);
            }
            s.put_string(&self.cluster_id, true)?;
            s.put_i32(self.controller_id);
            put_structs(s, &self.brokers, true, v)?;
            s.put_i32(self.cluster_authorized_operations);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeClusterBroker {
        pub broker_id: i32,
        pub host: Text,
        pub port: i32,
        pub rack: Option<Text>,
        /// v2+
        pub is_fenced: bool,
    }

    impl Fields for DescribeClusterBroker {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_i32()?;
            let rack = r.read_nullable_string(true)?;
            let is_fenced = if v >= 2 { r.read_bool()? } else { false };
            r.skip_tagged_fields()?;
            Ok(Self { broker_id, host, port, rack, is_fenced })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_string(&self.host, true)?;
            s.put_i32(self.port);
            s.put_nullable_string(self.rack.as_deref(), true)?;
            if v >= 2 {
                s.put_bool(self.is_fenced);
            } else if self.is_fenced {
                return not_in_version("DescribeClusterResponse", "is_fenced", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeClusterResponse, 0..=2);
}
