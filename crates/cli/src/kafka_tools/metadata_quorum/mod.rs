//! `kafka-metadata-quorum`: the controllers that vote on metadata, and who follows them (KIP-836, KIP-853).
mod add;

use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, flag, value},
    render::join,
    subcommands::{Command, Program},
};
use ::client::{
    Admin, Error,
    admin::{DescribeClusterOptions, DirectoryId, Quorum, QuorumReplica},
};
use add::Added;
use base::NodeId;
use protocol::ErrorCode;
use std::{
    io::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};

pub(super) static PROGRAM: Program = Program {
    name: "kafka-metadata-quorum",
    help_code: 0,
    about: "This tool describes kraft metadata quorum status.",
    options: &[&[BOOTSTRAP_SERVER, BOOTSTRAP_CONTROLLER, COMMAND_CONFIG]],
    commands: &[
        Command {
            name: "describe",
            about: "Show the quorum.",
            options: &[&[
                flag("status", "In short."),
                flag("replication", "Replica by replica."),
                flag("human-readable", "Times as how long ago."),
            ]],
        },
        Command {
            name: "add-controller",
            about: "Let the controller vote whose settings are in --command-config.",
            options: &[&[flag("dry-run", "Only say what would be done.")]],
        },
        Command {
            name: "remove-controller",
            about: "Take a controller out of the voters.",
            options: &[&[
                value("controller-id", "CONTROLLER_ID", "The controller's id.").required().short("i"),
                value(
                    "controller-directory-id",
                    "CONTROLLER_DIRECTORY_ID",
                    "The id of its metadata directory.",
                )
                .required()
                .short("d"),
                flag("dry-run", "Only say what would be done."),
                flag("unregister", "Also make the cluster forget it."),
            ]],
        },
    ],
    exclusive: &[(true, &["bootstrap-server", "bootstrap-controller"])],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let (command, given) = PROGRAM.parse(words).map_err(|refusal| refusal.stop(&PROGRAM))?;
    super::block_on(async {
        match command {
            "add-controller" => return add(&given).await,
            "remove-controller" => return remove(&given).await,
            _ => {}
        }
        let admin = client::admin(&given).await?;
        match (given.has("status"), given.has("replication")) {
            (true, true) => Err(Stop::failed(
                "Only one of --status or --replication should be specified with describe sub-command",
            )),
            (false, false) => Err(Stop::failed(
                "One of --status or --replication must be specified with describe sub-command",
            )),
            (true, false) if given.has("human-readable") => {
                Err(Stop::failed("The option --human-readable is only supported along with --replication"))
            }
            (true, false) => status(&admin).await,
            (false, true) => {
                let rows = replication(&admin.describe_quorum().await?, given.has("human-readable"))?;
                Ok(print_table(&mut io::stdout().lock(), &rows)?)
            }
        }
    })
}

async fn add(given: &Given) -> Outcome {
    let Some(file) = given.get("command-config")? else {
        return Err(Stop::failed(
            "You must supply the configuration file of the controller you are adding when using add-controller.",
        ));
    };
    let added = Added::read(&client::read_properties(Some(file))?)?;
    if given.has("dry-run") {
        return Ok(writeln!(io::stdout(), "DRY RUN of adding {added}")?);
    }
    let admin = client::admin(given).await?;
    admin.add_voter(added.id, added.directory, &added.endpoints).await?;
    Ok(writeln!(io::stdout(), "Added {added}")?)
}

async fn remove(given: &Given) -> Outcome {
    let id: i32 = given.number("controller-id")?.unwrap_or_default();
    if id < 0 {
        return Err(Stop::Failed(format!("Invalid negative --controller-id: {id}")));
    }
    let text = given.require("controller-directory-id")?;
    let directory: DirectoryId = text.parse().map_err(|error: base::InvalidTopicId| {
        Stop::Failed(format!("Failed to parse --controller-directory-id: {error}"))
    })?;
    let unregister = given.has("unregister");
    if given.has("dry-run") {
        writeln!(io::stdout(), "DRY RUN of removing KRaft controller {id} with directory id {directory}")?;
        if unregister {
            writeln!(io::stdout(), "DRY RUN of unregistering KRaft controller {id}")?;
        }
        return Ok(());
    }
    let admin = client::admin(given).await?;
    if let Err(error) = admin.remove_voter(NodeId(id), directory).await {
        let is_none = error.code() == Some(ErrorCode::VOTER_NOT_FOUND);
        let is_unsupported = matches!(error, Error::UnsupportedApi { .. } | Error::UnsupportedVersion { .. });
        return Err(match unregister && (is_none || is_unsupported) {
            true => unregister_instead(&format!("remove KRaft voter {id}"), id, &error),
            false => error.into(),
        });
    }
    writeln!(io::stdout(), "Removed KRaft controller {id} with directory id {directory}")?;
    if unregister {
        let unregistered = admin.unregister_controller(NodeId(id)).await;
        unregistered
            .map_err(|error| unregister_instead(&format!("unregister controller {id}"), id, &error))?;
        writeln!(io::stdout(), "Unregistered KRaft controller {id}")?;
    }
    Ok(())
}

fn unregister_instead(what: &str, id: i32, error: &Error) -> Stop {
    Stop::Failed(format!(
        "Failed to {what}: {}. To unregister the controller from the cluster, run `kafka-cluster.sh \
         unregister-controller --id {id}`.",
        errors::message(error)
    ))
}

async fn status(admin: &Admin) -> Outcome {
    let cluster = admin.describe_cluster(DescribeClusterOptions::default()).await?;
    let quorum = admin.describe_quorum().await?;
    let leader = leader_of(&quorum)?;
    let end = |replica: &QuorumReplica| replica.log_end_offset.unwrap_or(-1);
    let behind = quorum.voters.iter().min_by_key(|replica| end(replica)).unwrap_or(leader);
    let lag_ms = match (leader.last_caught_up_ms, behind.last_caught_up_ms) {
        _ if behind.id == leader.id => 0,
        (Some(leader), Some(behind)) => leader - behind,
        _ => -1,
    };
    let replicas = |replicas: &[QuorumReplica]| {
        let list = replicas.iter().map(|replica| replica_json(replica, &quorum));
        format!("[{}]", join(list, ", "))
    };
    let out = &mut io::stdout().lock();
    for (name, value) in [
        ("ClusterId:", cluster.cluster_id.unwrap_or_else(|| "null".to_owned())),
        ("LeaderId:", leader.id.to_string()),
        ("LeaderEpoch:", quorum.leader_epoch.to_string()),
        ("HighWatermark:", quorum.high_watermark.to_string()),
        ("MaxFollowerLag:", (end(leader) - end(behind)).to_string()),
        ("MaxFollowerLagTimeMs:", lag_ms.to_string()),
        ("CurrentVoters:", replicas(&quorum.voters)),
        ("CurrentObservers:", replicas(&quorum.observers)),
    ] {
        writeln!(out, "{name:23} {value}")?;
    }
    Ok(())
}

fn leader_of(quorum: &Quorum) -> Result<&QuorumReplica, Stop> {
    let leader = quorum.voters.iter().find(|replica| Some(replica.id) == quorum.leader);
    leader.ok_or_else(|| Stop::failed("No value present"))
}

fn replica_json(replica: &QuorumReplica, quorum: &Quorum) -> String {
    let mut text = format!("{{\"id\": {}", replica.id);
    if let Some(directory) = replica.directory {
        text += &format!(", \"directoryId\": \"{directory}\"");
    }
    if let Some(endpoints) = quorum.endpoints.get(&replica.id).filter(|endpoints| !endpoints.is_empty()) {
        let list = endpoints.iter().map(|at| format!("\"{}://{}\"", at.listener, at.address));
        text += &format!(", \"endpoints\": [{}]", join(list, ", "));
    }
    text + "}"
}

fn replication(quorum: &Quorum, human: bool) -> Result<Vec<[String; 7]>, Stop> {
    let leader = leader_of(quorum)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as i64);
    let time = |ms: Option<i64>| match ms {
        None => "-1".to_owned(),
        Some(ms) if human => format!("{} ms ago", (now - ms).max(0)),
        Some(ms) => ms.to_string(),
    };
    let end = |replica: &QuorumReplica| replica.log_end_offset.unwrap_or(-1);
    let row = |replica: &QuorumReplica, status: &str| {
        let directory = replica.directory.unwrap_or(DirectoryId(base::TopicId::NONE.0));
        [
            replica.id.to_string(),
            directory.to_string(),
            end(replica).to_string(),
            (end(leader) - end(replica)).to_string(),
            time(replica.last_fetch_ms),
            time(replica.last_caught_up_ms),
            status.to_owned(),
        ]
    };
    let followers = quorum.voters.iter().filter(|replica| replica.id != leader.id);
    let mut rows = vec![row(leader, "Leader")];
    rows.extend(followers.map(|replica| row(replica, "Follower")));
    rows.extend(quorum.observers.iter().map(|replica| row(replica, "Observer")));
    Ok(rows)
}

fn print_table(out: &mut impl Write, rows: &[[String; 7]]) -> io::Result<()> {
    let head = [
        "NodeId",
        "DirectoryId",
        "LogEndOffset",
        "Lag",
        "LastFetchTimestamp",
        "LastCaughtUpTimestamp",
        "Status",
    ]
    .map(str::to_owned);
    super::render::table(out, std::iter::once(&head).chain(rows).map(|row| &row[..]))
}
