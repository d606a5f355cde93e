//! Where reading a partition begins and ends, asked of its leader.
use crate::{
    Admin, Error, TopicPartition,
    admin::{IsolationLevel, OffsetSpec},
};
use std::collections::BTreeMap;

/// Where reading a partition begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Earliest,
    Latest,
    Offset(i64),
    /// So many records before the end, or at the beginning if there are fewer.
    BeforeLatest(i64),
    /// At the first record whose timestamp is at least this; at the end if there is none.
    Timestamp(i64),
}

/// Where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Never,
    /// At the end of now: the high watermark, or the last stable offset where only what is committed is read.
    Latest,
}

/// A beginning as an offset, and an end, if there is one.
pub(super) type Span = (i64, Option<i64>);

/// What offsets the starts and the end are, by partition.
pub(super) async fn look_up(
    admin: &Admin,
    isolation: IsolationLevel,
    partitions: &[(TopicPartition, Start)],
    end: End,
) -> Vec<(TopicPartition, Result<Span, Error>)> {
    let latest = listed(admin, isolation, partitions, |start| {
        let is_wanted = end == End::Latest || !matches!(start, Start::Earliest | Start::Offset(_));
        is_wanted.then_some(OffsetSpec::Latest)
    });
    let latest = latest.await;
    let others = listed(admin, isolation, partitions, |start| match start {
        Start::Earliest | Start::BeforeLatest(_) => Some(OffsetSpec::Earliest),
        Start::Timestamp(ms) => Some(OffsetSpec::Timestamp(ms)),
        Start::Latest | Start::Offset(_) => None,
    });
    let others = others.await;
    let span = |at, start| {
        let (latest, other) = (offset_of(&latest, at)?, offset_of(&others, at)?);
        let first = match start {
            Start::Earliest => other,
            Start::Latest => latest,
            Start::Offset(offset) => Some(offset),
            Start::BeforeLatest(count) => latest.map(|end| end.saturating_sub(count).max(other.unwrap_or(0))),
            Start::Timestamp(_) => other.or(latest),
        };
        Ok((first.unwrap_or(0), latest.filter(|_| end == End::Latest)))
    };
    partitions.iter().map(|(at, start)| (at.clone(), span(at, *start))).collect()
}

/// The first offset of a partition's log, and the one after the last that can be read.
pub(super) async fn bounds(
    admin: &Admin,
    isolation: IsolationLevel,
    at: &TopicPartition,
) -> Result<(i64, i64), Error> {
    let mut found = [0; 2];
    for (bound, spec) in found.iter_mut().zip([OffsetSpec::Earliest, OffsetSpec::Latest]) {
        let listed = admin.list_offsets(&[(at.clone(), spec)].into(), isolation).await;
        *bound = listed.only()?.offset.unwrap_or(0);
    }
    Ok((found[0], found[1]))
}

type Listed = BTreeMap<TopicPartition, Result<Option<i64>, Error>>;

async fn listed(
    admin: &Admin,
    isolation: IsolationLevel,
    partitions: &[(TopicPartition, Start)],
    spec: impl Fn(Start) -> Option<OffsetSpec>,
) -> Listed {
    let asked: BTreeMap<_, _> =
        partitions.iter().filter_map(|(at, start)| Some((at.clone(), spec(*start)?))).collect();
    if asked.is_empty() {
        return Listed::new();
    }
    let listed = admin.list_offsets(&asked, isolation).await;
    listed.into_iter().map(|(at, listed)| (at, listed.map(|listed| listed.offset))).collect()
}

fn offset_of(listed: &Listed, at: &TopicPartition) -> Result<Option<i64>, Error> {
    listed.get(at).cloned().unwrap_or(Ok(None))
}

pub(super) fn out_of_range(at: &TopicPartition, offset: i64, (earliest, latest): (i64, i64)) -> Error {
    Error::OffsetOutOfRange { partition: at.to_string(), offset, earliest, latest }
}
