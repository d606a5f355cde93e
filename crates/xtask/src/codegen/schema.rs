//! What a schema file says, after every omission has been filled in.
//!
//! Version ranges are effective ones: a field's range lies within that of its struct, a struct's within that of
//! its message. Structs are listed flat, in the order of their first line.
//!
//! The tests of crate `protocol` include this file and the parser to check the generated code against the
//! schema by another road, so neither may depend on the rest of xtask.

/// First and last version; an open range ends where its message does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions(pub(crate) i16, pub(crate) i16);

impl Versions {
    pub(crate) fn within(self, outer: Self) -> Option<Self> {
        let both = Self(self.0.max(outer.0), self.1.min(outer.1));
        (both.0 <= both.1).then_some(both)
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.max(other.1))
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    /// Its name without folder and extension, which is the name of the module made from it.
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) apis: Vec<Api>,
    pub(crate) messages: Vec<Message>,
}

/// An API key. Its messages stand in the file's list.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) key: i16,
    pub(crate) name: String,
    /// None for a key that Kafka has retired.
    pub(crate) versions: Option<Versions>,
    pub(crate) flexible: Option<i16>,
    /// The latest version may still change, so it is not advertised.
    pub(crate) unstable: bool,
    pub(crate) listeners: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
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
pub(crate) struct Message {
    pub(crate) kind: Kind,
    /// The number that tells it from its siblings, where it has one.
    pub(crate) key: Option<i16>,
    pub(crate) name: String,
    pub(crate) versions: Versions,
    /// First version with compact lengths and tagged fields.
    pub(crate) flexible: Option<i16>,
    /// The message itself is the first.
    pub(crate) structs: Vec<Struct>,
}

#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) versions: Versions,
    pub(crate) docs: Vec<String>,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) array: bool,
    pub(crate) base: Base,
    pub(crate) versions: Versions,
    pub(crate) nullable: Option<Versions>,
    pub(crate) default: Default,
    pub(crate) tag: Option<u32>,
    /// Part of what tells the elements of its array apart.
    pub(crate) key: bool,
    /// May be dropped without notice where a version lacks it.
    pub(crate) ignorable: bool,
    /// Keeps the fixed-width length in flexible versions too.
    pub(crate) fixed: bool,
    /// What the value names: `topic_name`, `broker_id`, ...
    pub(crate) entity: Option<String>,
    pub(crate) docs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
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
pub(crate) enum Default {
    /// Zero, false, or empty.
    Zero,
    Null,
    True,
    Number(i64),
}
