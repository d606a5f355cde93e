//! ACLs, passwords, tokens.
use super::{admin, refusal, until};
use crate::environment;
use client::{
    ErrorCode,
    admin::{
        AclBinding, AclFilter, AclOperation, AclPermission, AclResourceType, NewToken, PatternType,
        ResourcePattern, SaltedPassword, ScramChange, ScramCredential, ScramMechanism,
    },
};

fn allow(topic: &str, operation: AclOperation) -> AclBinding {
    AclBinding {
        pattern: ResourcePattern {
            resource_type: AclResourceType::Topic,
            name: topic.to_owned(),
            pattern_type: PatternType::Prefixed,
        },
        principal: "User:alice".to_owned(),
        host: "*".to_owned(),
        operation,
        permission: AclPermission::Allow,
    }
}

#[tokio::test]
async fn entries_are_created_found_and_deleted() {
    let Some((_, admin)) = admin().await else { return };
    let topic = environment::unique("acl");
    let wanted = [allow(&topic, AclOperation::Read), allow(&topic, AclOperation::Write)];
    let nonsense = AclBinding { principal: "alice".to_owned(), ..allow(&topic, AclOperation::Read) };
    let asked = [wanted[0].clone(), nonsense, wanted[1].clone()];
    let answers = admin.create_acls(&asked).await.0;
    assert!(answers[0].1.is_ok() && answers[2].1.is_ok(), "{answers:?}");
    assert_eq!(answers[1].1.as_ref().unwrap_err().code(), Some(ErrorCode::INVALID_REQUEST));

    let of_topic = AclFilter {
        resource_type: AclResourceType::Topic,
        name: Some(format!("{topic}-and-more")),
        pattern_type: PatternType::Match,
        ..AclFilter::any()
    };
    until("both", async || (admin.describe_acls(&of_topic).await.unwrap() == wanted).then_some(())).await;
    let reads = AclFilter { operation: AclOperation::Read, ..of_topic.clone() };
    assert_eq!(admin.describe_acls(&reads).await.unwrap(), wanted[..1]);

    let nothing = AclFilter { name: Some(environment::unique("none")), ..of_topic.clone() };
    let exact = AclFilter::from(&wanted[1]);
    let mut deleted =
        admin.delete_acls(&[nothing, exact]).await.into_iter().map(|(_, answer)| answer.unwrap());
    assert!(deleted.next().unwrap().is_empty());
    let gone = deleted.next().unwrap();
    assert_eq!(gone.len(), 1);
    assert!(gone[0].0 == wanted[1] && gone[0].1.is_ok());
    until("one", async || (admin.describe_acls(&of_topic).await.unwrap() == wanted[..1]).then_some(())).await;
    admin.delete_acls(&[of_topic]).await.only().unwrap();
}

#[tokio::test]
async fn passwords_are_set_seen_and_deleted() {
    let Some((_, admin)) = admin().await else { return };
    let [alice, bob] = ["alice", "bob"].map(environment::unique);
    let (small, large) = (ScramMechanism::ScramSha256, ScramMechanism::ScramSha512);
    let set = |user: &str, mechanism, iterations| ScramChange {
        user: user.to_owned(),
        mechanism,
        password: SaltedPassword::of(mechanism, "secret", iterations),
    };
    let changes = [set(&alice, small, 4096), set(&bob, small, 100)];
    let mut answers = admin.alter_scram_credentials(&changes).await.into_iter();
    answers.next().unwrap().1.unwrap();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::UNACCEPTABLE_CREDENTIAL);
    let twice = [set(&alice, large, 8192), set(&alice, small, 4096)];
    let answers = admin.alter_scram_credentials(&twice).await;
    assert_eq!(answers.0.len(), 1, "a user is answered once");
    assert_eq!(refusal(answers.only()), ErrorCode::DUPLICATE_RESOURCE);
    admin.alter_scram_credentials(&twice[..1]).await.only().unwrap();

    let both = vec![
        ScramCredential { mechanism: small, iterations: 4096 },
        ScramCredential { mechanism: large, iterations: 8192 },
    ];
    until("alice", async || {
        let described = admin.describe_scram_credentials(std::slice::from_ref(&alice)).await.only();
        described.is_ok_and(|found| found == both).then_some(())
    })
    .await;
    let missing = admin.describe_scram_credentials(std::slice::from_ref(&bob)).await.only();
    assert_eq!(refusal(missing), ErrorCode::RESOURCE_NOT_FOUND);
    assert_eq!(admin.list_scram_credentials().await.unwrap()[&alice], both);

    let delete = |mechanism| ScramChange { user: alice.clone(), mechanism, password: None };
    for mechanism in [small, large] {
        admin.alter_scram_credentials(&[delete(mechanism)]).await.only().unwrap();
    }
    until("nobody", async || {
        (!admin.list_scram_credentials().await.unwrap().contains_key(&alice)).then_some(())
    })
    .await;
}

/// An anonymous caller may have no token; who may, needs security on the connection.
#[tokio::test]
async fn tokens_are_not_for_the_anonymous() {
    let Some((_, admin)) = admin().await else { return };
    let refused = refusal(admin.create_token(&NewToken::default()).await);
    assert_eq!(refused, ErrorCode::DELEGATION_TOKEN_REQUEST_NOT_ALLOWED);
    let hmac = bytes::Bytes::from_static(b"secret");
    let refused = refusal(admin.renew_token(&hmac, None).await);
    assert_eq!(refused, ErrorCode::DELEGATION_TOKEN_REQUEST_NOT_ALLOWED);
    let refused = refusal(admin.expire_token(&hmac, None).await);
    assert_eq!(refused, ErrorCode::DELEGATION_TOKEN_REQUEST_NOT_ALLOWED);
    let refused = refusal(admin.describe_tokens(None).await);
    assert_eq!(refused, ErrorCode::DELEGATION_TOKEN_REQUEST_NOT_ALLOWED);
}
