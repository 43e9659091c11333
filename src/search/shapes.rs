//! The shapes that are tried, each by the engine for it.

use super::addend::addends;
use super::factor::factors;
use super::inner_sum::{inner_sums, InnerSums};
use super::neighbour::neighbours;
use super::pair::{pairs, triples};
use super::problem::Problem;
use super::product_cell::product_cell;
use super::product_sum::{product_sum, Shape};
use super::rational::rational;
use super::searcher::Searcher;
use super::sum_cell::{sum_cell, Dictionary};
use super::sum_product::sum_product;
use super::task::{Feature, Task};
use crate::formula::{Exponent, Expr, Structure};
use rayon::prelude::*;

/// Formulas whose neighbours are tried, and how often.
const BEST: usize = 6;
const STEPS: usize = 4;

/// Powers of the target that are fitted besides the target itself: undone,
/// they give an outer reciprocal, root or square.
const POWERS: [(i32, i32); 5] = [(-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2)];

/// Exponents above which fewer trainings are run.
const WIDE: usize = 24;

/// With at most so many rows and inputs all pairs of products are tried.
const FEW_ROWS: usize = 40;
const FEW_INPUTS: usize = 6;

/// Columns of a dictionary at most.
const MOST_COLUMNS: usize = 800;

pub(super) fn one_product(searcher: &mut Searcher<'_>) {
    let task = Task::plain(&searcher.pool.problem);
    let strict = searcher.options.strict;
    searcher.offer(product_cell(&task, strict));
    if !strict {
        let shape = Shape {
            units: 1,
            constant: true,
            restarts: 6,
            most: 3,
        };
        let seed = searcher.next_seed();
        let found = product_sum(&task, shape, seed, searcher.stop);
        searcher.offer(found);
    }
}

pub(super) fn one_sum(searcher: &mut Searcher<'_>) {
    let task = Task::plain(&searcher.pool.problem);
    searcher.offer(sum_cell(&task, Dictionary::Linear, MOST_COLUMNS));
}

/// Where rows are few: all pairs of simple products, under each outer power,
/// of the inputs and then of their differences too.
pub(super) fn pairs_of_products(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.rows() > FEW_ROWS || plain.features.len() > FEW_INPUTS {
        return;
    }
    let sums = inner_sums(InnerSums::Plain, &searcher.pool.problem);
    let more: Vec<Feature> = plain.features.iter().cloned().chain(sums).collect();
    for task in raised(&plain, true) {
        searcher.offer(pairs(&task));
        if searcher.done() {
            return;
        }
    }
    for task in raised(&plain, true) {
        searcher.offer(triples(&task));
        if searcher.done() {
            return;
        }
    }
    for task in raised(&plain.against(more), true) {
        searcher.offer(pairs(&task));
        if searcher.done() {
            return;
        }
    }
}

pub(super) fn polynomials(searcher: &mut Searcher<'_>) {
    let task = searcher.plain();
    let degrees: &[usize] = match task.features.len() {
        1 => &[2, 3, 4, 5, 6],
        2 => &[2, 3, 4, 5],
        3 | 4 => &[2, 3, 4],
        _ => &[2, 3],
    };
    for &degree in degrees {
        searcher.offer(sum_cell(&task, Dictionary::Degree(degree), MOST_COLUMNS));
        if searcher.done() {
            return;
        }
    }
}

pub(super) fn ratios_and_powers(searcher: &mut Searcher<'_>) {
    let task = searcher.plain();
    for dictionary in [Dictionary::Ratios, Dictionary::Powers] {
        searcher.offer(sum_cell(&task, dictionary, MOST_COLUMNS));
    }
}

pub(super) fn outer_powers(searcher: &mut Searcher<'_>) {
    let tasks = raised(&searcher.plain(), false);
    searcher.offer(in_closed_form(&tasks));
    let found = sums_of_squares(&searcher.plain(), &searcher.pool.problem);
    searcher.offer(found);
}

/// Sums of squares of inputs and of their differences, under each outer power.
/// Under noise the same sum multiplied out may come out negative somewhere, and
/// then has no root.
fn sums_of_squares(task: &Task, problem: &Problem) -> Vec<Expr> {
    let inputs: Vec<&Expr> = task.features.iter().map(|feature| &feature.expr).collect();
    // Squares of sums would make the columns dependent.
    let differences = inputs.iter().enumerate().flat_map(|(place, &a)| {
        let others = inputs[place + 1..].iter();
        others.map(move |&b| Expr::difference(a.clone(), b.clone()))
    });
    let bases = differences.chain(inputs.iter().map(|&input| input.clone()));
    let squares: Vec<Feature> = bases
        .filter_map(|base| Feature::new(Expr::power(base, Exponent::integer(2)), problem))
        .collect();
    if squares.len() * 2 > task.rows() {
        return Vec::new();
    }
    let tasks = raised(&task.against(squares), true);
    let found = tasks.par_iter();
    found
        .flat_map_iter(|task| sum_cell(task, Dictionary::Linear, MOST_COLUMNS))
        .collect()
}

fn in_closed_form(tasks: &[Task]) -> Vec<Expr> {
    tasks
        .par_iter()
        .flat_map_iter(|task| {
            let mut found = sum_cell(task, Dictionary::Linear, MOST_COLUMNS);
            found.extend(sum_cell(task, Dictionary::Degree(2), MOST_COLUMNS));
            if task.features.len() <= 4 {
                found.extend(sum_cell(task, Dictionary::Degree(3), MOST_COLUMNS));
            }
            found.extend(sum_cell(task, Dictionary::Ratios, MOST_COLUMNS));
            found.extend(sum_cell(task, Dictionary::Powers, MOST_COLUMNS));
            found
        })
        .collect()
}

/// The task under each outer power that it has, and as it is if asked for.
pub(super) fn raised(task: &Task, plain: bool) -> Vec<Task> {
    let powers = POWERS.iter().map(|&(p, q)| Exponent::new(p, q));
    std::iter::once(Exponent::ONE)
        .filter(|_| plain)
        .chain(powers)
        .filter_map(|power| task.raised(power))
        .collect()
}

pub(super) fn two_products(searcher: &mut Searcher<'_>) {
    let tasks = raised(&searcher.plain(), true);
    let shape = Shape {
        units: 2,
        constant: false,
        restarts: 24,
        most: 3,
    };
    trained_sums(searcher, &tasks[..1], shape);
    if !searcher.done() {
        let shape = Shape {
            restarts: 12,
            ..shape
        };
        trained_sums(searcher, &tasks[1..], shape);
    }
    if !searcher.done() {
        trained_sums(
            searcher,
            &tasks,
            Shape {
                units: 1,
                constant: true,
                restarts: 6,
                most: 2,
            },
        );
    }
    if !searcher.done() {
        trained_sums(
            searcher,
            &tasks,
            Shape {
                units: 2,
                constant: true,
                restarts: 10,
                most: 2,
            },
        );
    }
}

fn trained_sums(searcher: &mut Searcher<'_>, tasks: &[Task], shape: Shape) {
    for task in tasks {
        if searcher.done() {
            return;
        }
        // Many exponents make each training dear, and fewer of them worth it.
        let wide = shape.units * task.features.len() > WIDE;
        let shape = Shape {
            restarts: (shape.restarts << searcher.round) / if wide { 4 } else { 1 },
            ..shape
        };
        searcher.restarts += shape.restarts;
        let seed = searcher.next_seed();
        let found = product_sum(task, shape, seed, searcher.stop);
        searcher.offer(found);
    }
}

pub(super) fn divided(searcher: &mut Searcher<'_>) {
    for task in divided_tasks(searcher) {
        if searcher.done() {
            return;
        }
        divided_by_one(searcher, &task);
    }
}

fn divided_by_one(searcher: &mut Searcher<'_>, task: &Task) {
    for (power, closed_form) in raised(task, true)
        .iter()
        .map(|t| (t, in_closed_form(std::slice::from_ref(t))))
    {
        searcher.offer(closed_form);
        if !searcher.done() {
            searcher.offer(rational(power, Dictionary::Linear));
        }
        if searcher.done() {
            return;
        }
    }
    let tasks = raised(task, true);
    trained_sums(
        searcher,
        &tasks,
        Shape {
            units: 2,
            constant: false,
            restarts: 12,
            most: 3,
        },
    );
    trained_sums(
        searcher,
        &tasks,
        Shape {
            units: 2,
            constant: true,
            restarts: 12,
            most: 3,
        },
    );
}

/// The target with a factor taken off, against the inputs that are left.
pub(super) fn divided_tasks(searcher: &Searcher<'_>) -> Vec<Task> {
    let problem = &searcher.pool.problem;
    let task = searcher.plain();
    let divided = factors(&task, problem).into_iter().filter_map(|factor| {
        let rest: Vec<Feature> = (0..problem.width())
            .filter(|i| !factor.inputs.contains(i))
            .filter_map(|i| Feature::new(Expr::Variable(i), problem))
            .collect();
        Some(task.divided_by(&factor.expr, problem)?.against(rest))
    });
    divided.collect()
}

pub(super) fn ratios_of_sums(searcher: &mut Searcher<'_>) {
    // An input in both sums may seem not to matter, so all take part.
    let all = Task::plain(&searcher.pool.problem);
    searcher.offer(rational(&all, Dictionary::Linear));
    let plain = searcher.plain();
    for task in raised(&plain, false) {
        if searcher.done() {
            return;
        }
        searcher.offer(rational(&task, Dictionary::Linear));
    }
    if plain.features.len() <= 5 && !searcher.done() {
        searcher.offer(rational(&plain, Dictionary::Degree(2)));
    }
}

pub(super) fn products_of_sums(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    let reciprocal = plain.raised(Exponent::integer(-1));
    for task in std::iter::once(plain).chain(reciprocal) {
        let seed = searcher.next_seed();
        let found = sum_product(&task, seed, searcher.stop);
        searcher.offer(found);
        if searcher.done() {
            return;
        }
    }
}

/// Formulas one step away from the best ones, as long as that leads on.
pub(super) fn neighbours_of_best(searcher: &mut Searcher<'_>) {
    if searcher.options.strict {
        return;
    }
    let mut tried: Vec<Structure> = Vec::new();
    for _ in 0..STEPS {
        let best = searcher.best(BEST);
        let fresh: Vec<Expr> = best
            .into_iter()
            .filter(|expr| !tried.contains(&expr.structure()))
            .collect();
        if fresh.is_empty() || searcher.done() {
            return;
        }
        tried.extend(fresh.iter().map(Expr::structure));
        let near: Vec<Expr> = fresh
            .par_iter()
            .flat_map_iter(|expr| {
                let inputs: Vec<usize> = expr.variables_used().into_iter().collect();
                neighbours(expr, &inputs)
            })
            .collect();
        searcher.offer(near);
    }
}

pub(super) fn ratios_of_longer_sums(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    for task in raised(&plain, true) {
        for degree in [2, 3] {
            searcher.offer(rational(&task, Dictionary::Degree(degree)));
            if searcher.done() {
                return;
            }
        }
    }
}

const KINDS_OF_SUMS: [InnerSums; 4] = [
    InnerSums::Plain,
    InnerSums::Squares,
    InnerSums::WithOne,
    InnerSums::RatiosWithOne,
];

/// One product of inputs and a few sums of two columns.
pub(super) fn products_over_sums(searcher: &mut Searcher<'_>) {
    let strict = searcher.options.strict;
    let plain = searcher.plain();
    for kind in KINDS_OF_SUMS {
        let sums = inner_sums(kind, &searcher.pool.problem);
        if sums.is_empty() || sums.len() + plain.features.len() > plain.rows() / 3 {
            continue;
        }
        let features: Vec<Feature> = plain.features.iter().cloned().chain(sums.clone()).collect();
        searcher.offer(product_cell(&plain.against(features), strict));
        if searcher.done() {
            return;
        }
        // One sum at a time as well: many at once are nearly dependent.
        let each: Vec<Expr> = sums
            .par_iter()
            .flat_map_iter(|sum| {
                let features = plain.features.iter().chain([sum]).cloned().collect();
                product_cell(&plain.against(features), strict)
            })
            .collect();
        searcher.offer(each);
        if searcher.done() {
            return;
        }
    }
}

/// Two products of inputs and one sum of two columns, for each such sum.
pub(super) fn sums_over_sums(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    for kind in KINDS_OF_SUMS {
        let sums = inner_sums(kind, &searcher.pool.problem);
        if sums.len() > 60 {
            continue;
        }
        let seed = searcher.next_seed();
        let shape = Shape {
            units: 2,
            constant: false,
            restarts: 16 << searcher.round,
            most: 2,
        };
        searcher.restarts += shape.restarts * sums.len();
        let stop = searcher.stop;
        let found: Vec<Expr> = sums
            .par_iter()
            .flat_map_iter(|sum| {
                let features = plain.features.iter().chain([sum]).cloned().collect();
                product_sum(&plain.against(features), shape, seed, stop)
            })
            .collect();
        searcher.offer(found);
        if searcher.done() {
            return;
        }
    }
}

pub(super) fn three_products(searcher: &mut Searcher<'_>) {
    let tasks = raised(&searcher.plain(), true);
    trained_sums(
        searcher,
        &tasks,
        Shape {
            units: 3,
            constant: false,
            restarts: 24,
            most: 3,
        },
    );
}

/// What is left of the target without a term, under each outer power.
pub(super) fn term_taken_off(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    for addend in addends(&plain, &searcher.pool.problem) {
        let Some(rest) = plain.less(&addend, &searcher.pool.problem) else {
            continue;
        };
        let tasks = raised(&rest, false);
        searcher.offer(in_closed_form(&tasks));
        for (units, restarts) in [(2, 12), (3, 12), (4, 24)] {
            trained_sums(
                searcher,
                &tasks,
                Shape {
                    units,
                    constant: false,
                    restarts,
                    most: 2,
                },
            );
        }
        if searcher.done() {
            return;
        }
    }
}

pub(super) fn four_products(searcher: &mut Searcher<'_>) {
    let tasks = raised(&searcher.plain(), true);
    for (units, constant) in [(3, true), (4, false), (4, true)] {
        trained_sums(
            searcher,
            &tasks,
            Shape {
                units,
                constant,
                restarts: 16,
                most: 3,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::search::fixture::error_of_step;

    /// A law that each step finds, alone and exactly.
    const FACTS: [(&str, &str); 13] = [
        ("one-product", "3 * a^2 / sqrt(b)"),
        ("one-sum", "2*a + 3*b - 1.5*c"),
        ("polynomials", "a^3 - 2*a^2 + 0.3*a + 1"),
        ("ratios-and-powers", "(2*a + b)^2"),
        ("factor-divided-off", "a * (b + 2*c)"),
        ("outer-powers", "sqrt(a^2 + 3*b^2)"),
        ("ratios-of-sums", "(a + 2*b) / (c + 3*d)"),
        ("products-of-two-sums", "(a + 2*b) * (c + 3*d)"),
        ("sums-of-two-products", "a*b + 2*c*d"),
        ("products-over-sums", "a*b / (c + 2*d)"),
        ("sums-of-three-products", "a*b + 2*c*d + 3*a*d"),
        ("sums-over-sums", "(a*b + c) / (a + b)"),
        ("sums-of-four-products", "a*b + 2*c*d + 3*a*d + b*c"),
    ];

    #[test]
    fn each_step_finds_laws_of_its_shape() {
        let off = FACTS.map(|(key, law)| (key, law, error_of_step(law, key)));
        let missed: Vec<_> = off.iter().filter(|(.., error)| *error > 1e-6).collect();
        assert!(missed.is_empty(), "{missed:?}");
    }

    #[test]
    fn a_step_finds_no_law_of_another_shape() {
        for (key, law) in [
            ("one-product", "a*b + c"),
            ("one-sum", "a*b + c"),
            ("polynomials", "exp(-a)"),
            ("products-of-two-sums", "a*b + c^3"),
        ] {
            let error = error_of_step(law, key);
            assert!(error > 1e-6, "{key}: {law} is off by {error}");
        }
    }
}
