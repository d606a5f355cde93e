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
        let mut words = words(text).ok_or_else(|| expected("a quote does not end"))?.into_iter();
        let class = words.next().ok_or_else(|| expected("the module is missing"))?;
        let module = class.rsplit('.').next().unwrap_or_default().to_owned();
        let flag = words.next().unwrap_or_default();
        if !FLAGS.iter().any(|known| known.eq_ignore_ascii_case(&flag)) {
            return Err(expected("after the module comes `required`"));
        }
        let mut options = BTreeMap::new();
        let mut is_ended = false;
        for word in words {
            if is_ended {
                return Err(expected("only one module can be given"));
            }
            if word == ";" {
                is_ended = true;
            } else {
                let (name, value) =
                    word.split_once('=').ok_or_else(|| expected("an option is no NAME=VALUE"))?;
                options.insert(name.to_owned(), value.to_owned());
            }
        }
        if !is_ended {
            return Err(expected("the `;` is missing"));
        }
        Ok(Self { module, options })
    }
}

/// Words with their quotes resolved; a `;` outside of quotes is a word of its own. `None` if a quote does not end.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => word.push(chars.next()?),
                        c => word.push(c),
                    }
                }
            }
            ';' => {
                words.extend(word.take());
                words.push(";".to_owned());
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
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
            ("M required username;", "an option is no NAME=VALUE"),
            ("M required; N required;", "only one module can be given"),
        ] {
            let error = Jaas::parse(text).err().unwrap_or_else(|| panic!("{text}"));
            assert!(error.ends_with(said), "{text}: {error}");
        }
    }
}
