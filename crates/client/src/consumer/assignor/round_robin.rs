//! All partitions of all topics in order, to one member after the other, over those who do not subscribe.
use super::{Member, Plan, Subscribed, index, nothing};
use crate::TopicPartition;

pub(super) fn assign(members: &[&Member], topics: &Subscribed<'_>) -> Plan {
    let mut plan = nothing(members);
    let mut circle = members.to_vec();
    circle.sort_by_key(|member| member.place());
    let mut turns = circle.iter().cycle();
    for (&topic, racks) in topics {
        for partition in 0..racks.len() {
            let next = turns.find(|member| member.subscribes_to(topic)).expect("somebody subscribes to it");
            let given = plan.get_mut(&next.id).expect("every member is in the plan");
            given.insert(TopicPartition::new(topic.clone(), index(partition)));
        }
    }
    plan
}
