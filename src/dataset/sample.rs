//! The rows a stage is allowed to see.

/// A set of rows as columns: what every numeric stage works on.
///
/// A stage that gets only the training sample cannot see held-out rows, so
/// the rule "nothing held out reaches the fit" is kept by the types.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// One column per input, each `rows()` long, in the order of the inputs.
    pub inputs: Vec<Vec<f64>>,
    /// The target, `rows()` long.
    pub target: Vec<f64>,
}

impl Sample {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.target.len()
    }

    /// Number of inputs.
    pub fn width(&self) -> usize {
        self.inputs.len()
    }

    /// The given rows, in the given order. Panics on an index out of range.
    pub fn select(&self, rows: &[usize]) -> Sample {
        Sample {
            inputs: self
                .inputs
                .iter()
                .map(|column| rows.iter().map(|&row| column[row]).collect())
                .collect(),
            target: rows.iter().map(|&row| self.target[row]).collect(),
        }
    }

    /// The rows of both, which have the same inputs.
    pub fn joined(&self, other: &Sample) -> Sample {
        let columns = self.inputs.iter().zip(&other.inputs);
        Sample {
            inputs: columns.map(|(a, b)| [a.as_slice(), b].concat()).collect(),
            target: [self.target.as_slice(), &other.target].concat(),
        }
    }
}
