//! What the errors of the rows outside look like, one by one.

use super::along::chance_along;
use super::beyond::range;
use super::Judgement;
use crate::dataset::Sample;
use crate::formula::Expr;

/// Rows outside that tell which kind of noise is theirs, and whether a few of
/// them are outliers.
pub(super) const ROWS_THAT_TELL: usize = 10;
/// What errors may have in common with a direction, in standard deviations, and
/// the least chance of what neighbours have in common.
const LARGEST_IN_COMMON: f64 = 2.0;
const LEAST_CHANCE: f64 = 0.05;

/// Whether the errors outside are noise of the level inside, and enough to
/// tell: their mean, their slope over each input that is read, and what
/// neighbours along it have in common are no more than chance makes of them.
pub(super) fn is_noise(expr: &Expr, outside: &Sample, predictions: &[f64], judgement: &Judgement) -> bool {
    if outside.rows() < ROWS_THAT_TELL {
        return false;
    }
    let rows = predictions.iter().zip(&outside.target);
    let size = |y: &f64| if judgement.relative { y.abs() } else { 1.0 };
    let errors: Vec<f64> = rows
        .map(|(f, y)| (f - y) / (size(y) * judgement.error_inside))
        .collect();
    let one = vec![1.0; errors.len()];
    common(&one, &errors).abs() <= LARGEST_IN_COMMON
        && expr.variables_used().into_iter().all(|input| {
            let column = &outside.inputs[input];
            let middle = column.iter().sum::<f64>() / column.len() as f64;
            let centred: Vec<f64> = column.iter().map(|x| x - middle).collect();
            common(&centred, &errors).abs() <= LARGEST_IN_COMMON
                && chance_along(column, &errors) >= LEAST_CHANCE
        })
}

/// `Σ d e / |d|`: standard normal where the errors are noise of variance 1.
fn common(direction: &[f64], errors: &[f64]) -> f64 {
    let length = direction.iter().map(|d| d * d).sum::<f64>().sqrt();
    let along: f64 = direction.iter().zip(errors).map(|(d, e)| d * e).sum();
    if length > 0.0 {
        along / length
    } else {
        0.0
    }
}

/// Whether for each row that is `far` off, and each input that is read and lies
/// beyond the rows inside there, another row is further out and not far off: the
/// last rows of all may be those where another law begins.
pub(super) fn are_surrounded(expr: &Expr, inside: &Sample, outside: &Sample, far: &[usize]) -> bool {
    let others: Vec<usize> = (0..outside.rows()).filter(|row| !far.contains(row)).collect();
    expr.variables_used().into_iter().all(|input| {
        let column = &outside.inputs[input];
        let (low, high) = range(&[inside], input);
        far.iter().map(|&row| column[row]).all(|x| {
            (x <= high || others.iter().any(|&row| column[row] > x))
                && (x >= low || others.iter().any(|&row| column[row] < x))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;
    use crate::validate::judge;
    use crate::validate::Fitted;

    fn expr(text: &str) -> Expr {
        parse(text, &["a".to_string()]).expect(text)
    }

    fn sample(inputs: Vec<f64>, target: impl Fn(usize, f64) -> f64) -> Sample {
        let target = inputs
            .iter()
            .enumerate()
            .map(|(row, &a)| target(row, a))
            .collect();
        Sample {
            inputs: vec![inputs],
            target,
        }
    }

    #[test]
    fn noise_has_nothing_in_common() {
        let formula = expr("2*a");
        // Signs that neither run along nor lean to a side.
        let sign = |row: usize| [1.0, -1.0, -1.0, 1.0][row % 4];
        let steps = |from: f64| (0..16).map(|i| from + f64::from(i) * 0.1).collect::<Vec<f64>>();
        let fitted = |sample: &Sample| formula.evaluate(&sample.inputs);
        let noisy = |row: usize, a: f64| 2.0 * a + 0.1 * sign(row);
        let inside = sample(steps(1.0), noisy);
        let judged = |outside: &Sample| {
            let (within, beyond) = (fitted(&inside), fitted(outside));
            let part = |sample, predictions| Fitted {
                target: sample,
                predictions,
            };
            let empty = part(&[], &[]);
            let judgement = judge(
                part(&inside.target, &within),
                empty,
                part(&outside.target, &beyond),
                1,
            );
            is_noise(&formula, outside, &beyond, &judgement)
        };
        assert!(judged(&sample(steps(3.0), noisy)));
        assert!(
            !judged(&sample(steps(3.0), |row, a| noisy(row, a) + 0.2)),
            "a mean"
        );
        assert!(
            !judged(&sample(steps(3.0), |row, a| noisy(row, a) + 0.2 * (a - 3.75))),
            "a slope"
        );
        let few = sample(vec![3.0, 3.1, 3.2, 3.3], noisy);
        assert!(!judged(&few), "too few to tell");
    }

    #[test]
    fn outliers_have_good_rows_beyond_them() {
        let formula = expr("2*a");
        let law = |_: usize, a: f64| 2.0 * a;
        let inside = sample(vec![1.0, 2.0, 3.0], law);
        let outside = sample(vec![0.2, 0.6, 3.5, 4.0, 4.5], law);
        let surrounded = |far: &[usize]| are_surrounded(&formula, &inside, &outside, far);
        assert!(surrounded(&[3]) && surrounded(&[1]) && surrounded(&[2, 3]));
        assert!(!surrounded(&[4]) && !surrounded(&[0]) && !surrounded(&[3, 4]));
    }
}
