//! `nalu-discover export`: a formula that was found, in another language.

use std::process::ExitCode;

use nalu_discover::cli::ExportArguments;
use nalu_discover::export::{export, Language};
use nalu_discover::saved::Saved;

use super::Failure;

pub(crate) fn run(arguments: &ExportArguments) -> Result<ExitCode, Failure> {
    let output = arguments.checked_output().map_err(Failure::of)?;
    let saved = Saved::read(&arguments.result).map_err(Failure::of)?;
    if let Some(language) = Language::named(&arguments.to) {
        let document = export(&saved.exported(arguments.as_judged), language);
        output.write(&document).map_err(Failure::of)?;
    }
    Ok(ExitCode::SUCCESS)
}
