//! Presentation MathML, which browsers typeset by themselves.

use crate::formula::number::format_number;
use crate::formula::{Binding, Function, Notation, Piece};

/// The notation over inputs of these names.
pub(super) struct MathMl<'a> {
    pub(super) inputs: &'a [String],
}

/// `target = body` as a whole.
pub(super) fn equation(target: &str, body: &str) -> String {
    format!(
        "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\"><mrow>{}<mo>=</mo>{}</mrow></math>\n",
        identifier(target),
        operators(body)
    )
}

fn identifier(name: &str) -> String {
    format!("<mi>{}</mi>", escaped(name))
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // A blank would be taken for one around an operator.
    text.replace('>', "&gt;").replace(' ', "&#xa0;")
}

/// Plus and minus signs, which stand between pieces, as operators.
fn operators(text: &str) -> String {
    text.replace(" + ", "<mo>+</mo>").replace(" - ", "<mo>−</mo>")
}

impl MathMl<'_> {
    fn row(&self, text: &str) -> String {
        format!("<mrow>{}</mrow>", operators(text))
    }
}

impl Notation for MathMl<'_> {
    fn name(&self, index: usize) -> String {
        let name = self.inputs.get(index).cloned();
        identifier(&name.unwrap_or_else(|| format!("x{index}")))
    }

    fn number(&self, value: f64) -> Piece {
        let plain = format_number(value);
        match plain.split_once('e') {
            Some((mantissa, exponent)) => {
                let power = format!("<msup><mn>10</mn><mn>{}</mn></msup>", exponent.replace('-', "−"));
                match mantissa {
                    "1" => Piece::atom(power),
                    _ => Piece::new(format!("<mn>{mantissa}</mn><mo>×</mo>{power}"), Binding::Product),
                }
            }
            None => Piece::atom(format!("<mn>{plain}</mn>")),
        }
    }

    fn pi(&self) -> Piece {
        Piece::atom("<mi>π</mi>")
    }

    fn fraction(&self, above: i32, below: i32) -> Piece {
        Piece::new(
            format!("<mn>{above}</mn><mo>/</mo><mn>{below}</mn>"),
            Binding::Product,
        )
    }

    fn minus(&self, piece: Piece) -> String {
        format!("<mo>−</mo>{}", self.bracketed(piece, Binding::Product))
    }

    fn power(&self, base: Piece, exponent: Piece) -> Piece {
        let base = self.bracketed(base, Binding::Atom);
        let text = format!("<msup>{}{}</msup>", self.row(&base), self.row(&exponent.text));
        Piece::new(text, Binding::Power)
    }

    fn root(&self, radicand: Piece) -> Piece {
        Piece::atom(format!("<msqrt>{}</msqrt>", self.row(&radicand.text)))
    }

    fn call(&self, function: Function, argument: Piece) -> Piece {
        let name = function.facts().name;
        let argument = self.parenthesised(&argument.text);
        Piece::atom(format!("<mi>{name}</mi><mo>&#x2061;</mo>{argument}"))
    }

    fn product(&self, factors: Vec<Piece>) -> Piece {
        let factors = factors
            .into_iter()
            .map(|factor| self.bracketed(factor, Binding::Product));
        let text = factors.collect::<Vec<_>>().join("<mo>&#x2009;</mo>");
        Piece::new(text, Binding::Product)
    }

    fn quotient(&self, above: Piece, below: Piece) -> Piece {
        let text = format!(
            "<mfrac>{}{}</mfrac>",
            self.row(&above.text),
            self.row(&below.text)
        );
        Piece::new(text, Binding::Product)
    }

    fn parenthesised(&self, text: &str) -> String {
        format!("<mrow><mo>(</mo>{}<mo>)</mo></mrow>", operators(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn elements_are_closed_and_names_escaped() {
        let names = ["a<b".to_owned(), "c".to_owned()];
        let expr = parse("sqrt(`a<b`^2 + 1)/(3*c) - exp(-c)^(1/3) + 2e-9*c", &names).unwrap();
        let text = equation("y & z", &expr.written(&MathMl { inputs: &names }));
        assert!(
            text.contains("a&lt;b") && text.contains("y&#xa0;&amp;&#xa0;z"),
            "{text}"
        );
        let mut open: Vec<&str> = Vec::new();
        for tag in text.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{text}"),
                None => open.push(tag.split(' ').next().unwrap_or_default()),
            }
        }
        assert!(open.is_empty(), "{text}");
        assert!(!text.contains(" + ") && !text.contains(" - "), "{text}");
    }
}
