use super::player::play;

#[test]
fn only_empty_groups_are_deleted() {
    play(
        "0 delete d -> d: GROUP_ID_NOT_FOUND
         1 join a -> a: c#1 gen 1 range leader c#1 of c#1
         1 sync a c#1 1 c#1:x -> a: synced x
         2 commit c t-0@5 member=c#1 gen=1 -> c: done t-0
         3 delete d -> d: NON_EMPTY_GROUP
         4 leave l c#1 -> l: left c#1
         5 commit p u-0@1 producer=7 -> p: done u-0
         5 log -> g gen 1 c#1=x | g t-0@5 | g gen 2 | g u-0@1
         6 delete d -> d: ok
         7 log -> g t-0 gone | g u-0 gone | g gone
         8 list l -> l: list
         9 end 7 commit
         10 fetch f -> f: at
         11 reload
         12 list l -> l: list",
    );
}

#[test]
fn offsets_are_deleted_where_nobody_reads() {
    play(
        "0 delete-offsets d t-0 -> d: GROUP_ID_NOT_FOUND
         0 delete-offsets d t-0 group= -> d: INVALID_GROUP_ID
         1 commit c t-0@5 t-1@6 u-0@7 -> c: done t-0 t-1 u-0
         2 delete-offsets d t-0 t-9 -> d: done t-0 t-9
         3 fetch f -> f: at t-1@6 u-0@7
         4 join a topics=t -> a: c#1 gen 1 range leader c#1 of c#1
         5 delete-offsets d t-1 u-0 -> d: done t-1=GROUP_SUBSCRIBED_TO_TOPIC u-0
         6 fetch f -> f: at t-1@6",
    );
    // Members whose metadata the broker cannot read: consumers may read anything, others are left alone.
    play(
        "0 commit c t-0@5 -> c: done t-0
         1 join a -> a: c#1 gen 1 range leader c#1 of c#1
         2 delete-offsets d t-0 -> d: done t-0=GROUP_SUBSCRIBED_TO_TOPIC
         3 leave l c#1 -> l: left c#1
         4 join a type=connect -> a: c#2 gen 3 range leader c#2 of c#2
         5 delete-offsets d t-0 -> d: NON_EMPTY_GROUP
         6 leave l c#2 -> l: left c#2
         7 delete-offsets d t-0 -> d: done t-0
         8 fetch f -> f: at",
    );
}

#[test]
fn deleting_an_offset_ends_what_is_pending_for_it() {
    play(
        "0 commit p t-0@5 producer=7 -> p: done t-0
         1 delete-offsets d t-0 -> d: done t-0
         2 end 7 commit
         3 fetch f stable -> f: at",
    );
}

#[test]
fn describes_a_group_in_every_state() {
    play(
        "0 describe d -> d: GROUP_ID_NOT_FOUND
         1 commit c t-0@5 -> c: done t-0
         2 describe d -> d: Empty '' ''
         3 join a -> a: c#1 gen 1 range leader c#1 of c#1
         4 describe d -> d: CompletingRebalance 'consumer' '' c#1(,)
         5 sync a c#1 1 c#1:x -> a: synced x
         6 describe d -> d: Stable 'consumer' 'range' c#1(m,x)
         7 join b
         8 describe d -> d: PreparingRebalance 'consumer' '' c#1(,x) c#2(,)",
    );
}

#[test]
fn lists_by_state_and_type() {
    play(
        "0 commit c t-0@5 group=simple -> c: done t-0
         1 join a -> a: c#1 gen 1 range leader c#1 of c#1
         1 sync a c#1 1 c#1:x -> a: synced x
         2 list l -> l: list g:classic:Stable:consumer simple:classic:Empty:
         3 list l states=stable -> l: list g:classic:Stable:consumer
         3 list l states=STABLE,Empty -> l: list g:classic:Stable:consumer simple:classic:Empty:
         3 list l states=nonsense -> l: list
         4 list l types=Classic states=Empty -> l: list simple:classic:Empty:
         4 list l types=consumer -> l: list
         4 list l types=nonsense -> l: list",
    );
}
