//! Which functions a search may use.

use crate::formula::{AsUnit, Expr, Function};

/// The language of the formulas that are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Language {
    /// Every function that there is a step for.
    #[default]
    All,
    /// Sums, products, powers and roots alone, with exponents from the grid.
    Algebra,
    /// These functions besides; `sin` and `cos` stand for each other, and so do
    /// logarithms, and exponentials, of different bases.
    Some(Vec<Function>),
}

impl Language {
    /// Whether formulas may have this function.
    pub fn allows(&self, function: Function) -> bool {
        match self {
            Language::All => true,
            Language::Algebra => false,
            Language::Some(functions) => functions.iter().any(|f| kin(*f) == kin(function)),
        }
    }

    /// Whether every function of the formula is allowed; powers to numbers are no
    /// functions, powers to formulas are exponentials.
    pub(super) fn admits(&self, expr: &Expr) -> bool {
        match expr.as_general_power() {
            Some((base, Expr::Constant(_))) => self.admits(base),
            Some((base, exponent)) => {
                self.allows(Function::Exp) && self.admits(base) && self.admits(&exponent)
            }
            None => {
                let here = match expr {
                    Expr::Apply(function, _) => self.allows(*function),
                    Expr::Constant(_)
                    | Expr::Variable(_)
                    | Expr::Sum(_)
                    | Expr::Product(_)
                    | Expr::Power(..) => true,
                };
                here && expr.children().iter().all(|child| self.admits(child))
            }
        }
    }

    /// Whether there is any function at all.
    pub fn has_functions(&self) -> bool {
        match self {
            Language::All => true,
            Language::Algebra => false,
            Language::Some(functions) => !functions.is_empty(),
        }
    }
}

/// The function that stands for those which differ in phase or base only.
fn kin(function: Function) -> Function {
    match function.facts().unit {
        AsUnit::Logarithm(_) => Function::Ln,
        AsUnit::Exponential(_) => Function::Exp,
        AsUnit::Cosine(_) => Function::Sin,
        AsUnit::Itself => function,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_functions_bring_their_kin() {
        let some = Language::Some(vec![Function::Log10, Function::Sin]);
        for (function, allowed) in [
            (Function::Ln, true),
            (Function::Cos, true),
            (Function::Exp, false),
            (Function::Tanh, false),
        ] {
            assert_eq!(some.allows(function), allowed, "{function:?}");
            assert!(Language::All.allows(function) && !Language::Algebra.allows(function));
        }
        assert!(!Language::Some(Vec::new()).has_functions());
        let names = vec!["a".to_string(), "b".to_string()];
        for (text, admitted) in [
            ("sin(a) + log2(b)", true),
            ("a^0.37", true),
            ("a^b", false),
            ("b*exp(a)", false),
        ] {
            let expr = crate::formula::parse(text, &names).expect(text);
            assert_eq!(some.admits(&expr), admitted, "{text}");
            assert_eq!(Language::Algebra.admits(&expr), text == "a^0.37", "{text}");
        }
    }
}
