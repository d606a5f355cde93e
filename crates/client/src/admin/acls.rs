use super::{Admin, Each, check, fanout::Target, route::Call, words::codes};
use crate::Error;
use protocol::{
    CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest,
    create_acls::request::AclCreation,
    delete_acls::{request::DeleteAclsFilter, response::DeleteAclsMatchingAcl},
};
use std::{collections::BTreeSet, fmt};

codes! {
    /// What may be done to a resource. Which operations a resource knows depends on its type.
    AclOperation is "an operation", else "UNKNOWN" {
        /// In filters only.
        Any = 1 "ANY",
        All = 2 "ALL",
        Read = 3 "READ",
        Write = 4 "WRITE",
        Create = 5 "CREATE",
        Delete = 6 "DELETE",
        Alter = 7 "ALTER",
        Describe = 8 "DESCRIBE",
        ClusterAction = 9 "CLUSTER_ACTION",
        DescribeConfigs = 10 "DESCRIBE_CONFIGS",
        AlterConfigs = 11 "ALTER_CONFIGS",
        IdempotentWrite = 12 "IDEMPOTENT_WRITE",
        CreateTokens = 13 "CREATE_TOKENS",
        DescribeTokens = 14 "DESCRIBE_TOKENS",
        TwoPhaseCommit = 15 "TWO_PHASE_COMMIT",
    }
}

codes! {
    AclPermission is "a permission", else "UNKNOWN" {
        /// In filters only.
        Any = 1 "ANY",
        /// Wins over `Allow`.
        Deny = 2 "DENY",
        Allow = 3 "ALLOW",
    }
}

codes! {
    AclResourceType is "a resource type", else "UNKNOWN" {
        /// In filters only.
        Any = 1 "ANY",
        Topic = 2 "TOPIC",
        Group = 3 "GROUP",
        /// Its one name is `kafka-cluster`.
        Cluster = 4 "CLUSTER",
        TransactionalId = 5 "TRANSACTIONAL_ID",
        DelegationToken = 6 "DELEGATION_TOKEN",
        /// Principals whose tokens may be made or seen (KIP-373).
        User = 7 "USER",
    }
}

codes! {
    /// How a pattern's name is meant (KIP-290).
    PatternType is "a pattern type", else "UNKNOWN" {
        /// In filters only: whatever pattern has this name.
        Any = 1 "ANY",
        /// In filters only: every pattern that holds for this name.
        Match = 2 "MATCH",
        /// The name, or `*` for all.
        Literal = 3 "LITERAL",
        /// All names that begin so.
        Prefixed = 4 "PREFIXED",
    }
}

/// The one name of the resource of type [`AclResourceType::Cluster`].
pub const CLUSTER_NAME: &str = "kafka-cluster";

/// Which resources an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourcePattern {
    pub resource_type: AclResourceType,
    pub name: String,
    pub pattern_type: PatternType,
}

/// One entry: who may or may not do what to which resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AclBinding {
    pub pattern: ResourcePattern,
    /// `User:alice`, or `User:*` for everybody.
    pub principal: String,
    /// An address, or `*` for every host.
    pub host: String,
    pub operation: AclOperation,
    pub permission: AclPermission,
}

/// Matches entries whose fields are all as given; `None` and `Any` match all. [`AclFilter::any`] matches every entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AclFilter {
    pub resource_type: AclResourceType,
    pub name: Option<String>,
    pub pattern_type: PatternType,
    pub principal: Option<String>,
    pub host: Option<String>,
    pub operation: AclOperation,
    pub permission: AclPermission,
}

impl AclFilter {
    pub const fn any() -> Self {
        Self {
            resource_type: AclResourceType::Any,
            name: None,
            pattern_type: PatternType::Any,
            principal: None,
            host: None,
            operation: AclOperation::Any,
            permission: AclPermission::Any,
        }
    }
}

impl From<&AclBinding> for AclFilter {
    /// Matches just this entry.
    fn from(acl: &AclBinding) -> Self {
        Self {
            resource_type: acl.pattern.resource_type,
            name: Some(acl.pattern.name.clone()),
            pattern_type: acl.pattern.pattern_type,
            principal: Some(acl.principal.clone()),
            host: Some(acl.host.clone()),
            operation: acl.operation,
            permission: acl.permission,
        }
    }
}

/// As `kafka-acls` writes it.
impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ResourcePattern(resourceType={}, name={}, patternType={})",
            self.resource_type, self.name, self.pattern_type
        )
    }
}

/// As `kafka-acls` writes it, without the pattern.
impl fmt::Display for AclBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "(principal={}, host={}, operation={}, permissionType={})",
            self.principal, self.host, self.operation, self.permission
        )
    }
}

impl fmt::Display for AclFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any = |text: &Option<String>| text.clone().unwrap_or_else(|| "ANY".to_owned());
        write!(
            f,
            "filter (resourceType={}, name={}, patternType={}, principal={}, host={}, operation={}, \
             permissionType={})",
            self.resource_type,
            any(&self.name),
            self.pattern_type,
            any(&self.principal),
            any(&self.host),
            self.operation,
            self.permission
        )
    }
}

impl Admin {
    /// The entries that a filter matches, in order.
    pub async fn describe_acls(&self, filter: &AclFilter) -> Result<Vec<AclBinding>, Error> {
        self.one(
            Target::Any,
            "ACLs",
            |_| DescribeAclsRequest {
                resource_type_filter: filter.resource_type.code(),
                resource_name_filter: filter.name.as_ref().map(Into::into),
                pattern_type_filter: filter.pattern_type.code(),
                principal_filter: filter.principal.as_ref().map(Into::into),
                host_filter: filter.host.as_ref().map(Into::into),
                operation: filter.operation.code(),
                permission_type: filter.permission.code(),
            },
            |response| {
                check("ACLs", response.error_code, response.error_message.as_deref())?;
                let mut acls = Vec::new();
                for resource in &response.resources {
                    let pattern = ResourcePattern {
                        resource_type: AclResourceType::from_code(resource.resource_type),
                        name: resource.resource_name.to_string(),
                        pattern_type: PatternType::from_code(resource.pattern_type),
                    };
                    acls.extend(resource.acls.iter().map(|acl| AclBinding {
                        pattern: pattern.clone(),
                        principal: acl.principal.to_string(),
                        host: acl.host.to_string(),
                        operation: AclOperation::from_code(acl.operation),
                        permission: AclPermission::from_code(acl.permission_type),
                    }));
                }
                acls.sort();
                Ok(acls)
            },
        )
        .await
    }

    /// An entry that is there already is created without complaint.
    pub async fn create_acls(&self, acls: &[AclBinding]) -> Each<AclBinding, ()> {
        self.each(
            Call::new(acls.iter().cloned(), |_| Target::Any),
            |acls, _| CreateAclsRequest { creations: acls.iter().map(write_creation).collect() },
            |asked, response| {
                // Answered by place.
                let answers = asked.keys.iter().zip(&response.results).map(|(acl, result)| {
                    let answer = check(acl.to_string(), result.error_code, result.error_message.as_deref());
                    (acl.clone(), answer)
                });
                Ok(answers.collect())
            },
        )
        .await
    }

    /// Deletes what each filter matches, and tells what that was. An entry that could not be deleted is beside its
    /// reason.
    pub async fn delete_acls(
        &self,
        filters: &[AclFilter],
    ) -> Each<AclFilter, Vec<(AclBinding, Result<(), Error>)>> {
        self.each(
            Call::new(filters.iter().cloned(), |_| Target::Any),
            |filters, _| DeleteAclsRequest { filters: filters.iter().map(write_filter).collect() },
            |asked, response| {
                // Answered by place.
                let answers = asked.keys.iter().zip(&response.filter_results).map(|(filter, result)| {
                    let answer =
                        check(filter.to_string(), result.error_code, result.error_message.as_deref());
                    (filter.clone(), answer.map(|()| result.matching_acls.iter().map(read_deleted).collect()))
                });
                Ok(answers.collect())
            },
        )
        .await
    }
}

fn write_creation(acl: &AclBinding) -> AclCreation {
    AclCreation {
        resource_type: acl.pattern.resource_type.code(),
        resource_name: acl.pattern.name.as_str().into(),
        resource_pattern_type: acl.pattern.pattern_type.code(),
        principal: acl.principal.as_str().into(),
        host: acl.host.as_str().into(),
        operation: acl.operation.code(),
        permission_type: acl.permission.code(),
    }
}

fn write_filter(filter: &AclFilter) -> DeleteAclsFilter {
    DeleteAclsFilter {
        resource_type_filter: filter.resource_type.code(),
        resource_name_filter: filter.name.as_ref().map(Into::into),
        pattern_type_filter: filter.pattern_type.code(),
        principal_filter: filter.principal.as_ref().map(Into::into),
        host_filter: filter.host.as_ref().map(Into::into),
        operation: filter.operation.code(),
        permission_type: filter.permission.code(),
    }
}

fn read_deleted(acl: &DeleteAclsMatchingAcl) -> (AclBinding, Result<(), Error>) {
    let binding = AclBinding {
        pattern: ResourcePattern {
            resource_type: AclResourceType::from_code(acl.resource_type),
            name: acl.resource_name.to_string(),
            pattern_type: PatternType::from_code(acl.pattern_type),
        },
        principal: acl.principal.to_string(),
        host: acl.host.to_string(),
        operation: AclOperation::from_code(acl.operation),
        permission: AclPermission::from_code(acl.permission_type),
    };
    let answer = check(binding.to_string(), acl.error_code, acl.error_message.as_deref());
    (binding, answer)
}

/// Bit `n` stands for the operation of code `n` (KIP-430). The smallest number says that nobody asked.
pub(super) fn authorized_operations(bits: i32) -> Option<BTreeSet<AclOperation>> {
    if bits == i32::MIN {
        return None;
    }
    let operations = AclOperation::ALL.iter().copied().filter(|operation| bits >> operation.code() & 1 == 1);
    Some(operations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_bits() {
        use AclOperation::{Alter, Read, TwoPhaseCommit};
        for (bits, expected) in [
            (i32::MIN, None),
            (0, Some(vec![])),
            (1 << 3 | 1 << 7, Some(vec![Read, Alter])),
            (1 << 15 | 1 << 0 | 1 << 30, Some(vec![TwoPhaseCommit])),
        ] {
            assert_eq!(
                authorized_operations(bits),
                expected.map(|list| list.into_iter().collect()),
                "{bits}"
            );
        }
    }

    #[test]
    fn entries_read_as_in_kafkas_tool() {
        let acl = AclBinding {
            pattern: ResourcePattern {
                resource_type: AclResourceType::Topic,
                name: "orders".to_owned(),
                pattern_type: PatternType::Prefixed,
            },
            principal: "User:alice".to_owned(),
            host: "*".to_owned(),
            operation: AclOperation::DescribeConfigs,
            permission: AclPermission::Allow,
        };
        assert_eq!(
            acl.pattern.to_string(),
            "ResourcePattern(resourceType=TOPIC, name=orders, patternType=PREFIXED)"
        );
        assert_eq!(
            acl.to_string(),
            "(principal=User:alice, host=*, operation=DESCRIBE_CONFIGS, permissionType=ALLOW)"
        );
    }
}
