use crate::{
    args::key_value,
    failure::{Exit, Failure},
    output::{self, Column, Document, Format, Grid, OutputArguments, Row, Section},
    profiles::{Profiles, is_secret},
};
use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use config::Properties;
use serde::Serialize;
use std::{fs, path::PathBuf};

/// Keep clusters, with what is needed to log in, under a name.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem profile create staging -b broker-1:9092,broker-2:9092
  mainstem profile create prod -f client.properties --use
  mainstem profile use staging
  mainstem topic list --profile prod")]
pub(crate) enum Command {
    /// Save a cluster's client properties under a name.
    #[command(before_help = "Examples:
  mainstem profile create staging -b broker-1:9092,broker-2:9092 --use
  mainstem profile create prod -f client.properties
  mainstem profile create cloud -b kafka.example.com:9092 \\
      -X security.protocol=SASL_SSL -X sasl.mechanism=SCRAM-SHA-512 \\
      -X sasl.username=me -X sasl.password=secret")]
    Create(Create),
    /// Use this profile from now on.
    #[command(before_help = "Examples:
  mainstem profile use staging")]
    Use(Use),
    /// List the profiles.
    #[command(before_help = "Examples:
  mainstem profile list
  mainstem profile list -o json")]
    List(List),
    /// Show a profile's properties; secrets are hidden.
    #[command(before_help = "Examples:
  mainstem profile show
  mainstem profile show staging -o yaml")]
    Show(Show),
    /// Remove profiles.
    #[command(before_help = "Examples:
  mainstem profile delete staging")]
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Its name.
    name: String,
    /// The cluster's brokers, with commas between them.
    #[arg(short, long, aliases = ["bootstrap-servers", "brokers"], value_name = "HOST:PORT")]
    bootstrap_server: Option<String>,
    /// A file of client properties, as Kafka's tools take it.
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A client property; may be repeated.
    #[arg(short = 'X', value_name = "KEY=VALUE", value_parser = key_value, add = ArgValueCompleter::new(crate::completion::client_properties))]
    properties: Vec<(String, String)>,
    /// Use it from now on.
    #[arg(long = "use")]
    is_used: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Use {
    /// Its name.
    #[arg(add = ArgValueCompleter::new(crate::completion::profiles))]
    name: String,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The profile in use unless given.
    #[arg(add = ArgValueCompleter::new(crate::completion::profiles))]
    name: Option<String>,
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Their names.
    #[arg(required = true, add = ArgValueCompleter::new(crate::completion::profiles))]
    names: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Listed {
    profile: String,
    current: bool,
    bootstrap_servers: Option<String>,
    security_protocol: Option<String>,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("PROFILE", |p| p.profile.clone()),
        Column::text("CURRENT", |p| if p.current { "yes" } else { "" }.to_owned()),
        Column::text("BOOTSTRAP-SERVERS", |p| output::or_dash(p.bootstrap_servers.as_ref())),
        Column::text("SECURITY", |p| output::or_dash(p.security_protocol.as_ref())),
    ];

    fn name(&self) -> String {
        self.profile.clone()
    }
}

#[derive(Debug, Serialize)]
struct Shown {
    profile: String,
    properties: Properties,
}

#[derive(Debug, Serialize)]
struct Property {
    key: String,
    value: String,
}

impl Row for Property {
    const COLUMNS: &'static [Column<Self>] =
        &[Column::text("PROPERTY", |p| p.key.clone()), Column::text("VALUE", |p| p.value.clone())];

    fn name(&self) -> String {
        self.key.clone()
    }
}

impl Document for Shown {
    fn name(&self) -> String {
        self.profile.clone()
    }

    fn sections(&self) -> Vec<Section> {
        let row = |(key, value): (&String, &String)| Property { key: key.clone(), value: value.clone() };
        let rows: Vec<Property> = self.properties.iter().map(row).collect();
        vec![Section::Fields(vec![("profile", self.profile.clone())]), Section::Grid(Grid::of(&rows))]
    }
}

pub(crate) fn run(command: Command) -> Result<(), Failure> {
    let profiles = Profiles::of_user().ok_or_else(|| {
        Failure::new(Exit::Usage, "this user has no home folder").next_step("set HOME or XDG_CONFIG_HOME")
    })?;
    match command {
        Command::Create(arguments) => create(&profiles, arguments),
        Command::Use(arguments) => choose(&profiles, &arguments.name),
        Command::List(arguments) => list(&profiles, arguments.output.format),
        Command::Show(arguments) => show(&profiles, arguments),
        Command::Delete(arguments) => arguments.names.iter().try_for_each(|name| {
            profiles.delete(name)?;
            output::say(&format!("deleted profile `{name}`"))
        }),
    }
}

fn choose(profiles: &Profiles, name: &str) -> Result<(), Failure> {
    profiles.choose(name)?;
    let servers = profiles.get(name)?.remove("bootstrap.servers").unwrap_or_default();
    output::say(&format!("using profile `{name}` ({servers}) from now on"))
}

fn create(profiles: &Profiles, arguments: Create) -> Result<(), Failure> {
    let mut properties = match &arguments.file {
        None => Properties::new(),
        Some(path) => {
            let wrong = |error: &dyn std::error::Error| {
                Failure::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
            };
            let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
            config::parse_properties(&text).map_err(|error| wrong(&error))?
        }
    };
    properties.extend(arguments.properties);
    properties.extend(arguments.bootstrap_server.map(|servers| ("bootstrap.servers".to_owned(), servers)));
    if !properties.contains_key("bootstrap.servers") {
        return Err(Failure::new(Exit::Usage, format!("profile `{}` names no broker", arguments.name))
            .next_step("give --bootstrap-server HOST:PORT"));
    }
    crate::cluster::check(&properties)?;
    profiles.create(&arguments.name, &properties)?;
    output::say(&format!("created profile `{}`", arguments.name))?;
    if arguments.is_used { choose(profiles, &arguments.name) } else { Ok(()) }
}

fn list(profiles: &Profiles, format: Format) -> Result<(), Failure> {
    let current = profiles.current()?;
    let mut rows = Vec::new();
    for name in profiles.names()? {
        let mut properties = profiles.get(&name)?;
        rows.push(Listed {
            current: current.as_deref() == Some(&name),
            bootstrap_servers: properties.remove("bootstrap.servers"),
            security_protocol: properties.remove("security.protocol"),
            profile: name,
        });
    }
    output::list(format, &rows)
}

fn show(profiles: &Profiles, arguments: Show) -> Result<(), Failure> {
    let name = match arguments.name {
        Some(name) => name,
        None => profiles.current()?.ok_or_else(|| {
            Failure::new(Exit::NotFound, "no profile is in use")
                .next_step("`mainstem profile use` chooses one")
        })?,
    };
    output::describe(arguments.output.format, &shown(profiles.get(&name)?, name))
}

fn shown(properties: Properties, profile: String) -> Shown {
    let visible = |(key, value): (String, String)| {
        let value = if is_secret(&key) { "(hidden)".to_owned() } else { value };
        (key, value)
    };
    Shown { profile, properties: properties.into_iter().map(visible).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let properties: Properties = [("sasl.password", "hunter2"), ("sasl.username", "me")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        let shown = shown(properties, "p".to_owned());
        let json = serde_json::to_string(&shown).unwrap();
        assert_eq!(json, r#"{"profile":"p","properties":{"sasl.password":"(hidden)","sasl.username":"me"}}"#);
        assert!(!format!("{:?}", shown.sections()).contains("hunter2"));
    }
}
