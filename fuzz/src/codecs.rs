//! Any bytes as compressed data inflate to no more than the limit, and any bytes compress to what inflates to them.
use records::{Codec, Compression, Error};

const LIMIT: usize = 1 << 16;

pub fn gzip(data: &[u8]) {
    check(Compression::Gzip, data);
}

pub fn snappy(data: &[u8]) {
    check(Compression::Snappy, data);
}

pub fn lz4(data: &[u8]) {
    check(Compression::Lz4, data);
}

pub fn zstd(data: &[u8]) {
    check(Compression::Zstd, data);
}

fn check(compression: Compression, data: &[u8]) {
    let mut out = b"before".to_vec();
    match compression.inflate(data, LIMIT, &mut out) {
        Ok(()) => {
            assert!(out.len() - 6 <= LIMIT && out.starts_with(b"before"));
            // The limit is exact.
            let inflated = out.len() - 6;
            compression.inflate(data, inflated, &mut Vec::new()).expect("as much as it was");
            if inflated > 0 {
                let less = compression.inflate(data, inflated - 1, &mut Vec::new());
                assert!(matches!(less, Err(Error::TooLarge { .. })), "{less:?}");
            }
        }
        Err(Error::TooLarge { limit }) => assert_eq!(limit, LIMIT),
        Err(Error::Inflate { .. }) => {}
        Err(other) => panic!("not an error of a codec: {other}"),
    }
    let (mut compressed, mut again) = (Vec::new(), Vec::new());
    Codec::new(compression).compress(data, &mut compressed);
    compression.inflate(&compressed, data.len(), &mut again).expect("own data");
    assert_eq!(again, data);
}
