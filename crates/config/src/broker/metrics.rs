//! Metrics and client telemetry.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Time between two polls of Java metrics reporters, in seconds. There are none here.
        "kafka.metrics.polling.interval.secs": INT = "10", at_least(1), LOW, MEANINGLESS;
        /// Java classes that report metrics. The admin port's `/metrics` does it here.
        "kafka.metrics.reporters": LIST = "", LOW, MEANINGLESS;
        /// Java classes that report metrics. The admin port's `/metrics` does it here.
        "metric.reporters": LIST = "org.apache.kafka.common.metrics.JmxReporter", LOW, CLUSTER_WIDE, MEANINGLESS;
        /// Number of samples over which Kafka computes its rates. Here the reader of the metrics does.
        "metrics.num.samples": INT = "2", at_least(1), LOW, MEANINGLESS;
        /// Which metrics are recorded: `INFO`, `DEBUG` or `TRACE`. Here all there are.
        "metrics.recording.level": STRING = "INFO", LOW, MEANINGLESS;
        /// Length of one such sample.
        "metrics.sample.window.ms": LONG = "30000", at_least(1), LOW, MEANINGLESS;
        /// Most bytes of metrics that a client may push at once (KIP-714).
        "telemetry.max.bytes": INT = "1048576", at_least(1), LOW;
    }
}
