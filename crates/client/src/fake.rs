//! For tests: a broker that does as it is told, over any stream.
use crate::Address;
use bytes::Bytes;
use protocol::{
    ApiKey, ApiVersionsResponse, ErrorCode, MetadataResponse, Response,
    api_versions::response::ApiVersion,
    encode_response,
    metadata::response::{MetadataResponseBroker, MetadataResponseTopic},
    read_request_header,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use wire::Reader;

/// One request: what it is and its body.
pub(crate) struct Asked {
    pub(crate) key: ApiKey,
    pub(crate) version: i16,
    pub(crate) id: i32,
    pub(crate) body: Reader,
}

impl Asked {
    pub(crate) fn answer<R: Response>(&self, response: &R) -> Vec<u8> {
        encode_response(self.id, response, self.version).unwrap().concat()
    }

    /// An offer of these APIs, each from version 0.
    pub(crate) fn offer(&self, apis: &[(ApiKey, i16)]) -> Vec<u8> {
        let offer = |(key, max_version): &(ApiKey, i16)| ApiVersion {
            api_key: *key as i16,
            min_version: 0,
            max_version: *max_version,
        };
        let api_keys = apis.iter().map(offer).collect();
        self.answer(&ApiVersionsResponse { error_code: ErrorCode::NONE.0, api_keys, ..Default::default() })
    }
}

/// Metadata of a cluster whose only broker, number 1, listens at this port.
pub(crate) fn metadata(port: u16, topics: Vec<MetadataResponseTopic>) -> MetadataResponse {
    let host = "127.0.0.1".into();
    let broker = MetadataResponseBroker { node_id: 1, host, port: port.into(), ..Default::default() };
    MetadataResponse { brokers: vec![broker], topics, ..Default::default() }
}

/// Listens, and hands every connection to `serve`.
pub(crate) async fn listen<F: Future<Output = ()> + Send + 'static>(
    host: &str,
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    Address { host: host.to_owned(), port }
}

/// Answers until there is no answer.
pub(crate) async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    mut answer: impl FnMut(Asked) -> Option<Vec<u8>>,
) {
    let mut length = [0; 4];
    while stream.read_exact(&mut length).await.is_ok() {
        let mut frame = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut frame).await.unwrap();
        let mut body = Reader::new(Bytes::from(frame));
        let (key, header) = read_request_header(&mut body).unwrap();
        let asked = Asked { key, version: header.request_api_version, id: header.correlation_id, body };
        let Some(said) = answer(asked) else { return };
        if stream.write_all(&said).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}
