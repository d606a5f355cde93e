//! Lists and descriptions in all their forms, profiles, and what the shell is offered.
use crate::node::{Dev, binary, finish};
use std::{
    ffi::OsStr,
    fs,
    net::TcpListener,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// A closed port.
fn nowhere() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn every_list_and_description_has_five_forms() {
    let dev = Dev::ephemeral();
    dev.run("topic create orders --partitions 2 --config retention.ms=60000").ok();
    for line in ["topic list", "topic describe orders", "config describe topic orders", "group list"] {
        assert!(!dev.run(line).text().is_empty(), "{line}");
        dev.run(&format!("{line} -o json")).json();
        for document in dev.run(&format!("{line} -o ndjson")).text().lines() {
            serde_json::from_str::<serde_json::Value>(document).unwrap();
        }
        let names = dev.run(&format!("{line} -o name")).text();
        assert!(!names.contains(' '), "{line}: {names}");
        let yaml = dev.run(&format!("{line} -o yaml")).text();
        assert!(yaml == "[]\n" || yaml.contains("orders") || yaml.contains("retention.ms"), "{line}: {yaml}");
    }
    assert_eq!(dev.run("topic list -o name").text(), "orders\n");
    assert!(dev.run("topic list -o yaml").text().starts_with("- name: orders\n  id: "));
}

#[test]
fn settings_are_shown_and_changed() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    assert_eq!(
        dev.run("config set topic t retention.ms=60000 cleanup.policy=compact").text(),
        "set retention.ms, cleanup.policy of topic `t`\n"
    );
    let shown = dev.run("config describe topic t -o json").json();
    let retention = shown.as_array().unwrap().iter().find(|entry| entry["name"] == "retention.ms").unwrap();
    assert_eq!((&retention["value"], &retention["source"]), (&"60000".into(), &"topic".into()));
    let all = dev.run("config describe topic t --all -o name").text();
    assert!(all.lines().count() > shown.as_array().unwrap().len());
    dev.run("config unset topic t retention.ms").ok();
    assert!(!dev.run("config describe topic t -o name").text().contains("retention.ms"));
    assert!(dev.run("config describe broker 1 --all").text().contains("log.retention.ms"));
    dev.run("config describe topic nowhere").failed(5, &["`nowhere` does not exist"]);
    dev.run("config set topic t retention.mss=1")
        .failed(2, &["retention.mss", "did you mean `retention.ms`?"]);
    dev.run("config set topic t retention.ms=soon").failed(2, &["retention.ms", "soon"]);
    dev.run("config set topic t").failed(2, &["nothing to set"]);
    dev.run("config describe broker one").failed(2, &["`one` is not the id"]);
}

/// A command of a user with this configuration folder.
fn as_user(folder: &Path, line: &str) -> Command {
    let mut command = binary();
    command.env("XDG_CONFIG_HOME", folder).args(line.split(' '));
    command
}

#[test]
fn a_profile_names_the_cluster_unless_something_nearer_does() {
    let dev = Dev::ephemeral();
    dev.run("topic create here").ok();
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| finish(as_user(folder.path(), line), b"");
    let nowhere = nowhere();

    run("profile create bad").failed(2, &["names no broker"]);
    run(&format!("profile create good -b {} -X client.id=tests", dev.kafka)).ok();
    run(&format!("profile create bad -b {nowhere} --use")).ok();
    run("profile create odd -b x:1 -X client.idd=me").failed(2, &["did you mean `client.id`?"]);
    run("topic list -X request.timout.ms=1").failed(2, &["did you mean `request.timeout.ms`?"]);
    run("profile create good -b x:1").failed(6, &["`good` already exists"]);
    assert_eq!(run("profile list -o name").text(), "bad\ngood\n");
    let listed = run("profile list -o json").json();
    assert_eq!((&listed[0]["current"], &listed[1]["current"]), (&true.into(), &false.into()));
    let shown = run("profile show good").text();
    assert!(shown.contains(&dev.kafka) && shown.contains("tests"), "{shown}");
    let file = folder.path().join("mainstem/profiles/good.properties");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    // The profile in use, the variable, another profile by flag, and the address itself.
    run("topic list").failed(3, &[&nowhere]);
    let mut command = as_user(folder.path(), "topic list -o name");
    command.env("MAINSTEM_BOOTSTRAP_SERVER", &dev.kafka);
    assert_eq!(finish(command, b"").text(), "here\n");
    let mut command = as_user(folder.path(), "topic list");
    command.env("MAINSTEM_PROFILE", "none");
    finish(command, b"").failed(5, &["`none` does not exist"]);
    for line in
        [format!("topic list -b {}", dev.kafka), format!("topic list -X bootstrap.servers={}", dev.kafka)]
    {
        assert!(run(&line).text().contains("here"), "{line}");
    }
    run("profile use good").ok();
    assert!(run("topic list").text().contains("here"));
    run(&format!("topic list -b {nowhere}")).failed(3, &[&nowhere]);
    run("profile delete good bad").ok();
    run("profile show").failed(5, &["no profile is in use"]);
}

/// What a shell is offered after these words, in the way that each of them asks.
fn offered(shell: &str, words: &[&str]) -> String {
    let mut command = binary();
    command
        .env("COMPLETE", shell)
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
    command.arg("--").args(words);
    finish(command, b"").text()
}

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

#[test]
fn a_shell_is_offered_commands_topics_groups_and_keys() {
    let dev = Dev::ephemeral();
    dev.run("topic create orders other").ok();
    dev.run("group reset billing --topic orders --to-earliest --execute").ok();
    let b = dev.kafka.as_str();
    for shell in SHELLS {
        let mut command = binary();
        command.args(["completion", shell]);
        assert!(finish(command, b"").text().contains("mainstem"), "{shell}");
        for (words, expected) in [
            (&["mainstem", "top"][..], &["topic", "top"][..]),
            (&["mainstem", "topic", "de"], &["describe", "delete"]),
            (&["mainstem", "topic", "create", "--par"], &["--partitions"]),
            (&["mainstem", "topic", "describe", "-b", b, "ord"], &["orders"]),
            (&["mainstem", "topics", "rm", "--brokers", b, "o"], &["orders", "other"]),
            (&["mainstem", "consume", "-b", b, "o"], &["orders", "other"]),
            (&["mainstem", "group", "describe", "-b", b, ""], &["billing"]),
            (&["mainstem", "topic", "create", "t", "--config", "retention.m"], &["retention.ms="]),
            (&["mainstem", "topic", "list", "-X", "client.i"], &["client.id="]),
            (&["mainstem", "config", "set", "-b", b, "topic", "ord"], &["orders"]),
            (&["mainstem", "config", "set", "-b", b, "topic", "orders", "retention.m"], &["retention.ms="]),
            (&["mainstem", "config", "unset", "-b", b, "topic", "orders", "retention.m"], &["retention.ms"]),
            (&["mainstem", "config", "describe", "-b", b, "broker", ""], &["1"]),
            (&["mainstem", "topic", "list", "-o", "nd"], &["ndjson"]),
        ] {
            let offered = offered(shell, words);
            // Some shells are told what a word means beside it.
            let offered: Vec<&str> =
                offered.lines().map(|line| line.split(['\t', ':']).next().unwrap_or_default()).collect();
            for word in expected {
                assert!(offered.contains(word), "{shell} {words:?}: {word} is not in {offered:?}");
            }
            if words.last() == Some(&"ord") {
                assert!(!offered.contains(&"other"), "{shell} {words:?}: {offered:?}");
            }
        }
    }
}

#[test]
fn completion_waits_for_no_broker() {
    let silent = crate::fake::silent();
    let begun = Instant::now();
    let none = offered("bash", &["mainstem", "topic", "describe", "-b", &silent, "ord"]);
    assert!(!none.contains("orders"));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let mut odd = binary();
    odd.env("COMPLETE", "fish").args(["--", "mainstem", "topic", "describe", "-b", "127.0.0.1:1"]);
    odd.arg(OsStr::from_bytes(b"\xff"));
    let ran = finish(odd, b"");
    assert!(ran.code == Some(0) && !ran.errors.contains("panic"), "{ran:?}");
}

/// The script in the shell itself, where there is one.
#[test]
fn bash_completes_with_the_script() {
    let dev = Dev::ephemeral();
    dev.run("topic create orders").ok();
    let folder = tempfile::tempdir().unwrap();
    let mut script = binary();
    script.args(["completion", "bash"]);
    fs::write(folder.path().join("script"), finish(script, b"").ok()).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_mainstem"));
    let test = r#"
        source "$1/script"
        COMP_WORDS=(mainstem topic describe ord) COMP_CWORD=3 COMP_TYPE=9
        function=$(complete -p mainstem | sed -E 's/.*-F ([^ ]+).*/\1/')
        "$function" mainstem ord describe
        echo "${COMPREPLY[@]}"
    "#;
    let mut bash = Command::new("bash");
    bash.args(["-c", test, "bash"]).arg(folder.path());
    bash.env("MAINSTEM_BOOTSTRAP_SERVER", &dev.kafka);
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    bash.env("PATH", path).env("XDG_CONFIG_HOME", "/nonexistent");
    if Command::new("bash").arg("--version").output().is_err() {
        println!("not shown: there is no bash here");
        return;
    }
    let ran = finish(bash, b"");
    assert_eq!((ran.code, String::from_utf8_lossy(&ran.out).trim()), (Some(0), "orders"), "{ran:?}");
}
