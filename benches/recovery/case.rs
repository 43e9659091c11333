//! A case: a law, the ranges its inputs are drawn from, and what is done to the rows.

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
}

impl Set {
    /// Every set, in the order they are run.
    pub const ALL: [Set; 8] = [
        Set::Elementary,
        Set::TwoLayer,
        Set::SingleModule,
        Set::Wide,
        Set::Feynman,
        Set::Desk,
        Set::FirstPrinciples,
        Set::Hard,
    ];

    /// What `--set` calls it.
    pub fn key(self) -> &'static str {
        match self {
            Set::Elementary => "elementary",
            Set::TwoLayer => "two-layer",
            Set::SingleModule => "1",
            Set::Wide => "2",
            Set::Feynman => "3",
            Set::Desk => "4",
            Set::FirstPrinciples => "5",
            Set::Hard => "6",
        }
    }

    /// What the tables call it.
    pub fn title(self) -> &'static str {
        match self {
            Set::Elementary => "elementary",
            Set::TwoLayer => "two-layer",
            Set::SingleModule => "1 single module",
            Set::Wide => "2 wide input",
            Set::Feynman => "3 Feynman, algebraic",
            Set::Desk => "4 desk",
            Set::FirstPrinciples => "5 first principles",
            Set::Hard => "6 hard conditions",
        }
    }

    /// Seeds run when `--seeds` is not given.
    pub fn seeds(self) -> u64 {
        match self {
            Set::Elementary | Set::TwoLayer => 20,
            Set::SingleModule => 10,
            Set::Wide | Set::Feynman | Set::Desk | Set::FirstPrinciples => 5,
            Set::Hard => 2,
        }
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
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// How an input's values are spread over its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Uniform.
    Uniform,
    /// Uniform in the logarithm.
    Log,
    /// Whole numbers, both ends included.
    Whole,
}

/// One input column and the two ranges it is drawn from.
#[derive(Debug, Clone)]
pub struct Input {
    /// The column's name in the CSV.
    pub name: String,
    /// The training range, which the rows inside are judged on too.
    pub inside: (f64, f64),
    /// The range the rows outside are judged on.
    pub outside: (f64, f64),
    /// Spread of the values inside; outside they are uniform (or whole).
    pub spread: Spread,
}

impl Input {
    /// An input on `low..high`, judged outside on `high..high + width`.
    pub fn new(name: &str, low: f64, high: f64) -> Input {
        Input {
            name: name.to_string(),
            inside: (low, high),
            outside: (high, high + (high - low)),
            spread: Spread::Uniform,
        }
    }

    /// The same with another spread inside.
    pub fn spread(self, spread: Spread) -> Input {
        Input { spread, ..self }
    }

    /// The same with another range outside.
    pub fn outside(self, low: f64, high: f64) -> Input {
        Input {
            outside: (low, high),
            ..self
        }
    }
}

/// Noise on the target of the training rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise {
    /// None: the strict judgement applies.
    None,
    /// Normal, with this share of the target's root mean square as its deviation.
    OfRms(f64),
    /// Normal, with this share of each row's own value as its deviation.
    OfValue(f64),
}

/// What is done to the rows besides noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Twist {
    /// Nothing.
    None,
    /// This many columns that have nothing to do with the target are added.
    Irrelevant(usize),
    /// The inputs of the training rows are drawn with this correlation (Gaussian copula).
    Correlated(f64),
    /// The first input appears a second time, a thousand times as large.
    Repeated,
    /// In one training row of this many, the target's decimal point has slipped by one.
    Outlier(usize),
}

/// A law and how its table is drawn.
#[derive(Debug, Clone)]
pub struct Case {
    /// The set it belongs to.
    pub set: Set,
    /// The kind within the set, for the summary.
    pub kind: String,
    /// Unique within the set; `--only` matches it.
    pub name: String,
    /// Name of the target column.
    pub target: String,
    /// The law, in the grammar of the printed formulas.
    pub law: String,
    /// The inputs the law speaks of (and any more the table should have).
    pub inputs: Vec<Input>,
    /// Training rows.
    pub rows: usize,
    /// Whether rows with a target that isn't positive are redrawn.
    pub positive: bool,
    /// Noise on the target.
    pub noise: Noise,
    /// What else is done.
    pub twist: Twist,
}

impl Case {
    /// A case of 200 rows without noise: `y = law`.
    pub fn new(set: Set, kind: &str, name: &str, target: &str, law: &str, inputs: Vec<Input>) -> Case {
        Case {
            set,
            kind: kind.to_string(),
            name: name.to_string(),
            target: target.to_string(),
            law: law.to_string(),
            inputs,
            rows: 200,
            positive: false,
            noise: Noise::None,
            twist: Twist::None,
        }
    }

    /// Names of the columns a formula may speak of, in the order of the table.
    pub fn column_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.inputs.iter().map(|input| input.name.clone()).collect();
        match self.twist {
            Twist::Irrelevant(count) => names.extend((1..=count).map(|i| format!("other_{i}"))),
            Twist::Repeated => names.push(format!("milli_{}", self.inputs[0].name)),
            _ => {}
        }
        names
    }
}
