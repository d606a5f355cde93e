//! What holds of every assignor, whatever the group.
use super::{super::Racks, *};
use proptest::{collection::btree_set, prelude::*, sample::select};

#[derive(Clone, Debug)]
struct Group {
    members: Vec<Member>,
    topics: Topics,
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn topics_in(racks: impl Strategy<Value = Racks>) -> impl Strategy<Value = Topics> {
    let partitions = prop::collection::vec(racks, 0..7);
    prop::collection::btree_map(select(&NAMES[..]).prop_map(Arc::from), partitions, 1..4)
}

fn some_racks() -> impl Strategy<Value = Racks> {
    btree_set(select(&["x", "y", "z"][..]).prop_map(Arc::from), 0..3)
}

/// Some of the partitions do not exist, and several members claim some of them.
fn claims() -> impl Strategy<Value = (BTreeSet<TopicPartition>, i32)> {
    let partition =
        (select(&NAMES[..]), -1..8).prop_map(|(topic, partition)| TopicPartition::new(topic, partition));
    (btree_set(partition, 0..9), prop_oneof![3 => Just(7), 1 => -1..7])
}

fn members() -> impl Strategy<Value = Vec<Member>> {
    let topics = btree_set(select(&NAMES[..]).prop_map(Arc::from), 0..4);
    let rack = prop::option::of(select(&["x", "y", "z", ""][..]).prop_map(str::to_owned));
    prop::collection::vec((topics, rack, any::<bool>(), claims()), 1..9).prop_map(|members| {
        let member =
            |(nth, (topics, rack, is_static, (owned, generation))): (usize, (_, _, bool, _))| Member {
                id: format!("m{nth}").into(),
                // Against the order of member ids.
                instance_id: is_static.then(|| format!("i{}", 9 - nth)),
                subscription: Subscription { topics, rack, owned, generation, user_data: None },
            };
        members.into_iter().enumerate().map(member).collect()
    })
}

/// Members with the same subscription or each with its own, with racks or without.
fn groups() -> impl Strategy<Value = Group> {
    (any::<bool>(), any::<bool>())
        .prop_flat_map(|(are_alike, have_racks)| groups_where(are_alike, have_racks))
}

fn groups_where(are_alike: bool, have_racks: bool) -> impl Strategy<Value = Group> {
    (members(), topics_in(some_racks())).prop_map(move |(mut members, topics)| {
        let first = members[0].subscription.topics.clone();
        for Member { subscription, .. } in &mut members {
            if are_alike {
                subscription.topics.clone_from(&first);
            }
            subscription.rack = subscription.rack.take().filter(|_| have_racks);
        }
        Group { members, topics }
    })
}

fn assignors() -> impl Strategy<Value = Assignor> {
    select(&Assignor::ALL[..])
}

impl Group {
    fn assign(&self, assignor: Assignor) -> Plan {
        let mut members = self.members.clone();
        for Member { subscription, .. } in &mut members {
            subscription.user_data =
                assignor.user_data(subscription.generation, &subscription.owned).expect("it can be encoded");
        }
        assignor.assign(&members, &self.topics)
    }

    /// The same group after everyone got what the plan says.
    fn after(&self, plan: &Plan) -> Self {
        let mut next = self.clone();
        for Member { id, subscription, .. } in &mut next.members {
            subscription.owned.clone_from(&plan[id]);
            subscription.generation = 8;
        }
        next
    }

    /// How many members each partition went to, of all that somebody subscribes to.
    fn times_given(&self, plan: &Plan) -> BTreeMap<TopicPartition, usize> {
        let mut times = BTreeMap::new();
        for (topic, partitions) in &self.topics {
            if self.members.iter().any(|member| member.subscribes_to(topic)) {
                let all = (0..).take(partitions.len());
                times.extend(all.map(|partition| (TopicPartition { topic: topic.clone(), partition }, 0)));
            }
        }
        for at in plan.values().flatten() {
            *times.entry(at.clone()).or_default() += 1;
        }
        times
    }

    /// Who claims the partition in the newest generation in which anybody does.
    fn owners(&self, at: &TopicPartition) -> Vec<&Arc<str>> {
        let claimants = || self.members.iter().filter(|member| member.subscription.owned.contains(at));
        let newest = claimants().map(|member| member.subscription.generation).max();
        let owners = claimants().filter(|member| Some(member.subscription.generation) == newest);
        owners.map(|member| &member.id).collect()
    }

    /// After how many rounds of `cooperative-sticky` everything is given out and stays where it is.
    fn rounds_to_settle(&self) -> usize {
        let mut plan = self.assign(Assignor::CooperativeSticky);
        let mut group = self.after(&plan);
        for round in 1.. {
            let next = group.assign(Assignor::CooperativeSticky);
            if next == plan && group.times_given(&plan).values().all(|&times| times == 1) {
                return round;
            }
            assert!(round < 100, "it does not settle: {plan:?} {next:?}");
            group = group.after(&next);
            plan = next;
        }
        unreachable!("it settles or not");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn each_partition_goes_to_one_subscriber(group in groups(), assignor in assignors()) {
        let plan = group.assign(assignor);
        prop_assert_eq!(plan.len(), group.members.len());
        let is_cooperative = assignor == Assignor::CooperativeSticky;
        for (at, times) in group.times_given(&plan) {
            let is_withheld = times == 0 && is_cooperative && !group.owners(&at).is_empty();
            prop_assert!(times == 1 || is_withheld, "{} {}", at, times);
        }
        for member in &group.members {
            let given = &plan[&member.id];
            prop_assert!(given.iter().all(|at| member.subscribes_to(&at.topic)), "{:?} {:?}", member, given);
        }
    }

    #[test]
    fn the_order_of_members_does_not_matter(
        (group, shuffled) in groups().prop_flat_map(|group| {
            let members = Just(group.members.clone()).prop_shuffle();
            let topics = group.topics.clone();
            (Just(group), members.prop_map(move |members| Group { members, topics: topics.clone() }))
        }),
        assignor in assignors(),
    ) {
        prop_assert_eq!(shuffled.assign(assignor), group.assign(assignor));
    }

    #[test]
    fn sticky_shares_differ_by_one_at_most_where_all_subscribe_to_the_same(
        group in any::<bool>().prop_flat_map(|have_racks| groups_where(true, have_racks)),
    ) {
        let plan = group.assign(Assignor::Sticky);
        let sizes = || plan.values().map(BTreeSet::len);
        prop_assert!(sizes().max() <= sizes().min().map(|least| least + 1), "{:?}", plan);
    }

    #[test]
    fn sticky_leaves_no_member_two_short_of_another_whose_partition_it_could_take(group in groups()) {
        let plan = group.assign(Assignor::Sticky);
        for member in &group.members {
            for rich in plan.values().filter(|rich| rich.len() > plan[&member.id].len() + 1) {
                prop_assert!(!rich.iter().any(|at| member.subscribes_to(&at.topic)), "{:?}", plan);
            }
        }
    }

    #[test]
    fn sticky_moves_nothing_without_a_reason(
        group in any::<bool>().prop_flat_map(|are_alike| groups_where(are_alike, false)),
    ) {
        let plan = group.assign(Assignor::Sticky);
        prop_assert_eq!(group.after(&plan).assign(Assignor::Sticky), plan);
    }

    #[test]
    fn cooperative_gives_nothing_away_that_another_may_own(group in groups()) {
        for (id, given) in group.assign(Assignor::CooperativeSticky) {
            for at in given {
                let owners = group.owners(&at);
                prop_assert!(owners.is_empty() || owners == [&id], "{} to {} of {:?}", at, id, owners);
            }
        }
    }

    #[test]
    fn cooperative_settles_in_two_rounds_where_all_subscribe_to_the_same(group in groups_where(true, false)) {
        prop_assert!(group.rounds_to_settle() <= 2);
    }

    /// Where subscriptions differ, a move for the sake of balance may become possible only after another: as in Kafka.
    #[test]
    fn cooperative_settles(group in groups_where(false, false)) {
        prop_assert!(group.rounds_to_settle() <= 4);
    }
}
