//! How long a formula takes to simplify (thousands of times in a search) and
//! to present (once for every candidate that is printed).
//!
//! `cargo bench --bench formula`; a word behind `--` chooses by name.

use divan::{black_box, Bencher};
use nalu_discover::formula::{parse, Expr};

fn main() {
    divan::main();
}

/// The inputs of the formulas below.
const NAMES: [&str; 12] = ["a", "b", "c", "d", "m", "v", "x", "y", "x1", "x2", "y1", "y2"];

/// What a search meets: laws as they should read, and the same as they come
/// out of rounded networks. Fitted constants have all their digits.
const FORMULAS: [&str; 32] = [
    "a + b",
    "a^1.5",
    "9.81*m*a",
    "0.5*m*v^2",
    "1.8*c + 32",
    "(a + b)*c",
    "a*b + c*d",
    "a/(b + c)",
    "a*b/(a + b)",
    "1/(1/a + 1/b)",
    "a*b/c^2 + d",
    "sqrt(a^2 + b^2)",
    "(a + b)/(c + d)",
    "(a - b)/(c + d)^2",
    "6.674e-11*a*b/c^2",
    "a*b*(1/c - 1/d)",
    "a*b/c - a*b/d",
    "m*(a*x + 0.5*v^2)",
    "0.5*m*v^2 + 0.5*m*x^2",
    "x^3 - 2*x^2 + 5*x - 7",
    "sqrt((x1 - x2)^2 + (y1 - y2)^2)",
    "sqrt(x1^2 - 2*x1*x2 + x2^2 + y1^2 - 2*y1*y2 + y2^2)",
    "a*b/((x1 - x2)^2 + (y1 - y2)^2)",
    "a*c + a*d + b*c + b*d",
    "(a^2 - b^2)/(a - b)",
    "m/sqrt(1 - v^2/c^2)",
    "-12.691837465283*((-0.27182736453*v)^2)*(-0.54091827364*m)",
    "0.4999999999998*m*v*v + 1.0000000000003*m*a*x",
    "1.7320508075688772*(0.31415926*a + 2.7182818*b)*c",
    "2.41231*a^0.5*b^-0.5*sqrt(c + 0.3317*d)",
    "0.8123917*a + 1.9182736*b - 0.1928374*c + 3.3918273",
    "2*(a + 2*b)^2*(c - d)/(3*x + y)^0.5",
];

fn formula(text: &str) -> Expr {
    parse(text, &NAMES.map(String::from)).expect("the formulas above can be read")
}

#[divan::bench(args = FORMULAS)]
fn simplify(bencher: Bencher, text: &str) {
    let expr = formula(text);
    bencher.bench_local(|| black_box(&expr).simplify_for(&[true; 12]));
}

#[divan::bench(args = FORMULAS, sample_count = 20)]
fn present(bencher: Bencher, text: &str) {
    let expr = formula(text);
    bencher.bench_local(|| black_box(&expr).present(&[true; 12]));
}
