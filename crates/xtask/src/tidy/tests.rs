use super::{documents, layers, sources};
use std::collections::BTreeMap;

#[track_caller]
fn check_arrow(from: &str, to: &str, expected: Option<&str>) {
    let [from, to] = [from, to].map(|name| layers::place_of(name).expect("a crate of the design"));
    let found = layers::arrow_problem(from, to);
    match expected {
        None => assert_eq!(found, None),
        Some(part) => assert!(found.as_ref().is_some_and(|problem| problem.contains(part)), "{found:?}"),
    }
}

#[test]
fn arrows_point_down() {
    check_arrow("wire", "base", None);
    check_arrow("group", "coordinator", None);
    check_arrow("broker", "storage", None);
    check_arrow("cli", "client", None);
    check_arrow("xtask", "testkit", None);
    check_arrow("base", "wire", Some("lower layer"));
    check_arrow("records", "protocol", Some("lower layer"));
    check_arrow("group", "txn", Some("lower layer"));
    check_arrow("metadata", "storage", Some("lower layer"));
    check_arrow("sql", "storage", Some("through `client` only"));
    check_arrow("client", "metadata", Some("through `client` only"));
    check_arrow("broker", "testkit", Some("only tests"));
}

/// Says how many problems a file of that name and text has.
#[track_caller]
fn check_source(path: &str, text: &str, expected: usize) {
    let found = sources::problems(path, text);
    assert_eq!(found.len(), expected, "{found:#?}");
}

#[test]
fn names_that_say_nothing_are_refused() {
    check_source("crates/group/src/sessions.rs", "", 0);
    check_source("crates/group/src/utils.rs", "", 1);
    check_source("crates/common/src/lib.rs", "", 1);
}

#[test]
fn left_overs_are_refused_in_code_and_not_in_prose() {
    check_source("crates/broker/src/lib.rs", "fn f() { todo!() }", 1);
    check_source("crates/broker/src/lib.rs", "    // todo!() is not allowed", 0);
    check_source("crates/broker/src/lib.rs", "#[ignore]\n#[test]", 1);
    check_source("crates/broker/src/lib.rs", "#[ignore = \"needs a disk of 1 TB\"]", 0);
    check_source("README.md", "todo!()", 0);
}

#[test]
fn folders_of_a_machine_are_refused() {
    check_source("README.md", "see /home/me/notes", 1);
    check_source("README.md", "(/tmp/x)", 1);
    check_source("README.md", "log.dirs=/tmp/kafka-logs", 0);
    check_source("README.md", "target/tmp/x and ../home/x", 0);
}

#[test]
fn a_pure_core_has_no_clock_file_or_chance() {
    check_source("crates/group/src/lib.rs", "let now = Instant::now();", 1);
    check_source("crates/group/src/lib.rs", "use std::{time::Instant};", 0);
    check_source("crates/group/src/lib.rs", "operand::f();\n// Instant::now\n", 0);
    check_source("crates/group/src/lib.rs", "#[cfg(test)]\nmod tests { fn f() { Instant::now(); } }", 0);
    check_source("crates/group/src/sessions/tests.rs", "Instant::now()", 0);
    check_source("crates/broker/src/lib.rs", "Instant::now()", 0);
}

#[track_caller]
fn check_page(page: &str, expected: &[&str]) {
    let declared =
        BTreeMap::from([("bytes".to_owned(), "1.2".to_owned()), ("uuid".to_owned(), "1".to_owned())]);
    let found = documents::dependency_problems(&declared, page);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (problem, part) in found.iter().zip(expected) {
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
fn every_dependency_has_one_true_line() {
    let uuid = "| `uuid` | 1 | MIT | ids | active | Kafka's ids are UUIDs |";
    check_page(&format!("| `bytes` | 1.2 | MIT | buffers | active | shared slices |\n{uuid}"), &[]);
    check_page(uuid, &["no line for `bytes`"]);
    check_page(&format!("| `bytes` | 1.1 | MIT | buffers | active | x |\n{uuid}"), &["is at 1.2"]);
    check_page(&format!("| `bytes` | 1.2 | MIT | |\n{uuid}"), &["lacks"]);
    check_page(
        &format!("| `bytes` | 1.2 | MIT | b | a | x |\n{uuid}\n| `old` | 1 | MIT | x | y | z |"),
        &["drop its line"],
    );
    check_page(&format!("| `bytes` | 1.2 | MIT | b | a | x |\n{uuid}\n## Tools\n| `kcat` | 1 |"), &[]);
}
