#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| mainstem_fuzz::log_recovery(data));

#[cfg(not(fuzzing))]
fn main() {}
