//! `nalu-discover check`: judges a formula as it is given.

use std::process::ExitCode;

use nalu_discover::check::{check, prepare, Equation};
use nalu_discover::cli::{CheckArguments, Settings};
use nalu_discover::dataset;
use nalu_discover::report::Report;
use nalu_discover::saved::Saved;
use nalu_discover::stop::StopSignal;

use super::{end_on_interrupt, say, thread_pool, warnings, write, Failure, EXIT_NOT_CONFIRMED};

pub(crate) fn run(arguments: CheckArguments) -> Result<ExitCode, Failure> {
    let equation = equation(&arguments)?;
    let mut settings = Settings::from_arguments(arguments.run).map_err(Failure::of)?;
    if equation.target.is_some() {
        settings.read.target = equation.target;
    }
    let pool = thread_pool(&settings)?;
    let stop = StopSignal::after(settings.search.time_limit);
    end_on_interrupt(&stop)?;
    let report = pool.install(|| {
        let dataset = dataset::read(&settings.source, &settings.read).map_err(Failure::of)?;
        let options = settings.split_options(&dataset).map_err(Failure::of)?;
        let (expr, dataset, split) = prepare(&equation.formula, dataset, options).map_err(Failure::of)?;
        let warnings = warnings(&dataset, &split, &settings);
        let report = check(&expr, &dataset, &split, &settings.search, &stop);
        Ok(Report { warnings, ..report })
    })?;
    write(&report, &settings)?;
    let fails = match arguments.tolerance {
        Some(tolerance) => is_beyond(&report, tolerance),
        None => settings.fail_on.fails(report.verdict()),
    };
    Ok(match fails {
        true => ExitCode::from(EXIT_NOT_CONFIRMED),
        false => ExitCode::SUCCESS,
    })
}

fn equation(arguments: &CheckArguments) -> Result<Equation, Failure> {
    match (&arguments.against, &arguments.formula) {
        (Some(path), _) => {
            let saved = Saved::read(path).map_err(Failure::of)?;
            let exported = saved.exported(arguments.as_judged);
            Ok(Equation {
                formula: exported.expr.text(exported.inputs),
                target: Some(saved.target),
            })
        }
        (None, formula) => Ok(Equation::of(formula.as_deref().unwrap_or_default())),
    }
}

/// Whether a row is off by more than this share of it; says so.
fn is_beyond(report: &Report, tolerance: f64) -> bool {
    let worst = report.found.as_ref().and_then(|found| {
        let metrics = [
            found.metrics.train,
            found.metrics.validation,
            found.metrics.extrapolation,
        ];
        let errors = metrics.iter().filter(|metrics| metrics.rows > 0);
        let errors: Vec<f64> = errors.map(|metrics| metrics.max_relative_error).collect();
        // Where the target is 0 there is none.
        let all = errors.iter().all(|error| error.is_finite());
        all.then(|| errors.into_iter().fold(0.0, f64::max))
    });
    match worst {
        Some(worst) if worst <= tolerance => {
            say(&format!(
                "every row is within {tolerance} of the formula: the worst is off by {worst:.2e}"
            ));
            false
        }
        Some(worst) => {
            say(&format!(
                "not every row is within {tolerance} of the formula: the worst is off by {worst:.2e}"
            ));
            true
        }
        None => {
            say("no relative error can be told where the target is 0");
            true
        }
    }
}
