//! Results on standard output, each from one typed value: a table for people and four forms for programs.
//!
//! A command makes [`Row`]s or a [`Document`] and prints it here; it never formats for one form alone. Columns are
//! aligned, nothing is cut. Headings are bold on a terminal, unless `NO_COLOR` says otherwise, and plain elsewhere.
mod yaml;

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use comfy_table::{Cell, CellAlignment, Table, presets};
use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::FileType,
    io::Errno,
};
use serde::Serialize;
use std::{
    env,
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    os::fd::{AsFd, OwnedFd},
    thread,
};
use tokio::sync::watch;

/// How a list or a description is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Table,
    Json,
    Yaml,
    // A document a line.
    Ndjson,
    // Only names, one a line.
    Name,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputArguments {
    /// How to show it: columns for people, one document, a document a line, or only names.
    #[arg(short = 'o', long = "output", value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// One of many things of a kind.
pub(crate) trait Row: Serialize + 'static {
    const COLUMNS: &'static [Column<Self>];

    /// What `-o name` prints.
    fn name(&self) -> String;
}

/// One thing with all its parts.
pub(crate) trait Document: Serialize {
    fn name(&self) -> String;

    /// What a person sees, top to bottom.
    fn sections(&self) -> Vec<Section>;
}

/// A heading, and how a value gets below it.
pub(crate) struct Column<T: ?Sized> {
    heading: &'static str,
    alignment: CellAlignment,
    cell: fn(&T) -> String,
}

impl<T: ?Sized> Column<T> {
    pub(crate) const fn text(heading: &'static str, cell: fn(&T) -> String) -> Self {
        Self { heading, alignment: CellAlignment::Left, cell }
    }

    pub(crate) const fn number(heading: &'static str, cell: fn(&T) -> String) -> Self {
        Self { heading, alignment: CellAlignment::Right, cell }
    }
}

#[derive(Debug)]
pub(crate) enum Section {
    /// Names and values, one pair a line.
    Fields(Vec<(&'static str, String)>),
    Grid(Grid),
}

/// A table before it is drawn.
#[derive(Debug)]
pub(crate) struct Grid {
    headings: Vec<(&'static str, CellAlignment)>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(crate) fn of<'a, T: Row>(rows: impl IntoIterator<Item = &'a T>) -> Self {
        let cells = |row: &T| T::COLUMNS.iter().map(|column| (column.cell)(row)).collect();
        Self {
            headings: T::COLUMNS.iter().map(|column| (column.heading, column.alignment)).collect(),
            rows: rows.into_iter().map(cells).collect(),
        }
    }

    /// Lines without trailing space; the first is the heading.
    pub(crate) fn draw(&self, colour: bool) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(comfy_table::ContentArrangement::Disabled);
        let cell = |text: &str, alignment| Cell::new(text).set_alignment(alignment);
        table.set_header(self.headings.iter().map(|(heading, alignment)| cell(heading, *alignment)));
        for row in &self.rows {
            table.add_row(
                self.headings.iter().zip(row).map(|((_, alignment), text)| cell(&one_line(text), *alignment)),
            );
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let mut lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        if let Some(heading) = lines.first_mut().filter(|_| colour) {
            *heading = bold(heading);
        }
        lines.join("\n")
    }
}

/// What a broker sends must not break a table or reach the terminal as commands.
fn one_line(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

fn bold(text: &str) -> String {
    format!("\u{1b}[1m{text}\u{1b}[0m")
}

pub(crate) fn list<T: Row>(format: Format, rows: &[T]) -> Result<(), Failure> {
    print(&render_list(format, rows, is_colourful(&io::stdout()))?)
}

fn render_list<T: Row>(format: Format, rows: &[T], colour: bool) -> Result<String, Failure> {
    Ok(match format {
        Format::Table => Grid::of(rows).draw(colour) + "\n",
        Format::Name => rows.iter().map(|row| row.name() + "\n").collect(),
        Format::Ndjson => lines(rows)?,
        Format::Json => pretty(rows)?,
        Format::Yaml => yaml::render(&value(rows)?),
    })
}

pub(crate) fn describe<T: Document>(format: Format, document: &T) -> Result<(), Failure> {
    describe_all(format, std::slice::from_ref(document))
}

/// One document is an object, several are a list of them.
pub(crate) fn describe_all<T: Document>(format: Format, documents: &[T]) -> Result<(), Failure> {
    print(&render_documents(format, documents, is_colourful(&io::stdout()))?)
}

fn render_documents<T: Document>(format: Format, documents: &[T], colour: bool) -> Result<String, Failure> {
    let single = match documents {
        [one] => Some(one),
        _ => None,
    };
    Ok(match (format, single) {
        (Format::Table, _) => {
            let sections = documents.iter().flat_map(|document| document.sections());
            sections.map(|section| draw(&section, colour)).collect::<Vec<_>>().join("\n")
        }
        (Format::Name, _) => documents.iter().map(|document| document.name() + "\n").collect(),
        (Format::Ndjson, _) => lines(documents)?,
        (Format::Json, Some(one)) => pretty(one)?,
        (Format::Json, None) => pretty(documents)?,
        (Format::Yaml, Some(one)) => yaml::render(&value(one)?),
        (Format::Yaml, None) => yaml::render(&value(documents)?),
    })
}

/// A list whose rows are shown while they come, so that it may be longer than memory.
pub(crate) struct Stream<T> {
    format: Format,
    colour: bool,
    out: BufWriter<File>,
    waiting: Vec<T>,
    shown: usize,
}

impl<T: Row> Stream<T> {
    /// Rows that are aligned with each other.
    const TOGETHER: usize = 1000;

    pub(crate) fn new(format: Format) -> Result<Self, Failure> {
        let colour = is_colourful(&io::stdout());
        Ok(Self { format, colour, out: stdout()?, waiting: Vec::new(), shown: 0 })
    }

    pub(crate) fn push(&mut self, row: T) -> Result<(), Failure> {
        self.waiting.push(row);
        if self.waiting.len() == Self::TOGETHER { self.show() } else { Ok(()) }
    }

    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        if !self.waiting.is_empty() || self.shown == 0 {
            self.show()?;
        }
        if self.format == Format::Json {
            self.out.write_all(b"]\n")?;
        }
        self.out.flush()?;
        Ok(())
    }

    fn show(&mut self) -> Result<(), Failure> {
        let text = match self.format {
            Format::Table => {
                let drawn = Grid::of(&self.waiting).draw(self.colour && self.shown == 0) + "\n";
                // The heading stands once.
                match self.shown {
                    0 => drawn,
                    _ => drawn.split_once('\n').map_or_else(String::new, |(_, rows)| rows.to_owned()),
                }
            }
            Format::Json => {
                let mut text = String::new();
                for (nth, row) in self.waiting.iter().enumerate() {
                    text += if self.shown + nth == 0 { "[\n" } else { ",\n" };
                    text += pretty(row)?.trim_end();
                }
                if self.waiting.is_empty() { "[".to_owned() } else { text }
            }
            format => render_list(format, &self.waiting, false)?,
        };
        self.out.write_all(text.as_bytes())?;
        self.shown += self.waiting.len();
        self.waiting.clear();
        Ok(())
    }
}

fn draw(section: &Section, colour: bool) -> String {
    match section {
        Section::Grid(grid) => grid.draw(colour) + "\n",
        Section::Fields(fields) => {
            let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
            let mut text = String::new();
            for (name, value) in fields {
                let _ = writeln!(text, "{}", format!("{name:width$}  {}", one_line(value)).trim_end());
            }
            text
        }
    }
}

fn lines<T: Serialize>(items: &[T]) -> Result<String, Failure> {
    let mut text = String::new();
    for item in items {
        text += &serde_json::to_string(item).map_err(unprintable)?;
        text.push('\n');
    }
    Ok(text)
}

fn pretty<T: Serialize + ?Sized>(item: &T) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(item).map_err(unprintable)? + "\n")
}

fn value<T: Serialize + ?Sized>(item: &T) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(item).map_err(unprintable)
}

fn unprintable(error: serde_json::Error) -> Failure {
    Failure::from(io::Error::from(error))
}

/// Whether this stream may have colour: a terminal that understands it, and nobody said no.
pub(crate) fn is_colourful(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && !is_colour_unwanted()
}

/// By the user (no-color.org), or by a terminal that does not understand it.
pub(crate) fn is_colour_unwanted() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("NO_COLOR") || env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Columns of the terminal, if this is one.
pub(crate) fn width(stream: &(impl IsTerminal + AsFd)) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok().filter(|_| stream.is_terminal())?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

const BUFFER: usize = 256 << 10;

/// Standard output with a large buffer, past Rust's line buffering. Flush it.
pub(crate) fn stdout() -> io::Result<BufWriter<File>> {
    let own = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(BufWriter::with_capacity(BUFFER, File::from(own)))
}

/// Whoever reads standard output at the other end of a pipe or a socket.
#[derive(Debug)]
pub(crate) struct Reader(watch::Receiver<bool>);

impl Reader {
    /// Watches in a thread of its own, which ends with the process: nothing is to be written until there is news.
    pub(crate) fn watch() -> Self {
        let (gone, receiver) = watch::channel(false);
        let own = io::stdout().as_fd().try_clone_to_owned();
        let is_pipe = |own: &OwnedFd| {
            let kind = rustix::fs::fstat(own).map(|stat| FileType::from_raw_mode(stat.st_mode));
            matches!(kind, Ok(FileType::Fifo | FileType::Socket))
        };
        if let Some(own) = own.ok().filter(is_pipe) {
            thread::spawn(move || {
                // Asked for nothing, it tells of errors only: that the other end is closed is one.
                let mut wanted = [PollFd::new(&own, PollFlags::empty())];
                while poll(&mut wanted, None) == Err(Errno::INTR) {}
                let _ = gone.send(true);
            });
        }
        Self(receiver)
    }

    /// Waits until nobody reads any more: only so does a command that has nothing to write hear of it.
    pub(crate) async fn gone(&mut self) {
        if self.0.wait_for(|gone| *gone).await.is_err() {
            // Nobody watches: a file or a terminal has no such reader.
            std::future::pending::<()>().await;
        }
    }
}

/// What a command did.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    Ok(print_line(line)?)
}

pub(crate) fn print_line(line: &str) -> io::Result<()> {
    let mut out = stdout()?;
    writeln!(out, "{line}")?;
    out.flush()
}

pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout()?;
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// For a list in one cell.
pub(crate) fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}

/// `-` for what is not known.
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Serialize)]
    struct Topic {
        topic: &'static str,
        partitions: u32,
        note: Option<&'static str>,
    }

    impl Row for Topic {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::text("TOPIC", |t| t.topic.to_owned()),
            Column::number("PARTITIONS", |t| t.partitions.to_string()),
            Column::text("NOTE", |t| or_dash(t.note)),
        ];

        fn name(&self) -> String {
            self.topic.to_owned()
        }
    }

    impl Document for Topic {
        fn name(&self) -> String {
            self.topic.to_owned()
        }

        fn sections(&self) -> Vec<Section> {
            vec![
                Section::Fields(vec![("topic", self.topic.to_owned()), ("id", "x".to_owned())]),
                Section::Grid(Grid::of([self])),
            ]
        }
    }

    fn topics() -> [Topic; 2] {
        [
            Topic { topic: "a", partitions: 1, note: None },
            Topic { topic: "longer", partitions: 12, note: Some("x\u{1b}[2J\ny") },
        ]
    }

    #[test]
    fn a_list_is_shown_five_ways() {
        for (format, expected) in [
            (
                Format::Table,
                "TOPIC   PARTITIONS  NOTE\na                1  -\nlonger          12  x\\u{1b}[2J\\ny\n",
            ),
            (Format::Name, "a\nlonger\n"),
            (
                Format::Ndjson,
                "{\"topic\":\"a\",\"partitions\":1,\"note\":null}\n\
                 {\"topic\":\"longer\",\"partitions\":12,\"note\":\"x\\u001b[2J\\ny\"}\n",
            ),
            (
                Format::Yaml,
                "- topic: a\n  partitions: 1\n  note: null\n\
                 - topic: longer\n  partitions: 12\n  note: \"x\\u001b[2J\\ny\"\n",
            ),
        ] {
            assert_eq!(render_list(format, &topics(), false).unwrap(), expected, "{format:?}");
        }
        let json = render_list(Format::Json, &topics(), false).unwrap();
        assert!(json.starts_with("[\n  {\n    \"topic\": \"a\"") && json.ends_with("]\n"), "{json}");
    }

    #[test]
    fn an_empty_list_is_a_heading_or_nothing() {
        for (format, expected) in [
            (Format::Table, "TOPIC  PARTITIONS  NOTE\n"),
            (Format::Name, ""),
            (Format::Ndjson, ""),
            (Format::Json, "[]\n"),
            (Format::Yaml, "[]\n"),
        ] {
            assert_eq!(render_list::<Topic>(format, &[], false).unwrap(), expected, "{format:?}");
        }
    }

    #[test]
    fn a_description_is_shown_five_ways() {
        let one = &topics()[..1];
        for (format, expected) in [
            (Format::Table, "topic  a\nid     x\n\nTOPIC  PARTITIONS  NOTE\na               1  -\n"),
            (Format::Name, "a\n"),
            (Format::Ndjson, "{\"topic\":\"a\",\"partitions\":1,\"note\":null}\n"),
            (Format::Json, "{\n  \"topic\": \"a\",\n  \"partitions\": 1,\n  \"note\": null\n}\n"),
            (Format::Yaml, "topic: a\npartitions: 1\nnote: null\n"),
        ] {
            assert_eq!(render_documents(format, one, false).unwrap(), expected, "{format:?}");
        }
        assert!(render_documents(Format::Json, &topics(), false).unwrap().starts_with("[\n"));
    }

    #[test]
    fn wide_characters_keep_columns() {
        let topics =
            [Topic { topic: "日本", partitions: 1, note: None }, Topic { topic: "ünïc", ..topics()[0] }];
        let drawn = Grid::of(&topics).draw(false);
        assert_eq!(drawn, "TOPIC  PARTITIONS  NOTE\n日本            1  -\nünïc            1  -");
    }

    #[test]
    fn only_headings_have_colour() {
        let drawn = Grid::of(&topics()).draw(true);
        assert_eq!(drawn.matches('\u{1b}').count(), 2);
        assert!(drawn.starts_with("\u{1b}[1mTOPIC"), "{drawn}");
    }
}
