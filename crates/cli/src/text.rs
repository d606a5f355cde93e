//! Bytes as text and back: the notations that command lines have for them.

/// Reads the escapes of kcat and rpk: `\n`, `\r`, `\t`, `\0`, `\\`, `\xNN`.
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let (byte, length) = escape(&rest[at..])?;
        bytes.push(byte);
        rest = &rest[at + length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The byte that an escape at the front of `text` means, and how long it is.
pub(crate) fn escape(text: &str) -> Result<(u8, usize), String> {
    let byte = match text.as_bytes().get(1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'0') => 0,
        Some(b'\\') => b'\\',
        Some(b'x') => {
            let digits = text.get(2..4).unwrap_or_default();
            let byte = u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'));
            return byte
                .map(|byte| (byte, 4))
                .ok_or_else(|| "expected two hex digits after `\\x`".to_owned());
        }
        Some(_) => {
            let escaped = text.chars().nth(1).unwrap_or_default();
            return Err(format!("`\\{escaped}` is no escape: there are \\n, \\r, \\t, \\0, \\\\ and \\xNN"));
        }
        None => return Err("a `\\` at the end: write `\\\\`".to_owned()),
    };
    Ok((byte, 2))
}

/// What separates records, or a key from its value; never empty.
pub(crate) fn delimiter(text: &str) -> Result<Vec<u8>, String> {
    match unescape(text)? {
        empty if empty.is_empty() => Err("a delimiter has at least one byte".to_owned()),
        delimiter => Ok(delimiter),
    }
}

pub(crate) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend(
        bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
    );
}

pub(crate) fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks(2).map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}

/// The usual alphabet, with padding or without.
pub(crate) fn base64(out: &mut Vec<u8>, bytes: &[u8], padded: bool) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..4 {
            let sextet = (bits >> (18 - 6 * digit)) & 0x3f;
            if digit <= group.len() {
                out.push(ALPHABET[sextet as usize]);
            } else if padded {
                out.push(b'=');
            }
        }
    }
}

/// Reads both alphabets, with or without padding; `None` for anything else.
pub(crate) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let (digits, padding) = text.split_at(end);
    if digits.len() % 4 == 1 || !(padding.is_empty() || (text.len().is_multiple_of(4) && padding.len() <= 2))
    {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for byte in group {
            let sextet = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(sextet);
        }
        bits <<= 6 * (4 - group.len());
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

/// Lines of at most `width` characters, broken between words where that is possible.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Decimal digits without the machinery of `fmt`.
pub(crate) fn decimal(out: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut left = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_or_refused() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("a", Some(b"a")),
            ("\\t", Some(b"\t")),
            ("=>\\n\\r\\\\", Some(b"=>\n\r\\")),
            ("\\x00\\xfFü", Some(b"\0\xff\xc3\xbc")),
            ("\\", None),
            ("\\x4", None),
            ("\\x+4", None),
            ("\\ü", None),
            ("\\q", None),
        ] {
            assert_eq!(unescape(text).ok().as_deref(), expected, "{text}");
        }
        assert!(delimiter("").is_err());
    }

    #[test]
    fn base64_goes_both_ways() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            let mut out = Vec::new();
            base64(&mut out, bytes.as_bytes(), true);
            assert_eq!(out, text.as_bytes());
            for read in [text, text.trim_end_matches('=')] {
                assert_eq!(from_base64(read.as_bytes()).as_deref(), Some(bytes.as_bytes()), "{read}");
            }
        }
        for wrong in ["Z", "Zg=", "Zg===", "Z g=", "====", "Zm9v=", "Zm9v===="] {
            assert_eq!(from_base64(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn hex_goes_both_ways() {
        let mut out = Vec::new();
        hex(&mut out, b"\0\xffa");
        assert_eq!(out, b"00ff61");
        assert_eq!(from_hex(b"00fF61").as_deref(), Some(&b"\0\xffa"[..]));
        for wrong in [&b"0"[..], b"0g", b"+1"] {
            assert_eq!(from_hex(wrong), None);
        }
    }

    #[test]
    fn words_fill_lines() {
        for (text, width, expected) in [
            ("", 5, &[][..]),
            ("a b c", 3, &["a b", "c"]),
            ("a b c", usize::MAX, &["a b c"]),
            ("longer a\nb", 4, &["longer", "a b"]),
            ("ü ü ü", 5, &["ü ü ü"]),
        ] {
            assert_eq!(wrapped(text, width), expected, "{text}");
        }
    }

    #[test]
    fn decimals_are_those_of_fmt() {
        for number in [0, 7, -1, 42, i64::MAX, i64::MIN, 1_700_000_000_123] {
            let mut out = Vec::new();
            decimal(&mut out, number);
            assert_eq!(out, number.to_string().as_bytes());
        }
    }
}
