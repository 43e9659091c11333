//! The command line: what the user typed ([`Invocation`], [`Arguments`]), and
//! the same checked and ready to use ([`Settings`]).

mod arguments;
mod cell_options;
mod check_arguments;
mod export_arguments;
mod invocation;
mod output;
mod predict_arguments;
mod settings;
mod shell_arguments;

pub use arguments::{Arguments, CellKind, FailOn, LanguageKind, LossKind, MissingArgument};
pub use cell_options::{CellOptions, DecayKind};
pub use check_arguments::CheckArguments;
pub use export_arguments::ExportArguments;
pub use invocation::{ExperimentKind, Invocation, ReproduceArguments};
pub use output::{Output, OutputError, Writing};
pub use predict_arguments::{PredictArguments, PredictSettings};
pub use settings::{ReportOptions, Settings, UsageError, Verbosity};
pub use shell_arguments::{CompletionsArguments, ManArguments};
