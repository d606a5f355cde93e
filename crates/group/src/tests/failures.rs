//! What happens when the log does not take a batch, or does not commit it in time.

use super::player::play;

#[test]
fn an_assignment_that_is_not_written_sends_the_group_back() {
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         0 join b
         0 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b: c#2 gen 2 range leader c#1
         1 sync b c#2 2
         2 refuse TooLarge
         3 sync a c#1 2 c#1:x,c#2:y -> a: UNKNOWN_SERVER_ERROR | b: UNKNOWN_SERVER_ERROR
         4 hb a c#1 2 -> a: REBALANCE_IN_PROGRESS
         5 refuse
         6 join a id=c#1
         7 join b id=c#2 -> a: c#1 gen 3 range leader c#1 of c#1 c#2 | b: c#2 gen 3 range leader c#1
         8 sync a c#1 3 c#1:x,c#2:y -> a: synced x
         9 log -> g gen 3 c#1=x c#2=y",
    );
}

#[test]
fn a_replacement_that_is_not_written_leaves_the_old_member() {
    play(
        "0 join a static=i client=i -> a: i#1 gen 1 range leader i#1 of i#1@i
         0 sync a i#1 1 i#1:x -> a: synced x
         1 refuse NotEnoughReplicas
         2 join a2 static=i v9 -> a2: COORDINATOR_NOT_AVAILABLE
         3 hb a i#1 1 static=i -> a: ok
         4 hb a2 i#2 1 -> a2: UNKNOWN_MEMBER_ID
         5 refuse
         6 join a3 static=i v9 -> a3: i#3 gen 1 range leader i#3 skip of i#3@i
         7 hb a i#1 1 static=i -> a: FENCED_INSTANCE_ID",
    );
    // The old member has been put back, and has to be heard from as before.
    play(
        "0 join a static=i client=i -> a: i#1 gen 1 range leader i#1 of i#1@i
         0 sync a i#1 1 i#1:x -> a: synced x
         1 refuse NotEnoughReplicas
         2 join a2 static=i v9 -> a2: COORDINATOR_NOT_AVAILABLE
         3 refuse
         10002 describe d -> d: Stable 'consumer' 'range' i#1@i(m,x)
         10003 describe d -> d: Empty 'consumer' ''",
    );
}

#[test]
fn a_commit_that_is_not_written_changes_nothing() {
    play(
        "0 commit c t-0@5 -> c: done t-0
         1 refuse NotLeader
         2 commit c t-0@6 -> c: NOT_COORDINATOR
         2 commit c t-0@6 group=new -> c: NOT_COORDINATOR
         2 delete-offsets d t-0 -> d: NOT_COORDINATOR
         2 delete d -> d: NOT_COORDINATOR
         3 refuse
         4 fetch f -> f: at t-0@5
         5 list l -> l: list g:classic:Empty:",
    );
}

#[test]
fn tombstones_that_are_not_written_are_tried_again() {
    play(
        "0 commit c t-0@5 -> c: done t-0
         1 log -> g t-0@5
         2 refuse NotEnoughReplicas
         3 forget f t -> f: ok
         4 refuse
         30003 log ->
         30004 log -> g t-0 gone",
    );
    play(
        "0 commit c t-0@5 retention=1000 -> c: done t-0
         1 log -> g t-0@5
         2 refuse NotEnoughReplicas
         600001 refuse
         1200000 log ->
         1200001 log -> g t-0 gone",
    );
}

#[test]
fn a_commit_that_waits_too_long_for_replicas_is_told_and_may_still_count() {
    play(
        "0 hold
         1 commit c t-0@5
         5000 wait
         5002 wait -> c: COORDINATOR_NOT_AVAILABLE
         5003 fetch f t-0
         5004 release -> f: at t-0@5",
    );
}

#[test]
fn a_round_that_waits_for_the_log_can_be_overtaken() {
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         1 hold
         2 sync a c#1 1 c#1:x
         3 join b
         4 hb a c#1 1 -> a: REBALANCE_IN_PROGRESS
         5 release -> a: synced x
         6 join a id=c#1 -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b: c#2 gen 2 range leader c#1",
    );
}
