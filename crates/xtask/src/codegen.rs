//! Rust made from the schema files. Nothing is generated yet.

use anyhow::Result;

pub(crate) fn run(_check: bool) -> Result<()> {
    Ok(())
}
