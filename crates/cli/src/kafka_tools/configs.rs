//! `kafka-configs`: settings of topics, brokers, loggers, groups and client metrics; quotas and SCRAM credentials.
use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, value},
    render::{java_double, join},
};
use ::client::{
    Admin,
    admin::{
        ConfigChange, ConfigEntry, ConfigSource, DescribeClusterOptions, DescribeConfigsOptions, GroupFilter,
        QuotaEntity, QuotaEntityType, QuotaFilter, QuotaMatch, Resource, ResourceType, SaltedPassword,
        ScramChange, ScramMechanism,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    net::ToSocketAddrs,
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, \
            client-metrics or group",
    options: &[&[
        BOOTSTRAP_SERVER,
        BOOTSTRAP_CONTROLLER,
        COMMAND_CONFIG,
        flag("alter", "Change settings."),
        flag("describe", "Show settings."),
        flag("all", "Show all settings, those that are not dynamic too."),
        value(
            "entity-type",
            "String",
            "One of topics, clients, users, brokers, broker-loggers, ips, client-metrics, groups.",
        ),
        value("entity-name", "String", "The name of the entity."),
        flag("entity-default", "The default of clients, users, brokers or ips."),
        value("add-config", "String", "Settings: 'k1=v1,k2=[v1,v2],k3=v3'."),
        value("add-config-file", "String", "A file of settings."),
        value("delete-config", "String", "Keys to remove: 'k1,k2'."),
        value("topic", "String", "A topic."),
        value("client", "String", "A client id."),
        flag("client-defaults", "The default of all clients."),
        value("user", "String", "A user's principal."),
        flag("user-defaults", "The default of all users."),
        value("broker", "String", "A broker's id."),
        flag("broker-defaults", "The default of all brokers."),
        value("broker-logger", "String", "A broker's id, for its loggers."),
        flag("ip-defaults", "The default of all addresses."),
        value("ip", "String", "An address."),
        value("group", "String", "A group's id."),
        value("client-metrics", "String", "The name of a subscription."),
    ]],
};

/// A flag and the type of entity that it names.
const FLAGS: &[(&str, &str)] = &[
    ("topic", "topics"),
    ("client", "clients"),
    ("user", "users"),
    ("broker", "brokers"),
    ("broker-logger", "broker-loggers"),
    ("ip", "ips"),
    ("client-metrics", "client-metrics"),
    ("group", "groups"),
];
const DEFAULT_FLAGS: &[(&str, &str)] = &[
    ("client-defaults", "clients"),
    ("user-defaults", "users"),
    ("broker-defaults", "brokers"),
    ("ip-defaults", "ips"),
];
const TYPES: &[&str] =
    &["broker-loggers", "topics", "clients", "users", "brokers", "ips", "client-metrics", "groups"];
const USER_QUOTAS: &[&str] =
    &["producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate"];
const IP_QUOTAS: &[&str] = &["connection_creation_rate"];

/// What is described or changed. An empty name is the default.
#[derive(Debug, PartialEq, Eq)]
struct Entities {
    types: Vec<String>,
    names: Vec<String>,
}

impl Entities {
    fn of(given: &Given) -> Result<Self, Stop> {
        let mut types: Vec<String> = given.all("entity-type").map(str::to_owned).collect();
        let mut names: Vec<String> = given
            .found
            .iter()
            .filter(|(name, _)| matches!(*name, "entity-name" | "entity-default"))
            .map(|(_, value)| value.clone().unwrap_or_default())
            .collect();
        for (flag, kind) in FLAGS.iter().chain(DEFAULT_FLAGS).filter(|(flag, _)| given.has(flag)) {
            types.push((*kind).to_owned());
            names.push(given.get(flag)?.unwrap_or_default().to_owned());
        }
        Ok(Self { types, names })
    }

    fn has(&self, kind: &str) -> bool {
        self.types.iter().any(|known| known == kind)
    }

    fn kind(&self) -> &str {
        self.types.first().map_or("", String::as_str)
    }

    fn is_quota(&self) -> bool {
        matches!(self.kind(), "users" | "clients" | "ips")
    }
}

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words)?;
    let entities = check(&given)?;
    super::block_on(async {
        let outcome = act(&given, &entities).await;
        outcome.map_err(|stop| match stop {
            Stop::Failed(message) if message.starts_with(EXCEPTION) => Stop::Failed(format!(
                "Error while executing config command with args '{}'\njava.util.concurrent.ExecutionException: {message}",
                words.join(" ")
            )),
            other => other,
        })
    })
}

const EXCEPTION: &str = "org.apache.kafka.common.errors.";

fn refused(error: &::client::Error) -> Stop {
    Stop::Failed(errors::exception(error))
}

fn check(given: &Given) -> Result<Entities, Stop> {
    if given.count(&["alter", "describe"]) != 1 {
        return Err(given.wrong("Command must include exactly one action: --describe, --alter"));
    }
    given.forbid("describe", &["alter", "add-config", "delete-config"])?;
    let entities = Entities::of(given)?;
    let fail = |message: String| Err(Stop::Failed(message));
    let twice: BTreeSet<&String> = entities
        .types
        .iter()
        .filter(|kind| entities.types.iter().filter(|other| other == kind).count() > 1)
        .collect();
    if !twice.is_empty() {
        return fail(format!("Duplicate entity type(s) specified: {}", join(twice, ",")));
    }
    if given.count(&["bootstrap-server", "bootstrap-controller"]) == 0 {
        return fail("Either --bootstrap-server or --bootstrap-controller must be specified.".to_owned());
    }
    if let Some(unknown) = entities.types.iter().find(|kind| !TYPES.contains(&kind.as_str())) {
        return fail(format!(
            "Invalid entity type {unknown}, the entity type must be one of {} with a --bootstrap-server or \
             --bootstrap-controller argument",
            TYPES.join(", ")
        ));
    }
    if entities.types.is_empty() {
        return fail("At least one entity type must be specified".to_owned());
    }
    if entities.types.len() > 1
        && !(entities.types.len() == 2 && entities.has("users") && entities.has("clients"))
    {
        return fail("Only 'users' and 'clients' entity types may be specified together".to_owned());
    }
    let has_flags = FLAGS.iter().chain(DEFAULT_FLAGS).any(|(flag, _)| given.has(flag));
    if has_flags && given.count(&["entity-name", "entity-type", "entity-default"]) > 0 {
        return fail(
            "--entity-{type,name,default} should not be used in conjunction with specific entity flags"
                .to_owned(),
        );
    }
    if given.count(&["bootstrap-server", "bootstrap-controller"]) > 1 {
        return fail("Only one of --bootstrap-server or --bootstrap-controller can be specified".to_owned());
    }
    check_names(given, &entities)?;
    if given.has("alter") {
        check_alter(given, &entities)?;
    }
    Ok(entities)
}

fn check_names(given: &Given, entities: &Entities) -> Outcome {
    let kinds = entities.types.join(",");
    let named = || entities.names.iter().filter(|name| !name.is_empty());
    let are_ids = entities.has("brokers") || entities.has("broker-loggers");
    if are_ids || entities.has("ips") {
        given.get("entity-name")?;
    }
    if let Some(name) = named().find(|name| are_ids && name.parse::<i32>().is_err()) {
        return Err(Stop::Failed(format!(
            "The entity name for {} must be a valid integer broker id, but it is: {name}",
            entities.kind()
        )));
    }
    let has_address = |name: &str| (name, 0).to_socket_addrs().is_ok_and(|mut found| found.next().is_some());
    if let Some(name) = named().find(|name| entities.has("ips") && !has_address(name)) {
        return Err(Stop::Failed(format!(
            "The entity name for ips must be a valid IP or resolvable host, but it is: {name}"
        )));
    }
    if given.has("describe") {
        if !entities.is_quota() && !entities.has("brokers") && given.has("entity-default") {
            return Err(Stop::Failed(format!(
                "--entity-default must not be specified with --describe of {kinds}"
            )));
        }
        if entities.has("broker-loggers") && named().next().is_none() {
            return Err(Stop::Failed(format!("An entity name must be specified with --describe of {kinds}")));
        }
    }
    Ok(())
}

fn check_alter(given: &Given, entities: &Entities) -> Outcome {
    let has_name = entities.names.iter().any(|name| !name.is_empty());
    if entities.is_quota() || entities.has("brokers") {
        if entities.names.is_empty() {
            return Err(Stop::failed(
                "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips",
            ));
        }
    } else if !has_name {
        let kinds = entities.types.join(",");
        return Err(Stop::Failed(format!("An entity name must be specified with --alter of {kinds}")));
    }
    if given.count(&["add-config", "add-config-file"]) > 1 {
        return Err(Stop::failed("Only one of --add-config or --add-config-file must be specified"));
    }
    if given.count(&["add-config", "add-config-file", "delete-config"]) == 0 {
        return Err(Stop::failed(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        ));
    }
    if entities.types.len() != entities.names.len() {
        return Err(Stop::failed("An entity name must be specified for every entity type"));
    }
    Ok(())
}

/// `k1=v1,k2=[v2,v3]`: commas in brackets belong to the value.
fn parse_added(text: &str) -> Result<BTreeMap<String, String>, Stop> {
    let mut parts = vec![String::new()];
    let mut in_brackets = false;
    for c in text.chars() {
        match c {
            ',' if !in_brackets => parts.push(String::new()),
            _ => {
                in_brackets = (in_brackets || c == '[') && c != ']';
                parts.last_mut().expect("it begins with one").push(c);
            }
        }
    }
    let mut added = BTreeMap::new();
    for part in parts {
        let outside = part.split('[').next().unwrap_or_default();
        let Some((key, value)) = part.split_once('=').filter(|_| outside.matches('=').count() == 1) else {
            return Err(Stop::failed(
                "Invalid entity config: all configs to be added must be in the format \"key=val\" or  \
                 \"key=[val1,val2]\" to group values which contain commas.",
            ));
        };
        added.insert(key.trim().to_owned(), value.replace(['[', ']'], "").trim().to_owned());
    }
    Ok(added)
}

fn added(given: &Given) -> Result<BTreeMap<String, String>, Stop> {
    let mut added = client::read_properties(given.get("add-config-file")?)?;
    if let Some(text) = given.get("add-config")? {
        added.extend(parse_added(text)?);
    }
    let is_plain = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || "$._-".contains(c));
    match added.keys().find(|key| !is_plain(key)) {
        Some(key) => Err(Stop::Failed(format!("Invalid character found for config key: {key}"))),
        None => Ok(added),
    }
}

fn deleted(given: &Given) -> Vec<String> {
    let keys = given.all("delete-config").flat_map(|keys| match keys.trim_matches(',') {
        // Commas alone are a key.
        "" => vec![keys],
        _ => keys.split(',').filter(|key| !key.is_empty()).collect(),
    });
    keys.map(|key| key.trim().to_owned()).collect()
}

fn resource(kind: &str, name: &str) -> Resource {
    let name = name.to_owned();
    match kind {
        "topics" => Resource::Topic(name),
        "brokers" => Resource::Broker(name),
        "broker-loggers" => Resource::BrokerLogger(name),
        "client-metrics" => Resource::ClientMetrics(name),
        _ => Resource::Group(name),
    }
}

fn dynamic_source(kind: &str, name: &str) -> ConfigSource {
    match kind {
        "topics" => ConfigSource::Topic,
        "brokers" if name.is_empty() => ConfigSource::DynamicDefaultBroker,
        "brokers" => ConfigSource::DynamicBroker,
        "broker-loggers" => ConfigSource::BrokerLogger,
        "client-metrics" => ConfigSource::ClientMetrics,
        _ => ConfigSource::Group,
    }
}

/// `topic` of `topics`.
fn singular(kind: &str) -> &str {
    &kind[..kind.len() - 1]
}

async fn act(given: &Given, entities: &Entities) -> Outcome {
    let admin = client::admin(given).await?;
    match (given.has("alter"), entities.is_quota()) {
        (false, false) => describe_resources(given, &admin, entities).await,
        (false, true) => describe_quotas(&admin, entities).await,
        (true, is_quota) => {
            let (added, deleted) = (added(given)?, deleted(given));
            if is_quota {
                alter_quotas(&admin, entities, added, deleted).await?;
            } else {
                alter_resource(&admin, entities, added, deleted).await?;
            }
            let (kind, name) = (entities.kind(), entities.names.first().map_or("", String::as_str));
            let line = match name {
                "" => format!("Completed updating default config for {kind} in the cluster."),
                name => format!("Completed updating config for {} {name}.", singular(kind)),
            };
            Ok(writeln!(io::stdout(), "{line}")?)
        }
    }
}

async fn alter_resource(
    admin: &Admin,
    entities: &Entities,
    added: BTreeMap<String, String>,
    deleted: Vec<String>,
) -> Outcome {
    let resource = resource(entities.kind(), entities.names.first().map_or("", String::as_str));
    if entities.kind() == "broker-loggers" {
        let loggers: Vec<ConfigEntry> = entries(admin, &resource).await?;
        let unknown: Vec<&String> = deleted
            .iter()
            .chain(added.keys())
            .filter(|name| loggers.iter().all(|known| known.name != **name))
            .collect();
        if !unknown.is_empty() {
            return Err(Stop::Failed(format!("Invalid broker logger(s): {}", join(unknown, ","))));
        }
    }
    let mut changes: Vec<ConfigChange> = deleted.into_iter().map(ConfigChange::Delete).collect();
    changes.extend(added.into_iter().map(|(key, value)| ConfigChange::Set(key, value)));
    admin.alter_configs(&[(resource, changes)], false).await.only().map_err(|error| refused(&error))
}

async fn entries(admin: &Admin, resource: &Resource) -> Result<Vec<ConfigEntry>, Stop> {
    let options = DescribeConfigsOptions { synonyms: true, ..DescribeConfigsOptions::default() };
    let described = admin.describe_configs(std::slice::from_ref(resource), &options).await;
    described.only().map_err(|error| refused(&error))
}

/// The names of all entities of a type.
async fn all_names(admin: &Admin, kind: &str) -> Result<Vec<String>, Stop> {
    let names = match kind {
        "topics" => admin.list_topics().await?.iter().map(|topic| topic.name.to_string()).collect(),
        "brokers" | "broker-loggers" => {
            let cluster = admin.describe_cluster(DescribeClusterOptions::default()).await?;
            let mut names: Vec<String> = cluster.brokers.iter().map(|broker| broker.id.to_string()).collect();
            names.push(String::new());
            names
        }
        "client-metrics" => configured(admin, ResourceType::ClientMetrics).await?,
        _ => {
            let groups = admin.list_groups(&GroupFilter::default()).await?.all()?;
            let mut names: BTreeSet<String> = groups.into_iter().map(|group| group.group_id).collect();
            // Brokers before Kafka 4.1 cannot tell.
            names.extend(configured(admin, ResourceType::Group).await.unwrap_or_default());
            names.into_iter().collect()
        }
    };
    Ok(names)
}

async fn configured(admin: &Admin, kind: ResourceType) -> Result<Vec<String>, Stop> {
    let found = admin.list_config_resources(&[kind]).await?;
    Ok(found.iter().map(|resource| resource.name().to_owned()).collect())
}

async fn describe_resources(given: &Given, admin: &Admin, entities: &Entities) -> Outcome {
    let kind = entities.kind();
    let all = given.has("all");
    let out = &mut io::stdout().lock();
    let names = match entities.names.first() {
        None => all_names(admin, kind).await?,
        Some(name) => {
            if kind == "topics" && !(all && name.is_empty()) {
                check_topic(name)?;
            }
            if !all && !all_names(admin, kind).await?.contains(name) {
                let kind = singular(kind);
                return Ok(writeln!(
                    out,
                    "The {kind} '{name}' doesn't exist and doesn't have dynamic config."
                )?);
            }
            vec![name.clone()]
        }
    };
    for name in names {
        if name.is_empty() {
            writeln!(out, "Default configs for {kind} in the cluster are:")?;
        } else {
            let which = if all { "All" } else { "Dynamic" };
            writeln!(out, "{which} configs for {} {name} are:", singular(kind))?;
        }
        let mut entries = entries(admin, &resource(kind, &name)).await?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let source = dynamic_source(kind, &name);
        for entry in entries.iter().filter(|entry| all || entry.source == source) {
            writeln!(out, "  {}", line(entry))?;
        }
    }
    Ok(())
}

fn check_topic(name: &str) -> Outcome {
    const LONGEST: usize = 249;
    let reason = match name {
        "" => "the empty string is not allowed".to_owned(),
        "." | ".." => format!("'{name}' is not allowed"),
        _ if name.encode_utf16().count() > LONGEST => {
            format!("the length of '{name}' is longer than the max allowed length {LONGEST}")
        }
        _ if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) => format!(
            "'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        ),
        _ => return Ok(()),
    };
    Err(Stop::Failed(format!("{EXCEPTION}InvalidTopicException: Topic name is invalid: {reason}")))
}

fn line(entry: &ConfigEntry) -> String {
    let or_null = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
    let synonyms = entry
        .synonyms
        .iter()
        .map(|synonym| format!("{}:{}={}", synonym.source, synonym.name, or_null(&synonym.value)));
    format!(
        "{}={} sensitive={} synonyms={{{}}}",
        entry.name,
        or_null(&entry.value),
        entry.sensitive,
        join(synonyms, ", ")
    )
}

fn quota_type(kind: &str) -> QuotaEntityType {
    match kind {
        "users" => QuotaEntityType::User,
        "clients" => QuotaEntityType::ClientId,
        _ => QuotaEntityType::Ip,
    }
}

fn filter(entities: &Entities) -> QuotaFilter {
    let matches = entities.types.iter().enumerate().map(|(at, kind)| {
        let name = match entities.names.get(at) {
            None => QuotaMatch::Any,
            Some(name) if name.is_empty() => QuotaMatch::Default,
            Some(name) => QuotaMatch::Exact(name.clone()),
        };
        (quota_type(kind), name)
    });
    QuotaFilter { matches: matches.collect(), strict: true }
}

async fn describe_quotas(admin: &Admin, entities: &Entities) -> Outcome {
    if entities.names.len() > entities.types.len() {
        return Err(Stop::failed("More entity names specified than entity types"));
    }
    let out = &mut io::stdout().lock();
    for (entity, quotas) in admin.describe_quotas(&filter(entities)).await? {
        let types = [
            (QuotaEntityType::User, "user-principal"),
            (QuotaEntityType::ClientId, "client-id"),
            (QuotaEntityType::Ip, "ip"),
        ];
        let parts = types.iter().filter_map(|(kind, word)| {
            Some(match entity.0.get(kind)? {
                Some(name) if !name.is_empty() => format!("{word} '{name}'"),
                _ => format!("the default {word}"),
            })
        });
        let values = quotas.iter().map(|(key, value)| format!("{key}={}", java_double(*value)));
        writeln!(out, "Quota configs for {} are {}", join(parts, ", "), join(values, ", "))?;
    }
    if entities.has("users") && !entities.has("clients") && !entities.names.iter().any(String::is_empty) {
        describe_scram(out, admin, &entities.names).await?;
    }
    Ok(())
}

async fn describe_scram(out: &mut impl Write, admin: &Admin, users: &[String]) -> Outcome {
    let described: Vec<_> = if users.is_empty() {
        admin.list_scram_credentials().await?.into_iter().map(|(user, found)| (user, Ok(found))).collect()
    } else {
        admin.describe_scram_credentials(users).await.into_iter().collect()
    };
    for (user, answer) in described {
        match answer {
            Ok(credentials) => {
                let list = credentials.iter().map(|c| format!("{}=iterations={}", c.mechanism, c.iterations));
                writeln!(
                    out,
                    "SCRAM credential configs for user-principal '{user}' are {}",
                    join(list, ", ")
                )?;
            }
            Err(error) if error.code() == Some(::client::ErrorCode::RESOURCE_NOT_FOUND) => {}
            // About all users, not this one.
            Err(error) if error.code().is_none() => return Err(refused(&error)),
            Err(error) => writeln!(
                out,
                "Error retrieving SCRAM credential configs for user-principal '{user}': ExecutionException: {}",
                errors::exception(&error)
            )?,
        }
    }
    Ok(())
}

async fn alter_quotas(
    admin: &Admin,
    entities: &Entities,
    added: BTreeMap<String, String>,
    deleted: Vec<String>,
) -> Outcome {
    let is_scram = |key: &str| matches!(key, "SCRAM-SHA-256" | "SCRAM-SHA-512");
    let known = if entities.has("ips") { IP_QUOTAS } else { USER_QUOTAS };
    let of_users = entities.types == ["users"];
    let unknown = |keys: &mut dyn Iterator<Item = &String>| -> Vec<String> {
        let is_known = |key: &String| known.contains(&key.as_str()) || (of_users && is_scram(key));
        keys.filter(|key| !is_known(key)).cloned().collect()
    };
    let wrong = |verb: &str, unknown: Vec<String>| {
        let what = match entities.kind() {
            "ips" => "connection quota configs",
            "users" if of_users => "quota and SCRAM credential configs",
            _ => "quota configs",
        };
        let kind = if entities.has("clients") { "clients" } else { entities.kind() };
        let list = unknown.join(",");
        Stop::Failed(format!(
            "Only {what} can be {verb} for '{kind}' using --bootstrap-server. Unexpected config names: {list}"
        ))
    };
    let unknown_added = unknown(&mut added.keys());
    if !unknown_added.is_empty() {
        return Err(wrong("added", unknown_added));
    }
    let unknown_deleted = unknown(&mut deleted.iter());
    if !unknown_deleted.is_empty() {
        return Err(wrong(if entities.has("ips") { "added" } else { "deleted" }, unknown_deleted));
    }
    let keys = || added.keys().chain(&deleted);
    if keys().any(|key| is_scram(key)) {
        if entities.names.iter().any(String::is_empty) {
            return Err(Stop::failed(
                "The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using \
                 --bootstrap-server.",
            ));
        }
        if keys().any(|key| !is_scram(key)) {
            return Err(Stop::failed(
                "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using \
                 --bootstrap-server.",
            ));
        }
        return alter_scram(admin, &entities.names[0], added, deleted).await;
    }
    let entity = QuotaEntity(
        entities
            .types
            .iter()
            .zip(&entities.names)
            .map(|(kind, name)| (quota_type(kind), Some(name.clone()).filter(|name| !name.is_empty())))
            .collect(),
    );
    let now = admin.describe_quotas(&filter(entities)).await?.remove(&entity).unwrap_or_default();
    let absent: Vec<&String> = deleted.iter().filter(|key| !now.contains_key(*key)).collect();
    if !absent.is_empty() {
        return Err(Stop::Failed(format!("Invalid config(s): {}", join(absent, ","))));
    }
    let mut changes: BTreeMap<String, Option<f64>> = deleted.into_iter().map(|key| (key, None)).collect();
    for (key, text) in added {
        let value = text
            .parse()
            .map_err(|_| Stop::Failed(format!("Cannot parse quota configuration value for {key}: {text}")))?;
        changes.insert(key, Some(value));
    }
    admin
        .alter_quotas(&BTreeMap::from([(entity, changes)]), false)
        .await
        .only()
        .map_err(|error| refused(&error))
}

/// `[iterations=N,]password=P`.
fn parse_password(mechanism: &str, text: &str) -> Result<(u32, String), Stop> {
    const LEAST: i64 = 4096;
    let invalid = || Stop::Failed(format!("Invalid credential property {mechanism}={text}"));
    let (iterations, rest) = match text.strip_prefix("iterations=") {
        Some(rest) => rest.split_once(',').ok_or_else(invalid)?,
        None => ("-1", text),
    };
    let password = rest.strip_prefix("password=").ok_or_else(invalid)?;
    let iterations = match iterations.parse::<i64>().map_err(|_| invalid())? {
        -1 => LEAST,
        other => other,
    };
    match u32::try_from(iterations) {
        Ok(enough) if iterations >= LEAST => Ok((enough, password.to_owned())),
        _ => Err(Stop::Failed(format!(
            "Iterations {iterations} is less than the minimum {LEAST} required for {mechanism}"
        ))),
    }
}

async fn alter_scram(
    admin: &Admin,
    user: &str,
    added: BTreeMap<String, String>,
    deleted: Vec<String>,
) -> Outcome {
    let mechanism =
        |key: &str| key.parse::<ScramMechanism>().map_err(|error| Stop::failed(error.to_string()));
    let mut changes = Vec::new();
    for key in &deleted {
        changes.push(ScramChange { user: user.to_owned(), mechanism: mechanism(key)?, password: None });
    }
    for (key, text) in &added {
        let mechanism = mechanism(key)?;
        let (iterations, password) = parse_password(key, text)?;
        let password = SaltedPassword::of(mechanism, &password, iterations);
        changes.push(ScramChange { user: user.to_owned(), mechanism, password });
    }
    admin.alter_scram_credentials(&changes).await.only().map_err(|error| refused(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entities(line: &str) -> Result<Entities, Stop> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        OPTIONS.parse(&words).and_then(|given| check(&given))
    }

    #[test]
    fn entities_have_long_and_short_names() {
        for (line, types, names) in [
            ("--topic t", &["topics"][..], &["t"][..]),
            ("--entity-type topics --entity-name t", &["topics"], &["t"]),
            ("--entity-type brokers --entity-default", &["brokers"], &[""]),
            ("--broker-defaults", &["brokers"], &[""]),
            ("--entity-type topics", &["topics"], &[]),
            ("--user u --client c", &["clients", "users"], &["c", "u"]),
            (
                "--entity-type users --entity-default --entity-type clients --entity-name c",
                &["users", "clients"],
                &["", "c"],
            ),
        ] {
            let found = entities(&format!("--describe --bootstrap-server b {line}")).unwrap();
            assert_eq!(
                (&found.types[..], &found.names[..]),
                (
                    &types.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..],
                    &names.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]
                ),
                "{line}"
            );
        }
    }

    #[test]
    fn mistakes_are_told_as_kafka_tells_them() {
        for (line, message) in [
            (
                "--describe --topic t",
                "Either --bootstrap-server or --bootstrap-controller must be specified.",
            ),
            ("--describe --bootstrap-server b", "At least one entity type must be specified"),
            (
                "--describe --broker x --bootstrap-server b",
                "The entity name for brokers must be a valid integer broker id, but it is: x",
            ),
            (
                "--alter --topic t --bootstrap-server b",
                "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
            ),
            (
                "--describe --topic t --topic u --bootstrap-server b",
                "Found multiple arguments for option topic, but you asked for only one",
            ),
            (
                "--describe --entity-type brokers --entity-name 1 --entity-name 2 --bootstrap-server b",
                "Found multiple arguments for option entity-name, but you asked for only one",
            ),
            (
                "--describe --ip [ --bootstrap-server b",
                "The entity name for ips must be a valid IP or resolvable host, but it is: [",
            ),
            (
                "--describe --topic t --entity-type brokers --bootstrap-server b",
                "Only 'users' and 'clients' entity types may be specified together",
            ),
        ] {
            assert_eq!(entities(line).unwrap_err().message(), message, "{line}");
        }
    }

    #[test]
    fn settings_to_add_are_read() {
        for (text, expected) in [
            ("a=1,b=2", Some(&[("a", "1"), ("b", "2")][..])),
            ("a=[1,2],b=3", Some(&[("a", "1,2"), ("b", "3")])),
            ("a=", Some(&[("a", "")])),
            (
                "SCRAM-SHA-256=[iterations=8192,password=x]",
                Some(&[("SCRAM-SHA-256", "iterations=8192,password=x")]),
            ),
            ("a", None),
            ("a=1=2", None),
        ] {
            let expected = expected.map(|pairs| {
                pairs
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                    .collect::<BTreeMap<_, _>>()
            });
            assert_eq!(parse_added(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn keys_to_remove_are_read() {
        for (line, keys) in [
            ("--delete-config a,b", &["a", "b"][..]),
            ("--delete-config ,a,,b, --delete-config c", &["a", "b", "c"]),
            ("--delete-config ,", &[","]),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(deleted(&OPTIONS.parse(&words).unwrap()), keys, "{line}");
        }
    }

    #[test]
    fn names_of_topics_are_checked() {
        for (name, reason) in [
            ("a._-1", None),
            ("", Some("the empty string is not allowed")),
            ("..", Some("'..' is not allowed")),
            (
                "a/b",
                Some(
                    "'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
                ),
            ),
        ] {
            let expected = reason
                .map(|reason| format!("{EXCEPTION}InvalidTopicException: Topic name is invalid: {reason}"));
            let found = check_topic(name).err().map(|stop| stop.message().to_owned());
            assert_eq!(found, expected, "{name}");
        }
        assert!(check_topic(&"a".repeat(249)).is_ok() && check_topic(&"a".repeat(250)).is_err());
    }

    #[test]
    fn passwords_are_read() {
        for (text, expected) in [
            ("password=x", Ok((4096, "x".to_owned()))),
            ("iterations=8192,password=x,y", Ok((8192, "x,y".to_owned()))),
            ("iterations=-1,password=x", Ok((4096, "x".to_owned()))),
            ("iterations=1,password=x", Err("Iterations 1 is less than the minimum 4096 required for M")),
            ("x", Err("Invalid credential property M=x")),
        ] {
            let found = parse_password("M", text);
            assert_eq!(
                found.as_ref().map_err(Stop::message),
                expected.as_ref().map_err(|text| *text),
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_look_as_in_java() {
        for (value, text) in
            [(1000.0, "1000.0"), (0.5, "0.5"), (1e7, "1.0E7"), (12_345_678.0, "1.2345678E7"), (0.0, "0.0")]
        {
            assert_eq!(java_double(value), text);
        }
    }
}
