//! Good inputs, from the tests of the crates and from the encoders themselves.
use crate::messages::{Kind, RECORDS, REQUESTS, RESPONSES};
use bytes::Bytes;
use protocol::{Message, RequestHeader};

const BATCHES: [&str; 2] = [
    include_str!("../../crates/records/tests/golden/kafka-clients-4.3.1.txt"),
    include_str!("../../crates/records/tests/golden/kafka-python-3.0.12.txt"),
];
const FRAMES: &str = include_str!("../../crates/records/tests/golden/codec-frames.txt");

pub fn none() -> Vec<Vec<u8>> {
    Vec::new()
}

/// One batch each, and all of them one after another.
pub fn batches() -> Vec<Vec<u8>> {
    let mut batches: Vec<_> = BATCHES.iter().flat_map(|file| named(file).map(|(_, batch)| batch)).collect();
    batches.push(batches.concat());
    // For `produce`, which reads choices first; and records alone, three of them, for `around`.
    let header = batches.iter().map(|batch| [&[5, 0, 0, 0, 0], &batch[..]].concat()).collect::<Vec<_>>();
    let plain = &batches[0][61..];
    let records = [[&[5, 0, 0, 0, 1, 2, 3], plain].concat(), [&[4, 3], plain].concat()];
    [batches, header, records.to_vec()].concat()
}

/// What one codec wrote.
pub fn frames(codec: &str) -> Vec<Vec<u8>> {
    let bodies = BATCHES.iter().flat_map(|file| named(file));
    let bodies = bodies.filter(|(name, _)| name.ends_with(codec)).map(|(_, batch)| batch[61..].to_vec());
    let frames = named(FRAMES).filter(|(name, _)| name.starts_with(codec)).map(|(_, frame)| frame);
    bodies.chain(frames).collect()
}

pub fn requests() -> Vec<Vec<u8>> {
    defaults(REQUESTS)
}

pub fn responses() -> Vec<Vec<u8>> {
    defaults(RESPONSES)
}

pub fn records() -> Vec<Vec<u8>> {
    defaults(RECORDS)
}

/// The frame of every metadata record, with a body of zeros.
pub fn stored_frames() -> Vec<Vec<u8>> {
    let kinds = (0..40).flat_map(|key| (0..4).map(move |version| [1, key, version]));
    kinds.map(|kind| [&kind[..], &[0; 40]].concat()).collect()
}

/// Every request with its header before it.
pub fn headers() -> Vec<Vec<u8>> {
    let keys = protocol::ApiKey::all().filter(|key| !key.versions().is_empty());
    let frames = keys.flat_map(|key| {
        let request = REQUESTS.iter().zip(crate::messages::KEYS).find(|(_, of)| **of == key);
        let defaults = request.map(|(kind, _)| kind.defaults().collect::<Vec<_>>()).unwrap_or_default();
        defaults.into_iter().filter_map(move |(version, body)| with_header(key, version, &body))
    });
    frames.collect()
}

fn with_header(key: protocol::ApiKey, version: i16, body: &Bytes) -> Option<Vec<u8>> {
    let header = RequestHeader {
        request_api_key: key as i16,
        request_api_version: version,
        correlation_id: 7,
        ..RequestHeader::default()
    };
    let header = header.to_bytes(key.request_header_version(version)).ok()?;
    Some([header, body.clone()].concat())
}

fn defaults(kinds: &'static [Kind]) -> Vec<Vec<u8>> {
    let of_kind = |(i, kind): (usize, &Kind)| {
        let first = kind.first();
        kind.defaults().map(move |(version, body)| [&[i as u8, (version - first) as u8], &body[..]].concat())
    };
    kinds.iter().enumerate().flat_map(of_kind).collect()
}

fn named(file: &'static str) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    file.lines().map(|line| {
        let (name, hex) = line.split_once(' ').expect("a name and bytes");
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        (name, (0..hex.len()).step_by(2).map(digit).collect())
    })
}
