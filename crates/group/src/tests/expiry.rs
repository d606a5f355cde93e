//! The retention is seven days, 604,800,000 ms; a search runs every ten minutes, 600,000 ms.

use super::player::{Player, play};

#[test]
fn offsets_of_a_group_without_members_expire_after_the_commit() {
    play(
        "0 commit c t-0@5 -> c: done t-0
         1000000 commit c u-0@6 -> c: done u-0
         604799999 fetch f -> f: at t-0@5 u-0@6
         604800000 fetch f -> f: at t-0@5 u-0@6
         604800001 fetch f -> f: at u-0@6
         606600001 list l -> l: list
         606600002 log -> g t-0@5 | g u-0@6 | g t-0 gone | g u-0 gone",
    );
}

#[test]
fn offsets_of_a_group_expire_after_its_last_member_left() {
    play(
        "0 join a topics=t -> a: c#1 gen 1 range leader c#1 of c#1
         1 sync a c#1 1 c#1:x -> a: synced x
         2 commit c t-0@5 member=c#1 gen=1 -> c: done t-0
         9000 leave l c#1 -> l: left c#1
         604800000 wait
         605400000 fetch f -> f: at t-0@5
         605400001 fetch f -> f: at
         605400002 log -> g gen 1 c#1=x | g t-0@5 | g gen 2 | g t-0 gone | g gone
         605400003 list l -> l: list",
    );
}

#[test]
fn a_group_with_members_keeps_what_it_reads() {
    let mut player = Player::new();
    player.line("0 join a topics=t session=1800000");
    player.line("0 sync a c#1 1 c#1:x");
    player.line("0 commit c t-0@5 u-0@5 member=c#1 gen=1");
    for ms in (0..=605_000_000).step_by(1_000_000) {
        assert_eq!(player.line(&format!("{ms} hb a c#1 1")), ["a: ok"]);
    }
    // Topic u was committed, but is not read.
    assert_eq!(player.line("605400001 fetch f"), ["f: at t-0@5"]);
}

#[test]
fn the_clients_own_retention_goes_before_the_brokers() {
    play(
        "0 commit c t-0@5 retention=1000000 -> c: done t-0
         0 commit c t-1@5 retention=900000000000 -> c: done t-1
         1200000 fetch f -> f: at t-0@5 t-1@5
         1200001 fetch f -> f: at t-1@5
         1200002 reload
         604900000 fetch f -> f: at t-1@5",
    );
}

#[test]
fn a_deserted_group_without_offsets_goes_at_the_next_search() {
    play(
        "0 join a -> a: c#1 gen 1 range leader c#1 of c#1
         1 leave l c#1 -> l: left c#1
         599999 list l -> l: list g:classic:Empty:consumer
         600001 list l -> l: list
         600002 log -> g gen 2 | g gone",
    );
}

#[test]
fn an_open_transaction_keeps_its_partition_and_the_group() {
    play(
        "0 commit c t-0@5 retention=1 -> c: done t-0
         0 commit p t-0@6 producer=7 -> p: done t-0
         600001 fetch f -> f: at t-0@5
         600002 end 7 abort
         1200001 fetch f -> f: at",
    );
}

#[test]
fn offsets_of_a_deleted_topic_go_and_those_of_its_successor_stay() {
    play(
        "0 commit c t-0@5 u-0@5 id=1 -> c: done t-0 u-0
         0 commit c t-1@5 -> c: done t-1
         0 commit c t-2@5 id=2 -> c: done t-2
         0 commit p t-3@5 id=1 producer=7 -> p: done t-3
         1 log -> g t-0@5 | g u-0@5 | g t-1@5 | g t-2@5 | g t-3@5
         2 forget f t id=1 -> f: ok
         3 log -> g t-0 gone | g t-1 gone | g t-3 gone
         4 end 7 commit
         5 fetch f -> f: at t-2@5 u-0@5",
    );
}

#[test]
fn many_tombstones_come_in_several_batches() {
    let mut player = Player::new();
    let partitions: Vec<_> = (0..2500).map(|partition| format!("t-{partition}@1")).collect();
    player.line(&format!("0 commit c {}", partitions.join(" ")));
    player.line("1 commit c t-0@1 group=h");
    player.line("2 log");
    player.line("3 forget f t");
    assert_eq!(player.line("3 log").len(), 1000);
    assert_eq!(player.line("14 log").len(), 1000);
    assert_eq!(player.line("24 log").len(), 501);
    assert_eq!(player.line("25 fetch f"), ["f: at"]);

    let mut player = Player::new();
    player.line(&format!("0 commit c {} retention=1", partitions.join(" ")));
    player.line("1 commit c t-0@1 group=h retention=1");
    player.line("2 log");
    assert_eq!(player.line("600000 log").len(), 0);
    assert_eq!(player.line("600001 log").len(), 1000);
    assert_eq!(player.line("600011 log").len(), 1000);
    assert_eq!(player.line("600021 log").len(), 501);
    assert_eq!(player.line("600022 list l"), ["l: list g:classic:Empty: h:classic:Empty:"]);
    assert_eq!(player.line("1300000 list l"), ["l: list"]);
}
