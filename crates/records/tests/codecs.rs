//! The codecs against frames of other libraries: whole, cut off, broken, and limited.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use mainstem_records::{Codec, Compression, Error, UnknownCompression};

const FRAMES: &str = include_str!("golden/codec-frames.txt");

fn text() -> Vec<u8> {
    [b"mainstem ".repeat(10_000), (0..=255).collect()].concat()
}

fn inflate(compression: Compression, compressed: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    // What is there already stays, and does not count.
    let mut out = b"before".to_vec();
    compression.inflate(compressed, limit, &mut out)?;
    assert!(out.starts_with(b"before"));
    Ok(out.split_off(6))
}

fn frames() -> impl Iterator<Item = (&'static str, Compression, Vec<u8>)> {
    FRAMES.lines().map(|line| {
        let (name, hex) = line.split_once(' ').expect("a name and a frame");
        let codec = name.split('-').next().expect("a codec").parse().expect("a known codec");
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        (name, codec, (0..hex.len()).step_by(2).map(digit).collect())
    })
}

/// Every place in the head and tail of a frame, and some between.
fn places(frame: &[u8]) -> impl Iterator<Item = usize> {
    let len = frame.len();
    (0..len).filter(move |at| *at < 40 || len - at < 40 || at % 41 == 0)
}

#[test]
fn inflates_what_others_compress() {
    for (name, codec, frame) in frames() {
        assert!(inflate(codec, &frame, text().len()).expect(name) == text(), "{name}");
    }
}

#[test]
fn the_limit_is_exact() {
    let limit = text().len() - 1;
    for (name, codec, frame) in frames() {
        let error = inflate(codec, &frame, limit).expect_err(name);
        assert!(matches!(error, Error::TooLarge { limit: at } if at == limit), "{name}: {error:?}");
    }
    for compression in Compression::ALL {
        let mut compressed = Vec::new();
        Codec::new(compression).compress(&text(), &mut compressed);
        assert!(matches!(inflate(compression, &compressed, limit), Err(Error::TooLarge { .. })));
        assert_eq!(inflate(compression, &compressed, limit + 1).unwrap(), text());
    }
}

#[test]
fn a_frame_that_is_cut_off_is_no_frame() {
    for (name, codec, frame) in frames() {
        // Where one member or frame ends and the next begins is no end that can be told from the real one.
        let boundary = |end: usize| name.contains("two") && inflate(codec, &frame[..end], 1 << 20).is_ok();
        for end in places(&frame).filter(|end| !boundary(*end)) {
            let shorter = inflate(codec, &frame[..end], 1 << 20);
            // Nothing at all is an empty stream to zstd; the count of records tells.
            assert!(shorter.is_err() || end == 0, "{name} at {end}");
        }
    }
}

#[test]
fn a_flipped_byte_never_panics() {
    for (name, codec, frame) in frames() {
        for at in places(&frame) {
            let mut broken = frame.clone();
            broken[at] ^= 0x55;
            let inflated = inflate(codec, &broken, 1 << 17);
            let checked = name.contains("content-checksum") || name.contains("block-checksum");
            assert!(!checked || inflated.is_err() || inflated.unwrap() == text(), "{name} at {at}");
        }
    }
}

#[test]
fn refuses_an_lz4_frame_that_kafka_refuses() {
    let bare = frames().find(|(name, ..)| *name == "lz4-bare").expect("that line").2;
    let with = |changes: &[(usize, u8)]| {
        let mut frame = bare.clone();
        changes.iter().for_each(|&(at, byte)| frame[at] = byte);
        inflate(Compression::Lz4, &frame, 1 << 20).expect_err("a frame").to_string()
    };
    for changes in [
        // Legacy magic, another version, a reserved bit, a size of 16 KiB, a dictionary, a wrong checksum.
        &[(0, 0x02), (1, 0x21), (2, 0x4c)][..],
        &[(4, 0xa0)],
        &[(4, 0x62)],
        &[(5, 0x30)],
        &[(4, 0x61)],
        &[(6, 0x00)],
    ] {
        assert_eq!(with(changes), "the lz4 data is broken", "{changes:?}");
    }
}

#[test]
fn every_level_round_trips() {
    let levels = [i32::MIN, -131_072, -5, -1, 0, 1, 3, 9, 17, 22, i32::MAX];
    for compression in Compression::ALL {
        for codec in levels.map(|level| Codec::with_level(compression, level)) {
            // A large window at level 22 takes its time in a debug build, so the text is short.
            let mut compressed = Vec::new();
            codec.compress(b"mainstem mainstem", &mut compressed);
            assert_eq!(inflate(compression, &compressed, 100).unwrap(), b"mainstem mainstem", "{codec:?}");
            assert!(codec.level().is_none_or(|level| compression.levels().unwrap().contains(&level)));
        }
    }
}

#[test]
fn nothing_and_noise_round_trip() {
    let noise: Vec<u8> =
        (0..200_000u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    for compression in Compression::ALL {
        for data in [&[][..], &noise] {
            let mut compressed = Vec::new();
            Codec::new(compression).compress(data, &mut compressed);
            assert_eq!(inflate(compression, &compressed, data.len()).unwrap(), data, "{compression}");
        }
    }
}

#[test]
fn names_and_ids_are_kafkas() {
    for (id, name) in (0..).zip(["none", "gzip", "snappy", "lz4", "zstd"]) {
        let compression = Compression::from_id(id).unwrap();
        assert_eq!((compression.id(), compression.name()), (id, name));
        assert_eq!(name.parse(), Ok(compression));
    }
    assert_eq!("uncompressed".parse(), Ok(Compression::None));
    assert_eq!(Compression::from_id(5), Err(UnknownCompression(5)));
    "producer".parse::<Compression>().expect_err("that is a topic's wish and no codec");
}
