//! A source to columns, with every cell that is no number accounted for.

use std::sync::Mutex;

use super::blocks::head;
use super::cell::DecimalMark;
use super::dialect::Dialect;
use super::error::DatasetError;
use super::header::{header, Header, Place};
#[cfg(feature = "parquet")]
use super::parquet;
use super::part::{Part, Ragged, TextFormat};
use super::reservoir::{priorities, Reservoir};
use super::scan::{scan, Format};
use super::source::Origin;
use super::tally::Tally;
use super::ReadOptions;

/// A column as read, before anything is decided about it.
#[derive(Debug)]
pub(super) struct RawColumn {
    /// Empty when the header has none.
    pub name: String,
    /// One value for each row kept; NaN where the cell is no number.
    pub values: Vec<f64>,
    /// Counts over all rows.
    pub cells: Tally,
}

/// A table as read.
#[derive(Debug)]
pub(super) struct Table {
    pub columns: Vec<RawColumn>,
    /// The line of the file on which each row kept starts, from 1; the number
    /// of the row in a file that has no lines.
    pub lines: Vec<usize>,
    /// All rows, kept or not.
    pub rows: usize,
    /// Whether the names come from the file.
    pub has_header: bool,
    pub decimal_comma: bool,
    /// Records above the column names, and below them, that are passed over.
    pub around_names: [usize; 2],
    /// How to read the rows again.
    pub format: Format,
}

impl Table {
    /// Whether some rows are not kept.
    pub fn is_sampled(&self) -> bool {
        self.lines.len() < self.rows
    }

    /// Reads all rows and keeps as many as memory is set aside for.
    pub fn read(origin: &Origin, options: &ReadOptions) -> Result<Table, DatasetError> {
        #[cfg(feature = "parquet")]
        if parquet::is_parquet(origin)? {
            let names = parquet::column_names(origin)?;
            return Table::read_rows(origin, Format::Parquet, names, true, options.seed);
        }
        let head = head(origin)?;
        check_is_text(&origin.name, &head)?;
        let delimiter = if origin.is_spaced {
            Some(b'\t')
        } else {
            options.delimiter
        };
        let dialect = Dialect::detect(&head, delimiter);
        if head[dialect.start..].trim_ascii().is_empty() {
            return Err(DatasetError::Empty {
                source_name: origin.name.clone(),
            });
        }
        let table = Table::read_text(origin, &head, dialect, options, DecimalMark::Point)?;
        let sum = |count: fn(&Tally) -> usize| table.columns.iter().map(|c| count(&c.cells)).sum::<usize>();
        // Quoted in a table separated by commas, `"1,234"` is most likely a
        // thousand; where the separator is another, a decimal comma.
        let mut commas = sum(|cells| cells.decimal_commas);
        if dialect.delimiter != b',' {
            commas += sum(|cells| cells.lone_grouping_commas);
        }
        if commas > sum(|cells| cells.points) {
            return Table::read_text(origin, &head, dialect, options, DecimalMark::Comma);
        }
        Ok(table)
    }

    fn read_text(
        origin: &Origin,
        head: &[u8],
        dialect: Dialect,
        options: &ReadOptions,
        mark: DecimalMark,
    ) -> Result<Table, DatasetError> {
        let has_header = options.no_header.then_some(false);
        let Header { names, place, below } = header(&origin.name, head, dialect, has_header, mark)?;
        let text = TextFormat {
            delimiter: dialect.delimiter,
            mark,
            width: names.len(),
            skip: below + usize::from(place == Place::FirstRecord),
        };
        let format = Format::Text(dialect, text);
        let mut table = Table::read_rows(origin, format, names, place != Place::Nowhere, options.seed)?;
        table.decimal_comma = mark == DecimalMark::Comma;
        table.around_names = [dialect.above, below];
        Ok(table)
    }

    fn read_rows(
        origin: &Origin,
        format: Format,
        names: Vec<String>,
        has_header: bool,
        seed: u64,
    ) -> Result<Table, DatasetError> {
        let wanted: Vec<usize> = (0..names.len()).collect();
        let gathered = Mutex::new(Gathered {
            tallies: vec![Tally::default(); names.len()],
            rows: 0,
            kept: Reservoir::new(names.len()),
            ragged: None,
        });
        scan(origin, &format, &wanted, |block, part| {
            let priorities = priorities(seed, block, part.lines.len());
            if let Ok(mut gathered) = gathered.lock() {
                gathered.add(part, &priorities);
            }
            true
        })?;
        // A lock is poisoned by a panic, which has ended the process by now.
        let gathered = gathered
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(ragged) = gathered.ragged {
            return Err(DatasetError::Ragged {
                source_name: origin.name.clone(),
                line: ragged.line,
                expected: names.len(),
                found: ragged.found,
                more: ragged.count - 1,
                spans_lines: ragged.spans_lines,
            });
        }
        let (lines, columns) = gathered.kept.into_columns();
        let columns = names.into_iter().zip(columns).zip(gathered.tallies);
        Ok(Table {
            columns: columns
                .map(|((name, values), cells)| RawColumn { name, values, cells })
                .collect(),
            lines,
            rows: gathered.rows,
            has_header,
            decimal_comma: false,
            around_names: [0, 0],
            format,
        })
    }
}

/// What has been read so far.
struct Gathered {
    tallies: Vec<Tally>,
    rows: usize,
    kept: Reservoir,
    ragged: Option<Ragged>,
}

impl Gathered {
    fn add(&mut self, part: Part, priorities: &[u64]) {
        self.rows += part.lines.len();
        self.kept.add(priorities, &part.lines, &part.values);
        for (tally, of_part) in self.tallies.iter_mut().zip(part.tallies) {
            tally.merge(of_part);
        }
        self.ragged = match (self.ragged.take(), part.ragged) {
            (Some(a), Some(b)) => {
                let count = a.count + b.count;
                let first = if a.line < b.line { a } else { b };
                Some(Ragged { count, ..first })
            }
            (a, b) => a.or(b),
        };
    }
}

/// The magic bytes of what people hand in for a CSV.
fn check_is_text(source_name: &str, head: &[u8]) -> Result<(), DatasetError> {
    const KINDS: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "a spreadsheet or zip archive"),
        (b"\xd0\xcf\x11\xe0", "a spreadsheet"),
        (b"\xfd7zXZ\x00", "compressed (xz)"),
        (b"BZh", "compressed (bzip2)"),
        (b"PAR1", "a Parquet file"),
        (b"\x89HDF", "an HDF5 file"),
    ];
    let refused = |kind| {
        Err(DatasetError::NotText {
            source_name: source_name.to_owned(),
            kind,
        })
    };
    if let Some((_, kind)) = KINDS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return refused(kind);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::cell::CellFault;
    use super::super::tally::BadCell;
    use super::*;

    fn table(text: &str) -> Result<Table, DatasetError> {
        let origin = Origin::memory("t.csv", text.as_bytes());
        Table::read(&origin, &ReadOptions::default())
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
            mixed.columns[0].cells.first_bad.as_ref().unwrap().fault,
            CellFault::DecimalMark
        );
        let thousands = table("a,b\n\"1,500\",2\n\"2,250\",3\n").unwrap();
        assert_eq!(
            thousands.columns[0].cells.first_bad.as_ref().unwrap().fault,
            CellFault::Thousands
        );
    }

    #[test]
    fn a_stray_text_leaves_a_column_numeric() {
        let table = table("a,b,c\n1,x,\n2,y,\noops,3,\n").unwrap();
        let kinds: Vec<(bool, bool)> = table
            .columns
            .iter()
            .map(|column| (column.cells.is_numeric(), column.cells.is_empty()))
            .collect();
        assert_eq!(kinds, [(true, false), (false, false), (false, true)]);
        assert_eq!(
            table.columns[0].cells.first_bad,
            Some(BadCell {
                line: 4,
                text: "oops".into(),
                fault: CellFault::Text
            })
        );
    }
}
