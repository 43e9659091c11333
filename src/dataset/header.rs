//! The column names, where a table has them.

use super::cell::{trim, Cell, DecimalMark};
use super::dialect::{probe, records, Dialect, PROBED_RECORDS};
use super::error::DatasetError;
use super::table::{is_blank, read_record};

/// Column names found in a file.
pub(super) struct Header {
    pub names: Vec<String>,
    /// Whether they stand in a comment line and all records are rows.
    pub from_comment: bool,
}

/// The column names, from the first record or the comment above it.
///
/// The first record is a header unless most of its cells over columns of
/// numbers are numbers too. A comment line is one when the first record isn't
/// and it has as many cells, none of them a number.
pub(super) fn header(
    source_name: &str,
    bytes: &[u8],
    dialect: Dialect,
    given: Option<bool>,
    mark: DecimalMark,
) -> Result<Option<Header>, DatasetError> {
    let body = &bytes[dialect.start..];
    let head = if given.is_some() { body } else { probe(body) };
    let mut reader = records(head, dialect.delimiter);
    let mut record = csv::ByteRecord::new();
    let mut first: Option<csv::ByteRecord> = None;
    // How many of the later cells of each column are numbers, less those that
    // are text.
    let mut balance: Vec<isize> = Vec::new();
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
        for (balance, cell) in balance.iter_mut().zip(record.iter()) {
            *balance += numeric_sign(cell, mark);
        }
    }
    let Some(first) = first else {
        return Ok(None);
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
            .map(|cell| String::from_utf8_lossy(trim(cell)).into_owned())
            .collect()
    };
    if is_header {
        return Ok(Some(Header {
            names: names(&first),
            from_comment: false,
        }));
    }
    if let (None, Some((start, end))) = (given, dialect.comment) {
        let mut comment = csv::ByteRecord::new();
        let mut reader = records(&bytes[start..end], dialect.delimiter);
        if read_record(source_name, &mut reader, &mut comment)?
            && comment.len() == first.len()
            && comment.iter().all(|cell| numeric_sign(cell, mark) < 0)
        {
            return Ok(Some(Header {
                names: names(&comment),
                from_comment: true,
            }));
        }
    }
    Ok(None)
}

/// 1 for a number, -1 for text, 0 for a missing cell.
fn numeric_sign(cell: &[u8], mark: DecimalMark) -> isize {
    match Cell::parse(cell, mark) {
        Cell::Number(_) => 1,
        Cell::Missing => 0,
        Cell::Fault(fault) if fault.is_like_a_number() => 1,
        Cell::Fault(_) => -1,
    }
}

/// x1, x2, … and `y` last.
pub(super) fn numbered(width: usize) -> Vec<String> {
    let mut names: Vec<String> = (1..=width).map(|i| format!("x{i}")).collect();
    if let Some(last) = names.last_mut() {
        *last = "y".to_owned();
    }
    names
}
