//! Log levels as settings of the resource BROKER_LOGGER (KIP-412): shown and changed while the broker runs, kept
//! nowhere.
use crate::{
    config_changes::{Failed, operation},
    state::State,
};
use config::{Entry, Source};
use protocol::{ErrorCode, incremental_alter_configs::request::AlterConfigsResource};
use std::collections::BTreeSet;
use telemetry::{LogLevel, LoggerError};

/// The level of each logger of this process.
pub(crate) fn describe() -> Vec<Entry> {
    let entry = |(name, level): (String, LogLevel)| Entry {
        name,
        value: Some(level.name().to_owned()),
        source: Source::BrokerLogger,
        read_only: false,
        is_sensitive: false,
        synonyms: Vec::new(),
        kind: 0,
        documentation: None,
    };
    telemetry::log_levels().into_iter().map(entry).collect()
}

/// Changes the levels of one request's resource, all or none.
pub(crate) fn alter(
    state: &State,
    resource: &AlterConfigsResource,
    validate_only: bool,
) -> Result<(), Failed> {
    let invalid = |message: String| Failed { code: ErrorCode::INVALID_REQUEST, message };
    let name = &resource.resource_name;
    if **name != *state.node_id.to_string() {
        return Err(invalid(format!(
            "loggers of broker `{name}` were named, this is broker {}",
            state.node_id
        )));
    }
    let mut named = BTreeSet::new();
    let mut changes = Vec::with_capacity(resource.configs.len());
    for config in &resource.configs {
        let logger = &config.name;
        if !named.insert(logger) {
            return Err(invalid(format!("logger `{logger}` is named more than once")));
        }
        let level = match config.config_operation {
            operation::SET => Some(level(config.value.as_deref(), logger)?),
            operation::DELETE => None,
            other => return Err(invalid(format!("operation {other} cannot be done on logger `{logger}`"))),
        };
        changes.push((logger.to_string(), level));
    }
    telemetry::alter_log_levels(&changes, validate_only).map_err(|error| {
        let code = match error {
            LoggerError::Unknown(_) => ErrorCode::INVALID_CONFIG,
            LoggerError::Root => ErrorCode::INVALID_REQUEST,
        };
        Failed { code, message: error.to_string() }
    })?;
    if !validate_only {
        for (logger, level) in changes {
            tracing::warn!(logger, level = level.map(LogLevel::name), "log level changed");
        }
    }
    Ok(())
}

fn level(value: Option<&str>, logger: &str) -> Result<LogLevel, Failed> {
    let Some(value) = value else {
        let message = format!("logger `{logger}` has no level to be set");
        return Err(Failed { code: ErrorCode::INVALID_REQUEST, message });
    };
    LogLevel::parse(value).ok_or_else(|| Failed {
        code: ErrorCode::INVALID_CONFIG,
        message: format!(
            "logger `{logger}`: `{value}` is no level: expected one of DEBUG, ERROR, FATAL, INFO, TRACE, WARN"
        ),
    })
}
