//! The page `docs/reference/configuration.md`, made from the declarations.

use crate::{Effect, Scope, Setting, Type, Update, broker::SECTIONS, settings};
use std::fmt::Write;

/// The whole page. `cargo xtask docs` writes it, and a test compares.
pub fn reference_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("\n## Broker settings\n\n");
    page.push_str(BROKER);
    for (title, settings) in SECTIONS.iter() {
        section(&mut page, 3, title, settings);
    }
    page.push_str("\n## Topic settings\n\n");
    page.push_str(TOPIC);
    rows(&mut page, settings(Scope::Topic));
    page.push_str("\n## Group settings\n\n");
    page.push_str(GROUP);
    rows(&mut page, settings(Scope::Group));
    page.push_str("\n## Client metrics\n\n");
    page.push_str(CLIENT_METRICS);
    rows(&mut page, settings(Scope::ClientMetrics));
    page
}

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask docs` from the declarations in `crates/config`. Change those. -->
# Settings

Every setting of Apache Kafka 4.4 is known here by its key: it is checked when it is set, and shown by
`kafka-configs --describe`. A setting that this release does not act on says so: *not acted on yet*; one that nothing here
corresponds to says *without effect here*, and why. Keys that begin with `mainstem.` are ours.

A time is in milliseconds and a size in bytes, unless the key ends in another unit. `-1` means no limit where the
description says so. A list is separated by commas. `-` in the column *default* means that there is none.
";

const BROKER: &str = "\
In `server.properties`, in the environment (`KAFKA_NUM_PARTITIONS` is `num.partitions`; `__` stands for `_` and `___` for
`-`), or after `--override`; the later of these counts. A key that nobody knows gets a warning with the nearest one that is
known, and is an error in an override.

The column *change* says how a setting changes while the broker runs: *restart* not at all, *broker* for one broker at a
time, *cluster* also for all of them.
";

const TOPIC: &str = "\
Set when a topic is created or at any time later. A topic that does not set one goes by the broker settings in the column
*else*, the first of them that is set.
";

const GROUP: &str = "\
Set for one group by its id. A group that does not set one goes by the broker setting in the column *else*.
";

const CLIENT_METRICS: &str = "\
Set for a named subscription: which clients push which of their own metrics to the cluster (KIP-714).
";

fn section(page: &mut String, level: usize, title: &str, settings: &[Setting]) {
    let _ = write!(page, "\n{} {title}\n\n", "#".repeat(level));
    let mut sorted: Vec<&Setting> = settings.iter().collect();
    sorted.sort_by_key(|setting| setting.key);
    rows(page, sorted);
}

fn rows<'a>(page: &mut String, settings: impl IntoIterator<Item = &'a Setting>) {
    let mut settings = settings.into_iter().peekable();
    let is_broker = settings.peek().is_some_and(|setting| setting.scope == Scope::Broker);
    if page.ends_with(".\n") {
        page.push('\n');
    }
    let _ = writeln!(
        page,
        "| key | type | default | allowed | {} | what it does |",
        if is_broker { "change" } else { "else" }
    );
    page.push_str("|---|---|---|---|---|---|\n");
    for setting in settings {
        let default = setting.default.as_deref().map_or_else(|| "-".to_owned(), code);
        let also = setting.also.map(|value| format!(", or {value}")).unwrap_or_default();
        let column = if is_broker {
            change(setting.update).to_owned()
        } else {
            setting.falls_back_to.iter().map(|key| code(key)).collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(
            page,
            "| {} | {} | {default} | {}{also} | {column} | {}{} |",
            code(setting.key),
            kind(setting.kind),
            cell(&setting.bound.to_string()),
            cell(&setting.documentation),
            remarks(setting),
        );
    }
}

fn remarks(setting: &Setting) -> String {
    let mut remarks = String::new();
    if setting.internal {
        remarks.push_str(" *Not listed unless it is set.*");
    }
    match setting.effect {
        Effect::ActedOn => {}
        Effect::NotYet => remarks.push_str(" *Not acted on yet.*"),
        Effect::Meaningless => remarks.push_str(" *Without effect here.*"),
    }
    remarks
}

fn code(text: &str) -> String {
    if text.is_empty() { "empty".to_owned() } else { format!("`{}`", cell(text)) }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn change(update: Update) -> &'static str {
    match update {
        Update::ReadOnly => "restart",
        Update::PerBroker => "broker",
        Update::ClusterWide => "cluster",
    }
}

fn kind(kind: Type) -> &'static str {
    match kind {
        Type::Boolean => "boolean",
        Type::String => "string",
        Type::Int => "int",
        Type::Short => "short",
        Type::Long => "long",
        Type::Double => "double",
        Type::List => "list",
        Type::Class => "class",
        Type::Password => "password",
    }
}
