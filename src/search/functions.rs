//! Steps that try functions.

use rayon::prelude::*;

use super::applied::{applied, best_of, differences, products_of_all, with_logarithms, MOST_PAIRED};
use super::curve::Curve;
use super::curve_grid::curve_grid;
use super::curve_sum::curve_sums;
use super::family::Family;
use super::function_pairs;
use super::inner_scan::{inner_scan, Argument};
use super::outer_map::OuterMap;
use super::problem::{mean_square, Problem};
use super::product_cell::{best_factors, product_cell};
use super::product_sum::{product_sum, Shape};
use super::rational::rational;
use super::searcher::Searcher;
use super::shape_cell::shape_cell;
use super::shapes::{divided_tasks, raised};
use super::sum_cell::{sum_cell, sum_of, Dictionary};
use super::task::{Feature, Task};
use crate::formula::{Exponent, Expr, Function};
use crate::stop::StopSignal;

/// Columns of a dictionary at most.
const MOST_COLUMNS: usize = 300;

/// Formulas of one batch whose constants are fitted, at most.
const MOST_FITTED: usize = 24;

/// Function columns that the dearer cells are given, for each task.
const BEST_COLUMNS: usize = 6;

/// Most inputs of which one may have an inner constant.
const MOST_SCANNED: usize = 6;

/// With at most so many, also under outer powers and functions.
const FEW_INPUTS: usize = 2;

/// Most inputs beside a function of some as a column.
const MOST_BESIDE: usize = 8;

impl Searcher<'_> {
    /// Offers the formulas of a batch that fit best as they are: most of a
    /// large batch are the same few in other words.
    fn offer_best(&mut self, found: Vec<Expr>) {
        let problem = &self.pool.problem;
        let mut measured: Vec<(f64, Expr)> = found
            .into_par_iter()
            .map(|expr| (mean_square(&problem.train_residuals(&expr)), expr))
            .collect();
        measured.retain(|(error, _)| error.is_finite());
        measured.sort_by(|a, b| a.0.total_cmp(&b.0));
        measured.truncate(MOST_FITTED);
        self.offer(measured.into_iter().map(|(_, expr)| expr).collect());
    }

    /// Functions of simple arguments that may be tried.
    fn function_columns(&self, plain: &Task) -> Vec<Feature> {
        let language = &self.options.language;
        let allowed = |function: Function| language.allows(function);
        applied(plain, &allowed, &self.pool.problem)
    }

    /// By all cells: with factors divided off, under outer functions and powers;
    /// those where one of the columns stands out, or the others.
    fn by_columns(&mut self, plain: &Task, columns: &[Feature], stands_out: bool) {
        let problem = &self.pool.problem;
        let divided = divided_tasks(self);
        let mut tasks = divided.clone();
        let mapped = self.mapped(plain);
        tasks.extend(mapped.iter().map(|task| with_logarithms(task, problem)));
        tasks.extend(divided.iter().chain([plain]).flat_map(|task| raised(task, false)));
        for task in tasks {
            if self.done() {
                return;
            }
            let best = best_of(&task, columns, BEST_COLUMNS);
            if best.stands_out == stands_out {
                self.by_best_columns(&task, &best.columns, &[]);
            }
        }
    }

    /// By all cells, with each of the columns; products also of `sums`.
    fn by_best_columns(&mut self, task: &Task, columns: &[Feature], sums: &[Feature]) {
        let seed = self.next_seed();
        let stop = self.stop;
        let with = |column: &Feature| task.against(task.features.iter().chain([column]).cloned().collect());
        let found: Vec<Expr> = columns
            .par_iter()
            .flat_map_iter(|column| by_all_cells(&with(column), sums, seed, stop))
            .collect();
        self.offer_best(found);
    }

    /// The task through each outer function that may be tried.
    fn mapped(&self, task: &Task) -> Vec<Task> {
        OuterMap::possible(&task.target)
            .into_iter()
            .filter(|map| self.options.language.allows(map.function()))
            .filter_map(|map| task.mapped(map))
            .collect()
    }
}

/// On tables of one input, all that costs next to nothing.
pub(super) fn functions_of_one_input(searcher: &mut Searcher<'_>) {
    if searcher.plain().features.len() == 1 {
        under_functions(searcher);
        if !searcher.done() {
            inner_constants(searcher);
        }
        if !searcher.done() {
            pairs_of_functions(searcher);
        }
    }
}

/// The same on tables of more.
pub(super) fn functions_of_more_inputs(searcher: &mut Searcher<'_>) {
    if searcher.plain().features.len() > 1 {
        under_functions(searcher);
        if !searcher.done() {
            inner_constants(searcher);
        }
        if !searcher.done() {
            pairs_of_functions(searcher);
        }
    }
}

/// All pairs of functions of simple arguments, where inputs are few; also below
/// an outer exponential.
fn pairs_of_functions(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() > function_pairs::MOST_INPUTS {
        return;
    }
    let language = &searcher.options.language;
    let columns = function_pairs::dictionary(&plain, &|f| language.allows(f), &searcher.pool.problem);
    let mapped = searcher.mapped(&plain);
    let below_exponential = mapped.into_iter().take(1).filter(|_| plain.one_sign());
    let tasks: Vec<Task> = std::iter::once(plain.clone()).chain(below_exponential).collect();
    let found: Vec<Expr> = tasks
        .par_iter()
        .flat_map_iter(|task| function_pairs::function_pairs(task, &columns))
        .collect();
    searcher.offer(found);
}

/// The target through each outer function, by the cells for algebra.
fn under_functions(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    let problem = &searcher.pool.problem;
    let differences = match plain.features.len() {
        2..=MOST_PAIRED => differences(&plain, problem),
        _ => Vec::new(),
    };
    let found: Vec<Expr> = searcher
        .mapped(&plain)
        .par_iter()
        .flat_map_iter(|task| {
            let logarithms = with_logarithms(task, problem);
            let mut found = sum_cell(&logarithms, Dictionary::Linear, MOST_COLUMNS);
            found.extend(product_cell(task, false));
            let degree = if task.features.len() == 1 { 5 } else { 2 };
            found.extend(sum_cell(task, Dictionary::Degree(degree), MOST_COLUMNS));
            found.extend(ratios_and_logarithms(&logarithms, task.features.len()));
            found.extend(sum_cell(task, Dictionary::Powers, MOST_COLUMNS));
            found.extend(rational(task, Dictionary::Linear));
            for difference in &differences {
                let own = difference.expr.variables_used();
                let (others, logarithms) = logarithms.features.split_at(task.features.len());
                let apart = |f: &&Feature| f.expr.variables_used().is_disjoint(&own);
                let mut columns: Vec<Feature> = others.iter().filter(apart).cloned().collect();
                columns.push(difference.clone());
                let count = columns.len();
                columns.extend(logarithms.iter().filter(apart).cloned());
                found.extend(ratios_and_logarithms(&task.against(columns), count));
            }
            found
        })
        .collect();
    searcher.offer_best(found);
}

/// Sums of ratios of the first `count` columns and of the others as they are:
/// powers of logarithms would only make the columns dependent.
fn ratios_and_logarithms(task: &Task, count: usize) -> Vec<Expr> {
    let Some(mut monomials) = Dictionary::Ratios.monomials(&task.features[..count], MOST_COLUMNS) else {
        return Vec::new();
    };
    monomials.extend((count..task.features.len()).map(|place| vec![(place, 2)]));
    sum_of(task, &monomials)
}

/// One inner constant, in a function of one input or of a product of all.
fn inner_constants(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() > MOST_SCANNED {
        return;
    }
    let narrow = plain.features.len() <= FEW_INPUTS;
    let mut tasks = vec![plain.clone()];
    tasks.extend(searcher.mapped(&plain));
    tasks.extend(raised(&plain, false).into_iter().take(2));
    if !narrow {
        tasks.truncate(2);
    }
    let language = &searcher.options.language;
    let families: Vec<Family> = Family::ALL
        .into_iter()
        .filter(|family| language.allows(family.function()))
        .filter(|family| plain.features.len() == 1 || *family != Family::DampedWave)
        .collect();
    let stop = searcher.stop;
    for families in families.chunks(4) {
        let places = tasks
            .iter()
            .flat_map(|task| (0..task.features.len()).map(move |i| (task, i)));
        let work = places.flat_map(|(task, i)| families.iter().map(move |&family| (task, i, family)));
        let found: Vec<Expr> = work
            .collect::<Vec<_>>()
            .into_par_iter()
            .flat_map_iter(|(task, i, family)| of_one_input(task, i, family, stop))
            .collect();
        searcher.offer_best(found);
        if searcher.done() {
            return;
        }
    }
    if !families.contains(&Family::Wave) {
        return;
    }
    let products = products_of_all(&plain, &searcher.pool.problem);
    let found: Vec<Expr> = products
        .par_iter()
        .flat_map_iter(|product| {
            let argument = Argument {
                expr: product.expr.clone(),
                values: &product.values,
                beside: Vec::new(),
                before: Vec::new(),
            };
            inner_scan(&plain, &argument, Family::Wave)
        })
        .collect();
    searcher.offer_best(found);
}

/// Sums over a family's functions of one input: with the others beside them
/// and before them, and with the input itself beside them.
fn of_one_input(task: &Task, place: usize, family: Family, stop: &StopSignal) -> Vec<Expr> {
    if stop.should_stop() {
        return Vec::new();
    }
    let column = |f: &'_ Feature| -> Expr { f.expr.clone() };
    let others = || {
        let others = task.features.iter().enumerate().filter(|(j, _)| *j != place);
        others
            .map(|(_, f)| (column(f), f.values.as_slice()))
            .collect::<Vec<_>>()
    };
    let own = &task.features[place];
    let argument = |beside, before| {
        let argument = Argument {
            expr: own.expr.clone(),
            values: &own.values,
            beside,
            before,
        };
        inner_scan(task, &argument, family)
    };
    let mut found = argument(others(), others());
    let mut beside = others();
    beside.push((column(own), own.values.as_slice()));
    found.extend(argument(beside, Vec::new()));
    if task.features.len() == 1 && matches!(family, Family::Rate | Family::Wave) {
        found.extend(argument(Vec::new(), vec![(column(own), own.values.as_slice())]));
    }
    found
}

/// Two or three decays, peaks or waves of the one input.
pub(super) fn sums_of_curves(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    let language = &searcher.options.language;
    let found = curve_sums(&plain, &|function| language.allows(function));
    searcher.offer(found);
}

/// A product of powers times a function of another.
pub(super) fn products_with_curves(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    for curve in Curve::WITH_FUNCTIONS {
        let language = &searcher.options.language;
        if curve
            .function()
            .is_some_and(|function| !language.allows(function))
        {
            continue;
        }
        let seed = searcher.next_seed();
        let found = shape_cell(&plain, curve, seed, searcher.stop);
        searcher.offer_best(found);
        if searcher.done() {
            return;
        }
    }
}

/// A product of powers times a curve of another, all exponents on the grid; also with
/// the square of the difference of two inputs in place of these.
pub(super) fn curves_on_the_grid(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    let language = &searcher.options.language;
    let allowed = |curve: &Curve| match curve.function() {
        Some(function) => !searcher.options.strict && language.allows(function),
        None => true,
    };
    let curves = Curve::WITH_FUNCTIONS.into_iter().chain(Curve::of_algebra());
    let curves: Vec<Curve> = curves.filter(allowed).collect();
    let mut found = curve_grid(&plain, &curves, searcher.stop);
    let bells: Vec<Curve> = [Curve::Decay].into_iter().filter(allowed).collect();
    let apart = tasks_of_differences(&plain, &searcher.pool.problem);
    let stop = searcher.stop;
    found.extend(
        apart
            .par_iter()
            .flat_map_iter(|task| curve_grid(task, &bells, stop))
            .collect::<Vec<_>>(),
    );
    found.sort_by(|a, b| a.score.total_cmp(&b.score));
    found.truncate(MOST_FITTED);
    searcher.offer(found.into_iter().map(|found| found.expr).collect());
}

/// The task with the square of the difference of two inputs in place of these.
fn tasks_of_differences(task: &Task, problem: &Problem) -> Vec<Task> {
    if !(2..=MOST_PAIRED).contains(&task.features.len()) {
        return Vec::new();
    }
    differences(task, problem)
        .into_iter()
        .filter_map(|difference| {
            let own = difference.expr.variables_used();
            let apart = |f: &&Feature| f.expr.variables_used().is_disjoint(&own);
            let mut columns: Vec<Feature> = task.features.iter().filter(apart).cloned().collect();
            columns.push(Feature::new(
                Expr::power(difference.expr, Exponent::integer(2)),
                problem,
            )?);
            Some(task.against(columns))
        })
        .collect()
}

/// Products with functions of simple arguments.
pub(super) fn products_with_functions(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() > MOST_BESIDE {
        return;
    }
    let columns = searcher.function_columns(&plain);
    let mapped = searcher.mapped(&plain);
    let with = |task: &Task, more: &[&Feature]| {
        let all = task
            .features
            .iter()
            .chain(more.iter().copied())
            .cloned()
            .collect();
        task.against(all)
    };
    // Products are the same under powers, and whatever is divided off.
    let all_waves = |task: &Task| {
        let of_input = |column: &&Feature| match &column.expr {
            Expr::Apply(Function::Sin | Function::Cos, angle) => matches!(**angle, Expr::Variable(_)),
            _ => false,
        };
        let waves: Vec<&Feature> = columns.iter().filter(of_input).collect();
        product_cell(&with(task, &waves), false)
    };
    let products: Vec<Expr> = std::iter::once(&plain)
        .chain(&mapped)
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map_iter(|task| {
            let best = best_factors(task, &columns, BEST_COLUMNS);
            let single = best
                .iter()
                .flat_map(|column| product_cell(&with(task, &[column]), false));
            let both = waves(&columns);
            let both = both
                .iter()
                .flat_map(|pair| product_cell(&with(task, pair), false));
            single.chain(both).chain(all_waves(task)).collect::<Vec<Expr>>()
        })
        .collect();
    searcher.offer_best(products);
}

/// Whatever the cells for algebra find of the target as it is, with a function
/// of a simple argument as one more column.
pub(super) fn sums_with_functions(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() <= MOST_BESIDE {
        let columns = searcher.function_columns(&plain);
        let sums = differences(&plain, &searcher.pool.problem);
        let best = best_of(&plain, &columns, BEST_COLUMNS);
        searcher.by_best_columns(&plain, &best.columns, &sums);
    }
}

/// The same with factors divided off and under outer powers and functions,
/// where the target plainly leans on one of the functions.
pub(super) fn functions_that_stand_out(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() <= MOST_BESIDE {
        let columns = searcher.function_columns(&plain);
        searcher.by_columns(&plain, &columns, true);
    }
}

/// Functions of simple arguments as columns of the cells for algebra, where
/// none stands out.
pub(super) fn functions_as_columns(searcher: &mut Searcher<'_>) {
    let plain = searcher.plain();
    if plain.features.len() <= MOST_BESIDE {
        let columns = searcher.function_columns(&plain);
        searcher.by_columns(&plain, &columns, false);
    }
}

/// The sine and the cosine of each argument.
fn waves(columns: &[Feature]) -> Vec<[&Feature; 2]> {
    let cosine_of = |column: &Feature| match &column.expr {
        Expr::Apply(Function::Sin, angle) => Some(Function::Cos.of((**angle).clone())),
        _ => None,
    };
    let pairs = columns.iter().filter_map(|column| {
        let cosine = cosine_of(column)?;
        Some([column, columns.iter().find(|other| other.expr == cosine)?])
    });
    pairs.collect()
}

/// Whatever the cells for algebra find.
fn by_all_cells(task: &Task, sums: &[Feature], seed: u64, stop: &StopSignal) -> Vec<Expr> {
    let mut found = Vec::new();
    for sum in sums {
        let columns = task.features.iter().chain([sum]).cloned().collect();
        found.extend(product_cell(&task.against(columns), false));
    }
    found.extend(sum_cell(task, Dictionary::Degree(2), MOST_COLUMNS));
    found.extend(rational(task, Dictionary::Linear));
    found.extend(sum_cell(task, Dictionary::Ratios, MOST_COLUMNS));
    found.extend(sum_cell(task, Dictionary::Degree(3), MOST_COLUMNS));
    found.extend(rational(task, Dictionary::Degree(2)));
    for constant in [false, true] {
        let shape = Shape {
            units: 2,
            constant,
            restarts: 8,
            most: 2,
        };
        found.extend(product_sum(task, shape, seed, stop));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::search::fixture::error_of_step;

    /// A law that each step finds, alone and exactly.
    const FACTS: [(&str, &str); 9] = [
        ("products-with-functions", "3 * a * exp(-b) / c"),
        ("functions-of-one-input", "2.5 * exp(-0.7*a) + 1"),
        ("curves-on-the-grid", "2 * a / (exp(b/c) - 1)"),
        ("sums-of-curves", "2*exp(-0.3*a) + 5*exp(-2*a)"),
        ("sums-with-functions", "a*ln(b) + 2*c"),
        ("products-with-a-curve", "3 * b * exp(-0.37*a)"),
        ("inner-constants", "b * sin(1.7*a + 0.4) + 2*b"),
        ("functions-that-stand-out", "exp(a + sin(b)) / c"),
        ("functions-as-columns", "c * (a + ln(b))"),
    ];

    #[test]
    fn each_step_finds_laws_of_its_kind() {
        let off = FACTS.map(|(key, law)| (key, law, error_of_step(law, key)));
        let missed: Vec<_> = off.iter().filter(|(.., error)| *error > 1e-6).collect();
        assert!(missed.is_empty(), "{missed:?}");
    }
}
