//! The formula as LaTeX.

use super::name_of;
use super::notation::{Binding, Notation, Piece};
use crate::formula::number::format_number;
use crate::formula::Function;

/// Mathematics mode of LaTeX.
pub struct Latex<'a> {
    names: &'a [String],
}

impl<'a> Latex<'a> {
    /// Over inputs of these names.
    pub fn new(names: &'a [String]) -> Latex<'a> {
        Latex { names }
    }
}

impl Notation for Latex<'_> {
    fn name(&self, index: usize) -> String {
        symbol(&name_of(index, self.names))
    }

    fn number(&self, value: f64) -> Piece {
        let plain = format_number(value);
        match plain.split_once('e') {
            Some(("1", exponent)) => Piece::new(format!("10^{{{exponent}}}"), Binding::Power),
            Some((mantissa, exponent)) => {
                Piece::new(format!("{mantissa} \\times 10^{{{exponent}}}"), Binding::Product)
            }
            None => Piece::atom(plain),
        }
    }

    fn power(&self, base: Piece, exponent: Piece) -> Piece {
        let base = self.bracketed(base, Binding::Atom);
        Piece::new(format!("{base}^{{{}}}", exponent.text), Binding::Power)
    }

    fn root(&self, radicand: Piece) -> Piece {
        Piece::atom(format!("\\sqrt{{{}}}", radicand.text))
    }

    fn pi(&self) -> Piece {
        Piece::atom("\\pi")
    }

    fn call(&self, function: Function, argument: Piece) -> Piece {
        let argument = self.parenthesised(&argument.text);
        Piece::atom(format!("{}{argument}", function.facts().latex))
    }

    fn product(&self, factors: Vec<Piece>) -> Piece {
        let written = factors.into_iter().map(|factor| match factor.binding {
            // A number with a power of ten reads well as a factor as it is.
            Binding::Product if factor.text.starts_with("\\frac") || factor.text.contains("\\times") => {
                factor.text
            }
            Binding::Sum | Binding::Product | Binding::Power | Binding::Atom => {
                self.bracketed(factor, Binding::Power)
            }
        });
        Piece::new(written.collect::<Vec<_>>().join(" \\, "), Binding::Product)
    }

    fn quotient(&self, above: Piece, below: Piece) -> Piece {
        Piece::new(
            format!("\\frac{{{}}}{{{}}}", above.text, below.text),
            Binding::Product,
        )
    }

    fn parenthesised(&self, text: &str) -> String {
        format!("\\left({text}\\right)")
    }
}

/// A name: one letter in italics, a letter and digits with a subscript, all
/// else upright with LaTeX's special characters escaped.
fn symbol(name: &str) -> String {
    let mut characters = name.chars();
    if let Some(letter) = characters.next().filter(|c| c.is_alphabetic()) {
        let rest: &str = characters.as_str();
        if rest.is_empty() {
            return letter.to_string();
        }
        let index = rest.strip_prefix('_').unwrap_or(rest);
        if !index.is_empty() && index.chars().all(|c| c.is_ascii_digit()) {
            return format!("{letter}_{{{index}}}");
        }
    }
    let mut escaped = String::new();
    for c in name.chars() {
        match c {
            '_' | '&' | '%' | '$' | '#' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\\' => escaped.push_str("\\backslash "),
            '^' => escaped.push_str("\\hat{\\ }"),
            '~' => escaped.push_str("\\sim "),
            ' ' => escaped.push_str("\\ "),
            _ => escaped.push(c),
        }
    }
    format!("\\mathrm{{{escaped}}}")
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    #[test]
    fn latex_of_the_usual_shapes() {
        let names: Vec<String> = ["a", "b", "m1", "semi_major_axis", "speed [m/s]"]
            .map(String::from)
            .to_vec();
        for (text, expected) in [
            ("a^1.5", "a^{1.5}"),
            ("a/b", "\\frac{a}{b}"),
            ("a/3", "\\frac{a}{3}"),
            ("sqrt(a^2 + b^2)", "\\sqrt{a^{2} + b^{2}}"),
            ("2*m1*(a - b)", "2 \\, m_{1} \\, \\left(a - b\\right)"),
            ("semi_major_axis^2", "\\mathrm{semi\\_major\\_axis}^{2}"),
            ("-`speed [m/s]`", "-\\mathrm{speed\\ [m/s]}"),
            ("6.674e-11*a", "6.674 \\times 10^{-11} \\, a"),
            ("1e10*a", "10^{10} \\, a"),
            ("(a/b)^2", "\\left(\\frac{a}{b}\\right)^{2}"),
            ("a^(1/3)", "a^{1/3}"),
            ("a^1.37", "a^{1.37}"),
            ("3*exp(-a/3)", "3 \\, \\exp\\left(-\\frac{a}{3}\\right)"),
            ("10^(a - b)", "10^{a - b}"),
            ("sin(a)^2", "\\sin\\left(a\\right)^{2}"),
        ] {
            let expr = parse(text, &names).expect(text);
            assert_eq!(expr.latex(&names), expected, "{text}");
        }
    }
}
