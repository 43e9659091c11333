//! Values of an expression, column by column.

use super::{Exponent, Expr, Function};

/// A column of values that is copied only when it must be.
#[derive(Debug, Clone)]
pub(super) enum Column<'a> {
    /// The same value in every row.
    Scalar(f64),
    /// An input column.
    Input(&'a [f64]),
    /// A computed column.
    Owned(Vec<f64>),
}

impl<'a> Column<'a> {
    /// The values as an owned column of `rows` rows.
    pub(super) fn into_vec(self, rows: usize) -> Vec<f64> {
        match self {
            Column::Scalar(value) => vec![value; rows],
            Column::Input(values) => values.to_vec(),
            Column::Owned(values) => values,
        }
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Column<'a> {
        match self {
            Column::Scalar(value) => Column::Scalar(f(value)),
            Column::Input(values) => Column::Owned(values.iter().map(|&v| f(v)).collect()),
            Column::Owned(mut values) => {
                for value in &mut values {
                    *value = f(*value);
                }
                Column::Owned(values)
            }
        }
    }

    fn zip(self, other: &Column<'_>, f: impl Fn(f64, f64) -> f64) -> Column<'a> {
        let other = match other {
            Column::Scalar(right) => {
                let right = *right;
                return self.map(|left| f(left, right));
            }
            Column::Input(values) => values,
            Column::Owned(values) => values.as_slice(),
        };
        match self {
            Column::Scalar(left) => Column::Owned(other.iter().map(|&right| f(left, right)).collect()),
            Column::Input(values) => {
                Column::Owned(values.iter().zip(other).map(|(&l, &r)| f(l, r)).collect())
            }
            Column::Owned(mut values) => {
                for (left, &right) in values.iter_mut().zip(other) {
                    *left = f(*left, right);
                }
                Column::Owned(values)
            }
        }
    }

    /// Elementwise sum.
    pub(super) fn plus(self, other: &Column<'_>) -> Column<'a> {
        self.zip(other, |left, right| left + right)
    }

    /// Elementwise product.
    pub(super) fn times(self, other: &Column<'_>) -> Column<'a> {
        self.zip(other, |left, right| left * right)
    }

    /// Elementwise power.
    pub(super) fn raised(self, exponent: Exponent) -> Column<'a> {
        let (p, q) = (exponent.numerator(), exponent.denominator());
        match (p, q) {
            (1, 1) => self,
            (-1, 1) => self.map(|v| 1.0 / v),
            (2, 1) => self.map(|v| v * v),
            (1, 2) => self.map(f64::sqrt),
            _ => self.map(|v| raise(v, exponent)),
        }
    }

    /// The function of every element.
    pub(super) fn applied(self, function: Function) -> Column<'a> {
        self.map(function.facts().value)
    }

    /// Elementwise product with a slope, where a slope of 0 wins over an
    /// infinite derivative: `x^p` is flat at 0 whatever its logarithm does.
    pub(super) fn times_slope(self, slope: &Column<'_>) -> Column<'a> {
        self.zip(slope, |left, right| if right == 0.0 { 0.0 } else { left * right })
    }

    /// Elementwise slope of a function, from argument and value.
    pub(super) fn slope(self, value: &Column<'_>, function: Function) -> Column<'a> {
        self.zip(value, function.facts().slope)
    }
}

/// `value ^ exponent`: whole exponents by repeated multiplication, halves by
/// the square root, the rest by `powf`.
pub(super) fn raise(value: f64, exponent: Exponent) -> f64 {
    match exponent.denominator() {
        1 => value.powi(exponent.numerator()),
        2 => value.sqrt().powi(exponent.numerator()),
        _ => value.powf(exponent.value()),
    }
}

/// The number of rows of column-major `inputs`: that of its first column.
pub(super) fn row_count(inputs: &[Vec<f64>]) -> usize {
    inputs.first().map_or(0, Vec::len)
}

impl Expr {
    /// The value in every row of column-major `inputs`; `inputs[i]` is the
    /// column of input `i`.
    ///
    /// # Panics
    /// When the expression reads an input beyond `inputs`.
    pub fn evaluate(&self, inputs: &[Vec<f64>]) -> Vec<f64> {
        self.column(inputs).into_vec(row_count(inputs))
    }

    /// The value in a single row; `row[i]` is the value of input `i`.
    ///
    /// # Panics
    /// When the expression reads an input beyond `row`.
    pub fn evaluate_row(&self, row: &[f64]) -> f64 {
        match self {
            Expr::Constant(c) => *c,
            Expr::Variable(index) => row[*index],
            Expr::Sum(terms) => sum_of(terms.iter().map(|t| t.evaluate_row(row))),
            Expr::Product(factors) => factors.iter().map(|f| f.evaluate_row(row)).product(),
            Expr::Power(base, exponent) => raise(base.evaluate_row(row), *exponent),
            Expr::Apply(function, argument) => function.value(argument.evaluate_row(row)),
        }
    }

    pub(super) fn column<'a>(&self, inputs: &'a [Vec<f64>]) -> Column<'a> {
        match self {
            Expr::Constant(c) => Column::Scalar(*c),
            Expr::Variable(index) => Column::Input(&inputs[*index]),
            Expr::Sum(terms) => combine(terms, inputs, 0.0, Column::plus),
            Expr::Product(factors) => combine(factors, inputs, 1.0, Column::times),
            Expr::Power(base, exponent) => base.column(inputs).raised(*exponent),
            Expr::Apply(function, argument) => argument.column(inputs).applied(*function),
        }
    }
}

fn sum_of(values: impl Iterator<Item = f64>) -> f64 {
    // `Iterator::sum` of f64 starts at -0.0; an empty sum here is plain 0.
    values.fold(0.0, |total, value| total + value)
}

fn combine<'a>(
    children: &[Expr],
    inputs: &'a [Vec<f64>],
    neutral: f64,
    operation: impl Fn(Column<'a>, &Column<'_>) -> Column<'a>,
) -> Column<'a> {
    let mut children = children.iter();
    let Some(first) = children.next() else {
        return Column::Scalar(neutral);
    };
    children.fold(first.column(inputs), |total, child| {
        operation(total, &child.column(inputs))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x(index: usize) -> Expr {
        Expr::Variable(index)
    }

    #[test]
    fn columns_and_rows_agree() {
        let inputs = vec![vec![1.0, 4.0, 9.0], vec![2.0, 0.5, -3.0]];
        let cases: Vec<(Expr, [f64; 3])> = vec![
            (Expr::Constant(2.5), [2.5, 2.5, 2.5]),
            (Expr::difference(x(0), x(1)), [-1.0, 3.5, 12.0]),
            (Expr::quotient(x(0), x(1)), [0.5, 8.0, -3.0]),
            (Expr::power(x(0), Exponent::new(3, 2)), [1.0, 8.0, 27.0]),
            (Expr::power(x(1), Exponent::integer(-2)), [0.25, 4.0, 1.0 / 9.0]),
            (Expr::sum(vec![]), [0.0; 3]),
            (Expr::product(vec![]), [1.0; 3]),
        ];
        for (expr, expected) in cases {
            let values = expr.evaluate(&inputs);
            for row in 0..3 {
                assert!((values[row] - expected[row]).abs() < 1e-15, "{expr:?}");
                let single = expr.evaluate_row(&[inputs[0][row], inputs[1][row]]);
                assert!((single - expected[row]).abs() < 1e-15, "{expr:?}");
            }
        }
    }

    #[test]
    fn roots_of_negatives_are_nan() {
        assert!(Expr::sqrt(x(0)).evaluate_row(&[-1.0]).is_nan());
        assert!(Expr::power(x(0), Exponent::new(1, 3))
            .evaluate_row(&[-8.0])
            .is_nan());
    }
}
