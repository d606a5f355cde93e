//! Just enough of DER to walk through a key store: definite lengths, tags of one byte.
use super::Error;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// Context-specific, constructed, number 0.
pub(super) const EXPLICIT_0: u8 = 0xa0;

#[derive(Clone, Copy)]
pub(super) struct Der<'a>(pub &'a [u8]);

impl<'a> Der<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next value, whatever its tag.
    pub(super) fn any(&mut self) -> Result<(u8, &'a [u8]), Error> {
        let [tag, first, rest @ ..] = self.0 else { return Err(CUT) };
        let (length, rest) = match *first {
            length @ 0..=0x7f => (usize::from(length), rest),
            size @ 0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(usize::from(size - 0x80)).ok_or(CUT)?;
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            _ => return Err(Error::Damaged("a length is not definite")),
        };
        let (value, rest) = rest.split_at_checked(length).ok_or(CUT)?;
        self.0 = rest;
        Ok((*tag, value))
    }

    pub(super) fn take(&mut self, wanted: u8) -> Result<&'a [u8], Error> {
        match self.any()? {
            (tag, value) if tag == wanted => Ok(value),
            _ => Err(Error::Damaged("a value is of another type than its place")),
        }
    }

    pub(super) fn optional(&mut self, wanted: u8) -> Result<Option<&'a [u8]>, Error> {
        if self.0.first() == Some(&wanted) { self.take(wanted).map(Some) } else { Ok(None) }
    }

    /// What is inside the next value.
    pub(super) fn enter(&mut self, tag: u8) -> Result<Self, Error> {
        self.take(tag).map(Self)
    }

    /// A whole number that is not negative; one too great for the type is its greatest.
    pub(super) fn number(&mut self) -> Result<u32, Error> {
        let bytes = self.take(INTEGER)?;
        if bytes.first().is_none_or(|first| *first >= 0x80) {
            return Err(Error::Damaged("a number is negative"));
        }
        Ok(bytes.iter().fold(0_u32, |sum, byte| match sum.checked_mul(256) {
            Some(sum) => sum | u32::from(*byte),
            None => u32::MAX,
        }))
    }
}

/// A value of this tag that holds the parts, one after the other.
pub(super) fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut value = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => value.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let bytes = &bytes[bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len())..];
            value.push(0x80 + bytes.len() as u8);
            value.extend_from_slice(bytes);
        }
    }
    parts.iter().for_each(|part| value.extend_from_slice(part));
    value
}

const CUT: Error = Error::Damaged("it ends too early");
