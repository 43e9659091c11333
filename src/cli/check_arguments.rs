//! The arguments of `nalu-discover check`.

use std::path::PathBuf;

use clap::{Args, Command};

use super::arguments::Arguments;

/// A formula to be judged as it is given.
#[derive(Debug, Clone, Args)]
pub struct CheckArguments {
    /// The formula, such as 'E = 0.5*m*v^2'; without `NAME =` it is for the target
    #[arg(value_name = "FORMULA", required_unless_present = "against")]
    pub formula: Option<String>,

    /// The formula of this report, as written by `--json --output FILE`
    #[arg(long, value_name = "RESULT", conflicts_with = "formula")]
    pub against: Option<PathBuf>,

    /// With --against: the constants that its verdict rested on, not those refitted on all rows
    #[arg(long, requires = "against")]
    pub as_judged: bool,

    /// Succeed if no row is off by more than this share of it, whatever the verdict
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub tolerance: Option<f64>,

    /// The table, and all there is to say of it.
    #[command(flatten)]
    pub run: Arguments,
}

/// The subcommand, with what only a search needs left out of its help.
pub(super) fn command() -> Command {
    let mut command = CheckArguments::augment_args(Command::new("check"))
        .about("Judge a formula as it is given, without a search")
        .before_help("")
        .before_long_help(None::<&str>)
        .args_override_self(true)
        .allow_missing_positional(true);
    for hidden in ["Search", "Published cells (any `--cell` but gated)"] {
        command = command.mut_args(|argument| match argument.get_help_heading() {
            Some(heading) if heading == hidden => argument.hide(true),
            _ => argument,
        });
    }
    command.mut_args(|argument| match argument.get_id().as_str() {
        "export" | "front" | "quiet" | "verbose" => argument.hide(true),
        _ => argument,
    })
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share >= 0.0 && share.is_finite() => Ok(share),
        _ => Err("not a number of 0 or more, such as 1e-6".to_owned()),
    }
}
