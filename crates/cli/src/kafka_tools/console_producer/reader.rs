//! How a line becomes a record.
use super::Pairs;
use ::client::producer::Header;
use memchr::memmem;
use regex::bytes::Regex;

/// What a line says. Bytes that are no UTF-8 stay as they are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed<'a> {
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: Option<&'a [u8]>,
    pub(super) headers: Vec<Header<'a>>,
}

#[derive(Debug)]
pub(super) struct LineReader {
    key: Option<String>,
    headers: Option<String>,
    /// An expression.
    between_headers: Regex,
    within_header: String,
    ignore_errors: bool,
    null_marker: Option<String>,
    line: u64,
}

/// Lines end as Java's do: with a newline, a carriage return, or both.
pub(super) fn lines(chunk: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = chunk;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(at) = memchr::memchr2(b'\n', b'\r', rest) else { return Some(std::mem::take(&mut rest)) };
        let line = &rest[..at];
        let length = if rest[at..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[at + length..];
        Some(line)
    })
}

impl LineReader {
    pub(super) fn new(properties: &Pairs) -> Result<Self, String> {
        let text = |key: &str, default: &str| properties.get(key).map_or(default, String::as_str).to_owned();
        let flag = |key: &str| text(key, "").trim().eq_ignore_ascii_case("true");
        let null_marker = properties.get("null.marker").cloned();
        let names = ["headers.delimiter", "headers.separator", "headers.key.separator", "key.separator"];
        let [delimiter, between, within, key] =
            [text(names[0], "\t"), text(names[1], ","), text(names[2], ":"), text(names[3], "\t")];
        for (first, second, same) in [
            (names[0], names[1], delimiter == between),
            (names[0], names[2], delimiter == within),
            (names[1], names[2], between == within),
            ("null.marker", names[3], null_marker.as_ref() == Some(&key)),
            ("null.marker", names[1], null_marker.as_ref() == Some(&between)),
            ("null.marker", names[0], null_marker.as_ref() == Some(&delimiter)),
            ("null.marker", names[2], null_marker.as_ref() == Some(&within)),
        ] {
            if same {
                return Err(format!("{first} and {second} may not be equal"));
            }
        }
        Ok(Self {
            key: flag("parse.key").then_some(key),
            headers: flag("parse.headers").then_some(delimiter),
            between_headers: Regex::new(&between)
                .map_err(|_| format!("headers.separator: `{between}` is no expression"))?,
            within_header: within,
            ignore_errors: flag("ignore.error"),
            null_marker,
            line: 0,
        })
    }

    pub(super) fn parse<'a>(&mut self, line: &'a [u8]) -> Result<Parsed<'a>, String> {
        self.line += 1;
        let (headers, rest) = self.cut(self.headers.as_deref(), line, line, "headers delimiter")?;
        let (key, value) = self.cut(self.key.as_deref(), rest, line, "key separator")?;
        Ok(Parsed {
            key: key.filter(|key| !self.is_null(key)),
            value: Some(value).filter(|value| !self.is_null(value)),
            headers: match headers.filter(|headers| !self.is_null(headers)) {
                Some(headers) => self.split_headers(headers)?,
                None => Vec::new(),
            },
        })
    }

    fn is_null(&self, text: &[u8]) -> bool {
        self.null_marker.as_deref().is_some_and(|marker| marker.as_bytes() == text)
    }

    /// What stands before the separator, and what comes behind it.
    fn cut<'a>(
        &self,
        separator: Option<&str>,
        rest: &'a [u8],
        line: &[u8],
        called: &str,
    ) -> Result<(Option<&'a [u8]>, &'a [u8]), String> {
        let Some(separator) = separator else { return Ok((None, rest)) };
        match memmem::find(rest, separator.as_bytes()) {
            Some(at) => Ok((Some(&rest[..at]), &rest[at + separator.len()..])),
            None if self.ignore_errors => Ok((None, rest)),
            None => {
                let (number, line) = (self.line, String::from_utf8_lossy(line));
                Err(format!("No {called} found on line number {number}: '{line}'"))
            }
        }
    }

    fn split_headers<'a>(&self, headers: &'a [u8]) -> Result<Vec<Header<'a>>, String> {
        let mut pairs: Vec<&[u8]> = self.between_headers.split(headers).collect();
        // Java's split leaves out what is empty at the end, unless nothing was split.
        while pairs.len() > 1 && pairs.last().is_some_and(|pair| pair.is_empty()) {
            pairs.pop();
        }
        pairs.into_iter().map(|pair| self.header(pair)).collect()
    }

    fn header<'a>(&self, pair: &'a [u8]) -> Result<Header<'a>, String> {
        let Some(at) = memmem::find(pair, self.within_header.as_bytes()) else {
            if self.ignore_errors {
                return Ok(Header { key: pair, value: None });
            }
            let (number, pair) = (self.line, String::from_utf8_lossy(pair));
            return Err(format!("No header key separator found in pair '{pair}' on line number {number}"));
        };
        let (key, value) = (&pair[..at], &pair[at + self.within_header.len()..]);
        if self.is_null(key) {
            let marker = self.null_marker.as_deref().unwrap_or_default();
            return Err(format!(
                "Header keys should not be equal to the null marker '{marker}' as they can't be null"
            ));
        }
        Ok(Header { key, value: Some(value).filter(|value| !self.is_null(value)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(properties: &[(&str, &str)]) -> Result<LineReader, String> {
        LineReader::new(
            &properties.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        )
    }

    /// `key|value|header=value,...`, with `-` for none.
    fn shown(parsed: &Parsed<'_>) -> String {
        let text =
            |bytes: Option<&[u8]>| bytes.map_or("-".to_owned(), |b| String::from_utf8_lossy(b).into_owned());
        let headers: Vec<_> =
            parsed.headers.iter().map(|h| format!("{}={}", text(Some(h.key)), text(h.value))).collect();
        format!("{}|{}|{}", text(parsed.key), text(parsed.value), headers.join(","))
    }

    #[test]
    fn lines_end_as_javas_do() {
        let found: Vec<_> = lines(b"a\nb\r\nc\rd\n\ne").collect();
        assert_eq!(found, [&b"a"[..], b"b", b"c", b"d", b"", b"e"]);
        assert_eq!(lines(b"").count(), 0);
    }

    #[test]
    fn records_are_read_from_lines() {
        let (key, headers) = (("parse.key", "true"), ("parse.headers", "TRUE"));
        let (ignore, null) = (("ignore.error", "true"), ("null.marker", "N"));
        for (properties, line, expected) in [
            (&[][..], "a\tb", Ok("-|a\tb|")),
            (&[key], "a\tb", Ok("a|b|")),
            (&[key, ("key.separator", "=>")], "a=>b=>c", Ok("a|b=>c|")),
            (&[key], "ab", Err("No key separator found on line number 1: 'ab'")),
            (&[key, ignore], "ab", Ok("-|ab|")),
            (&[headers, key], "h:1,i:2\tk\tv", Ok("k|v|h=1,i=2")),
            (&[headers], "h:1,,\tv", Ok("-|v|h=1")),
            (&[headers], "h\tv", Err("No header key separator found in pair 'h' on line number 1")),
            (&[headers, ignore], "h\tv", Ok("-|v|h=-")),
            (&[key, null], "N\tN", Ok("-|-|")),
            (&[headers, null], "h:N\tv", Ok("-|v|h=-")),
            (&[headers, null], "N\tv", Ok("-|v|")),
            (
                &[headers, null],
                "N:1\tv",
                Err("Header keys should not be equal to the null marker 'N' as they can't be null"),
            ),
        ] {
            let mut reader = reader(properties).unwrap();
            let found = reader.parse(line.as_bytes()).map(|parsed| shown(&parsed));
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{line}");
        }
    }

    #[test]
    fn separators_differ() {
        for (properties, message) in [
            (&[("headers.delimiter", ",")][..], "headers.delimiter and headers.separator may not be equal"),
            (
                &[("headers.key.separator", ",")],
                "headers.separator and headers.key.separator may not be equal",
            ),
            (&[("null.marker", "\t")], "null.marker and key.separator may not be equal"),
        ] {
            assert_eq!(reader(properties).unwrap_err(), message);
        }
    }
}
