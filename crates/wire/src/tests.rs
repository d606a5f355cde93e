use crate::{
    DecodeError::{self, *},
    EncodeError, LengthCounter, MAX_ARRAY_ELEMENTS, MAX_STRING_BYTES, MAX_TAGGED_FIELDS, Reader, RecordBytes,
    SegmentWriter, Sink, Text,
};
use bytes::Bytes;
use proptest::prelude::*;
use std::{collections::HashSet, fmt::Debug};

#[track_caller]
fn reads<T: Debug + PartialEq>(
    bytes: &[u8],
    read: impl FnOnce(&mut Reader) -> Result<T, DecodeError>,
    expected: impl Into<Result<T, DecodeError>>,
) {
    assert_eq!(read(&mut Reader::new(bytes.to_vec())), expected.into(), "{bytes:?}");
}

/// Writes, measures, and reads back to the last byte.
fn round_trip<T: Debug + PartialEq>(
    value: T,
    write: impl Fn(&mut dyn FnMut(&[u8]), &T),
    read: impl FnOnce(&mut Reader) -> Result<T, DecodeError>,
) {
    let mut bytes = Vec::new();
    write(&mut |part| bytes.extend_from_slice(part), &value);
    let mut reader = Reader::new(bytes);
    assert_eq!(read(&mut reader), Ok(value));
    assert_eq!(reader.finish(), Ok(()));
}

/// Lets one closure drive several sinks.
struct ToFn<'a>(&'a mut dyn FnMut(&[u8]));

impl Sink for ToFn<'_> {
    fn put_slice(&mut self, bytes: &[u8]) {
        (self.0)(bytes);
    }
}

#[test]
fn varints_end_within_their_width() {
    reads(&[0xff, 0xff, 0xff, 0xff, 0x0f], Reader::read_varint, Ok(u32::MAX));
    reads(&[0xff, 0xff, 0xff, 0xff, 0x1f], Reader::read_varint, Err(VarintTooLong));
    reads(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Reader::read_varint, Err(VarintTooLong));
    reads(&[0x80, 0x80], Reader::read_varint, Err(UnexpectedEnd { needed: 3, remaining: 2 }));
    reads(&[], Reader::read_varint, Err(UnexpectedEnd { needed: 1, remaining: 0 }));
    reads(&[0x80, 0x00], Reader::read_varint, Ok(0));
    let longest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    reads(&longest, Reader::read_zigzag_varlong, Ok(i64::MIN));
    reads(&[0xff; 10], Reader::read_zigzag_varlong, Err(VarintTooLong));
    reads(&[0xff, 0xff, 0xff, 0xff, 0x0f], Reader::read_zigzag_varint, Ok(i32::MIN));
    for (value, bytes) in [(0, vec![0]), (-1, vec![1]), (1, vec![2]), (64, vec![0x80, 1])] {
        let mut written = Vec::new();
        written.put_zigzag_varint(value);
        assert_eq!(written, bytes);
    }
}

#[test]
fn strings_in_both_forms() {
    reads(&[0, 1, b'x'], |r| r.read_string(false), Ok("x".into()));
    reads(&[2, b'x'], |r| r.read_string(true), Ok("x".into()));
    reads(&[0xff, 0xff], |r| r.read_string(false), Err(UnexpectedNull));
    reads(&[0], |r| r.read_string(true), Err(UnexpectedNull));
    reads(&[0xff, 0xff], |r| r.read_nullable_string(false), Ok(None));
    reads(&[0], |r| r.read_nullable_string(true), Ok(None));
    reads(&[0xff, 0xfe], |r| r.read_nullable_string(false), Err(NegativeLength(-2)));
    reads(&[0, 2, b'x'], |r| r.read_string(false), Err(UnexpectedEnd { needed: 2, remaining: 1 }));
    reads(&[2, 0xff], |r| r.read_string(true), Err(InvalidUtf8));
    reads(&[0x81, 0x80, 0x02], |r| r.read_string(true), Err(StringTooLong(MAX_STRING_BYTES + 1)));
    let long = "x".repeat(MAX_STRING_BYTES + 1);
    assert_eq!(Vec::new().put_string(&long, true), Err(EncodeError::StringTooLong(long.len())));
    assert_eq!(Vec::new().put_string(&long[1..], false), Ok(()));
}

#[test]
fn arrays_are_refused_before_memory_is_reserved() {
    let array = |r: &mut Reader| r.read_nullable_array(false, Reader::read_i8);
    reads(&[0, 0, 0, 2, 7, 8], array, Ok(Some(vec![7, 8])));
    reads(&[0xff; 4], array, Ok(None));
    reads(&[0xff, 0xff, 0xff, 0xfe], array, Err(NegativeLength(-2)));
    reads(&[0, 0, 0, 2, 7], array, Err(UnexpectedEnd { needed: 2, remaining: 1 }));
    let count = i32::MAX as usize;
    reads(&[0x7f, 0xff, 0xff, 0xff], array, Err(TooManyElements { count, limit: MAX_ARRAY_ELEMENTS }));
    reads(&[0, 0x0f, 0x42, 0x40], array, Err(UnexpectedEnd { needed: 1_000_000, remaining: 0 }));
    reads(&[0xff; 5], |r| r.read_array(true, Reader::read_i8), Err(VarintTooLong));
    // Elements that would take no bytes at all end with the data too.
    reads(
        &[0, 0, 0, 9, 0],
        |r| r.read_array(false, |_| Ok(())),
        Err(UnexpectedEnd { needed: 9, remaining: 1 }),
    );
}

#[test]
fn tagged_fields_unknown_are_skipped_and_known_are_read_whole() {
    let tags = |bytes: &[u8]| {
        let mut seen = Vec::new();
        Reader::new(bytes.to_vec())
            .read_tagged_fields(|tag, value| match tag {
                0 => value.read_i16().map(|value| seen.push(value)).and(Ok(true)),
                _ => Ok(false),
            })
            .map(|()| seen)
    };
    assert_eq!(tags(&[0]), Ok(vec![]));
    assert_eq!(tags(&[3, 7, 0, 0, 2, 0, 5, 9, 1, 0xff]), Ok(vec![5]));
    assert_eq!(tags(&[1, 0, 1, 5]), Err(UnexpectedEnd { needed: 2, remaining: 1 }));
    assert_eq!(tags(&[1, 0, 3, 0, 5, 5]), Err(TrailingBytes(1)));
    assert_eq!(tags(&[1, 7, 9, 0]), Err(UnexpectedEnd { needed: 9, remaining: 1 }));
    let count = MAX_TAGGED_FIELDS + 1;
    assert_eq!(tags(&[0x91, 0x4e]), Err(TooManyTaggedFields { count, limit: MAX_TAGGED_FIELDS }));
}

#[test]
fn segments_share_what_is_large_and_gather_what_is_small() {
    let large = Bytes::from(vec![7; 4096]);
    let records: RecordBytes =
        [large.slice(..100), large.clone(), Bytes::new(), large.clone()].into_iter().collect();
    let mut writer = SegmentWriter::framed();
    writer.put_i16(1);
    writer.put_record_field(&records, false).unwrap();
    writer.put_i16(2);
    assert_eq!(writer.len(), 4 + 2 + 4 + 100 + 8192 + 2);
    let segments = writer.into_segments().unwrap();
    assert_eq!(segments.iter().map(Bytes::len).collect::<Vec<_>>(), [4 + 2 + 4 + 100, 4096, 4096, 2]);
    assert_eq!(segments[1].as_ptr(), large.as_ptr());
    assert_eq!(segments[0][..10], [0, 0, 0x20, 0x6c, 0, 1, 0, 0, 0x20, 0x64]);
    assert_eq!(SegmentWriter::framed().into_bytes().unwrap(), [0; 4].as_slice());
    assert!(SegmentWriter::new().into_segments().unwrap().is_empty());
}

#[test]
fn record_bytes_are_equal_by_content() {
    let one = RecordBytes::from(Bytes::from_static(b"abc"));
    let two: RecordBytes = [Bytes::from_static(b"a"), Bytes::from_static(b"bc")].into_iter().collect();
    assert_eq!(one, two);
    assert_eq!(two.to_bytes(), one.to_bytes());
    assert_ne!(one, RecordBytes::new());
    assert_eq!((one.chunks().count(), two.chunks().count(), RecordBytes::new().chunks().count()), (1, 2, 0));
}

#[test]
fn text_is_found_by_str() {
    let set = HashSet::from([Text::from("topic")]);
    assert!(set.contains("topic"));
    assert!(Text::from_static("a") < Text::from_static("b"));
    assert_eq!(format!("{0} {0:?}", Text::from("é")), "é \"é\"");
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    I8(i8),
    Bool(bool),
    I16(i16),
    U16(u16),
    I32(i32),
    U32(u32),
    I64(i64),
    F64(f64),
    Uuid([u8; 16]),
    Varint(u32),
    Zigzag(i32),
    ZigzagLong(i64),
    String(Option<String>, bool),
    Bytes(Option<Vec<u8>>, bool),
    Array(Option<Vec<i64>>, bool),
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i8>().prop_map(Value::I8),
        any::<bool>().prop_map(Value::Bool),
        any::<i16>().prop_map(Value::I16),
        any::<u16>().prop_map(Value::U16),
        any::<i32>().prop_map(Value::I32),
        any::<u32>().prop_map(Value::U32),
        any::<i64>().prop_map(Value::I64),
        any::<f64>().prop_map(Value::F64),
        any::<[u8; 16]>().prop_map(Value::Uuid),
        any::<u32>().prop_map(Value::Varint),
        any::<i32>().prop_map(Value::Zigzag),
        any::<i64>().prop_map(Value::ZigzagLong),
        any::<(Option<String>, bool)>().prop_map(|(s, f)| Value::String(s, f)),
        any::<(Option<Vec<u8>>, bool)>().prop_map(|(b, f)| Value::Bytes(b, f)),
        any::<(Option<Vec<i64>>, bool)>().prop_map(|(a, f)| Value::Array(a, f)),
    ]
}

impl Value {
    fn write<S: Sink>(&self, sink: &mut S) {
        match self {
            Self::I8(v) => sink.put_i8(*v),
            Self::Bool(v) => sink.put_bool(*v),
            Self::I16(v) => sink.put_i16(*v),
            Self::U16(v) => sink.put_u16(*v),
            Self::I32(v) => sink.put_i32(*v),
            Self::U32(v) => sink.put_u32(*v),
            Self::I64(v) => sink.put_i64(*v),
            Self::F64(v) => sink.put_f64(*v),
            Self::Uuid(v) => sink.put_uuid(uuid::Uuid::from_bytes(*v)),
            Self::Varint(v) => sink.put_varint(*v),
            Self::Zigzag(v) => sink.put_zigzag_varint(*v),
            Self::ZigzagLong(v) => sink.put_zigzag_varlong(*v),
            Self::String(v, flexible) => sink.put_nullable_string(v.as_deref(), *flexible).unwrap(),
            Self::Bytes(v, flexible) => {
                sink.put_nullable_byte_field(v.clone().map(Bytes::from).as_ref(), *flexible).unwrap();
            }
            Self::Array(None, flexible) => sink.put_null_array(*flexible),
            Self::Array(Some(v), flexible) => {
                sink.put_array_len(v.len(), *flexible).unwrap();
                v.iter().for_each(|v| sink.put_i64(*v));
            }
        }
    }

    /// Reads a value of the same kind.
    fn read(&self, r: &mut Reader) -> Result<Self, DecodeError> {
        Ok(match self {
            Self::I8(_) => Self::I8(r.read_i8()?),
            Self::Bool(_) => Self::Bool(r.read_bool()?),
            Self::I16(_) => Self::I16(r.read_i16()?),
            Self::U16(_) => Self::U16(r.read_u16()?),
            Self::I32(_) => Self::I32(r.read_i32()?),
            Self::U32(_) => Self::U32(r.read_u32()?),
            Self::I64(_) => Self::I64(r.read_i64()?),
            Self::F64(_) => Self::F64(r.read_f64()?),
            Self::Uuid(_) => Self::Uuid(*r.read_uuid()?.as_bytes()),
            Self::Varint(_) => Self::Varint(r.read_varint()?),
            Self::Zigzag(_) => Self::Zigzag(r.read_zigzag_varint()?),
            Self::ZigzagLong(_) => Self::ZigzagLong(r.read_zigzag_varlong()?),
            Self::String(_, f) => Self::String(r.read_nullable_string(*f)?.map(String::from), *f),
            Self::Bytes(_, f) => Self::Bytes(r.read_nullable_bytes(*f)?.map(Vec::from), *f),
            Self::Array(_, f) => Self::Array(r.read_nullable_array(*f, Reader::read_i64)?, *f),
        })
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_was_measured(values in prop::collection::vec(value(), 0..20)) {
        let (mut bytes, mut counter, mut segments) = (Vec::new(), LengthCounter::default(), SegmentWriter::new());
        for value in &values {
            value.write(&mut bytes);
            value.write(&mut counter);
            value.write(&mut segments);
        }
        prop_assert_eq!(counter.0, bytes.len());
        prop_assert_eq!(&segments.into_bytes().unwrap(), &bytes);
        let mut reader = Reader::new(bytes);
        for value in &values {
            prop_assert_eq!(&value.read(&mut reader).unwrap(), value);
        }
        prop_assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn every_cut_is_an_error(value in value()) {
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        for cut in 0..bytes.len() {
            prop_assert!(value.read(&mut Reader::new(bytes[..cut].to_vec())).is_err());
        }
    }

    #[test]
    fn random_bytes_never_panic(kinds in prop::collection::vec(value(), 0..20), bytes: Vec<u8>) {
        let mut reader = Reader::new(bytes);
        for kind in kinds {
            if kind.read(&mut reader).is_err() || reader.skip_tagged_fields().is_err() {
                break;
            }
        }
    }

    #[test]
    fn records_survive_any_cut(chunks: Vec<Vec<u8>>, flexible: bool) {
        let records: RecordBytes = chunks.iter().cloned().map(Bytes::from).collect();
        round_trip(
            Some(records),
            |put, value| ToFn(put).put_nullable_record_field(value.as_ref(), flexible).unwrap(),
            |r| r.read_nullable_records(flexible),
        );
    }
}
