//! Command lines as most of Kafka's tools read them: `--flag`, `--flag value`, `--flag=value`, in any order.
//!
//! Names are taken whole. A value is the next word whatever it looks like. A flag may be repeated; one that wants a
//! single value says so only when that value is asked for. Words that are no option are kept in [`Given::rest`].
//! `--help` and `--version` are known to every tool.
use super::Stop;
use std::{fmt::Write as _, str::FromStr};

/// One option of a tool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opt {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) about: &'static str,
    pub(super) required: bool,
    /// Its other name, after one dash; empty for none.
    pub(super) short: &'static str,
}

/// What follows an option; in brackets of usage texts it is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    One(&'static str),
    /// A value may be left out.
    Maybe(&'static str),
    /// All words up to the next option, at least one.
    Many(&'static str),
}

pub(super) const fn flag(name: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::Nothing, about, required: false, short: "" }
}

pub(super) const fn value(name: &'static str, called: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::One(called), about, required: false, short: "" }
}

pub(super) const fn maybe_value(name: &'static str, called: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::Maybe(called), about, required: false, short: "" }
}

pub(super) const fn values(name: &'static str, called: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::Many(called), about, required: false, short: "" }
}

impl Opt {
    /// Without it the command line is refused at once.
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }
}

pub(super) const BOOTSTRAP_SERVER: Opt = value(
    "bootstrap-server",
    "String: server to connect to",
    "The brokers to ask first: HOST:PORT, with commas.",
);
pub(super) const BOOTSTRAP_CONTROLLER: Opt = value(
    "bootstrap-controller",
    "String: controller to connect to",
    "The controllers to ask first: HOST:PORT, with commas.",
);
pub(super) const COMMAND_CONFIG: Opt =
    value("command-config", "String: property file", "A file of properties for the client.");

/// What a tool is for, and what it takes.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) about: &'static str,
    pub(super) options: &'static [&'static [Opt]],
}

const COMMON: &[Opt] = &[flag("help", "Print how the tool is used."), flag("version", "Print the version.")];

impl Options {
    /// Reads a command line. Nothing at all is a call for help.
    pub(super) fn parse(&'static self, words: &[String]) -> Result<Given, Stop> {
        let given = self.read(words)?;
        if words.is_empty() || given.has("help") {
            return Err(self.usage(self.about));
        }
        if given.has("version") {
            return Err(Stop::Version);
        }
        match self.all().find(|option| option.required && !given.has(option.name)) {
            Some(missing) => Err(Stop::Failed(format!("Missing required option(s) [{}]", missing.name))),
            None => Ok(given),
        }
    }

    fn all(&self) -> impl Iterator<Item = Opt> {
        self.options.iter().copied().chain([COMMON]).flatten().copied()
    }

    fn read(&'static self, words: &[String]) -> Result<Given, Stop> {
        let mut given = Given { usage: self.text(), ..Given::default() };
        let mut words = words.iter().cloned().peekable();
        while let Some(word) = words.next() {
            if word == "--" {
                given.rest.extend(words);
                break;
            }
            let dashes = word.len() - word.trim_start_matches('-').len();
            if !(1..=2).contains(&dashes) || word.len() == dashes {
                given.rest.push(word);
                continue;
            }
            let (name, attached) = match word[dashes..].split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned()).filter(|value| !value.is_empty())),
                None => (&word[dashes..], None),
            };
            let Some(option) = self.all().find(|option| name == option.name || name == option.short) else {
                return Err(unrecognised(name, dashes));
            };
            let value = match option.takes {
                Takes::Nothing => None,
                Takes::One(_) | Takes::Many(_) => Some(
                    attached
                        .or_else(|| words.next())
                        .ok_or_else(|| Stop::Failed(format!("Option {name} requires an argument")))?,
                ),
                Takes::Maybe(called) => {
                    // Where a number is wanted, one below zero is no option.
                    let wants_number = called.starts_with("Integer") || called.starts_with("Long");
                    let is_number = |next: &str| wants_number && next.parse::<i64>().is_ok();
                    attached.or_else(|| words.next_if(|next| !next.starts_with('-') || is_number(next)))
                }
            };
            given.found.push((option.name, value));
        }
        Ok(given)
    }

    pub(super) fn usage(&self, message: impl Into<String>) -> Stop {
        Stop::Usage { message: message.into(), usage: self.text() }
    }

    /// Two columns, options by name.
    fn text(&self) -> String {
        let mut options: Vec<Opt> = self.all().collect();
        options.sort_by_key(|option| option.name);
        table(&options)
    }
}

/// After one dash every letter is an option of its own.
fn unrecognised(name: &str, dashes: usize) -> Stop {
    let name = if dashes == 1 { &name[..name.chars().next().map_or(0, char::len_utf8)] } else { name };
    Stop::Failed(format!("{name} is not a recognized option"))
}

/// The items of a list as Java splits it: what is empty at the end does not count, and a comma alone is no item.
pub(super) fn split(list: &str, separator: char) -> Vec<&str> {
    let mut items: Vec<&str> = list.split(separator).collect();
    while items.len() > 1 && items.last() == Some(&"") {
        items.pop();
    }
    match items[..] {
        [""] if !list.is_empty() => Vec::new(),
        _ => items,
    }
}

pub(super) fn table(options: &[Opt]) -> String {
    const LEFT: usize = 40;
    const RIGHT: usize = 40;
    let mut text = format!("{:LEFT$} Description\n{:LEFT$} -----------\n", "Option", "------");
    for option in options {
        let left = match option.takes {
            Takes::Nothing => format!("--{}", option.name),
            Takes::One(called) => format!("--{} <{called}>", option.name),
            Takes::Maybe(called) => format!("--{} [{called}]", option.name),
            Takes::Many(called) => format!("--{} <{called}>...", option.name),
        };
        let (mut left, mut right) = (wrap(&left, LEFT).into_iter(), wrap(option.about, RIGHT).into_iter());
        loop {
            let (first, second) = (left.next(), right.next());
            if first.is_none() && second.is_none() {
                break;
            }
            let line = format!("{:LEFT$} {}", first.unwrap_or_default(), second.unwrap_or_default());
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

/// Lines after the first are indented by two.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.trim().is_empty() && line.len() + 1 + word.len() > width {
            lines.push(std::mem::replace(&mut line, "  ".to_owned()));
        }
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// What a command line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) found: Vec<(&'static str, Option<String>)>,
    /// Words that belong to no option.
    pub(super) rest: Vec<String>,
    pub(super) usage: String,
    /// Of an option that is given twice the last value counts; else it is an error to ask for the only one.
    pub(super) last_counts: bool,
}

impl Given {
    pub(super) fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == name)
    }

    /// Every value of an option, in order.
    pub(super) fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.found.iter().filter(move |(found, _)| *found == name).filter_map(|(_, value)| value.as_deref())
    }

    /// The value of an option that has one.
    pub(super) fn get(&self, name: &str) -> Result<Option<&str>, Stop> {
        let mut values = self.all(name);
        if self.last_counts {
            return Ok(values.last());
        }
        let first = values.next();
        if values.next().is_some() {
            let message = format!("Found multiple arguments for option {name}, but you asked for only one");
            return Err(Stop::Failed(message));
        }
        Ok(first)
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Stop> {
        let Some(text) = self.get(name)? else { return Ok(None) };
        let wrong = || Stop::Failed(format!("Cannot parse argument '{text}' of option {name}"));
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// The value of an option that the action at hand needs.
    pub(super) fn require(&self, name: &str) -> Result<&str, Stop> {
        self.require_all(&[name])?;
        Ok(self.get(name)?.unwrap_or_default())
    }

    pub(super) fn require_all(&self, names: &[&str]) -> Result<(), Stop> {
        match names.iter().find(|name| !self.has(name)) {
            Some(name) => Err(self.wrong(format!("Missing required argument \"[{name}]\""))),
            None => Ok(()),
        }
    }

    /// Refuses `others` beside `name`.
    pub(super) fn forbid(&self, name: &str, others: &[&str]) -> Result<(), Stop> {
        if !self.has(name) {
            return Ok(());
        }
        match others.iter().find(|other| self.has(other)) {
            Some(other) => {
                Err(self.wrong(format!("Option \"[{name}]\" can't be used with option \"[{other}]\"")))
            }
            None => Ok(()),
        }
    }

    /// Takes options under their old names for the new ones (KIP-1147) and says so; both at once are refused.
    pub(super) fn rename(&mut self, renamed: &[(&'static str, &'static str)]) -> Result<(), Stop> {
        if let Some((old, new)) = renamed.iter().find(|(old, new)| self.has(old) && self.has(new)) {
            return Err(self.wrong(format!("Options --{new} and --{old} cannot be specified together.")));
        }
        for (old, new) in renamed {
            if self.renamed(old, new) {
                println!(
                    "Warning: --{old} is deprecated and will be removed in a future version. Use --{new} instead."
                );
            }
        }
        Ok(())
    }

    /// Puts a new name in the place of an old one; whether it was there.
    pub(super) fn renamed(&mut self, old: &str, new: &'static str) -> bool {
        let old: Vec<_> = self.found.iter_mut().filter(|(name, _)| *name == old).collect();
        let found = !old.is_empty();
        old.into_iter().for_each(|(name, _)| *name = new);
        found
    }

    pub(super) fn count(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }

    /// A mistake that is told with how the tool is used.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Stop {
        Stop::Usage { message: message.into(), usage: self.usage.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TOOL: Options = Options {
        about: "For tests.",
        options: &[&[
            flag("list", "Lists."),
            value("topic", "topic", "A topic."),
            value("partitions", "Integer", "How many."),
            maybe_value("state", "state", "A state, or all."),
            maybe_value("size", "Integer: bytes", "A size, or the default."),
        ]],
    };

    fn parse(line: &str) -> Result<Given, Stop> {
        let words: Vec<String> = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        TOOL.parse(&words)
    }

    #[test]
    fn forms_of_options() {
        for (line, found, rest) in [
            ("--list", &[("list", None)][..], &[][..]),
            ("--topic a", &[("topic", Some("a"))], &[]),
            ("--topic=a", &[("topic", Some("a"))], &[]),
            ("--topic=a=b", &[("topic", Some("a=b"))], &[]),
            ("--topic= b", &[("topic", Some("b"))], &[]),
            ("-topic a", &[("topic", Some("a"))], &[]),
            ("--topic --list", &[("topic", Some("--list"))], &[]),
            ("--list=yes", &[("list", None)], &[]),
            ("--state --list", &[("state", None), ("list", None)], &[]),
            ("--state Empty --list", &[("state", Some("Empty")), ("list", None)], &[]),
            ("--size -1 --list", &[("size", Some("-1")), ("list", None)], &[]),
            ("a --list b", &[("list", None)], &["a", "b"]),
            ("--list -- --topic", &[("list", None)], &["--topic"]),
            ("--list -", &[("list", None)], &["-"]),
        ] {
            let given = parse(line).unwrap();
            let expected: Vec<_> =
                found.iter().map(|(name, value)| (*name, value.map(str::to_owned))).collect();
            assert_eq!(given.found, expected, "{line}");
            assert_eq!(given.rest, rest, "{line}");
        }
    }

    #[test]
    fn mistakes_are_told_as_kafka_tells_them() {
        for (line, message) in [
            ("--nope", "nope is not a recognized option"),
            ("--top a", "top is not a recognized option"),
            ("-xyz", "x is not a recognized option"),
            ("--list --topic", "Option topic requires an argument"),
            ("", "For tests."),
            ("--list --help", "For tests."),
        ] {
            assert_eq!(parse(line).unwrap_err().message(), message, "{line}");
        }
        assert_eq!(parse("--version"), Err(Stop::Version));
        let given = parse("--topic a --topic b --partitions x").unwrap();
        assert_eq!(given.all("topic").collect::<Vec<_>>(), ["a", "b"]);
        for (error, message) in [
            (
                given.get("topic").unwrap_err(),
                "Found multiple arguments for option topic, but you asked for only one",
            ),
            (
                given.number::<i32>("partitions").unwrap_err(),
                "Cannot parse argument 'x' of option partitions",
            ),
            (given.require("list-offsets").unwrap_err(), "Missing required argument \"[list-offsets]\""),
            (
                given.forbid("topic", &["list", "partitions"]).unwrap_err(),
                "Option \"[topic]\" can't be used with option \"[partitions]\"",
            ),
        ] {
            assert_eq!(error.message(), message);
        }
    }

    #[test]
    fn lists_are_split_as_java_splits_them() {
        for (list, items) in [
            ("a,b", &["a", "b"][..]),
            ("a,,b,,", &["a", "", "b"]),
            (",a", &["", "a"]),
            (",", &[]),
            (",,", &[]),
            ("", &[""]),
        ] {
            assert_eq!(split(list, ','), items, "{list}");
        }
    }

    #[test]
    fn usage_has_two_columns() {
        let text = table(&[value(
            "config",
            "String: property file of some length",
            "A file of properties for the client, in two lines.",
        )]);
        let expected = "\
Option                                   Description
------                                   -----------
--config <String: property file of some  A file of properties for the client, in
  length>                                  two lines.
";
        assert_eq!(text, expected);
    }
}
