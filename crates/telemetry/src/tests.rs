//! What is written is read back by a strict reader of the text format.

use super::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

type LabelSet = Vec<(String, String)>;

#[derive(Debug, Default)]
struct Parsed {
    kinds: BTreeMap<String, String>,
    samples: Vec<(String, LabelSet, f64)>,
}

/// Fails on anything that a strict scraper may refuse: order, names, numbers, repetition.
#[track_caller]
fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut family = String::new();
    let mut seen = BTreeSet::new();
    assert!(text.is_empty() || text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, _) = help.split_once(' ').expect("a help text");
            assert!(!parsed.kinds.contains_key(name), "{name} again");
            family = name.to_owned();
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert_eq!(name, family);
            assert!(["counter", "gauge", "summary"].contains(&kind));
            parsed.kinds.insert(name.to_owned(), kind.to_owned());
        } else {
            let sample = parse_sample(line);
            let suffix = sample.0.strip_prefix(&family).unwrap_or_else(|| panic!("{line} under {family}"));
            match parsed.kinds[&family].as_str() {
                "summary" => assert!(["", "_sum", "_count"].contains(&suffix), "{line}"),
                _ => assert_eq!(suffix, "", "{line}"),
            }
            assert!(seen.insert((sample.0.clone(), sample.1.clone())), "{line} again");
            parsed.samples.push(sample);
        }
    }
    parsed
}

fn parse_sample(line: &str) -> (String, LabelSet, f64) {
    let end = line.find(['{', ' ']).expect("a value");
    let (name, mut rest) = line.split_at(end);
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':'), "{line}");
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, after) = rest.split_once("=\"").expect("a label");
            let mut value = String::new();
            let mut chars = after.char_indices();
            let end = loop {
                match chars.next().expect("a closing quotation mark") {
                    (at, '"') => break at,
                    (_, '\\') => value.push(match chars.next().expect("an escape").1 {
                        'n' => '\n',
                        c @ ('\\' | '"') => c,
                        c => panic!("\\{c} is no escape"),
                    }),
                    (_, c) => value.push(c),
                }
            };
            labels.push((label.to_owned(), value));
            rest = &after[end + 1..];
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}').expect("a closing brace");
    }
    let value = rest.strip_prefix(' ').expect("a blank before the value");
    let value = if value == "+Inf" { f64::INFINITY } else { value.parse().expect("a number") };
    (name.to_owned(), labels, value)
}

impl Parsed {
    #[track_caller]
    fn get(&self, name: &str, labels: Labels<'_>) -> f64 {
        let labels: LabelSet = labels.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let sample = self.samples.iter().find(|sample| sample.0 == name && sample.1 == labels);
        sample.unwrap_or_else(|| panic!("{name} {labels:?} is missing")).2
    }
}

#[test]
fn one_family_holds_all_its_labels_in_one_place() {
    let mut encoder = Encoder::default();
    encoder.gauge("a", "A gauge.", 1.5);
    encoder.family("b_total", Kind::Counter, "B.").sample(&[("topic", "a")], 1).sample(&[("topic", "b")], -2);
    encoder.counter("c_total", "C.", 3_u64);
    let text = encoder.into_text();
    let expected = "\
# HELP a A gauge.
# TYPE a gauge
a 1.5
# HELP b_total B.
# TYPE b_total counter
b_total{topic=\"a\"} 1
b_total{topic=\"b\"} -2
# HELP c_total C.
# TYPE c_total counter
c_total 3
";
    assert_eq!(text, expected);
    parse(&text);
}

#[test]
fn strange_label_values_and_numbers_come_back() {
    let strange = "a\\b\"c\nd,e}f=\u{e9}";
    let mut encoder = Encoder::default();
    encoder
        .family("values", Kind::Gauge, "Back\\slash and\nnew line.")
        .sample(&[("v", strange), ("w", "")], u64::MAX)
        .sample(&[("v", "inf")], f64::INFINITY)
        .sample(&[("v", "tiny")], 1e-9)
        .sample(&[("v", "no")], false);
    let text = encoder.into_text();
    let parsed = parse(&text);
    assert!(text.contains(" 18446744073709551615\n"), "{text}");
    assert_eq!(parsed.get("values", &[("v", strange), ("w", "")]), u64::MAX as f64);
    assert_eq!(parsed.get("values", &[("v", "inf")]), f64::INFINITY);
    assert_eq!(parsed.get("values", &[("v", "tiny")]), 1e-9);
    assert_eq!(parsed.get("values", &[("v", "no")]), 0.0);
}

#[test]
fn a_summary_has_the_quantiles_of_kafka() {
    let (times, mut before, mut all) = (Histogram::default(), Snapshot::default(), Snapshot::default());
    times.record_duration(Duration::from_secs(3600));
    before.add(&times);
    (1..=1000).for_each(|ms| times.record_duration(Duration::from_millis(ms)));
    all.add(&times);
    let name = "kafka_network_requestmetrics_totaltimems";
    let mut encoder = Encoder::default();
    encoder.family(name, Kind::Summary, "Time of a request.").summary(
        &[("request", "Fetch")],
        &all.since(&before),
        &all,
        1e6,
    );
    let parsed = parse(&encoder.into_text());
    for (quantile, expected) in
        [("0.5", 500.0), ("0.75", 750.0), ("0.95", 950.0), ("0.98", 980.0), ("0.99", 990.0), ("0.999", 999.0)]
    {
        let found = parsed.get(name, &[("request", "Fetch"), ("quantile", quantile)]);
        assert!((found - expected).abs() < expected / 8.0, "{quantile}: {found}");
    }
    let labels: Labels<'_> = &[("request", "Fetch")];
    assert_eq!(parsed.get(&format!("{name}_count"), labels), 1001.0);
    assert_eq!(parsed.get(&format!("{name}_sum"), labels), 4_100_500.0);
}

#[test]
fn the_process_is_described() {
    let mut encoder = Encoder::default();
    collect_process(&mut encoder);
    let parsed = parse(&encoder.into_text());
    if cfg!(target_os = "linux") {
        for name in [
            "process_resident_memory_bytes",
            "process_start_time_seconds",
            "process_open_fds",
            "process_threads",
        ] {
            assert!(parsed.get(name, &[]) >= 1.0, "{name}");
        }
    }
}

#[test]
fn logging_starts_once_and_refuses_what_it_cannot_do() {
    let filter = |text: &str| LogOptions { filter: Some(text.to_owned()), file: None };
    assert!(matches!(start_logging(&filter("info,openraft=loud")), Err(LoggingError::Filter { .. })));
    let nowhere = LogOptions { filter: Some("off".to_owned()), file: Some("/no/such/folder/log".into()) };
    assert!(matches!(start_logging(&nowhere), Err(LoggingError::File { .. })));
    assert!(start_logging(&filter("off")).is_ok());
    assert!(matches!(start_logging(&filter("off")), Err(LoggingError::AlreadyStarted)));
}
