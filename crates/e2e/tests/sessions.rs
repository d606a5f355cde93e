//! Incremental fetch sessions (KIP-227).
use protocol::{
    ErrorCode, FetchRequest, FetchResponse,
    fetch::request::{FetchTopic, ForgottenTopic},
};
use testkit::{TestBroker, Wire, fetch_request, text, values_in};

/// A fetch in a session: id, epoch, and what is new to it.
fn in_session(session_id: i32, session_epoch: i32, wanted: &[(&str, i32, i64)]) -> FetchRequest {
    FetchRequest { session_id, session_epoch, ..fetch_request(wanted) }
}

fn forget(mut request: FetchRequest, topic: &str, partition: i32) -> FetchRequest {
    request.forgotten_topics_data.push(ForgottenTopic {
        topic: text(topic),
        partitions: vec![partition],
        ..Default::default()
    });
    request
}

/// Partitions and how many records each has.
fn news(response: FetchResponse) -> Vec<(i32, usize)> {
    assert_eq!(response.error_code, 0);
    let parts = response.responses.into_iter().flat_map(|topic| topic.partitions);
    parts.map(|part| (part.partition_index, values_in(part.records).len())).collect()
}

/// A session over all three partitions of `t`.
fn open(wire: &mut Wire) -> i32 {
    let opened = wire.ask(12, &in_session(0, 0, &[("t", 0, 0), ("t", 1, 0), ("t", 2, 0)]));
    let id = opened.session_id;
    assert_ne!(id, 0);
    assert_eq!(news(opened), [(0, 0), (1, 0), (2, 0)], "a full answer names everything");
    id
}

fn start() -> (TestBroker, Wire) {
    start_with(&[])
}

fn start_with(settings: &[(&str, &str)]) -> (TestBroker, Wire) {
    let broker = TestBroker::with(settings);
    let mut wire = broker.connect();
    wire.create("t", 3);
    (broker, wire)
}

/// 48. Epoch 0 opens a session; its later answers leave out what has not changed.
#[test]
fn only_news_is_told() {
    let (_broker, mut wire) = start();
    let id = open(&mut wire);
    assert_eq!(news(wire.ask(12, &in_session(id, 1, &[]))), []);
    wire.append("t", 1, &["x"]);
    let told = wire.ask(12, &in_session(id, 2, &[]));
    assert_eq!(told.session_id, id);
    assert_eq!(news(told), [(1, 1)]);
    assert_eq!(news(wire.ask(12, &in_session(id, 3, &[]))), [(1, 1)], "until it is read on");
    assert_eq!(news(wire.ask(12, &in_session(id, 4, &[("t", 1, 1)]))), []);
}

/// 48. Epoch -1 closes the session and is answered in full, without one.
#[test]
fn the_last_epoch_closes() {
    let (_broker, mut wire) = start();
    let id = open(&mut wire);
    let last = wire.ask(12, &in_session(id, -1, &[("t", 0, 0)]));
    assert_eq!((last.session_id, news(last)), (0, vec![(0, 0)]));
    let gone = wire.ask(12, &in_session(id, 1, &[]));
    assert_eq!(ErrorCode(gone.error_code), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
}

/// 48. Epoch 0 with a session's id closes that one and opens another.
#[test]
fn a_first_epoch_replaces() {
    let (_broker, mut wire) = start();
    let id = open(&mut wire);
    let replaced = wire.ask(12, &in_session(id, 0, &[("t", 0, 0)]));
    assert!(replaced.session_id != 0 && replaced.session_id != id);
    let gone = wire.ask(12, &in_session(id, 1, &[]));
    assert_eq!(ErrorCode(gone.error_code), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
}

/// 48. An epoch out of turn is INVALID_FETCH_SESSION_EPOCH, a session nobody has FETCH_SESSION_ID_NOT_FOUND, and
///     changing between names and ids FETCH_SESSION_TOPIC_ID_ERROR. None of them ends the session.
#[test]
fn sessions_refuse_what_is_not_theirs() {
    let (_broker, mut wire) = start();
    let id = open(&mut wire);
    for (version, session, epoch, code) in [
        (12, id, 2, ErrorCode::INVALID_FETCH_SESSION_EPOCH),
        (12, id, 7, ErrorCode::INVALID_FETCH_SESSION_EPOCH),
        (12, id ^ 1, 1, ErrorCode::FETCH_SESSION_ID_NOT_FOUND),
        (12, 0, 1, ErrorCode::FETCH_SESSION_ID_NOT_FOUND),
        (13, id, 1, ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR),
    ] {
        let answer = wire.ask(version, &in_session(session, epoch, &[]));
        assert_eq!((ErrorCode(answer.error_code), answer.session_id), (code, 0), "{session} {epoch}");
        assert!(answer.responses.is_empty());
    }
    assert_eq!(news(wire.ask(12, &in_session(id, 1, &[]))), []);
}

/// 48. Partitions enter and leave a session; one that has none left is closed.
#[test]
fn partitions_come_and_go() {
    let (_broker, mut wire) = start();
    let opened = wire.ask(12, &in_session(0, 0, &[("t", 0, 0)]));
    let id = opened.session_id;
    assert_eq!(news(wire.ask(12, &in_session(id, 1, &[("t", 2, 0)]))), [(2, 0)], "it is new to the session");
    wire.append("t", 2, &["x"]);
    wire.append("t", 0, &["x"]);
    let left = wire.ask(12, &forget(in_session(id, 2, &[]), "t", 0));
    assert_eq!(news(left), [(2, 1)]);
    let empty = wire.ask(12, &forget(in_session(id, 3, &[]), "t", 2));
    assert_eq!((empty.session_id, news(empty)), (0, vec![]));
    let gone = wire.ask(12, &in_session(id, 4, &[]));
    assert_eq!(ErrorCode(gone.error_code), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
}

/// 48. A partition that had records goes to the end of the line, so that a limit cannot starve the others.
#[test]
fn partitions_take_turns() {
    let (_broker, mut wire) = start();
    for partition in 0..3 {
        wire.append("t", partition, &["x"]);
    }
    let one_at_a_time = |session_id, session_epoch, topics: Vec<FetchTopic>| FetchRequest {
        session_id,
        session_epoch,
        max_bytes: 1,
        topics,
        ..fetch_request(&[])
    };
    let all = fetch_request(&[("t", 0, 0), ("t", 1, 0), ("t", 2, 0)]).topics;
    let opened = wire.ask(12, &one_at_a_time(0, 0, all));
    let id = opened.session_id;
    assert_eq!(news(opened), [(0, 1), (1, 0), (2, 0)]);
    let with_records = |response| {
        news(response).into_iter().filter(|(_, count)| *count > 0).map(|(index, _)| index).collect::<Vec<_>>()
    };
    assert_eq!(with_records(wire.ask(12, &one_at_a_time(id, 1, vec![]))), [1]);
    assert_eq!(with_records(wire.ask(12, &one_at_a_time(id, 2, vec![]))), [2]);
    assert_eq!(with_records(wire.ask(12, &one_at_a_time(id, 3, vec![]))), [0]);
}

/// 48. A deleted topic is told to the session, once it is asked.
#[test]
fn errors_are_news() {
    let (_broker, mut wire) = start();
    let id = open(&mut wire);
    let delete = protocol::DeleteTopicsRequest {
        topic_names: vec![text("t")],
        timeout_ms: 9000,
        ..Default::default()
    };
    assert_eq!(wire.ask(5, &delete).responses[0].error_code, 0);
    let told = wire.ask(12, &in_session(id, 1, &[]));
    let codes: Vec<_> =
        told.responses.iter().flat_map(|topic| &topic.partitions).map(|part| part.error_code).collect();
    assert_eq!(codes, [3, 3, 3]);
}

/// 48. With all slots taken by sessions in use a newcomer goes without one.
#[test]
fn a_full_cache_turns_newcomers_away() {
    let (_broker, mut wire) = start_with(&[("max.incremental.fetch.session.cache.slots", "1")]);
    let id = open(&mut wire);
    assert_eq!(wire.ask(12, &in_session(0, 0, &[("t", 0, 0)])).session_id, 0);
    assert_eq!(wire.ask(12, &in_session(id, 1, &[])).session_id, id);
    assert_eq!(wire.ask(12, &in_session(id, -1, &[])).session_id, 0);
    assert_ne!(wire.ask(12, &in_session(0, 0, &[("t", 0, 0)])).session_id, 0);
}

/// 48. A session outlives the connection that opened it, but not the broker.
#[test]
fn a_session_is_the_brokers() {
    let (mut broker, mut wire) = start();
    let id = open(&mut wire);
    drop(wire);
    assert_eq!(news(broker.connect().ask(12, &in_session(id, 1, &[]))), []);
    broker.restart();
    let gone = broker.connect().ask(12, &in_session(id, 2, &[]));
    assert_eq!(ErrorCode(gone.error_code), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
}
