//! What reading a table assumed or left out, in words.

use std::fmt;

use super::error::{listed, missing_words};
use super::spelling::Spelling;

/// Something a reader of the result should know about how the table was read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// No target was named: the last column of numbers was taken.
    AssumedTarget {
        /// Its name.
        name: String,
    },
    /// The first line holds numbers, so the columns got names.
    NoHeader {
        /// The names given.
        names: Vec<String>,
    },
    /// Commas were read as decimal marks.
    DecimalComma,
    /// Numbers in a spelling of which one reading only is possible.
    Spelled {
        /// The columns.
        names: Vec<String>,
        /// What is passed over to read them.
        spelling: Spelling,
    },
    /// Columns are separated by blanks.
    Blanks,
    /// Lines above the column names, and below them, hold no row.
    AroundNames {
        /// How many stand above.
        above: usize,
        /// How many stand below.
        below: usize,
    },
    /// The file is not in UTF-8.
    Encoding {
        /// What it was read as.
        name: &'static str,
    },
    /// There are more rows than are held.
    Sampled {
        /// How many there are.
        rows: usize,
        /// How many were drawn from them.
        kept: usize,
    },
    /// The table is wide: only the columns that the target leans on are inputs.
    Screened {
        /// How many there are.
        columns: usize,
        /// How many of them are kept.
        kept: usize,
    },
    /// The table is wide, and the target leans on none of its columns: only the
    /// first are inputs.
    NothingLeanedOn {
        /// How many there are.
        columns: usize,
        /// How many of them are kept.
        kept: usize,
    },
    /// Columns were left out.
    SetAside {
        /// Their names.
        names: Vec<String>,
        /// Why.
        reason: SetAsideReason,
    },
    /// Rows with a missing value in a used column were left out.
    DroppedRows {
        /// How many rows.
        dropped: usize,
        /// Out of how many.
        rows: usize,
        /// The columns that lack values, and in how many rows, most first.
        missing: Vec<(String, usize)>,
    },
}

/// Why a column was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetAsideReason {
    /// It holds text.
    Text,
    /// It holds one value only, which explains nothing.
    Constant,
    /// It holds no value at all.
    Empty,
    /// It has no name: most often a row counter.
    Unnamed,
    /// By its name it holds the errors of another column.
    Error,
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::AssumedTarget { name } => {
                write!(formatter, "the target is `{name}`, the last column of numbers")
            }
            Note::NoHeader { names } => {
                write!(
                    formatter,
                    "the first line holds numbers, so the columns are named {}",
                    listed(names)
                )
            }
            Note::DecimalComma => formatter.write_str("commas within numbers are read as decimal marks"),
            Note::Spelled { names, spelling } => {
                write!(formatter, "in {}, {}", listed(names), spelling.describe())
            }
            Note::Blanks => formatter.write_str("columns are separated by blanks"),
            Note::AroundNames { above, below } => {
                let lines = |count: usize, place: &str| match count {
                    0 => None,
                    1 => Some(format!("one line {place}")),
                    count => Some(format!("{count} lines {place}")),
                };
                let places = [lines(*above, "above"), lines(*below, "below")];
                let places: Vec<String> = places.into_iter().flatten().collect();
                write!(formatter, "passed over {} the column names", places.join(" and "))
            }
            Note::Encoding { name } => write!(formatter, "the file is read as {name}"),
            Note::Sampled { rows, kept } => write!(
                formatter,
                "a formula is searched on {kept} rows drawn from the {rows}, and judged on all of them"
            ),
            Note::Screened { columns, kept } => write!(
                formatter,
                "of {columns} columns the {kept} that the target leans on are searched on; `--inputs` names others"
            ),
            Note::NothingLeanedOn { columns, kept } => write!(
                formatter,
                "the target leans on none of the {columns} columns; the first {kept} are searched on; \
                 `--inputs` names others"
            ),
            Note::SetAside { names, reason } => {
                let one = names.len() == 1;
                let reason = match (reason, one) {
                    (SetAsideReason::Text, true) => "it holds text",
                    (SetAsideReason::Text, false) => "they hold text",
                    (SetAsideReason::Constant, true) => "it never varies",
                    (SetAsideReason::Constant, false) => "they never vary",
                    (SetAsideReason::Empty, true) => "it is empty",
                    (SetAsideReason::Empty, false) => "they are empty",
                    (SetAsideReason::Unnamed, true) => "it has no name",
                    (SetAsideReason::Unnamed, false) => "they have no name",
                    (SetAsideReason::Error, true) => "by its name it holds the errors of another column",
                    (SetAsideReason::Error, false) => "by their names they hold the errors of other columns",
                };
                write!(formatter, "set aside {}: {reason}", listed(names))
            }
            Note::DroppedRows {
                dropped,
                rows,
                missing,
            } => write!(
                formatter,
                "dropped {dropped} of {rows} rows with a missing value ({})",
                missing_words(missing)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_read_as_sentences() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        for (note, words) in [
            (
                Note::AssumedTarget { name: "y".into() },
                "the target is `y`, the last column of numbers",
            ),
            (
                Note::SetAside {
                    names: names(&["planet"]),
                    reason: SetAsideReason::Text,
                },
                "set aside `planet`: it holds text",
            ),
            (
                Note::SetAside {
                    names: names(&["a", "b"]),
                    reason: SetAsideReason::Constant,
                },
                "set aside `a` and `b`: they never vary",
            ),
            (
                Note::Spelled {
                    names: names(&["price"]),
                    spelling: Spelling::Percent,
                },
                "in `price`, percentages stand as they are written, not divided by 100",
            ),
            (
                Note::DroppedRows {
                    dropped: 3,
                    rows: 10,
                    missing: vec![("a".into(), 2), ("b".into(), 1)],
                },
                "dropped 3 of 10 rows with a missing value (`a` in 2, `b` in 1)",
            ),
        ] {
            assert_eq!(note.to_string(), words);
        }
    }
}
