use super::player::play;

/// Two members in generation 2, of which the first leads.
const PAIR: &str = "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
     0 join b
     0 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b: c#2 gen 2 range leader c#1
     0 log ->
     ";

#[track_caller]
fn pair(script: &str) {
    play(&format!("{PAIR}{script}"));
}

#[test]
fn followers_wait_for_the_leader_and_the_log() {
    pair(
        "1 sync b c#2 2
         2 hold
         3 sync a c#1 2 c#1:x,c#2:y
         4 log -> g gen 2 c#1=x c#2=y
         5 sync b2 c#2 2
         6 release -> a: synced x | b: synced y | b2: synced y
         7 describe d -> d: Stable 'consumer' 'range' c#1(m,x) c#2(m,y)",
    );
}

#[test]
fn a_stable_group_answers_from_its_state() {
    pair(
        "1 sync a c#1 2 c#1:x -> a: synced x
         // The leader forgot the second: an empty assignment is valid.
         2 sync b c#2 2 -> b: synced
         3 sync a c#1 2 c#1:other -> a: synced x",
    );
}

#[test]
fn refuses_what_does_not_fit_the_round() {
    pair(
        "1 sync a c#1 1 -> a: ILLEGAL_GENERATION
         1 sync a who 2 -> a: UNKNOWN_MEMBER_ID
         1 sync a c#1 2 protocol=sticky -> a: INCONSISTENT_GROUP_PROTOCOL
         1 sync a c#1 2 type=connect -> a: INCONSISTENT_GROUP_PROTOCOL
         1 sync a c#1 2 group=other -> a: UNKNOWN_MEMBER_ID
         1 sync a c#1 2 group= -> a: INVALID_GROUP_ID
         1 sync a c#1 2 static=i -> a: UNKNOWN_MEMBER_ID
         2 sync a c#1 2 c#1:x,c#2:y protocol=range type=consumer -> a: synced x
         3 join c
         4 sync a c#1 2 -> a: REBALANCE_IN_PROGRESS",
    );
}

#[test]
fn a_round_that_is_abandoned_tells_who_waits() {
    pair(
        "1 sync b c#2 2
         2 join c -> b: REBALANCE_IN_PROGRESS
         3 join a id=c#1
         4 join b id=c#2 -> a: c#1 gen 3 range leader c#1 of c#1 c#2 c#4 | b: c#2 gen 3 range leader c#1 | c: c#4 gen 3 range leader c#1",
    );
    pair(
        "1 sync b c#2 2
         2 leave l c#1 -> b: REBALANCE_IN_PROGRESS | l: left c#1
         3 join b id=c#2 -> b: c#2 gen 3 range leader c#2 of c#2",
    );
}

#[test]
fn a_leader_that_does_not_sync_in_time_is_out() {
    pair(
        "1 sync b c#2 2
         5000 hb a c#1 2 -> a: ok
         14000 hb a c#1 2 -> a: ok
         23000 hb a c#1 2 -> a: ok
         32000 hb a c#1 2 -> a: ok
         41000 hb a c#1 2 -> a: ok
         50000 hb a c#1 2 -> a: ok
         59000 hb a c#1 2 -> a: ok
         60000 wait -> b: REBALANCE_IN_PROGRESS
         60001 hb a c#1 2 -> a: UNKNOWN_MEMBER_ID
         60002 join b id=c#2 -> b: c#2 gen 3 range leader c#2 of c#2",
    );
}

#[test]
fn a_silent_leader_sends_the_group_back() {
    pair(
        "1 sync b c#2 2
         9999 wait
         // Waiting counts as a sign of life for the second.
         10000 wait -> b: REBALANCE_IN_PROGRESS
         10001 join b id=c#2 -> b: c#2 gen 3 range leader c#2 of c#2",
    );
}

#[test]
fn a_follower_that_never_syncs_is_out_of_the_stable_group() {
    pair(
        "1 sync a c#1 2 c#1:x,c#2:y -> a: synced x
         9000 hb b c#2 2 -> b: ok
         9000 hb a c#1 2 -> a: ok
         18000 hb b c#2 2 -> b: ok
         18000 hb a c#1 2 -> a: ok
         27000 hb b c#2 2 -> b: ok
         27000 hb a c#1 2 -> a: ok
         36000 hb b c#2 2 -> b: ok
         36000 hb a c#1 2 -> a: ok
         45000 hb b c#2 2 -> b: ok
         45000 hb a c#1 2 -> a: ok
         54000 hb b c#2 2 -> b: ok
         54000 hb a c#1 2 -> a: ok
         60000 hb b c#2 2 -> b: ok
         60001 hb b c#2 2 -> b: UNKNOWN_MEMBER_ID
         60002 hb a c#1 2 -> a: REBALANCE_IN_PROGRESS",
    );
}

#[test]
fn a_member_has_one_sync_waiting() {
    pair(
        "1 sync b c#2 2
         2 sync b2 c#2 2 -> b: REBALANCE_IN_PROGRESS
         3 sync a c#1 2 c#1:x,c#2:y -> a: synced x | b2: synced y",
    );
}

#[test]
fn heartbeats_say_where_the_group_is() {
    pair(
        "1 hb a c#1 2 -> a: ok
         1 hb a c#1 1 -> a: ILLEGAL_GENERATION
         1 hb a who 2 -> a: UNKNOWN_MEMBER_ID
         1 hb a c#1 2 group=other -> a: UNKNOWN_MEMBER_ID
         1 hb a c#1 2 group= -> a: INVALID_GROUP_ID
         2 join b id=c#2 protocols=range:new
         3 hb a c#1 2 -> a: REBALANCE_IN_PROGRESS",
    );
}

#[test]
fn silence_is_judged_at_the_session_timeout_and_not_before() {
    play(
        "0 join a session=6000 -> a: c#1 gen 1 range leader c#1 of c#1
         0 sync a c#1 1 c#1:x -> a: synced x
         6000 hb a c#1 1 -> a: ok
         11999 hb a c#1 1 -> a: ok
         17999 describe d -> d: Stable 'consumer' 'range' c#1(m,x)
         18000 hb a c#1 1 -> a: UNKNOWN_MEMBER_ID
         18000 describe d -> d: Empty 'consumer' ''
         18000 log -> g gen 1 c#1=x | g gen 2",
    );
}

/// A stopped process, a suspended machine: what members sent meanwhile is read after the timers.
#[test]
fn a_broker_that_was_away_listens_before_it_judges() {
    pair(
        "1 sync a c#1 2 c#1:x,c#2:y -> a: synced x
         2 sync b c#2 2 -> b: synced y
         30000 freeze
         30500 hb a c#1 2 -> a: ok
         31000 wait
         31001 hb a c#1 2 -> a: REBALANCE_IN_PROGRESS
         31002 hb b c#2 2 -> b: UNKNOWN_MEMBER_ID",
    );
    // Waking up a little late is no absence.
    pair(
        "1 sync a c#1 2 c#1:x,c#2:y -> a: synced x
         2 sync b c#2 2 -> b: synced y
         10400 freeze
         10401 hb a c#1 2 -> a: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn leaving_is_answered_member_by_member() {
    pair(
        "1 leave l who c#2 c#1 -> l: left who=UNKNOWN_MEMBER_ID c#2 c#1
         2 describe d -> d: Empty 'consumer' ''
         3 log -> g gen 3
         4 leave l c#1 -> l: left c#1=UNKNOWN_MEMBER_ID
         4 leave l c#1 group=other -> l: left c#1=UNKNOWN_MEMBER_ID
         4 leave l c#1 group= -> l: INVALID_GROUP_ID",
    );
    // Whoever leaves need not wait for anything any more.
    pair(
        "1 sync b c#2 2
         2 leave l c#2 why=bye -> b: UNKNOWN_MEMBER_ID | l: left c#2
         3 join a id=c#1 -> a: c#1 gen 3 range leader c#1 of c#1",
    );
    pair(
        "1 join b id=c#2 protocols=range:new
         2 leave l c#1 -> b: c#2 gen 3 range leader c#2 of c#2 | l: left c#1",
    );
}

#[test]
fn leaving_with_an_id_that_is_only_handed_out_disturbs_nobody() {
    pair(
        "1 sync a c#1 2 c#1:x,c#2:y -> a: synced x
         2 join c v4 -> c: MEMBER_ID_REQUIRED c#4
         3 leave l c#4 -> l: left c#4
         4 hb a c#1 2 -> a: ok
         5 join c v4 id=c#4 -> c: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn the_last_record_of_a_group_counts_when_it_is_loaded() {
    play(
        "0 join a protocols=x:old session=6000 -> a: c#1 gen 1 x leader c#1 of c#1
         0 sync a c#1 1 c#1:x -> a: synced x
         1 join a id=c#1 protocols=x:new session=9000 -> a: c#1 gen 2 x leader c#1 of c#1
         1 sync a c#1 2 c#1:y -> a: synced y
         2 reload
         3 describe d -> d: Stable 'consumer' 'x' c#1(new,y)
         // The timeout is the new one.
         9001 hb a c#1 2 -> a: ok",
    );
}

#[test]
fn a_stable_group_survives_its_broker() {
    pair(
        "1 sync a c#1 2 c#1:x,c#2:y -> a: synced x
         2 reload
         3 describe d -> d: Stable 'consumer' 'range' c#1(m,x) c#2(m,y)
         4 hb a c#1 2 -> a: ok
         5 sync b c#2 2 -> b: synced y
         // The second is not heard from again.
         10003 hb a c#1 2 -> a: ok
         10006 hb a c#1 2 -> a: REBALANCE_IN_PROGRESS",
    );
}
