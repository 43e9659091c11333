//! The formula as LaTeX.

use super::name_of;
use crate::formula::layout::{Factor, Term};
use crate::formula::number::{format_number, is_short_decimal};
use crate::formula::{Exponent, Expr};

/// Whether a piece needs parentheses inside a product or under an exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

pub(super) fn print(expr: &Expr, names: &[String]) -> String {
    bound(expr, names).0
}

fn bound(expr: &Expr, names: &[String]) -> (String, Binding) {
    match expr {
        Expr::Variable(index) => (symbol(&name_of(*index, names)), Binding::Atom),
        Expr::Sum(terms) if terms.is_empty() => ("0".to_string(), Binding::Atom),
        Expr::Sum(terms) => {
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
                    Expr::Sum(_) => bound(expr, names),
                    _ => unsigned(&term, names),
                };
                written.push_str(&parenthesised(piece, binding, Binding::Product));
            }
            (written, Binding::Sum)
        }
        other => {
            let term = Term::of(other);
            let (written, binding) = unsigned(&term, names);
            if term.negative {
                let written = parenthesised(written, binding, Binding::Product);
                (format!("-{written}"), Binding::Product)
            } else {
                (written, binding)
            }
        }
    }
}

fn unsigned(term: &Term<'_>, names: &[String]) -> (String, Binding) {
    let (over, under) = term.coefficient_over_bar();
    let mut above: Vec<_> = over.into_iter().map(number).collect();
    let mut below: Vec<_> = under.into_iter().map(number).collect();
    above.extend(term.numerator.iter().map(|f| factor(f, names)));
    below.extend(term.denominator.iter().map(|f| factor(f, names)));
    if below.is_empty() {
        return joined(above);
    }
    let (numerator, denominator) = (joined(above).0, joined(below).0);
    (
        format!("\\frac{{{numerator}}}{{{denominator}}}"),
        Binding::Product,
    )
}

fn factor(factor: &Factor<'_>, names: &[String]) -> (String, Binding) {
    let (base, binding) = bound(factor.base, names);
    if factor.exponent == Exponent::ONE {
        return (base, binding);
    }
    if factor.exponent == Exponent::HALF {
        return (format!("\\sqrt{{{base}}}"), Binding::Atom);
    }
    let base = parenthesised(base, binding, Binding::Atom);
    let value = factor.exponent.value();
    let exponent = if is_short_decimal(value) {
        format_number(value)
    } else {
        format!(
            "{}/{}",
            factor.exponent.numerator(),
            factor.exponent.denominator()
        )
    };
    (format!("{base}^{{{exponent}}}"), Binding::Power)
}

fn joined(mut factors: Vec<(String, Binding)>) -> (String, Binding) {
    if factors.len() == 1 {
        return factors.remove(0);
    }
    let pieces: Vec<String> = factors
        .into_iter()
        // A number with a power of ten reads well as a factor as it is.
        .map(|(piece, binding)| match binding {
            Binding::Product if piece.starts_with("\\frac") || piece.contains("\\times") => piece,
            _ => parenthesised(piece, binding, Binding::Power),
        })
        .collect();
    (pieces.join(" \\, "), Binding::Product)
}

fn number(value: f64) -> (String, Binding) {
    let plain = format_number(value);
    match plain.split_once('e') {
        Some(("1", exponent)) => (format!("10^{{{exponent}}}"), Binding::Power),
        Some((mantissa, exponent)) => (format!("{mantissa} \\times 10^{{{exponent}}}"), Binding::Product),
        None => (plain, Binding::Atom),
    }
}

fn parenthesised(piece: String, binding: Binding, least: Binding) -> String {
    if binding < least {
        format!("\\left({piece}\\right)")
    } else {
        piece
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
        ] {
            let expr = parse(text, &names).expect(text);
            assert_eq!(expr.latex(&names), expected, "{text}");
        }
    }
}
