use crate::commands::{consume, dev, group, produce, server, topic};
use clap::{Parser, Subcommand};

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
    use clap::CommandFactory;

    #[test]
    fn the_declarations_agree_with_each_other() {
        Arguments::command().debug_assert();
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
            ("topic list -o yaml", false),
            ("tpoic list", false),
            ("produce t", true),
            ("produce t a b -k : -H a=b -H c=d -p 2 -z zstd", true),
            ("consume t", true),
            ("consume t -e -n 5 --offset -10 -p 0,2 -o json", true),
            ("consume t --offset @2026-11-22T10:00:00Z", true),
            ("consume t --offset middle", false),
            ("consume t -f -e", false),
            ("group list", true),
            ("group describe g -o json", true),
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
