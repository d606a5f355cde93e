//! `sasl.jaas.config`: one login module with its options, as in
//! `org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="secret";`
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Jaas {
    /// The last part of the class's name, such as `PlainLoginModule`.
    pub(super) module: String,
    pub(super) options: BTreeMap<String, String>,
}

const FLAGS: [&str; 4] = ["required", "requisite", "sufficient", "optional"];

impl Jaas {
    /// The error is what was expected; it repeats nothing of the text, which holds passwords.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expected = |what: &str| format!("a login module, its flag and options, ended by `;`: {what}");
        let mut tokens = tokens(text).map_err(expected)?.into_iter();
        let Some(Token::Word(class)) = tokens.next() else { return Err(expected("the module is missing")) };
        let module = class.rsplit('.').next().unwrap_or_default().to_owned();
        let is_flag = |word: &str| FLAGS.iter().any(|known| known.eq_ignore_ascii_case(word));
        if !matches!(tokens.next(), Some(Token::Word(flag)) if is_flag(&flag)) {
            return Err(expected("after the module comes `required`"));
        }
        let mut options = BTreeMap::new();
        loop {
            match tokens.next() {
                None => return Err(expected("the `;` is missing")),
                Some(Token::Semicolon) => break,
                Some(name) => match (name, tokens.next(), tokens.next()) {
                    (Token::Word(name), Some(Token::Equals), Some(Token::Word(value))) => {
                        options.insert(name, value);
                    }
                    _ => return Err(expected("an option is no NAME=VALUE")),
                },
            }
        }
        match tokens.next() {
            None => Ok(Self { module, options }),
            Some(_) => Err(expected("only one module can be given")),
        }
    }
}

#[derive(PartialEq, Eq)]
enum Token {
    /// Without its quotes.
    Word(String),
    Equals,
    Semicolon,
}

/// As Java's `JaasConfig` takes a text apart, but that a word without quotes may hold any other character.
fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            (_, rest) = comment.split_once("*/").ok_or("a comment does not end")?;
        } else if matches!(c, '"' | '\'') {
            let (word, after) = quoted(&rest[1..], c).ok_or("a quote does not end")?;
            tokens.push(Token::Word(word));
            rest = after;
        } else if let Some(sign) = sign(c) {
            tokens.push(sign);
            rest = &rest[1..];
        } else if c.is_whitespace() {
            rest = rest.trim_start();
        } else {
            let ends = |(at, c): (usize, char)| {
                let is_comment = rest[at..].starts_with("//") || rest[at..].starts_with("/*");
                is_comment || c.is_whitespace() || matches!(c, '"' | '\'') || sign(c).is_some()
            };
            let end = rest.char_indices().find(|&place| ends(place)).map_or(rest.len(), |(at, _)| at);
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    Ok(tokens)
}

fn sign(c: char) -> Option<Token> {
    match c {
        '=' => Some(Token::Equals),
        ';' => Some(Token::Semicolon),
        _ => None,
    }
}

/// What stands up to the closing `quote`, and what follows it.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        if c == quote {
            return Some((word, rest));
        }
        if c == '\\' {
            let (meant, length) = escaped(rest)?;
            word.push(meant);
            rest = &rest[length..];
        } else {
            word.push(c);
        }
    }
}

/// What stands for the beginning of `text`, which follows a backslash, and how many bytes that takes.
fn escaped(text: &str) -> Option<(char, usize)> {
    let digits = text.bytes().take_while(|digit| matches!(digit, b'0'..=b'7')).count();
    // `\377` is the largest.
    let digits = digits.min(if text.starts_with(['0', '1', '2', '3']) { 3 } else { 2 });
    if let Ok(octal) = u8::from_str_radix(&text[..digits], 8) {
        return Some((octal.into(), digits));
    }
    let c = text.chars().next()?;
    let meant = match c {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        other => other,
    };
    Some((meant, c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_modules_with_options() {
        for (text, module, options) in [
            (
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" \
                 password=\"a b;\\\"c\\\\\";",
                "PlainLoginModule",
                &[("password", "a b;\"c\\"), ("username", "alice")][..],
            ),
            (
                " ScramLoginModule REQUIRED\n username=u password=p tokenauth=true ; ",
                "ScramLoginModule",
                &[("password", "p"), ("tokenauth", "true"), ("username", "u")],
            ),
            ("x.OAuthBearerLoginModule required;", "OAuthBearerLoginModule", &[]),
            ("M required a=\"\" b=\"=\";", "M", &[("a", ""), ("b", "=")]),
            (
                "M required username='a b' password='x;\"y';",
                "M",
                &[("password", "x;\"y"), ("username", "a b")],
            ),
            ("M required username = \"a\" b= 'c' d ='e';", "M", &[("b", "c"), ("d", "e"), ("username", "a")]),
            ("/* who\n; */ M // 'how\nrequired a='/*//';", "M", &[("a", "/*//")]),
            (
                "M required a=x/y b='\\t\\n\\101\\1018\\477\\'\\q';",
                "M",
                &[("a", "x/y"), ("b", "\t\nAA8'7'q")],
            ),
        ] {
            let jaas = Jaas::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let found: Vec<_> = jaas.options.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            assert_eq!((jaas.module.as_str(), &found[..]), (module, options), "{text}");
        }
    }

    #[test]
    fn says_what_is_missing() {
        for (text, said) in [
            ("", "the module is missing"),
            ("M username=a;", "after the module comes `required`"),
            ("M required username=a", "the `;` is missing"),
            ("M required username=\"a;", "a quote does not end"),
            ("M required username='a\";", "a quote does not end"),
            ("M required username;", "an option is no NAME=VALUE"),
            ("M required username=;", "an option is no NAME=VALUE"),
            ("M required username='a'b;", "an option is no NAME=VALUE"),
            ("M required username \"=\" a;", "an option is no NAME=VALUE"),
            ("M required password=a==;", "an option is no NAME=VALUE"),
            ("M required a=b; /* never ends", "a comment does not end"),
            ("M required; N required;", "only one module can be given"),
        ] {
            let error = Jaas::parse(text).err().unwrap_or_else(|| panic!("{text}"));
            assert!(error.ends_with(said), "{text}: {error}");
        }
    }
}
