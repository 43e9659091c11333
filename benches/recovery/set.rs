//! The sets of the bench.

use std::fmt;

/// The sets of the bench, in the order they are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// Six one-operation formulas.
    Elementary,
    /// Eight formulas of two layers.
    TwoLayer,
    /// Set 1: the NALU literature's own test, four operations on nine ranges.
    SingleModule,
    /// Set 2: an operation on two sums over slices of many columns.
    Wide,
    /// Set 3: the algebraic Feynman formulas.
    Feynman,
    /// Set 4: formulas as people meet them.
    Desk,
    /// Set 5: laws on raw units over many decades, with noise.
    FirstPrinciples,
    /// Set 6: noise, irrelevant columns, few and many rows, outliers.
    Hard,
    /// The Feynman formulas with exp, ln, sin, cos, tanh, asin and acos.
    Transcendental,
    /// Laws with functions as people meet them.
    Functions,
    /// Both Feynman sets under three levels of noise.
    FeynmanNoise,
    /// The right-hand sides of plane differential equations.
    Strogatz,
    /// Nguyen's problems.
    Nguyen,
    /// The Livermore problems.
    Livermore,
    /// Jin's problems.
    Jin,
    /// NIST's reference tables for regression.
    Nist,
}

/// What the bench knows of a set.
struct Facts {
    /// What `--set` calls it.
    key: &'static str,
    /// What the tables call it.
    title: &'static str,
    /// Seeds run when `--seeds` is not given.
    seeds: u64,
}

impl Set {
    /// Every set, in the order they are run.
    pub const ALL: [Set; 16] = [
        Set::Elementary,
        Set::TwoLayer,
        Set::SingleModule,
        Set::Wide,
        Set::Feynman,
        Set::Desk,
        Set::FirstPrinciples,
        Set::Hard,
        Set::Transcendental,
        Set::Functions,
        Set::FeynmanNoise,
        Set::Strogatz,
        Set::Nguyen,
        Set::Livermore,
        Set::Jin,
        Set::Nist,
    ];

    fn facts(self) -> Facts {
        let (key, title, seeds) = match self {
            Set::Elementary => ("elementary", "elementary", 20),
            Set::TwoLayer => ("two-layer", "two-layer", 20),
            Set::SingleModule => ("1", "1 single module", 10),
            Set::Wide => ("2", "2 wide input", 5),
            Set::Feynman => ("3", "3 Feynman, algebraic", 5),
            Set::Desk => ("4", "4 desk", 5),
            Set::FirstPrinciples => ("5", "5 first principles", 5),
            Set::Hard => ("6", "6 hard conditions", 2),
            Set::Transcendental => ("transcendental", "Feynman, transcendental", 5),
            Set::Functions => ("functions", "desk, with functions", 5),
            Set::FeynmanNoise => ("feynman-noise", "Feynman, noisy", 1),
            Set::Strogatz => ("strogatz", "ODE-Strogatz", 2),
            Set::Nguyen => ("nguyen", "Nguyen", 5),
            Set::Livermore => ("livermore", "Livermore", 5),
            Set::Jin => ("jin", "Jin", 5),
            Set::Nist => ("nist", "NIST, measured tables", 1),
        };
        Facts { key, title, seeds }
    }

    /// What `--set` calls it.
    pub fn key(self) -> &'static str {
        self.facts().key
    }

    /// What the tables call it.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// Seeds run when `--seeds` is not given.
    pub fn seeds(self) -> u64 {
        self.facts().seeds
    }

    /// The `--time-limit` given to the binary when `--limit` is not given, in seconds.
    pub fn limit(self) -> f64 {
        match self {
            Set::Elementary | Set::TwoLayer => 10.0,
            _ => 20.0,
        }
    }

    /// A run also has to be confirmed within this many seconds to count as on target.
    pub fn target_seconds(self) -> Option<f64> {
        match self {
            Set::Elementary => Some(2.0),
            Set::TwoLayer => Some(10.0),
            _ => None,
        }
    }

    /// The words `--set` takes: every key, and `all`.
    pub fn words() -> String {
        let keys: Vec<&str> = Set::ALL.iter().map(|set| set.key()).collect();
        format!("{} and all", keys.join(", "))
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}
