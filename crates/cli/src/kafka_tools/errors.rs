//! Failures of the client in Kafka's words.
use ::client::{Error, ErrorCode};

/// What Kafka's exceptions say: the broker's own words where it said any.
pub(super) fn message(error: &Error) -> String {
    match error {
        Error::Refused { code, message: said, .. } => {
            said.clone().unwrap_or_else(|| code.message().to_owned())
        }
        Error::UnknownTopic(_) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION.message().to_owned(),
        Error::GaveUp { last, .. } if last.code().is_some() => message(last),
        other => crate::failure::with_causes(other),
    }
}

/// As a Java exception prints itself: its class, and what it says.
pub(super) fn exception(error: &Error) -> String {
    format!("org.apache.kafka.common.errors.{}: {}", class(error), message(error))
}

/// The name of Kafka's exception.
pub(super) fn class(error: &Error) -> String {
    match error.code().and_then(ErrorCode::name) {
        Some(name) => class_of(name),
        None if error.is_timeout() || error.is_connection() => "TimeoutException".to_owned(),
        None => "UnsupportedVersionException".to_owned(),
    }
}

/// `UNKNOWN_TOPIC_OR_PARTITION` is thrown as `UnknownTopicOrPartitionException`, with a few that are not so regular.
fn class_of(name: &str) -> String {
    let renamed = match name {
        "TOPIC_ALREADY_EXISTS" => "TOPIC_EXISTS",
        "REQUEST_TIMED_OUT" => "TIMEOUT",
        "INVALID_CONFIG" => "INVALID_CONFIGURATION",
        "INVALID_TOPIC_EXCEPTION" => "INVALID_TOPIC",
        "NON_EMPTY_GROUP" => "GROUP_NOT_EMPTY",
        "COORDINATOR_LOAD_IN_PROGRESS" => "COORDINATOR_LOAD_IN_PROGRESS",
        "UNKNOWN_SERVER_ERROR" => "UNKNOWN_SERVER",
        "MESSAGE_TOO_LARGE" => "RECORD_TOO_LARGE",
        other => other,
    };
    let words = renamed.split('_').map(|word| {
        let (first, rest) = word.split_at(1.min(word.len()));
        format!("{first}{}", rest.to_ascii_lowercase())
    });
    format!("{}Exception", words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_have_kafkas_names() {
        for (name, class) in [
            ("UNKNOWN_TOPIC_OR_PARTITION", "UnknownTopicOrPartitionException"),
            ("TOPIC_ALREADY_EXISTS", "TopicExistsException"),
            ("NON_EMPTY_GROUP", "GroupNotEmptyException"),
            ("GROUP_ID_NOT_FOUND", "GroupIdNotFoundException"),
            ("INVALID_CONFIG", "InvalidConfigurationException"),
        ] {
            assert_eq!(class_of(name), class);
        }
    }
}
