//! Enumerations in Kafka's own spelling.
//!
//! [`std::fmt::Display`] writes what Kafka's tools write. [`std::str::FromStr`] reads that and the forms their flags
//! take: letters in either case, with or without `_`, `-` and blanks. `Unknown` is what a newer broker may answer;
//! it cannot be read from text.

/// A word that is none of those there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {what}; use one of {valid}")]
pub struct UnknownWord {
    pub given: String,
    /// What was expected, with its article.
    pub what: &'static str,
    /// All that is accepted, separated by commas.
    pub valid: String,
}

/// An enumeration of words: `Variant "Word"`, and the word for what is not known.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident is $what:literal, else $unknown:literal {
            $($(#[$doc:meta])* $variant:ident $word:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// Newer than this program.
            Unknown,
        }

        impl $name {
            /// All that are known.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Kafka's spelling.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown => $unknown,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::admin::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::admin::words::find(text, $what, Self::ALL, |known| known.word())
            }
        }
    };
}

/// As `words!`, each with the number that stands for it on the wire; `Unknown` is 0 there.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        $name:ident is $what:literal, else $unknown:literal {
            $($(#[$doc:meta])* $variant:ident = $code:literal $word:literal,)*
        }
    ) => {
        $crate::admin::words::words! {
            $(#[$meta])*
            $name is $what, else $unknown { $($(#[$doc])* $variant $word,)* }
        }

        impl $name {
            #[allow(dead_code, reason = "some are only sent, some only received")]
            pub(super) fn code(self) -> i8 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Unknown => 0,
                }
            }

            #[allow(dead_code, reason = "some are only sent, some only received")]
            pub(super) fn from_code(code: i8) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    _ => Self::Unknown,
                }
            }
        }
    };
}

pub(super) use {codes, words};

pub(super) fn find<T: Copy>(
    text: &str,
    what: &'static str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<T, UnknownWord> {
    let found = all.iter().copied().find(|&known| plain(word(known)).eq(plain(text)));
    found.ok_or_else(|| UnknownWord {
        given: text.to_owned(),
        what,
        valid: all.iter().map(|&known| word(known)).collect::<Vec<_>>().join(", "),
    })
}

/// Letters and digits alone, in lower case.
fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use crate::admin::*;

    /// Every word is read back, and the number of each is its own.
    macro_rules! check_words {
        ($($name:ident)*) => {$(
            for known in $name::ALL {
                assert_eq!(known.to_string().parse(), Ok(*known), "{}", stringify!($name));
            }
            assert!($name::Unknown.to_string().parse::<$name>().is_err());
        )*};
    }

    macro_rules! check_codes {
        ($($name:ident)*) => {$(
            for known in $name::ALL {
                assert_eq!($name::from_code(known.code()), *known, "{}", stringify!($name));
            }
            assert_eq!($name::from_code(0), $name::Unknown);
            assert_eq!($name::from_code(127), $name::Unknown);
        )*};
    }

    #[test]
    fn what_is_written_is_read() {
        check_words!(AclOperation AclPermission AclResourceType PatternType ConfigSource ConfigType ResourceType
            GroupState GroupType TransactionState QuotaEntityType ScramMechanism UpgradeType ElectionType);
    }

    #[test]
    fn numbers_are_kafkas() {
        check_codes!(AclOperation AclPermission AclResourceType PatternType ConfigSource ConfigType ResourceType
            ScramMechanism UpgradeType);
        assert_eq!(AclOperation::TwoPhaseCommit.code(), 15);
        assert_eq!(PatternType::Prefixed.code(), 4);
        assert_eq!(ResourceType::Group.code(), 32);
    }

    #[test]
    fn flags_are_read_in_the_forms_that_tools_take() {
        for text in ["DESCRIBE_CONFIGS", "DescribeConfigs", "describe-configs", "describe configs"] {
            assert_eq!(text.parse(), Ok(AclOperation::DescribeConfigs), "{text}");
        }
        assert_eq!("scram-sha-512".parse(), Ok(ScramMechanism::ScramSha512));
        assert_eq!("client-id".parse(), Ok(QuotaEntityType::ClientId));
        assert_eq!("preparing_rebalance".parse(), Ok(GroupState::PreparingRebalance));
    }

    #[test]
    fn a_wrong_word_is_told_the_right_ones() {
        let error = "prefix".parse::<PatternType>().unwrap_err().to_string();
        assert_eq!(error, "`prefix` is not a pattern type; use one of ANY, MATCH, LITERAL, PREFIXED");
    }
}
