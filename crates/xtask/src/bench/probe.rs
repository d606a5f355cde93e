//! The smallest client that can tell when a broker takes its first record: no library, so no back-off of a
//! library's, and the same bytes for every broker.
//!
//! Metadata v4 creates the topic and says whether it has a leader; Produce v7 writes one record to it.

use anyhow::{Result, ensure};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

const TOPIC: &str = "probe";
const LIMIT: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(1);

/// Asks until a record is acknowledged; how long that took since `started`.
pub(super) fn first_acknowledged(started: Instant, address: &str) -> Result<Duration> {
    let address: SocketAddr = address.parse()?;
    loop {
        if let Ok(true) = attempt(address) {
            return Ok(started.elapsed());
        }
        ensure!(started.elapsed() < LIMIT, "no record was acknowledged within {} s", LIMIT.as_secs());
        thread::sleep(PAUSE);
    }
}

fn attempt(address: SocketAddr) -> Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        ask(&mut stream, 3, 4, &metadata())?;
        let answer = ask(&mut stream, 0, 7, &produce())?;
        if produced(&answer) == Some(0) {
            return Ok(true);
        }
        thread::sleep(PAUSE);
    }
    Ok(false)
}

fn ask(stream: &mut TcpStream, key: i16, version: i16, body: &[u8]) -> Result<Vec<u8>> {
    let mut request = Vec::new();
    request.extend(key.to_be_bytes());
    request.extend(version.to_be_bytes());
    request.extend(1_i32.to_be_bytes());
    request.extend(text("probe"));
    request.extend(body);
    let mut frame = (request.len() as u32).to_be_bytes().to_vec();
    frame.extend(request);
    stream.write_all(&frame)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length))?;
    ensure!((4..1 << 20).contains(&length), "an answer of {length} bytes");
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer)?;
    Ok(answer.split_off(4))
}

fn text(value: &str) -> Vec<u8> {
    let mut bytes = (value.len() as u16).to_be_bytes().to_vec();
    bytes.extend(value.as_bytes());
    bytes
}

fn metadata() -> Vec<u8> {
    let mut body = 1_i32.to_be_bytes().to_vec();
    body.extend(text(TOPIC));
    body.push(1); // The topic may be created.
    body
}

fn produce() -> Vec<u8> {
    let records = batch();
    let mut body = (-1_i16).to_be_bytes().to_vec(); // No transactional id.
    body.extend((-1_i16).to_be_bytes()); // acks=all
    body.extend(30_000_i32.to_be_bytes());
    body.extend(1_i32.to_be_bytes());
    body.extend(text(TOPIC));
    body.extend(1_i32.to_be_bytes());
    body.extend(0_i32.to_be_bytes());
    body.extend((records.len() as u32).to_be_bytes());
    body.extend(records);
    body
}

/// The error code of the one partition: after the count, the name, the count and the index.
fn produced(answer: &[u8]) -> Option<i16> {
    let at = 4 + 2 + TOPIC.len() + 4 + 4;
    let code = answer.get(at..at + 2)?;
    Some(i16::from_be_bytes(code.try_into().ok()?))
}

/// One record without key or headers, whose value is one byte.
fn batch() -> Vec<u8> {
    // Attributes, timestamp delta, offset delta, key length -1, value length 1, the value, no headers; as varints.
    let record = [0, 0, 0, 1, 2, b'x', 0];
    let mut tail = Vec::new();
    tail.extend(0_i16.to_be_bytes()); // attributes
    tail.extend(0_i32.to_be_bytes()); // last offset delta
    tail.extend(1_700_000_000_000_i64.to_be_bytes());
    tail.extend(1_700_000_000_000_i64.to_be_bytes());
    tail.extend((-1_i64).to_be_bytes()); // producer id
    tail.extend((-1_i16).to_be_bytes());
    tail.extend((-1_i32).to_be_bytes());
    tail.extend(1_i32.to_be_bytes());
    tail.push((record.len() as u8) << 1);
    tail.extend(record);

    let mut batch = 0_i64.to_be_bytes().to_vec();
    batch.extend((4 + 1 + 4 + tail.len() as u32).to_be_bytes());
    batch.extend((-1_i32).to_be_bytes()); // leader epoch
    batch.push(2);
    batch.extend(crc32c(&tail).to_be_bytes());
    batch.extend(tail);
    batch
}

/// Bit by bit: it is used on one batch of seventy bytes.
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0x82F6_3B78 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_castagnolis() {
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
    }
}
