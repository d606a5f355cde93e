//! Flat combining: of the threads that want the same thing done, one does it for all who wait.
//!
//! Whoever comes while nobody works begins at once. Whoever comes while somebody does leaves its job and sleeps until it
//! is done. The worker takes all jobs that have gathered, again and again, and after some rounds hands over to one
//! of those who wait, so that no thread works for others for long.
use parking_lot::{Condvar, Mutex};
use std::{mem, sync::Arc};

/// Rounds for others before another thread takes over.
const ROUNDS: usize = 16;

#[derive(Debug)]
pub(crate) struct Combiner<J, R> {
    queue: Mutex<Queue<J, R>>,
}

#[derive(Debug)]
struct Queue<J, R> {
    busy: bool,
    waiting: Vec<(J, Arc<Ticket<R>>)>,
}

#[derive(Debug)]
struct Ticket<R> {
    state: Mutex<State<R>>,
    changed: Condvar,
}

#[derive(Debug)]
enum State<R> {
    Waiting,
    /// The thread that waits is to work, beginning with its own job.
    Lead,
    Done(R),
    /// The worker panicked.
    Abandoned,
}

impl<J, R> Default for Combiner<J, R> {
    fn default() -> Self {
        Self { queue: Mutex::new(Queue { busy: false, waiting: Vec::new() }) }
    }
}

impl<J, R> Combiner<J, R> {
    /// Has `work` done for `job`, by this thread or another. `work` gives as many results as it gets jobs, in order.
    pub(crate) fn run(&self, job: J, mut work: impl FnMut(Vec<J>) -> Vec<R>) -> R {
        let mut own = None;
        let ticket = {
            let mut queue = self.queue.lock();
            if queue.busy {
                let state = Mutex::new(State::Waiting);
                let ticket = Arc::new(Ticket { state, changed: Condvar::new() });
                queue.waiting.push((job, Arc::clone(&ticket)));
                Some(ticket)
            } else {
                queue.busy = true;
                own = Some(job);
                None
            }
        };
        match (ticket, own) {
            (None, Some(job)) => {
                let mut shift = Shift { combiner: self, tickets: Vec::new() };
                let result = work(vec![job]).pop().expect("one job has one result");
                shift.serve(&mut work);
                result
            }
            (Some(ticket), _) => match ticket.wait() {
                Some(result) => result,
                None => {
                    let mut shift = Shift { combiner: self, tickets: Vec::new() };
                    shift.serve(&mut work);
                    ticket.take().expect("the first round had this thread's job")
                }
            },
            (None, None) => unreachable!("a job is kept or queued"),
        }
    }
}

impl<R> Ticket<R> {
    /// The result, or `None` if this thread is to work.
    fn wait(&self) -> Option<R> {
        let mut state = self.state.lock();
        loop {
            match mem::replace(&mut *state, State::Waiting) {
                State::Waiting => self.changed.wait(&mut state),
                State::Lead => return None,
                State::Done(result) => return Some(result),
                State::Abandoned => panic!("the thread that worked for this one panicked"),
            }
        }
    }

    fn take(&self) -> Option<R> {
        match mem::replace(&mut *self.state.lock(), State::Waiting) {
            State::Done(result) => Some(result),
            _ => None,
        }
    }

    fn set(&self, state: State<R>) {
        *self.state.lock() = state;
        self.changed.notify_one();
    }
}

/// The time in which a thread works for all. Ends by handing over or by leaving nobody at work.
struct Shift<'a, J, R> {
    combiner: &'a Combiner<J, R>,
    /// Whose jobs are being worked on.
    tickets: Vec<Arc<Ticket<R>>>,
}

impl<J, R> Shift<'_, J, R> {
    fn serve(&mut self, work: &mut impl FnMut(Vec<J>) -> Vec<R>) {
        for _ in 0..ROUNDS {
            let waiting = mem::take(&mut self.combiner.queue.lock().waiting);
            if waiting.is_empty() {
                return;
            }
            let (jobs, tickets) = waiting.into_iter().unzip();
            self.tickets = tickets;
            let results = work(jobs);
            assert_eq!(results.len(), self.tickets.len(), "each job has a result");
            for (ticket, result) in self.tickets.drain(..).zip(results) {
                ticket.set(State::Done(result));
            }
        }
    }
}

impl<J, R> Drop for Shift<'_, J, R> {
    fn drop(&mut self) {
        for ticket in self.tickets.drain(..) {
            ticket.set(State::Abandoned);
        }
        let mut queue = self.combiner.queue.lock();
        match queue.waiting.first() {
            Some((_, next)) => next.set(State::Lead),
            None => queue.busy = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        thread,
    };

    #[test]
    fn every_job_is_done_once_and_by_one_thread_at_a_time() {
        let combiner = Combiner::default();
        let (working, done) = (AtomicBool::new(false), AtomicUsize::new(0));
        let double = |jobs: Vec<usize>| {
            assert!(!working.swap(true, SeqCst), "two threads work");
            done.fetch_add(jobs.len(), SeqCst);
            let results = jobs.iter().map(|job| job * 2).collect();
            working.store(false, SeqCst);
            results
        };
        thread::scope(|scope| {
            for t in 0..8 {
                let (combiner, double) = (&combiner, &double);
                scope.spawn(move || {
                    for i in 0..2_000 {
                        assert_eq!(combiner.run(t * 10_000 + i, double), (t * 10_000 + i) * 2);
                    }
                });
            }
        });
        assert_eq!(done.load(SeqCst), 16_000);
    }

    #[test]
    fn a_panic_does_not_leave_others_waiting() {
        let combiner: Combiner<bool, ()> = Combiner::default();
        let results = thread::scope(|scope| {
            let run = |panics| {
                combiner.run(panics, |jobs| {
                    assert!(!jobs.contains(&true), "on purpose");
                    vec![(); jobs.len()]
                });
            };
            let threads: Vec<_> = (0..8).map(|i| scope.spawn(move || run(i == 3))).collect();
            threads.into_iter().map(|thread| thread.join().is_ok()).collect::<Vec<_>>()
        });
        assert!(!results[3]);
        combiner.run(false, |jobs| vec![(); jobs.len()]);
    }
}
