//! `nalu-discover`: parses the arguments, runs, and maps the outcome to an
//! exit code.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod run_check;
mod run_export;
mod run_predict;
mod run_reproduce;
mod run_shell;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};

use nalu_discover::check::CheckError;
use nalu_discover::cli::{Arguments, Invocation, Output, OutputError, Settings, UsageError, Verbosity};
use nalu_discover::dataset::{self, Dataset, DatasetError};
use nalu_discover::discover::{discover, split_table};
use nalu_discover::export::{export, Language};
use nalu_discover::report::{self, Report, TextOptions};
use nalu_discover::saved::{Saved, SavedError};
use nalu_discover::search::Progress;
use nalu_discover::split::{Split, SplitError};
use nalu_discover::stop::StopSignal;

/// Ran, and no formula is confirmed.
const EXIT_NOT_CONFIRMED: u8 = 1;
/// A usage or input error.
const EXIT_USAGE: u8 = 2;
/// Interrupted; the best so far is printed.
const EXIT_INTERRUPTED: u8 = 130;

/// Columns that text is laid out for at the least, and at the most: longer lines are
/// hard to read.
const NARROWEST: usize = 40;
const WIDEST: usize = 120;

fn main() -> ExitCode {
    let outcome = match Invocation::try_parse_from(std::env::args_os()) {
        Ok(Invocation::Discover(arguments)) => run(*arguments),
        Ok(Invocation::Reproduce(arguments)) => run_reproduce::run(&arguments),
        Ok(Invocation::Check(arguments)) => run_check::run(*arguments),
        Ok(Invocation::Export(arguments)) => run_export::run(&arguments),
        Ok(Invocation::Predict(arguments)) => run_predict::run(&arguments),
        Ok(Invocation::Completions(arguments)) => run_shell::completions(&arguments),
        Ok(Invocation::Man(arguments)) => run_shell::man(&arguments),
        Err(error) => error.exit(),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            say(&format!("error: {}", failure.message));
            if let Some(hint) = failure.hint {
                say(&format!("\nhint: {hint}"));
            }
            ExitCode::from(EXIT_USAGE)
        }
    }
}

/// Writes a line to standard error. Where nobody can read it any more, nothing
/// is lost.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// What goes to standard error when a run can't go on.
struct Failure {
    message: String,
    hint: Option<String>,
}

/// An error that knows what to do next.
trait Hinted: Display {
    fn next(&self) -> Option<String>;
}

macro_rules! hinted {
    ($($error:ty),*) => {
        $(impl Hinted for $error {
            fn next(&self) -> Option<String> {
                self.hint()
            }
        })*
    };
}

hinted!(CheckError, DatasetError, OutputError, SavedError, UsageError);

impl Hinted for SplitError {
    fn next(&self) -> Option<String> {
        Some(self.hint())
    }
}

impl Failure {
    fn of(error: impl Hinted) -> Failure {
        let hint = error.next();
        Failure::new(error, hint)
    }

    fn new(error: impl Display, hint: Option<String>) -> Failure {
        Failure {
            message: error.to_string(),
            hint,
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let settings = Settings::from_arguments(arguments).map_err(Failure::of)?;
    let pool = thread_pool(&settings)?;
    let (dataset, split) = pool.install(|| read(&settings))?;
    let warnings = warnings(&dataset, &split, &settings);
    let stop = StopSignal::after(settings.search.time_limit);
    end_on_interrupt(&stop)?;
    let progress = progress(settings.verbosity);
    let tell = |what: Progress<'_>| match (settings.verbosity, what) {
        (Verbosity::Verbose, Progress::Begins(step)) => say(&format!("trying: {step}")),
        (Verbosity::Verbose, Progress::Ended(record)) => say(&format!("        {record}")),
        (_, Progress::Begins(step)) => progress.set_message(step.to_owned()),
        (_, Progress::Ended(_)) => {}
    };
    let report = pool.install(|| discover(&dataset, &split, &settings.search, &stop, &tell));
    progress.finish_and_clear();
    let report = Report { warnings, ..report };
    write(&report, &settings)?;
    Ok(if stop.is_interrupted() {
        ExitCode::from(EXIT_INTERRUPTED)
    } else if settings.fail_on.fails(report.verdict()) {
        ExitCode::from(EXIT_NOT_CONFIRMED)
    } else {
        ExitCode::SUCCESS
    })
}

fn thread_pool(settings: &Settings) -> Result<rayon::ThreadPool, Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(settings.search.threads)
        .build()
        .map_err(|error| Failure::new(error, Some("try `--threads 1`".to_owned())))
}

fn read(settings: &Settings) -> Result<(Dataset, Split), Failure> {
    let dataset = dataset::read(&settings.source, &settings.read).map_err(Failure::of)?;
    let options = settings.split_options(&dataset).map_err(Failure::of)?;
    split_table(dataset, options).map_err(Failure::of)
}

/// What the reader should know before believing a formula. Also says, on
/// standard error, what was assumed.
fn warnings(dataset: &Dataset, split: &Split, settings: &Settings) -> Vec<String> {
    let hazards = dataset::hazards(&split.train, &dataset.input_names());
    let warnings: Vec<String> = hazards.iter().map(ToString::to_string).collect();
    if settings.verbosity != Verbosity::Quiet {
        say(&dataset.summary());
        say(&split.description.to_string());
        for note in &dataset.notes {
            say(&format!("note: {note}"));
        }
        for warning in &warnings {
            say(&format!("warning: {warning}"));
        }
        if io::stderr().is_terminal() && io::stdout().is_terminal() {
            // Where both streams meet, a line between them.
            say("");
        }
    }
    warnings
}

/// The first interrupt ends the search with the best so far, the second the process.
fn end_on_interrupt(stop: &StopSignal) -> Result<(), Failure> {
    let stop = stop.clone();
    ctrlc::set_handler(move || {
        if stop.is_interrupted() {
            std::process::exit(i32::from(EXIT_INTERRUPTED));
        }
        stop.interrupt();
    })
    .map_err(|error| Failure::new(error, None))
}

/// A line of progress, on a terminal only.
fn progress(verbosity: Verbosity) -> ProgressBar {
    if verbosity != Verbosity::Normal || !io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let progress = ProgressBar::new_spinner();
    progress.enable_steady_tick(Duration::from_millis(120));
    progress
}

fn write(report: &Report, settings: &Settings) -> Result<(), Failure> {
    let mut text = Vec::new();
    let language = settings.report.export.as_deref().and_then(Language::named);
    let written = if let Some(language) = language {
        exported(report, language, settings, &mut text)?;
        Ok(())
    } else if settings.report.json {
        report::json(report, &mut text)
    } else {
        let options = TextOptions {
            quiet: settings.verbosity == Verbosity::Quiet,
            front: settings.report.front,
            explain: settings.report.explain,
            details: settings.verbosity == Verbosity::Verbose || settings.report.explain,
            ..on_the_terminal(&settings.output)
        };
        report::text(report, options, &mut text)
    };
    written.map_err(|error| Failure::new(error, None))?;
    let text = String::from_utf8_lossy(&text);
    settings.output.write(&text).map_err(Failure::of)
}

/// How text is laid out where it goes: for the width of a terminal, and in colour
/// where that is wanted (`NO_COLOR`, `CLICOLOR`, `TERM`).
fn on_the_terminal(output: &Output) -> TextOptions {
    let plain = TextOptions::default();
    if *output != Output::Stdout || !io::stdout().is_terminal() {
        return plain;
    }
    let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|own| own == value);
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|own| !own.is_empty());
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    TextOptions {
        colour: !is_set("NO_COLOR") && !is("CLICOLOR", "0") && !is("TERM", "dumb"),
        width: columns.map_or(plain.width, |columns| columns.clamp(NARROWEST, WIDEST)),
        ..plain
    }
}

/// The formula as code; what it is worth goes to standard error.
fn exported(
    report: &Report,
    language: &Language,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let mut json = Vec::new();
    report::json(report, &mut json).map_err(|error| Failure::new(error, None))?;
    let source = PathBuf::from(settings.source.to_string());
    match Saved::from_json(&String::from_utf8_lossy(&json), source) {
        Ok(saved) => {
            say(&format!("{}: {}", saved.verdict, report.verdict_reason()));
            out.extend(export(&saved.exported(false), language).into_bytes());
            Ok(())
        }
        Err(SavedError::NoFormula { .. }) => {
            say(&report.verdict_reason());
            Ok(())
        }
        Err(error) => Err(Failure::of(error)),
    }
}
