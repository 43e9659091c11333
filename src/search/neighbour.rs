//! Formulas one step away from a formula: where a margin is thin, rounding
//! may have gone to the wrong side.

use crate::formula::{Exponent, Expr};

/// All formulas that differ from `expr` by one exponent, one factor, one term
/// or one constant. `width` inputs may come in as new factors.
pub(super) fn neighbours(expr: &Expr, inputs: &[usize]) -> Vec<Expr> {
    match expr {
        Expr::Constant(_) => Vec::new(),
        Expr::Variable(_) => {
            let mut near: Vec<Expr> = exponents_near(Exponent::ONE)
                .into_iter()
                .map(|e| Expr::power(expr.clone(), e))
                .collect();
            near.extend(with_factor(expr, inputs));
            near
        }
        Expr::Power(base, exponent) => {
            let mut near: Vec<Expr> = exponents_near(*exponent)
                .into_iter()
                .map(|e| Expr::power((**base).clone(), e))
                .collect();
            // The base of a power on its own is no new formula.
            if !matches!(**base, Expr::Variable(_)) {
                near.extend(
                    neighbours(base, inputs)
                        .into_iter()
                        .map(|base| Expr::power(base, *exponent)),
                );
            }
            near
        }
        Expr::Product(children) => {
            let mut near = with_child_changed(children, inputs, Expr::Product);
            near.extend(with_factor(expr, inputs));
            near
        }
        Expr::Sum(children) => {
            let mut near = with_child_changed(children, inputs, Expr::Sum);
            if !children.iter().any(|child| matches!(child, Expr::Constant(_))) {
                let mut longer = children.clone();
                longer.push(Expr::Constant(1.0));
                near.push(Expr::Sum(longer));
            }
            near
        }
        Expr::Apply(..) => {
            let mut near = expr.with_one_child_replaced(&mut |argument| neighbours(argument, inputs));
            near.extend(with_factor(expr, inputs));
            near
        }
    }
}

/// One child gone, or one child changed; a constant that is not in its place
/// by itself becomes 1.
fn with_child_changed(children: &[Expr], inputs: &[usize], join: fn(Vec<Expr>) -> Expr) -> Vec<Expr> {
    let mut near = Vec::new();
    for place in 0..children.len() {
        if children.len() > 1 {
            let mut fewer = children.to_vec();
            fewer.remove(place);
            near.push(join(fewer));
        }
        for changed in neighbours(&children[place], inputs) {
            let mut other = children.to_vec();
            other[place] = changed;
            near.push(join(other));
        }
    }
    near
}

fn with_factor(expr: &Expr, inputs: &[usize]) -> Vec<Expr> {
    inputs
        .iter()
        .flat_map(|&i| {
            [1, -1].map(|e| {
                let factor = Expr::power(Expr::Variable(i), Exponent::integer(e));
                Expr::product(vec![expr.clone(), factor])
            })
        })
        .collect()
}

fn exponents_near(exponent: Exponent) -> Vec<Exponent> {
    let halves = (exponent.value() * 2.0).round() as i32;
    [-2, -1, 1, 2]
        .into_iter()
        .map(|step| Exponent::new(halves + step, 2))
        .filter(|e| e.numerator() != 0 && *e != exponent)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn one_step_reaches_what_rounding_missed() {
        let names = vec!["a".to_string(), "b".to_string()];
        for (from, to) in [
            ("2*a^1.5", "2*a^2"),
            ("a + 3*b + 1", "a + 3*b"),
            ("a/(b + 2)", "a/b"),
            ("a/sqrt(b)", "a/b"),
            ("a + b", "a*b + b"),
        ] {
            let from = parse(from, &names).expect("parses").simplify();
            let to = parse(to, &names).expect("parses").simplify();
            let near = neighbours(&from, &[0, 1]);
            let reached = near.iter().any(|e| e.simplify().same_structure(&to));
            assert!(reached, "{} to {}", from.text(&names), to.text(&names));
        }
    }
}
