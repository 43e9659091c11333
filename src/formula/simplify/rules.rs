//! What a function of a canonical argument comes to: rules with names.

use std::f64::consts::PI;

use super::sign::{is_nonnegative, leads_with_minus, negated_sum};
use super::sum::{coefficient, is_negative_term, split_coefficient, Sum};
use super::Known;
use crate::formula::{Exponent, Expr, Function, Parity};

/// A rule: what `function(argument)` may be written as instead.
struct Rule {
    /// What the tests call it.
    #[cfg_attr(not(test), allow(dead_code))]
    name: &'static str,
    rewrite: fn(Function, &Expr, Known<'_>) -> Option<Expr>,
}

/// Tried in this order; the first that applies is taken.
const RULES: [Rule; 7] = [
    Rule {
        name: "a function of a number is a number",
        rewrite: number,
    },
    Rule {
        name: "a function undoes its inverse",
        rewrite: inverse,
    },
    Rule {
        name: "even and odd functions need no minus",
        rewrite: parity,
    },
    Rule {
        name: "quarter turns and whole periods leave the angle",
        rewrite: turns,
    },
    Rule {
        name: "logarithms of powers and multiples are taken apart",
        rewrite: logarithm,
    },
    Rule {
        name: "the magnitude of what is never negative",
        rewrite: magnitude,
    },
    Rule {
        name: "exponentials are factors of a product",
        rewrite: exponential,
    },
];

/// `function(argument)` in canonical form.
pub(super) fn applied(function: Function, argument: Expr, known: Known<'_>) -> Expr {
    RULES
        .iter()
        .find_map(|rule| (rule.rewrite)(function, &argument, known))
        .unwrap_or_else(|| function.of(argument))
}

fn number(function: Function, argument: &Expr, _: Known<'_>) -> Option<Expr> {
    let Expr::Constant(c) = argument else { return None };
    let value = function.value(*c);
    // An exponential that comes to 0 has left the range of f64.
    let is_zero = value == 0.0 && !is_exponential(function);
    (value.is_normal() || is_zero).then_some(Expr::Constant(value))
}

fn inverse(function: Function, argument: &Expr, _: Known<'_>) -> Option<Expr> {
    match argument {
        Expr::Apply(inner, u) if function.facts().inverse == Some(*inner) => Some((**u).clone()),
        _ => None,
    }
}

/// The argument turned round, where it is one that canonically is.
fn turned(argument: &Expr) -> Option<Expr> {
    if let Expr::Sum(terms) = argument {
        // A phase or an offset doesn't decide.
        let varying = terms.iter().filter(|term| !matches!(term, Expr::Constant(_)));
        return leads_with_minus(varying).then(|| negated_sum(terms));
    }
    is_negative_term(argument).then(|| {
        let mut sum = Sum::default();
        sum.add(argument.clone(), -1.0);
        sum.into_expr()
    })
}

fn parity(function: Function, argument: &Expr, _: Known<'_>) -> Option<Expr> {
    match function.facts().parity {
        Parity::Even => Some(function.of(turned(argument)?)),
        Parity::Odd => Some(function.of(turned(argument)?).negated()),
        Parity::Neither => None,
    }
}

/// `sin(u + π/2)` as `cos(u)`; phases within half a period.
fn turns(function: Function, argument: &Expr, _: Known<'_>) -> Option<Expr> {
    let period = function.facts().period?;
    let Expr::Sum(terms) = argument else { return None };
    let Some(Expr::Constant(phase)) = terms.last() else {
        return None;
    };
    let near_turn = |turn: f64| (phase - turn).abs() <= 1e-12 * turn.abs();
    let angle = |phase: f64| {
        let mut sum = Sum::default();
        for term in &terms[..terms.len() - 1] {
            sum.add(term.clone(), 1.0);
        }
        sum.add(Expr::Constant(phase), 1.0);
        sum.into_expr()
    };
    if phase.abs() > period / 2.0 * (1.0 + 1e-12) {
        return Some(function.of(angle(phase - (phase / period).round() * period)));
    }
    if function == Function::Tan {
        return None;
    }
    let quarter = |sign: f64| match function {
        Function::Sin => signed(sign, Function::Cos.of(angle(0.0))),
        _ => signed(-sign, Function::Sin.of(angle(0.0))),
    };
    if near_turn(PI) || near_turn(-PI) {
        Some(function.of(angle(0.0)).negated())
    } else if near_turn(PI / 2.0) {
        Some(quarter(1.0))
    } else if near_turn(-PI / 2.0) {
        Some(quarter(-1.0))
    } else {
        None
    }
}

fn signed(sign: f64, expr: Expr) -> Expr {
    if sign < 0.0 {
        expr.negated()
    } else {
        expr
    }
}

/// `ln(2·x)` as `ln 2 + ln x`, `ln(x³)` as `3·ln x` (not `ln(x²)`, which has a
/// value below 0), `ln(x²·exp(y))` as `2·ln x + y` where x is positive.
fn logarithm(function: Function, argument: &Expr, known: Known<'_>) -> Option<Expr> {
    if function != Function::Ln {
        return logarithm_of_power(function, argument, known);
    }
    let scale = coefficient(argument);
    if let (true, Expr::Product(_)) = (scale > 0.0 && scale != 1.0, argument) {
        let (_, rest) = split_coefficient(argument.clone());
        return Some(Expr::sum(vec![Function::Ln.of(rest), Expr::Constant(scale.ln())]));
    }
    if let Expr::Product(factors) = argument {
        let is_exponential = |factor: &&Expr| {
            matches!(factor, Expr::Apply(Function::Exp, _)) && factor.as_general_power().is_none()
        };
        if let Some(Expr::Apply(_, exponent)) = factors.iter().find(is_exponential) {
            let others = factors.iter().filter(|factor| !is_exponential(factor)).cloned();
            let rest = Function::Ln.of(Expr::product(others.collect()));
            return Some(Expr::sum(vec![rest, (**exponent).clone()]));
        }
    }
    if let Some((base, exponent)) = argument.as_general_power() {
        return Some(Expr::product(vec![exponent, Function::Ln.of(base.clone())]));
    }
    logarithm_of_power(function, argument, known)
}

fn logarithm_of_power(function: Function, argument: &Expr, known: Known<'_>) -> Option<Expr> {
    if !matches!(function, Function::Ln | Function::Log10 | Function::Log2) {
        return None;
    }
    let Expr::Power(base, exponent) = argument else {
        return None;
    };
    let keeps_sign = !exponent.is_even_integer() || is_nonnegative(base, known);
    keeps_sign.then(|| {
        Expr::product(vec![
            Expr::Constant(exponent.value()),
            function.of((**base).clone()),
        ])
    })
}

fn magnitude(function: Function, argument: &Expr, known: Known<'_>) -> Option<Expr> {
    (function == Function::Abs && is_nonnegative(argument, known)).then(|| argument.clone())
}

/// Exponentials are brought to canonical form as factors, together with those beside them.
fn exponential(function: Function, argument: &Expr, known: Known<'_>) -> Option<Expr> {
    if !is_exponential(function) {
        return None;
    }
    let mut product = super::product::Product::new(known);
    product.multiply(function.of(argument.clone()), Exponent::ONE);
    Some(product.into_expr())
}

/// Whether products of this function are the function of a sum.
pub(super) fn is_exponential(function: Function) -> bool {
    matches!(function, Function::Exp | Function::Exp2 | Function::Exp10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    /// For each rule: what it does, and what it must leave.
    const FACTS: [(&str, &[(&str, &str)]); 7] = [
        (
            "a function of a number is a number",
            &[
                ("exp(0)", "1"),
                ("sin(0)*a", "0"),
                ("ln(0)", "ln(0)"),
                ("log10(1000)", "3"),
                ("10^(1 + 1)", "100"),
            ],
        ),
        (
            "a function undoes its inverse",
            &[
                ("exp(ln(a))", "a"),
                ("ln(exp(a))", "a"),
                ("sin(asin(a))", "a"),
                ("asin(sin(a))", "asin(sin(a))"),
                ("10^log10(a)", "a"),
            ],
        ),
        (
            "even and odd functions need no minus",
            &[
                ("cos(-a)", "cos(a)"),
                ("cos(b - a)", "cos(a - b)"),
                ("3*sin(-2*a)", "-3 * sin(2 * a)"),
                ("-c*tanh(b - a)", "c * tanh(a - b)"),
                ("abs(-a)", "abs(a)"),
                ("exp(-a)", "exp(-a)"),
            ],
        ),
        (
            "quarter turns and whole periods leave the angle",
            &[
                ("sin(a + pi/2)", "cos(a)"),
                ("cos(a - pi/2)", "sin(a)"),
                ("sin(2*a + pi)", "-sin(2 * a)"),
                ("cos(a + 5*pi)", "-cos(a)"),
                ("tan(a + pi)", "tan(a)"),
                ("sin(a + 1)", "sin(a + 1)"),
            ],
        ),
        (
            "logarithms of powers and multiples are taken apart",
            &[
                ("ln(a^3)", "3 * ln(a)"),
                ("ln(a^2)", "ln(a^2)"),
                ("ln(x^2)", "2 * ln(x)"),
                ("ln(b*exp(a))", "a + ln(b)"),
                ("2*ln(a) - 2*ln(b)", "2 * ln(a / b)"),
                ("c*ln(a) + c*ln(b)", "c * ln(a * b)"),
                ("ln(a + b)", "ln(a + b)"),
            ],
        ),
        (
            "the magnitude of what is never negative",
            &[("abs(x)", "x"), ("abs(a)", "abs(a)"), ("abs(a^2)", "a^2")],
        ),
        (
            "exponentials are factors of a product",
            &[
                ("exp(a)*exp(b)", "exp(a + b)"),
                ("exp(a)/exp(b)", "exp(a - b)"),
                ("exp(a)^2", "exp(2 * a)"),
                ("a*sqrt(exp(2*a))", "a * exp(a)"),
                ("exp(a + 2*ln(b))", "b^2 * exp(a)"),
                ("a*a^1.37", "a^2.37"),
                ("a^1.37*a^0.63", "a^2"),
                ("a^1.37/a^1.37", "1"),
                ("b^1.37*a", "a * b^1.37"),
                ("(a^1.37)^2", "a^2.74"),
                ("a^b*a^c", "a^(b + c)"),
                ("1/a^b", "1 / a^b"),
                ("2^a*2^b", "2^(a + b)"),
                ("exp(a) + ln(b)", "exp(a) + ln(b)"),
                ("sin(a)/cos(a)", "tan(a)"),
                ("sin(a)/cos(b)", "sin(a) / cos(b)"),
                ("a^(7/20)", "a^0.35"),
            ],
        ),
    ];

    #[test]
    fn every_rule_does_what_its_facts_say() {
        let names: Vec<String> = ["a", "b", "c", "x"].map(String::from).to_vec();
        let positive = [false, false, false, true];
        assert!(RULES
            .iter()
            .map(|rule| rule.name)
            .eq(FACTS.iter().map(|(name, _)| *name)));
        for (text, expected) in FACTS.iter().flat_map(|(_, facts)| facts.iter()) {
            let simplified = parse(text, &names).expect(text).simplify_for(&positive);
            assert_eq!(simplified.text(&names), *expected, "{text}");
            let again = parse(&simplified.text(&names), &names).expect(text);
            assert_eq!(again.simplify_for(&positive), simplified, "{text} read back");
        }
    }
}
