//! Drawn data with a known law, for the tests of single engines.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::options::SearchOptions;
use super::plan::ALL;
use super::problem::Problem;
use super::searcher::Searcher;
use super::task::Task;
use crate::dataset::Sample;
use crate::formula::{parse, Expr};
use crate::stop::StopSignal;

/// The worst relative error, in 1..8, of what `engine` finds in 200 rows of the
/// law in 1..5 with relative noise of this size. `None` when it finds nothing.
pub(super) fn error_outside(law: &str, noise: f64, engine: impl Fn(&Task) -> Option<Expr>) -> Option<f64> {
    let (train, wider) = drawn(law, noise);
    let problem = Problem::new(train.clone(), train, false);
    let found = engine(&Task::plain(&problem))?;
    Some(worst_error(&found, &wider))
}

/// The same of the best formula that the step of this key offers, alone, on
/// rows without noise; infinite when it offers none.
pub(super) fn error_of_step(law: &str, key: &str) -> f64 {
    let (train, wider) = drawn(law, 0.0);
    let options = SearchOptions::default();
    let stop = StopSignal::never();
    let mut searcher = Searcher::new(Problem::new(train.clone(), train, false), &options, &stop);
    let step = ALL
        .iter()
        .find(|step| step.key == key)
        .expect("the step is there");
    (step.run)(&mut searcher);
    let errors = searcher
        .pool
        .candidates
        .iter()
        .map(|found| worst_error(&found.expr, &wider));
    errors.fold(f64::INFINITY, f64::min)
}

/// The worst relative error on 200 rows of the law in 1..5 of the best formula
/// that the engine finds in them; infinite when it finds none.
pub(super) fn error_inside(law: &str, engine: impl Fn(&Task) -> Vec<Expr>) -> f64 {
    let (train, _) = drawn(law, 0.0);
    let problem = Problem::new(train.clone(), train.clone(), false);
    let found = engine(&Task::plain(&problem));
    let errors = found.iter().map(|found| worst_error(found, &train));
    errors.fold(f64::INFINITY, f64::min)
}

/// 200 rows of the law in 1..5 and 100 in 1..8.
pub(super) fn drawn(law: &str, noise: f64) -> (Sample, Sample) {
    let names = ["a", "b", "c", "d"].map(String::from);
    let truth = parse(law, &names).expect("the law parses");
    // Inputs beyond the law's own would only matter to what is found by luck.
    let width = truth
        .variables_used()
        .into_iter()
        .max()
        .map_or(0, |last| last + 1);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut sample = |rows: usize, to: f64| {
        let inputs: Vec<Vec<f64>> = (0..width)
            .map(|_| (0..rows).map(|_| rng.gen_range(1.0..to)).collect())
            .collect();
        let mut target = truth.evaluate(&inputs);
        for y in &mut target {
            *y *= 1.0 + noise * rng.gen_range(-1.0..1.0);
        }
        Sample { inputs, target }
    };
    (sample(200, 5.0), sample(100, 8.0))
}

fn worst_error(found: &Expr, wider: &Sample) -> f64 {
    let values = found.evaluate(&wider.inputs);
    let errors = values.iter().zip(&wider.target).map(|(f, y)| ((f - y) / y).abs());
    errors.fold(0.0, |worst, error| {
        if error.is_nan() {
            f64::INFINITY
        } else {
            worst.max(error)
        }
    })
}
