//! A report that was written as JSON, read back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::export::{Exported, Range};
use crate::formula::{parse, Expr, ParseError};
use crate::report::SCHEMA_VERSION;

/// What a saved report says that can be used again.
#[derive(Debug, Clone)]
pub struct Saved {
    /// What the formula gives.
    pub target: String,
    /// What its inputs are called.
    pub inputs: Vec<String>,
    /// The formula that was judged.
    pub judged: Expr,
    /// The same refitted on all rows, or as judged where there was nothing to refit.
    pub refitted: Expr,
    /// `confirmed`, `approximate` or `refuted`.
    pub verdict: String,
    /// The covariance of the constants of `refitted`, in the order of
    /// [`Expr::constants`]; `None` where none was fitted or the report says nothing.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// What is known of the range of each input.
    pub ranges: Vec<Option<Range>>,
    /// For each input the least and the largest value for which the formula was
    /// judged, or is known to hold from what was judged.
    pub known: Vec<Option<(f64, f64)>>,
    /// Root mean square error on the rows held out, or on those inside where there
    /// are none.
    pub rmse: Option<f64>,
}

/// Range widths beyond the rows up to which a report looks.
const FURTHEST: f64 = 8.0;

/// Why a report can't be used.
#[derive(Debug, Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum SavedError {
    #[error("cannot read `{}`: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{}` is no report of nalu-discover: {error}", path.display())]
    NoReport { path: PathBuf, error: serde_json::Error },
    #[error("`{}` has schema version {found}, and this program reads version {SCHEMA_VERSION}", path.display())]
    OtherVersion { path: PathBuf, found: u32 },
    #[error("`{}` holds no formula: none was found", path.display())]
    NoFormula { path: PathBuf },
    #[error("the formula `{text}` in `{}` can't be read: {error}", path.display())]
    Formula {
        path: PathBuf,
        text: String,
        error: ParseError,
    },
}

impl SavedError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            SavedError::Unreadable { .. } => return None,
            SavedError::NoReport { .. } | SavedError::Formula { .. } => {
                "write one with `nalu-discover data.csv --json -o result.json`"
            }
            SavedError::OtherVersion { .. } => "write it again with this program",
            SavedError::NoFormula { .. } => "search longer, such as with `--time-limit 120`",
        };
        Some(hint.to_owned())
    }
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

#[derive(Deserialize)]
struct Document {
    target: String,
    inputs: Vec<String>,
    formula: Option<Written>,
    #[serde(rename = "final")]
    refitted: Option<Refitted>,
    verdict: String,
    holds_to: Vec<HoldsTo>,
    split: Split,
    metrics: Option<Metrics>,
}

#[derive(Deserialize)]
struct Written {
    text: String,
}

#[derive(Deserialize)]
struct Refitted {
    text: String,
    #[serde(default)]
    covariance: Option<Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct HoldsTo {
    input: Option<String>,
    to: Option<f64>,
}

#[derive(Deserialize)]
struct Split {
    ranges: Vec<InputRange>,
}

#[derive(Deserialize)]
struct InputRange {
    input: String,
    fitted: Option<(f64, f64)>,
    extrapolation: Option<(f64, f64)>,
}

impl InputRange {
    /// All rows, inside and outside, and as far above them as the formula is known.
    fn known(&self, holds_to: Option<&HoldsTo>) -> Option<(f64, f64)> {
        let fitted = self.fitted?;
        let outside = self.extrapolation.unwrap_or(fitted);
        let (low, high) = (fitted.0.min(outside.0), fitted.1.max(outside.1));
        let furthest = high + FURTHEST * (high - low);
        let to = holds_to.map_or(high, |known| known.to.unwrap_or(furthest));
        Some((low, high.max(to)))
    }
}

#[derive(Deserialize)]
struct Metrics {
    train: Errors,
    extrapolation: Errors,
}

#[derive(Deserialize)]
struct Errors {
    rmse: Option<f64>,
}

impl Saved {
    /// Reads the file that `--json --output FILE` wrote.
    ///
    /// # Errors
    /// When the file can't be read, is no report of this version, or has no formula.
    pub fn read(path: &Path) -> Result<Saved, SavedError> {
        let path = path.to_owned();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => return Err(SavedError::Unreadable { path, error }),
        };
        Saved::from_json(&text, path)
    }

    /// The same from the text; `path` is what errors call it.
    ///
    /// # Errors
    /// When it is no report of this version, or has no formula.
    pub fn from_json(text: &str, path: PathBuf) -> Result<Saved, SavedError> {
        let version: Result<Version, _> = serde_json::from_str(text);
        match version {
            Ok(Version { schema_version }) if schema_version != SCHEMA_VERSION => {
                return Err(SavedError::OtherVersion {
                    path,
                    found: schema_version,
                })
            }
            Ok(_) => {}
            Err(error) => return Err(SavedError::NoReport { path, error }),
        }
        let document: Document = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => return Err(SavedError::NoReport { path, error }),
        };
        let inputs = document.inputs;
        let read = |text: String| {
            parse(&text, &inputs).map_err(|error| SavedError::Formula {
                path: path.clone(),
                text,
                error,
            })
        };
        let Some(formula) = document.formula else {
            return Err(SavedError::NoFormula { path });
        };
        let judged = read(formula.text)?;
        let (refitted, covariance) = match document.refitted {
            Some(refitted) => (read(refitted.text)?, refitted.covariance),
            None => (judged.clone(), None),
        };
        let count = refitted.constants().len();
        let fits = |covariance: &Vec<Vec<f64>>| {
            covariance.len() == count && covariance.iter().all(|row| row.len() == count)
        };
        let range_of = |input: &String| document.split.ranges.iter().find(|range| range.input == *input);
        let holds_to = |input: &String| {
            let mut known = document.holds_to.iter();
            known.find(|known| known.input.as_ref() == Some(input))
        };
        let ranges = inputs.iter().map(|input| {
            Some(Range {
                fitted: range_of(input)?.fitted?,
                holds_to: holds_to(input).and_then(|known| known.to),
            })
        });
        let known = inputs.iter().map(|input| range_of(input)?.known(holds_to(input)));
        let (ranges, known) = (ranges.collect(), known.collect());
        Ok(Saved {
            covariance: covariance.filter(fits),
            known,
            target: document.target,
            judged,
            refitted,
            verdict: document.verdict,
            ranges,
            rmse: document
                .metrics
                .and_then(|metrics| metrics.extrapolation.rmse.or(metrics.train.rmse)),
            inputs,
        })
    }

    /// What is written of it in another language; with the constants that were judged,
    /// or those refitted on all rows.
    pub fn exported(&self, as_judged: bool) -> Exported<'_> {
        Exported {
            expr: if as_judged { &self.judged } else { &self.refitted },
            target: &self.target,
            inputs: &self.inputs,
            verdict: &self.verdict,
            ranges: &self.ranges,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"schema_version":1,"target":"y","inputs":["a","b"],
        "formula":{"text":"2.1*a"},"final":{"text":"2.05*a","covariance":[[0.01]]},"verdict":"confirmed",
        "holds_to":[{"input":"a","to":9.5}],
        "split":{"ranges":[{"input":"a","fitted":[1,3],"extrapolation":[3,4]}]},
        "metrics":{"train":{"rmse":0.1},"extrapolation":{"rmse":null}},"more":[]}"#;

    fn parse(text: &str) -> Result<Saved, SavedError> {
        Saved::from_json(text, PathBuf::from("result.json"))
    }

    #[test]
    fn what_was_written_comes_back() {
        let saved = parse(REPORT).unwrap();
        assert_eq!(saved.judged.text(&saved.inputs), "2.1 * a");
        assert_eq!(saved.refitted.text(&saved.inputs), "2.05 * a");
        let range = Range {
            fitted: (1.0, 3.0),
            holds_to: Some(9.5),
        };
        assert_eq!(saved.ranges, [Some(range), None]);
        assert_eq!(saved.known, [Some((1.0, 9.5)), None]);
        assert_eq!(saved.covariance, Some(vec![vec![0.01]]));
        assert_eq!(saved.rmse, Some(0.1));
    }

    #[test]
    fn anything_else_is_refused_and_named() {
        let other = REPORT.replace("\"schema_version\":1", "\"schema_version\":2");
        assert!(matches!(
            parse(&other),
            Err(SavedError::OtherVersion { found: 2, .. })
        ));
        let none = REPORT.replace(r#"{"text":"2.1*a"}"#, "null");
        assert!(matches!(parse(&none), Err(SavedError::NoFormula { .. })));
        let torn = REPORT.replace("2.1*a", "2.1*");
        assert!(matches!(parse(&torn), Err(SavedError::Formula { .. })));
        for text in ["", "a,b\n1,2\n", "{}", "[1]", &REPORT[..80]] {
            assert!(matches!(parse(text), Err(SavedError::NoReport { .. })), "{text}");
        }
    }
}
