use super::{admin, refusal, until};
use crate::environment;
use client::{
    ErrorCode,
    admin::{QuotaEntity, QuotaEntityType, QuotaFilter, QuotaMatch},
};
use std::collections::BTreeMap;

#[tokio::test]
async fn quotas_are_set_found_and_removed() {
    let Some((_, admin)) = admin().await else { return };
    let [user, client] = ["user", "client"].map(environment::unique);
    let (of_user, of_client) = (QuotaEntityType::User, QuotaEntityType::ClientId);
    let alone = QuotaEntity([(of_user, Some(user.clone()))].into());
    let both = QuotaEntity([(of_user, Some(user.clone())), (of_client, None)].into());
    assert_eq!(both.to_string(), format!("user `{user}`, default client-id"));
    let value =
        |key: &str, value: Option<f64>| -> BTreeMap<String, Option<f64>> { [(key.to_owned(), value)].into() };
    let wrong = QuotaEntity([(of_client, Some(client))].into());
    let changes = [
        (alone.clone(), value("producer_byte_rate", Some(1024.0))),
        (both.clone(), value("request_percentage", Some(50.0))),
        (wrong.clone(), value("no_such_rate", Some(1.0))),
    ]
    .into();
    let answers: BTreeMap<_, _> = admin.alter_quotas(&changes, false).await.into_iter().collect();
    assert!(answers[&alone].is_ok() && answers[&both].is_ok(), "{answers:?}");
    assert_eq!(answers[&wrong].as_ref().unwrap_err().code(), Some(ErrorCode::INVALID_REQUEST));

    let exact = QuotaMatch::Exact(user.clone());
    let filter = QuotaFilter { matches: [(of_user, exact)].into(), strict: false };
    let found = until("both", async || {
        let found = admin.describe_quotas(&filter).await.unwrap();
        (found.len() == 2).then_some(found)
    })
    .await;
    assert_eq!(found[&alone], BTreeMap::from([("producer_byte_rate".to_owned(), 1024.0)]));
    assert_eq!(found[&both], BTreeMap::from([("request_percentage".to_owned(), 50.0)]));
    let strict = QuotaFilter { strict: true, ..filter.clone() };
    let found = admin.describe_quotas(&strict).await.unwrap();
    assert!(found.len() == 1 && found.contains_key(&alone), "{found:?}");
    let of_default = QuotaFilter { matches: [(of_client, QuotaMatch::Default)].into(), strict: false };
    assert!(admin.describe_quotas(&of_default).await.unwrap().contains_key(&both));

    let removal = [(alone.clone(), value("producer_byte_rate", None))].into();
    admin.alter_quotas(&removal, true).await.only().unwrap();
    assert!(admin.describe_quotas(&filter).await.unwrap().contains_key(&alone), "a trial changes nothing");
    admin.alter_quotas(&removal, false).await.only().unwrap();
    until("one", async || {
        (!admin.describe_quotas(&filter).await.unwrap().contains_key(&alone)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_filter_names_each_type_once_or_not_at_all() {
    let Some((_, admin)) = admin().await else { return };
    let filter = QuotaFilter { matches: [(QuotaEntityType::Ip, QuotaMatch::Any)].into(), strict: true };
    assert!(admin.describe_quotas(&filter).await.unwrap().is_empty());
    let mixed = [(QuotaEntityType::Ip, QuotaMatch::Any), (QuotaEntityType::User, QuotaMatch::Any)];
    let mixed = QuotaFilter { matches: mixed.into(), strict: false };
    assert_eq!(refusal(admin.describe_quotas(&mixed).await), ErrorCode::INVALID_REQUEST);
}
