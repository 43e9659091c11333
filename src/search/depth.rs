//! How many NALU layers a formula takes.

use crate::formula::Expr;
use crate::nalu::compile_for;

/// NALU layers of the rounded stack that computes the formula, its readout
/// (a scale and an offset) not counted: 1 for a monomial or a sum of inputs, 2
/// for a sum of monomials. `positive[i]` says that input `i` is above 0 in
/// every row. `None` for what no stack computes.
pub(super) fn depth(expr: &Expr, positive: &[bool]) -> Option<usize> {
    let inner = without_readout(expr);
    if inner.constants().is_empty() && inner.variables_used().is_empty() {
        return Some(1);
    }
    let stack = compile_for(&inner, positive.len(), positive)?;
    Some(stack.layers.len())
}

/// The formula without what a readout adds and multiplies by.
fn without_readout(expr: &Expr) -> Expr {
    let is_constant = |part: &Expr| matches!(part, Expr::Constant(_));
    match expr {
        Expr::Sum(terms) if terms.iter().filter(|term| !is_constant(term)).count() == 1 => {
            let term = terms.iter().find(|term| !is_constant(term));
            term.map_or_else(|| expr.clone(), without_readout)
        }
        Expr::Product(factors) if factors.iter().any(is_constant) => {
            let rest = factors.iter().filter(|factor| !is_constant(factor));
            Expr::product(rest.cloned().collect())
        }
        _ => expr.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn layers_are_counted_without_the_readout() {
        let names = ["a", "b", "c"].map(String::from);
        for (text, layers) in [
            ("a", 1),
            ("9.81*a*b", 1),
            ("3*a*b + 7", 1),
            ("a + 2*b - 4", 1),
            ("a*b + 3*c", 2),
            ("a/(b + c)", 2),
            ("sqrt(a^2 + b^2)", 3),
            ("3*exp(-0.5*a) + 1", 1),
        ] {
            let expr = parse(text, &names).expect(text).simplify();
            assert_eq!(depth(&expr, &[true; 3]), Some(layers), "{text}");
        }
    }
}
