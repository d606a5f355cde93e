//! Every message in every version, checked by people and programs who did not write the codec.
//!
//! - `definitions`: our schema says what Kafka's message definitions say.
//! - `schema_bytes`: bytes made from the schema by another road than the generator's come back unchanged.
//! - `crate_kafka_protocol`: another Rust codec agrees.
//! - `golden`: bytes printed by Kafka's Java classes and by kafka-python come back unchanged.
//!
//! The schema's parser is xtask's own, included here because a test cannot depend on a program.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../../../xtask/src/codegen/parse.rs"]
mod parse;
#[path = "../../../xtask/src/codegen/schema.rs"]
#[allow(dead_code, reason = "the generator uses more of it")]
mod schema;

#[allow(dead_code, reason = "`hostile` uses the rest")]
mod catalog;
mod crate_kafka_protocol;
mod definitions;
mod golden;
mod making;
mod schema_bytes;
