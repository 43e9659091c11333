//! Why a table could not be read, and what to do about it.

use std::path::PathBuf;

use thiserror::Error;

use super::cell::CellFault;
use super::visible::visible;

/// Why a source is no table of numbers to work on.
///
/// The message says what is wrong and where; [`DatasetError::hint`] says what
/// to do next.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum DatasetError {
    #[error("no file `{}`", path.display())]
    NotFound { path: PathBuf, near: Option<String> },
    #[error("`{}` is a directory", path.display())]
    Directory { path: PathBuf },
    #[error("cannot read `{source_name}`: {reason}")]
    Unreadable { source_name: String, reason: String },
    #[error("{source_name} is empty")]
    Empty { source_name: String },
    #[error("{source_name} is {kind}, not a text table")]
    NotText { source_name: String, kind: &'static str },
    #[error("{source_name}:{line}: the text is not valid UTF-8")]
    InvalidUtf8 { source_name: String, line: usize },
    #[error("{source_name}:{line}: the line is longer than 16 MiB")]
    LineTooLong { source_name: String, line: usize },
    #[error("{source_name} has a header but no rows")]
    NoRows { source_name: String },
    #[error(
        "{source_name} has only {rows} {} to work with{}",
        if *rows == 1 { "row" } else { "rows" },
        dropped_words(*dropped)
    )]
    TooFewRows {
        source_name: String,
        rows: usize,
        dropped: usize,
    },
    #[error("every row of {source_name} lacks a value: {}", missing_words(missing))]
    AllRowsMissing {
        source_name: String,
        missing: Vec<(String, usize)>,
    },
    #[error(
        "{source_name}:{line}: expected {expected} {}, found {found}{}",
        if *expected == 1 { "cell" } else { "cells" },
        more_words(*more)
    )]
    Ragged {
        source_name: String,
        line: usize,
        expected: usize,
        found: usize,
        more: usize,
        spans_lines: bool,
    },
    #[error("{source_name}: the name `{name}` stands over two columns, {first} and {second}")]
    DuplicateName {
        source_name: String,
        name: String,
        first: usize,
        second: usize,
    },
    #[error("{source_name} has a single column: a formula needs an input and a target")]
    OneColumn { source_name: String, looks_spaced: bool },
    #[error("{source_name} has no column `{name}`")]
    UnknownColumn {
        source_name: String,
        name: String,
        near: Option<String>,
        columns: Vec<String>,
    },
    #[error("{source_name} has no column of numbers")]
    NoNumericColumn { source_name: String },
    #[error("{source_name} has no input for the target `{target}`: no other column of numbers that varies")]
    NoInputs { source_name: String, target: String },
    #[error(
        "{source_name}:{line}: column `{column}` holds `{text}`, which is {}{}",
        fault.describe(),
        more_words(*more)
    )]
    BadCell {
        source_name: String,
        line: usize,
        column: String,
        text: String,
        fault: CellFault,
        more: usize,
        is_target: bool,
    },
    #[error("{source_name}:{line}: column `{column}` has no value")]
    MissingCell {
        source_name: String,
        line: usize,
        column: String,
    },
    #[error("{source_name}: the target `{column}` never varies: it is {value} in every row")]
    ConstantTarget {
        source_name: String,
        column: String,
        value: f64,
    },
    #[error("the target `{name}` cannot be {role} as well")]
    TargetTwice { name: String, role: &'static str },
    #[error("column `{name}` is both an input and ignored")]
    InputIgnored { name: String },
}

impl DatasetError {
    /// What to type or change next.
    pub fn hint(&self) -> Option<String> {
        use DatasetError::*;
        let hint = match self {
            NotFound { near, .. } => format!("did you mean `{}`?", near.as_ref()?),
            Directory { .. } => "give the file itself, such as `data.csv`".into(),
            Unreadable { .. } => "see that the file is whole and that you may read it".into(),
            Empty { .. } | NoRows { .. } => {
                "the file needs a line of column names and at least three rows of numbers".into()
            }
            NotText { .. } => {
                "export the table as CSV in UTF-8; `.gz` and `.zst` are read as they are".into()
            }
            InvalidUtf8 { .. } => "save the file as UTF-8".into(),
            LineTooLong { .. } => "is this a table? a quote that is never closed also does this".into(),
            TooFewRows { .. } => "a formula needs at least three rows; ten or more are better".into(),
            AllRowsMissing { .. } => "leave the emptiest columns out with `--ignore NAME`".into(),
            Ragged {
                spans_lines: true, ..
            } => "a quote that opens on this line closes on a later one, or never".into(),
            Ragged { .. } => "every row needs as many cells as the first; \
                 name the separator with `--delimiter` if it was taken for another"
                .into(),
            DuplicateName { .. } => "give each column a name of its own".into(),
            OneColumn {
                looks_spaced: true, ..
            } => "where blanks separate the columns, say `--delimiter blank`".into(),
            OneColumn { .. } => "name the separator, such as `--delimiter ';'`".into(),
            UnknownColumn { near: Some(near), .. } => format!("did you mean `{near}`?"),
            UnknownColumn { columns, .. } => format!("the columns are {}", listed(columns)),
            NoNumericColumn { .. } => "check the separator (`--delimiter`) and the decimal mark".into(),
            NoInputs { .. } => "name another target with `--target NAME`".into(),
            BadCell {
                fault,
                column,
                is_target,
                ..
            } => {
                let remedy = fault.remedy();
                if *is_target {
                    format!("{remedy}; another target: `--target NAME`")
                } else {
                    format!("{remedy}; to leave the column out: `--ignore {}`", quoted(column))
                }
            }
            MissingCell { .. } => "`--missing drop` leaves such rows out".into(),
            ConstantTarget { .. } => "name another target with `--target NAME`".into(),
            TargetTwice { .. } | InputIgnored { .. } => "take the name out of one of the options".into(),
        };
        Some(hint)
    }
}

/// A name as it has to be typed in a shell.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'`{name}`'")
    }
}

/// The first ten names in backticks, and how many more there are.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut words: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        words.push(format!("{} more", names.len() - SHOWN));
    }
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

pub(super) fn missing_words(missing: &[(String, usize)]) -> String {
    let names: Vec<String> = missing
        .iter()
        .take(5)
        .map(|(name, count)| format!("`{name}` in {count}"))
        .collect();
    let more = missing.len() - names.len();
    let tail = if more > 0 {
        format!(" and {more} more columns")
    } else {
        String::new()
    };
    format!("{}{tail}", names.join(", "))
}

fn more_words(more: usize) -> String {
    if more == 0 {
        String::new()
    } else {
        format!(" ({more} more like this)")
    }
}

fn dropped_words(dropped: usize) -> String {
    match dropped {
        0 => String::new(),
        1 => " (1 row with a missing value was dropped)".into(),
        _ => format!(" ({dropped} rows with a missing value were dropped)"),
    }
}

/// A cell's text as shown in a message: one line, at most 40 characters.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    let text = visible(text);
    let mut shown: String = text.chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (1..=12).map(|i| format!("c{i}")).collect();
        assert_eq!(listed(&names[..1]), "`c1`");
        assert_eq!(listed(&names[..3]), "`c1`, `c2` and `c3`");
        assert!(listed(&names).ends_with("`c10` and 2 more"));
    }

    #[test]
    fn excerpts_fit_on_a_line() {
        assert_eq!(excerpt("a\nb"), "a b");
        assert_eq!(excerpt(&"é".repeat(41)), format!("{}…", "é".repeat(40)));
    }

    #[test]
    fn names_are_quoted_for_the_shell_only_where_needed() {
        assert_eq!(quoted("mass_kg"), "mass_kg");
        assert_eq!(quoted("speed [m/s]"), "'`speed [m/s]`'");
    }
}
