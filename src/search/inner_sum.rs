//! Sums of two columns as columns of their own: what an adding unit in the
//! first layer gives the product units above it.

use crate::formula::{Exponent, Expr};

use super::problem::Problem;
use super::task::Feature;

/// Which sums to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InnerSums {
    /// x_i ± x_j.
    Plain,
    /// x_i² ± x_j².
    Squares,
    /// 1 ± x_i, and 1 ± x_i².
    WithOne,
    /// 1 ± x_i / x_j, 1 ± x_i x_j.
    RatiosWithOne,
}

/// One feature each, in a fixed order.
pub(super) fn inner_sums(kind: InnerSums, problem: &Problem) -> Vec<Feature> {
    let width = problem.width();
    let x = Expr::Variable;
    let square = |i: usize| Expr::power(x(i), Exponent::integer(2));
    let mut sums: Vec<Expr> = Vec::new();
    let both = |a: Expr, b: Expr| [Expr::sum(vec![a.clone(), b.clone()]), Expr::difference(a, b)];
    for i in 0..width {
        match kind {
            InnerSums::WithOne => {
                sums.extend(both(Expr::Constant(1.0), x(i)));
                sums.extend(both(Expr::Constant(1.0), square(i)));
            }
            InnerSums::Plain | InnerSums::Squares => {
                for j in i + 1..width {
                    sums.extend(match kind {
                        InnerSums::Plain => both(x(i), x(j)),
                        _ => both(square(i), square(j)),
                    });
                }
            }
            InnerSums::RatiosWithOne => {
                for j in 0..width {
                    if i != j {
                        sums.extend(both(Expr::Constant(1.0), Expr::quotient(x(i), x(j))));
                    }
                    if i < j {
                        sums.extend(both(Expr::Constant(1.0), Expr::product(vec![x(i), x(j)])));
                    }
                }
            }
        }
    }
    sums.into_iter()
        .filter_map(|sum| {
            let feature = Feature::new(sum, problem)?;
            // A difference is turned round where that makes it positive: only
            // then may it have a root.
            if feature.values.iter().all(|&v| v < 0.0) {
                Feature::new(feature.expr.negated().simplify(), problem)
            } else {
                Some(feature)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;

    #[test]
    fn a_difference_that_is_negative_everywhere_is_turned_round() {
        let sample = Sample {
            inputs: vec![vec![1.0, 2.0, 3.0], vec![10.0, 12.0, 15.0]],
            target: vec![1.0, 2.0, 3.0],
        };
        let problem = Problem::new(sample.clone(), sample, false);
        let sums = inner_sums(InnerSums::Plain, &problem);
        let values: Vec<&[f64]> = sums.iter().map(|sum| sum.values.as_slice()).collect();
        assert_eq!(values, [[11.0, 14.0, 18.0], [9.0, 10.0, 12.0]]);
        assert!(sums.iter().all(|sum| sum.positive));
        assert_eq!(inner_sums(InnerSums::WithOne, &problem).len(), 8);
    }
}
