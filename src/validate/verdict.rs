//! The verdict, its grounds and the figures it rests on.

use serde::Serialize;

/// What the rows outside the fitted range say about the formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The error outside is what the noise inside explains.
    Confirmed,
    /// The error grows outside but the formula stays useful there, or there is
    /// too little outside to tell.
    Approximate,
    /// The formula does not describe the rows outside.
    Refuted,
}

/// Why a verdict was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Every row is reproduced to its digits, inside and outside.
    Exact,
    /// The error outside is no larger than the noise inside explains.
    WithinNoise,
    /// Nothing speaks against the formula, but there are too few rows to rely on it.
    TooFewRows,
    /// The error outside is within the noise, but the noise is so large that
    /// other formulas would pass as well.
    Noisy,
    /// The error outside is within that inside, but what the formula leaves
    /// inside follows the inputs: it is no noise.
    Pattern,
    /// The same: it runs along this input.
    Follows(usize),
    /// What the formula leaves falls into two groups: the rows are of two kinds.
    TwoKinds,
    /// The constants are others below and above the median of this input.
    Changes(usize),
    /// What the formula leaves outside lies on one side.
    OneSided,
    /// What the formula leaves grows or falls from row to row of the file.
    Drifts,
    /// The formula has a pole, or no value, somewhere between the rows.
    Pole,
    /// Over this input, which is evenly spaced, it has a wave too fast for the rows
    /// to show.
    TooFast(usize),
    /// The formula has so many fitted constants that it describes the rows
    /// rather than explains them.
    Described,
    /// One range width beyond the data its constants are too uncertain for a
    /// prediction as good as the rows.
    UncertainBeyond,
    /// Another formula, by its place among the rivals, fits all rows as well
    /// and parts from this one within a range width beyond them.
    Rival(usize),
    /// There is no row outside the fitted range.
    NothingOutside,
    /// The error grows outside, no more than the uncertainty of the fitted
    /// constants explains.
    Uncertain,
    /// The error grows outside.
    Grows,
    /// The formula explains too little of the target inside the range.
    ExplainsTooLittle,
    /// The formula has no value on some rows.
    Undefined,
}

/// A verdict and the figures it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub basis: Basis,
    /// Train and validation rows.
    pub rows_inside: usize,
    /// Extrapolation rows that the verdict rests on.
    pub rows_outside: usize,
    /// All extrapolation rows, repeated ones once. More than `rows_outside` where some stay inside
    /// the range of every input that the formula reads.
    pub rows_held: usize,
    /// Rows inside that were taken for outliers, and count nowhere else.
    pub outliers_inside: usize,
    /// Rows outside that are far off and, being no larger a share of the rows
    /// than inside, count nowhere else.
    pub outliers_outside: usize,
    /// Rows, inside or outside, on which the formula has no finite value.
    pub undefined: usize,
    /// Whether `error_inside` and `error_outside` are shares of the target
    /// rather than in its units.
    pub relative: bool,
    /// The error level inside: σ = √(Σ r² / (n − p)).
    pub error_inside: f64,
    /// The root mean square error outside, in the same terms.
    pub error_outside: f64,
    /// Share of the variance inside that the formula explains, adjusted for
    /// its parameters: 1 − (Σ r² / (n − p)) / (Σ (y − ȳ)² / (n − 1)).
    pub explained_inside: f64,
    /// How far each input that the formula reads may go, by the place of the
    /// input, before uncertain constants and rivals make the error to be expected
    /// as large as the noise; `None` where that is further than eight range
    /// widths. Empty where it was not asked, or nothing is uncertain.
    pub holds_to: Vec<(usize, Option<f64>)>,
    /// RMSE outside as a share of √(mean (y − ȳ_inside)²): 1 is as bad as
    /// predicting the mean seen inside.
    pub share_of_spread: f64,
}
