use crate::cluster::ClusterArguments;
use crate::{
    commands::{
        cluster, completion, config, consume, dev, doctor, dump, group, link, log_dirs, perf, produce,
        profile, server, storage, top, topic, txn,
    },
    output,
};
use clap::{Args as _, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::{env, ffi::OsString};

/// A Kafka-compatible streaming platform in one binary.
#[derive(Debug, Parser)]
#[command(name = "mainstem", version, arg_required_else_help = false)]
#[command(
    before_help = "Examples:
  mainstem                                    # a broker to develop against
  mainstem topic create orders --partitions 3
  mainstem produce orders 'hello, world'
  mainstem consume orders
  mainstem help consume                       # examples, and every option",
    after_help = "Without a command, `mainstem dev` runs."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Dev(dev::Arguments),
    Server(server::Arguments),
    #[command(subcommand)]
    Topic(topic::Command),
    Produce(produce::Arguments),
    Consume(consume::Arguments),
    #[command(subcommand)]
    Group(group::Command),
    #[command(subcommand)]
    Config(config::Command),
    #[command(subcommand)]
    Cluster(cluster::Command),
    #[command(subcommand)]
    Quorum(cluster::QuorumCommand),
    #[command(subcommand)]
    LogDirs(log_dirs::Command),
    #[command(subcommand)]
    Txn(txn::Command),
    #[command(subcommand)]
    Storage(storage::Command),
    Dump(dump::Arguments),
    #[command(subcommand)]
    Perf(perf::Command),
    Doctor(doctor::Arguments),
    Top(top::Arguments),
    #[command(subcommand)]
    Profile(profile::Command),
    Completion(completion::Arguments),
    LinkKafkaTools(link::Arguments),
    /// Print the version.
    #[command(hide = true)]
    Version,
}

/// What it does, examples, usage, and only then every option, in one form for `-h` and `--help`.
const HELP: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// What people call commands who come from other tools; below a noun these hold unless it has a verb of that name.
const OTHER_NAMES: &[(&str, &[&str])] = &[
    ("topic", &["topics"]),
    ("group", &["groups", "consumer-group", "consumer-groups"]),
    ("config", &["configs"]),
    ("cluster", &["clusters"]),
    ("log-dirs", &["log-dir", "logdirs"]),
    ("txn", &["txns", "tx", "transaction", "transactions"]),
    ("profile", &["profiles"]),
    ("completion", &["completions"]),
    ("list", &["ls"]),
    ("delete", &["rm", "remove"]),
    ("describe", &["get", "show", "info", "status"]),
    ("info", &["describe", "status"]),
    ("show", &["describe", "get"]),
    ("alter", &["update"]),
    ("create", &["add", "new"]),
    ("reset", &["seek", "reset-offsets"]),
    ("unset", &["delete", "rm"]),
    ("set", &["alter"]),
    ("use", &["switch"]),
];

/// The whole tree of commands.
pub(crate) fn command() -> clap::Command {
    shaped(Arguments::command())
}

fn shaped(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let help = clap::Arg::new("help").short('h').long("help").help("Print help");
    let is_taken = |name: &&&str| !names.iter().any(|own| own == *name);
    let shaped = command
        .disable_help_flag(true)
        .arg(help.action(clap::ArgAction::HelpShort).help_heading(None))
        .help_template(HELP);
    let shaped = with_details(shaped);
    names.iter().fold(shaped, |command, name| {
        let others =
            OTHER_NAMES.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, others)| others);
        let others = others.iter().filter(is_taken).copied().collect::<Vec<_>>();
        command.mut_subcommand(name, |sub| self::shaped(sub).aliases(others))
    })
}

/// What stands behind the first sentence of a description goes above the examples.
fn with_details(command: clap::Command) -> clap::Command {
    let long = command.get_long_about().map(ToString::to_string);
    let details = long.as_deref().and_then(|long| long.split_once("\n\n")).map(|(_, details)| details);
    let examples = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    match details {
        Some(details) => command.before_help(format!("{details}\n\n{examples}")).long_about(None::<&str>),
        None => command,
    }
}

/// This process's arguments; a mistake in them is told and ends it, with exit code 2.
pub(crate) fn parse() -> Arguments {
    // What decides of clap's own colour lets a CI's environment overrule a dumb terminal.
    let colour = if output::is_colour_unwanted() { ColorChoice::Never } else { ColorChoice::Auto };
    let words = cluster_behind(env::args_os().collect());
    let parsed = Arguments::from_arg_matches(&command().color(colour).get_matches_from(words));
    parsed.unwrap_or_else(|error| error.format(&mut command()).exit())
}

/// Who comes from other tools names the cluster before the command: `mainstem -b HOST:PORT topic list`. The options are
/// the command's, so they go behind its words.
fn cluster_behind(words: Vec<OsString>) -> Vec<OsString> {
    let options = ClusterArguments::augment_args(clap::Command::new("options"));
    let mut first = 1;
    while let Some(count) = words.get(first).and_then(|word| words_of_option(&options, word.to_str()?)) {
        first += count;
    }
    let tree = command();
    let (mut level, mut end) = (&tree, first);
    while let Some(below) = words.get(end).and_then(|word| level.find_subcommand(word)) {
        (level, end) = (below, end + 1);
    }
    // What is no command is clap's to complain of, in the order in which it was typed.
    if end == first {
        return words;
    }
    [&words[..1], &words[first..end], &words[1..first], &words[end..]].concat()
}

/// How many words an option takes that begins with this one: one with its value attached. All have a value.
fn words_of_option(options: &clap::Command, word: &str) -> Option<usize> {
    let (name, is_attached) = match word.strip_prefix("--") {
        Some(long) => long.split_once('=').map_or((long, false), |(name, _)| (name, true)),
        None => {
            let short = word.strip_prefix('-')?;
            let (at, _) = short.char_indices().nth(1).unwrap_or((short.len(), ' '));
            (&short[..at], at < short.len())
        }
    };
    let is_long = word.starts_with("--");
    let is_it = |option: &&clap::Arg| match is_long {
        true => {
            option.get_long() == Some(name) || option.get_all_aliases().is_some_and(|all| all.contains(&name))
        }
        false => option.get_short().is_some_and(|short| name.chars().eq([short])),
    };
    options.get_arguments().find(is_it).map(|_| if is_attached { 1 } else { 2 })
}

impl Default for Command {
    fn default() -> Self {
        Self::Dev(dev::Arguments::default())
    }
}

/// Reads `KEY=VALUE`, as `--config` and `--override` take it.
pub(crate) fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    #[test]
    fn the_declarations_agree_with_each_other() {
        command().debug_assert();
    }

    #[test]
    fn the_cluster_may_be_named_before_the_command() {
        for (typed, read) in [
            ("mainstem -b h:1 topic list", "mainstem topic list -b h:1"),
            (
                "mainstem --bootstrap-server=h:1 -Xa=b topics ls -o json",
                "mainstem topics ls --bootstrap-server=h:1 -Xa=b -o json",
            ),
            (
                "mainstem --brokers h:1 --profile p consume t -e",
                "mainstem consume --brokers h:1 --profile p t -e",
            ),
            ("mainstem -X a=b produce t -- -x", "mainstem produce -X a=b t -- -x"),
            ("mainstem topic list -b h:1", "mainstem topic list -b h:1"),
            ("mainstem -b h:1 tpoic list", "mainstem -b h:1 tpoic list"),
            ("mainstem -q topic list", "mainstem -q topic list"),
            ("mainstem -b", "mainstem -b"),
            ("mainstem", "mainstem"),
        ] {
            let words = typed.split(' ').map(OsString::from).collect();
            let read: Vec<OsString> = read.split(' ').map(OsString::from).collect();
            assert_eq!(cluster_behind(words), read, "{typed}");
        }
    }

    fn try_parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Arguments, clap::Error> {
        Arguments::from_arg_matches(&command().try_get_matches_from(words)?)
    }

    #[test]
    fn no_command_is_dev() {
        let parsed = try_parse(["mainstem"]).unwrap().command.unwrap_or_default();
        assert!(matches!(parsed, Command::Dev(_)));
    }

    #[test]
    fn arguments_are_taken_or_refused() {
        for (line, accepted) in [
            ("dev --ephemeral --json --kafka-port 0 --admin-port 0", true),
            ("dev --data-dir d", true),
            ("dev --ephemeral --data-dir d", false),
            ("server", true),
            ("server server.properties --override log.dirs=a,b --override node.id=2", true),
            ("server --override log.dirs", false),
            ("topic create t --partitions 3 --config retention.ms=1 --bootstrap-server h:1", true),
            ("topic create", false),
            ("topic alter t", false),
            ("topic alter t --partitions 4", true),
            ("topic list -o json", true),
            ("topic list -o yaml", true),
            ("topic list -o xml", false),
            ("tpoic list", false),
            ("topics ls -o name", true),
            ("topic rm a b", true),
            ("topic show a", true),
            ("topic create t --partitions 0", false),
            ("topic create t --partitions -1", false),
            ("topic list --brokers h:1", true),
            ("topic list --bootstrap-servers h:1,i:2", true),
            ("groups", false),
            ("group seek g --to-earliest", true),
            ("group reset g --to-earliest --dry-run", true),
            ("group reset g --to-earliest --dry-run --execute", false),
            ("config get topic t", true),
            ("config alter topic t a=b", true),
            ("cluster describe", true),
            ("quorum status", true),
            ("transactions ls", true),
            ("profile switch p", true),
            ("consume t --num 5", true),
            ("consume t u -g g -e", true),
            ("consume t -g g -p 0", false),
            ("consume t --max-messages 5", true),
            ("version", true),
            ("produce t", true),
            ("produce t a b -k : -H a=b -H c=d -p 2 -z zstd", true),
            ("produce t -K \\t -D \\0 -Z -l lines.txt", true),
            ("produce t --file a b", true),
            ("produce t --json -K :", false),
            ("produce t -f %k%v", false),
            ("consume t", true),
            ("consume t -e -n 5 --offset -10 -p 0,2 -o json", true),
            ("consume t --offset @2026-11-22T10:00:00Z", true),
            ("consume t --offset middle", false),
            ("consume t u -o -5 -o json -f %v", true),
            ("consume t -o s@1 -o e@2 -J", true),
            ("consume t -J --output value", false),
            ("consume t -f %q", false),
            ("group list", true),
            ("group describe g -o json -b h:1 -X client.id=me --profile p", true),
            ("group reset g --to-earliest --topic t:0,1 --execute", true),
            ("group reset g --shift-by -5", true),
            ("group reset g", false),
            ("group reset g --to-earliest --to-latest", false),
            ("group delete-offsets g", false),
            ("quorum describe -o yaml", true),
            ("storage format", false),
            ("storage format a b -t 4L6g3nShT-eMCtK--X86sw --node-id 3", true),
            ("storage format a -c b", false),
            ("storage info -c server.properties", true),
            ("dump", false),
            ("perf produce t -n 5 -s 10 --rate 100", true),
            ("perf latency t --rate 0", false),
            ("dump a.log b.index --records -o ndjson", true),
            ("log-dirs describe --broker 1 --topic t", true),
            ("txn abort", false),
            ("txn abort --partition t:0", false),
            ("txn abort --partition t:0 --start-offset 5", true),
            ("txn list --state ongoing --longer-than 5m", true),
            ("txn list --state eternal", false),
            ("config describe topic t --all", true),
            ("config describe broker", true),
            ("config set topic t a=b", true),
            ("config unset topic t", false),
            ("profile create p -b h:1 -X security.protocol=SSL --use", true),
            ("completion powershell", true),
            ("completion tcsh", false),
            ("link-kafka-tools /opt/bin", true),
            ("link-kafka-tools", false),
        ] {
            let words = std::iter::once("mainstem").chain(line.split(' '));
            assert_eq!(try_parse(words).is_ok(), accepted, "{line}");
        }
    }

    #[test]
    fn a_typo_names_the_nearest() {
        for (line, nearest) in [
            ("tpoic list", "'topic'"),
            ("topic lits", "'list'"),
            ("topic create t --partition 3", "'--partitions'"),
            ("consume t --ofset 3", "'--offset'"),
            ("produce t --compresion zstd", "'--compression'"),
            ("topic list -o jsn", "'json'"),
            ("config set topc t a=b", "'topic'"),
            ("produce t -z zsdt", "'zstd'"),
            ("completion bsh", "'bash'"),
        ] {
            let words = std::iter::once("mainstem").chain(line.split(' '));
            let error = try_parse(words).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(nearest), "{line}: {error}");
        }
    }

    fn each<'a>(command: &'a clap::Command, path: &str, look: &mut impl FnMut(&str, &'a clap::Command)) {
        look(path, command);
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
            each(sub, &format!("{path} {}", sub.get_name()), look);
        }
    }

    /// As a shell takes them apart, up to what belongs to the shell.
    fn words_of(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next().filter(|c| !"#|><\\".contains(*c)) {
            let (word, after) = match first {
                '\'' => rest[1..].split_once('\'').unwrap(),
                _ => rest.split_once(' ').unwrap_or((rest, "")),
            };
            words.push(word.to_owned());
            rest = after.trim_start();
        }
        words
    }

    #[test]
    fn every_command_has_examples_that_parse_and_every_option_its_meaning() {
        let root = command();
        each(&root, "mainstem", &mut |path, command| {
            let above = command.get_before_help().map(ToString::to_string).unwrap_or_default();
            let examples = above.split_once("Examples:\n").map_or("", |(_, examples)| examples);
            let examples: Vec<&str> =
                examples.lines().filter(|line| line.trim_start().starts_with("mainstem")).collect();
            assert!(!examples.is_empty(), "`{path}` has no example");
            for example in examples {
                assert!(example.len() <= 80, "{path}: {example}");
                let words = words_of(example);
                let is_kafkas = words.get(1).is_some_and(|word| word.starts_with("kafka-"));
                let parsed = try_parse(words.iter().map(String::as_str));
                let is_help = parsed.as_ref().is_err_and(|error| error.kind() == ErrorKind::DisplayHelp);
                assert!(is_kafkas || is_help || parsed.is_ok(), "{path}: {example}: {parsed:?}");
            }
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "`{path}` does not say what {} is", argument.get_id());
            }
        });
    }

    #[test]
    fn help_fits_a_terminal_and_has_its_examples_first() {
        let root = command().term_width(80);
        each(&root, "mainstem", &mut |path, command| {
            let mut command = command.clone().bin_name(path).term_width(80);
            let help = command.render_help().to_string();
            for line in help.lines() {
                let is_usage = line.starts_with("Usage:");
                assert!(is_usage || line.chars().count() <= 80, "{path}: {line}");
            }
            let place = |text: &str| help.find(text);
            assert!(place("Examples:") < place("Usage:") && place("Examples:").is_some(), "{path}: {help}");
        });
    }
}
