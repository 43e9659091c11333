//! Constants a person would write: round where the data allows it, and no
//! more digits than it supports.

use crate::dataset::Sample;
use crate::formula::Expr;

use super::constants::{fit_constants, standard_errors};
use super::recognise::{round_values, RoundValue};

/// A round value may be this many standard errors away.
const STANDARD_ERRORS: f64 = 2.5;

/// Characters by which a reciprocal has to be shorter.
const SHORTER: usize = 4;

/// Relative distance that f64 arithmetic alone explains.
const ARITHMETIC: f64 = 1e-10;

/// Bits by which the data must pin a constant down beyond what its round value takes.
const SPARE_BITS: f64 = 3.0;

/// By how much, in units of the residual variance, the sum of squares may rise
/// for one constant made round: 2.5 standard errors squared.
const RISE: f64 = STANDARD_ERRORS * STANDARD_ERRORS;

/// Constants of a fit that is not exact beyond which none is looked for to be
/// round: each takes a fit of all the others, and what lives on so many is no law.
const MOST_RECOGNISED: usize = 12;

/// Residuals below this share of the target are arithmetic, not noise.
const FLOOR: f64 = 1e-11;

/// An expression with its constants made round.
#[derive(Debug, Clone)]
pub struct Snapped {
    /// The expression.
    pub expr: Expr,
    /// `round[k]`: constant `k` was recognised, so it is no longer a fitted
    /// parameter. In the order of [`Expr::constants`].
    pub round: Vec<bool>,
}

/// Fits the constants, makes those round that may be, one at a time with the
/// others refitted, and rounds the rest to the digits that mean something.
pub fn snap(expr: &Expr, sample: &Sample, weight: &[f64], known: &[(String, f64)]) -> Snapped {
    // Signs and factors of one are structure, not measurement.
    let mut round: Vec<bool> = expr.constants().iter().map(|c| c.abs() == 1.0).collect();
    let count = round.len();
    let unchanged = Snapped {
        expr: expr.clone(),
        round: round.clone(),
    };
    let Some(fit) = fit_constants(expr, sample, weight, &round) else {
        return unchanged;
    };
    let floor = arithmetic_floor(sample, weight);
    let mut current = fit.expr;
    let mut rss = fit.rss;
    if rss > floor && count > MOST_RECOGNISED {
        let expr = digits_at_once(current, sample, weight, &round);
        return Snapped { expr, round };
    }
    let mut refused: Vec<bool> = vec![false; count];
    while let Some((errors, _)) = standard_errors(&current, sample, weight, &round) {
        let constants = current.constants();
        let best = (0..count)
            .filter(|&k| !round[k] && !refused[k])
            .filter_map(|k| Some((k, believable(constants[k], errors[k]?, known)?)))
            .min_by(|a, b| a.1.bits.total_cmp(&b.1.bits));
        let Some((place, value)) = best else { break };
        let mut tried = constants.clone();
        tried[place] = value.value;
        round[place] = true;
        let variance = rss.max(floor) / sample.rows().saturating_sub(count).max(1) as f64;
        match fit_constants(&current.with_constants(&tried), sample, weight, &round) {
            Some(fit) if fit.rss <= rss.max(floor) + RISE * variance => {
                current = fit.expr;
                rss = fit.rss;
            }
            _ => {
                round[place] = false;
                refused[place] = true;
            }
        }
    }
    let current = meaningful_digits(current, sample, weight, &mut round, floor);
    Snapped { expr: current, round }
}

/// Σ r² that f64 arithmetic alone explains.
fn arithmetic_floor(sample: &Sample, weight: &[f64]) -> f64 {
    let rows = sample.target.iter().zip(weight);
    rows.map(|(y, w)| (y * w * FLOOR).powi(2)).sum()
}

/// Constants that nothing but arithmetic holds up become 0: those of a ratio
/// of sums fitted to exact data come out as 1e-17 where they should vanish.
/// `None` when there are none, or the data is not exact.
pub fn without_dust(expr: &Expr, sample: &Sample, weight: &[f64]) -> Option<Expr> {
    let floor = arithmetic_floor(sample, weight);
    if residual_square(expr, sample, weight) > floor {
        return None;
    }
    let mut current = expr.clone();
    for place in 0..current.constants().len() {
        let mut tried = current.constants();
        tried[place] = 0.0;
        let without = current.with_constants(&tried);
        // NaN, as from a denominator that vanishes, is no fit.
        if residual_square(&without, sample, weight) <= floor {
            current = without;
        }
    }
    // A term whose coefficient is written as 1 has no constant to vanish.
    while let Some(shorter) = one_term_less(&current)
        .into_iter()
        .find(|shorter| residual_square(shorter, sample, weight) <= floor)
    {
        current = shorter;
    }
    (current != *expr).then_some(current)
}

/// Every expression that lacks one term of one sum.
fn one_term_less(expr: &Expr) -> Vec<Expr> {
    let mut shorter = expr.with_one_child_replaced(&mut one_term_less);
    if let Expr::Sum(terms) = expr {
        if terms.len() > 1 {
            shorter.extend((0..terms.len()).map(|place| {
                let mut terms = terms.clone();
                terms.remove(place);
                Expr::Sum(terms)
            }));
        }
    }
    shorter
}

/// The cheapest round value that the data pins down better than chance would. What it
/// is away from the fitted value speaks against it: half the square of the standard
/// errors, in bits.
fn believable(constant: f64, error: f64, known: &[(String, f64)]) -> Option<RoundValue> {
    let error = error + ARITHMETIC * constant.abs();
    let tolerance = STANDARD_ERRORS * error;
    let bits_known = (constant.abs() / (2.0 * tolerance)).log2();
    let against = |value: f64| 0.5 * ((value - constant) / error).powi(2) * std::f64::consts::LOG2_E;
    round_values(constant, tolerance, known)
        .into_iter()
        .find(|round| round.bits + SPARE_BITS + against(round.value) <= bits_known)
}

/// Rounds the fitted constants that are left, the least certain first: to a
/// short decimal where one is within the arithmetic's own error (then it
/// counts as recognised), else to a quarter of the standard error.
fn meaningful_digits(expr: Expr, sample: &Sample, weight: &[f64], round: &mut [bool], floor: f64) -> Expr {
    let mut current = expr;
    let mut done = round.to_vec();
    for _ in 0..round.len() {
        let Some((errors, _)) = standard_errors(&current, sample, weight, &done) else {
            break;
        };
        let constants = current.constants();
        let next = (0..done.len())
            .filter(|&k| !done[k])
            .filter_map(|k| Some((k, errors[k]? / constants[k].abs())))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((place, relative)) = next else { break };
        done[place] = true;
        let exact = relative < ARITHMETIC;
        let error = relative * constants[place].abs();
        let rounded = if exact {
            shortest(
                constants[place],
                STANDARD_ERRORS * error + 1e-12 * constants[place].abs(),
            )
        } else {
            to_step(constants[place], error / 2.0)
        };
        let mut tried = constants.clone();
        tried[place] = rounded;
        let Some(fit) = fit_constants(&current.with_constants(&tried), sample, weight, &done) else {
            continue;
        };
        let before = residual_square(&current, sample, weight);
        let variance = before.max(floor) / sample.rows().saturating_sub(done.len()).max(1) as f64;
        if fit.rss <= before.max(floor) + variance {
            current = fit.expr;
            let written = format!("{rounded:e}")
                .len()
                .min(format!("{:e}", rounded.recip()).len());
            round[place] = exact && written <= 10;
        }
    }
    current
}

/// Each fitted constant rounded to a hundredth of its standard error, so that
/// together they move nothing that the rows can tell.
fn digits_at_once(expr: Expr, sample: &Sample, weight: &[f64], round: &[bool]) -> Expr {
    let Some((errors, _)) = standard_errors(&expr, sample, weight, round) else {
        return expr;
    };
    let constants = expr.constants().into_iter().zip(errors);
    let rounded: Vec<f64> = constants
        .map(|(constant, error)| {
            error.map_or(constant, |error| {
                to_step(constant, (error / 100.0).min(constant.abs() / 10.0))
            })
        })
        .collect();
    expr.with_constants(&rounded)
}

fn residual_square(expr: &Expr, sample: &Sample, weight: &[f64]) -> f64 {
    let values = expr.evaluate(&sample.inputs);
    let rows = values.iter().zip(&sample.target).zip(weight);
    rows.map(|((f, y), w)| ((f - y) * w).powi(2)).sum()
}

/// The decimal of fewest digits within `tolerance`, or the reciprocal of one
/// that is clearly shorter: a time constant is often rounder than its rate.
fn shortest(value: f64, tolerance: f64) -> f64 {
    let decimal = shortest_decimal(value, tolerance);
    let inverse = shortest_decimal(value.recip(), tolerance / value.powi(2));
    let length = |number: f64| format!("{number:e}").len();
    if length(inverse) + SHORTER <= length(decimal) {
        inverse.recip()
    } else {
        decimal
    }
}

/// The decimal of fewest digits within `tolerance`.
fn shortest_decimal(value: f64, tolerance: f64) -> f64 {
    (0..16)
        .filter_map(|digits| format!("{value:.digits$e}").parse::<f64>().ok())
        .find(|rounded| (rounded - value).abs() <= tolerance)
        .unwrap_or(value)
}

/// Rounded to the power of ten at or below `step`.
pub fn to_step(value: f64, step: f64) -> f64 {
    if !(step > 0.0 && step.is_finite()) {
        return value;
    }
    let digits = value.abs().log10().floor() - step.log10().floor();
    if !(0.0..=15.0).contains(&digits) {
        return value;
    }
    format!("{value:.*e}", digits as usize).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    fn snapped(formula: &str, f: impl Fn(f64) -> f64) -> String {
        let names = vec!["x".to_string()];
        let x: Vec<f64> = (1..=40).map(|i| f64::from(i) * 0.37).collect();
        let sample = Sample {
            target: x.iter().map(|&x| f(x)).collect(),
            inputs: vec![x],
        };
        let expr = parse(formula, &names).expect("parses");
        snap(&expr, &sample, &[1.0; 40], &[])
            .expr
            .text(&names)
            .replace(' ', "")
    }

    #[test]
    fn exact_data_gives_exact_constants() {
        assert_eq!(snapped("1.7*x + 30", |x| 1.8 * x + 32.0), "1.8*x+32");
        assert_eq!(snapped("9.8*x", |x| 9.80665 * x), "9.80665*x");
        assert_eq!(snapped("0.3*x", |x| x / 3.0), "x/3");
        assert_eq!(
            snapped("2*exp(-0.15*x)", |x| 2.0 * (-x / 7.6).exp()),
            "2*exp(-x/7.6)"
        );
    }

    #[test]
    fn dust_vanishes() {
        let names = vec!["x".to_string()];
        let x: Vec<f64> = (1..=40).map(|i| f64::from(i) * 0.37).collect();
        let sample = Sample {
            target: x.iter().map(|&x| 3.0 + 2.0 / x).collect(),
            inputs: vec![x],
        };
        let clean = |formula: &str| {
            let expr = parse(formula, &names).expect("parses");
            without_dust(&expr, &sample, &[1.0; 40]).map(|expr| expr.simplify().text(&names).replace(' ', ""))
        };
        let dusty = clean("(3*x + 2)/(x + 2e-17*x^2 - 3e-17)");
        assert_eq!(dusty.as_deref(), Some("(3*x+2)/x"));
        assert_eq!(clean("(3*x + 2)/x"), None);
        assert_eq!(clean("(3*x + 2.1)/(x + 2e-17*x^2)"), None, "not exact");
    }

    #[test]
    fn noise_leaves_the_digits_that_mean_something() {
        let noise = |x: f64| 0.05 * (x * 1234.5).sin();
        assert_eq!(snapped("2.02*x", |x| 2.0 * x + noise(x)), "2*x");
        let text = snapped("2.37*x", |x| 2.37183 * x + noise(x));
        let digits = text.trim_end_matches("*x").len();
        assert!((4..=6).contains(&digits), "{text}");
    }

    #[test]
    fn a_long_fit_keeps_the_digits_that_matter_and_makes_nothing_round() {
        let terms: Vec<String> = (1..=MOST_RECOGNISED + 1)
            .map(|k| format!("2.001*sin({k}.5*x)"))
            .collect();
        let names = vec!["x".to_string()];
        let x: Vec<f64> = (1..=200).map(|i| f64::from(i) * 0.031).collect();
        let expr = parse(&terms.join(" + "), &names).expect("parses");
        let noise = |row: usize| 0.01 * ((row * 37 % 11) as f64 - 5.0);
        let values = expr.evaluate(std::slice::from_ref(&x));
        let sample = Sample {
            target: values.iter().enumerate().map(|(row, y)| y + noise(row)).collect(),
            inputs: vec![x],
        };
        let snapped = snap(&expr, &sample, &[1.0; 200], &[]);
        assert!(!snapped.round.contains(&true), "{:?}", snapped.round);
        let constants = snapped.expr.constants();
        assert!(
            constants.iter().all(|c| format!("{c:e}").len() <= 11),
            "{constants:?}"
        );
        let left = |expr: &Expr| residual_square(expr, &sample, &[1.0; 200]);
        assert!(left(&snapped.expr) <= 1.001 * left(&expr));
    }
}
