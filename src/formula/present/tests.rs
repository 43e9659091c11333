//! Presented forms as a table of facts.

use crate::formula::parse;

fn names() -> Vec<String> {
    [
        "a", "b", "c", "d", "x", "y", "G", "m1", "m2", "r1", "r2", "x1", "x2", "y1", "y2",
    ]
    .map(String::from)
    .to_vec()
}

fn check(rows: &[(&str, &str)], positive: bool) {
    let positive = vec![positive; names().len()];
    for (text, expected) in rows {
        let expr = parse(text, &names()).expect(text);
        let presented = expr.present(&positive);
        assert_eq!(presented.text(&names()), *expected, "{text}");
        let simplified = expr.simplify_for(&positive);
        assert!(presented.complexity() <= simplified.complexity(), "{text}");
        assert_eq!(presented.present(&positive), presented, "{text} again");
    }
}

#[test]
fn common_factors_are_drawn_out() {
    check(
        &[
            ("a*b + a*c", "a * (b + c)"),
            ("a*b + a*c + d", "a * (b + c) + d"),
            ("m1*G*d + 0.5*m1*x^2", "m1 * (d * G + 0.5 * x^2)"),
            ("0.5*a*x^2 + 0.5*a*y^2", "0.5 * a * (x^2 + y^2)"),
            ("0.5*a*x^2 + 0.49999999999995*a*y^2", "0.5 * a * (x^2 + y^2)"),
            ("G*m1*m2/r2 - G*m1*m2/r1", "G * m1 * m2 * (1 / r2 - 1 / r1)"),
            ("a/b + c/b", "(a + c) / b"),
            ("a*b + a*c + d*b + d*c", "(a + d) * (b + c)"),
            ("2*a*c + 2*a*d + 3*b*c + 3*b*d", "(2 * a + 3 * b) * (c + d)"),
            ("a*b + 3*a + 2*b + 6", "(a + 2) * (b + 3)"),
            ("a*c - a*d - b*c + b*d", "(a - b) * (c - d)"),
            ("a^2*b + a*b^2", "a * b * (a + b)"),
            ("x^2 - a*x - b*x + a*b", "(a - x) * (b - x)"),
        ],
        false,
    );
}

#[test]
fn squares_are_closed() {
    check(
        &[
            ("x1^2 - 2*x1*x2 + x2^2", "(x1 - x2)^2"),
            ("x1^2 + 2*x1*x2 + x2^2", "(x1 + x2)^2"),
            ("4*a^2 + 4*a*b + b^2", "(2 * a + b)^2"),
            ("2*a^2 - 4*a*b + 2*b^2 + c", "c + 2 * (a - b)^2"),
            ("-a^2 + 2*a*b - b^2", "-(a - b)^2"),
            ("x^2 + 2*x + 1", "(x + 1)^2"),
            ("a^3 + 3*a^2*b + 3*a*b^2 + b^3", "(a + b)^3"),
            ("a^3 - 3*a^2*b + 3*a*b^2 - b^3", "(a - b)^3"),
            ("a^2 + b^2 + c^2 + 2*a*b + 2*a*c + 2*b*c", "(a + b + c)^2"),
            (
                "sqrt(x1^2 - 2*x1*x2 + x2^2 + y1^2 - 2*y1*y2 + y2^2)",
                "sqrt((x1 - x2)^2 + (y1 - y2)^2)",
            ),
            ("sqrt(a^2 + 2*a*b + b^2)", "sqrt((a + b)^2)"),
            ("x*(x - 2*y) + y^2", "(x - y)^2"),
            ("0.5*m1*x1^2 - m1*x1*x2 + 0.5*m1*x2^2", "0.5 * m1 * (x1 - x2)^2"),
            ("1.2345*a^2 - 2.469*a*b + 1.2345*b^2", "1.2345 * (a - b)^2"),
            ("a^2/b^2 - 2*a*c/b + c^2", "(a / b - c)^2"),
            ("(a^2 - 2*a*b + b^2)/(c^2 + 2*c*d + d^2)", "((a - b) / (c + d))^2"),
        ],
        false,
    );
}

#[test]
fn fractions_go_over_one_bar_where_that_is_shorter() {
    check(
        &[
            ("1/(1/a + 1/b)", "a * b / (a + b)"),
            ("1/(1/a - 1/b)", "a * b / (b - a)"),
            ("2/(1/a + 1/b)", "2 * a * b / (a + b)"),
            ("1 - 1/(1 + x)", "x / (x + 1)"),
            ("1/a - 1/(a + b)", "b / (a * (a + b))"),
            ("(a*x + b*x)/(c*x + d*x)", "(a + b) / (c + d)"),
            ("x/(343 - a) + y/(686 - 2*a)", "(x + 0.5 * y) / (343 - a)"),
            ("1 - a/(a + b)", "b / (a + b)"),
            ("a/(a + b) + b/(a + b)", "1"),
            ("1/a + 1/b", "1 / a + 1 / b"),
            ("a/(b + c)", "a / (b + c)"),
            ("(a^2 - b^2)/(a - b)", "a + b"),
            ("(a - b)/(a^2 - b^2)", "1 / (a + b)"),
            ("(a^3 + b^3)/(a + b) + a*b", "a^2 + b^2"),
            ("x*(1 + 1/x)", "x + 1"),
            ("(a*b + a*c)/a", "b + c"),
        ],
        false,
    );
}

#[test]
fn what_cancels_is_multiplied_out() {
    check(
        &[
            ("(a + b)^2 - (a - b)^2", "4 * a * b"),
            ("(a + b)*(a - b) + b^2", "a^2"),
            ("(a + b)*(a + c) - b*c", "a * (a + b + c)"),
            ("(a + b)*(c + d) - a*c - b*d", "a * d + b * c"),
        ],
        false,
    );
}

#[test]
fn short_forms_stay() {
    for text in [
        "a^2 - b^2",
        "4 * 3.141592653589793 * x^2",
        "1.8 * c + 32",
        "x^2 + 3.1 * x + 1.7",
        "0.5 * x^2 + 2 * x + 3",
        "a - b",
        "a * b / (a + b)",
        "a * b + c * d",
        "0.5 * a * x^2",
        "(a + b) * c",
        "a * b / c^2 + d",
        "sqrt(a^2 + b^2)",
        "6.674e-11 * m1 * m2 / ((x1 - x2)^2 + (y1 - y2)^2)",
        "x^3 - 2 * x^2 + 5",
    ] {
        let expr = parse(text, &names()).expect(text);
        let presented = expr.present(&[]);
        assert_eq!(presented, expr.simplify(), "{text}: {}", presented.text(&names()));
    }
}

#[test]
fn positive_inputs_leave_roots() {
    check(
        &[
            ("sqrt(x^2*y)", "x * sqrt(y)"),
            ("sqrt(x^2*y + x^2*a)", "x * sqrt(a + y)"),
            ("sqrt(a^2 + 2*a*b + b^2)", "a + b"),
            ("a - 2*sqrt(a)*sqrt(b) + b", "(sqrt(a) - sqrt(b))^2"),
        ],
        true,
    );
}
