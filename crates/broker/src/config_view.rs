//! Settings as they hold here: the cluster's metadata over this server's file, in the words of the `config` crate.
use crate::state::State;
use ::metadata::{ConfigResource, ConfigResourceType, ConfigValues, MetadataImage};
use config::{Entry, Layers, Properties, TopicConfig};
use wire::Text;

/// The settings of brokers that were made while the cluster ran, as text.
struct Dynamic {
    cluster: Properties,
    broker: Properties,
}

impl Dynamic {
    fn of(state: &State, image: &MetadataImage) -> Self {
        let set = |resource| image.config(&resource).map(to_properties).unwrap_or_default();
        Self { cluster: set(ConfigResource::CLUSTER), broker: set(ConfigResource::broker(state.node_id)) }
    }

    fn layers<'a>(&'a self, state: &'a State) -> Layers<'a> {
        Layers { file: &state.config.properties, cluster: &self.cluster, broker: &self.broker }
    }
}

pub(crate) fn to_properties(values: &ConfigValues) -> Properties {
    values.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

/// What the logs of a topic go by.
pub(crate) fn topic_config(state: &State, image: &MetadataImage, topic: &Text) -> TopicConfig {
    let own = image.config(&ConfigResource::topic(topic.clone())).map(to_properties).unwrap_or_default();
    Dynamic::of(state, image).layers(state).topic_config(&own)
}

pub(crate) fn of_topic(state: &State, own: &ConfigValues) -> Vec<Entry> {
    Dynamic::of(state, &state.image()).layers(state).describe_topic(&to_properties(own))
}

pub(crate) fn of_broker(state: &State) -> Vec<Entry> {
    Dynamic::of(state, &state.image()).layers(state).describe_broker()
}

pub(crate) fn of_cluster_default(state: &State) -> Vec<Entry> {
    Dynamic::of(state, &state.image()).layers(state).describe_cluster()
}

pub(crate) fn of_group(state: &State, group: &Text) -> Vec<Entry> {
    let own = set_on(state, ConfigResourceType::Group, group);
    Dynamic::of(state, &state.image()).layers(state).describe_group(&own)
}

pub(crate) fn of_client_metrics(state: &State, subscription: &Text) -> Vec<Entry> {
    config::describe_client_metrics(&set_on(state, ConfigResourceType::ClientMetrics, subscription))
}

fn set_on(state: &State, resource_type: ConfigResourceType, name: &Text) -> Properties {
    let resource = ConfigResource { resource_type, name: name.clone() };
    state.image().config(&resource).map(to_properties).unwrap_or_default()
}
