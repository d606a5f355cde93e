//! How a record is written.
mod columns;
mod coordinator;
mod deserializer;
mod mirror;

use super::Pairs;
use ::client::consumer::{Record, TimestampType};
use columns::Columns;
use coordinator::Coordinator;
use mirror::Mirror;

#[derive(Debug)]
pub(super) enum Formatter {
    Default(Columns),
    /// As the default.
    Logging(Columns),
    Nothing,
    Coordinator(Coordinator),
    /// Of tiered storage.
    Remote,
    Mirror(Mirror),
}

impl Formatter {
    pub(super) fn named(class: Option<&str>, properties: &Pairs) -> Result<Self, String> {
        const REMOTE: &str = "org.apache.kafka.server.log.remote.metadata.storage.serialization.\
                              RemoteLogMetadataSerde$RemoteLogMetadataFormatter";
        let Some(class) = class else { return Ok(Self::Default(Columns::new(properties))) };
        if class == REMOTE {
            return Ok(Self::Remote);
        }
        let of_tools = class.strip_prefix("org.apache.kafka.tools.consumer.");
        let of_mirror = class.strip_prefix("org.apache.kafka.connect.mirror.formatters.");
        match of_tools {
            Some("DefaultMessageFormatter") => return Ok(Self::Default(Columns::new(properties))),
            Some("LoggingMessageFormatter") => return Ok(Self::Logging(Columns::new(properties))),
            Some("NoOpMessageFormatter") => return Ok(Self::Nothing),
            _ => {}
        }
        let coordinator = of_tools.and_then(Coordinator::named).map(Self::Coordinator);
        let mirror = || of_mirror.and_then(Mirror::named).map(Self::Mirror);
        coordinator.or_else(mirror).ok_or_else(|| class.to_owned())
    }

    /// What cannot be read as it should is an error, with the columns before it written.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        partition: i32,
        kind: TimestampType,
        record: &Record<'_>,
    ) -> Result<(), String> {
        match self {
            Self::Default(columns) | Self::Logging(columns) => columns.write(out, partition, kind, record),
            Self::Nothing => Ok(()),
            Self::Coordinator(coordinator) => coordinator.write(out, record),
            Self::Remote => coordinator::write_remote(out, partition, record),
            Self::Mirror(mirror) => mirror.write(out, record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_kafka() {
        for (class, is_known) in [
            ("org.apache.kafka.tools.consumer.NoOpMessageFormatter", true),
            ("org.apache.kafka.tools.consumer.OffsetsMessageFormatter", true),
            ("org.apache.kafka.tools.consumer.group.share.ShareGroupStateMessageFormatter", true),
            ("org.apache.kafka.connect.mirror.formatters.HeartbeatFormatter", true),
            (
                "org.apache.kafka.server.log.remote.metadata.storage.serialization.RemoteLogMetadataSerde\
                 $RemoteLogMetadataFormatter",
                true,
            ),
            ("OffsetsMessageFormatter", false),
            ("org.apache.kafka.tools.consumer.HeartbeatFormatter", false),
        ] {
            assert_eq!(Formatter::named(Some(class), &Pairs::new()).is_ok(), is_known, "{class}");
        }
    }
}
