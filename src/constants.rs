//! The constants of the chosen formula, with the evidence for each.

use crate::dataset::Sample;
use crate::formula::{parse, Expr};
use crate::polish::{determined, fit_constants, recognised_as, standard_errors, to_step};
use crate::report::{Constant, Final};
use crate::search::{Outcome, SearchOptions};
use crate::split::Split;

/// Standard errors that a round value may be away to be consistent with a fit.
const CONSISTENT: f64 = 1.5;

/// Share of a standard error to which constants for use are written.
const WRITTEN: f64 = 0.1;

/// Which constants of `expr`, in the order of [`Expr::constants`], were
/// recognised; a sign is none that was fitted.
pub(crate) fn recognised(expr: &Expr, outcome: &Outcome) -> Vec<bool> {
    let constants = expr.constants();
    let is_round = |c: &f64| {
        let met = |known: &f64| (known.abs() - c.abs()).abs() <= 1e-12 * c.abs();
        c.abs() == 1.0 || outcome.round_constants.iter().any(met)
    };
    constants.iter().map(is_round).collect()
}

/// The constants of the formula in the order in which they are printed; −1 is
/// a sign, not a constant. A recognised one keeps what the rows inside say
/// of it when all constants are let go.
pub(crate) fn constants(
    expr: &Expr,
    outcome: &Outcome,
    split: &Split,
    options: &SearchOptions,
) -> Vec<Constant> {
    let values = expr.constants();
    let round = recognised(expr, outcome);
    let (rows, weight) = fitted_rows(outcome, split);
    let errors =
        standard_errors(expr, &rows, &weight, &round).map_or(vec![None; values.len()], |(errors, _)| errors);
    let free = let_go(expr, &rows, &weight);
    values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.abs() != 1.0)
        .map(|(place, &value)| {
            let recognised_as = round[place]
                .then(|| recognised_as(value, &options.known).unwrap_or_else(|| format!("{value}")));
            let (fitted, stderr) = match round[place] {
                true => free.get(place).copied().unwrap_or((value, None)),
                // Not as if those recognised were certain: they may be wrong.
                false => (value, free.get(place).and_then(|free| free.1).or(errors[place])),
            };
            Constant {
                value,
                fitted,
                stderr,
                consistent_with: match round[place] {
                    true => None,
                    false => stderr.and_then(|stderr| near(value, stderr)),
                },
                recognised_as,
            }
        })
        .collect()
}

/// The rows inside that constants are fitted to, and their weights.
fn fitted_rows(outcome: &Outcome, split: &Split) -> (Sample, Vec<f64>) {
    if split.leave_one_out {
        return (split.train.clone(), outcome.train_weight.clone());
    }
    let weights = [outcome.train_weight.as_slice(), &outcome.validation_weight];
    (split.train.joined(&split.validation), weights.concat())
}

/// Each constant with its standard error when all but signs are fitted.
fn let_go(expr: &Expr, sample: &Sample, weight: &[f64]) -> Vec<(f64, Option<f64>)> {
    let signs: Vec<bool> = expr.constants().iter().map(|c| c.abs() == 1.0).collect();
    let Some(fit) = fit_constants(expr, sample, weight, &signs) else {
        return Vec::new();
    };
    let values = fit.expr.constants();
    let errors = standard_errors(&fit.expr, sample, weight, &signs)
        .map_or(vec![None; values.len()], |(errors, _)| errors);
    values.into_iter().zip(errors).collect()
}

/// The whole number or the half that a fitted value is consistent with.
fn near(value: f64, stderr: f64) -> Option<String> {
    let round = (2.0 * value).round() / 2.0;
    // A value known no better than to a third says nothing of halves.
    let tells = stderr < 0.15 && stderr > 1e-9 * value.abs();
    (tells && round != 0.0 && round != value && (value - round).abs() <= CONSISTENT * stderr)
        .then(|| format!("{round}"))
}

/// The formula with its constants refitted on all rows, inside and outside,
/// those recognised held where they are: what to use, once judged. `None`
/// where there is nothing to refit.
pub(crate) fn refitted_on_all_rows(
    expr: &Expr,
    outcome: &Outcome,
    split: &Split,
    names: &[String],
) -> Option<Final> {
    let round = recognised(expr, outcome);
    let kept: Vec<usize> = (0..split.train.rows())
        .filter(|row| !outcome.train_outliers.contains(row))
        .collect();
    let mut all = split.train.select(&kept).joined(&split.extrapolation);
    if !split.leave_one_out {
        let kept: Vec<usize> = (0..split.validation.rows())
            .filter(|row| !outcome.validation_outliers.contains(row))
            .collect();
        all = all.joined(&split.validation.select(&kept));
    }
    let weight: Vec<f64> = match outcome.relative {
        true => all
            .target
            .iter()
            .map(|y| 1.0 / y.abs().max(f64::MIN_POSITIVE))
            .collect(),
        false => vec![1.0; all.rows()],
    };
    let fit = fit_constants(expr, &all, &weight, &round)?;
    let (errors, _) = standard_errors(&fit.expr, &all, &weight, &round)?;
    let written = |(value, error): (f64, &Option<f64>)| match error {
        Some(error) => to_step(value, WRITTEN * error),
        None => value,
    };
    let values = fit.expr.constants().into_iter().zip(&errors);
    let text = fit
        .expr
        .with_constants(&values.map(written).collect::<Vec<_>>())
        .text(names);
    let constants: Vec<(f64, Option<f64>)> = fit
        .expr
        .constants()
        .into_iter()
        .zip(errors)
        .filter(|(value, _)| value.abs() != 1.0)
        .collect();
    let fitted = constants.iter().any(|(_, error)| error.is_some());
    fitted.then(|| Final {
        covariance: covariance(&text, names, outcome, &all, &weight),
        text,
        rows: all.rows(),
        constants,
    })
}

/// The covariance of the constants of what is written, which may come in another
/// order than those of what was fitted: who reads the text has no other.
fn covariance(
    text: &str,
    names: &[String],
    outcome: &Outcome,
    rows: &Sample,
    weight: &[f64],
) -> Option<Vec<Vec<f64>>> {
    let expr = parse(text, names).ok()?;
    let round = recognised(&expr, outcome);
    determined(&expr, rows, weight, &round).map(|determined| determined.covariance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_near_where_the_data_tell() {
        assert_eq!(near(2.98, 0.02).as_deref(), Some("3"));
        assert_eq!(near(2.52, 0.02).as_deref(), Some("2.5"));
        assert_eq!(near(2.95, 0.02), None);
        assert_eq!(near(2.9, 0.4), None, "known to a few tenths only");
        assert_eq!(near(3.0, 0.02), None, "it is 3");
    }
}
