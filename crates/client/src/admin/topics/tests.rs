use super::*;
use protocol::describe_topic_partitions::response::{
    Cursor as NextCursor, DescribeTopicPartitionsResponsePartition,
};

/// One page: topics with their partitions, and where the next begins.
fn page(topics: &[(&str, &[i32])], next: Option<(&str, i32)>) -> DescribeTopicPartitionsResponse {
    let topic = |(name, partitions): &(&str, &[i32])| DescribeTopicPartitionsResponseTopic {
        name: Some((*name).into()),
        partitions: partitions
            .iter()
            .map(|&partition_index| DescribeTopicPartitionsResponsePartition {
                partition_index,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    };
    DescribeTopicPartitionsResponse {
        topics: topics.iter().map(topic).collect(),
        next_cursor: next
            .map(|(topic, partition_index)| NextCursor { topic_name: topic.into(), partition_index }),
        ..Default::default()
    }
}

/// Asks about a, b and c and plays the pages. Shows what each question named, and the topics with their partitions.
#[track_caller]
fn check_pages(pages: Vec<DescribeTopicPartitionsResponse>, asked: &[&str], described: &str) {
    let mut collected = Pages::new(["c", "a", "b", "a"].map(str::to_owned).to_vec());
    let mut questions = Vec::new();
    let mut pages = pages.into_iter();
    while let Some((names, cursor)) = collected.next_request() {
        let from =
            cursor.map_or(String::new(), |at| format!(" from {}-{}", at.topic_name, at.partition_index));
        questions.push(format!("{}{from}", names.concat()));
        collected.read(&pages.next().expect("no question is left without a page"));
    }
    assert_eq!(questions, asked);
    let shown = collected.finish().into_iter().map(|(topic, answer)| {
        let partitions = answer.map(|t| t.partitions.iter().map(|p| p.index.to_string()).collect::<String>());
        let shown = partitions.unwrap_or_else(|_| "failed".to_owned());
        format!("{}:{shown}", topic.name().unwrap())
    });
    assert_eq!(shown.collect::<Vec<_>>().join(" "), described);
}

#[test]
fn pages_are_put_together() {
    let one = page(&[("a", &[0, 1]), ("b", &[0]), ("c", &[])], None);
    check_pages(vec![one], &["abc"], "a:01 b:0 c:");
    let three = vec![
        page(&[("a", &[0, 1])], Some(("a", 2))),
        page(&[("a", &[2]), ("b", &[0])], Some(("c", 0))),
        page(&[("c", &[1, 0])], None),
    ];
    check_pages(three, &["abc", "abc from a-2", "c from c-0"], "a:012 b:0 c:01");
}

#[test]
fn pages_that_go_round_end() {
    let still = page(&[("b", &[0])], Some(("b", 1)));
    let round = vec![page(&[("a", &[0])], Some(("b", 1))), still];
    check_pages(round, &["abc", "bc from b-1"], "a:0 b:failed c:failed");
    let strange = page(&[("a", &[0, 0]), ("z", &[0])], None);
    check_pages(vec![strange], &["abc"], "a:0 b:failed c:failed");
}

#[test]
fn a_topic_is_answered_as_it_was_named() {
    let id = TopicId(uuid::Uuid::from_u128(7));
    let deleted = |name: Option<&str>, error_code: ErrorCode| DeletableTopicResult {
        name: name.map(Into::into),
        topic_id: id.0,
        error_code: error_code.0,
        ..Default::default()
    };
    let none = ErrorCode::NONE;
    for (asked, answer, expected) in [
        (TopicRef::from("t"), deleted(Some("t"), none), TopicRef::from("t")),
        (TopicRef::from(id), deleted(Some("t"), none), TopicRef::from(id)),
        (TopicRef::from(id), deleted(None, ErrorCode::UNKNOWN_TOPIC_ID), TopicRef::from(id)),
    ] {
        let (key, outcome) = read_deleted(&ids_of(&[asked]), &answer);
        assert_eq!((key, outcome.is_ok()), (expected, answer.error_code == none.0));
    }
}
