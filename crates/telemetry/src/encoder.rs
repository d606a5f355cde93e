use crate::Snapshot;
use std::{
    collections::BTreeSet,
    fmt::{self, Write},
};

/// What to answer a scrape with, beside the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Those that Kafka's histograms have.
const QUANTILES: [f64; 6] = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999];

/// Label names and values, in the order in which they are written.
pub type Labels<'a> = &'a [(&'a str, &'a str)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Summary,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Summary => "summary",
        })
    }
}

/// A sample's value. Whole numbers stay exact beyond 2^53.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Float(value) if *value == f64::INFINITY => f.write_str("+Inf"),
            Self::Float(value) if *value == f64::NEG_INFINITY => f.write_str("-Inf"),
            Self::Float(value) => value.fmt(f),
        }
    }
}

macro_rules! numbers {
    ($($type:ty => $variant:ident($wide:ty)),* $(,)?) => {$(
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                Self::$variant(value as $wide)
            }
        }
    )*};
}

numbers! {
    i32 => Signed(i64), i64 => Signed(i64), u32 => Unsigned(u64), u64 => Unsigned(u64), usize => Unsigned(u64),
    f64 => Float(f64), bool => Unsigned(u64),
}

/// Prometheus text in the making.
#[derive(Debug, Default)]
pub struct Encoder {
    text: String,
    /// Names written so far: a family may appear only once.
    families: BTreeSet<String>,
}

impl Encoder {
    /// Opens a family of samples. A second one of the same name is a mistake of the caller; it is left out,
    /// because a scraper would refuse the whole answer.
    pub fn family(&mut self, name: &str, kind: Kind, help: &str) -> Family<'_> {
        debug_assert!(is_name(name), "`{name}` is not a metric name");
        let is_new = self.families.insert(name.to_owned());
        debug_assert!(is_new, "the family `{name}` was already written");
        if is_new {
            let help = help.replace('\\', r"\\").replace('\n', r"\n");
            put(&mut self.text, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        }
        Family { text: is_new.then_some(&mut self.text), name: name.to_owned() }
    }

    /// A family of one sample without labels.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Into<Number>) {
        self.family(name, Kind::Gauge, help).sample(&[], value);
    }

    /// A family of one sample without labels.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Into<Number>) {
        self.family(name, Kind::Counter, help).sample(&[], value);
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

/// An open family: its samples follow each other because the encoder is borrowed.
#[derive(Debug)]
pub struct Family<'a> {
    text: Option<&'a mut String>,
    name: String,
}

impl Family<'_> {
    pub fn sample(&mut self, labels: Labels<'_>, value: impl Into<Number>) -> &mut Self {
        self.suffixed("", labels, None, value)
    }

    /// One series of a summary: quantiles of what came lately, sum and count of everything. What was recorded is `scale`
    /// times what is written.
    pub fn summary(
        &mut self,
        labels: Labels<'_>,
        lately: &Snapshot,
        all: &Snapshot,
        scale: f64,
    ) -> &mut Self {
        for quantile in QUANTILES {
            let label = Some(("quantile", quantile));
            self.suffixed("", labels, label, lately.quantile(quantile) / scale);
        }
        self.suffixed("_sum", labels, None, all.sum() as f64 / scale);
        self.suffixed("_count", labels, None, all.count())
    }

    fn suffixed(
        &mut self,
        suffix: &str,
        labels: Labels<'_>,
        last: Option<(&str, f64)>,
        value: impl Into<Number>,
    ) -> &mut Self {
        let Some(text) = self.text.as_deref_mut() else { return self };
        put(text, format_args!("{}{suffix}", self.name));
        let mut before = '{';
        for (label, value) in labels {
            debug_assert!(is_name(label) && !label.contains(':'), "`{label}` is not a label name");
            put(text, format_args!("{before}{label}=\"{}\"", Escaped(value)));
            before = ',';
        }
        if let Some((label, value)) = last {
            put(text, format_args!("{before}{label}=\"{value}\""));
            before = ',';
        }
        let close = if before == ',' { "}" } else { "" };
        put(text, format_args!("{close} {}\n", value.into()));
        self
    }
}

fn put(text: &mut String, more: fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

/// A label's value between quotation marks.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str(r"\\")?,
                '"' => f.write_str(r#"\""#)?,
                '\n' => f.write_str(r"\n")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit())
}
