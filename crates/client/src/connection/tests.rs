use super::*;
use protocol::{ApiKey, ListGroupsRequest, api_versions::response::ApiVersion, encode_response};
use tokio::net::TcpListener;

/// A broker that does as it is told: what it was asked (key, version, correlation id) to what it says.
async fn broker(answer: impl Fn(i16, i16, i32) -> Vec<u8> + Send + 'static) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut length = [0; 4];
            while socket.read_exact(&mut length).await.is_ok() {
                let mut frame = vec![0; u32::from_be_bytes(length) as usize];
                socket.read_exact(&mut frame).await.unwrap();
                let short = |at: usize| i16::from_be_bytes([frame[at], frame[at + 1]]);
                let id = i32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]);
                let said = answer(short(0), short(2), id);
                if said.is_empty() || socket.write_all(&said).await.is_err() {
                    break;
                }
            }
        }
    });
    Address { host: "127.0.0.1".to_owned(), port }
}

const VERSIONS: i16 = ApiKey::ApiVersions as i16;
const GROUPS: i16 = ApiKey::ListGroups as i16;

fn bytes(segments: &[Bytes]) -> Vec<u8> {
    segments.concat()
}

/// Offers ApiVersions and ListGroups up to this version.
fn greeting(id: i32, version: i16, error_code: ErrorCode, groups: i16) -> Vec<u8> {
    let offer = |api_key, max_version| ApiVersion { api_key, min_version: 0, max_version };
    let api_keys = vec![offer(VERSIONS, version), offer(GROUPS, groups)];
    let response = ApiVersionsResponse { error_code: error_code.0, api_keys, ..Default::default() };
    bytes(&encode_response(id, &response, version).unwrap())
}

fn dialer() -> Dialer {
    Dialer::new(config()).unwrap()
}

fn config() -> Config {
    let soon = Duration::from_millis(200);
    Config { request_timeout: soon, max_response_size: 1000, ..Config::new(Vec::new()) }
}

async fn list_groups(address: &Address) -> Result<(), Error> {
    let connection = Connection::open(address, &dialer()).await?;
    connection.request(&ListGroupsRequest::default()).await.map(drop)
}

#[tokio::test]
async fn greets_an_old_broker_in_its_own_version() {
    for oldest in [0, 2] {
        let address = broker(move |key, version, id| match (key, version) {
            (VERSIONS, version) if version > oldest => {
                // Version 0, and the range it has in `max_version`.
                let offer = vec![ApiVersion { api_key: VERSIONS, min_version: 0, max_version: oldest }];
                let error_code = ErrorCode::UNSUPPORTED_VERSION.0;
                let response = ApiVersionsResponse { error_code, api_keys: offer, ..Default::default() };
                bytes(&encode_response(id, &response, 0).unwrap())
            }
            (VERSIONS, version) => greeting(id, version, ErrorCode::NONE, 1),
            (_, version) => {
                assert_eq!(version, 1, "the highest that both have");
                bytes(&encode_response(id, &protocol::ListGroupsResponse::default(), version).unwrap())
            }
        })
        .await;
        list_groups(&address).await.unwrap();
    }
}

/// Greets, then answers ListGroups like this; how the request fails.
async fn fails(answer: impl Fn(i32) -> Vec<u8> + Send + 'static) -> Error {
    let address = broker(move |key, version, id| match key {
        VERSIONS => greeting(id, version, ErrorCode::NONE, 5),
        _ => answer(id),
    })
    .await;
    list_groups(&address).await.unwrap_err()
}

#[tokio::test]
async fn hostile_answers_are_errors() {
    assert!(matches!(fails(|_| Vec::new()).await, Error::Disconnected { .. }));
    assert!(matches!(
        fails(|_| vec![0, 0, 3, 233]).await,
        Error::FrameLength { length: 1001, limit: 1000, .. }
    ));
    assert!(matches!(fails(|_| vec![0xff; 4]).await, Error::FrameLength { length: -1, .. }));
    assert!(matches!(fails(|_| vec![0, 0, 0, 4, 0, 0, 0, 99]).await, Error::OutOfStep { received: 99, .. }));
    let truncated = |id: i32| [&[0, 0, 0, 4][..], &id.to_be_bytes()].concat();
    assert!(matches!(fails(truncated).await, Error::Malformed { api: ApiKey::ListGroups, .. }));
    // Cut off in the middle of a frame, and never finished.
    assert!(matches!(fails(|_| vec![0, 0, 0, 40, 1]).await, Error::RequestTimeout { .. }));
}

#[tokio::test]
async fn a_late_answer_ends_the_connection() {
    let address = broker(|key, version, id| match key {
        VERSIONS => greeting(id, version, ErrorCode::NONE, 5),
        _ => vec![0],
    })
    .await;
    let connection = Connection::open(&address, &dialer()).await.unwrap();
    let request = ListGroupsRequest::default();
    let (first, second) = tokio::join!(connection.request(&request), connection.request(&request));
    assert!(matches!(first, Err(Error::RequestTimeout { .. })));
    assert!(second.is_err());
    assert!(!connection.is_open());
    assert!(matches!(connection.request(&request).await, Err(Error::RequestTimeout { .. })));
}

#[tokio::test]
async fn what_the_broker_lacks_is_not_sent() {
    let address = broker(|_, version, id| greeting(id, version, ErrorCode::NONE, 5)).await;
    let connection = Connection::open(&address, &dialer()).await.unwrap();
    let missing = connection.request(&protocol::DescribeClusterRequest::default()).await;
    assert!(matches!(missing, Err(Error::UnsupportedApi { api: ApiKey::DescribeCluster, .. })));
    assert!(connection.has(ApiKey::ListGroups) && !connection.has(ApiKey::DescribeCluster));
    assert_eq!(connection.version_of::<ListGroupsRequest>(3).unwrap(), 3);
}

#[tokio::test]
async fn nobody_there_is_an_error_with_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = Address { host: "127.0.0.1".to_owned(), port };
    let error = Connection::open(&address, &dialer()).await.unwrap_err();
    assert!(error.is_connection() && error.to_string().contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_one_that_waits_is_not() {
    let address = broker(|key, version, id| match key {
        VERSIONS => greeting(id, version, ErrorCode::NONE, 5),
        // Never a whole answer.
        _ => vec![0],
    })
    .await;
    let idle = Duration::from_millis(20);
    let config = Config { max_idle: Some(idle), request_timeout: Duration::from_secs(60), ..config() };
    let dialer = Dialer::new(config).unwrap();
    let is_closed = async |connection: &Connection, limit| {
        let closed = async {
            while connection.is_open() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(limit, closed).await.is_ok()
    };
    let unused = Connection::open(&address, &dialer).await.unwrap();
    assert!(is_closed(&unused, Duration::from_secs(30)).await);
    assert!(matches!(unused.request(&ListGroupsRequest::default()).await, Err(Error::Disconnected { .. })));
    let waiting = Connection::open(&address, &dialer).await.unwrap();
    let _pending = waiting.send(&ListGroupsRequest::default(), 0).unwrap();
    assert!(!is_closed(&waiting, idle * 10).await);
}
