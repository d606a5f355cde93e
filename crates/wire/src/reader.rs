use crate::{
    DecodeError, MAX_ARRAY_ELEMENTS, MAX_INITIAL_CAPACITY, MAX_STRING_BYTES, MAX_TAGGED_FIELDS, RecordBytes,
    Text,
};
use bytes::{Buf, Bytes};
use uuid::Uuid;

/// Memory reserved for an array before it is read, for each byte that remains. An honest element takes about so
/// much more in memory than on the wire.
const RESERVED_PER_BYTE: usize = 4;

/// Takes Kafka's primitive types off the front of a buffer.
#[derive(Clone, Debug)]
pub struct Reader(Bytes);

impl Reader {
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self(bytes.into())
    }

    pub fn remaining(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What has not been read yet.
    pub fn into_remaining(self) -> Bytes {
        self.0
    }

    /// Fails unless everything was read.
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(DecodeError::TrailingBytes(left)),
        }
    }

    /// The next `count` bytes, shared with the buffer.
    pub fn take(&mut self, count: usize) -> Result<Bytes, DecodeError> {
        self.need(count)?;
        Ok(self.0.split_to(count))
    }

    pub fn skip(&mut self, count: usize) -> Result<(), DecodeError> {
        self.need(count)?;
        self.0.advance(count);
        Ok(())
    }

    pub fn read_i8(&mut self) -> Result<i8, DecodeError> {
        self.fixed().map(i8::from_be_bytes)
    }

    /// Any byte but zero is true.
    pub fn read_bool(&mut self) -> Result<bool, DecodeError> {
        Ok(self.read_i8()? != 0)
    }

    pub fn read_i16(&mut self) -> Result<i16, DecodeError> {
        self.fixed().map(i16::from_be_bytes)
    }

    pub fn read_u16(&mut self) -> Result<u16, DecodeError> {
        self.fixed().map(u16::from_be_bytes)
    }

    pub fn read_i32(&mut self) -> Result<i32, DecodeError> {
        self.fixed().map(i32::from_be_bytes)
    }

    pub fn read_u32(&mut self) -> Result<u32, DecodeError> {
        self.fixed().map(u32::from_be_bytes)
    }

    pub fn read_i64(&mut self) -> Result<i64, DecodeError> {
        self.fixed().map(i64::from_be_bytes)
    }

    pub fn read_f64(&mut self) -> Result<f64, DecodeError> {
        self.fixed().map(f64::from_be_bytes)
    }

    pub fn read_uuid(&mut self) -> Result<Uuid, DecodeError> {
        self.fixed().map(Uuid::from_bytes)
    }

    /// An unsigned varint.
    pub fn read_varint(&mut self) -> Result<u32, DecodeError> {
        let value = self.varint::<5>()?;
        u32::try_from(value).map_err(|_| DecodeError::VarintTooLong)
    }

    pub fn read_zigzag_varint(&mut self) -> Result<i32, DecodeError> {
        let value = self.read_varint()?;
        Ok((value >> 1) as i32 ^ -((value & 1) as i32))
    }

    pub fn read_zigzag_varlong(&mut self) -> Result<i64, DecodeError> {
        let value = self.varint::<10>()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub fn read_string(&mut self, flexible: bool) -> Result<Text, DecodeError> {
        self.read_nullable_string(flexible)?.ok_or(DecodeError::UnexpectedNull)
    }

    pub fn read_nullable_string(&mut self, flexible: bool) -> Result<Option<Text>, DecodeError> {
        let length = match flexible {
            true => self.compact_length()?,
            false => optional(self.read_i16()?.into())?,
        };
        match length {
            None => Ok(None),
            Some(length) if length > MAX_STRING_BYTES => Err(DecodeError::StringTooLong(length)),
            Some(length) => Text::from_utf8(self.take(length)?).map(Some),
        }
    }

    pub fn read_bytes(&mut self, flexible: bool) -> Result<Bytes, DecodeError> {
        self.read_nullable_bytes(flexible)?.ok_or(DecodeError::UnexpectedNull)
    }

    pub fn read_nullable_bytes(&mut self, flexible: bool) -> Result<Option<Bytes>, DecodeError> {
        match self.length(flexible)? {
            None => Ok(None),
            Some(length) => self.take(length).map(Some),
        }
    }

    pub fn read_nullable_records(&mut self, flexible: bool) -> Result<Option<RecordBytes>, DecodeError> {
        Ok(self.read_nullable_bytes(flexible)?.map(RecordBytes::from))
    }

    /// The number of elements that follow, each of at least one byte; `None` is a null array.
    pub fn read_array_len(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        let count = self.length(flexible)?;
        if let Some(count) = count {
            if count > MAX_ARRAY_ELEMENTS {
                return Err(DecodeError::TooManyElements { count, limit: MAX_ARRAY_ELEMENTS });
            }
            self.need(count)?;
        }
        Ok(count)
    }

    pub fn read_array<T>(
        &mut self,
        flexible: bool,
        element: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        self.read_nullable_array(flexible, element)?.ok_or(DecodeError::UnexpectedNull)
    }

    pub fn read_nullable_array<T>(
        &mut self,
        flexible: bool,
        mut element: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(count) = self.read_array_len(flexible)? else {
            return Ok(None);
        };
        // Of a hostile count not even the bytes that remain need be true, so memory follows those.
        let affordable = RESERVED_PER_BYTE * self.remaining() / size_of::<T>().max(1);
        let mut elements = Vec::with_capacity(count.min(MAX_INITIAL_CAPACITY).min(affordable));
        for _ in 0..count {
            elements.push(element(self)?);
        }
        Ok(Some(elements))
    }

    /// Reads a struct's tagged fields. `known` is given each tag with the bytes of its value, and says whether
    /// it knew the tag; the value of a tag it does not know is skipped, that of one it does know must be read
    /// to its end.
    pub fn read_tagged_fields(
        &mut self,
        mut known: impl FnMut(u32, &mut Self) -> Result<bool, DecodeError>,
    ) -> Result<(), DecodeError> {
        let count = self.read_varint()? as usize;
        if count > MAX_TAGGED_FIELDS {
            return Err(DecodeError::TooManyTaggedFields { count, limit: MAX_TAGGED_FIELDS });
        }
        for _ in 0..count {
            let tag = self.read_varint()?;
            let length = self.read_varint()? as usize;
            let mut value = Self(self.take(length)?);
            if known(tag, &mut value)? {
                value.finish()?;
            }
        }
        Ok(())
    }

    pub fn skip_tagged_fields(&mut self) -> Result<(), DecodeError> {
        self.read_tagged_fields(|_, _| Ok(false))
    }

    fn need(&self, count: usize) -> Result<(), DecodeError> {
        let remaining = self.remaining();
        if count > remaining {
            return Err(DecodeError::UnexpectedEnd { needed: count, remaining });
        }
        Ok(())
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some(&bytes) = self.0.first_chunk() else {
            return Err(DecodeError::UnexpectedEnd { needed: N, remaining: self.remaining() });
        };
        self.0.advance(N);
        Ok(bytes)
    }

    /// Up to `N` bytes of seven bits.
    fn varint<const N: usize>(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0u64;
        for (i, &byte) in self.0.iter().take(N).enumerate() {
            // The tenth byte has room for one bit.
            if i == 9 && byte > 1 {
                return Err(DecodeError::VarintTooLong);
            }
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                self.0.advance(i + 1);
                return Ok(value);
            }
        }
        match self.remaining() {
            remaining if remaining < N => {
                Err(DecodeError::UnexpectedEnd { needed: remaining + 1, remaining })
            }
            _ => Err(DecodeError::VarintTooLong),
        }
    }

    fn length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        match flexible {
            true => self.compact_length(),
            false => optional(self.read_i32()?),
        }
    }

    fn compact_length(&mut self) -> Result<Option<usize>, DecodeError> {
        Ok((self.read_varint()? as usize).checked_sub(1))
    }
}

/// A signed length, where -1 alone stands for null.
fn optional(length: i32) -> Result<Option<usize>, DecodeError> {
    match length {
        -1 => Ok(None),
        _ => usize::try_from(length).map(Some).map_err(|_| DecodeError::NegativeLength(length)),
    }
}
