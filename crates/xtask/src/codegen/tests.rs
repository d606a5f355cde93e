use super::{
    parse::parse,
    schema::{Base, Default, Versions},
};

/// What is wrong with the text, behind `file:line: `.
#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = parse("x.kafka", "x", text).expect_err("the text has a mistake").to_string();
    assert_eq!(error, format!("x.kafka:{expected}"));
}

#[test]
fn a_mistake_is_named_with_its_line() {
    refused("api x Fetch  versions 0", "1: `x` is not an api key");
    refused("api 1 Fetch  versions 0+  on broker", "1: `0+` is not a closed range of versions");
    refused("api 1 Fetch  versions 0\n", "1: expected `on LISTENER...`");
    refused(
        "api 1 Fetch  versions 0  on broker\nrequest\n",
        "1: api Fetch needs one request and one response",
    );
    refused("request\n", "1: `request` and `response` stand alone, after an `api`");
    refused("thing X  versions 0\n", "1: `thing` is not a kind of message");
    let data = |fields: &str| format!("data X  versions 0-3  flexible 2+\n{fields}");
    refused(&data("  a"), "2: expected `NAME TYPE ...`");
    refused(&data("  a int31"), "2: there is no type int31");
    refused(&data("  a int32\n  b []Part"), "3: there is no type Part");
    refused(&data("   a int32"), "2: indent with two spaces a step");
    refused(&data("    a int32"), "2: indented too far");
    refused(&data("  a int32\n    b int32"), "3: only a struct has fields");
    refused(&data("  a int32 4+"), "2: versions 4-3 are outside 0-3 (the message has 0-3)");
    refused(&data("  a []Part 1-2\n    b int32 0+"), "3: versions 0-2 are outside 1-2 (the message has 0-3)");
    refused(&data("  a int32 tag 0"), "2: a tagged field needs flexible versions");
    refused(&data("  a int32 2+ tag 0\n  b int32 3+ tag 0"), "3: the tag is taken");
    refused(&data("  a string = null"), "2: null is the default, but not allowed in every version");
    refused(&data("  a int32\n  a int32"), "3: field a is described twice");
    refused(&data("  a int32 = x"), "2: `x` is not a default");
    refused(&data("  a int32 keys"), "2: `keys` is not an attribute");
    refused(&data("  a int32 tag"), "2: `tag` needs an argument");
    refused(&data("  struct Part\n    a int32"), "2: struct Part is not used");
}

#[test]
fn what_is_omitted_is_filled_in() {
    let text = "\
# A file.

data X  versions 1-9  flexible 4+
  # Above.
  plain   int32
  early   string   1-3  nullable 2+  # Beside.
  list    []Part   5+
  lone    Part     7-8

  struct Part
    count  int64   6+  = -1  tag 2
";
    let file = parse("x.kafka", "x", text).unwrap();
    assert_eq!(file.docs, ["A file."]);
    let [root, part] = &file.messages[0].structs[..] else { panic!("two structs") };
    let ranges: Vec<Versions> = root.fields.iter().map(|field| field.versions).collect();
    assert_eq!(ranges, [Versions(1, 9), Versions(1, 3), Versions(5, 9), Versions(7, 8)]);
    assert_eq!(
        (&root.fields[0].docs[..], &root.fields[1].docs[..]),
        (&["Above.".to_owned()][..], &["Beside.".to_owned()][..])
    );
    assert_eq!(root.fields[1].nullable, Some(Versions(2, 3)));
    assert_eq!((root.fields[2].array, &root.fields[2].base), (true, &Base::Struct("Part".to_owned())));
    assert_eq!(part.versions, Versions(5, 9), "the versions of all who use it");
    let count = &part.fields[0];
    assert_eq!((count.versions, count.default, count.tag), (Versions(6, 9), Default::Number(-1), Some(2)));
}
