//! The arguments of `nalu-discover predict`.

use std::path::PathBuf;

use clap::Args;

use super::output::Output;
use super::settings::{parse_delimiter, refuse_to_overwrite, UsageError};
use crate::dataset::{ReadOptions, Source};

/// A formula that was found, on the rows of another table.
#[derive(Debug, Clone, Args)]
pub struct PredictArguments {
    /// The report, as written by `--json --output FILE`
    #[arg(value_name = "RESULT")]
    pub result: PathBuf,

    /// The table; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// With the constants that the verdict rests on, not those refitted on all rows
    #[arg(long)]
    pub as_judged: bool,

    /// What separates the cells: one character, `tab` or `blank` [default: found out]
    #[arg(long, value_name = "CHARACTER")]
    pub delimiter: Option<String>,

    /// The first line is data: columns are named x1, x2, … and the last one y
    #[arg(long)]
    pub no_header: bool,

    /// Write to this file instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Let --output replace a file
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// The same, checked.
#[derive(Debug)]
pub struct PredictSettings {
    /// The table.
    pub source: Source,
    /// How to read it.
    pub read: ReadOptions,
    /// Where the rows go.
    pub output: Output,
}

impl PredictArguments {
    /// Checks what the user typed.
    ///
    /// # Errors
    /// The first argument that makes no sense.
    pub fn settings(&self) -> Result<PredictSettings, UsageError> {
        let source = Source::from_argument(self.file.clone());
        let report = Source::Path(self.result.clone());
        for (read, what) in [(&source, "the table"), (&report, "the report")] {
            refuse_to_overwrite(read, self.output.as_deref(), what)?;
        }
        Ok(PredictSettings {
            read: ReadOptions {
                delimiter: self.delimiter.as_deref().map(parse_delimiter).transpose()?,
                no_header: self.no_header,
                ..ReadOptions::default()
            },
            source,
            output: Output::checked(self.output.clone(), self.force)?,
        })
    }
}
