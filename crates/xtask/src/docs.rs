//! Pages under `docs/` that are made from the code, so that they cannot disagree with it.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs;

/// Where a page is, from the workspace root, and what it should say.
struct Page {
    path: &'static str,
    text: fn() -> String,
}

const PAGES: &[Page] = &[Page { path: "docs/reference/configuration.md", text: config::reference_markdown }];

pub(crate) fn run(check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for page in PAGES {
        let path = workspace::root().join(page.path);
        let wanted = (page.text)();
        if fs::read_to_string(&path).is_ok_and(|found| found == wanted) {
            continue;
        }
        if check {
            stale.push(page.path);
        } else {
            fs::write(&path, wanted).with_context(|| page.path.to_owned())?;
            println!("    wrote {}", page.path);
        }
    }
    if !stale.is_empty() {
        bail!("not as the code would write them: {} (run `cargo xtask docs`)", stale.join(", "));
    }
    Ok(())
}
