//! What was written before Kafka 0.11: messages of the formats v0 and v1, which are passed over unread.
//!
//! Offset, length and magic lie where a batch has them. The offset is that of the message, or of the last one within where
//! it wraps others that are compressed.
use records::LOG_OVERHEAD;

/// Messages that lie one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OldMessages {
    /// Of the first.
    pub(super) magic: i8,
    /// Behind the last that is whole.
    pub(super) next_offset: i64,
    /// In bytes; 0 if not even the first is whole.
    pub(super) size: usize,
}

impl OldMessages {
    /// Those at the front; `None` if something else is there.
    pub(super) fn at_front_of(records: &[u8]) -> Option<Self> {
        let (magic, ..) = message(records)?;
        let mut found = Self { magic, next_offset: 0, size: 0 };
        while let Some((_, next_offset, size)) = message(&records[found.size..]) {
            if records.len() - found.size < size {
                break;
            }
            found.next_offset = next_offset;
            found.size += size;
        }
        Some(found)
    }

    pub(super) fn reason(self) -> String {
        let Self { magic, next_offset, .. } = self;
        format!(
            "written in the format of Kafka before 0.11 (magic {magic}), which this client does not read; it goes on at offset {next_offset}"
        )
    }
}

/// Magic, next offset and size of the message that begins here.
fn message(bytes: &[u8]) -> Option<(i8, i64, usize)> {
    const MAGIC_AT: usize = 16;
    /// CRC, magic, attributes, and the lengths of key and value.
    const SHORTEST: usize = 14;
    let magic @ (0 | 1) = bytes.get(MAGIC_AT)?.cast_signed() else { return None };
    let offset = i64::from_be_bytes(*bytes.first_chunk()?);
    let length = usize::try_from(i32::from_be_bytes(*bytes[8..].first_chunk()?)).ok()?;
    let is_one = offset >= 0 && length >= SHORTEST;
    is_one.then_some((magic, offset.checked_add(1)?, LOG_OVERHEAD + length))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One with a value of so many bytes. Nothing here looks behind the magic.
    pub(in crate::consumer) fn message_of(magic: i8, offset: i64, value: usize) -> Vec<u8> {
        let length = i32::try_from(if magic == 0 { 14 } else { 22 } + value).unwrap();
        let mut bytes = [&offset.to_be_bytes()[..], &length.to_be_bytes(), &[0; 4]].concat();
        bytes.push(magic.cast_unsigned());
        bytes.resize(LOG_OVERHEAD + length as usize, 0);
        bytes
    }

    #[track_caller]
    fn check(records: &[u8], expected: Option<(i8, i64, usize)>) {
        let found = OldMessages::at_front_of(records);
        assert_eq!(found.map(|found| (found.magic, found.next_offset, found.size)), expected);
    }

    #[test]
    fn messages_are_passed_up_to_what_is_cut_off_or_something_else() {
        let two = [message_of(0, 5, 0), message_of(1, 7, 100)].concat();
        check(&two, Some((0, 8, 26 + 134)));
        check(&two[..159], Some((0, 6, 26)));
        check(&two[..17], Some((0, 0, 0)));
        check(&two[..16], None);
        check(&[&two[..], &message_of(2, 9, 0)].concat(), Some((0, 8, 26 + 134)));
        check(&message_of(2, 9, 0), None);
        check(&message_of(1, -1, 0), None);
        check(&message_of(1, i64::MAX, 0), None);
        check(b"", None);
    }
}
