/// Why a setting was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("unknown config key `{key}`{}", suggestion(*.nearest))]
    UnknownKey { key: String, nearest: Option<&'static str> },
    #[error("config key `{key}`: value `{value}` cannot be used: expected {expected}")]
    BadValue { key: String, value: String, expected: String },
    #[error("config key `{key}` is required")]
    Missing { key: String },
    #[error("config key `{key}` cannot be changed while the broker runs")]
    ReadOnly { key: String },
    #[error("config key `{key}` can be changed for one broker only, not for the whole cluster")]
    PerBrokerOnly { key: String },
    #[error(
        "config key `{key}` can be changed only with a listener's prefix, as in `listener.name.NAME.{key}`"
    )]
    NeedsListenerPrefix { key: String },
    #[error("config keys `{first}` and `{second}` contradict each other: {reason}")]
    Conflict { first: String, second: String, reason: String },
    #[error("line {line}: {reason}")]
    Syntax { line: usize, reason: String },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|key| format!(", did you mean `{key}`?")).unwrap_or_default()
}
