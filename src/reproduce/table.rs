//! What an experiment prints, as plain values.

use super::identity::Curve;
use super::interval::clopper_pearson;
use super::Experiment;

/// One result of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A word.
    Text(String),
    /// A measured or published number.
    Number(f64),
    /// So many of so many.
    Rate {
        /// How many succeeded.
        successes: usize,
        /// Of how many.
        trials: usize,
    },
    /// Nothing to say: not published, or no success to measure.
    Missing,
}

impl Value {
    /// The number, or nothing where there is none or it is not finite.
    pub fn number(value: Option<f64>) -> Value {
        match value {
            Some(value) if value.is_finite() => Value::Number(value),
            _ => Value::Missing,
        }
    }

    /// The 95 % interval of Clopper and Pearson for a rate.
    pub fn interval(&self) -> Option<(f64, f64)> {
        match *self {
            Value::Rate { successes, trials } => clopper_pearson(successes, trials),
            _ => None,
        }
    }
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its title in the text.
    pub title: &'static str,
    /// Its key in the JSON.
    pub key: &'static str,
}

/// An experiment's table with what one needs to read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reproduction {
    /// Which experiment.
    pub experiment: Experiment,
    /// What the numbers are.
    pub caption: String,
    /// Settings it ran with, by name.
    pub settings: Vec<(&'static str, String)>,
    /// The columns of every row.
    pub columns: Vec<Column>,
    /// One value for each column.
    pub rows: Vec<Vec<Value>>,
    /// Curves to plot; only the identity experiment has them.
    pub curves: Vec<Curve>,
    /// Whether every row was reached before the stop signal.
    pub complete: bool,
}
