//! A case: a law, the ranges its inputs are drawn from, and what is done to the rows.

use nalu_discover::formula::{parse, Expr};

use crate::set::Set;

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
    /// The same noise, but a formula is judged by its errors alone.
    OfRmsByError(f64),
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

/// Where the inputs of the training rows come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// They are drawn from the ranges.
    Ranges,
    /// They are states along solutions of a differential equation.
    Trajectories(Flow),
    /// The rows are given, and so is how well a formula can do on them.
    Table(Measured),
}

/// A measured table and its certified model.
#[derive(Debug, Clone)]
pub struct Measured {
    /// One column an input.
    pub columns: Vec<Vec<f64>>,
    /// The target.
    pub target: Vec<f64>,
    /// Constants of the certified model.
    pub constants: usize,
    /// Its symbols.
    pub symbols: usize,
    /// Root mean square of its residuals.
    pub deviation: f64,
}

/// A plane differential equation, and how long its solutions are followed.
#[derive(Debug, Clone)]
pub struct Flow {
    /// The change of the first and of the second input in time.
    pub change: [String; 2],
    /// Length of a solution in time.
    pub duration: f64,
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
    /// Where the training rows come from.
    pub source: Source,
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
            source: Source::Ranges,
        }
    }

    /// The law as an expression over the columns.
    pub fn law(&self) -> Result<Expr, String> {
        self.parse(&self.law)
    }

    /// A formula over the columns, which the case itself states.
    pub fn parse(&self, formula: &str) -> Result<Expr, String> {
        parse(formula, &self.column_names()).map_err(|e| format!("`{}`: `{formula}`: {e}", self.name))
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
