//! One inner constant by scan and variable projection.
//!
//! `z = Σ_j c_j φ_j(u; k)`: a rate, a frequency, an exponent or an offset k
//! inside a function of one argument u. The coefficients c are linear and
//! solved at every k (variable projection, Golub & Pereyra 1973), so that one
//! inner constant is a one-dimensional scan; its best few minima are refined,
//! and terms that don't matter are dropped.

use rayon::prelude::*;

use crate::formula::{Exponent, Expr, Function};
use crate::statistics::spread_evenly;

use super::sum_cell::terms_that_matter;
use super::task::Task;

/// Rows scanned on at most; what comes out is fitted on all.
const MOST_ROWS: usize = 400;

/// Minima that are refined.
const MOST_MINIMA: usize = 3;

/// Steps of the golden section.
const GOLDEN_STEPS: usize = 60;

/// Steps a decade for constants of unknown size.
const STEPS_A_DECADE: f64 = 8.0;

/// Frequencies scanned at most, and where there are other inputs.
const MOST_FREQUENCIES: usize = 1200;
const FEW_FREQUENCIES: usize = 80;

/// Places over the range at which a line may have its kink.
const KINKS: u32 = 64;

/// Linear terms at most.
const MOST_TERMS: usize = 16;

/// A column of which less than this share is its own depends on the others.
const DEPENDENT: f64 = 1e-13;

/// Fits that leave more than this share of the variation are given up.
const HOPELESS: f64 = 0.5;

/// A family of functions of one argument with an inner constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `exp(k u)`.
    Rate,
    /// `u^k`.
    Power,
    /// `ln(u + k)`.
    OffsetLogarithm,
    /// `1/(u + k)`.
    OffsetReciprocal,
    /// `sin(k u)` and `cos(k u)`.
    Wave,
    /// `exp(r u)·sin(k u)` and the cosine, for a few rates r.
    DampedWave,
    /// `tanh(k u)`.
    Tanh,
    /// `atan(k u)`.
    Atan,
    /// `exp(−k u²)`.
    Bell,
    /// `|u + k|`.
    Kink,
}

impl Family {
    /// Every family.
    pub(super) const ALL: [Family; 10] = [
        Family::Rate,
        Family::Power,
        Family::OffsetLogarithm,
        Family::OffsetReciprocal,
        Family::Wave,
        Family::Tanh,
        Family::Atan,
        Family::Bell,
        Family::DampedWave,
        Family::Kink,
    ];

    /// The function that it needs.
    pub(super) fn function(self) -> Function {
        match self {
            Family::Rate | Family::Power | Family::Bell | Family::OffsetReciprocal => Function::Exp,
            Family::OffsetLogarithm => Function::Ln,
            Family::Wave | Family::DampedWave => Function::Sin,
            Family::Tanh => Function::Tanh,
            Family::Atan => Function::Atan,
            Family::Kink => Function::Abs,
        }
    }

    /// Values of k to scan, in order; empty where the family has no value.
    fn grid(self, u: &[f64], alone: bool) -> Vec<f64> {
        let (low, high) = range(u);
        let span = high - low;
        let largest = low.abs().max(high.abs());
        let sizes = |from: f64, to: f64| -> Vec<f64> {
            // Where values are near the ends of the doubles there is no grid.
            if !(from > 0.0 && from.is_normal() && to.is_finite() && to / from < 1e12) {
                return Vec::new();
            }
            let steps = ((to / from).log10() * STEPS_A_DECADE).ceil() as usize;
            (0..=steps)
                .map(|i| from * (to / from).powf(i as f64 / steps as f64))
                .collect()
        };
        let both = |sizes: Vec<f64>| -> Vec<f64> {
            let below = sizes.iter().rev().map(|k| -k);
            below.chain(sizes.iter().copied()).collect()
        };
        match self {
            Family::Rate => both(sizes(0.02 / span, 60.0 / span)),
            Family::Power if low > 0.0 => (-60..=60)
                .filter(|&i| i != 0)
                .map(|i| f64::from(i) / 10.0)
                .collect(),
            Family::OffsetLogarithm | Family::OffsetReciprocal => {
                // Poles below the rows, and above.
                let distances = sizes(1e-3 * span, 30.0 * span);
                let below = distances.iter().map(|d| d - low);
                let above = distances.iter().rev().map(|d| -high - d);
                match self {
                    Family::OffsetLogarithm => below.collect(),
                    _ => above.chain(below).collect(),
                }
            }
            Family::Wave | Family::DampedWave => {
                frequencies(u, span, if alone { MOST_FREQUENCIES } else { FEW_FREQUENCIES })
            }
            Family::Tanh | Family::Atan => sizes(0.05 / largest, 100.0 / largest),
            Family::Bell if low <= 0.0 => sizes(0.05 / largest.powi(2), 300.0 / largest.powi(2)),
            Family::Kink => (1..KINKS)
                .map(|i| -high + span * f64::from(i) / f64::from(KINKS))
                .collect(),
            Family::Power | Family::Bell => Vec::new(),
        }
    }

    /// Rates that go with each frequency.
    fn rates(self, span: f64) -> Vec<f64> {
        match self {
            Family::DampedWave => [0.4, 1.2, 3.0, 7.0, -1.2].iter().map(|r| -r / span).collect(),
            _ => vec![0.0],
        }
    }

    /// The functions' values on a row.
    fn values(self, u: f64, k: f64, rate: f64) -> [f64; 2] {
        match self {
            Family::Rate => [(k * u).exp(), 0.0],
            Family::Power => [u.powf(k), 0.0],
            Family::OffsetLogarithm => [(u + k).ln(), 0.0],
            Family::OffsetReciprocal => [1.0 / (u + k), 0.0],
            Family::Wave => [(k * u).sin(), (k * u).cos()],
            Family::DampedWave => {
                let size = (rate * u).exp();
                [size * (k * u).sin(), size * (k * u).cos()]
            }
            Family::Tanh => [(k * u).tanh(), 0.0],
            Family::Atan => [(k * u).atan(), 0.0],
            Family::Bell => [(-k * u * u).exp(), 0.0],
            Family::Kink => [(u + k).abs(), 0.0],
        }
    }

    /// How many functions there are.
    fn count(self) -> usize {
        match self {
            Family::Wave | Family::DampedWave => 2,
            _ => 1,
        }
    }

    /// The functions as formulas.
    fn exprs(self, u: &Expr, k: f64, rate: f64) -> Vec<Expr> {
        let times = |k: f64| Expr::product(vec![Expr::Constant(k), u.clone()]);
        let plus = |k: f64| Expr::sum(vec![u.clone(), Expr::Constant(k)]);
        let rated = |f: Function| match self {
            Family::DampedWave => Expr::product(vec![Function::Exp.of(times(rate)), f.of(times(k))]),
            _ => f.of(times(k)),
        };
        match self {
            Family::Rate => vec![Function::Exp.of(times(k))],
            Family::Power => vec![Expr::general_power(u.clone(), Expr::Constant(k))],
            Family::OffsetLogarithm => vec![Function::Ln.of(plus(k))],
            Family::OffsetReciprocal => vec![Expr::power(plus(k), Exponent::integer(-1))],
            Family::Wave | Family::DampedWave => vec![rated(Function::Sin), rated(Function::Cos)],
            Family::Tanh => vec![Function::Tanh.of(times(k))],
            Family::Atan => vec![Function::Atan.of(times(k))],
            Family::Kink => vec![Function::Abs.of(plus(k))],
            Family::Bell => {
                let square = Expr::power(u.clone(), Exponent::integer(2));
                vec![Function::Exp.of(Expr::product(vec![Expr::Constant(-k), square]))]
            }
        }
    }
}

fn range(u: &[f64]) -> (f64, f64) {
    u.iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
            (low.min(v), high.max(v))
        })
}

/// Angular frequencies from half a turn over the rows up to what their spacing
/// allows, a quarter of a turn over the range apart.
pub(super) fn frequencies(u: &[f64], span: f64, most: usize) -> Vec<f64> {
    let mut sorted = u.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    // The median distance of neighbours; uneven rows tell higher frequencies apart.
    let mut gaps: Vec<f64> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    let Some(&gap) = gaps.get(gaps.len() / 2) else {
        return Vec::new();
    };
    let step = 0.8 / span;
    let highest = std::f64::consts::PI / gap;
    let count = ((highest / step) as usize).min(most);
    (1..=count).map(|i| step * i as f64).collect()
}

/// What is left of the last diagonal element once the `count` before it are
/// eliminated (Cholesky): the sum of squared residuals of that column.
fn residual_square(gram: &mut [[f64; MOST_TERMS + 1]; MOST_TERMS + 1], count: usize) -> f64 {
    let whole: Vec<f64> = (0..=count).map(|i| gram[i][i]).collect();
    for j in 0..count {
        let pivot = gram[j][j];
        if pivot.is_nan() || pivot <= DEPENDENT * whole[j] {
            return f64::INFINITY;
        }
        let mut column = [0.0; MOST_TERMS + 1];
        column
            .iter_mut()
            .zip(gram.iter())
            .for_each(|(value, row)| *value = row[j]);
        for (i, row) in gram.iter_mut().enumerate().take(count + 1).skip(j + 1) {
            let share = row[j] / pivot;
            for (entry, value) in row[..=i].iter_mut().zip(&column).skip(j + 1) {
                *entry -= share * value;
            }
        }
    }
    let left = gram[count][count];
    if left.is_finite() {
        left.max(0.0)
    } else {
        f64::INFINITY
    }
}

/// The argument of a family, and what stands beside and before its functions.
pub(super) struct Argument<'a> {
    pub(super) expr: Expr,
    pub(super) values: &'a [f64],
    /// Columns that the target may have as terms, and that the functions may be
    /// multiplied by; 1 is always among them.
    pub(super) beside: Vec<(Expr, &'a [f64])>,
    pub(super) before: Vec<(Expr, &'a [f64])>,
}

/// Sums over the family's functions that fit the task's target; best first.
pub(super) fn inner_scan(task: &Task, argument: &Argument<'_>, family: Family) -> Vec<Expr> {
    let rows = task.rows();
    let picked = spread_evenly(rows, MOST_ROWS);
    let scan = Scan {
        family,
        u: picked.iter().map(|&r| argument.values[r]).collect(),
        weight: picked.iter().map(|&r| task.weight[r]).collect(),
        target: picked.iter().map(|&r| task.target[r] * task.weight[r]).collect(),
        beside: argument
            .beside
            .iter()
            .map(|(_, v)| picked.iter().map(|&r| v[r]).collect())
            .collect(),
        before: argument
            .before
            .iter()
            .map(|(_, v)| picked.iter().map(|&r| v[r]).collect())
            .collect(),
    };
    if scan.columns() + 2 > picked.len() || scan.columns() > MOST_TERMS {
        return Vec::new();
    }
    let (low, high) = range(&scan.u);
    if high <= low {
        return Vec::new();
    }
    let alone = argument.beside.is_empty() && argument.before.is_empty();
    let grid = family.grid(&scan.u, alone || task.features.len() == 1);
    let mut minima: Vec<Minimum> = family
        .rates(high - low)
        .into_iter()
        .flat_map(|rate| scan.minima(&grid, rate))
        .collect();
    minima.sort_by(|a, b| a.error.total_cmp(&b.error));
    minima.truncate(MOST_MINIMA);
    let hopeless = HOPELESS * scan.variation();
    let mut found: Vec<(f64, Expr)> = Vec::new();
    for minimum in minima {
        let (k, error) = scan.golden(&minimum);
        if error <= hopeless {
            found.extend(scan.formulas(task, argument, k, minimum.rate));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, expr)| expr).collect()
}

/// A minimum of the scan: somewhere between two values of k.
struct Minimum {
    error: f64,
    from: f64,
    to: f64,
    rate: f64,
}

/// The rows that are scanned on; columns of the argument's kind.
struct Scan {
    family: Family,
    u: Vec<f64>,
    weight: Vec<f64>,
    /// Weighted.
    target: Vec<f64>,
    beside: Vec<Vec<f64>>,
    before: Vec<Vec<f64>>,
}

impl Scan {
    /// Linear coefficients.
    fn columns(&self) -> usize {
        1 + self.beside.len() + self.family.count() * (1 + self.before.len())
    }

    /// The columns in the order in which their terms are written: 1, those
    /// beside, then each function alone and times those before it.
    fn row(&self, row: usize, k: f64, rate: f64, into: &mut [f64]) {
        let values = self.family.values(self.u[row], k, rate);
        into[0] = 1.0;
        let mut place = 1;
        for column in &self.beside {
            into[place] = column[row];
            place += 1;
        }
        for value in &values[..self.family.count()] {
            into[place] = *value;
            place += 1;
            for column in &self.before {
                into[place] = value * column[row];
                place += 1;
            }
        }
    }

    /// Σ of squared residuals at this k, by the normal equations; infinite where
    /// the columns have no value or are dependent. Good for telling minima
    /// apart: what comes of them is fitted anew.
    fn error(&self, k: f64, rate: f64) -> f64 {
        let count = self.columns();
        let mut gram = [[0.0; MOST_TERMS + 1]; MOST_TERMS + 1];
        let mut values = [0.0; MOST_TERMS + 1];
        for row in 0..self.u.len() {
            self.row(row, k, rate, &mut values);
            let w = self.weight[row];
            values[..count].iter_mut().for_each(|value| *value *= w);
            values[count] = self.target[row];
            for i in 0..=count {
                let left = values[i];
                for (sum, right) in gram[i][..=i].iter_mut().zip(&values) {
                    *sum += left * right;
                }
            }
        }
        residual_square(&mut gram, count)
    }

    /// Weighted sum of squares about the weighted mean.
    fn variation(&self) -> f64 {
        let squares: f64 = self.weight.iter().map(|w| w * w).sum();
        let mean = self
            .target
            .iter()
            .zip(&self.weight)
            .map(|(z, w)| z * w)
            .sum::<f64>()
            / squares;
        let rows = self.target.iter().zip(&self.weight);
        rows.map(|(z, w)| (z - mean * w).powi(2)).sum()
    }

    fn minima(&self, grid: &[f64], rate: f64) -> Vec<Minimum> {
        let errors: Vec<f64> = grid.par_iter().map(|&k| self.error(k, rate)).collect();
        let at = |i: Option<usize>| i.and_then(|i| errors.get(i).copied()).unwrap_or(f64::INFINITY);
        let lowest = |&i: &usize| {
            let here = errors[i];
            here.is_finite() && here <= at(i.checked_sub(1)) && here <= at(Some(i + 1))
        };
        let minimum = |i: usize| Minimum {
            error: errors[i],
            from: grid[i.saturating_sub(1)],
            to: grid[(i + 1).min(grid.len() - 1)],
            rate,
        };
        (0..grid.len()).filter(lowest).map(minimum).collect()
    }

    /// The k of least error between two, and that error.
    fn golden(&self, minimum: &Minimum) -> (f64, f64) {
        let share = 0.5 * (5.0_f64.sqrt() - 1.0);
        let (mut low, mut high) = (minimum.from, minimum.to);
        let (mut a, mut b) = (high - share * (high - low), low + share * (high - low));
        let (mut at_a, mut at_b) = (self.error(a, minimum.rate), self.error(b, minimum.rate));
        for _ in 0..GOLDEN_STEPS {
            if (high - low).abs() <= 1e-9 * low.abs().max(high.abs()) {
                break;
            }
            if at_a < at_b {
                (high, b, at_b) = (b, a, at_a);
                a = high - share * (high - low);
                at_a = self.error(a, minimum.rate);
            } else {
                (low, a, at_a) = (a, b, at_b);
                b = low + share * (high - low);
                at_b = self.error(b, minimum.rate);
            }
        }
        if at_a < at_b {
            (a, at_a)
        } else {
            (b, at_b)
        }
    }

    /// The sums worth a closer look on all rows, with their errors.
    fn formulas(&self, task: &Task, argument: &Argument<'_>, k: f64, rate: f64) -> Vec<(f64, Expr)> {
        let rows = task.rows();
        let mut columns: Vec<Vec<f64>> = vec![vec![1.0; rows]];
        columns.extend(argument.beside.iter().map(|(_, values)| values.to_vec()));
        for place in 0..self.family.count() {
            let value = |&u: &f64| self.family.values(u, k, rate)[place];
            let values: Vec<f64> = argument.values.iter().map(value).collect();
            let before = argument.before.iter();
            let products = before.map(|(_, factor)| values.iter().zip(*factor).map(|(v, f)| v * f).collect());
            let products: Vec<Vec<f64>> = products.collect();
            columns.push(values);
            columns.extend(products);
        }
        if columns.iter().flatten().any(|v| !v.is_finite()) {
            return Vec::new();
        }
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        terms_that_matter(&views, &task.target, &task.weight)
            .into_iter()
            .map(|(subset, fit)| {
                let mut coefficients = vec![0.0; columns.len()];
                for (&place, &c) in subset.iter().zip(&fit.coefficients) {
                    coefficients[place] = c;
                }
                let sum = self.sum(argument, k, rate, &coefficients);
                (fit.rss, task.wrapped(sum))
            })
            .collect()
    }

    /// The sum with these coefficients: each function is written once, so that
    /// its inner constant stays one.
    fn sum(&self, argument: &Argument<'_>, k: f64, rate: f64, coefficients: &[f64]) -> Expr {
        let times = |c: f64, expr: Expr| Expr::product(vec![Expr::Constant(c), expr]);
        let outside = 1 + argument.beside.len();
        let mut terms: Vec<Expr> = Vec::new();
        let plain =
            std::iter::once(Expr::Constant(1.0)).chain(argument.beside.iter().map(|(e, _)| e.clone()));
        terms.extend(
            plain
                .zip(coefficients)
                .filter(|(_, c)| **c != 0.0)
                .map(|(expr, &c)| times(c, expr)),
        );
        let of_functions: Vec<&[f64]> = coefficients[outside..]
            .chunks(1 + argument.before.len())
            .collect();
        if let Some(wave) = self.one_wave(argument, k, rate, &of_functions) {
            terms.push(wave);
            return Expr::sum(terms);
        }
        let functions = self.family.exprs(&argument.expr, k, rate);
        for (function, of_function) in functions.into_iter().zip(of_functions) {
            let factors =
                std::iter::once(Expr::Constant(1.0)).chain(argument.before.iter().map(|(e, _)| e.clone()));
            let sum: Vec<Expr> = factors
                .zip(of_function)
                .filter(|(_, c)| **c != 0.0)
                .map(|(expr, &c)| times(c, expr))
                .collect();
            if !sum.is_empty() {
                terms.push(Expr::product(vec![Expr::sum(sum), function]));
            }
        }
        Expr::sum(terms)
    }

    /// `a·sin(k u) + b·cos(k u)` as `√(a² + b²)·sin(k u + φ)`.
    fn one_wave(&self, argument: &Argument<'_>, k: f64, rate: f64, coefficients: &[&[f64]]) -> Option<Expr> {
        if !matches!(self.family, Family::Wave | Family::DampedWave) {
            return None;
        }
        let alone = |of_function: &[f64]| of_function[0] != 0.0 && of_function[1..].iter().all(|c| *c == 0.0);
        let [sine, cosine] = coefficients else { return None };
        if !alone(sine) || !alone(cosine) {
            return None;
        }
        let (a, b) = (sine[0], cosine[0]);
        let angle = Expr::sum(vec![
            Expr::product(vec![Expr::Constant(k), argument.expr.clone()]),
            Expr::Constant(b.atan2(a)),
        ]);
        let mut factors = vec![Expr::Constant(a.hypot(b)), Function::Sin.of(angle)];
        if self.family == Family::DampedWave {
            let exponent = Expr::product(vec![Expr::Constant(rate), argument.expr.clone()]);
            factors.push(Function::Exp.of(exponent));
        }
        Some(Expr::product(factors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    /// A law of each family that needs one input above 0 comes back, its inner constant to the last digit.
    #[test]
    fn each_family_finds_its_constant() {
        for (family, law) in [
            (Family::Rate, "3*exp(-0.7*a) + 2"),
            (Family::Power, "3*a^1.37 + 2"),
            (Family::OffsetLogarithm, "3*ln(a + 2.3) + 2"),
            (Family::OffsetReciprocal, "3/(a + 2.3) + 2"),
            (Family::Wave, "3*sin(2.7*a + 0.4) + 9"),
            (Family::DampedWave, "exp(-0.2*a)*sin(4.1*a) + 3"),
            (Family::Tanh, "3*tanh(0.45*a) + 2"),
            (Family::Atan, "3*atan(0.45*a) + 2"),
            (Family::Kink, "3*abs(a - 3.1) + 2"),
        ] {
            let best = |task: &Task| {
                let argument = Argument {
                    expr: Expr::Variable(0),
                    values: &task.features[0].values,
                    beside: Vec::new(),
                    before: Vec::new(),
                };
                inner_scan(task, &argument, family).into_iter().next()
            };
            let error = error_outside(law, 0.0, best).unwrap_or(f64::INFINITY);
            // Damped waves are scanned at a few rates; the pool fits the rest.
            let most = if family == Family::DampedWave { 0.1 } else { 1e-5 };
            assert!(error < most, "{law}: {error:.1e}");
        }
    }
}
