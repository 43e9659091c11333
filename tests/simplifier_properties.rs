//! What must hold of the simplifier and the printer for any formula.

use nalu_discover::formula::{parse, Exponent, Expr, Function};
use proptest::prelude::*;

/// Constants count as equal within 1e-12, so that much may differ at every
/// operation, and more where an expression cancels.
const UNIT: f64 = 1e-12;

/// Beyond this relative error bound a value says nothing.
const ILL_CONDITIONED: f64 = 1e-4;

const INPUTS: usize = 4;

fn names() -> Vec<String> {
    ["a", "b c", "d", "x1"].map(String::from).to_vec()
}

fn exponent() -> impl Strategy<Value = Exponent> {
    prop::sample::select(vec![
        (1, 2),
        (-1, 2),
        (-1, 1),
        (3, 2),
        (-3, 2),
        (2, 1),
        (-2, 1),
        (1, 3),
        (-1, 3),
        (3, 1),
    ])
    .prop_map(|(p, q)| Exponent::new(p, q))
}

fn constant() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => prop::sample::select(vec![-1.0, 2.0, -2.0, 0.5, -0.5, 3.0, 1.0 / 3.0, 4.0, 1.8, 32.0]),
        2 => -10.0..10.0,
        1 => prop::sample::select(vec![0.0, 1.0, 6.674e-11, 5.972e24, 1e300, 1e-300, std::f64::consts::PI]),
    ]
}

fn expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        1 => constant().prop_map(Expr::Constant),
        3 => (0..INPUTS).prop_map(Expr::Variable),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::sum),
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::product),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::difference(a, b)),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::quotient(a, b)),
            3 => (inner.clone(), exponent()).prop_map(|(base, exponent)| Expr::power(base, exponent)),
            3 => (prop::sample::select(Function::ALL), inner.clone())
                .prop_map(|(function, argument)| function.of(argument)),
            1 => (inner.clone(), inner).prop_map(|(base, exponent)| Expr::general_power(base, exponent)),
        ]
    })
}

/// `k_0 x_0 + k_1 x_1 + … + k`, most coefficients 0.
fn linear_form() -> impl Strategy<Value = Vec<f64>> {
    let coefficient = prop::sample::select(vec![0.0, 0.0, 0.0, 1.0, 1.0, -1.0, 2.0, -3.0, 0.7]);
    prop::collection::vec(coefficient, INPUTS + 1)
}

/// What factors: two linear forms multiplied out, under a power, over another
/// linear form, with a further term.
fn factorable() -> impl Strategy<Value = Expr> {
    let forms = (linear_form(), linear_form(), any::<bool>());
    let around = (exponent(), any::<bool>(), expression(), 0..3);
    (forms, around).prop_map(|((left, right, square), (exponent, over, further, place))| {
        let right = if square { left.clone() } else { right };
        let variable = |index: usize| match index {
            INPUTS => Expr::Constant(1.0),
            index => Expr::Variable(index),
        };
        let mut terms = Vec::new();
        for (i, p) in left.iter().enumerate() {
            for (j, q) in right.iter().enumerate() {
                terms.push(Expr::product(vec![
                    Expr::Constant(p * q),
                    variable(i),
                    variable(j),
                ]));
            }
        }
        if place == 0 {
            terms.push(further.clone());
        }
        let mut factors = vec![Expr::power(Expr::sum(terms), exponent)];
        if over {
            let terms = right.iter().enumerate();
            let terms = terms.map(|(j, q)| Expr::product(vec![Expr::Constant(*q), variable(j)]));
            factors.push(Expr::power(Expr::sum(terms.collect()), Exponent::integer(-1)));
        }
        if place == 1 {
            factors.push(further);
        }
        Expr::product(factors)
    })
}

fn positive_points() -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(0.3..4.0, INPUTS), 6)
}

fn signed_points() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let value = prop_oneof![0.3..4.0, -4.0..-0.3];
    prop::collection::vec(prop::collection::vec(value, INPUTS), 6)
}

/// The value and a bound on how far rounding may carry it.
fn bounded_value(expr: &Expr, row: &[f64]) -> (f64, f64) {
    let (value, spread) = match expr {
        Expr::Constant(c) => (*c, 0.0),
        Expr::Variable(index) => (row[*index], 0.0),
        Expr::Sum(terms) => terms.iter().fold((0.0, 0.0), |(value, spread), term| {
            let (v, s) = bounded_value(term, row);
            (value + v, spread + s + UNIT * v.abs())
        }),
        Expr::Product(factors) => factors.iter().fold((1.0, 0.0), |(value, spread), factor| {
            let (v, s) = bounded_value(factor, row);
            (value * v, spread * v.abs() + s * f64::abs(value) + s * spread)
        }),
        Expr::Power(base, exponent) => {
            let (v, s) = bounded_value(base, row);
            let value = Expr::power(Expr::Constant(v), *exponent).evaluate_row(row);
            let relative = if s == 0.0 { 0.0 } else { s / v.abs() };
            (value, value.abs() * relative * exponent.value().abs())
        }
        Expr::Apply(function, argument) => {
            let (v, s) = bounded_value(argument, row);
            let value = function.value(v);
            let slope = (function.facts().slope)(v, value);
            (value, s * slope.abs())
        }
    };
    (value, spread + UNIT * value.abs())
}

/// The original's values where they are finite and well conditioned must be
/// the other's.
fn check_same_value(original: &Expr, other: &Expr, points: &[Vec<f64>]) -> Result<(), TestCaseError> {
    for row in points {
        let (value, spread) = bounded_value(original, row);
        let size = value.abs();
        let well_conditioned = spread < ILL_CONDITIONED * size;
        if !value.is_finite() || size > 1e200 || !well_conditioned {
            continue;
        }
        let (found, found_spread) = bounded_value(other, row);
        if found_spread > ILL_CONDITIONED * size {
            continue;
        }
        let tolerance = 1e-9 * size + spread + found_spread;
        prop_assert!(
            (value - found).abs() <= tolerance,
            "{value} became {found} at {row:?}\n  {}\n  {}",
            original.text(&names()),
            other.text(&names())
        );
    }
    Ok(())
}

fn check_no_longer(original: &Expr, other: &Expr) -> Result<(), TestCaseError> {
    prop_assert!(
        other.complexity() <= original.complexity(),
        "{} became {}",
        original.text(&names()),
        other.text(&names())
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn simplifying_keeps_the_value(expr in expression(), points in signed_points()) {
        check_same_value(&expr, &expr.simplify(), &points)?;
    }

    #[test]
    fn simplifying_for_positive_inputs_keeps_the_value(expr in expression(), points in positive_points()) {
        check_same_value(&expr, &expr.simplify_for(&[true; INPUTS]), &points)?;
    }

    #[test]
    fn simplifying_never_lengthens(expr in expression()) {
        check_no_longer(&expr, &expr.simplify())?;
        check_no_longer(&expr, &expr.simplify_for(&[true; INPUTS]))?;
    }

    #[test]
    fn simplifying_twice_changes_nothing(expr in expression()) {
        for positive in [vec![], vec![true; INPUTS]] {
            let once = expr.simplify_for(&positive);
            let twice = once.simplify_for(&positive);
            prop_assert_eq!(
                &once, &twice,
                "{} became {} and then {}", expr.text(&names()), once.text(&names()), twice.text(&names())
            );
        }
    }

    #[test]
    fn text_reads_back(expr in expression(), points in signed_points()) {
        for written in [expr.clone(), expr.simplify()] {
            let text = written.text(&names());
            let read = parse(&text, &names());
            prop_assert!(read.is_ok(), "{text}: {read:?}");
            check_same_value(&written, &read.expect("checked above"), &points)?;
        }
    }

    #[test]
    fn printing_what_was_read_gives_the_same_text(expr in expression()) {
        for written in [expr.simplify(), expr.simplify_for(&[true; INPUTS])] {
            // Reading merges numbers that stood apart, so the first text may yet change.
            let read = parse(&written.text(&names()), &names()).expect("text reads back");
            let text = read.text(&names());
            let again = parse(&text, &names()).expect("text reads back");
            prop_assert_eq!(&again.text(&names()), &text);
            // What has no value, as with asin(-2) in it, may be left as it is.
            if written.evaluate_row(&[1.3; INPUTS]).is_finite() {
                prop_assert!(again.same_structure(&read), "{}", text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn presenting_keeps_the_value(expr in expression(), points in signed_points()) {
        check_same_value(&expr, &expr.present(&[]), &points)?;
    }

    #[test]
    fn presenting_for_positive_inputs_keeps_the_value(expr in expression(), points in positive_points()) {
        check_same_value(&expr, &expr.present(&[true; INPUTS]), &points)?;
    }

    #[test]
    fn factoring_keeps_the_value(expr in factorable(), points in signed_points()) {
        check_same_value(&expr, &expr.present(&[]), &points)?;
    }

    #[test]
    fn factoring_for_positive_inputs_keeps_the_value(expr in factorable(), points in positive_points()) {
        check_same_value(&expr, &expr.present(&[true; INPUTS]), &points)?;
    }

    #[test]
    fn presenting_is_no_longer_than_simplifying(expr in expression()) {
        for positive in [vec![], vec![true; INPUTS]] {
            check_no_longer(&expr.simplify_for(&positive), &expr.present(&positive))?;
        }
    }

    #[test]
    fn presenting_twice_changes_nothing(expr in expression()) {
        for positive in [vec![], vec![true; INPUTS]] {
            let once = expr.present(&positive);
            let twice = once.present(&positive);
            prop_assert_eq!(
                &once, &twice,
                "{} became {} and then {}", expr.text(&names()), once.text(&names()), twice.text(&names())
            );
        }
    }
}
