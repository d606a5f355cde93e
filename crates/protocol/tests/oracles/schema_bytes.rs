//! Bytes made from the schema come back unchanged; cut anywhere, they are refused.
use crate::{
    catalog::{codecs, schema_messages},
    making::{Chance, make},
};

const ROUNDS: u64 = 40;

#[test]
fn every_message_in_every_version_returns_the_same_bytes() {
    let messages = schema_messages();
    let codecs = codecs();
    assert_eq!(codecs.len(), messages.len());
    let mut checked = 0;
    for codec in &codecs {
        let message = &messages[codec.name];
        assert_eq!(codec.versions, message.versions.0..=message.versions.1, "{}", codec.name);
        for version in codec.versions.clone() {
            for seed in 0..ROUNDS {
                let bytes = make(message, version, seed);
                let again = (codec.transcode)(&bytes, version);
                assert_eq!(again.as_ref(), Ok(&bytes), "{} v{version}, seed {seed}", codec.name);
                checked += 1;
            }
        }
    }
    println!("{checked} messages");
}

#[test]
fn a_message_cut_short_is_refused() {
    let messages = schema_messages();
    for codec in codecs() {
        for version in codec.versions.clone() {
            for seed in 0..3 {
                let bytes = make(&messages[codec.name], version, seed);
                // Long byte fields give many cuts that are all alike.
                let step = bytes.len() / 400 + 1;
                for cut in (0..bytes.len()).step_by(step) {
                    let result = (codec.transcode)(&bytes[..cut], version);
                    assert!(result.is_err(), "{} v{version}, seed {seed}, cut at {cut}", codec.name);
                }
            }
        }
    }
}

#[test]
fn unknown_tagged_fields_are_skipped() {
    let messages = schema_messages();
    for codec in codecs() {
        let message = &messages[codec.name];
        let version = *codec.versions.end();
        // What ends with an empty tag section gets one tag that nobody knows.
        let bytes = make(message, version, 1);
        let known = message.root().fields.iter().any(|field| field.tag.is_some());
        if !message.is_flexible(version) || known || message.root().fields.is_empty() {
            continue;
        }
        let mut extended = bytes.clone();
        assert_eq!(extended.pop(), Some(0));
        extended.extend([1, 0xff, 0x07, 3, b'n', b'e', b'w']);
        assert_eq!((codec.transcode)(&extended, version), Ok(bytes), "{}", codec.name);
    }
}

#[test]
fn altered_bytes_never_panic() {
    let messages = schema_messages();
    for codec in codecs() {
        for version in codec.versions.clone() {
            let mut chance = Chance(version as u64);
            for seed in 0..6 {
                let mut bytes = make(&messages[codec.name], version, seed);
                for _ in 0..20 {
                    if bytes.is_empty() {
                        break;
                    }
                    let at = chance.below(bytes.len() as u64) as usize;
                    bytes[at] = [0, 1, 0x7f, 0x80, 0xff, chance.next() as u8][chance.below(6) as usize];
                    // What decodes, encodes, and then decodes to the same.
                    if let Ok(again) = (codec.transcode)(&bytes, version) {
                        assert_eq!((codec.transcode)(&again, version), Ok(again.clone()), "{}", codec.name);
                    }
                }
            }
        }
    }
}
