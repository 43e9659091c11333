//! Which functions a search may use.

use crate::formula::Function;

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
    match function {
        Function::Cos | Function::Sin => Function::Sin,
        Function::Exp | Function::Exp2 | Function::Exp10 => Function::Exp,
        Function::Ln | Function::Log2 | Function::Log10 => Function::Ln,
        Function::Tan | Function::Tanh | Function::Asin | Function::Acos | Function::Atan | Function::Abs => {
            function
        }
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
    }
}
