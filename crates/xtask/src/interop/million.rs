//! A million lines of a real log come back byte for byte, in order, through three consumers; also when the
//! broker is killed while they come in, and when it is killed afterwards.
//!
//! The log is what nginx writes while wrk asks it for the pages of `/usr/share/doc`: no registry has a real one
//! of that size.

use super::{
    broker::{self, Broker, free_ports},
    java::Java,
    kcat::Kcat,
    process::{self, Running},
    provision::{self, Tools},
    session::{SOON, Session},
};
use crate::steps;
use anyhow::{Context, Result, bail, ensure};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

const LINES: usize = 1_000_000;
const LONG: Duration = Duration::from_secs(180);

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let file = access_log(session.tools)?;
    let size = fs::metadata(&file)?.len();
    println!("    {LINES} lines, {} MiB", size >> 20);
    let mut broker = session.broker(&[])?;
    let folder = session.folder("output");
    fs::create_dir_all(&folder)?;

    session.check("kcat produces the file", || produce(&broker, "whole", &file));
    come_back(session, &broker, "whole", &file, &folder);

    session.check("kcat produces it while the broker is killed and restarted", || {
        produce_through_a_kill(&mut broker, "torn", &file, &folder)
    });
    come_back(session, &broker, "torn", &file, &folder);

    session.check("the broker is killed and restarted", || {
        broker.kill()?;
        broker.restart()
    });
    for topic in ["whole", "torn"] {
        let name = format!("`{topic}` comes back through kcat after that");
        session.check(&name, || with_kcat(&broker, topic, &file, &folder));
    }
    Ok(())
}

fn come_back(session: &mut Session<'_>, broker: &Broker, topic: &str, file: &Path, folder: &Path) {
    session.check(&format!("`{topic}` comes back through kcat"), || with_kcat(broker, topic, file, folder));
    let java = Java::new(session, broker);
    session.check(&format!("`{topic}` comes back through Java"), || with_java(java, topic, file, folder));
    if broker::binary().exists() {
        let name = format!("`{topic}` comes back through mainstem consume");
        session.check(&name, || with_mainstem(broker, topic, file, folder));
    }
}

/// kcat in the way of one who cares: every record acknowledged, none twice.
fn producer(broker: &Broker, topic: &str) -> std::process::Command {
    let kcat = Kcat { address: &broker.address };
    // -E: a broker that is away for a moment is no reason to give up.
    let careful = ["-E", "-X", "enable.idempotence=true", "-X", "acks=all", "-X", "linger.ms=20"];
    kcat.command(&[&["-P", "-t", topic, "-p", "0"][..], &careful].concat())
}

fn produce(broker: &Broker, topic: &str, file: &Path) -> Result<()> {
    let output = file.with_file_name("produced.txt");
    process::between(&mut producer(broker, topic), Some(file), &output, LONG)
}

/// The kill comes when some of the records are there, and not all.
fn produce_through_a_kill(broker: &mut Broker, topic: &str, file: &Path, folder: &Path) -> Result<()> {
    let mut feed = process::command("sh");
    let kcat = producer(broker, topic);
    let words = kcat.get_args().skip(3).map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
    feed.args(["-c", r#"exec "$@" < "$0""#]).arg(file).args(words);
    let mut producer = Running::start("kcat", &mut feed, &folder.join("torn.log"))?;
    let there = process::until("first records", SOON, || {
        let kcat = Kcat { address: &broker.address };
        let said = kcat.run(&["-Q", "-t", &format!("{topic}:0:-1")], "")?.stdout;
        let end =
            said.trim().rsplit(' ').next().and_then(|word| word.parse::<usize>().ok()).unwrap_or_default();
        Ok((end > LINES / 20).then_some(end))
    })?;
    broker.kill()?;
    ensure!(there < LINES, "all records had come before the kill");
    broker.restart()?;
    let status = producer.wait(LONG)?;
    ensure!(status.success(), "kcat: {status}\n{}", steps::tail(&producer.errors(), 10));
    println!(
        "            killed after {there} records, served again {} later",
        steps::seconds(broker.ready_after)
    );
    Ok(())
}

fn with_kcat(broker: &Broker, topic: &str, file: &Path, folder: &Path) -> Result<()> {
    let output = folder.join("kcat.txt");
    let kcat = Kcat { address: &broker.address };
    let arguments = ["-C", "-q", "-e", "-t", topic, "-p", "0", "-o", "beginning"];
    process::between(&mut kcat.command(&arguments), None, &output, LONG)?;
    same_files(&output, file)
}

fn with_java(java: Java<'_>, topic: &str, file: &Path, folder: &Path) -> Result<()> {
    let output = folder.join("java.txt");
    let count = LINES.to_string();
    let arguments = ["--topic", topic, "--partition", "0", "--offset", "earliest", "--max-messages", &count];
    let arguments = [&arguments[..], &["--timeout-ms", "30000"]].concat();
    let mut command = java.command("org.apache.kafka.tools.consumer.ConsoleConsumer", &arguments);
    process::between(&mut command, None, &output, LONG)?;
    same_files(&output, file)
}

fn with_mainstem(broker: &Broker, topic: &str, file: &Path, folder: &Path) -> Result<()> {
    let output = folder.join("mainstem.txt");
    let mut command = process::command(broker::binary());
    command.args(["consume", topic, "-p", "0", "--offset", "start", "-e"]);
    command.args(["--bootstrap-server", &broker.address]);
    process::between(&mut command, None, &output, LONG)?;
    same_files(&output, file)
}

fn same_files(found: &Path, expected: &Path) -> Result<()> {
    let mut found = BufReader::with_capacity(1 << 20, File::open(found)?);
    let mut expected = BufReader::with_capacity(1 << 20, File::open(expected)?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for number in 1.. {
        left.clear();
        right.clear();
        let ended = found.read_until(b'\n', &mut left)? + expected.read_until(b'\n', &mut right)? == 0;
        if ended {
            break;
        }
        let [left, right] = [&left, &right].map(|line| String::from_utf8_lossy(line));
        ensure!(left == right, "line {number} is {left:?}, should be {right:?}");
    }
    Ok(())
}

const NGINX: &str = "\
master_process off;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log;
events { worker_connections 256; }
http {
    access_log FOLDER/all.log combined buffer=256k;
    client_body_temp_path FOLDER/body;
    proxy_temp_path FOLDER/proxy;
    fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi;
    scgi_temp_path FOLDER/scgi;
    server { listen 127.0.0.1:PORT; root /usr/share/doc; autoindex on; }
}
";

/// Asks for pages that are there and some that are not, as browsers and robots would.
const VISITORS: &str = r#"
local pages, agents = {}, {
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "curl/7.88.1", "Wget/1.21.3", "a \"quoted\" robot/1.0 (+http://localhost/robot)", "-",
}
for line in io.lines("FOLDER/pages.txt") do pages[#pages + 1] = line end
math.randomseed(1)
request = function()
  local path = pages[math.random(#pages)]
  if math.random(20) == 1 then path = path .. "~" .. math.random(1000) end
  if math.random(10) == 1 then path = path .. "?session=" .. math.random(1000000) end
  local headers = { ["User-Agent"] = agents[math.random(#agents)] }
  if math.random(3) == 1 then headers["Referer"] = "http://localhost" .. pages[math.random(#pages)] end
  return wrk.format("GET", path, headers)
end
"#;

/// The file, made once: `target/interop/data/access.log`.
fn access_log(tools: &Tools) -> Result<PathBuf> {
    let folder = tools.data();
    let file = folder.join("access.log");
    provision::piece(&folder, &format!("{NGINX}{VISITORS}{LINES}"), || {
        let [port] = free_ports()?;
        let fill = |text: &str| {
            text.replace("FOLDER", &folder.display().to_string()).replace("PORT", &port.to_string())
        };
        fs::write(folder.join("nginx.conf"), fill(NGINX))?;
        fs::write(folder.join("visitors.lua"), fill(VISITORS))?;
        let find = "find -L /usr/share/doc -type f -size -8k -printf '/%P\\n' | grep -E '^[A-Za-z0-9/._-]+$' | sort | head -n 5000";
        let pages = steps::quiet(std::process::Command::new("sh").args(["-c", find]))?;
        fs::write(folder.join("pages.txt"), pages)?;
        let mut nginx = process::command("nginx");
        nginx.args(["-g", "daemon off;", "-c"]).arg(folder.join("nginx.conf"));
        let mut nginx = Running::start("nginx", &mut nginx, &folder.join("nginx.log"))?;
        let address = format!("127.0.0.1:{port}");
        nginx.until("connection", SOON, |_| std::net::TcpStream::connect(&address).is_ok())?;
        for _ in 0..20 {
            let mut wrk = process::command("wrk");
            wrk.args(["-t1", "-c16", "-d10s", "-s"])
                .arg(folder.join("visitors.lua"))
                .arg(format!("http://{address}/"));
            process::capture(&mut wrk, b"", SOON)?.ok()?;
            if cut(&folder.join("all.log"), &file)? {
                nginx.stop(SOON)?;
                fs::remove_file(folder.join("all.log"))?;
                return Ok(());
            }
        }
        bail!("nginx and wrk made fewer than {LINES} lines")
    })?;
    Ok(file)
}

/// Takes the first million lines, if there are so many.
fn cut(from: &Path, to: &Path) -> Result<bool> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(from).context("nginx wrote nothing")?);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let mut line = Vec::new();
    for _ in 0..LINES {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok(false);
        }
        out.write_all(&line)?;
    }
    out.flush()?;
    Ok(true)
}
