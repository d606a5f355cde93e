//! What several tools print alike.
use client::TopicPattern;
use std::fmt::{Debug, Display, UpperExp};

/// `1,2,3`.
pub(super) fn join<T: Display>(items: impl IntoIterator<Item = T>, separator: &str) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(separator)
}

/// `-` for what is not known.
pub(super) fn or_dash<T: Display>(value: Option<T>) -> String {
    java_or("-", value)
}

/// What is known, or what Kafka's tool prints instead.
pub(super) fn java_or<T: Display>(unknown: &str, value: Option<T>) -> String {
    value.map_or_else(|| unknown.to_owned(), |value| value.to_string())
}

/// As Java prints a `double`: always with a point, in powers of ten from 10^7 on and below 10^-3.
pub(super) fn java_double(value: f64) -> String {
    java_decimal(value, value)
}

/// As Java prints a `float`, which has fewer digits.
pub(super) fn java_float(value: f32) -> String {
    java_decimal(value, value.into())
}

fn java_decimal<T: Debug + UpperExp>(value: T, wide: f64) -> String {
    let size = wide.abs();
    if size.is_infinite() {
        return if wide > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if wide.is_nan() || size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        // Java looks at two digits at least: the smallest is 4.9E-324.
        Some((digits, _)) if !digits.contains('.') => format!("{value:.1E}"),
        _ => text,
    }
}

/// An expression of names, as Kafka's tools take it: a comma is an alternative, quotes around it are dropped, and it
/// is matched whole.
pub(super) fn pattern(text: &str) -> Result<TopicPattern, super::Stop> {
    let text = text.trim().replace(',', "|").replace(' ', "");
    let text = text.trim_matches(['"', '\'']);
    TopicPattern::new(text).map_err(|_| super::Stop::Failed(format!("{text} is an invalid regex.")))
}

/// Columns as wide as their widest cell, the head first, with a tab and a blank line's room as Kafka's tools have it.
pub(super) fn table<'a>(
    out: &mut impl std::io::Write,
    rows: impl Iterator<Item = &'a [String]> + Clone,
) -> std::io::Result<()> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.clone() {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        for (cell, width) in row.iter().zip(&widths) {
            write!(out, "{cell:width$}\t")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_java_prints_them() {
        for (value, expected) in [
            (0.001, "0.001"),
            (1e7, "1.0E7"),
            (-1.25e-5, "-1.25E-5"),
            (-0.0, "-0.0"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (5e-324, "4.9E-324"),
        ] {
            assert_eq!(java_double(value), expected);
        }
        for (value, expected) in
            [(1e-3, "0.001"), (1.1, "1.1"), (16_777_216.0, "1.6777216E7"), (1e-45, "1.4E-45")]
        {
            assert_eq!(java_float(value), expected);
        }
    }
}
