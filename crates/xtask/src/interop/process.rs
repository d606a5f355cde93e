//! Programs that we start: never left behind, never waited for without end, their output always kept.

use crate::steps;
use anyhow::{Context, Result, bail, ensure};
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

const POLL: Duration = Duration::from_millis(10);

/// A command that the kernel ends when the thread that started it is gone, however that came about.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).stdin(Stdio::null());
    command
}

/// What a program left when it had ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    shown: String,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// The standard output of a program that must have succeeded.
    pub(crate) fn ok(self) -> Result<String> {
        ensure!(self.status.success(), "{self}");
        Ok(self.stdout)
    }

    /// Everything that a program printed that must have failed.
    pub(crate) fn refused(self) -> Result<String> {
        ensure!(!self.status.success(), "should have been refused: {self}");
        Ok(self.all())
    }

    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}\n{}", self.shown, self.status, steps::tail(&self.all(), 25))
    }
}

/// Runs a program to its end, with `input` on its standard input.
pub(crate) fn capture(command: &mut Command, input: &[u8], limit: Duration) -> Result<Outcome> {
    let shown = show(command);
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let mut child = command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    let pipe = child.stdin.take();
    let mut stdout = child.stdout.take().context("stdout is piped")?;
    let mut stderr = child.stderr.take().context("stderr is piped")?;
    thread::scope(|scope| {
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(input)));
        let stdout = scope.spawn(move || read_all(&mut stdout));
        let stderr = scope.spawn(move || read_all(&mut stderr));
        let status = wait(&mut child, limit);
        let [stdout, stderr] = [stdout, stderr].map(|reader| reader.join().unwrap_or_default());
        let status =
            status.with_context(|| format!("{shown}\n{}", steps::tail(&format!("{stdout}{stderr}"), 25)))?;
        Ok(Outcome { shown, status, stdout, stderr })
    })
}

/// Runs a program that must succeed, between two files, for what is too much to keep in memory twice.
pub(crate) fn between(
    command: &mut Command,
    input: Option<&Path>,
    output: &Path,
    limit: Duration,
) -> Result<()> {
    let shown = show(command);
    let input = input.map_or_else(|| Ok(Stdio::null()), |path| File::open(path).map(Stdio::from))?;
    let errors = output.with_extension("stderr");
    let mut child = command
        .stdin(input)
        .stdout(File::create(output)?)
        .stderr(File::create(&errors)?)
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    let status = wait(&mut child, limit).with_context(|| shown.clone())?;
    ensure!(status.success(), "{shown}: {status}\n{}", steps::tail(&fs::read_to_string(errors)?, 25));
    Ok(())
}

fn read_all(pipe: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("did not end within {}", steps::seconds(limit));
        }
        thread::sleep(POLL);
    }
}

/// The command as one would type it.
fn show(command: &Command) -> String {
    let words: Vec<_> = command.get_args().skip(3).map(|word| word.to_string_lossy().into_owned()).collect();
    words.join(" ")
}

/// Asks again and again until the answer is there, or the time is over.
pub(crate) fn until<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        ensure!(started.elapsed() < limit, "no {what} within {}", steps::seconds(limit));
        thread::sleep(POLL);
    }
}

/// A program that goes on beside us; it ends with this value at the latest.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    name: String,
    log: PathBuf,
    errors: PathBuf,
}

impl Running {
    /// Both outputs go to files: `LOG` and, if it is not the same, `LOG.stderr`.
    pub(crate) fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let errors = log.with_extension("stderr");
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(log)?)
            .stderr(File::create(&errors)?)
            .spawn()
            .with_context(|| format!("cannot start {}", show(command)))?;
        Ok(Self { child, name: name.to_owned(), log: log.to_path_buf(), errors })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn output(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn errors(&self) -> String {
        fs::read_to_string(&self.errors).unwrap_or_default()
    }

    /// As the kernel does to a process that used too much memory.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    pub(crate) fn signal(&self, signal: &str) -> Result<()> {
        steps::quiet(Command::new("kill").arg(format!("-{signal}")).arg(self.pid().to_string()))?;
        Ok(())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self, limit: Duration) -> Result<()> {
        self.signal("TERM")?;
        wait(&mut self.child, limit).with_context(|| format!("stopping {}", self.name))?;
        Ok(())
    }

    pub(crate) fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        wait(&mut self.child, limit).with_context(|| format!("waiting for {}", self.name))
    }

    /// Waits until its output satisfies `found`; fails at once if the program ends first.
    pub(crate) fn until(&mut self, what: &str, limit: Duration, found: impl Fn(&str) -> bool) -> Result<()> {
        let started = Instant::now();
        loop {
            let ended = self.child.try_wait()?;
            let said = format!("{}{}", self.output(), self.errors());
            if found(&said) {
                return Ok(());
            }
            if let Some(status) = ended {
                bail!("{} ended ({status}) before {what}\n{}", self.name, steps::tail(&said, 25));
            }
            if started.elapsed() > limit {
                bail!(
                    "{}: no {what} within {}\n{}",
                    self.name,
                    steps::seconds(limit),
                    steps::tail(&said, 25)
                );
            }
            thread::sleep(POLL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
