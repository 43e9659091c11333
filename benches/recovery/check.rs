//! The judge on known answers.

use nalu_discover::formula::Expr;

use crate::case::{Case, Measured, Noise, Source};
use crate::draw::{self, root_mean_square};
use crate::judge::Judge;
use crate::least_squares::{constants, with_constants};
use crate::measured::distinct_constants;

/// Every law must be exact, as stored and simplified, and no law that is off by a factor may be
/// recovered: 1.001 without noise, 2 with. With noise, a law off by a twentieth of the noise must be
/// recovered all the same. A certified model must be exact once simplified (as NIST writes it, it may be
/// too long), and recovered with its constants off. On its table the mean may not be recovered, unless
/// the model hardly does better than that.
pub fn check(cases: &[Case]) -> Result<(), String> {
    let mut wrong = 0;
    for case in cases {
        let law = case.law()?;
        let rows = draw::training_rows(case, &law, 0)?;
        let judge = Judge::new(case, &law, 0)?;
        let times = |factor: f64| Expr::Product(vec![Expr::Constant(factor), law.clone()]).simplify();
        let recovered = |expr: &Expr| judge.judge(expr, &[]).recovered;
        let is_exact = |expr: &Expr| {
            let judgement = judge.judge(expr, &[]);
            judgement.recovered && judgement.exact
        };
        let may_be_long = matches!(case.source, Source::Table(_));
        let exact = is_exact(&law.simplify()) && (may_be_long || is_exact(&law));
        let as_noise_allows = match (&case.source, case.noise) {
            (Source::Table(table), _) => {
                recovered(&off(&law.simplify()))
                    && (mostly_noise(table) || !recovered(&Expr::Constant(mean(table))))
            }
            (_, Noise::None) => !recovered(&times(1.001)),
            (_, Noise::OfRms(share) | Noise::OfRmsByError(share) | Noise::OfValue(share)) => {
                recovered(&times(1.0 + share / 20.0)) && !recovered(&times(2.0))
            }
        };
        if !exact || !as_noise_allows {
            println!(
                "{}: the judge errs (exact {exact}, off {as_noise_allows})",
                case.name
            );
            wrong += 1;
        }
        let (low, high) = rows
            .target
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &y| {
                (low.min(y), high.max(y))
            });
        println!(
            "{} | {} | {} rows | {low:.3e}..{high:.3e} | {}",
            case.set,
            case.name,
            rows.target.len(),
            case.law
        );
    }
    println!("{} cases, {wrong} judged wrongly", cases.len());
    if wrong > 0 {
        return Err("the judge cannot be trusted on these cases".to_string());
    }
    Ok(())
}

/// The formula with its constants off by 1e-4, every other value to the other side.
fn off(expr: &Expr) -> Expr {
    let distinct = distinct_constants(expr);
    let moved = constants(expr).into_iter().map(|c| {
        let place = distinct.iter().position(|d| *d == c).unwrap_or_default();
        c * if place % 2 == 0 { 1.0001 } else { 0.9999 }
    });
    with_constants(expr, &moved.collect::<Vec<f64>>())
}

fn mean(table: &Measured) -> f64 {
    table.target.iter().sum::<f64>() / table.target.len() as f64
}

/// Whether the certified model hardly does better than the mean.
fn mostly_noise(table: &Measured) -> bool {
    let mean = mean(table);
    let spread: Vec<f64> = table.target.iter().map(|y| y - mean).collect();
    table.deviation > 0.9 * root_mean_square(&spread)
}
