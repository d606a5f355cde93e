//! From socket to log and back, a batch costs its place in the socket's buffer and nothing else that grows with it.
//!
//! A test binary of its own, because it has its own allocator. The client's side of the connection uses buffers
//! made beforehand, so what is counted is the broker's.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(unsafe_code)]

use protocol::Request;
use records::{BatchBuilder, Compression, NewRecord};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use testkit::{TestBroker, batch_of, fetch_request, produce_request};

struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block came from `alloc` above with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a connection reads into before it knows how long a frame is.
const READ_BUFFER: usize = 64 << 10;
/// Everything that does not grow with the batch: decoded requests, answers, places in lists.
const FIXED: usize = 32 << 10;

/// One frame that asks, in one piece.
fn frame<R: Request>(request: &R, version: i16) -> Vec<u8> {
    protocol::encode_request(1, None, request, version).unwrap().concat()
}

/// The least that was allocated while a frame was sent and answered, over a few attempts, and the answer's length.
///
/// The least, because other connections and chores of the broker allocate meanwhile; a copy would be in every attempt.
fn cost(socket: &mut TcpStream, frame: &[u8], room: &mut [u8]) -> (usize, usize) {
    let attempt = |_| {
        let before = ALLOCATED.load(Relaxed);
        socket.write_all(frame).unwrap();
        let mut length = [0; 4];
        socket.read_exact(&mut length).unwrap();
        let length = usize::try_from(i32::from_be_bytes(length)).unwrap();
        socket.read_exact(&mut room[..length]).unwrap();
        (ALLOCATED.load(Relaxed) - before, length)
    };
    (0..8).map(attempt).min().unwrap()
}

#[test]
fn a_batch_is_not_copied_between_socket_and_log() {
    let broker = TestBroker::start();
    broker.connect().create_with("t", 1, &[("mainstem.durability", "os")]);
    let connect = || TcpStream::connect(broker.address()).unwrap();
    let (mut producer, mut consumer) = (connect(), connect());
    let mut room = vec![0; 4 << 20];
    for value_bytes in [40_000, 200_000, 1_000_000] {
        let value = vec![7; value_bytes];
        let record = NewRecord { value: Some(&value), ..NewRecord::default() };
        let batch = batch_of(BatchBuilder::new(Compression::None), &[record]);
        let produce = frame(&produce_request("t", 0, batch), 9);
        // The frame's own buffer, and one of the same size for the frame that is expected next: a copy would be a third.
        let (produced, _) = cost(&mut producer, &produce, &mut room);
        let allowed = 2 * produce.len() + 4 * READ_BUFFER + FIXED;
        assert!(
            produced < allowed,
            "{produced} bytes to produce a batch of {value_bytes}, {allowed} allowed"
        );

        // One record a batch, and the newest is the one that was just produced.
        let newest = broker.connect().list_offset("t", 0, -1).offset - 1;
        let mut fetch = fetch_request(&[("t", 0, newest)]);
        fetch.max_bytes = i32::MAX;
        let fetch = frame(&fetch, 12);

        let (fetched, answer) = cost(&mut consumer, &fetch, &mut room);
        assert!(answer > value_bytes, "the answer of {answer} bytes has the batch");
        // A few read buffers, however long the batch is.
        let allowed = 4 * READ_BUFFER + FIXED;
        assert!(fetched < allowed, "{fetched} bytes to fetch a batch of {value_bytes}, {allowed} allowed");
    }
}
