//! Listeners with TLS and SASL on an Apache Kafka broker, with certificates made on the spot.

use super::super::{broker, process, session::SOON};
use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Name, protocol, and which certificate the listener shows.
const LISTENERS: [(&str, &str, &str); 7] = [
    ("TLS", "SSL", "broker"),
    ("MTLS", "SSL", "broker"),
    ("MISNAMED", "SSL", "misnamed"),
    ("EXPIRED", "SSL", "expired"),
    ("SASL", "SASL_PLAINTEXT", ""),
    ("SASLTLS", "SASL_SSL", "broker"),
    ("REAUTH", "SASL_PLAINTEXT", ""),
];

/// The user of every mechanism.
const USER: &str = "alice";
const PASSWORD: &str = "alice-secret";
/// Opens the stores of keys; the tests know it.
const STORE_PASSWORD: &str = "changeit";
/// How long a session of the listener `REAUTH` lasts.
const SESSION_MS: &str = "2000";

pub(super) struct Security {
    /// Certificates and keys.
    folder: PathBuf,
    ports: [u16; LISTENERS.len()],
}

impl Security {
    pub(super) fn new(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        write_certificates(&folder)?;
        make_stores(&folder)?;
        Ok(Self { folder, ports: broker::free_ports()? })
    }

    /// Settings of the broker, beyond what every broker of the suites has.
    pub(super) fn settings(&self) -> Vec<(String, String)> {
        let mut lines: Vec<(String, String)> = Vec::new();
        let mut map = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT".to_owned();
        let mut listeners = Vec::new();
        for ((name, protocol, certificate), port) in LISTENERS.iter().zip(self.ports) {
            map.push_str(&format!(",{name}:{protocol}"));
            listeners.push(format!("{name}://127.0.0.1:{port}"));
            let prefix = format!("listener.name.{}", name.to_lowercase());
            let mut line = |key: &str, value: &str| lines.push((format!("{prefix}.{key}"), value.to_owned()));
            if protocol.ends_with("SSL") {
                for (store, file) in [("keystore", *certificate), ("truststore", "ca")] {
                    line(&format!("ssl.{store}.type"), "PEM");
                    line(&format!("ssl.{store}.location"), &self.file(file));
                }
            }
            if *name == "MTLS" {
                line("ssl.client.auth", "required");
            }
            if protocol.starts_with("SASL") {
                let mechanisms = match *name {
                    // One that lacks a mechanism.
                    "SASLTLS" => "PLAIN,SCRAM-SHA-512",
                    _ => "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
                };
                line("sasl.enabled.mechanisms", mechanisms);
                for mechanism in mechanisms.to_lowercase().split(',') {
                    line(&format!("{mechanism}.sasl.jaas.config"), &login_module(mechanism));
                    if *name == "REAUTH" {
                        line(&format!("{mechanism}.connections.max.reauth.ms"), SESSION_MS);
                    }
                }
            }
        }
        lines.push(("listeners".to_owned(), listeners.join(",")));
        lines.push(("listener.security.protocol.map".to_owned(), map));
        lines
    }

    /// What the tests are told.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let addresses = LISTENERS.iter().zip(self.ports);
        let mut variables: Vec<_> = addresses
            .map(|((name, ..), port)| (format!("MAINSTEM_TEST_{name}"), format!("localhost:{port}")))
            .collect();
        variables.push(("MAINSTEM_TEST_CERTIFICATES".to_owned(), self.folder.display().to_string()));
        variables.push(("MAINSTEM_TEST_SESSION_MS".to_owned(), SESSION_MS.to_owned()));
        variables
    }

    /// SCRAM's credentials lie in the cluster's metadata, so the broker must run.
    pub(super) fn add_users(&self, libraries: &Path, address: &str) -> Result<()> {
        // Kafka alters one credential of a user at a time.
        for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
            let mut command = broker::java(libraries, "kafka.admin.ConfigCommand");
            command.args(["--bootstrap-server", address, "--alter", "--entity-type", "users"]);
            command.args([
                "--entity-name",
                USER,
                "--add-config",
                &format!("{mechanism}=[password={PASSWORD}]"),
            ]);
            process::capture(&mut command, b"", SOON)?.ok().context("adding a SCRAM user")?;
        }
        Ok(())
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(format!("{name}.pem")).display().to_string()
    }
}

fn login_module(mechanism: &str) -> String {
    let package = "org.apache.kafka.common.security";
    match mechanism {
        "plain" => format!("{package}.plain.PlainLoginModule required user_{USER}=\"{PASSWORD}\";"),
        "oauthbearer" => format!(
            "{package}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";"
        ),
        _ => format!("{package}.scram.ScramLoginModule required;"),
    }
}

/// `ca` and `stranger-ca` are issuers; the others are a key and its certificate in one file, as Kafka wants it.
fn write_certificates(folder: &Path) -> Result<()> {
    let write = |name: &str, text: String| fs::write(folder.join(format!("{name}.pem")), text);
    let (authority, stranger) = (authority("the issuer")?, authority("a stranger")?);
    write("ca", authority.pem())?;
    write("stranger-ca", stranger.pem())?;
    let local = ["localhost", "127.0.0.1"];
    write("broker", issue(&authority, &local, |_| {})?)?;
    write("misnamed", issue(&authority, &["broker.example"], |_| {})?)?;
    write("expired", issue(&authority, &local, |params| params.not_after = date_time_ymd(2001, 1, 1))?)?;
    // The broker knows a client by the name of its certificate.
    let named = |params: &mut CertificateParams| params.distinguished_name.push(DnType::CommonName, "client");
    write("client", issue(&authority, &["client"], named)?)?;
    write("stranger-client", issue(&stranger, &["client"], named)?)?;
    Ok(())
}

/// The issuer as `trust.*`, and the client as `client.*`, in both of Java's kinds of stores.
fn make_stores(folder: &Path) -> Result<()> {
    let run = |program: &str, line: &str| {
        let mut command = process::command(program);
        command.current_dir(folder).args(line.replace("PASSWORD", STORE_PASSWORD).split(' '));
        process::capture(&mut command, b"", SOON)?.ok().with_context(|| format!("{program} {line}"))
    };
    let client = "-in client.pem -inkey client.pem -certfile ca.pem -name client";
    run("openssl", &format!("pkcs12 -export {client} -out from.p12 -passout pass:PASSWORD"))?;
    for (kind, ending) in [("JKS", "jks"), ("PKCS12", "p12")] {
        for store in ["trust", "client"].map(|name| folder.join(format!("{name}.{ending}"))) {
            // A folder that is there from before has them, of another issuer.
            if store.exists() {
                fs::remove_file(store)?;
            }
        }
        let trust = format!("-importcert -alias ca -file ca.pem -keystore trust.{ending} -storetype {kind}");
        run("keytool", &format!("{trust} -storepass PASSWORD -noprompt"))?;
        let from = "-importkeystore -srckeystore from.p12 -srcstoretype PKCS12 -srcstorepass PASSWORD";
        let to = format!("-destkeystore client.{ending} -deststoretype {kind} -deststorepass PASSWORD");
        run("keytool", &format!("{from} {to} -noprompt"))?;
    }
    Ok(())
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn issue(
    authority: &CertifiedIssuer<'_, KeyPair>,
    names: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> Result<String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    change(&mut params);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, authority)?;
    Ok(format!("{}{}", key.serialize_pem(), certificate.pem()))
}
