//! `kafka-consumer-groups` and `kafka-groups`.

use super::{
    super::{
        process::Running,
        session::{SOON, Session, contains, same},
    },
    Java,
};
use anyhow::{Result, ensure};
use std::path::Path;

pub(super) fn run(session: &mut Session<'_>, java: Java<'_>) {
    session.check("kafka-consumer-groups lists and describes an empty group", || describes(java));
    session.check("kafka-consumer-groups resets offsets", || resets(java));
    session.check("kafka-consumer-groups deletes offsets and groups", || deletes(java));
    let logs = session.logs();
    session.check("kafka-consumer-groups sees members and spares an active group", || active(java, &logs?));
}

fn describes(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic watched --partitions 2")?.ok()?;
    java.produce(
        "--topic watched --reader-property parse.key=true --reader-property key.separator=:",
        "a:1\nb:2\nc:3\n",
    )?;
    java.consume("--topic watched --group watchers --from-beginning --max-messages 3")?;
    contains("--list", &java.groups("--list")?.ok()?, "watchers\n")?;
    let lag = lag_of(java, "watchers")?;
    ensure!(lag == 0, "the lag is {lag}");
    let state = java.groups("--describe --group watchers --state")?.ok()?;
    let row = state.lines().find(|line| line.starts_with("watchers")).unwrap_or_default();
    ensure!(row.contains("Empty") && row.ends_with('0'), "{state}");
    let all = java.groups("--list --state")?.ok()?;
    ensure!(all.lines().any(|line| line.starts_with("watchers") && line.contains("Empty")), "{all}");
    contains("kafka-groups", &java.run("org.apache.kafka.tools.GroupsCommand", "--list")?.ok()?, "watchers")?;
    let missing = java.groups("--describe --group nobody")?.all();
    contains("a group that is not there", &missing, "GroupIdNotFoundException")
}

/// Sum of the lag column, from the table that a person would read.
pub(super) fn lag_of(java: Java<'_>, group: &str) -> Result<i64> {
    let table = java.groups(&format!("--describe --group {group}"))?.ok()?;
    let rows = table.lines().filter(|line| line.starts_with(group));
    let lags: Vec<i64> =
        rows.filter_map(|row| row.split_whitespace().nth(5)).map(str::parse).collect::<Result<_, _>>()?;
    ensure!(!lags.is_empty(), "no rows in\n{table}");
    Ok(lags.iter().sum())
}

fn resets(java: Java<'_>) -> Result<()> {
    let reset =
        |to: &str| java.groups(&format!("--reset-offsets --group watchers --topic watched {to}"))?.ok();
    reset("--to-earliest --dry-run")?;
    ensure!(lag_of(java, "watchers")? == 0, "a dry run changed something");
    reset("--to-earliest --execute")?;
    ensure!(lag_of(java, "watchers")? == 3, "not at the start");
    reset("--to-latest --execute")?;
    ensure!(lag_of(java, "watchers")? == 0, "not at the end");
    reset("--to-datetime 2000-01-01T00:00:00.000 --execute")?;
    ensure!(lag_of(java, "watchers")? == 3, "not back in time");
    let again = java.consume("--topic watched --group watchers --max-messages 3")?;
    ensure!(again.lines().count() == 3, "{again}");
    Ok(())
}

fn deletes(java: Java<'_>) -> Result<()> {
    let said = java.groups("--delete-offsets --group watchers --topic watched")?.ok()?;
    contains("--delete-offsets", &said, "Successful")?;
    java.produce("--topic watched", "d\n")?;
    java.consume("--topic watched --group leavers --from-beginning --max-messages 1")?;
    let said = java.groups("--delete --group leavers")?.ok()?;
    contains("--delete", &said, "Deletion of requested consumer groups ('leavers') was successful.")?;
    ensure!(!java.groups("--list")?.ok()?.contains("leavers"), "it is still listed");
    let said = java.groups("--delete --group nobody")?.all();
    contains("a group that is not there", &said, "GroupIdNotFoundException")
}

fn active(java: Java<'_>, logs: &Path) -> Result<()> {
    java.topics("--create --topic busy --partitions 2")?.ok()?;
    java.produce("--topic busy", "a\n")?;
    let arguments = ["--topic", "busy", "--group", "busy", "--from-beginning"];
    let mut command = java.command("org.apache.kafka.tools.consumer.ConsoleConsumer", &arguments);
    let mut member = Running::start("member", &mut command, &logs.join("busy.log"))?;
    member.until("the record", SOON, |said| said.contains("a\n"))?;
    let members = java.groups("--describe --group busy --members --verbose")?.ok()?;
    contains("--members", &members, "console-consumer-")?;
    contains("--members", &members, "busy:0,1").or_else(|_| contains("--members", &members, "busy(0,1)"))?;
    contains("--state", &java.groups("--describe --group busy --state")?.ok()?, "Stable")?;
    let said = java.groups("--reset-offsets --group busy --topic busy --to-earliest --execute")?.all();
    contains("a reset", &said, "Assignments can only be reset if the group 'busy' is inactive")?;
    let said = java.groups("--delete --group busy")?.all();
    contains("a deletion", &said, "GroupNotEmptyException")?;
    member.stop(SOON)?;
    let state = java.groups("--describe --group busy --state")?.ok()?;
    same("after it left", if state.contains("Empty") { "Empty" } else { &state }, "Empty")
}
