//! Kafka's error codes, all of 4.4.
//!
//! A code is any `i16`: a peer may be newer than this table, and its codes pass through unharmed.
//! Names and numbers are Kafka's; the sentences are ours.
use std::fmt;

/// What went wrong, as a number on the wire.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub i16);

struct Row {
    code: i16,
    name: &'static str,
    retriable: bool,
    message: &'static str,
}

impl ErrorCode {
    pub const fn is_ok(self) -> bool {
        self.0 == 0
    }

    pub const fn is_err(self) -> bool {
        self.0 != 0
    }

    /// Whether the same request may succeed later, as Kafka's clients judge it.
    pub fn retriable(self) -> bool {
        self.row().is_some_and(|row| row.retriable)
    }

    /// What went wrong in one line.
    pub fn message(self) -> &'static str {
        self.row().map_or("this error code is newer than this program", |row| row.message)
    }

    /// Kafka's name, unless the code is newer than this table.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// Every code there is, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| Self(row.code))
    }

    fn row(self) -> Option<&'static Row> {
        // The table begins at -1 and has no gap, which a test holds.
        usize::try_from(i32::from(self.0) + 1).ok().and_then(|at| ROWS.get(at))
    }
}

impl From<ErrorCode> for i16 {
    fn from(code: ErrorCode) -> Self {
        code.0
    }
}

impl From<i16> for ErrorCode {
    fn from(code: i16) -> Self {
        Self(code)
    }
}

impl PartialEq<i16> for ErrorCode {
    fn eq(&self, other: &i16) -> bool {
        self.0 == *other
    }
}

impl PartialEq<ErrorCode> for i16 {
    fn eq(&self, other: &ErrorCode) -> bool {
        *self == other.0
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row() {
            Some(row) => f.write_str(row.name),
            None => write!(f, "UNKNOWN_ERROR_CODE_{}", self.0),
        }
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! codes {
    ($($code:literal $name:ident $($retriable:ident)? $message:literal;)*) => {
        impl ErrorCode {
            $(#[doc = $message] pub const $name: Self = Self($code);)*
        }

        const ROWS: &[Row] = &[
            $(Row {
                code: $code,
                name: stringify!($name),
                retriable: codes!(@$($retriable)?),
                message: $message,
            },)*
        ];
    };
    (@) => { false };
    (@retriable) => { true };
}

codes! {
    -1 UNKNOWN_SERVER_ERROR "the server failed in a way it has no code for";
    0 NONE "no error";
    1 OFFSET_OUT_OF_RANGE "the offset lies outside the partition's log";
    2 CORRUPT_MESSAGE retriable "the record batch fails its checksum or is malformed";
    3 UNKNOWN_TOPIC_OR_PARTITION retriable "this server knows no such topic or partition";
    4 INVALID_FETCH_SIZE "the fetch size is not allowed";
    5 LEADER_NOT_AVAILABLE retriable "the partition has no leader at the moment";
    6 NOT_LEADER_OR_FOLLOWER retriable "this broker is not the replica that may answer";
    7 REQUEST_TIMED_OUT retriable "the request was not finished in its time";
    8 BROKER_NOT_AVAILABLE "the broker is not there";
    9 REPLICA_NOT_AVAILABLE retriable "this broker holds no such replica";
    10 MESSAGE_TOO_LARGE "the record batch is larger than the topic allows";
    11 STALE_CONTROLLER_EPOCH "the controller's epoch is an old one";
    12 OFFSET_METADATA_TOO_LARGE "the metadata beside the committed offset is too long";
    13 NETWORK_EXCEPTION retriable "the connection broke before an answer came";
    14 COORDINATOR_LOAD_IN_PROGRESS retriable "the coordinator is still reading its log";
    15 COORDINATOR_NOT_AVAILABLE retriable "there is no coordinator at the moment";
    16 NOT_COORDINATOR retriable "this broker is not the coordinator";
    17 INVALID_TOPIC_EXCEPTION "the topic's name is not allowed here";
    18 RECORD_LIST_TOO_LARGE "the record batch is larger than a segment";
    19 NOT_ENOUGH_REPLICAS retriable "fewer replicas are in sync than the topic demands";
    20 NOT_ENOUGH_REPLICAS_AFTER_APPEND retriable "written, but fewer replicas are in sync than the topic demands";
    21 INVALID_REQUIRED_ACKS "acks is neither -1 nor 0 nor 1";
    22 ILLEGAL_GENERATION "the generation is not the group's current one";
    23 INCONSISTENT_GROUP_PROTOCOL "the member shares no protocol with the group";
    24 INVALID_GROUP_ID "the group id is not allowed";
    25 UNKNOWN_MEMBER_ID "the group has no such member";
    26 INVALID_SESSION_TIMEOUT "the session timeout lies outside the broker's bounds";
    27 REBALANCE_IN_PROGRESS "the group is rebalancing, so join again";
    28 INVALID_COMMIT_OFFSET_SIZE "the offset commit is too large to be written";
    29 TOPIC_AUTHORIZATION_FAILED "the principal may not do this to the topic";
    30 GROUP_AUTHORIZATION_FAILED "the principal may not do this to the group";
    31 CLUSTER_AUTHORIZATION_FAILED "the principal may not do this to the cluster";
    32 INVALID_TIMESTAMP "a record's timestamp lies outside the topic's bounds";
    33 UNSUPPORTED_SASL_MECHANISM "the SASL mechanism is not enabled";
    34 ILLEGAL_SASL_STATE "the request does not fit the state of authentication";
    35 UNSUPPORTED_VERSION "the version of the request is not supported";
    36 TOPIC_ALREADY_EXISTS "there is already a topic of this name";
    37 INVALID_PARTITIONS "the number of partitions is not allowed";
    38 INVALID_REPLICATION_FACTOR "the replication factor is not positive or exceeds the brokers";
    39 INVALID_REPLICA_ASSIGNMENT "the assignment of replicas is not consistent";
    40 INVALID_CONFIG "a configuration value is not allowed";
    41 NOT_CONTROLLER retriable "this node is not the active controller";
    42 INVALID_REQUEST "the request contradicts itself or the protocol";
    43 UNSUPPORTED_FOR_MESSAGE_FORMAT "the broker's message format cannot do this";
    44 POLICY_VIOLATION "a policy forbids the request";
    45 OUT_OF_ORDER_SEQUENCE_NUMBER "the producer's sequence number leaves a gap";
    46 DUPLICATE_SEQUENCE_NUMBER "the producer's sequence number was already used";
    47 INVALID_PRODUCER_EPOCH "the producer's epoch is older than the known one";
    48 INVALID_TXN_STATE "the transaction is in no state for this";
    49 INVALID_PRODUCER_ID_MAPPING "the producer id does not belong to the transactional id";
    50 INVALID_TRANSACTION_TIMEOUT "the transaction timeout exceeds the broker's maximum";
    51 CONCURRENT_TRANSACTIONS retriable "an earlier transaction of this producer is still being finished";
    52 TRANSACTION_COORDINATOR_FENCED "a newer transaction coordinator has taken over";
    53 TRANSACTIONAL_ID_AUTHORIZATION_FAILED "the principal may not use the transactional id";
    54 SECURITY_DISABLED "security features are switched off";
    55 OPERATION_NOT_ATTEMPTED "not tried, because another part of the request failed";
    56 KAFKA_STORAGE_ERROR retriable "the log directory failed";
    57 LOG_DIR_NOT_FOUND "the broker has no such log directory";
    58 SASL_AUTHENTICATION_FAILED "authentication failed";
    59 UNKNOWN_PRODUCER_ID "nothing is known of this producer id any more";
    60 REASSIGNMENT_IN_PROGRESS "the partition is already being reassigned";
    61 DELEGATION_TOKEN_AUTH_DISABLED "delegation tokens are switched off";
    62 DELEGATION_TOKEN_NOT_FOUND "there is no such delegation token";
    63 DELEGATION_TOKEN_OWNER_MISMATCH "the delegation token belongs to another principal";
    64 DELEGATION_TOKEN_REQUEST_NOT_ALLOWED "delegation tokens cannot be asked for over this connection";
    65 DELEGATION_TOKEN_AUTHORIZATION_FAILED "the principal may not use the delegation token";
    66 DELEGATION_TOKEN_EXPIRED "the delegation token has expired";
    67 INVALID_PRINCIPAL_TYPE "this type of principal is not supported";
    68 NON_EMPTY_GROUP "the group still has members";
    69 GROUP_ID_NOT_FOUND "there is no such group";
    70 FETCH_SESSION_ID_NOT_FOUND retriable "there is no such fetch session";
    71 INVALID_FETCH_SESSION_EPOCH retriable "the fetch session's epoch is not the next one";
    72 LISTENER_NOT_FOUND retriable "the leader has no listener of this name";
    73 TOPIC_DELETION_DISABLED "deleting topics is switched off";
    74 FENCED_LEADER_EPOCH retriable "the leader epoch is older than the broker's";
    75 UNKNOWN_LEADER_EPOCH retriable "the leader epoch is newer than the broker's";
    76 UNSUPPORTED_COMPRESSION_TYPE "this version of the request cannot carry the compression";
    77 STALE_BROKER_EPOCH "the broker's epoch is an old one";
    78 OFFSET_NOT_AVAILABLE retriable "the new leader does not know its high watermark yet";
    79 MEMBER_ID_REQUIRED "join again with the member id in this answer";
    80 PREFERRED_LEADER_NOT_AVAILABLE retriable "the preferred leader cannot lead";
    81 GROUP_MAX_SIZE_REACHED "the group is full";
    82 FENCED_INSTANCE_ID "another member has taken the group instance id";
    83 ELIGIBLE_LEADERS_NOT_AVAILABLE retriable "no replica is eligible to lead";
    84 ELECTION_NOT_NEEDED retriable "the partition already has the leader wanted";
    85 NO_REASSIGNMENT_IN_PROGRESS "the partition is not being reassigned";
    86 GROUP_SUBSCRIBED_TO_TOPIC "the group is subscribed to the topic";
    87 INVALID_RECORD "a record breaks a rule of the topic";
    88 UNSTABLE_OFFSET_COMMIT retriable "a transaction's offset commits are still open";
    89 THROTTLING_QUOTA_EXCEEDED retriable "a quota is used up for now";
    90 PRODUCER_FENCED "another producer with the same transactional id has taken over";
    91 RESOURCE_NOT_FOUND "what the request names does not exist";
    92 DUPLICATE_RESOURCE "the request names the same thing twice";
    93 UNACCEPTABLE_CREDENTIAL "the credential is not acceptable";
    94 INCONSISTENT_VOTER_SET "the sets of voters differ";
    95 INVALID_UPDATE_VERSION "the feature cannot go to this version";
    96 FEATURE_UPDATE_FAILED "the features could not be updated";
    97 PRINCIPAL_DESERIALIZATION_FAILURE "the forwarded principal cannot be read";
    98 SNAPSHOT_NOT_FOUND "there is no such snapshot";
    99 POSITION_OUT_OF_RANGE "the position lies outside the snapshot";
    100 UNKNOWN_TOPIC_ID retriable "this server knows no such topic id";
    101 DUPLICATE_BROKER_REGISTRATION "a broker of this id is already registered and alive";
    102 BROKER_ID_NOT_REGISTERED "no broker of this id is registered";
    103 INCONSISTENT_TOPIC_ID retriable "the log's topic id is another one";
    104 INCONSISTENT_CLUSTER_ID "the request was meant for another cluster";
    105 TRANSACTIONAL_ID_NOT_FOUND "there is no such transactional id";
    106 FETCH_SESSION_TOPIC_ID_ERROR retriable "the fetch session used names and ids for topics";
    107 INELIGIBLE_REPLICA "the replica cannot be in sync";
    108 NEW_LEADER_ELECTED "another leader was elected meanwhile";
    109 OFFSET_MOVED_TO_TIERED_STORAGE "the offset lies in tiered storage now";
    110 FENCED_MEMBER_EPOCH "the group has fenced the member's epoch";
    111 UNRELEASED_INSTANCE_ID "another member still holds the group instance id";
    112 UNSUPPORTED_ASSIGNOR "the group does not know the assignor";
    113 STALE_MEMBER_EPOCH "the member's epoch is an old one";
    114 MISMATCHED_ENDPOINT_TYPE "the request came to the wrong type of endpoint";
    115 UNSUPPORTED_ENDPOINT_TYPE "this type of endpoint is not known";
    116 UNKNOWN_CONTROLLER_ID "there is no such controller";
    117 UNKNOWN_SUBSCRIPTION_ID "the telemetry subscription has changed, so ask for it again";
    118 TELEMETRY_TOO_LARGE "the metrics are larger than the broker takes";
    119 INVALID_REGISTRATION "the controller refuses the registration";
    120 TRANSACTION_ABORTABLE "the transaction failed and can only be aborted";
    121 INVALID_RECORD_STATE "the share group's record is in no state for this";
    122 SHARE_SESSION_NOT_FOUND retriable "there is no such share session";
    123 INVALID_SHARE_SESSION_EPOCH retriable "the share session's epoch is not the next one";
    124 FENCED_STATE_EPOCH "the share state's epoch is an old one";
    125 INVALID_VOTER_KEY "the voter's id and directory id do not match";
    126 DUPLICATE_VOTER "the voter is already one";
    127 VOTER_NOT_FOUND "there is no such voter";
    128 INVALID_REGULAR_EXPRESSION "the regular expression does not parse";
    129 REBOOTSTRAP_REQUIRED "the client's metadata is stale, so begin again from the bootstrap servers";
    130 STREAMS_INVALID_TOPOLOGY "the topology is not valid";
    131 STREAMS_INVALID_TOPOLOGY_EPOCH "the topology's epoch is not valid";
    132 STREAMS_TOPOLOGY_FENCED "the topology's epoch is an old one";
    133 SHARE_SESSION_LIMIT_REACHED retriable "the broker holds as many share sessions as it may";
    134 GROUP_DELETION_FAILED "the group could not be deleted";
    135 STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED "the description of the topology could not be stored";
    136 CONTROLLER_ID_NOT_REGISTERED "no controller of this id is registered";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_row() {
        let codes: Vec<i16> = ErrorCode::all().map(|code| code.0).collect();
        assert_eq!(codes, (-1..=136).collect::<Vec<i16>>());
    }

    #[test]
    fn a_code_newer_than_the_table_keeps_its_number() {
        let newer = ErrorCode(137);
        assert_eq!((newer.to_string().as_str(), newer.retriable()), ("UNKNOWN_ERROR_CODE_137", false));
        assert_eq!(ErrorCode(i16::MIN).name(), None);
    }

    #[test]
    fn names_and_retries_are_kafkas() {
        assert_eq!(ErrorCode(3).to_string(), "UNKNOWN_TOPIC_OR_PARTITION");
        assert!(ErrorCode::NOT_COORDINATOR.retriable() && !ErrorCode::REBALANCE_IN_PROGRESS.retriable());
        assert_eq!(ErrorCode::CONTROLLER_ID_NOT_REGISTERED, 136);
    }
}
