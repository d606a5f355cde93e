//! Records in a format of kcat's and rpk's verbs, for `produce -f`.
//!
//! A field goes to where the text behind its verb begins, or is as long as an earlier `%K`, `%V`, `%S` or `%R` said.
//! `%H` says how many headers the `%h{...}` behind it describes; one, if nothing does.
use super::json::Parsed;
use crate::commands::consume::{Encoding, Notation, Token, tokens};
use std::{borrow::Cow, str::FromStr};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Text(Text, Encoding),
    Number(Number, Notation),
    Headers(Vec<Piece>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Key,
    Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    KeyLength,
    ValueLength,
    HeaderCount,
    Partition,
    Timestamp,
}

/// Why no record could be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The input goes on.
    Incomplete,
    Wrong(String),
}

impl FromStr for Template {
    type Err = String;

    fn from_str(format: &str) -> Result<Self, String> {
        let pieces = pieces(format, false)?;
        let mut after_text = false;
        for (at, piece) in pieces.iter().enumerate() {
            let has_length = |number| {
                pieces[..at].iter().any(|piece| matches!(piece, Piece::Number(known, _) if *known == number))
            };
            let is_open = match piece {
                Piece::Text(Text::Key, _) => !has_length(Number::KeyLength),
                Piece::Text(Text::Value, _) => !has_length(Number::ValueLength),
                _ => false,
            };
            if after_text && !matches!(piece, Piece::Literal(_)) {
                return Err(
                    "two fields touch: put text between them, or a length before the first".to_owned()
                );
            }
            after_text = is_open;
        }
        if !pieces.iter().any(|piece| matches!(piece, Piece::Text(..))) {
            return Err("the format has neither %k nor %v".to_owned());
        }
        Ok(Self(pieces))
    }
}

fn pieces(format: &str, in_header: bool) -> Result<Vec<Piece>, String> {
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
        let number = |number| Notation::parse(modifier).map(|notation| Piece::Number(number, notation));
        pieces.push(match verb {
            'k' => Piece::Text(Text::Key, Encoding::parse(modifier)?),
            's' | 'v' => Piece::Text(Text::Value, Encoding::parse(modifier)?),
            'K' => number(Number::KeyLength)?,
            'S' | 'V' => number(Number::ValueLength)?,
            'R' => Piece::Number(Number::ValueLength, Notation::Big(4)),
            'p' if !in_header => number(Number::Partition)?,
            'T' | 'd' if !in_header => number(Number::Timestamp)?,
            'H' if !in_header => number(Number::HeaderCount)?,
            'h' if !in_header => match modifier {
                Some(each) => Piece::Headers(self::pieces(each, true)?),
                None => return Err("write what one header looks like, as in `%h{%k=%v,}`".to_owned()),
            },
            other => {
                return Err(format!(
                    "`%{other}` cannot be read: there are %k, %v, %K, %V, %R, %p, %T, %H and %h{{...}}"
                ));
            }
        });
    }
    Ok(pieces)
}

impl Template {
    /// The record at the front of `input`, and how many bytes it takes. `is_last`: nothing comes behind `input`.
    pub(super) fn read<'a>(&self, input: &'a [u8], is_last: bool) -> Result<(Parsed<'a>, usize), Stop> {
        let mut reading = Reading { input, at: 0, is_last };
        let record = reading.fields(&self.0)?;
        Ok((record, reading.at))
    }
}

struct Reading<'a> {
    input: &'a [u8],
    at: usize,
    is_last: bool,
}

impl<'a> Reading<'a> {
    fn fields(&mut self, pieces: &[Piece]) -> Result<Parsed<'a>, Stop> {
        let mut parsed = Parsed::default();
        let (mut key_length, mut value_length, mut header_count) = (None, None, None);
        for (nth, piece) in pieces.iter().enumerate() {
            let next = match pieces.get(nth + 1) {
                Some(Piece::Literal(bytes)) => Some(bytes.as_slice()),
                _ => None,
            };
            match piece {
                Piece::Literal(bytes) => self.literal(bytes)?,
                Piece::Text(Text::Key, encoding) => parsed.key = self.text(key_length, next, *encoding)?,
                Piece::Text(Text::Value, encoding) => {
                    parsed.value = self.text(value_length, next, *encoding)?;
                }
                Piece::Number(number, notation) => {
                    let value = self.number(*notation, next)?;
                    match number {
                        Number::KeyLength => key_length = Some(value),
                        Number::ValueLength => value_length = Some(value),
                        Number::HeaderCount => header_count = Some(value),
                        Number::Timestamp => parsed.timestamp = Some(value),
                        Number::Partition => {
                            let partition = i32::try_from(value);
                            let partition =
                                partition.map_err(|_| Stop::Wrong(format!("{value} is no partition")))?;
                            parsed.partition = Some(partition);
                        }
                    }
                }
                Piece::Headers(pieces) => {
                    for _ in 0..header_count.unwrap_or(1) {
                        let header = self.fields(pieces)?;
                        parsed.headers.push((header.key.unwrap_or_default(), header.value));
                    }
                }
            }
        }
        Ok(parsed)
    }

    fn rest(&self) -> &'a [u8] {
        &self.input[self.at..]
    }

    fn incomplete(&self) -> Stop {
        match self.is_last {
            true => Stop::Wrong("the input ends in the middle of a record".to_owned()),
            false => Stop::Incomplete,
        }
    }

    fn literal(&mut self, expected: &[u8]) -> Result<(), Stop> {
        let rest = self.rest();
        if rest.starts_with(expected) {
            self.at += expected.len();
            return Ok(());
        }
        // The last record may lack what stands behind it.
        if rest.is_empty() && self.is_last && self.at > 0 {
            return Ok(());
        }
        if expected.starts_with(rest) {
            return Err(self.incomplete());
        }
        let found = rest[..rest.len().min(expected.len())].escape_ascii();
        Err(Stop::Wrong(format!("expected `{}`, found `{found}`", expected.escape_ascii())))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let taken = self.rest().get(..length).ok_or_else(|| self.incomplete())?;
        self.at += length;
        Ok(taken)
    }

    /// Up to where `next` begins, or to the end.
    fn until(&mut self, next: Option<&[u8]>) -> Result<&'a [u8], Stop> {
        let found = next.and_then(|next| memchr::memmem::find(self.rest(), next));
        match found {
            Some(length) => self.take(length),
            None if self.is_last => self.take(self.rest().len()),
            None => Err(Stop::Incomplete),
        }
    }

    fn text(
        &mut self,
        length: Option<i64>,
        next: Option<&[u8]>,
        encoding: Encoding,
    ) -> Result<Option<Cow<'a, [u8]>>, Stop> {
        let bytes = match length {
            None => self.until(next)?,
            Some(-1) => return Ok(None),
            Some(length) => {
                let length = usize::try_from(length);
                self.take(length.map_err(|_| Stop::Wrong("a length below zero".to_owned()))?)?
            }
        };
        if encoding == Encoding::Raw {
            return Ok(Some(Cow::Borrowed(bytes)));
        }
        let decoded = encoding.read(bytes).map(|bytes| Some(Cow::Owned(bytes)));
        decoded.ok_or_else(|| {
            Stop::Wrong(format!("`{}` is not in the form that was named", bytes.escape_ascii()))
        })
    }

    fn number(&mut self, notation: Notation, next: Option<&[u8]>) -> Result<i64, Stop> {
        let big = |bytes: &[u8]| match bytes.len() {
            1 => i64::from(bytes[0]),
            2 => i64::from(i16::from_be_bytes([bytes[0], bytes[1]])),
            4 => i64::from(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            _ => bytes.iter().fold(0, |number, byte| number << 8 | i64::from(*byte)),
        };
        match notation {
            Notation::Big(length) => self.take(length).map(big),
            Notation::Little(length) => {
                let bytes: Vec<u8> = self.take(length)?.iter().rev().copied().collect();
                Ok(big(&bytes))
            }
            Notation::Hex(length) => {
                let digits = self.take(length)?;
                let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with(['+', '-']));
                let number = text.and_then(|text| u64::from_str_radix(text, 16).ok());
                number.map(u64::cast_signed).ok_or_else(|| no_number(digits))
            }
            Notation::Decimal => {
                let digits = match next {
                    Some(next) => self.until(Some(next))?,
                    None => {
                        let end = self.rest().iter().position(|byte| !byte.is_ascii_digit() && *byte != b'-');
                        match end {
                            Some(length) => self.take(length)?,
                            None => self.until(None)?,
                        }
                    }
                };
                let number = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
                number.ok_or_else(|| no_number(digits))
            }
        }
    }
}

fn no_number(bytes: &[u8]) -> Stop {
    Stop::Wrong(format!("`{}` is no number", bytes.escape_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All records of the input, as `key=value`, when it comes in one piece; and the same when it comes byte by byte.
    fn read(format: &str, input: &[u8]) -> Result<Vec<String>, Stop> {
        let template: Template = format.parse().unwrap();
        let (mut whole, mut at) = (Vec::new(), 0);
        while at < input.len() {
            let (record, length) = template.read(&input[at..], true)?;
            // No shorter input gives another record, unless it is the end.
            for shorter in 0..length {
                assert_eq!(template.read(&input[at..at + shorter], false).err(), Some(Stop::Incomplete));
            }
            let text = |bytes: Option<&[u8]>| {
                bytes.map_or("null".to_owned(), |bytes| bytes.escape_ascii().to_string())
            };
            let headers = record
                .headers
                .iter()
                .map(|(key, value)| format!(" {}={}", text(Some(key)), text(value.as_deref())));
            let headers: String = headers.collect();
            let more = match (record.partition, record.timestamp) {
                (None, None) => String::new(),
                more => format!(" {more:?}"),
            };
            whole.push(format!(
                "{}={}{headers}{more}",
                text(record.key.as_deref()),
                text(record.value.as_deref())
            ));
            at += length;
        }
        Ok(whole)
    }

    #[test]
    fn records_are_read_by_delimiters_and_by_length() {
        for (format, input, expected) in [
            ("%k %v\\n", &b"a b c\nd e\n"[..], &["a=b c", "d=e"][..]),
            ("%v\\n", b"a\n\nb\n", &["null=a", "null=", "null=b"]),
            ("%k{hex}:%v{base64}\\n", b"6b:dg==\n", &["k=v"]),
            ("%K{big16}%k%V{big32}%v", b"\0\x01k\0\0\0\x02v\n", &["k=v\\n"]),
            ("%R%s", b"\0\0\0\x01a\xff\xff\xff\xff", &["null=a", "null=null"]),
            ("%K,%V,%k%v", b"1,2,kvv1,0,k", &["k=vv", "k="]),
            ("%V{little16}%v", b"\x01\0a", &["null=a"]),
            ("%V{hex8}%v", b"02ab", &["null=ab"]),
            ("%p %T %v\\n", b"3 17 a\n", &["null=a (Some(3), Some(17))"]),
            ("%H %h{%k=%v,}%v\\n", b"2 a=1,b=2,x\n0 y\n", &["null=x a=1 b=2", "null=y"]),
            ("%h{%k=%v;}%v\\n", b"a=1;x\n", &["null=x a=1"]),
        ] {
            let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(read(format, input), Ok(expected), "{format}");
        }
        // The last record may lack its end.
        let template: Template = "%k %v\\n".parse().unwrap();
        let (record, length) = template.read(b"a b", true).unwrap();
        assert_eq!(
            (record.key.as_deref(), record.value.as_deref(), length),
            (Some(&b"a"[..]), Some(&b"b"[..]), 3)
        );
    }

    #[test]
    fn what_does_not_fit_the_format_is_said() {
        for (format, input, says) in [
            ("<%k>%v\\n", &b"a>b\n"[..], "expected `<`, found `a`"),
            ("%V{big32}%v", b"\0\0\0\x05a", "ends in the middle"),
            ("%V{big32}%v", b"\xff\xff\xff\xfea", "below zero"),
            ("%K %k%v\\n", b"x kv\n", "`x` is no number"),
            ("%k{hex} %v\\n", b"zz v\n", "`zz` is not in the form"),
            ("%p %v\\n", b"99999999999 v\n", "is no partition"),
        ] {
            let template: Template = format.parse().unwrap();
            let Err(Stop::Wrong(error)) = template.read(input, true) else { panic!("{format} was read") };
            assert!(error.contains(says), "{format}: {error}");
        }
    }

    #[test]
    fn a_format_that_cannot_be_read_is_refused() {
        for (format, says) in [
            ("%k%v\\n", "touch"),
            ("%p\\n", "neither"),
            ("%o %v\\n", "`%o` cannot be read"),
            ("%h %v\\n", "one header"),
        ] {
            let error = format.parse::<Template>().unwrap_err();
            assert!(error.contains(says), "{format}: {error}");
        }
    }
}
