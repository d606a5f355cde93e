//! What a server is told by its file, its environment and its command line.
//!
//! One file for each kind of setting. Those we act on are typed fields; [`ServerConfig`] holds them all, with
//! the listeners worked out. The rest are known, checked and shown.

mod cleaner;
mod group;
mod log;
mod log_defaults;
mod metrics;
mod modern_groups;
mod network;
mod node;
mod quorum;
mod quota;
mod remote;
mod replication;
mod security;
mod server;
mod share_coordinator;
mod transaction;

pub use group::GroupConfig;
pub use log::LogConfig;
pub use network::NetworkConfig;
pub use node::NodeConfig;
pub use quorum::QuorumConfig;
pub use quota::QuotaConfig;
pub use server::ServerConfig;

use crate::Setting;
use std::sync::LazyLock;

/// The settings by kind, for the reference page.
pub(crate) static SECTIONS: LazyLock<Vec<(&'static str, Vec<Setting>)>> = LazyLock::new(|| {
    let both = |typed: &[Setting], known: Vec<Setting>| [typed.to_vec(), known].concat();
    vec![
        ("The node", both(NodeConfig::settings(), node::known())),
        ("Listeners and connections", both(NetworkConfig::settings(), network::known())),
        ("Logs", both(LogConfig::settings(), log::known())),
        ("Defaults for topics", log_defaults::known()),
        ("Compaction", cleaner::known()),
        ("Replication", replication::known()),
        ("The metadata quorum", both(QuorumConfig::settings(), quorum::known())),
        ("Groups and offsets", both(GroupConfig::settings(), group::known())),
        ("Consumer, share and streams groups", modern_groups::known()),
        ("Share state", share_coordinator::known()),
        ("Transactions", transaction::known()),
        ("Security", security::known()),
        ("Quotas", both(QuotaConfig::settings(), quota::known())),
        ("Tiered storage", remote::known()),
        ("Metrics", metrics::known()),
    ]
});

pub(crate) static ALL: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let mut all: Vec<Setting> = SECTIONS.iter().flat_map(|(_, settings)| settings).cloned().collect();
    all.sort_by_key(|setting| setting.key);
    all
});
