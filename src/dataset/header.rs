//! The column names, where a table has them.

use super::cell::{trim, Cell, DecimalMark};
use super::dialect::{probe, records, Dialect, PROBED_RECORDS};
use super::error::DatasetError;
use super::source::unreadable;
use super::visible::visible;

/// The column names of a table.
#[derive(Debug)]
pub(super) struct Header {
    /// One a column.
    pub names: Vec<String>,
    /// Where they stand.
    pub place: Place,
    /// Records right below them that hold no number, such as units.
    pub below: usize,
}

/// Where column names stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    FirstRecord,
    /// In the comment line above; all records are rows.
    Comment,
    /// Nowhere: all records are rows, and the columns are numbered.
    Nowhere,
}

/// Records below the names that may hold units and the like.
const MOST_BELOW: usize = 3;

/// The column names, from the first record of `head` or the comment above it.
///
/// The first record is a header unless most of its cells over columns of
/// numbers are numbers too. A comment line is one when the first record isn't
/// and it has as many cells, none of them a number.
pub(super) fn header(
    source_name: &str,
    head: &[u8],
    dialect: Dialect,
    given: Option<bool>,
    mark: DecimalMark,
) -> Result<Header, DatasetError> {
    let mut reader = records(probe(&head[dialect.start..]), dialect.delimiter);
    let mut record = csv::ByteRecord::new();
    let mut first: Option<csv::ByteRecord> = None;
    // How many of the later cells of each column are numbers, less those that
    // are text.
    let mut balance: Vec<isize> = Vec::new();
    let mut below_first: Vec<Vec<isize>> = Vec::new();
    for _ in 0..PROBED_RECORDS {
        if !read_record(source_name, &mut reader, &mut record)? {
            break;
        }
        if is_blank(&record) {
            continue;
        }
        if first.is_none() {
            balance = vec![0; record.len()];
            first = Some(record.clone());
            if given.is_some() {
                break;
            }
            continue;
        }
        let signs: Vec<isize> = record.iter().map(|cell| numeric_sign(cell, mark)).collect();
        for (balance, sign) in balance.iter_mut().zip(&signs) {
            *balance += sign;
        }
        if below_first.len() < MOST_BELOW {
            below_first.push(signs);
        }
    }
    let Some(first) = first else {
        return Err(DatasetError::Empty {
            source_name: source_name.to_owned(),
        });
    };
    let is_header = given.unwrap_or_else(|| {
        let over_numbers: isize = balance
            .iter()
            .zip(first.iter())
            .filter(|(&balance, _)| balance > 0)
            .map(|(_, cell)| numeric_sign(cell, mark))
            .sum();
        let any_numbers = balance.iter().any(|&balance| balance > 0);
        let all: isize = first.iter().map(|cell| numeric_sign(cell, mark)).sum();
        if any_numbers {
            over_numbers <= 0
        } else {
            all <= 0
        }
    });
    let names = |record: &csv::ByteRecord| -> Vec<String> {
        record
            .iter()
            .map(|cell| visible(&String::from_utf8_lossy(trim(cell))).into_owned())
            .collect()
    };
    if is_header {
        return Ok(Header {
            names: names(&first),
            place: Place::FirstRecord,
            below: below_first
                .iter()
                .take_while(|signs| holds_no_number(signs, &balance))
                .count(),
        });
    }
    if let (None, Some((start, end))) = (given, dialect.comment) {
        let mut comment = csv::ByteRecord::new();
        let mut reader = records(&head[start..end], dialect.delimiter);
        if read_record(source_name, &mut reader, &mut comment)?
            && comment.len() == first.len()
            && comment.iter().all(|cell| numeric_sign(cell, mark) < 0)
        {
            return Ok(Header {
                names: names(&comment),
                place: Place::Comment,
                below: 0,
            });
        }
    }
    Ok(Header {
        names: numbered(first.len()),
        place: Place::Nowhere,
        below: 0,
    })
}

/// Whether over the columns of numbers there is text and no number.
fn holds_no_number(signs: &[isize], balance: &[isize]) -> bool {
    let over_numbers = || signs.iter().zip(balance).filter(|(_, balance)| **balance > 0);
    over_numbers().any(|(sign, _)| *sign < 0) && over_numbers().all(|(sign, _)| *sign <= 0)
}

/// Reads the next record; false at the end.
fn read_record(
    source_name: &str,
    reader: &mut csv::Reader<&[u8]>,
    record: &mut csv::ByteRecord,
) -> Result<bool, DatasetError> {
    reader
        .read_byte_record(record)
        .map_err(|error| unreadable(source_name, &error))
}

/// Whether the record is a line of blanks.
fn is_blank(record: &csv::ByteRecord) -> bool {
    record.len() == 1 && trim(&record[0]).is_empty()
}

/// 1 for a number, -1 for text, 0 for a missing cell.
fn numeric_sign(cell: &[u8], mark: DecimalMark) -> isize {
    match Cell::parse(cell, mark) {
        Cell::Number(_) | Cell::Spelled(..) => 1,
        Cell::Missing => 0,
        Cell::Fault(fault) if fault.is_like_a_number() => 1,
        Cell::Fault(_) => -1,
    }
}

/// x1, x2, … and `y` last.
fn numbered(width: usize) -> Vec<String> {
    let mut names: Vec<String> = (1..=width).map(|i| format!("x{i}")).collect();
    if let Some(last) = names.last_mut() {
        *last = "y".to_owned();
    }
    names
}
