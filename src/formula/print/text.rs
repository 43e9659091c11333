//! The formula language of the command line and of the JSON report.

use super::name_of;
use super::notation::{Binding, Notation, Piece};
use crate::formula::parse::is_plain_name;
use crate::formula::Function;

/// What [`parse`](crate::formula::parse) reads.
pub struct Text<'a> {
    names: &'a [String],
}

impl<'a> Text<'a> {
    /// Over inputs of these names.
    pub fn new(names: &'a [String]) -> Text<'a> {
        Text { names }
    }
}

impl Notation for Text<'_> {
    fn name(&self, index: usize) -> String {
        quoted(&name_of(index, self.names))
    }

    fn power(&self, base: Piece, exponent: Piece) -> Piece {
        let base = self.bracketed(base, Binding::Atom);
        let exponent = self.bracketed(exponent, Binding::Atom);
        Piece::new(format!("{base}^{exponent}"), Binding::Power)
    }

    fn root(&self, radicand: Piece) -> Piece {
        Piece::atom(format!("sqrt({})", radicand.text))
    }

    fn call(&self, function: Function, argument: Piece) -> Piece {
        Piece::atom(format!("{}({})", function.facts().name, argument.text))
    }
}

/// The name as it is written in a formula: in backticks, with backticks
/// doubled, unless it is a plain identifier.
fn quoted(name: &str) -> String {
    if is_plain_name(name) {
        name.to_string()
    } else {
        format!("`{}`", name.replace('`', "``"))
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::{parse, Exponent, Expr};

    fn names() -> Vec<String> {
        ["a", "b", "c", "d", "speed [m/s]", "sqrt", "odd`name"]
            .map(String::from)
            .to_vec()
    }

    #[test]
    fn printed_as_a_person_writes() {
        for text in [
            "a^1.5",
            "0.5 * a * b^2",
            "a / (b * c)",
            "a - b",
            "-a - 2 * b",
            "(a + b) / (c - d)",
            "a / 3",
            "2 * a / 3",
            "2 / (3 * a)",
            "1 / 3",
            "sqrt(a^2 + b^2)",
            "1 / sqrt(a)",
            "a^(1/3)",
            "1 / a^(1/3)",
            "1.8 * c + 32",
            "a * (b + c)^2",
            "`speed [m/s]` + `sqrt`",
            "a / `odd``name`",
            "6.674e-11 * a * b / c^2",
            "(a * b)^2",
            "(a / 3)^2",
            "(a^2)^3",
            "-(a + b)",
            "a - (b + c)",
            "-2^2",
            "(-2)^2",
            "3 * exp(-0.5 * a)",
            "a^1.37 + c",
            "1 / a^1.37",
            "d / (a + 1)^b",
            "(a + 1)^(12 * b)",
            "2^(-a / 5.27)",
            "10^(a - b / (c + d))",
            "1 / 10^a",
            "5 * log10(a) - 5",
            "sin(a)^2 * cos(b - c)",
            "tanh(a / 2.1)",
            "(a^b)^2",
            "(10^a)^1.5",
            "exp(ln(a))",
            "-exp(-a)",
            "a^0.123456789",
            "2 * pi * sqrt(a / b)",
            "4 * pi^2 * a^3 / b",
            "a / (4 * pi)",
            "1 / (2 * pi * a)",
            "3 / pi^2",
            "a - pi / 2",
            "sin(pi * a / 180)",
            "a^(pi / 2)",
            "-pi * a",
        ] {
            let expr = parse(text, &names()).expect(text);
            assert_eq!(expr.text(&names()), text);
        }
    }

    #[test]
    fn inputs_without_a_name_are_numbered() {
        assert_eq!(Expr::sqrt(Expr::Variable(7)).text(&[]), "sqrt(x7)");
        assert_eq!(
            Expr::power(Expr::Variable(0), Exponent::integer(-2)).text(&[]),
            "1 / x0^2"
        );
    }
}
