//! The table of APIs: numbers, versions, which form they have, and who listens.
use crate::generated::APIS;
use std::{fmt, ops::RangeInclusive};

pub use crate::generated::ApiKey;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Api {
    pub(crate) key: ApiKey,
    name: &'static str,
    /// First above last: the key is retired.
    first: i16,
    last: i16,
    first_flexible: i16,
    unstable: bool,
    broker: bool,
    controller: bool,
}

impl Api {
    pub(crate) const fn new(key: ApiKey, name: &'static str, first: i16, last: i16) -> Self {
        let first_flexible = i16::MAX;
        Self { key, name, first, last, first_flexible, unstable: false, broker: false, controller: false }
    }

    pub(crate) const fn removed(key: ApiKey, name: &'static str) -> Self {
        Self::new(key, name, 0, -1)
    }

    pub(crate) const fn flexible(self, first_flexible: i16) -> Self {
        Self { first_flexible, ..self }
    }

    pub(crate) const fn unstable(self) -> Self {
        Self { unstable: true, ..self }
    }

    pub(crate) const fn broker(self) -> Self {
        Self { broker: true, ..self }
    }

    pub(crate) const fn controller(self) -> Self {
        Self { controller: true, ..self }
    }
}

impl ApiKey {
    /// Every key, retired ones too, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        APIS.iter().map(|api| api.key)
    }

    pub fn name(self) -> &'static str {
        self.api().name
    }

    /// The versions whose form is known; empty for a retired key.
    pub fn versions(self) -> RangeInclusive<i16> {
        self.api().first..=self.api().last
    }

    /// The versions whose form is settled: Kafka does not advertise a latest version that may still change.
    pub fn stable_versions(self) -> RangeInclusive<i16> {
        self.api().first..=self.api().last - i16::from(self.api().unstable)
    }

    /// Whether lengths are compact and tagged fields allowed (KIP-482).
    pub fn is_flexible(self, version: i16) -> bool {
        version >= self.api().first_flexible
    }

    pub fn is_served_by_brokers(self) -> bool {
        self.api().broker
    }

    pub fn is_served_by_controllers(self) -> bool {
        self.api().controller
    }

    pub fn request_header_version(self, version: i16) -> i16 {
        if self.is_flexible(version) { 2 } else { 1 }
    }

    /// A client must read the answer to ApiVersions before it knows which versions there are, so that answer
    /// keeps the oldest header (KIP-511).
    pub fn response_header_version(self, version: i16) -> i16 {
        match self {
            Self::ApiVersions => 0,
            _ => self.is_flexible(version).into(),
        }
    }

    fn api(self) -> &'static Api {
        &APIS[self as usize]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no api key {0}")]
pub struct UnknownApiKey(pub i16);

impl TryFrom<i16> for ApiKey {
    type Error = UnknownApiKey;

    fn try_from(key: i16) -> Result<Self, UnknownApiKey> {
        usize::try_from(key).ok().and_then(|at| APIS.get(at)).map(|api| api.key).ok_or(UnknownApiKey(key))
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
