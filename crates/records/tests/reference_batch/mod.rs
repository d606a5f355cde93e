//! The batch that every encoder under `golden/` was given, and how to compare with it.
#![allow(dead_code, reason = "each test binary uses a part")]

use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use mainstem_records::{BatchBuilder, Codec, Compression, Header, NewRecord, Record};

pub(crate) const T: i64 = 1_700_000_000_000;

/// An owned [`NewRecord`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) timestamp: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Owned {
    pub(crate) fn append_to(&self, builder: &mut BatchBuilder) {
        let headers: Vec<_> =
            self.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
        let record = NewRecord {
            timestamp: self.timestamp,
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: &headers,
        };
        let (before, at_most) = (builder.uncompressed_size(), BatchBuilder::size_of_record(&record));
        builder.append(&record).expect("fits");
        assert!(builder.uncompressed_size() - before <= at_most);
    }
}

impl From<&Record<'_>> for Owned {
    fn from(record: &Record<'_>) -> Self {
        let headers = record.headers.map(|header| (header.key.to_vec(), header.value.map(<[u8]>::to_vec)));
        Self {
            timestamp: record.timestamp,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: headers.collect(),
        }
    }
}

/// Missing key, empty value, repeated and empty header keys, null header value, time that runs back; behind a codec
/// also a value that is longer than the codecs' blocks.
pub(crate) fn data(compression: Compression) -> Vec<Owned> {
    let bytes = |text: &str| Some(text.as_bytes().to_vec());
    let header = |key: &str, value: Option<&[u8]>| (key.as_bytes().to_vec(), value.map(<[u8]>::to_vec));
    let mut records = vec![
        Owned { timestamp: T, key: bytes("k0"), value: bytes("v0"), headers: vec![] },
        Owned {
            timestamp: T + 5,
            key: None,
            value: bytes(""),
            headers: vec![header("h", Some(b"1")), header("h", None), header("", Some(b""))],
        },
        Owned {
            timestamp: T - 10,
            key: bytes(""),
            value: None,
            headers: vec![header("ünï", Some(&[0x00, 0xff]))],
        },
    ];
    if compression != Compression::None {
        let value = (0..70_000).map(|i| b"mainstem "[i % 9] + (i / 20_000) as u8).collect();
        records.push(Owned { timestamp: T, value: Some(value), ..Owned::default() });
    }
    records
}

/// A builder with the header that the golden batches of Kafka have.
pub(crate) fn builder(codec: impl Into<Codec>) -> BatchBuilder {
    BatchBuilder::new(codec)
        .base_offset(Offset(100))
        .partition_leader_epoch(LeaderEpoch(7))
        .producer(ProducerId(4711), ProducerEpoch(3), i32::MAX - 1)
        .transactional()
}
