//! How well a formula predicts each part of the rows, and what that says
//! about the formula outside the range it was fitted on.
//!
//! [`Metrics`] are plain error figures for one set of rows. [`judge`] weighs
//! the figures of the three sets against each other and gives a [`Verdict`].

mod alias;
mod along;
mod beyond;
mod doubts;
mod every_row;
mod formula;
mod halves;
mod judge;
mod metrics;
mod noise;
mod outside_rows;
mod pattern;
mod resolution;
mod uncertainty;
mod verdict;

pub use alias::aliases;
pub(crate) use alias::too_fast_for_rows;
pub use doubts::Rival;
pub use every_row::EveryRowMetrics;
pub use formula::{judge_formula, judge_on_every_row, Claim};
pub use judge::judge;
pub use metrics::{Fitted, Metrics, SplitMetrics, RELATIVE_ERROR_FLOOR};
pub use pattern::Pattern;
pub use verdict::{Basis, Judgement, Verdict};
