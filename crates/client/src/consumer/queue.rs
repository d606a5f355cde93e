//! Answers that wait to be given out, in the order they came.
//!
//! What waits of a paused partition is kept aside: it is given out after the pause, does not count against the memory
//! for reading ahead, and so does not keep the others from going on. What a seek or the end of an assignment makes
//! worthless is taken out at once.
use super::{batch::unreadable, fetcher::Chunk, old_messages::OldMessages, position::Position};
use crate::{Error, TopicPartition};
use records::{Batches, RecordBatch};
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(super) struct Queue {
    current: Option<Opened>,
    ready: VecDeque<Opened>,
    /// Of paused partitions.
    aside: Vec<Opened>,
    bytes: usize,
}

/// A chunk, and those of its batches that are still to come.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) chunk: Chunk,
    batches: Batches,
}

impl Opened {
    /// The next batch; or why there is none, and the position behind it where reading can go on.
    pub(super) fn next(&mut self) -> Option<Result<RecordBatch, (Error, Option<Position>)>> {
        let error = match self.batches.next()? {
            Ok(batch) => return Some(Ok(batch)),
            Err(error) => error,
        };
        let Chunk { at, from, until, .. } = &mut self.chunk;
        let rest = self.batches.remaining();
        let Some(old) = OldMessages::at_front_of(rest) else {
            return Some(Err((unreadable(at, *from, &error), None)));
        };
        if old.size == 0 {
            return None;
        }
        let error = Error::Records { partition: at.to_string(), offset: *from, reason: old.reason() };
        self.batches = Batches::new(rest.slice(old.size..));
        *from = old.next_offset.max(*from);
        let behind = until.map_or(*from, |until| until.min(*from));
        Some(Err((error, Some(behind.into()))))
    }
}

impl Queue {
    pub(super) fn push(&mut self, chunk: Chunk, is_paused: bool) {
        let opened = Opened { batches: Batches::new(chunk.records.clone()), chunk };
        if is_paused {
            self.aside.push(opened);
        } else {
            self.bytes += opened.chunk.records.len();
            self.ready.push_back(opened);
        }
    }

    /// The chunk that batches are taken from.
    pub(super) fn current(&mut self) -> Option<&mut Opened> {
        self.current.as_mut()
    }

    /// Nothing more comes of the current chunk.
    pub(super) fn close(&mut self) {
        self.current = None;
    }

    /// Goes on to the next chunk; false when there is none.
    pub(super) fn advance(&mut self) -> bool {
        self.current = self.ready.pop_front();
        let Some(current) = &self.current else { return false };
        self.bytes -= current.chunk.records.len();
        true
    }

    /// Bytes that wait behind the current chunk.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether something can be given out.
    pub(super) fn has_ready(&self) -> bool {
        self.current.is_some() || !self.ready.is_empty()
    }

    /// Whether nothing waits at all, for the end of a pause neither.
    pub(super) fn is_empty(&self) -> bool {
        !self.has_ready() && self.aside.is_empty()
    }

    pub(super) fn pause(&mut self, at: &TopicPartition) {
        self.aside.extend(self.current.take_if(|opened| opened.chunk.at == *at));
        let (paused, ready) = self.ready.drain(..).partition::<Vec<_>, _>(|opened| opened.chunk.at == *at);
        self.ready = ready.into();
        self.aside.extend(paused);
        self.count();
    }

    pub(super) fn resume(&mut self, at: &TopicPartition) {
        self.ready.extend(self.aside.extract_if(.., |opened| opened.chunk.at == *at));
        self.count();
    }

    pub(super) fn forget(&mut self, at: &TopicPartition) {
        self.current.take_if(|opened| opened.chunk.at == *at);
        self.ready.retain(|opened| opened.chunk.at != *at);
        self.aside.retain(|opened| opened.chunk.at != *at);
        self.count();
    }

    fn count(&mut self) {
        self.bytes = self.ready.iter().map(|opened| opened.chunk.records.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::aborted::Aborted, *};
    use bytes::Bytes;

    enum Do {
        Push(i32),
        PushPaused(i32),
        Advance,
        Pause(i32),
        Resume(i32),
        Forget(i32),
    }
    use Do::*;

    fn at(partition: i32) -> TopicPartition {
        TopicPartition::new("t", partition)
    }

    /// Plays the steps, each push being one byte longer than the one before, and shows `current | ready | aside, bytes` by
    /// `partition:length`.
    #[track_caller]
    fn check(steps: &[Do], expected: &str) {
        let mut queue = Queue::default();
        let mut length = 0;
        let mut chunk = |partition| {
            length += 1;
            let records = Bytes::from(vec![0; length]);
            let at = at(partition);
            let aborted = Aborted::default();
            Chunk { at, from: 0, until: None, high_watermark: 0, aborted, records }
        };
        for step in steps {
            match step {
                Push(partition) => queue.push(chunk(*partition), false),
                PushPaused(partition) => queue.push(chunk(*partition), true),
                Advance => {
                    queue.advance();
                }
                Pause(partition) => queue.pause(&at(*partition)),
                Resume(partition) => queue.resume(&at(*partition)),
                Forget(partition) => queue.forget(&at(*partition)),
            }
        }
        let name = |one: &Opened| format!("{}:{}", one.chunk.at.partition, one.chunk.records.len());
        let names = |all: &mut dyn Iterator<Item = &Opened>| all.map(name).collect::<Vec<_>>().join(" ");
        let shown = format!(
            "{} | {} | {}, {}",
            names(&mut queue.current.iter()),
            names(&mut queue.ready.iter()),
            names(&mut queue.aside.iter()),
            queue.bytes()
        );
        assert_eq!(shown, expected);
        assert_eq!(queue.is_empty(), expected == " |  | , 0");
    }

    #[test]
    fn gives_out_in_order() {
        check(&[Push(0), Push(1), Push(0)], " | 0:1 1:2 0:3 | , 6");
        check(&[Push(0), Push(1), Advance], "0:1 | 1:2 | , 2");
        check(&[Push(0), Advance, Advance], " |  | , 0");
    }

    #[test]
    fn keeps_what_is_paused_aside() {
        check(&[Push(0), Push(1), Push(0), Advance, Pause(0)], " | 1:2 | 0:1 0:3, 2");
        check(&[Push(0), Push(1), Pause(0), PushPaused(0), Resume(1)], " | 1:2 | 0:1 0:3, 2");
        check(&[Push(0), Push(1), Pause(0), PushPaused(0), Resume(0)], " | 1:2 0:1 0:3 | , 6");
    }

    #[test]
    fn forgets_a_partition_wherever_it_waits() {
        check(&[Push(0), Push(1), Push(0), Advance, Forget(0)], " | 1:2 | , 2");
        check(&[Push(0), Push(1), Pause(0), Forget(0)], " | 1:2 | , 2");
    }
}
