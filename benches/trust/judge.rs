//! Is a printed formula right?

use nalu_discover::formula::parse;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::drawn::{beyond, columns, row, Drawn};
use crate::inside::names;

/// Fresh rows, inside and one range width outside.
const ROWS: usize = 400;
/// Relative error of a right formula without noise, on this share of the rows.
const EXACT: f64 = 1e-4;
const SHARE: f64 = 0.99;
/// Share of the largest target that an error near 0 is compared with.
const FLOOR: f64 = 1e-3;

/// Whether the formula is right on fresh rows inside and one range width outside:
/// without noise 99 % of them within 1e-4 of the truth, with noise the root mean
/// square error against the truth below the noise's deviation.
pub fn is_right(drawn: &Drawn, formula: &str) -> bool {
    let Some(truth) = &drawn.truth else {
        return false;
    };
    let width = drawn.columns.len();
    let Ok(expr) = parse(formula, &names(width)) else {
        return false;
    };
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let largest = drawn.target.iter().fold(0.0_f64, |m, y| m.max(y.abs()));
    [drawn.ranges.clone(), beyond(&drawn.ranges)]
        .into_iter()
        .all(|ranges| {
            let mut inputs = columns(&mut rng, &ranges, ROWS);
            inputs.extend(columns(&mut rng, &vec![(0.0, 3.0); width - ranges.len()], ROWS));
            let errors: Vec<f64> = (0..ROWS)
                .filter_map(|place| {
                    let row = row(&inputs, place);
                    let true_value = truth(&row);
                    let error = (expr.evaluate_row(&row) - true_value).abs();
                    let size = match drawn.level > 0.0 {
                        true => drawn.level,
                        false => true_value.abs().max(FLOOR * largest),
                    };
                    true_value.is_finite().then_some(error / size)
                })
                .collect();
            match drawn.level > 0.0 {
                true => errors.iter().map(|e| e * e).sum::<f64>() <= errors.len() as f64,
                false => errors.iter().filter(|e| **e <= EXACT).count() as f64 >= SHARE * errors.len() as f64,
            }
        })
}
