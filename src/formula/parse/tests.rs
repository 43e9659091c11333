//! What is read, and what is refused, as tables of facts.

use super::*;

fn names() -> Vec<String> {
    ["a", "b", "speed [m/s]", "odd`name", "pi"]
        .map(String::from)
        .to_vec()
}

#[test]
fn values_follow_the_usual_precedence() {
    let row = [3.0, 2.0, 5.0, 7.0, 11.0];
    for (text, expected) in [
        ("a - b - 1", 0.0),
        ("a / b / 2", 0.75),
        ("-a^2", -9.0),
        ("(-a)^2", 9.0),
        ("2^3^2", 512.0),
        ("a^-1", 1.0 / 3.0),
        ("b^(1/2 + 1/2)", 2.0),
        ("a*-b", -6.0),
        ("--a", 3.0),
        ("sqrt(a + 1)", 2.0),
        ("1.5e1 + .5 + 2.", 17.5),
        ("`speed [m/s]` * `odd``name`", 35.0),
        ("pi - `pi`", std::f64::consts::PI - 11.0),
        ("b^1.5 / b", 2.0_f64.sqrt()),
        ("5*a/(3*b)", 2.5),
        ("0*a/3", 0.0),
        ("a*1e200/1e-200/1e250/1e150", 3.0),
        ("1e-200*(1e-200*(a*1e200)*1e200)", 3.0),
        ("a^b", 9.0),
        ("(a - b)^pi", 1.0),
        ("b^-a / 2^-a", 1.0),
        ("1/a^0.37 * a^0.37", 1.0),
        ("ln(exp(a)) + log10(10^b) + log2(2^b)", 7.0),
        ("sin(pi/2) + cos(0) + tan(0) + abs(-b)", 4.0),
        ("arcsin(sin(0.5)) * 2 + acos(1) + arctan(0) + tanh(0)", 1.0),
    ] {
        let value = parse(text, &names()).expect(text).evaluate_row(&row);
        assert!((value - expected).abs() < 1e-14, "{text}: {value}");
    }
}

#[test]
fn errors_say_where_and_what() {
    for (text, position, expected) in [
        ("", 1, "a number, a name"),
        ("a +", 4, "a number, a name"),
        ("a b", 3, "an operator or the end"),
        ("(a", 3, "an operator or `)`"),
        ("exp a", 5, "`(`"),
        ("log(a)", 1, "`ln(` or `log10(`"),
        ("sqrt a", 6, "`(`"),
        ("2 * spede", 5, "the name of an input"),
        ("`speed [m/z]`", 1, "perhaps `speed [m/s]`"),
        ("`speed", 7, "a closing backtick"),
        ("1e999", 1, "within the range"),
        (".", 1, "a number"),
    ] {
        let error = parse(text, &names()).expect_err(text);
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.expected.contains(expected), "{text}: {error}");
    }
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    for piece in ["(", "-", "2^", "sqrt("] {
        let error = parse(&piece.repeat(100_000), &names()).expect_err(piece);
        assert!(error.expected.contains("levels"), "{error}");
    }
}
