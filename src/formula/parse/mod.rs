//! Reads the formula language that [`Expr::text`] writes.
//!
//! ```text
//! sum     = product { ("+" | "-") product }
//! product = signed { ("*" | "/") signed }
//! signed  = "-" signed | power
//! power   = atom [ ("^" | "**") signed ]             (so -a^2 is -(a^2), 2^3^2 is 2^9)
//! atom    = number | name | "`" name "`" | "pi" | function "(" sum ")" | "(" sum ")"
//! ```
//! The functions are `sqrt` and those of [`Function`]'s table. An exponent that
//! comes to a small fraction such as `2`, `-1.5` or `(1/3)` makes an
//! [`Expr::Power`], any other an exponential.

mod fraction;

use std::f64::consts::PI;

use fraction::Fraction;
use thiserror::Error;

use super::{Exponent, Expr, Function};

/// Parentheses, minus signs and powers nested deeper than this are refused, so
/// that no input can overflow the stack.
const DEEPEST: usize = 200;

/// Why a formula could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected {expected} at character {position}, found {found}")]
pub struct ParseError {
    /// Where, counted in characters from 1.
    pub position: usize,
    /// What would have been accepted there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// Reads a formula over the inputs called `names`.
///
/// # Errors
/// [`ParseError`] with the position and what was expected there.
pub fn parse(text: &str, names: &[String]) -> Result<Expr, ParseError> {
    let mut parser = Parser {
        characters: text.chars().collect(),
        position: 0,
        depth: 0,
        names,
    };
    let expr = parser.sum()?;
    parser.skip_spaces();
    if parser.position < parser.characters.len() {
        return Err(parser.error("an operator or the end of the formula"));
    }
    Ok(expr)
}

/// Whether a name needs no backticks in a formula.
pub(super) fn is_plain_name(name: &str) -> bool {
    let is_reserved = name == "sqrt" || name == "pi" || Function::named(name).is_some();
    name.starts_with(starts_name) && name.chars().all(continues_name) && !is_reserved
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Parser<'a> {
    characters: Vec<char>,
    position: usize,
    depth: usize,
    names: &'a [String],
}

impl Parser<'_> {
    fn sum(&mut self) -> Result<Expr, ParseError> {
        let mut terms = vec![self.product()?];
        loop {
            if self.accept('+') {
                terms.push(self.product()?);
            } else if self.accept('-') {
                terms.push(self.product()?.negated());
            } else {
                break;
            }
        }
        Ok(match terms.len() {
            1 => terms.remove(0),
            _ => Expr::Sum(terms),
        })
    }

    fn product(&mut self) -> Result<Expr, ParseError> {
        let mut fraction = Fraction::default();
        let first = self.signed()?;
        if !matches!(self.peek(), Some('*' | '/')) {
            return Ok(first);
        }
        fraction.multiply(first);
        loop {
            if self.accept('*') {
                fraction.multiply(self.signed()?);
            } else if self.accept('/') {
                fraction.divide(self.signed()?);
            } else {
                break;
            }
        }
        Ok(fraction.into_expr())
    }

    fn signed(&mut self) -> Result<Expr, ParseError> {
        if self.accept('-') {
            return Ok(self.nested(Self::signed)?.negated());
        }
        self.power()
    }

    fn power(&mut self) -> Result<Expr, ParseError> {
        let base = self.atom()?;
        if self.peek() == Some('*') && self.at(1) == Some('*') {
            // As some languages write it.
            self.position += 2;
        } else if !self.accept('^') {
            return Ok(base);
        }
        let exponent = self.nested(Self::signed)?;
        Ok(match exponent.simplify() {
            Expr::Constant(value) => match Exponent::from_value(value) {
                Some(exponent) => Expr::power(base, exponent),
                None => Expr::general_power(base, Expr::Constant(value)),
            },
            Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
                match Function::with_base(&base) {
                    Some(function) => function.of(exponent),
                    None => Expr::general_power(base, exponent),
                }
            }
        })
    }

    fn atom(&mut self) -> Result<Expr, ParseError> {
        match self.peek() {
            Some('(') => self.parenthesised(),
            Some('`') => self.quoted_name(),
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if starts_name(c) => self.plain_name(),
            _ => Err(self.error("a number, a name, a function, `-` or `(`")),
        }
    }

    fn parenthesised(&mut self) -> Result<Expr, ParseError> {
        if !self.accept('(') {
            return Err(self.error("`(`"));
        }
        let inner = self.nested(Self::sum)?;
        if !self.accept(')') {
            return Err(self.error("an operator or `)`"));
        }
        Ok(inner)
    }

    fn number(&mut self) -> Result<Expr, ParseError> {
        let start = self.position;
        self.skip_digits();
        if self.at(0) == Some('.') {
            self.position += 1;
            self.skip_digits();
        }
        if matches!(self.at(0), Some('e' | 'E')) {
            let signed = matches!(self.at(1), Some('+' | '-'));
            let digit = 1 + usize::from(signed);
            if self.at(digit).is_some_and(|c| c.is_ascii_digit()) {
                self.position += digit;
                self.skip_digits();
            }
        }
        let written: String = self.characters[start..self.position].iter().collect();
        match written.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Expr::Constant(value)),
            _ => Err(ParseError {
                position: start + 1,
                expected: "a number within the range of f64".to_string(),
                found: format!("`{}`", shortened(&written)),
            }),
        }
    }

    fn plain_name(&mut self) -> Result<Expr, ParseError> {
        let start = self.position;
        while self.at(0).is_some_and(continues_name) {
            self.position += 1;
        }
        let name: String = self.characters[start..self.position].iter().collect();
        match name.as_str() {
            "sqrt" => return Ok(Expr::sqrt(self.parenthesised()?)),
            "pi" => return Ok(Expr::Constant(self.power_of_pi())),
            "log" if self.peek() == Some('(') && !self.names.contains(&name) => {
                self.position = start;
                return Err(self.error("`ln(` or `log10(`, as `log` may mean either"));
            }
            _ => {}
        }
        match Function::named(&name) {
            Some(function) if self.peek() == Some('(') => Ok(function.of(self.parenthesised()?)),
            Some(_) if !self.names.contains(&name) => Err(self.error("`(`")),
            Some(_) | None => self.input(&name, start),
        }
    }

    /// π, or π² where that is what stands there: one number, not a power.
    fn power_of_pi(&mut self) -> f64 {
        let ends = |c: Option<char>| c.is_none_or(|c| !continues_name(c) && c != '.' && c != '^');
        if self.at(0) == Some('^') && self.at(1) == Some('2') && ends(self.at(2)) {
            self.position += 2;
            PI.powi(2)
        } else {
            PI
        }
    }

    fn quoted_name(&mut self) -> Result<Expr, ParseError> {
        let start = self.position;
        self.position += 1;
        let mut name = String::new();
        loop {
            match (self.at(0), self.at(1)) {
                (Some('`'), Some('`')) => {
                    name.push('`');
                    self.position += 2;
                }
                (Some('`'), _) => {
                    self.position += 1;
                    return self.input(&name, start);
                }
                (Some(c), _) => {
                    name.push(c);
                    self.position += 1;
                }
                (None, _) => return Err(self.error("a closing backtick")),
            }
        }
    }

    fn input(&self, name: &str, start: usize) -> Result<Expr, ParseError> {
        if let Some(index) = self.names.iter().position(|known| known == name) {
            return Ok(Expr::Variable(index));
        }
        let nearest = self
            .names
            .iter()
            .map(|known| (strsim::damerau_levenshtein(known, name), known))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, _)| *distance <= 2);
        Err(ParseError {
            position: start + 1,
            expected: match nearest {
                Some((_, known)) => format!("the name of an input (perhaps `{known}`)"),
                None => "the name of an input".to_string(),
            },
            found: format!("`{}`", shortened(name)),
        })
    }

    fn nested(&mut self, rule: fn(&mut Self) -> Result<Expr, ParseError>) -> Result<Expr, ParseError> {
        if self.depth == DEEPEST {
            return Err(self.error(&format!("at most {DEEPEST} levels of nesting")));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    fn at(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.position + ahead).copied()
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_spaces();
        self.at(0)
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.position += usize::from(found);
        found
    }

    fn skip_spaces(&mut self) {
        while self.at(0).is_some_and(char::is_whitespace) {
            self.position += 1;
        }
    }

    fn skip_digits(&mut self) {
        while self.at(0).is_some_and(|c| c.is_ascii_digit()) {
            self.position += 1;
        }
    }

    fn error(&self, expected: &str) -> ParseError {
        ParseError {
            position: self.position + 1,
            expected: expected.to_string(),
            found: match self.at(0) {
                Some(c) => format!("`{c}`"),
                None => "the end".to_string(),
            },
        }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_string();
    }
    let start: String = text.chars().take(40).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests;
