//! The format verbs of kcat and of rpk, for `consume -f`.
//!
//! | verb | what |
//! |---|---|
//! | `%t` | topic |
//! | `%p` | partition |
//! | `%o` | offset |
//! | `%k` `%s` `%v` | key; value (kcat's and rpk's name for it) |
//! | `%K` `%S` `%V` | length of key or value; -1 for null |
//! | `%R` | length of the value as four bytes, big endian |
//! | `%T` | timestamp in milliseconds since 1970 |
//! | `%d` | the same; `%d{strftime[%Y-%m-%d %H:%M:%S]}` formats it, in UTC |
//! | `%h` | headers as `name=value`, with commas; `%h{%k: %v\n}` formats each |
//! | `%H` | number of headers |
//! | `%e` `%x` `%y` `%a` | leader epoch, producer id, producer epoch, attributes of the batch |
//! | `%]` | high watermark of the partition |
//! | `%i` | number of the record in this run, from 1 |
//! | `%%` `%{` `%}` | these characters |
//!
//! Text takes `{hex}`, `{base64}` and `{base64raw}`; numbers `{ascii}`, `{hex8}` to `{hex64}`, `{big8}` to `{big64}`,
//! `{little8}` to `{little64}` and `{byte}`. Where the two tools differ kcat counts: rpk's `%T` is the length of the
//! topic.
use crate::text;
use client::consumer::{Record, RecordBatch};
use jiff::{Timestamp, fmt::strtime};
use std::str::FromStr;

/// A format that was read once and is written for every record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

/// A record and where it was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) topic: &'a str,
    pub(crate) partition: i32,
    pub(crate) high_watermark: i64,
    pub(crate) batch: &'a RecordBatch,
    pub(crate) record: Record<'a>,
    /// Of this run, from 1.
    pub(crate) number: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Text(Text, Encoding),
    Number(Number, Notation),
    Time(String),
    HeaderList,
    EachHeader(Vec<HeaderPiece>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Topic,
    Key,
    Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Partition,
    Offset,
    KeyLength,
    ValueLength,
    Timestamp,
    HeaderCount,
    LeaderEpoch,
    ProducerId,
    ProducerEpoch,
    Attributes,
    HighWatermark,
    Iteration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HeaderPiece {
    Literal(Vec<u8>),
    Key(Encoding),
    Value(Encoding),
    KeyLength(Notation),
    ValueLength(Notation),
}

/// How bytes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Raw,
    Hex,
    Base64,
    Base64Unpadded,
}

impl Encoding {
    /// What stands in the braces behind a verb for text.
    pub(crate) fn parse(modifier: Option<&str>) -> Result<Self, String> {
        match modifier {
            None => Ok(Self::Raw),
            Some("hex") => Ok(Self::Hex),
            Some("base64") => Ok(Self::Base64),
            Some("base64raw") => Ok(Self::Base64Unpadded),
            Some(other) => {
                Err(format!("`{{{other}}}` is no form of text: there are hex, base64 and base64raw"))
            }
        }
    }

    fn write(self, out: &mut Vec<u8>, bytes: &[u8]) {
        match self {
            Self::Raw => out.extend_from_slice(bytes),
            Self::Hex => text::hex(out, bytes),
            Self::Base64 => text::base64(out, bytes, true),
            Self::Base64Unpadded => text::base64(out, bytes, false),
        }
    }

    /// The bytes that were written so; `None` when they were not.
    pub(crate) fn read(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Raw => Some(text.to_vec()),
            Self::Hex => text::from_hex(text),
            Self::Base64 | Self::Base64Unpadded => text::from_base64(text),
        }
    }
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    Decimal,
    /// So many digits, the last ones.
    Hex(usize),
    /// So many bytes, the last ones.
    Big(usize),
    Little(usize),
}

impl Notation {
    pub(crate) fn parse(modifier: Option<&str>) -> Result<Self, String> {
        let Some(modifier) = modifier else { return Ok(Self::Decimal) };
        Ok(match modifier {
            "ascii" => Self::Decimal,
            "hex64" => Self::Hex(16),
            "hex32" => Self::Hex(8),
            "hex16" => Self::Hex(4),
            "hex8" => Self::Hex(2),
            "hex4" => Self::Hex(1),
            "big64" => Self::Big(8),
            "big32" => Self::Big(4),
            "big16" => Self::Big(2),
            "big8" | "byte" | "little8" => Self::Big(1),
            "little64" => Self::Little(8),
            "little32" => Self::Little(4),
            "little16" => Self::Little(2),
            other => {
                return Err(format!(
                    "`{{{other}}}` is no form of a number: there are ascii, hex8 to hex64, big8 to big64, little8 to \
                     little64 and byte"
                ));
            }
        })
    }

    fn write(self, out: &mut Vec<u8>, number: i64) {
        match self {
            Self::Decimal => text::decimal(out, number),
            Self::Hex(digits) => {
                let mut all = Vec::with_capacity(16);
                text::hex(&mut all, &number.to_be_bytes());
                out.extend_from_slice(&all[16 - digits..]);
            }
            Self::Big(bytes) => out.extend_from_slice(&number.to_be_bytes()[8 - bytes..]),
            Self::Little(bytes) => out.extend_from_slice(&number.to_le_bytes()[..bytes]),
        }
    }
}

impl Template {
    pub(crate) fn write(&self, out: &mut Vec<u8>, found: &Found<'_>) {
        for piece in &self.0 {
            match piece {
                Piece::Literal(bytes) => out.extend_from_slice(bytes),
                Piece::Text(field, encoding) => encoding.write(out, found.text(*field)),
                Piece::Number(field, notation) => notation.write(out, found.number(*field)),
                Piece::Time(format) => write_time(out, format, found.record.timestamp),
                Piece::HeaderList => {
                    for (nth, header) in found.record.headers.enumerate() {
                        if nth > 0 {
                            out.push(b',');
                        }
                        out.extend_from_slice(header.key);
                        out.push(b'=');
                        out.extend_from_slice(header.value.unwrap_or(b"NULL"));
                    }
                }
                Piece::EachHeader(pieces) => {
                    for header in found.record.headers {
                        pieces.iter().for_each(|piece| piece.write(out, header.key, header.value));
                    }
                }
            }
        }
    }
}

impl HeaderPiece {
    fn write(&self, out: &mut Vec<u8>, key: &[u8], value: Option<&[u8]>) {
        match self {
            Self::Literal(bytes) => out.extend_from_slice(bytes),
            Self::Key(encoding) => encoding.write(out, key),
            Self::Value(encoding) => encoding.write(out, value.unwrap_or_default()),
            Self::KeyLength(notation) => notation.write(out, length(Some(key))),
            Self::ValueLength(notation) => notation.write(out, length(value)),
        }
    }
}

fn write_time(out: &mut Vec<u8>, format: &str, timestamp: i64) {
    let shown = Timestamp::from_millisecond(timestamp).ok().filter(|_| timestamp >= 0);
    match shown.and_then(|time| strtime::format(format, time).ok()) {
        Some(text) => out.extend_from_slice(text.as_bytes()),
        None => text::decimal(out, timestamp),
    }
}

fn length(bytes: Option<&[u8]>) -> i64 {
    bytes.map_or(-1, |bytes| bytes.len() as i64)
}

impl<'a> Found<'a> {
    fn text(&self, field: Text) -> &'a [u8] {
        match field {
            Text::Topic => self.topic.as_bytes(),
            Text::Key => self.record.key.unwrap_or_default(),
            Text::Value => self.record.value.unwrap_or_default(),
        }
    }

    fn number(&self, field: Number) -> i64 {
        match field {
            Number::Partition => i64::from(self.partition),
            Number::Offset => self.record.offset.0,
            Number::KeyLength => length(self.record.key),
            Number::ValueLength => length(self.record.value),
            Number::Timestamp => self.record.timestamp,
            Number::HeaderCount => self.record.headers.len() as i64,
            Number::LeaderEpoch => i64::from(self.batch.partition_leader_epoch.0),
            Number::ProducerId => self.batch.producer_id.0,
            Number::ProducerEpoch => i64::from(self.batch.producer_epoch.0),
            Number::Attributes => i64::from(self.batch.attributes.0),
            Number::HighWatermark => self.high_watermark,
            Number::Iteration => i64::try_from(self.number).unwrap_or(i64::MAX),
        }
    }
}

/// One step through a format: literal bytes, or a verb with what stands in its braces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Byte(u8),
    Verb(char, Option<&'a str>),
}

/// Takes a format apart, for records that are written and for those that are read.
pub(crate) fn tokens(format: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = format;
    while let Some(&byte) = rest.as_bytes().first() {
        let length = match byte {
            b'\\' => {
                let (byte, length) = text::escape(rest)?;
                tokens.push(Token::Byte(byte));
                length
            }
            b'%' => {
                let verb = rest[1..].chars().next().ok_or("a `%` at the end: write `%%`")?;
                let after = 1 + verb.len_utf8();
                if "%{}".contains(verb) {
                    tokens.push(Token::Byte(verb as u8));
                    after
                } else {
                    let modifier = braces(&rest[after..])?;
                    tokens.push(Token::Verb(verb, modifier));
                    after + modifier.map_or(0, |modifier| modifier.len() + 2)
                }
            }
            byte => {
                tokens.push(Token::Byte(byte));
                1
            }
        };
        rest = &rest[length..];
    }
    Ok(tokens)
}

/// What stands between `{` at the front and the `}` that belongs to it. `%{` and `%}` are characters.
fn braces(text: &str) -> Result<Option<&str>, String> {
    if !text.starts_with('{') {
        return Ok(None);
    }
    let mut depth = 0;
    let mut after_percent = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if after_percent => after_percent = false,
            '%' => after_percent = true,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Ok(Some(&text[1..at]));
                }
            }
            _ => {}
        }
    }
    Err(format!("`{text}` has no closing `}}`"))
}

impl FromStr for Template {
    type Err = String;

    fn from_str(format: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        for token in tokens(format)? {
            let (verb, modifier) = match token {
                Token::Byte(byte) => {
                    match pieces.last_mut() {
                        Some(Piece::Literal(bytes)) => bytes.push(byte),
                        _ => pieces.push(Piece::Literal(vec![byte])),
                    }
                    continue;
                }
                Token::Verb(verb, modifier) => (verb, modifier),
            };
            let number = |field| Ok::<_, String>(Piece::Number(field, Notation::parse(modifier)?));
            let text = |field| Ok::<_, String>(Piece::Text(field, Encoding::parse(modifier)?));
            pieces.push(match verb {
                't' => text(Text::Topic)?,
                'k' => text(Text::Key)?,
                's' | 'v' => text(Text::Value)?,
                'p' => number(Number::Partition)?,
                'o' => number(Number::Offset)?,
                'K' => number(Number::KeyLength)?,
                'S' | 'V' => number(Number::ValueLength)?,
                'R' if modifier.is_none() => Piece::Number(Number::ValueLength, Notation::Big(4)),
                'T' => number(Number::Timestamp)?,
                'd' => match modifier {
                    Some(modifier) => time(modifier)?,
                    None => number(Number::Timestamp)?,
                },
                'H' => number(Number::HeaderCount)?,
                'e' => number(Number::LeaderEpoch)?,
                'x' => number(Number::ProducerId)?,
                'y' => number(Number::ProducerEpoch)?,
                'a' => number(Number::Attributes)?,
                ']' => number(Number::HighWatermark)?,
                'i' => number(Number::Iteration)?,
                'h' => match modifier {
                    Some(each) => Piece::EachHeader(header_pieces(each)?),
                    None => Piece::HeaderList,
                },
                other => return Err(unknown(other)),
            });
        }
        Ok(Self(pieces))
    }
}

pub(crate) fn unknown(verb: char) -> String {
    format!("`%{verb}` is no verb; `mainstem consume --help` has the list")
}

/// `strftime[...]`, with as many brackets as the format inside needs.
fn time(modifier: &str) -> Result<Piece, String> {
    let bracketed = modifier.strip_prefix("strftime").ok_or_else(|| {
        format!("`{{{modifier}}}` is no form of a time: write `{{strftime[%Y-%m-%d %H:%M:%S]}}`")
    })?;
    let open = bracketed.bytes().take_while(|byte| *byte == b'[').count();
    let inner = bracketed.get(open..bracketed.len().saturating_sub(open)).unwrap_or_default();
    if open == 0 || !bracketed.ends_with(&"]".repeat(open)) || inner.is_empty() {
        return Err(format!("`{{{modifier}}}`: write `{{strftime[%Y-%m-%d %H:%M:%S]}}`"));
    }
    strtime::format(inner, Timestamp::UNIX_EPOCH).map_err(|error| format!("`{inner}`: {error}"))?;
    Ok(Piece::Time(inner.to_owned()))
}

fn header_pieces(format: &str) -> Result<Vec<HeaderPiece>, String> {
    let mut pieces = Vec::new();
    for token in tokens(format)? {
        let piece = match token {
            Token::Byte(byte) => {
                if let Some(HeaderPiece::Literal(bytes)) = pieces.last_mut() {
                    bytes.push(byte);
                    continue;
                }
                HeaderPiece::Literal(vec![byte])
            }
            Token::Verb('k', modifier) => HeaderPiece::Key(Encoding::parse(modifier)?),
            Token::Verb('s' | 'v', modifier) => HeaderPiece::Value(Encoding::parse(modifier)?),
            Token::Verb('K', modifier) => HeaderPiece::KeyLength(Notation::parse(modifier)?),
            Token::Verb('S' | 'V', modifier) => HeaderPiece::ValueLength(Notation::parse(modifier)?),
            Token::Verb(other, _) => {
                return Err(format!("`%{other}` means nothing in a header: there are %k, %v, %K and %V"));
            }
        };
        pieces.push(piece);
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::producer::Header;
    use records::{BatchBuilder, Compression, NewRecord};

    fn shown(format: &str) -> Vec<u8> {
        let headers = [Header { key: b"a", value: Some(b"1") }, Header { key: b"b", value: None }];
        let mut builder = BatchBuilder::new(Compression::None);
        let record =
            NewRecord { timestamp: 1_700_000_000_123, key: Some(b"k\xff"), value: None, headers: &headers };
        builder.append(&record).unwrap();
        let batch = RecordBatch::parse(builder.build()).unwrap();
        let records = batch.records(1 << 20).unwrap();
        let record = records.iter().next().unwrap().unwrap();
        let found =
            Found { topic: "tt", partition: 3, high_watermark: 258, batch: &batch, record, number: 9 };
        let mut out = Vec::new();
        format.parse::<Template>().unwrap().write(&mut out, &found);
        out
    }

    #[test]
    fn every_verb_is_written() {
        for (format, expected) in [
            ("%t [%p] at %o: %k\\n", &b"tt [3] at 0: k\xff\n"[..]),
            ("%s|%v|%S|%V|%K", b"||-1|-1|2"),
            ("%R", b"\xff\xff\xff\xff"),
            ("%T %d", b"1700000000123 1700000000123"),
            ("%d{strftime[%Y-%m-%dT%H:%M:%S]}", b"2023-11-14T22:13:20"),
            ("%d{strftime[[%Y]]}", b"2023"),
            ("%h", b"a=1,b=NULL"),
            ("%h{<%k{hex}=%v>}%H", b"<61=1><62=>2"),
            ("%h{%%%{%k%}\\t}", b"%{a}\t%{b}\t"),
            ("%k{hex} %k{base64} %k{base64raw}", b"6bff a/8= a/8"),
            ("%]{big16}%]{little32}%]{byte}%]{hex16}%]{ascii}", b"\x01\x02\x02\x01\0\0\x020102258"),
            ("%e %x %y %a %i", b"-1 -1 -1 0 9"),
            ("100%% \\x41\\\\ %{%}", b"100% A\\ {}"),
            ("", b""),
        ] {
            assert_eq!(shown(format), expected, "{format}");
        }
    }

    #[test]
    fn what_is_no_format_is_refused_with_the_reason() {
        for (format, says) in [
            ("%", "write `%%`"),
            ("%q", "`%q` is no verb"),
            ("%ü", "`%ü` is no verb"),
            ("%k{hex", "closing"),
            ("%k{rot13}", "hex, base64"),
            ("%o{hex}", "hex8 to hex64"),
            ("%d{go[2006]}", "strftime["),
            ("%d{strftime[}", "strftime["),
            ("%d{strftime[%!]}", "%!"),
            ("%h{%p}", "means nothing in a header"),
            ("\\q", "is no escape"),
            ("a\\", "write `\\\\`"),
        ] {
            let error = format.parse::<Template>().unwrap_err();
            assert!(error.contains(says), "{format}: {error}");
        }
    }
}
