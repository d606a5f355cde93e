//! What the generated code leans on: the traits of messages, and the few shapes that fields come in.
use crate::ApiKey;
use std::{fmt::Debug, ops::RangeInclusive};

pub(crate) use bytes::Bytes;
pub(crate) use uuid::Uuid;
pub(crate) use wire::{
    DecodeError, EncodeError, LengthCounter, Reader, RecordBytes, SegmentWriter, Sink, Text,
};

/// Something with a version and an encoding of its own: a request, a response, a header, a persistent record.
pub trait Message: Sized + Default + Debug + Clone + PartialEq {
    const NAME: &'static str;
    /// The versions that are understood. Some of a request's may not be advertised: see [`ApiKey`].
    const VERSIONS: RangeInclusive<i16>;

    /// Takes the message off the front of the reader; what follows it is the caller's.
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError>;

    fn encode(&self, writer: &mut SegmentWriter, version: i16) -> Result<(), EncodeError>;

    /// Exactly what `encode` would write.
    fn encoded_len(&self, version: i16) -> Result<usize, EncodeError>;

    /// The whole of `bytes` as one message.
    fn from_bytes(bytes: Bytes, version: i16) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let message = Self::decode(&mut reader, version)?;
        reader.finish()?;
        Ok(message)
    }

    /// The message alone, in one piece.
    fn to_bytes(&self, version: i16) -> Result<Bytes, EncodeError> {
        let mut writer = SegmentWriter::new();
        self.encode(&mut writer, version)?;
        writer.into_bytes()
    }
}

/// A message that asks, and the one that answers it in the same version.
pub trait Request: Message {
    const KEY: ApiKey;
    type Response: Response;
}

/// A message that answers.
pub trait Response: Message {
    const KEY: ApiKey;
}

/// A message that is stored, under the number that tells it from the others in the same log.
pub trait Record: Message {
    const KEY: i16;
}

/// A struct's fields in order, and after them its tagged fields.
pub(crate) trait Fields: Sized {
    fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError>;
    fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError>;
}

macro_rules! message {
    ($message:ident, $versions:expr) => {
        impl Message for $message {
            const NAME: &'static str = stringify!($message);
            const VERSIONS: std::ops::RangeInclusive<i16> = $versions;

            fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
                decodable::<Self>(version)?;
                Self::read(reader, version)
            }

            fn encode(&self, writer: &mut SegmentWriter, version: i16) -> Result<(), EncodeError> {
                encodable::<Self>(version)?;
                self.write(writer, version)
            }

            fn encoded_len(&self, version: i16) -> Result<usize, EncodeError> {
                encodable::<Self>(version)?;
                let mut counter = LengthCounter::default();
                self.write(&mut counter, version)?;
                Ok(counter.0)
            }
        }
    };
}

macro_rules! request {
    ($key:ident, $request:ident, $response:ty) => {
        impl Request for $request {
            const KEY: crate::ApiKey = crate::ApiKey::$key;
            type Response = $response;
        }

        impl crate::Response for $response {
            const KEY: crate::ApiKey = crate::ApiKey::$key;
        }
    };
}

macro_rules! record {
    ($record:ident, $key:literal) => {
        impl Record for $record {
            const KEY: i16 = $key;
        }
    };
}

macro_rules! record_enum {
    ($(#[$doc:meta])* $name:ident $($variant:ident($record:ident),)*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($variant($record),)*
        }

        impl $name {
            /// The number that stands for its kind in the log.
            pub fn key(&self) -> i16 {
                match self {
                    $(Self::$variant(_) => <$record as crate::Record>::KEY,)*
                }
            }

            /// The newest version of its kind.
            pub fn latest_version(&self) -> i16 {
                match self {
                    $(Self::$variant(_) => *<$record as crate::Message>::VERSIONS.end(),)*
                }
            }

            pub fn decode(key: i16, reader: &mut wire::Reader, version: i16) -> Result<Self, wire::DecodeError> {
                $(if key == <$record as crate::Record>::KEY {
                    return <$record as crate::Message>::decode(reader, version).map(Self::$variant);
                })*
                Err(wire::DecodeError::InvalidValue { what: stringify!($name), value: key.into() })
            }

            pub fn encode(
                &self,
                writer: &mut wire::SegmentWriter,
                version: i16,
            ) -> Result<(), wire::EncodeError> {
                match self {
                    $(Self::$variant(record) => crate::Message::encode(record, writer, version),)*
                }
            }
        }

        $(impl From<$record> for $name {
            fn from(record: $record) -> Self {
                Self::$variant(record)
            }
        })*
    };
}

/// Writes tag, length and value; the value is written twice, the first time only to be measured.
macro_rules! tagged {
    ($sink:ident, $tag:literal, $write:expr) => {{
        let mut length = LengthCounter::default();
        {
            let $sink = &mut length;
            $write;
        }
        $sink.put_varint($tag);
        $sink.put_varint(length.0 as u32);
        $write;
    }};
}

pub(crate) use {message, record, record_enum, request, tagged};

pub(crate) fn decodable<M: Message>(version: i16) -> Result<(), DecodeError> {
    match M::VERSIONS.contains(&version) {
        true => Ok(()),
        false => Err(DecodeError::UnsupportedVersion { message: M::NAME, version }),
    }
}

pub(crate) fn encodable<M: Message>(version: i16) -> Result<(), EncodeError> {
    match M::VERSIONS.contains(&version) {
        true => Ok(()),
        false => Err(EncodeError::UnsupportedVersion { message: M::NAME, version }),
    }
}

#[cold]
pub(crate) fn not_in_version(
    message: &'static str,
    field: &'static str,
    version: i16,
) -> Result<(), EncodeError> {
    Err(EncodeError::FieldNotInVersion { message, field, version })
}

#[cold]
pub(crate) fn null_in_version(
    message: &'static str,
    field: &'static str,
    version: i16,
) -> Result<(), EncodeError> {
    Err(EncodeError::NullInVersion { message, field, version })
}

/// Null came where only some versions have it.
pub(crate) fn null_if<T>(allowed: bool, value: Option<T>) -> Result<Option<T>, DecodeError> {
    if value.is_none() && !allowed { Err(DecodeError::UnexpectedNull) } else { Ok(value) }
}

// Structs one by one: a nullable one has a byte before it, -1 or 1; as a tagged field a varint, 0 or 1.

pub(crate) fn read_nullable_struct<T: Fields>(r: &mut Reader, v: i16) -> Result<Option<T>, DecodeError> {
    if r.read_i8()? < 0 { Ok(None) } else { T::read(r, v).map(Some) }
}

pub(crate) fn put_nullable_struct<S: Sink, T: Fields>(
    s: &mut S,
    value: Option<&T>,
    v: i16,
) -> Result<(), EncodeError> {
    s.put_i8(if value.is_some() { 1 } else { -1 });
    value.map_or(Ok(()), |value| value.write(s, v))
}

pub(crate) fn read_tagged_nullable_struct<T: Fields>(
    r: &mut Reader,
    v: i16,
) -> Result<Option<T>, DecodeError> {
    if r.read_varint()? == 0 { Ok(None) } else { T::read(r, v).map(Some) }
}

pub(crate) fn put_tagged_nullable_struct<S: Sink, T: Fields>(
    s: &mut S,
    value: Option<&T>,
    v: i16,
) -> Result<(), EncodeError> {
    s.put_varint(value.is_some().into());
    value.map_or(Ok(()), |value| value.write(s, v))
}

// Arrays.

pub(crate) fn read_structs<T: Fields>(r: &mut Reader, flexible: bool, v: i16) -> Result<Vec<T>, DecodeError> {
    r.read_array(flexible, |r| T::read(r, v))
}

pub(crate) fn read_nullable_structs<T: Fields>(
    r: &mut Reader,
    flexible: bool,
    v: i16,
) -> Result<Option<Vec<T>>, DecodeError> {
    r.read_nullable_array(flexible, |r| T::read(r, v))
}

pub(crate) fn put_array<S: Sink, T>(
    s: &mut S,
    values: &[T],
    flexible: bool,
    mut put: impl FnMut(&mut S, &T) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    s.put_array_len(values.len(), flexible)?;
    values.iter().try_for_each(|value| put(s, value))
}

pub(crate) fn put_nullable_array<S: Sink, T>(
    s: &mut S,
    values: Option<&[T]>,
    flexible: bool,
    put: impl FnMut(&mut S, &T) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    match values {
        Some(values) => put_array(s, values, flexible, put)?,
        None => s.put_null_array(flexible),
    }
    Ok(())
}

pub(crate) fn put_structs<S: Sink, T: Fields>(
    s: &mut S,
    values: &[T],
    flexible: bool,
    v: i16,
) -> Result<(), EncodeError> {
    put_array(s, values, flexible, |s, value| value.write(s, v))
}

pub(crate) fn put_nullable_structs<S: Sink, T: Fields>(
    s: &mut S,
    values: Option<&[T]>,
    flexible: bool,
    v: i16,
) -> Result<(), EncodeError> {
    put_nullable_array(s, values, flexible, |s, value| value.write(s, v))
}

pub(crate) fn put_tag_count<S: Sink>(s: &mut S, set: &[bool]) {
    s.put_varint(set.iter().filter(|&&set| set).count() as u32);
}
