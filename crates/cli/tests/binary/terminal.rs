//! What a person sees at a terminal: colour, progress, questions, and `top`.
use crate::node::{Dev, binary, send, wait};
use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize},
};
use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};
use testkit::eventually;

/// A pseudo-terminal of so many columns and lines, and all that was shown on it.
struct Terminal {
    keys: File,
    screen: File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn new(columns: u16, lines: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let screen = File::from(rustix::fs::open(name, flags, Mode::empty()).unwrap());
        let size = Winsize { ws_col: columns, ws_row: lines, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&screen, size).unwrap();
        let keys = File::from(master);
        let (mut output, shown) = (keys.try_clone().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let all = shown.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = output.read(&mut buffer) {
                all.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { keys, screen, shown }
    }

    fn side(&self) -> Stdio {
        self.screen.try_clone().unwrap().into()
    }

    /// With all three of its streams here.
    fn spawn(&self, mut command: Command) -> Child {
        command
            .env("TERM", "xterm")
            .stdin(self.side())
            .stdout(self.side())
            .stderr(self.side())
            .spawn()
            .unwrap()
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Waits until this is shown, from where the last wait ended.
    #[track_caller]
    fn until(&self, words: &str) {
        eventually(words, || self.shown().contains(words).then_some(()));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }
}

/// What a command shows on a terminal of 80 columns.
fn shown(mut command: Command, variables: &[(&str, &str)]) -> String {
    let terminal = Terminal::new(80, 24);
    command.envs(variables.iter().copied());
    let term = variables.iter().find(|(name, _)| *name == "TERM").map_or("xterm", |(_, term)| term);
    command.env("TERM", term).stdin(Stdio::null()).stdout(terminal.side()).stderr(terminal.side());
    let code = wait(&mut command.spawn().unwrap()).code();
    let mut mark = terminal.screen.try_clone().unwrap();
    mark.write_all(b"(end)").unwrap();
    terminal.until("(end)");
    assert_ne!(code, Some(101), "{}", terminal.shown());
    terminal.shown()
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let dev = Dev::ephemeral();
    dev.run("topic create orders").ok();
    dev.run("topic create careless --config unclean.leader.election.enable=true").ok();
    for line in ["topic list", "topic describe orders", "cluster info", "doctor", "topic lisst"] {
        for (variables, is_colourful) in [
            (&[][..], true),
            (&[("NO_COLOR", "1")], false),
            (&[("NO_COLOR", "")], true),
            (&[("TERM", "dumb")], false),
        ] {
            let shown = shown(dev.command(line), variables);
            assert_eq!(shown.contains("\u{1b}["), is_colourful, "{line} {variables:?}: {shown}");
        }
        for form in ["json", "yaml", "ndjson", "name"] {
            assert!(!shown(dev.command(&format!("topic list -o {form}")), &[]).contains('\u{1b}'));
        }
    }
}

#[test]
fn long_work_shows_how_far_it_is_unless_nobody_looks() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    let terminal = Terminal::new(80, 24);
    let mut command = dev.command("produce t");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(terminal.side());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A line now and then, for longer than it waits between two looks.
    eventually("a rate", || {
        input.write_all(b"line\n").unwrap();
        terminal.shown().contains("MiB/s").then_some(())
    });
    drop(input);
    assert!(wait(&mut child).success());
    terminal.until("to `t` in ");

    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::new(80, 24);
    let file = File::create(folder.path().join("out")).unwrap();
    let mut command = dev.command("consume t -e");
    let mut child = command.stdin(Stdio::null()).stdout(file).stderr(terminal.side()).spawn().unwrap();
    assert!(wait(&mut child).success());
    terminal.until("read in ");
    // On the terminal itself there are only the records.
    let records = shown(dev.command("consume t -n 2"), &[]);
    assert_eq!(records, "line\r\nline\r\n(end)");
    let terminal = Terminal::new(80, 24);
    let mut child = terminal.spawn(dev.command("perf produce t -n 10"));
    assert!(wait(&mut child).success());
    terminal.until("10 records acknowledged in ");
}

#[test]
fn a_reset_asks_whoever_can_answer() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t", b"a\nb\n").ok();
    for (answer, is_done) in [("n\n", false), ("\n", false), ("y\n", true)] {
        let mut terminal = Terminal::new(80, 24);
        let mut child = terminal.spawn(dev.command("group reset g --topic t --to-latest"));
        terminal.until("Reset 1 partition of group `g`? [y/N] ");
        assert!(terminal.shown().contains("NEW-OFFSET"), "the plan is shown before");
        terminal.press(answer);
        assert!(wait(&mut child).success());
        assert_eq!(dev.run("group offsets g").code == Some(0), is_done, "{answer:?}");
    }
    let terminal = Terminal::new(80, 24);
    let mut child = terminal.spawn(dev.command("group reset g --topic t --to-earliest --dry-run"));
    assert!(wait(&mut child).success());
    terminal.until("nothing was changed");
    assert_eq!(dev.run("group offsets g -o json").json()[0]["offset"], 2);
}

const ENTER: &str = "\u{1b}[?1049h";
const LEAVE: &str = "\u{1b}[?1049l";

#[test]
fn top_is_alive_and_leaves_the_terminal_as_it_was() {
    let dev = Dev::ephemeral();
    dev.run("topic create orders").ok();
    dev.run("topic create another").ok();
    dev.run("group reset billing --topic orders --to-earliest --execute").ok();
    let mut terminal = Terminal::new(80, 24);
    let modes = |terminal: &Terminal| tcgetattr(&terminal.screen).unwrap().local_modes;
    let before = modes(&terminal);
    let mut child = terminal.spawn(dev.command("top --interval 1"));
    for words in [ENTER, "1 broker", &dev.kafka, "orders", "billing", "RECORDS/S"] {
        terminal.until(words);
    }
    assert!(!modes(&terminal).contains(LocalModes::ICANON));
    // Each picture begins at the top left corner.
    let last = |terminal: &Terminal| terminal.shown().rsplit("\u{1b}[H").next().unwrap().to_owned();
    let is_above = |picture: &str, first: &str, second: &str| {
        picture.find(first).zip(picture.find(second)).is_some_and(|(first, second)| first < second)
    };
    eventually("a rate, and a lag", || {
        dev.run_with("produce orders", b"a\nb\n").ok();
        let picture = last(&terminal);
        let line = picture.lines().find(|line| line.starts_with("orders "))?.to_owned();
        let group = picture.lines().find(|line| line.starts_with("billing "))?.to_owned();
        let number =
            |line: &str| line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok());
        (number(&line)? > 0.0 && number(&group)? > 0.0).then_some(())
    });
    terminal.press("n");
    eventually("topics by name", || is_above(&last(&terminal), "another ", "orders ").then_some(()));
    terminal.press("q");
    assert_eq!(wait(&mut child).code(), Some(0));
    terminal.until(LEAVE);
    assert_eq!(modes(&terminal), before);

    for signal in ["-INT", "-TERM", "-HUP"] {
        let terminal = Terminal::new(40, 10);
        let before = modes(&terminal);
        let mut child = terminal.spawn(dev.command("top"));
        terminal.until("billing");
        for line in last(&terminal).split("\r\n") {
            let text: String = line
                .split('\u{1b}')
                .map(|part| part.split_once(['m', 'K', 'J']).map_or(part, |(_, text)| text))
                .collect();
            assert!(text.trim_end().chars().count() <= 40, "{text:?}");
        }
        send(signal, &child);
        assert_eq!(wait(&mut child).code(), Some(0), "{signal}");
        terminal.until(LEAVE);
        assert_eq!(modes(&terminal), before, "{signal}");
    }
}

#[test]
fn top_goes_on_when_the_broker_does_not() {
    let dev = Dev::ephemeral();
    let mut terminal = Terminal::new(80, 24);
    let mut child = terminal.spawn(dev.command("top --interval 1"));
    terminal.until("1 broker");
    dev.kill();
    terminal.until("error: ");
    terminal.press("q");
    assert_eq!(wait(&mut child).code(), Some(0));
    terminal.until(LEAVE);
}

#[test]
fn help_fits_the_terminal() {
    for line in ["--help", "consume --help", "help group reset", "topic"] {
        let mut command = binary();
        command.args(line.split(' '));
        let shown = shown(command, &[("NO_COLOR", "1")]);
        for text in shown.lines().filter(|text| !text.starts_with("Usage:")) {
            assert!(text.trim_end().chars().count() <= 80, "{line}: {text}");
        }
    }
}
