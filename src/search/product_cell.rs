//! A single product cell in closed form: exponents by least squares on
//! logarithms, then rounded to the grid.
//!
//! `log|z| = c + Σ_i e_i log|x_i|`, each row weighted by |z| times the row's
//! own weight, since dz = z d(log z). Rounding goes exponent by exponent, the
//! best determined first, refitting the others each time and keeping a beam of
//! alternatives (Babai's nearest plane with a beam): with noise, exponents are
//! correlated and rounding each on its own goes wrong.

use rayon::prelude::*;

use crate::formula::{Exponent, Expr};
use crate::polish::{least_squares, Reduced};

use super::choose::COST_OF_A_SYMBOL;
use super::pool::cost_of_exponent;
use super::sum_cell::subsets_worth_trying;
use super::task::{Feature, Task};

/// Partial roundings kept.
const BEAM: usize = 12;

/// Products returned at most.
const MOST: usize = 6;

/// Largest exponent believed.
const LARGEST: f64 = 8.0;

/// Relative residuals below this are arithmetic.
const FLOOR: f64 = 1e-11;

/// A grid that is this many times worse in squared error than free exponents
/// (per exponent) is doubted, and decimals are offered too.
const DOUBT: f64 = 12.0;

/// Products of powers of features that fit the task's target.
pub(super) fn product_cell(task: &Task, strict: bool) -> Vec<Expr> {
    let usable: Vec<usize> = (0..task.features.len())
        .filter(|&i| task.features[i].values.iter().all(|&v| v != 0.0))
        .collect();
    if usable.is_empty() || task.rows() < 3 {
        return Vec::new();
    }
    let Logarithms { rows, target, weight } = Logarithms::of(task);
    if rows.len() * 2 < task.rows() {
        return Vec::new();
    }
    let logs: Vec<Vec<f64>> = usable
        .iter()
        .map(|&i| logarithms(&task.features[i], &rows))
        .collect();
    let one = vec![1.0; rows.len()];
    let columns: Vec<&[f64]> = logs.iter().map(Vec::as_slice).chain([one.as_slice()]).collect();
    let Some(reduced) = Reduced::new(&columns, &target, &weight) else {
        return Vec::new();
    };
    let intercept = logs.len();
    let all: Vec<usize> = (0..columns.len()).collect();
    let path = if reduced.rows() > columns.len() + 1 {
        reduced.eliminate(&all, &[intercept])
    } else {
        Vec::new()
    };
    let mut found: Vec<(f64, Expr)> = Vec::new();
    for subset in subsets_worth_trying(&path, &reduced, 3) {
        let kept: Vec<usize> = subset.into_iter().filter(|&k| k != intercept).collect();
        if kept.is_empty() {
            continue;
        }
        let cell = Cell {
            task,
            usable: &usable,
            logs: &logs,
            target: &target,
            weight: &weight,
            strict,
        };
        found.extend(cell.roundings(&kept));
    }
    found.into_iter().map(|(_, expr)| task.wrapped(expr)).collect()
}

/// log|z| and its weights |z w|, on the rows where there is a logarithm.
struct Logarithms {
    rows: Vec<usize>,
    target: Vec<f64>,
    weight: Vec<f64>,
}

impl Logarithms {
    fn of(task: &Task) -> Logarithms {
        let rows: Vec<usize> = (0..task.rows()).filter(|&r| task.target[r] != 0.0).collect();
        let weight = |&r: &usize| (task.target[r] * task.weight[r]).abs();
        Logarithms {
            target: rows.iter().map(|&r| task.target[r].abs().ln()).collect(),
            weight: rows.iter().map(weight).collect(),
            rows,
        }
    }
}

fn logarithms(feature: &Feature, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&r| feature.values[r].abs().ln()).collect()
}

/// The `most` of the columns that leave least of log|z| beside the logarithms of
/// the task's own columns, best first: those worth a product cell each.
pub(super) fn best_factors(task: &Task, columns: &[Feature], most: usize) -> Vec<Feature> {
    let Logarithms { rows, target, weight } = Logarithms::of(task);
    let logs = |feature: &Feature| -> Option<Vec<f64>> {
        let usable = feature.values.iter().all(|&v| v != 0.0);
        usable.then(|| logarithms(feature, &rows))
    };
    let own: Vec<Vec<f64>> = task.features.iter().filter_map(logs).collect();
    let one = vec![1.0; rows.len()];
    let mut ranked: Vec<(f64, usize)> = columns
        .par_iter()
        .enumerate()
        .filter_map(|(place, column)| {
            let column = logs(column)?;
            let all = own.iter().chain([&one, &column]);
            let all: Vec<&[f64]> = all.map(Vec::as_slice).collect();
            Some((least_squares(&all, &target, &weight)?.rss, place))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    ranked.truncate(most);
    ranked
        .into_iter()
        .map(|(_, place)| columns[place].clone())
        .collect()
}

struct Cell<'a> {
    task: &'a Task,
    usable: &'a [usize],
    logs: &'a [Vec<f64>],
    target: &'a [f64],
    weight: &'a [f64],
    strict: bool,
}

/// Exponents fixed so far, by place in `kept`, the squared error with the
/// others free, and the length of saying both.
struct Partial {
    fixed: Vec<Option<Exponent>>,
    rss: f64,
    length: f64,
}

impl Cell<'_> {
    /// Products over the logs in `kept`, with their squared error.
    fn roundings(&self, kept: &[usize]) -> Vec<(f64, Expr)> {
        let free_fit = self.free(kept, &vec![None; kept.len()]);
        let Some((free, deviations, free_rss)) = free_fit else {
            return Vec::new();
        };
        let mut beam = vec![Partial {
            fixed: vec![None; kept.len()],
            rss: free_rss,
            length: 0.0,
        }];
        let rows = self.target.len() as f64;
        let floor = self.weight.iter().map(|w| w * w).sum::<f64>() * FLOOR * FLOOR;
        let length = |fixed: &[Option<Exponent>], rss: f64| {
            let cost: f64 = fixed.iter().flatten().map(|&e| cost_of_exponent(e)).sum();
            rows * (rss + floor).ln() + COST_OF_A_SYMBOL * cost
        };
        for _ in 0..kept.len() {
            let mut next: Vec<Partial> = Vec::new();
            for partial in &beam {
                let Some((estimates, deviations, _)) = self.free(kept, &partial.fixed) else {
                    continue;
                };
                let best_known = (0..kept.len())
                    .filter(|&k| partial.fixed[k].is_none())
                    .min_by(|&i, &j| deviations[i].total_cmp(&deviations[j]));
                let Some(place) = best_known else { continue };
                for exponent in self.grid_near(estimates[place], deviations[place]) {
                    let mut fixed = partial.fixed.clone();
                    fixed[place] = Some(exponent);
                    if let Some((_, _, rss)) = self.free(kept, &fixed) {
                        let length = length(&fixed, rss);
                        next.push(Partial { fixed, rss, length });
                    }
                }
            }
            next.sort_by(|a, b| a.length.total_cmp(&b.length));
            next.dedup_by(|a, b| a.fixed == b.fixed);
            next.truncate(BEAM);
            beam = next;
        }
        let freedom = self.target.len().saturating_sub(kept.len() + 1).max(1) as f64;
        let grid_rss = beam.iter().map(|b| b.rss).fold(f64::INFINITY, f64::min);
        let mut found: Vec<(f64, Expr)> = beam
            .iter()
            .take(MOST)
            .filter_map(|partial| self.product(kept, &partial.fixed))
            .collect();
        let excess = (grid_rss - free_rss) / (free_rss / freedom).max(1e-22);
        if !self.strict && excess > DOUBT * kept.len() as f64 {
            for spare in [0.5, 0.05] {
                let decimals: Vec<Option<Exponent>> = free
                    .iter()
                    .zip(&deviations)
                    .map(|(&e, &d)| Some(decimal(e, d * spare)))
                    .collect();
                found.extend(self.product(kept, &decimals));
            }
        }
        found
    }

    /// Least squares over the exponents not fixed: estimates and standard
    /// deviations by place in `kept`, and the squared error.
    fn free(&self, kept: &[usize], fixed: &[Option<Exponent>]) -> Option<(Vec<f64>, Vec<f64>, f64)> {
        let one = vec![1.0; self.target.len()];
        let open: Vec<usize> = (0..kept.len()).filter(|&k| fixed[k].is_none()).collect();
        let columns: Vec<&[f64]> = open
            .iter()
            .map(|&k| self.logs[kept[k]].as_slice())
            .chain([one.as_slice()])
            .collect();
        let mut target = self.target.to_vec();
        for (k, exponent) in fixed.iter().enumerate() {
            if let Some(exponent) = exponent {
                for (t, l) in target.iter_mut().zip(&self.logs[kept[k]]) {
                    *t -= exponent.value() * l;
                }
            }
        }
        let fit = least_squares(&columns, &target, self.weight)?;
        let freedom = target.len().saturating_sub(columns.len()).max(1) as f64;
        let sigma = (fit.rss / freedom).sqrt();
        let mut estimates = vec![0.0; kept.len()];
        let mut deviations = vec![0.0; kept.len()];
        for (place, &k) in open.iter().enumerate() {
            estimates[k] = fit.coefficients[place];
            deviations[k] = sigma * fit.unit_variances[place].sqrt();
        }
        Some((estimates, deviations, fit.rss))
    }

    /// Grid points near the estimate: the whole numbers and halves on either
    /// side, and thirds and quarters where the estimate allows them; -1, 0, 1
    /// when strict.
    fn grid_near(&self, estimate: f64, deviation: f64) -> Vec<Exponent> {
        let (steps, bound): (&[i32], f64) = if self.strict {
            (&[1], 1.0)
        } else {
            (&[1, 2, 3, 4], LARGEST)
        };
        if estimate.is_nan() || estimate.abs() > bound + 1.0 {
            return Vec::new();
        }
        let reach = 4.0 * deviation + 0.02;
        let mut near: Vec<Exponent> = Vec::new();
        for &step in steps {
            let below = (estimate * f64::from(step)).floor() as i32;
            for numerator in [below, below + 1] {
                let exponent = Exponent::new(numerator, step);
                let allowed = step <= 2 || (exponent.value() - estimate).abs() <= reach;
                if exponent.value().abs() <= bound && allowed && !near.contains(&exponent) {
                    near.push(exponent);
                }
            }
        }
        near
    }

    /// The product with its scale fitted to the target itself (signs and all),
    /// and the weighted squared error.
    fn product(&self, kept: &[usize], exponents: &[Option<Exponent>]) -> Option<(f64, Expr)> {
        let factors: Vec<Expr> = kept
            .iter()
            .zip(exponents)
            .filter_map(|(&k, exponent)| Some((k, (*exponent)?)))
            .filter(|(_, exponent)| exponent.numerator() != 0)
            .map(|(k, exponent)| Expr::power(self.task.features[self.usable[k]].expr.clone(), exponent))
            .collect();
        let mut values = vec![1.0; self.task.rows()];
        for (&k, exponent) in kept.iter().zip(exponents) {
            crate::nalu::multiply_by_power(
                &mut values,
                &self.task.features[self.usable[k]].values,
                (*exponent)?,
            );
        }
        let fit = least_squares(&[&values], &self.task.target, &self.task.weight)?;
        let scale = fit.coefficients[0];
        let scale = if self.strict { scale.signum() } else { scale };
        let mut parts = vec![Expr::Constant(scale)];
        parts.extend(factors);
        Some((fit.rss, Expr::product(parts)))
    }
}

/// The decimal of fewest digits, up to three, within `tolerance`.
fn decimal(estimate: f64, tolerance: f64) -> Exponent {
    let (scale, _) = [1, 10, 100, 1000]
        .into_iter()
        .map(|scale| (scale, (estimate * f64::from(scale)).round() / f64::from(scale)))
        .find(|(_, rounded)| (rounded - estimate).abs() <= tolerance)
        .unwrap_or((1000, estimate));
    let bounded = estimate.clamp(-LARGEST, LARGEST);
    Exponent::new((bounded * f64::from(scale)).round() as i32, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;
    use crate::search::fixture::{drawn, error_outside};
    use crate::search::problem::Problem;

    #[test]
    fn a_product_is_found_with_its_exponents() {
        let first = |task: &Task| product_cell(task, false).into_iter().next();
        assert!(error_outside("7*a^2/sqrt(b)*c", 0.0, first).expect("a product") < 1e-9);
        assert!(error_outside("7*a^2/sqrt(b)*c", 0.05, first).expect("a product") < 0.08);
    }

    #[test]
    fn the_factor_that_is_missing_comes_first() {
        let (train, _) = drawn("3*a^2*sin(b/4)", 0.0);
        let problem = Problem::new(train.clone(), train, false);
        let task = Task::plain(&problem);
        let columns: Vec<Feature> = ["cos(b)", "exp(a/b)", "sin(b/4)", "ln(a + b)"]
            .iter()
            .filter_map(|text| {
                let names = ["a", "b"].map(String::from);
                Feature::new(parse(text, &names).expect(text), &problem)
            })
            .collect();
        let best = best_factors(&task, &columns, 2);
        assert_eq!(best.len(), 2);
        assert_eq!(best[0].expr, columns[2].expr);
    }

    #[test]
    fn an_exponent_beyond_the_grid_has_no_neighbours_on_it() {
        let (train, _) = drawn("a*b", 0.0);
        let task = Task::plain(&Problem::new(train.clone(), train, false));
        let cell = Cell {
            task: &task,
            usable: &[],
            logs: &[],
            target: &[],
            weight: &[],
            strict: false,
        };
        assert!(cell.grid_near(1e18, 1.0).is_empty() && cell.grid_near(f64::NAN, 1.0).is_empty());
        assert!(cell.grid_near(1.9, 0.1).contains(&Exponent::integer(2)));
    }
}
