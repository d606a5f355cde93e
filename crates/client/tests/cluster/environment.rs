//! Where the cluster is: environment variables that `cargo xtask interop client` sets.
use client::{Cluster, Config, Properties};
use std::{
    io::Write as _,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// `HOST:PORT` of brokers without security.
const BOOTSTRAP: &str = "MAINSTEM_TEST_BOOTSTRAP";

/// The cluster under test. `None` after the reason was printed.
pub(crate) async fn cluster() -> Option<Cluster> {
    Some(Cluster::connect(config()?).await.expect("the cluster under test answers"))
}

/// For a test that builds its own cluster handle.
pub(crate) fn config() -> Option<Config> {
    let mut config = Config::new(Vec::new());
    let properties = Properties::from_iter([("bootstrap.servers", variable(BOOTSTRAP)?)]);
    properties.apply(&mut config).expect("the environment names an address");
    config.bootstrap_timeout = Duration::from_secs(10);
    Some(config)
}

/// `None` after the reason was printed.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    if value.is_none() {
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        // Not `eprintln`: the harness would keep it to itself.
        let _ = writeln!(
            std::io::stderr(),
            "skipped {test}: {name} is not set; see `cargo xtask interop client`"
        );
    }
    value
}

/// A name that no other test or run of a test has.
pub(crate) fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let since = std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970");
    format!("{name}-{}-{}-{}", std::process::id(), since.as_nanos(), COUNT.fetch_add(1, Ordering::Relaxed))
}
