//! What the shell is offered while a command is typed: names that live in the cluster.
//!
//! A shell waits for this, so it gives up soon, says nothing, and offers what it has.
use crate::{cluster::ClusterArguments, commands::config::Kind, profiles::Profiles};
use clap::{Parser, ValueEnum};
use clap_complete::engine::CompletionCandidate;
use client::{
    Admin, Cluster, Error,
    admin::{GroupFilter, TransactionFilter},
};
use config::Scope;
use std::{env, ffi::OsStr, future::Future, time::Duration};

const PATIENCE: Duration = Duration::from_millis(500);

pub(crate) fn topics(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = ask(async |cluster| {
        let topics = cluster.all_topics().await?;
        Ok(topics.iter().map(|topic| topic.name.to_string()).collect())
    });
    candidates(names, typed)
}

pub(crate) fn groups(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = ask(async |cluster| {
        let groups = Admin::new(&cluster).list_groups(&GroupFilter::default()).await?;
        Ok(groups.found.into_iter().map(|group| group.group_id).collect())
    });
    candidates(names, typed)
}

pub(crate) fn profiles(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = Profiles::of_user().and_then(|profiles| profiles.names().ok());
    candidates(names.unwrap_or_default(), typed)
}

pub(crate) fn transactional_ids(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = ask(async |cluster| {
        let listed = Admin::new(&cluster).list_transactions(&TransactionFilter::default()).await?;
        Ok(listed.found.into_iter().map(|listing| listing.transactional_id).collect())
    });
    candidates(names, typed)
}

pub(crate) fn topic_settings(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(keys(Scope::Topic).map(|key| format!("{key}=")).collect(), typed)
}

pub(crate) fn topic_setting_keys(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(keys(Scope::Topic).map(str::to_owned).collect(), typed)
}

pub(crate) fn client_properties(typed: &OsStr) -> Vec<CompletionCandidate> {
    let known = client::Properties::known_keys();
    candidates(known.into_iter().map(|key| format!("{key}=")).collect(), typed)
}

/// What `config` is asked about: names of the kind that was typed, and behind a name its settings.
pub(crate) fn with_settings(typed: &OsStr) -> Vec<CompletionCandidate> {
    let words = typed_words();
    let Some(kind) = kind_in(&words) else { return Vec::new() };
    let settings = keys(kind.scope()).map(|key| format!("{key}=")).collect();
    let is_change = words.iter().any(|word| ["set", "alter"].contains(&word.as_str()));
    let mut offered = match kind {
        Kind::Topic => topics(typed),
        Kind::Group => groups(typed),
        Kind::Broker => brokers(typed),
        Kind::ClientMetrics => Vec::new(),
    };
    if is_change {
        offered.extend(candidates(settings, typed));
    }
    offered
}

pub(crate) fn setting_keys(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(kind) = kind_in(&typed_words()) else { return Vec::new() };
    candidates(keys(kind.scope()).map(str::to_owned).collect(), typed)
}

fn brokers(typed: &OsStr) -> Vec<CompletionCandidate> {
    let ids = ask(async |cluster| Ok(cluster.metadata().brokers.keys().map(ToString::to_string).collect()));
    candidates(ids, typed)
}

fn keys(scope: Scope) -> impl Iterator<Item = &'static str> {
    config::settings(scope).iter().filter(|setting| !setting.internal).map(|setting| setting.key)
}

/// The word that says what has the settings.
fn kind_in(words: &[String]) -> Option<Kind> {
    words.iter().find_map(|word| Kind::from_str(word, false).ok())
}

/// What stands on the command line so far, without this program's own words.
fn typed_words() -> Vec<String> {
    let words = env::args_os().map(|word| word.to_string_lossy().into_owned());
    words.skip_while(|word| word != "--").skip(1).collect()
}

fn candidates(names: Vec<String>, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    names.into_iter().filter(|name| name.starts_with(typed)).map(CompletionCandidate::new).collect()
}

/// Names from the cluster that the typed words mean.
fn ask<F>(question: impl FnOnce(Cluster) -> F) -> Vec<String>
where
    F: Future<Output = Result<Vec<String>, Error>>,
{
    let words = typed_words();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Vec::new();
    };
    let answer = runtime.block_on(async {
        let answered = async {
            let cluster = named_in(&words).connect_within(PATIENCE).await.ok()?;
            question(cluster).await.ok()
        };
        tokio::time::timeout(PATIENCE, answered).await
    });
    // A name server may be slow to answer in a thread of its own.
    runtime.shutdown_background();
    answer.ok().flatten().unwrap_or_default()
}

/// The words are half typed, so only what names a cluster is read.
fn named_in(words: &[String]) -> ClusterArguments {
    #[derive(Debug, Parser)]
    struct Only {
        #[command(flatten)]
        cluster: ClusterArguments,
    }
    let mut kept = vec!["mainstem".to_owned()];
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or_default();
        const LONG: [&str; 4] = ["--bootstrap-server", "--bootstrap-servers", "--brokers", "--profile"];
        let takes_next = ["-b", "-X"].contains(&word.as_str()) || LONG.contains(&word.as_str());
        if takes_next {
            kept.extend([word.clone(), words.next().cloned().unwrap_or_default()]);
        } else if LONG.contains(&name) || ["-b", "-X"].iter().any(|short| word.starts_with(short)) {
            kept.push(word.clone());
        }
    }
    Only::try_parse_from(kept).map(|only| only.cluster).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cluster_is_read_from_half_a_command() {
        for (line, expected) in [
            ("mainstem topic describe -b a:1 ", "bootstrap_server: Some(\"a:1\")"),
            ("mainstem topic describe --bootstrap-server=a:1 or", "bootstrap_server: Some(\"a:1\")"),
            (
                "mainstem consume --unknown --profile p -X a=b",
                "profile: Some(\"p\"), properties: [(\"a\", \"b\")]",
            ),
            ("mainstem consume -ba:1 or", "bootstrap_server: Some(\"a:1\")"),
            ("mainstem topics ls --brokers a:1", "bootstrap_server: Some(\"a:1\")"),
            ("mainstem consume -b", "bootstrap_server: Some(\"\")"),
            ("mainstem consume", "bootstrap_server: None"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let found = format!("{:?}", named_in(&words));
            assert!(found.contains(expected), "{line}: {found}");
        }
    }

    #[test]
    fn the_kind_is_found_among_the_words() {
        for (line, kind) in [
            ("mainstem config set topic or", Some(Kind::Topic)),
            ("mainstem config -b h:1 describe client-metrics", Some(Kind::ClientMetrics)),
            ("mainstem config describe", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(kind_in(&words), kind, "{line}");
        }
    }

    #[test]
    fn only_what_begins_so_is_offered() {
        let names = || ["orders", "other", "payments"].map(str::to_owned).to_vec();
        for (typed, count) in [("", 3), ("o", 2), ("orders", 1), ("x", 0)] {
            assert_eq!(candidates(names(), OsStr::new(typed)).len(), count, "{typed}");
        }
    }
}
