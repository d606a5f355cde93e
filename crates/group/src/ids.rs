use std::fmt;
use wire::Text;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Text);

        impl $name {
            /// `None` for the empty text, by which clients say that they have none.
            pub fn optional(text: Text) -> Option<Self> {
                (!text.is_empty()).then_some(Self(text))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// In a buffer of its own, so that it does not keep a whole request in memory.
            pub(crate) fn detached(&self) -> Self {
                Self(self.0.detached())
            }
        }

        impl From<Text> for $name {
            fn from(text: Text) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Text::copy_from(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }
    };
}

id! {
    /// Names a group; everything about it lives in one partition of `__consumer_offsets`.
    GroupId
}
id! {
    /// Names one member of a group for as long as it stays; given by the broker.
    MemberId
}
id! {
    /// A name that a static member keeps across restarts (`group.instance.id`, KIP-345).
    InstanceId
}

/// Counts the rounds of a group. A member shows by it that it knows the outcome of the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub i32);

impl Generation {
    /// What a client without a group membership sends.
    pub const NONE: Self = Self(-1);

    pub(crate) fn next(self) -> Self {
        Self(self.0.checked_add(1).unwrap_or(0))
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
