//! Sums of two and three decays, peaks or waves of one input.
//!
//! Decays are alike, so that one after another finds none of them: all pairs and
//! triples of a grid of rates are compared. Peaks and waves come one by one,
//! each where it explains most of what is left (matching pursuit, Mallat &
//! Zhang 1993), everything fitted anew after each.

use rayon::prelude::*;

use crate::formula::{Expr, Function};
use crate::statistics::{dot, of_length_one, spread_evenly, take_off};

use super::component::{columns, fit, Component, Fitted, Rows};
use super::family::{frequencies, range, MOST_FREQUENCIES};
use super::task::Task;

/// Rows fitted to at most.
const MOST_ROWS: usize = 400;

/// Components at most.
const MOST_COMPONENTS: usize = 3;

/// Sums of decays that are fitted, of each number of them.
const MOST_FITTED: usize = 3;

/// Rates of each sign, from this to that many over the range.
const RATES: usize = 26;
const SLOWEST: f64 = 0.3;
const FASTEST: f64 = 90.0;

/// Centres over the range, and widths from this to that share of it.
const CENTRES: usize = 40;
const WIDTHS: usize = 9;
const NARROWEST: f64 = 0.02;
const WIDEST: f64 = 0.6;

/// A column of which less than this share is its own depends on the others.
const DEPENDENT: f64 = 1e-12;

/// Two peaks that have less of their own are one, or a large difference of two.
const APART: f64 = 0.05;

/// Parts that are this many times as large as the target cancel each other: they
/// stand for a slope between two curves.
const CANCELLING: f64 = 8.0;

/// One rate of so many is tried below peaks.
const BACKGROUNDS: usize = 5;

/// Constants of a sum, and rows for each, that it may have.
const ROWS_A_CONSTANT: usize = 2;

/// Sums that fit the task's target, which has one feature.
pub(super) fn curve_sums(task: &Task, allowed: &dyn Fn(Function) -> bool) -> Vec<Expr> {
    let [feature] = task.features.as_slice() else {
        return Vec::new();
    };
    let picked = spread_evenly(task.rows(), MOST_ROWS);
    let pick = |values: &[f64]| -> Vec<f64> { picked.iter().map(|&r| values[r]).collect() };
    let rows = Rows {
        u: pick(&feature.values),
        target: pick(&task.target),
        weight: pick(&task.weight),
    };
    let (low, high) = range(&rows.u);
    let span = high - low;
    if !(span > 0.0 && span.is_normal()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut starts = vec![Vec::new()];
    let mut lists: Vec<Vec<Component>> = Vec::new();
    if allowed(Function::Exp) {
        let (decays, peaks) = (decays(span), peaks(low, span));
        found.extend(sums_of_decays(&rows, &decays));
        found.extend(pairs_of_peaks(&rows, &peaks, &decays));
        // A background that falls off, below peaks and waves.
        starts.extend(best_of(&rows, &decays, &[], true).map(|decay| vec![decay]));
        lists.push(peaks);
    }
    if allowed(Function::Sin) {
        lists.push(waves(&rows.u, span));
    }
    for list in &lists {
        let of_start = starts
            .par_iter()
            .flat_map_iter(|start| pursue(&rows, list, start));
        found.extend(of_start.collect::<Vec<_>>());
    }
    // Of each structure the best: the pool takes the first that it meets.
    found.sort_by(|a, b| a.rss.total_cmp(&b.rss));
    let enough = |sum: &Fitted| ROWS_A_CONSTANT * sum.constants() <= task.rows();
    // A single decay or wave is found elsewhere.
    let new = |sum: &Fitted| {
        !matches!(
            sum.components.as_slice(),
            [Component::Decay { .. } | Component::Wave { .. }]
        )
    };
    let largest = rows
        .target
        .iter()
        .fold(0.0_f64, |largest, z| largest.max(z.abs()));
    let sums = found
        .iter()
        .filter(|sum| new(sum) && enough(sum) && sum.components.iter().all(|c| c.shows(low, high)))
        .filter(|sum| sum.largest_part(&rows.u) <= CANCELLING * largest);
    sums.map(|sum| task.wrapped(sum.expr(&feature.expr))).collect()
}

fn steps(from: f64, to: f64, count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(move |i| from * (to / from).powf(i as f64 / (count - 1) as f64))
}

fn decays(span: f64) -> Vec<Component> {
    let rates = steps(SLOWEST / span, FASTEST / span, RATES);
    rates
        .flat_map(|rate| [-rate, rate])
        .map(|rate| Component::Decay { rate })
        .collect()
}

fn peaks(low: f64, span: f64) -> Vec<Component> {
    let centres = (0..CENTRES).map(|i| low + span * (i as f64 + 0.5) / CENTRES as f64);
    centres
        .flat_map(|centre| {
            steps(NARROWEST * span, WIDEST * span, WIDTHS).map(move |width| Component::Peak { centre, width })
        })
        .collect()
}

fn waves(u: &[f64], span: f64) -> Vec<Component> {
    let found = frequencies(u, span, MOST_FREQUENCIES).into_iter();
    found.map(|frequency| Component::Wave { frequency }).collect()
}

/// All pairs and triples of rates, with and without a constant; the best fitted.
fn sums_of_decays(rows: &Rows, list: &[Component]) -> Vec<Fitted> {
    let (pairs, triples) = (pairs(list.len()), triples(list.len()));
    [true, false]
        .into_iter()
        .flat_map(|constant| {
            let gram = Gram::of(rows, &[], constant, list, DEPENDENT);
            let mut found = best_fitted(rows, &gram, &pairs, &[], constant, list);
            found.extend(best_fitted(rows, &gram, &triples, &[], constant, list));
            found
        })
        .collect()
}

/// All pairs of peaks, alone and on a decay: two that overlap look like one
/// between them.
fn pairs_of_peaks(rows: &Rows, list: &[Component], decays: &[Component]) -> Vec<Fitted> {
    let few: Vec<Component> = list.iter().step_by(2).copied().collect();
    let pairs = pairs(few.len());
    let on = |background: &[Component]| {
        let gram = Gram::of(rows, background, true, &few, APART);
        best_fitted(rows, &gram, &pairs, background, true, &few)
    };
    let mut found = on(&[]);
    let backgrounds: Vec<Component> = decays.iter().step_by(BACKGROUNDS).copied().collect();
    let on_decays = backgrounds.par_iter().flat_map_iter(|decay| on(&[*decay]));
    found.extend(on_decays.collect::<Vec<_>>());
    found
}

fn pairs(count: usize) -> Vec<Vec<usize>> {
    (0..count)
        .flat_map(|i| (i + 1..count).map(move |j| vec![i, j]))
        .collect()
}

fn triples(count: usize) -> Vec<Vec<usize>> {
    (0..count)
        .flat_map(|i| (i + 1..count).flat_map(move |j| (j + 1..count).map(move |k| vec![i, j, k])))
        .collect()
}

/// The best few of these subsets of the list, on top of the start, fitted.
fn best_fitted(
    rows: &Rows,
    gram: &Gram,
    subsets: &[Vec<usize>],
    start: &[Component],
    constant: bool,
    list: &[Component],
) -> Vec<Fitted> {
    let mut ranked: Vec<(f64, &Vec<usize>)> = subsets
        .par_iter()
        .map(|subset| (gram.left(subset), subset))
        .filter(|(left, _)| left.is_finite())
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    ranked.truncate(MOST_FITTED);
    let fitted = ranked.into_par_iter().filter_map(|(_, subset)| {
        let components = subset.iter().map(|&k| list[k]);
        let components: Vec<Component> = start.iter().copied().chain(components).collect();
        fit(rows, &components, constant)
    });
    let fitted: Vec<Fitted> = fitted.collect();
    let without = fitted
        .par_iter()
        .filter(|_| constant)
        .filter_map(|sum| fit(rows, &sum.components, false));
    let without: Vec<Fitted> = without.collect();
    fitted.into_iter().chain(without).collect()
}

/// One after another of the list on top of the start.
fn pursue(rows: &Rows, list: &[Component], start: &[Component]) -> Vec<Fitted> {
    let mut found: Vec<Fitted> = Vec::new();
    let mut components = start.to_vec();
    for _ in 0..MOST_COMPONENTS {
        let Some(next) = best_of(rows, list, &components, true) else {
            break;
        };
        components.push(next);
        let Some(fitted) = fit(rows, &components, true) else {
            break;
        };
        components.clone_from(&fitted.components);
        found.extend(fit(rows, &components, false));
        found.push(fitted);
    }
    found
}

/// The component that explains most of what those already there leave.
fn best_of(rows: &Rows, list: &[Component], before: &[Component], constant: bool) -> Option<Component> {
    let basis = basis(rows, before, constant);
    let mut left = weighted(rows, &rows.target);
    basis.iter().for_each(|known| take_off(&mut left, known));
    let gain = |component: &Component| -> f64 {
        let mut own: Vec<Vec<f64>> = Vec::new();
        for column in columns(&[*component], false, &rows.u) {
            let Some(mut column) = orthogonal(weighted(rows, &column), &basis) else {
                continue;
            };
            own.iter().for_each(|known| take_off(&mut column, known));
            own.extend(of_length_one(column));
        }
        own.iter().map(|column| dot(column, &left).powi(2)).sum()
    };
    let gains: Vec<f64> = list.par_iter().map(gain).collect();
    let best = (0..list.len()).max_by(|&i, &j| gains[i].total_cmp(&gains[j]).then(j.cmp(&i)))?;
    (gains[best] > 0.0).then_some(list[best])
}

fn weighted(rows: &Rows, values: &[f64]) -> Vec<f64> {
    values.iter().zip(&rows.weight).map(|(v, w)| v * w).collect()
}

/// Orthogonal columns of length 1 that span the sum's.
fn basis(rows: &Rows, components: &[Component], constant: bool) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for column in columns(components, constant, &rows.u) {
        basis.extend(orthogonal(weighted(rows, &column), &basis));
    }
    basis
}

/// What the column has of its own, of length 1; `None` where that is nothing.
fn orthogonal(mut column: Vec<f64>, basis: &[Vec<f64>]) -> Option<Vec<f64>> {
    let whole = dot(&column, &column);
    basis.iter().for_each(|known| take_off(&mut column, known));
    let own = dot(&column, &column);
    (own > DEPENDENT * whole && own.is_finite()).then(|| of_length_one(column))?
}

/// Inner products of a list's columns and the target, without what the
/// background holds of them.
struct Gram {
    /// The last row and column are of the target.
    products: Vec<Vec<f64>>,
    /// The share that each of a subset's columns has of its own at least.
    apart: f64,
}

impl Gram {
    fn of(rows: &Rows, background: &[Component], constant: bool, list: &[Component], apart: f64) -> Gram {
        let basis = basis(rows, background, constant);
        let own = |column: Vec<f64>| {
            let zero = vec![0.0; column.len()];
            orthogonal(weighted(rows, &column), &basis).unwrap_or(zero)
        };
        let mut all: Vec<Vec<f64>> = columns(list, false, &rows.u).into_iter().map(own).collect();
        all.push(own(rows.target.clone()));
        let products = all
            .par_iter()
            .map(|a| all.iter().map(|b| dot(a, b)).collect())
            .collect();
        Gram { products, apart }
    }

    /// The share of the target's square that these columns leave (Cholesky).
    fn left(&self, subset: &[usize]) -> f64 {
        let target = self.products.len() - 1;
        let place = |i: usize| subset.get(i).copied().unwrap_or(target);
        let count = subset.len();
        let mut factor = [[0.0; MOST_COMPONENTS + 1]; MOST_COMPONENTS + 1];
        for i in 0..=count {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest = self.products[place(i)][place(j)] - known;
                if i < count && i == j && rest <= self.apart * self.products[place(i)][place(i)] {
                    return f64::INFINITY;
                }
                factor[i][j] = if i == j {
                    rest.max(0.0).sqrt()
                } else {
                    rest / factor[j][j]
                };
            }
        }
        factor[count][count].powi(2)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::search::fixture::error_inside;

    #[test]
    fn only_functions_that_are_allowed_take_part() {
        let only = |function: Function, law: &str| {
            let others = Cell::new(0);
            let error = error_inside(law, |task| {
                let found = curve_sums(task, &|f| f == function);
                let is_other = |node: &Expr| matches!(node, Expr::Apply(f, _) if *f != function);
                let has_other = |expr: &&Expr| {
                    expr.fold(&mut |node, below: Vec<bool>| is_other(node) || below.contains(&true))
                };
                others.set(found.iter().filter(has_other).count());
                found
            });
            (others.get(), error < 1e-6)
        };
        assert_eq!(only(Function::Sin, "2*sin(3*a) + sin(7.1*a + 1) + 5"), (0, true));
        assert_eq!(only(Function::Exp, "3*exp(-0.9*a) + 2*exp(-2.5*a)"), (0, true));
        assert_eq!(only(Function::Ln, "3*exp(-0.9*a) + 2*exp(-2.5*a)"), (0, false));
    }

    #[test]
    fn sums_of_curves_come_back() {
        for (law, most) in [
            ("3*exp(-0.9*a) + 2*exp(-2.5*a) + 1", 1e-6),
            ("3*exp(-0.9*a) + 2*exp(-2.5*a)", 1e-6),
            ("5*exp(-((a - 2)/0.4)^2) + 3*exp(-((a - 3.6)/0.3)^2) + 1", 1e-6),
            (
                "5*exp(-((a - 2)/0.4)^2) + 3*exp(-((a - 3.6)/0.3)^2) + 4*exp(-0.5*a)",
                1e-6,
            ),
            ("5*exp(-((a - 2)/0.4)^2) + 1", 1e-6),
            ("2*sin(3*a) + cos(7.1*a + 1) + 5", 1e-6),
        ] {
            let error = error_inside(law, |task| curve_sums(task, &|_| true));
            assert!(error < most, "{law}: {error:.1e}");
        }
    }
}
