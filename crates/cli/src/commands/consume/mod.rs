use crate::{
    cluster::ClusterArguments,
    failure::{Exit, Failure},
    output,
};
use clap::{Args, ValueEnum};
use client::{
    Consumer, Error,
    consumer::{Config, End, OnOutOfRange, Start},
};
use position::Position;
use std::{io::Write, time::Duration};

mod position;
mod render;

/// Read records of a topic.
///
/// Follows the topic until interrupted, unless -e or -n ends it. Needs no group and leaves no trace.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mainstem consume orders                        # everything, then what comes\n  \
                        mainstem consume orders -e > orders.txt        # everything there is now\n  \
                        mainstem consume orders --offset -10 -e -o json\n  \
                        mainstem consume orders --offset @2026-11-22T10:00:00Z -p 0,1"
)]
pub(crate) struct Arguments {
    topic: String,
    /// Where to begin: `start`, `end`, an offset, -N for N records before the end of each partition, or `@` and a
    /// time: milliseconds since 1970, a date and time, or how long ago, such as `@1h`.
    #[arg(long, value_name = "OFFSET", default_value = "start", allow_hyphen_values = true)]
    offset: Position,
    /// Partitions to read; all of them unless given.
    #[arg(short, long, value_name = "N,N...", value_delimiter = ',')]
    partition: Vec<i32>,
    /// End after so many records.
    #[arg(short = 'n', long, value_name = "N")]
    count: Option<u64>,
    /// End where the topic ended when the command began.
    #[arg(short, long)]
    exit_at_end: bool,
    /// Go on with what comes; this is what happens anyway.
    #[arg(short, long, conflicts_with = "exit_at_end")]
    follow: bool,
    /// `value` prints the bytes of each value and a newline.
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    /// Print the key and this before each value.
    #[arg(short, long, value_name = "DELIMITER")]
    key_delimiter: Option<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Value,
    /// A line of partition, offset, timestamp, key, headers and value.
    Table,
    /// One JSON object a line.
    Json,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let start = arguments.offset.start();
    let mut config = Config {
        max_partition_bytes: 4 << 20,
        on_out_of_range: match start {
            Start::Offset(_) => OnOutOfRange::Fail,
            _ => OnOutOfRange::Earliest,
        },
        ..Default::default()
    };
    let cluster = arguments.cluster.connect_consumer(&mut config).await?;
    crate::cluster::reach_brokers(&cluster).await?;
    let mut consumer = Consumer::new(&cluster, config);
    let end = if arguments.exit_at_end { End::Latest } else { End::Never };
    consumer.assign_topic(&arguments.topic, &arguments.partition, start, end).await.or_else(complain)?;
    let mut out = output::stdout()?;
    copy(&mut consumer, &arguments, &mut out).await?;
    out.flush()?;
    Ok(())
}

async fn copy(consumer: &mut Consumer, arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    /// Nothing happens at its end; it only bounds one wait.
    const LONG: Duration = Duration::from_secs(3600);
    let mut left = arguments.count.unwrap_or(u64::MAX);
    if arguments.output == Format::Table {
        render::table_heading(out)?;
    }
    let mut is_flushed = false;
    while left > 0 && !consumer.is_finished() {
        // What is written is shown before anything is waited for.
        let patience = if is_flushed { LONG } else { Duration::ZERO };
        let batch = match consumer.poll(patience).await {
            Ok(Some(batch)) => batch,
            Ok(None) => {
                out.flush()?;
                is_flushed = true;
                continue;
            }
            Err(error) => {
                complain(error)?;
                continue;
            }
        };
        is_flushed = false;
        for record in batch.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    complain(error)?;
                    break;
                }
            };
            match arguments.output {
                Format::Value => render::value(out, &record, arguments.key_delimiter.as_deref())?,
                Format::Table => render::table_row(out, batch.at.partition, &record)?,
                Format::Json => render::json(out, &batch.at, &record)?,
            }
            left -= 1;
            if left == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// A batch that cannot be read is reported and passed over; anything else ends the command.
fn complain(error: Error) -> Result<(), Failure> {
    match error {
        Error::Records { .. } => {
            eprintln!("warning: {error}");
            Ok(())
        }
        Error::OffsetOutOfRange { .. } => Err(Failure::new(Exit::Usage, error.to_string())
            .next_step("use --offset start, end or one in between")),
        error => Err(error.into()),
    }
}
