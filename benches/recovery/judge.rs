//! Whether a printed formula is the law.
//!
//! Without noise, on fresh rows inside and outside the training range:
//!
//! - *recovered*: on 99 % of the rows of both, `|found - law| <= 1e-4 |law|`;
//! - *exact*: the same within 1e-9.
//!
//! With noise no formula can be that close, so *recovered* is two questions. Has it the law's structure?
//! Its constants are refitted to noise-free rows (`refit`): it has when it then becomes the law and no
//! constant vanishes, that is, no term is too many. Are its constants right? The refitted constants are
//! what they should have been: each must lie within three of the standard errors printed in the JSON. And
//! whatever errors are printed, the root mean square of `found - law` inside must stay below what the
//! noise allows, `3 sigma sqrt(constants / rows fitted)` (three times that when errors are printed).
//! When the noise is a share of each value (set 5, over many decades), that second question is instead
//! whether the median relative error inside is below the noise of a single row.
//!
//! A noisy case may also be judged by its errors alone (`Noise::OfRmsByError`): on 99 % of the rows of
//! both, `|found - law|` must stay below the noise's deviation.
//!
//! A measured table has no law, and is judged by `measured`.
//!
//! Rows where the law has no value are redrawn; where hardly any row outside has one, the rows outside
//! are those few. A formula without a value on more than 1 % of the rows is not the law.

use nalu_discover::formula::Expr;

use crate::case::{Case, Noise, Source};
use crate::draw::{root_mean_square, rows_inside, rows_outside, training_rows, Rows};
use crate::least_squares::constants;
use crate::measured;
use crate::refit::refit;

const ROWS: usize = 500;
const SHARE_OF_ROWS: f64 = 0.99;
const RECOVERED: f64 = 1e-4;
const EXACT: f64 = 1e-9;
/// Share of the rows a fit sees at least: a fifth is held out, and a fifth of the rest validates.
const SHARE_FITTED: f64 = 0.64;

/// A printed constant and its standard error.
#[derive(Debug, Clone, Copy)]
pub struct PrintedConstant {
    /// The constant.
    pub value: f64,
    /// Its standard error.
    pub stderr: f64,
}

/// What the judge says of one formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// It is the law.
    pub recovered: bool,
    /// It is the law to nine digits.
    pub exact: bool,
}

/// The fresh rows of one case and seed.
pub struct Judge<'a> {
    case: &'a Case,
    inside: Rows,
    outside: Rows,
}

impl<'a> Judge<'a> {
    /// Draws the fresh rows.
    pub fn new(case: &'a Case, law: &Expr, seed: u64) -> Result<Judge<'a>, String> {
        if let Source::Table(_) = case.source {
            return Ok(Judge {
                case,
                inside: training_rows(case, law, seed)?,
                outside: Rows::default(),
            });
        }
        Ok(Judge {
            case,
            inside: rows_inside(case, law, ROWS, seed)?,
            outside: rows_outside(case, law, ROWS, seed),
        })
    }

    /// Judges a formula, with the standard errors printed for its constants, if any.
    pub fn judge(&self, found: &Expr, printed: &[PrintedConstant]) -> Judgement {
        if let Source::Table(table) = &self.case.source {
            return measured::judge(found, table);
        }
        let exact = self.within(found, EXACT);
        let recovered = match self.case.noise {
            Noise::None => self.within(found, RECOVERED),
            _ if exact => true,
            Noise::OfRmsByError(share) => {
                let sigma = share * root_mean_square(&self.inside.target);
                self.on_nearly_all_rows(found, |f, y| (f - y).abs() <= sigma)
            }
            Noise::OfRms(share) => self.has_structure(found, printed, |typical_error, constants| {
                let fitted = SHARE_FITTED * self.case.rows as f64;
                let sigma = share * root_mean_square(&self.inside.target);
                let bound = 3.0 * sigma * (constants as f64 / fitted).sqrt();
                typical_error <= if printed.is_empty() { bound } else { 3.0 * bound }
            }),
            Noise::OfValue(share) => {
                self.has_structure(found, &[], |_, _| self.median_relative_error(found) <= share)
            }
        };
        Judgement { recovered, exact }
    }

    fn within(&self, found: &Expr, tolerance: f64) -> bool {
        self.on_nearly_all_rows(found, |f, y| relative_error(f, y) <= tolerance)
    }

    /// Whether `near(found, law)` holds on 99 % of the rows inside and of those outside.
    fn on_nearly_all_rows(&self, found: &Expr, near: impl Fn(f64, f64) -> bool) -> bool {
        [&self.inside, &self.outside].into_iter().all(|rows| {
            let values = found.evaluate(&rows.columns);
            let pairs = values.iter().zip(&rows.target);
            let count = pairs.filter(|(f, y)| near(**f, **y)).count();
            nearly_all(count, rows.target.len())
        })
    }

    /// Whether refitting leads to the law, the constants lie within three printed standard errors, and
    /// the caller is content with the root mean square error inside, given the number of constants.
    fn has_structure(
        &self,
        found: &Expr,
        printed: &[PrintedConstant],
        content: impl Fn(f64, usize) -> bool,
    ) -> bool {
        let Some(right) = refit(found, &[&self.inside, &self.outside]) else {
            return false;
        };
        let own = constants(found);
        let near = own.iter().zip(&right).all(|(&value, &right)| {
            let nearest = printed
                .iter()
                .filter(|p| relative_error(p.value.abs(), value.abs()) < 1e-2)
                .min_by(|a, b| {
                    relative_error(a.value.abs(), value.abs())
                        .total_cmp(&relative_error(b.value.abs(), value.abs()))
                });
            nearest.is_none_or(|p| (value - right).abs() <= 3.0 * p.stderr + 1e-6 * right.abs())
        });
        let errors: Vec<f64> = found
            .evaluate(&self.inside.columns)
            .iter()
            .zip(&self.inside.target)
            .map(|(f, y)| f - y)
            .filter(|error| error.is_finite())
            .collect();
        near && nearly_all(errors.len(), ROWS) && content(root_mean_square(&errors), own.len().max(1))
    }

    fn median_relative_error(&self, found: &Expr) -> f64 {
        let values = found.evaluate(&self.inside.columns);
        let mut errors: Vec<f64> = values
            .iter()
            .zip(&self.inside.target)
            .map(|(&f, &y)| relative_error(f, y))
            .collect();
        errors.sort_by(f64::total_cmp);
        errors[errors.len() / 2]
    }
}

/// Whether these are 99 % of the rows.
pub fn nearly_all(count: usize, rows: usize) -> bool {
    count as f64 >= SHARE_OF_ROWS * rows as f64
}

/// `|found - law| / |law|`; NaN where either is, so that no comparison holds.
pub fn relative_error(found: f64, law: f64) -> f64 {
    if found == law {
        0.0
    } else {
        (found - law).abs() / law.abs()
    }
}
