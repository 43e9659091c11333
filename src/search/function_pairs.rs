//! Two or three functions of simple arguments, on tables of few inputs: all
//! pairs are tried.
//!
//! `z = c₀ + c₁ f`, `c₀ + c₁ f g`, `c₀ + c₁ f + c₂ g` and `c₀ + c₁ f g + c₂ h` for
//! all f, g, h of a list; the coefficients by normal equations on some of the
//! rows, the best of them by least squares on all.

use rayon::prelude::*;

use crate::formula::{Exponent, Expr, Function};
use crate::polish::least_squares;
use crate::statistics::spread_evenly;

use super::problem::Problem;
use super::task::{Feature, Task};

/// Inputs at most.
pub(super) const MOST_INPUTS: usize = 3;

/// Rows that are compared on.
const MOST_ROWS: usize = 64;

/// Formulas kept of each kind.
const MOST_KEPT: usize = 6;

/// A column of which less than this share is its own depends on the others.
const DEPENDENT: f64 = 1e-10;

/// Functions of simple arguments, and powers of the inputs.
pub(super) fn dictionary(task: &Task, allowed: &dyn Fn(Function) -> bool, problem: &Problem) -> Vec<Feature> {
    let count = task.features.len();
    let x = |i: usize| task.features[i].expr.clone();
    let power = |i: usize, p: i32, q: i32| Expr::power(x(i), Exponent::new(p, q));
    let plus = |a: Expr, b: Expr| Expr::sum(vec![a, b]);
    let one = || Expr::Constant(1.0);
    let mut found: Vec<Expr> = Vec::new();
    let mut offer = |function: Function, argument: Expr| {
        if allowed(function) {
            found.push(function.of(argument));
        }
    };
    for i in 0..count {
        let mut angles = vec![x(i), power(i, 2, 1), power(i, 3, 1), plus(x(i), power(i, 2, 1))];
        for j in i + 1..count {
            angles.push(Expr::difference(x(i), x(j)));
            angles.push(plus(x(i), x(j)));
            angles.push(Expr::product(vec![x(i), x(j)]));
            offer(Function::Ln, Expr::quotient(x(i), x(j)));
        }
        for angle in angles {
            offer(Function::Sin, angle.clone());
            offer(Function::Cos, angle);
        }
        for argument in [x(i), plus(x(i), one()), plus(power(i, 2, 1), one())] {
            offer(Function::Ln, argument);
        }
        for argument in [x(i), x(i).negated(), power(i, 2, 1).negated()] {
            offer(Function::Exp, argument);
        }
    }
    for i in 0..count {
        for function in [Function::Sin, Function::Cos] {
            if allowed(function) {
                found.push(Expr::power(function.of(x(i)), Exponent::integer(2)));
            }
        }
        found.extend([(1, 1), (2, 1), (3, 1), (4, 1), (-1, 1), (1, 2)].map(|(p, q)| power(i, p, q)));
    }
    found
        .into_iter()
        .filter_map(|expr| Feature::new(expr, problem))
        .collect()
}

/// The best sums and products of up to three of the columns.
pub(super) fn function_pairs(task: &Task, columns: &[Feature]) -> Vec<Expr> {
    let picked = spread_evenly(task.rows(), MOST_ROWS);
    let weighted =
        |values: &[f64]| -> Vec<f64> { picked.iter().map(|&r| values[r] * task.weight[r]).collect() };
    let plain = |values: &[f64]| -> Vec<f64> { picked.iter().map(|&r| values[r]).collect() };
    let rows = Rows {
        target: weighted(&task.target),
        one: picked.iter().map(|&r| task.weight[r]).collect(),
        columns: columns.iter().map(|f| weighted(&f.values)).collect(),
        factors: columns.iter().map(|f| plain(&f.values)).collect(),
    };
    if picked.len() < 6 {
        return Vec::new();
    }
    let count = columns.len();
    let shapes: Vec<(f64, Vec<Vec<usize>>)> = (0..count)
        .into_par_iter()
        .flat_map_iter(|i| rows.with_first(i))
        .collect();
    let mut kept: Vec<(f64, Vec<Vec<usize>>)> = Vec::new();
    // The best of each kind: longer ones always fit better.
    for terms in 1..=2 {
        for factors in 1..=2 {
            let is_kind =
                |shape: &&(f64, Vec<Vec<usize>>)| shape.1.len() == terms && shape.1[0].len() == factors;
            let mut kind: Vec<_> = shapes.iter().filter(is_kind).cloned().collect();
            kind.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
            kind.truncate(MOST_KEPT);
            kept.extend(kind);
        }
    }
    kept.iter()
        .filter_map(|(_, terms)| formula(task, columns, terms))
        .collect()
}

struct Rows {
    /// Weighted.
    target: Vec<f64>,
    one: Vec<f64>,
    columns: Vec<Vec<f64>>,
    /// Not weighted.
    factors: Vec<Vec<f64>>,
}

impl Rows {
    /// The best shapes of each kind whose first column is `i`.
    fn with_first(&self, i: usize) -> Vec<(f64, Vec<Vec<usize>>)> {
        let count = self.columns.len();
        let mut kinds: [Vec<(f64, Vec<Vec<usize>>)>; 4] = Default::default();
        let mut offer = |kind: usize, error: f64, shape: &dyn Fn() -> Vec<Vec<usize>>| {
            let kept = &mut kinds[kind];
            if !error.is_finite() || (kept.len() == MOST_KEPT && error >= kept[MOST_KEPT - 1].0) {
                return;
            }
            let place = kept.partition_point(|(known, _)| *known <= error);
            kept.insert(place, (error, shape()));
            kept.truncate(MOST_KEPT);
        };
        offer(0, self.error([&self.columns[i]]), &|| vec![vec![i]]);
        for j in i..count {
            let product: Vec<f64> = self.columns[i]
                .iter()
                .zip(&self.factors[j])
                .map(|(a, b)| a * b)
                .collect();
            offer(1, self.error([&product]), &|| vec![vec![i, j]]);
            if j > i {
                offer(2, self.error([&self.columns[i], &self.columns[j]]), &|| {
                    vec![vec![i], vec![j]]
                });
            }
            for k in 0..count {
                offer(3, self.error([&product, &self.columns[k]]), &|| {
                    vec![vec![i, j], vec![k]]
                });
            }
        }
        kinds.into_iter().flatten().collect()
    }

    /// Σ of squared residuals of the target on 1 and these columns.
    fn error<const N: usize>(&self, columns: [&Vec<f64>; N]) -> f64 {
        let mut orthogonal: [Vec<f64>; 3] = Default::default();
        let mut residual = self.target.clone();
        for (used, column) in std::iter::once(&self.one).chain(columns).enumerate() {
            let whole: f64 = column.iter().map(|v| v * v).sum();
            let mut own = column.clone();
            for direction in &orthogonal[..used] {
                subtract(&mut own, direction);
            }
            let left: f64 = own.iter().map(|v| v * v).sum();
            if left.is_nan() || left <= DEPENDENT * whole {
                return f64::INFINITY;
            }
            subtract(&mut residual, &own);
            orthogonal[used] = own;
        }
        residual.iter().map(|r| r * r).sum()
    }
}

/// Takes off what `values` has along `direction`.
fn subtract(values: &mut [f64], direction: &[f64]) {
    let along: f64 = values.iter().zip(direction).map(|(v, d)| v * d).sum();
    let square: f64 = direction.iter().map(|d| d * d).sum();
    let share = along / square;
    values
        .iter_mut()
        .zip(direction)
        .for_each(|(v, d)| *v -= share * d);
}

/// The sum with its coefficients fitted to all rows, with a constant only where
/// it matters.
fn formula(task: &Task, columns: &[Feature], terms: &[Vec<usize>]) -> Option<Expr> {
    let expr =
        |term: &Vec<usize>| Expr::product(term.iter().map(|&place| columns[place].expr.clone()).collect());
    let values = |term: &Vec<usize>| -> Vec<f64> {
        (0..task.rows())
            .map(|row| term.iter().map(|&place| columns[place].values[row]).product())
            .collect()
    };
    let mut all: Vec<(Expr, Vec<f64>)> = terms.iter().map(|term| (expr(term), values(term))).collect();
    all.push((Expr::Constant(1.0), vec![1.0; task.rows()]));
    let views: Vec<&[f64]> = all.iter().map(|(_, values)| values.as_slice()).collect();
    let mut fit = least_squares(&views, &task.target, &task.weight)?;
    let without = least_squares(&views[..terms.len()], &task.target, &task.weight);
    if let Some(without) = without.filter(|other| other.rss <= 1.05 * fit.rss + 1e-24 * task.total_square()) {
        fit = without;
    }
    let sum = all.iter().zip(&fit.coefficients);
    let sum = sum.map(|((expr, _), &c)| Expr::product(vec![Expr::Constant(c), expr.clone()]));
    Some(task.wrapped(Expr::sum(sum.collect())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::parse;

    #[test]
    fn pairs_of_functions_are_found() {
        let names = vec!["x".to_string(), "y".to_string()];
        let x: Vec<f64> = (0..40).map(|i| 0.1 + f64::from(i * 17 % 40) / 21.0).collect();
        let y: Vec<f64> = (0..40).map(|i| 0.2 + f64::from(i * 7 % 40) / 25.0).collect();
        for (text, found) in [
            ("sin(x) + sin(y^2)", true),
            ("2*sin(x)*cos(y)", true),
            ("0.5*sin(x - y) - sin(x)", true),
            ("sin(x^2)*cos(x) - 1", true),
            ("ln(x + 1) + ln(x^2 + 1)", true),
            ("tanh(x*y^2) + exp(x*y)", false),
        ] {
            let law = parse(text, &names).expect(text);
            let sample = Sample {
                target: law.evaluate(&[x.clone(), y.clone()]),
                inputs: vec![x.clone(), y.clone()],
            };
            let problem = Problem::new(sample.clone(), sample.clone(), false);
            let task = Task::plain(&problem);
            let columns = dictionary(&task, &|_| true, &problem);
            let exact = function_pairs(&task, &columns).into_iter().any(|expr| {
                let values = expr.evaluate(&sample.inputs);
                values
                    .iter()
                    .zip(&sample.target)
                    .all(|(f, y)| (f - y).abs() < 1e-9)
            });
            assert_eq!(exact, found, "{text}");
        }
    }
}
