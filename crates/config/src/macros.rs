/// Declares the settings that we act on, and the struct that holds their values.
///
/// ```
/// # use mainstem_config as config;
/// use base::ByteCount;
/// use config::{Scope, config};
///
/// config! {
///     /// How a partition's log is cut into segments.
///     pub struct SegmentConfig: Scope::Topic {
///         /// Size at which the active segment is closed and the next opened. Takes effect at the next roll.
///         "segment.bytes" => segment_bytes: ByteCount = ByteCount::mib(1024), at_least(ByteCount::mib(1)), INT;
///     }
/// }
///
/// let mut segments = SegmentConfig::default();
/// segments.apply("segment.bytes", "2097152")?;
/// assert_eq!(segments.segment_bytes, ByteCount::mib(2));
/// assert!(segments.apply("segment.bytes", "12").is_err());
/// # Ok::<(), config::Error>(())
/// ```
///
/// After the default come remarks in any order: a bound (`at_least`, `at_most`, `between`, `one_of`,
/// `list_of`, `non_empty`), Kafka's type where it differs from the Rust type's usual one (`INT` for a size),
/// the importance, and how the setting changes at run time; see [`notation`](crate::notation).
#[macro_export]
macro_rules! config {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident: $scope:path {
            $(
                $(#[doc = $doc:literal])+
                $key:literal => $field:ident: $type:ty = $default:expr $(, $modifier:expr)*;
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )*
        }

        impl ::std::default::Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $name {
            /// What is known about each field's setting, in the order of declaration.
            $vis fn settings() -> &'static [$crate::Setting] {
                #[allow(unused_imports)]
                use $crate::notation::*;
                static SETTINGS: ::std::sync::LazyLock<::std::vec::Vec<$crate::Setting>> =
                    ::std::sync::LazyLock::new(|| ::std::vec![$(
                        $crate::Setting::declare(
                            $scope,
                            $key,
                            <$type as $crate::Value>::TYPE,
                            <$type as $crate::Value>::to_text(&$default),
                            &[$($doc),+],
                        )
                        .parsed_as::<$type>()
                        $(.with($modifier))*,
                    )*]);
                &SETTINGS
            }

            /// Sets one field from Kafka's text form, if the value passes the setting's checks.
            $vis fn apply(&mut self, key: &str, text: &str) -> ::std::result::Result<(), $crate::Error> {
                let setting = $crate::find(Self::settings(), key)?;
                setting.check(text)?;
                match key {
                    $($key => self.$field = $crate::typed(setting, text)?,)*
                    _ => unreachable!("`find` knows the same keys"),
                }
                Ok(())
            }

            /// Every key with its present value, in Kafka's text form. `None` is Kafka's null.
            $vis fn entries(&self) -> ::std::vec::Vec<(&'static str, ::std::option::Option<::std::string::String>)> {
                ::std::vec![$(($key, $crate::Value::to_text(&self.$field)),)*]
            }
        }
    };
}

/// Declares settings that are checked and shown, but have no effect yet unless they say otherwise: `/// prose`, then
/// `"key": TYPE = "default", remarks;` or `"key": TYPE, remarks;` where Kafka's default is null.
#[macro_export]
macro_rules! known {
    (
        $vis:vis fn $name:ident: $scope:path {
            $(
                $(#[doc = $doc:literal])+
                $key:literal: $kind:ident $(= $default:literal)? $(, $modifier:expr)*;
            )*
        }
    ) => {
        $vis fn $name() -> ::std::vec::Vec<$crate::Setting> {
            #[allow(unused_imports)]
            use $crate::notation::*;
            ::std::vec![$(
                $crate::Setting::declare($scope, $key, $kind, $crate::known!(@default $($default)?), &[$($doc),+])
                    .with(NOT_YET)
                    $(.with($modifier))*,
            )*]
        }
    };
    (@default) => { ::std::option::Option::None };
    (@default $default:literal) => { ::std::option::Option::Some($default.to_owned()) };
}

/// Declares an enum whose variants have Kafka names.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            /// The names, in the order of the variants.
            $vis const NAMES: &[&str] = &[$($text),*];

            $vis const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl $crate::Value for $name {
            const TYPE: $crate::Type = $crate::Type::String;

            fn parse(text: &str) -> Option<Self> {
                match text.trim() {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn to_text(&self) -> Option<String> {
                Some(self.name().to_owned())
            }
        }
    };
}

pub(crate) use choice;
