//! Records to columns, with every cell that is no number accounted for.

use super::cell::{trim, Cell, CellFault, DecimalMark};
use super::dialect::{records, Dialect};
use super::error::{excerpt, DatasetError};
use super::header::{header, numbered};
use super::lines::LineCounter;
use super::source::LONGEST_LINE;

/// A cell that is neither a number nor missing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BadCell {
    pub line: usize,
    pub text: String,
    pub fault: CellFault,
}

/// A column as read, before anything is decided about it.
#[derive(Debug, Clone, Default)]
pub(super) struct RawColumn {
    /// Empty when the header has none.
    pub name: String,
    /// One value a row; NaN where the cell is no number.
    pub values: Vec<f64>,
    pub numbers: usize,
    pub missing: usize,
    /// Cells meant as numbers that can't be used as such.
    pub faults: usize,
    pub texts: usize,
    pub first_bad: Option<BadCell>,
    pub first_missing: Option<usize>,
    points: usize,
    decimal_commas: usize,
    lone_grouping_commas: usize,
}

impl RawColumn {
    /// Whether most cells were meant as numbers. A text among them is then a
    /// slip of the hand, not a column of text.
    pub fn is_numeric(&self) -> bool {
        self.numbers + self.faults > self.texts
    }

    pub fn is_empty(&self) -> bool {
        self.numbers + self.faults + self.texts == 0
    }

    /// Whether all numbers are the same.
    pub fn is_constant(&self) -> bool {
        let mut numbers = self.values.iter().filter(|value| !value.is_nan());
        let first = numbers.next();
        numbers.all(|value| Some(value) == first)
    }

    fn push(&mut self, text: &[u8], mark: DecimalMark, line: impl FnOnce() -> usize) {
        let cell = Cell::parse(text, mark);
        self.values.push(match cell {
            Cell::Number(value) => value,
            _ => f64::NAN,
        });
        match cell {
            Cell::Number(_) => {
                self.numbers += 1;
                self.points += usize::from(text.contains(&b'.'));
            }
            Cell::Missing => {
                self.missing += 1;
                if self.first_missing.is_none() {
                    self.first_missing = Some(line());
                }
            }
            Cell::Fault(fault) => {
                if fault.is_like_a_number() {
                    self.faults += 1;
                } else {
                    self.texts += 1;
                }
                if text.iter().filter(|&&byte| byte == b',').count() == 1 {
                    match fault {
                        CellFault::DecimalMark => self.decimal_commas += 1,
                        CellFault::Thousands => self.lone_grouping_commas += 1,
                        _ => {}
                    }
                }
                if self.first_bad.is_none() {
                    self.first_bad = Some(BadCell {
                        line: line(),
                        text: excerpt(&String::from_utf8_lossy(trim(text))),
                        fault,
                    });
                }
            }
        }
    }
}

/// A table as read.
#[derive(Debug)]
pub(super) struct Table {
    pub columns: Vec<RawColumn>,
    /// The line of the file on which each row starts, from 1.
    pub lines: Vec<usize>,
    /// Whether the names come from the file.
    pub has_header: bool,
    pub decimal_comma: bool,
}

impl Table {
    /// Reads all records of `bytes`. `has_header` is guessed where not given.
    pub fn read(
        source_name: &str,
        bytes: &[u8],
        dialect: Dialect,
        has_header: Option<bool>,
    ) -> Result<Table, DatasetError> {
        let table = Table::read_with(source_name, bytes, dialect, has_header, DecimalMark::Point)?;
        let sum = |count: fn(&RawColumn) -> usize| table.columns.iter().map(count).sum::<usize>();
        // Quoted in a table separated by commas, `"1,234"` is most likely a
        // thousand; where the separator is another, a decimal comma.
        let mut commas = sum(|column| column.decimal_commas);
        if dialect.delimiter != b',' {
            commas += sum(|column| column.lone_grouping_commas);
        }
        if commas > sum(|column| column.points) {
            return Table::read_with(source_name, bytes, dialect, has_header, DecimalMark::Comma);
        }
        Ok(table)
    }

    fn read_with(
        source_name: &str,
        bytes: &[u8],
        dialect: Dialect,
        has_header: Option<bool>,
        mark: DecimalMark,
    ) -> Result<Table, DatasetError> {
        let body = &bytes[dialect.start..];
        let mut lines = LineCounter::new(bytes);
        let mut reader = records(body, dialect.delimiter);
        let mut record = csv::ByteRecord::new();
        let mut names = header(source_name, bytes, dialect, has_header, mark)?;
        let has_header = names.is_some();
        // The comment above the table may be the header; then no record is.
        let mut skip_first = names.as_ref().is_some_and(|names| !names.from_comment);
        let mut columns: Vec<RawColumn> = Vec::new();
        let mut row_lines = Vec::new();
        let mut ragged: Option<DatasetError> = None;
        while read_record(source_name, &mut reader, &mut record)? {
            let offset = record.position().map_or(0, csv::Position::byte) as usize;
            let end = reader.position().byte() as usize;
            if end - offset > LONGEST_LINE {
                return Err(DatasetError::LineTooLong {
                    source_name: source_name.to_owned(),
                    line: lines.at(dialect.start + offset),
                });
            }
            if is_blank(&record) {
                continue;
            }
            if columns.is_empty() {
                let names = names
                    .take()
                    .map_or_else(|| numbered(record.len()), |header| header.names);
                columns = names
                    .into_iter()
                    .map(|name| RawColumn {
                        name,
                        ..RawColumn::default()
                    })
                    .collect();
            }
            if std::mem::take(&mut skip_first) {
                continue;
            }
            let line = lines.at(dialect.start + offset);
            let extra_is_blank = || {
                record
                    .iter()
                    .skip(columns.len())
                    .all(|cell| trim(cell).is_empty())
            };
            if record.len() < columns.len() || (record.len() > columns.len() && !extra_is_blank()) {
                if let Some(DatasetError::Ragged { more, .. }) = &mut ragged {
                    *more += 1;
                } else {
                    ragged = Some(DatasetError::Ragged {
                        source_name: source_name.to_owned(),
                        line,
                        expected: columns.len(),
                        found: record.len(),
                        more: 0,
                        spans_lines: record.iter().any(|cell| cell.contains(&b'\n')),
                    });
                }
                continue;
            }
            row_lines.push(line);
            for (column, cell) in columns.iter_mut().zip(record.iter()) {
                column.push(cell, mark, || line);
            }
        }
        match ragged {
            Some(error) => Err(error),
            None => Ok(Table {
                columns,
                lines: row_lines,
                has_header,
                decimal_comma: mark == DecimalMark::Comma,
            }),
        }
    }
}

/// Whether the record is a line of blanks.
pub(super) fn is_blank(record: &csv::ByteRecord) -> bool {
    record.len() == 1 && trim(&record[0]).is_empty()
}

/// Reads the next record; false at the end.
pub(super) fn read_record(
    source_name: &str,
    reader: &mut csv::Reader<&[u8]>,
    record: &mut csv::ByteRecord,
) -> Result<bool, DatasetError> {
    reader
        .read_byte_record(record)
        .map_err(|error| DatasetError::Unreadable {
            source_name: source_name.to_owned(),
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, DatasetError> {
        let bytes = text.as_bytes();
        Table::read("t.csv", bytes, Dialect::detect(bytes, None), None)
    }

    fn names(table: &Table) -> Vec<&str> {
        table.columns.iter().map(|column| column.name.as_str()).collect()
    }

    #[test]
    fn headers_are_told_from_numbers() {
        for (text, expected, rows) in [
            ("a,b\n1,2\n3,4\n", vec!["a", "b"], 2),
            ("1,2,3\n4,5,6\n", vec!["x1", "x2", "y"], 2),
            ("Mercury,0.38,0.24\nVenus,0.72,0.61\n", vec!["x1", "x2", "y"], 2),
            ("a,1\n2,3\n4,5\n", vec!["a", "1"], 2),
            ("1,oops,3\n4,5,6\n7,8,9\n", vec!["x1", "x2", "y"], 3),
            ("# a,b\n1,2\n3,4\n", vec!["a", "b"], 2),
            ("# made by hand\n1,2\n3,4\n", vec!["x1", "y"], 2),
            ("\u{feff}a,b\r\n1,2\r\n\r\n3,4\r\n", vec!["a", "b"], 2),
            ("a,b\r1,2\r3,4", vec!["a", "b"], 2),
            (
                " speed [m/s] ,\"E, total\"\n1,2\n3,4",
                vec!["speed [m/s]", "E, total"],
                2,
            ),
        ] {
            let table = table(text).unwrap();
            assert_eq!(names(&table), expected, "{text:?}");
            assert_eq!(table.lines.len(), rows, "{text:?}");
        }
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        for text in [
            "# c\na,b\n\n1,2\n\n\n\"3\",4\n\"t\nu\",5\n6,7",
            "# c\r\na,b\r\n\r\n1,2\r\n\r\n\r\n\"3\",4\r\n\"t\r\nu\",5\r\n6,7\r\n",
            "# c\ra,b\r\r1,2\r\r\r\"3\",4\r\"t\ru\",5\r6,7\r",
        ] {
            assert_eq!(table(text).unwrap().lines, [4, 7, 8, 10], "{text:?}");
        }
    }

    #[test]
    fn ragged_rows_are_counted() {
        let error = table("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "t.csv:3: expected 3 cells, found 2 (2 more like this)"
        );
        assert!(
            table("a,b\n1,2,\n3,4,,\n").is_ok(),
            "blank cells at the end are no data"
        );
    }

    #[test]
    fn decimal_commas_are_read_unless_points_are_used() {
        let values = |text: &str, column: usize| table(text).unwrap().columns[column].values.clone();
        assert_eq!(values("a;b\n1,5;2\n2,25;3\n", 0), [1.5, 2.25]);
        assert_eq!(values("a,b\n\"1,5\",2\n\"2,25\",3\n", 0), [1.5, 2.25]);
        let mixed = table("a;b\n1,5;2.5\n2;3.5\n").unwrap();
        assert_eq!(
            mixed.columns[0].first_bad.as_ref().unwrap().fault,
            CellFault::DecimalMark
        );
        let thousands = table("a,b\n\"1,500\",2\n\"2,250\",3\n").unwrap();
        assert_eq!(
            thousands.columns[0].first_bad.as_ref().unwrap().fault,
            CellFault::Thousands
        );
    }

    #[test]
    fn a_stray_text_leaves_a_column_numeric() {
        let table = table("a,b,c\n1,x,\n2,y,\noops,3,\n").unwrap();
        let kinds: Vec<(bool, bool)> = table
            .columns
            .iter()
            .map(|column| (column.is_numeric(), column.is_empty()))
            .collect();
        assert_eq!(kinds, [(true, false), (false, false), (false, true)]);
        assert_eq!(
            table.columns[0].first_bad,
            Some(BadCell {
                line: 4,
                text: "oops".into(),
                fault: CellFault::Text
            })
        );
    }
}
