//! What is known about one setting, apart from its value.

use crate::{Error, Value};
use std::fmt;

/// Kafka's type of a setting. The number is the one DescribeConfigs sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum Type {
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    High,
    Medium,
    Low,
}

/// Whether a broker setting can change while the broker runs, and for whom (KIP-226).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    ReadOnly,
    PerBroker,
    ClusterWide,
}

/// Whether a setting does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    ActedOn,
    /// This release does not yet do what it says.
    NotYet,
    /// There is nothing here that it could be about; its prose says why.
    Meaningless,
}

/// The kind of resource that a setting belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Broker,
    Topic,
    Group,
    ClientMetrics,
}

/// What a value must satisfy beyond its type.
#[derive(Clone, Debug)]
pub enum Bound {
    Any,
    AtLeast(f64),
    AtMost(f64),
    Between(f64, f64),
    OneOf(Vec<&'static str>),
    OneOfIgnoringCase(Vec<&'static str>),
    /// A list whose elements are known.
    ListOf(Vec<&'static str>),
    /// The same, and not empty.
    SomeOf(Vec<&'static str>),
    /// What it must be, in words, and whether a text is.
    Form(&'static str, fn(&str) -> bool),
    /// A text, or a list, that is not empty.
    NonEmpty,
}

#[derive(Clone, Debug)]
pub struct Setting {
    pub key: &'static str,
    pub scope: Scope,
    pub kind: Type,
    /// As Kafka prints it; `None` is Kafka's null.
    pub default: Option<String>,
    pub bound: Bound,
    /// A value allowed outside the bound, such as gzip's `-1` for "the library's default".
    pub also: Option<i64>,
    pub importance: Importance,
    pub update: Update,
    /// For a topic or group setting: the broker settings that stand in for it, strongest first. One that ends
    /// in `.hours` or `.minutes` counts in that unit.
    pub falls_back_to: &'static [&'static str],
    /// Not listed unless it was set: for tests.
    pub internal: bool,
    pub effect: Effect,
    pub documentation: String,
    /// Whether a text is of the field's Rust type, which may know more than `kind` and `bound`.
    parses: fn(&str) -> bool,
}

impl Setting {
    /// `lines` is the doc comment of the declaration.
    #[doc(hidden)]
    pub fn declare(
        scope: Scope,
        key: &'static str,
        kind: Type,
        default: Option<String>,
        lines: &[&str],
    ) -> Self {
        Self {
            key,
            scope,
            kind,
            default,
            bound: Bound::Any,
            also: None,
            importance: Importance::Medium,
            update: Update::ReadOnly,
            falls_back_to: &[],
            internal: false,
            effect: Effect::ActedOn,
            documentation: lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "),
            parses: |_| true,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub fn parsed_as<T: Value>(mut self) -> Self {
        self.parses = |text| T::parse(text).is_some();
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub fn with(mut self, modifier: impl Modifier) -> Self {
        modifier.modify(&mut self);
        self
    }

    /// Passwords never leave the process.
    pub fn is_sensitive(&self) -> bool {
        self.kind == Type::Password
    }

    pub fn is_acted_on(&self) -> bool {
        self.effect == Effect::ActedOn
    }

    /// Only lists can be appended to.
    pub fn is_list(&self) -> bool {
        self.kind == Type::List
    }

    /// Checks a value's type and bound.
    pub fn check(&self, text: &str) -> Result<(), Error> {
        if self.accepts(text) {
            return Ok(());
        }
        let value = if self.is_sensitive() { "[hidden]".to_owned() } else { text.to_owned() };
        Err(Error::BadValue { key: self.key.to_owned(), value, expected: self.expected() })
    }

    fn accepts(&self, text: &str) -> bool {
        let admitted = match self.kind {
            Type::Boolean => bool::parse(text).is_some(),
            Type::Short => i16::parse(text).is_some_and(|value| self.admits(f64::from(value))),
            Type::Int => i32::parse(text).is_some_and(|value| self.admits(f64::from(value))),
            // Bounds are small beside 2^53, so the rounding of a larger value cannot cross one.
            Type::Long => i64::parse(text).is_some_and(|value| self.admits(value as f64)),
            Type::Double => f64::parse(text).is_some_and(|value| self.admits(value)),
            Type::String | Type::Class => self.admits_text(text.trim()),
            Type::Password => true,
            Type::List => self.admits_list(text, &Vec::<String>::parse(text).unwrap_or_default()),
        };
        admitted && (self.parses)(text)
    }

    fn admits(&self, number: f64) -> bool {
        let inside = match self.bound {
            Bound::AtLeast(least) => number >= least,
            Bound::AtMost(most) => number <= most,
            Bound::Between(least, most) => (least..=most).contains(&number),
            _ => true,
        };
        inside || self.also.is_some_and(|also| number == also as f64)
    }

    fn admits_text(&self, text: &str) -> bool {
        match &self.bound {
            Bound::OneOf(allowed) => allowed.contains(&text),
            Bound::OneOfIgnoringCase(allowed) => allowed.iter().any(|word| word.eq_ignore_ascii_case(text)),
            Bound::NonEmpty => !text.is_empty(),
            Bound::Form(_, accepts) => accepts(text),
            _ => true,
        }
    }

    /// No list may name an element twice or hold an empty one, unless its form says otherwise.
    fn admits_list(&self, text: &str, values: &[String]) -> bool {
        if let Bound::Form(_, accepts) = self.bound {
            return accepts(text);
        }
        let allowed = |value: &String| match &self.bound {
            Bound::ListOf(allowed) | Bound::SomeOf(allowed) => allowed.contains(&value.as_str()),
            _ => !value.is_empty(),
        };
        let needs_one = matches!(self.bound, Bound::NonEmpty | Bound::SomeOf(_));
        let first_of_its_kind = |(at, value): (usize, &String)| !values[..at].contains(value);
        !(needs_one && values.is_empty())
            && values.iter().all(allowed)
            && values.iter().enumerate().all(first_of_its_kind)
    }

    /// What a value must be, in words.
    pub fn expected(&self) -> String {
        let kind = match self.kind {
            Type::Boolean => return "`true` or `false`".to_owned(),
            Type::Short | Type::Int | Type::Long => "a whole number",
            Type::Double => "a number",
            Type::List => "a list separated by commas",
            Type::String | Type::Password => "a text",
            Type::Class => "a class name",
        };
        let also = self.also.map(|value| format!(", or {value}")).unwrap_or_default();
        match &self.bound {
            Bound::Any => match self.kind {
                Type::Short => format!("{kind} of 16 bits"),
                Type::Int => format!("{kind} of 32 bits"),
                Type::List => format!("{kind}, without repetition"),
                _ => kind.to_owned(),
            },
            Bound::OneOf(allowed) => format!("one of {}", allowed.join(", ")),
            Bound::OneOfIgnoringCase(allowed) => format!("one of {} in any case", allowed.join(", ")),
            Bound::ListOf(allowed) => format!("{kind}, without repetition, of {}", allowed.join(", ")),
            Bound::SomeOf(allowed) => {
                format!("{kind}, not empty and without repetition, of {}", allowed.join(", "))
            }
            Bound::Form(words, _) => (*words).to_owned(),
            Bound::NonEmpty => format!("{kind} that is not empty"),
            range => format!("{kind}, {range}{also}"),
        }
    }
}

/// As the reference page shows it.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::AtLeast(least) => write!(f, "at least {least}"),
            Self::AtMost(most) => write!(f, "at most {most}"),
            Self::Between(least, most) => write!(f, "{least} to {most}"),
            Self::OneOf(allowed)
            | Self::OneOfIgnoringCase(allowed)
            | Self::ListOf(allowed)
            | Self::SomeOf(allowed) => f.write_str(&allowed.join(", ")),
            Self::NonEmpty => f.write_str("not empty"),
            Self::Form(words, _) => f.write_str(words),
        }
    }
}

/// A remark in a declaration, after the default.
pub trait Modifier {
    fn modify(self, setting: &mut Setting);
}

impl<F: FnOnce(&mut Setting)> Modifier for F {
    fn modify(self, setting: &mut Setting) {
        self(setting);
    }
}

macro_rules! modifies {
    ($($type:ty => $field:ident),* $(,)?) => {$(
        impl Modifier for $type {
            fn modify(self, setting: &mut Setting) {
                setting.$field = self;
            }
        }
    )*};
}

modifies! { Type => kind, Importance => importance, Update => update, Bound => bound, Effect => effect }

pub const INTERNAL: fn(&mut Setting) = |setting| setting.internal = true;
/// Accepted and shown, without effect in this release.
pub const NOT_YET: Effect = Effect::NotYet;
/// Accepted and shown, without effect in any release.
pub const MEANINGLESS: Effect = Effect::Meaningless;
/// For a row of `known!` that stands in for a setting we do act on.
pub const ACTED_ON: Effect = Effect::ActedOn;
/// Kafka's default is null, though ours has a text form.
pub const NO_DEFAULT: fn(&mut Setting) = |setting| setting.default = None;

/// A number that bounds a setting, in the setting's own unit.
pub trait Limit {
    fn limit(self) -> f64;
}

macro_rules! limits {
    ($($type:ty: $number:pat => $limit:expr),* $(,)?) => {$(
        impl Limit for $type {
            fn limit(self) -> f64 {
                let $number = self;
                $limit
            }
        }
    )*};
}

limits! {
    i32: number => f64::from(number),
    f64: number => number,
    base::ByteCount: size => size.0 as f64,
    std::time::Duration: time => time.as_millis() as f64,
}

pub fn at_least(least: impl Limit) -> Bound {
    Bound::AtLeast(least.limit())
}

pub fn at_most(most: impl Limit) -> Bound {
    Bound::AtMost(most.limit())
}

/// Both ends included.
pub fn between(least: impl Limit, most: impl Limit) -> Bound {
    Bound::Between(least.limit(), most.limit())
}

pub fn one_of(allowed: &[&'static str]) -> Bound {
    Bound::OneOf(allowed.to_vec())
}

pub fn one_of_ignoring_case(allowed: &[&'static str]) -> Bound {
    Bound::OneOfIgnoringCase(allowed.to_vec())
}

/// A text, or a list, that `T` can read; `words` say what that is.
pub fn form<T: Value>(words: &'static str) -> Bound {
    Bound::Form(words, |text| T::parse(text).is_some())
}

pub fn some_of(allowed: &[&'static str]) -> Bound {
    Bound::SomeOf(allowed.to_vec())
}

pub fn list_of(allowed: &[&'static str]) -> Bound {
    Bound::ListOf(allowed.to_vec())
}

pub fn non_empty() -> Bound {
    Bound::NonEmpty
}

pub fn also(value: i64) -> impl Modifier {
    move |setting: &mut Setting| setting.also = Some(value)
}

pub fn falls_back_to(keys: &'static [&'static str]) -> impl Modifier {
    move |setting: &mut Setting| setting.falls_back_to = keys
}
