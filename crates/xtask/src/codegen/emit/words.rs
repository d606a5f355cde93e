//! Names, types, defaults and conditions, spelt in Rust.
use super::super::{
    parse,
    schema::{Base, Default, Field, Message, Struct, Versions},
};
use super::page::Page;

/// Whether a struct is written in the flexible form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flexible {
    Never,
    Always,
    From(i16),
}

impl Flexible {
    pub(super) fn of(message: &Message, part: &Struct) -> Self {
        match message.flexible {
            Some(first) if first <= part.versions.0 => Self::Always,
            Some(first) if first <= part.versions.1 => Self::From(first),
            _ => Self::Never,
        }
    }

    pub(super) fn expression(self) -> &'static str {
        match self {
            Self::Never => "false",
            Self::Always => "true",
            Self::From(_) => "flexible",
        }
    }

    pub(super) fn declare(self, page: &mut Page) {
        if let Self::From(first) = self {
            page.line(format!("let flexible = v >= {first};"));
        }
    }

    /// The statements of the flexible form.
    pub(super) fn guard(self, page: &mut Page, statements: impl FnOnce(&mut Page)) {
        match self {
            Self::Never => {}
            Self::Always => statements(page),
            Self::From(_) => page.block("if flexible", statements),
        }
    }

    /// The versions of the struct that are flexible.
    pub(super) fn versions(self, part: &Struct) -> Versions {
        match self {
            Self::From(first) => Versions(first, part.versions.1),
            _ => part.versions,
        }
    }
}

/// What to ask of `v` to know that it lies in `range`, if it lies in `outer`.
pub(super) fn condition(range: Versions, outer: Versions) -> Option<String> {
    let Versions(first, last) = range;
    match (first <= outer.0, last >= outer.1) {
        (true, true) => None,
        (false, true) => Some(format!("v >= {first}")),
        (true, false) => Some(format!("v <= {last}")),
        (false, false) if first == last => Some(format!("v == {first}")),
        (false, false) => Some(format!("({first}..={last}).contains(&v)")),
    }
}

pub(super) fn rust_type(field: &Field) -> String {
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

pub(super) fn is_derived_default(field: &Field) -> bool {
    match field.default {
        Default::Zero => field.nullable.is_none(),
        Default::Null => true,
        Default::True | Default::Number(_) => false,
    }
}

pub(super) fn default(field: &Field) -> String {
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

pub(super) fn integer(base: &Base, number: i64) -> String {
    if number == 0 {
        return "0".to_owned();
    }
    let bounds = parse::limits(base);
    match number {
        _ if number == bounds.0 => format!("{}::MIN", scalar_name(base)),
        _ if number == bounds.1 => format!("{}::MAX", scalar_name(base)),
        _ => number.to_string(),
    }
}

pub(super) fn scalar_name(base: &Base) -> &'static str {
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
pub(super) fn ident(name: &str) -> String {
    match name {
        "type" | "match" => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// `metadata_record` is `MetadataRecord`.
pub(super) fn camel(name: &str) -> String {
    name.split('_').fold(String::new(), |text, word| {
        let (initial, rest) = word.split_at(1.min(word.len()));
        text + &initial.to_ascii_uppercase() + rest
    })
}

pub(super) fn snake(name: &str) -> String {
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
