//! From a file to columns of finite numbers.
//!
//! [`read()`] finds out how the table is written (separator, header, decimal
//! mark), which column is the target and which are the inputs, and keeps the
//! complete rows. What it assumed and left out is in [`Dataset::notes`]; what
//! makes a table unusable is a [`DatasetError`] that names the line.

mod blocks;
mod cell;
mod choose;
mod dialect;
mod encoding;
mod error;
mod hazards;
mod header;
mod lines;
pub(crate) mod near;
mod note;
#[cfg(feature = "parquet")]
mod parquet;
mod part;
mod records;
mod reservoir;
mod sample;
mod scan;
mod source;
mod spaced;
mod spelling;
mod stream;
mod table;
mod tally;
pub(crate) mod visible;

use std::collections::HashMap;

pub use cell::CellFault;
pub(crate) use error::listed;
pub use error::DatasetError;
pub use hazards::{hazards, Hazard, Space};
pub use note::{Note, SetAsideReason};
pub use records::{RecordStream, Records};
pub use sample::Sample;
pub use source::Source;
pub use spelling::Spelling;
pub use stream::{Batch, RowStream};

use source::Origin;
use table::Table;

/// How to read a table. The default asks for nothing and finds out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// The separator; found out where `None`. A blank stands for any run of
    /// blanks and tabs.
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
    /// Seed of the draw of the rows to keep, where there are too many.
    pub seed: u64,
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
#[derive(Debug, Clone)]
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
    /// Every row, where the columns above hold a sample: of more than 100,000
    /// rows, or 2,000,000 cells in all, as many are drawn at random.
    pub stream: Option<RowStream>,
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

    /// Number of rows in the source, where they are too many to be held.
    pub fn rows_in_source(&self) -> usize {
        self.stream.as_ref().map_or(self.rows(), RowStream::rows)
    }

    /// With these inputs only. Panics on an index out of range.
    pub fn narrowed(mut self, kept: &[usize]) -> Dataset {
        self.inputs = kept.iter().map(|&input| self.inputs[input].clone()).collect();
        self.stream = self.stream.map(|stream| stream.narrowed(kept));
        self
    }

    /// One line: the source, the target, the inputs and the number of rows.
    pub fn summary(&self) -> String {
        format!(
            "{}: `{}` from {}, {} rows",
            self.source,
            self.target.name,
            listed(&self.input_names()),
            self.rows_in_source()
        )
    }
}

/// Reads a table and chooses its target, inputs and rows.
///
/// # Errors
/// When the source can't be read, is no table, or has no usable target and
/// input; see [`DatasetError`].
pub fn read(source: &Source, options: &ReadOptions) -> Result<Dataset, DatasetError> {
    let origin = source.open()?.laid_out(options.delimiter)?;
    let table = read_table(&origin, options)?;
    let choice = choose::choose(&origin.name, &table, options)?;
    let notes = layout_notes(&origin, &table, options)?;
    let mut dataset = take(origin, &table, choice.target, &choice.inputs, &choice.rows);
    dataset.notes.extend(notes);
    dataset.notes.extend(choice.notes);
    Ok(dataset)
}

/// What was assumed of the layout and of how numbers are written.
fn layout_notes(origin: &Origin, table: &Table, options: &ReadOptions) -> Result<Vec<Note>, DatasetError> {
    let mut notes = Vec::new();
    if !table.has_header && !options.no_header {
        notes.push(Note::NoHeader {
            names: table.columns.iter().map(|column| column.name.clone()).collect(),
        });
    }
    if table.decimal_comma {
        notes.push(Note::DecimalComma);
    }
    let [above, below] = table.around_names;
    if above + below > 0 {
        notes.push(Note::AroundNames { above, below });
    }
    if origin.is_spaced {
        notes.push(Note::Blanks);
    }
    if let Some(name) = origin.encoding()?.name() {
        notes.push(Note::Encoding { name });
    }
    notes.extend(spelled(table));
    Ok(notes)
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
    let origin = source.open()?.laid_out(options.delimiter)?;
    let source_name = &origin.name;
    let table = read_table(&origin, options)?;
    let mut inputs = Vec::with_capacity(model.inputs.len());
    for column in &model.inputs {
        inputs.push(choose::numeric_column(source_name, &table, &column.name, false)?);
    }
    let target = choose::numeric_column(source_name, &table, &model.target.name, true)?;
    if table.lines.is_empty() {
        return Err(DatasetError::NoRows {
            source_name: source_name.clone(),
        });
    }
    let used: Vec<usize> = inputs.iter().copied().chain([target]).collect();
    let rows = choose::complete_rows(&table, &used);
    let missing = choose::missing_values(&table, &used);
    if rows.is_empty() {
        return Err(DatasetError::AllRowsMissing {
            source_name: source_name.clone(),
            missing,
        });
    }
    let mut dataset = take(origin, &table, target, &inputs, &rows);
    dataset.notes.extend(choose::dropped_rows(&table, &rows, missing));
    Ok(dataset)
}

/// One note for each spelling met in a column of numbers.
fn spelled(table: &Table) -> Vec<Note> {
    let columns = |spelling: Spelling| -> Vec<String> {
        let has =
            |column: &&table::RawColumn| column.cells.is_numeric() && column.cells.spelled.has(spelling);
        let columns = table.columns.iter().filter(has);
        columns.map(|column| column.name.clone()).collect()
    };
    let notes = Spelling::ALL.map(|spelling| (spelling, columns(spelling)));
    notes
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(spelling, names)| Note::Spelled { names, spelling })
        .collect()
}

fn read_table(origin: &Origin, options: &ReadOptions) -> Result<Table, DatasetError> {
    let table = Table::read(origin, options)?;
    if table.columns.len() == 1 {
        return Err(DatasetError::OneColumn {
            source_name: origin.name.clone(),
            looks_spaced: table.columns[0].name.contains(' '),
        });
    }
    check_names(&origin.name, &table)?;
    Ok(table)
}

/// Refuses a name that two columns have.
fn check_names(source_name: &str, table: &Table) -> Result<(), DatasetError> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (second, column) in table.columns.iter().enumerate() {
        let earlier = places.insert(&column.name, second);
        if let Some(first) = earlier.filter(|_| !column.name.is_empty()) {
            return Err(DatasetError::DuplicateName {
                source_name: source_name.to_owned(),
                name: column.name.clone(),
                first: first + 1,
                second: second + 1,
            });
        }
    }
    Ok(())
}

fn take(origin: Origin, table: &Table, target: usize, inputs: &[usize], rows: &[usize]) -> Dataset {
    let column = |&index: &usize| Column {
        name: table.columns[index].name.clone(),
        values: rows.iter().map(|&row| table.columns[index].values[row]).collect(),
    };
    let mut dataset = Dataset {
        source: origin.name.clone(),
        inputs: inputs.iter().map(column).collect(),
        target: column(&target),
        lines: rows.iter().map(|&row| table.lines[row]).collect(),
        notes: Vec::new(),
        stream: None,
    };
    if table.is_sampled() {
        dataset.notes.push(Note::Sampled {
            rows: table.rows,
            kept: table.lines.len(),
        });
        dataset.stream = Some(RowStream {
            origin,
            format: table.format.clone(),
            inputs: inputs.to_vec(),
            target,
            rows: table.rows,
            ranges: inputs.iter().map(|&i| table.columns[i].cells.range).collect(),
        });
    }
    dataset
}

#[cfg(test)]
mod tests;
