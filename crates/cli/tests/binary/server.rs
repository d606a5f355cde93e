use crate::node::{binary, finish, send, wait};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server on ports that the system chooses, with its data in this folder.
fn server(folder: &Path) -> Command {
    let mut command = binary();
    command
        .arg("server")
        .arg(write(folder, "listeners=PLAINTEXT://127.0.0.1:0\nnum.partitions=3\nadvertised.lisseners=x\n"));
    command.args(["--override", "mainstem.admin.listener=127.0.0.1:0", "--override"]);
    command.arg(format!("log.dirs={}", folder.join("data").display()));
    command
}

fn write(folder: &Path, text: &str) -> std::path::PathBuf {
    let path = folder.join("server.properties");
    fs::write(&path, text).unwrap();
    path
}

fn start(mut command: Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

#[test]
fn says_what_waiting_tools_look_for() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, line) = start(server(folder.path()));
    assert!(line.contains("Transitioning from RECOVERY to RUNNING"), "{line}");
    assert!(folder.path().join("data/meta.properties").is_file());
    let mut second = server(folder.path());
    second.env("KAFKA_NUM_PARTITIONS", "2");
    let refused = finish(second, b"");
    let last = refused.errors.lines().last().unwrap();
    assert!(refused.code == Some(1) && last.contains("another server uses"), "{}", refused.errors);
    assert!(
        refused.errors.contains("`advertised.lisseners`, did you mean `advertised.listeners`?"),
        "{}",
        refused.errors
    );
    send("-TERM", &child);
    assert_eq!(wait(&mut child).code(), Some(0));
}

#[test]
fn a_bad_setting_is_one_line_and_names_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "num.partitions=-3\n");
    let run = |arguments: &[&str]| {
        let mut command = binary();
        command.arg("server").args(arguments);
        finish(command, b"")
    };
    run(&[file.to_str().unwrap()]).failed(2, &["num.partitions", "-3"]);
    run(&["--override", "num.partitons=1"]).failed(2, &["num.partitons", "did you mean `num.partitions`?"]);
    let all_tls = ["--override", "listeners=SSL://:0", "--override", "security.inter.broker.protocol=SSL"];
    run(&all_tls).failed(1, &["SSL", "PLAINTEXT"]);
    run(&["no-such.properties"]).failed(2, &["no-such.properties", "No such file"]);
}

/// A running server; killed when dropped.
pub(crate) struct Advertising {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Advertising {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that tells its clients another address than its own.
pub(crate) fn advertising(folder: &Path, other: &str) -> Advertising {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut command = server(folder);
    command.args(["--override", &format!("listeners=PLAINTEXT://{address}"), "--override"]);
    command.arg(format!("advertised.listeners=PLAINTEXT://{other}"));
    let (child, line) = start(command);
    assert!(line.contains("RUNNING"), "{line}");
    Advertising { child, address }
}
