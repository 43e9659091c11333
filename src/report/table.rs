//! Plain-text tables: the only place that knows prettytable.

use std::io::{self, Write};

use prettytable::format::{Alignment, FormatBuilder, LinePosition, LineSeparator};
use prettytable::{Cell, Row, Table};

use super::prose::LINE_WIDTH;

/// Place of the rule among the lines.
const RULE: usize = 1;

/// A table with a rule under its titles and no other lines.
pub(crate) struct Columns {
    table: Table,
    alignments: Vec<Alignment>,
}

impl Columns {
    /// Columns with these titles: a title that starts with `<` is aligned to
    /// the left, any other to the right.
    pub fn new(titles: &[&str]) -> Columns {
        let mut table = Table::new();
        table.set_format(
            FormatBuilder::new()
                .padding(2, 0)
                .separator(LinePosition::Title, LineSeparator::new('-', '-', '-', '-'))
                .indent(2)
                .build(),
        );
        let alignments: Vec<Alignment> = titles
            .iter()
            .map(|title| match title.strip_prefix('<') {
                Some(_) => Alignment::LEFT,
                None => Alignment::RIGHT,
            })
            .collect();
        let cells = titles
            .iter()
            .zip(&alignments)
            .map(|(title, &alignment)| Cell::new_align(title.strip_prefix('<').unwrap_or(title), alignment));
        table.set_titles(Row::new(cells.collect()));
        Columns { table, alignments }
    }

    /// Adds a row with one cell per column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells
            .into_iter()
            .zip(&self.alignments)
            .map(|(text, &alignment)| Cell::new_align(&text, alignment));
        self.table.add_row(Row::new(cells.collect()));
    }

    /// Writes the table, without blanks at the ends of its lines. The rule ends
    /// with the line, however long a formula in the last column is.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut rendered = Vec::new();
        self.table.print(&mut rendered)?;
        for (number, line) in String::from_utf8_lossy(&rendered).lines().enumerate() {
            let line = match number {
                RULE => line.get(..LINE_WIDTH).unwrap_or(line),
                _ => line,
            };
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_choose_the_side() {
        let mut columns = Columns::new(&["<name", "R²"]);
        columns.row(["a".to_string(), "0.5".to_string()]);
        columns.row(["longer".to_string(), "1".to_string()]);
        let mut out = Vec::new();
        columns.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "    name     R²");
        assert_eq!(lines[2..], ["    a       0.5", "    longer    1"]);
    }

    #[test]
    fn the_rule_is_no_longer_than_a_line() {
        let mut columns = Columns::new(&["<"]);
        columns.row(["x".repeat(200)]);
        let mut out = Vec::new();
        columns.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths[1..], [LINE_WIDTH, 204]);
    }
}
