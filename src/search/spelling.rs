//! The same formula to other bases: `5·log10 d` for `2.1715·ln d`, `2^(−t/5.27)`
//! for `exp(−0.1315·t)`, whichever has the rounder constants; and `sin(2u)/2` for
//! `sin u · cos u`.

use std::f64::consts::{LN_10, LN_2};

use crate::formula::{Expr, Function};

/// A base: its exponential, its logarithm and ln of it.
struct Base {
    power: Function,
    logarithm: Function,
    natural: f64,
}

const BASES: [Base; 2] = [
    Base {
        power: Function::Exp10,
        logarithm: Function::Log10,
        natural: LN_10,
    },
    Base {
        power: Function::Exp2,
        logarithm: Function::Log2,
        natural: LN_2,
    },
];

/// Characters that a symbol is worth when spellings are compared.
const CHARACTERS_A_SYMBOL: usize = 2;

/// The formula with all its exponentials and logarithms to base 10 and 2, each
/// also with the factors before an exponential drawn into it, and with doubled
/// angles; those that are not the same.
pub(super) fn spellings(expr: &Expr) -> Vec<Expr> {
    let mut found = other_bases(expr);
    let doubled = with_doubled_angles(expr);
    if doubled != *expr {
        found.push(doubled);
    }
    found
}

/// `sin u · cos u` as `sin(2u)/2`.
fn with_doubled_angles(expr: &Expr) -> Expr {
    let expr = expr.map_children(&mut with_doubled_angles);
    let Expr::Product(factors) = &expr else {
        return expr;
    };
    let places = factors
        .iter()
        .enumerate()
        .find_map(|(place, factor)| match factor {
            Expr::Apply(Function::Sin, angle) => {
                let cosine = Expr::Apply(Function::Cos, angle.clone());
                let other = factors.iter().position(|factor| *factor == cosine)?;
                Some((place, other, angle))
            }
            _ => None,
        });
    let Some((sine, cosine, angle)) = places else {
        return expr;
    };
    let twice = Expr::product(vec![Expr::Constant(2.0), (**angle).clone()]);
    let mut kept: Vec<Expr> = (0..factors.len())
        .filter(|place| *place != sine && *place != cosine)
        .map(|place| factors[place].clone())
        .collect();
    kept.insert(0, Expr::Constant(0.5));
    kept.push(Function::Sin.of(twice));
    Expr::product(kept)
}

/// To other bases than e.
fn other_bases(expr: &Expr) -> Vec<Expr> {
    let has_base = |node: &Expr| match node {
        Expr::Apply(Function::Exp, _) => node.as_general_power().is_none(),
        Expr::Apply(Function::Ln, _) => true,
        _ => false,
    };
    // Nobody writes a bell, or an exponential of another function, to base 2.
    let is_bent = |node: &Expr| match node {
        Expr::Apply(..) => true,
        Expr::Power(_, exponent) => exponent.value() > 1.0,
        _ => false,
    };
    let of_a_bend = |node: &Expr| match node {
        Expr::Apply(Function::Exp, argument) => any_written(argument, &mut { is_bent }),
        _ => false,
    };
    // The logarithm of a general power is no logarithm that is written.
    if !any_written(expr, &mut { has_base }) || any_written(expr, &mut { of_a_bend }) {
        return Vec::new();
    }
    let to_base = |base: &Base, inside: bool| respelled(expr, base, inside);
    BASES
        .iter()
        .flat_map(|base| [to_base(base, false), to_base(base, true)])
        .collect()
}

/// How long a spelling is: characters of its constants, and its symbols.
pub(super) fn written_length(expr: &Expr) -> usize {
    let constants = expr.constants().into_iter();
    let characters: usize = constants.map(crate::formula::number::digits).sum();
    characters + CHARACTERS_A_SYMBOL * expr.complexity()
}

/// Whether `test` holds of any node as it is written: general powers are powers.
fn any_written(expr: &Expr, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
    match expr.as_general_power() {
        Some((base, exponent)) => any_written(base, test) || any_written(&exponent, test),
        None => test(expr) || expr.children().iter().any(|child| any_written(child, test)),
    }
}

fn respelled(expr: &Expr, base: &Base, inside: bool) -> Expr {
    if let Some((power_base, exponent)) = expr.as_general_power() {
        return Expr::general_power(
            respelled(power_base, base, inside),
            respelled(&exponent, base, inside),
        );
    }
    let times = |factor: f64, expr: Expr| Expr::product(vec![Expr::Constant(factor), expr]);
    match expr {
        Expr::Apply(Function::Exp, argument) => base
            .power
            .of(times(base.natural.recip(), respelled(argument, base, inside))),
        Expr::Apply(Function::Ln, argument) => {
            times(base.natural, base.logarithm.of(respelled(argument, base, inside)))
        }
        Expr::Product(factors) if inside => {
            let mut factors: Vec<Expr> = factors.iter().map(|f| respelled(f, base, inside)).collect();
            let positive = matches!(factors.first(), Some(Expr::Constant(c)) if *c > 0.0);
            let power = factors
                .iter()
                .position(|f| matches!(f, Expr::Apply(function, _) if *function == base.power));
            if let (true, Some(place)) = (positive, power) {
                if let (Expr::Constant(c), Expr::Apply(function, argument)) =
                    (factors[0].clone(), factors[place].clone())
                {
                    let constant = Expr::Constant(c.ln() / base.natural);
                    factors[place] = function.of(Expr::sum(vec![*argument, constant]));
                    factors.remove(0);
                }
            }
            Expr::product(factors)
        }
        Expr::Constant(_)
        | Expr::Variable(_)
        | Expr::Sum(_)
        | Expr::Product(_)
        | Expr::Power(..)
        | Expr::Apply(..) => expr.map_children(&mut |child| respelled(child, base, inside)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn bells_are_not_written_to_base_two() {
        let names = vec!["a".to_string()];
        let spelled = |text: &str| other_bases(&parse(text, &names).expect(text)).len();
        assert!(spelled("3*exp(-0.5*a)") > 0);
        assert_eq!(spelled("3*exp(-0.5*(a - 2)^2)"), 0);
        assert_eq!(spelled("3*exp(-2*exp(-a))"), 0);
    }

    #[test]
    fn every_spelling_has_the_same_value() {
        let names = vec!["a".to_string(), "b".to_string()];
        for text in [
            "3*exp(-0.5*a)",
            "2.5*ln(a) - 5",
            "b*exp(1 - a) + ln(b)",
            "4*b*exp(2 - 3/a)",
        ] {
            let expr = parse(text, &names).expect(text);
            let found = spellings(&expr);
            assert_eq!(found.len(), 4, "{text}");
            for other in found {
                let other = other.simplify();
                let (value, expected) = (other.evaluate_row(&[1.3, 0.7]), expr.evaluate_row(&[1.3, 0.7]));
                assert!(
                    (value / expected - 1.0).abs() < 1e-12,
                    "{text}: {}",
                    other.text(&names)
                );
                assert_ne!(other, expr);
            }
        }
        for text in ["a^1.37 + b", "a*b", "sin(a)", "a^b"] {
            assert!(spellings(&parse(text, &names).expect(text)).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_sine_times_its_cosine_is_that_of_twice_the_angle() {
        let names = vec!["a".to_string(), "v".to_string()];
        let expr = |text: &str| parse(text, &names).expect(text);
        let found = spellings(&expr("v^2*sin(0.3*a)*cos(0.3*a)/4.9"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].simplify().text(&names), "v^2 * sin(0.6 * a) / 9.8");
        assert!(spellings(&expr("sin(a)*cos(v)")).is_empty());
    }

    #[test]
    fn rounder_constants_are_shorter() {
        let names = vec!["a".to_string()];
        for (longer, shorter) in [
            ("2.171472409516*ln(a) - 5", "5*log10(a) - 5"),
            ("0.5*10^(0.4342944819*a)", "0.5*exp(a)"),
        ] {
            let [longer, shorter] =
                [longer, shorter].map(|text| written_length(&parse(text, &names).expect(text)));
            assert!(shorter < longer);
        }
    }
}
