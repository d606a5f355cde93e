//! Orders and questions while the active controller dies.
use super::{cluster, kill, topic};
use crate::environment;
use client::{
    Admin, ErrorCode,
    admin::{ConfigChange, NewTopic, Resource},
};

#[tokio::test]
async fn orders_are_carried_out_while_the_controller_dies() {
    let Some(cluster) = cluster().await else { return };
    let admin = Admin::new(&cluster);
    let known = topic(&cluster, "known", &[&[1, 2, 3]], &[]).await;
    let victim = admin.describe_quorum().await.unwrap().leader.expect("the quorum has a leader");
    kill(victim).await;

    let created = NewTopic {
        name: environment::unique("created"),
        partitions: Some(2),
        replication_factor: Some(2),
        ..Default::default()
    };
    match admin.create_topic(&created, Default::default()).await {
        Ok(_) => {}
        // By an attempt whose answer was lost.
        Err(error) if error.code() == Some(ErrorCode::TOPIC_ALREADY_EXISTS) => {}
        Err(error) => panic!("{error:?}"),
    }
    let resource = Resource::Topic(known.clone());
    let change = ConfigChange::Set("retention.ms".to_owned(), "123456".to_owned());
    let changes = [(resource.clone(), vec![change])];
    admin.alter_configs(&changes, false).await.only().unwrap();
    let quorum = admin.describe_quorum().await.unwrap();
    assert!(quorum.leader.is_some_and(|leader| leader != victim), "{quorum:?}");

    super::until("the new topic and the new setting", async || {
        let topic = admin.describe_topic(&created.name).await.ok()?;
        let described = admin.describe_configs(std::slice::from_ref(&resource), &Default::default()).await;
        let entries = described.only().ok()?;
        let retention = entries.iter().find(|entry| entry.name == "retention.ms")?;
        (topic.partitions.len() == 2 && retention.value.as_deref() == Some("123456")).then_some(())
    })
    .await;
}
