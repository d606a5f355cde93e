//! Classic groups: joining, syncing, staying and leaving.
use bytes::Bytes;
use protocol::{
    DescribeGroupsRequest, ErrorCode, HeartbeatRequest, JoinGroupRequest, JoinGroupResponse,
    LeaveGroupRequest, SyncGroupRequest, SyncGroupResponse, describe_groups::response::DescribedGroup,
    join_group::request::JoinGroupRequestProtocol, leave_group::request::MemberIdentity,
    sync_group::request::SyncGroupRequestAssignment,
};
use std::time::{Duration, Instant};
use testkit::{TestBroker, Wire, eventually, text};
use wire::Text;

const GROUP: &str = "g";

/// Without the lower bound that keeps sessions long.
const SHORT_SESSIONS: (&str, &str) = ("group.min.session.timeout.ms", "1");

fn broker_with(settings: &[(&str, &str)]) -> TestBroker {
    let broker = TestBroker::with(settings);
    broker.connect().find_coordinator(GROUP);
    broker
}

fn broker() -> TestBroker {
    broker_with(&[])
}

/// Someone who may join, with a connection of its own.
struct Member {
    wire: Wire,
    request: JoinGroupRequest,
    generation: i32,
}

impl Member {
    fn new(broker: &TestBroker) -> Self {
        let request = JoinGroupRequest {
            group_id: text(GROUP),
            session_timeout_ms: 30_000,
            rebalance_timeout_ms: 30_000,
            protocol_type: text("consumer"),
            protocols: protocols(&["range"]),
            ..Default::default()
        };
        Self { wire: broker.connect(), request, generation: -1 }
    }

    fn instance(broker: &TestBroker, instance: &str) -> Self {
        Self::new(broker).with(|request| request.group_instance_id = Some(text(instance)))
    }

    fn with(mut self, change: impl FnOnce(&mut JoinGroupRequest)) -> Self {
        change(&mut self.request);
        self
    }

    fn id(&self) -> Text {
        self.request.member_id.clone()
    }

    /// Asks for an id, where there is none yet, and for a place in the next round.
    fn begin_join(&mut self) {
        if self.request.member_id.is_empty() && self.request.group_instance_id.is_none() {
            let refused = self.wire.ask(9, &self.request);
            assert_eq!(ErrorCode(refused.error_code), ErrorCode::MEMBER_ID_REQUIRED);
            self.request.member_id = refused.member_id;
        }
        self.wire.send(9, &self.request);
    }

    #[track_caller]
    fn end_join(&mut self) -> JoinGroupResponse {
        let (_, joined) = self.wire.receive::<JoinGroupRequest>(9);
        if joined.error_code == 0 {
            self.request.member_id = joined.member_id.clone();
            self.generation = joined.generation_id;
        }
        joined
    }

    fn join(&mut self) -> JoinGroupResponse {
        self.begin_join();
        self.end_join()
    }

    fn begin_sync(&mut self, assignments: &[(&Text, &'static [u8])]) {
        let assignment = |(member, bytes): &(&Text, &'static [u8])| SyncGroupRequestAssignment {
            member_id: (*member).clone(),
            assignment: Bytes::from_static(bytes),
        };
        let request = SyncGroupRequest {
            group_id: text(GROUP),
            generation_id: self.generation,
            member_id: self.id(),
            group_instance_id: self.request.group_instance_id.clone(),
            protocol_type: Some(text("consumer")),
            protocol_name: Some(self.request.protocols[0].name.clone()),
            assignments: assignments.iter().map(assignment).collect(),
        };
        self.wire.send(5, &request);
    }

    #[track_caller]
    fn end_sync(&mut self) -> SyncGroupResponse {
        self.wire.receive::<SyncGroupRequest>(5).1
    }

    #[track_caller]
    fn sync(&mut self, assignments: &[(&Text, &'static [u8])]) -> SyncGroupResponse {
        self.begin_sync(assignments);
        self.end_sync()
    }

    fn heartbeat(&mut self) -> ErrorCode {
        let request = HeartbeatRequest {
            group_id: text(GROUP),
            generation_id: self.generation,
            member_id: self.id(),
            group_instance_id: self.request.group_instance_id.clone(),
        };
        ErrorCode(self.wire.ask(4, &request).error_code)
    }

    #[track_caller]
    fn sees_a_round(&mut self) {
        eventually("the round begins", || {
            (self.heartbeat() == ErrorCode::REBALANCE_IN_PROGRESS).then_some(())
        });
    }

    fn leave(&mut self) -> ErrorCode {
        let request = LeaveGroupRequest {
            group_id: text(GROUP),
            members: vec![MemberIdentity { member_id: self.id(), ..Default::default() }],
            ..Default::default()
        };
        let left = self.wire.ask(5, &request);
        ErrorCode(if left.error_code != 0 { left.error_code } else { left.members[0].error_code })
    }
}

fn protocols(names: &[&str]) -> Vec<JoinGroupRequestProtocol> {
    let protocol = |name: &&str| JoinGroupRequestProtocol {
        name: text(name),
        metadata: Bytes::from_static(b"metadata"),
    };
    names.iter().map(protocol).collect()
}

/// A group of these members, in one generation, which is stable.
fn stable(members: &mut [Member]) {
    for i in 0..members.len() {
        let (before, from_here) = members.split_at_mut(i);
        from_here[0].begin_join();
        if i > 0 {
            before[0].sees_a_round();
        }
        before.iter_mut().for_each(Member::begin_join);
        for member in before.iter_mut().chain(from_here.first_mut()) {
            assert_eq!(ErrorCode(member.end_join().error_code), ErrorCode::NONE);
        }
        for member in &mut members[..=i] {
            // The leader is the first to have joined; whoever is not waits.
            member.begin_sync(&[]);
        }
        for member in &mut members[..=i] {
            assert_eq!(ErrorCode(member.end_sync().error_code), ErrorCode::NONE);
        }
    }
}

/// The leader, who is the first of these, joins again, and so all do.
fn another_round(members: &mut [Member]) {
    members[0].begin_join();
    for member in &mut members[1..] {
        member.sees_a_round();
        member.begin_join();
    }
    members.iter_mut().for_each(|member| assert_eq!(member.end_join().error_code, 0));
}

fn describe(broker: &TestBroker) -> DescribedGroup {
    let request = DescribeGroupsRequest { groups: vec![text(GROUP)], ..Default::default() };
    broker.connect().latest(&request).groups.remove(0)
}

/// 69. From version 4 a member without an id is given one with MEMBER_ID_REQUIRED, and joins with that; an id that
///     nobody has been given is UNKNOWN_MEMBER_ID.
#[test]
fn a_member_gets_its_id_first() {
    let broker = broker();
    let mut member = Member::new(&broker);
    for version in 4..=9 {
        let refused = member.wire.ask(version, &member.request);
        assert_eq!(ErrorCode(refused.error_code), ErrorCode::MEMBER_ID_REQUIRED);
        assert!(refused.member_id.starts_with("test-"), "{}", refused.member_id);
        assert_eq!(refused.generation_id, -1);
        member.request.member_id = Text::default();
    }
    let joined = member.join();
    assert_eq!((joined.error_code, joined.generation_id, joined.leader == joined.member_id), (0, 1, true));
    let mut stranger = Member::new(&broker).with(|request| request.member_id = text("made-up"));
    assert_eq!(ErrorCode(stranger.join().error_code), ErrorCode::UNKNOWN_MEMBER_ID);
}

/// 69. Before version 4 a member joins at once.
#[test]
fn an_old_member_joins_at_once() {
    let broker = broker();
    for version in 0..4 {
        let mut member =
            Member::new(&broker).with(|request| request.group_id = Text::from(format!("g{version}")));
        let joined = member.wire.ask(version, &member.request);
        assert_eq!((joined.error_code, joined.generation_id), (0, 1), "version {version}");
        assert_eq!(joined.leader, joined.member_id);
        assert_eq!(joined.protocol_name.as_deref(), Some("range"));
    }
}

/// 69. An empty group id is INVALID_GROUP_ID for whatever is asked.
#[test]
fn a_group_has_a_name() {
    let broker = broker();
    let mut member = Member::new(&broker).with(|request| request.group_id = Text::default());
    assert_eq!(ErrorCode(member.wire.ask(9, &member.request).error_code), ErrorCode::INVALID_GROUP_ID);
    assert_eq!(
        ErrorCode(member.wire.ask(4, &HeartbeatRequest::default()).error_code),
        ErrorCode::INVALID_GROUP_ID
    );
    let sync = SyncGroupRequest { protocol_type: None, protocol_name: None, ..Default::default() };
    assert_eq!(ErrorCode(member.wire.ask(5, &sync).error_code), ErrorCode::INVALID_GROUP_ID);
    assert_eq!(
        ErrorCode(member.wire.ask(5, &LeaveGroupRequest::default()).error_code),
        ErrorCode::INVALID_GROUP_ID
    );
}

/// 70. The first round of a group waits for `group.initial.rebalance.delay.ms`, so that others can join it.
#[test]
fn the_first_round_waits_for_others() {
    let broker = broker_with(&[("group.initial.rebalance.delay.ms", "300")]);
    let mut members = [Member::new(&broker), Member::new(&broker), Member::new(&broker)];
    members.iter_mut().for_each(Member::begin_join);
    for member in &mut members {
        assert_eq!(member.end_join().generation_id, 1);
    }
    assert_eq!(describe(&broker).members.len(), 3);
}

/// 71. A session timeout outside the broker's bounds is INVALID_SESSION_TIMEOUT.
#[test]
fn session_timeouts_have_bounds() {
    let broker = broker();
    for (timeout_ms, code) in [
        (5_999, ErrorCode::INVALID_SESSION_TIMEOUT),
        (6_000, ErrorCode::MEMBER_ID_REQUIRED),
        (1_800_000, ErrorCode::MEMBER_ID_REQUIRED),
        (1_800_001, ErrorCode::INVALID_SESSION_TIMEOUT),
        (-1, ErrorCode::INVALID_SESSION_TIMEOUT),
    ] {
        let mut member = Member::new(&broker).with(|request| request.session_timeout_ms = timeout_ms);
        assert_eq!(ErrorCode(member.wire.ask(9, &member.request).error_code), code, "{timeout_ms} ms");
    }
}

/// 72. A member that shares no protocol with the others, or is of another type, is INCONSISTENT_GROUP_PROTOCOL.
#[test]
fn protocols_must_agree() {
    let broker = broker();
    let mut members =
        [Member::new(&broker).with(|request| request.protocols = protocols(&["range", "sticky"]))];
    stable(&mut members);
    let refused = |change: &dyn Fn(&mut JoinGroupRequest)| {
        let mut member = Member::new(&broker).with(change);
        ErrorCode(member.wire.ask(9, &member.request).error_code)
    };
    let inconsistent = ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
    assert_eq!(refused(&|request| request.protocols = protocols(&["roundrobin"])), inconsistent);
    assert_eq!(refused(&|request| request.protocols = Vec::new()), inconsistent);
    assert_eq!(refused(&|request| request.protocol_type = text("connect")), inconsistent);
    assert_eq!(refused(&|request| request.protocol_type = Text::default()), inconsistent);
    assert_eq!(
        refused(&|request| request.protocols = protocols(&["roundrobin", "sticky"])),
        ErrorCode::MEMBER_ID_REQUIRED
    );
}

/// 73. In a round heartbeats say REBALANCE_IN_PROGRESS; an old generation is ILLEGAL_GENERATION, and who is no
///     member UNKNOWN_MEMBER_ID.
#[test]
fn heartbeats_say_where_the_group_is() {
    let broker = broker();
    let mut members = [Member::new(&broker)];
    stable(&mut members);
    let [mut member] = members;
    assert_eq!(member.heartbeat(), ErrorCode::NONE);
    member.generation -= 1;
    assert_eq!(member.heartbeat(), ErrorCode::ILLEGAL_GENERATION);
    member.generation += 1;
    let id = std::mem::replace(&mut member.request.member_id, text("made-up"));
    assert_eq!(member.heartbeat(), ErrorCode::UNKNOWN_MEMBER_ID);
    member.request.member_id = id;
    let mut second = Member::new(&broker);
    second.begin_join();
    member.sees_a_round();
    member.join();
    assert_eq!((second.end_join().generation_id, member.generation), (2, 2));
    assert_eq!(member.leave(), ErrorCode::NONE);
    assert_eq!(member.heartbeat(), ErrorCode::UNKNOWN_MEMBER_ID);
}

/// 73. Who does not come to a round before its rebalance timeout is out of the group.
#[test]
fn a_round_ends_without_those_who_stay_away() {
    let broker = broker();
    let mut members = [Member::new(&broker).with(|request| request.rebalance_timeout_ms = 50)];
    stable(&mut members);
    let [mut absent] = members;
    let mut second = Member::new(&broker).with(|request| request.rebalance_timeout_ms = 50);
    let joined = second.join();
    assert_eq!((joined.error_code, joined.generation_id, joined.members.len()), (0, 2, 1));
    assert_eq!(absent.heartbeat(), ErrorCode::UNKNOWN_MEMBER_ID);
}

/// 73. A member that is silent for its session timeout is out, and its group is empty then.
#[test]
fn a_silent_member_is_out() {
    let broker = broker_with(&[SHORT_SESSIONS]);
    let mut members = [Member::new(&broker).with(|request| request.session_timeout_ms = 40)];
    stable(&mut members);
    eventually("the group is empty", || (&*describe(&broker).group_state == "Empty").then_some(()));
    assert_eq!(members[0].heartbeat(), ErrorCode::UNKNOWN_MEMBER_ID);
}

/// 74. The first to join leads; only the leader is told who the members are, and with what metadata.
#[test]
fn only_the_leader_learns_the_members() {
    let broker = broker();
    let mut first = Member::new(&broker);
    first.join();
    let mut second = Member::new(&broker);
    second.begin_join();
    first.sees_a_round();
    let (of_first, of_second) = (first.join(), second.end_join());
    assert_eq!((&of_first.leader, &of_second.leader), (&first.id(), &first.id()));
    let mut known: Vec<_> =
        of_first.members.iter().map(|member| (member.member_id.clone(), &member.metadata[..])).collect();
    known.sort();
    let mut expected = [(first.id(), &b"metadata"[..]), (second.id(), &b"metadata"[..])];
    expected.sort();
    assert_eq!(known, expected);
    assert!(of_second.members.is_empty());
    assert_eq!(of_second.protocol_type.as_deref(), Some("consumer"));
}

/// 74. Of the protocols that all have, the one that most members put first is chosen.
#[test]
fn members_vote_for_a_protocol() {
    let broker = broker_with(&[("group.initial.rebalance.delay.ms", "300")]);
    let mut members = [&["a", "b", "c"][..], &["c", "b"], &["b", "c"], &["b", "c"]]
        .map(|names| Member::new(&broker).with(|request| request.protocols = protocols(names)));
    members.iter_mut().for_each(Member::begin_join);
    for member in &mut members {
        assert_eq!(member.end_join().protocol_name.as_deref(), Some("b"));
    }
}

/// 75. Followers wait until the leader hands in the assignment, and each gets its own part; who has none gets empty
///     bytes.
#[test]
fn followers_wait_for_the_leader() {
    let broker = broker();
    let mut members = [Member::new(&broker), Member::new(&broker), Member::new(&broker)];
    stable(&mut members);
    another_round(&mut members);
    let [leader, follower, other] = &mut members;
    follower.begin_sync(&[]);
    other.begin_sync(&[]);
    assert!(!follower.wire.has_bytes_within(Duration::from_millis(20)), "the follower did not wait");
    let (leader_id, follower_id) = (leader.id(), follower.id());
    assert_eq!(*leader.sync(&[(&leader_id, b"one"), (&follower_id, b"two")]).assignment, *b"one");
    assert_eq!(*follower.end_sync().assignment, *b"two");
    assert_eq!(*other.end_sync().assignment, *b"");
    assert_eq!(*follower.sync(&[]).assignment, *b"two", "a stable group answers again");
    assert_eq!(&*describe(&broker).group_state, "Stable");
}

/// 75. When the leader goes before it has synced, those who wait are sent back into a round.
#[test]
fn a_leader_that_goes_sends_the_group_back() {
    let broker = broker();
    let mut members = [Member::new(&broker), Member::new(&broker)];
    stable(&mut members);
    another_round(&mut members);
    let [leader, follower] = &mut members;
    follower.begin_sync(&[]);
    assert_eq!(leader.leave(), ErrorCode::NONE);
    assert_eq!(ErrorCode(follower.end_sync().error_code), ErrorCode::REBALANCE_IN_PROGRESS);
    let joined = follower.join();
    assert_eq!((joined.error_code, joined.leader), (0, follower.id()));
}

/// 75. A sync that does not fit the round has its error.
#[test]
fn a_sync_must_fit_the_round() {
    let broker = broker();
    let mut member = Member::new(&broker);
    member.join();
    member.generation += 1;
    assert_eq!(ErrorCode(member.sync(&[]).error_code), ErrorCode::ILLEGAL_GENERATION);
    member.generation -= 1;
    let names = std::mem::replace(&mut member.request.protocols, protocols(&["other"]));
    assert_eq!(ErrorCode(member.sync(&[]).error_code), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    member.request.protocols = names;
    let answer = member.sync(&[]);
    assert_eq!(
        (answer.error_code, answer.protocol_type.as_deref(), answer.protocol_name.as_deref()),
        (0, Some("consumer"), Some("range"))
    );
}

/// 76. A static member that comes back keeps its assignment without a round, under a new member id; the old one is
///     FENCED_INSTANCE_ID.
#[test]
fn a_static_member_comes_back() {
    let broker = broker();
    let mut leader = Member::instance(&broker, "i1");
    leader.join();
    let leader_id = leader.id();
    assert_eq!(*leader.sync(&[(&leader_id, b"mine")]).assignment, *b"mine");
    let mut again = Member::instance(&broker, "i1");
    let joined = again.join();
    assert_eq!((joined.error_code, joined.generation_id), (0, leader.generation), "there is no new round");
    assert_ne!(joined.member_id, leader_id);
    assert!(joined.skip_assignment, "a leader that comes back need not assign again");
    let synced = again.sync(&[]);
    assert_eq!((ErrorCode(synced.error_code), &synced.assignment[..]), (ErrorCode::NONE, &b"mine"[..]));
    assert_eq!(leader.heartbeat(), ErrorCode::FENCED_INSTANCE_ID);
    assert_eq!(ErrorCode(leader.sync(&[]).error_code), ErrorCode::FENCED_INSTANCE_ID);
    assert_eq!(ErrorCode(leader.join().error_code), ErrorCode::FENCED_INSTANCE_ID);
    assert_eq!(again.heartbeat(), ErrorCode::NONE);
}

/// 76. LeaveGroup from version 3 on names several members, also by instance, and answers for each.
#[test]
fn members_leave_together() {
    let broker = broker();
    let mut members =
        [Member::instance(&broker, "i1"), Member::instance(&broker, "i2"), Member::new(&broker)];
    stable(&mut members);
    let by = |member_id: Text, instance: Option<&str>| MemberIdentity {
        member_id,
        group_instance_id: instance.map(text),
        ..Default::default()
    };
    let request = LeaveGroupRequest {
        group_id: text(GROUP),
        members: vec![
            by(Text::default(), Some("i1")),
            by(text("made-up"), Some("i2")),
            by(Text::default(), Some("none")),
            by(members[2].id(), None),
            by(text("made-up"), None),
        ],
        ..Default::default()
    };
    let answer = broker.connect().latest(&request);
    let codes: Vec<_> = answer.members.iter().map(|member| ErrorCode(member.error_code)).collect();
    let (fenced, unknown) = (ErrorCode::FENCED_INSTANCE_ID, ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(
        (answer.error_code, codes),
        (0, vec![ErrorCode::NONE, fenced, unknown, ErrorCode::NONE, unknown])
    );
    let left: Vec<_> =
        describe(&broker).members.iter().map(|member| member.group_instance_id.clone()).collect();
    assert_eq!(left, [Some(text("i2"))]);
    // Before version 3 there is one, and its error is the answer's.
    let one = |member_id| LeaveGroupRequest { group_id: text(GROUP), member_id, ..Default::default() };
    assert_eq!(ErrorCode(broker.connect().ask(2, &one(text("made-up"))).error_code), unknown);
    assert_eq!(broker.connect().ask(2, &one(members[1].id())).error_code, 0);
    assert_eq!(&*describe(&broker).group_state, "Empty");
}

/// 77. Who would be one too many for `group.max.size` is GROUP_MAX_SIZE_REACHED.
#[test]
fn a_group_can_be_full() {
    let broker = broker_with(&[("group.max.size", "2")]);
    let mut members = [Member::new(&broker), Member::new(&broker)];
    stable(&mut members);
    let mut third = Member::instance(&broker, "i");
    assert_eq!(ErrorCode(third.join().error_code), ErrorCode::GROUP_MAX_SIZE_REACHED);
    assert_eq!(describe(&broker).members.len(), 2);
    assert_eq!(members[0].heartbeat(), ErrorCode::NONE, "nobody is disturbed");
}

/// 78. A member whose JoinGroup is waiting counts as alive, however short its session.
#[test]
fn who_waits_in_a_round_is_alive() {
    const SESSION: Duration = Duration::from_millis(40);
    let broker = broker_with(&[SHORT_SESSIONS]);
    let mut members = [Member::new(&broker)];
    stable(&mut members);
    let [mut first] = members;
    let mut second = Member::new(&broker).with(|request| request.session_timeout_ms = 40);
    second.begin_join();
    let begun = Instant::now();
    eventually("three sessions have passed", || {
        assert!([ErrorCode::NONE, ErrorCode::REBALANCE_IN_PROGRESS].contains(&first.heartbeat()));
        (begun.elapsed() > 3 * SESSION).then_some(())
    });
    let joined = first.join();
    assert_eq!((joined.generation_id, joined.members.len()), (2, 2));
    assert_eq!(second.end_join().generation_id, 2);
}

/// 84. Members, generation and assignments outlive a restart of the broker: nobody has to join again.
#[test]
fn a_group_outlives_a_restart() {
    let mut broker = broker();
    let mut members = [Member::new(&broker), Member::instance(&broker, "i")];
    stable(&mut members);
    let before = describe(&broker);
    broker.restart();
    broker.connect().find_coordinator(GROUP);
    let after =
        eventually("the group is loaded", || Some(describe(&broker)).filter(|group| group.error_code == 0));
    assert_eq!(
        (&after.group_state, &after.protocol_data, after.members.len()),
        (&before.group_state, &before.protocol_data, 2)
    );
    for member in &mut members {
        member.wire = broker.connect();
        assert_eq!(member.heartbeat(), ErrorCode::NONE);
    }
}

/// 84. Before there is an offsets topic nobody coordinates a group: NOT_COORDINATOR, whatever is asked.
#[test]
fn without_an_offsets_topic_nobody_coordinates() {
    let broker = TestBroker::start();
    let mut member = Member::new(&broker);
    let code = ErrorCode::NOT_COORDINATOR;
    assert_eq!(ErrorCode(member.wire.ask(9, &member.request).error_code), code);
    assert_eq!(member.heartbeat(), code);
    assert_eq!(ErrorCode(member.sync(&[]).error_code), code);
    assert_eq!(member.leave(), code);
    assert_eq!(ErrorCode(describe(&broker).error_code), code);
}
