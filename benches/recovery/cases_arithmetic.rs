//! The elementary and two-layer formulas, and sets 1 (single module) and 2 (wide input).

use crate::case::{Case, Input};
use crate::set::Set;

const OPERATIONS: [(&str, &str); 4] = [("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/")];

/// The seed article's six formulas on U(1, 10), 200 rows.
pub fn elementary() -> Vec<Case> {
    let two = || vec![Input::new("a", 1.0, 10.0), Input::new("b", 1.0, 10.0)];
    let one = || vec![Input::new("a", 1.0, 10.0)];
    [
        ("a+b", "a + b", two()),
        ("a-b", "a - b", two()),
        ("a*b", "a * b", two()),
        ("a/b", "a / b", two()),
        ("a^2", "a^2", one()),
        ("sqrt(a)", "sqrt(a)", one()),
    ]
    .into_iter()
    .map(|(name, law, inputs)| Case::new(Set::Elementary, "elementary", name, "y", law, inputs))
    .collect()
}

/// Eight formulas that take two layers, or one and a constant; 200 rows.
pub fn two_layer() -> Vec<Case> {
    let letters = |names: &str| -> Vec<Input> {
        names
            .chars()
            .map(|c| Input::new(&c.to_string(), 1.0, 5.0))
            .collect()
    };
    [
        ("(a+b)*c", letters("abc")),
        ("a*b+c*d", letters("abcd")),
        ("a/(b+c)", letters("abc")),
        ("a*b/(a+b)", letters("ab")),
        ("a*b/c^2+d", letters("abcd")),
        (
            "9.81*m*h",
            vec![Input::new("m", 1.0, 10.0), Input::new("h", 1.0, 20.0)],
        ),
        (
            "0.5*m*v^2",
            vec![Input::new("m", 1.0, 10.0), Input::new("v", 1.0, 20.0)],
        ),
        ("1.8*c+32", vec![Input::new("c", -40.0, 100.0)]),
    ]
    .into_iter()
    .map(|(law, inputs)| Case::new(Set::TwoLayer, "two-layer", law, "y", law, inputs))
    .collect()
}

/// Single-module arithmetic (Mistry et al., JMLR 23(185), 2022): four operations on nine ranges,
/// each judged on the paired range.
pub fn single_module() -> Vec<Case> {
    let ranges = [
        ((-20.0, -10.0), (-40.0, -20.0)),
        ((-2.0, -1.0), (-6.0, -2.0)),
        ((-1.2, -1.1), (-6.1, -1.2)),
        ((-0.2, -0.1), (-2.0, -0.2)),
        ((-2.0, 2.0), (2.0, 6.0)),
        ((0.1, 0.2), (0.2, 2.0)),
        ((1.0, 2.0), (2.0, 6.0)),
        ((1.1, 1.2), (1.2, 6.0)),
        ((10.0, 20.0), (20.0, 40.0)),
    ];
    let mut cases = Vec::new();
    for (name, operation) in OPERATIONS {
        for ((low, high), outside) in ranges {
            let input = |column: &str| Input::new(column, low, high).outside(outside.0, outside.1);
            cases.push(Case::new(
                Set::SingleModule,
                name,
                &format!("{name} ({low},{high})"),
                "y",
                &format!("a {operation} b"),
                vec![input("a"), input("b")],
            ));
        }
    }
    cases
}

/// Wide input (after Madsen & Johansen, ICLR 2020): an operation on two sums, each over a quarter of
/// the columns, half of which they share; U(1, 2), judged on U(2, 6); 1,000 rows.
pub fn wide() -> Vec<Case> {
    let mut cases = Vec::new();
    for width in [10, 30, 100] {
        let quarter = width / 4;
        let first = quarter..2 * quarter;
        let second = first.end - quarter / 2..first.end - quarter / 2 + quarter;
        for (name, operation) in OPERATIONS {
            let law = if operation == "-" {
                // The shared columns cancel.
                let plus = sum(first.start..second.start);
                format!("{plus} - ({})", sum(first.end..second.end))
            } else {
                format!("({}) {operation} ({})", sum(first.clone()), sum(second.clone()))
            };
            let inputs = (1..=width)
                .map(|i| Input::new(&format!("x{i}"), 1.0, 2.0).outside(2.0, 6.0))
                .collect();
            let kind = format!("{width} columns");
            let case = Case::new(Set::Wide, &kind, &format!("{name} {width}"), "y", &law, inputs);
            cases.push(Case { rows: 1000, ..case });
        }
    }
    cases
}

/// `x8 + x9 + …` for the columns with these 0-based places.
fn sum(columns: std::ops::Range<usize>) -> String {
    let names: Vec<String> = columns.map(|i| format!("x{}", i + 1)).collect();
    names.join(" + ")
}
