//! Writes Rust.
//!
//! Conditions on versions are written only where the versions of the struct leave a choice, so most structs
//! decode in straight lines. What every message has in common is in `protocol::codec`, by hand.
use super::schema::{Api, Base, Default, Field, File, Kind, Message, Struct, Versions};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

pub(super) fn all(files: &[File]) -> BTreeMap<PathBuf, String> {
    let mut made: BTreeMap<PathBuf, String> = files
        .iter()
        .filter(|file| !file.messages.is_empty())
        .map(|file| (format!("{}.rs", file.name).into(), module(file)))
        .collect();
    made.insert("mod.rs".into(), index(files));
    made.insert("api_keys.rs".into(), api_keys(files));
    made
}

/// Text that knows how far it is indented.
#[derive(Default)]
struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn block(&mut self, head: impl AsRef<str>, body: impl FnOnce(&mut Self)) {
        self.line(format!("{} {{", head.as_ref()));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line("}");
    }

    fn docs(&mut self, prefix: &str, docs: &[String]) {
        for line in docs {
            self.line(format!("{prefix} {line}").trim_end());
        }
    }
}

fn index(files: &[File]) -> String {
    let mut page = Page::default();
    page.line("// Made by `cargo xtask codegen` from crates/protocol/schema/. Change that instead.");
    page.line("");
    page.line("mod api_keys;");
    for file in files.iter().filter(|file| !file.messages.is_empty()) {
        page.line(format!("pub mod {};", file.name));
    }
    page.line("");
    page.line("pub use api_keys::ApiKey;");
    page.line("pub(crate) use api_keys::APIS;");
    for file in files.iter().filter(|file| !file.apis.is_empty() && !file.messages.is_empty()) {
        let names: Vec<&str> = file.messages.iter().map(|message| message.name.as_str()).collect();
        page.line(format!("pub use {}::{{{}}};", file.name, names.join(", ")));
    }
    page.line("");
    page.line("/// Calls `$each!(Type, \"Type\");` for every message there is.");
    page.line("#[doc(hidden)]");
    page.line("#[macro_export]");
    page.block("macro_rules! for_each_message", |page| {
        page.line("($each:ident) => {");
        page.depth += 1;
        for file in files {
            for message in &file.messages {
                page.line(format!("$each!($crate::{}::{name}, \"{name}\");", file.name, name = message.name));
            }
        }
        page.depth -= 1;
        page.line("};");
    });
    page.text
}

fn api_keys(files: &[File]) -> String {
    let mut apis: Vec<&Api> = files.iter().flat_map(|file| &file.apis).collect();
    apis.sort_by_key(|api| api.key);
    let mut page = Page::default();
    page.line("// Made by `cargo xtask codegen` from crates/protocol/schema/. Change that instead.");
    page.line("");
    page.line("use crate::api_key::Api;");
    page.line("");
    page.line("/// What a request asks for: its number on the wire.");
    page.line("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    page.line("#[repr(i16)]");
    page.block("pub enum ApiKey", |page| {
        for api in &apis {
            page.line(format!("{} = {},", api.name, api.key));
        }
    });
    page.line("");
    page.line("/// In the order of the keys, without a gap.");
    page.line(format!("pub(crate) const APIS: [Api; {}] = [", apis.len()));
    page.depth += 1;
    for api in apis {
        let Some(Versions(first, last)) = api.versions else {
            page.line(format!("Api::removed(ApiKey::{name}, \"{name}\"),", name = api.name));
            continue;
        };
        let mut line = format!("Api::new(ApiKey::{name}, \"{name}\", {first}, {last})", name = api.name);
        if let Some(flexible) = api.flexible {
            write!(line, ".flexible({flexible})").expect("writing to a string");
        }
        if api.unstable {
            line.push_str(".unstable()");
        }
        for listener in &api.listeners {
            write!(line, ".{listener}()").expect("writing to a string");
        }
        page.line(line + ",");
    }
    page.depth -= 1;
    page.line("];");
    page.text
}

fn module(file: &File) -> String {
    let mut page = Page::default();
    page.line(format!(
        "// Made by `cargo xtask codegen` from schema/{}.kafka. Change that instead.",
        file.name
    ));
    page.line("");
    page.docs("//!", &file.docs);
    for api in &file.apis {
        if !file.docs.is_empty() {
            page.line("//!");
        }
        let Some(Versions(first, last)) = api.versions else { continue };
        page.line(format!("//! API key {}, versions {first} to {last}.", api.key));
    }
    page.line("");
    let place = |message: &Message| match message.kind {
        Kind::Request => "request".to_owned(),
        Kind::Response => "response".to_owned(),
        _ => snake(&message.name),
    };
    for message in &file.messages {
        page.line(format!("pub use {}::{};", place(message), message.name));
    }
    if file.messages.iter().any(|message| message.kind == Kind::Record) {
        page.line("");
        records(&mut page, &file.messages);
    }
    for message in &file.messages {
        page.line("");
        page.block(format!("pub mod {}", place(message)), |page| {
            page.line("use crate::codec::*;");
            for part in &message.structs {
                page.line("");
                structure(page, message, part);
            }
            page.line("");
            let Versions(first, last) = message.versions;
            page.line(format!("message!({}, {first}..={last});", message.name));
            match (message.kind, message.key) {
                (Kind::Request, Some(_)) => {
                    let name = message.name.strip_suffix("Request").expect("the parser named it");
                    page.line(format!("request!({name}, {}, super::{name}Response);", message.name));
                }
                (Kind::Record | Kind::Key | Kind::Value, Some(key)) => {
                    page.line(format!("record!({}, {key});", message.name));
                }
                _ => {}
            }
        });
    }
    page.text
}

/// An enum of all records of the file.
fn records(page: &mut Page, messages: &[Message]) {
    page.line("crate::codec::record_enum! {");
    page.depth += 1;
    page.line("/// Any record of the metadata log.");
    page.line("MetadataRecord");
    for message in messages {
        let variant = message.name.strip_suffix("Record").unwrap_or(&message.name);
        page.line(format!("{variant}({}),", message.name));
    }
    page.depth -= 1;
    page.line("}");
}

fn structure(page: &mut Page, message: &Message, part: &Struct) {
    page.docs("///", &part.docs);
    let mut derives = "Clone, Debug, PartialEq".to_owned();
    let manual_default = part.fields.iter().any(|field| !is_derived_default(field));
    if !manual_default {
        derives.push_str(", Default");
    }
    page.line(format!("#[derive({derives})]"));
    if part.fields.is_empty() {
        page.line(format!("pub struct {} {{}}", part.name));
    } else {
        page.block(format!("pub struct {}", part.name), |page| {
            for field in &part.fields {
                page.docs("///", &field.docs);
                let note = availability(field, part.versions);
                if !note.is_empty() {
                    page.line(format!("/// {note}"));
                }
                page.line(format!("pub {}: {},", ident(&field.name), rust_type(field)));
            }
        });
    }
    if manual_default {
        page.line("");
        page.block(format!("impl Default for {}", part.name), |page| {
            page.block("fn default() -> Self", |page| {
                page.block("Self", |page| {
                    for field in &part.fields {
                        page.line(format!("{}: {},", ident(&field.name), default(field)));
                    }
                });
            });
        });
    }
    page.line("");
    page.block(format!("impl Fields for {}", part.name), |page| {
        read(page, message, part);
        page.line("");
        write(page, message, part);
    });
}

fn availability(field: &Field, outer: Versions) -> String {
    let mut notes = Vec::new();
    if field.versions != outer {
        let Versions(first, last) = field.versions;
        notes.push(match () {
            () if last == outer.1 => format!("v{first}+"),
            () if first == last => format!("v{first}"),
            () => format!("v{first}-v{last}"),
        });
    }
    if let Some(nullable) = field.nullable.filter(|&nullable| nullable != field.versions) {
        notes.push(format!("null from v{}", nullable.0));
    }
    notes.join(", ")
}

// Reading

fn read(page: &mut Page, message: &Message, part: &Struct) {
    let flexible = Flexible::of(message, part);
    let varies = part.fields.iter().any(|field| {
        field.versions != part.versions
            || field.nullable.is_some_and(|nullable| nullable != field.versions)
            || matches!(field.base, Base::Struct(_))
    });
    let needs_version = varies || flexible == Flexible::From(message.flexible.unwrap_or_default());
    let (tagged, plain): (Vec<&Field>, Vec<&Field>) =
        part.fields.iter().partition(|field| field.tag.is_some());
    let reader = if plain.is_empty() && flexible == Flexible::Never { "_" } else { "r" };
    let version = if needs_version { "v" } else { "_" };
    page.block(
        format!("fn read({reader}: &mut Reader, {version}: i16) -> Result<Self, DecodeError>"),
        |page| {
            flexible.declare(page, part, true);
            for field in plain {
                let name = ident(&field.name);
                let value = read_value(field, &flexible);
                match condition(field.versions, part.versions) {
                    None => page.line(format!("let {name} = {value};")),
                    Some(when) => {
                        page.line(format!(
                            "let {name} = if {when} {{ {value} }} else {{ {} }};",
                            default(field)
                        ));
                    }
                }
            }
            if tagged.is_empty() {
                flexible.guard(page, "r.skip_tagged_fields()?;");
            } else {
                for field in &tagged {
                    page.line(format!("let mut {} = {};", ident(&field.name), default(field)));
                }
                let body = |page: &mut Page| {
                    page.line("r.read_tagged_fields(|tag, r| {");
                    page.depth += 1;
                    page.block("match tag", |page| {
                        for field in &tagged {
                            let tag = field.tag.expect("partitioned by it");
                            let when = condition(field.versions, flexible.versions(part));
                            let when = when.map_or(String::new(), |when| format!(" if {when}"));
                            let value = read_tagged(field);
                            page.line(format!("{tag}{when} => {} = {value},", ident(&field.name)));
                        }
                        page.line("_ => return Ok(false),");
                    });
                    page.line("Ok(true)");
                    page.depth -= 1;
                    page.line("})?;");
                };
                match flexible {
                    Flexible::From(_) => page.block("if flexible", body),
                    _ => body(page),
                }
            }
            let names: Vec<String> = part.fields.iter().map(|field| ident(&field.name)).collect();
            match names.is_empty() {
                true => page.line("Ok(Self {})"),
                false => wrapped(page, "Ok(Self {", &names, "})"),
            }
        },
    );
}

fn read_value(field: &Field, flexible: &Flexible) -> String {
    let flexible = if field.fixed { "false" } else { flexible.expression() };
    let nullable = if field.nullable.is_some() { "nullable_" } else { "" };
    let value = if field.array {
        match element_reader(&field.base, flexible) {
            Some(element) => format!("r.read_{nullable}array({flexible}, {element})?"),
            None => format!("read_{nullable}structs(r, {flexible}, v)?"),
        }
    } else {
        match &field.base {
            Base::String => format!("r.read_{nullable}string({flexible})?"),
            Base::Bytes => format!("r.read_{nullable}bytes({flexible})?"),
            Base::Records if field.nullable.is_some() => format!("r.read_nullable_records({flexible})?"),
            Base::Records => format!("r.read_bytes({flexible})?.into()"),
            Base::Struct(_) if field.nullable.is_some() => "read_nullable_struct(r, v)?".to_owned(),
            Base::Struct(_) => "Fields::read(r, v)?".to_owned(),
            scalar => format!("r.read_{}()?", scalar_name(scalar)),
        }
    };
    match field.nullable.and_then(|nullable| condition(nullable, field.versions)) {
        Some(when) => format!("null_if({when}, {value})?"),
        None => value,
    }
}

fn read_tagged(field: &Field) -> String {
    match &field.base {
        Base::Struct(_) if !field.array && field.nullable.is_some() => {
            "read_tagged_nullable_struct(r, v)?".to_owned()
        }
        _ => read_value(field, &Flexible::Always),
    }
}

/// What reads one element of an array, unless it is a struct.
fn element_reader(base: &Base, flexible: &str) -> Option<String> {
    Some(match base {
        Base::Struct(_) => return None,
        Base::String => format!("|r| r.read_string({flexible})"),
        Base::Bytes => format!("|r| r.read_bytes({flexible})"),
        scalar => format!("Reader::read_{}", scalar_name(scalar)),
    })
}

// Writing

fn write(page: &mut Page, message: &Message, part: &Struct) {
    let flexible = Flexible::of(message, part);
    let mut body = Page { depth: page.depth + 1, ..Page::default() };
    flexible.declare(&mut body, part, false);
    for field in &part.fields {
        let this = format!("self.{}", ident(&field.name));
        let absent = (!field.ignorable).then(|| {
            let problem = format!("not_in_version(\"{}\", \"{}\", v)", message.name, field.name);
            (is_set(field, &this), problem)
        });
        let when = condition(field.versions, part.versions);
        if field.tag.is_none() {
            let statement = write_value(message, field, &this, &flexible);
            match (when, absent) {
                (None, _) => statement.iter().for_each(|line| body.line(line)),
                (Some(when), absent) => {
                    body.line(format!("if {when} {{"));
                    body.depth += 1;
                    statement.iter().for_each(|line| body.line(line));
                    body.depth -= 1;
                    if let Some((set, problem)) = absent {
                        body.line(format!("}} else if {set} {{"));
                        body.line(format!("    return {problem};"));
                    }
                    body.line("}");
                }
            }
        } else if let (Some(when), Some((set, problem))) = (when, absent) {
            body.block(format!("if !({when}) && {set}"), |body| body.line(format!("return {problem};")));
        }
    }
    let mut tagged: Vec<&Field> = part.fields.iter().filter(|field| field.tag.is_some()).collect();
    tagged.sort_by_key(|field| field.tag);
    if tagged.is_empty() {
        flexible.guard(&mut body, "s.put_varint(0);");
    } else {
        let tags = |body: &mut Page| write_tagged(body, message, part, &flexible, &tagged);
        match flexible {
            Flexible::From(_) => body.block("if flexible", tags),
            _ => tags(&mut body),
        }
    }
    let text = body.text;
    let used = |name: &str| {
        let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
        text.match_indices(name).any(|(at, _)| {
            boundary(text[..at].chars().next_back())
                && boundary(text[at + name.len()..].chars().next().filter(|&c| c != '.'))
        })
    };
    let sink = if used("s") { "s" } else { "_" };
    let version = if used("v") { "v" } else { "_" };
    page.block(
        format!("fn write<S: Sink>(&self, {sink}: &mut S, {version}: i16) -> Result<(), EncodeError>"),
        |page| {
            page.text.push_str(&text);
            page.line("Ok(())");
        },
    );
}

fn write_tagged(page: &mut Page, message: &Message, part: &Struct, flexible: &Flexible, tagged: &[&Field]) {
    let set: Vec<String> = tagged
        .iter()
        .map(|field| {
            let set = is_set(field, &format!("self.{}", ident(&field.name)));
            match condition(field.versions, flexible.versions(part)) {
                Some(when) => format!("{when} && {}", in_conjunction(set)),
                None => set,
            }
        })
        .collect();
    wrapped(page, "let set = [", &set, "];");
    page.line("put_tag_count(s, &set);");
    for (i, field) in tagged.iter().enumerate() {
        let this = format!("self.{}", ident(&field.name));
        let tag = field.tag.expect("filtered by it");
        let statement = match &field.base {
            Base::Struct(_) if !field.array && field.nullable.is_some() => {
                format!("put_tagged_nullable_struct(s, {this}.as_ref(), v)?")
            }
            _ => write_value(message, field, &this, &Flexible::Always)
                .join(" ")
                .trim_end_matches(';')
                .to_owned(),
        };
        page.block(format!("if set[{i}]"), |page| page.line(format!("tagged!(s, {tag}, {statement});")));
    }
}

fn in_conjunction(condition: String) -> String {
    if condition.contains("||") { format!("({condition})") } else { condition }
}

fn write_value(message: &Message, field: &Field, this: &str, flexible: &Flexible) -> Vec<String> {
    let flexible = if field.fixed { "false" } else { flexible.expression() };
    let nullable = field.nullable.is_some();
    let mut lines = Vec::new();
    if let Some(when) = field.nullable.and_then(|allowed| condition(allowed, field.versions)) {
        lines.push(format!("if {this}.is_none() && !({when}) {{"));
        lines.push(format!("    return null_in_version(\"{}\", \"{}\", v);", message.name, field.name));
        lines.push("}".to_owned());
    }
    lines.push(match (field.array, &field.base) {
        (true, Base::Struct(_)) if nullable => {
            format!("put_nullable_structs(s, {this}.as_deref(), {flexible}, v)?;")
        }
        (true, Base::Struct(_)) => format!("put_structs(s, &{this}, {flexible}, v)?;"),
        (true, base) => {
            let element = match base {
                Base::String => format!("|s, x| s.put_string(x, {flexible})"),
                Base::Bytes => format!("|s, x| s.put_byte_field(x, {flexible})"),
                scalar => format!("|s, &x| {{ s.put_{}(x); Ok(()) }}", scalar_name(scalar)),
            };
            match nullable {
                true => format!("put_nullable_array(s, {this}.as_deref(), {flexible}, {element})?;"),
                false => format!("put_array(s, &{this}, {flexible}, {element})?;"),
            }
        }
        (_, Base::String) if nullable => format!("s.put_nullable_string({this}.as_deref(), {flexible})?;"),
        (_, Base::String) => format!("s.put_string(&{this}, {flexible})?;"),
        (_, Base::Bytes) if nullable => format!("s.put_nullable_byte_field({this}.as_ref(), {flexible})?;"),
        (_, Base::Bytes) => format!("s.put_byte_field(&{this}, {flexible})?;"),
        (_, Base::Records) if nullable => {
            format!("s.put_nullable_record_field({this}.as_ref(), {flexible})?;")
        }
        (_, Base::Records) => format!("s.put_record_field(&{this}, {flexible})?;"),
        (_, Base::Struct(_)) if nullable => format!("put_nullable_struct(s, {this}.as_ref(), v)?;"),
        (_, Base::Struct(_)) => format!("{this}.write(s, v)?;"),
        (_, scalar) => format!("s.put_{}({this});", scalar_name(scalar)),
    });
    lines
}

/// Whether a field differs from its default.
fn is_set(field: &Field, this: &str) -> String {
    if field.default == Default::Null {
        return format!("{this}.is_some()");
    }
    let is_set = |this: &str| match (&field.base, field.default) {
        _ if field.array => format!("!{this}.is_empty()"),
        (Base::String | Base::Bytes | Base::Records, _) => format!("!{this}.is_empty()"),
        (Base::Struct(name), _) => format!("*{this} != {name}::default()"),
        (Base::Uuid, _) => format!("!{this}.is_nil()"),
        (Base::Bool, Default::True) => format!("!{this}"),
        (Base::Bool, _) => this.to_owned(),
        (Base::Float64, _) => format!("{this} != 0.0"),
        (_, Default::Number(number)) => format!("{this} != {}", integer(&field.base, number)),
        _ => format!("{this} != 0"),
    };
    if field.nullable.is_some() {
        return format!("{this}.as_ref().is_none_or(|x| {})", is_set("x"));
    }
    is_set(this).trim_start_matches('*').to_owned()
}

// Pieces

/// Whether a struct is written in the flexible form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flexible {
    Never,
    Always,
    From(i16),
}

impl Flexible {
    fn of(message: &Message, part: &Struct) -> Self {
        match message.flexible {
            Some(first) if first <= part.versions.0 => Self::Always,
            Some(first) if first <= part.versions.1 => Self::From(first),
            _ => Self::Never,
        }
    }

    fn expression(self) -> &'static str {
        match self {
            Self::Never => "false",
            Self::Always => "true",
            Self::From(_) => "flexible",
        }
    }

    fn declare(self, page: &mut Page, _: &Struct, _reading: bool) {
        if let Self::From(first) = self {
            page.line(format!("let flexible = v >= {first};"));
        }
    }

    fn guard(self, page: &mut Page, statement: &str) {
        match self {
            Self::Never => {}
            Self::Always => page.line(statement),
            Self::From(_) => page.block("if flexible", |page| page.line(statement)),
        }
    }

    /// The versions of the struct that are flexible.
    fn versions(self, part: &Struct) -> Versions {
        match self {
            Self::From(first) => Versions(first, part.versions.1),
            _ => part.versions,
        }
    }
}

/// What to ask of `v` to know that it lies in `range`, if it lies in `outer`.
fn condition(range: Versions, outer: Versions) -> Option<String> {
    let Versions(first, last) = range;
    match (first <= outer.0, last >= outer.1) {
        (true, true) => None,
        (false, true) => Some(format!("v >= {first}")),
        (true, false) => Some(format!("v <= {last}")),
        (false, false) if first == last => Some(format!("v == {first}")),
        (false, false) => Some(format!("({first}..={last}).contains(&v)")),
    }
}

fn rust_type(field: &Field) -> String {
    let base = match &field.base {
        Base::Bool => "bool",
        Base::Int8 => "i8",
        Base::Int16 => "i16",
        Base::Uint16 => "u16",
        Base::Int32 => "i32",
        Base::Int64 => "i64",
        Base::Float64 => "f64",
        Base::Uuid => "Uuid",
        Base::String => "Text",
        Base::Bytes => "Bytes",
        Base::Records => "RecordBytes",
        Base::Struct(name) => name,
    };
    let inner = if field.array { format!("Vec<{base}>") } else { base.to_owned() };
    if field.nullable.is_some() { format!("Option<{inner}>") } else { inner }
}

fn is_derived_default(field: &Field) -> bool {
    match field.default {
        Default::Zero => field.nullable.is_none(),
        Default::Null => true,
        Default::True | Default::Number(_) => false,
    }
}

fn default(field: &Field) -> String {
    let value = match (&field.base, field.default) {
        (_, Default::Null) => return "None".to_owned(),
        (_, Default::True) => "true".to_owned(),
        (base, Default::Number(number)) => integer(base, number),
        _ if field.array => "Vec::new()".to_owned(),
        (Base::Bool, _) => "false".to_owned(),
        (Base::Float64, _) => "0.0".to_owned(),
        (Base::Uuid, _) => "Uuid::nil()".to_owned(),
        (Base::String, _) => "Text::default()".to_owned(),
        (Base::Bytes, _) => "Bytes::new()".to_owned(),
        (Base::Records, _) => "RecordBytes::new()".to_owned(),
        (Base::Struct(name), _) => format!("{name}::default()"),
        _ => "0".to_owned(),
    };
    if field.nullable.is_some() { format!("Some({value})") } else { value }
}

fn integer(base: &Base, number: i64) -> String {
    let bounds = match base {
        Base::Int8 => (i8::MIN.into(), i8::MAX.into()),
        Base::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Base::Int32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    match number {
        _ if number == bounds.0 => format!("{}::MIN", scalar_name(base)),
        _ if number == bounds.1 => format!("{}::MAX", scalar_name(base)),
        _ => number.to_string(),
    }
}

fn scalar_name(base: &Base) -> &'static str {
    match base {
        Base::Bool => "bool",
        Base::Int8 => "i8",
        Base::Int16 => "i16",
        Base::Uint16 => "u16",
        Base::Int32 => "i32",
        Base::Int64 => "i64",
        Base::Float64 => "f64",
        Base::Uuid => "uuid",
        Base::String | Base::Bytes | Base::Records | Base::Struct(_) => unreachable!("handled by the caller"),
    }
}

/// On one line where it fits, else filled to the width of the page.
fn wrapped(page: &mut Page, open: &str, items: &[String], close: &str) {
    const WIDTH: usize = 110;
    let space = if open.ends_with('{') { " " } else { "" };
    let line = format!("{open}{space}{}{space}{close}", items.join(", "));
    if line.len() + 4 * page.depth <= WIDTH {
        return page.line(line);
    }
    page.line(open);
    page.depth += 1;
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && line.len() + item.len() + 2 + 4 * page.depth > WIDTH {
            page.line(line.trim_end());
            line.clear();
        }
        line += item;
        line += ", ";
    }
    page.line(line.trim_end());
    page.depth -= 1;
    page.line(close);
}

fn ident(name: &str) -> String {
    match name {
        "type" | "match" => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

fn snake(name: &str) -> String {
    let name = name.replace("KRaft", "Kraft");
    let mut snake = String::new();
    for (i, c) in name.char_indices() {
        if c.is_uppercase() && i > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
