//! Which columns are the target and the inputs, and which rows are complete.

use std::collections::HashSet;

use super::error::DatasetError;
use super::near::nearest;
use super::note::{Note, SetAsideReason};
use super::table::{RawColumn, Table};
use super::{MissingPolicy, ReadOptions};

/// The fewest complete rows worth a search.
const FEWEST_ROWS: usize = 3;

/// Indices into a table.
#[derive(Debug)]
pub(super) struct Choice {
    pub target: usize,
    pub inputs: Vec<usize>,
    /// The complete rows, ascending.
    pub rows: Vec<usize>,
    pub notes: Vec<Note>,
}

/// Chooses the target, the inputs and the rows as the options say.
pub(super) fn choose(
    source_name: &str,
    table: &Table,
    options: &ReadOptions,
) -> Result<Choice, DatasetError> {
    Chooser::new(source_name, table).choose(options)
}

/// The rows without a missing value in any of the columns `used`.
pub(super) fn complete_rows(table: &Table, used: &[usize]) -> Vec<usize> {
    (0..table.lines.len())
        .filter(|&row| used.iter().all(|&i| !table.columns[i].values[row].is_nan()))
        .collect()
}

/// The columns among `used` that lack values, and in how many of the rows kept,
/// most first.
pub(super) fn missing_values(table: &Table, used: &[usize]) -> Vec<(String, usize)> {
    let missing = |i: usize| {
        table.columns[i]
            .values
            .iter()
            .filter(|value| value.is_nan())
            .count()
    };
    let mut columns: Vec<(String, usize)> = used
        .iter()
        .map(|&i| (table.columns[i].name.clone(), missing(i)))
        .filter(|(_, count)| *count > 0)
        .collect();
    columns.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    columns
}

/// A note where `rows` are not all.
pub(super) fn dropped_rows(table: &Table, rows: &[usize], missing: Vec<(String, usize)>) -> Option<Note> {
    let all = table.lines.len();
    (rows.len() < all).then(|| Note::DroppedRows {
        dropped: all - rows.len(),
        rows: all,
        missing,
    })
}

/// The column called `name`, which may not hold a bad cell.
pub(super) fn numeric_column(
    source_name: &str,
    table: &Table,
    name: &str,
    is_target: bool,
) -> Result<usize, DatasetError> {
    let chooser = Chooser::new(source_name, table);
    let index = chooser.find(name)?;
    chooser.check_cells(index, is_target)?;
    Ok(index)
}

struct Chooser<'a> {
    source_name: &'a str,
    table: &'a Table,
    /// Of the columns of numbers, as [`plain`] writes them.
    numeric_names: HashSet<String>,
}

/// A name without what spellings differ in.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', ' ', '-', '.'], "")
}

impl<'a> Chooser<'a> {
    fn new(source_name: &'a str, table: &'a Table) -> Chooser<'a> {
        let numeric = table.columns.iter().filter(|column| column.cells.is_numeric());
        Chooser {
            source_name,
            table,
            numeric_names: numeric.map(|column| plain(&column.name)).collect(),
        }
    }

    fn choose(&self, options: &ReadOptions) -> Result<Choice, DatasetError> {
        if self.table.lines.is_empty() {
            return Err(DatasetError::NoRows {
                source_name: self.source_name.to_owned(),
            });
        }
        let ignored = self.find_all(&options.ignore)?;
        let named_inputs = self.find_all(&options.inputs)?;
        if let Some(&both) = named_inputs.iter().find(|index| ignored.contains(index)) {
            return Err(DatasetError::InputIgnored {
                name: self.name(both),
            });
        }
        let mut notes = Vec::new();
        let is_free = |&i: &usize| {
            let column = self.column(i);
            column.cells.is_numeric() && !column.name.is_empty() && !ignored.contains(&i) && !self.is_error(i)
        };
        let target = match &options.target {
            Some(name) => {
                let target = self.find(name)?;
                for (indices, role) in [(&ignored, "ignored"), (&named_inputs, "an input")] {
                    if indices.contains(&target) {
                        return Err(DatasetError::TargetTwice {
                            name: name.clone(),
                            role,
                        });
                    }
                }
                target
            }
            None => {
                let target = (0..self.table.columns.len())
                    .rev()
                    .filter(is_free)
                    .find(|i| !named_inputs.contains(i))
                    .ok_or_else(|| DatasetError::NoNumericColumn {
                        source_name: self.source_name.to_owned(),
                    })?;
                notes.push(Note::AssumedTarget {
                    name: self.name(target),
                });
                target
            }
        };
        let mut inputs = if named_inputs.is_empty() {
            self.set_aside_unusable(target, &ignored, &mut notes);
            (0..self.table.columns.len())
                .filter(is_free)
                .filter(|&i| i != target)
                .collect()
        } else {
            named_inputs
        };
        self.check_cells(target, true)?;
        for &input in &inputs {
            self.check_cells(input, false)?;
        }
        self.set_aside_constant(&mut inputs, None, &mut notes);
        let rows = self.drop_incomplete_rows(target, &inputs, options.missing, &mut notes)?;
        self.set_aside_constant(&mut inputs, Some(&rows), &mut notes);
        let values = &self.column(target).values;
        if rows.iter().all(|&row| values[row] == values[rows[0]]) {
            return Err(DatasetError::ConstantTarget {
                source_name: self.source_name.to_owned(),
                column: self.name(target),
                value: values[rows[0]],
            });
        }
        if inputs.is_empty() {
            return Err(DatasetError::NoInputs {
                source_name: self.source_name.to_owned(),
                target: self.name(target),
            });
        }
        Ok(Choice {
            target,
            inputs,
            rows,
            notes,
        })
    }

    /// Whether this column holds, by its name, the error of a column of numbers:
    /// `yerr`, `y_error` or `sigma_y` beside `y`.
    fn is_error(&self, index: usize) -> bool {
        const AFTER: [&str; 5] = ["err", "error", "sigma", "stderr", "uncertainty"];
        const BEFORE: [&str; 2] = ["sigma", "err"];
        let name = plain(&self.column(index).name);
        let after = AFTER.iter().filter_map(|word| name.strip_suffix(word));
        let before = BEFORE.iter().filter_map(|word| name.strip_prefix(word));
        after
            .chain(before)
            .any(|other| !other.is_empty() && self.numeric_names.contains(other))
    }

    fn column(&self, index: usize) -> &RawColumn {
        &self.table.columns[index]
    }

    /// A column without a name is called by its place.
    fn name(&self, index: usize) -> String {
        let name = &self.column(index).name;
        if name.is_empty() {
            format!("column {}", index + 1)
        } else {
            name.clone()
        }
    }

    fn find(&self, name: &str) -> Result<usize, DatasetError> {
        let name = name.trim();
        let mut columns = self.table.columns.iter();
        let found = columns.position(|column| !column.name.is_empty() && column.name == name);
        found.ok_or_else(|| {
            let names = || {
                let names = self.table.columns.iter().map(|column| column.name.as_str());
                names.filter(|name| !name.is_empty())
            };
            DatasetError::UnknownColumn {
                source_name: self.source_name.to_owned(),
                name: name.to_owned(),
                near: nearest(name, names()).map(str::to_owned),
                columns: names().map(str::to_owned).collect(),
            }
        })
    }

    /// Each column once, in the order named.
    fn find_all(&self, names: &[String]) -> Result<Vec<usize>, DatasetError> {
        let mut indices = Vec::new();
        for name in names {
            let index = self.find(name)?;
            if !indices.contains(&index) {
                indices.push(index);
            }
        }
        Ok(indices)
    }

    fn check_cells(&self, index: usize, is_target: bool) -> Result<(), DatasetError> {
        let column = self.column(index);
        match &column.cells.first_bad {
            None => Ok(()),
            Some(bad) => Err(DatasetError::BadCell {
                source_name: self.source_name.to_owned(),
                line: bad.line,
                column: self.name(index),
                text: bad.text.clone(),
                fault: bad.fault,
                more: column.cells.texts + column.cells.faults - 1,
                is_target,
            }),
        }
    }

    /// Notes on the columns that can't be inputs whatever their values.
    fn set_aside_unusable(&self, target: usize, ignored: &[usize], notes: &mut Vec<Note>) {
        let reason = |index: usize| {
            let column = self.column(index);
            if column.cells.is_empty() {
                // A separator at the end of every line makes a column without
                // a name or a value; nobody misses it.
                (!column.name.is_empty()).then_some(SetAsideReason::Empty)
            } else if !column.cells.is_numeric() {
                Some(SetAsideReason::Text)
            } else if column.name.is_empty() {
                Some(SetAsideReason::Unnamed)
            } else if self.is_error(index) {
                Some(SetAsideReason::Error)
            } else {
                None
            }
        };
        for wanted in [
            SetAsideReason::Text,
            SetAsideReason::Empty,
            SetAsideReason::Unnamed,
            SetAsideReason::Error,
        ] {
            let indices = (0..self.table.columns.len())
                .filter(|i| *i != target && !ignored.contains(i) && reason(*i) == Some(wanted));
            self.note_set_aside(indices.collect(), wanted, notes);
        }
    }

    /// Takes the columns that never vary, over `rows` or all rows, out of
    /// `inputs`. A column without any value stays: its rows are incomplete.
    fn set_aside_constant(&self, inputs: &mut Vec<usize>, rows: Option<&[usize]>, notes: &mut Vec<Note>) {
        let is_constant = |&i: &usize| {
            let column = self.column(i);
            match rows {
                None => column.cells.numbers > 0 && column.cells.is_constant(),
                Some(rows) => rows
                    .iter()
                    .all(|&row| column.values[row] == column.values[rows[0]]),
            }
        };
        let constant: Vec<usize> = inputs.iter().copied().filter(is_constant).collect();
        inputs.retain(|i| !constant.contains(i));
        self.note_set_aside(constant, SetAsideReason::Constant, notes);
    }

    fn note_set_aside(&self, indices: Vec<usize>, reason: SetAsideReason, notes: &mut Vec<Note>) {
        if !indices.is_empty() {
            notes.push(Note::SetAside {
                names: indices.into_iter().map(|i| self.name(i)).collect(),
                reason,
            });
        }
    }

    fn drop_incomplete_rows(
        &self,
        target: usize,
        inputs: &[usize],
        policy: MissingPolicy,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<usize>, DatasetError> {
        let used: Vec<usize> = inputs.iter().copied().chain([target]).collect();
        if policy == MissingPolicy::Error {
            let first = used
                .iter()
                .filter_map(|&i| Some((self.column(i).cells.first_missing?, i)))
                .min();
            if let Some((line, index)) = first {
                return Err(DatasetError::MissingCell {
                    source_name: self.source_name.to_owned(),
                    line,
                    column: self.name(index),
                });
            }
        }
        let rows = complete_rows(self.table, &used);
        let missing = missing_values(self.table, &used);
        if rows.is_empty() {
            return Err(DatasetError::AllRowsMissing {
                source_name: self.source_name.to_owned(),
                missing,
            });
        }
        if rows.len() < FEWEST_ROWS {
            return Err(DatasetError::TooFewRows {
                source_name: self.source_name.to_owned(),
                rows: rows.len(),
                dropped: self.table.lines.len() - rows.len(),
            });
        }
        notes.extend(dropped_rows(self.table, &rows, missing));
        Ok(rows)
    }
}
