//! Finds formulas, from cheap to dear, and chooses between them.
//!
//! Every engine fits NALU layers: a single product or sum cell in closed form
//! (`product_cell`, `sum_cell`), product units under an adding unit with the
//! readout solved (`product_sum`), a ratio of two adding units (`rational`), and
//! where there is no noise of any degree (`exact_polynomial`, `exact_ratio`),
//! stacks trained by gradient descent (`ensemble`). Around them the target's
//! outer power or factor is taken off first (`task`, `factor`), and sums of
//! two columns are offered as columns (`inner_sum`).
//!
//! All formulas go into one `pool`; the search ends at the first that leaves
//! nothing but the target's own precision, or nothing but noise (`leftover`).

mod addend;
mod applied;
mod choose;
mod component;
mod curve;
mod curve_grid;
mod curve_sum;
mod depth;
mod ensemble;
mod exact_polynomial;
mod exact_ratio;
mod exact_shapes;
mod factor;
mod family;
mod finish;
#[cfg(test)]
mod fixture;
mod function_pairs;
mod functions;
mod given;
mod inner_scan;
mod inner_sum;
mod language;
mod leftover;
mod neighbour;
mod options;
mod origin;
mod other_curves;
mod outer_map;
mod outlier;
mod pair;
mod plan;
mod pool;
mod problem;
mod product_cell;
mod product_sum;
mod rational;
mod record;
mod scaled;
mod screen;
mod searcher;
mod shape_cell;
mod shapes;
mod spelling;
mod sum_cell;
mod sum_product;
mod task;
mod wide;

use std::sync::Arc;

use crate::formula::Expr;
use crate::split::Split;
use crate::stop::StopSignal;
use crate::validate::Rival;

use finish::finish;
pub use language::Language;
pub use options::{Loss, SearchOptions};
pub use origin::Origin;
use outlier::Outliers;
pub use plan::step_keys;
use problem::Problem;
pub use record::{Progress, StepRecord};
use searcher::Searcher;
pub use wide::columns_worth_trying;

/// Rows that are searched on at most.
const SEARCH_ROWS: usize = 1500;

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// A formula fits the validation rows to the target's own precision.
    Exact,
    /// What a formula leaves shows no pattern.
    OnlyNoiseLeft,
    /// Nothing was left to try.
    Exhausted,
    /// The time limit.
    TimeLimit,
    /// The user.
    Interrupted,
    /// There was none: the formula was given.
    Given,
}

impl std::fmt::Display for StopReason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            StopReason::Exact => "exact on the validation rows",
            StopReason::OnlyNoiseLeft => "only noise left",
            StopReason::Exhausted => "everything was tried",
            StopReason::TimeLimit => "time limit",
            StopReason::Interrupted => "interrupted",
            StopReason::Given => "the formula was given",
        })
    }
}

/// What a search came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The formula of choice.
    pub best: Option<Expr>,
    /// The trained stack behind it; None when it was found in closed form.
    pub origin: Option<Arc<Origin>>,
    /// Others that are within noise of it on the rows it was chosen by,
    /// cheapest first.
    pub rivals: Vec<Expr>,
    /// Formulas of another shape whose description of these rows is little longer,
    /// likeliest first: what the verdict has to weigh the best against.
    pub alternatives: Vec<Rival>,
    /// Complexity against error on unseen rows, simplest first.
    pub front: Vec<Expr>,
    /// Constants that were recognised, in any of these formulas.
    pub round_constants: Vec<f64>,
    /// Whether errors were weighed as shares of the target.
    pub relative: bool,
    /// √ of the weight of each training row, as fitted.
    pub train_weight: Vec<f64>,
    /// The same of each validation row.
    pub validation_weight: Vec<f64>,
    /// Training rows, by place, that were taken for outliers and not fitted.
    pub train_outliers: Vec<usize>,
    /// Validation rows, by place, that were taken for outliers.
    pub validation_outliers: Vec<usize>,
    /// Trainings run.
    pub restarts: usize,
    /// What each step of the plan came to, in order.
    pub steps: Vec<StepRecord>,
    /// Why it ended.
    pub stop_reason: StopReason,
}

/// Looks for the formula of the split's target; held-out rows are not looked
/// at. `tell` hears of each step before and after it.
pub fn search(
    split: &Split,
    options: &SearchOptions,
    stop: &StopSignal,
    tell: &dyn Fn(Progress<'_>),
) -> Outcome {
    let whole = Problem::new(split.train.clone(), split.validation.clone(), split.leave_one_out);
    let outliers = Outliers::unlike_the_rest(&whole, SEARCH_ROWS);
    let mut searcher = Searcher::new(whole.without(&outliers, SEARCH_ROWS), options, stop);
    let stop_reason = searcher.run(tell);
    finish(&searcher, whole, outliers, stop_reason)
}
