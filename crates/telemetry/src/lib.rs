//! What a server tells about itself: log lines and metrics.
//!
//! There is one way for a number to be told. Hot paths count into plain [`Counter`]s and [`Histogram`]s that their
//! thread alone writes, on cache lines of its own; at a scrape the owner adds them up and writes them, together with
//! whatever it knows anyway (topics, partitions, groups), into an [`Encoder`]. Nothing is registered, so there is no
//! second list of metrics to keep true, and a request takes no lock.
//!
//! The answer is Prometheus' text format, version 0.0.4, which every scraper reads. An [`Encoder`] cannot
//! write a family twice, nor samples outside one. Names are the caller's: Kafka's, as the usual rules of the
//! JMX exporter spell them (`kafka_server_brokertopicmetrics_bytesin_total`), and those of kafka_exporter.
//!
//! Not here: HTTP, pushing metrics, traces.
//! Sources: Prometheus' "Exposition formats"; OpenMetrics is a different format and not written.
#![forbid(unsafe_code)]

mod counter;
mod encoder;
mod histogram;
mod loggers;
mod logging;
mod process;
mod recent;
#[cfg(test)]
mod tests;

pub use counter::Counter;
pub use encoder::{CONTENT_TYPE, Encoder, Family, Kind, Labels, Number};
pub use histogram::{Histogram, Snapshot};
pub use loggers::{LogLevel, LoggerError, ROOT_LOGGER, alter_log_levels, log_levels};
pub use logging::{LogOptions, LoggingError, start_logging};
pub use process::collect_process;
pub use recent::Recent;
