//! What the shell is offered while a command is typed: names that live in the cluster.
//!
//! A shell waits for this, so it gives up soon, says nothing, and offers what it has.
use crate::{cluster::ClusterArguments, profiles::Profiles};
use clap::Parser;
use clap_complete::engine::CompletionCandidate;
use client::{Admin, Cluster, Error, admin::GroupFilter};
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

pub(crate) fn topic_settings(typed: &OsStr) -> Vec<CompletionCandidate> {
    let settings = config::settings(config::Scope::Topic).iter().filter(|setting| !setting.internal);
    candidates(settings.map(|setting| format!("{}=", setting.key)).collect(), typed)
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
    let words: Vec<String> = env::args().skip_while(|word| word != "--").skip(1).collect();
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
        let takes_next = ["-b", "-X", "--bootstrap-server", "--profile"].contains(&word.as_str());
        if takes_next {
            kept.extend([word.clone(), words.next().cloned().unwrap_or_default()]);
        } else if ["--bootstrap-server", "--profile"].contains(&name) {
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
            ("mainstem consume -b", "bootstrap_server: Some(\"\")"),
            ("mainstem consume", "bootstrap_server: None"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let found = format!("{:?}", named_in(&words));
            assert!(found.contains(expected), "{line}: {found}");
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
