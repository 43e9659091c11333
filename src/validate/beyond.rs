//! What is known a little further out than the data: one range width beyond
//! them, in every input that the formula reads.

use crate::dataset::Sample;
use crate::formula::Expr;

use super::metrics::root_mean_square;
use super::uncertainty::added_variance;

/// Points looked at.
const POINTS: usize = 200;

/// A place outside the data.
pub(super) struct Beyond {
    inputs: Vec<Vec<f64>>,
}

impl Beyond {
    /// Points spread evenly from `from` to `to` range widths above the largest
    /// value of each input that is `used`; the others keep their first value.
    /// `parts` are the rows.
    pub fn of(parts: &[&Sample], used: &[usize], from: f64, to: f64) -> Beyond {
        Beyond::spread(parts, used, |_| (from, to))
    }

    /// The same with one input `at` so many range widths above its largest
    /// value, and the others anywhere within their ranges.
    pub fn along(parts: &[&Sample], used: &[usize], input: usize, at: f64) -> Beyond {
        Beyond::spread(
            parts,
            used,
            |other| if other == input { (at, at) } else { (-1.0, 0.0) },
        )
    }

    /// Points by the additive recurrence of Roberts (2018), `stretch` giving from
    /// and to how many range widths above the largest value each input runs.
    fn spread(parts: &[&Sample], used: &[usize], stretch: impl Fn(usize) -> (f64, f64)) -> Beyond {
        let width = parts.first().map_or(0, |part| part.width());
        // The root of x^(d+1) = x + 1, found by iteration.
        let dimension = used.len() as f64;
        let root = (0..40).fold(2.0_f64, |x, _| (1.0 + x).powf(1.0 / (dimension + 1.0)));
        let inputs = (0..width)
            .map(|input| match used.iter().position(|&other| other == input) {
                Some(place) => {
                    let (low, high) = range(parts, input);
                    let (from, to) = stretch(input);
                    let step = root.powi(-(place as i32 + 1));
                    let at = |k: usize| (0.5 + step * (k + 1) as f64).fract();
                    let x = |k: usize| high + (high - low) * (from + (to - from) * at(k));
                    (0..POINTS).map(x).collect()
                }
                None => vec![column(parts, input).next().unwrap_or(0.0); POINTS],
            })
            .collect();
        Beyond { inputs }
    }

    /// The values of `expr` there.
    pub fn values(&self, expr: &Expr) -> Vec<f64> {
        expr.evaluate(&self.inputs)
    }

    /// What the uncertainty of the constants, fitted to `train` but for those
    /// `fixed`, adds to the
    /// variance there, as a share of the noise's.
    pub fn added_variance(&self, expr: &Expr, train: &Sample, relative: bool, fixed: &[bool]) -> f64 {
        let place = Sample {
            target: self.values(expr),
            inputs: self.inputs.clone(),
        };
        added_variance(expr, train, &place, relative, fixed)
    }

    /// Root mean square difference of two formulas there, in units of `level`:
    /// of the first one's value where noise is relative. Infinite where either
    /// has no value.
    pub fn apart(&self, one: &Expr, other: &Expr, level: f64, relative: bool) -> f64 {
        let values = self.values(one);
        let differences = values.iter().zip(self.values(other)).map(|(f, g)| {
            let size = if relative { f.abs() } else { 1.0 };
            (f - g) / (size * level)
        });
        let apart = root_mean_square(differences);
        if apart.is_nan() {
            f64::INFINITY
        } else {
            apart
        }
    }
}

fn column<'a>(parts: &'a [&Sample], input: usize) -> impl Iterator<Item = f64> + 'a {
    parts
        .iter()
        .flat_map(move |part| part.inputs[input].iter().copied())
}

/// The least and the largest value of an input.
pub(super) fn range(parts: &[&Sample], input: usize) -> (f64, f64) {
    let bounds = (f64::INFINITY, f64::NEG_INFINITY);
    column(parts, input).fold(bounds, |(low, high), x| (low.min(x), high.max(x)))
}

/// Whether a sum that the formula divides by, or takes a root or logarithm of,
/// changes its sign among the rows of `parts`' box: between rows on which the
/// formula has values it has a pole, or no value.
pub(super) fn has_pole(expr: &Expr, parts: &[&Sample]) -> bool {
    let used: Vec<usize> = expr.variables_used().into_iter().collect();
    // From the lowest value to the highest: one width below the end of the data.
    let inside = Beyond::of(parts, &used, -1.0, 0.0);
    let mut denominators = Vec::new();
    expr.visit(&mut |node| match node {
        Expr::Power(base, exponent) if exponent.is_negative() && matches!(**base, Expr::Sum(_)) => {
            denominators.push((**base).clone());
        }
        _ => {}
    });
    let undefined = inside.values(expr).iter().any(|value| !value.is_finite());
    undefined
        || denominators.iter().any(|sum| {
            let values = inside.values(sum);
            values.iter().any(|v| *v > 0.0) && values.iter().any(|v| *v < 0.0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    fn expr(text: &str) -> Expr {
        parse(text, &["a", "b"].map(String::from)).expect(text)
    }

    fn rows() -> Sample {
        Sample {
            inputs: vec![vec![1.0, 2.0, 5.0], vec![10.0, 30.0, 20.0]],
            target: vec![0.0; 3],
        }
    }

    #[test]
    fn points_lie_one_width_beyond() {
        let rows = rows();
        let beyond = Beyond::of(&[&rows], &[0], 0.0, 1.0);
        let a = beyond.values(&expr("a"));
        assert!(a.iter().all(|a| (5.0..=9.0).contains(a)));
        assert!(a.iter().any(|a| *a < 5.1) && a.iter().any(|a| *a > 8.9));
        assert!(beyond.values(&expr("b")).iter().all(|b| *b == 10.0));
    }

    #[test]
    fn formulas_part_by_their_difference() {
        let rows = rows();
        let beyond = Beyond::of(&[&rows], &[0, 1], 0.0, 1.0);
        let apart = |one, other, relative| beyond.apart(&expr(one), &expr(other), 0.5, relative);
        assert!((apart("a + b", "a + b + 1", false) - 2.0).abs() < 1e-12);
        assert!((apart("a*b", "1.1*a*b", true) - 0.2).abs() < 1e-9);
        assert_eq!(apart("a", "sqrt(5 - a)", false), f64::INFINITY);
    }

    #[test]
    fn a_pole_between_rows_is_seen() {
        let rows = rows();
        assert!(has_pole(&expr("1/(a - 3)"), &[&rows]));
        assert!(!has_pole(&expr("1/(a + 3)"), &[&rows]));
        assert!(!has_pole(&expr("1/a"), &[&rows]));
    }
}
