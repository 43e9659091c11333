//! A product of powers times a curve of another, with all exponents on the grid:
//! `z = C·Π x^a · F(k·Π x^b)`.
//!
//! The formulas of [`shape_cell`](super::shape_cell), found another way: every b of
//! small whole numbers is tried, and for each the one constant k is searched while C
//! and a are solved on logarithms. Under noise continuous exponents wander together,
//! and those on the grid don't. The a are then rounded one after the other, the surest
//! first, and the others solved again.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::formula::{Exponent, Expr};
use crate::statistics::spread_evenly;
use crate::stop::StopSignal;

use super::curve::Curve;
use super::pool::cost_of_exponent;
use super::task::Task;

/// Rows on which exponents are compared, and rows on which the best are rounded.
const COMPARED_ROWS: usize = 64;
const ROUNDED_ROWS: usize = 240;

/// Inputs at most.
const MOST_INPUTS: usize = 8;

/// Exponents inside that are tried, simplest first.
const MOST_INNER: usize = 1000;

/// Of one curve, for so many k is searched well, and so many are rounded.
const SEARCHED: usize = 24;
const ROUNDED: usize = 4;

/// Rows of the other sign are noise about 0 when they are fewer than this share.
const WRONG_SIGN: f64 = 0.1;

/// An exponent may be rounded by so many of its standard errors.
const NEAR: f64 = 3.0;

/// All of them together may cost so much of χ², and as much again for each.
const ROUNDING: f64 = 4.0;

/// Errors of ln z that come of k being searched and not fitted.
const NOTHING: f64 = 1e-4;

/// ln u in the middle of the rows where the search for k begins.
const STARTS: [f64; 6] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0];

/// The same below the end of a curve that has one, for the largest ln u.
const STARTS_BELOW_END: [f64; 6] = [-0.03, -0.15, -0.4, -0.9, -1.6, -2.5];

/// What is given back.
pub(super) struct OnGrid {
    /// Sum of squared weighted residuals on logarithms, less is better, with a price
    /// for each exponent.
    pub(super) score: f64,
    pub(super) expr: Expr,
}

/// The best of each curve that explain more than the product alone does.
pub(super) fn curve_grid(task: &Task, curves: &[Curve], stop: &StopSignal) -> Vec<OnGrid> {
    let width = task.features.len();
    let usable = task.features.iter().all(|f| f.positive) && (1..=MOST_INPUTS).contains(&width);
    let Some(rows) = rows_of_one_sign(task).filter(|rows| usable && rows.len() >= 3 * (width + 3)) else {
        return Vec::new();
    };
    let thin = |most: usize| -> Vec<usize> {
        let picked = spread_evenly(rows.len(), most);
        picked.into_iter().map(|place| rows[place]).collect()
    };
    let (few, many) = (
        Logarithms::new(task, &thin(COMPARED_ROWS)),
        Logarithms::new(task, &thin(ROUNDED_ROWS)),
    );
    let every: Vec<usize> = (0..width).collect();
    let free = Outer::all_free(width);
    let (Some(few_projected), Some(product)) = (few.projected(&every), many.error_of_product()) else {
        return Vec::new();
    };
    let inner = inner_exponents(width);
    curves
        .par_iter()
        .flat_map_iter(|&curve| {
            let least = |inner: &mut dyn Iterator<Item = &'_ Vec<i32>>, well: bool, most: usize| {
                let mut tried: Vec<(f64, Vec<i32>)> = inner
                    .take_while(|_| !stop.should_stop())
                    .filter_map(|b| Some((few.scanned(&few_projected, curve, b, well)?.0, b.clone())))
                    .collect();
                tried.sort_by(|x, y| x.0.total_cmp(&y.0));
                tried.truncate(most);
                tried.into_iter().map(|(_, b)| b).collect::<Vec<_>>()
            };
            let roughly = least(&mut inner.iter(), false, SEARCHED);
            let tried = least(&mut roughly.iter(), true, ROUNDED);
            let many = &many;
            let free = &free;
            tried
                .into_iter()
                .filter_map(move |b| many.rounded(task, curve, &b, free, product))
        })
        .collect()
}

/// The rows whose target has the sign that nearly all have.
fn rows_of_one_sign(task: &Task) -> Option<Vec<usize>> {
    let of_sign = |sign: f64| -> Vec<usize> {
        let rows = task.target.iter().enumerate();
        rows.filter(|(_, z)| **z * sign > 0.0)
            .map(|(row, _)| row)
            .collect()
    };
    let (above, below) = (of_sign(1.0), of_sign(-1.0));
    let most = if above.len() >= below.len() { above } else { below };
    (most.len() as f64 >= (1.0 - WRONG_SIGN) * task.rows() as f64).then_some(most)
}

/// Small whole exponents for each input, simplest first, not all 0.
fn inner_exponents(width: usize) -> Vec<Vec<i32>> {
    let mut found: Vec<Vec<i32>> = vec![Vec::new()];
    // With more inputs fewer of them are in it, or there would be too many.
    let most: i32 = if width > 5 { 4 } else { 6 };
    for _ in 0..width {
        let longer = found
            .iter()
            .flat_map(|b| (-2..=2).map(move |e| b.iter().copied().chain([e]).collect::<Vec<i32>>()));
        found = longer
            .filter(|b| b.iter().map(|e| e.abs()).sum::<i32>() <= most)
            .collect();
    }
    found.retain(|b| b.iter().any(|e| *e != 0));
    let simplicity = |b: &Vec<i32>| {
        let size: i32 = b.iter().map(|e| e.abs()).sum();
        let used = b.iter().filter(|e| **e != 0).count() as i32;
        // The same product twice over is as simple as once.
        let even = b.iter().all(|e| e % 2 == 0);
        if even {
            size / 2 + used
        } else {
            size + used
        }
    };
    found.sort_by_key(simplicity);
    found.truncate(MOST_INNER);
    found
}

/// What is known of the outer exponents: `None` where one is solved for.
#[derive(Debug, Clone)]
struct Outer(Vec<Option<f64>>);

impl Outer {
    fn all_free(width: usize) -> Outer {
        Outer(vec![None; width])
    }

    fn free(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|&i| self.0[i].is_none()).collect()
    }
}

/// The rows as logarithms, weighted by what an error of z is there.
struct Logarithms {
    /// Centred, a column for each input.
    inputs: Vec<Vec<f64>>,
    means: Vec<f64>,
    target: Vec<f64>,
    weight: Vec<f64>,
}

/// An orthonormal basis of what is solved for, and the target without it.
struct Projected {
    basis: DMatrix<f64>,
    target: DVector<f64>,
}

impl Logarithms {
    fn new(task: &Task, rows: &[usize]) -> Logarithms {
        let columns = task
            .features
            .iter()
            .map(|f| rows.iter().map(|&r| f.values[r].ln()).collect::<Vec<f64>>());
        let (means, inputs): (Vec<f64>, Vec<Vec<f64>>) = columns
            .map(|column| {
                let mean = column.iter().sum::<f64>() / column.len() as f64;
                (mean, column.into_iter().map(|v| v - mean).collect())
            })
            .unzip();
        Logarithms {
            inputs,
            means,
            target: rows.iter().map(|&r| task.target[r].abs().ln()).collect(),
            // d ln z = dz / z
            weight: rows
                .iter()
                .map(|&r| (task.target[r] * task.weight[r]).abs())
                .collect(),
        }
    }

    fn rows(&self) -> usize {
        self.target.len()
    }

    fn weighted(&self, of_row: impl Fn(usize) -> f64) -> DVector<f64> {
        DVector::from_fn(self.rows(), |row, _| of_row(row) * self.weight[row])
    }

    /// The constant and these inputs, weighted.
    fn columns(&self, inputs: &[usize]) -> DMatrix<f64> {
        DMatrix::from_fn(self.rows(), inputs.len() + 1, |row, column| {
            let value = if column == 0 {
                1.0
            } else {
                self.inputs[inputs[column - 1]][row]
            };
            value * self.weight[row]
        })
    }

    fn projected(&self, inputs: &[usize]) -> Option<Projected> {
        let basis = self.columns(inputs).qr().q();
        let target = self.weighted(|row| self.target[row]);
        let target = &target - &basis * basis.tr_mul(&target);
        let finite = target.iter().chain(basis.iter()).all(|v| v.is_finite());
        finite.then_some(Projected { basis, target })
    }

    /// What the product alone leaves.
    fn error_of_product(&self) -> Option<f64> {
        let every: Vec<usize> = (0..self.inputs.len()).collect();
        Some(self.projected(&every)?.target.norm_squared())
    }

    /// Σ b ln x, centred.
    fn argument(&self, b: &[i32]) -> Vec<f64> {
        let used = b.iter().zip(&self.inputs).filter(|(b, _)| **b != 0);
        used.fold(vec![0.0; self.rows()], |mut sum, (b, input)| {
            for (sum, x) in sum.iter_mut().zip(input) {
                *sum += f64::from(*b) * x;
            }
            sum
        })
    }

    /// The least error over k, with what is in the basis solved for, and its ln k;
    /// unless `well`, only at the starts.
    fn scanned(&self, projected: &Projected, curve: Curve, b: &[i32], well: bool) -> Option<(f64, f64)> {
        let argument = self.argument(b);
        let error = |kappa: f64| -> f64 {
            let under = self.weighted(|row| curve.log_value(kappa + argument[row]).0);
            let left = &projected.target - under;
            let along = projected.basis.tr_mul(&left);
            let error = left.norm_squared() - along.norm_squared();
            if error.is_finite() {
                error.max(0.0)
            } else {
                f64::INFINITY
            }
        };
        let largest = argument.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let end = curve.end();
        let starts = match end.is_finite() {
            true => STARTS_BELOW_END.map(|start| end - largest + start),
            false => STARTS,
        };
        let errors = starts.map(error);
        let best = (0..starts.len()).min_by(|&i, &j| errors[i].total_cmp(&errors[j]))?;
        if !well {
            return errors[best].is_finite().then_some((errors[best], starts[best]));
        }
        let (low, high) = match starts[0] < starts[1] {
            true => (
                starts[best.saturating_sub(1)],
                starts[(best + 1).min(starts.len() - 1)],
            ),
            false => (
                starts[(best + 1).min(starts.len() - 1)],
                if best == 0 {
                    end - largest
                } else {
                    starts[best - 1]
                },
            ),
        };
        let (kappa, least) = least_between(low, high, &error);
        let found = if least <= errors[best] {
            (least, kappa)
        } else {
            (errors[best], starts[best])
        };
        found.0.is_finite().then_some(found)
    }

    /// The formula with all outer exponents on the grid, where the rows allow that.
    fn rounded(&self, task: &Task, curve: Curve, b: &[i32], free: &Outer, product: f64) -> Option<OnGrid> {
        let width = self.inputs.len();
        let mut outer = free.clone();
        let (unrounded, _) = self.scanned(&self.projected(&outer.free())?, curve, b, true)?;
        let freedom = (self.rows() as f64 - width as f64 - 2.0).max(1.0);
        let unit = unrounded / freedom;
        // One more constant has to pay.
        if product - unrounded < 2.0 * ROUNDING * unit {
            return None;
        }
        let mut kappa;
        loop {
            let unfixed = outer.free();
            let rest = self.less(&outer);
            let projected = rest.projected(&unfixed)?;
            let (_, at) = rest.scanned(&projected, curve, b, true)?;
            kappa = at;
            if unfixed.is_empty() {
                break;
            }
            let (values, errors) = rest.solved(curve, b, kappa, &unfixed, unit)?;
            let surest = (0..unfixed.len()).min_by(|&i, &j| errors[i].total_cmp(&errors[j]))?;
            outer.0[unfixed[surest]] = Some(nearest_on_grid(values[surest], errors[surest])?);
        }
        let rest = self.less(&outer);
        let (error, _) = rest.scanned(&rest.projected(&[])?, curve, b, true)?;
        let arithmetic = NOTHING.powi(2) * self.weight.iter().map(|w| w * w).sum::<f64>();
        if error > unrounded + ROUNDING * unit * (width + 1) as f64 + arithmetic {
            return None;
        }
        let outer: Vec<f64> = outer.0.into_iter().flatten().collect();
        let constant = rest.constant(curve, b, kappa)?;
        let used = b.iter().filter(|e| **e != 0).count() + outer.iter().filter(|a| **a != 0.0).count();
        Some(OnGrid {
            score: error / unit + 2.0 * used as f64,
            expr: self.formula(task, curve, b, kappa, constant, &outer),
        })
    }

    /// The same rows with what is known of the outer product taken off.
    fn less(&self, outer: &Outer) -> Logarithms {
        let known = outer.0.iter().zip(&self.inputs);
        let known: Vec<(f64, &Vec<f64>)> = known.filter_map(|(a, x)| Some(((*a)?, x))).collect();
        let target = (0..self.rows())
            .map(|row| self.target[row] - known.iter().map(|(a, x)| a * x[row]).sum::<f64>())
            .collect();
        Logarithms {
            inputs: self.inputs.clone(),
            means: self.means.clone(),
            target,
            weight: self.weight.clone(),
        }
    }

    /// The outer exponents of `inputs` and their standard errors, at this k, which
    /// may move.
    fn solved(
        &self,
        curve: Curve,
        b: &[i32],
        kappa: f64,
        inputs: &[usize],
        unit: f64,
    ) -> Option<(Vec<f64>, Vec<f64>)> {
        let argument = self.argument(b);
        let value = |row: usize| curve.log_value(kappa + argument[row]);
        let columns = self.columns(inputs);
        let slope = self.weighted(|row| value(row).1);
        let last = columns.ncols();
        let columns = columns.insert_column(last, 0.0);
        let mut columns = columns;
        columns.set_column(last, &slope);
        let left = self.weighted(|row| self.target[row] - value(row).0);
        let inverse = columns.tr_mul(&columns).try_inverse()?;
        let values = &inverse * columns.tr_mul(&left);
        let places = 1..=inputs.len();
        let errors = places.clone().map(|i| (inverse[(i, i)].max(0.0) * unit).sqrt());
        Some((places.clone().map(|i| values[i]).collect(), errors.collect()))
    }

    /// ln C of centred logarithms.
    fn constant(&self, curve: Curve, b: &[i32], kappa: f64) -> Option<f64> {
        let argument = self.argument(b);
        let squares: f64 = self.weight.iter().map(|w| w * w).sum();
        let left = |row: usize| self.target[row] - curve.log_value(kappa + argument[row]).0;
        let mean = (0..self.rows())
            .map(|row| left(row) * self.weight[row].powi(2))
            .sum::<f64>()
            / squares;
        mean.is_finite().then_some(mean)
    }

    fn formula(
        &self,
        task: &Task,
        curve: Curve,
        b: &[i32],
        kappa: f64,
        constant: f64,
        outer: &[f64],
    ) -> Expr {
        let power = |i: usize, e: f64| {
            let base = task.features[i].expr.clone();
            Exponent::from_value(e).map_or(Expr::Constant(1.0), |exponent| Expr::power(base, exponent))
        };
        // k and C are those of centred logarithms.
        let of = |exponents: &[f64], log: f64| -> Expr {
            let shift: f64 = exponents.iter().zip(&self.means).map(|(e, mean)| e * mean).sum();
            let used = (0..exponents.len()).filter(|&i| exponents[i] != 0.0);
            let mut factors = vec![Expr::Constant((log - shift).exp())];
            factors.extend(used.map(|i| power(i, exponents[i])));
            Expr::product(factors)
        };
        let b: Vec<f64> = b.iter().map(|&e| f64::from(e)).collect();
        let sign = Expr::Constant(task.target.iter().sum::<f64>().signum());
        let under = curve.of(of(&b, kappa));
        task.wrapped(Expr::product(vec![sign, of(outer, constant), under]))
    }
}

/// The simplest multiple of a half that the value may be; none where it may be none.
fn nearest_on_grid(value: f64, error: f64) -> Option<f64> {
    let nearest = (value * 2.0).round() / 2.0;
    let around = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|step| nearest + step);
    let may_be = |e: &f64| (value - e).abs() < (NEAR * error).max(0.02);
    // Simpler for as little as half a standard error a symbol.
    let price = |e: &f64| {
        let symbols = Exponent::from_value(*e).map_or(9.0, cost_of_exponent);
        ((value - e) / error.max(1e-9)).powi(2) + if *e == 0.0 { 0.0 } else { 1.0 + symbols }
    };
    let possible = around.into_iter().filter(may_be);
    possible.min_by(|a, b| price(a).total_cmp(&price(b)))
}

/// Golden section.
fn least_between(low: f64, high: f64, error: &dyn Fn(f64) -> f64) -> (f64, f64) {
    const SECTION: f64 = 0.618_033_988_749_894_9;
    const STEPS: usize = 22;
    let (mut low, mut high) = (low, high);
    let (mut a, mut b) = (high - SECTION * (high - low), low + SECTION * (high - low));
    let (mut at_a, mut at_b) = (error(a), error(b));
    for _ in 0..STEPS {
        if at_a <= at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - SECTION * (high - low);
            at_a = error(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + SECTION * (high - low);
            at_b = error(b);
        }
    }
    if at_a <= at_b {
        (a, at_a)
    } else {
        (b, at_b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    /// 2 % noise, and the law itself: exponents on the grid.
    #[test]
    fn laws_under_noise_are_found_with_their_exponents() {
        for law in [
            "a*b^2/sqrt(30 - (c/d)^2)",
            "a/(exp(0.7*b*c) - 1)",
            "a*b*(1 - exp(-0.5*c/d))",
            "sqrt(a)/(1 + 0.5*b*c)",
        ] {
            let stop = StopSignal::never();
            let curves: Vec<Curve> = Curve::WITH_FUNCTIONS
                .into_iter()
                .chain(Curve::of_algebra())
                .collect();
            let error = error_outside(law, 0.02, |task| {
                let mut found = curve_grid(task, &curves, &stop);
                found.sort_by(|a, b| a.score.total_cmp(&b.score));
                found.into_iter().next().map(|found| found.expr)
            });
            assert!(error.is_some_and(|error| error < 0.1), "{law}: {error:?}");
        }
    }

    #[test]
    fn simple_exponents_come_first_and_are_bounded() {
        let exponents = inner_exponents(5);
        assert_eq!(exponents.len(), MOST_INNER);
        assert_eq!(exponents[0].iter().filter(|e| **e != 0).count(), 1);
        assert_eq!(nearest_on_grid(0.93, 0.05), Some(1.0));
        assert_eq!(nearest_on_grid(0.3, 0.2), Some(0.0));
        assert_eq!(nearest_on_grid(0.75, 0.01), None);
    }
}
