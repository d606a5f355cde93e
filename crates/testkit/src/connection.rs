//! One connection to a broker, without any of a client's manners.
use bytes::Bytes;
use protocol::{ApiVersionsRequest, Request};
use std::{
    collections::HashMap,
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};
use wire::Text;

/// Longer than anything in a test takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A raw connection. Reading waits for no longer than [`PATIENCE`].
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    client_id: Option<Text>,
    next_correlation_id: i32,
    /// Highest version of each key, once it was asked for.
    latest: HashMap<i16, i16>,
}

/// A frame around `body`.
pub fn frame(body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len()).unwrap();
    [&length.to_be_bytes(), body].concat()
}

impl Wire {
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let client_id = Some(Text::from_static("test"));
        Self { stream, client_id, next_correlation_id: 1, latest: HashMap::new() }
    }

    #[must_use]
    pub fn as_client(mut self, client_id: &'static str) -> Self {
        self.client_id = Some(Text::from_static(client_id));
        self
    }

    /// Sends a request and reads its answer.
    #[track_caller]
    pub fn ask<R: Request>(&mut self, version: i16, request: &R) -> R::Response {
        let sent = self.send(version, request);
        let (correlation_id, response) = self.receive::<R>(version);
        assert_eq!(correlation_id, sent, "the answer belongs to another request");
        response
    }

    /// The same in the highest version that the broker has.
    #[track_caller]
    pub fn latest<R: Request>(&mut self, request: &R) -> R::Response {
        if self.latest.is_empty() {
            let served = self.ask(0, &ApiVersionsRequest::default());
            self.latest = served.api_keys.iter().map(|api| (api.api_key, api.max_version)).collect();
        }
        let version = *self.latest.get(&(R::KEY as i16)).expect("the broker does not have this API");
        self.ask(version, request)
    }

    /// Sends a request and returns its correlation id.
    pub fn send<R: Request>(&mut self, version: i16, request: &R) -> i32 {
        let (correlation_id, frame) = self.prepare(version, request);
        self.send_bytes(&frame);
        correlation_id
    }

    /// A request's correlation id and its frame, for tests that send several at once.
    pub fn prepare<R: Request>(&mut self, version: i16, request: &R) -> (i32, Vec<u8>) {
        let correlation_id = self.next_correlation_id;
        self.next_correlation_id += 1;
        let segments =
            protocol::encode_request(correlation_id, self.client_id.clone(), request, version).unwrap();
        (correlation_id, segments.concat())
    }

    /// Reads the next answer, which must be one to `R`.
    #[track_caller]
    pub fn receive<R: Request>(&mut self, version: i16) -> (i32, R::Response) {
        protocol::decode_response::<R>(self.receive_frame(), version).unwrap()
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Like [`send_bytes`](Self::send_bytes), to a peer that may not want to hear it all.
    pub fn try_send_bytes(&mut self, bytes: &[u8]) {
        // That it failed is seen when reading.
        let _ = self.stream.write_all(bytes);
    }

    /// Asks a broker that may be gone before it has answered.
    pub fn try_ask<R: Request>(&mut self, version: i16, request: &R) -> io::Result<R::Response> {
        let segments =
            protocol::encode_request(self.next_correlation_id, self.client_id.clone(), request, version)
                .unwrap();
        self.stream.write_all(&segments.concat())?;
        self.next_correlation_id += 1;
        let frame = self.try_receive_frame()?;
        Ok(protocol::decode_response::<R>(frame, version).unwrap().1)
    }

    /// The next frame, without its length.
    #[track_caller]
    pub fn receive_frame(&mut self) -> Bytes {
        self.try_receive_frame().expect("an answer")
    }

    fn try_receive_frame(&mut self) -> io::Result<Bytes> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut body = vec![0; usize::try_from(i32::from_be_bytes(length)).unwrap()];
        self.stream.read_exact(&mut body)?;
        Ok(Bytes::from(body))
    }

    /// Whether anything comes, now or before the connection is closed.
    pub fn is_answered(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]), Ok(1))
    }

    /// Whether anything comes within this time. To show that something does *not* happen yet, so keep it short.
    pub fn has_bytes_within(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).unwrap();
        let seen = matches!(self.stream.peek(&mut [0; 1]), Ok(1..));
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        seen
    }

    /// The broker closes the connection without a byte.
    #[track_caller]
    pub fn expect_closed(mut self) {
        match self.stream.read(&mut [0; 1]) {
            Ok(0) => {}
            Ok(_) => panic!("the broker answered"),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("the connection stays open: {error}"),
        }
    }

    /// The connection still serves, and nothing else was on its way.
    #[track_caller]
    pub fn expect_open(&mut self) {
        self.ask(0, &ApiVersionsRequest::default());
    }
}
