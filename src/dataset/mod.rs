//! From a file to columns of finite numbers.
//!
//! [`read()`] finds out how the table is written (separator, header, decimal
//! mark), which column is the target and which are the inputs, and keeps the
//! complete rows. What it assumed and left out is in [`Dataset::notes`]; what
//! makes a table unusable is a [`DatasetError`] that names the line.

mod cell;
mod choose;
mod dialect;
mod error;
mod hazards;
mod header;
mod lines;
pub(crate) mod near;
mod note;
mod sample;
mod source;
mod table;

pub use cell::CellFault;
pub(crate) use error::listed;
pub use error::DatasetError;
pub use hazards::{hazards, Hazard, Space};
pub use note::{Note, SetAsideReason};
pub use sample::Sample;
pub use source::Source;

use dialect::Dialect;
use lines::LineCounter;
use table::Table;

/// How to read a table. The default asks for nothing and finds out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// The separator; found out where `None`.
    pub delimiter: Option<u8>,
    /// Whether the first line is a row. The columns are then named `x1`, `x2`,
    /// … and the last one `y`.
    pub no_header: bool,
    /// The target; the last column of numbers where `None`.
    pub target: Option<String>,
    /// The inputs; all other columns of numbers where empty.
    pub inputs: Vec<String>,
    /// Columns to leave out.
    pub ignore: Vec<String>,
    /// What a missing value in a used column means.
    pub missing: MissingPolicy,
}

/// What to do about a missing value in a used column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MissingPolicy {
    /// Leave its row out.
    #[default]
    Drop,
    /// Refuse the table.
    Error,
}

/// A named column of finite numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// As in the header, without the blanks around it.
    pub name: String,
    /// One value a row.
    pub values: Vec<f64>,
}

/// A target and the inputs that may explain it, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The file's path as given, or `<stdin>`.
    pub source: String,
    /// At least one; none of them constant.
    pub inputs: Vec<Column>,
    /// As long as every input.
    pub target: Column,
    /// The line of the source on which each row starts, from 1.
    pub lines: Vec<usize>,
    /// What was assumed and left out.
    pub notes: Vec<Note>,
}

impl Dataset {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.target.values.len()
    }

    /// The names of the inputs, in order.
    pub fn input_names(&self) -> Vec<String> {
        self.inputs.iter().map(|column| column.name.clone()).collect()
    }

    /// All rows, as numbers only.
    pub fn sample(&self) -> Sample {
        Sample {
            inputs: self.inputs.iter().map(|column| column.values.clone()).collect(),
            target: self.target.values.clone(),
        }
    }

    /// One line: the source, the target, the inputs and the number of rows.
    pub fn summary(&self) -> String {
        format!(
            "{}: `{}` from {}, {} rows",
            self.source,
            self.target.name,
            listed(&self.input_names()),
            self.rows()
        )
    }
}

/// Reads a table and chooses its target, inputs and rows.
///
/// # Errors
/// When the source can't be read, is no table, or has no usable target and
/// input; see [`DatasetError`].
pub fn read(source: &Source, options: &ReadOptions) -> Result<Dataset, DatasetError> {
    let source_name = source.to_string();
    let table = read_table(source, options)?;
    let choice = choose::choose(&source_name, &table, options)?;
    let mut dataset = take(source_name, &table, choice.target, &choice.inputs, &choice.rows);
    if !table.has_header && !options.no_header {
        dataset.notes.push(Note::NoHeader {
            names: table.columns.iter().map(|column| column.name.clone()).collect(),
        });
    }
    if table.decimal_comma {
        dataset.notes.push(Note::DecimalComma);
    }
    dataset.notes.extend(choice.notes);
    Ok(dataset)
}

/// Reads a second table with the columns of `model`, such as rows measured
/// later to test a formula on.
///
/// Only the columns that `model` uses are looked at; they may come in another
/// order, may be constant, and one row is enough.
///
/// # Errors
/// As [`read()`], and when a column of `model` is not there.
pub fn read_like(source: &Source, options: &ReadOptions, model: &Dataset) -> Result<Dataset, DatasetError> {
    let source_name = source.to_string();
    let table = read_table(source, options)?;
    let mut inputs = Vec::with_capacity(model.inputs.len());
    for column in &model.inputs {
        inputs.push(choose::numeric_column(&source_name, &table, &column.name, false)?);
    }
    let target = choose::numeric_column(&source_name, &table, &model.target.name, true)?;
    let used: Vec<usize> = inputs.iter().copied().chain([target]).collect();
    let rows = choose::complete_rows(&table, &used);
    if table.lines.is_empty() {
        return Err(DatasetError::NoRows { source_name });
    }
    let missing: Vec<(String, usize)> = used
        .iter()
        .map(|&i| (table.columns[i].name.clone(), table.columns[i].missing))
        .filter(|(_, count)| *count > 0)
        .collect();
    if rows.is_empty() {
        return Err(DatasetError::AllRowsMissing { source_name, missing });
    }
    let mut dataset = take(source_name, &table, target, &inputs, &rows);
    if rows.len() < table.lines.len() {
        dataset.notes.push(Note::DroppedRows {
            dropped: table.lines.len() - rows.len(),
            rows: table.lines.len(),
            missing,
        });
    }
    Ok(dataset)
}

fn read_table(source: &Source, options: &ReadOptions) -> Result<Table, DatasetError> {
    let source_name = source.to_string();
    let bytes = source.load()?;
    check_is_text(&source_name, &bytes)?;
    let dialect = Dialect::detect(&bytes, options.delimiter);
    if bytes[dialect.start..].trim_ascii().is_empty() {
        return Err(DatasetError::Empty { source_name });
    }
    let table = Table::read(&source_name, &bytes, dialect, options.no_header.then_some(false))?;
    if table.columns.len() == 1 {
        let first_line = bytes[dialect.start..].split(|&byte| byte == b'\n').next();
        let looks_spaced = first_line.is_some_and(|line| line.trim_ascii().contains(&b' '));
        return Err(DatasetError::OneColumn {
            source_name,
            looks_spaced,
        });
    }
    for (second, column) in table.columns.iter().enumerate() {
        let earlier = &table.columns[..second];
        let is_same = |other: &table::RawColumn| !other.name.is_empty() && other.name == column.name;
        if let Some(first) = earlier.iter().position(is_same) {
            return Err(DatasetError::DuplicateName {
                source_name,
                name: column.name.clone(),
                first: first + 1,
                second: second + 1,
            });
        }
    }
    Ok(table)
}

/// The magic bytes of what people hand in for a CSV.
fn check_is_text(source_name: &str, bytes: &[u8]) -> Result<(), DatasetError> {
    const KINDS: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "a spreadsheet or zip archive"),
        (b"\xd0\xcf\x11\xe0", "a spreadsheet"),
        (b"\x1f\x8b", "compressed (gzip)"),
        (b"PAR1", "a Parquet file"),
        (b"\x89HDF", "an HDF5 file"),
    ];
    let source_name = source_name.to_owned();
    if let Some((_, kind)) = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(DatasetError::NotText { source_name, kind });
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let kind = "UTF-16";
        return Err(DatasetError::NotText { source_name, kind });
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        let line = LineCounter::new(bytes).at(error.valid_up_to());
        return Err(DatasetError::InvalidUtf8 { source_name, line });
    }
    if bytes.contains(&0) {
        let kind = "binary";
        return Err(DatasetError::NotText { source_name, kind });
    }
    Ok(())
}

fn take(source: String, table: &Table, target: usize, inputs: &[usize], rows: &[usize]) -> Dataset {
    let column = |&index: &usize| Column {
        name: table.columns[index].name.clone(),
        values: rows.iter().map(|&row| table.columns[index].values[row]).collect(),
    };
    Dataset {
        source,
        inputs: inputs.iter().map(column).collect(),
        target: column(&target),
        lines: rows.iter().map(|&row| table.lines[row]).collect(),
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
