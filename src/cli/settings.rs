//! The arguments, checked and ready to use.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use super::arguments::{Arguments, CellKind, FailOn, LanguageKind, LossKind, MissingArgument};
use super::output::{Output, OutputError};
use crate::dataset::{self, Dataset, DatasetError, MissingPolicy, ReadOptions, Source};
use crate::formula::Function;
use crate::search::{step_keys, Language, Loss, SearchOptions};
use crate::split::{split_outside_backticks, Holdout, Region, SplitError, SplitOptions};

/// The longest time limit: a year. Much more could not be added to a clock.
const LONGEST_SECONDS: f64 = 365.0 * 24.0 * 3600.0;

/// More threads or trainings than any machine has use for.
const MOST_THREADS: usize = 1024;
const MOST_RESTARTS: usize = 1_000_000;

/// Everything a run needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The table.
    pub source: Source,
    /// How to read it.
    pub read: ReadOptions,
    /// The regions to hold out; the outer shell where empty.
    pub regions: Vec<Region>,
    /// A second table to judge on.
    pub test: Option<Source>,
    /// How to search.
    pub search: SearchOptions,
    /// What to print.
    pub report: ReportOptions,
    /// Where to.
    pub output: Output,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
    /// Which verdicts are a failure.
    pub fail_on: FailOn,
}

/// What to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportOptions {
    /// The best formula of each complexity.
    pub front: bool,
    /// The trained matrices beside the rounded ones.
    pub explain: bool,
    /// One JSON object instead of text.
    pub json: bool,
    /// Only the formula, as code in the language of this name.
    pub export: Option<String>,
}

/// How much to say on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Errors only, and the formula alone as the result.
    Quiet,
    /// What was assumed, and warnings.
    #[default]
    Normal,
    /// Also what is tried and why.
    Verbose,
}

/// An argument that makes no sense.
#[derive(Debug, Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum UsageError {
    #[error("`--delimiter {text}` is not a single ASCII character")]
    Delimiter { text: String },
    #[error("`{option}` has an empty name in `{text}`")]
    EmptyName { option: &'static str, text: String },
    #[error("`--time-limit {seconds}` is not a positive number of seconds")]
    TimeLimit { seconds: f64 },
    #[error("`{option}` must be at least 1")]
    Zero { option: &'static str },
    #[error("`--known {text}` is not of the form NAME=VALUE with a number other than 0")]
    Known { text: String },
    #[error("`--functions` names `{name}`, which is no function of the language")]
    Function { name: String },
    #[error("`--without` names `{name}`, which is no step of the search")]
    Step { name: String },
    #[error("`--known` gives `{name}` twice")]
    KnownTwice { name: String },
    #[error(transparent)]
    Holdout(#[from] SplitError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("`--separate-weights` is for `--cell nalu` only")]
    SeparateWeights,
    #[error("`{option}` does nothing with `--cell {cell}`")]
    CellOption {
        option: &'static str,
        cell: &'static str,
        heeded_by: Vec<&'static str>,
    },
    #[error("`{option} {count}` is more than {most}")]
    TooMany {
        option: &'static str,
        count: usize,
        most: usize,
    },
    #[error("`--output {}` is {what} itself", path.display())]
    OutputIsInput { path: PathBuf, what: &'static str },
    #[error("both the table and `--test` are standard input")]
    StdinTwice,
}

impl UsageError {
    /// What to type instead.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            UsageError::Delimiter { .. } => {
                "such as `--delimiter ';'`, `--delimiter tab` or `--delimiter blank`"
            }
            UsageError::EmptyName { .. } => "separate names by single commas, such as `--inputs a,b`",
            UsageError::TimeLimit { .. } => "such as `--time-limit 10` or `--time-limit 0.5`",
            UsageError::Zero { .. } => "leave the option out for a sensible number",
            UsageError::Known { .. } | UsageError::KnownTwice { .. } => "such as `--known g=9.80665`",
            UsageError::Function { name } => return Some(function_hint(name)),
            UsageError::Step { name } => {
                return Some(near_or_all(name, step_keys().collect(), step_keys().collect()))
            }
            UsageError::Holdout(error) => return Some(error.hint()),
            UsageError::Output(error) => return error.hint(),
            UsageError::SeparateWeights => "add `--cell nalu`, or leave it out",
            UsageError::CellOption { heeded_by, .. } => {
                return Some(format!("it is for `--cell` {}", heeded_by.join(", ")));
            }
            UsageError::TooMany { .. } => "leave the option out for a sensible number",
            UsageError::OutputIsInput { .. } => "name another file, such as `--output result.txt`",
            UsageError::StdinTwice => "give one of them as a file",
        };
        Some(hint.to_owned())
    }
}

impl Settings {
    /// Checks what the user typed. Touches no file but the place of the
    /// output, so that a run does not end in vain.
    ///
    /// # Errors
    /// The first argument that makes no sense.
    pub fn from_arguments(arguments: Arguments) -> Result<Settings, UsageError> {
        let source = Source::from_argument(arguments.file);
        let test = arguments.test.map(Source::from_argument);
        if source == Source::Stdin && test == Some(Source::Stdin) {
            return Err(UsageError::StdinTwice);
        }
        let read = ReadOptions {
            delimiter: arguments.delimiter.as_deref().map(parse_delimiter).transpose()?,
            no_header: arguments.no_header,
            target: arguments.target.map(|name| unquoted(&name).to_owned()),
            inputs: parse_names("--inputs", &arguments.inputs)?,
            ignore: parse_names("--ignore", &arguments.ignore)?,
            missing: match arguments.missing {
                MissingArgument::Drop => MissingPolicy::Drop,
                MissingArgument::Error => MissingPolicy::Error,
            },
            seed: arguments.seed,
        };
        let regions = arguments
            .holdout
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, _>>()?;
        let restarts = match at_most("--restarts", arguments.restarts, MOST_RESTARTS)? {
            Some(count) => Some(NonZeroUsize::new(count).ok_or(UsageError::Zero { option: "--restarts" })?),
            None => None,
        };
        let threads = match at_most("--threads", arguments.threads, MOST_THREADS)? {
            Some(0) => return Err(UsageError::Zero { option: "--threads" }),
            Some(count) => count,
            None => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        };
        let cell = match (arguments.cell, arguments.separate_weights) {
            (kind, false) => kind,
            (CellKind::Nalu | CellKind::NaluSeparate, true) => CellKind::NaluSeparate,
            (_, true) => return Err(UsageError::SeparateWeights),
        };
        arguments.cell_options.check(cell.cell())?;
        for table in [Some(&source), test.as_ref()].into_iter().flatten() {
            refuse_to_overwrite(table, arguments.output.as_deref(), "the table")?;
        }
        let search = SearchOptions {
            seed: arguments.seed,
            time_limit: parse_time_limit(arguments.time_limit)?,
            threads,
            restarts,
            max_layers: arguments.layers.map(usize::from),
            strict: arguments.strict,
            language: match (&arguments.functions, arguments.language) {
                (Some(names), _) => Language::Some(parse_functions(names)?),
                (None, LanguageKind::Algebra) => Language::Algebra,
                (None, LanguageKind::All) => Language::All,
            },
            cell: cell.cell(),
            cell_tuning: arguments.cell_options.tuning(),
            loss: match arguments.loss {
                LossKind::Mse => Loss::Squared,
                LossKind::Huber => Loss::Huber,
            },
            known: parse_known(&arguments.known)?,
            without: parse_steps(arguments.without)?,
        };
        Ok(Settings {
            source,
            read,
            regions,
            test,
            search,
            report: ReportOptions {
                front: arguments.front,
                explain: arguments.explain,
                json: arguments.json,
                export: arguments.export,
            },
            output: Output::checked(arguments.output, arguments.force)?,
            verbosity: match (arguments.quiet, arguments.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, true) => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
            fail_on: arguments.fail_on,
        })
    }

    /// How to split `dataset`. Reads the second table, if one was given.
    ///
    /// # Errors
    /// When the second table can't be read or lacks a column of the first.
    pub fn split_options(&self, dataset: &Dataset) -> Result<SplitOptions, DatasetError> {
        let holdout = match &self.test {
            Some(test) => Holdout::Test(Box::new(dataset::read_like(test, &self.read, dataset)?)),
            None if self.regions.is_empty() => Holdout::OuterShell,
            None => Holdout::Regions(self.regions.clone()),
        };
        Ok(SplitOptions {
            holdout,
            seed: self.search.seed,
        })
    }
}

fn at_most(option: &'static str, count: Option<usize>, most: usize) -> Result<Option<usize>, UsageError> {
    match count {
        Some(count) if count > most => Err(UsageError::TooMany { option, count, most }),
        _ => Ok(count),
    }
}

/// What is read is not overwritten by what is made of it, by whatever links it is named.
pub(super) fn refuse_to_overwrite(
    read: &Source,
    output: Option<&Path>,
    what: &'static str,
) -> Result<(), UsageError> {
    let (Source::Path(read), Some(output)) = (read, output) else {
        return Ok(());
    };
    match is_same_file(read, output) {
        true => Err(UsageError::OutputIsInput {
            path: output.to_owned(),
            what,
        }),
        false => Ok(()),
    }
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    id(one).is_some() && id(one) == id(other)
}

#[cfg(not(unix))]
fn is_same_file(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| fs::canonicalize(path).ok();
    id(one).is_some() && id(one) == id(other)
}

pub(super) fn parse_delimiter(text: &str) -> Result<u8, UsageError> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        b"blank" => Ok(b' '),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r.-+".contains(byte) => {
            Ok(*byte)
        }
        _ => Err(UsageError::Delimiter {
            text: text.to_owned(),
        }),
    }
}

/// Names separated by commas outside backticks, from all uses of an option.
fn parse_names(option: &'static str, texts: &[String]) -> Result<Vec<String>, UsageError> {
    let mut names = Vec::new();
    for text in texts {
        for part in split_outside_backticks(text) {
            let name = unquoted(part);
            if name.is_empty() {
                return Err(UsageError::EmptyName {
                    option,
                    text: text.clone(),
                });
            }
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Without blanks and backticks around it.
fn unquoted(name: &str) -> &str {
    let name = name.trim();
    let inner = name.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    inner.map_or(name, str::trim)
}

fn parse_time_limit(seconds: f64) -> Result<Duration, UsageError> {
    if seconds > 0.0 && seconds.is_finite() {
        Ok(Duration::from_secs_f64(seconds.min(LONGEST_SECONDS)))
    } else {
        Err(UsageError::TimeLimit { seconds })
    }
}

fn parse_functions(names: &str) -> Result<Vec<Function>, UsageError> {
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            Function::named(name).ok_or(UsageError::Function {
                name: name.to_owned(),
            })
        })
        .collect()
}

fn function_hint(name: &str) -> String {
    let all = || Function::ALL.iter().map(|function| function.facts());
    let written = all().filter(|facts| facts.base.is_none()).map(|facts| facts.name);
    near_or_all(name, all().map(|facts| facts.name).collect(), written.collect())
}

/// The near miss among what is known, or all there are.
fn near_or_all(name: &str, known: Vec<&str>, all: Vec<&str>) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(known, name);
    let nearest = known.into_iter().min_by_key(|known| distance(known));
    match nearest.filter(|known| distance(known) <= 1 + known.len() / 6) {
        Some(known) => format!("perhaps `{known}`"),
        None => format!("there are {}", all.join(", ")),
    }
}

fn parse_steps(keys: Vec<String>) -> Result<Vec<String>, UsageError> {
    match keys.iter().find(|key| step_keys().all(|known| known != *key)) {
        Some(unknown) => Err(UsageError::Step {
            name: unknown.clone(),
        }),
        None => Ok(keys),
    }
}

fn parse_known(texts: &[String]) -> Result<Vec<(String, f64)>, UsageError> {
    let mut known: Vec<(String, f64)> = Vec::new();
    for text in texts {
        let error = || UsageError::Known { text: text.clone() };
        let (name, value) = text.split_once('=').ok_or_else(error)?;
        let name = name.trim();
        let value: f64 = value.trim().parse().map_err(|_| error())?;
        if name.is_empty() || value == 0.0 || !value.is_finite() {
            return Err(error());
        }
        if known.iter().any(|(other, _)| other == name) {
            return Err(UsageError::KnownTwice {
                name: name.to_owned(),
            });
        }
        known.push((name.to_owned(), value));
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::Cell;
    use clap::Parser;

    fn settings(arguments: &[&str]) -> Result<Settings, UsageError> {
        let words = ["nalu-discover", "data.csv"]
            .into_iter()
            .chain(arguments.iter().copied());
        Settings::from_arguments(Arguments::try_parse_from(words).unwrap())
    }

    #[test]
    fn separate_weights_are_for_nalu() {
        let cell = |arguments: &[&str]| settings(arguments).map(|settings| settings.search.cell);
        let separate = cell(&["--cell", "nalu", "--separate-weights"]).unwrap();
        assert_eq!(separate, Cell::NaluSeparate);
        for arguments in [
            &["--separate-weights"][..],
            &["--separate-weights", "--cell", "nac"],
        ] {
            assert!(matches!(cell(arguments), Err(UsageError::SeparateWeights)));
        }
    }

    #[test]
    fn the_defaults_need_no_option() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.read, ReadOptions::default());
        assert_eq!(settings.search.time_limit, Duration::from_secs(30));
        assert_eq!((settings.search.seed, settings.search.max_layers), (0, None));
        assert!(settings.search.threads >= 1);
        assert_eq!(settings.search.cell, Cell::Gated);
        assert_eq!(settings.output, Output::Stdout);
        assert_eq!(settings.verbosity, Verbosity::Normal);
    }

    #[test]
    fn names_may_be_listed_repeated_and_quoted() {
        let settings = settings(&[
            "--inputs",
            "a, `speed, [m/s]`",
            "--inputs",
            "c",
            "--target",
            "`E total`",
        ])
        .unwrap();
        assert_eq!(settings.read.inputs, ["a", "speed, [m/s]", "c"]);
        assert_eq!(settings.read.target.as_deref(), Some("E total"));
    }

    #[test]
    fn values_are_checked() {
        let checked = settings(&[
            "--time-limit",
            "0.25",
            "--known",
            "g=9.80665",
            "--known",
            "c = 3e8",
            "--delimiter",
            "tab",
        ])
        .unwrap();
        assert_eq!(checked.search.time_limit, Duration::from_millis(250));
        assert_eq!(
            checked.search.known,
            [("g".to_owned(), 9.80665), ("c".to_owned(), 3e8)]
        );
        assert_eq!(checked.read.delimiter, Some(b'\t'));
        for (arguments, message) in [
            (
                &["--delimiter", "ab"][..],
                "`--delimiter ab` is not a single ASCII character",
            ),
            (
                &["--delimiter", "é"],
                "`--delimiter é` is not a single ASCII character",
            ),
            (&["--inputs", "a,,b"], "`--inputs` has an empty name in `a,,b`"),
            (
                &["--time-limit", "0"],
                "`--time-limit 0` is not a positive number of seconds",
            ),
            (
                &["--time-limit", "NaN"],
                "`--time-limit NaN` is not a positive number of seconds",
            ),
            (&["--threads", "0"], "`--threads` must be at least 1"),
            (&["--threads", "65535"], "`--threads 65535` is more than 1024"),
            (
                &["--restarts", "1000000000"],
                "`--restarts 1000000000` is more than 1000000",
            ),
            (&["--restarts", "0"], "`--restarts` must be at least 1"),
            (
                &["--known", "g"],
                "`--known g` is not of the form NAME=VALUE with a number other than 0",
            ),
            (
                &["--known", "g=ten"],
                "`--known g=ten` is not of the form NAME=VALUE with a number other than 0",
            ),
            (&["--known", "g=1", "--known", "g=2"], "`--known` gives `g` twice"),
            (
                &["--holdout", "x ~ 3"],
                "cannot read the condition `x ~ 3` in `--holdout`",
            ),
        ] {
            let error = settings(arguments).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn the_table_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("data.csv");
        fs::write(&table, "a,b\n1,2\n").unwrap();
        let link = folder.path().join("link.csv");
        fs::hard_link(&table, &link).unwrap();
        for output in [&table, &link] {
            let words = ["nalu-discover", "--force", "--output"].map(std::ffi::OsStr::new);
            let words = words.into_iter().chain([output.as_os_str(), table.as_os_str()]);
            let arguments = Arguments::try_parse_from(words).unwrap();
            let refused = Settings::from_arguments(arguments);
            assert!(
                matches!(refused, Err(UsageError::OutputIsInput { .. })),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn standard_input_is_read_once() {
        let words = ["nalu-discover", "-", "--test", "-"];
        let arguments = Arguments::try_parse_from(words).unwrap();
        assert!(matches!(
            Settings::from_arguments(arguments),
            Err(UsageError::StdinTwice)
        ));
    }
}
