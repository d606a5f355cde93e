//! `mainstem consume`: records of topics to standard output.
mod copy;
mod format;
pub(crate) mod position;
mod render;

use crate::{
    cluster::{self, ClusterArguments},
    completion,
    failure::{Exit, Failure},
    interrupt::Interrupt,
    output,
    progress::{Progress, Total},
    text,
};
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin, Cluster, Consumer, Error, OnUnknownTopic, TopicPartition,
    admin::{IsolationLevel, OffsetSpec},
    consumer::{Config, End, OnOutOfRange, Start},
};
use copy::{Copy, Ended, Group, fatal};
use format::Template;
pub(crate) use format::{Encoding, Notation, Token, tokens};
use position::{Bounds, Point, Span, Stops};
use render::Renderer;
use std::{
    collections::BTreeMap,
    io::{self, IsTerminal},
    str::FromStr,
    time::Duration,
};

/// Read records of topics.
///
/// Follows the topics until interrupted, unless -e, -n or an end in --offset says otherwise. Without --group it needs no
/// group and leaves no trace; with it, it goes on where the group has committed, and commits what it has written.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:
  mainstem consume orders                    # everything, then what comes
  mainstem consume orders -e > orders.txt    # everything there is now
  mainstem consume orders -o -10 -e          # the last ten of each partition
  mainstem consume orders -o @-1h:end -o json
  mainstem consume orders -o 100:200 -p 0 -f '%o %k=%v\\n'
  mainstem consume orders -e -o json | mainstem produce copy --json
  mainstem consume orders -g billing               # as a member of a group",
    after_help = "Offsets:
  start end N       beginning, what comes next, an offset
  +N -N             N after the start, N before the end, of each partition
  A:B :B            from A up to B, which is left out
  @T @T:U @:U       by time: 2026-11-22T10:00:00Z, 2026-11-22, milliseconds, or how long ago, as -1h
  s@MS e@MS         kcat's: from and until a time in milliseconds

Format:
  %t %p %o          topic, partition, offset
  %k %v %s          key, value; also {hex}, {base64}, {base64raw}
  %K %V %S %R       length of key, of value; %R as four bytes
  %T %d             timestamp in milliseconds; %d{strftime[%Y-%m-%d %H:%M:%S]}
  %h %H             headers as name=value, or each by %h{%k: %v\\n}; their number
  %e %x %y %a       leader epoch, producer id and epoch, attributes
  %] %i             high watermark of the partition, number of the record
  %% %{ %} \\n \\t \\xNN
  Numbers take {hex8} to {hex64}, {big8} to {big64}, {little8} to {little64}."
)]
pub(crate) struct Arguments {
    /// What to read.
    #[arg(required = true, value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topics: Vec<String>,
    /// Where to begin and where to stop; see below. May be repeated.
    #[arg(long = "offset", value_name = "OFFSET", allow_hyphen_values = true)]
    offsets: Vec<Span>,
    /// How to show records: the bytes of each value and a newline, columns, or a JSON object a line.
    #[arg(long, value_name = "FORMAT", value_enum)]
    output: Option<Shape>,
    /// Short for --offset, or for --output when it names one of its formats.
    #[arg(short, value_name = "OFFSET|FORMAT", allow_hyphen_values = true)]
    o: Vec<OffsetOrShape>,
    /// Write each record so; see below.
    #[arg(short, long, value_name = "FORMAT", conflicts_with_all = ["output", "key_delimiter", "delimiter"])]
    format: Option<Template>,
    /// Short for --output json.
    #[arg(short = 'J', long = "json", conflicts_with_all = ["output", "format"])]
    is_json: bool,
    /// Partitions to read; all of them unless given.
    #[arg(short, long, value_name = "N,N...", value_delimiter = ',')]
    partition: Vec<i32>,
    /// Read as a member of this group, from what it has committed; --offset start or end says where it begins anew.
    #[arg(short, long, value_name = "GROUP", conflicts_with = "partition", add = ArgValueCompleter::new(completion::groups))]
    group: Option<String>,
    /// End after so many records.
    #[arg(short = 'n', short_alias = 'c', long, aliases = ["num", "max-messages"], value_name = "N")]
    count: Option<u64>,
    /// End where the topics ended when the command began.
    #[arg(short, long)]
    exit_at_end: bool,
    /// Print the key and this before each value.
    #[arg(short = 'K', long, value_name = "DELIMITER", value_parser = text::delimiter)]
    key_delimiter: Option<std::vec::Vec<u8>>,
    /// What stands behind each record instead of a newline.
    #[arg(short = 'D', long, value_name = "DELIMITER", value_parser = text::unescape)]
    delimiter: Option<std::vec::Vec<u8>>,
    /// Print NULL for a key or a value that is none.
    #[arg(short = 'Z', long)]
    null: bool,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Shape {
    #[default]
    Value,
    Table,
    #[value(alias = "ndjson")]
    Json,
}

/// kcat and rpk take an offset after `-o`, our lists a format; no word is both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OffsetOrShape {
    Offset(Span),
    Shape(Shape),
}

impl FromStr for OffsetOrShape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(shape) = Shape::from_str(text, false) {
            return Ok(Self::Shape(shape));
        }
        text.parse().map(Self::Offset).map_err(|error| format!("{error}, or one of value, table and json"))
    }
}

impl Arguments {
    fn span(&self) -> Span {
        let short = self.o.iter().filter_map(|o| match o {
            OffsetOrShape::Offset(span) => Some(*span),
            OffsetOrShape::Shape(_) => None,
        });
        self.offsets.iter().copied().chain(short).fold(Span::default(), Span::and)
    }

    fn shape(&self) -> Shape {
        let short = self.o.iter().rev().find_map(|o| match o {
            OffsetOrShape::Shape(shape) => Some(*shape),
            OffsetOrShape::Offset(_) => None,
        });
        let json = self.is_json.then_some(Shape::Json);
        self.output.or(json).or(short).unwrap_or_default()
    }

    fn stops_at_end(&self, span: Span) -> bool {
        self.exit_at_end || span.until == Some(Point::End)
    }

    fn is_endless(&self, span: Span) -> bool {
        !self.exit_at_end && self.count.is_none() && span.until.is_none()
    }

    /// How many offsets lie between where reading begins and where it stops.
    fn total(&self, bounds: &BTreeMap<TopicPartition, Bounds>, span: Span) -> Total {
        let of = |bounds: &Bounds| {
            let from = bounds.offset(span.from.unwrap_or(Point::Start)).max(bounds.earliest);
            let until = span.until.map_or(bounds.latest, |point| bounds.offset(point)).min(bounds.latest);
            u64::try_from(until - from).unwrap_or(0)
        };
        Total::Records(bounds.values().map(of).sum::<u64>().min(self.count.unwrap_or(u64::MAX)))
    }

    fn renderer(&self) -> Renderer {
        match (&self.format, self.shape()) {
            (Some(template), _) => Renderer::Template(template.clone()),
            (None, Shape::Json) => Renderer::Json,
            (None, Shape::Table) => {
                let widest = self.topics.iter().map(String::len).max().unwrap_or_default();
                let topic_width = (self.topics.len() > 1).then(|| widest.max("TOPIC".len()));
                Renderer::Table { topic_width }
            }
            (None, Shape::Value) => Renderer::Value {
                key_delimiter: self.key_delimiter.clone(),
                delimiter: self.delimiter.clone().unwrap_or_else(|| b"\n".to_vec()),
                null: if self.null { b"NULL" } else { b"" },
            },
        }
    }
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let span = arguments.span();
    let mut config = Config {
        max_partition_bytes: 4 << 20,
        on_out_of_range: match span.start() {
            Start::Offset(_) => OnOutOfRange::Fail,
            _ => OnOutOfRange::Earliest,
        },
        ..Default::default()
    };
    let cluster = arguments.cluster.connect_consumer(&mut config).await?;
    cluster::reach_brokers(&cluster).await?;
    // What a profile says of a group is for programs.
    config.group_id = arguments.group.clone();
    if arguments.group.is_some() {
        config.on_out_of_range = reset_of(span)?;
    }
    let mut consumer = Consumer::new(&cluster, config);
    // Set up before anything is shown, so that no signal finds it missing.
    let mut interrupt = Interrupt::listen()?;
    let mut progress = Progress::new(Total::Unknown, io::stdout().is_terminal());
    let stops = tokio::select! {
        biased;
        exit = interrupt.asked() => return Err(Failure::ended(exit)),
        stops = assign(&cluster, &mut consumer, &arguments, span) => stops?,
    };
    if progress.is_shown() && arguments.stops_at_end(span) && arguments.group.is_none() {
        progress.total = arguments.total(&bounds(&cluster, &arguments, span).await?, span);
    }
    let copy = Copy {
        renderer: arguments.renderer(),
        stops: &stops,
        most: arguments.count.unwrap_or(u64::MAX),
        group: arguments.group.is_some().then(|| Group { to_end: arguments.stops_at_end(span) }),
        progress,
    };
    let ended = copy.run(&mut consumer, &mut interrupt, &mut output::stdout()?).await?;
    if arguments.group.is_some() {
        // What was written is committed, and the others need not wait for this member's silence.
        consumer.close(Duration::from_secs(10)).await?;
    }
    match ended {
        // Without an end of its own, a signal is how it ends.
        Ended::By(_) if arguments.is_endless(span) => Ok(()),
        Ended::By(exit) => Err(Failure::ended(exit)),
        Ended::Done => Ok(()),
    }
}

/// Where a group begins that has committed nothing.
fn reset_of(span: Span) -> Result<OnOutOfRange, Failure> {
    match (span.from, span.until) {
        (None | Some(Point::Start), None | Some(Point::End)) => Ok(OnOutOfRange::Earliest),
        (Some(Point::End), None) => Ok(OnOutOfRange::Latest),
        _ => Err(Failure::new(Exit::Usage, "a group begins where it has committed, or at the start or end")
            .next_step("`mainstem group reset` moves it")),
    }
}

/// Gives the consumer what it shall read, and answers where that stops.
async fn assign(
    cluster: &Cluster,
    consumer: &mut Consumer,
    arguments: &Arguments,
    span: Span,
) -> Result<Stops, Failure> {
    if arguments.group.is_some() {
        for topic in &arguments.topics {
            cluster.fresh_topic(topic, OnUnknownTopic::Fail).await?;
        }
        consumer.subscribe(arguments.topics.iter().map(String::as_str))?;
        return Ok(Stops::default());
    }
    let end = if arguments.stops_at_end(span) { End::Latest } else { End::Never };
    let mut stops = Stops::default();
    if !span.needs_bounds() {
        for topic in &arguments.topics {
            let assigned = consumer.assign_topic(topic, &arguments.partition, span.start(), end).await;
            assigned.map_err(fatal)?;
        }
        return Ok(stops);
    }
    let bounds = bounds(cluster, arguments, span).await?;
    let mut reach = end;
    let mut starts = Vec::new();
    for (at, bounds) in &bounds {
        let from = bounds.offset(span.from.unwrap_or(Point::Start)).max(bounds.earliest);
        let until = span.until.map_or(i64::MAX, |point| bounds.offset(point));
        if until > from {
            starts.push((at.clone(), Start::Offset(from)));
        }
        stops.0.insert(at.clone(), until);
    }
    // When everything up to the stops is there, the end of now is behind them, gaps or not.
    if bounds.iter().all(|(at, bounds)| stops.of(at) <= bounds.latest) {
        reach = End::Latest;
    }
    consumer.assign(&starts, reach).await.map_err(fatal)?;
    Ok(stops)
}

async fn bounds(
    cluster: &Cluster,
    arguments: &Arguments,
    span: Span,
) -> Result<BTreeMap<TopicPartition, Bounds>, Failure> {
    let mut bounds: BTreeMap<TopicPartition, Bounds> = BTreeMap::new();
    for topic in &arguments.topics {
        let found = cluster.fresh_topic(topic, OnUnknownTopic::Fail).await?;
        let all = || found.partitions.iter().map(|partition| partition.index).collect();
        let wanted: Vec<i32> =
            if arguments.partition.is_empty() { all() } else { arguments.partition.clone() };
        for partition in wanted {
            if found.partition(partition).is_none() {
                let partitions = found.partitions.len();
                return Err(Error::UnknownPartition { topic: topic.clone(), partition, partitions }.into());
            }
            bounds.insert(TopicPartition::new(found.name.clone(), partition), Bounds::default());
        }
    }
    let admin = Admin::new(cluster);
    for spec in [OffsetSpec::Earliest, OffsetSpec::Latest].into_iter().chain(span.times()) {
        let asked = bounds.keys().map(|at| (at.clone(), spec)).collect();
        let listed: Vec<_> = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await.all()?;
        for (at, listed) in listed {
            let (Some(bounds), Some(offset)) = (bounds.get_mut(&at), listed.offset) else { continue };
            match spec {
                OffsetSpec::Earliest => bounds.earliest = offset,
                OffsetSpec::Timestamp(ms) => {
                    bounds.times.insert(ms, offset);
                }
                _ => bounds.latest = offset,
            }
        }
    }
    Ok(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o_is_an_offset_or_a_format() {
        for (text, expected) in [
            ("json", Some(OffsetOrShape::Shape(Shape::Json))),
            ("ndjson", Some(OffsetOrShape::Shape(Shape::Json))),
            ("value", Some(OffsetOrShape::Shape(Shape::Value))),
            ("-5", Some(OffsetOrShape::Offset("-5".parse().unwrap()))),
            ("beginning", Some(OffsetOrShape::Offset("start".parse().unwrap()))),
            ("yaml", None),
        ] {
            assert_eq!(text.parse::<OffsetOrShape>().ok(), expected, "{text}");
        }
    }
}
