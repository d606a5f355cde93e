//! The life of a broker: registered and fenced, unfenced, shutting down, gone (KIP-631, KIP-841).
//!
//! A fenced broker leads nothing and is in no in-sync replica set, except that the last member of one stays in it so
//! that the partition knows who had everything. One batch of records fences the broker and moves all that it led.
use super::{Decision, partition_change::PartitionChange, partitions::change};
use crate::{
    BrokerRegistration, ControllerRegistration, DirectoryId, Endpoint, Error, MetadataImage, Record,
    VersionRange, feature,
};
use base::{BrokerEpoch, NodeId, Offset};
use protocol::metadata_records::{BrokerRegistrationChangeRecord, UnregisterBrokerRecord};
use std::collections::BTreeMap;
use uuid::Uuid;
use wire::Text;

#[derive(Clone, Debug)]
pub struct RegisterBroker {
    pub id: NodeId,
    pub cluster_id: Text,
    pub incarnation_id: Uuid,
    pub endpoints: Vec<Endpoint>,
    pub features: BTreeMap<Text, VersionRange>,
    pub rack: Option<Text>,
    pub directories: Vec<DirectoryId>,
    /// The epoch that a clean shutdown left behind; [`BrokerEpoch::NONE`] after any other end (KIP-966).
    pub previous_epoch: BrokerEpoch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisteredBroker {
    pub epoch: BrokerEpoch,
}

/// Registers a new incarnation, or what changed about the present one.
///
/// `session_is_valid`: the registered incarnation was heard from within its session timeout, so another may not
/// take its place.
pub fn register_broker(
    image: &MetadataImage,
    cluster_id: &str,
    request: &RegisterBroker,
    session_is_valid: bool,
) -> Result<Decision<RegisteredBroker>, Error> {
    if &*request.cluster_id != cluster_id {
        let (sent, expected) = (request.cluster_id.to_string(), cluster_id.to_owned());
        return Err(Error::InconsistentClusterId { sent, expected });
    }
    let existing = image.broker(request.id);
    let same_incarnation = existing.filter(|broker| broker.incarnation_id == request.incarnation_id);
    if existing.is_some() && same_incarnation.is_none() && session_is_valid {
        return Err(Error::DuplicateBroker(request.id));
    }
    check_directories(image, request)?;
    check_features(image, request)?;
    let mut registration = BrokerRegistration {
        id: request.id,
        epoch: BrokerEpoch(image.next_offset().0),
        incarnation_id: request.incarnation_id,
        endpoints: request.endpoints.clone(),
        features: request.features.clone(),
        rack: request.rack.clone(),
        fenced: true,
        in_controlled_shutdown: false,
        directories: request.directories.clone(),
        cordoned_directories: None,
    };
    let mut records = Vec::new();
    match same_incarnation {
        Some(current) => {
            registration.epoch = current.epoch;
            registration.fenced = current.fenced;
            registration.in_controlled_shutdown = current.in_controlled_shutdown;
            registration.cordoned_directories.clone_from(&current.cordoned_directories);
        }
        None => {
            let clean = existing.is_some_and(|previous| previous.epoch == request.previous_epoch);
            records = partitions_without(image, request.id, !clean)?;
        }
    }
    records.push(registration.to_record().into());
    Ok(Decision { records, reply: RegisteredBroker { epoch: registration.epoch } })
}

fn check_directories(image: &MetadataImage, request: &RegisterBroker) -> Result<(), Error> {
    let refuse = |text| Err(Error::InvalidRegistration(text));
    if request.directories.is_empty() {
        return refuse("the broker has no log directory".to_owned());
    }
    for (position, directory) in request.directories.iter().enumerate() {
        if directory.is_reserved() {
            return refuse(format!("log directory id {} is reserved", directory.0));
        }
        if request.directories[..position].contains(directory) {
            return refuse(format!("log directory {} is named twice", directory.0));
        }
        let owner =
            image.brokers().find(|broker| broker.id != request.id && broker.directories.contains(directory));
        if let Some(owner) = owner {
            return refuse(format!("log directory {} belongs to broker {}", directory.0, owner.id));
        }
    }
    Ok(())
}

fn check_features(image: &MetadataImage, request: &RegisterBroker) -> Result<(), Error> {
    if !request.features.contains_key(feature::METADATA_VERSION) {
        let text =
            format!("the broker does not say which levels of `{}` it supports", feature::METADATA_VERSION);
        return Err(Error::InvalidRegistration(text));
    }
    for (name, level) in image.features() {
        let range = request.features.get(name).copied().unwrap_or(VersionRange { min: 0, max: 0 });
        if !range.contains(level) {
            let VersionRange { min, max } = range;
            let text =
                format!("the broker supports levels {min} to {max} of feature `{name}`, which is at {level}");
            return Err(Error::UnsupportedVersion(text));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    pub broker: NodeId,
    pub epoch: BrokerEpoch,
    /// How far the broker has applied the metadata log.
    pub metadata_offset: Offset,
    pub want_fence: bool,
    pub want_shutdown: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartbeatReply {
    /// The broker knows its own registration and all before it.
    pub is_caught_up: bool,
    pub is_fenced: bool,
    /// Nothing is led by the broker any more: it may go.
    pub should_shut_down: bool,
}

/// What a broker's sign of life changes. Most change nothing.
pub fn heartbeat(image: &MetadataImage, beat: &Heartbeat) -> Result<Decision<HeartbeatReply>, Error> {
    let broker = check_epoch(image, beat.broker, beat.epoch)?;
    let is_caught_up = beat.metadata_offset.0 >= broker.epoch.0;
    let mut reply = HeartbeatReply { is_caught_up, is_fenced: broker.fenced, should_shut_down: false };
    if broker.fenced {
        if beat.want_shutdown {
            reply.should_shut_down = true;
        } else if !beat.want_fence && is_caught_up {
            reply.is_fenced = false;
            return Ok(Decision { records: unfence(image, broker)?, reply });
        }
        return Ok(Decision::reply(reply));
    }
    if beat.want_shutdown {
        if broker.in_controlled_shutdown {
            reply.should_shut_down = !leads_anything(image, broker.id);
            return Ok(Decision::reply(reply));
        }
        let records = start_controlled_shutdown(image, broker)?;
        let mut after = image.clone();
        after.apply_all(&records)?;
        reply.should_shut_down = !leads_anything(&after, broker.id);
        return Ok(Decision { records, reply });
    }
    if beat.want_fence {
        reply.is_fenced = true;
        return Ok(Decision { records: fence(image, broker)?, reply });
    }
    Ok(Decision::reply(reply))
}

/// For a broker whose session has run out. Nothing to do if it is unknown or fenced by now.
pub fn fence_broker(image: &MetadataImage, id: NodeId, epoch: BrokerEpoch) -> Result<Decision<()>, Error> {
    let records = match image.broker(id) {
        Some(broker) if broker.epoch == epoch && !broker.fenced => fence(image, broker)?,
        _ => Vec::new(),
    };
    Ok(Decision { records, reply: () })
}

/// Forgets a broker for good.
pub fn unregister_broker(image: &MetadataImage, id: NodeId) -> Result<Decision<()>, Error> {
    let broker = image.broker(id).ok_or(Error::UnknownBroker(id))?;
    let mut records = partitions_without(image, id, false)?;
    records.push(UnregisterBrokerRecord { broker_id: id.0, broker_epoch: broker.epoch.0 }.into());
    Ok(Decision { records, reply: () })
}

pub fn register_controller(image: &MetadataImage, registration: &ControllerRegistration) -> Decision<()> {
    let known = image.controller(registration.id).is_some_and(|known| **known == *registration);
    let records = if known { Vec::new() } else { vec![registration.to_record().into()] };
    Decision { records, reply: () }
}

pub(super) fn check_epoch(
    image: &MetadataImage,
    id: NodeId,
    epoch: BrokerEpoch,
) -> Result<&BrokerRegistration, Error> {
    let broker = image.broker(id).ok_or(Error::UnknownBroker(id))?;
    if broker.epoch != epoch {
        return Err(Error::StaleBrokerEpoch { broker: id, sent: epoch, current: broker.epoch });
    }
    Ok(broker)
}

fn leads_anything(image: &MetadataImage, id: NodeId) -> bool {
    image.topics.values().any(|topic| topic.partitions.values().any(|partition| partition.leader == Some(id)))
}

fn registration_change(broker: &BrokerRegistration) -> BrokerRegistrationChangeRecord {
    BrokerRegistrationChangeRecord {
        broker_id: broker.id.0,
        broker_epoch: broker.epoch.0,
        ..Default::default()
    }
}

fn fence(image: &MetadataImage, broker: &BrokerRegistration) -> Result<Vec<Record>, Error> {
    let mut records = partitions_without(image, broker.id, false)?;
    records.push(BrokerRegistrationChangeRecord { fenced: 1, ..registration_change(broker) }.into());
    Ok(records)
}

fn start_controlled_shutdown(
    image: &MetadataImage,
    broker: &BrokerRegistration,
) -> Result<Vec<Record>, Error> {
    let change = BrokerRegistrationChangeRecord { in_controlled_shutdown: 1, ..registration_change(broker) };
    let mut records = vec![change.into()];
    records.extend(partitions_without(image, broker.id, false)?);
    Ok(records)
}

/// The broker leads again what has no leader and waits for it.
fn unfence(image: &MetadataImage, broker: &BrokerRegistration) -> Result<Vec<Record>, Error> {
    let change_record = BrokerRegistrationChangeRecord { fenced: -1, ..registration_change(broker) };
    let acceptable = |id| id == broker.id || image.is_active(id);
    let mut records = vec![Record::from(change_record)];
    for topic in image.topics.values() {
        for (&index, partition) in &topic.partitions {
            if partition.leader.is_some() || !partition.replicas.contains(&broker.id) {
                continue;
            }
            let election = image.unclean_leader_election(&topic.name).then_some(super::ElectionType::Unclean);
            let change = PartitionChange { election, ..change(image, topic, index, partition, &acceptable) };
            records.extend(change.build().map(Record::from));
        }
    }
    Ok(records)
}

/// Takes the broker out of every in-sync replica set and gives what it led to others.
///
/// `unclean`: it may have lost records that it acknowledged, so it is not eligible to lead either.
fn partitions_without(image: &MetadataImage, id: NodeId, unclean: bool) -> Result<Vec<Record>, Error> {
    let acceptable = |other| other != id && image.is_active(other);
    let mut records = Vec::new();
    for topic in image.topics.values() {
        for (&index, partition) in &topic.partitions {
            let eligible = unclean && partition.eligible_leader_replicas.contains(&id);
            if !partition.isr.contains(&id) && partition.leader != Some(id) && !eligible {
                continue;
            }
            let election = image.unclean_leader_election(&topic.name).then_some(super::ElectionType::Unclean);
            let change = PartitionChange {
                isr: partition.isr.iter().copied().filter(|&member| member != id).collect(),
                unclean_shutdown: unclean.then_some(id),
                election,
                ..change(image, topic, index, partition, &acceptable)
            };
            records.extend(change.build().map(Record::from));
        }
    }
    Ok(records)
}
