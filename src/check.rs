//! A formula that is given: read over the columns of a table, and judged on its rows.

use std::time::Instant;

use thiserror::Error;

use crate::baseline::baselines;
use crate::dataset::Dataset;
use crate::discover::report_on;
use crate::formula::{parse, Expr, ParseError};
use crate::report::Report;
use crate::search::{Outcome, SearchOptions};
use crate::split::{self, Split, SplitError, SplitOptions};
use crate::stop::StopSignal;

/// A formula as it was typed, in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equation {
    /// What stands before `=`: the name of the target.
    pub target: Option<String>,
    /// What stands behind it.
    pub formula: String,
}

impl Equation {
    /// `target = formula`, or a formula alone.
    pub fn of(text: &str) -> Equation {
        match text.split_once('=') {
            Some((target, formula)) => {
                let target = target.trim();
                let inner = target.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
                Equation {
                    target: Some(inner.unwrap_or(target).trim().to_owned()),
                    formula: formula.trim().to_owned(),
                }
            }
            None => Equation {
                target: None,
                formula: text.trim().to_owned(),
            },
        }
    }
}

/// Why a formula can't be judged on a table.
#[derive(Debug, Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum CheckError {
    #[error("{error}\n\n  {formula}\n  {:>width$}", '^', width = error.position)]
    Formula { formula: String, error: ParseError },
    #[error("the formula has no value on {count} of {rows} rows, the first of them in line {line}")]
    NoValue { count: usize, rows: usize, line: usize },
    #[error(transparent)]
    Split(#[from] SplitError),
}

impl CheckError {
    /// What to type instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            CheckError::Formula { .. } => Some(
                "formulas are written as `0.5 * m * v^2`, with names of columns; one with special \
                 characters goes in backticks"
                    .to_owned(),
            ),
            CheckError::NoValue { .. } => {
                Some("a logarithm or a root of a negative number, or a division by 0, perhaps".to_owned())
            }
            CheckError::Split(error) => Some(error.hint()),
        }
    }
}

/// Reads the formula over the table's columns and splits the rows by the columns that
/// it reads; the others are left out.
///
/// # Errors
/// When the formula can't be read, has no value on some row, or the rows can't be split.
pub fn prepare(
    formula: &str,
    dataset: Dataset,
    options: SplitOptions,
) -> Result<(Expr, Dataset, Split), CheckError> {
    let read = |names: &[String]| {
        parse(formula, names).map_err(|error| CheckError::Formula {
            formula: formula.to_owned(),
            error,
        })
    };
    let names = dataset.input_names();
    let mut kept: Vec<usize> = read(&names)?.variables_used().into_iter().collect();
    let conditions = options.holdout.conditions();
    kept.extend(conditions.filter_map(|name| names.iter().position(|other| other == name)));
    if kept.is_empty() {
        kept.extend(0..names.len());
    }
    kept.sort_unstable();
    kept.dedup();
    let dataset = dataset.narrowed(&kept);
    let options = SplitOptions {
        holdout: options.holdout.narrowed(&kept),
        ..options
    };
    let expr = read(&dataset.input_names())?;
    let columns: Vec<Vec<f64>> = dataset.inputs.iter().map(|input| input.values.clone()).collect();
    let values = match columns.is_empty() {
        true => Vec::new(),
        false => expr.evaluate(&columns),
    };
    let without: Vec<usize> = (0..values.len())
        .filter(|&row| !values[row].is_finite())
        .collect();
    if let Some(&first) = without.first() {
        return Err(CheckError::NoValue {
            count: without.len(),
            rows: values.len(),
            line: dataset.lines[first],
        });
    }
    let split = split::split(&dataset, &options)?;
    Ok((expr, dataset, split))
}

/// Judges the formula as it is.
pub fn check(
    expr: &Expr,
    dataset: &Dataset,
    split: &Split,
    options: &SearchOptions,
    stop: &StopSignal,
) -> Report {
    let started = Instant::now();
    let outcome = Outcome::given(expr, split);
    let baselines = baselines(split, options.seed, stop);
    report_on(&outcome, baselines, dataset, split, options, stop, started)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_stands_before_the_sign() {
        let equation = |target: Option<&str>, formula: &str| Equation {
            target: target.map(str::to_owned),
            formula: formula.to_owned(),
        };
        assert_eq!(Equation::of(" E = m*v^2 "), equation(Some("E"), "m*v^2"));
        assert_eq!(Equation::of("`E [J]` = m"), equation(Some("E [J]"), "m"));
        assert_eq!(Equation::of("a + b"), equation(None, "a + b"));
    }

    #[test]
    fn the_place_of_a_mistake_is_shown() {
        let error = parse("a + * b", &["a".to_owned(), "b".to_owned()]).unwrap_err();
        let formula = "a + * b".to_owned();
        let text = CheckError::Formula { formula, error }.to_string();
        assert!(text.ends_with("\n\n  a + * b\n      ^"), "{text}");
    }
}
