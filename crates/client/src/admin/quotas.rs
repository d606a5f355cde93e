//! Quotas of users, client ids and addresses (KIP-546, KIP-612).
//!
//! The keys are `producer_byte_rate` and `consumer_byte_rate` in bytes a second and broker, `request_percentage` of one thread's
//! time, `controller_mutation_rate` in mutations a second, and for addresses `connection_creation_rate` a second.
use super::{Admin, Each, check, fanout::Target, route::Call, words::words};
use crate::Error;
use protocol::{
    AlterClientQuotasRequest, DescribeClientQuotasRequest, alter_client_quotas,
    alter_client_quotas::request::OpData,
    describe_client_quotas::{request::ComponentData, response::DescribeClientQuotasResponse},
};
use std::{collections::BTreeMap, fmt};

words! {
    /// What a quota is about.
    QuotaEntityType is "a quota entity", else "unknown" {
        User "user",
        ClientId "client-id",
        Ip "ip",
    }
}

/// Whose quota: a name for each type, or `None` for the default of all names that have none. A user and a client id
/// together mean that client id of that user.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuotaEntity(pub BTreeMap<QuotaEntityType, Option<String>>);

impl fmt::Display for QuotaEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |(kind, name): (&QuotaEntityType, &Option<String>)| match name {
            Some(name) => format!("{kind} `{name}`"),
            None => format!("default {kind}"),
        };
        f.write_str(&self.0.iter().map(part).collect::<Vec<_>>().join(", "))
    }
}

/// Which quotas to list: those of entities that have every type named, as its match says.
#[derive(Clone, Debug, Default)]
pub struct QuotaFilter {
    /// Empty matches all.
    pub matches: BTreeMap<QuotaEntityType, QuotaMatch>,
    /// Leave out entities that have other types besides.
    pub strict: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuotaMatch {
    Exact(String),
    /// The default of all names.
    Default,
    /// Any name, and the default.
    Any,
}

/// Values by key.
pub type Quotas = BTreeMap<String, f64>;

impl Admin {
    pub async fn describe_quotas(
        &self,
        filter: &QuotaFilter,
    ) -> Result<BTreeMap<QuotaEntity, Quotas>, Error> {
        self.one(
            Target::Any,
            "quotas",
            |_| DescribeClientQuotasRequest {
                components: filter.matches.iter().map(write_match).collect(),
                strict: filter.strict,
            },
            |response| {
                check("quotas", response.error_code, response.error_message.as_deref())?;
                Ok(read_quotas(&response))
            },
        )
        .await
    }

    /// Sets values, and removes those given as `None`. `validate_only`: only say whether it would be accepted.
    pub async fn alter_quotas(
        &self,
        changes: &BTreeMap<QuotaEntity, BTreeMap<String, Option<f64>>>,
        validate_only: bool,
    ) -> Each<QuotaEntity, ()> {
        self.each(
            Call::new(changes.keys().cloned(), |_| Target::Any),
            |entities, _| AlterClientQuotasRequest {
                entries: entities
                    .iter()
                    .filter_map(|entity| Some(write_change(entity, changes.get(entity)?)))
                    .collect(),
                validate_only,
            },
            |_, response| {
                let answers = response.entries.iter().map(|entry| {
                    let parts = entry
                        .entity
                        .iter()
                        .map(|part| (part.entity_type.as_str(), part.entity_name.as_ref().map(String::from)));
                    let entity = read_entity(parts);
                    let answer = check(entity.to_string(), entry.error_code, entry.error_message.as_deref());
                    (entity, answer)
                });
                Ok(answers.collect())
            },
        )
        .await
    }
}

fn write_match((kind, wanted): (&QuotaEntityType, &QuotaMatch)) -> ComponentData {
    let (match_type, name) = match wanted {
        QuotaMatch::Exact(name) => (0, Some(name)),
        QuotaMatch::Default => (1, None),
        QuotaMatch::Any => (2, None),
    };
    ComponentData { entity_type: kind.word().into(), match_type, r#match: name.map(Into::into) }
}

fn write_change(
    entity: &QuotaEntity,
    values: &BTreeMap<String, Option<f64>>,
) -> alter_client_quotas::request::EntryData {
    let parts = entity.0.iter().map(|(kind, name)| alter_client_quotas::request::EntityData {
        entity_type: kind.word().into(),
        entity_name: name.as_ref().map(Into::into),
    });
    let ops = values.iter().map(|(key, value)| OpData {
        key: key.into(),
        value: value.unwrap_or(0.0),
        remove: value.is_none(),
    });
    alter_client_quotas::request::EntryData { entity: parts.collect(), ops: ops.collect() }
}

fn read_quotas(response: &DescribeClientQuotasResponse) -> BTreeMap<QuotaEntity, Quotas> {
    let entries = response.entries.iter().flatten().map(|entry| {
        let parts = entry
            .entity
            .iter()
            .map(|part| (part.entity_type.as_str(), part.entity_name.as_ref().map(String::from)));
        let values = entry.values.iter().map(|value| (value.key.to_string(), value.value));
        (read_entity(parts), values.collect())
    });
    entries.collect()
}

fn read_entity<'a>(parts: impl Iterator<Item = (&'a str, Option<String>)>) -> QuotaEntity {
    QuotaEntity(parts.map(|(kind, name)| (kind.parse().unwrap_or(QuotaEntityType::Unknown), name)).collect())
}
