//! Consumer groups and how far they have read.
use crate::{state::State, topics::TopicTable};
use group::{Describe, FetchOffsets, GroupId, List};
use std::collections::BTreeMap;
use telemetry::{Encoder, Kind};

pub(super) async fn write(state: &State, encoder: &mut Encoder) {
    GroupFigures::collect(state).await.write(state, encoder);
}

/// What kafka_exporter tells of groups.
#[derive(Default)]
struct GroupFigures {
    members: BTreeMap<String, usize>,
    /// Committed offset by group, topic and partition.
    committed: BTreeMap<(String, String, i32), i64>,
    by_state: BTreeMap<String, usize>,
}

impl GroupFigures {
    async fn collect(state: &State) -> Self {
        let mut figures = Self::default();
        // A group that vanishes, or whose partition is still loading, is simply not told of this time.
        let listed = state.groups.list(&List::default()).await.unwrap_or_default();
        for group in listed {
            *figures.by_state.entry(group.state.to_string().to_lowercase()).or_default() += 1;
            figures.collect_group(state, group.group_id).await;
        }
        figures
    }

    async fn collect_group(&mut self, state: &State, group_id: GroupId) {
        let name = group_id.to_string();
        let describe = Describe { group_id: group_id.clone() };
        if let Ok(description) = state.groups.ask(&group_id, describe).await {
            self.members.insert(name.clone(), description.members.len());
        }
        let fetch = FetchOffsets { group_id: group_id.clone(), member_epoch: -1, ..Default::default() };
        for topic in state.groups.ask(&group_id, fetch).await.unwrap_or_default() {
            for partition in &topic.partitions {
                if let Ok(Some(committed)) = &partition.offset {
                    let key = (name.clone(), topic.name.to_string(), partition.partition);
                    self.committed.insert(key, committed.offset.0);
                }
            }
        }
    }

    fn write(&self, state: &State, encoder: &mut Encoder) {
        let name = "kafka_coordinator_group_groupmetadatamanager_numgroups";
        encoder.gauge(name, "Groups coordinated here.", self.by_state.values().sum::<usize>());
        for group_state in ["preparingrebalance", "completingrebalance", "stable", "dead", "empty"] {
            let count = self.by_state.get(group_state).copied().unwrap_or(0);
            encoder.gauge(&format!("{name}{group_state}"), "Groups coordinated here in this state.", count);
        }
        let mut family = encoder.family("kafka_consumergroup_members", Kind::Gauge, "Members of the group.");
        for (group, members) in &self.members {
            family.sample(&[("consumergroup", group)], *members);
        }
        let table = state.topics.load();
        let help = "Offset that the group has committed.";
        self.by_partition(encoder, "current_offset", help, |_, offset| offset);
        let help = "Committed records that the group has not read.";
        self.by_partition(encoder, "lag", help, |key, offset| lag(&table, key, offset));
    }

    /// A family for each partition, and one that sums it up for each topic.
    fn by_partition(
        &self,
        encoder: &mut Encoder,
        short: &str,
        help: &str,
        value: impl Fn(&(String, String, i32), i64) -> i64,
    ) {
        let mut sums = BTreeMap::<(&str, &str), i64>::new();
        let mut family = encoder.family(&format!("kafka_consumergroup_{short}"), Kind::Gauge, help);
        for (key, offset) in &self.committed {
            let (group, topic, partition) = key;
            let value = value(key, *offset);
            let labels =
                [("consumergroup", &**group), ("topic", topic), ("partition", &partition.to_string())];
            family.sample(&labels, value);
            *sums.entry((group, topic)).or_default() += value;
        }
        let mut family = encoder.family(&format!("kafka_consumergroup_{short}_sum"), Kind::Gauge, help);
        for ((group, topic), sum) in sums {
            family.sample(&[("consumergroup", group), ("topic", topic)], sum);
        }
    }
}

fn lag(table: &TopicTable, (_, topic, partition): &(String, String, i32), committed: i64) -> i64 {
    let partition = table.by_name(topic).and_then(|topic| topic.partitions.get(partition));
    partition.map_or(0, |partition| (partition.high_watermark().0 - committed).max(0))
}
