use std::fmt;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident($raw:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $raw);

        impl $name {
            /// What Kafka writes where there is none.
            pub const NONE: Self = Self(-1);
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier! {
    /// Counts the leaders a partition has had. A batch carries the epoch of the leader that appended it.
    LeaderEpoch(i32)
}

impl LeaderEpoch {
    pub const ZERO: Self = Self(0);
}

identifier! {
    /// Counts every change to a partition's registration: leader, in-sync replicas, reassignment (KIP-497).
    PartitionEpoch(i32)
}
identifier! {
    /// Names a producer to the partitions it writes to (KIP-98).
    ProducerId(i64)
}
identifier! {
    /// Fences earlier incarnations of one producer id (KIP-98).
    ProducerEpoch(i16)
}
identifier! {
    /// A broker or controller.
    NodeId(i32)
}
identifier! {
    /// One registration of a broker: the offset of its record in the metadata log (KIP-631).
    BrokerEpoch(i64)
}
