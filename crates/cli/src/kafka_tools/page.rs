//! The page about these tools, from the declarations that also read their command lines.
use super::{
    Line, TOOLS,
    options::{Opt, Takes},
};
use std::fmt::Write as _;

const HEAD: &str = "\
# `mainstem kafka-TOOL`

Kafka's own command lines: the same flags, the same output, exit code 0 or 1. Old names of options that Kafka still takes
are taken too (KIP-1147). `mainstem link-kafka-tools DIR` links the program under each name, with `.sh` and without.

```text
  mainstem kafka-topics --bootstrap-server localhost:9092 --list
  mainstem link-kafka-tools ~/.local/bin && kafka-topics.sh --bootstrap-server localhost:9092 --list
```
";

/// As Markdown.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    for tool in TOOLS {
        let _ = writeln!(page, "\n## `{}`\n", tool.name);
        match tool.line {
            Line::Options(options) => {
                let _ = writeln!(page, "{}", options.about);
                table(&mut page, options.options);
            }
            Line::Program(program) => {
                let _ = writeln!(page, "{}", program.about);
                table(&mut page, program.options);
                for command in program.commands {
                    let _ = writeln!(page, "\n### `{} {}`\n\n{}", tool.name, command.name, command.about);
                    table(&mut page, command.options);
                }
            }
        }
    }
    page
}

fn table(page: &mut String, options: &[&[Opt]]) {
    let mut options: Vec<&Opt> = options.iter().copied().flatten().collect();
    options.sort_by_key(|option| option.name);
    if options.is_empty() {
        return;
    }
    page.push_str("\n| option | what |\n|---|---|\n");
    for option in options {
        let short = if option.short.is_empty() { String::new() } else { format!("`-{}`, ", option.short) };
        let value = match option.takes {
            Takes::Nothing => String::new(),
            Takes::One(called) => format!(" <{called}>"),
            Takes::Maybe(called) => format!(" [{called}]"),
            Takes::Many(called) => format!(" <{called}>..."),
        };
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(page, "| {short}`--{}{}` | {} |", option.name, cell(&value), cell(option.about));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_and_command_is_told() {
        let page = page();
        for expected in [
            "## `kafka-topics`\n",
            "| `--topic <String: topic>` | ",
            "### `kafka-cluster list-endpoints`\n",
            "| `-b`, `--bootstrap-server <BOOTSTRAP_SERVER>` | ",
            "| `--sync` | ",
        ] {
            assert!(page.contains(expected), "{expected}");
        }
        assert!(TOOLS.iter().all(|tool| page.contains(&format!("## `{}`", tool.name))));
    }
}
