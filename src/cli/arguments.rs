//! What the user typed. Each option is defined here and nowhere else.

use std::path::PathBuf;

use clap::{ArgAction, Parser, ValueEnum};

use super::cell_options::CellOptions;
use super::export_arguments::language_names;
use crate::nalu::Cell;
use crate::validate::Verdict;

const EXAMPLES: &str = "\
Examples:
  nalu-discover data.csv                          the formula for the last column
  nalu-discover data.csv --target energy          ... for another column
  nalu-discover data.csv --holdout 'speed > 20'   ... judged on rows you choose
  nalu-discover data.csv --test later.csv         ... judged on another file
  nalu-discover data.csv --json > result.json     for programs
  some-command | nalu-discover -                  from standard input
";

/// Find the formula behind a table of numbers, and say whether it holds
/// outside the range it was fitted on.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "nalu-discover",
    version,
    before_help = EXAMPLES,
    before_long_help = EXAMPLES,
    after_help = "Exit code: 0 a formula is confirmed, 1 none is (see --fail-on), 2 usage or input error, 130 interrupted",
    max_term_width = 100,
    // Given twice, the later one holds: what a script adds to what it was given.
    args_override_self = true
)]
pub struct Arguments {
    /// The table: CSV with `,` `;` tab or `|`, also as .gz or .zst, or Parquet; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The column to explain [default: the last column of numbers]
    #[arg(short, long, value_name = "NAME", help_heading = "Data")]
    pub target: Option<String>,

    /// The columns that may explain it, separated by commas [default: all others]
    ///
    /// May be given more than once. A name that holds a comma goes in backticks.
    #[arg(long, value_name = "NAMES", help_heading = "Data")]
    pub inputs: Vec<String>,

    /// Columns to leave out, separated by commas
    #[arg(long, value_name = "NAMES", help_heading = "Data")]
    pub ignore: Vec<String>,

    /// What separates the cells: one character, `tab` or `blank` [default: found out]
    #[arg(long, value_name = "CHARACTER", help_heading = "Data")]
    pub delimiter: Option<String>,

    /// The first line is data: columns are named x1, x2, … and the last one y
    #[arg(long, help_heading = "Data")]
    pub no_header: bool,

    /// Rows that lack a value in a used column: leave them out, or refuse
    #[arg(long, value_enum, default_value_t, help_heading = "Data")]
    pub missing: MissingArgument,

    /// Judge on these rows, and fit on the others, as in 'x > 10' or 'x in 5..9, t < 3'
    ///
    /// Of conditions separated by commas all must hold; given more than once,
    /// rows that meet any of them are held out. `a..b` includes both ends. A name
    /// with special characters goes in backticks. [default: about 20 % of the
    /// rows, the outer shell of the inputs' ranges]
    #[arg(
        long,
        value_name = "CONDITIONS",
        conflicts_with = "test",
        help_heading = "Held-out rows"
    )]
    pub holdout: Vec<String>,

    /// Judge on the rows of this file, which has the same columns
    #[arg(long, value_name = "FILE", help_heading = "Held-out rows")]
    pub test: Option<PathBuf>,

    /// The cell to train: `gated` finds most, `nalu` is the one of the 2018 paper
    #[arg(long, value_enum, default_value_t, help_heading = "Search")]
    pub cell: CellKind,

    /// With `--cell nalu`: weights of its own for each path, as in the article's code
    #[arg(long, help_heading = "Search")]
    pub separate_weights: bool,

    /// Only sums, differences, products and ratios of columns: no other powers, no coefficients
    #[arg(long, help_heading = "Search")]
    pub strict: bool,

    /// Which formulas: all of the language, or algebra without functions
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "NAME",
        help_heading = "Search"
    )]
    pub language: LanguageKind,

    /// Functions that formulas may have, such as exp,ln,sin [default: all]
    #[arg(
        long,
        value_name = "NAMES",
        conflicts_with = "language",
        help_heading = "Search"
    )]
    pub functions: Option<String>,

    /// The most NALU layers of the formula, 1 to 3 [default: as many as it takes]
    #[arg(
        long,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u8).range(1..=3),
        help_heading = "Search"
    )]
    pub layers: Option<u8>,

    /// Trainings to run for each architecture [default: as many as seem useful]
    #[arg(long, value_name = "COUNT", help_heading = "Search")]
    pub restarts: Option<usize>,

    /// How errors count in the choice and in the constants: squared, or by Huber's loss
    ///
    /// `huber` is for noise with heavy tails. Single wild rows are set aside with either.
    #[arg(long, value_enum, default_value_t, help_heading = "Search")]
    pub loss: LossKind,

    /// A constant to recognise, such as g=9.80665; may be given more than once
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Search")]
    pub known: Vec<String>,

    /// A step of the search to leave out, by the name that the JSON's `search.steps` has; may be given more than once
    #[arg(long, value_name = "STEP", hide_short_help = true, help_heading = "Search")]
    pub without: Vec<String>,

    /// Seed of all random draws
    #[arg(long, value_name = "NUMBER", default_value_t = 0, help_heading = "Search")]
    pub seed: u64,

    /// Stop the search after this long; fractions are fine
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, help_heading = "Search")]
    pub time_limit: f64,

    /// Threads to use; the result is the same for any number [default: all cores]
    #[arg(long, value_name = "COUNT", help_heading = "Search")]
    pub threads: Option<usize>,

    /// Settings of the cells of the literature.
    #[command(flatten)]
    pub cell_options: CellOptions,

    /// Also print the best formula of each complexity
    #[arg(long, help_heading = "Output")]
    pub front: bool,

    /// Also print the layers: rounded weights, and what they are when let go
    #[arg(long, help_heading = "Output")]
    pub explain: bool,

    /// Print the formula as code in this language, and the verdict to standard error
    #[arg(
        long,
        value_name = "LANGUAGE",
        value_parser = language_names(),
        conflicts_with_all = ["json", "front", "explain", "quiet"],
        help_heading = "Output"
    )]
    pub export: Option<String>,

    /// Print one JSON object
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Write the result to this file instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Let --output replace a file
    #[arg(long, requires = "output", help_heading = "Output")]
    pub force: bool,

    /// Exit with 1 when the verdict is this or worse: `refuted` takes approximate
    /// formulas for a success, `never` any run that ends
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "VERDICT",
        help_heading = "Output"
    )]
    pub fail_on: FailOn,

    /// Print the formula alone
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// Say what is tried and why
    #[arg(short, long, action = ArgAction::SetTrue, help_heading = "Output")]
    pub verbose: bool,
}

/// The value of `--missing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum MissingArgument {
    /// Leave such rows out
    #[default]
    Drop,
    /// Refuse the table
    Error,
}

/// The value of `--language`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LanguageKind {
    /// Also exponentials, logarithms, waves and free exponents
    #[default]
    All,
    /// Sums, products, powers and roots
    Algebra,
}

/// The value of `--cell`: which cell the layers are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum CellKind {
    /// Own gate per unit, clamped weights, sign carried through the product path
    #[default]
    Gated,
    /// As published: shared tanh·sigmoid weights, gate computed from the input
    Nalu,
    /// The same with weights of its own for each path
    NaluSeparate,
    /// Adds and subtracts: tanh·sigmoid weights
    Nac,
    /// Multiplies and divides magnitudes: the complex NAC
    NacMul,
    /// NALU with signs, free gates and clipping
    Inalu,
    /// Adds and subtracts: clamped weights
    Nau,
    /// Multiplies: clamped weights
    Nmu,
    /// NAU and NMU layers in turns
    NauNmu,
    /// Multiplies powers, with a relevance gate for each input; NAU layers between
    RealNpu,
}

impl CellKind {
    /// The cell as the library names it.
    pub fn cell(self) -> Cell {
        match self {
            CellKind::Gated => Cell::Gated,
            CellKind::Nalu => Cell::Nalu,
            CellKind::NaluSeparate => Cell::NaluSeparate,
            CellKind::Nac => Cell::Nac,
            CellKind::NacMul => Cell::NacMul,
            CellKind::Inalu => Cell::Inalu,
            CellKind::Nau => Cell::Nau,
            CellKind::Nmu => Cell::Nmu,
            CellKind::NauNmu => Cell::NauNmu,
            CellKind::RealNpu => Cell::RealNpu,
        }
    }
}

/// The value of `--loss`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LossKind {
    /// Mean squared error
    #[default]
    Mse,
    /// Quadratic near 0, linear beyond
    Huber,
}

/// The value of `--fail-on`: which verdicts are a failure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Only a refuted formula, or none
    Refuted,
    /// All but a confirmed one
    #[default]
    Approximate,
    /// None
    Never,
}

impl FailOn {
    /// Whether a run with this verdict fails.
    pub fn fails(self, verdict: Verdict) -> bool {
        match self {
            FailOn::Approximate => verdict != Verdict::Confirmed,
            FailOn::Refuted => !matches!(verdict, Verdict::Confirmed | Verdict::Approximate),
            FailOn::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_cell_has_its_name_on_the_command_line() {
        let names = CellKind::value_variants().iter().map(|kind| {
            let value = kind.to_possible_value().expect("no cell is hidden");
            assert_eq!(value.get_name(), kind.cell().name());
            kind.cell()
        });
        assert!(names.eq(Cell::ALL));
    }

    #[test]
    fn help_opens_with_examples() {
        for help in [
            Arguments::command().render_help(),
            Arguments::command().render_long_help(),
        ] {
            assert!(help
                .to_string()
                .starts_with("Examples:\n  nalu-discover data.csv "));
        }
    }

    #[test]
    fn of_an_option_given_twice_the_later_one_holds() {
        let words = "nalu-discover a.csv --time-limit 2 --seed 1 --time-limit 3 --ignore a --ignore b";
        let arguments = Arguments::try_parse_from(words.split(' ')).unwrap();
        assert_eq!(arguments.time_limit, 3.0);
        assert_eq!(arguments.ignore, ["a", "b"]);
    }

    #[test]
    fn what_fails_can_be_chosen() {
        for (fail_on, failures) in [
            (FailOn::Never, [false, false, false]),
            (FailOn::Refuted, [false, false, true]),
            (FailOn::Approximate, [false, true, true]),
        ] {
            let verdicts = [Verdict::Confirmed, Verdict::Approximate, Verdict::Refuted];
            assert_eq!(
                verdicts.map(|verdict| fail_on.fails(verdict)),
                failures,
                "{fail_on:?}"
            );
        }
    }

    #[test]
    fn options_that_contradict_are_refused() {
        for line in [
            "nalu-discover",
            "nalu-discover a.csv --quiet --verbose",
            "nalu-discover a.csv --test b.csv --holdout x>1",
            "nalu-discover a.csv --layers 4",
            "nalu-discover a.csv --layers 0",
            "nalu-discover a.csv --cell relu",
            "nalu-discover a.csv --force",
        ] {
            let words = line.split(' ');
            assert!(Arguments::try_parse_from(words).is_err(), "{line}");
        }
    }
}
