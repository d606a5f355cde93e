//! Reads the schema notation.
//!
//! A file holds messages. What stands further right belongs to what stands further left, two spaces a step:
//!
//! ```text
//! # Prose before a line, or after one, is its documentation.
//! api 1 Fetch  versions 4-18  flexible 12+  on broker controller
//!
//! request
//!   cluster_id     string?          12+  = null  tag 0  ignorable
//!   topics         []FetchTopic
//!     topic        string           -12  ignorable  @topic_name
//!     partitions   []int32
//!   replica        ReplicaState     15+
//!
//!   struct ReplicaState
//!     replica_id   int32                 = -1  @broker_id
//! ```
//!
//! A field line is: name, type, versions, and attributes in any order.
//! - `?` after the type: null is allowed in all versions of the field; `nullable 7+`: only in those.
//! - No versions: all of the surrounding struct. `7+`, `4-12` or `5` otherwise, which must lie within those.
//! - `= VALUE` is the default where it is not zero, false or empty; `min` and `max` are the type's. `records?` defaults to null.
//! - `tag N`, `key`, `ignorable`, `fixed`, `@ENTITY`: see [`Field`].
//! - A struct used once is described below the field that has it, one used more often by `struct NAME`.
//!
//! Other messages are introduced by `record`, `key`, `value`, `header` or `data`, with their number if they have
//! one, their name and versions. `api N NAME removed` keeps the number of a retired key.
use super::schema::{Api, Base, Default as Initial, Field, File, Kind, Message, Struct, Versions};
use std::fmt;

/// What is wrong, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) problem: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.problem)
    }
}

impl std::error::Error for ParseError {}

/// `path` is only for errors; `name` is the file's name without folder and extension.
pub(crate) fn parse(path: &str, name: &str, text: &str) -> Result<File, ParseError> {
    let fail = |(line, problem): (usize, String)| ParseError { file: path.to_owned(), line, problem };
    let lines = lines(text).map_err(fail)?;
    file(name, &lines).map_err(fail)
}

type Result1<T> = Result<T, (usize, String)>;

struct Line<'a> {
    number: usize,
    depth: usize,
    words: Vec<&'a str>,
    docs: Vec<String>,
}

impl Line<'_> {
    fn fail<T>(&self, problem: impl Into<String>) -> Result1<T> {
        Err((self.number, problem.into()))
    }
}

/// Lines with words, each with the comments above and beside it. A blank line ends a comment that stands alone,
/// which then belongs to the file and is found on a line without words.
fn lines(text: &str) -> Result1<Vec<Line<'_>>> {
    let mut lines = Vec::new();
    let mut docs: Vec<String> = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        let (code, comment) = match line.split_once('#') {
            Some((code, comment)) => (code, Some(comment.trim())),
            None => (line, None),
        };
        docs.extend(comment.map(str::to_owned));
        let words: Vec<&str> = code.split_whitespace().collect();
        if words.is_empty() {
            if comment.is_none() && !docs.is_empty() {
                lines.push(Line { number, depth: 0, words, docs: std::mem::take(&mut docs) });
            }
            continue;
        }
        let indent = code.len() - code.trim_start().len();
        if indent % 2 != 0 || code[..indent].contains('\t') {
            return Err((number, "indent with two spaces a step".to_owned()));
        }
        lines.push(Line { number, depth: indent / 2, words, docs: std::mem::take(&mut docs) });
    }
    Ok(lines)
}

fn file(name: &str, lines: &[Line<'_>]) -> Result1<File> {
    let mut file = File { name: name.to_owned(), ..File::default() };
    let mut rest = lines;
    while let Some((head, tail)) = rest.split_first() {
        let body_len = tail.iter().take_while(|line| line.depth > 0).count();
        let (body, next) = tail.split_at(body_len);
        rest = next;
        let Some((&keyword, words)) = head.words.split_first() else {
            file.docs.extend(head.docs.iter().cloned());
            continue;
        };
        if head.depth > 0 {
            return head.fail("expected a message at the left margin");
        }
        if keyword == "api" {
            if let Some(line) = body.first() {
                return line.fail("fields belong under `request` or `response`");
            }
            file.docs.extend(head.docs.iter().cloned());
            file.apis.push(api(head, words)?);
            continue;
        }
        let head_message = match (keyword, file.apis.last()) {
            ("request" | "response", Some(api)) if words.is_empty() => of_api(head, keyword, api)?,
            ("request" | "response", _) => {
                return head.fail("`request` and `response` stand alone, after an `api`");
            }
            _ => message(head, keyword, words)?,
        };
        file.messages.push(fill(head_message, head, body)?);
    }
    for api in &file.apis {
        let messages =
            file.messages.iter().filter(|m| m.key == Some(api.key) && m.name.starts_with(&api.name));
        if messages.count() != if api.versions.is_some() { 2 } else { 0 } {
            return Err((1, format!("api {} needs one request and one response", api.name)));
        }
    }
    Ok(file)
}

fn of_api(head: &Line<'_>, keyword: &str, api: &Api) -> Result1<Message> {
    let (kind, suffix) = match keyword {
        "request" => (Kind::Request, "Request"),
        _ => (Kind::Response, "Response"),
    };
    let Some(versions) = api.versions else {
        return head.fail(format!("{} is removed", api.name));
    };
    Ok(Message {
        kind,
        key: Some(api.key),
        name: format!("{}{suffix}", api.name),
        versions,
        flexible: api.flexible,
        structs: Vec::new(),
    })
}

fn api(head: &Line<'_>, words: &[&str]) -> Result1<Api> {
    let [key, name, rest @ ..] = words else {
        return head.fail("expected `api NUMBER NAME ...`");
    };
    let Ok(key) = key.parse() else {
        return head.fail(format!("`{key}` is not an api key"));
    };
    let name = (*name).to_owned();
    let mut api = Api { key, name, versions: None, flexible: None, unstable: false, listeners: Vec::new() };
    if rest == ["removed"] {
        return Ok(api);
    }
    let (versions, flexible, rest) = version_words(head, rest)?;
    (api.versions, api.flexible) = (Some(versions), flexible);
    match rest {
        ["unstable", "on", listeners @ ..] => (api.unstable, api.listeners) = (true, owned(listeners)),
        ["on", listeners @ ..] => api.listeners = owned(listeners),
        _ => return head.fail("expected `on LISTENER...`"),
    }
    Ok(api)
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn message(head: &Line<'_>, keyword: &str, words: &[&str]) -> Result1<Message> {
    let kind = match keyword {
        "record" => Kind::Record,
        "key" => Kind::Key,
        "value" => Kind::Value,
        "header" => Kind::Header,
        "data" => Kind::Data,
        _ => return head.fail(format!("`{keyword}` is not a kind of message")),
    };
    let key = words.first().and_then(|word| word.parse().ok());
    let [name, rest @ ..] = &words[usize::from(key.is_some())..] else {
        return head.fail("the message has no name");
    };
    let (versions, flexible, []) = version_words(head, rest)? else {
        return head.fail("expected nothing after the versions");
    };
    Ok(Message { kind, key, name: (*name).to_owned(), versions, flexible, structs: Vec::new() })
}

fn version_words<'w, 'a>(
    head: &Line<'_>,
    words: &'w [&'a str],
) -> Result1<(Versions, Option<i16>, &'w [&'a str])> {
    let ["versions", range, rest @ ..] = words else {
        return head.fail("expected `versions A-B`");
    };
    let Some(versions @ Versions(_, ..=32766)) = range_of(range) else {
        return head.fail(format!("`{range}` is not a closed range of versions"));
    };
    let ["flexible", first, rest @ ..] = rest else {
        return Ok((versions, None, rest));
    };
    match range_of(first) {
        Some(Versions(first, i16::MAX)) => Ok((versions, Some(first), rest)),
        _ => head.fail(format!("`{first}` is not an open range of versions")),
    }
}

/// `7+`, `4-12`, `5`.
fn range_of(word: &str) -> Option<Versions> {
    let (first, last) = if let Some(first) = word.strip_suffix('+') {
        (first.parse().ok()?, i16::MAX)
    } else if let Some((first, last)) = word.split_once('-') {
        (first.parse().ok()?, last.parse().ok()?)
    } else {
        (word.parse().ok()?, word.parse().ok()?)
    };
    (0 <= first && first <= last).then_some(Versions(first, last))
}

/// A struct before its versions are known.
struct Draft<'a> {
    name: String,
    docs: Vec<String>,
    /// Where it is known from its place; a shared struct takes it from its users.
    line: &'a Line<'a>,
    shared: bool,
    fields: Vec<(Field, Option<Versions>, Option<Versions>, &'a Line<'a>)>,
}

fn fill(mut message: Message, head: &Line<'_>, body: &[Line<'_>]) -> Result1<Message> {
    let mut drafts = Vec::new();
    draft(&mut drafts, &message.name, head, false, body, 1)?;
    for (i, draft) in drafts.iter().enumerate() {
        if drafts[..i].iter().any(|earlier| earlier.name == draft.name) {
            return draft.line.fail(format!("struct {} is described twice", draft.name));
        }
    }
    let position = |name: &str| drafts.iter().position(|draft| draft.name == name);
    let mut ranges: Vec<Option<Versions>> = vec![None; drafts.len()];
    ranges[0] = Some(message.versions);
    // A struct may be used by several fields, so ranges grow until nothing changes.
    let mut pending = vec![0];
    while let Some(i) = pending.pop() {
        let outer = ranges[i].expect("pending structs have a range");
        for (field, written, ..) in &drafts[i].fields {
            let Base::Struct(name) = &field.base else { continue };
            let used = written.and_then(|range| range.within(outer)).unwrap_or(outer);
            let Some(at) = position(name) else { continue };
            let grown = ranges[at].map_or(used, |range| range.union(used));
            if ranges[at] != Some(grown) {
                ranges[at] = Some(grown);
                pending.push(at);
            }
        }
    }
    for (i, range) in ranges.iter().enumerate() {
        let Some(range) = *range else {
            return drafts[i].line.fail(format!("struct {} is not used", drafts[i].name));
        };
        let mut fields: Vec<Field> = Vec::new();
        for (field, written, nullable, line) in &drafts[i].fields {
            let mut field = field.clone();
            if let Base::Struct(name) = &field.base
                && position(name).is_none()
            {
                return line.fail(format!("there is no type {name}"));
            }
            field.versions = resolve(line, *written, range, message.versions, drafts[i].shared)?;
            field.nullable = match nullable {
                Some(nullable) => {
                    Some(resolve(line, Some(*nullable), field.versions, message.versions, true)?)
                }
                None => None,
            };
            if fields.iter().any(|earlier| earlier.name == field.name) {
                return line.fail(format!("field {} is described twice", field.name));
            }
            if field.default == Initial::Null && field.nullable != Some(field.versions) {
                return line.fail("null is the default, but not allowed in every version");
            }
            let first_flexible = message.flexible.unwrap_or(i16::MAX);
            if field.tag.is_some() && field.versions.0 < first_flexible {
                return line.fail("a tagged field needs flexible versions");
            }
            if field.tag.is_some() && fields.iter().any(|earlier| earlier.tag == field.tag) {
                return line.fail("the tag is taken");
            }
            fields.push(field);
        }
        let Draft { name, docs, .. } = &drafts[i];
        message.structs.push(Struct { name: name.clone(), versions: range, docs: docs.clone(), fields });
    }
    Ok(message)
}

/// Fills in an omitted range and closes an open one.
fn resolve(
    line: &Line<'_>,
    written: Option<Versions>,
    outer: Versions,
    message: Versions,
    clip: bool,
) -> Result1<Versions> {
    let Some(Versions(first, last)) = written else {
        return Ok(outer);
    };
    let last = if last == i16::MAX { outer.1 } else { last };
    let range = Versions(first, last);
    match range.within(outer) {
        Some(inside) if inside == range || clip => Ok(inside),
        _ => line.fail(format!(
            "versions {first}-{last} are outside {}-{} (the message has {}-{})",
            outer.0, outer.1, message.0, message.1
        )),
    }
}

fn draft<'a>(
    drafts: &mut Vec<Draft<'a>>,
    name: &str,
    head: &'a Line<'a>,
    shared: bool,
    body: &'a [Line<'a>],
    depth: usize,
) -> Result1<()> {
    let docs = if depth == 1 || shared { head.docs.clone() } else { Vec::new() };
    let at = drafts.len();
    drafts.push(Draft { name: name.to_owned(), docs, line: head, shared, fields: Vec::new() });
    let mut rest = body;
    while let Some((line, tail)) = rest.split_first() {
        if line.depth != depth {
            return line.fail("indented too far");
        }
        let below = tail.iter().take_while(|line| line.depth > depth).count();
        let (below, next) = tail.split_at(below);
        rest = next;
        if let ["struct", name] = line.words[..]
            && depth == 1
        {
            draft(drafts, name, line, true, below, depth + 1)?;
            continue;
        }
        let field = field(line)?;
        if !below.is_empty() {
            let Base::Struct(name) = &field.0.base else {
                return below[0].fail("only a struct has fields");
            };
            draft(drafts, name, line, false, below, depth + 1)?;
        }
        drafts[at].fields.push((field.0, field.1, field.2, line));
    }
    Ok(())
}

fn field(line: &Line<'_>) -> Result1<(Field, Option<Versions>, Option<Versions>)> {
    let [name, kind, rest @ ..] = &line.words[..] else {
        return line.fail("expected `NAME TYPE ...`");
    };
    let (kind, everywhere) = kind.strip_suffix('?').map_or((*kind, false), |kind| (kind, true));
    let (kind, array) = kind.strip_prefix("[]").map_or((kind, false), |kind| (kind, true));
    let base = match kind {
        "bool" => Base::Bool,
        "int8" => Base::Int8,
        "int16" => Base::Int16,
        "uint16" => Base::Uint16,
        "int32" => Base::Int32,
        "int64" => Base::Int64,
        "float64" => Base::Float64,
        "uuid" => Base::Uuid,
        "string" => Base::String,
        "bytes" => Base::Bytes,
        "records" => Base::Records,
        _ if kind.starts_with(char::is_uppercase) => Base::Struct(kind.to_owned()),
        _ => return line.fail(format!("there is no type {kind}")),
    };
    let (versions, mut words) = match rest.first().and_then(|word| range_of(word)) {
        Some(range) => (Some(range), &rest[1..]),
        None => (None, rest),
    };
    let default = if base == Base::Records && !array { Initial::Null } else { Initial::Zero };
    let mut nullable = everywhere.then_some(versions.unwrap_or(Versions(0, i16::MAX)));
    let mut field = Field {
        name: (*name).to_owned(),
        array,
        base,
        versions: Versions(0, 0),
        nullable: None,
        default: if everywhere { default } else { Initial::Zero },
        tag: None,
        key: false,
        ignorable: false,
        fixed: false,
        entity: None,
        docs: line.docs.clone(),
    };
    while let [word, rest @ ..] = words {
        let mut argument = || match rest.split_first() {
            Some((argument, rest)) => {
                words = rest;
                Ok(*argument)
            }
            None => line.fail(format!("`{word}` needs an argument")),
        };
        match *word {
            "=" => field.default = default_of(line, &field.base, argument()?)?,
            "tag" => match argument()?.parse() {
                Ok(tag) => field.tag = Some(tag),
                Err(_) => return line.fail("a tag is a number"),
            },
            "nullable" => match range_of(argument()?) {
                Some(range) => nullable = Some(range),
                None => return line.fail("`nullable` needs versions"),
            },
            "key" => (field.key, words) = (true, rest),
            "ignorable" => (field.ignorable, words) = (true, rest),
            "fixed" => (field.fixed, words) = (true, rest),
            entity if entity.starts_with('@') => {
                (field.entity, words) = (Some(entity[1..].to_owned()), rest);
            }
            unknown => return line.fail(format!("`{unknown}` is not an attribute")),
        }
    }
    Ok((field, versions, nullable))
}

fn default_of(line: &Line<'_>, base: &Base, word: &str) -> Result1<Initial> {
    Ok(match word {
        "null" => Initial::Null,
        "true" => Initial::True,
        "min" => Initial::Number(limits(base).0),
        "max" => Initial::Number(limits(base).1),
        _ => match word.parse() {
            Ok(number) => Initial::Number(number),
            Err(_) => return line.fail(format!("`{word}` is not a default")),
        },
    })
}

/// Smallest and largest number of a type.
pub(crate) fn limits(base: &Base) -> (i64, i64) {
    match base {
        Base::Int8 => (i8::MIN.into(), i8::MAX.into()),
        Base::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Base::Uint16 => (u16::MIN.into(), u16::MAX.into()),
        Base::Int32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}
