//! What holds of every assignor, whatever the group.
use super::*;
use proptest::{collection::btree_set, prelude::*};

#[derive(Clone, Debug)]
struct Group {
    members: Vec<Member>,
    topics: Topics,
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

fn topics_with(
    racks: impl Strategy<Value = BTreeSet<&'static str>> + Clone,
) -> impl Strategy<Value = Topics> {
    let racks = racks.prop_map(|racks| racks.into_iter().map(Arc::from).collect());
    let partitions = prop::collection::vec(racks, 0..7);
    prop::collection::btree_map(prop::sample::select(&NAMES[..]).prop_map(Arc::from), partitions, 1..5)
}

fn some_racks() -> impl Strategy<Value = BTreeSet<&'static str>> + Clone {
    btree_set(prop::sample::select(&["x", "y", "z"][..]), 0..3)
}

fn members() -> impl Strategy<Value = Vec<Member>> {
    let topics = btree_set(prop::sample::select(&NAMES[..]).prop_map(Arc::from), 0..5);
    let rack = prop::option::of(prop::sample::select(&["x", "y", "z", ""][..]).prop_map(str::to_owned));
    let member = (topics, rack, any::<bool>());
    prop::collection::vec(member, 1..9).prop_map(|members| {
        let member = |(nth, (topics, rack, is_static))| Member {
            id: format!("m{nth}").into(),
            instance_id: is_static_name(is_static, nth),
            subscription: Subscription { topics, rack, ..Subscription::default() },
        };
        members.into_iter().enumerate().map(member).collect()
    })
}

/// Instance ids run against member ids.
fn is_static_name(is_static: bool, nth: usize) -> Option<String> {
    is_static.then(|| format!("i{}", 9 - nth))
}

fn groups() -> impl Strategy<Value = Group> {
    (members(), topics_with(some_racks())).prop_map(|(members, topics)| Group { members, topics })
}

fn assignors() -> impl Strategy<Value = Assignor> {
    prop::sample::select(&Assignor::ALL[..])
}

/// How many members each partition went to, of all that somebody subscribes to.
fn times_given(group: &Group, plan: &Plan) -> BTreeMap<TopicPartition, usize> {
    let mut times = BTreeMap::new();
    for (topic, partitions) in &group.topics {
        if group.members.iter().any(|member| member.subscribes_to(topic)) {
            let all = (0..).take(partitions.len());
            times.extend(all.map(|partition| (TopicPartition { topic: topic.clone(), partition }, 0)));
        }
    }
    for at in plan.values().flatten() {
        *times.entry(at.clone()).or_default() += 1;
    }
    times
}

proptest! {
    #[test]
    fn each_partition_goes_to_one_subscriber(group in groups(), assignor in assignors()) {
        let plan = assignor.assign(&group.members, &group.topics);
        prop_assert_eq!(plan.len(), group.members.len());
        let times = times_given(&group, &plan);
        prop_assert!(times.values().all(|&times| times == 1), "{:?}", times);
        for member in &group.members {
            let given = &plan[&member.id];
            prop_assert!(given.iter().all(|at| member.subscribes_to(&at.topic)), "{:?} {:?}", member, given);
        }
    }

    #[test]
    fn the_order_of_members_does_not_matter(
        (group, shuffled) in groups().prop_flat_map(|group| {
            let shuffled = Just(group.members.clone()).prop_shuffle();
            (Just(group), shuffled)
        }),
        assignor in assignors(),
    ) {
        let plan = assignor.assign(&group.members, &group.topics);
        prop_assert_eq!(assignor.assign(&shuffled, &group.topics), plan);
    }
}
