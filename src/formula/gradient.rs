//! The constants of an expression and exact derivatives with respect to them.
//!
//! Constants are numbered in depth-first order, children from left to right.
//! Each subtree therefore owns a contiguous range of constants, and the
//! derivatives of a node are those of its children, scaled by the chain rule:
//! `d(Σ f)/dc = f'`, `d(Π f)/dc = f' Π_{others}`, `d(b^p)/dc = p b^(p-1) b'`,
//! `d f(u)/dc = f'(u) u'`.

use super::evaluate::{row_count, Column};
use super::{Exponent, Expr};

impl Expr {
    /// The constants, depth first and from left to right. Exponents are not
    /// among them.
    pub fn constants(&self) -> Vec<f64> {
        let mut constants = Vec::new();
        self.visit(&mut |node| {
            if let Expr::Constant(c) = node {
                constants.push(*c);
            }
        });
        constants
    }

    /// This expression with its constants replaced, in the order of
    /// [`Expr::constants`].
    ///
    /// # Panics
    /// When `constants` has another length than [`Expr::constants`].
    pub fn with_constants(&self, constants: &[f64]) -> Expr {
        let mut remaining = constants.iter();
        let replaced = self.replace_constants(&mut remaining);
        assert!(
            remaining.next().is_none(),
            "more constants than the expression has"
        );
        replaced
    }

    fn replace_constants(&self, remaining: &mut std::slice::Iter<'_, f64>) -> Expr {
        match self {
            Expr::Constant(_) => {
                Expr::Constant(*remaining.next().expect("fewer constants than the expression has"))
            }
            Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
                self.map_children(&mut |child| child.replace_constants(remaining))
            }
        }
    }

    /// The values in every row and, for each constant in the order of
    /// [`Expr::constants`], the column of exact derivatives.
    ///
    /// # Panics
    /// When the expression reads an input beyond `inputs`.
    pub fn evaluate_with_gradient(&self, inputs: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let rows = row_count(inputs);
        let node = self.derive(inputs);
        let columns = node
            .derivatives
            .into_iter()
            .map(|column| column.into_vec(rows))
            .collect();
        (node.value.into_vec(rows), columns)
    }

    fn derive<'a>(&self, inputs: &'a [Vec<f64>]) -> Derived<'a> {
        match self {
            Expr::Constant(c) => Derived {
                value: Column::Scalar(*c),
                derivatives: vec![Column::Scalar(1.0)],
            },
            Expr::Variable(index) => Derived {
                value: Column::Input(&inputs[*index]),
                derivatives: Vec::new(),
            },
            Expr::Sum(terms) => {
                let mut total = Derived {
                    value: Column::Scalar(0.0),
                    derivatives: Vec::new(),
                };
                for term in terms {
                    let term = term.derive(inputs);
                    total.value = term.value.plus(&total.value);
                    total.derivatives.extend(term.derivatives);
                }
                total
            }
            Expr::Product(factors) => derive_product(factors, inputs),
            Expr::Power(base, exponent) => {
                let base = base.derive(inputs);
                if base.derivatives.is_empty() {
                    return Derived {
                        value: base.value.raised(*exponent),
                        derivatives: Vec::new(),
                    };
                }
                let slope = match exponent.checked_add(Exponent::integer(-1)) {
                    Some(reduced) => base
                        .value
                        .clone()
                        .raised(reduced)
                        .times(&Column::Scalar(exponent.value())),
                    None => Column::Scalar(f64::NAN),
                };
                Derived {
                    value: base.value.raised(*exponent),
                    derivatives: scaled(base.derivatives, &slope),
                }
            }
            Expr::Apply(function, argument) => {
                let argument = argument.derive(inputs);
                let value = argument.value.clone().applied(*function);
                if argument.derivatives.is_empty() {
                    return Derived {
                        value,
                        derivatives: Vec::new(),
                    };
                }
                let slope = argument.value.slope(&value, *function);
                let derivatives = argument.derivatives.into_iter();
                Derived {
                    value,
                    derivatives: derivatives.map(|column| column.times_slope(&slope)).collect(),
                }
            }
        }
    }
}

/// A node's value and its derivatives by the constants inside it.
struct Derived<'a> {
    value: Column<'a>,
    derivatives: Vec<Column<'a>>,
}

fn scaled<'a>(derivatives: Vec<Column<'a>>, slope: &Column<'a>) -> Vec<Column<'a>> {
    derivatives
        .into_iter()
        .map(|derivative| match derivative {
            // Spares a pass over the rows for the constant itself.
            Column::Scalar(1.0) => slope.clone(),
            other => other.times(slope),
        })
        .collect()
}

fn derive_product<'a>(factors: &[Expr], inputs: &'a [Vec<f64>]) -> Derived<'a> {
    let mut without_constants = Column::Scalar(1.0);
    let mut with_constants = Vec::new();
    for factor in factors {
        let factor = factor.derive(inputs);
        if factor.derivatives.is_empty() {
            without_constants = factor.value.times(&without_constants);
        } else {
            with_constants.push(factor);
        }
    }
    // `suffixes[i]` is the product of the factors with constants after `i`.
    let mut suffixes = vec![Column::Scalar(1.0); with_constants.len()];
    for i in (1..with_constants.len()).rev() {
        suffixes[i - 1] = with_constants[i].value.clone().times(&suffixes[i]);
    }
    let mut prefix = without_constants;
    let mut derivatives = Vec::new();
    for (factor, suffix) in with_constants.into_iter().zip(suffixes) {
        let others = suffix.times(&prefix);
        derivatives.extend(scaled(factor.derivatives, &others));
        prefix = factor.value.times(&prefix);
    }
    Derived {
        value: prefix,
        derivatives,
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    fn names() -> Vec<String> {
        vec!["a".into(), "b".into()]
    }

    #[test]
    fn gradient_matches_central_differences() {
        let inputs = vec![vec![0.7, 1.9, 3.1], vec![1.3, 0.4, 2.2]];
        for text in [
            "2.5*a + 0.3",
            "1.5*a^2*b + 0.2/(a + 3.5*b)",
            "sqrt(2.5*a^2 + 1.5*b) * (0.3 + a)",
            "(1.2*a + 0.7)^1.5 / (b - 7.5)^2",
            "(0.4*a + 1)*(2.1*b + 3)*(a + 0.1*b)",
            "2.5*exp(-0.3*a) + 0.7*sin(1.4*b + 0.3)",
            "1.2*a^1.37 + 0.4*(0.3*b + 1)^(0.6*a)",
            "0.4*tanh(0.3*a*b) + ln(2.5*a + 0.1)*atan(0.7*b)",
        ] {
            let expr = parse(text, &names()).expect(text);
            let constants = expr.constants();
            let (values, gradient) = expr.evaluate_with_gradient(&inputs);
            assert_eq!(gradient.len(), constants.len(), "{text}");
            for (value, plain) in values.iter().zip(expr.evaluate(&inputs)) {
                assert!((value - plain).abs() <= 1e-14 * plain.abs(), "{text}");
            }
            for (index, column) in gradient.iter().enumerate() {
                let step = 1e-6 * constants[index].abs();
                let shifted = |by: f64| {
                    let mut moved = constants.clone();
                    moved[index] += by;
                    expr.with_constants(&moved).evaluate(&inputs)
                };
                let (up, down) = (shifted(step), shifted(-step));
                for row in 0..3 {
                    let numeric = (up[row] - down[row]) / (2.0 * step);
                    assert!(
                        (numeric - column[row]).abs() < 1e-7 * (1.0 + column[row].abs()),
                        "{text}: constant {index}, {numeric} against {}",
                        column[row]
                    );
                }
            }
        }
    }

    #[test]
    fn constants_round_trip_in_order() {
        let expr = parse("2*a + 3*sqrt(4*b + 5)", &names()).expect("parses");
        assert_eq!(expr.constants(), [2.0, 3.0, 4.0, 5.0]);
        let moved = expr.with_constants(&[1.5, 2.5, 3.5, 4.5]);
        assert_eq!(moved.constants(), [1.5, 2.5, 3.5, 4.5]);
    }
}
