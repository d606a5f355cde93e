use crate::{EncodeError, MAX_STRING_BYTES, RecordBytes};
use bytes::{Bytes, BytesMut};
use uuid::Uuid;

/// Where encoded bytes go. Only the first method is needed; the rest is Kafka's primitive types.
pub trait Sink {
    fn put_slice(&mut self, bytes: &[u8]);

    /// Shared bytes, which a sink may keep by reference instead of copying.
    fn put_bytes(&mut self, bytes: &Bytes) {
        self.put_slice(bytes);
    }

    fn put_records(&mut self, records: &RecordBytes) {
        records.chunks().for_each(|chunk| self.put_bytes(chunk));
    }

    fn put_i8(&mut self, value: i8) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_bool(&mut self, value: bool) {
        self.put_i8(value.into());
    }

    fn put_i16(&mut self, value: i16) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_u16(&mut self, value: u16) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_i32(&mut self, value: i32) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_u32(&mut self, value: u32) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_i64(&mut self, value: i64) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_f64(&mut self, value: f64) {
        self.put_slice(&value.to_be_bytes());
    }

    fn put_uuid(&mut self, value: Uuid) {
        self.put_slice(value.as_bytes());
    }

    /// An unsigned varint: seven bits a byte, lowest first.
    fn put_varint(&mut self, value: u32) {
        put_varint(self, value.into());
    }

    /// A signed varint: zigzag, so that small negatives stay short.
    fn put_zigzag_varint(&mut self, value: i32) {
        put_varint(self, (((value << 1) ^ (value >> 31)) as u32).into());
    }

    fn put_zigzag_varlong(&mut self, value: i64) {
        put_varint(self, ((value << 1) ^ (value >> 63)) as u64);
    }

    fn put_string(&mut self, value: &str, flexible: bool) -> Result<(), EncodeError> {
        if value.len() > MAX_STRING_BYTES {
            return Err(EncodeError::StringTooLong(value.len()));
        }
        match flexible {
            true => self.put_varint(value.len() as u32 + 1),
            false => self.put_i16(value.len() as i16),
        }
        self.put_slice(value.as_bytes());
        Ok(())
    }

    fn put_nullable_string(&mut self, value: Option<&str>, flexible: bool) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.put_string(value, flexible)?,
            None if flexible => self.put_varint(0),
            None => self.put_i16(-1),
        }
        Ok(())
    }

    fn put_byte_field(&mut self, value: &Bytes, flexible: bool) -> Result<(), EncodeError> {
        put_length(self, value.len(), flexible).ok_or(EncodeError::TooManyBytes(value.len()))?;
        self.put_bytes(value);
        Ok(())
    }

    fn put_nullable_byte_field(&mut self, value: Option<&Bytes>, flexible: bool) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.put_byte_field(value, flexible)?,
            None => put_null(self, flexible),
        }
        Ok(())
    }

    fn put_record_field(&mut self, value: &RecordBytes, flexible: bool) -> Result<(), EncodeError> {
        put_length(self, value.len(), flexible).ok_or(EncodeError::TooManyBytes(value.len()))?;
        self.put_records(value);
        Ok(())
    }

    fn put_nullable_record_field(
        &mut self,
        value: Option<&RecordBytes>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.put_record_field(value, flexible)?,
            None => put_null(self, flexible),
        }
        Ok(())
    }

    fn put_array_len(&mut self, count: usize, flexible: bool) -> Result<(), EncodeError> {
        put_length(self, count, flexible).ok_or(EncodeError::TooManyElements(count))
    }

    fn put_null_array(&mut self, flexible: bool) {
        put_null(self, flexible);
    }
}

fn put_varint<S: Sink + ?Sized>(sink: &mut S, mut value: u64) {
    let mut bytes = [0; 10];
    let mut length = 0;
    while value >= 0x80 {
        bytes[length] = value as u8 | 0x80;
        value >>= 7;
        length += 1;
    }
    bytes[length] = value as u8;
    sink.put_slice(&bytes[..=length]);
}

fn put_length<S: Sink + ?Sized>(sink: &mut S, length: usize, flexible: bool) -> Option<()> {
    let fixed = i32::try_from(length).ok()?;
    match flexible {
        true => sink.put_varint(fixed as u32 + 1),
        false => sink.put_i32(fixed),
    }
    Some(())
}

fn put_null<S: Sink + ?Sized>(sink: &mut S, flexible: bool) {
    match flexible {
        true => sink.put_varint(0),
        false => sink.put_i32(-1),
    }
}

impl Sink for BytesMut {
    fn put_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Vec<u8> {
    fn put_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Measures what would be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LengthCounter(pub usize);

impl Sink for LengthCounter {
    fn put_slice(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }

    fn put_records(&mut self, records: &RecordBytes) {
        self.0 += records.len();
    }
}
