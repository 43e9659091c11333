//! Do the constants stay when they are fitted to one half of the rows?

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::dataset::Sample;
use crate::formula::Expr;
use crate::polish::fit_constants;

/// Rows of a half, beyond its constants, at least.
const SPARE_ROWS: usize = 4;

/// The chance that noise makes the constants of two halves of the rows, below
/// and above the median of `input`, differ as much (Chow 1960): an F test of
/// what two sets of constants take off the squared residuals of one.
pub(super) fn chance_of_one_set(expr: &Expr, sample: &Sample, weight: &[f64], input: usize) -> f64 {
    let free = expr.constants().iter().filter(|c| **c != 0.0).count();
    let rows = sample.rows();
    if free == 0 || rows < 2 * (free + SPARE_ROWS) {
        return 1.0;
    }
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|&a, &b| sample.inputs[input][a].total_cmp(&sample.inputs[input][b]));
    let rss_of = |places: &[usize]| {
        let weight: Vec<f64> = places.iter().map(|&row| weight[row]).collect();
        fit_constants(expr, &sample.select(places), &weight, &[]).map(|fit| fit.rss)
    };
    let (low, high) = order.split_at(rows / 2);
    let (Some(one), Some(low), Some(high)) = (rss_of(&order), rss_of(low), rss_of(high)) else {
        return 1.0;
    };
    let (explained, freedom) = (free as f64, (rows - 2 * free) as f64);
    let gain = (one - low - high).max(0.0) / explained;
    let ratio = gain / ((low + high) / freedom).max(f64::MIN_POSITIVE);
    FisherSnedecor::new(explained, freedom).map_or(1.0, |f| 1.0 - f.cdf(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn constants_that_change_half_way_are_seen() {
        let x: Vec<f64> = (0..60).map(|i| f64::from(i) / 10.0).collect();
        let error = |i: usize| 0.1 * ((i * i * 7 % 13) as f64 / 6.0 - 1.0);
        let of = |slope: fn(f64) -> f64| Sample {
            target: x
                .iter()
                .enumerate()
                .map(|(i, &x)| slope(x) * x + 1.0 + error(i))
                .collect(),
            inputs: vec![x.clone()],
        };
        let line = parse("2*a + 1", &["a".to_owned()]).expect("parses");
        let chance = |sample: &Sample| chance_of_one_set(&line, sample, &[1.0; 60], 0);
        assert!(chance(&of(|_| 2.0)) > 0.01);
        assert!(chance(&of(|x| if x < 3.0 { 2.0 } else { 2.2 })) < 1e-4);
    }
}
