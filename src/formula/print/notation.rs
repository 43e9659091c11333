//! What a notation has to say for itself, and the one writer for all of them.

use crate::formula::layout::{Factor, Raised, Term};
use crate::formula::number::{as_multiple_of_pi, format_number, is_short_decimal, MultipleOfPi};
use crate::formula::{Exponent, Expr, Function};

/// How tightly a written piece holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// Terms joined by `+` and `-`.
    Sum,
    /// Factors, a quotient, or anything with a sign in front.
    Product,
    /// A base with an exponent.
    Power,
    /// A number, a name, a call.
    Atom,
}

/// A piece of a formula as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// How tightly it holds together.
    pub binding: Binding,
}

impl Piece {
    /// Text that holds together as given.
    pub fn new(text: impl Into<String>, binding: Binding) -> Piece {
        Piece {
            text: text.into(),
            binding,
        }
    }

    /// Text that needs no parentheses anywhere.
    pub fn atom(text: impl Into<String>) -> Piece {
        Piece::new(text, Binding::Atom)
    }
}

/// A way of writing formulas. Everything has the usual infix form unless a
/// notation says otherwise.
pub trait Notation {
    /// Input `index`.
    fn name(&self, index: usize) -> String;

    /// `base ^ exponent`.
    fn power(&self, base: Piece, exponent: Piece) -> Piece;

    /// A function of its argument.
    fn call(&self, function: Function, argument: Piece) -> Piece;

    /// A number that is at least 0.
    fn number(&self, value: f64) -> Piece {
        Piece::atom(format_number(value))
    }

    /// An exponent that is a fraction above 0.
    fn fraction(&self, above: i32, below: i32) -> Piece {
        Piece::new(format!("{above}/{below}"), Binding::Product)
    }

    /// The piece with a minus in front.
    fn minus(&self, piece: Piece) -> String {
        format!("-{}", self.bracketed(piece, Binding::Product))
    }

    /// The number π.
    fn pi(&self) -> Piece {
        Piece::atom("pi")
    }

    /// The square root; where a notation has no sign for it, a power.
    fn root(&self, radicand: Piece) -> Piece {
        self.power(radicand, Piece::atom("0.5"))
    }

    /// The product of two factors or more.
    fn product(&self, factors: Vec<Piece>) -> Piece {
        let factors = factors
            .into_iter()
            .map(|factor| self.bracketed(factor, Binding::Power));
        Piece::new(factors.collect::<Vec<_>>().join(" * "), Binding::Product)
    }

    /// A quotient.
    fn quotient(&self, above: Piece, below: Piece) -> Piece {
        let above = self.bracketed(above, Binding::Product);
        let below = self.bracketed(below, Binding::Power);
        Piece::new(format!("{above} / {below}"), Binding::Product)
    }

    /// The text in parentheses.
    fn parenthesised(&self, text: &str) -> String {
        format!("({text})")
    }

    /// The text, in parentheses where it holds together less than `least`.
    fn bracketed(&self, piece: Piece, least: Binding) -> String {
        if piece.binding < least {
            self.parenthesised(&piece.text)
        } else {
            piece.text
        }
    }
}

impl Expr {
    /// The formula in any notation.
    pub fn written(&self, notation: &dyn Notation) -> String {
        piece(notation, self).text
    }
}

fn piece(notation: &dyn Notation, expr: &Expr) -> Piece {
    match expr {
        Expr::Variable(index) => Piece::atom(notation.name(*index)),
        Expr::Sum(terms) => sum(notation, terms),
        Expr::Constant(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
            let term = Term::of(expr);
            let written = unsigned(notation, &term);
            if term.negative {
                Piece::new(notation.minus(written), Binding::Product)
            } else {
                written
            }
        }
    }
}

fn sum(notation: &dyn Notation, terms: &[Expr]) -> Piece {
    let mut written = String::new();
    for (index, expr) in terms.iter().enumerate() {
        let term = Term::of(expr);
        let piece = if let Expr::Sum(_) = expr {
            piece(notation, expr)
        } else {
            unsigned(notation, &term)
        };
        if index == 0 && term.negative {
            written.push_str(&notation.minus(piece));
            continue;
        }
        written.push_str(match (index, term.negative) {
            (0, _) => "",
            (_, false) => " + ",
            (_, true) => " - ",
        });
        written.push_str(&notation.bracketed(piece, Binding::Product));
    }
    match terms.len() {
        0 => Piece::atom("0"),
        // A nested sum in here already has its parentheses.
        1 => Piece::new(written, Binding::Product),
        _ => Piece::new(written, Binding::Sum),
    }
}

/// The term without its sign.
fn unsigned(notation: &dyn Notation, term: &Term<'_>) -> Piece {
    let (mut above, mut below) = coefficient(notation, term);
    above.extend(term.numerator.iter().map(|written| factor(notation, written)));
    below.extend(term.denominator.iter().map(|written| factor(notation, written)));
    let above = joined(notation, above);
    if below.is_empty() {
        return above;
    }
    notation.quotient(above, joined(notation, below))
}

/// What is written of the coefficient, above the bar and below it.
fn coefficient(notation: &dyn Notation, term: &Term<'_>) -> (Vec<Piece>, Vec<Piece>) {
    let number = |value: f64| notation.number(value);
    let Some(MultipleOfPi { p, q, power }) = as_multiple_of_pi(term.coefficient) else {
        let (over, under) = term.coefficient_over_bar();
        return (
            over.into_iter().map(number).collect(),
            under.into_iter().map(number).collect(),
        );
    };
    let whole = |n: u32| (n != 1).then(|| number(f64::from(n)));
    let pi = match power.abs() {
        1 => notation.pi(),
        power => notation.power(notation.pi(), number(f64::from(power))),
    };
    let (mut above, mut below) = (Vec::from_iter(whole(p)), Vec::from_iter(whole(q)));
    if power > 0 {
        above.push(pi);
    } else {
        below.push(pi);
    }
    if above.is_empty() && term.numerator.is_empty() {
        above.push(number(1.0));
    }
    (above, below)
}

fn joined(notation: &dyn Notation, mut factors: Vec<Piece>) -> Piece {
    if factors.len() == 1 {
        return factors.remove(0);
    }
    notation.product(factors)
}

fn factor(notation: &dyn Notation, factor: &Factor<'_>) -> Piece {
    let exponent = match &factor.exponent {
        Raised::Fraction(Exponent::ONE) => return base(notation, factor.base),
        Raised::Fraction(Exponent::HALF) => return notation.root(base(notation, factor.base)),
        Raised::Fraction(exponent) if is_short_decimal(exponent.value()) => notation.number(exponent.value()),
        Raised::Fraction(exponent) => notation.fraction(exponent.numerator(), exponent.denominator()),
        Raised::Number(value) => piece(notation, &Expr::Constant(*value)),
        Raised::Formula(exponent) => piece(notation, exponent),
    };
    notation.power(base(notation, factor.base), exponent)
}

fn base(notation: &dyn Notation, base: &Expr) -> Piece {
    match base {
        // `10^u` and powers were taken apart by the layout, unless they are the base of another power.
        Expr::Apply(function, argument)
            if function.facts().base.is_none() && base.as_general_power().is_none() =>
        {
            notation.call(*function, piece(notation, argument))
        }
        Expr::Constant(_)
        | Expr::Variable(_)
        | Expr::Sum(_)
        | Expr::Product(_)
        | Expr::Power(..)
        | Expr::Apply(..) => piece(notation, base),
    }
}
