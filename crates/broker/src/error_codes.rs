//! Which error codes an answer carries, for the counters: as in Kafka one for each thing that was asked for, those
//! that went well too.
use protocol::*;

pub(crate) trait ErrorCodes {
    fn each_error_code(&self, note: impl FnMut(i16));
}

/// Notes the `error_code` of everything that lies at the end of a path of lists.
macro_rules! note {
    ($note:ident, $at:expr, []) => {
        $note($at.error_code)
    };
    ($note:ident, $at:expr, [$list:ident $($rest:ident)*]) => {
        for inner in &$at.$list {
            note!($note, inner, [$($rest)*]);
        }
    };
}

macro_rules! error_codes {
    ($($response:ident: $($path:tt),+;)*) => {$(
        impl ErrorCodes for $response {
            fn each_error_code(&self, mut note: impl FnMut(i16)) {
                $(note!(note, self, $path);)+
            }
        }
    )*};
}

error_codes! {
    AlterConfigsResponse: [responses];
    ApiVersionsResponse: [];
    CreatePartitionsResponse: [results];
    CreateTopicsResponse: [topics];
    DeleteGroupsResponse: [results];
    DeleteRecordsResponse: [topics partitions];
    DeleteTopicsResponse: [responses];
    DescribeClientQuotasResponse: [];
    DescribeClusterResponse: [];
    DescribeConfigsResponse: [results];
    DescribeGroupsResponse: [groups];
    DescribeLogDirsResponse: [], [results];
    DescribeProducersResponse: [topics partitions];
    DescribeQuorumResponse: [], [topics partitions];
    DescribeTopicPartitionsResponse: [topics], [topics partitions];
    ElectLeadersResponse: [], [replica_election_results partition_result];
    FetchResponse: [], [responses partitions];
    HeartbeatResponse: [];
    IncrementalAlterConfigsResponse: [responses];
    InitProducerIdResponse: [];
    JoinGroupResponse: [];
    LeaveGroupResponse: [], [members];
    ListConfigResourcesResponse: [];
    ListGroupsResponse: [];
    ListOffsetsResponse: [topics partitions];
    MetadataResponse: [], [topics], [topics partitions];
    OffsetCommitResponse: [topics partitions];
    OffsetDeleteResponse: [], [topics partitions];
    OffsetForLeaderEpochResponse: [topics partitions];
    ProduceResponse: [responses partition_responses];
    SyncGroupResponse: [];
    UpdateFeaturesResponse: [], [results];
}

impl ErrorCodes for FindCoordinatorResponse {
    fn each_error_code(&self, mut note: impl FnMut(i16)) {
        // Version 4 has a list in place of the one (KIP-699).
        match self.coordinators.is_empty() {
            true => note(self.error_code),
            false => note!(note, self, [coordinators]),
        }
    }
}

impl ErrorCodes for OffsetFetchResponse {
    fn each_error_code(&self, mut note: impl FnMut(i16)) {
        // Version 8 has a list in place of the one (KIP-709).
        if self.groups.is_empty() {
            note(self.error_code);
        }
        note!(note, self, [topics partitions]);
        note!(note, self, [groups]);
        note!(note, self, [groups topics partitions]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        fetch::response::{FetchableTopicResponse, PartitionData},
        find_coordinator::response::Coordinator,
    };

    #[track_caller]
    fn check(response: &impl ErrorCodes, expected: &[i16]) {
        let mut codes = Vec::new();
        response.each_error_code(|code| codes.push(code));
        assert_eq!(codes, expected);
    }

    #[test]
    fn every_part_of_an_answer_counts() {
        let partition = |error_code| PartitionData { error_code, ..Default::default() };
        let topic =
            FetchableTopicResponse { partitions: vec![partition(0), partition(3)], ..Default::default() };
        check(&FetchResponse { error_code: 70, ..Default::default() }, &[70]);
        check(
            &FetchResponse { responses: vec![topic.clone(), topic], ..Default::default() },
            &[0, 0, 3, 0, 3],
        );
        check(&FindCoordinatorResponse { error_code: 15, ..Default::default() }, &[15]);
        let coordinators = vec![Coordinator { error_code: 15, ..Default::default() }];
        check(&FindCoordinatorResponse { coordinators, ..Default::default() }, &[15]);
    }
}
