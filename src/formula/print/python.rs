//! The formula as a Python expression.

use std::collections::BTreeSet;

use super::name_of;
use super::notation::{Binding, Notation, Piece};
use crate::formula::Function;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Python with nothing imported but `math`.
pub struct Python {
    identifiers: Vec<String>,
}

impl Python {
    /// Over inputs of these names.
    pub fn new(names: &[String]) -> Python {
        Python {
            identifiers: identifiers(names),
        }
    }
}

impl Notation for Python {
    fn name(&self, index: usize) -> String {
        name_of(index, &self.identifiers)
    }

    fn power(&self, base: Piece, exponent: Piece) -> Piece {
        let base = self.bracketed(base, Binding::Atom);
        let exponent = self.bracketed(exponent, Binding::Atom);
        Piece::new(format!("{base}**{exponent}"), Binding::Power)
    }

    fn pi(&self) -> Piece {
        Piece::atom("math.pi")
    }

    fn call(&self, function: Function, argument: Piece) -> Piece {
        Piece::atom(format!("{}({})", function.facts().python, argument.text))
    }
}

/// A distinct Python identifier for every name.
fn identifiers(names: &[String]) -> Vec<String> {
    // Names that are fine already keep their spelling.
    let mut taken: BTreeSet<String> = names
        .iter()
        .filter(|name| identifier(name) == **name)
        .cloned()
        .collect();
    names
        .iter()
        .map(|name| {
            let base = identifier(name);
            if base == *name {
                return base;
            }
            let mut candidate = base.clone();
            let mut suffix = 2;
            while taken.contains(&candidate) {
                candidate = format!("{base}_{suffix}");
                suffix += 1;
            }
            taken.insert(candidate.clone());
            candidate
        })
        .collect()
}

fn identifier(name: &str) -> String {
    let mut identifier: String = name
        .chars()
        .map(|c| {
            if c.is_alphabetic() || c.is_ascii_digit() {
                c
            } else {
                '_'
            }
        })
        .collect();
    let trimmed = identifier.trim_end_matches('_');
    if !trimmed.is_empty() && trimmed.len() < identifier.len() && !name.ends_with('_') {
        identifier = trimmed.to_string();
    }
    if identifier.is_empty() || identifier.starts_with(|c: char| c.is_ascii_digit()) {
        identifier.insert(0, '_');
    }
    if KEYWORDS.contains(&identifier.as_str()) {
        identifier.push('_');
    }
    identifier
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;

    #[test]
    fn python_needs_no_import() {
        let names: Vec<String> = ["a", "b", "speed [m/s]", "lambda", "2nd"]
            .map(String::from)
            .to_vec();
        for (text, expected) in [
            ("a^1.5", "a**1.5"),
            ("sqrt(a^2 + b^2)", "(a**2 + b**2)**0.5"),
            ("1/sqrt(a)", "1 / a**0.5"),
            ("-a^2", "-a**2"),
            ("a/3", "a / 3"),
            ("a^(1/3)", "a**(1/3)"),
            ("`speed [m/s]` * lambda + `2nd`", "speed__m_s * lambda_ + _2nd"),
            ("1.2e-11*a", "1.2e-11 * a"),
            ("b^1.37*exp(-a)", "b**1.37 * math.exp(-a)"),
            ("2^(-a/3)", "2**(-a / 3)"),
            ("abs(a)", "abs(a)"),
        ] {
            let expr = parse(text, &names).expect(text);
            assert_eq!(expr.python(&names), expected, "{text}");
        }
    }

    #[test]
    fn identifiers_stay_distinct() {
        let names: Vec<String> = ["a b", "a_b", "a-b"].map(String::from).to_vec();
        let expr = parse("`a b` + a_b + `a-b`", &names).expect("parses");
        assert_eq!(expr.python(&names), "a_b_2 + a_b + a_b_3");
    }
}
