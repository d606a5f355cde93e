/// Why bytes are not what they should be. Nothing was consumed that the caller could use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("{needed} bytes are needed and {remaining} remain")]
    UnexpectedEnd { needed: usize, remaining: usize },
    #[error("length {0} is negative")]
    NegativeLength(i32),
    #[error("string of {0} bytes is longer than {max}", max = crate::MAX_STRING_BYTES)]
    StringTooLong(usize),
    #[error("array of {count} elements is longer than {limit}")]
    TooManyElements { count: usize, limit: usize },
    #[error("{count} tagged fields are more than {limit}")]
    TooManyTaggedFields { count: usize, limit: usize },
    #[error("string is not UTF-8")]
    InvalidUtf8,
    #[error("variable-length integer does not end within its width")]
    VarintTooLong,
    #[error("null where a value is required")]
    UnexpectedNull,
    #[error("{0} bytes follow the end")]
    TrailingBytes(usize),
    #[error("{message} has no version {version}")]
    UnsupportedVersion { message: &'static str, version: i16 },
    #[error("{what} is {value}, which is not one of its values")]
    InvalidValue { what: &'static str, value: i64 },
}

/// Why a value has no encoding. This is a mistake of the caller, never of the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("string of {0} bytes is longer than {max}", max = crate::MAX_STRING_BYTES)]
    StringTooLong(usize),
    #[error("{0} bytes do not fit a 32-bit length")]
    TooManyBytes(usize),
    #[error("array of {0} elements does not fit a 32-bit length")]
    TooManyElements(usize),
    #[error("{message} has no version {version}")]
    UnsupportedVersion { message: &'static str, version: i16 },
    #[error("{message} version {version} has no field `{field}`, and it is set")]
    FieldNotInVersion { message: &'static str, field: &'static str, version: i16 },
    #[error("{message} version {version} cannot hold null in `{field}`")]
    NullInVersion { message: &'static str, field: &'static str, version: i16 },
}
