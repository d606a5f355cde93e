//! The half of a struct that encodes.
use super::super::schema::{Base, Default, Field, Message, Struct, Versions};
use super::{
    page::{Page, wrapped},
    words::{Flexible, condition, ident, integer, scalar_name},
};

pub(super) fn write(page: &mut Page, message: &Message, part: &Struct) {
    let flexible = Flexible::of(message, part);
    page.block("fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError>", |page| {
        flexible.declare(page);
        for field in &part.fields {
            match condition(field.versions, part.versions) {
                None if field.tag.is_none() => page.lines(&write_value(message, field, flexible)),
                None => {}
                Some(when) => write_in_some_versions(page, message, field, flexible, &when),
            }
        }
        let mut tagged: Vec<&Field> = part.fields.iter().filter(|field| field.tag.is_some()).collect();
        tagged.sort_by_key(|field| field.tag);
        flexible.guard(page, |page| match tagged.is_empty() {
            true => page.line("s.put_varint(0);"),
            false => write_tags(page, message, flexible.versions(part), &tagged),
        });
        page.line("Ok(())");
    });
}

/// Where a version lacks the field, a value that would be lost is a mistake, unless it may be lost.
fn write_in_some_versions(page: &mut Page, message: &Message, field: &Field, flexible: Flexible, when: &str) {
    let refuse = format!("return not_in_version(\"{}\", \"{}\", v);", message.name, field.name);
    match (field.tag, field.ignorable) {
        (None, true) => {
            page.block(format!("if {when}"), |page| page.lines(&write_value(message, field, flexible)));
        }
        (None, false) => {
            page.line(format!("if {when} {{"));
            page.depth += 1;
            page.lines(&write_value(message, field, flexible));
            page.depth -= 1;
            page.block(format!("}} else if {}", is_set(field)), |page| page.line(refuse));
        }
        (Some(_), true) => {}
        (Some(_), false) => {
            page.block(format!("if !({when}) && {}", is_set(field)), |page| page.line(refuse));
        }
    }
}

fn write_tags(page: &mut Page, message: &Message, versions: Versions, tagged: &[&Field]) {
    let is_written = |field: &&Field| match condition(field.versions, versions) {
        Some(when) => format!("{when} && {}", is_set(field)),
        None => is_set(field),
    };
    wrapped(page, "let set = [", &tagged.iter().map(is_written).collect::<Vec<_>>(), "];");
    page.line("put_tag_count(s, &set);");
    for (i, field) in tagged.iter().enumerate() {
        let tag = field.tag.expect("the caller has chosen these");
        let value = match &field.base {
            Base::Struct(_) if !field.array && field.nullable.is_some() => {
                format!("put_tagged_nullable_struct(s, self.{}.as_ref(), v)?", ident(&field.name))
            }
            _ => write_value(message, field, Flexible::Always).join(" ").trim_end_matches(';').to_owned(),
        };
        page.block(format!("if set[{i}]"), |page| page.line(format!("tagged!(s, {tag}, {value});")));
    }
}

fn write_value(message: &Message, field: &Field, flexible: Flexible) -> Vec<String> {
    let this = format!("self.{}", ident(&field.name));
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
fn is_set(field: &Field) -> String {
    let this = format!("self.{}", ident(&field.name));
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
    is_set(&this).trim_start_matches('*').to_owned()
}
