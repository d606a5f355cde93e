//! The two files that say whose data this is: `meta.properties` in a log directory, `partition.metadata` in a
//! partition's folder; and the one that says that the server left in good order.
use crate::{DirectoryId, MetaProperties};
use base::{BrokerEpoch, NodeId, TopicId};

/// Reads version 1, and version 0, which calls the node a broker. `None` for the directory's id if it has none yet.
pub(crate) fn decode_meta(text: &str) -> Result<(String, NodeId, Option<DirectoryId>), String> {
    let properties = config::parse_properties(text).map_err(|error| error.to_string())?;
    let get = |key: &str| properties.get(key).ok_or_else(|| format!("`{key}` is missing"));
    let node_key = match get("version").map(String::as_str) {
        Ok("1") => "node.id",
        Ok("0") | Err(_) => "broker.id",
        Ok(version) => return Err(format!("version `{version}` is not known")),
    };
    let node_id = get(node_key)?;
    let node_id = node_id.parse().map_err(|_| format!("`{node_key}={node_id}` is no number"))?;
    let directory_id = match properties.get("directory.id") {
        Some(id) => Some(id.parse().map_err(|error: base::InvalidTopicId| error.to_string())?),
        None => None,
    };
    Ok((get("cluster.id")?.clone(), NodeId(node_id), directory_id))
}

pub(crate) fn encode_meta(meta: &MetaProperties) -> String {
    let MetaProperties { cluster_id, node_id, directory_id } = meta;
    let cluster_id = escaped(cluster_id);
    format!("cluster.id={cluster_id}\ndirectory.id={directory_id}\nnode.id={node_id}\nversion=1\n")
}

/// A value as Java writes it, of which nothing is taken for syntax.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (at, c) in value.char_indices() {
        let c = match c {
            '\t' => 't',
            '\n' => 'n',
            '\r' => 'r',
            '\x0c' => 'f',
            '\\' | '=' | ':' | '#' | '!' => c,
            ' ' if at == 0 => c,
            _ => {
                text.push(c);
                continue;
            }
        };
        text.extend(['\\', c]);
    }
    text
}

pub(crate) fn encode_topic_id(topic_id: TopicId) -> String {
    format!("version: 0\ntopic_id: {topic_id}")
}

/// `None` for an empty file, which is one that was never completed.
pub(crate) fn decode_topic_id(text: &str) -> Result<Option<TopicId>, String> {
    if text.trim_matches(['\0', '\n']).is_empty() {
        return Ok(None);
    }
    let mut lines = text.lines().map(|line| line.split_once(": ").unwrap_or((line, "")));
    match lines.next() {
        Some(("version", "0")) => {}
        line => return Err(format!("`{line:?}` is not version 0")),
    }
    match lines.next() {
        Some(("topic_id", id)) => {
            let id: TopicId = id.parse().map_err(|error: base::InvalidTopicId| error.to_string())?;
            if id.is_none() { Err("the topic id is zero".to_owned()) } else { Ok(Some(id)) }
        }
        line => Err(format!("`{line:?}` is no topic id")),
    }
}

pub(crate) fn encode_clean_shutdown(epoch: BrokerEpoch) -> String {
    format!("{{\"version\":0,\"brokerEpoch\":{epoch}}}")
}

/// The broker's epoch, if the file has one.
pub(crate) fn decode_clean_shutdown(text: &str) -> Option<BrokerEpoch> {
    let content: serde_json::Value = serde_json::from_str(text).ok()?;
    content.get("brokerEpoch")?.as_i64().map(BrokerEpoch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn meta_properties_are_kafkas() {
        let directory_id = DirectoryId(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        let meta =
            MetaProperties { cluster_id: "MkU3OEVBNTcwNTJENDM2Qg".into(), node_id: NodeId(3), directory_id };
        let text = encode_meta(&meta);
        assert_eq!(decode_meta(&text), Ok((meta.cluster_id, meta.node_id, Some(directory_id))));

        let javas = "#\n#Fri May 22 10:00:00 UTC 2026\ncluster.id=a\\=b\nversion=1\nnode.id=7\n";
        assert_eq!(decode_meta(javas), Ok(("a=b".into(), NodeId(7), None)));
        assert_eq!(decode_meta("version=0\nbroker.id=1\ncluster.id=c\n"), Ok(("c".into(), NodeId(1), None)));
        for text in [
            "",
            "version=2\nnode.id=1\ncluster.id=c",
            "version=1\nnode.id=x\ncluster.id=c",
            "version=1\nnode.id=1",
        ] {
            assert!(decode_meta(text).is_err(), "{text}");
        }
        assert!(decode_meta("version=1\nnode.id=1\ncluster.id=c\ndirectory.id=short").is_err());
    }

    #[test]
    fn a_cluster_id_cannot_be_mistaken_for_more_of_the_file() {
        for (cluster_id, line) in [
            ("my\\cluster", "cluster.id=my\\\\cluster"),
            ("a\nnode.id=9", "cluster.id=a\\nnode.id\\=9"),
            (" a b:#!", "cluster.id=\\ a b\\:\\#\\!"),
            ("\t\r\x0c", "cluster.id=\\t\\r\\f"),
        ] {
            let directory_id = DirectoryId(Uuid::from_u128(77));
            let meta = MetaProperties { cluster_id: cluster_id.into(), node_id: NodeId(3), directory_id };
            let text = encode_meta(&meta);
            assert_eq!(text.lines().next(), Some(line));
            assert_eq!(decode_meta(&text), Ok((meta.cluster_id, meta.node_id, Some(directory_id))));
        }
    }

    #[test]
    fn partition_metadata_is_kafkas() {
        let id = TopicId(Uuid::from_u128(77));
        assert_eq!(encode_topic_id(id), "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAATQ");
        assert_eq!(decode_topic_id(&encode_topic_id(id)), Ok(Some(id)));
        for empty in ["", "\0\0\0\0"] {
            assert_eq!(decode_topic_id(empty), Ok(None));
        }
        for text in
            ["version: 1\ntopic_id: AAAAAAAAAAAAAAAAAAAATQ", "version: 0", "version: 0\ntopic_id: x", "x"]
        {
            assert!(decode_topic_id(text).is_err(), "{text}");
        }
        assert!(decode_topic_id("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA").is_err());
    }

    #[test]
    fn the_clean_shutdown_file_is_kafkas() {
        let text = encode_clean_shutdown(BrokerEpoch(42));
        assert_eq!(text, r#"{"version":0,"brokerEpoch":42}"#);
        assert_eq!(decode_clean_shutdown(&text), Some(BrokerEpoch(42)));
        for text in ["", "{}", "[]", r#"{"version":0,"brokerEpoch":null}"#] {
            assert_eq!(decode_clean_shutdown(text), None);
        }
    }
}
