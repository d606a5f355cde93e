//! What the verifiable tools share: events as lines of JSON, and an end that a signal asks for.
use serde_json::{Map, Value};
use std::{
    io::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::signal::unix::{SignalKind, signal};

pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// One line at once: whoever reads sees whole events.
pub(super) fn tell(name: &str, fields: Value) -> io::Result<()> {
    let mut event = Map::new();
    event.insert("timestamp".to_owned(), now_ms().into());
    event.insert("name".to_owned(), name.into());
    if let Value::Object(fields) = fields {
        event.extend(fields);
    }
    let out = &mut io::stdout().lock();
    writeln!(out, "{}", Value::Object(event))?;
    out.flush()
}

/// Comes back when somebody wants an end, with the exit code for it.
pub(super) async fn asked_to_stop() -> io::Result<u8> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(tokio::select! {
        _ = interrupt.recv() => 130,
        _ = terminate.recv() => 143,
    })
}
