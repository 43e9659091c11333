//! The same formula with an input bent: what else the rows may be described by.
//!
//! A search ends at the first short formula that leaves only noise, and over a
//! short range `c − d·x` leaves no more of `c·exp(−k·x)` than noise. Before the
//! choice, and before the verdict, each input of the best formula is put through
//! other curves, scaled so that they run from its lowest value to its highest,
//! with each term left out that may be gone then.

use crate::formula::{Exponent, Expr, Function};

use super::problem::Problem;

/// Symbols of a formula whose inputs are bent, at most.
const LONGEST: usize = 25;

/// Formulas that differ from `expr` by a curve over one of its inputs: in place
/// of the input, or of a power or function of it alone.
pub(super) fn other_curves(expr: &Expr, problem: &Problem) -> Vec<Expr> {
    if expr.complexity() > LONGEST {
        return Vec::new();
    }
    let mut found = Vec::new();
    for input in expr.variables_used() {
        let column = problem.train.inputs[input].iter();
        let (low, high) = column.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| {
            (l.min(x), h.max(x))
        });
        let ends = |of: &Expr| {
            let mut row = vec![0.0; problem.width()];
            [low, high].map(|x| {
                row[input] = x;
                of.evaluate_row(&row)
            })
        };
        for part in parts_of(expr, input) {
            let wanted = ends(&part);
            for curve in curves(input, low, high) {
                let bare = ends(&curve);
                let slope = (wanted[1] - wanted[0]) / (bare[1] - bare[0]);
                let offset = wanted[0] - slope * bare[0];
                if !(slope.is_finite() && offset.is_finite()) || slope == 0.0 {
                    continue;
                }
                let scaled = Expr::sum(vec![
                    Expr::product(vec![Expr::Constant(slope), curve]),
                    Expr::Constant(offset),
                ]);
                let bent = replaced(expr, &part, &scaled).simplify_for(&problem.positive);
                found.extend(with_a_term_gone(&bent));
                found.push(bent);
            }
        }
    }
    found
}

/// The input itself, and powers and functions of nothing but it.
fn parts_of(expr: &Expr, input: usize) -> Vec<Expr> {
    let mut parts = vec![Expr::Variable(input)];
    expr.visit(&mut |node| {
        let is_part = match node {
            Expr::Power(..) | Expr::Apply(..) => node.variables_used().into_iter().eq([input]),
            Expr::Constant(_) | Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) => false,
        };
        if is_part && !parts.contains(node) {
            parts.push(node.clone());
        }
    });
    parts
}

fn replaced(expr: &Expr, part: &Expr, by: &Expr) -> Expr {
    if expr == part {
        by.clone()
    } else {
        expr.map_children(&mut |child| replaced(child, part, by))
    }
}

/// The curves that a range of an input allows.
fn curves(input: usize, low: f64, high: f64) -> Vec<Expr> {
    let x = Expr::Variable(input);
    let rate = |k: f64| {
        let argument = Expr::product(vec![Expr::Constant(k / (high - low)), x.clone()]);
        Function::Exp.of(argument)
    };
    let mut curves = vec![
        rate(1.0),
        rate(-1.0),
        Expr::power(x.clone(), Exponent::integer(2)),
    ];
    if low > 0.0 {
        // Half the range on: as much bent as the range is wide.
        let shifted = Expr::sum(vec![x.clone(), Expr::Constant(0.5 * (high - low))]);
        curves.extend([x.clone(), shifted.clone()].map(|argument| Function::Ln.of(argument)));
        curves.push(Expr::power(shifted, Exponent::integer(-1)));
        let exponents = [Exponent::new(1, 2), Exponent::integer(-1), Exponent::new(3, 2)];
        curves.extend(exponents.map(|exponent| Expr::power(x.clone(), exponent)));
    }
    curves
}

/// The formulas with one term less.
fn with_a_term_gone(expr: &Expr) -> Vec<Expr> {
    let mut fewer = expr.with_one_child_replaced(&mut with_a_term_gone);
    if let Expr::Sum(terms) = expr {
        for place in 0..terms.len() {
            let mut rest = terms.clone();
            rest.remove(place);
            fewer.push(Expr::sum(rest));
        }
    }
    fewer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::parse;

    #[test]
    fn a_line_is_bent_to_an_exponential() {
        let names = ["a", "b"].map(String::from);
        let column: Vec<f64> = (0..20).map(|i| 1.0 + f64::from(i) / 10.0).collect();
        let sample = Sample {
            inputs: vec![column.clone(), column.clone()],
            target: column,
        };
        let problem = Problem::new(sample.clone(), sample, false);
        // With every number replaced by one letter.
        let shape = |expr: &Expr| -> String {
            let text = expr.simplify().text(&names).replace(' ', "");
            let number = regex::Regex::new(r"\d+(\.\d+)?").expect("a pattern");
            number
                .replace_all(&text, "c")
                .replace("a/c", "c*a")
                .replace("-c", "c")
        };
        for (text, bent) in [
            ("b*(4 - 0.5*a)", "2.5*b*exp(0.3*a)"),
            ("b - 3*sqrt(a) + 9", "b + 7.9*exp(0.3*a)"),
            ("b + 3*a^2", "b + 3*a^1.5"),
        ] {
            let expr = |text: &str| parse(text, &names).expect("parses");
            let found = other_curves(&expr(text), &problem);
            let wanted = shape(&expr(bent));
            assert!(
                found.iter().any(|bent| shape(bent).replace("-c", "c") == wanted),
                "{text} is not bent to {wanted}: {:#?}",
                found.iter().map(shape).collect::<Vec<_>>()
            );
        }
    }
}
