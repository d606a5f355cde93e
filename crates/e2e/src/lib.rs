//! What a Kafka client can see of the broker, behaviour by behaviour; everything is in `tests/`.
//!
//! A test's doc comment opens with the number of the behaviour in the checklist that this project works from, so
//! `grep -rn '^/// [0-9]*\.' crates/e2e/tests` is the list of what is held. `docs/progress.md` has it as a table.
#![forbid(unsafe_code)]
