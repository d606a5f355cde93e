//! How a command ends when it did not do what was asked.
mod address;

use crate::{cluster, suggestion::Missing};
pub(crate) use address::Contact;
use address::seconds;
use client::{Error, ErrorCode, sasl};
use std::{fmt::Write as _, io, process::ExitCode};

/// What a script can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Other = 1,
    Usage = 2,
    Connection = 3,
    Authorisation = 4,
    NotFound = 5,
    Exists = 6,
    Timeout = 7,
    /// By SIGINT, as shells count it.
    Interrupted = 130,
    /// By SIGTERM.
    Terminated = 143,
}

/// Printed as one line: what, with the offending value; then the next step.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    what: String,
    next_step: Option<String>,
    missing: Option<Missing>,
    is_quiet: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: without_numbers(&what.into()), next_step: None, missing: None, is_quiet: false }
    }

    #[must_use]
    pub(crate) fn next_step(mut self, step: impl Into<String>) -> Self {
        self.next_step = Some(step.into());
        self
    }

    /// Looks for what was meant, if a name was mistyped.
    pub(crate) async fn with_suggestion(mut self) -> Self {
        if let (Some(missing), Some(cluster)) = (&self.missing, cluster::opened())
            && let Some(meant) = missing.nearest(cluster).await
        {
            let then = self.next_step.map_or(String::new(), |step| format!(" {step}"));
            self.next_step = Some(format!("did you mean `{meant}`?{then}"));
        }
        self
    }

    /// An end of which all has been said.
    pub(crate) fn ended(exit: Exit) -> Self {
        Self { is_quiet: true, ..Self::new(exit, "") }
    }

    #[cfg(test)]
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn report(self) -> ExitCode {
        if !self.is_quiet {
            eprintln!("{}", self.line());
        }
        ExitCode::from(self.exit as u8)
    }

    pub(crate) fn line(&self) -> String {
        // A broker's message may have lines of its own.
        let what = self.what.split_whitespace().collect::<Vec<_>>().join(" ");
        match &self.next_step {
            Some(step) => format!("error: {what}; {step}"),
            None => format!("error: {what}"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error, &cluster::contact())
    }
}

impl Failure {
    fn of(error: &Error, contact: &Contact) -> Self {
        let exit = exit_of(error);
        if let Some(trouble) = address::trouble(error, contact) {
            return Self::new(exit, trouble.what).next_step(trouble.next_step);
        }
        let failure = Self { missing: Missing::of(error), ..Self::new(exit, told(error)) };
        match next_step(error, exit) {
            Some(step) => failure.next_step(step),
            None => failure,
        }
    }
}

impl From<io::Error> for Failure {
    /// Of standard output. Nobody is left to tell when it is a closed pipe.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ended(Exit::Done);
        }
        Self::new(Exit::Other, format!("cannot write to standard output: {}", plain(&error)))
    }
}

/// What is said when an assumption of ours does not hold: one line, as of everything else.
pub(crate) fn bug(panic: &str) -> String {
    Failure::new(Exit::Other, panic)
        .next_step("this is a mistake in mainstem: please report it, with RUST_BACKTRACE=1 set")
        .line()
}

/// What happened, without a next step.
pub(crate) fn said_of(error: &Error) -> String {
    address::trouble(error, &cluster::contact()).map_or_else(|| told(error), |trouble| trouble.what)
}

/// Where the error's own words are for programs.
fn told(error: &Error) -> String {
    match error {
        Error::Refused { subject, code: ErrorCode::GROUP_ID_NOT_FOUND, .. } => {
            format!("{subject} does not exist")
        }
        Error::GaveUp { after, last } => format!("gave up after {}: {}", seconds(*after), told(last)),
        _ => with_causes(error),
    }
}

fn exit_of(error: &Error) -> Exit {
    if error.is_connection() {
        return Exit::Connection;
    }
    match error {
        Error::UnknownTopic(_) | Error::UnknownPartition { .. } => return Exit::NotFound,
        Error::OffsetOutOfRange { .. } | Error::Address(_) | Error::RecordTooLarge { .. } => {
            return Exit::Usage;
        }
        Error::FrameLength { .. } | Error::OutOfStep { .. } | Error::Malformed { .. } => {
            return Exit::Connection;
        }
        Error::Tls(_)
        | Error::Sasl(sasl::Error::NotSasl { .. } | sasl::Error::UnsupportedMechanism { .. }) => {
            return Exit::Connection;
        }
        Error::GaveUp { last, .. } if exit_of(last) != Exit::Other => return exit_of(last),
        _ => {}
    }
    match error.code() {
        Some(
            ErrorCode::TOPIC_AUTHORIZATION_FAILED
            | ErrorCode::GROUP_AUTHORIZATION_FAILED
            | ErrorCode::CLUSTER_AUTHORIZATION_FAILED
            | ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
            | ErrorCode::SASL_AUTHENTICATION_FAILED,
        ) => Exit::Authorisation,
        Some(
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
            | ErrorCode::UNKNOWN_TOPIC_ID
            | ErrorCode::GROUP_ID_NOT_FOUND,
        ) => Exit::NotFound,
        Some(ErrorCode::TOPIC_ALREADY_EXISTS) => Exit::Exists,
        Some(
            ErrorCode::INVALID_CONFIG
            | ErrorCode::INVALID_PARTITIONS
            | ErrorCode::INVALID_REPLICATION_FACTOR
            | ErrorCode::INVALID_REPLICA_ASSIGNMENT
            | ErrorCode::INVALID_TOPIC_EXCEPTION
            | ErrorCode::INVALID_REQUEST
            | ErrorCode::POLICY_VIOLATION
            | ErrorCode::MESSAGE_TOO_LARGE,
        ) => Exit::Usage,
        _ if error.is_timeout() => Exit::Timeout,
        _ => Exit::Other,
    }
}

fn next_step(error: &Error, exit: Exit) -> Option<&'static str> {
    match (exit, error.code()) {
        (Exit::NotFound, Some(ErrorCode::GROUP_ID_NOT_FOUND)) => {
            Some("`mainstem group list` shows what there is")
        }
        (Exit::NotFound, _) if matches!(error, Error::UnknownPartition { .. }) => None,
        (Exit::NotFound, _) => Some("`mainstem topic list` shows what there is"),
        (Exit::Exists, _) => Some("`mainstem topic describe` shows it, `mainstem topic alter` changes it"),
        (Exit::Authorisation, Some(ErrorCode::SASL_AUTHENTICATION_FAILED)) => None,
        (Exit::Authorisation, _) => Some("ask for an ACL that allows it"),
        (Exit::Timeout, _) => Some("try again, or look at the broker's log"),
        _ if matches!(error, Error::UnsupportedApi { .. } | Error::UnsupportedVersion { .. }) => {
            Some("it takes a broker that offers this")
        }
        _ => None,
    }
}

/// The error and what led to it.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = plain(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {}", plain(error));
        cause = error.source();
    }
    text
}

fn plain(error: &dyn std::error::Error) -> String {
    without_numbers(&error.to_string())
}

/// Without the numbers that Rust adds to the system's words.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split(" (os error ");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part.split_once(')').map_or("", |(_, rest)| rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::Arc, time::Duration};

    fn refused(code: ErrorCode, message: Option<&str>) -> Error {
        Error::Refused { subject: "topic `t`".to_owned(), code, message: message.map(str::to_owned) }
    }

    #[test]
    fn a_failure_is_one_line_with_its_exit_code() {
        let connect = Error::Connect {
            address: "localhost:1".into(),
            source: Arc::new(io::Error::from_raw_os_error(111)),
        };
        for (error, exit, line) in [
            (
                connect,
                Exit::Connection,
                "error: cannot connect to localhost:1: Connection refused; start a broker with `mainstem dev`, or \
                 name another with --bootstrap-server HOST:PORT",
            ),
            (
                Error::UnknownTopic("t".to_owned()),
                Exit::NotFound,
                "error: topic `t` does not exist; `mainstem topic list` shows what there is",
            ),
            (
                refused(ErrorCode::INVALID_CONFIG, Some("bad\nvalue")),
                Exit::Usage,
                "error: topic `t`: bad value (INVALID_CONFIG)",
            ),
            (
                Error::UnknownPartition { topic: "t".to_owned(), partition: 9, partitions: 3 },
                Exit::NotFound,
                "error: topic `t` has partitions 0 to 2, not 9",
            ),
            (
                Error::Refused {
                    subject: "group `g`".to_owned(),
                    code: ErrorCode::GROUP_ID_NOT_FOUND,
                    message: Some("Group g not found.".to_owned()),
                },
                Exit::NotFound,
                "error: group `g` does not exist; `mainstem group list` shows what there is",
            ),
            (
                Error::GaveUp {
                    after: Duration::from_millis(9960),
                    last: Box::new(refused(ErrorCode::COORDINATOR_NOT_AVAILABLE, Some("none"))),
                },
                Exit::Timeout,
                "error: gave up after 10 s: topic `t`: none (COORDINATOR_NOT_AVAILABLE); try again, or look at the \
                 broker's log",
            ),
        ] {
            let failure = Failure::of(&error, &Contact::default());
            assert_eq!((failure.exit, failure.line().as_str()), (exit, line));
        }
    }

    #[test]
    fn a_mistake_of_ours_is_one_line() {
        let line = bug("panicked at src/x.rs:1:2:\nno way");
        assert!(
            line.starts_with("error: panicked at src/x.rs:1:2: no way; this is a mistake in mainstem"),
            "{line}"
        );
    }

    #[test]
    fn codes_have_their_exit() {
        for (code, exit) in [
            (ErrorCode::TOPIC_ALREADY_EXISTS, Exit::Exists),
            (ErrorCode::GROUP_AUTHORIZATION_FAILED, Exit::Authorisation),
            (ErrorCode::GROUP_ID_NOT_FOUND, Exit::NotFound),
            (ErrorCode::REQUEST_TIMED_OUT, Exit::Timeout),
            (ErrorCode::INVALID_PARTITIONS, Exit::Usage),
            (ErrorCode::SASL_AUTHENTICATION_FAILED, Exit::Authorisation),
            (ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Exit::Authorisation),
            (ErrorCode::UNKNOWN_SERVER_ERROR, Exit::Other),
        ] {
            assert_eq!(exit_of(&refused(code, None)), exit, "{code}");
        }
    }
}
