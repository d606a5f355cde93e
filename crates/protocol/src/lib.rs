#![forbid(unsafe_code)]

mod api_key;
mod codec;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unused_imports)]
mod generated;

pub use api_key::{ApiKey, UnknownApiKey};
pub use codec::{Message, Record, Request};
pub use generated::*;
