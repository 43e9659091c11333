//! Rows along solutions of a plane differential equation.

use nalu_discover::formula::Expr;

use crate::case::{Case, Flow};
use crate::draw::Rows;

/// Rows of one solution, evenly spaced in time.
const POINTS: usize = 100;
/// Runge-Kutta steps between two rows.
const STEPS: usize = 100;
/// Solutions begun before giving up.
const TRIES: usize = 1000;

/// The case's rows, a hundred along each solution, with the target as the law has it. A solution that
/// comes where the law has no value is begun anew.
pub fn rows(
    case: &Case,
    flow: &Flow,
    law: &Expr,
    mut start: impl FnMut() -> Vec<f64>,
) -> Result<Rows, String> {
    let change = [case.parse(&flow.change[0])?, case.parse(&flow.change[1])?];
    let mut rows = Rows {
        columns: vec![Vec::new(); 2],
        target: Vec::new(),
    };
    for _ in 0..TRIES {
        let states = solution(&change, flow.duration, &start());
        let columns: Vec<Vec<f64>> = (0..2).map(|i| states.iter().map(|s| s[i]).collect()).collect();
        let target = law.evaluate(&columns);
        if target.iter().all(|y| y.is_finite()) {
            rows.target.extend(target);
            for (all, of_this) in rows.columns.iter_mut().zip(columns) {
                all.extend(of_this);
            }
        }
        if rows.target.len() >= case.rows {
            return Ok(rows);
        }
    }
    Err(format!("`{}`: its solutions hardly ever stay finite", case.name))
}

/// States after each hundredth of the duration, by the classical Runge-Kutta method.
fn solution(change: &[Expr; 2], duration: f64, start: &[f64]) -> Vec<[f64; 2]> {
    let step = duration / (POINTS * STEPS) as f64;
    let slope = |state: [f64; 2]| [change[0].evaluate_row(&state), change[1].evaluate_row(&state)];
    let moved =
        |state: [f64; 2], slope: [f64; 2], by: f64| [state[0] + by * slope[0], state[1] + by * slope[1]];
    let mut state = [start[0], start[1]];
    let mut states = Vec::with_capacity(POINTS);
    for _ in 0..POINTS {
        states.push(state);
        for _ in 0..STEPS {
            let first = slope(state);
            let second = slope(moved(state, first, step / 2.0));
            let third = slope(moved(state, second, step / 2.0));
            let fourth = slope(moved(state, third, step));
            let mean = |i: usize| (first[i] + 2.0 * second[i] + 2.0 * third[i] + fourth[i]) / 6.0;
            state = moved(state, [mean(0), mean(1)], step);
        }
    }
    states
}
