//! Tests of [`super`].

use super::*;
use crate::formula::parse;
use proptest::prelude::*;

fn names() -> Vec<String> {
    ["a", "b", "c", "d"].map(String::from).to_vec()
}

fn units_per_layer(text: &str, positive: &[bool]) -> Vec<usize> {
    let expr = parse(text, &names()).expect(text);
    let stack = compile_for(&expr, 4, positive).expect(text);
    stack.layers.iter().map(|layer| layer.gates.len()).collect()
}

#[test]
fn depth_and_width_are_the_least_the_formula_needs() {
    for (text, expected) in [
        ("a", &[1][..]),
        ("3", &[1]),
        ("a + b", &[1]),
        ("2*a - 3*b + 1", &[1]),
        ("2*(a - b) + c", &[1]),
        ("a*b/c^2", &[1]),
        ("a^1.5", &[1]),
        ("9.81*a*b", &[1, 1]),
        ("a*b/c^2 + d", &[1, 1]),
        ("(a + b)*c", &[1, 1]),
        ("a*b/(a + b)", &[1, 1]),
        ("sqrt(2*(a^2 + b^2))", &[2, 1, 1]),
        ("sqrt(a*b)", &[1, 1]),
        // a·b waits for the layer below its reader
        ("a*b + c*(a + b)^2", &[1, 2, 1]),
        ("(a + b)*c + (a + b)", &[1, 1, 1]),
        // a + b is read by two layers, so identity units carry it
        ("(a + b)/(c + (a + b)^2)", &[1, 2, 2, 1]),
    ] {
        assert_eq!(units_per_layer(text, &[]), expected, "{text}");
    }
    for (text, expected) in [
        ("exp(-0.5*a + 2*b)", &[1][..]),
        ("3*exp(-0.5*a) + b", &[1, 1]),
        ("ln(a*b/c)", &[1]),
        ("5*log10(a) - 5", &[1, 1]),
        ("sin(2*a + 1)", &[1]),
        ("a*sin(b)", &[1, 1]),
        ("a^1.37", &[1]),
        ("a^b", &[1, 1, 1]),
        ("tanh(a/2)", &[1]),
        ("1/(exp((a - b)/c) + 1)", &[1, 1, 1, 1, 1]),
    ] {
        assert_eq!(units_per_layer(text, &[]), expected, "{text}");
    }
    assert_eq!(units_per_layer("2*sqrt(a/b)", &[true, true]), [1, 1]);
    assert_eq!(units_per_layer("2*sqrt(a/b)", &[true, false]), [1, 1, 1]);
}

#[test]
fn what_no_stack_computes_is_refused() {
    let beyond = Expr::Variable(4);
    let infinite = Expr::quotient(Expr::Constant(1.0), Expr::Constant(0.0));
    let imaginary = Expr::sqrt(Expr::Constant(-1.0));
    for expr in [beyond, infinite, imaginary, Expr::Constant(f64::NAN)] {
        assert_eq!(compile(&expr, 4), None, "{expr:?}");
    }
}

fn expressions() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        2 => (-3_i32..=3).prop_map(|c| Expr::Constant(f64::from(c) / 2.0)),
        5 => (0_usize..4).prop_map(Expr::Variable),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::Sum),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::Product),
            (inner, -4_i32..=4, 1_i32..=3)
                .prop_map(|(base, n, d)| Expr::Power(Box::new(base), Exponent::new(n, d))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_stack_has_the_value_of_the_formula(
        expr in expressions(),
        row in prop::collection::vec(prop_oneof![-3.0..-0.2, 0.2..3.0], 4),
    ) {
        let positive: Vec<bool> = row.iter().map(|x| *x > 0.0).collect();
        let inputs: Vec<Vec<f64>> = row.iter().map(|x| vec![*x]).collect();
        let expected = expr.evaluate_row(&row);
        for known in [&[][..], &positive] {
            // Such as 1/0 in a term that is multiplied by 0.
            let Some(stack) = compile_for(&expr, 4, known) else { continue };
            if !expected.is_finite() || expected.abs() > 1e100 {
                continue;
            }
            let value = stack.evaluate(&inputs)[0];
            // Cancelled terms may have been much larger than what is left of them.
            let size = magnitude(&expr, &row);
            prop_assert!(
                (value - expected).abs() <= 1e-9 * size.max(expected.abs()),
                "{value} for {expected}"
            );
            let again = stack.to_expr(4).evaluate_row(&row);
            prop_assert!((again - value).abs() <= 1e-9 * size.max(value.abs()), "{again} for {value}");
        }
    }
}

/// The value with every term of every sum made positive where that is
/// possible: how large rounding errors may be before they are divided.
fn magnitude(expr: &Expr, row: &[f64]) -> f64 {
    match expr {
        Expr::Sum(terms) => terms.iter().map(|term| magnitude(term, row)).sum(),
        Expr::Product(factors) => factors.iter().map(|factor| magnitude(factor, row)).product(),
        Expr::Power(base, exponent) if !exponent.is_negative() => magnitude(base, row).powf(exponent.value()),
        other => other.evaluate_row(row).abs(),
    }
}
