//! Settings by the names that Kafka's Java clients and librdkafka gave them.
//!
//! A setting is one line of a table beside the struct it belongs to: its name, its other names, and how its text
//! becomes the field. A key that no table has is an error which names the nearest; one that Kafka's clients
//! know but that has nothing to set here ([`without_meaning`]), or that belongs to another kind of client, is
//! accepted with a warning that says why.
//!
//! ```
//! use mainstem_client::{Config, Properties, consumer};
//!
//! let properties = Properties::parse("bootstrap.servers=localhost:9092\ngroup.id=billing\nfetch.wait.max.ms=100")?;
//! let (mut config, mut consumer) = (Config::new(Vec::new()), consumer::Config::default());
//! let warnings = properties.apply_to_consumer(&mut config, &mut consumer)?;
//! assert!(warnings.is_empty());
//! assert_eq!(consumer.group_id.as_deref(), Some("billing"));
//!
//! let mistyped = Properties::from_iter([("gruop.id", "billing")]);
//! let error = mistyped.apply_to_consumer(&mut config, &mut consumer).unwrap_err();
//! assert_eq!(error.to_string(), "unknown setting `gruop.id`, did you mean `group.id`?");
//! # Ok::<(), mainstem_client::properties::Error>(())
//! ```
//!
//! Values are text in Kafka's forms: times in milliseconds, sizes in bytes, lists with commas. Files are
//! read by the caller; those that a setting names are read when the cluster is connected to.
mod jaas;
mod security;
mod without_meaning;

use crate::{Config, config, consumer, producer, share};
use std::{collections::BTreeMap, fmt, ops::RangeInclusive, time::Duration};

/// What a program was given: text by key.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(BTreeMap<String, String>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("line {line}: {reason}")]
    Syntax { line: usize, reason: String },
    #[error("unknown setting `{key}`{}", nearest.map(|key| format!(", did you mean `{key}`?")).unwrap_or_default())]
    UnknownKey { key: String, nearest: Option<&'static str> },
    /// `value` is `[hidden]` where it may be secret.
    #[error("`{key}`: value `{value}` cannot be used: expected {expected}")]
    BadValue { key: String, value: String, expected: String },
    #[error("`{first}` and `{second}` are one setting, and have different values")]
    Twice { first: String, second: String },
    #[error("`{key}` is required{because}")]
    Missing { key: &'static str, because: String },
    #[error("`{first}` and `{second}` contradict each other: {reason}")]
    Conflict { first: &'static str, second: &'static str, reason: String },
}

/// A setting that was accepted and does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub key: String,
    pub reason: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` does nothing here: {}", self.key, self.reason)
    }
}

impl Properties {
    /// Reads Java's `.properties` syntax. The last of several values of a key counts.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match ::config::parse_properties(text) {
            Ok(pairs) => Ok(Self(pairs)),
            Err(::config::Error::Syntax { line, reason }) => Err(Error::Syntax { line, reason }),
            Err(other) => Err(Error::Syntax { line: 0, reason: other.to_string() }),
        }
    }

    /// Sets one value, over an earlier one of this key.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), value.into());
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Every key that some client takes, by its first name, sorted.
    pub fn known_keys() -> Vec<&'static str> {
        let mut keys: Vec<_> =
            Role::ALL.iter().flat_map(|role| role.names()).map(|(first, _)| first).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Sets what an admin client or any other user of the bare cluster needs.
    pub fn apply(&self, client: &mut Config) -> Result<Vec<Warning>, Error> {
        self.apply_all(&[Role::Client], client, &mut (), &[])
    }

    /// Sets what a producer needs, on top of what `client` and `producer` have.
    pub fn apply_to_producer(
        &self,
        client: &mut Config,
        producer: &mut producer::Config,
    ) -> Result<Vec<Warning>, Error> {
        let warnings =
            self.apply_all(&[Role::Client, Role::Producer], client, producer, producer::SETTINGS)?;
        self.reconcile_producer(client, producer)?;
        Ok(warnings)
    }

    /// What was asked for in so many words must be possible; what was not gives way in silence.
    fn reconcile_producer(&self, client: &Config, producer: &mut producer::Config) -> Result<(), Error> {
        if self.get("enable.idempotence").is_some() && producer.idempotent {
            if producer.retries == 0 {
                let reason = "an idempotent producer sends again what failed";
                return conflict("retries", "enable.idempotence", reason);
            }
            if producer.acks != producer::Acks::All {
                return conflict(
                    "enable.idempotence",
                    "acks",
                    "an idempotent producer waits for all in-sync replicas",
                );
            }
            if producer.max_in_flight > 5 {
                let key = "max.in.flight.requests.per.connection";
                return conflict("enable.idempotence", key, "a broker remembers five batches of a producer");
            }
        }
        let one_attempt = producer.linger.saturating_add(client.request_timeout);
        if self.get("delivery.timeout.ms").is_some() {
            if producer.delivery_timeout < one_attempt {
                let reason = "a record may linger and then wait for an answer, so it must be at least `linger.ms` more";
                return conflict("delivery.timeout.ms", "request.timeout.ms", reason);
            }
        } else if self.get("message.timeout.ms").is_some() {
            // librdkafka does not mind if it is less than one attempt may take.
            if producer.delivery_timeout <= producer.linger {
                let reason = "a record that lingers would be given up before it is sent";
                return conflict("message.timeout.ms", "linger.ms", reason);
            }
        } else if ["linger.ms", "queue.buffering.max.ms", "request.timeout.ms", "socket.timeout.ms"]
            .iter()
            .any(|key| self.get(key).is_some())
        {
            producer.delivery_timeout = producer.delivery_timeout.max(one_attempt);
        }
        Ok(())
    }

    /// Sets what a consumer needs, on top of what `client` and `consumer` have.
    pub fn apply_to_consumer(
        &self,
        client: &mut Config,
        consumer: &mut consumer::Config,
    ) -> Result<Vec<Warning>, Error> {
        let warnings =
            self.apply_all(&[Role::Client, Role::Consumer], client, consumer, consumer::SETTINGS)?;
        self.check_consumer(consumer)?;
        Ok(warnings)
    }

    fn check_consumer(&self, consumer: &consumer::Config) -> Result<(), Error> {
        if consumer.group_protocol == consumer::GroupProtocol::Consumer {
            let in_vain = [
                (
                    "session.timeout.ms",
                    "the broker says how long: leave it out, or set it for the group there",
                ),
                (
                    "heartbeat.interval.ms",
                    "the broker says how often: leave it out, or set it for the group there",
                ),
                (
                    "partition.assignment.strategy",
                    "the broker gives partitions out: leave it out, or name an assignor of the broker with \
                     `group.remote.assignor`",
                ),
            ];
            if let Some((key, reason)) = in_vain.into_iter().find(|(key, _)| self.get(key).is_some()) {
                return conflict(key, "group.protocol", reason);
            }
        }
        if self.get("heartbeat.interval.ms").is_some()
            && consumer.heartbeat_interval >= consumer.session_timeout
        {
            let reason = "a member has to be heard several times within a session";
            return conflict("heartbeat.interval.ms", "session.timeout.ms", reason);
        }
        let stores_by_hand = self
            .get("enable.auto.offset.store")
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("false"));
        if stores_by_hand && consumer.group_id.is_some() && consumer.auto_commit_interval.is_some() {
            let reason = "what a poll gave out is committed by itself, processed or not; set \
                          `enable.auto.commit=false` and commit what was processed";
            return conflict("enable.auto.offset.store", "enable.auto.commit", reason);
        }
        Ok(())
    }

    /// Sets what a share consumer needs, on top of what `client` and `share` have.
    pub fn apply_to_share_consumer(
        &self,
        client: &mut Config,
        share: &mut share::Config,
    ) -> Result<Vec<Warning>, Error> {
        self.apply_all(&[Role::Client, Role::Share], client, share, share::SETTINGS)
    }

    fn apply_all<C>(
        &self,
        roles: &[Role],
        client: &mut Config,
        own: &mut C,
        settings: &'static [Setting<C>],
    ) -> Result<Vec<Warning>, Error> {
        let mut warnings = Vec::new();
        for key in self.0.keys() {
            if roles.iter().all(|role| role.first_name(key).is_none()) {
                warnings.push(Warning { key: key.clone(), reason: why_it_does_nothing(key)? });
            }
        }
        for (key, by, reason) in OVERRULED {
            if let (Some(value), Some(other)) = (self.get(key), self.get(by))
                && value.trim() != other.trim()
            {
                warnings.push(Warning { key: (*key).to_owned(), reason: (*reason).to_owned() });
            }
        }
        self.fill(config::SETTINGS, client)?;
        let mut draft = security::Draft::default();
        self.fill(security::SETTINGS, &mut draft)?;
        draft.finish(client)?;
        self.fill(settings, own)?;
        Ok(warnings)
    }

    /// Applies the rows that have a value, in the order of the table.
    fn fill<C>(&self, table: &'static [Setting<C>], into: &mut C) -> Result<(), Error> {
        for setting in table {
            let names = std::iter::once(&setting.key).chain(setting.also);
            let mut given = names.filter_map(|name| self.0.get_key_value(*name));
            let Some((key, value)) = given.next() else { continue };
            if let Some((second, _)) = given.find(|(_, other)| other.trim() != value.trim()) {
                return Err(Error::Twice { first: key.clone(), second: second.clone() });
            }
            (setting.read)(into, Value(value.trim())).map_err(|expected| {
                let value = if setting.secret { "[hidden]" } else { value.as_str() };
                Error::BadValue { key: key.clone(), value: value.to_owned(), expected }
            })?;
        }
        Ok(())
    }
}

fn conflict(first: &'static str, second: &'static str, reason: &str) -> Result<(), Error> {
    Err(Error::Conflict { first, second, reason: reason.to_owned() })
}

/// Two settings of librdkafka for which there is one field here: a key, the one that counts in its place, and why.
const OVERRULED: &[(&str, &str, &str)] = &[
    (
        "metadata.max.age.ms",
        "topic.metadata.refresh.interval.ms",
        "`topic.metadata.refresh.interval.ms` says when metadata is asked for again",
    ),
    (
        "request.timeout.ms",
        "socket.timeout.ms",
        "a broker may wait for its replicas as long as `socket.timeout.ms` lets an answer take",
    ),
];

/// Keys only: values may be secret.
impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Properties {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// Whose table a key stands in. A new kind of client adds a line here and in [`Role::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Client,
    Producer,
    Consumer,
    Share,
}

impl Role {
    const ALL: [Self; 4] = [Self::Client, Self::Producer, Self::Consumer, Self::Share];

    fn names(self) -> Vec<(&'static str, &'static [&'static str])> {
        match self {
            Self::Client => [names_of(config::SETTINGS), names_of(security::SETTINGS)].concat(),
            Self::Producer => names_of(producer::SETTINGS),
            Self::Consumer => names_of(consumer::SETTINGS),
            Self::Share => names_of(share::SETTINGS),
        }
    }

    fn first_name(self, key: &str) -> Option<&'static str> {
        self.names()
            .into_iter()
            .find(|(first, also)| *first == key || also.contains(&key))
            .map(|(first, _)| first)
    }

    fn holder(self) -> &'static str {
        match self {
            Self::Client => "every client",
            Self::Producer => "producers",
            Self::Consumer => "consumers",
            Self::Share => "share consumers",
        }
    }
}

fn names_of<C>(table: &'static [Setting<C>]) -> Vec<(&'static str, &'static [&'static str])> {
    table.iter().map(|setting| (setting.key, setting.also)).collect()
}

/// For a key that is not in the tables of this client.
fn why_it_does_nothing(key: &str) -> Result<String, Error> {
    if let Some(other) = Role::ALL.into_iter().find(|role| role.first_name(key).is_some()) {
        return Ok(format!("it is for {}", other.holder()));
    }
    if let Some(reason) = without_meaning::reason(key) {
        return Ok(reason.to_owned());
    }
    let known = Role::ALL.into_iter().flat_map(Role::names);
    let known = known.flat_map(|(first, also)| std::iter::once(first).chain(also.iter().copied()));
    let nearest = known
        .chain(without_meaning::keys())
        .map(|known| (strsim::normalized_damerau_levenshtein(known, key), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity >= 0.6);
    Err(Error::UnknownKey { key: key.to_owned(), nearest: nearest.map(|(_, key)| key) })
}

/// One row of a table: how the text of `key` gets into a `C`.
#[derive(Debug)]
pub(crate) struct Setting<C> {
    /// The name that Java's clients know, where they have one.
    key: &'static str,
    /// librdkafka's, and old ones.
    also: &'static [&'static str],
    read: Read<C>,
    secret: bool,
}

/// The error says what was expected.
type Read<C> = fn(&mut C, Value<'_>) -> Result<(), String>;

pub(crate) const fn setting<C>(
    key: &'static str,
    also: &'static [&'static str],
    read: Read<C>,
) -> Setting<C> {
    Setting { key, also, read, secret: false }
}

/// A setting whose value is never shown.
pub(crate) const fn secret<C>(key: &'static str, also: &'static [&'static str], read: Read<C>) -> Setting<C> {
    Setting { key, also, read, secret: true }
}

/// A setting's text without the blanks around it. Each method reads one form into a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a>(&'a str);

/// What Java's clients hold in an `int`.
pub(crate) const INT: RangeInclusive<i64> = 0..=i32::MAX as i64;
/// The same, without zero.
pub(crate) const POSITIVE: RangeInclusive<i64> = 1..=i32::MAX as i64;

impl<'a> Value<'a> {
    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }

    pub(crate) fn text(self, field: &mut String) -> Result<(), String> {
        self.0.clone_into(field);
        Ok(())
    }

    /// Nothing is none.
    pub(crate) fn optional_text(self, field: &mut Option<String>) -> Result<(), String> {
        *field = Some(self.0.to_owned()).filter(|text| !text.is_empty());
        Ok(())
    }

    /// Both ends of the range included.
    pub(crate) fn number<N: TryFrom<i64>>(
        self,
        field: &mut N,
        range: RangeInclusive<i64>,
    ) -> Result<(), String> {
        let number = self.0.parse().ok().filter(|number| range.contains(number));
        *field = number
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| format!("a whole number from {} to {}", range.start(), range.end()))?;
        Ok(())
    }

    pub(crate) fn millis(self, field: &mut Duration, range: RangeInclusive<i64>) -> Result<(), String> {
        let mut ms = 0u64;
        let read = self.number(&mut ms, range);
        *field = Duration::from_millis(ms);
        read.map_err(|expected| format!("{expected}, in milliseconds"))
    }

    /// A time of which librdkafka takes fractions.
    pub(crate) fn fractional_millis(self, field: &mut Duration) -> Result<(), String> {
        let ms = self.0.parse().ok().filter(|ms| (0.0..=f64::from(i32::MAX)).contains(ms));
        let expected = || format!("a number from 0 to {}, in milliseconds", i32::MAX);
        *field = Duration::from_secs_f64(ms.ok_or_else(expected)? / 1e3);
        Ok(())
    }

    /// A time that `off` (a number below the range, such as -1) switches off.
    pub(crate) fn millis_or_off(
        self,
        field: &mut Option<Duration>,
        off: i64,
        range: RangeInclusive<i64>,
    ) -> Result<(), String> {
        if self.0 == off.to_string() {
            *field = None;
            return Ok(());
        }
        let mut time = Duration::ZERO;
        self.millis(&mut time, range).map_err(|expected| format!("{expected}, or {off} for none"))?;
        *field = Some(time);
        Ok(())
    }

    /// A size that is given in units of 1024 bytes.
    pub(crate) fn kibibytes(self, field: &mut usize, range: RangeInclusive<i64>) -> Result<(), String> {
        let mut kibibytes = 0usize;
        self.number(&mut kibibytes, range)?;
        *field = kibibytes.saturating_mul(1024);
        Ok(())
    }

    pub(crate) fn flag(self, field: &mut bool) -> Result<(), String> {
        self.choice(field, &[("true", true), ("false", false)])
    }

    /// One of some words, in any case.
    pub(crate) fn choice<T: Clone>(self, field: &mut T, words: &[(&str, T)]) -> Result<(), String> {
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(self.0));
        let (_, value) = found.ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("one of {}", words.join(", "))
        })?;
        *field = value.clone();
        Ok(())
    }

    /// Elements with commas between them; blanks around each are dropped, and empty ones too.
    pub(crate) fn list(self) -> impl Iterator<Item = &'a str> {
        self.0.split(',').map(str::trim).filter(|element| !element.is_empty())
    }
}

#[cfg(test)]
mod tests;
