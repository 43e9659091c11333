//! The simplifier as a table of facts.

use crate::formula::parse;

fn names() -> Vec<String> {
    ["a", "b", "c", "d", "x"].map(String::from).to_vec()
}

#[test]
fn simplified_texts() {
    for (text, expected) in [
        // constants
        ("2*3 + 4", "10"),
        ("a*2*3", "6 * a"),
        ("0*a + b", "b"),
        ("1*a^1", "a"),
        ("a^0 + 1", "2"),
        ("2^3*a", "8 * a"),
        ("0.1 + 0.2 + a", "a + 0.3"),
        ("a/3 + a/3", "2 * a / 3"),
        // like terms and like powers
        ("a + a", "2 * a"),
        ("a - a", "0"),
        ("0.1*a + 0.2*a - 0.3*a", "0"),
        ("a*a", "a^2"),
        ("a*a*a/a", "a^2"),
        ("a/a", "1"),
        ("b*a - a*b + c", "c"),
        ("a^1.5*sqrt(a)", "a^2"),
        ("(a^2)^3", "a^6"),
        ("(a*b)/(b*c)", "a / c"),
        ("1/(1/a)", "a"),
        ("1/(a/b)", "b / a"),
        ("a/(b/c)", "a * c / b"),
        ("sqrt(a)^2", "a"),
        ("(a^3)^(1/3)", "a"),
        ("sqrt(a^4)", "a^2"),
        ("sqrt(a^2)", "sqrt(a^2)"),
        // signs
        ("-1*b + a", "a - b"),
        ("a - (b - c)", "a - b + c"),
        ("-(-a)", "a"),
        ("a - -2*b", "a + 2 * b"),
        ("-a*(b - c)", "a * (c - b)"),
        ("(-a)*(-b)", "a * b"),
        ("(a - b)/(b - a)", "-1"),
        ("1/(-a - b)", "-1 / (a + b)"),
        ("(b - a)^2", "(a - b)^2"),
        ("-1/(a - b)", "1 / (b - a)"),
        ("(-a - b)/(-c - d)", "(a + b) / (c + d)"),
        ("(b - a)*(d - c)", "(a - b) * (c - d)"),
        // one constant a term, as short as it goes
        ("2*(a + b)", "2 * (a + b)"),
        ("2*a + 2*b", "2 * (a + b)"),
        ("2*a - 2*b + c", "2 * (a - b) + c"),
        ("(2*a + 2*b)/c", "2 * (a + b) / c"),
        ("3*(2*a + 3*b)/c", "(6 * a + 9 * b) / c"),
        ("c*(2*a + 3*b)", "c * (2 * a + 3 * b)"),
        ("(a + b)/(2*a + 2*b)", "0.5"),
        ("(2*a + 3*b)/(4*a + 6*b)", "0.5"),
        ("(2*a + 2*b)^2", "4 * (a + b)^2"),
        ("1/(2*a + 2*b)", "0.5 / (a + b)"),
        ("2*(a + b) + 3*a", "5 * a + 2 * b"),
        // roots
        ("sqrt(a)*sqrt(b)", "sqrt(a * b)"),
        ("sqrt(a)/sqrt(b)", "sqrt(a / b)"),
        ("sqrt(2)*sqrt(a*b)", "sqrt(2 * a * b)"),
        ("2*sqrt(a)", "2 * sqrt(a)"),
        ("sqrt(4*a)", "2 * sqrt(a)"),
        ("1/sqrt(a)", "1 / sqrt(a)"),
        ("sqrt(1/a)", "1 / sqrt(a)"),
        ("sqrt(2/a)", "sqrt(2 / a)"),
        ("sqrt(2/(a + b))", "sqrt(2 / (a + b))"),
        ("sqrt(2)/sqrt(a + b)", "sqrt(2 / (a + b))"),
        ("c/(1 - a/343)", "343 * c / (343 - a)"),
        ("sqrt(2*a^2 + 2*b^2)", "sqrt(2 * (a^2 + b^2))"),
        ("a^2*b^2", "(a * b)^2"),
        ("a^2/b^2", "(a / b)^2"),
        // order
        ("32 + c*1.8", "1.8 * c + 32"),
        ("b + a", "a + b"),
        ("b^2 - 2*b*a + a^2", "a^2 - 2 * a * b + b^2"),
        ("1 - a", "1 - a"),
        ("1 + x + x^2", "x^2 + x + 1"),
        ("b^2*a*0.5", "0.5 * a * b^2"),
        ("d + a*b/c^2", "a * b / c^2 + d"),
        ("(a + b)*c", "c * (a + b)"),
    ] {
        let simplified = parse(text, &names()).expect(text).simplify();
        assert_eq!(simplified.text(&names()), expected, "{text}");
        assert_eq!(simplified.simplify(), simplified, "{text} again");
    }
}

#[test]
fn roots_of_squares_need_positive_inputs() {
    let positive = [true, true, true, false, false];
    for (text, expected) in [
        ("sqrt(a^2)", "a"),
        ("sqrt(d^2)", "sqrt(d^2)"),
        ("sqrt(a^2*d^2)", "a * sqrt(d^2)"),
        ("sqrt(a*d)/sqrt(a)", "sqrt(d)"),
        ("sqrt(a^2*(b^2 + c^2))", "a * sqrt(b^2 + c^2)"),
        ("(a*b)^1.5/sqrt(a)", "a * b^1.5"),
    ] {
        let simplified = parse(text, &names()).expect(text).simplify_for(&positive);
        assert_eq!(simplified.text(&names()), expected, "{text}");
    }
}

/// Every nest of three of: a sum, a product, a power, each with the exponents
/// a person writes.
#[test]
fn nests_of_three_settle() {
    let row = [1.3, 0.7, 2.1, 0.4, 1.9];
    let exponents = ["0.5", "-0.5", "(1/3)", "(-1/3)", "2", "-2", "-1"];
    let mut shapes: Vec<String> = ["# + b", "c - 2*#", "1/a + #", "3*#*c", "d/#", "x*#"]
        .map(String::from)
        .to_vec();
    shapes.extend(exponents.map(|exponent| format!("(#)^{exponent}")));
    shapes.extend(exponents.map(|exponent| format!("(c*#)^{exponent}*a")));
    for outer in &shapes {
        for middle in &shapes {
            for inner in &shapes {
                let nest = |outer: &str, inner: &str| outer.replace('#', &format!("({inner})"));
                let text = nest(outer, &nest(middle, &inner.replace('#', "a")));
                let expr = parse(&text, &names()).expect(&text);
                for positive in [[false; 5], [true; 5]] {
                    let simplified = expr.simplify_for(&positive);
                    let written = simplified.text(&names());
                    assert!(simplified.complexity() <= expr.complexity(), "{text}: {written}");
                    assert_eq!(simplified.simplify_for(&positive), simplified, "{text}");
                    let (before, after) = (expr.evaluate_row(&row), simplified.evaluate_row(&row));
                    let same = (before - after).abs() <= 1e-9 * before.abs() || before.is_nan();
                    assert!(same, "{text} = {before}, {written} = {after}");
                }
            }
        }
    }
}

#[test]
fn deep_nests_neither_overflow_nor_take_for_ever() {
    for piece in [
        "sqrt(",
        "2 + 1/(",
        "a*(b - ",
        "(a/b)^2*sqrt(a + ",
        "c + (1/3)*(d - 2*",
    ] {
        let depth = 190;
        let text = format!("{}a{}", piece.repeat(depth), ")".repeat(depth));
        let expr = parse(&text, &names()).expect(piece);
        let simplified = expr.simplify_for(&[true; 5]);
        assert!(simplified.complexity() <= expr.complexity(), "{piece}");
    }
}

#[test]
fn impossible_constants_are_left_alone() {
    for text in [
        "1 / 0",
        "sqrt(-1)",
        "(1e300 * a)^2",
        "(1e-300 * a)^2",
        "1e308 * a + 1e308 * a",
        "1e300 * 1e300 * a",
    ] {
        let simplified = parse(text, &names()).expect(text).simplify();
        assert_eq!(simplified.text(&names()), text);
    }
}
