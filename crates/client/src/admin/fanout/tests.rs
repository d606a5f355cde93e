use super::*;
use Told::*;

/// What a broker says about one thing.
#[derive(Clone, Copy)]
enum Told {
    Good(&'static str, i32),
    Bad(&'static str, ErrorCode),
}

fn answers(told: &[Told]) -> Answers<String, i32> {
    let read = |told: &Told| match told {
        Good(key, value) => (key.to_string(), Ok(*value)),
        Bad(key, code) => (key.to_string(), Err(Error::refused(*key, code.0, None))),
    };
    told.iter().map(read).collect()
}

/// Plays rounds against a call about a, b and c. Shows what is open after each, then the outcome.
#[track_caller]
fn check(rounds: &[&[Told]], open_after: &[&str], outcome: &str) {
    let mut fanout: Fanout<String, i32> = Fanout::new(
        ["a", "b", "c", "a"]
            .map(|key| (key.to_owned(), Target::Coordinator(CoordinatorKind::Group, key.to_owned()))),
    );
    let mut seen = Vec::new();
    for round in rounds {
        let open: Vec<String> = fanout.open().into_iter().map(|(key, _)| key).collect();
        fanout.heard(&open, Ok(answers(round)));
        seen.push(fanout.open().into_iter().map(|(key, _)| key).collect::<String>());
    }
    assert_eq!(seen, open_after);
    fanout.give_up(Some(Duration::from_secs(1)));
    let shown: Vec<String> = fanout
        .finish()
        .into_iter()
        .map(|(key, answer)| match answer {
            Ok(value) => format!("{key}={value}"),
            Err(Error::GaveUp { last, .. }) => format!("{key}:gave up on {}", last.code().unwrap()),
            Err(error) => format!("{key}:{}", error.code().unwrap()),
        })
        .collect();
    assert_eq!(shown.join(" "), outcome);
}

#[test]
fn each_is_answered_apart_in_the_order_asked() {
    let all = [Good("c", 3), Good("a", 1), Good("b", 2)];
    check(&[&all], &[""], "a=1 b=2 c=3");
    let refused = [Bad("b", ErrorCode::GROUP_ID_NOT_FOUND), Good("a", 1), Good("c", 3)];
    check(&[&refused], &[""], "a=1 b:GROUP_ID_NOT_FOUND c=3");
}

#[test]
fn what_may_pass_is_asked_again() {
    let moved = [Good("a", 1), Bad("b", ErrorCode::NOT_COORDINATOR), Good("c", 3)];
    check(&[&moved, &[Good("b", 2)]], &["b", ""], "a=1 b=2 c=3");
    check(
        &[&moved, &[Bad("b", ErrorCode::NOT_COORDINATOR)]],
        &["b", "b"],
        "a=1 b:gave up on NOT_COORDINATOR c=3",
    );
    check(
        &[&moved, &[Bad("b", ErrorCode::GROUP_AUTHORIZATION_FAILED)]],
        &["b", ""],
        "a=1 b:GROUP_AUTHORIZATION_FAILED c=3",
    );
}

#[test]
fn a_broker_that_answers_amiss_cannot_confuse_or_delay() {
    let short = [Good("a", 1)];
    check(&[&short], &[""], "a=1 b:UNKNOWN_SERVER_ERROR c:UNKNOWN_SERVER_ERROR");
    let twice = [Good("a", 1), Good("a", 9), Good("b", 2), Good("z", 7), Good("c", 3)];
    check(&[&twice], &[""], "a=1 b=2 c=3");
    // What is closed stays as it is.
    let late = [Good("a", 1), Bad("b", ErrorCode::NOT_COORDINATOR), Good("c", 3)];
    check(&[&late, &[Good("a", 8), Good("b", 2)]], &["b", ""], "a=1 b=2 c=3");
}

#[test]
fn a_failure_of_the_request_is_that_of_all_in_it() {
    let mut fanout: Fanout<String, i32> = Fanout::new(["a", "b"].map(|key| (key.to_owned(), Target::Any)));
    let gone = Error::Disconnected { address: "h:1".into() };
    fanout.heard(&["a".to_owned()], Err(gone));
    let malformed = Error::UnsupportedApi { address: "h:1".into(), api: protocol::ApiKey::ListGroups };
    fanout.heard(&["b".to_owned()], Err(malformed));
    assert_eq!(fanout.open().len(), 1);
    assert_eq!(fanout.failures().len(), 1);
    let finished = fanout.finish();
    assert!(matches!(finished[0].1, Err(Error::Disconnected { .. })));
    assert!(matches!(finished[1].1, Err(Error::UnsupportedApi { .. })));
}

#[test]
fn only_what_kafkas_clients_retry_is_asked_again() {
    let leader = Target::Leader(TopicPartition::new("t", 0));
    let unknown = Error::UnknownTopic("t".to_owned());
    let refused = |code: ErrorCode| Error::refused("t", code.0, None);
    assert!(HEALING.iter().all(|code| refused(*code).is_retriable()));
    for (target, error, passes) in [
        (&Target::Any, refused(ErrorCode::REBOOTSTRAP_REQUIRED), true),
        (&Target::Any, unknown.clone(), false),
        (&Target::Any, refused(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION), false),
        (&leader, unknown, false),
        (&leader, refused(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION), true),
        (&leader, refused(ErrorCode::TOPIC_AUTHORIZATION_FAILED), false),
    ] {
        assert_eq!(may_pass(target, &error), passes, "{target:?} {error}");
    }
}

#[test]
fn what_goes_to_one_place_goes_together() {
    let (any, one, two) = (Place::Any, Place::Broker(NodeId(1)), Place::Broker(NodeId(2)));
    let routed = vec![("a", two), ("b", one), ("c", two), ("d", any), ("e", two)];
    let expected = [(any, vec!["d"]), (one, vec!["b"]), (two, vec!["a", "c", "e"])];
    assert_eq!(batches(routed), BTreeMap::from(expected));
}
