//! What `top` shows: rates from two samples, sorted, cut to the screen. No clock, no terminal.
use crate::progress::counted;
use std::{collections::BTreeMap, time::Instant};

#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at: Instant,
    pub(super) cluster: String,
    pub(super) brokers: Vec<Broker>,
    pub(super) topics: Vec<Topic>,
    pub(super) groups: Vec<Group>,
}

#[derive(Clone, Debug)]
pub(super) struct Broker {
    pub(super) id: i32,
    pub(super) address: String,
    /// Partitions.
    pub(super) leads: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) partitions: usize,
    /// Partitions with replicas that are not in sync.
    pub(super) out_of_sync: usize,
    /// The sum of its partitions' log end offsets.
    pub(super) end: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) lag: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// What moves most.
    #[default]
    Busiest,
    Name,
}

const KEYS: &str = "q quits   r by rate and lag   n by name";

#[derive(Debug, Default)]
pub(super) struct View {
    before: Option<Sample>,
    now: Option<Sample>,
    order: Order,
    failure: Option<String>,
}

struct TopicLine<'a> {
    topic: &'a Topic,
    rate: f64,
}

struct GroupLine<'a> {
    group: &'a Group,
    /// Records a second; below zero it catches up.
    lag_rate: f64,
}

impl View {
    pub(super) fn take(&mut self, sample: Sample) {
        self.before = self.now.replace(sample);
        self.failure = None;
    }

    pub(super) fn fail(&mut self, line: String) {
        self.failure = Some(line);
    }

    pub(super) fn press(&mut self, key: u8) {
        match key {
            b'n' => self.order = Order::Name,
            b'r' => self.order = Order::Busiest,
            _ => {}
        }
    }

    /// All there is, for where nobody can press a key.
    pub(super) fn picture(&self) -> Vec<String> {
        let mut lines = self.draw(usize::MAX, usize::MAX, false);
        lines.retain(|line| line != KEYS);
        lines
    }

    /// Lines of at most `width` characters, at most `height` of them.
    pub(super) fn draw(&self, width: usize, height: usize, colour: bool) -> Vec<String> {
        let Some(now) = &self.now else { return vec![cut("looking", width)] };
        let topics = self.topics(now);
        let groups = self.groups(now);
        let total: f64 = topics.iter().map(|line| line.rate).sum();
        let behind: i64 = groups.iter().map(|line| line.group.lag).sum();
        let mut lines = vec![format!(
            "cluster {}   {}   {}   {total:.0} records/s   lag {behind}",
            now.cluster,
            counted(now.brokers.len() as u64, "broker"),
            counted(now.topics.len() as u64, "topic")
        )];
        lines.push(match &self.failure {
            Some(failure) => failure.clone(),
            None => KEYS.to_owned(),
        });
        // The three tables share what is left: brokers get what they need, up to a third.
        let left = height.saturating_sub(lines.len() + 6);
        let for_brokers = now.brokers.len().min(left / 3);
        let left = left - for_brokers;
        let for_groups = groups.len().min(left / 2);
        let for_topics = topics.len().min(left - for_groups);
        let mut headings = Vec::new();
        let mut table = |heading: Line, rows: Vec<Line>| {
            lines.push(String::new());
            headings.push(lines.len());
            lines.extend(aligned(heading, rows, width));
        };
        let broker = |broker: &Broker| Line {
            name: format!("{} at {}", broker.id, broker.address),
            rest: format!("{:>10}", broker.leads),
        };
        table(
            Line { name: "BROKER".to_owned(), rest: format!("{:>10}", "LEADS") },
            now.brokers.iter().take(for_brokers).map(broker).collect(),
        );
        table(
            Line {
                name: "TOPIC".to_owned(),
                rest: format!(
                    "{:>10}  {:>12}  {:>10}  {:>11}",
                    "RECORDS/S", "END", "PARTITIONS", "OUT-OF-SYNC"
                ),
            },
            topics.iter().take(for_topics).map(TopicLine::line).collect(),
        );
        table(
            Line { name: "GROUP".to_owned(), rest: format!("{:>10}  {:>12}  {}", "LAG", "LAG/S", "STATE") },
            groups.iter().take(for_groups).map(GroupLine::line).collect(),
        );
        lines.truncate(height);
        let shown = lines.into_iter().enumerate().map(|(nth, line)| {
            let line = cut(&line, width);
            if colour && (nth == 0 || headings.contains(&nth)) {
                format!("\u{1b}[1m{line}\u{1b}[0m")
            } else {
                line
            }
        });
        shown.collect()
    }

    fn topics<'a>(&self, now: &'a Sample) -> Vec<TopicLine<'a>> {
        let before: BTreeMap<&str, i64> =
            self.before.iter().flat_map(|s| &s.topics).map(|t| (t.name.as_str(), t.end)).collect();
        let line = |topic: &'a Topic| {
            let since = before.get(topic.name.as_str()).map_or(0, |end| (topic.end - end).max(0));
            TopicLine { topic, rate: self.per_second(since) }
        };
        let mut lines: Vec<_> = now.topics.iter().map(line).collect();
        lines.sort_by(|a, b| match self.order {
            Order::Name => a.topic.name.cmp(&b.topic.name),
            Order::Busiest => b.rate.total_cmp(&a.rate).then_with(|| a.topic.name.cmp(&b.topic.name)),
        });
        lines
    }

    fn groups<'a>(&self, now: &'a Sample) -> Vec<GroupLine<'a>> {
        let before: BTreeMap<&str, i64> =
            self.before.iter().flat_map(|s| &s.groups).map(|g| (g.name.as_str(), g.lag)).collect();
        let line = |group: &'a Group| {
            let since = before.get(group.name.as_str()).map_or(0, |lag| group.lag - lag);
            GroupLine { group, lag_rate: self.per_second(since) }
        };
        let mut lines: Vec<_> = now.groups.iter().map(line).collect();
        lines.sort_by(|a, b| match self.order {
            Order::Name => a.group.name.cmp(&b.group.name),
            Order::Busiest => b.group.lag.cmp(&a.group.lag).then_with(|| a.group.name.cmp(&b.group.name)),
        });
        lines
    }

    fn per_second(&self, count: i64) -> f64 {
        let Some((before, now)) = self.before.as_ref().zip(self.now.as_ref()) else { return 0.0 };
        let seconds = now.at.saturating_duration_since(before.at).as_secs_f64();
        if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
    }
}

/// A line of a table: a name, as wide as there is room, and what stands behind it.
struct Line {
    name: String,
    rest: String,
}

impl TopicLine<'_> {
    fn line(&self) -> Line {
        let topic = self.topic;
        let (end, partitions, out_of_sync) = (topic.end, topic.partitions, topic.out_of_sync);
        Line {
            name: topic.name.clone(),
            rest: format!("{:>10.1}  {end:>12}  {partitions:>10}  {out_of_sync:>11}", self.rate),
        }
    }
}

impl GroupLine<'_> {
    fn line(&self) -> Line {
        Line {
            name: self.group.name.clone(),
            rest: format!("{:>10}  {:>+12.1}  {}", self.group.lag, self.lag_rate, self.group.state),
        }
    }
}

/// Names are cut before numbers are.
fn aligned(heading: Line, rows: Vec<Line>, width: usize) -> Vec<String> {
    /// Enough to tell most names apart, even where numbers then leave the screen.
    const LEAST: usize = 12;
    let lines: Vec<Line> = std::iter::once(heading).chain(rows).collect();
    let longest = |of: fn(&Line) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let room = width.saturating_sub(longest(|line| line.rest.chars().count()) + 2).max(LEAST);
    let room = room.min(longest(|line| line.name.chars().count()));
    lines.iter().map(|line| format!("{:<room$}  {}", shortened(&line.name, room), line.rest)).collect()
}

fn shortened(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    name.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// What a broker names must not reach the terminal as commands.
fn cut(line: &str, width: usize) -> String {
    line.trim_end().chars().map(|c| if c.is_control() { '?' } else { c }).take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn sample(at: Instant, ends: &[(&str, i64)], lags: &[(&str, i64)]) -> Sample {
        Sample {
            at,
            cluster: "c".to_owned(),
            brokers: vec![Broker { id: 1, address: "h:1".to_owned(), leads: 2 }],
            topics: ends
                .iter()
                .map(|(name, end)| Topic {
                    name: (*name).to_owned(),
                    partitions: 1,
                    out_of_sync: 0,
                    end: *end,
                })
                .collect(),
            groups: lags
                .iter()
                .map(|(name, lag)| Group { name: (*name).to_owned(), state: "Stable".to_owned(), lag: *lag })
                .collect(),
        }
    }

    fn view() -> View {
        let (start, mut view) = (Instant::now(), View::default());
        view.take(sample(start, &[("a", 100), ("b", 100)], &[("slow", 10), ("fast", 50)]));
        let ends = [("a", 110), ("b", 140), ("new\u{1b}[2J", 7)];
        view.take(sample(start + Duration::from_secs(2), &ends, &[("slow", 30), ("fast", 20)]));
        view
    }

    #[test]
    fn the_busiest_is_first() {
        let drawn = view().draw(120, 40, false);
        let expected = [
            "cluster c   1 broker   3 topics   25 records/s   lag 50",
            "q quits   r by rate and lag   n by name",
            "",
            "BROKER         LEADS",
            "1 at h:1           2",
            "",
            "TOPIC     RECORDS/S           END  PARTITIONS  OUT-OF-SYNC",
            "b              20.0           140           1            0",
            "a               5.0           110           1            0",
            "new?[2J         0.0             7           1            0",
            "",
            "GROUP         LAG         LAG/S  STATE",
            "slow           30         +10.0  Stable",
            "fast           20         -15.0  Stable",
        ];
        assert_eq!(drawn, expected);
        let picture = view().picture();
        assert_eq!((&picture[0], &picture[1..]), (&drawn[0], &drawn[2..]));
    }

    #[test]
    fn keys_change_the_order_and_a_failure_is_shown() {
        let mut view = view();
        view.press(b'n');
        let names = |view: &View| {
            let drawn = view.draw(120, 40, false);
            drawn[7..9].iter().map(|line| line.chars().next().unwrap_or_default()).collect::<String>()
        };
        assert_eq!(names(&view), "ab");
        view.press(b'r');
        assert_eq!(names(&view), "ba");
        view.fail("error: gone".to_owned());
        assert_eq!(view.draw(120, 40, false)[1], "error: gone");
    }

    #[test]
    fn names_are_cut_before_numbers() {
        let mut view = View::default();
        view.take(sample(Instant::now(), &[(&"long".repeat(30), 7)], &[]));
        let drawn = view.draw(80, 24, false);
        assert_eq!(
            drawn[7],
            "longlonglonglonglonglonglong…         0.0             7           1            0"
        );
        assert_eq!(drawn[7].chars().count(), 80);
        assert!(view.draw(20, 24, false)[7].starts_with("longlonglon…"));
    }

    #[test]
    fn it_fits_every_screen() {
        for (width, height) in [(20, 5), (40, 9), (80, 24), (0, 0)] {
            let drawn = view().draw(width, height, false);
            assert!(drawn.len() <= height, "{width}x{height}: {drawn:?}");
            assert!(drawn.iter().all(|line| line.chars().count() <= width), "{drawn:?}");
        }
        assert_eq!(view().draw(80, 24, true).iter().filter(|line| line.contains('\u{1b}')).count(), 4);
        assert_eq!(View::default().draw(80, 24, false), ["looking"]);
    }
}
