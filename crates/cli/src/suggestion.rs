//! "Did you mean": what is there and most like what is not.
use client::{Admin, Cluster, Error, ErrorCode, admin::GroupFilter};
use std::time::Duration;

/// What was named and does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Topic(String),
    Group(String),
}

/// Whoever mistyped a name waits no longer than this to hear of a better one.
const PATIENCE: Duration = Duration::from_secs(1);
/// From 0, nothing in common, to 1, the same.
const ALIKE: f64 = 0.6;

impl Missing {
    pub(crate) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::UnknownTopic(name) => Some(Self::Topic(name.clone())),
            Error::Refused { subject, code: ErrorCode::GROUP_ID_NOT_FOUND, .. } => {
                let name = subject.strip_prefix("group `")?.strip_suffix('`')?;
                Some(Self::Group(name.to_owned()))
            }
            _ => None,
        }
    }

    /// `None` also where the cluster does not say what there is.
    pub(crate) async fn nearest(&self, cluster: &Cluster) -> Option<String> {
        tokio::time::timeout(PATIENCE, self.ask(cluster)).await.ok()?
    }

    async fn ask(&self, cluster: &Cluster) -> Option<String> {
        match self {
            Self::Topic(name) => {
                let topics = cluster.all_topics().await.ok()?;
                nearest(name, topics.iter().map(|topic| &*topic.name))
            }
            Self::Group(name) => {
                let groups = Admin::new(cluster).list_groups(&GroupFilter::default()).await.ok()?;
                nearest(name, groups.found.iter().map(|group| group.group_id.as_str()))
            }
        }
    }
}

fn nearest<'a>(name: &str, there: impl Iterator<Item = &'a str>) -> Option<String> {
    there
        .map(|there| (strsim::normalized_damerau_levenshtein(there, name), there))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, there)| there.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_alike_is_meant() {
        let there = ["orders", "orders-eu", "payments"];
        for (name, meant) in [
            ("ordres", Some("orders")),
            ("order-eu", Some("orders-eu")),
            ("Payments", Some("payments")),
            ("x", None),
            ("clicks", None),
        ] {
            assert_eq!(nearest(name, there.into_iter()).as_deref(), meant, "{name}");
        }
        assert_eq!(nearest("orders", [].into_iter()), None);
    }
}
