//! Why rows could not be held out as asked.

use thiserror::Error;

use crate::dataset::listed;

/// Why a split is impossible.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum SplitError {
    #[error("cannot read the condition `{text}` in `--holdout`{}", detail(reason))]
    Condition { text: String, reason: String },
    #[error("`--holdout` names `{name}`, which is not an input")]
    NotAnInput {
        name: String,
        near: Option<String>,
        inputs: Vec<String>,
    },
    #[error("`--holdout` selects none of the {rows} rows")]
    NothingHeldOut { rows: usize, ranges: Vec<String> },
    #[error("`--holdout` selects {held} of the {rows} rows and leaves too few to fit")]
    TooFewLeft {
        held: usize,
        rows: usize,
        ranges: Vec<String>,
    },
}

impl SplitError {
    /// What to type next.
    pub fn hint(&self) -> String {
        match self {
            SplitError::Condition { .. } => "write `x > 10`, `x in 5..9, t < 3`, or \
                 '`speed [m/s]` <= -1.5' with a name that holds blanks in backticks"
                .into(),
            SplitError::NotAnInput { near: Some(near), .. } => format!("did you mean `{near}`?"),
            SplitError::NotAnInput { inputs, .. } => format!("the inputs are {}", listed(inputs)),
            SplitError::NothingHeldOut { ranges, .. } | SplitError::TooFewLeft { ranges, .. } => {
                format!("the data has {}", ranges.join(", "))
            }
        }
    }
}

fn detail(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(": {reason}")
    }
}
