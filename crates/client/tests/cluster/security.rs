//! TLS and SASL, by the names of settings that both families have.
use crate::{
    basics::{read, send, topic},
    environment::variable,
};
use client::{Cluster, Config, Error, ErrorCode, Properties, sasl, tls};
use std::time::{Duration, Instant};

/// Of a listener of this name; more settings are lines of a file, in which `CERTIFICATES` is a folder.
fn config(listener: &str, settings: &str) -> Option<Config> {
    let address = variable(&format!("MAINSTEM_TEST_{listener}"))?;
    let folder = variable("MAINSTEM_TEST_CERTIFICATES")?;
    let text = format!("bootstrap.servers={address}\n{}", settings.replace("CERTIFICATES", &folder));
    let mut config = Config::new(Vec::new());
    config.bootstrap_timeout = Duration::from_secs(10);
    let warnings = Properties::parse(&text).unwrap().apply(&mut config).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    Some(config)
}

/// Records go there and back. `None` if the test is skipped.
async fn works(listener: &str, settings: &str) -> Option<()> {
    let cluster = Cluster::connect(config(listener, settings)?).await;
    let cluster = cluster.unwrap_or_else(|error| panic!("{listener} with {settings}: {error}"));
    let topic = topic(&cluster, "secured").await;
    send(&cluster, Default::default(), &topic, 1000).await;
    let expected: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    assert_eq!(read(&cluster, &topic).await, expected);
    Some(())
}

/// How it is refused, at once. `None` if the test is skipped.
async fn refused(listener: &str, settings: &str) -> Option<Error> {
    let config = config(listener, settings)?;
    let started = Instant::now();
    let error = Cluster::connect(config).await.unwrap_err();
    assert!(error.is_authentication() && !error.is_retriable(), "{listener} with {settings}: {error:?}");
    assert!(started.elapsed() < Duration::from_secs(8), "tried again for {:?}", started.elapsed());
    assert!(!error.to_string().contains('\n'), "{error}");
    Some(error)
}

const TRUSTED: &str =
    "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=CERTIFICATES/ca.pem\n";

#[tokio::test]
async fn tls_by_the_names_of_both_families() {
    let Some(()) = works("TLS", TRUSTED).await else { return };
    works("TLS", "security.protocol=ssl\nssl.ca.location=CERTIFICATES/ca.pem").await;
}

#[tokio::test]
async fn mutual_tls_by_the_names_of_both_families() {
    let keystore = "ssl.keystore.type=PEM\nssl.keystore.location=CERTIFICATES/client.pem";
    let Some(()) = works("MTLS", &format!("{TRUSTED}{keystore}")).await else { return };
    let files = "ssl.certificate.location=CERTIFICATES/client.pem\nssl.key.location=CERTIFICATES/client.pem";
    works("MTLS", &format!("{TRUSTED}{files}")).await;
}

#[tokio::test]
async fn mutual_tls_with_the_stores_of_java() {
    for (kind, ending) in [("JKS", "jks"), ("PKCS12", "p12")] {
        let settings = format!(
            "security.protocol=SSL\nssl.truststore.type={kind}\nssl.truststore.password=changeit\n\
             ssl.truststore.location=CERTIFICATES/trust.{ending}\nssl.keystore.type={kind}\n\
             ssl.keystore.location=CERTIFICATES/client.{ending}\nssl.keystore.password=changeit\n\
             ssl.key.password=changeit"
        );
        let Some(()) = works("MTLS", &settings).await else { return };
    }
}

#[tokio::test]
async fn mutual_tls_refuses_a_client_without_the_right_certificate() {
    let Some(error) = refused("MTLS", TRUSTED).await else { return };
    let wants = |error: &Error| {
        matches!(
            error,
            Error::Tls(tls::Error::WantsCertificate { .. } | tls::Error::CertificateRefused { .. })
        )
    };
    assert!(wants(&error), "{error:?}");
    let stranger = "ssl.keystore.location=CERTIFICATES/stranger-client.pem";
    let error = refused("MTLS", &format!("{TRUSTED}{stranger}")).await.unwrap();
    assert!(wants(&error), "{error:?}");
}

#[tokio::test]
async fn a_broker_that_is_not_to_be_believed_is_refused() {
    let Some(error) = refused("MISNAMED", TRUSTED).await else { return };
    assert!(matches!(&error, Error::Tls(tls::Error::OtherName { .. })), "{error:?}");
    assert!(error.to_string().contains("`broker.example`, not for `localhost`"), "{error}");
    let error = refused("EXPIRED", TRUSTED).await.unwrap();
    assert!(matches!(error, Error::Tls(tls::Error::Expired { .. })), "{error:?}");
    let error =
        refused("TLS", "security.protocol=SSL\nssl.ca.location=CERTIFICATES/stranger-ca.pem").await.unwrap();
    assert!(matches!(error, Error::Tls(tls::Error::UnknownIssuer { .. })), "{error:?}");
    // The system's issuers do not know ours either.
    let error = refused("TLS", "security.protocol=SSL").await.unwrap();
    let unknown = matches!(error, Error::Tls(tls::Error::UnknownIssuer { .. } | tls::Error::NoSystemRoots));
    assert!(unknown, "{error:?}");
}

#[tokio::test]
async fn the_check_of_the_name_can_be_turned_off() {
    works("MISNAMED", &format!("{TRUSTED}ssl.endpoint.identification.algorithm=")).await;
}

#[tokio::test]
async fn the_wrong_protocol_is_told_apart() {
    let Some(error) = refused("TLS", "").await else { return };
    assert!(matches!(error, Error::Tls(tls::Error::OnlyTls { .. })), "{error:?}");
    let sasl = format!("security.protocol=SASL_SSL\nssl.ca.location=CERTIFICATES/ca.pem\n{}", user("PLAIN"));
    let error = refused("TLS", &sasl).await.unwrap();
    assert!(matches!(error, Error::Sasl(sasl::Error::NotSasl { .. })), "{error:?}");
    let mut config = config("SASL", TRUSTED).unwrap();
    config.bootstrap_timeout = Duration::ZERO;
    let error = Cluster::connect(config).await.unwrap_err();
    assert!(error.is_connection(), "{error:?}");
}

fn user(mechanism: &str) -> String {
    format!("sasl.mechanism={mechanism}\nsasl.username=alice\nsasl.password=alice-secret\n")
}

const UNSECURED: &str = "sasl.mechanism=OAUTHBEARER\n\
    sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
    unsecuredLoginStringClaim_sub=\"alice\" unsecuredLoginExtension_traceId=\"7\";\n";

#[tokio::test]
async fn plain_authenticates_over_both_transports() {
    let Some(()) = works("SASL", &format!("security.protocol=SASL_PLAINTEXT\n{}", user("PLAIN"))).await
    else {
        return;
    };
    let jaas = "sasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \
                required username=\"alice\" password=\"alice-secret\";";
    works("SASLTLS", &format!("security.protocol=SASL_SSL\nssl.ca.location=CERTIFICATES/ca.pem\n{jaas}"))
        .await;
}

#[tokio::test]
async fn scram_authenticates_over_both_transports() {
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
        let settings = format!("security.protocol=SASL_PLAINTEXT\n{}", user(mechanism));
        let Some(()) = works("SASL", &settings).await else { return };
    }
    let encrypted = "security.protocol=SASL_SSL\nssl.ca.location=CERTIFICATES/ca.pem\n";
    works("SASLTLS", &format!("{encrypted}{}", user("SCRAM-SHA-512"))).await;
}

#[tokio::test]
async fn oauthbearer_authenticates_with_extensions() {
    works("SASL", &format!("security.protocol=SASL_PLAINTEXT\n{UNSECURED}")).await;
}

#[tokio::test]
async fn wrong_credentials_are_told_at_once() {
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        for (right, wrong) in [("=alice-secret", "=other"), ("=alice\n", "=bob\n")] {
            let settings =
                format!("security.protocol=SASL_PLAINTEXT\n{}", user(mechanism)).replace(right, wrong);
            let Some(error) = refused("SASL", &settings).await else { return };
            assert!(matches!(error, Error::Sasl(sasl::Error::Refused { .. })), "{error:?}");
            assert_eq!(error.code(), Some(ErrorCode::SASL_AUTHENTICATION_FAILED));
        }
    }
    let settings = format!("security.protocol=SASL_PLAINTEXT\n{UNSECURED}");
    let expired = settings.replace(
        "unsecuredLoginStringClaim_sub",
        "unsecuredLoginNumberClaim_exp=\"1000\" unsecuredLoginStringClaim_sub",
    );
    let error = refused("SASL", &expired).await.unwrap();
    assert!(matches!(error, Error::Sasl(sasl::Error::Refused { .. })), "{error:?}");
}

#[tokio::test]
async fn a_missing_mechanism_names_those_that_there_are() {
    let settings = format!("security.protocol=SASL_SSL\nssl.ca.location=CERTIFICATES/ca.pem\n{UNSECURED}");
    let Some(error) = refused("SASLTLS", &settings).await else { return };
    let Error::Sasl(sasl::Error::UnsupportedMechanism { mut offered, .. }) = error else {
        panic!("{error:?}")
    };
    offered.sort_unstable();
    assert_eq!(offered, ["PLAIN", "SCRAM-SHA-512"]);
}

#[tokio::test]
async fn a_connection_outlives_its_sessions() {
    for settings in [user("PLAIN"), user("SCRAM-SHA-256"), UNSECURED.to_owned()] {
        let settings = format!("security.protocol=SASL_PLAINTEXT\n{settings}");
        let Some(config) = config("REAUTH", &settings) else { return };
        let session: u64 = variable("MAINSTEM_TEST_SESSION_MS").unwrap().parse().unwrap();
        let cluster = Cluster::connect(config).await.unwrap();
        let connection = cluster.any().await.unwrap();
        let until = Instant::now() + Duration::from_millis(session * 3);
        let mut asked = 0;
        while Instant::now() < until {
            // The broker ends a connection that is used after its session.
            let answer = connection.request(&protocol::DescribeClusterRequest::default()).await;
            answer.unwrap_or_else(|error| panic!("request {asked} of {settings}: {error}"));
            asked += 1;
        }
        assert!(asked > 10, "{asked} requests");
    }
}
