use super::player::play;

/// One member of a stable group that reads topic `t`.
const MEMBER: &str = "0 join a topics=t -> a: c#1 gen 1 range leader c#1 of c#1
     0 sync a c#1 1 c#1:x -> a: synced x
     0 log -> g gen 1 c#1=x
     ";

#[track_caller]
fn member(script: &str) {
    play(&format!("{MEMBER}{script}"));
}

#[test]
fn commits_come_back_with_epoch_and_metadata() {
    play(
        "0 fetch f t-0 -> f: at t-0@none
         0 fetch f -> f: at
         1 commit c t-0@5 t-1@6 u-0@7 epoch=3 meta=hello -> c: done t-0 t-1 u-0
         2 fetch f t-0 t-2 u-0 v-0 -> f: at t-0@5/3(hello) t-2@none u-0@7/3(hello) v-0@none
         3 commit c t-0@4 -> c: done t-0
         4 fetch f -> f: at t-0@4 t-1@6/3(hello) u-0@7/3(hello)
         5 list l -> l: list g:classic:Empty:
         6 reload
         7 fetch f -> f: at t-0@4 t-1@6/3(hello) u-0@7/3(hello)",
    );
}

#[test]
fn what_is_read_is_committed() {
    play(
        "0 hold
         1 commit c t-0@5
         2 fetch f t-0
         3 fetch f2 t-0 group=other -> f2: at t-0@none
         4 release -> c: done t-0 | f: at t-0@5",
    );
    play(
        "0 commit c t-0@5 -> c: done t-0
         1 hold
         2 delete d
         3 fetch f t-0
         4 release -> d: ok | f: at t-0@none",
    );
}

#[test]
fn only_members_commit_for_a_group_that_has_members() {
    member(
        "1 commit c t-0@5 member=c#1 gen=1 -> c: done t-0
         1 commit c t-0@5 -> c: UNKNOWN_MEMBER_ID
         1 commit c t-0@5 member=c#1 gen=0 -> c: ILLEGAL_GENERATION
         1 commit c t-0@5 member=c#1 -> c: ILLEGAL_GENERATION
         1 commit c t-0@5 member=who gen=1 -> c: UNKNOWN_MEMBER_ID
         1 commit c t-0@5 member=c#1 gen=1 static=i -> c: UNKNOWN_MEMBER_ID
         1 commit c t-0@5 gen=1 group=other -> c: GROUP_ID_NOT_FOUND
         2 join b
         // The round has begun: what was read so far still counts.
         3 commit c t-0@6 member=c#1 gen=1 -> c: done t-0
         4 join a id=c#1 topics=t -> a: c#1 gen 2 range leader c#1 of c#1 c#2 | b: c#2 gen 2 range leader c#1
         5 commit c t-0@7 member=c#1 gen=2 -> c: REBALANCE_IN_PROGRESS
         5 commit c t-0@7 member=c#1 gen=1 -> c: ILLEGAL_GENERATION
         6 fetch f t-0 -> f: at t-0@6",
    );
    // An empty group belongs to whoever commits without a generation.
    member(
        "1 leave l c#1 -> l: left c#1
         2 commit c t-0@5 -> c: done t-0
         2 commit c t-0@6 member=c#1 -> c: done t-0
         2 commit c t-0@7 member=c#1 gen=2 -> c: UNKNOWN_MEMBER_ID",
    );
}

#[test]
fn a_commit_is_a_sign_of_life() {
    member(
        "9999 commit c t-0@5 member=c#1 gen=1 -> c: done t-0
         19998 hb a c#1 1 -> a: ok",
    );
}

#[test]
fn metadata_that_is_too_long_is_refused_alone() {
    play(
        "0 config metadata=4
         1 commit c t-0@5 meta=12345 -> c: done t-0=OFFSET_METADATA_TOO_LARGE
         1 commit c t-0@5 meta=1234 -> c: done t-0
         // Kafka counts UTF-16 code units.
         1 commit c t-0@6 meta=éééé -> c: done t-0
         1 commit c t-0@7 meta=ééééé -> c: done t-0=OFFSET_METADATA_TOO_LARGE
         2 fetch f t-0 -> f: at t-0@6(éééé)",
    );
}

#[test]
fn a_commit_of_nothing_makes_no_group() {
    play(
        "0 commit c -> c: done
         0 config metadata=1
         0 commit c t-0@5 meta=12 -> c: done t-0=OFFSET_METADATA_TOO_LARGE
         0 list l -> l: list
         0 log ->",
    );
}

#[test]
fn an_offset_belongs_to_one_incarnation_of_its_topic() {
    play(
        "0 commit c t-0@5 id=1 -> c: done t-0
         1 fetch f t-0 id=1 -> f: at t-0@5
         1 fetch f t-0 id=2 -> f: at t-0@none
         1 fetch f t-0 -> f: at t-0@5
         2 commit c t-1@6 -> c: done t-1
         2 fetch f t-1 id=2 -> f: at t-1@6
         3 reload
         3 fetch f t-0 id=2 -> f: at t-0@none",
    );
}

#[test]
fn offsets_of_a_transaction_count_when_it_is_committed() {
    play(
        "0 commit c t-0@5 -> c: done t-0
         1 commit p t-0@9 u-0@1 producer=7 -> p: done t-0 u-0
         2 fetch f t-0 u-0 -> f: at t-0@5 u-0@none
         2 fetch f t-0 u-0 t-1 stable -> f: at t-0=UNSTABLE_OFFSET_COMMIT t-1@none u-0=UNSTABLE_OFFSET_COMMIT
         2 fetch f stable -> f: at t-0=UNSTABLE_OFFSET_COMMIT
         2 fetch f t-0 stable group=other -> f: at t-0@none
         3 end 7 commit
         4 fetch f stable -> f: at t-0@9 u-0@1
         5 end 7 abort
         6 fetch f stable -> f: at t-0@9 u-0@1
         7 reload
         8 fetch f stable -> f: at t-0@9 u-0@1",
    );
    play(
        "0 commit p t-0@9 producer=7 -> p: done t-0
         1 end 7 abort
         2 fetch f stable -> f: at",
    );
}

#[test]
fn a_transaction_does_not_undo_what_was_committed_after_it() {
    play(
        "0 commit p t-0@9 producer=7 -> p: done t-0
         1 commit c t-0@12 -> c: done t-0
         2 end 7 commit
         3 fetch f t-0 stable -> f: at t-0@12",
    );
    play(
        "0 commit p t-0@1 producer=7 -> p: done t-0
         0 commit p t-0@2 producer=8 -> p: done t-0
         1 end 8 commit
         2 fetch f t-0 stable -> f: at t-0=UNSTABLE_OFFSET_COMMIT
         3 end 7 commit
         4 fetch f t-0 stable -> f: at t-0@2",
    );
}

#[test]
fn a_transaction_commits_for_members_even_in_a_round() {
    member(
        "1 commit p t-0@1 producer=7 member=c#1 gen=1 -> p: done t-0
         1 commit p t-0@1 producer=7 member=c#1 gen=0 -> p: ILLEGAL_GENERATION
         // Producers of older clients do not name a member.
         1 commit p t-0@1 producer=7 -> p: done t-0
         1 commit p t-0@1 producer=7 group= -> p: INVALID_GROUP_ID
         2 join a id=c#1 topics=t -> a: c#1 gen 2 range leader c#1 of c#1
         3 commit p t-0@2 producer=7 member=c#1 gen=2 -> p: done t-0",
    );
}
