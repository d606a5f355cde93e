//! Bytes that other people's codecs printed, see `golden/`.
use crate::catalog::codecs;
use std::collections::BTreeMap;

/// Decodes each line `NAME VERSION HEX` and expects the same bytes back.
#[track_caller]
fn check(fixture: &str, at_least: usize) {
    let codecs: BTreeMap<&str, _> = codecs().into_iter().map(|codec| (codec.name, codec)).collect();
    let mut checked = 0;
    for line in fixture.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, version, hex] = words[..] else { panic!("`{line}` is not NAME VERSION HEX") };
        let again =
            (codecs[name].transcode)(&unhex(hex), version.parse().unwrap()).map(|bytes| to_hex(&bytes));
        assert_eq!(again.as_deref(), Ok(hex), "{name} v{version}");
        checked += 1;
    }
    assert!(checked >= at_least, "only {checked} messages");
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn kafkas_own_classes() {
    check(include_str!("../golden/java.txt"), 500);
}

#[test]
fn kafka_python() {
    check(include_str!("../golden/python.txt"), 30);
}
