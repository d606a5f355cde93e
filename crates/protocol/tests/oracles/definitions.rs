//! Our schema beside Kafka's own message definitions, which are not part of this project.
//!
//! They are looked for in the folder `kafka-messages` of `$MAINSTEM_SHARED`, or of `../shared` beside the checkout.
//! Ranges are compared as far as a version can have them: Kafka also writes down versions it no longer accepts.
use crate::{
    catalog::schema_files,
    schema::{Api, Base, Default, Field, Kind, Message, Struct, Versions},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

const TIERED: &[&str] = &[
    "RemoteLogSegmentMetadataRecord",
    "RemoteLogSegmentMetadataUpdateRecord",
    "RemotePartitionDeleteMetadataRecord",
    "RemoteLogSegmentMetadataSnapshotRecord",
];

#[test]
fn our_schema_says_what_kafkas_definitions_say() {
    let Some(folder) = folder() else {
        println!("skipped: there is no folder kafka-messages in $MAINSTEM_SHARED or in ../shared");
        return;
    };
    let theirs = definitions(&folder);
    let files = schema_files();
    let ours: BTreeMap<&str, &Message> = files
        .iter()
        .flat_map(|file| &file.messages)
        .map(|message| (message.name.as_str(), message))
        .collect();
    let apis: BTreeMap<i16, &Api> =
        files.iter().flat_map(|file| &file.apis).map(|api| (api.key, api)).collect();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for definition in &theirs {
        let name = text(definition, "name").unwrap();
        let key = definition["apiKey"].as_i64().map(|key| key as i16);
        let versions = range(text(definition, "validVersions"));
        if text(definition, "type") == Some("request") {
            compare_api(definition, versions, apis[&key.unwrap()], &mut problems);
        }
        let Some(versions) = versions else {
            continue;
        };
        let Some(message) = ours.get(name) else {
            problems.push(format!("{name}: missing"));
            continue;
        };
        seen.insert(name);
        let mut same = |what: &str, ours: String, theirs: String| {
            if ours != theirs {
                problems.push(format!("{name}: {what} is {ours}, not {theirs}"));
            }
        };
        let kind = match text(definition, "type").unwrap() {
            "request" => Kind::Request,
            "response" => Kind::Response,
            "header" => Kind::Header,
            "metadata" => Kind::Record,
            "coordinator-key" => Kind::Key,
            "coordinator-value" => Kind::Value,
            _ => Kind::Data,
        };
        same("kind", format!("{:?}", message.kind), format!("{kind:?}"));
        same("key", format!("{:?}", message.key), format!("{key:?}"));
        same("versions", format!("{:?}", message.versions), format!("{versions:?}"));
        let flexible = range(text(definition, "flexibleVersions")).map(|versions| versions.0);
        same("flexible", format!("{:?}", message.flexible), format!("{flexible:?}"));
        let shared: &[Value] = definition["commonStructs"].as_array().map_or(&[], |structs| structs);
        let comparison = Comparison { message, shared };
        comparison.fields(message.root(), &definition["fields"], versions, name, &mut problems);
    }
    // Those of tiered storage lie in another folder of Kafka's sources than all others, and may not have been copied.
    let absent: &[&str] = if seen.iter().any(|name| TIERED.contains(name)) { &[] } else { TIERED };
    let unseen = ours.keys().filter(|name| !seen.contains(*name) && !absent.contains(name));
    problems.extend(unseen.map(|name| format!("{name}: not Kafka's")));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    println!("{} messages compared", seen.len());
}

fn compare_api(definition: &Value, versions: Option<Versions>, api: &Api, problems: &mut Vec<String>) {
    let listeners = definition["listeners"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let theirs = (
        text(definition, "name").unwrap().strip_suffix("Request"),
        versions,
        range(text(definition, "flexibleVersions")).map(|versions| versions.0),
        definition["latestVersionUnstable"].as_bool().unwrap_or(false),
        listeners.collect::<BTreeSet<_>>(),
    );
    let listeners = api.listeners.iter().map(String::as_str).collect();
    let ours = (Some(api.name.as_str()), api.versions, api.flexible, api.unstable, listeners);
    if ours != theirs {
        problems.push(format!("api {}: {ours:?}, not {theirs:?}", api.key));
    }
}

struct Comparison<'a> {
    message: &'a Message,
    /// Kafka's `commonStructs`.
    shared: &'a [Value],
}

impl Comparison<'_> {
    /// `versions` are those in which the struct is reached on this path.
    fn fields(
        &self,
        ours: &Struct,
        theirs: &Value,
        versions: Versions,
        path: &str,
        problems: &mut Vec<String>,
    ) {
        let reached = |field: &&Field| field.versions.within(versions).is_some();
        let mut ours = ours.fields.iter().filter(reached);
        for field in theirs.as_array().unwrap() {
            let tagged = range(text(field, "taggedVersions"));
            let Some(versions) =
                range(text(field, "versions")).or(tagged).and_then(|range| range.within(versions))
            else {
                continue;
            };
            let name = text(field, "name").unwrap();
            let path = format!("{path}.{name}");
            let Some(our) = ours.next() else {
                problems.push(format!("{path}: missing"));
                continue;
            };
            let theirs = described(field, versions);
            let ours = description(our, versions);
            if ours != theirs {
                problems.push(format!("{path}: {ours}, not {theirs}"));
            }
            if let Base::Struct(name) = &our.base {
                let common = self.shared.iter().find(|common| text(common, "name") == Some(name));
                let theirs = common.map_or(&field["fields"], |common| &common["fields"]);
                self.fields(self.message.find(name), theirs, versions, &path, problems);
            }
        }
        problems.extend(ours.map(|field| format!("{path}.{}: not Kafka's", field.name)));
    }
}

/// All that a field line says, with names reduced to what both spellings share.
fn description(field: &Field, reached: Versions) -> String {
    let base = match &field.base {
        Base::Struct(name) => name.to_lowercase(),
        base => format!("{base:?}").to_lowercase(),
    };
    let default = match field.default {
        Default::Zero => "0".to_owned(),
        Default::Null => "null".to_owned(),
        Default::True => "1".to_owned(),
        Default::Number(number) => number.to_string(),
    };
    line(&Line {
        name: &field.name,
        kind: if field.array { format!("[]{base}") } else { base },
        versions: field.versions.within(reached),
        nullable: field.nullable.and_then(|range| range.within(reached)),
        default,
        tag: field.tag.map(i64::from),
        flags: [field.key, field.ignorable, field.fixed],
        entity: field.entity.as_deref(),
    })
}

fn described(field: &Value, versions: Versions) -> String {
    let kind = text(field, "type").unwrap().to_lowercase();
    let default = match &field["default"] {
        Value::Null if kind == "records" => "null".to_owned(),
        Value::Null => "0".to_owned(),
        Value::Bool(value) => i32::from(*value).to_string(),
        value => match value.as_str().map_or_else(|| value.to_string(), str::to_lowercase).as_str() {
            "" | "false" => "0".to_owned(),
            "true" => "1".to_owned(),
            number if number.starts_with("0x") => i64::from_str_radix(&number[2..], 16).unwrap().to_string(),
            other => other.to_owned(),
        },
    };
    let nullable = range(text(field, "nullableVersions")).and_then(|range| range.within(versions));
    line(&Line {
        name: text(field, "name").unwrap(),
        // A field of records that cannot be null has no default worth the name.
        default: if kind == "records" && nullable.is_none() { "0".to_owned() } else { default },
        kind,
        versions: Some(versions),
        nullable,
        tag: field["tag"].as_i64(),
        flags: ["mapKey", "ignorable"]
            .map(|flag| field[flag].as_bool().unwrap_or(false))
            .into_iter()
            .chain([text(field, "flexibleVersions") == Some("none")])
            .collect::<Vec<_>>()
            .try_into()
            .unwrap(),
        entity: text(field, "entityType"),
    })
}

struct Line<'a> {
    name: &'a str,
    kind: String,
    versions: Option<Versions>,
    nullable: Option<Versions>,
    default: String,
    tag: Option<i64>,
    flags: [bool; 3],
    entity: Option<&'a str>,
}

fn line(line: &Line<'_>) -> String {
    let Line { kind, versions, nullable, default, tag, flags: [key, ignorable, fixed], .. } = line;
    format!(
        "{} {kind} {versions:?} nullable {nullable:?} = {default} tag {tag:?} key {key} ignorable {ignorable} \
         fixed {fixed} @{}",
        joined(line.name),
        joined(line.entity.unwrap_or_default()),
    )
}

fn joined(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let shared = std::env::var_os("MAINSTEM_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    Some(shared.join("kafka-messages")).filter(|folder| folder.is_dir())
}

fn definitions(folder: &Path) -> Vec<Value> {
    let mut definitions = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            definitions.extend(self::definitions(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let without_comments: Vec<&str> =
                text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            definitions.push(serde_json::from_str(&without_comments.join("\n")).unwrap());
        }
    }
    definitions
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str()
}

fn range(text: Option<&str>) -> Option<Versions> {
    let text = text.filter(|text| *text != "none")?;
    let number = |text: &str| text.parse::<i16>().unwrap();
    Some(match (text.strip_suffix('+'), text.split_once('-')) {
        (Some(first), _) => Versions(number(first), i16::MAX),
        (_, Some((first, last))) => Versions(number(first), number(last)),
        _ => Versions(number(text), number(text)),
    })
}
