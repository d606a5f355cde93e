//! Command lines as the rest of Kafka's tools read them, in the manner of Python's `argparse`: options of the tool, a
//! command, options of the command; and tools without commands whose words are checked as strictly.
//!
//! Names may be cut short while they are unambiguous. A word that belongs to no option is a mistake.
use super::{
    Stop,
    options::{Given, Opt, Takes, flag, table},
};
use std::{fmt::Write as _, fs};

/// A tool and its commands. Options are read in any order, before the command or behind it.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) options: &'static [&'static [Opt]],
    /// None at all: the tool is one command.
    pub(super) commands: &'static [Command],
    /// The exit code of a call for help; some of Kafka's tools take it for a mistake.
    pub(super) help_code: u8,
    /// At most one option of each list, and one of them at least if `true`.
    pub(super) exclusive: &'static [(bool, &'static [&'static str])],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) options: &'static [&'static [Opt]],
}

/// Why a command line is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Help(String),
    Mistake { message: String, usage: String },
}

impl Refusal {
    /// A mistake that shows when the values are looked at.
    pub(super) fn mistake(given: &Given, message: impl Into<String>) -> Self {
        Self::Mistake { message: message.into(), usage: given.usage.clone() }
    }

    /// Help on standard output, or how the tool is used and the mistake on standard error.
    pub(super) fn stop(self, program: &Program) -> Stop {
        match self {
            Self::Help(text) => {
                println!("{}", text.trim_end());
                Stop::Quietly(program.help_code)
            }
            Self::Mistake { message, usage } => {
                Stop::Failed(format!("{usage}\n{}: error: {message}", program.name))
            }
        }
    }
}

impl Program {
    /// The command and what was given; of a tool without commands the command is empty.
    pub(super) fn parse(&'static self, words: &[String]) -> Result<(&'static str, Given), Refusal> {
        let mut command: Option<&'static Command> = None;
        let mut given = Given { last_counts: true, ..Given::default() };
        let mut words = words.iter().cloned().peekable();
        let mut no_more = false;
        while let Some(word) = words.next() {
            let mistake = |message: String| Refusal::Mistake { message, usage: self.usage(command) };
            if word == "--" && !no_more {
                no_more = true;
                continue;
            }
            if no_more || !is_option(&word) {
                if command.is_none() && !self.commands.is_empty() && !no_more {
                    command = Some(self.command(&word).map_err(mistake)?);
                    continue;
                }
                return Err(mistake(format!("unrecognized arguments: '{word}'")));
            }
            for (option, attached) in self.named(command, &word).map_err(mistake)? {
                if option.name == HELP.name {
                    return Err(Refusal::Help(self.help(command)));
                }
                let mut following = || words.next_if(|next| !is_option(next));
                let value = match option.takes {
                    Takes::Nothing => match attached {
                        Some(value) => {
                            let name = option.name;
                            return Err(mistake(format!(
                                "argument --{name}: ignore implicit argument '{value}'"
                            )));
                        }
                        None => None,
                    },
                    Takes::One(_) => {
                        let value = attached.or_else(following);
                        Some(value.ok_or_else(|| mistake(one_expected(option.name)))?)
                    }
                    Takes::Maybe(_) => attached.or_else(following),
                    Takes::Many(_) => {
                        given.found.retain(|(name, _)| *name != option.name);
                        let is_attached = attached.is_some();
                        let mut last = attached.or_else(&mut following);
                        while let Some(next) = (!is_attached).then(&mut following).flatten() {
                            given.found.extend(last.replace(next).map(|value| (option.name, Some(value))));
                        }
                        Some(last.ok_or_else(|| mistake(one_expected(option.name)))?)
                    }
                };
                given.found.push((option.name, value));
            }
        }
        self.check(command, &given)
            .map_err(|message| Refusal::Mistake { message, usage: self.usage(command) })?;
        given.usage = self.usage(command);
        Ok((command.map_or("", |command| command.name), given))
    }

    /// As [`Program::parse`]; nothing at all is a call for help.
    pub(super) fn parse_or_help(&'static self, words: &[String]) -> Result<(&'static str, Given), Stop> {
        if words.is_empty() {
            println!("{}", self.help(None).trim_end());
            return Err(Stop::Quietly(0));
        }
        self.parse(words).map_err(|refusal| refusal.stop(self))
    }

    fn check(&self, command: Option<&'static Command>, given: &Given) -> Result<(), String> {
        if command.is_none() && !self.commands.is_empty() {
            return Err("too few arguments".to_owned());
        }
        for (needed, names) in self.exclusive {
            let mut present = names.iter().filter(|name| given.has(name));
            match (present.next(), present.next()) {
                (Some(first), Some(second)) => {
                    return Err(format!("argument --{second}: not allowed with argument --{first}"));
                }
                (None, _) if *needed => {
                    let list: Vec<_> = names.iter().map(|name| format!("--{name}")).collect();
                    return Err(format!("one of the arguments {} is required", list.join(" ")));
                }
                _ => {}
            }
        }
        match self.all(command).find(|option| option.required && !given.has(option.name)) {
            Some(missing) => Err(format!("argument --{} is required", missing.name)),
            None => Ok(()),
        }
    }

    fn all(&self, command: Option<&'static Command>) -> impl Iterator<Item = Opt> {
        let own = command.map_or(&[][..], |command| command.options);
        self.options.iter().chain(own).copied().flatten().copied()
    }

    /// The options that a word names, with the value that is attached to the last: `--name=value`, `-n=value`,
    /// `-nvalue`, and behind flags of one letter, `-abnvalue`.
    fn named(
        &self,
        command: Option<&'static Command>,
        word: &str,
    ) -> Result<Vec<(Opt, Option<String>)>, String> {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        if let Some(option) = self.option(command, name)? {
            return Ok(vec![(option, attached)]);
        }
        let unknown = || format!("unrecognized arguments: '{word}'");
        let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
        let mut letters = letters.ok_or_else(unknown)?.chars();
        let mut named = Vec::new();
        while let Some(letter) = letters.next() {
            let is_it = |option: &Opt| option.short.chars().eq([letter]);
            let option = self.all(command).chain([HELP]).find(is_it).ok_or_else(unknown)?;
            if option.takes == Takes::Nothing {
                named.push((option, None));
                continue;
            }
            let rest = letters.as_str();
            named.push((option, Some(rest.to_owned()).filter(|rest| !rest.is_empty())));
            break;
        }
        Ok(named)
    }

    fn option(&self, command: Option<&'static Command>, name: &str) -> Result<Option<Opt>, String> {
        let long = |option: Opt| (format!("--{}", option.name), option);
        let short = |option: Opt| (format!("-{}", option.short), option);
        let all = || self.all(command).chain([HELP]);
        let shorts = all().filter(|option| !option.short.is_empty()).map(short);
        let near: Vec<_> =
            all().map(long).chain(shorts).filter(|(known, _)| known.starts_with(name)).collect();
        match (near.iter().find(|(known, _)| known == name), &near[..]) {
            (Some((_, option)), _) | (None, [(_, option)]) => Ok(Some(*option)),
            (None, []) => Ok(None),
            (None, _) => {
                let names: Vec<_> = near.into_iter().map(|(known, _)| known).collect();
                Err(format!("ambiguous option: {name} could match {}", names.join(", ")))
            }
        }
    }

    fn command(&self, name: &str) -> Result<&'static Command, String> {
        let commands = self.commands;
        let near: Vec<_> = commands.iter().filter(|command| command.name.starts_with(name)).collect();
        match (commands.iter().find(|command| command.name == name), &near[..]) {
            (Some(found), _) => Ok(found),
            (None, [only]) => Ok(only),
            _ => {
                let names: Vec<_> = commands.iter().map(|command| format!("'{}'", command.name)).collect();
                Err(format!("invalid choice: '{name}' (choose from {})", names.join(", ")))
            }
        }
    }

    fn usage(&self, command: Option<&Command>) -> String {
        let command = match command {
            Some(command) => command.name,
            None if self.commands.is_empty() => "",
            None => "COMMAND",
        };
        format!("usage: {} [-h] [OPTIONS] {command}", self.name).trim_end().to_owned()
    }

    fn help(&self, command: Option<&'static Command>) -> String {
        let about = command.map_or(self.about, |command| command.about);
        let mut text = format!("{}\n\n{about}\n", self.usage(command));
        if command.is_none() && !self.commands.is_empty() {
            let _ = writeln!(text, "\nCommands:");
            for command in self.commands {
                let _ = writeln!(text, "  {:<24} {}", command.name, command.about);
            }
        }
        let options: Vec<Opt> = self.all(command).collect();
        let _ = write!(text, "\n{}", table(&options));
        text
    }
}

/// Every tool and every command has it.
const HELP: Opt = flag("help", "Print how the tool is used.").short("h");

/// `-1` is a number.
fn is_option(word: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    word.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && !is_number(rest))
}

/// More words than anybody means to write; files that name each other would go on for ever.
const MAX_WORDS: usize = 100_000;

/// Command lines with `@FILE`, which stands for the lines of the file, each a word; one of them may be another file.
pub(super) fn with_files(words: &[String]) -> Result<Vec<String>, Refusal> {
    let mistake = |message: String| Refusal::Mistake { message, usage: String::new() };
    let mut all = Vec::new();
    let mut left: Vec<String> = words.iter().rev().cloned().collect();
    let mut files = 0;
    while let Some(word) = left.pop() {
        let Some(file) = word.strip_prefix('@') else {
            all.push(word);
            continue;
        };
        let text = fs::read_to_string(file)
            .map_err(|error| mistake(format!("Could not read arguments from file '{file}': {error}")))?;
        left.extend(text.lines().rev().map(str::to_owned));
        files += 1;
        if files + all.len() + left.len() > MAX_WORDS {
            return Err(mistake(format!("more than {MAX_WORDS} arguments with those of file '{file}'")));
        }
    }
    Ok(all)
}

fn one_expected(name: &str) -> String {
    format!("argument --{name}: expected one argument")
}

#[cfg(test)]
mod tests {
    use super::{super::options::*, *};

    static TOOL: Program = Program {
        name: "tool",
        about: "For tests.",
        help_code: 0,
        options: &[&[BOOTSTRAP_SERVER, BOOTSTRAP_CONTROLLER]],
        commands: &[
            Command {
                name: "list",
                about: "Lists.",
                options: &[&[flag("verbose", "More."), value("ids", "ID", "Of these.")]],
            },
            Command {
                name: "describe",
                about: "Shows.",
                options: &[&[
                    value("topic", "TOPIC", "Of it.").required().short("t"),
                    flag("all", "All of it.").short("a"),
                    values("props", "PROP", "Its settings."),
                ]],
            },
        ],
        exclusive: &[(true, &["bootstrap-server", "bootstrap-controller"])],
    };

    type Found = Vec<(&'static str, Option<String>)>;

    fn parse(line: &str) -> Result<(&'static str, Found), String> {
        let words: Vec<String> = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        match TOOL.parse(&words) {
            Ok((command, given)) => Ok((command, given.found)),
            Err(Refusal::Help(_)) => Err("help".to_owned()),
            Err(Refusal::Mistake { message, .. }) => Err(message),
        }
    }

    #[test]
    fn command_lines_are_read() {
        for (line, command, found) in [
            ("--bootstrap-server a list", "list", &[("bootstrap-server", Some("a"))][..]),
            ("list --bootstrap-server=a", "list", &[("bootstrap-server", Some("a"))]),
            (
                "describe -t x --bootstrap-server a",
                "describe",
                &[("topic", Some("x")), ("bootstrap-server", Some("a"))],
            ),
            ("--bootstrap-s a li --verb", "list", &[("bootstrap-server", Some("a")), ("verbose", None)]),
            (
                "describe -at=x --bootstrap-server= --bootstrap-server b",
                "describe",
                &[
                    ("all", None),
                    ("topic", Some("=x")),
                    ("bootstrap-server", Some("")),
                    ("bootstrap-server", Some("b")),
                ],
            ),
            (
                "--bootstrap-server a describe -tx=y -t=z -a --",
                "describe",
                &[
                    ("bootstrap-server", Some("a")),
                    ("topic", Some("x=y")),
                    ("topic", Some("z")),
                    ("all", None),
                ],
            ),
            (
                "--bootstrap-server a describe --props 1 2 -t x --props 3 4",
                "describe",
                &[
                    ("bootstrap-server", Some("a")),
                    ("topic", Some("x")),
                    ("props", Some("3")),
                    ("props", Some("4")),
                ],
            ),
            (
                "--bootstrap-server a list --ids -1 --verbose",
                "list",
                &[("bootstrap-server", Some("a")), ("ids", Some("-1")), ("verbose", None)],
            ),
        ] {
            let expected: Vec<_> =
                found.iter().map(|(name, value)| (*name, value.map(str::to_owned))).collect();
            assert_eq!(parse(line), Ok((command, expected)), "{line}");
        }
    }

    #[test]
    fn the_last_value_of_an_option_counts() {
        let words = ["--bootstrap-server", "a", "describe", "-tx", "--topic", "y"].map(str::to_owned);
        let (_, given) = TOOL.parse(&words).unwrap();
        assert_eq!(given.get("topic"), Ok(Some("y")));
        assert_eq!(given.all("topic").collect::<Vec<_>>(), ["x", "y"]);
    }

    #[test]
    fn files_stand_for_their_lines() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| format!("@{}", folder.path().join(name).display());
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        write("outer", format!("b c\n{}\r\n\nf", at("inner")));
        write("inner", "d\ne".to_owned());
        write("endless", format!("a\n{}\n", at("endless")));
        let words = ["a".to_owned(), at("outer"), "g@x".to_owned()];
        assert_eq!(with_files(&words).unwrap(), ["a", "b c", "d", "e", "", "f", "g@x"]);
        for name in ["endless", "gone"] {
            assert!(matches!(with_files(&[at(name)]), Err(Refusal::Mistake { .. })), "{name}");
        }
    }

    #[test]
    fn mistakes_are_told_as_kafka_tells_them() {
        for (line, message) in [
            ("", "too few arguments"),
            ("--help", "help"),
            ("list -h", "help"),
            ("lst", "invalid choice: 'lst' (choose from 'list', 'describe')"),
            ("list", "one of the arguments --bootstrap-server --bootstrap-controller is required"),
            (
                "--bootstrap a list",
                "ambiguous option: --bootstrap could match --bootstrap-server, --bootstrap-controller",
            ),
            (
                "--bootstrap-server a --bootstrap-controller b list",
                "argument --bootstrap-controller: not allowed with argument --bootstrap-server",
            ),
            ("--bootstrap-server a describe", "argument --topic is required"),
            ("--bootstrap-server a list x", "unrecognized arguments: 'x'"),
            ("--version", "unrecognized arguments: '--version'"),
            ("list --bootstrap-server", "argument --bootstrap-server: expected one argument"),
            ("list --bootstrap-server -- a", "argument --bootstrap-server: expected one argument"),
            ("list --verbose=yes", "argument --verbose: ignore implicit argument 'yes'"),
            ("list -- --verbose", "unrecognized arguments: '--verbose'"),
            ("-- list", "unrecognized arguments: 'list'"),
            ("--bootstrap-server a describe -ax", "unrecognized arguments: '-ax'"),
            ("--bootstrap-server a describe --props=1 2", "unrecognized arguments: '2'"),
            ("describe -ah", "help"),
            ("describe --he", "help"),
        ] {
            assert_eq!(parse(line).unwrap_err(), message, "{line}");
        }
    }
}
