//! The judge on known answers.

use nalu_discover::formula::Expr;

use crate::case::{Case, Noise};
use crate::draw;
use crate::judge::Judge;

/// Every law must be exact, as stored and simplified, and no law that is off
/// by a factor may be recovered: 1.001 without noise, 2 with. With noise, a law off by a twentieth of the
/// noise must be recovered all the same.
pub fn check(cases: &[Case]) -> Result<(), String> {
    let mut wrong = 0;
    for case in cases {
        let law = case.law()?;
        let rows = draw::training_rows(case, &law, 0)?;
        let judge = Judge::new(case, &law, 0)?;
        let times = |factor: f64| Expr::Product(vec![Expr::Constant(factor), law.clone()]).simplify();
        let recovered = |expr: &Expr| judge.judge(expr, &[]).recovered;
        let right = [&law, &law.simplify()].map(|expr| judge.judge(expr, &[]));
        let exact = right
            .iter()
            .all(|judgement| judgement.recovered && judgement.exact);
        let as_noise_allows = match case.noise {
            Noise::None => !recovered(&times(1.001)),
            Noise::OfRms(share) | Noise::OfRmsByError(share) | Noise::OfValue(share) => {
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
