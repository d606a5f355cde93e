use super::player::play;

#[test]
fn first_joiner_leads_and_alone_learns_the_members() {
    play(
        "0 config delay=100
         0 join a
         50 join b
         99 wait
         // Somebody came during the delay, so it is waited once more.
         200 wait -> a: c#1 gen 1 range leader c#1 of c#1 c#2 | b: c#2 gen 1 range leader c#1",
    );
}

#[test]
fn initial_delay_grows_with_every_newcomer_up_to_the_rebalance_timeout() {
    play(
        "0 config delay=100
         0 join a rebalance=250
         90 join b rebalance=250
         190 join c rebalance=250
         240 join d rebalance=250
         249 wait
         250 wait -> a: c#1 gen 1 range leader c#1 of c#1 c#2 c#3 c#4 | b: c#2 gen 1 range leader c#1 \
                   | c: c#3 gen 1 range leader c#1 | d: c#4 gen 1 range leader c#1",
    );
    play(
        "0 config delay=100
         0 join a
         99 wait
         100 wait -> a: c#1 gen 1 range leader c#1 of c#1",
    );
}

#[test]
fn a_dynamic_member_gets_its_id_first_from_v4_on() {
    play(
        "0 join a v4 -> a: MEMBER_ID_REQUIRED c#1
         1 join a v4 id=c#1 -> a: c#1 gen 1 range leader c#1 of c#1
         2 join a v4 client=other -> a: MEMBER_ID_REQUIRED other#3",
    );
}

#[test]
fn an_id_that_is_not_used_expires_with_the_session_timeout() {
    play(
        "0 join a v4 session=6000 -> a: MEMBER_ID_REQUIRED c#1
         5999 list l -> l: list g:classic:Empty:
         6000 wait
         6001 list l -> l: list
         6001 join a v4 id=c#1 -> a: UNKNOWN_MEMBER_ID",
    );
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         0 sync s c#1 1 c#1:x -> s: synced x
         1 join b v4 session=6000 -> b: MEMBER_ID_REQUIRED c#2
         // A round waits for those whose id is still out.
         2 join a id=c#1
         6000 hb h c#1 1 -> h: REBALANCE_IN_PROGRESS
         6001 wait -> a: c#1 gen 2 range leader c#1 of c#1
         6002 join b v4 id=c#2 -> b: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn refuses_what_can_not_join() {
    play(
        "0 join a group= -> a: INVALID_GROUP_ID
         0 join a session=5999 -> a: INVALID_SESSION_TIMEOUT
         0 join a session=1800001 -> a: INVALID_SESSION_TIMEOUT
         0 join a session=-1 -> a: INVALID_SESSION_TIMEOUT
         0 join a id=who -> a: UNKNOWN_MEMBER_ID
         0 join a protocols= -> a: INCONSISTENT_GROUP_PROTOCOL
         0 join a type= -> a: INCONSISTENT_GROUP_PROTOCOL
         // None of them has left a group behind.
         0 list l -> l: list
         0 join a session=6000 -> a: c#8 gen 1 range leader c#8 of c#8
         0 join b id=who -> b: UNKNOWN_MEMBER_ID
         0 join b type=connect -> b: INCONSISTENT_GROUP_PROTOCOL
         0 join b protocols=sticky -> b: INCONSISTENT_GROUP_PROTOCOL",
    );
}

#[test]
fn members_vote_for_a_protocol_that_all_support() {
    // Two of three prefer the second.
    play(
        "0 config delay=10
         0 join a protocols=x,y,z
         0 join b protocols=y,x
         0 join c protocols=z,y,x
         0 join d protocols=y,x
         20 wait -> a: c#1 gen 1 y leader c#1 of c#1 c#2 c#3 c#4 | b: c#2 gen 1 y leader c#1 \
                  | c: c#3 gen 1 y leader c#1 | d: c#4 gen 1 y leader c#1",
    );
    // Of equals the leader's choice; a name that is sent twice counts once.
    play(
        "0 config delay=10
         0 join a protocols=y,x
         0 join b protocols=x,y,x,x
         20 wait -> a: c#1 gen 1 y leader c#1 of c#1 c#2 | b: c#2 gen 1 y leader c#1",
    );
    play(
        "0 join a protocols=x -> a: c#1 gen 1 x leader c#1 of c#1
         1 join b protocols=y,y -> b: INCONSISTENT_GROUP_PROTOCOL",
    );
}

#[test]
fn a_newcomer_starts_a_round_and_the_others_hear_of_it() {
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         1 sync a c#1 1 c#1:all -> a: synced all
         2 join b
         3 hb a c#1 1 -> a: REBALANCE_IN_PROGRESS
         4 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b: c#2 gen 2 range leader c#1
         5 hb a c#1 1 -> a: ILLEGAL_GENERATION
         6 hb a c#1 2 -> a: ok",
    );
}

#[test]
fn whoever_does_not_rejoin_in_time_is_out() {
    play(
        "0 join a rebalance=5000 -> a: c#1 gen 1 range leader c#1 of c#1
         1 sync a c#1 1 c#1:all -> a: synced all
         1000 join b rebalance=4000
         4000 hb a c#1 1 -> a: REBALANCE_IN_PROGRESS
         5999 wait
         6001 hb a c#1 1 -> b: c#2 gen 2 range leader c#2 of c#2 | a: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn a_rejoin_that_changes_nothing_is_answered_at_once() {
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         0 join b
         0 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b: c#2 gen 2 range leader c#1
         // Before the assignment: the leader still needs the members.
         1 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2
         1 join b id=c#2 -> b: c#2 gen 2 range leader c#1
         2 sync a c#1 2 c#1:x,c#2:y -> a: synced x
         3 join b id=c#2 -> b: c#2 gen 2 range leader c#1
         // Another subscription is a reason for a round, and so is the leader's wish.
         4 join b id=c#2 protocols=range:other
         5 join a id=c#1 -> a: c#1 gen 3 range leader c#1 of c#1 c#2 | b: c#2 gen 3 range leader c#1
         6 sync a c#1 3 c#1:x,c#2:y -> a: synced x
         7 join a id=c#1
         8 join b id=c#2 protocols=range:other -> a: c#1 gen 4 range leader c#1 of c#1 c#2 | b: c#2 gen 4 range leader c#1",
    );
}

#[test]
fn a_member_has_one_join_waiting() {
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         1 join b
         2 join b2 id=c#2 -> b: REBALANCE_IN_PROGRESS
         3 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b2: c#2 gen 2 range leader c#1",
    );
}

#[test]
fn the_eldest_leads_when_the_leader_is_gone() {
    play(
        "0 config delay=10
         0 join a
         0 join b client=z
         0 join c client=d
         20 wait -> a: c#1 gen 1 range leader c#1 of c#1 d#3 z#2 | c: d#3 gen 1 range leader c#1 | b: z#2 gen 1 range leader c#1
         21 leave l c#1 -> l: left c#1
         22 join c id=d#3
         23 join b id=z#2 -> c: d#3 gen 2 range leader z#2 | b: z#2 gen 2 range leader z#2 of d#3 z#2",
    );
}

#[test]
fn a_full_group_takes_no_more() {
    play(
        "0 config delay=10 max=2
         0 join a
         0 join b
         0 join c -> c: GROUP_MAX_SIZE_REACHED
         20 wait -> a: c#1 gen 1 range leader c#1 of c#1 c#2 | b: c#2 gen 1 range leader c#1
         21 join c -> c: GROUP_MAX_SIZE_REACHED
         22 join b id=c#2 -> b: c#2 gen 1 range leader c#1
         23 leave l c#2 -> l: left c#2
         24 join c
         25 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#6 | c: c#6 gen 2 range leader c#1",
    );
}

#[test]
fn a_group_that_is_too_large_after_a_load_keeps_the_first_to_come_back() {
    play(
        "0 config delay=10
         0 join a
         0 join b
         0 join c
         20 wait -> a: c#1 gen 1 range leader c#1 of c#1 c#2 c#3 | b: c#2 gen 1 range leader c#1 | c: c#3 gen 1 range leader c#1
         21 sync a c#1 1 c#1:x -> a: synced x
         22 config max=2
         23 hb a c#1 1 -> a: REBALANCE_IN_PROGRESS
         24 join c id=c#3
         25 join b id=c#2
         26 join a id=c#1 -> a: GROUP_MAX_SIZE_REACHED | b: c#2 gen 2 range leader c#2 of c#2 c#3 | c: c#3 gen 2 range leader c#2",
    );
}

#[test]
fn a_first_join_does_not_wait_for_ever() {
    // The group cannot form, because the owner of c#2 never joins and the round is long.
    play(
        "0 join a rebalance=1000000 -> a: c#1 gen 1 range leader c#1 of c#1
         0 sync s c#1 1 c#1:x -> s: synced x
         1 join b
         9000 hb a c#1 1 -> a: REBALANCE_IN_PROGRESS
         // The first is silent and gets removed, which ends the round.
         19000 wait -> b: c#2 gen 2 range leader c#2 of c#2",
    );
    play(
        "0 join a session=1800000 rebalance=1000000 -> a: c#1 gen 1 range leader c#1 of c#1
         0 sync s c#1 1 c#1:x -> s: synced x
         1 join b
         300000 wait
         300002 wait -> b: UNKNOWN_MEMBER_ID",
    );
}
