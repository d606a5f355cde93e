//! `kafka-cluster`: the cluster's id and endpoints, and the removal of nodes that are gone.
use super::{
    Outcome, Stop, broker_api_versions, client, errors,
    options::{Given, Opt, flag, value},
    subcommands::{Command, Program},
};
use ::client::{
    Admin, Error,
    admin::{ClusterNode, DescribeClusterOptions},
};
use base::NodeId;
use std::io::{self, Write};

const CONNECTION: &[Opt] = &[
    value("bootstrap-server", "BOOTSTRAP_SERVER", "The brokers to ask first: HOST:PORT, with commas.")
        .short("b"),
    value("bootstrap-controller", "BOOTSTRAP_CONTROLLER", "The controllers to ask first.").short("C"),
    value("config", "CONFIG", "The old name of --command-config."),
    value("command-config", "COMMAND_CONFIG", "A file of properties for the client.").short("c"),
];
const ID: &[Opt] = &[value("id", "ID", "The node's id.").required().short("i")];

pub(super) static PROGRAM: Program = Program {
    name: "kafka-cluster",
    help_code: 1,
    about: "The Kafka cluster tool.",
    options: &[],
    commands: &[
        Command { name: "cluster-id", about: "Show the cluster's id.", options: &[CONNECTION] },
        Command { name: "unregister", about: "Forget a broker that is gone.", options: &[CONNECTION, ID] },
        Command {
            name: "unregister-controller",
            about: "Forget a controller that is gone.",
            options: &[CONNECTION, ID],
        },
        Command {
            name: "list-endpoints",
            about: "List where nodes listen.",
            options: &[CONNECTION, &[flag("include-fenced-brokers", "Also brokers that are not alive.")]],
        },
        Command {
            name: "api-versions",
            about: "Show which versions of which APIs nodes offer.",
            options: &[CONNECTION],
        },
    ],
    exclusive: &[(true, &["bootstrap-server", "bootstrap-controller"])],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let (command, mut given) = PROGRAM.parse(words).map_err(|refusal| refusal.stop(&PROGRAM))?;
    if given.count(&["config", "command-config"]) > 1 {
        return Err(Stop::failed("--config and --command-config cannot be specified together."));
    }
    for (name, _) in &mut given.found {
        if *name == "config" {
            println!(
                "Option --config has been deprecated and will be removed in a future version. Use --command-config \
                 instead."
            );
            *name = "command-config";
        }
    }
    if given.has("include-fenced-brokers") && given.has("bootstrap-controller") {
        return Err(Stop::failed(
            "The option --include-fenced-brokers is only supported with --bootstrap-server option",
        ));
    }
    super::block_on(async {
        let admin = client::admin(&given).await?;
        match command {
            "cluster-id" => {
                let cluster = admin.describe_cluster(DescribeClusterOptions::default()).await?;
                let line = match cluster.cluster_id {
                    Some(id) => format!("Cluster ID: {id}"),
                    None => "No cluster ID found. The Kafka version is probably too old.".to_owned(),
                };
                Ok(writeln!(io::stdout(), "{line}")?)
            }
            "unregister" => {
                let id = NodeId(given.number("id")?.unwrap_or_default());
                unregistered(&format!("Broker {id}"), "broker", admin.unregister_broker(id).await)
            }
            "unregister-controller" => {
                let id = NodeId(given.number("id")?.unwrap_or_default());
                unregistered(&format!("Controller {id}"), "controller", admin.unregister_controller(id).await)
            }
            "api-versions" => broker_api_versions::show(&admin).await,
            _ => list_endpoints(&given, &admin).await,
        }
    })
}

fn unregistered(node: &str, kind: &str, answer: Result<(), Error>) -> Outcome {
    let line = match answer {
        Ok(()) => format!("{node} is no longer registered."),
        Err(Error::UnsupportedApi { .. } | Error::UnsupportedVersion { .. }) => {
            format!("The target cluster does not support the {kind} unregistration API.")
        }
        Err(error) => return Err(error.into()),
    };
    Ok(writeln!(io::stdout(), "{line}")?)
}

async fn list_endpoints(given: &Given, admin: &Admin) -> Outcome {
    let is_controllers = given.has("bootstrap-controller");
    let fenced_brokers = given.has("include-fenced-brokers");
    let options = DescribeClusterOptions { fenced_brokers, ..DescribeClusterOptions::default() };
    let mut nodes = match admin.describe_cluster(options).await {
        Ok(cluster) => cluster.brokers,
        Err(error @ (Error::UnsupportedApi { .. } | Error::UnsupportedVersion { .. })) => {
            return Ok(writeln!(io::stdout(), "{}", errors::message(&error))?);
        }
        Err(error) => return Err(error.into()),
    };
    nodes.sort_by_key(|node| node.id);
    Ok(print(&mut io::stdout().lock(), &nodes, is_controllers)?)
}

fn print(out: &mut impl Write, nodes: &[ClusterNode], is_controllers: bool) -> io::Result<()> {
    let host_width = nodes.iter().map(|node| node.address.host.len()).max().unwrap_or(100);
    let rack_width = nodes.iter().filter_map(|node| Some(node.rack.as_ref()?.len())).max().unwrap_or(10);
    let mut row = |id: &str, host: &str, port: &str, rack: &str, state: &str, endpoint: &str| {
        write!(out, "{id:10} {host:host_width$} {port:10} {rack:rack_width$} ")?;
        if !is_controllers {
            write!(out, "{state:10} ")?;
        }
        writeln!(out, "{endpoint:15}")
    };
    row("ID", "HOST", "PORT", "RACK", "STATE", "ENDPOINT_TYPE")?;
    for node in nodes {
        let state = if node.fenced { "fenced" } else { "unfenced" };
        let endpoint = if is_controllers { "controller" } else { "broker" };
        let (id, port) = (node.id.to_string(), node.address.port.to_string());
        row(&id, &node.address.host, &port, node.rack.as_deref().unwrap_or("null"), state, endpoint)?;
    }
    Ok(())
}
