//! Makes random but valid bytes of a message, from its schema alone.
//!
//! The bytes are canonical: a tagged field at its default is left out. So a codec that decodes and encodes must
//! return exactly these.
use crate::schema::{Base, Default, Field, Message, Struct, Versions};

impl Versions {
    fn contains(self, version: i16) -> bool {
        (self.0..=self.1).contains(&version)
    }
}

impl Message {
    pub(crate) fn root(&self) -> &Struct {
        &self.structs[0]
    }

    pub(crate) fn find(&self, name: &str) -> &Struct {
        self.structs.iter().find(|part| part.name == name).expect("the parser has looked up every name")
    }

    pub(crate) fn is_flexible(&self, version: i16) -> bool {
        self.flexible.is_some_and(|first| version >= first)
    }
}

/// SplitMix64: small, and the same for ever.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

pub(crate) struct Maker<'a> {
    message: &'a Message,
    version: i16,
    flexible: bool,
    /// No value is random then: each is its default.
    plain: bool,
    chance: Chance,
}

/// Random bytes of one message; equal seeds give equal bytes.
pub(crate) fn make(message: &Message, version: i16, seed: u64) -> Vec<u8> {
    let flexible = message.is_flexible(version);
    let mut maker = Maker { message, version, flexible, plain: false, chance: Chance(seed) };
    let mut bytes = Vec::new();
    maker.fields(message.root(), 0, &mut bytes);
    bytes
}

impl Maker<'_> {
    fn fields(&mut self, part: &Struct, depth: usize, out: &mut Vec<u8>) {
        let present = |field: &&Field| field.versions.contains(self.version);
        let present: Vec<Field> = part.fields.iter().filter(present).cloned().collect();
        let (tagged, plain): (Vec<Field>, Vec<Field>) =
            present.into_iter().partition(|field| field.tag.is_some());
        for field in &plain {
            self.field(field, depth, out);
        }
        if !self.flexible {
            assert!(tagged.is_empty(), "tagged fields need flexible versions");
            return;
        }
        let mut tags: Vec<(u32, Vec<u8>)> = Vec::new();
        for field in &tagged {
            let value = self.bytes_of(field, depth);
            let standard = std::mem::replace(&mut self.plain, true);
            let default = self.bytes_of(field, depth);
            self.plain = standard;
            if value != default {
                tags.push((field.tag.unwrap(), value));
            }
        }
        tags.sort();
        varint(tags.len(), out);
        for (tag, value) in tags {
            varint(tag as usize, out);
            varint(value.len(), out);
            out.extend(value);
        }
    }

    fn bytes_of(&mut self, field: &Field, depth: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.field(field, depth, &mut bytes);
        bytes
    }

    fn field(&mut self, field: &Field, depth: usize, out: &mut Vec<u8>) {
        let compact = self.flexible && !field.fixed;
        let nullable = field.nullable.is_some_and(|versions| versions.contains(self.version));
        let null =
            nullable && if self.plain { field.default == Default::Null } else { self.chance.one_in(4) };
        if matches!(field.base, Base::Struct(_)) && !field.array {
            // A tagged struct says 0 or 1 where others say -1 or 1.
            match (nullable, null, field.tag) {
                (true, true, Some(_)) => return out.push(0),
                (true, true, None) => return out.push(0xff),
                (true, false, _) => out.push(1),
                (false, ..) => {}
            }
            return self.value(field, depth, out);
        }
        let fixed_width = if field.base == Base::String && !field.array { 2 } else { 4 };
        if null {
            return if compact { out.push(0) } else { out.extend(&[0xff; 4][..fixed_width]) };
        }
        if field.array {
            let count = if self.plain {
                0
            } else {
                self.chance.below(4u64.saturating_sub(depth as u64 / 2)) as usize
            };
            length(count, compact, 4, out);
            for _ in 0..count {
                self.value(field, depth, out);
            }
        } else {
            self.value(field, depth, out);
        }
    }

    /// One value that is neither null nor an array.
    fn value(&mut self, field: &Field, depth: usize, out: &mut Vec<u8>) {
        let compact = self.flexible && !field.fixed;
        match &field.base {
            Base::Bool => out.push(self.number(field, 1) as u8 & 1),
            Base::Int8 => out.push(self.number(field, 1) as u8),
            Base::Int16 | Base::Uint16 => out.extend((self.number(field, 2) as i16).to_be_bytes()),
            Base::Int32 => out.extend((self.number(field, 4) as i32).to_be_bytes()),
            Base::Int64 => out.extend(self.number(field, 8).to_be_bytes()),
            Base::Float64 => out.extend(f64::from(self.number(field, 4) as i32).to_be_bytes()),
            Base::Uuid => {
                out.extend(self.number(field, 8).to_be_bytes());
                out.extend(self.number(field, 8).to_be_bytes());
            }
            Base::String => {
                let text: String = match self.plain {
                    true => String::new(),
                    false => (0..self.chance.below(9))
                        .map(|_| ['a', 'Z', '-', 'é', '漢'][self.chance.below(5) as usize])
                        .collect(),
                };
                length(text.len(), compact, 2, out);
                out.extend(text.as_bytes());
            }
            Base::Bytes | Base::Records => {
                let count = match self.plain {
                    true => 0,
                    false if self.chance.one_in(8) => 3000,
                    false => self.chance.below(200),
                };
                length(count as usize, compact, 4, out);
                out.extend((0..count).map(|_| self.chance.next() as u8));
            }
            Base::Struct(name) => {
                let message = self.message;
                self.fields(message.find(name), depth + 1, out);
            }
        }
    }

    fn number(&mut self, field: &Field, width: u32) -> i64 {
        let default = match field.default {
            Default::Zero | Default::Null => 0,
            Default::True => 1,
            Default::Number(number) => number,
        };
        if self.plain || self.chance.one_in(5) {
            // Elements of an array have no default of their own.
            return if field.array { 0 } else { default };
        }
        // Of any length, so that small numbers are as frequent as large ones.
        (self.chance.next() >> self.chance.below(u64::from(8 * width))) as i64
    }
}

fn length(length: usize, compact: bool, width: usize, out: &mut Vec<u8>) {
    match (compact, width) {
        (true, _) => varint(length + 1, out),
        (false, 2) => out.extend((length as i16).to_be_bytes()),
        (false, _) => out.extend((length as i32).to_be_bytes()),
    }
}

fn varint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
