//! Writes Rust.
//!
//! Conditions on versions are written only where the versions of the struct leave a choice, so most structs
//! decode in straight lines. What every message has in common is in `protocol::codec`, by hand.

mod layouts;
mod page;
mod reading;
mod words;
mod writing;

use super::schema::{Api, Field, File, Kind, Message, Struct, Versions};
use page::Page;
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};
use words::{camel, default, ident, is_derived_default, rust_type, snake};

pub(super) fn all(files: &[File]) -> BTreeMap<PathBuf, String> {
    let mut made: BTreeMap<PathBuf, String> = files
        .iter()
        .filter(|file| !file.messages.is_empty())
        .map(|file| (format!("{}.rs", file.name).into(), module(file)))
        .collect();
    made.insert("mod.rs".into(), index(files));
    made.insert("api_keys.rs".into(), api_keys(files));
    made.insert("layouts.rs".into(), layouts::layouts(files));
    made
}

fn index(files: &[File]) -> String {
    let mut page = Page::default();
    page.line("// Made by `cargo xtask codegen` from crates/protocol/schema/. Change that instead.");
    page.line("");
    page.line("mod api_keys;");
    page.line("pub mod layouts;");
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
        records(&mut page, file);
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

/// An enum of all records of the file, named as the file is.
fn records(page: &mut Page, file: &File) {
    page.line("crate::codec::record_enum! {");
    page.depth += 1;
    page.line("/// Any record of this log.");
    page.line(camel(file.name.strip_suffix('s').unwrap_or(&file.name)));
    for message in &file.messages {
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
                page.docs("///", &field_docs(field, part.versions));
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
        reading::read(page, message, part);
        page.line("");
        writing::write(page, message, part);
    });
}

/// The schema's words, led by the versions that have the field where not all do.
fn field_docs(field: &Field, outer: Versions) -> Vec<String> {
    let available = availability(field, outer);
    match (available.is_empty(), field.docs.split_first()) {
        (true, _) => field.docs.clone(),
        (false, None) => vec![available],
        (false, Some((first, rest))) => {
            std::iter::once(format!("{available}: {first}")).chain(rest.iter().cloned()).collect()
        }
    }
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
