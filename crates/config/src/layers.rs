//! Which of several values counts, and where each came from.
//!
//! A topic's setting is looked for in the topic, then under its broker names in the settings of this broker,
//! of the whole cluster, and of this broker's file; else Kafka's default holds. Groups work alike. Each layer
//! is text by key; all but the file's change while the broker runs.
//!
//! Sources: KIP-226, and for DescribeConfigs' list of synonyms what Kafka's brokers answer.

use crate::{Properties, Scope, Setting, TopicConfig, Update, Value, settings};

/// Where a value comes from. The number is the one DescribeConfigs sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum Source {
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    BrokerLogger = 6,
    ClientMetrics = 7,
    Group = 8,
}

/// A broker's settings, by where they were made.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// The file, the environment and the command line.
    pub file: &'a Properties,
    /// For every broker of the cluster.
    pub cluster: &'a Properties,
    /// For this broker alone.
    pub broker: &'a Properties,
}

/// One of the values that stand behind an effective one, strongest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    pub name: String,
    /// `None` also where the value is secret.
    pub value: Option<String>,
    pub source: Source,
}

/// One line of DescribeConfigs.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    /// `None` is null, also where the value is secret.
    pub value: Option<String>,
    pub source: Source,
    pub read_only: bool,
    pub is_sensitive: bool,
    pub synonyms: Vec<Synonym>,
    /// Kafka's number of the type; 0 for a key that nobody knows.
    pub kind: i8,
    pub documentation: Option<&'static str>,
}

impl Layers<'_> {
    fn strongest_first(&self) -> [(&Properties, Source); 3] {
        [
            (self.broker, Source::DynamicBroker),
            (self.cluster, Source::DynamicDefaultBroker),
            (self.file, Source::StaticBroker),
        ]
    }

    /// The effective text of a topic's or group's setting. `None` is null.
    fn resolve(&self, setting: &Setting, own: &Properties) -> Option<String> {
        if let Some(value) = own.get(setting.key) {
            return Some(value.clone());
        }
        let inherited = self.strongest_first().into_iter().find_map(|(layer, _)| {
            setting.falls_back_to.iter().find_map(|name| Some(in_unit_of_topic(name, layer.get(*name)?)))
        });
        inherited.or_else(|| setting.default.clone())
    }

    /// What the logs of a topic with these own settings go by.
    pub fn topic_config(&self, own: &Properties) -> TopicConfig {
        let mut config = TopicConfig::default();
        for setting in TopicConfig::settings() {
            // What stands in a layer was checked when it got there. A value from a newer release may still be
            // strange, and a topic must not become unreadable by it: then the default holds.
            if let Some(value) = self.resolve(setting, own) {
                let _ = config.apply(setting.key, &value);
            }
        }
        config
    }

    pub fn describe_topic(&self, own: &Properties) -> Vec<Entry> {
        self.describe_own(Scope::Topic, Source::Topic, own)
    }

    pub fn describe_group(&self, own: &Properties) -> Vec<Entry> {
        self.describe_own(Scope::Group, Source::Group, own)
    }

    /// This broker's settings, and whatever else its layers hold.
    pub fn describe_broker(&self) -> Vec<Entry> {
        let known = settings(Scope::Broker);
        let set = self.strongest_first().into_iter().flat_map(|(layer, _)| layer.keys().map(String::as_str));
        let mut names: Vec<&str> =
            known.iter().filter(|setting| !setting.internal).map(|s| s.key).chain(set).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| self.broker_entry(name)).collect()
    }

    /// What is set for every broker of the cluster.
    pub fn describe_cluster(&self) -> Vec<Entry> {
        let entries = self.cluster.keys().map(|name| self.broker_entry(name));
        let from_cluster = |mut entry: Entry| {
            entry.synonyms.retain(|synonym| synonym.source == Source::DynamicDefaultBroker);
            entry.source = Source::DynamicDefaultBroker;
            let value = self.cluster.get(&entry.name).filter(|_| !entry.is_sensitive);
            entry.value = value.cloned();
            entry
        };
        entries.map(from_cluster).collect()
    }

    fn describe_own(&self, scope: Scope, source: Source, own: &Properties) -> Vec<Entry> {
        let listed = |setting: &&Setting| !setting.internal || own.contains_key(setting.key);
        let entry = |setting: &'static Setting| {
            let value = self.resolve(setting, own).filter(|_| !setting.is_sensitive());
            let mut synonyms = match setting.falls_back_to.first() {
                Some(name) => self.broker_synonyms(name),
                // Kafka names a group's own default as a synonym, but not a topic's.
                None if scope == Scope::Group => default_of(setting).into_iter().collect(),
                None => Vec::new(),
            };
            if own.contains_key(setting.key) {
                synonyms.insert(0, Synonym { name: setting.key.to_owned(), value: value.clone(), source });
            }
            entry_of(setting, value, synonyms, false)
        };
        settings(scope).iter().filter(listed).map(entry).collect()
    }

    fn broker_entry(&self, name: &str) -> Entry {
        let synonyms = self.broker_synonyms(name);
        let value = synonyms.first().and_then(|synonym| synonym.value.clone());
        match crate::lookup(Scope::Broker, name) {
            Ok(setting) => {
                let read_only = setting.key != name || setting.update == Update::ReadOnly;
                Entry { name: name.to_owned(), ..entry_of(setting, value, synonyms, read_only) }
            }
            // Nobody knows whether it is a secret, so it is one.
            Err(_) => Entry {
                name: name.to_owned(),
                value: None,
                source: synonyms.first().map_or(Source::Default, |synonym| synonym.source),
                read_only: true,
                is_sensitive: true,
                synonyms: synonyms.into_iter().map(|synonym| Synonym { value: None, ..synonym }).collect(),
                kind: 0,
                documentation: None,
            },
        }
    }

    /// Every value of the broker setting `name` and of those that stand in for it. What comes before the
    /// first that is called `name` is dropped; if none is, everything. So `log.retention.hours` in the file
    /// is no synonym of `retention.ms`: that is how Kafka's brokers answer, and their clients compare.
    fn broker_synonyms(&self, name: &str) -> Vec<Synonym> {
        let names = names_beside(name);
        let is_sensitive = crate::lookup(Scope::Broker, name).is_ok_and(Setting::is_sensitive);
        let synonym = |name: &str, value: &String, source| Synonym {
            name: name.to_owned(),
            value: (!is_sensitive).then(|| value.clone()),
            source,
        };
        let set = self.strongest_first().into_iter().flat_map(|(layer, source)| {
            names.iter().filter_map(move |name| Some((*name, layer.get(*name)?, source)))
        });
        let set = set.map(|(name, value, source)| synonym(name, value, source));
        let defaults = names.iter().filter_map(|name| {
            let setting = settings(Scope::Broker).iter().find(|setting| setting.key == *name)?;
            Some(synonym(name, setting.default.as_ref()?, Source::Default))
        });
        set.chain(defaults).skip_while(|synonym| synonym.name != name).collect()
    }
}

/// A subscription's settings: they have no layers.
pub fn describe_client_metrics(own: &Properties) -> Vec<Entry> {
    let entry = |setting: &'static Setting| {
        let set = own.get(setting.key);
        let synonym = |value: &String| Synonym {
            name: setting.key.to_owned(),
            value: Some(value.clone()),
            source: Source::ClientMetrics,
        };
        entry_of(
            setting,
            set.or(setting.default.as_ref()).cloned(),
            set.map(synonym).into_iter().collect(),
            false,
        )
    };
    settings(Scope::ClientMetrics).iter().map(entry).collect()
}

fn entry_of(
    setting: &'static Setting,
    value: Option<String>,
    synonyms: Vec<Synonym>,
    read_only: bool,
) -> Entry {
    Entry {
        name: setting.key.to_owned(),
        value,
        source: synonyms.first().map_or(Source::Default, |synonym| synonym.source),
        read_only,
        is_sensitive: setting.is_sensitive(),
        synonyms,
        kind: setting.kind as i8,
        documentation: Some(&setting.documentation),
    }
}

fn default_of(setting: &Setting) -> Option<Synonym> {
    let value = setting.default.clone()?;
    Some(Synonym { name: setting.key.to_owned(), value: Some(value), source: Source::Default })
}

/// The broker settings that say the same as `name`, strongest first: its other units, or, for one listener's
/// setting, the general one.
fn names_beside(name: &str) -> Vec<&str> {
    // The scheduler's interval stands in for the flush interval, but is a setting of its own.
    if name != "log.flush.scheduler.interval.ms"
        && let Some(topic) =
            settings(Scope::Topic).iter().find(|setting| setting.falls_back_to.contains(&name))
    {
        return topic.falls_back_to.to_vec();
    }
    match crate::lookup(Scope::Broker, name) {
        Ok(setting) if setting.key != name => vec![name, setting.key],
        _ => vec![name],
    }
}

/// Hours and minutes as the milliseconds that the topic's setting counts in.
fn in_unit_of_topic(name: &str, value: &str) -> String {
    let unit = match name.rsplit_once('.') {
        Some((_, "hours")) => 3_600_000,
        Some((_, "minutes")) => 60_000,
        _ => return value.trim().to_owned(),
    };
    // A negative time means "no limit" in any unit.
    i64::parse(value).map_or(0, |count| if count < 0 { -1 } else { count.saturating_mul(unit) }).to_string()
}
