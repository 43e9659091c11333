//! The rows of a table as they are written, beside their values.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::blocks::{Block, Blocks};
use super::cell::{trim, DecimalMark};
use super::choose::numeric_column;
use super::dialect::{records, Dialect};
use super::error::DatasetError;
use super::lines::LineCounter;
use super::note::Note;
#[cfg(feature = "parquet")]
use super::parquet;
use super::part::{is_blank, TextFormat};
use super::scan::Format;
use super::source::{unreadable, Origin, Source};
use super::table::Table;
use super::tally::Tally;
use super::{check_names, layout_notes, ReadOptions};

/// Blocks that are worked on at a time: enough for every core, and bounded memory.
const AT_A_TIME: usize = 16;

/// A table whose rows are read, added to, and written again; however many there are.
#[derive(Debug)]
pub struct RecordStream {
    origin: Origin,
    format: Format,
    names: Vec<String>,
    wanted: Vec<usize>,
    decimal_comma: bool,
    /// What was assumed of the layout.
    pub notes: Vec<Note>,
}

/// Some rows, in the order of the table.
#[derive(Debug)]
pub struct Records {
    /// The cells of each row as they are written, as many as there are columns.
    pub cells: Vec<csv::ByteRecord>,
    /// For each column wanted its value in each row; NaN where the cell is no number.
    pub values: Vec<Vec<f64>>,
    /// The line of the source on which each row starts, from 1.
    pub lines: Vec<usize>,
}

impl RecordStream {
    /// Finds out how the table is written, and where its columns `wanted` are. Of
    /// the options those that say how the table is written are heeded.
    ///
    /// # Errors
    /// As [`read()`](super::read()), and when a column is not there or holds text.
    pub fn open(
        source: &Source,
        options: &ReadOptions,
        wanted: &[String],
    ) -> Result<RecordStream, DatasetError> {
        let origin = source.open()?.laid_out(options.delimiter)?;
        let table = Table::read(&origin, options)?;
        check_names(&origin.name, &table)?;
        let places: Result<Vec<usize>, DatasetError> = wanted
            .iter()
            .map(|name| numeric_column(&origin.name, &table, name, false))
            .collect();
        Ok(RecordStream {
            notes: layout_notes(&origin, &table, options)?,
            wanted: places?,
            decimal_comma: table.decimal_comma,
            format: table.format,
            names: table.columns.into_iter().map(|column| column.name).collect(),
            origin,
        })
    }

    /// The names of all columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What separates the cells.
    pub fn delimiter(&self) -> u8 {
        match &self.format {
            Format::Text(_, text) => text.delimiter,
            #[cfg(feature = "parquet")]
            Format::Parquet => b',',
        }
    }

    /// Whether numbers are written with a decimal comma.
    pub fn decimal_comma(&self) -> bool {
        self.decimal_comma
    }

    /// Hands what `of` makes of some rows to `sink`, in the order of the table, until
    /// `sink` returns false. `of` runs on all cores.
    ///
    /// # Errors
    /// When the source can't be read again.
    pub fn map<T: Send>(
        &self,
        of: impl Fn(Records) -> T + Sync,
        mut sink: impl FnMut(T) -> bool,
    ) -> Result<(), DatasetError> {
        match &self.format {
            Format::Text(dialect, text) => self.map_text(*dialect, text, of, sink),
            #[cfg(feature = "parquet")]
            Format::Parquet => {
                let mut next_row = 1;
                parquet::each_written(&self.origin, |rows| {
                    let read = self.parsed(rows.into_iter().map(|cells| {
                        next_row += 1;
                        (next_row - 1, cells)
                    }));
                    sink(of(read))
                })
            }
        }
    }

    fn map_text<T: Send>(
        &self,
        dialect: Dialect,
        text: &TextFormat,
        of: impl Fn(Records) -> T + Sync,
        mut sink: impl FnMut(T) -> bool,
    ) -> Result<(), DatasetError> {
        let enough = AtomicBool::new(false);
        let mut blocks = Blocks::new(&self.origin, dialect, &enough)?;
        loop {
            let next: Vec<Result<Block, DatasetError>> = blocks.by_ref().take(AT_A_TIME).collect();
            if next.is_empty() {
                return Ok(());
            }
            let made: Vec<Result<T, DatasetError>> = next
                .into_par_iter()
                .map(|block| self.block(&block?, text).map(&of))
                .collect();
            for one in made {
                if !sink(one?) {
                    return Ok(());
                }
            }
        }
    }

    fn block(&self, block: &Block, text: &TextFormat) -> Result<Records, DatasetError> {
        let mut lines = LineCounter::new(&block.bytes, block.first_line);
        let mut skip = if block.index == 0 { text.skip } else { 0 };
        let mut rows = Vec::new();
        for record in records(&block.bytes, text.delimiter).into_byte_records() {
            let mut record = record.map_err(|error| unreadable(&self.origin.name, &error))?;
            let offset = record.position().map_or(0, csv::Position::byte) as usize;
            let line = lines.at(offset);
            if is_blank(record.iter()) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            record.truncate(text.width);
            rows.push((line, record));
        }
        Ok(self.parsed(rows.into_iter()))
    }

    fn parsed(&self, rows: impl Iterator<Item = (usize, csv::ByteRecord)>) -> Records {
        let mark = match self.decimal_comma {
            true => DecimalMark::Comma,
            false => DecimalMark::Point,
        };
        let mut read = Records {
            cells: Vec::new(),
            values: vec![Vec::new(); self.wanted.len()],
            lines: Vec::new(),
        };
        let mut tally = Tally::default();
        for (line, cells) in rows {
            for (values, &column) in read.values.iter_mut().zip(&self.wanted) {
                let cell = cells.get(column).unwrap_or_default();
                values.push(match trim(cell) {
                    [] => f64::NAN,
                    _ => tally.cell(cell, mark, line),
                });
            }
            read.lines.push(line);
            read.cells.push(cells);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(text: &str, wanted: &[&str]) -> Result<RecordStream, DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let mut stream = RecordStream::open(&Source::Path(path), &ReadOptions::default(), &wanted)?;
        // The folder goes with this function.
        stream.origin = Origin::memory("t.csv", text.as_bytes());
        Ok(stream)
    }

    fn rows(stream: &RecordStream) -> Vec<(usize, Vec<String>, Vec<f64>)> {
        let mut rows = Vec::new();
        let each = |records: Records| {
            let row = |place: usize| {
                let cells = records.cells[place].iter();
                let cells = cells.map(|cell| String::from_utf8_lossy(cell).into_owned());
                let values = records.values.iter().map(|column| column[place]);
                (records.lines[place], cells.collect(), values.collect())
            };
            (0..records.lines.len()).map(row).collect::<Vec<_>>()
        };
        stream
            .map(each, |some| {
                rows.extend(some);
                true
            })
            .unwrap();
        rows
    }

    #[test]
    fn cells_stay_as_they_are_written() {
        let text = "name;b;a\nfirst;1,50;2\n\n\"se;cond\";;-3,5e1\nthird;7;8;\n";
        let stream = stream(text, &["a", "b"]).unwrap();
        assert_eq!(stream.names(), ["name", "b", "a"]);
        assert_eq!((stream.delimiter(), stream.decimal_comma()), (b';', true));
        let rows = rows(&stream);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].1, ["first", "1,50", "2"]);
        assert_eq!(rows[0].2, [2.0, 1.5]);
        assert_eq!((rows[1].0, rows[1].1[0].as_str()), (4, "se;cond"));
        assert_eq!(rows[1].2[0], -35.0);
        assert!(rows[1].2[1].is_nan());
        assert_eq!(rows[2].1, ["third", "7", "8"]);
    }

    #[test]
    fn a_table_of_many_blocks_keeps_its_order() {
        let mut text = "x\n".to_owned();
        for row in 0..400_000 {
            text.push_str(&format!("{row}\n"));
        }
        let rows = rows(&stream(&text, &["x"]).unwrap());
        assert_eq!(rows.len(), 400_000);
        assert!(rows
            .iter()
            .enumerate()
            .all(|(place, row)| row.2[0] == place as f64));
    }

    #[test]
    fn a_column_that_lacks_is_named() {
        let error = stream("mass,b\n1,2\n", &["mas"]).unwrap_err();
        assert!(error.to_string().contains("`mas`"), "{error}");
    }
}
