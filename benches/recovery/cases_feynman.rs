//! The formulas of the Feynman Symbolic Regression Database (Udrescu & Tegmark 2020): set 3, the
//! algebraic ones, and those with functions.

use crate::case::Case;
use crate::law_table::{laws, Law};
use crate::set::Set;

const ROWS: usize = 300;

/// The 42 algebraic formulas on the ranges given, 300 rows each.
pub fn feynman() -> Result<Vec<Case>, String> {
    let kind = |law: &Law| match law.shape.get(..2) {
        Some("A1") => "products of powers",
        Some("A2") => "sums of products",
        Some("A3") => "sum in a denominator",
        _ => "root of a sum",
    };
    let text = include_str!("feynman_algebraic.csv");
    cases(Set::Feynman, "feynman_algebraic.csv", text, kind)
}

/// The 24 formulas with functions on the ranges given, 300 rows each.
pub fn transcendental() -> Result<Vec<Case>, String> {
    let kind = |law: &Law| match law.functions.as_str() {
        "exp" => "exp",
        "sin" | "cos" | "cos+sin" => "sin and cos",
        "log" | "tanh" => "ln and tanh",
        _ => "asin and acos",
    };
    let text = include_str!("feynman_transcendental.csv");
    cases(Set::Transcendental, "feynman_transcendental.csv", text, kind)
}

fn cases(set: Set, file: &str, text: &str, kind: fn(&Law) -> &'static str) -> Result<Vec<Case>, String> {
    laws(file, text)?
        .iter()
        .map(|law| law.case(set, kind(law), law.name.trim_start_matches("feynman_"), ROWS))
        .collect()
}
