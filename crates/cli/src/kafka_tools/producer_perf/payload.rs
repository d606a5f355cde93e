//! What the records hold.
use super::{Given, Stop};
use std::{fs, path};

/// The same in every run of the same seed (xorshift).
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed ^ 0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

#[derive(Debug)]
pub(super) struct Payloads {
    chance: Chance,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Letters, made anew for each record.
    Random(Vec<u8>),
    Parts(Vec<Vec<u8>>),
    Numbers(String),
}

impl Payloads {
    /// As the command line says; a file is read here.
    pub(super) fn of(given: &Given, size: Option<i32>, seed: u64) -> Result<Self, Stop> {
        let source = match (given.get("payload-file")?, size) {
            (Some(file), _) => Source::Parts(parts(file, given.get("payload-delimiter")?.unwrap_or("\\n"))?),
            (None, Some(size)) => Source::Random(vec![0; usize::try_from(size).unwrap_or(0)]),
            (None, None) => Source::Numbers(String::new()),
        };
        Ok(Self { chance: Chance::new(seed), source })
    }

    pub(super) fn next(&mut self, number: u64) -> &[u8] {
        match &mut self.source {
            Source::Random(bytes) => {
                for byte in bytes.iter_mut() {
                    *byte = b'A' + (self.chance.below(26) as u8);
                }
                bytes
            }
            Source::Parts(parts) => &parts[self.chance.below(parts.len() as u64) as usize],
            Source::Numbers(text) => {
                *text = number.to_string();
                text.as_bytes()
            }
        }
    }
}

/// The delimiter is a regular expression, as with Kafka's tool.
fn parts(file: &str, delimiter: &str) -> Result<Vec<Vec<u8>>, Stop> {
    let shown = path::absolute(file).unwrap_or_else(|_| file.into());
    println!("Reading payloads from: {}", shown.display());
    let text = fs::read_to_string(file).unwrap_or_default();
    if text.is_empty() {
        return Err(Stop::failed("File does not exist or empty file provided."));
    }
    let delimiter = regex::Regex::new(delimiter)
        .map_err(|_| Stop::Failed(format!("--payload-delimiter {delimiter} is no regular expression")))?;
    let mut parts: Vec<Vec<u8>> = delimiter.split(&text).map(|part| part.as_bytes().to_vec()).collect();
    parts.pop_if(|last| last.is_empty());
    println!("Number of records read: {}", parts.len());
    match parts.is_empty() {
        true => Err(Stop::Failed(format!("{file} has nothing but delimiters"))),
        false => Ok(parts),
    }
}

#[derive(Debug)]
pub(super) enum Keys {
    None,
    Range(u64),
    Random(u64, Random),
}

#[derive(Debug)]
pub(super) struct Random(Chance);

impl Keys {
    /// The inner error is a mistake in how options go together.
    pub(super) fn of(given: &Given) -> Result<Result<Self, String>, Stop> {
        let range: Option<i32> = given.number("record-key-range")?;
        let seed: i64 = given.number("random-seed")?.unwrap_or(0);
        let distribution = given.get("key-distribution")?.unwrap_or("none");
        let Ok(count) = range.map(u64::try_from).transpose() else {
            return Ok(Err("--record-key-range should be greater than zero.".to_owned()));
        };
        Ok(match (distribution, count) {
            (_, Some(0)) => Err("--record-key-range should be greater than zero.".to_owned()),
            ("none", None) => Ok(Self::None),
            ("range", Some(count)) => Ok(Self::Range(count)),
            ("random", Some(count)) => Ok(Self::Random(count, Random(Chance::new(!seed.cast_unsigned())))),
            ("none", Some(_)) => {
                Err("--key-distribution must be 'range' or 'random' when --record-key-range is specified."
                    .to_owned())
            }
            ("range" | "random", None) => {
                Err("--record-key-range is required when --key-distribution is 'range' or 'random'."
                    .to_owned())
            }
            (other, _) => Err(format!(
                "argument --key-distribution: invalid choice: '{other}' (choose from {{none,range,random}})"
            )),
        })
    }

    pub(super) fn next(&mut self, number: u64) -> Option<String> {
        match self {
            Self::None => None,
            Self::Range(count) => Some((number % *count).to_string()),
            Self::Random(count, Random(chance)) => Some(chance.below(*count).to_string()),
        }
    }
}
