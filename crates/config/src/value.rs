//! Kafka's text forms of our types.

use crate::Type;
use base::{ByteCount, NodeId};
use std::time::Duration;

/// A type that a setting can have.
pub trait Value: Sized {
    /// Kafka's type, unless the declaration says otherwise.
    const TYPE: Type;
    /// `None` if the text is not of this type.
    fn parse(text: &str) -> Option<Self>;
    /// `None` is Kafka's null.
    fn to_text(&self) -> Option<String>;
}

macro_rules! numbers {
    ($($number:ty => $kind:ident),*) => {$(
        impl Value for $number {
            const TYPE: Type = Type::$kind;

            fn parse(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }

            fn to_text(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}

numbers!(i16 => Short, i32 => Int, i64 => Long);

impl Value for f64 {
    const TYPE: Type = Type::Double;

    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// As Java prints it: `1.0`, not `1`.
    fn to_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

impl Value for bool {
    const TYPE: Type = Type::Boolean;

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        if is("true") { Some(true) } else { is("false").then_some(false) }
    }

    fn to_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for String {
    const TYPE: Type = Type::String;

    fn parse(text: &str) -> Option<Self> {
        Some(text.trim().to_owned())
    }

    fn to_text(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Value for Option<String> {
    const TYPE: Type = Type::String;

    fn parse(text: &str) -> Option<Self> {
        Some(Some(text.trim().to_owned()))
    }

    fn to_text(&self) -> Option<String> {
        self.clone()
    }
}

impl Value for Vec<String> {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Vec::new());
        }
        Some(text.split(',').map(|element| element.trim().to_owned()).collect())
    }

    fn to_text(&self) -> Option<String> {
        Some(self.join(","))
    }
}

/// A list that Kafka leaves null when it is not set.
impl Value for Option<Vec<String>> {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        Vec::parse(text).map(Some)
    }

    fn to_text(&self) -> Option<String> {
        self.as_ref().and_then(Value::to_text)
    }
}

impl Value for NodeId {
    const TYPE: Type = Type::Int;

    fn parse(text: &str) -> Option<Self> {
        i32::parse(text).map(Self)
    }

    fn to_text(&self) -> Option<String> {
        Some(self.0.to_string())
    }
}

impl Value for ByteCount {
    const TYPE: Type = Type::Long;

    fn parse(text: &str) -> Option<Self> {
        i64::parse(text).and_then(|bytes| u64::try_from(bytes).ok()).map(Self)
    }

    fn to_text(&self) -> Option<String> {
        Some(self.0.to_string())
    }
}

impl Value for Duration {
    const TYPE: Type = Type::Long;

    fn parse(text: &str) -> Option<Self> {
        i64::parse(text).and_then(|ms| u64::try_from(ms).ok()).map(Self::from_millis)
    }

    fn to_text(&self) -> Option<String> {
        Some(self.as_millis().to_string())
    }
}

/// A limit that can be off: any negative number is `None`, which is written `-1`.
macro_rules! limits_that_can_be_off {
    ($($type:ty),*) => {$(
        impl Value for Option<$type> {
            const TYPE: Type = <$type as Value>::TYPE;

            fn parse(text: &str) -> Option<Self> {
                i64::parse(text).map(|_| <$type as Value>::parse(text))
            }

            fn to_text(&self) -> Option<String> {
                self.as_ref().map_or(Some("-1".to_owned()), Value::to_text)
            }
        }
    )*};
}

limits_that_can_be_off!(ByteCount, Duration);
