//! The length of a formula in the symbols a person writes.

use super::layout::{Factor, Raised, Term};
use super::{Exponent, Expr};

impl Expr {
    /// The number of symbols: every number and every name is one, every
    /// `+ - * / ^` is one, so is a root sign, a function's name and a minus in front of a name or
    /// a parenthesis. A negative number is one symbol and so is a fraction
    /// such as 1/3; parentheses are free.
    ///
    /// `a - b` has 3, `sqrt(a)` 2, `a^1.5` 3, `0.5 * m * v^2` 7, `1 / x` 3.
    pub fn complexity(&self) -> usize {
        if let Expr::Sum(terms) = self {
            let Some((first, others)) = terms.split_first() else {
                return 1;
            };
            // The operator between two terms takes the later one's sign.
            let others = others.iter().map(|term| 1 + unsigned_complexity(&Term::of(term)));
            return first.complexity() + others.sum::<usize>();
        }
        let term = Term::of(self);
        let minus = term.negative && term.coefficient == 1.0 && !term.numerator.is_empty();
        usize::from(minus) + unsigned_complexity(&term)
    }
}

fn unsigned_complexity(term: &Term<'_>) -> usize {
    let above = usize::from(term.writes_coefficient()) + term.numerator.len();
    let operators = (above - 1) + term.denominator.len();
    let symbols: usize = term
        .numerator
        .iter()
        .chain(&term.denominator)
        .map(factor_complexity)
        .sum();
    usize::from(term.writes_coefficient()) + operators + symbols
}

fn factor_complexity(factor: &Factor<'_>) -> usize {
    let base = match factor.base {
        // `Term::of` cannot take such a base apart any further.
        Expr::Constant(_) | Expr::Variable(_) => 1,
        Expr::Apply(function, argument) if factor.is_plain() && function.facts().base.is_none() => {
            1 + argument.complexity()
        }
        Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => factor.base.complexity(),
    };
    match &factor.exponent {
        Raised::Fraction(Exponent::ONE) => base,
        Raised::Fraction(Exponent::HALF) => base + 1,
        Raised::Fraction(_) | Raised::Number(_) => base + 2,
        Raised::Formula(exponent) => base + 1 + exponent.complexity(),
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    #[test]
    fn counts_written_symbols() {
        let names: Vec<String> = ["a", "b", "c", "m", "v"].map(String::from).to_vec();
        for (text, expected) in [
            ("a", 1),
            ("-2.5", 1),
            ("-a", 2),
            ("a^1.5", 3),
            ("a - b", 3),
            ("a - 2*b", 5),
            ("-a - b", 4),
            ("sqrt(a)", 2),
            ("1/sqrt(a)", 4),
            ("1/a", 3),
            ("0.5*m*v^2", 7),
            ("a/(b*c)", 5),
            ("1/(1/a + 1/b)", 9),
            ("a*b/(a + b)", 7),
            ("a/3", 3),
            ("sqrt(a^2 + b^2)", 8),
            ("exp(-a)", 3),
            ("0.5*exp(-a/3)", 6),
            ("a^1.37", 3),
            ("1/a^1.37", 5),
            ("10^(a - b)", 5),
            ("(a + 1)^b", 5),
            ("sin(a)^2", 4),
            ("m*tanh(2*a)", 6),
        ] {
            let expr = parse(text, &names).expect(text);
            assert_eq!(expr.complexity(), expected, "{text}");
        }
    }
}
