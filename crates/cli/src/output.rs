//! Results on standard output: tables for people, JSON for programs.
use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, Table, presets};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    os::fd::AsFd,
};

/// How a list or a description is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns, for people.
    #[default]
    Table,
    /// One document, for programs.
    Json,
}

const BUFFER: usize = 256 << 10;

/// Standard output with a large buffer, past Rust's line buffering. Flush it.
pub(crate) fn stdout() -> io::Result<BufWriter<File>> {
    let own = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(BufWriter::with_capacity(BUFFER, File::from(own)))
}

/// One JSON document and a newline.
pub(crate) fn print_json(value: &serde_json::Value) -> io::Result<()> {
    let mut out = stdout()?;
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

pub(crate) fn print_table(columns: &[Column], rows: Vec<Vec<String>>) -> io::Result<()> {
    let mut out = stdout()?;
    writeln!(out, "{}", render(columns, rows))?;
    out.flush()
}

pub(crate) fn print_line(line: &str) -> io::Result<()> {
    let mut out = stdout()?;
    writeln!(out, "{line}")?;
    out.flush()
}

/// A column's heading, and on which side its values stand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Text(&'static str),
    Number(&'static str),
}

fn render(columns: &[Column], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(comfy_table::ContentArrangement::Disabled);
    let cell = |column: &Column, text: &str| match column {
        Column::Text(_) => Cell::new(text),
        Column::Number(_) => Cell::new(text).set_alignment(CellAlignment::Right),
    };
    let heading = |column: &Column| match column {
        Column::Text(name) | Column::Number(name) => *name,
    };
    table.set_header(columns.iter().map(|column| cell(column, heading(column))));
    for row in rows {
        table.add_row(columns.iter().zip(&row).map(|(column, text)| cell(column, text)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// For a list of numbers in one cell.
pub(crate) fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_no_frame_and_no_trailing_space() {
        let columns = [Column::Text("TOPIC"), Column::Number("PARTITIONS"), Column::Text("ID")];
        let rows =
            [["a", "1", "x"], ["longer", "12", "y"]].map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let expected = "TOPIC   PARTITIONS  ID\na                1  x\nlonger          12  y";
        assert_eq!(render(&columns, rows), expected);
        assert_eq!(render(&columns, Vec::new()), "TOPIC  PARTITIONS  ID");
    }
}
