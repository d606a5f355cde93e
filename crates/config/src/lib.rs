//! Every setting, declared once: Kafka key, type, default, bound, scope and prose.
//!
//! The same declaration makes the typed field that code reads, the check of a value on its way in, the answer
//! of DescribeConfigs and the page `docs/reference/configuration.md`; so they cannot differ. A setting we act
//! on is a field of a struct made by [`config!`]; one that we know only to refuse a bad value is a row of
//! [`known!`], marked "not acted on yet" or, where
//! nothing here corresponds to it, "without effect here".
//!
//! A field is called like its key, with `_` for `.`: `segment.ms` is `segment_ms`, and is a `Duration`.
//! Values travel as text until they are read, in Kafka's forms: times in milliseconds, sizes in bytes, lists
//! with commas, and `-1` for "no limit", which is `None` here.
//!
//! Not here: files, the process environment, the clock. Callers pass text in. Sources: KIP-226 (dynamic
//! broker configuration), KIP-339 (incremental alter), KIP-524 (documentation and type in DescribeConfigs).
#![forbid(unsafe_code)]

mod alter;
mod broker;
mod error;
mod group;
mod layers;
mod listener;
mod macros;
mod properties;
mod reference;
mod setting;
#[cfg(test)]
mod tests;
mod topic;
mod value;

pub use alter::{Target, check_all};
pub use broker::{
    GroupConfig, LogConfig, NetworkConfig, NodeConfig, QuorumConfig, QuotaConfig, ServerConfig,
};
pub use error::Error;
pub use layers::{Entry, Layers, Source, Synonym, describe_client_metrics};
pub use listener::{
    ConnectionOverrides, Listener, ProcessRoles, ProtocolMap, SecurityProtocol, Voter, Voters,
};
pub use properties::{from_environment, parse_properties};
pub use reference::reference_markdown;
pub use setting::{Bound, Effect, Importance, Scope, Setting, Type, Update};
pub use topic::{CleanupPolicy, Durability, TimestampType, TopicCompression, TopicConfig};
pub use value::Value;

/// Text by key, as it came from a file, a record or a request.
pub type Properties = std::collections::BTreeMap<String, String>;

/// What a declaration is written with. `config!` and `known!` bring it into scope for their rows.
pub mod notation {
    pub use crate::setting::Importance::{High as HIGH, Low as LOW, Medium as MEDIUM};
    pub use crate::setting::Type::{
        Boolean as BOOLEAN, Class as CLASS, Double as DOUBLE, Int as INT, List as LIST, Long as LONG,
        Password as PASSWORD, Short as SHORT, String as STRING,
    };
    pub use crate::setting::Update::{ClusterWide as CLUSTER_WIDE, PerBroker as PER_BROKER};
    pub use crate::setting::{
        ACTED_ON, INTERNAL, MEANINGLESS, NO_DEFAULT, NOT_YET, also, at_least, at_most, between,
        falls_back_to, form, list_of, non_empty, one_of, one_of_ignoring_case, some_of,
    };
}

/// Every setting of a kind of resource, sorted by key.
pub fn settings(scope: Scope) -> &'static [Setting] {
    match scope {
        Scope::Broker => &broker::ALL,
        Scope::Topic => TopicConfig::settings(),
        Scope::Group => &group::GROUP,
        Scope::ClientMetrics => &group::CLIENT_METRICS,
    }
}

/// The setting called `key`. A broker's may carry the prefix of a listener, and of a SASL mechanism on it:
/// `listener.name.NAME.KEY`, `listener.name.NAME.MECHANISM.KEY`.
pub fn lookup(scope: Scope, key: &str) -> Result<&'static Setting, Error> {
    let settings = settings(scope);
    let exact =
        |key: &str| settings.binary_search_by_key(&key, |setting| setting.key).ok().map(|at| &settings[at]);
    let under_listener = || {
        let (_listener, rest) =
            key.strip_prefix("listener.name.").filter(|_| scope == Scope::Broker)?.split_once('.')?;
        exact(rest).or_else(|| exact(rest.split_once('.')?.1))
    };
    exact(key).or_else(under_listener).ok_or_else(|| unknown_key(settings, key))
}

/// Checks what was given after `--override`: there an unknown key is an error, not only a warning.
pub fn check_override(key: &str, value: &str) -> Result<(), Error> {
    lookup(Scope::Broker, key)?.check(value)
}

/// The setting called `key` among `settings`; otherwise an error that names the nearest one.
pub fn find<'a>(settings: &'a [Setting], key: &str) -> Result<&'a Setting, Error> {
    settings.iter().find(|setting| setting.key == key).ok_or_else(|| unknown_key(settings, key))
}

fn unknown_key(settings: &[Setting], key: &str) -> Error {
    let nearest = settings
        .iter()
        .filter(|setting| !setting.internal)
        .map(|setting| (strsim::normalized_damerau_levenshtein(setting.key, key), setting.key))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity >= 0.6);
    Error::UnknownKey { key: key.to_owned(), nearest: nearest.map(|(_, key)| key) }
}

/// A checked text as its type.
#[doc(hidden)]
pub fn typed<T: Value>(setting: &Setting, text: &str) -> Result<T, Error> {
    T::parse(text).ok_or_else(|| Error::BadValue {
        key: setting.key.to_owned(),
        value: text.to_owned(),
        expected: setting.expected(),
    })
}
