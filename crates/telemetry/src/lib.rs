//! What a server tells about itself: log lines and metrics.
//!
//! A hot counter has one slot for each shard, on a cache line of its own, so that counting is one uncontended
//! addition; a scrape adds the slots up. Whatever the broker knows anyway (topics, partitions, groups) is not
//! counted a second time: a collector writes it into the answer at each scrape.
//!
//! The answer is Prometheus' text format, version 0.0.4, which every scraper reads. An [`Encoder`] cannot
//! write a family twice, nor samples outside one. Names are the caller's: Kafka's, as the usual rules of the
//! JMX exporter spell them (`kafka_server_brokertopicmetrics_bytesin_total`), and those of kafka_exporter.
//!
//! Not here: HTTP, pushing metrics, traces.
//! Sources: Prometheus' "Exposition formats"; OpenMetrics is a different format and not written.
#![forbid(unsafe_code)]

mod counter;
mod distribution;
mod encoder;
mod loggers;
mod logging;
mod process;
mod registry;
#[cfg(test)]
mod tests;

pub use counter::{Counter, enter_shard};
pub use distribution::{Distribution, Shape, Unit};
pub use encoder::{CONTENT_TYPE, Encoder, Family, Kind, Labels, Number};
pub use loggers::{LogLevel, LoggerError, ROOT_LOGGER, alter_log_levels, log_levels};
pub use logging::{LogOptions, LoggingError, start_logging};
pub use process::collect_process;
pub use registry::Registry;
