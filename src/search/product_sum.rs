//! Several product units under one adding unit, trained together.
//!
//! `z = c_0 + Σ_k c_k Π_i |x_i|^{e_ki} s_ki(x_i)`: a two-layer NALU with its
//! gates set. The readout c is solved at every step (variable projection,
//! Golub & Pereyra 1973, with Kaufman's approximation of the Jacobian), so
//! only the exponents are searched, by Levenberg–Marquardt from random starts.
//! Where an input changes sign, each unit draws whether it takes the sign
//! along (odd exponent) or not (even exponent).
//!
//! Afterwards exponents are fixed on the grid a few at a time, the nearest
//! first, and the others trained on from there.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::formula::{Exponent, Expr};
use crate::polish::least_squares;
use crate::statistics::spread_evenly;
use crate::stop::StopSignal;

use super::task::Task;

/// Rows trained on at most; the fit of what comes out sees all.
const MOST_ROWS: usize = 240;

/// Magnitudes below this share of a column's typical one count as this.
const LOG_FLOOR: f64 = 1e-7;

/// Exponents beyond this are not believed.
const LARGEST_EXPONENT: f64 = 6.3;

/// More exponents than this at once are not worth their time.
const MOST_EXPONENTS: usize = 64;

/// Evaluations per exponent before the worse trainings are dropped, and after.
const FIRST_PATIENCE: usize = 2;
const PATIENCE: usize = 7;

/// One training in so many goes on.
const DROPPED: usize = 3;

/// An exponent this near the grid is fixed at once.
const NEAR: f64 = 0.02;

/// A training that leaves more than this share of the variation is given up.
const HOPELESS: f64 = 0.7;

/// What to train.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Product units.
    pub(super) units: usize,
    /// Whether the sum has a constant.
    pub(super) constant: bool,
    /// Random starts.
    pub(super) restarts: usize,
    /// Formulas returned at most.
    pub(super) most: usize,
}

/// Sums of products that fit the task's target, best first.
pub(super) fn product_sum(task: &Task, shape: Shape, seed: u64, stop: &StopSignal) -> Vec<Expr> {
    let Some(data) = Data::new(task, shape.constant) else {
        return Vec::new();
    };
    if data.target.len() < 2 * shape.units + 2 || shape.units * data.width() > MOST_EXPONENTS {
        return Vec::new();
    }
    let total = task.total_square();
    if total.is_nan() || total <= 0.0 {
        return Vec::new();
    }
    let mut begun: Vec<Start> = (0..shape.restarts)
        .into_par_iter()
        .filter_map(|restart| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(restart as u64);
            begin(&data, shape.units, &mut rng, stop)
        })
        .collect();
    begun.sort_by(|a, b| a.rss.total_cmp(&b.rss));
    begun.truncate(shape.restarts.div_ceil(DROPPED));
    let mut trained: Vec<Rounded> = begun
        .into_par_iter()
        .filter_map(|start| train(&data, shape.units, start, stop))
        .collect();
    trained.sort_by(|a, b| a.rss.total_cmp(&b.rss));
    let mut kept: Vec<Rounded> = Vec::new();
    for candidate in trained {
        if kept.len() < shape.most && kept.iter().all(|k| k.exponents != candidate.exponents) {
            kept.push(candidate);
        }
    }
    kept.iter()
        .filter_map(|rounded| assemble(task, &data, rounded))
        .collect()
}

/// A training's end: exponents on the grid, a row per unit, in halves.
struct Rounded {
    exponents: Vec<Vec<i32>>,
    rss: f64,
}

/// The rows as logarithms of magnitudes, and signs.
struct Data {
    /// Per feature; centred.
    logs: Vec<Vec<f64>>,
    /// Per feature: the signs, where they vary.
    signs: Vec<Option<Vec<f64>>>,
    target: Vec<f64>,
    weight: Vec<f64>,
    total: f64,
    constant: bool,
}

impl Data {
    fn new(task: &Task, constant: bool) -> Option<Data> {
        let rows = task.rows();
        let picked = spread_evenly(rows, MOST_ROWS);
        let mut logs = Vec::new();
        let mut signs = Vec::new();
        for feature in &task.features {
            let magnitudes: Vec<f64> = picked.iter().map(|&r| feature.values[r].abs()).collect();
            let mut sorted = magnitudes.clone();
            sorted.sort_by(f64::total_cmp);
            let floor = (sorted[sorted.len() / 2] * LOG_FLOOR).max(f64::MIN_POSITIVE);
            let column: Vec<f64> = magnitudes.iter().map(|m| m.max(floor).ln()).collect();
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            logs.push(column.into_iter().map(|v| v - mean).collect());
            signs.push(
                (!feature.positive).then(|| picked.iter().map(|&r| feature.values[r].signum()).collect()),
            );
        }
        let target: Vec<f64> = picked.iter().map(|&r| task.target[r]).collect();
        let weight: Vec<f64> = picked.iter().map(|&r| task.weight[r]).collect();
        let finite = target.iter().chain(&weight).all(|v| v.is_finite());
        let weights: f64 = weight.iter().map(|w| w * w).sum();
        let mean = target.iter().zip(&weight).map(|(z, w)| z * w * w).sum::<f64>() / weights;
        let total = target
            .iter()
            .zip(&weight)
            .map(|(z, w)| ((z - mean) * w).powi(2))
            .sum::<f64>();
        (finite && !logs.is_empty() && total > 0.0).then_some(Data {
            logs,
            signs,
            target,
            weight,
            total,
            constant,
        })
    }

    fn width(&self) -> usize {
        self.logs.len()
    }
}

/// Variable projection with some exponents held.
struct Projection<'a> {
    data: &'a Data,
    units: usize,
    /// units × width.
    exponents: Vec<f64>,
    /// Which of them are trained.
    free: Vec<usize>,
    /// units × width: whether the unit takes the feature's sign along.
    odd: &'a [bool],
    state: Option<State>,
}

struct State {
    residual: DVector<f64>,
    jacobian: DMatrix<f64>,
}

impl Projection<'_> {
    fn update(&mut self) {
        self.state = self.compute();
    }

    fn compute(&self) -> Option<State> {
        let data = self.data;
        let (rows, width) = (data.target.len(), data.width());
        let count = self.units + usize::from(data.constant);
        let mut basis = DMatrix::<f64>::zeros(rows, count);
        let mut lengths = vec![1.0; count];
        for (unit, length) in lengths.iter_mut().enumerate() {
            let mut column = basis.column_mut(unit);
            if unit == self.units {
                for (v, w) in column.iter_mut().zip(&data.weight) {
                    *v = *w;
                }
            } else {
                let mut power = vec![0.0; rows];
                for i in 0..width {
                    let e = self.exponents[unit * width + i];
                    if e != 0.0 {
                        for (p, l) in power.iter_mut().zip(&data.logs[i]) {
                            *p += e * l;
                        }
                    }
                }
                for ((v, p), w) in column.iter_mut().zip(&power).zip(&data.weight) {
                    *v = p.clamp(-200.0, 200.0).exp() * w;
                }
                for i in 0..width {
                    if let (true, Some(signs)) = (self.odd[unit * width + i], &data.signs[i]) {
                        for (v, s) in column.iter_mut().zip(signs) {
                            *v *= s;
                        }
                    }
                }
            }
            *length = column.norm();
            if !(length.is_finite() && *length > 0.0) {
                return None;
            }
            column /= *length;
        }
        let qr = basis.clone().qr();
        let q = qr.q();
        let r = qr.r();
        if (0..count).any(|i| r[(i, i)].abs() < 1e-9) {
            return None;
        }
        let target = DVector::from_iterator(rows, data.target.iter().zip(&data.weight).map(|(z, w)| z * w));
        let projected = q.transpose() * &target;
        let residual = &target - &q * &projected;
        let coefficients = r.solve_upper_triangular(&projected)?;
        let mut jacobian = DMatrix::<f64>::zeros(rows, self.free.len());
        for (place, &parameter) in self.free.iter().enumerate() {
            let (unit, i) = (parameter / width, parameter % width);
            let c = coefficients[unit];
            let mut column = jacobian.column_mut(place);
            for ((j, b), l) in column
                .iter_mut()
                .zip(basis.column(unit).iter())
                .zip(&data.logs[i])
            {
                *j = -c * b * l;
            }
        }
        let inside = q.transpose() * &jacobian;
        jacobian -= &q * inside;
        let scale = 1.0 / data.total.sqrt();
        let state = State {
            residual: residual * scale,
            jacobian: jacobian * scale,
        };
        let finite = state
            .residual
            .iter()
            .chain(state.jacobian.iter())
            .all(|v| v.is_finite());
        finite.then_some(state)
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Projection<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, x: &DVector<f64>) {
        for (&parameter, value) in self.free.iter().zip(x.iter()) {
            self.exponents[parameter] = *value;
        }
        self.update();
    }

    fn params(&self) -> DVector<f64> {
        DVector::from_iterator(self.free.len(), self.free.iter().map(|&p| self.exponents[p]))
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        self.state.as_ref().map(|s| s.residual.clone())
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        self.state.as_ref().map(|s| s.jacobian.clone())
    }
}

fn fit(projection: Projection<'_>, patience: usize) -> (Vec<f64>, f64) {
    let mut projection = projection;
    projection.update();
    if projection.free.is_empty()
        || projection.state.is_none()
        || projection.free.len() >= projection.data.target.len()
    {
        let rss = projection
            .state
            .as_ref()
            .map_or(f64::INFINITY, |s| s.residual.norm_squared());
        return (projection.exponents, rss);
    }
    let (projection, report) = LevenbergMarquardt::new()
        .with_patience(patience)
        .with_ftol(1e-10)
        .with_xtol(1e-10)
        .minimize(projection);
    let rss = if report.objective_function.is_finite() {
        2.0 * report.objective_function
    } else {
        f64::INFINITY
    };
    (projection.exponents, rss)
}

/// A training that has begun.
struct Start {
    exponents: Vec<f64>,
    /// Whether a unit takes a feature's sign along.
    odd: Vec<bool>,
    rss: f64,
}

fn begin(data: &Data, units: usize, rng: &mut ChaCha8Rng, stop: &StopSignal) -> Option<Start> {
    if stop.should_stop() {
        return None;
    }
    let width = data.width();
    let count = units * width;
    let odd: Vec<bool> = (0..count)
        .map(|p| data.signs[p % width].is_some() && rng.gen_bool(0.5))
        .collect();
    let exponents: Vec<f64> = (0..count).map(|_| rng.gen_range(-1.5..1.5)).collect();
    let projection = Projection {
        data,
        units,
        exponents,
        free: (0..count).collect(),
        odd: &odd,
        state: None,
    };
    let (exponents, rss) = fit(projection, FIRST_PATIENCE);
    rss.is_finite().then_some(Start { exponents, odd, rss })
}

fn train(data: &Data, units: usize, start: Start, stop: &StopSignal) -> Option<Rounded> {
    if stop.should_stop() {
        return None;
    }
    let width = data.width();
    let count = units * width;
    let odd = start.odd;
    let projection = |exponents: Vec<f64>, free: Vec<usize>| Projection {
        data,
        units,
        exponents,
        free,
        odd: &odd,
        state: None,
    };
    let (exponents, rss) = fit(projection(start.exponents, (0..count).collect()), PATIENCE);
    if rss.is_nan() || rss > HOPELESS || exponents.iter().any(|e| e.abs() > 4.0 * LARGEST_EXPONENT) {
        return None;
    }
    // A sign that varies leaves only whole exponents of its own parity.
    let grid = |p: usize, e: f64| -> f64 {
        match (&data.signs[p % width], odd[p]) {
            (None, _) => (e * 2.0).round() / 2.0,
            (Some(_), true) => ((e - 1.0) / 2.0).round() * 2.0 + 1.0,
            (Some(_), false) => (e / 2.0).round() * 2.0,
        }
    };
    let mut current = exponents;
    let mut free: Vec<usize> = (0..count).collect();
    while !free.is_empty() {
        free.sort_by(|&a, &b| {
            let distance = |p: usize| (current[p] - grid(p, current[p])).abs();
            distance(a).total_cmp(&distance(b)).then(a.cmp(&b))
        });
        let near = free
            .iter()
            .take_while(|&&p| (current[p] - grid(p, current[p])).abs() < NEAR)
            .count();
        let fixing = near.max(free.len().div_ceil(4));
        for p in free.drain(..fixing) {
            current[p] = grid(p, current[p]);
        }
        let (next, rss) = fit(projection(current, free.clone()), 4);
        current = next;
        if rss.is_nan() || rss > HOPELESS {
            return None;
        }
    }
    if current.iter().any(|e| e.abs() > LARGEST_EXPONENT) {
        return None;
    }
    let (current, rss) = fit(projection(current, Vec::new()), 1);
    let mut exponents: Vec<Vec<i32>> = current
        .chunks(width)
        .map(|unit| unit.iter().map(|e| (e * 2.0).round() as i32).collect())
        .collect();
    exponents.sort();
    rss.is_finite().then_some(Rounded { exponents, rss })
}

/// The rounded units with their coefficients fitted on all rows; terms that
/// don't matter are dropped.
fn assemble(task: &Task, data: &Data, rounded: &Rounded) -> Option<Expr> {
    let rows = task.rows();
    let mut terms: Vec<(Expr, Vec<f64>)> = Vec::new();
    for unit in &rounded.exponents {
        let mut values = vec![1.0; rows];
        let mut factors = Vec::new();
        for (i, &halves) in unit.iter().enumerate().filter(|(_, e)| **e != 0) {
            let exponent = Exponent::new(halves, 2);
            crate::nalu::multiply_by_power(&mut values, &task.features[i].values, exponent);
            factors.push(Expr::power(task.features[i].expr.clone(), exponent));
        }
        if factors.is_empty() || values.iter().any(|v| !v.is_finite()) {
            continue;
        }
        terms.push((Expr::product(factors), values));
    }
    if data.constant {
        terms.push((Expr::Constant(1.0), vec![1.0; rows]));
    }
    terms.dedup_by(|a, b| a.0 == b.0);
    let mut best: Option<Expr> = None;
    while !terms.is_empty() {
        let views: Vec<&[f64]> = terms.iter().map(|(_, v)| v.as_slice()).collect();
        let fit = least_squares(&views, &task.target, &task.weight)?;
        let freedom = rows.saturating_sub(terms.len()).max(1) as f64;
        let variance = (fit.rss / freedom).max(task.total_square() * 1e-26);
        let strength = |k: usize| {
            fit.coefficients[k].powi(2) / (fit.unit_variances[k] * variance).max(f64::MIN_POSITIVE)
        };
        best = Some(Expr::sum(
            terms
                .iter()
                .zip(&fit.coefficients)
                .map(|((expr, _), &c)| Expr::product(vec![Expr::Constant(c), expr.clone()]))
                .collect(),
        ));
        let weakest = (0..terms.len()).min_by(|&a, &b| strength(a).total_cmp(&strength(b)))?;
        if strength(weakest) < 4.0 && terms.len() > 1 {
            terms.remove(weakest);
        } else {
            break;
        }
    }
    best.map(|g| task.wrapped(g))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn two_products_and_a_constant_are_found() {
        let shape = Shape {
            units: 2,
            constant: true,
            restarts: 12,
            most: 3,
        };
        let best = |task: &Task| {
            product_sum(task, shape, 1, &StopSignal::never())
                .into_iter()
                .next()
        };
        assert!(error_outside("3*a*b + 2/c + 5", 0.0, best).expect("a sum") < 1e-6);
    }
}
