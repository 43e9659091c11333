//! What text and Python share: infix operators and parentheses.

use crate::formula::layout::{Factor, Term};
use crate::formula::number::{format_number, is_short_decimal};
use crate::formula::{Exponent, Expr};

/// How tightly a written piece holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

/// What differs between the infix languages.
pub(super) struct Notation<'a> {
    /// The power operator.
    pub(super) power: &'static str,
    /// Whether a root is written `sqrt(x)`; otherwise it is a power.
    pub(super) root_function: bool,
    /// How input `i` is called.
    pub(super) name: &'a dyn Fn(usize) -> String,
}

impl Notation<'_> {
    /// The expression in this notation.
    pub(super) fn write(&self, expr: &Expr) -> String {
        self.bound(expr).0
    }

    fn bound(&self, expr: &Expr) -> (String, Binding) {
        match expr {
            Expr::Variable(index) => ((self.name)(*index), Binding::Atom),
            Expr::Sum(terms) => self.sum(terms),
            other => {
                let term = Term::of(other);
                let (written, binding) = self.unsigned(&term);
                if term.negative {
                    let written = parenthesised(written, binding, Binding::Product);
                    (format!("-{written}"), Binding::Product)
                } else {
                    (written, binding)
                }
            }
        }
    }

    fn sum(&self, terms: &[Expr]) -> (String, Binding) {
        let mut written = String::new();
        for (index, expr) in terms.iter().enumerate() {
            let term = Term::of(expr);
            written.push_str(match (index, term.negative) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            });
            let (piece, binding) = match expr {
                Expr::Sum(_) => self.bound(expr),
                _ => self.unsigned(&term),
            };
            written.push_str(&parenthesised(piece, binding, Binding::Product));
        }
        match terms.len() {
            0 => ("0".to_string(), Binding::Atom),
            // A nested sum in here already has its parentheses.
            1 => (written, Binding::Product),
            _ => (written, Binding::Sum),
        }
    }

    /// The term without its sign.
    fn unsigned(&self, term: &Term<'_>) -> (String, Binding) {
        let number = |value: f64| (format_number(value), Binding::Atom);
        let (over, under) = term.coefficient_over_bar();
        let mut above: Vec<_> = over.into_iter().map(number).collect();
        let mut below: Vec<_> = under.into_iter().map(number).collect();
        above.extend(term.numerator.iter().map(|factor| self.factor(factor)));
        below.extend(term.denominator.iter().map(|factor| self.factor(factor)));
        let (numerator, binding) = joined(above);
        if below.is_empty() {
            return (numerator, binding);
        }
        let numerator = parenthesised(numerator, binding, Binding::Product);
        let (denominator, binding) = joined(below);
        let denominator = parenthesised(denominator, binding, Binding::Power);
        (format!("{numerator} / {denominator}"), Binding::Product)
    }

    fn factor(&self, factor: &Factor<'_>) -> (String, Binding) {
        if factor.exponent == Exponent::ONE {
            return self.bound(factor.base);
        }
        if self.root_function && factor.exponent == Exponent::HALF {
            return (format!("sqrt({})", self.write(factor.base)), Binding::Atom);
        }
        let (base, binding) = self.bound(factor.base);
        let base = parenthesised(base, binding, Binding::Atom);
        let exponent = written_exponent(factor.exponent);
        (format!("{base}{}{exponent}", self.power), Binding::Power)
    }
}

/// A positive exponent: a decimal where that is short, else `(p/q)`.
fn written_exponent(exponent: Exponent) -> String {
    let value = exponent.value();
    if is_short_decimal(value) {
        format_number(value)
    } else {
        format!("({}/{})", exponent.numerator(), exponent.denominator())
    }
}

fn joined(mut factors: Vec<(String, Binding)>) -> (String, Binding) {
    if factors.len() == 1 {
        return factors.remove(0);
    }
    let pieces: Vec<String> = factors
        .into_iter()
        .map(|(piece, binding)| parenthesised(piece, binding, Binding::Power))
        .collect();
    (pieces.join(" * "), Binding::Product)
}

fn parenthesised(piece: String, binding: Binding, least: Binding) -> String {
    if binding < least {
        format!("({piece})")
    } else {
        piece
    }
}
