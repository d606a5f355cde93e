//! Starts the binary and runs its commands.
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstem"));
    for name in
        ["RUST_LOG", "MAINSTEM_LOG", "MAINSTEM_PROFILE", "MAINSTEM_BOOTSTRAP_SERVER", "NO_COLOR", "COMPLETE"]
    {
        command.env_remove(name);
    }
    // No profile of whoever runs the tests.
    command.env("XDG_CONFIG_HOME", "/nonexistent");
    command
}

/// `mainstem dev`, running. Killed when dropped.
pub(crate) struct Dev {
    child: Child,
    pub(crate) kafka: String,
    pub(crate) admin: String,
    pub(crate) data_dir: String,
}

impl Dev {
    pub(crate) fn ephemeral() -> Self {
        Self::start("0", &["--ephemeral"])
    }

    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self::start("0", &["--data-dir", folder.to_str().unwrap()])
    }

    /// Kills it and starts it again on the same folder and port, as clients that go on expect.
    pub(crate) fn kill_and_restart(self) -> Self {
        let (kafka, folder) = (self.kafka.clone(), self.data_dir.clone());
        self.kill();
        let port = kafka.rsplit(':').next().unwrap();
        Self::start(port, &["--data-dir", &folder])
    }

    fn start(kafka_port: &str, arguments: &[&str]) -> Self {
        let mut command = binary();
        command.args(["dev", "--json", "--kafka-port", kafka_port, "--admin-port", "0"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut complaint = String::new();
            child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
            panic!("dev did not start: {complaint}");
        }
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| ready[key].as_str().unwrap().to_owned();
        Self { kafka: text("kafka"), admin: text("admin"), data_dir: text("data_dir"), child }
    }

    /// Runs a command against this server.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(line, b"")
    }

    /// The same with something on standard input.
    pub(crate) fn run_with(&self, line: &str, input: &[u8]) -> Ran {
        finish(self.command(line), input)
    }

    /// Arguments are separated by spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = binary();
        command.args(line.split(' ')).args(["--bootstrap-server", &self.kafka]);
        command
    }

    /// What the admin port answers: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.admin).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, body.to_owned())
    }

    /// Stops it by a signal; how long that took, and its exit code.
    pub(crate) fn stop(mut self, signal: &str) -> (Duration, Option<i32>) {
        let begun = Instant::now();
        send(signal, &self.child);
        let code = wait(&mut self.child).code();
        (begun.elapsed(), code)
    }

    /// Waits for its end, for reasons of its own: the exit code, and what it said.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let code = wait(&mut self.child).code();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (code, said)
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

pub(crate) fn wait(child: &mut Child) -> std::process::ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the process did not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) errors: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ok(self) -> Vec<u8> {
        assert_eq!(self.code, Some(0), "{}", self.errors);
        self.out
    }

    #[track_caller]
    pub(crate) fn text(self) -> String {
        String::from_utf8(self.ok()).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_slice(&self.ok()).unwrap()
    }

    /// Failed with this code and one line that says all of this.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, says: &[&str]) {
        assert_eq!((self.code, self.errors.lines().count()), (Some(code), 1), "{}", self.errors);
        for words in says {
            assert!(self.errors.contains(words), "`{words}` is not in: {}", self.errors);
        }
    }
}

pub(crate) fn finish(mut command: Command, input: &[u8]) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = thread::spawn(move || {
        // A command that fails does not read to the end.
        let _ = stdin.write_all(&input);
    });
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    Ran { code: status.code(), out: stdout, errors: String::from_utf8_lossy(&stderr).into_owned() }
}
