//! Waves that evenly spaced rows can't tell apart.
//!
//! On `u = u₀ + n h`, `sin(k u + φ)` and `−sin((2π/h − k) u − 2π u₀/h − φ)` are the
//! same number on every row (Nyquist): which of them is meant, no such row says.

use std::f64::consts::{PI, TAU};

use crate::formula::{Expr, Function};

/// How far, as a share of the spacing, a row may be off the grid.
const OFF_GRID: f64 = 1e-6;

/// An alias that is so many times as fast is nobody's idea of a wave that has as many rows a turn.
const FASTEST: f64 = 10.0;

/// Rows that make a grid, at least.
const FEWEST_ROWS: usize = 5;

/// The formula with one of its waves of an evenly spaced input replaced by the
/// next faster one, for each of them; `inputs` are the columns, rows held out
/// among them.
pub fn aliases(expr: &Expr, inputs: &[Vec<f64>]) -> Vec<Expr> {
    let replaced = with_one_alias(expr, inputs);
    replaced.into_iter().map(|expr| expr.simplify()).collect()
}

/// The first input over which the formula has a wave that hardly moves from its
/// place, or turns more than half round, from each row to the next: it could as
/// well be a slow one, or none.
pub(crate) fn too_fast_for_rows(expr: &Expr, inputs: &[Vec<f64>]) -> Option<usize> {
    if let Expr::Apply(Function::Sin | Function::Cos | Function::Tan, angle) = expr {
        if let Some((input, frequency)) = frequency_of(angle) {
            let values = inputs.get(input)?;
            let range = |(first, spacing): (f64, f64)| {
                let last = values.iter().copied().fold(first, f64::max);
                (spacing, (last - first) / spacing)
            };
            // Nearer than this to half a turn a row, the beat takes longer than the rows last.
            let is_rim = |(spacing, steps): (f64, f64)| frequency * spacing >= PI * (1.0 - 1.0 / steps);
            if grid(values).map(range).is_some_and(is_rim) {
                return Some(input);
            }
        }
    }
    let mut children = expr.children().iter();
    children.find_map(|child| too_fast_for_rows(child, inputs))
}

fn with_one_alias(expr: &Expr, inputs: &[Vec<f64>]) -> Vec<Expr> {
    let mut found = expr.with_one_child_replaced(&mut |child| with_one_alias(child, inputs));
    if let Expr::Apply(function @ (Function::Sin | Function::Cos), angle) = expr {
        if let Some(faster) = alias_of(angle, inputs) {
            let wave = function.of(faster);
            found.push(match function {
                Function::Sin => wave.negated(),
                _ => wave,
            });
        }
    }
    found
}

/// `(2π/h − k) u − 2π u₀/h − φ` for the angle `k u + φ` of one input alone.
fn alias_of(angle: &Expr, inputs: &[Vec<f64>]) -> Option<Expr> {
    let (input, frequency) = frequency_of(angle)?;
    let (first, spacing) = grid(inputs.get(input)?)?;
    let turn = TAU / spacing;
    let faster = turn - frequency;
    // Slower waves are scanned for; one at the rim of what the spacing allows is its own alias.
    if faster <= frequency * (1.0 + OFF_GRID) || faster > FASTEST * frequency {
        return None;
    }
    let full = Expr::product(vec![Expr::Constant(turn), Expr::Variable(input)]);
    let terms = vec![full, Expr::Constant(-turn * first), angle.clone().negated()];
    Some(Expr::sum(terms))
}

/// The input of `k u + φ`, and |k|.
fn frequency_of(angle: &Expr) -> Option<(usize, f64)> {
    let terms = match angle {
        Expr::Sum(terms) => terms.clone(),
        other => vec![other.clone()],
    };
    let mut found = None;
    for term in &terms {
        let here = match term {
            Expr::Constant(_) => continue,
            Expr::Variable(input) => (*input, 1.0),
            Expr::Product(factors) => match factors.as_slice() {
                [Expr::Constant(k), Expr::Variable(input)] => (*input, k.abs()),
                _ => return None,
            },
            Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => return None,
        };
        if found.replace(here).is_some() {
            return None;
        }
    }
    found
}

/// The first value and the spacing of values that all lie on one grid.
fn grid(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    if sorted.len() < FEWEST_ROWS {
        return None;
    }
    let gaps = sorted.windows(2).map(|pair| pair[1] - pair[0]);
    let spacing = gaps.fold(f64::INFINITY, f64::min);
    let on_grid = |value: &f64| {
        let steps = (value - sorted[0]) / spacing;
        (steps - steps.round()).abs() <= OFF_GRID
    };
    (spacing > 0.0 && spacing.is_finite() && sorted.iter().all(on_grid)).then_some((sorted[0], spacing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    fn all_aliases(text: &str, values: &[f64]) -> Vec<Expr> {
        let expr = parse(text, &["t".to_string()]).expect(text);
        aliases(&expr, &[values.to_vec()])
    }

    #[test]
    fn an_alias_has_the_same_values_on_the_rows_and_others_between() {
        let t: Vec<f64> = (0..40).map(|i| 0.3 + 0.25 * f64::from(i)).collect();
        for text in ["3*sin(5.1*t + 0.4) + 1", "2*t*cos(0.7 - 3.3*t)"] {
            let found = all_aliases(text, &t);
            assert_eq!(found.len(), 1, "{text}");
            let own = parse(text, &["t".to_string()]).expect(text);
            let differences = |at: &[f64]| -> f64 {
                let (a, b) = (own.evaluate(&[at.to_vec()]), found[0].evaluate(&[at.to_vec()]));
                a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
            };
            assert!(differences(&t) < 1e-9, "{text}");
            let between: Vec<f64> = t.iter().map(|t| t + 0.1).collect();
            assert!(differences(&between) > 0.1, "{text}");
        }
    }

    #[test]
    fn an_alias_is_written_as_one_would() {
        let t: Vec<f64> = (0..40).map(f64::from).collect();
        let found = all_aliases("3*sin(2*t + 0.5) + 1", &t);
        let text = found[0].text(&["t".to_string()]);
        assert_eq!(text.matches('t').count(), 1, "{text}");
    }

    #[test]
    fn a_wave_that_the_rows_cannot_show_is_too_fast() {
        let even: Vec<f64> = (0..40).map(f64::from).collect();
        let uneven: Vec<f64> = (0..40).map(|i| f64::from(i).powf(1.1)).collect();
        for (text, values, too_fast) in [
            ("t/sin(3.1415927*t + 1e-10)", &even, true),
            ("2*cos(4*t)", &even, true),
            ("2*cos(3*t)", &even, false),
            ("2*cos(4*t)", &uneven, false),
            ("exp(-4*t)", &even, false),
        ] {
            let expr = parse(text, &["t".to_string()]).expect(text);
            let found = too_fast_for_rows(&expr, std::slice::from_ref(values));
            assert_eq!(found.is_some(), too_fast, "{text}");
        }
    }

    #[test]
    fn uneven_rows_and_other_functions_have_none() {
        let uneven: Vec<f64> = (0..40).map(|i| f64::from(i).powf(1.1)).collect();
        let even: Vec<f64> = (0..40).map(f64::from).collect();
        assert!(all_aliases("sin(2.1*t)", &uneven).is_empty());
        assert!(all_aliases("exp(-2.1*t) + t", &even).is_empty());
        assert!(all_aliases("sin(2.1*t^2)", &even).is_empty());
        assert!(all_aliases("sin(3.14159265358979*t)", &even).is_empty());
        assert!(all_aliases("sin(0.1*t)", &even).is_empty());
    }
}
