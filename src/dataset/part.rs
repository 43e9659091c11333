//! The rows of one block.

use std::str;

use memchr::{memchr, memchr2_iter, memchr_iter};

use super::blocks::Block;
use super::cell::{trim, DecimalMark};
use super::dialect::records;
use super::error::DatasetError;
use super::lines::LineCounter;
use super::source::unreadable;
use super::tally::Tally;

/// How the records of a text are to be read.
#[derive(Debug, Clone)]
pub(super) struct TextFormat {
    pub delimiter: u8,
    pub mark: DecimalMark,
    /// Cells of every record.
    pub width: usize,
    /// Records at the start that hold the names, and units.
    pub skip: usize,
}

/// The cells of some rows, in the columns wanted.
#[derive(Debug)]
pub(super) struct Part {
    /// Row after row; NaN where a cell is no number.
    pub values: Vec<f64>,
    /// The line of the source on which each row starts, from 1.
    pub lines: Vec<usize>,
    /// One a column wanted.
    pub tallies: Vec<Tally>,
    /// Rows with too few or too many cells, the first of them in words.
    pub ragged: Option<Ragged>,
}

/// Rows with too few or too many cells.
#[derive(Debug, Clone)]
pub(super) struct Ragged {
    pub line: usize,
    pub found: usize,
    pub spans_lines: bool,
    pub count: usize,
}

impl Part {
    /// Reads the rows of a block; of each the columns `wanted`, ascending.
    pub fn read(
        block: &Block,
        format: &TextFormat,
        wanted: &[usize],
        source_name: &str,
    ) -> Result<Part, DatasetError> {
        check_is_text(block, source_name)?;
        let mut rows = Rows {
            format,
            wanted,
            skip_next: if block.index == 0 { format.skip } else { 0 },
            part: Part {
                values: Vec::with_capacity(block.bytes.len() / 8),
                lines: Vec::new(),
                tallies: vec![Tally::default(); wanted.len()],
                ragged: None,
            },
        };
        if is_plain(&block.bytes) {
            read_plain(block, &mut rows);
        } else {
            read_quoted(block, &mut rows, source_name)?;
        }
        Ok(rows.part)
    }
}

fn check_is_text(block: &Block, source_name: &str) -> Result<(), DatasetError> {
    let source_name = source_name.to_owned();
    let utf8 = match block.bytes.is_ascii() {
        true => Ok(""),
        false => str::from_utf8(&block.bytes),
    };
    if let Err(error) = utf8 {
        let line = LineCounter::new(&block.bytes, block.first_line).at(error.valid_up_to());
        return Err(DatasetError::InvalidUtf8 { source_name, line });
    }
    if memchr(0, &block.bytes).is_some() {
        let kind = "binary";
        return Err(DatasetError::NotText { source_name, kind });
    }
    Ok(())
}

/// Whether every line is a record and every separator separates.
fn is_plain(bytes: &[u8]) -> bool {
    let ends_a_line = |at: usize| bytes.get(at + 1) == Some(&b'\n');
    memchr(b'"', bytes).is_none() && memchr_iter(b'\r', bytes).all(ends_a_line)
}

/// Faster than a reader that minds quotes.
fn read_plain(block: &Block, rows: &mut Rows<'_>) {
    let bytes = block.bytes.as_slice();
    let mut line = block.first_line;
    let mut cells: Vec<&[u8]> = Vec::new();
    let mut start = 0;
    for at in memchr2_iter(rows.format.delimiter, b'\n', bytes) {
        let cell = &bytes[start..at];
        start = at + 1;
        if bytes[at] == b'\n' {
            cells.push(cell.strip_suffix(b"\r").unwrap_or(cell));
            rows.add(line, &cells);
            cells.clear();
            line += 1;
        } else {
            cells.push(cell);
        }
    }
    if start < bytes.len() || !cells.is_empty() {
        cells.push(&bytes[start..]);
        rows.add(line, &cells);
    }
}

fn read_quoted(block: &Block, rows: &mut Rows<'_>, source_name: &str) -> Result<(), DatasetError> {
    let mut lines = LineCounter::new(&block.bytes, block.first_line);
    let mut reader = records(&block.bytes, rows.format.delimiter);
    let mut record = csv::ByteRecord::new();
    loop {
        let more = reader
            .read_byte_record(&mut record)
            .map_err(|error| unreadable(source_name, &error))?;
        if !more {
            return Ok(());
        }
        let offset = record.position().map_or(0, csv::Position::byte) as usize;
        let cells: Vec<&[u8]> = record.iter().collect();
        rows.add(lines.at(offset), &cells);
    }
}

struct Rows<'a> {
    format: &'a TextFormat,
    wanted: &'a [usize],
    skip_next: usize,
    part: Part,
}

impl Rows<'_> {
    fn add(&mut self, line: usize, cells: &[&[u8]]) {
        if is_blank(cells.iter().copied()) {
            return;
        }
        if self.skip_next > 0 {
            self.skip_next -= 1;
            return;
        }
        let width = self.format.width;
        let is_whole = cells.len() == width
            || (cells.len() > width && cells[width..].iter().all(|cell| trim(cell).is_empty()));
        let part = &mut self.part;
        if !is_whole {
            part.ragged
                .get_or_insert_with(|| Ragged {
                    line,
                    found: cells.len(),
                    spans_lines: cells.iter().any(|cell| cell.contains(&b'\n')),
                    count: 0,
                })
                .count += 1;
            return;
        }
        part.lines.push(line);
        for (tally, &column) in part.tallies.iter_mut().zip(self.wanted) {
            part.values
                .push(tally.cell(cells[column], self.format.mark, line));
        }
    }
}

/// Whether the record is a line of blanks.
pub(super) fn is_blank<'a>(mut cells: impl Iterator<Item = &'a [u8]>) -> bool {
    cells.next().is_none_or(|only| trim(only).is_empty()) && cells.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, wanted: &[usize]) -> Part {
        let block = Block {
            index: 1,
            first_line: 10,
            bytes: text.as_bytes().to_vec(),
        };
        let format = TextFormat {
            delimiter: b',',
            mark: DecimalMark::Point,
            width: 3,
            skip: 1,
        };
        Part::read(&block, &format, wanted, "t.csv").unwrap()
    }

    #[test]
    fn both_ways_to_read_agree() {
        let plain = "1,2,3\r\n4,-5e3,.6\n\n  \n7,,x\n1,2\n3,3,3,\n9,9,9,9\n1,2,4";
        let quoted = plain.replace("1,2,4", "\"1\",2,4");
        let (a, b) = (part(plain, &[0, 1, 2]), part(&quoted, &[0, 1, 2]));
        assert_eq!(format!("{a:?}"), format!("{b:?}"));
        assert_eq!(a.lines, [10, 11, 14, 16, 18]);
        assert_eq!(a.values[..6], [1.0, 2.0, 3.0, 4.0, -5e3, 0.6]);
        let ragged = a.ragged.unwrap();
        assert_eq!((ragged.line, ragged.found, ragged.count), (15, 2, 2));
        assert_eq!(a.tallies[1].first_missing, Some(14));
    }

    #[test]
    fn only_the_columns_wanted_are_read() {
        let part = part("1,oops,3\n4,5,6\n", &[0, 2]);
        assert_eq!(part.values, [1.0, 3.0, 4.0, 6.0]);
        assert_eq!(part.tallies.len(), 2);
    }
}
