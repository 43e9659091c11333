//! The functions of the language: ONE table. Everything else asks it.
//!
//! A function is added as one row, and the facts about it below follow from
//! running the tests over [`Function::ALL`].

use std::f64::consts::{FRAC_PI_2, LN_10, LN_2, PI};

use super::{Exponent, Expr};

/// Where a function has a value, and whether the ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Domain {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Whether the ends have values too.
    pub closed: bool,
}

/// Every real number.
const REALS: Domain = Domain {
    low: f64::NEG_INFINITY,
    high: f64::INFINITY,
    closed: false,
};

/// Every positive number.
const POSITIVE: Domain = Domain {
    low: 0.0,
    high: f64::INFINITY,
    closed: false,
};

/// From -1 to 1.
const UNIT: Domain = Domain {
    low: -1.0,
    high: 1.0,
    closed: true,
};

/// What is known of a function's sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Never below 0.
    Nonnegative,
    /// Either.
    Any,
}

/// What a change of the argument's sign does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// Nothing.
    Even,
    /// It changes the value's sign.
    Odd,
    /// Anything.
    Neither,
}

/// How one NALU unit of two gates computes a function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AsUnit {
    /// A sum of logarithms, times this.
    Logarithm(f64),
    /// The exponential of a sum, this times as large.
    Exponential(f64),
    /// The cosine of a sum with this added.
    Cosine(f64),
    /// The function itself, of a sum.
    Itself,
}

/// All there is to know about a function.
pub struct Facts {
    /// How the formula language spells it.
    pub name: &'static str,
    /// Other spellings that are read.
    pub aliases: &'static [&'static str],
    /// Its value.
    pub value: fn(f64) -> f64,
    /// Its derivative, from the argument and the value there.
    pub slope: fn(f64, f64) -> f64,
    /// The same as a formula.
    pub derivative: fn(Expr) -> Expr,
    /// The function `g` with `f(g(u)) = u` wherever `g(u)` has a value.
    pub inverse: Option<Function>,
    /// Where it has a value.
    pub domain: Domain,
    /// What is known of its sign.
    pub sign: Sign,
    /// Whether it is even or odd.
    pub parity: Parity,
    /// Its period.
    pub period: Option<f64>,
    /// Symbols by which it is less believable than `exp` or `sin`.
    pub cost: f64,
    /// How a NALU unit computes it.
    pub unit: AsUnit,
    /// `10` where the function is written `10^u`.
    pub base: Option<f64>,
    /// How LaTeX spells it.
    pub latex: &'static str,
    /// How Python's `math` calls it.
    pub python: &'static str,
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident { $($facts:tt)* })*) => {
        /// A function of one argument.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Function {
            $($(#[$doc])* $name),*
        }

        impl Function {
            /// Every function of the language.
            pub const ALL: &'static [Function] = &[$(Function::$name),*];

            /// Its row of the table.
            pub fn facts(self) -> &'static Facts {
                match self {
                    $(Function::$name => {
                        static FACTS: Facts = Facts { $($facts)* };
                        &FACTS
                    })*
                }
            }
        }
    };
}

functions! {
    /// e^u.
    Exp {
        name: "exp", aliases: &[], base: None, latex: "\\exp", python: "math.exp",
        value: f64::exp, slope: |_, value| value, derivative: |u| Function::Exp.of(u),
        inverse: Some(Function::Ln), domain: REALS, sign: Sign::Nonnegative, parity: Parity::Neither,
        period: None, cost: 0.0, unit: AsUnit::Exponential(1.0),
    }
    /// The natural logarithm.
    Ln {
        name: "ln", aliases: &[], base: None, latex: "\\ln", python: "math.log",
        value: f64::ln, slope: |u, _| 1.0 / u, derivative: reciprocal,
        inverse: Some(Function::Exp), domain: POSITIVE, sign: Sign::Any, parity: Parity::Neither,
        period: None, cost: 0.0, unit: AsUnit::Logarithm(1.0),
    }
    /// The sine of an angle in radians.
    Sin {
        name: "sin", aliases: &[], base: None, latex: "\\sin", python: "math.sin",
        value: f64::sin, slope: |u, _| u.cos(), derivative: |u| Function::Cos.of(u),
        inverse: Some(Function::Asin), domain: REALS, sign: Sign::Any, parity: Parity::Odd,
        period: Some(2.0 * PI), cost: 0.0, unit: AsUnit::Cosine(-FRAC_PI_2),
    }
    /// The cosine of an angle in radians.
    Cos {
        name: "cos", aliases: &[], base: None, latex: "\\cos", python: "math.cos",
        value: f64::cos, slope: |u, _| -u.sin(), derivative: |u| Function::Sin.of(u).negated(),
        inverse: Some(Function::Acos), domain: REALS, sign: Sign::Any, parity: Parity::Even,
        period: Some(2.0 * PI), cost: 0.0, unit: AsUnit::Cosine(0.0),
    }
    /// The tangent of an angle in radians.
    Tan {
        name: "tan", aliases: &[], base: None, latex: "\\tan", python: "math.tan",
        value: f64::tan, slope: |_, value| 1.0 + value * value,
        derivative: |u| Expr::sum(vec![Expr::Constant(1.0), squared(Function::Tan.of(u))]),
        inverse: Some(Function::Atan), domain: REALS, sign: Sign::Any, parity: Parity::Odd,
        period: Some(PI), cost: 0.5, unit: AsUnit::Itself,
    }
    /// The hyperbolic tangent.
    Tanh {
        name: "tanh", aliases: &[], base: None, latex: "\\tanh", python: "math.tanh",
        value: f64::tanh, slope: |_, value| 1.0 - value * value,
        derivative: |u| Expr::difference(Expr::Constant(1.0), squared(Function::Tanh.of(u))),
        inverse: None, domain: REALS, sign: Sign::Any, parity: Parity::Odd,
        period: None, cost: 0.5, unit: AsUnit::Itself,
    }
    /// The angle in [-π/2, π/2] that has this sine.
    Asin {
        name: "asin", aliases: &["arcsin"], base: None, latex: "\\arcsin", python: "math.asin",
        value: f64::asin, slope: |u, _| 1.0 / (1.0 - u * u).sqrt(), derivative: slope_of_asin,
        inverse: None, domain: UNIT, sign: Sign::Any, parity: Parity::Odd,
        period: None, cost: 0.5, unit: AsUnit::Itself,
    }
    /// The angle in [0, π] that has this cosine.
    Acos {
        name: "acos", aliases: &["arccos"], base: None, latex: "\\arccos", python: "math.acos",
        value: f64::acos, slope: |u, _| -1.0 / (1.0 - u * u).sqrt(), derivative: |u| slope_of_asin(u).negated(),
        inverse: None, domain: UNIT, sign: Sign::Nonnegative, parity: Parity::Neither,
        period: None, cost: 0.5, unit: AsUnit::Itself,
    }
    /// The angle in (-π/2, π/2) that has this tangent.
    Atan {
        name: "atan", aliases: &["arctan"], base: None, latex: "\\arctan", python: "math.atan",
        value: f64::atan, slope: |u, _| 1.0 / (1.0 + u * u),
        derivative: |u| reciprocal(Expr::sum(vec![Expr::Constant(1.0), squared(u)])),
        inverse: None, domain: REALS, sign: Sign::Any, parity: Parity::Odd,
        period: None, cost: 0.5, unit: AsUnit::Itself,
    }
    /// The magnitude.
    Abs {
        name: "abs", aliases: &[], base: None, latex: "\\operatorname{abs}", python: "abs",
        value: f64::abs, slope: |u, _| u.signum(),
        derivative: |u| Expr::quotient(u.clone(), Function::Abs.of(u)),
        inverse: None, domain: REALS, sign: Sign::Nonnegative, parity: Parity::Even,
        period: None, cost: 1.0, unit: AsUnit::Itself,
    }
    /// 10^u.
    Exp10 {
        name: "exp10", aliases: &[], base: Some(10.0), latex: "", python: "",
        value: |u| 10.0_f64.powf(u), slope: |_, value| LN_10 * value,
        derivative: |u| scaled(LN_10, Function::Exp10.of(u)),
        inverse: Some(Function::Log10), domain: REALS, sign: Sign::Nonnegative, parity: Parity::Neither,
        period: None, cost: 0.0, unit: AsUnit::Exponential(LN_10),
    }
    /// The logarithm to base 10.
    Log10 {
        name: "log10", aliases: &["lg"], base: None, latex: "\\log_{10}", python: "math.log10",
        value: f64::log10, slope: |u, _| 1.0 / (LN_10 * u), derivative: |u| scaled(1.0 / LN_10, reciprocal(u)),
        inverse: Some(Function::Exp10), domain: POSITIVE, sign: Sign::Any, parity: Parity::Neither,
        period: None, cost: 0.0, unit: AsUnit::Logarithm(1.0 / LN_10),
    }
    /// 2^u.
    Exp2 {
        name: "exp2", aliases: &[], base: Some(2.0), latex: "", python: "",
        value: f64::exp2, slope: |_, value| LN_2 * value,
        derivative: |u| scaled(LN_2, Function::Exp2.of(u)),
        inverse: Some(Function::Log2), domain: REALS, sign: Sign::Nonnegative, parity: Parity::Neither,
        period: None, cost: 0.0, unit: AsUnit::Exponential(LN_2),
    }
    /// The logarithm to base 2.
    Log2 {
        name: "log2", aliases: &[], base: None, latex: "\\log_{2}", python: "math.log2",
        value: f64::log2, slope: |u, _| 1.0 / (LN_2 * u), derivative: |u| scaled(1.0 / LN_2, reciprocal(u)),
        inverse: Some(Function::Exp2), domain: POSITIVE, sign: Sign::Any, parity: Parity::Neither,
        period: None, cost: 0.0, unit: AsUnit::Logarithm(1.0 / LN_2),
    }
}

fn reciprocal(u: Expr) -> Expr {
    Expr::power(u, Exponent::integer(-1))
}

fn squared(u: Expr) -> Expr {
    Expr::power(u, Exponent::integer(2))
}

fn scaled(factor: f64, u: Expr) -> Expr {
    Expr::product(vec![Expr::Constant(factor), u])
}

fn slope_of_asin(u: Expr) -> Expr {
    let below = Expr::difference(Expr::Constant(1.0), squared(u));
    Expr::power(below, Exponent::new(-1, 2))
}

impl Function {
    /// This function of `argument`.
    pub fn of(self, argument: Expr) -> Expr {
        Expr::Apply(self, Box::new(argument))
    }

    /// Its value; NaN outside the domain.
    pub fn value(self, argument: f64) -> f64 {
        (self.facts().value)(argument)
    }

    /// The function that is written as a power of this number.
    pub(super) fn with_base(base: &Expr) -> Option<Function> {
        let is_base = |function: &&Function| {
            let number = function.facts().base;
            number.is_some_and(|number| *base == Expr::Constant(number))
        };
        Function::ALL.iter().find(is_base).copied()
    }

    /// The function of this name or alias.
    pub fn named(name: &str) -> Option<Function> {
        let is_called = |function: &&Function| {
            let facts = function.facts();
            facts.name == name || facts.aliases.contains(&name)
        };
        Function::ALL.iter().find(is_called).copied()
    }
}

impl Domain {
    /// Whether a function of this domain has a value there.
    pub fn contains(self, argument: f64) -> bool {
        let inside = self.low < argument && argument < self.high;
        inside || (self.closed && (argument == self.low || argument == self.high))
    }
}

impl Expr {
    /// `base ^ exponent` for any exponent: `exp(exponent · ln base)`.
    pub fn general_power(base: Expr, exponent: Expr) -> Expr {
        let logarithm = Function::Ln.of(base);
        Function::Exp.of(match exponent {
            Expr::Product(mut factors) => {
                factors.push(logarithm);
                Expr::Product(factors)
            }
            other => Expr::Product(vec![other, logarithm]),
        })
    }

    /// The base and the exponent where this is a [general
    /// power](Expr::general_power): an exponential whose argument is a product
    /// with a logarithm, the last one where there are several.
    pub fn as_general_power(&self) -> Option<(&Expr, Expr)> {
        let Expr::Apply(Function::Exp, argument) = self else {
            return None;
        };
        let Expr::Product(factors) = &**argument else {
            return None;
        };
        let logarithm = |factor: &Expr| matches!(factor, Expr::Apply(Function::Ln, _));
        let place = factors.iter().rposition(logarithm)?;
        let Expr::Apply(_, base) = &factors[place] else {
            return None;
        };
        let mut others = factors.clone();
        others.remove(place);
        let exponent = match others.len() {
            0 => return None,
            1 => others.remove(0),
            _ => Expr::Product(others),
        };
        Some((base, exponent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points inside the domain, away from poles.
    fn points(function: Function) -> Vec<f64> {
        let candidates = [-2.7, -0.9, -0.31, 0.17, 0.6, 0.95, 1.3, 3.9, 12.0];
        let domain = function.facts().domain;
        candidates.into_iter().filter(|&u| domain.contains(u)).collect()
    }

    #[test]
    fn every_row_is_true_of_its_function() {
        for &function in Function::ALL {
            let facts = function.facts();
            let name = facts.name;
            assert_eq!(Function::named(name), Some(function));
            for u in points(function) {
                let value = function.value(u);
                assert!(value.is_finite(), "{name}({u})");
                let step = 1e-6;
                let numeric = (function.value(u + step) - function.value(u - step)) / (2.0 * step);
                let slope = (facts.slope)(u, value);
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + b.abs());
                assert!(near(numeric, slope), "{name}'({u}): {numeric}, {slope}");
                let formula = (facts.derivative)(Expr::Variable(0)).evaluate_row(&[u]);
                assert!(near(formula, slope), "{name}'({u}): {formula}, {slope}");
                assert!(facts.sign == Sign::Any || value >= 0.0, "{name}({u})");
                let mirrored = function.value(-u);
                match facts.parity {
                    Parity::Even => assert!(near(mirrored, value), "{name}({u})"),
                    Parity::Odd => assert!(near(mirrored, -value), "{name}({u})"),
                    Parity::Neither => {
                        assert!(!near(mirrored, value) && !near(mirrored, -value), "{name}({u})")
                    }
                }
                if let Some(period) = facts.period {
                    assert!(near(function.value(u + period), value), "{name}({u})");
                    assert!(!near(function.value(u + period / 2.0), value) || function == Function::Tan);
                }
            }
            if let Some(inverse) = facts.inverse {
                for u in points(inverse) {
                    let back = function.value(inverse.value(u));
                    assert!((back - u).abs() < 1e-12 * (1.0 + u.abs()), "{name}: {back}, {u}");
                }
            }
        }
    }

    #[test]
    fn outside_the_domain_there_is_no_value() {
        for &function in Function::ALL {
            let domain = function.facts().domain;
            for u in [-3.0, -1.0, 0.0, 1.0, 3.0] {
                let has_value = function.value(u).is_finite();
                assert_eq!(domain.contains(u), has_value, "{}({u})", function.facts().name);
            }
        }
    }

    #[test]
    fn a_general_power_is_told_apart_from_other_exponentials() {
        let names = vec!["a".to_string(), "b".to_string()];
        for (text, expected) in [
            ("a^1.37", Some(("a", "1.37"))),
            ("(a + 1)^(2*b)", Some(("a + 1", "2 * b"))),
            ("exp(2*a)", None),
            ("exp(ln(a))", None),
            ("exp(2*ln(a)^2)", None),
        ] {
            let expr = crate::formula::parse(text, &names).expect(text);
            let parts = expr
                .as_general_power()
                .map(|(base, exponent)| (base.text(&names), exponent.text(&names)));
            let expected = expected.map(|(base, exponent)| (base.to_string(), exponent.to_string()));
            assert_eq!(parts, expected, "{text}");
        }
    }
}
