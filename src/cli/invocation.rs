//! Which of its jobs the program was asked to do.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::Error;
use clap::{ArgGroup, Args, Command, CommandFactory, FromArgMatches, ValueEnum};

use super::arguments::Arguments;
use super::check_arguments::{self, CheckArguments};
use super::export_arguments::ExportArguments;
use super::output::{Output, OutputError};
use super::predict_arguments::PredictArguments;
use super::shell_arguments::{CompletionsArguments, ManArguments};
use crate::reproduce::Experiment;

/// What the user typed, by job.
#[derive(Debug, Clone)]
pub enum Invocation {
    /// Find the formula behind a table.
    Discover(Box<Arguments>),
    /// Run an experiment of the literature.
    Reproduce(ReproduceArguments),
    /// Write a formula that was found in another language.
    Export(ExportArguments),
    /// Judge a formula as it is given.
    Check(Box<CheckArguments>),
    /// Add what a formula says to the rows of a table.
    Predict(PredictArguments),
    /// Write a script that completes what is typed in a shell.
    Completions(CompletionsArguments),
    /// Write a manual page.
    Man(ManArguments),
}

/// The arguments of `nalu-discover reproduce`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("files").args(["svg", "output"]).multiple(true))]
pub struct ReproduceArguments {
    /// The experiment
    #[arg(value_enum)]
    pub experiment: ExperimentKind,

    /// Trainings of each model [default: a few; with --full as published]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub seeds: Option<u16>,

    /// As many steps and trainings as published, at the published rate: minutes
    /// for identity and functions, an hour for single-module, days for arithmetic
    #[arg(long)]
    pub full: bool,

    /// Stop after this long; rows not finished are left out
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub time_limit: Option<Duration>,

    /// Threads to use; the result is the same for any number [default: all cores]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,

    /// Print one JSON object
    #[arg(long)]
    pub json: bool,

    /// Write the table to this file instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Also write the curves of `identity` to this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,

    /// Let --output and --svg replace a file
    #[arg(long, requires = "files")]
    pub force: bool,
}

impl ReproduceArguments {
    /// Where the table goes. Made sure of before the run, not after it.
    ///
    /// # Errors
    /// When the file exists or can't be written.
    pub fn table_output(&self) -> Result<Output, OutputError> {
        Output::checked(self.output.clone(), self.force)
    }

    /// Where the curves go, likewise.
    ///
    /// # Errors
    /// When the file exists or can't be written.
    pub fn svg_output(&self) -> Result<Option<Output>, OutputError> {
        match &self.svg {
            Some(path) => Output::checked(Some(path.clone()), self.force).map(Some),
            None => Ok(None),
        }
    }
}

/// Which experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExperimentKind {
    /// f(x) = x learnt by dense networks, NAC and NALU, and how they fail beyond
    Identity,
    /// Six operations on sums of 100 inputs, relative to an untrained network
    Arithmetic,
    /// One cell, four operations, nine ranges: how often each cell finds them
    SingleModule,
    /// What the seed article's repository fits
    Functions,
}

impl ExperimentKind {
    /// The experiment as the library names it.
    pub fn experiment(self) -> Experiment {
        match self {
            ExperimentKind::Identity => Experiment::Identity,
            ExperimentKind::Arithmetic => Experiment::Arithmetic,
            ExperimentKind::SingleModule => Experiment::SingleModule,
            ExperimentKind::Functions => Experiment::Functions,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("not a positive number of seconds".to_owned()),
    }
}

impl Invocation {
    /// The whole command line. A table called `reproduce` is `./reproduce`.
    pub fn command() -> Command {
        // Said last: the text of the struct is for the library's readers.
        let reproduce = ReproduceArguments::augment_args(Command::new("reproduce"))
            .about("Run an experiment of the literature and print its table");
        let export = ExportArguments::augment_args(Command::new("export"))
            .about("Write a formula that was found in another language");
        let predict = PredictArguments::augment_args(Command::new("predict"))
            .about("Add what a formula that was found says to each row of a table");
        let completions = CompletionsArguments::augment_args(Command::new("completions"))
            .about("Write a script that completes options in a shell");
        let man = ManArguments::augment_args(Command::new("man")).about("Write a manual page");
        Arguments::command()
            .subcommand(check_arguments::command())
            .subcommand(export)
            .subcommand(predict)
            .subcommand(completions)
            .subcommand(man)
            .subcommand(reproduce)
            .disable_help_subcommand(true)
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true)
    }

    /// Reads the command line.
    ///
    /// # Errors
    /// What clap has to say: a usage error, or help that was asked for.
    pub fn try_parse_from<T>(words: impl IntoIterator<Item = T>) -> Result<Invocation, Error>
    where
        T: Into<OsString> + Clone,
    {
        let matches = Invocation::command().try_get_matches_from(words)?;
        match matches.subcommand() {
            Some(("check", check)) => {
                CheckArguments::from_arg_matches(check).map(|check| Invocation::Check(Box::new(check)))
            }
            Some(("export", export)) => ExportArguments::from_arg_matches(export).map(Invocation::Export),
            Some(("predict", predict)) => {
                PredictArguments::from_arg_matches(predict).map(Invocation::Predict)
            }
            Some(("completions", completions)) => {
                CompletionsArguments::from_arg_matches(completions).map(Invocation::Completions)
            }
            Some(("man", man)) => ManArguments::from_arg_matches(man).map(Invocation::Man),
            Some((_, reproduce)) => {
                ReproduceArguments::from_arg_matches(reproduce).map(Invocation::Reproduce)
            }
            None => Arguments::from_arg_matches(&matches)
                .map(|arguments| Invocation::Discover(Box::new(arguments))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Invocation, Error> {
        Invocation::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_consistent() {
        Invocation::command().debug_assert();
    }

    #[test]
    fn a_table_is_the_usual_job() {
        for line in [
            "nalu-discover data.csv",
            "nalu-discover -t y ./reproduce",
            "nalu-discover --json help",
        ] {
            assert!(matches!(parse(line), Ok(Invocation::Discover(_))), "{line}");
        }
    }

    #[test]
    fn experiments_have_the_names_of_the_library() {
        for kind in ExperimentKind::value_variants() {
            let name = kind.experiment().name();
            match parse(&format!("nalu-discover reproduce {name} --seeds 2")) {
                Ok(Invocation::Reproduce(arguments)) => assert_eq!(arguments.experiment, *kind),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_help_of_reproduce_says_what_it_does() {
        let help = parse("nalu-discover reproduce --help").unwrap_err().to_string();
        assert!(help.starts_with("Run an experiment of the literature"), "{help}");
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "nalu-discover",
            "nalu-discover reproduce",
            "nalu-discover reproduce everything",
            "nalu-discover reproduce identity --seeds 0",
            "nalu-discover reproduce identity --force",
            "nalu-discover reproduce identity --time-limit -1",
            "nalu-discover reproduce identity --time-limit soon",
            "nalu-discover data.csv reproduce identity",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
