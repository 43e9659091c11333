//! Drawn data with a known law, for the tests of single engines.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::problem::Problem;
use super::task::Task;
use crate::dataset::Sample;
use crate::formula::{parse, Expr};

/// The worst relative error, in 1..8, of what `engine` finds in 200 rows of the
/// law in 1..5 with relative noise of this size. `None` when it finds nothing.
pub(super) fn error_outside(law: &str, noise: f64, engine: impl Fn(&Task) -> Option<Expr>) -> Option<f64> {
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
    let (train, wider) = (sample(200, 5.0), sample(100, 8.0));
    let problem = Problem::new(train.clone(), train, false);
    let found = engine(&Task::plain(&problem))?;
    let values = found.evaluate(&wider.inputs);
    let errors = values.iter().zip(&wider.target).map(|(f, y)| ((f - y) / y).abs());
    Some(errors.fold(0.0, f64::max))
}
