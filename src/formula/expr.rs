//! The expression tree that every stage speaks.

/// A reduced rational exponent `numerator / denominator`, denominator > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exponent {
    numerator: i32,
    denominator: i32,
}

impl Exponent {
    /// The exponent 1.
    pub const ONE: Exponent = Exponent {
        numerator: 1,
        denominator: 1,
    };

    pub(super) const fn half() -> Exponent {
        Exponent {
            numerator: 1,
            denominator: 2,
        }
    }

    /// `numerator / denominator`, reduced. Panics when the denominator is 0.
    pub fn new(numerator: i32, denominator: i32) -> Exponent {
        assert!(denominator != 0, "an exponent's denominator cannot be 0");
        let divisor =
            greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs()).max(1) as i32;
        let sign = denominator.signum();
        Exponent {
            numerator: sign * numerator / divisor,
            denominator: sign * denominator / divisor,
        }
    }

    /// The whole-number exponent `n`.
    pub fn integer(n: i32) -> Exponent {
        Exponent::new(n, 1)
    }

    /// Numerator of the reduced fraction; carries the sign.
    pub fn numerator(self) -> i32 {
        self.numerator
    }

    /// Denominator of the reduced fraction, at least 1.
    pub fn denominator(self) -> i32 {
        self.denominator
    }

    /// Whether the denominator is 1.
    pub fn is_integer(self) -> bool {
        self.denominator == 1
    }

    /// The nearest `f64`.
    pub fn value(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// A formula over the inputs `x_0, x_1, …`.
///
/// `Sum(vec![])` is 0 and `Product(vec![])` is 1. A difference is a sum with a
/// term whose product starts with a negative constant; a quotient is a
/// product with a negative power.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number.
    Constant(f64),
    /// The input with this index.
    Variable(usize),
    /// The sum of the terms.
    Sum(Vec<Expr>),
    /// The product of the factors.
    Product(Vec<Expr>),
    /// `base ^ exponent`, real-valued: NaN for an even root of a negative base;
    /// an odd root of a negative base is NaN too, as `powf` has it.
    Power(Box<Expr>, Exponent),
}
