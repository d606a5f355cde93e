use super::node;
use crate::failure::{Exit, Failure};
use clap::Args;
use config::ServerConfig;
use serde_json::json;
use std::{
    env, fs,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Run everything on this machine, to develop against.
///
/// Listens on this machine only. Data stays in the user's data folder from one run to the next.
#[derive(Debug, Default, Args)]
#[command(before_help = "Examples:
  mainstem dev
  mainstem dev --ephemeral                       # forgets everything at the end
  mainstem dev --kafka-port 19092 --data-dir ./data
  mainstem dev --ephemeral --json --kafka-port 0 --admin-port 0    # for tests")]
pub(crate) struct Arguments {
    /// Keep data in a temporary folder that is deleted at the end.
    #[arg(long, conflicts_with = "data_dir")]
    ephemeral: bool,
    /// When ready, print one line of JSON with the addresses and nothing else.
    #[arg(long)]
    json: bool,
    /// Folder for the data.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Port for Kafka clients; 0 takes any that is free. Unless given, 9092 or the next free one.
    #[arg(long, value_name = "PORT")]
    kafka_port: Option<u16>,
    /// Port for health and metrics; 0 takes any that is free. Unless given, 9644 or the next free one.
    #[arg(long, value_name = "PORT")]
    admin_port: Option<u16>,
    /// Show log lines here instead of writing them to a file in the data folder.
    #[arg(long)]
    logs: bool,
}

const KAFKA_PORT: u16 = 9092;
const ADMIN_PORT: u16 = 9644;
const LOG_FILE: &str = "mainstem.log";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let started = Instant::now();
    let folder = Folder::open(arguments)?;
    start_logging(arguments, folder.path())?;
    let kafka_port = port(arguments.kafka_port, KAFKA_PORT, "Kafka")?;
    let admin_port = port(arguments.admin_port, ADMIN_PORT, "the admin port")?;
    let config = server_config(folder.path(), kafka_port, admin_port, arguments.ephemeral)?;
    super::block_on(node::run_until_stopped(config, "use --ephemeral or another --data-dir", |broker| {
        let kafka = broker.kafka_addresses().first().map(|(_, address)| *address);
        let ready = Ready {
            kafka: kafka.expect("a broker that started has a listener"),
            admin: broker.admin_address(),
            data_dir: folder.path(),
            is_kept: !arguments.ephemeral,
            has_log_file: !arguments.logs,
            after: started.elapsed(),
        };
        let text = if arguments.json { ready.json() } else { ready.screen() };
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }))
}

/// Where the data is. A temporary one is deleted when this is dropped.
enum Folder {
    Kept(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Folder {
    fn open(arguments: &Arguments) -> Result<Self, Failure> {
        if arguments.ephemeral {
            let made = tempfile::Builder::new().prefix("mainstem-").tempdir();
            let failed =
                |error| Failure::new(Exit::Other, format!("cannot make a temporary folder: {error}"));
            return made.map(Self::Temporary).map_err(failed);
        }
        let path = match &arguments.data_dir {
            Some(path) => path.clone(),
            None => default_data_dir(env::var_os("XDG_DATA_HOME").map(PathBuf::from), env::home_dir())
                .ok_or_else(|| {
                    Failure::new(Exit::Usage, "this user has no home folder").next_step("give --data-dir")
                })?,
        };
        let made = fs::create_dir_all(&path).and_then(|()| path.canonicalize());
        made.map(Self::Kept).map_err(|error| {
            Failure::new(Exit::Other, format!("cannot make the data folder {}: {error}", path.display()))
                .next_step("give another with --data-dir, or use --ephemeral")
        })
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// The XDG rule: a relative path in the variable counts as none.
fn default_data_dir(xdg_data_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let data = xdg_data_home.filter(|path| path.is_absolute());
    let data =
        data.or_else(|| home.filter(|path| path.is_absolute()).map(|home| home.join(".local/share")))?;
    Some(data.join("mainstem/dev"))
}

/// Each run begins its own log.
fn start_logging(arguments: &Arguments, folder: &Path) -> Result<(), Failure> {
    let file = (!arguments.logs).then(|| folder.join(LOG_FILE));
    if let Some(file) = &file {
        let _ = fs::remove_file(file);
    }
    telemetry::start_logging(&telemetry::LogOptions { filter: None, file })
        .map_err(|error| Failure::new(Exit::Other, crate::failure::with_causes(&error)))
}

/// A port that was asked for is taken as it is. A busy default moves on, and says so.
fn port(asked: Option<u16>, default: u16, what: &str) -> Result<u16, Failure> {
    const TRIES: u16 = 100;
    if let Some(port) = asked {
        return Ok(port);
    }
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let Some(free) = (default..default + TRIES).find(is_free) else {
        let last = default + TRIES - 1;
        return Err(Failure::new(Exit::Other, format!("ports {default} to {last} are all in use")));
    };
    if free != default {
        eprintln!("port {default} is in use, so {what} is on {free}");
    }
    Ok(free)
}

fn server_config(
    folder: &Path,
    kafka_port: u16,
    admin_port: u16,
    is_ephemeral: bool,
) -> Result<ServerConfig, Failure> {
    let Some(folder) = folder.to_str() else {
        return Err(Failure::new(Exit::Usage, format!("the data folder {} is not UTF-8", folder.display())));
    };
    if folder.contains(',') {
        return Err(Failure::new(Exit::Usage, format!("the data folder `{folder}` has a comma in its name")));
    }
    let mut properties = vec![
        ("listeners", format!("PLAINTEXT://127.0.0.1:{kafka_port}")),
        ("mainstem.admin.listener", format!("127.0.0.1:{admin_port}")),
        ("log.dirs", folder.to_owned()),
        // One who develops starts one consumer and wants it to begin.
        ("group.initial.rebalance.delay.ms", "0".to_owned()),
    ];
    if is_ephemeral {
        // Nothing outlives the process, so nothing needs to be on a disk.
        properties.push(("mainstem.durability", "os".to_owned()));
    }
    ServerConfig::from_properties(properties).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

struct Ready<'a> {
    kafka: SocketAddr,
    admin: Option<SocketAddr>,
    data_dir: &'a Path,
    is_kept: bool,
    has_log_file: bool,
    after: Duration,
}

impl Ready<'_> {
    fn json(&self) -> String {
        let admin = self.admin.map(|address| address.to_string());
        let line = json!({ "kafka": self.kafka.to_string(), "admin": admin, "data_dir": self.data_dir.to_string_lossy() });
        format!("{line}\n")
    }

    fn screen(&self) -> String {
        let mut lines = vec![
            format!("Mainstem {}  ready in {:.2} s", env!("CARGO_PKG_VERSION"), self.after.as_secs_f64()),
            String::new(),
            format!("  Kafka  {}", self.kafka),
        ];
        if let Some(admin) = self.admin {
            lines.push(format!("  Admin  http://{admin}/metrics"));
        }
        let fate = if self.is_kept { "kept; --ephemeral forgets" } else { "deleted at the end" };
        lines.push(format!("  Data   {} ({fate})", in_home(self.data_dir, env::home_dir().as_deref())));
        if self.has_log_file {
            let log = self.data_dir.join(LOG_FILE);
            lines.push(format!("  Log    {}", in_home(&log, env::home_dir().as_deref())));
        }
        let at = match self.kafka.port() {
            KAFKA_PORT => String::new(),
            port => format!(" --bootstrap-server localhost:{port}"),
        };
        lines.extend([
            String::new(),
            "Try, in another terminal:".to_owned(),
            format!("  mainstem produce greetings 'hello, world'{at}"),
            format!("  mainstem consume greetings{at}"),
            String::new(),
            "Ctrl-C stops.\n".to_owned(),
        ]);
        lines.join("\n")
    }
}

/// A path as a shell takes it, short where it lies in the user's home.
fn in_home(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) => format!("~/{}", inside.display()),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_goes_to_the_users_folder() {
        for (xdg, home, expected) in [
            (Some("/x"), Some("/h"), Some("/x/mainstem/dev")),
            (None, Some("/h"), Some("/h/.local/share/mainstem/dev")),
            (Some("relative"), Some("/h"), Some("/h/.local/share/mainstem/dev")),
            (Some(""), None, None),
            (None, None, None),
        ] {
            let found = default_data_dir(xdg.map(PathBuf::from), home.map(PathBuf::from));
            assert_eq!(found, expected.map(PathBuf::from), "{xdg:?} {home:?}");
        }
    }

    fn ready(port: u16) -> Ready<'static> {
        Ready {
            kafka: SocketAddr::from(([127, 0, 0, 1], port)),
            admin: Some(SocketAddr::from(([127, 0, 0, 1], 9644))),
            data_dir: Path::new("/d"),
            is_kept: true,
            has_log_file: true,
            after: Duration::from_millis(42),
        }
    }

    #[test]
    fn a_path_in_the_home_is_short() {
        let home = Some(Path::new("/h"));
        for (path, home, expected) in
            [("/h/.local/share", home, "~/.local/share"), ("/hh/x", home, "/hh/x"), ("/x", None, "/x")]
        {
            assert_eq!(in_home(Path::new(path), home), expected);
        }
    }

    #[test]
    fn json_is_one_line_of_addresses() {
        let expected = "{\"kafka\":\"127.0.0.1:9092\",\"admin\":\"127.0.0.1:9644\",\"data_dir\":\"/d\"}\n";
        assert_eq!(ready(9092).json(), expected);
    }

    #[test]
    fn the_commands_to_try_work_as_they_stand() {
        assert!(ready(9092).screen().contains("\n  mainstem consume greetings\n"));
        assert!(
            ready(9093)
                .screen()
                .contains("\n  mainstem consume greetings --bootstrap-server localhost:9093\n")
        );
    }

    #[test]
    fn a_port_that_was_asked_for_is_not_replaced() {
        let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = busy.local_addr().unwrap().port();
        assert_eq!(port(Some(taken), 9092, "Kafka").unwrap(), taken);
        let Some(after) = taken.checked_add(100) else { return };
        assert!((taken + 1..after).contains(&port(None, taken, "Kafka").unwrap()));
    }

    #[test]
    fn the_embedded_settings_are_valid() {
        for ephemeral in [false, true] {
            let config = server_config(Path::new("/d"), 0, 0, ephemeral).unwrap();
            assert!(config.unknown.is_empty());
            assert_eq!(config.log_dirs(), [PathBuf::from("/d")]);
        }
        assert!(server_config(Path::new("/a,b"), 0, 0, false).is_err());
    }
}
