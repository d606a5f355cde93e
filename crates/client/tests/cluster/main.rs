//! What must hold against a running cluster, be it ours or Apache Kafka's.
//!
//! `cargo xtask interop client` starts the brokers, tells these tests where they are (see `environment`) and
//! runs each as a check by its name. A module that our broker cannot serve yet stands in
//! `interop/client/waits.txt`; its checks then run against Apache Kafka. Without a cluster each test says that
//! it was skipped.
//!
//! A test uses topics and groups of names of its own, as all run against one broker.
#![allow(clippy::unwrap_used, reason = "tests")]

extern crate mainstem_client as client;

mod admin;
mod basics;
mod environment;
mod fetching;
mod groups;
mod producer;
mod security;
mod several;
mod share;
mod transactions;
