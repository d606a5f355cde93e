//! The records of the metadata log, and how one is laid out in a log or snapshot.
//!
//! A value is a frame as in Kafka: frame version, api key and record version as unsigned varints, then the body.
//! We write the newest version that Kafka 4.3 knows, and an older one where the newer says nothing more.
//!
//! Deliberately absent: ZkMigrationState (21) and the records of abandoned designs.
//! Sources: KIP-631; KIP-746 (versions), KIP-868 (transactions), KIP-966 (ClearElr).
use bytes::{Bytes, BytesMut};
use protocol::{Message, metadata_records::*};
use wire::{Reader, Sink};

/// The only frame version there has been.
pub const FRAME_VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidRecord {
    #[error("frame version {0}, expected {FRAME_VERSION}")]
    FrameVersion(u32),
    #[error("unknown metadata record type {0}")]
    UnknownType(u32),
    #[error("{name} has no version {version}")]
    UnsupportedVersion { name: &'static str, version: u32 },
    #[error("malformed metadata record")]
    Malformed(#[from] wire::DecodeError),
}

macro_rules! records {
    ($($name:ident($body:ident) = $key:literal,)*) => {
        /// One change of the cluster's metadata.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Record {
            $($name($body),)*
        }

        impl Record {
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $body::NAME,)*
                }
            }

            pub fn api_key(&self) -> u32 {
                match self {
                    $(Self::$name(_) => $key,)*
                }
            }

            fn encode_body(&self, into: &mut BytesMut, version: i16) -> Result<(), wire::EncodeError> {
                match self {
                    $(Self::$name(body) => body.encode(into, version),)*
                }
            }

            fn decode_body(api_key: u32, reader: &mut Reader, version: u32) -> Result<Self, InvalidRecord> {
                match api_key {
                    $($key => {
                        let version = supported::<$body>(version)?;
                        Ok(Self::$name($body::decode(reader, version)?))
                    })*
                    unknown => Err(InvalidRecord::UnknownType(unknown)),
                }
            }
        }

        $(impl From<$body> for Record {
            fn from(body: $body) -> Self {
                Self::$name(body)
            }
        })*
    };
}

records! {
    RegisterBroker(RegisterBrokerRecord) = 0,
    UnregisterBroker(UnregisterBrokerRecord) = 1,
    Topic(TopicRecord) = 2,
    Partition(PartitionRecord) = 3,
    Config(ConfigRecord) = 4,
    PartitionChange(PartitionChangeRecord) = 5,
    FenceBroker(FenceBrokerRecord) = 7,
    UnfenceBroker(UnfenceBrokerRecord) = 8,
    RemoveTopic(RemoveTopicRecord) = 9,
    DelegationToken(DelegationTokenRecord) = 10,
    UserScramCredential(UserScramCredentialRecord) = 11,
    FeatureLevel(FeatureLevelRecord) = 12,
    ClientQuota(ClientQuotaRecord) = 14,
    ProducerIds(ProducerIdsRecord) = 15,
    BrokerRegistrationChange(BrokerRegistrationChangeRecord) = 17,
    AccessControlEntry(AccessControlEntryRecord) = 18,
    RemoveAccessControlEntry(RemoveAccessControlEntryRecord) = 19,
    NoOp(NoOpRecord) = 20,
    RemoveUserScramCredential(RemoveUserScramCredentialRecord) = 22,
    BeginTransaction(BeginTransactionRecord) = 23,
    EndTransaction(EndTransactionRecord) = 24,
    AbortTransaction(AbortTransactionRecord) = 25,
    RemoveDelegationToken(RemoveDelegationTokenRecord) = 26,
    RegisterController(RegisterControllerRecord) = 27,
    ClearElr(ClearElrRecord) = 28,
    UnregisterController(UnregisterControllerRecord) = 29,
}

fn supported<M: Message>(version: u32) -> Result<i16, InvalidRecord> {
    let known = i16::try_from(version).ok().filter(|version| M::VERSIONS.contains(version));
    known.ok_or(InvalidRecord::UnsupportedVersion { name: M::NAME, version })
}

impl Record {
    /// The version in which this record is written.
    pub fn version(&self) -> i16 {
        match self {
            // Version 4 and 3 only add the cordoned directories, which Kafka before 4.3 does not know.
            Self::RegisterBroker(body) => 3 + i16::from(body.cordoned_log_dirs.is_some()),
            Self::BrokerRegistrationChange(body) => 2 + i16::from(body.cordoned_log_dirs.is_some()),
            Self::Partition(_) | Self::PartitionChange(_) => 2,
            _ => 0,
        }
    }

    /// The record as the value of a record in the log.
    ///
    /// # Errors
    /// If a string or list is longer than its length field can say.
    pub fn encode(&self) -> Result<Bytes, wire::EncodeError> {
        let version = self.version();
        let mut frame = BytesMut::with_capacity(64);
        frame.put_varint(FRAME_VERSION);
        frame.put_varint(self.api_key());
        frame.put_varint(u32::try_from(version).expect("versions are not negative"));
        self.encode_body(&mut frame, version)?;
        Ok(frame.freeze())
    }

    pub fn decode(value: Bytes) -> Result<Self, InvalidRecord> {
        let mut reader = Reader::new(value);
        match reader.read_varint()? {
            FRAME_VERSION => {}
            other => return Err(InvalidRecord::FrameVersion(other)),
        }
        let api_key = reader.read_varint()?;
        let version = reader.read_varint()?;
        let record = Self::decode_body(api_key, &mut reader, version)?;
        reader.finish()?;
        Ok(record)
    }
}
