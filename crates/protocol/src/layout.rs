//! What stored messages consist of, as data: for whoever shows them without a line of code for each.
//!
//! The tables are in [`crate::layouts`].

/// A message, in all its versions.
#[derive(Debug)]
pub struct Layout {
    pub kind: Kind,
    /// The number that tells it from its siblings, where it has one.
    pub number: Option<i16>,
    pub name: &'static str,
    /// First and last.
    pub versions: (i16, i16),
    /// The first version with compact lengths and tagged fields, where there is one.
    pub flexible: Option<i16>,
    /// The message itself is the first.
    pub structs: &'static [&'static [Field]],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of the metadata log.
    Record,
    /// Key and value of a coordinator's record.
    Key,
    Value,
    Data,
}

#[derive(Debug)]
pub struct Field {
    /// In words with `_` between them.
    pub name: &'static str,
    pub array: bool,
    pub base: Base,
    pub versions: (i16, i16),
    pub nullable: bool,
    pub default: Initial,
    pub tag: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Bool,
    Int8,
    Int16,
    Uint16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    /// One of [`Layout::structs`].
    Struct(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// Zero, false, or empty.
    Zero,
    Null,
    True,
    Number(i64),
}

impl Layout {
    pub fn has(&self, version: i16) -> bool {
        (self.versions.0..=self.versions.1).contains(&version)
    }
}

impl Field {
    pub fn is_in(&self, version: i16) -> bool {
        (self.versions.0..=self.versions.1).contains(&version)
    }
}
