//! `nalu-discover`: parses the arguments, runs, and maps the outcome to an
//! exit code.

use std::fmt::Display;
use std::process::ExitCode;

use clap::Parser;

use nalu_discover::cli::{Arguments, Settings, Verbosity};
use nalu_discover::dataset;
use nalu_discover::split;

/// A usage or input error.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {}", failure.message);
            if let Some(hint) = failure.hint {
                eprintln!("\nhint: {hint}");
            }
            ExitCode::from(EXIT_USAGE)
        }
    }
}

/// What goes to standard error when a run can't go on.
struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    fn new(error: impl Display, hint: Option<String>) -> Failure {
        Failure {
            message: error.to_string(),
            hint,
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let settings = Settings::from_arguments(arguments).map_err(|error| {
        let hint = error.hint();
        Failure::new(error, hint)
    })?;
    let dataset_failure = |error: dataset::DatasetError| {
        let hint = error.hint();
        Failure::new(error, hint)
    };
    let dataset = dataset::read(&settings.source, &settings.read).map_err(dataset_failure)?;
    let options = settings.split_options(&dataset).map_err(dataset_failure)?;
    let split = split::split(&dataset, &options).map_err(|error| {
        let hint = Some(error.hint());
        Failure::new(error, hint)
    })?;
    if settings.verbosity != Verbosity::Quiet {
        eprintln!("{}", dataset.summary());
        for note in &dataset.notes {
            eprintln!("note: {note}");
        }
        eprintln!("{}", split.description);
        for hazard in dataset::hazards(&split.train, &dataset.input_names()) {
            eprintln!("warning: {hazard}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
