//! Runs every fuzz target on a stable compiler, on seeds and mutations of them, for as long as it is told.
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --bin smoke -- [--seconds 10] [--seed N] [--target NAME] [INPUT...]
//! ```
//!
//! A target fails that panics, takes more than [`MOST_TIME`], or has more than [`MOST_MEMORY`] in use. Its input is
//! then in `fuzz/artifacts/NAME/` and can be given as an argument, together with `--target`, to run it alone. What
//! `cargo fuzz` has collected in `fuzz/corpus/NAME/` is used as seeds too.
mod memory;
mod mutate;

use mainstem_fuzz::{TARGETS, Target};
use mutate::Mutator;
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Far more than any input of this size may take, on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(5);
/// Beside the input and what is cached: limits are 64 KiB here, and a zstd window is not counted.
const MOST_MEMORY: usize = 64 << 20;
const MAX_INPUT: usize = 64 << 10;

#[global_allocator]
static MEMORY: memory::Counting = memory::Counting;

struct Options {
    seconds: u64,
    seed: u64,
    target: Option<String>,
    inputs: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    let missing = mainstem_fuzz::missing_requests();
    assert!(missing.is_empty(), "requests without a line in fuzz/src/messages.rs: {missing:?}");
    let wanted = |target: &&Target| options.target.as_deref().is_none_or(|name| name == target.name);
    let targets: Vec<_> = TARGETS.iter().filter(wanted).collect();
    if targets.is_empty() {
        eprintln!(
            "no target has that name; there are {}",
            TARGETS.iter().map(|t| t.name).collect::<Vec<_>>().join(", ")
        );
        return ExitCode::from(2);
    }
    println!("seed {}", options.seed);
    let time = Duration::from_secs(options.seconds) / targets.len() as u32;
    let failed = targets.iter().filter(|target| !passes(target, &options, time)).count();
    if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut options = Options {
        seconds: 10,
        seed: since_1970.as_nanos() as u64 % 1_000_000_007,
        target: None,
        inputs: Vec::new(),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        let number = |text: String| text.parse().map_err(|_| format!("`{text}` is no number"));
        match argument.as_str() {
            "--seconds" => options.seconds = value().and_then(number)?,
            "--seed" => options.seed = value().and_then(number)?,
            "--target" => options.target = Some(value()?),
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            input => options.inputs.push(input.into()),
        }
    }
    Ok(options)
}

/// Runs a target on its inputs, or on the given ones alone; says how many and how fast.
fn passes(target: &Target, options: &Options, time: Duration) -> bool {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = options.inputs.iter().map(|path| fs::read(path).expect("an input that can be read"));
    let given: Vec<_> = given.collect();
    if !given.is_empty() {
        return given.iter().all(|input| survives(target, input, folder));
    }
    let mut seeds = (target.seeds)();
    seeds.extend(files_in(&folder.join("corpus").join(target.name)));
    if !seeds.iter().all(|seed| survives(target, seed, folder)) {
        return false;
    }
    let mut mutator = Mutator::new(options.seed, &seeds, MAX_INPUT);
    let (start, mut runs) = (Instant::now(), 0u64);
    while start.elapsed() < time {
        if !survives(target, &mutator.next_input(), folder) {
            eprintln!("{}: run {runs} of seed {}", target.name, options.seed);
            return false;
        }
        runs += 1;
    }
    println!(
        "{:<16} {:>9} runs, {} seeds, {} KiB at most",
        target.name,
        runs,
        seeds.len(),
        memory::peak() >> 10
    );
    true
}

fn files_in(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| fs::read(entry.path()).ok()).collect()
}

fn survives(target: &Target, input: &[u8], folder: &Path) -> bool {
    memory::start();
    let start = Instant::now();
    // The input is all that a target keeps.
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let (elapsed, used) = (start.elapsed(), memory::used());
    let problem = match outcome {
        Err(_) => "panicked".to_owned(),
        Ok(()) if elapsed > MOST_TIME => format!("took {elapsed:?}"),
        Ok(()) if used > MOST_MEMORY + 100 * input.len() => format!("used {used} bytes of memory"),
        Ok(()) => return true,
    };
    let path = folder.join("artifacts").join(target.name).join(format!("smoke-{:016x}", mutate::hash(input)));
    let kept = fs::create_dir_all(path.parent().expect("a folder")).and_then(|()| fs::write(&path, input));
    eprintln!("{}: {problem} on {} bytes, kept as {} ({kept:?})", target.name, input.len(), path.display());
    false
}
