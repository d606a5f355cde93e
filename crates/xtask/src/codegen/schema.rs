//! What a schema file says, after every omission has been filled in.
//!
//! Version ranges are effective ones: a field's range lies within that of its struct, a struct's within that of
//! its message. Structs are listed flat, in the order of their first line.
//!
//! The tests of crate `protocol` include this file and the parser to check the generated code against the
//! schema by another road, so neither may depend on the rest of xtask.

/// First and last version; an open range ends where its message does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions(pub i16, pub i16);

impl Versions {
    pub fn contains(self, version: i16) -> bool {
        (self.0..=self.1).contains(&version)
    }

    pub fn within(self, outer: Self) -> Option<Self> {
        let both = Self(self.0.max(outer.0), self.1.min(outer.1));
        (both.0 <= both.1).then_some(both)
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.max(other.1))
    }
}

#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its name without folder and extension, which is the name of the module made from it.
    pub name: String,
    pub docs: Vec<String>,
    pub apis: Vec<Api>,
    pub messages: Vec<Message>,
}

/// An API key. Its messages stand in the file's list.
#[derive(Clone, Debug)]
pub struct Api {
    pub key: i16,
    pub name: String,
    /// None for a key that Kafka has retired.
    pub versions: Option<Versions>,
    pub flexible: Option<i16>,
    /// The latest version may still change, so it is not advertised.
    pub unstable: bool,
    pub listeners: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Request,
    Response,
    Header,
    /// A record of the metadata log.
    Record,
    /// Key and value of a coordinator's record.
    Key,
    Value,
    Data,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub kind: Kind,
    /// The number that tells it from its siblings, where it has one.
    pub key: Option<i16>,
    pub name: String,
    pub versions: Versions,
    /// First version with compact lengths and tagged fields.
    pub flexible: Option<i16>,
    pub docs: Vec<String>,
    /// The message itself is the first.
    pub structs: Vec<Struct>,
}

impl Message {
    pub fn root(&self) -> &Struct {
        &self.structs[0]
    }

    pub fn find(&self, name: &str) -> &Struct {
        self.structs.iter().find(|s| s.name == name).expect("the parser has looked up every name")
    }

    pub fn is_flexible(&self, version: i16) -> bool {
        self.flexible.is_some_and(|first| version >= first)
    }
}

#[derive(Clone, Debug)]
pub struct Struct {
    pub name: String,
    pub versions: Versions,
    pub docs: Vec<String>,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub array: bool,
    pub base: Base,
    pub versions: Versions,
    pub nullable: Option<Versions>,
    pub default: Default,
    pub tag: Option<u32>,
    /// Part of what tells the elements of its array apart.
    pub key: bool,
    /// May be dropped without notice where a version lacks it.
    pub ignorable: bool,
    /// Keeps the fixed-width length in flexible versions too.
    pub fixed: bool,
    /// What the value names: `topic_name`, `broker_id`, ...
    pub entity: Option<String>,
    pub docs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
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
    Records,
    Struct(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// Zero, false, or empty.
    Zero,
    Null,
    True,
    Number(i64),
}
