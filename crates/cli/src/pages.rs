//! The pages about the commands, from the declarations that also parse them.
use crate::{args, kafka_tools};
use clap::{Arg, ArgAction, Command};
use std::fmt::Write as _;

/// A file below `docs/commands` and what it says, for each command, and the list of them.
#[must_use]
pub fn pages() -> Vec<(String, String)> {
    let mut root = args::command();
    root.build();
    let commands: Vec<&Command> = shown(&root).collect();
    let mut index = "# Commands\n\nMade by `cargo xtask docs` from the command line itself. Exit codes: 0 done, 1 failed, 2 a mistake in the \
                     command or its input,\n3 no connection, 4 not allowed, 5 not found, 6 exists already, 7 took too long, 130 and 143 stopped by a signal before the end.\n\n"
        .to_owned();
    let mut pages = Vec::new();
    for command in commands {
        let name = command.get_name();
        let _ = writeln!(index, "- [`mainstem {name}`]({name}.md): {}", about(command));
        pages.push((format!("{name}.md"), page(command)));
    }
    index.push_str("- [`mainstem kafka-TOOL`](kafka-tools.md): Kafka's own command lines\n");
    pages.push(("kafka-tools.md".to_owned(), kafka_tools::page()));
    pages.push(("README.md".to_owned(), index));
    pages
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set())
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn page(command: &Command) -> String {
    let mut page = String::new();
    section(&mut page, command, &format!("mainstem {}", command.get_name()), 1);
    page.truncate(page.trim_end().len());
    page + "\n"
}

fn section(page: &mut String, command: &Command, path: &str, level: usize) {
    let _ = writeln!(page, "{} `{path}`\n", "#".repeat(level));
    let _ = writeln!(page, "{}\n", about(command));
    let above = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    let (details, examples) = above.split_once("Examples:\n").unwrap_or((&above, ""));
    if !details.trim().is_empty() {
        let _ = writeln!(page, "{}\n", details.trim());
    }
    if !examples.is_empty() {
        block(page, examples);
    }
    let usage = command.clone().bin_name(path).render_usage().to_string();
    block(page, &usage);
    let arguments: Vec<&Arg> = command.get_arguments().filter(|arg| is_told(arg)).collect();
    if !arguments.is_empty() {
        page.push_str("| argument | what |\n|---|---|\n");
        for argument in arguments {
            let _ = writeln!(page, "| {} | {} |", spelled(argument), cell(&meaning(argument)));
        }
        page.push('\n');
    }
    if let Some(more) = command.get_after_help() {
        block(page, &more.to_string());
    }
    for sub in shown(command) {
        section(page, sub, &format!("{path} {}", sub.get_name()), level + 1);
    }
}

fn is_told(argument: &Arg) -> bool {
    !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
}

fn block(page: &mut String, text: &str) {
    let lines = text.lines().map(str::trim_end).collect::<Vec<_>>();
    let _ = writeln!(page, "```text\n{}\n```\n", lines.join("\n").trim_end());
}

/// `-t`, `--topic TOPIC`.
fn spelled(argument: &Arg) -> String {
    let takes_value = !matches!(argument.get_action(), ArgAction::SetTrue | ArgAction::Count);
    let value = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let value = value.unwrap_or_else(|| argument.get_id().as_str().to_uppercase());
    let mut names: Vec<String> = argument.get_short().map(|short| format!("-{short}")).into_iter().collect();
    names.extend(argument.get_long().map(|long| format!("--{long}")));
    if names.is_empty() {
        return format!("`{}`", cell(&value));
    }
    if takes_value && let Some(last) = names.last_mut() {
        *last = format!("{last} {value}");
    }
    names.iter().map(|name| format!("`{}`", cell(name))).collect::<Vec<_>>().join(", ")
}

fn meaning(argument: &Arg) -> String {
    let mut text = argument.get_help().map(ToString::to_string).unwrap_or_default() + ".";
    let values = argument.get_possible_values();
    let values: Vec<&str> =
        values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name()).collect();
    if !values.is_empty() && argument.get_action().takes_values() {
        let _ = write!(text, " One of {}.", values.join(", "));
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        let _ = write!(text, " Default: {}.", defaults.join(", "));
    }
    text.trim().to_owned()
}

/// A bar would end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_examples() {
        let pages = pages();
        let index = &pages.last().unwrap().1;
        // Before the index is the page about Kafka's tools, which are no commands of ours.
        for (file, text) in &pages[..pages.len() - 2] {
            assert!(index.contains(&format!("({file})")), "{file}");
            assert!(text.starts_with(&format!("# `mainstem {}`\n", file.trim_end_matches(".md"))), "{file}");
            assert!(text.contains("```text\n  mainstem"), "{file} has no example");
        }
        let topic = &pages.iter().find(|(file, _)| file == "topic.md").unwrap().1;
        assert!(
            topic.contains("## `mainstem topic create`") && topic.contains("`--partitions N`"),
            "{topic}"
        );
    }
}
