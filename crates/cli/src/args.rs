use crate::commands::{
    cluster, completion, config, consume, dev, doctor, dump, group, link, log_dirs, perf, produce, profile,
    server, storage, top, topic, txn,
};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// A Kafka-compatible streaming platform in one binary.
#[derive(Debug, Parser)]
#[command(name = "mainstem", version, propagate_version = true, arg_required_else_help = false)]
#[command(after_help = "Without a command, `mainstem dev` runs.")]
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
}

/// What it does, examples, usage, and only then every option.
const HELP: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// The whole tree of commands.
pub(crate) fn command() -> clap::Command {
    fn with_template(command: clap::Command) -> clap::Command {
        let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        names
            .into_iter()
            .fold(command.help_template(HELP), |command, name| command.mut_subcommand(name, with_template))
    }
    with_template(Arguments::command())
}

/// This process's arguments; a mistake in them is told and ends it, with exit code 2.
pub(crate) fn parse() -> Arguments {
    let parsed = Arguments::from_arg_matches(&command().get_matches());
    parsed.unwrap_or_else(|error| error.format(&mut command()).exit())
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

    #[test]
    fn the_declarations_agree_with_each_other() {
        command().debug_assert();
    }

    #[test]
    fn no_command_is_dev() {
        let parsed = Arguments::try_parse_from(["mainstem"]).unwrap().command.unwrap_or_default();
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
            assert_eq!(Arguments::try_parse_from(words).is_ok(), accepted, "{line}");
        }
    }

    #[test]
    fn a_typo_names_the_nearest_command() {
        let error = Arguments::try_parse_from(["mainstem", "tpoic", "list"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("'topic'"), "{error}");
    }
}
