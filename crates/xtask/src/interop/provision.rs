//! What the suites need from outside, fetched by ordinary package clients into `target/interop`.
//!
//! Every piece has a stamp that names what it was made from; a piece whose stamp fits is left alone. Pieces
//! that wait for a network are fetched beside each other, compiling comes after.

use super::process;
use crate::{steps, workspace};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

const KAFKA: &str = "4.3.1";
const LOG4J: &str = "2.25.1";
const RDKAFKA_SYS: &str = "4.10.0+2.12.1";

/// Debian's packages: a command each brings, to see whether it is there, and the name.
const PACKAGES: &[(&str, &str)] = &[
    ("/usr/bin/kcat", "kcat"),
    ("/usr/bin/wrk", "wrk"),
    ("/usr/bin/zsh", "zsh"),
    ("/usr/bin/fish", "fish"),
    ("/usr/sbin/nginx", "nginx-light"),
    ("/usr/include/zstd.h", "libzstd-dev"),
    ("/usr/include/openssl/ssl.h", "libssl-dev"),
    ("/usr/bin/openssl", "openssl"),
    ("/usr/include/zlib.h", "zlib1g-dev"),
    ("/usr/include/rapidjson/rapidjson.h", "rapidjson-dev"),
    ("/usr/bin/javac", "default-jdk-headless"),
    ("/usr/bin/mvn", "maven"),
];

/// Where everything is, once [`provision`] has come back.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    root: PathBuf,
}

impl Tools {
    fn new() -> Self {
        Self { root: workspace::target().join("interop") }
    }

    /// A folder of runs: data, settings, logs. Kept until the next run of the same name.
    pub(crate) fn run_folder(&self, name: &str) -> PathBuf {
        self.root.join("run").join(name)
    }

    pub(crate) fn logs(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("logs").join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    pub(crate) fn kafka_libraries(&self) -> PathBuf {
        self.root.join("kafka/libs")
    }

    /// A folder shaped like a Kafka distribution: `bin/kafka-topics.sh` and the like.
    pub(crate) fn kafka_home(&self) -> PathBuf {
        self.root.join("kafka")
    }

    /// Kafka's own stand-in for a remote storage, of its tests: one file of classes.
    pub(crate) fn tiered_storage(&self) -> PathBuf {
        self.root.join("tiered-storage").join(format!("kafka-storage-{KAFKA}-test.jar"))
    }

    pub(crate) fn librdkafka(&self) -> PathBuf {
        self.root.join("librdkafka")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }
}

/// Brings all pieces that are not there yet.
pub(crate) fn provision() -> Result<Tools> {
    let tools = Tools::new();
    fs::create_dir_all(&tools.root)?;
    let started = Instant::now();
    thread::scope(|scope| {
        let packages = scope.spawn(packages);
        let kafka = scope.spawn(|| kafka(&tools).and_then(|()| tiered_storage(&tools)));
        let sources = scope.spawn(|| librdkafka_sources(&tools));
        for piece in [packages, kafka, sources] {
            piece.join().expect("no piece panics")?;
        }
        anyhow::Ok(())
    })?;
    build_librdkafka(&tools)?;
    println!("--- everything is there ({})", steps::seconds(started.elapsed()));
    Ok(tools)
}

/// Makes a piece unless its stamp says that it was made from the same.
pub(crate) fn piece(folder: &Path, made_from: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = folder.join(".made-from");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == made_from) {
        return Ok(());
    }
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    println!("    {name}: making");
    let started = Instant::now();
    fs::create_dir_all(folder)?;
    make().with_context(|| name.clone())?;
    fs::write(stamp, made_from)?;
    println!("    {name}: made ({})", steps::seconds(started.elapsed()));
    Ok(())
}

fn packages() -> Result<()> {
    let missing = PACKAGES.iter().filter(|(file, _)| !Path::new(file).exists() && !on_path(file));
    let missing: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("    installing {}", missing.join(", "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    steps::quiet(apt().args(["update", "--quiet"]))?;
    steps::quiet(apt().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(missing))?;
    Ok(())
}

/// A JDK or Maven may be installed elsewhere than where Debian puts it.
fn on_path(file: &str) -> bool {
    let Some(name) = file.strip_prefix("/usr/bin/") else { return false };
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).exists())
}

const POM: &str = r#"<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mainstem</groupId><artifactId>interop</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>KAFKA</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>KAFKA</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>LOG4J</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>LOG4J</version></dependency>
  </dependencies>
</project>
"#;

/// Kafka's own programs by the names under which its distribution ships them.
const SCRIPTS: &[(&str, &str)] = &[
    ("kafka-topics", "org.apache.kafka.tools.TopicCommand"),
    ("kafka-acls", "org.apache.kafka.tools.AclCommand"),
    ("kafka-configs", "kafka.admin.ConfigCommand"),
    ("kafka-console-producer", "org.apache.kafka.tools.ConsoleProducer"),
    ("kafka-console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
    ("kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
];

const LOGGING: &str = "\
Configuration:
  Appenders:
    Console:
      name: errors
      target: SYSTEM_ERR
      PatternLayout: { pattern: \"[%d] %p %m (%c)%n\" }
  Loggers:
    Root: { level: INFO, AppenderRef: [ { ref: errors } ] }
    Logger:
      - { name: org.apache.kafka.clients, level: WARN }
      - { name: org.apache.kafka.common, level: WARN }
";

fn kafka(tools: &Tools) -> Result<()> {
    let home = tools.kafka_home();
    let pom = POM.replace("KAFKA", KAFKA).replace("LOG4J", LOG4J);
    let scripts: String = SCRIPTS.iter().map(|(name, class)| format!("{name} {class}\n")).collect();
    piece(&home, &format!("{pom}{scripts}{LOGGING}"), || {
        fs::write(home.join("pom.xml"), &pom)?;
        fs::write(home.join("log4j2.yaml"), LOGGING)?;
        let arguments = ["--quiet", "--batch-mode", "dependency:copy-dependencies", "-DoutputDirectory=libs"];
        steps::quiet(Command::new("mvn").args(arguments).current_dir(&home))?;
        fs::create_dir_all(home.join("bin"))?;
        for (name, class) in SCRIPTS {
            let script = format!(
                "#!/bin/sh\nexec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\\n  \
                 -Dlog4j2.configurationFile='{home}/log4j2.yaml' -cp '{home}/libs/*' {class} \"$@\"\n",
                home = home.display()
            );
            let path = home.join("bin").join(format!("{name}.sh"));
            fs::write(&path, script)?;
            steps::quiet(Command::new("chmod").arg("+x").arg(path))?;
        }
        Ok(())
    })
}

fn tiered_storage(tools: &Tools) -> Result<()> {
    let folder = tools.root.join("tiered-storage");
    let artifact = format!("org.apache.kafka:kafka-storage:{KAFKA}:jar:test");
    piece(&folder, &artifact, || {
        let mut copy = Command::new("mvn");
        copy.args([
            "--quiet",
            "--batch-mode",
            "dependency:copy",
            "-DoutputDirectory=.",
            "-Dtransitive=false",
        ]);
        steps::quiet(copy.arg(format!("-Dartifact={artifact}")).current_dir(&folder))?;
        Ok(())
    })
}

const MANIFEST: &str = r#"[package]
name = "sources"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
rdkafka-sys = { version = "=VERSION", default-features = false }
"#;

/// librdkafka's source, tests and examples come inside a crate; cargo is the client that fetches it.
fn librdkafka_sources(tools: &Tools) -> Result<()> {
    let folder = tools.root.join("librdkafka-sources");
    piece(&folder, RDKAFKA_SYS, || {
        let manifest = folder.join("Cargo.toml");
        let version = RDKAFKA_SYS.split('+').next().unwrap_or(RDKAFKA_SYS);
        fs::write(&manifest, MANIFEST.replace("VERSION", version))?;
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        let arguments = ["metadata", "--format-version=1", "--filter-platform=x86_64-unknown-linux-gnu"];
        let metadata = steps::quiet(Command::new(env!("CARGO")).args(arguments).current_dir(&folder))?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let packages = metadata["packages"].as_array().context("no packages")?;
        let package =
            packages.iter().find(|package| package["name"] == "rdkafka-sys").context("no rdkafka-sys")?;
        ensure!(package["version"] == RDKAFKA_SYS, "the crate is {}", package["version"]);
        let manifest = PathBuf::from(package["manifest_path"].as_str().context("no path")?);
        let source = manifest.with_file_name("librdkafka");
        let copy = tools.librdkafka();
        if copy.exists() {
            fs::remove_dir_all(&copy)?;
        }
        steps::quiet(Command::new("cp").arg("-r").arg(source).arg(&copy))?;
        // What the crate's archive does not keep.
        steps::quiet(Command::new("chmod").args(["+x", "configure", "lds-gen.py"]).current_dir(&copy))?;
        Ok(())
    })
}

fn build_librdkafka(tools: &Tools) -> Result<()> {
    let folder = tools.librdkafka();
    piece(&folder, RDKAFKA_SYS, || {
        let log = tools.logs("provision")?.join("librdkafka.log");
        let script = "./configure && make -j2 libs && make -j2 -C tests test-runner && make -C examples rdkafka_performance";
        let mut build = process::command("nice");
        build.args(["-n", "5", "sh", "-c", script]).current_dir(&folder);
        process::between(&mut build, None, &log, Duration::from_secs(1200))
    })
}
