//! `nalu-discover reproduce`: runs an experiment and prints its table.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use nalu_discover::cli::{ExperimentKind, Output, OutputError, ReproduceArguments};
use nalu_discover::reproduce::{self, Reproduction};
use nalu_discover::stop::StopSignal;

use super::{end_on_interrupt, Failure, EXIT_INTERRUPTED};

/// Curves shown on the terminal: one that extrapolates, one of each way to fail.
const SHOWN: [&str; 4] = ["linear", "ReLU", "tanh", "nalu"];

pub(crate) fn run(arguments: &ReproduceArguments) -> Result<ExitCode, Failure> {
    let table = arguments.table_output().map_err(output_failure)?;
    let svg = arguments.svg_output().map_err(output_failure)?;
    if svg.is_some() && arguments.experiment != ExperimentKind::Identity {
        let hint = "`nalu-discover reproduce identity --svg FILE`";
        return Err(Failure::new(
            "`--svg` is for `identity` only",
            Some(hint.to_owned()),
        ));
    }
    if svg.as_ref() == Some(&table) && table != Output::Stdout {
        let hint = "give the curves a file of their own, such as `--svg curves.svg`";
        return Err(Failure::new(
            "`--output` and `--svg` name the same file",
            Some(hint.to_owned()),
        ));
    }
    let stop = arguments
        .time_limit
        .map_or_else(StopSignal::never, StopSignal::after);
    end_on_interrupt(&stop)?;
    let pool = rayon::ThreadPoolBuilder::new()
        // 0 is rayon's word for all cores.
        .num_threads(arguments.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Failure::new(error, Some("try `--threads 1`".to_owned())))?;
    let options = reproduce::Options {
        seeds: arguments.seeds.map(usize::from),
        full: arguments.full,
        stop: stop.clone(),
    };
    let bar = progress_bar();
    let tell = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let experiment = arguments.experiment.experiment();
    let reproduction = pool.install(|| reproduce::run(experiment, &options, &tell));
    bar.finish_and_clear();
    write(&reproduction, arguments.json, &table)?;
    if let (Some(output), Some(document)) = (svg, reproduce::svg(&reproduction.curves)) {
        output.write(&document).map_err(output_failure)?;
    }
    Ok(if stop.is_interrupted() {
        ExitCode::from(EXIT_INTERRUPTED)
    } else {
        ExitCode::SUCCESS
    })
}

fn write(reproduction: &Reproduction, json: bool, output: &Output) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    let written = if json {
        reproduce::json(reproduction, &mut bytes)
    } else {
        reproduce::text(reproduction, &mut bytes)
    };
    written.map_err(|error| Failure::new(error, None))?;
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if !json && *output == Output::Stdout && io::stdout().is_terminal() {
        let plots = reproduce::terminal(&reproduction.curves, &SHOWN);
        if !plots.is_empty() {
            text.push('\n');
            text.push_str(&plots);
        }
    }
    output.write(&text).map_err(output_failure)
}

fn output_failure(error: OutputError) -> Failure {
    let hint = error.hint();
    Failure::new(error, hint)
}

fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}, {elapsed} so far, {eta} to go");
    let bar = ProgressBar::new(0);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
