//! Functions of simple arguments as columns of their own, and which of them a
//! target leans on.

use rayon::prelude::*;

use crate::formula::{Exponent, Expr, Function};
use crate::polish::Reduced;
use crate::statistics::spread_evenly;

use super::problem::Problem;
use super::task::{Feature, Task};

/// Rows on which function columns are compared.
const MOST_COMPARED_ROWS: usize = 120;

/// A column that leaves less than this share of what most leave stands out.
const STANDS_OUT: f64 = 0.1;

/// With more inputs, functions of pairs of them are not tried.
pub(super) const MOST_PAIRED: usize = 7;

/// The task with the logarithms of its positive columns as further columns.
pub(super) fn with_logarithms(task: &Task, problem: &Problem) -> Task {
    let positive = task.features.iter().filter(|f| f.positive);
    let logarithms = positive.filter_map(|f| Feature::new(Function::Ln.of(f.expr.clone()), problem));
    task.against(task.features.iter().cloned().chain(logarithms).collect())
}

/// The differences of any two columns.
pub(super) fn differences(task: &Task, problem: &Problem) -> Vec<Feature> {
    let count = task.features.len();
    let pairs = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
    pairs
        .filter_map(|(i, j)| {
            let (a, b) = (task.features[i].expr.clone(), task.features[j].expr.clone());
            Feature::new(Expr::difference(a, b), problem)
        })
        .collect()
}

/// Products and ratios of all columns, where these are two or three.
pub(super) fn products_of_all(task: &Task, problem: &Problem) -> Vec<Feature> {
    let count = task.features.len();
    if !(2..=3).contains(&count) {
        return Vec::new();
    }
    (0..1_usize << count)
        .map(|bits| {
            let exponent = |i: usize| if bits >> i & 1 == 1 { -1 } else { 1 };
            let power = |i: usize| Expr::power(task.features[i].expr.clone(), Exponent::integer(exponent(i)));
            Expr::product((0..count).map(power).collect())
        })
        .filter_map(|product| Feature::new(product, problem))
        .collect()
}

/// Sine, cosine, logarithm and exponential of inputs, of their halves, squares,
/// differences, products and ratios; of angles in degrees.
pub(super) fn applied(task: &Task, allowed: &dyn Fn(Function) -> bool, problem: &Problem) -> Vec<Feature> {
    let count = task.features.len();
    let x = |i: usize| task.features[i].expr.clone();
    let scaled = |c: f64, u: Expr| Expr::product(vec![Expr::Constant(c), u]);
    let mut waves: Vec<Expr> = (0..count).map(x).collect();
    let mut others: Vec<Expr> = (0..count).map(x).collect();
    if count <= MOST_PAIRED {
        for i in 0..count {
            for j in i + 1..count {
                let product = Expr::product(vec![x(i), x(j)]);
                waves.extend([Expr::difference(x(i), x(j)), product, Expr::quotient(x(i), x(j))]);
                others.extend([Expr::quotient(x(i), x(j)), Expr::quotient(x(j), x(i))]);
                others.push(Expr::difference(x(i), x(j)));
            }
        }
    }
    for i in 0..count {
        waves.push(scaled(0.5, x(i)));
        waves.push(scaled(std::f64::consts::PI / 180.0, x(i)));
        waves.push(Expr::power(x(i), Exponent::integer(2)));
        others.push(Expr::sum(vec![x(i), Expr::Constant(1.0)]));
    }
    let of = |arguments: Vec<Expr>, functions: [Function; 2]| -> Vec<Expr> {
        let functions: Vec<Function> = functions.into_iter().filter(|f| allowed(*f)).collect();
        let of_one =
            |argument: &Expr| -> Vec<Expr> { functions.iter().map(|f| f.of(argument.clone())).collect() };
        arguments.iter().flat_map(of_one).collect()
    };
    let mut all = of(waves, [Function::Sin, Function::Cos]);
    all.extend(of(others, [Function::Ln, Function::Exp]));
    all.into_par_iter()
        .filter_map(|expr| Feature::new(expr, problem))
        .collect()
}

/// Columns that a target leans on.
pub(super) struct Best {
    /// Best first.
    pub(super) columns: Vec<Feature>,
    /// Whether the best explains far more than most others.
    pub(super) stands_out: bool,
}

/// The `most` columns that explain most of the task's target beside the inputs
/// and their squares, each also multiplied by the inputs.
pub(super) fn best_of(task: &Task, columns: &[Feature], most: usize) -> Best {
    let picked = spread_evenly(task.rows(), MOST_COMPARED_ROWS);
    let thin = |values: &[f64]| -> Vec<f64> { picked.iter().map(|&row| values[row]).collect() };
    let (target, weight) = (thin(&task.target), thin(&task.weight));
    let inputs: Vec<Vec<f64>> = task.features.iter().map(|f| thin(&f.values)).collect();
    let product = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a * b).collect() };
    let mut fixed: Vec<Vec<f64>> = vec![vec![1.0; target.len()]];
    fixed.extend(inputs.iter().cloned());
    if 6 * inputs.len() + 8 < target.len() {
        fixed.extend(inputs.iter().map(|x| product(x, x)));
    }
    let mut ranked: Vec<(f64, usize)> = (0..columns.len())
        .into_par_iter()
        .filter_map(|place| {
            let own = thin(&columns[place].values);
            let mut all = fixed.clone();
            all.push(product(&own, &own));
            all.extend(inputs.iter().map(|x| product(x, &own)));
            all.push(own);
            let views: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
            let every: Vec<usize> = (0..views.len()).collect();
            let reduced = Reduced::new(&views, &target, &weight)?;
            let error = match reduced.fit(&every) {
                Some(fit) => fit.rss,
                None => reduced.eliminate(&every, &[]).first()?.1.rss,
            };
            Some((error, place))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let error = |place: usize| ranked.get(place).map_or(0.0, |(error, _)| *error);
    let stands_out = error(0) < STANDS_OUT * error(ranked.len() / 2);
    ranked.truncate(most);
    Best {
        columns: ranked.iter().map(|&(_, place)| columns[place].clone()).collect(),
        stands_out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;

    #[test]
    fn the_function_that_the_target_leans_on_comes_first() {
        let a: Vec<f64> = (0..120).map(|i| 1.0 + f64::from(i * 37 % 101) / 25.0).collect();
        let b: Vec<f64> = (0..120).map(|i| 1.0 + f64::from(i * 53 % 97) / 25.0).collect();
        for (target, expected) in [
            (
                Box::new(|a: f64, b: f64| a + b * a.sin()) as Box<dyn Fn(f64, f64) -> f64>,
                Function::Sin.of(Expr::Variable(0)),
            ),
            (
                Box::new(|a: f64, b: f64| a * (a - b).cos()),
                Function::Cos.of(Expr::difference(Expr::Variable(0), Expr::Variable(1))),
            ),
        ] {
            let sample = Sample {
                target: a.iter().zip(&b).map(|(a, b)| target(*a, *b)).collect(),
                inputs: vec![a.clone(), b.clone()],
            };
            let problem = Problem::new(sample.clone(), sample, false);
            let task = Task::plain(&problem);
            let columns = applied(&task, &|_| true, &problem);
            let best = best_of(&task, &columns, 2);
            assert!(
                best.columns.iter().any(|column| column.expr == expected),
                "{expected:?}"
            );
            assert!(applied(&task, &|f| f == Function::Ln, &problem)
                .iter()
                .all(|column| matches!(column.expr, Expr::Apply(Function::Ln, _))));
        }
    }
}
