//! What each step of a search was worth.

use serde::Serialize;

/// One step, as it was run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepRecord {
    /// Its key, as `--without` takes it.
    pub step: &'static str,
    /// Which time through the plan, from 1.
    pub round: usize,
    /// New formulas that it offered.
    pub tried: usize,
    /// Those that had a value on every row and were not hopeless.
    pub kept: usize,
    /// Least root mean square error on unseen rows before it, weighted, as a
    /// share of the target's spread; `None` before the first formula.
    pub error_before: Option<f64>,
    /// The same after it.
    pub error_after: Option<f64>,
    /// Wall-clock time.
    pub seconds: f64,
}

/// What a search tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress<'a> {
    /// A step begins; in words.
    Begins(&'a str),
    /// A step of the search has ended.
    Ended(&'a StepRecord),
}

impl std::fmt::Display for StepRecord {
    /// `132 formulas tried, 10 kept, error 0.12 → 0.0031, 4 ms`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let error = |error: Option<f64>| error.map_or("none".to_owned(), |e| format!("{e:.2e}"));
        write!(formatter, "{} tried, {} kept, error ", self.tried, self.kept)?;
        match self.error_before == self.error_after {
            true => formatter.write_str(&error(self.error_after))?,
            false => write!(
                formatter,
                "{} → {}",
                error(self.error_before),
                error(self.error_after)
            )?,
        }
        write!(formatter, ", {:.0} ms", self.seconds * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_what_was_gained() {
        let record = StepRecord {
            step: "one-product",
            round: 1,
            tried: 132,
            kept: 10,
            error_before: None,
            error_after: Some(0.5),
            seconds: 0.0036,
        };
        assert_eq!(
            record.to_string(),
            "132 tried, 10 kept, error none → 5.00e-1, 4 ms"
        );
        let same = StepRecord {
            error_before: Some(0.5),
            ..record
        };
        assert_eq!(same.to_string(), "132 tried, 10 kept, error 5.00e-1, 4 ms");
    }
}
