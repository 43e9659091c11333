//! Comparing formulas by shape, whatever their constants.

use super::Expr;

impl Expr {
    /// Whether both have the same shape when constant values are ignored.
    /// Simplify both first: the trees are compared as they stand.
    pub fn same_structure(&self, other: &Expr) -> bool {
        match (self, other) {
            (Expr::Constant(_), Expr::Constant(_)) => true,
            (Expr::Variable(a), Expr::Variable(b)) => a == b,
            (Expr::Sum(a), Expr::Sum(b)) | (Expr::Product(a), Expr::Product(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same_structure(y))
            }
            (Expr::Power(a, p), Expr::Power(b, q)) => p == q && a.same_structure(b),
            _ => false,
        }
    }

    /// A key that two expressions share exactly when they have the
    /// [same structure](Expr::same_structure).
    pub fn structure_key(&self) -> String {
        let mut key = String::new();
        self.write_structure(&mut key);
        key
    }

    fn write_structure(&self, key: &mut String) {
        let mut children = |sign: char, children: &[Expr]| {
            key.push('(');
            key.push(sign);
            for child in children {
                key.push(' ');
                child.write_structure(key);
            }
            key.push(')');
        };
        match self {
            Expr::Constant(_) => key.push('c'),
            Expr::Variable(index) => key.push_str(&format!("x{index}")),
            Expr::Sum(terms) => children('+', terms),
            Expr::Product(factors) => children('*', factors),
            Expr::Power(base, exponent) => {
                let (p, q) = (exponent.numerator(), exponent.denominator());
                key.push_str(&format!("(^{p}/{q} "));
                base.write_structure(key);
                key.push(')');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    #[test]
    fn constants_do_not_matter_but_exponents_do() {
        let names = vec!["a".to_string(), "b".to_string()];
        for (left, right, same) in [
            ("2*a + 3", "5*a + 7", true),
            ("a^2", "a^3", false),
            ("a + b", "a*b", false),
            ("2*a", "2*b", false),
            ("sqrt(2*a + b)", "sqrt(9*a + b)", true),
        ] {
            let left = parse(left, &names).expect(left);
            let right = parse(right, &names).expect(right);
            assert_eq!(left.same_structure(&right), same);
            assert_eq!(left.structure_key() == right.structure_key(), same);
        }
    }
}
