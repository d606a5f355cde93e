//! The half of a struct that decodes.
use super::super::schema::{Base, Field, Message, Struct, Versions};
use super::{
    page::{Page, wrapped},
    words::{Flexible, condition, default, ident, scalar_name},
};

pub(super) fn read(page: &mut Page, message: &Message, part: &Struct) {
    let flexible = Flexible::of(message, part);
    page.block("fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError>", |page| {
        flexible.declare(page);
        for field in part.fields.iter().filter(|field| field.tag.is_none()) {
            let name = ident(&field.name);
            let value = read_value(field, flexible);
            page.line(match condition(field.versions, part.versions) {
                None => format!("let {name} = {value};"),
                Some(when) => format!("let {name} = if {when} {{ {value} }} else {{ {} }};", default(field)),
            });
        }
        let tagged: Vec<&Field> = part.fields.iter().filter(|field| field.tag.is_some()).collect();
        for field in &tagged {
            page.line(format!("let mut {} = {};", ident(&field.name), default(field)));
        }
        flexible.guard(page, |page| match tagged.is_empty() {
            true => page.line("r.skip_tagged_fields()?;"),
            false => read_tags(page, flexible.versions(part), &tagged),
        });
        let names: Vec<String> = part.fields.iter().map(|field| ident(&field.name)).collect();
        wrapped(page, "Ok(Self {", &names, "})");
    });
}

fn read_tags(page: &mut Page, versions: Versions, tagged: &[&Field]) {
    page.line("r.read_tagged_fields(|tag, r| {");
    page.depth += 1;
    page.block("match tag", |page| {
        for field in tagged {
            let tag = field.tag.expect("the caller has chosen these");
            let when =
                condition(field.versions, versions).map_or(String::new(), |when| format!(" if {when}"));
            page.line(format!("{tag}{when} => {} = {},", ident(&field.name), read_tagged(field)));
        }
        page.line("_ => return Ok(false),");
    });
    page.line("Ok(true)");
    page.depth -= 1;
    page.line("})?;");
}

fn read_value(field: &Field, flexible: Flexible) -> String {
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
        _ => read_value(field, Flexible::Always),
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
