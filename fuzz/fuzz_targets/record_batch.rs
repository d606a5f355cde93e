#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| mainstem_fuzz::record_batch(data));

#[cfg(not(fuzzing))]
fn main() {}
