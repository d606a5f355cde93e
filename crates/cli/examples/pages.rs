//! Prints the pages about the commands as one JSON object, for `cargo xtask docs`.
fn main() -> serde_json::Result<()> {
    let pages: std::collections::BTreeMap<String, String> = mainstem_cli::pages().into_iter().collect();
    serde_json::to_writer(std::io::stdout(), &pages)
}
