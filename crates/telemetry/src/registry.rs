use crate::{
    counter::Counter,
    distribution::{Distribution, Shape, Unit},
    encoder::{Encoder, Family, Kind, Labels, Number},
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, fmt, time::Instant};

/// The metrics of one server. What is registered stays; what comes and goes belongs into a collector.
pub struct Registry {
    shards: usize,
    /// By name, so that equal registries give equal texts.
    families: Mutex<BTreeMap<String, Registered>>,
    collectors: Mutex<Vec<Box<Collector>>>,
}

type Collector = dyn Fn(&mut Encoder) + Send + Sync;
type GaugeValue = dyn Fn() -> Number + Send + Sync;

struct Registered {
    kind: Kind,
    help: String,
    series: Vec<(Vec<(String, String)>, Series)>,
}

enum Series {
    Counter(Counter),
    Gauge(Box<GaugeValue>),
    Distribution(Distribution),
}

impl Registry {
    /// `shards` is the number of threads that count at the same time and call
    /// [`enter_shard`](crate::enter_shard).
    pub fn new(shards: usize) -> Self {
        Self { shards, families: Mutex::default(), collectors: Mutex::default() }
    }

    /// A counter's name ends in `_total`. Several of one name differ in their labels.
    pub fn counter(&self, name: &str, help: &str, labels: Labels<'_>) -> Counter {
        let counter = Counter::new(self.shards);
        self.register(name, Kind::Counter, help, labels, Series::Counter(counter.clone()));
        counter
    }

    /// `value` is asked at each scrape.
    pub fn gauge<N: Into<Number>>(
        &self,
        name: &str,
        help: &str,
        labels: Labels<'_>,
        value: impl Fn() -> N + Send + Sync + 'static,
    ) {
        self.register(name, Kind::Gauge, help, labels, Series::Gauge(Box::new(move || value().into())));
    }

    pub fn distribution(
        &self,
        name: &str,
        help: &str,
        labels: Labels<'_>,
        unit: Unit,
        shape: Shape,
    ) -> Distribution {
        let distribution = Distribution::new(self.shards, unit, shape);
        let kind = if distribution.is_histogram() { Kind::Histogram } else { Kind::Summary };
        self.register(name, kind, help, labels, Series::Distribution(distribution.clone()));
        distribution
    }

    /// Writes families of its own into every answer, after the registered ones.
    pub fn collector(&self, collect: impl Fn(&mut Encoder) + Send + Sync + 'static) {
        self.collectors.lock().push(Box::new(collect));
    }

    /// The answer to a scrape, with [`CONTENT_TYPE`](crate::CONTENT_TYPE).
    pub fn scrape(&self, now: Instant) -> String {
        let mut encoder = Encoder::default();
        for (name, registered) in self.families.lock().iter() {
            let mut family = encoder.family(name, registered.kind, &registered.help);
            for (labels, series) in &registered.series {
                let labels: Vec<(&str, &str)> =
                    labels.iter().map(|(name, value)| (&**name, &**value)).collect();
                series.encode(&mut family, &labels, now);
            }
        }
        for collect in self.collectors.lock().iter() {
            collect(&mut encoder);
        }
        encoder.into_text()
    }

    fn register(&self, name: &str, kind: Kind, help: &str, labels: Labels<'_>, series: Series) {
        debug_assert!(
            kind != Kind::Counter || name.ends_with("_total"),
            "the counter `{name}` should end in `_total`"
        );
        let owned: Vec<_> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut families = self.families.lock();
        let new = || Registered { kind, help: help.to_owned(), series: Vec::new() };
        let family = families.entry(name.to_owned()).or_insert_with(new);
        assert!(family.kind == kind, "`{name}` is registered as {} and as {kind}", family.kind);
        assert!(
            family.series.iter().all(|(labels, _)| *labels != owned),
            "`{name}` is registered twice with the labels {labels:?}"
        );
        family.series.push((owned, series));
    }
}

impl Series {
    fn encode(&self, family: &mut Family<'_>, labels: Labels<'_>, now: Instant) {
        match self {
            Self::Counter(counter) => {
                family.sample(labels, counter.total());
            }
            Self::Gauge(value) => {
                family.sample(labels, value());
            }
            Self::Distribution(distribution) => distribution.encode(family, labels, now),
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.families.lock().keys().cloned().collect();
        f.debug_struct("Registry").field("families", &names).finish_non_exhaustive()
    }
}
