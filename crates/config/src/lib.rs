//! Every setting, declared once: Kafka key, type, default, bound, scope and prose.
//!
//! The same declaration makes the typed field that code reads, the check of a value on its way in, the answer
//! of DescribeConfigs and the page `docs/reference/configuration.md`; so they cannot differ. A setting we act on
//! is a field of a struct made by [`config!`]; one that we know only to refuse a bad value is a row of
//! [`known!`], marked "not acted on yet".
//!
//! A field is called like its key, with `_` for `.`: `segment.ms` is `segment_ms`, and is a `Duration`.
//! Values travel as text until they are read, in Kafka's forms: times in milliseconds, sizes in bytes, lists
//! with commas, and `-1` for "no limit", which is `None` here.
//!
//! Not here: files, the process environment, the clock. Callers pass text in.
//! Sources: KIP-226 (dynamic broker configuration), KIP-339 (incremental alter), KIP-524 (documentation and type
//! in DescribeConfigs).
#![forbid(unsafe_code)]

mod error;
mod macros;
mod setting;
mod topic;
mod value;

pub use error::Error;
pub use setting::{Bound, Importance, Scope, Setting, Type, Update};
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
        INTERNAL, NO_DEFAULT, NOT_YET, also, at_least, at_most, between, falls_back_to, list_of, non_empty,
        one_of,
    };
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
