//! Stored messages as tables.
use super::super::schema::{Base, Default, Field, File, Kind, Message, Versions};
use super::page::Page;

pub(super) fn layouts(files: &[File]) -> String {
    let mut page = Page::default();
    page.line("// Made by `cargo xtask codegen` from crates/protocol/schema/. Change that instead.");
    page.line("");
    page.line("//! The messages of each file that holds stored ones.");
    page.line("");
    page.line("use crate::layout::{Base, Field, Initial, Kind, Layout};");
    for file in files {
        let stored: Vec<(&Message, &str)> =
            file.messages.iter().filter_map(|message| Some((message, kind(message.kind)?))).collect();
        if stored.is_empty() {
            continue;
        }
        page.line("");
        page.line(format!("pub static {}: &[Layout] = &[", file.name.to_uppercase()));
        page.depth += 1;
        for (message, kind) in stored {
            layout(&mut page, message, kind);
        }
        page.depth -= 1;
        page.line("];");
    }
    page.text
}

fn kind(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Record => "Record",
        Kind::Key => "Key",
        Kind::Value => "Value",
        Kind::Data => "Data",
        Kind::Request | Kind::Response | Kind::Header => return None,
    })
}

fn layout(page: &mut Page, message: &Message, kind: &str) {
    page.block("Layout", |page| {
        page.line(format!("kind: Kind::{kind},"));
        page.line(format!("number: {:?},", message.key));
        page.line(format!("name: {:?},", message.name));
        page.line(format!("versions: {},", pair(message.versions)));
        page.line(format!("flexible: {:?},", message.flexible));
        page.line("structs: &[");
        page.depth += 1;
        for part in &message.structs {
            page.line("&[");
            page.depth += 1;
            part.fields.iter().for_each(|field| page.line(item(field, message)));
            page.depth -= 1;
            page.line("],");
        }
        page.depth -= 1;
        page.line("],");
    });
    // A block ends without the comma between elements.
    page.text.truncate(page.text.trim_end().len());
    page.text.push_str(",\n");
}

fn item(field: &Field, message: &Message) -> String {
    let base = match &field.base {
        Base::Struct(name) => {
            let place = message.structs.iter().position(|part| part.name == *name);
            format!("Struct({})", place.expect("the parser found it"))
        }
        // Nothing that is stored holds records.
        Base::Records => "Bytes".to_owned(),
        plain => format!("{plain:?}"),
    };
    let default = match field.default {
        Default::Number(number) => format!("Number({number})"),
        plain => format!("{plain:?}"),
    };
    format!(
        "Field {{ name: {:?}, array: {}, base: Base::{base}, versions: {}, nullable: {}, default: Initial::{default}, tag: {:?} }},",
        field.name,
        field.array,
        pair(field.versions),
        field.nullable.is_some(),
        field.tag
    )
}

fn pair(Versions(first, last): Versions) -> String {
    format!("({first}, {last})")
}
