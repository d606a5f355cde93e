//! YAML in block style. A string that could be read as anything else, or has more than plain characters, is
//! quoted as JSON quotes it, which YAML 1.2 reads too.
use serde_json::Value;

pub(super) fn render(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Array(items) if !items.is_empty() => array(&mut text, items, 0),
        Value::Object(fields) if !fields.is_empty() => object(&mut text, fields, 0),
        scalar => {
            text += &plain(scalar);
            text.push('\n');
        }
    }
    text
}

fn array(text: &mut String, items: &[Value], indent: usize) {
    for item in items {
        spaces(text, indent);
        text.push_str("- ");
        match item {
            // The first field stands beside the dash.
            Value::Object(fields) if !fields.is_empty() => {
                let from = text.len();
                object(text, fields, indent + 2);
                text.replace_range(from..from + indent + 2, "");
            }
            Value::Array(inner) if !inner.is_empty() => {
                let from = text.len();
                array(text, inner, indent + 2);
                text.replace_range(from..from + indent + 2, "");
            }
            scalar => {
                text.push_str(&plain(scalar));
                text.push('\n');
            }
        }
    }
}

fn object(text: &mut String, fields: &serde_json::Map<String, Value>, indent: usize) {
    for (key, value) in fields {
        spaces(text, indent);
        text.push_str(&string(key));
        text.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                text.push('\n');
                object(text, inner, indent + 2);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                array(text, items, indent + 2);
            }
            scalar => {
                text.push(' ');
                text.push_str(&plain(scalar));
                text.push('\n');
            }
        }
    }
}

fn spaces(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n(' ', count));
}

fn plain(scalar: &Value) -> String {
    match scalar {
        Value::String(text) => string(text),
        other => other.to_string(),
    }
}

fn string(text: &str) -> String {
    /// Words that some reader of YAML takes for something else, in any case.
    const RESERVED: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./-".contains(&b))
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            '\r' => quoted += "\\r",
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                quoted += &format!("\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strings_that_look_like_something_else_are_quoted() {
        for (text, expected) in [
            ("orders", "orders"),
            ("a.b-c_d/e", "a.b-c_d/e"),
            ("", "\"\""),
            ("1", "\"1\""),
            ("1e3", "\"1e3\""),
            ("No", "\"No\""),
            ("null", "\"null\""),
            ("a: b", "\"a: b\""),
            ("# a", "\"# a\""),
            ("-", "\"-\""),
            ("a\"\\\n\u{85}", "\"a\\\"\\\\\\n\\u0085\""),
            ("ü", "\"ü\""),
        ] {
            assert_eq!(string(text), expected);
        }
    }

    #[test]
    fn nesting_is_by_two_spaces() {
        let value = json!({
            "a": [1, [2, 3], {"b": [], "c": {"d": {}}}],
            "e f": {"g": true},
        });
        let expected = "a:\n  - 1\n  - - 2\n    - 3\n  - b: []\n    c:\n      d: {}\n\"e f\":\n  g: true\n";
        assert_eq!(render(&value), expected);
        for (value, expected) in [(json!([]), "[]\n"), (json!({}), "{}\n"), (json!("x"), "x\n")] {
            assert_eq!(render(&value), expected);
        }
    }
}
