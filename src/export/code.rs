//! The notation of programming languages: what they differ in is data.

use crate::formula::{Binding, Function, Notation, Piece};

/// How a language raises to a power.
#[derive(Debug, Clone, Copy)]
pub(super) enum Power {
    /// Between base and exponent.
    Operator(&'static str),
    /// A function of both.
    Call(&'static str),
}

/// What a language has to say for itself. Everything else is as usual.
pub(super) struct Syntax {
    pub(super) power: Power,
    pub(super) times: &'static str,
    pub(super) over: &'static str,
    /// `1` is a whole number there, and 1/3 would be 0.
    pub(super) points: bool,
    /// A minus in front binds tighter than a power.
    pub(super) tight_minus: bool,
    pub(super) pi: &'static str,
    pub(super) sqrt: &'static str,
    /// The call of a function, up to its parenthesis.
    pub(super) call: fn(Function) -> &'static str,
    /// How a logarithm to base 2 and 10 is written where it takes its base.
    pub(super) based: Option<fn(Function, &str) -> Option<String>>,
}

/// The notation over inputs of these identifiers.
pub(super) struct Code<'a> {
    pub(super) syntax: &'static Syntax,
    pub(super) inputs: &'a [String],
}

impl Notation for Code<'_> {
    fn name(&self, index: usize) -> String {
        self.inputs
            .get(index)
            .cloned()
            .unwrap_or_else(|| format!("x{index}"))
    }

    fn number(&self, value: f64) -> Piece {
        let plain = format!("{value}");
        let text = match plain.len() > 17 {
            true => format!("{value:e}"),
            false => plain,
        };
        let whole = text.bytes().all(|b| b.is_ascii_digit());
        Piece::atom(if self.syntax.points && whole {
            text + ".0"
        } else {
            text
        })
    }

    fn fraction(&self, above: i32, below: i32) -> Piece {
        let number = |n: i32| self.number(f64::from(n)).text;
        let over = self.syntax.over;
        Piece::new(
            format!("{}{over}{}", number(above), number(below)),
            Binding::Product,
        )
    }

    fn minus(&self, piece: Piece) -> String {
        let least = if self.syntax.tight_minus {
            Binding::Atom
        } else {
            Binding::Product
        };
        format!("-{}", self.bracketed(piece, least))
    }

    fn pi(&self) -> Piece {
        Piece::atom(self.syntax.pi)
    }

    fn power(&self, base: Piece, exponent: Piece) -> Piece {
        match self.syntax.power {
            Power::Call(name) => Piece::atom(format!("{name}({}, {})", base.text, exponent.text)),
            Power::Operator(operator) => {
                let base = self.bracketed(base, Binding::Atom);
                let exponent = self.bracketed(exponent, Binding::Atom);
                Piece::new(format!("{base}{operator}{exponent}"), Binding::Power)
            }
        }
    }

    fn root(&self, radicand: Piece) -> Piece {
        Piece::atom(format!("{}({})", self.syntax.sqrt, radicand.text))
    }

    fn call(&self, function: Function, argument: Piece) -> Piece {
        let based = self
            .syntax
            .based
            .and_then(|based| based(function, &argument.text));
        let usual = || format!("{}({})", (self.syntax.call)(function), argument.text);
        Piece::atom(based.unwrap_or_else(usual))
    }

    fn product(&self, factors: Vec<Piece>) -> Piece {
        let factors = factors
            .into_iter()
            .map(|factor| self.bracketed(factor, Binding::Power));
        let text = factors.collect::<Vec<_>>().join(self.syntax.times);
        Piece::new(text, Binding::Product)
    }

    fn quotient(&self, above: Piece, below: Piece) -> Piece {
        let above = self.bracketed(above, Binding::Product);
        let below = self.bracketed(below, Binding::Power);
        Piece::new(format!("{above}{}{below}", self.syntax.over), Binding::Product)
    }
}
