//! What members say they owned, and whom to believe.
//!
//! `sticky` is eager: a member owns nothing while it joins, so its last assignment travels in the user data. For
//! `cooperative-sticky` the subscription has it all, and the user data only the generation, for leaders older than the
//! subscription's field (KIP-792).
use super::{
    super::{
        Error, Member,
        subscription::{by_topic, flat},
    },
    Group,
};
use crate::TopicPartition;
use bytes::Bytes;
use std::collections::BTreeSet;
use wire::{DecodeError, EncodeError, Reader, SegmentWriter, Sink};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) owned: BTreeSet<TopicPartition>,
    pub(crate) generation: i32,
}

impl Claim {
    /// From the user data. What cannot be read claims nothing, as a stranger's must not stop the group.
    pub(crate) fn of_sticky(member: &Member) -> Self {
        let nothing = Self { owned: BTreeSet::new(), generation: -1 };
        let Some(data) = &member.subscription.user_data else { return nothing };
        read_owned(data.clone()).unwrap_or(nothing)
    }

    pub(crate) fn of_cooperative(member: &Member) -> Self {
        let subscription = &member.subscription;
        let of_user_data = || Reader::new(subscription.user_data.clone()?).read_i32().ok();
        let generation = match subscription.generation {
            0.. => subscription.generation,
            _ => of_user_data().unwrap_or(-1),
        };
        Self { owned: subscription.owned.clone(), generation }
    }
}

fn read_owned(data: Bytes) -> Result<Claim, DecodeError> {
    let mut reader = Reader::new(data);
    let topics = reader.read_array(false, |reader| {
        Ok((reader.read_string(false)?, reader.read_array(false, Reader::read_i32)?))
    })?;
    let owned = flat(topics.iter().map(|(topic, partitions)| (topic.as_str(), &partitions[..])));
    // Before Kafka 2.3 there was none.
    Ok(Claim { owned, generation: reader.read_i32().unwrap_or(-1) })
}

/// `None` before the first assignment.
pub(crate) fn sticky_user_data(
    generation: i32,
    owned: &BTreeSet<TopicPartition>,
) -> Result<Option<Bytes>, Error> {
    if generation < 0 {
        return Ok(None);
    }
    write_owned(generation, owned).map(Some).map_err(|source| Error::Encode { what: "user data", source })
}

fn write_owned(generation: i32, owned: &BTreeSet<TopicPartition>) -> Result<Bytes, EncodeError> {
    let topics = by_topic(owned);
    let mut writer = SegmentWriter::new();
    writer.put_array_len(topics.len(), false)?;
    for (topic, partitions) in topics {
        writer.put_string(topic, false)?;
        writer.put_array_len(partitions.len(), false)?;
        partitions.into_iter().for_each(|partition| writer.put_i32(partition));
    }
    writer.put_i32(generation);
    writer.into_bytes()
}

pub(crate) fn cooperative_user_data(generation: i32) -> Bytes {
    Bytes::copy_from_slice(&generation.to_be_bytes())
}

/// The claims weighed against each other, by partition.
pub(super) struct Previous {
    last: Vec<LastClaim>,
    /// Who had it last among those that are not in the group's newest generation.
    returning: Vec<Option<usize>>,
}

/// Of the newest generation in which anybody claims a partition.
#[derive(Clone, Copy)]
enum LastClaim {
    None,
    By {
        member: usize,
        generation: i32,
    },
    /// Nobody can be believed.
    Contested {
        generation: i32,
    },
}

impl Previous {
    pub(super) fn new(group: &Group<'_>, claims: &[Claim]) -> Self {
        let newest = claims.iter().map(|claim| claim.generation).max().unwrap_or(-1);
        let mut last = vec![LastClaim::None; group.partitions.len()];
        let mut returning = vec![None; group.partitions.len()];
        for (member, claim) in claims.iter().enumerate() {
            for number in claim.owned.iter().filter_map(|at| group.number_of(at)) {
                last[number] = last[number].after(member, claim.generation);
                if claim.generation < newest {
                    let earlier = returning[number].map(|earlier: usize| claims[earlier].generation);
                    if earlier.is_none_or(|earlier| claim.generation > earlier) {
                        returning[number] = Some(member);
                    }
                }
            }
        }
        Self { last, returning }
    }

    pub(super) fn owner(&self, partition: usize) -> Option<usize> {
        match self.last[partition] {
            LastClaim::By { member, .. } => Some(member),
            LastClaim::None | LastClaim::Contested { .. } => None,
        }
    }

    pub(super) fn returning(&self, partition: usize) -> Option<usize> {
        self.returning[partition]
    }

    /// Whether `member` must wait for the partition until who may own it has given it up.
    pub(super) fn holds_back(&self, partition: usize, member: usize) -> bool {
        match self.last[partition] {
            LastClaim::None => false,
            LastClaim::By { member: owner, .. } => owner != member,
            LastClaim::Contested { .. } => true,
        }
    }
}

impl LastClaim {
    fn after(self, member: usize, generation: i32) -> Self {
        match self {
            Self::By { generation: newer, .. } | Self::Contested { generation: newer }
                if newer > generation =>
            {
                self
            }
            Self::By { generation: same, .. } | Self::Contested { generation: same }
                if same == generation =>
            {
                Self::Contested { generation }
            }
            _ => Self::By { member, generation },
        }
    }
}
