//! The arguments of `nalu-discover export`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::Args;

use super::output::{Output, OutputError};
use crate::export::Language;

/// Another language for a formula that was found.
#[derive(Debug, Clone, Args)]
pub struct ExportArguments {
    /// The report, as written by `--json --output FILE`
    #[arg(value_name = "RESULT")]
    pub result: PathBuf,

    /// The language
    #[arg(long, value_name = "LANGUAGE", value_parser = language_names())]
    pub to: String,

    /// With the constants that the verdict rests on, not those refitted on all rows
    #[arg(long)]
    pub as_judged: bool,

    /// Write to this file instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Let --output replace a file
    #[arg(long, requires = "output")]
    pub force: bool,
}

impl ExportArguments {
    /// Where it goes.
    ///
    /// # Errors
    /// When the file exists or can't be written.
    pub fn checked_output(&self) -> Result<Output, OutputError> {
        Output::checked(self.output.clone(), self.force)
    }
}

/// The names of all languages, as values of an option.
pub(super) fn language_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Language::ALL.iter().map(|language| language.name))
}
