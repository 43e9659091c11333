//! Runs the numbered examples: each asserts what it teaches.

#[path = "../examples/01_nac.rs"]
mod nac;
#[path = "../examples/02_nalu.rs"]
mod nalu;
#[path = "../examples/03_negatives.rs"]
mod negatives;
#[path = "../examples/04_rounding.rs"]
mod rounding;
#[path = "../examples/05_stack.rs"]
mod stack;
#[path = "../examples/06_your_own_csv.rs"]
#[allow(dead_code)] // its main reads the command line
mod your_own_csv;

#[test]
fn a_nac_subtracts() {
    nac::main();
}

#[test]
fn a_nalu_is_nearly_right() {
    nalu::main();
}

#[test]
fn magnitudes_have_no_sign() {
    negatives::main();
}

#[test]
fn weights_become_a_formula() {
    rounding::main();
}

#[test]
fn a_quotient_by_a_sum_needs_two_layers() {
    stack::main();
}

#[test]
fn a_table_becomes_a_formula() {
    let explained = your_own_csv::explain("datasets/planets.csv").expect("a readable table");
    assert_eq!(
        explained,
        ("semi_major_axis_au^1.5".to_owned(), "confirmed".to_owned())
    );
}
