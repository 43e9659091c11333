//! What a run prints. [`Report`] holds everything there is to say as plain
//! values; [`text`] writes it for people and [`json`] for programs, with the
//! same numbers.

mod explain;
mod json;
mod number;
mod outside;
mod prose;
mod reason;
mod summary;
pub(crate) mod table;
mod text;
mod trained;

use std::collections::BTreeSet;

use crate::baseline::Baselines;
use crate::nalu::{DiscreteLayer, TrainedLayer, TrainedStack};
use crate::search::StepRecord;
use crate::split::SplitDescription;
use crate::validate::{EveryRowMetrics, Judgement, Metrics, SplitMetrics, Verdict};

pub use json::{json, SCHEMA_VERSION};
pub(crate) use number::significant;
pub use outside::outside_words;
pub use text::{text, TextOptions};

/// Everything a run has to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the target column, as in the file.
    pub target: String,
    /// The target as the formula language writes it, quoted where needed.
    pub target_text: String,
    /// Names of the inputs the search could use, as in the file.
    pub inputs: Vec<String>,
    /// Where the rows came from: a file name or `standard input`.
    pub source: String,
    /// Assumptions worth a line each: columns set aside, rows dropped.
    pub notes: Vec<String>,
    /// How the rows were split.
    pub split: SplitDescription,
    /// What was found; `None` when no formula came out at all.
    pub found: Option<Discovery>,
    /// Lines of the file, inside the range, that were taken for outliers and
    /// not fitted.
    pub outliers: Vec<usize>,
    /// The models the formula is compared with.
    pub baselines: Baselines,
    /// All candidates on the Pareto front, simplest first.
    pub front: Vec<FrontEntry>,
    /// How the search went.
    pub search: Search,
    /// For the JSON; printing them to standard error is the caller's part.
    pub warnings: Vec<String>,
}

/// The chosen formula and what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovery {
    /// The formula.
    pub formula: Formula,
    /// Its constants, in the order in which they are printed.
    pub constants: Vec<Constant>,
    /// The same formula refitted on all rows; `None` where no constant was fitted.
    pub refitted: Option<Final>,
    /// Whether it holds outside.
    pub judgement: Judgement,
    /// The formula that the rows leave as possible, where the verdict rests on that.
    pub rival: Option<Formula>,
    /// The condition that the rows outside meet, see [`outside_words`]; may be empty.
    pub outside: String,
    /// The inputs that it reads.
    pub used: BTreeSet<usize>,
    /// Its errors.
    pub metrics: SplitMetrics,
    /// Its errors on all rows inside, trained and validated on.
    pub inside: Metrics,
    /// Its errors on every row, where the table is too large to be held.
    pub every_row: Option<EveryRowMetrics>,
    /// Other formulas that do equally well on every held-out row.
    pub ties: Vec<Formula>,
    /// The rounded stack it stands for.
    pub layers: Vec<Layer>,
    /// The trained stack it was rounded from; `None` when it was found in
    /// closed form.
    pub trained: Option<Trained>,
}

/// A formula in its three spellings: the right-hand side only.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Formula {
    /// As the formula language writes it.
    pub text: String,
    /// Number of symbols.
    pub complexity: usize,
    /// For a LaTeX document.
    pub latex: String,
    /// For Python.
    pub python: String,
}

/// A constant of the formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// As printed.
    pub value: f64,
    /// As the training rows have it: a recognised one is let go for that.
    pub fitted: f64,
    /// The standard error of that; `None` when it cannot be estimated.
    pub stderr: Option<f64>,
    /// The round value that a fitted constant is consistent with, though there
    /// is too little evidence to print that.
    pub consistent_with: Option<String>,
    /// The value it was recognised as, e.g. `2*pi`.
    pub recognised_as: Option<String>,
}

/// The formula refitted on all rows, inside and outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Final {
    /// The formula with these constants.
    pub text: String,
    /// Rows that it was fitted to.
    pub rows: usize,
    /// Each constant, in the order of the formula's, and its standard error
    /// where it was fitted.
    pub constants: Vec<(f64, Option<f64>)>,
    /// The covariance of the constants of `text`, in the order of
    /// [`Expr::constants`](crate::formula::Expr::constants) once it is read back; 0 for
    /// those that were not fitted.
    pub covariance: Option<Vec<Vec<f64>>>,
}

/// A candidate on the front of complexity against validation error.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FrontEntry {
    /// The formula.
    pub text: String,
    /// Number of symbols.
    pub complexity: usize,
    /// Its errors on the validation rows, which the choice rests on.
    pub validation: Metrics,
    /// Its errors outside, which nothing was chosen by.
    pub extrapolation: Metrics,
}

/// A rounded layer, and what its weights are when they are let go.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// After rounding.
    pub rounded: DiscreteLayer,
    /// Where the rows alone want the weights; see [`crate::nalu::release`].
    pub free: TrainedLayer,
}

/// A trained stack behind the formula, before any rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Its layers, and how well it fits.
    pub stack: TrainedStack,
    /// What each of its inputs is, as the formula language writes it.
    pub inputs: Vec<String>,
    /// What it was trained to say: the target, or what of it is left when an
    /// outer power or a factor is taken off.
    pub target: String,
    /// Whether a weight was moved to another value of the grid after rounding.
    pub moved: bool,
}

/// How the search went.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Search {
    /// The seed.
    pub seed: u64,
    /// Trainings run.
    pub restarts: usize,
    /// Wall-clock time.
    pub seconds: f64,
    /// Why the search ended, in words.
    pub stop_reason: String,
    /// Threads used.
    pub threads: usize,
    /// What each step of the plan came to, in order.
    pub steps: Vec<StepRecord>,
}

impl Discovery {
    /// Constants that were fitted and not recognised.
    fn fitted_constants(&self) -> usize {
        let fitted = self.constants.iter().filter(|c| c.recognised_as.is_none());
        fitted.count()
    }
}

impl Report {
    /// The verdict; *refuted* when there is no formula.
    pub fn verdict(&self) -> Verdict {
        match &self.found {
            Some(found) => found.judgement.verdict,
            None => Verdict::Refuted,
        }
    }

    /// What the verdict rests on, in words.
    pub fn verdict_reason(&self) -> String {
        self.grounds(self.found.as_ref().map_or("", |found| &found.outside))
    }

    /// The same with this condition for the rows outside; none where it stands nearby.
    fn grounds(&self, outside: &str) -> String {
        match &self.found {
            Some(found) => reason::reason(found, &self.inputs, outside),
            None => format!(
                "no formula over the inputs came out of the search ({})",
                self.search.stop_reason
            ),
        }
    }

    /// How far out the formula is known, in words; `None` where that was not asked.
    pub fn reach(&self) -> Option<String> {
        reason::reach(self.found.as_ref()?, &self.inputs)
    }

    /// What would help where the formula is not confirmed, from evidence in
    /// the run.
    pub fn hint(&self) -> Option<String> {
        reason::hint(self)
    }
}

#[cfg(test)]
mod fixture;
