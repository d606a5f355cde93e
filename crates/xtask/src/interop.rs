//! Real clients.
use anyhow::Result;
#[derive(Debug)]
pub(crate) struct Options;
impl Options {
    pub(crate) fn parse(_: &[String]) -> Result<Self> {
        Ok(Self)
    }
}
pub(crate) fn run(_: Options) -> Result<()> {
    Ok(())
}
