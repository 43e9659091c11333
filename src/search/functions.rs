//! Steps that try functions.

use rayon::prelude::*;

use super::inner_scan::{inner_scan, Argument, Family};
use super::outer_map::OuterMap;
use super::product_cell::product_cell;
use super::rational::rational;
use super::searcher::Searcher;
use super::shape_cell::{shape_cell, Curve};
use super::shapes::raised;
use super::sum_cell::{sum_cell, Dictionary};
use super::task::{Feature, Task};
use crate::formula::{Exponent, Expr, Function};

const MOST_COLUMNS: usize = 300;

/// The task through each outer function.
fn mapped(task: &Task) -> Vec<Task> {
    OuterMap::possible(&task.target)
        .into_iter()
        .filter_map(|map| task.mapped(map))
        .collect()
}

/// The target through each outer function, by the cells for algebra.
pub(super) fn under_functions(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    let problem = &searcher.pool.problem;
    let logs: Vec<Feature> = plain
        .features
        .iter()
        .filter(|f| f.positive)
        .filter_map(|f| Feature::new(Function::Ln.of(f.expr.clone()), problem))
        .collect();
    let with_logs = |task: &Task| {
        let more = task.features.iter().chain(&logs).cloned().collect();
        task.against(more)
    };
    let found: Vec<Expr> = mapped(&plain)
        .par_iter()
        .flat_map_iter(|task| {
            let mut found = sum_cell(&with_logs(task), Dictionary::Linear, MOST_COLUMNS);
            found.extend(product_cell(task, false));
            found.extend(sum_cell(task, Dictionary::Degree(2), MOST_COLUMNS));
            found.extend(sum_cell(&with_logs(task), Dictionary::Ratios, MOST_COLUMNS));
            found.extend(sum_cell(task, Dictionary::Powers, MOST_COLUMNS));
            found.extend(rational(task, Dictionary::Linear));
            found
        })
        .collect();
    searcher.offer(found);
}

/// One inner constant, in a function of one input.
pub(super) fn inner_constants(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() > 6 {
        return;
    }
    let mut tasks = vec![plain.clone()];
    tasks.extend(mapped(&plain));
    tasks.extend(raised(&plain, false).into_iter().take(2));
    for families in [&Family::ALL[..4], &Family::ALL[4..8], &Family::ALL[8..]] {
        let work: Vec<(&Task, usize, Family)> = tasks
            .iter()
            .flat_map(|task| (0..task.features.len()).map(move |i| (task, i)))
            .flat_map(|(task, i)| families.iter().map(move |&family| (task, i, family)))
            .collect();
        let stop = searcher.stop;
        let found: Vec<Expr> = work
            .into_par_iter()
            .flat_map_iter(|(task, i, family)| {
                if stop.should_stop() {
                    return Vec::new();
                }
                let others = task.features.iter().enumerate().filter(|(j, _)| *j != i);
                let others: Vec<(Expr, &[f64])> = others
                    .map(|(_, f)| (f.expr.clone(), f.values.as_slice()))
                    .collect();
                let own = (task.features[i].expr.clone(), task.features[i].values.as_slice());
                let argument = |beside: Vec<(Expr, &'_ [f64])>, before| -> Vec<Expr> {
                    let argument = Argument {
                        expr: task.features[i].expr.clone(),
                        values: &task.features[i].values,
                        beside,
                        before,
                    };
                    inner_scan(task, &argument, family)
                };
                let mut found = argument(others.clone(), others.clone());
                let mut beside = others.clone();
                beside.push(own.clone());
                found.extend(argument(beside, Vec::new()));
                if others.is_empty() && family == Family::Rate {
                    found.extend(argument(Vec::new(), vec![own]));
                }
                found
            })
            .collect();
        searcher.offer(found);
        if searcher.done() {
            return;
        }
    }
}

/// A product of powers times a function of another.
pub(super) fn products_with_curves(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    for curve in Curve::ALL {
        let seed = searcher.next_seed();
        let found = shape_cell(&plain, curve, seed, searcher.stop);
        searcher.offer(found);
        if searcher.done() {
            return;
        }
    }
}

/// Functions of simple arguments as columns.
fn applied(task: &Task, searcher: &Searcher<'_>) -> Vec<Vec<Feature>> {
    let problem = &searcher.pool.problem;
    let count = task.features.len();
    let x = |i: usize| task.features[i].expr.clone();
    let mut arguments: Vec<Expr> = (0..count).map(x).collect();
    for i in 0..count {
        for j in i + 1..count {
            arguments.push(Expr::difference(x(i), x(j)));
            arguments.push(Expr::product(vec![x(i), x(j)]));
            arguments.push(Expr::quotient(x(i), x(j)));
            arguments.push(Expr::quotient(x(j), x(i)));
        }
    }
    for i in 0..count {
        arguments.push(Expr::product(vec![Expr::Constant(0.5), x(i)]));
        arguments.push(Expr::power(x(i), Exponent::integer(2)));
        arguments.push(Expr::sum(vec![x(i), Expr::Constant(1.0)]));
        arguments.push(Expr::product(vec![
            Expr::Constant(std::f64::consts::PI / 180.0),
            x(i),
        ]));
    }
    let mut sets = Vec::new();
    for argument in arguments {
        let column = |f: Function| Feature::new(f.of(argument.clone()), problem);
        let waves: Vec<Feature> = [Function::Sin, Function::Cos]
            .into_iter()
            .filter_map(column)
            .collect();
        sets.push(waves);
        sets.extend(column(Function::Ln).map(|f| vec![f]));
        sets.extend(column(Function::Exp).map(|f| vec![f]));
    }
    sets
}

/// Functions of simple arguments as columns of the cells for algebra.
pub(super) fn functions_as_columns(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() > 8 {
        return;
    }
    let sets = applied(&plain, searcher);
    let problem = &searcher.pool.problem;
    let differences: Vec<Feature> = (0..plain.features.len())
        .flat_map(|i| (i + 1..plain.features.len()).map(move |j| (i, j)))
        .filter_map(|(i, j)| {
            let (a, b) = (plain.features[i].expr.clone(), plain.features[j].expr.clone());
            Feature::new(Expr::difference(a, b), problem)
        })
        .collect();
    let mut tasks = vec![plain.clone()];
    tasks.extend(mapped(&plain));
    tasks.extend(raised(&plain, false));
    let cells: [fn(&Task, &[Feature]) -> Vec<Expr>; 3] = [
        |task, _| product_cell(task, false),
        |task, differences| {
            let mut found = Vec::new();
            for difference in differences {
                let features = task.features.iter().chain([difference]).cloned().collect();
                found.extend(product_cell(&task.against(features), false));
            }
            found.extend(sum_cell(task, Dictionary::Degree(2), MOST_COLUMNS));
            found.extend(rational(task, Dictionary::Linear));
            found
        },
        |task, _| {
            let mut found = sum_cell(task, Dictionary::Ratios, MOST_COLUMNS);
            found.extend(sum_cell(task, Dictionary::Degree(3), MOST_COLUMNS));
            found.extend(rational(task, Dictionary::Degree(2)));
            found
        },
    ];
    for cell in cells {
        for task in &tasks {
            let stop = searcher.stop;
            let found: Vec<Expr> = sets
                .par_iter()
                .flat_map_iter(|set| {
                    if stop.should_stop() {
                        return Vec::new();
                    }
                    let features = task.features.iter().chain(set).cloned().collect();
                    cell(&task.against(features), &differences)
                })
                .collect();
            searcher.offer(found);
            if searcher.done() {
                return;
            }
        }
    }
}
