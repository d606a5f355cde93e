use super::player::play;

/// A leader with instance id `i` and a follower with `j`, in stable generation 1.
const PAIR: &str = "0 config delay=10
     0 join a static=i client=i v9
     0 join b static=j client=j v9
     20 wait -> a: i#1 gen 1 range leader i#1 of i#1@i j#2@j | b: j#2 gen 1 range leader i#1
     21 sync b j#2 1
     21 sync a i#1 1 i#1:x,j#2:y -> a: synced x | b: synced y
     21 log -> g gen 1 i#1=x j#2=y
     ";

#[track_caller]
fn pair(script: &str) {
    play(&format!("{PAIR}{script}"));
}

#[test]
fn a_static_member_is_let_in_without_a_second_join() {
    play("0 join a static=i v4 -> a: i#1 gen 1 range leader i#1 of i#1@i");
}

#[test]
fn a_restarted_follower_keeps_its_assignment_without_a_round() {
    pair(
        "30 join b static=j v9 -> b: j#3 gen 1 range leader i#1
         31 log -> g gen 1 i#1=x j#3=y
         32 sync b j#3 1 static=j -> b: synced y
         33 hb a i#1 1 static=i -> a: ok
         34 hb old j#2 1 static=j -> old: FENCED_INSTANCE_ID
         35 hb old j#2 1 -> old: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn a_restarted_leader_skips_the_assignment_where_it_can() {
    pair(
        "30 join a static=i v9 -> a: i#3 gen 1 range leader i#3 skip of i#3@i j#2@j
         31 sync a i#3 1 -> a: synced x
         32 hb b j#2 1 -> b: ok",
    );
    // An older client is told that somebody else leads.
    pair(
        "30 join a static=i v4 -> a: i#3 gen 1 range leader i#1
         31 sync a i#3 1 -> a: synced x",
    );
}

#[test]
fn the_answer_waits_for_the_record() {
    pair(
        "30 hold
         31 join b static=j v9
         32 release -> b: j#3 gen 1 range leader i#1",
    );
    pair(
        "30 join b static=j v9 -> b: j#3 gen 1 range leader i#1
         31 reload
         32 sync b j#3 1 static=j -> b: synced y",
    );
}

#[test]
fn another_protocol_needs_a_round() {
    play(
        "0 config delay=10
         0 join a static=i client=i v9 protocols=x,y
         0 join b static=j client=j v9 protocols=x,y
         20 wait -> a: i#1 gen 1 x leader i#1 of i#1@i j#2@j | b: j#2 gen 1 x leader i#1
         21 sync a i#1 1 i#1:x,j#2:y -> a: synced x
         22 join b static=j v9 protocols=y
         23 hb a i#1 1 -> a: REBALANCE_IN_PROGRESS
         24 join a id=i#1 static=i protocols=x,y -> a: i#1 gen 2 y leader i#1 of i#1@i j#3@j | b: j#3 gen 2 y leader i#1",
    );
}

#[test]
fn a_duplicate_instance_fences_the_one_that_waits() {
    play(
        "0 config delay=10
         0 join a static=i client=i
         1 join a2 static=i client=i -> a: FENCED_INSTANCE_ID
         10 wait -> a2: i#2 gen 1 range leader i#2 of i#2@i",
    );
    play(
        "0 config delay=10
         0 join a static=i client=i
         0 join b static=j client=j
         20 wait -> a: i#1 gen 1 range leader i#1 of i#1@i j#2@j | b: j#2 gen 1 range leader i#1
         21 sync b j#2 1
         22 join b2 static=j client=j -> b: FENCED_INSTANCE_ID
         23 join a id=i#1 static=i -> a: i#1 gen 2 range leader i#1 of i#1@i j#3@j | b2: j#3 gen 2 range leader i#1",
    );
}

#[test]
fn every_request_of_a_fenced_instance_is_refused() {
    pair(
        "30 join b static=j v9 -> b: j#3 gen 1 range leader i#1
         31 join old static=j id=j#2 -> old: FENCED_INSTANCE_ID
         31 sync old j#2 1 static=j -> old: FENCED_INSTANCE_ID
         31 commit old t-0@1 member=j#2 gen=1 static=j -> old: FENCED_INSTANCE_ID
         31 leave old j#2@j -> old: left j#2@j=FENCED_INSTANCE_ID
         31 hb old j#2 1 static=other -> old: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn an_administrator_removes_members_by_instance() {
    pair(
        "30 leave l @j @nobody @i -> l: left @j @nobody=UNKNOWN_MEMBER_ID @i
         31 describe d -> d: Empty 'consumer' ''",
    );
}

#[test]
fn a_round_goes_on_without_a_static_member_but_keeps_its_place() {
    play(
        "0 config delay=10
         0 join a static=i client=i rebalance=1000
         0 join b static=j client=j rebalance=1000 session=30000
         20 wait -> a: i#1 gen 1 range leader i#1 of i#1@i j#2@j | b: j#2 gen 1 range leader i#1
         21 sync a i#1 1 i#1:x,j#2:y -> a: synced x
         22 join a id=i#1 static=i rebalance=1000
         1022 wait -> a: i#1 gen 2 range leader i#1 of i#1@i j#2@j
         1023 sync a i#1 2 i#1:x,j#2:y -> a: synced x
         1024 join b static=j client=j rebalance=1000 -> b: j#4 gen 2 range leader i#1
         1025 sync b j#4 2 -> b: synced y",
    );
}

#[test]
fn when_no_static_member_comes_back_the_round_waits_for_their_sessions() {
    pair(
        "30 join c
         31 leave l c#3 -> c: UNKNOWN_MEMBER_ID | l: left c#3
         10021 wait
         10022 describe d -> d: Empty 'consumer' ''",
    );
}

#[test]
fn an_id_for_dynamic_members_is_not_for_instances() {
    play(
        "0 join a v4 -> a: MEMBER_ID_REQUIRED c#1
         1 join a v4 id=c#1 static=i -> a: INVALID_REQUEST",
    );
}

#[test]
fn a_full_group_still_takes_a_restarted_instance() {
    pair(
        "30 config max=2
         31 join b static=j v9 -> b: j#3 gen 1 range leader i#1
         32 join c static=k v9 -> c: GROUP_MAX_SIZE_REACHED",
    );
    play(
        "0 config delay=10 max=1
         0 join a static=i client=i
         1 join b static=j client=j -> b: GROUP_MAX_SIZE_REACHED
         2 join a2 static=i client=i -> a: FENCED_INSTANCE_ID
         10 wait -> a2: i#3 gen 1 range leader i#3 of i#3@i",
    );
}
