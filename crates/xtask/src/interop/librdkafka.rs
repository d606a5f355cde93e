//! librdkafka's own test runner, one process per test so that a hanging one is only itself.
//!
//! `interop/librdkafka/passing.txt` says what passes and only grows; `absent.txt` gives a reason for each other
//! test that needs a broker. A test of the source that is in neither is a failure, as is one that skips itself.

use super::{
    broker::Broker,
    process::{self, Outcome},
    session::Session,
};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Most tests mostly wait, so more of them than cores go on at once.
const WORKERS: usize = 6;
/// What a test may take beyond three times what it took on the reference.
const GRACE: Duration = Duration::from_secs(120);
const LISTS: &str = "interop/librdkafka";

/// What one process runs: all tests of a number, or one part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unit {
    number: String,
    part: Option<String>,
    names: Vec<String>,
    seconds: u32,
    scenario: &'static str,
}

impl Unit {
    /// What the runner is told to pick of the test: the last word of the part's path, where `+` is a space.
    fn filter(&self) -> Option<String> {
        let last = self.part.as_ref()?.rsplit('/').next()?;
        Some(last.replace('+', " "))
    }

    fn name(&self) -> String {
        let tests = self.names.join(" ");
        self.part.as_ref().map_or_else(|| tests.clone(), |part| format!("{tests}/{part}"))
    }
}

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let lists = workspace::root().join(LISTS);
    let passing = fs::read_to_string(lists.join("passing.txt"))?;
    let absent = fs::read_to_string(lists.join("absent.txt"))?;
    let source = fs::read_to_string(session.tools.librdkafka().join("tests/test.c"))?;
    session.check("every test is on a list", || every_test_is_listed(&source, &passing, &absent));

    let mut units = units(&passing)?;
    units.retain(|unit| session.selected(&unit.name()));
    units.sort_by_key(|unit| std::cmp::Reverse(unit.seconds));
    for (scenario, creates) in [("default", "true"), ("noautocreate", "false")] {
        let units: Vec<Unit> = units.iter().filter(|unit| unit.scenario == scenario).cloned().collect();
        if units.is_empty() {
            continue;
        }
        // Some tests count on members that join at once to share a generation.
        let settings = [("auto.create.topics.enable", creates), ("group.initial.rebalance.delay.ms", "1000")];
        let broker = session.broker_of(session.kind, scenario, &settings)?;
        run_units(session, &broker, units)?;
    }
    Ok(())
}

fn run_units(session: &mut Session<'_>, broker: &Broker, units: Vec<Unit>) -> Result<()> {
    let logs = session.logs()?;
    let configuration = logs.join(format!("{}.conf", units.first().map_or("", |unit| unit.scenario)));
    fs::write(&configuration, format!("metadata.broker.list={}\n", broker.address))?;
    let queue = Mutex::new(units.into_iter());
    let (results, done) = mpsc::channel();
    let runner = Runner {
        tests: session.tools.librdkafka().join("tests"),
        kafka_home: session.tools.kafka_home(),
        configuration,
        logs,
        address: broker.address.clone(),
    };
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (queue, results, runner) = (&queue, results.clone(), &runner);
            scope.spawn(move || {
                loop {
                    let Some(unit) = queue.lock().expect("no worker panics").next() else { break };
                    let started = Instant::now();
                    // One more try: a few of these judge the time that a busy machine took.
                    let mut result = runner.run(&unit);
                    let again = result.is_err();
                    if again {
                        result = runner.run(&unit);
                    }
                    if results.send((unit, again, result, started.elapsed())).is_err() {
                        break;
                    }
                }
            });
        }
        drop(results);
        for (unit, again, result, elapsed) in done {
            let name = unit.name();
            match result {
                Ok(()) if again => session.pass(&format!("{name}, at the second try"), elapsed),
                Ok(()) => session.pass(&name, elapsed),
                Err(error) => session.fail(&name, &error),
            }
        }
    });
    Ok(())
}

#[derive(Debug)]
struct Runner {
    tests: std::path::PathBuf,
    kafka_home: std::path::PathBuf,
    configuration: std::path::PathBuf,
    logs: std::path::PathBuf,
    address: String,
}

impl Runner {
    fn run(&self, unit: &Unit) -> Result<()> {
        let outcome = self.outcome(unit)?;
        let log = self.logs.join(format!("{}.log", unit.name().replace(['/', ' '], "+")));
        fs::write(&log, outcome.all())?;
        let shown = plain(&outcome.all());
        ensure!(outcome.status.success(), "{}\n{}\n{}", outcome.status, log.display(), why(&shown));
        for name in &unit.names {
            ensure!(verdict(&shown, name) == Some("PASSED"), "{name}: {:?}", verdict(&shown, name));
        }
        if let Some(part) = unit.filter() {
            let ran = shown.lines().any(|line| line.contains(part.as_str()) && line.contains(": PASS ("));
            ensure!(ran, "no part `{part}` ran");
        }
        Ok(())
    }

    fn outcome(&self, unit: &Unit) -> Result<Outcome> {
        let mut runner = process::command(self.tests.join("test-runner"));
        runner.args(["-p1", "-L", "-V", "4.3.1", "-s", unit.scenario]).current_dir(&self.tests);
        // Where CI is set, the runner skips its latency tests, which would then count as failed.
        runner.env_remove("CI");
        runner.env("LD_LIBRARY_PATH", "../src:../src-cpp").env("TESTS", &unit.number);
        runner.env("RDKAFKA_TEST_CONF", &self.configuration);
        runner.env("KAFKA_PATH", &self.kafka_home).env("BROKERS", &self.address);
        // Left alone, the runner takes its seed from the clock, and two that start in the same microsecond make the
        // same topics and groups.
        static SEED: AtomicU32 = AtomicU32::new(1);
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = (since_1970.as_secs() as u32 & 0xffff) << 12 | SEED.fetch_add(1, Relaxed) & 0xfff;
        runner.env("TEST_SEED", seed.to_string());
        if let Some(part) = unit.filter() {
            runner.env("SUBTESTS", part);
        }
        let limit = GRACE + 3 * Duration::from_secs(unit.seconds.into());
        process::capture(&mut runner, b"", limit)
    }
}

/// Without the codes that colour a terminal.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// The lines after each mark of a failure.
fn why(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let marks = lines.iter().enumerate().filter(|(_, line)| line.starts_with("### Test"));
    let lines: Vec<&str> = marks.flat_map(|(at, _)| lines.iter().skip(at).take(2).copied()).take(6).collect();
    lines.join("\n")
}

/// The runner ends with a table: `| NAME | PASSED | 1.0s |`.
fn verdict<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    let rows = said.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    rows.filter(|cells| cells.get(1) == Some(&name)).find_map(|cells| cells.get(2).copied())
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn units(list: &str) -> Result<Vec<Unit>> {
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    for line in entries(list) {
        let mut words = line.split(' ');
        let name = words.next().context("a name")?;
        let seconds: u32 = words.next().with_context(|| format!("{line}: how long?"))?.parse()?;
        let scenario = if words.next() == Some("noautocreate") { "noautocreate" } else { "default" };
        let (test, part) =
            name.split_once('/').map_or((name, None), |(test, part)| (test, Some(part.to_owned())));
        let number = test.split('_').next().context("a number")?.to_owned();
        let key = format!("{number}/{}/{scenario}", part.as_deref().unwrap_or_default());
        let unit = units.entry(key).or_insert(Unit { number, part, names: Vec::new(), seconds: 0, scenario });
        unit.names.push(test.to_owned());
        unit.seconds += seconds;
    }
    Ok(units.into_values().collect())
}

fn every_test_is_listed(source: &str, passing: &str, absent: &str) -> Result<()> {
    let name = |line: &str| line.split([' ', '/']).next().unwrap_or_default().to_owned();
    let listed: BTreeSet<String> = entries(passing).chain(entries(absent)).map(name).collect();
    let missing: Vec<String> =
        tests_of_source(source).into_iter().filter(|test| !listed.contains(test)).collect();
    ensure!(missing.is_empty(), "in neither list: {}", missing.join(", "));
    for line in entries(absent) {
        ensure!(line.split_once(' ').is_some_and(|(_, why)| !why.is_empty()), "{line}: why?");
    }
    Ok(())
}

/// `_TEST(0001_multiobj, 0)`, but for those that are marked as needing no broker.
fn tests_of_source(source: &str) -> Vec<String> {
    let table = source.split_once("struct test tests[]").map_or("", |(_, table)| table);
    let calls = table.split("_TEST(").skip(1);
    let tests = calls
        .filter_map(|call| call.split_once(','))
        .filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit()));
    let need_broker =
        tests.filter(|(_, rest)| !rest.split([',', ')']).next().unwrap_or_default().contains("TEST_F_LOCAL"));
    need_broker.map(|(name, _)| name.to_owned()).collect()
}

/// What a list held before and holds no more. A test may give way to its parts, and a list with another heading
/// was a list of something else.
pub(crate) fn lost(before: &str, now: &str) -> Vec<String> {
    if before.lines().next() != now.lines().next() {
        return Vec::new();
    }
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let now: BTreeSet<String> = entries(now).map(name).collect();
    let kept =
        |test: &String| now.contains(test) || now.iter().any(|part| part.starts_with(&format!("{test}/")));
    entries(before).map(name).filter(|test| !kept(test)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_lists() {
        let units = units("# a comment\n0045_a 3\n0045_b 4\n0081_admin/do_test_x 5\n0107_c 1 noautocreate\n")
            .expect("a list");
        let shown: Vec<_> = units.iter().map(|unit| (unit.name(), unit.seconds, unit.scenario)).collect();
        let expected = [
            ("0045_a 0045_b", 7, "default"),
            ("0081_admin/do_test_x", 5, "default"),
            ("0107_c", 1, "noautocreate"),
        ];
        assert_eq!(shown, expected.map(|(name, seconds, scenario)| (name.to_owned(), seconds, scenario)));
    }

    #[test]
    fn finds_the_tests_that_need_a_broker() {
        let source = "struct test tests[] = { _TEST(0000_unittests,\n TEST_F_LOCAL,\n 0), _TEST(0001_a, 0), _TEST(0002_b, 0, X), };";
        assert_eq!(tests_of_source(source), ["0001_a", "0002_b"]);
    }

    #[test]
    fn reads_the_runner() {
        let said = "\x1b[32m| 0001_a   |     PASSED |   0.2s |\x1b[0m\n| 0002_b | FAILED | 1s |";
        assert_eq!(verdict(&plain(said), "0001_a"), Some("PASSED"));
        assert_eq!(verdict(&plain(said), "0002_b"), Some("FAILED"));
        assert_eq!(verdict(&plain(said), "0003_c"), None);
    }

    #[test]
    fn a_list_only_grows() {
        assert_eq!(lost("# x\n0001_a 1\n0002_b 1\n", "# x\n0002_b 9\n"), ["0001_a"]);
        assert!(lost("# x\n0001_a 1\n", "# x\n0001_a/part 1\n").is_empty());
        assert!(lost("# draft\n0001_a 1\n", "# x\n0002_b 1\n").is_empty());
        assert!(lost("# x\n0001_a 1\n", "# x\n# more\n0001_a 1\n0002_b 1\n").is_empty());
    }
}
