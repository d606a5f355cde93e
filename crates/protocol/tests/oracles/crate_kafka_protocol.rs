//! The crate `kafka-protocol` decodes what we decode and encodes what we encode.
//!
//! It stops at Kafka 4.1, so what it does not know is not compared.
use crate::{
    catalog::{codecs, schema_messages},
    making::make,
    schema::{Kind, Message},
};
use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    messages::{ApiKey, RequestKind, ResponseKind},
    protocol::VersionRange,
};

const ROUNDS: u64 = 10;

/// What it announces and cannot do.
const EXCLUDED: &[(&str, i16, &str)] = &[
    ("InitProducerIdRequest", 6, UNSTABLE),
    ("InitProducerIdResponse", 6, UNSTABLE),
    ("OffsetCommitRequest", 10, UNSTABLE),
    ("OffsetCommitResponse", 10, UNSTABLE),
    ("OffsetFetchRequest", 10, UNSTABLE),
    ("OffsetFetchResponse", 10, UNSTABLE),
];
const UNSTABLE: &str = "this version was not settled in Kafka 4.1";

#[test]
fn another_codec_agrees() {
    let messages = schema_messages();
    let (mut compared, mut problems) = (0, Vec::new());
    for codec in codecs() {
        let message = &messages[codec.name];
        for version in codec.versions.clone() {
            let Some(api) = shared(message, version) else {
                continue;
            };
            let excluded = |row: &&(&str, i16, &str)| (row.0, row.1) == (codec.name, version);
            if let Some((name, version, reason)) = EXCLUDED.iter().find(excluded) {
                println!("{name} v{version} is not compared: {reason}");
                continue;
            }
            for seed in 0..ROUNDS {
                let bytes = make(message, version, seed);
                match theirs(message.kind, api, &bytes, version) {
                    Ok(again) if again == bytes => compared += 1,
                    Ok(_) => problems.push(format!("{} v{version} seed {seed}: other bytes", message.name)),
                    Err(error) => {
                        problems.push(format!("{} v{version} seed {seed}: {error:#}", message.name));
                    }
                }
            }
        }
    }
    problems.dedup_by_key(|problem| problem.split(" seed").next().unwrap().to_owned());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(compared > 4000, "only {compared} messages were compared");
    println!("{compared} messages compared");
}

/// The key by which the other crate knows the message, if it knows this version.
fn shared(message: &Message, version: i16) -> Option<ApiKey> {
    let api = ApiKey::try_from(message.key?).ok()?;
    let VersionRange { min, max } = match message.kind {
        Kind::Request | Kind::Response => api.valid_versions(),
        _ => return None,
    };
    (min..=max).contains(&version).then_some(api)
}

fn theirs(kind: Kind, api: ApiKey, bytes: &[u8], version: i16) -> Result<Vec<u8>, String> {
    let mut input = Bytes::copy_from_slice(bytes);
    let mut output = BytesMut::new();
    let done = match kind {
        Kind::Request => RequestKind::decode(api, &mut input, version)
            .and_then(|message| message.encode(&mut output, version)),
        _ => ResponseKind::decode(api, &mut input, version)
            .and_then(|message| message.encode(&mut output, version)),
    };
    done.map_err(|error| format!("{error:#}"))?;
    if !input.is_empty() {
        return Err(format!("{} bytes were not read", input.len()));
    }
    Ok(output.into())
}
