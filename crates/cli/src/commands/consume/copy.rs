//! The loop of `consume`: batches in, bytes out, until the end, the count, a signal or a closed pipe.
use super::{format::Found, position::Stops, render::Renderer};
use crate::{
    failure::{Exit, Failure},
    interrupt::Interrupt,
    output::Reader,
    progress::{Progress, counted},
};
use client::{Consumer, Error, TopicPartition, consumer::FetchedBatch};
use std::{collections::BTreeMap, io::Write, time::Duration};

/// Written in one go when so much has gathered.
const CHUNK: usize = 256 << 10;

/// What a run of the loop is about.
pub(super) struct Copy<'a> {
    pub(super) renderer: Renderer,
    pub(super) stops: &'a Stops,
    /// How many records are wanted.
    pub(super) most: u64,
    pub(super) group: Option<Group>,
    pub(super) progress: Progress,
}

/// Read as a member of a group: what is committed must have been written.
pub(super) struct Group {
    /// Ends where nothing is left in the partitions that this member has.
    pub(super) to_end: bool,
}

/// How the loop ended when nothing failed.
pub(super) enum Ended {
    Done,
    By(Exit),
}

impl Copy<'_> {
    pub(super) async fn run(
        mut self,
        consumer: &mut Consumer,
        interrupt: &mut Interrupt,
        out: &mut impl Write,
    ) -> Result<Ended, Failure> {
        /// Nothing happens at its end; it only bounds one wait.
        const LONG: Duration = Duration::from_secs(3600);
        /// Between two looks whether a group has read everything.
        const SHORT: Duration = Duration::from_millis(100);
        let to_end = self.group.as_ref().is_some_and(|group| group.to_end);
        let idle = if to_end { SHORT } else { LONG };
        let mut copied = Copied::default();
        let mut broken = Broken::default();
        self.renderer.heading(&mut copied.buffer);
        let mut is_flushed = false;
        let mut ended = Ended::Done;
        let mut reader = Reader::watch();
        while copied.number < self.most && !consumer.is_finished() {
            // What is written is shown before anything is waited for.
            let patience = if is_flushed { idle } else { Duration::ZERO };
            let polled = tokio::select! {
                biased;
                exit = interrupt.asked() => {
                    ended = Ended::By(exit);
                    break;
                }
                polled = consumer.poll(patience) => polled,
                () = reader.gone() => return Err(Failure::ended(Exit::Done)),
            };
            let batch = match polled {
                Ok(Some(batch)) => batch,
                Ok(None) => {
                    copied.write_to(out)?;
                    out.flush()?;
                    is_flushed = true;
                    if to_end && has_read_all(consumer) {
                        break;
                    }
                    continue;
                }
                Err(error) => {
                    self.warn(Self::pass_over(error)?, &mut broken, consumer);
                    continue;
                }
            };
            is_flushed = false;
            let stop = self.stops.of(&batch.at);
            if let Some(error) = copied.take(&self.renderer, &batch, stop, self.most) {
                self.warn(error, &mut broken, consumer);
            }
            if batch.batch().next_offset().0 >= stop {
                consumer.unassign(&batch.at);
            }
            if self.group.is_some() {
                copied.write_to(out)?;
                out.flush()?;
                // Of a batch that is not wanted to its end only the first records count as read.
                let next = copied.next.get(&batch.at).copied().filter(|_| copied.number >= self.most);
                next.map_or(Ok(()), |next| consumer.seek(&batch.at, next))?;
            } else if copied.buffer.len() >= CHUNK {
                copied.write_to(out)?;
            }
            self.progress.records = copied.number;
            self.progress.bytes += batch.batch().bytes().len() as u64;
            self.progress.show();
        }
        copied.write_to(out)?;
        out.flush()?;
        self.progress.records = copied.number;
        if let Ended::By(_) = ended {
            self.progress.clear();
            eprintln!("{}", copied.summary());
        } else {
            self.progress.finish("read");
        }
        broken.given_up.map_or(Ok(ended), |reason| Err(Failure::new(Exit::Other, reason)))
    }

    /// A batch that cannot be read is passed over; anything else ends the command.
    fn pass_over(error: Error) -> Result<Error, Failure> {
        match error {
            Error::Records { .. } => Ok(error),
            error => Err(fatal(error)),
        }
    }

    fn warn(&self, error: Error, broken: &mut Broken, consumer: &mut Consumer) {
        self.progress.clear();
        eprintln!("warning: {error}");
        if let Some(at) = broken.repeated(error) {
            consumer.unassign(&at);
        }
    }
}

fn has_read_all(consumer: &Consumer) -> bool {
    let assigned = consumer.assignment();
    !assigned.is_empty() && assigned.iter().all(|at| consumer.current_lag(at) == Some(0))
}

/// A mistake in `--offset` is said as such.
pub(super) fn fatal(error: Error) -> Failure {
    match error {
        Error::OffsetOutOfRange { .. } => Failure::new(Exit::Usage, error.to_string())
            .next_step("use --offset start, end or one in between"),
        error => error.into(),
    }
}

/// What has been written, and what waits to be.
#[derive(Default)]
struct Copied {
    number: u64,
    buffer: Vec<u8>,
    /// The offset behind the last record of each partition.
    next: BTreeMap<TopicPartition, i64>,
}

impl Copied {
    /// Renders the batch's records below `stop`, as many as are still wanted, up to one that cannot be read.
    fn take(&mut self, renderer: &Renderer, batch: &FetchedBatch, stop: i64, most: u64) -> Option<Error> {
        let mut next = None;
        let mut failure = None;
        for record in batch.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            };
            if record.offset.0 >= stop || self.number >= most {
                break;
            }
            self.number += 1;
            next = Some(record.offset.0 + 1);
            let found = Found {
                topic: &batch.at.topic,
                partition: batch.at.partition,
                high_watermark: batch.high_watermark,
                batch: batch.batch(),
                record,
                number: self.number,
            };
            renderer.write(&mut self.buffer, &found);
        }
        if let Some(next) = next {
            match self.next.get_mut(&batch.at) {
                Some(known) => *known = next,
                None => drop(self.next.insert(batch.at.clone(), next)),
            }
        }
        failure
    }

    fn write_to(&mut self, out: &mut impl Write) -> Result<(), Failure> {
        out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Where to go on.
    fn summary(&self) -> String {
        /// More partitions than anyone reads.
        const SHOWN: usize = 8;
        let next = self.next.iter().take(SHOWN).map(|(at, next)| format!("{at} at {next}"));
        let next = next.collect::<Vec<_>>().join(", ");
        let more = self.next.len().saturating_sub(SHOWN);
        let read = format!("stopped after {}", counted(self.number, "record"));
        match (next.is_empty(), more) {
            (true, _) => read,
            (false, 0) => format!("{read}; next is {next}"),
            (false, more) => format!("{read}; next is {next} and {more} more"),
        }
    }
}

/// Places that could not be read. Where the same one comes again, nothing behind it can be found.
#[derive(Debug, Default)]
struct Broken {
    last: Option<(String, i64)>,
    given_up: Option<String>,
}

impl Broken {
    /// The partition to give up, if this is the place of last time.
    fn repeated(&mut self, error: Error) -> Option<TopicPartition> {
        let Error::Records { partition, offset, .. } = error else { return None };
        let is_known = self.last.as_ref().is_some_and(|last| *last == (partition.clone(), offset));
        if !is_known {
            self.last = Some((partition, offset));
            return None;
        }
        self.given_up = Some(format!("{partition} cannot be read from offset {offset} on"));
        let (topic, index) = partition.rsplit_once('-')?;
        Some(TopicPartition::new(topic, index.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_twice_is_given_up() {
        let error = |partition: &str, offset| Error::Records {
            partition: partition.to_owned(),
            offset,
            reason: String::new(),
        };
        let mut broken = Broken::default();
        for (partition, offset, expected) in [
            ("a-b-0", 5, None),
            ("a-b-0", 7, None),
            ("a-b-1", 7, None),
            ("a-b-1", 7, Some(TopicPartition::new("a-b", 1))),
        ] {
            assert_eq!(broken.repeated(error(partition, offset)), expected, "{partition} {offset}");
        }
        assert_eq!(broken.given_up.as_deref(), Some("a-b-1 cannot be read from offset 7 on"));
    }

    #[test]
    fn the_summary_says_where_to_go_on() {
        let next = |count| {
            (0..count).map(|partition| (TopicPartition::new("t", partition), 7)).collect::<BTreeMap<_, _>>()
        };
        for (number, partitions, expected) in [
            (0, 0, "stopped after 0 records"),
            (1, 1, "stopped after 1 record; next is t-0 at 7"),
            (9, 2, "stopped after 9 records; next is t-0 at 7, t-1 at 7"),
        ] {
            let copied = Copied { number, next: next(partitions), ..Copied::default() };
            assert_eq!(copied.summary(), expected);
        }
        assert!(Copied { next: next(10), ..Copied::default() }.summary().ends_with("t-7 at 7 and 2 more"));
    }
}
