//! How a term is laid out on paper: sign, coefficient, what stands above the
//! fraction bar and what below. Complexity and every notation share it, so that
//! what is counted is what is written.

use super::number::as_quotient;
use super::{Exponent, Expr, Function};

/// The bases of `10^u` and `2^u`.
static TEN: Expr = Expr::Constant(10.0);
static TWO: Expr = Expr::Constant(2.0);

/// What a base is raised to; where it is a number, that is positive.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raised {
    /// A small fraction.
    Fraction(Exponent),
    /// Any other number.
    Number(f64),
    /// A formula.
    Formula(Expr),
}

/// A factor `base ^ exponent`.
#[derive(Debug, Clone)]
pub(super) struct Factor<'a> {
    pub(super) base: &'a Expr,
    pub(super) exponent: Raised,
}

/// `± coefficient · Π numerator / Π denominator`.
#[derive(Debug, Clone)]
pub(super) struct Term<'a> {
    pub(super) negative: bool,
    /// At least 0 (or NaN); 1 where nothing need be written.
    pub(super) coefficient: f64,
    pub(super) numerator: Vec<Factor<'a>>,
    pub(super) denominator: Vec<Factor<'a>>,
}

impl<'a> Factor<'a> {
    /// The factor, and whether it stands below the bar.
    fn of(expr: &'a Expr) -> (Factor<'a>, bool) {
        let above = |base, exponent| (Factor { base, exponent }, false);
        match expr {
            Expr::Power(base, exponent) => {
                let below = exponent.is_negative();
                let exponent = Raised::Fraction(exponent.magnitude());
                (Factor { base, exponent }, below)
            }
            Expr::Apply(function, argument) => {
                if let Some(base) = written_base(*function) {
                    return above(base, Raised::Formula((**argument).clone()));
                }
                let Some((base, exponent)) = expr.as_general_power() else {
                    return above(expr, Raised::Fraction(Exponent::ONE));
                };
                let (exponent, below) = match exponent {
                    Expr::Constant(c) => (Raised::Number(c.abs()), c < 0.0),
                    exponent if Term::of(&exponent).negative => {
                        (Raised::Formula(exponent.negated().without_one()), true)
                    }
                    exponent => (Raised::Formula(exponent), false),
                };
                (Factor { base, exponent }, below)
            }
            Expr::Constant(_) | Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) => {
                above(expr, Raised::Fraction(Exponent::ONE))
            }
        }
    }

    /// Whether nothing is written above the base.
    pub(super) fn is_plain(&self) -> bool {
        self.exponent == Raised::Fraction(Exponent::ONE)
    }
}

/// The number that stands at the bottom of `10^u`.
fn written_base(function: Function) -> Option<&'static Expr> {
    function
        .facts()
        .base
        .map(|base| if base == 2.0 { &TWO } else { &TEN })
}

impl Expr {
    /// `1 · rest` as `rest`.
    fn without_one(self) -> Expr {
        match self {
            Expr::Product(mut factors)
                if factors.first() == Some(&Expr::Constant(1.0)) && factors.len() > 1 =>
            {
                factors.remove(0);
                match factors.len() {
                    1 => factors.remove(0),
                    _ => Expr::Product(factors),
                }
            }
            Expr::Constant(_)
            | Expr::Variable(_)
            | Expr::Sum(_)
            | Expr::Product(_)
            | Expr::Power(..)
            | Expr::Apply(..) => self,
        }
    }
}

impl<'a> Term<'a> {
    /// The layout of any expression.
    pub(super) fn of(expr: &'a Expr) -> Term<'a> {
        let mut term = Term {
            negative: false,
            coefficient: 1.0,
            numerator: Vec::new(),
            denominator: Vec::new(),
        };
        let mut has_coefficient = false;
        let factors = if let Expr::Product(factors) = expr {
            factors.as_slice()
        } else {
            std::slice::from_ref(expr)
        };
        for factor in factors {
            if let (Expr::Constant(c), false) = (factor, has_coefficient) {
                has_coefficient = true;
                term.negative = *c < 0.0;
                term.coefficient = c.abs();
                continue;
            }
            let (factor, below) = Factor::of(factor);
            let side = if below {
                &mut term.denominator
            } else {
                &mut term.numerator
            };
            side.push(factor);
        }
        term
    }

    /// The coefficient as a number above the bar (`None` where a 1 need not be
    /// written) and one below it.
    pub(super) fn coefficient_over_bar(&self) -> (Option<f64>, Option<f64>) {
        let alone = self.numerator.is_empty() && self.denominator.is_empty();
        // A number on its own is rather a decimal than one over a decimal.
        match as_quotient(self.coefficient).filter(|(_, q)| !alone || q.fract() == 0.0) {
            Some((p, q)) => ((p != 1.0 || self.numerator.is_empty()).then_some(p), Some(q)),
            None => (self.writes_coefficient().then_some(self.coefficient), None),
        }
    }

    /// Whether a number stands in the numerator: a coefficient other than 1,
    /// or the 1 of `1 / x`.
    pub(super) fn writes_coefficient(&self) -> bool {
        self.coefficient != 1.0 || self.numerator.is_empty()
    }
}
