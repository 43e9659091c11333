//! Symbolic derivatives by an input.

use super::{Exponent, Expr};

impl Expr {
    /// `∂self/∂x_variable`, simplified.
    pub fn differentiate(&self, variable: usize) -> Expr {
        self.derivative(variable).simplify()
    }

    fn derivative(&self, variable: usize) -> Expr {
        match self {
            Expr::Constant(_) => Expr::Constant(0.0),
            Expr::Variable(index) => Expr::Constant(f64::from(u8::from(*index == variable))),
            Expr::Sum(terms) => Expr::Sum(terms.iter().map(|t| t.derivative(variable)).collect()),
            Expr::Product(factors) => Expr::Sum(
                (0..factors.len())
                    .map(|i| {
                        let mut product = factors.clone();
                        product[i] = factors[i].derivative(variable);
                        Expr::Product(product)
                    })
                    .collect(),
            ),
            Expr::Power(base, exponent) => {
                let slope = match exponent.checked_add(Exponent::integer(-1)) {
                    Some(reduced) => Expr::power((**base).clone(), reduced),
                    // b^(p-1) = b^p / b where p - 1 is out of range.
                    None => Expr::quotient(self.clone(), (**base).clone()),
                };
                Expr::Product(vec![
                    Expr::Constant(exponent.value()),
                    slope,
                    base.derivative(variable),
                ])
            }
            Expr::Apply(function, argument) => Expr::Product(vec![
                (function.facts().derivative)((**argument).clone()),
                argument.derivative(variable),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    #[test]
    fn derivatives_match_central_differences() {
        let names = vec!["a".to_string(), "b".to_string()];
        let point = [1.3, 0.7];
        for text in [
            "a^2*b",
            "sqrt(a^2 + b^2)",
            "a*b/(a + b)",
            "3.5",
            "b^1.5/a",
            "exp(a*b)/a",
            "a^1.37",
            "a^b",
            "ln(a)*tanh(b)",
        ] {
            let expr = parse(text, &names).expect(text);
            for variable in 0..2 {
                let shifted = |by: f64| {
                    let mut moved = point;
                    moved[variable] += by;
                    expr.evaluate_row(&moved)
                };
                let numeric = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
                let exact = expr.differentiate(variable).evaluate_row(&point);
                assert!((numeric - exact).abs() < 1e-8, "{text}: {numeric}, {exact}");
            }
        }
    }
}
