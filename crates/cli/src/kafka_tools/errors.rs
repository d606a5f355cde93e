//! Failures of the client in Kafka's words.
use ::client::{Error, ErrorCode};

/// What Kafka's exceptions say: the broker's own words where it said any.
pub(super) fn message(error: &Error) -> String {
    match error {
        Error::Refused { code, message: said, .. } => {
            said.clone().unwrap_or_else(|| message_of(*code).to_owned())
        }
        Error::UnknownTopic(_) => message_of(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION).to_owned(),
        Error::GaveUp { last, .. } if last.code().is_some() => message(last),
        other => crate::failure::with_causes(other),
    }
}

/// What scripts may have learnt to look for where the broker sends a code alone.
fn message_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => "This server does not host this topic-partition.",
        ErrorCode::GROUP_ID_NOT_FOUND => "The group id does not exist.",
        ErrorCode::NON_EMPTY_GROUP => "The group is not empty.",
        ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC => {
            "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it."
        }
        ErrorCode::OFFSET_OUT_OF_RANGE => {
            "The requested offset is not within the range of offsets maintained by the server."
        }
        other => other.message(),
    }
}

/// As a Java exception prints itself: its class, and what it says.
pub(super) fn exception(error: &Error) -> String {
    format!("org.apache.kafka.common.errors.{}: {}", class(error), message(error))
}

/// As [`exception`], where Kafka's client takes only the code out of the answer.
pub(super) fn exception_of_code(error: &Error) -> String {
    match error.code() {
        Some(code) => format!("org.apache.kafka.common.errors.{}: {}", class(error), message_of(code)),
        None => exception(error),
    }
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
