//! Metrics and client telemetry.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Time between two polls of Java metrics reporters, in seconds.
        "kafka.metrics.polling.interval.secs": INT = "10", at_least(1), LOW;
        /// Java classes that report metrics. The admin port's `/metrics` does it here.
        "kafka.metrics.reporters": LIST = "", LOW;
        /// Java classes that report metrics. The admin port's `/metrics` does it here.
        "metric.reporters": LIST = "org.apache.kafka.common.metrics.JmxReporter", LOW, CLUSTER_WIDE;
        /// Number of samples over which Kafka computes its rates.
        "metrics.num.samples": INT = "2", at_least(1), LOW;
        /// Which metrics are recorded: `INFO`, `DEBUG` or `TRACE`.
        "metrics.recording.level": STRING = "INFO", LOW;
        /// Length of one such sample.
        "metrics.sample.window.ms": LONG = "30000", at_least(1), LOW;
        /// Most bytes of metrics that a client may push at once (KIP-714).
        "telemetry.max.bytes": INT = "1048576", at_least(1), LOW;
    }
}
