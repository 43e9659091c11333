//! Set 6: a dozen formulas of sets 3 and 4 under conditions that real tables bring.

use crate::case::{Case, Noise, Twist};
use crate::set::Set;

const FORMULAS: [&str; 12] = [
    "I_43_16",
    "I_47_23",
    "II_37_1",
    "I_13_12",
    "I_18_4",
    "I_8_14",
    "coulomb, signed charges",
    "michaelis-menten",
    "creatinine clearance",
    "impedance",
    "throw upwards",
    "basal metabolic rate",
];

/// Each of the dozen under each condition.
pub fn hard(feynman: &[Case], desk: &[Case]) -> Vec<Case> {
    let mut cases = Vec::new();
    for name in FORMULAS {
        if let Some(plain) = feynman.iter().chain(desk).find(|case| case.name == name) {
            cases.extend(conditions(plain));
        }
    }
    cases
}

fn conditions(plain: &Case) -> Vec<Case> {
    let under = |kind: &str, rows: usize, noise: Noise, twist: Twist| Case {
        set: Set::Hard,
        kind: kind.to_string(),
        name: format!("{}: {kind}", plain.name),
        rows,
        noise,
        twist,
        ..plain.clone()
    };
    let rows = plain.rows;
    vec![
        under("noise 0.1 %", rows, Noise::OfRms(0.001), Twist::None),
        under("noise 1 %", rows, Noise::OfRms(0.01), Twist::None),
        under("noise 5 %", rows, Noise::OfRms(0.05), Twist::None),
        under("noise 10 %", rows, Noise::OfRms(0.1), Twist::None),
        under("10 irrelevant", rows, Noise::None, Twist::Irrelevant(10)),
        under("30 irrelevant", rows, Noise::None, Twist::Irrelevant(30)),
        under("15 rows", 15, Noise::None, Twist::None),
        under("100000 rows", 100_000, Noise::None, Twist::None),
        under("correlated 0.9", rows, Noise::None, Twist::Correlated(0.9)),
        under("repeated column", rows, Noise::None, Twist::Repeated),
        under("outliers 1 in 50", rows, Noise::None, Twist::Outlier(50)),
    ]
}
