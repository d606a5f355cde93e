use super::*;
use ProducerError::{
    InvalidProducerEpoch, InvalidTxnState, OutOfOrderSequence, TransactionCoordinatorFenced,
};
use records::{BatchBuilder, Compression};

const ID: ProducerId = ProducerId(7);

/// What is appended, with the producer's epoch first.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Epoch, base sequence, number of records.
    Data(i16, i32, i32),
    Transactional(i16, i32, i32),
    /// Epoch, coordinator epoch.
    Commit(i16, i32),
    Abort(i16, i32),
}
use Step::{Abort, Commit, Data, Transactional};

fn header(step: Step, base_offset: i64) -> (BatchHeader, Option<EndTransactionMarker>) {
    let mut header = BatchHeader::read(&BatchBuilder::new(Compression::None).build()).unwrap();
    header.base_offset = Offset(base_offset);
    header.producer_id = ID;
    header.max_timestamp = 1000;
    let (epoch, sequence, records, transactional) = match step {
        Data(epoch, sequence, records) => (epoch, sequence, records, false),
        Transactional(epoch, sequence, records) => (epoch, sequence, records, true),
        Commit(epoch, _) | Abort(epoch, _) => (epoch, NO_SEQUENCE, 1, true),
    };
    header.producer_epoch = ProducerEpoch(epoch);
    header.base_sequence = sequence;
    header.last_offset_delta = records - 1;
    header.attributes = header.attributes.with_transactional(transactional);
    let marker = match step {
        Commit(_, coordinator_epoch) => Some(EndTransactionMarker { committed: true, coordinator_epoch }),
        Abort(_, coordinator_epoch) => Some(EndTransactionMarker { committed: false, coordinator_epoch }),
        _ => None,
    };
    header.attributes = header.attributes.with_control(marker.is_some());
    (header, marker)
}

/// Appends `before`, which must be fine, and then says what becomes of `last`. Markers are of the given version.
#[track_caller]
fn check_with(
    before: &[Step],
    last: Step,
    first: FirstSequence,
    transaction_version: i16,
) -> Result<Verdict, ProducerError> {
    let mut producers = Producers::default();
    let mut offset = 0;
    let check = |producers: &Producers, step, offset| {
        let (header, marker) = header(step, offset);
        let check = match marker {
            Some(_) => Check::Coordinator { transaction_version },
            None => Check::Client(first),
        };
        (producers.check(&header, marker.as_ref(), check), header, marker)
    };
    for &step in before {
        let (verdict, header, marker) = check(&producers, step, offset);
        assert_eq!(verdict, Ok(Verdict::New), "{step:?}");
        producers.apply(&header, marker.as_ref());
        offset = header.next_offset().0;
    }
    check(&producers, last, offset).0
}

#[track_caller]
fn check(before: &[Step], last: Step) -> Result<Verdict, ProducerError> {
    check_with(before, last, FirstSequence::Any, 1)
}

fn out_of_order(sent: i32, expected: i32) -> Result<Verdict, ProducerError> {
    Err(OutOfOrderSequence { producer_id: ID, sent, expected })
}

fn fenced(sent: i16, current: i16) -> Result<Verdict, ProducerError> {
    Err(InvalidProducerEpoch { producer_id: ID, sent: ProducerEpoch(sent), current: ProducerEpoch(current) })
}

const NEW: Result<Verdict, ProducerError> = Ok(Verdict::New);

#[test]
fn sequences_follow_each_other() {
    assert_eq!(check(&[Data(0, 0, 3)], Data(0, 3, 1)), NEW);
    assert_eq!(check(&[Data(0, 0, 3)], Data(0, 4, 1)), out_of_order(4, 3));
    assert_eq!(check(&[Data(0, 0, 3)], Data(0, 2, 1)), out_of_order(2, 3));
    assert_eq!(check(&[Data(0, i32::MAX - 1, 2)], Data(0, 0, 1)), NEW);
    assert_eq!(check(&[Data(0, i32::MAX - 1, 4)], Data(0, 2, 1)), NEW);
    assert_eq!(check(&[Data(0, i32::MAX, 1)], Data(0, 1, 1)), out_of_order(1, 0));
}

#[test]
fn an_unknown_producer_may_begin_anywhere_unless_it_bumps_epochs() {
    assert_eq!(check(&[], Data(3, 17, 1)), NEW);
    assert_eq!(check_with(&[], Data(3, 17, 1), FirstSequence::Zero, 2), out_of_order(17, 0));
    assert_eq!(check_with(&[], Data(3, 0, 1), FirstSequence::Zero, 2), NEW);
}

#[test]
fn a_new_epoch_begins_at_zero() {
    assert_eq!(check(&[Data(0, 0, 3)], Data(1, 0, 1)), NEW);
    assert_eq!(check(&[Data(0, 0, 3)], Data(1, 3, 1)), out_of_order(3, 0));
    assert_eq!(check(&[Data(1, 0, 3)], Data(0, 3, 1)), fenced(0, 1));
    // A marker can begin an epoch too.
    assert_eq!(check(&[Transactional(0, 0, 3), Commit(1, 0)], Transactional(1, 0, 1)), NEW);
    assert_eq!(check(&[Transactional(0, 0, 3), Commit(1, 0)], Transactional(1, 3, 1)), out_of_order(3, 0));
    assert_eq!(check(&[Transactional(0, 0, 3), Commit(0, 0)], Transactional(0, 3, 1)), NEW);
}

#[test]
fn the_last_five_batches_are_known_again() {
    let six: Vec<_> = (0..6).map(|i| Data(0, i * 2, 2)).collect();
    for i in 1..6 {
        let Ok(Verdict::Duplicate(batch)) = check(&six, Data(0, i * 2, 2)) else { panic!("batch {i}") };
        assert_eq!(
            (batch.first_offset(), batch.last_offset),
            (Offset(i64::from(i) * 2), i64::from(i) * 2 + 1)
        );
    }
    assert_eq!(check(&six, Data(0, 0, 2)), out_of_order(0, 12));
    // Another range of the same records is no duplicate.
    assert_eq!(check(&six, Data(0, 10, 1)), out_of_order(10, 12));
    // Nor are the same sequences of another epoch.
    assert_eq!(check(&[Data(0, 0, 2), Data(1, 0, 2)], Data(0, 0, 2)), fenced(0, 1));
    let wrapped = [Data(0, i32::MAX - 1, 4)];
    assert!(matches!(check(&wrapped, Data(0, i32::MAX - 1, 4)), Ok(Verdict::Duplicate(_))));
}

#[test]
fn a_transaction_stays_transactional() {
    assert_eq!(check(&[Transactional(0, 0, 1)], Data(0, 1, 1)), Err(InvalidTxnState { producer_id: ID }));
    assert_eq!(check(&[Transactional(0, 0, 1), Abort(0, 0)], Data(0, 1, 1)), NEW);
}

#[test]
fn markers_are_fenced() {
    let open = [Transactional(3, 0, 1)];
    for (version, epoch, expected) in [
        (1, 2, fenced(2, 3)),
        (1, 3, NEW),
        (1, 4, NEW),
        (2, 2, fenced(2, 3)),
        (2, 3, fenced(3, 3)),
        (2, 4, NEW),
    ] {
        assert_eq!(
            check_with(&open, Commit(epoch, 0), FirstSequence::Any, version),
            expected,
            "{version} {epoch}"
        );
    }
    // The same marker again, as a coordinator sends that does not know whether it was written.
    let ended = [Transactional(3, 0, 1), Commit(4, 0)];
    assert_eq!(check_with(&ended, Commit(4, 0), FirstSequence::Any, 2), NEW);
    let replaced = Err(TransactionCoordinatorFenced { producer_id: ID, sent: 4, current: 5 });
    assert_eq!(check(&[Transactional(3, 0, 1), Commit(3, 5)], Commit(3, 4)), replaced);
}

/// Plays steps of several producers and says where the log is unstable after each, with the high watermark behind.
#[test]
fn unstable_from_the_first_record_until_the_end_is_replicated() {
    let mut producers = Producers::default();
    let mut offset = 0;
    let mut play = |id, step, high_watermark| {
        let (mut header, marker) = header(step, offset);
        header.producer_id = ProducerId(id);
        let (completed, _) = producers.apply(&header, marker.as_ref());
        let aborted = completed.map(|completed| producers.aborted(&completed));
        offset = header.next_offset().0;
        producers.stable_below(Offset(high_watermark));
        (
            producers.first_unstable_offset().map(|offset| offset.0),
            aborted.map(|aborted| aborted.last_stable_offset.0),
        )
    };
    assert_eq!(play(1, Data(0, 0, 10), 10), (None, None));
    assert_eq!(play(2, Transactional(0, 0, 5), 15), (Some(10), None));
    assert_eq!(play(3, Transactional(0, 0, 5), 20), (Some(10), None));
    assert_eq!(play(2, Abort(0, 0), 20), (Some(10), Some(15)));
    assert_eq!(play(3, Commit(0, 0), 21), (Some(15), Some(22)));
    assert_eq!(play(1, Data(0, 10, 1), 23), (None, None));
    // A marker that ends nothing.
    assert_eq!(play(4, Commit(0, 0), 0), (None, None));
}

#[test]
fn what_is_applied_can_be_undone() {
    let steps = [
        Data(0, 0, 2),
        Data(0, 2, 1),
        Transactional(1, 0, 2),
        Transactional(1, 2, 2),
        Abort(1, 3),
        Data(1, 4, 1),
    ];
    let mut producers = Producers::default();
    let mut history = Vec::new();
    for (offset, step) in (0..).step_by(10).zip(steps) {
        let (header, marker) = header(step, offset);
        let before = format!("{producers:?}");
        let (_, undo) = producers.apply(&header, marker.as_ref());
        history.push((before, undo));
    }
    for (before, undo) in history.into_iter().rev() {
        producers.undo(&undo);
        assert_eq!(format!("{producers:?}"), before);
    }
}

#[test]
fn silent_producers_are_forgotten_unless_a_transaction_is_open() {
    let mut producers = Producers::default();
    for (id, step) in [(1, Data(0, 0, 1)), (2, Transactional(0, 0, 1))] {
        let (mut header, _) = header(step, 0);
        header.producer_id = ProducerId(id);
        producers.apply(&header, None);
    }
    producers.expire(1999, 1000);
    assert_eq!(producers.active().len(), 2);
    producers.expire(2000, 1000);
    assert_eq!(producers.active().iter().map(|line| line.producer_id.0).collect::<Vec<_>>(), [2]);
}
