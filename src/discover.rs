//! The whole pipeline: split rows in, [`Report`] out.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::baseline::{baselines, Baselines};
use crate::constants::{constants, recognised, refitted_on_all_rows};
use crate::dataset::{Dataset, Note, Sample};
use crate::formula::Expr;
use crate::nalu::{compile_for, release};
use crate::polish::standard_errors;
use crate::report::{outside_words, Discovery, Formula, FrontEntry, Layer, Report, Search, Trained};
use crate::search::{columns_worth_trying, search, Origin, Outcome, Progress, SearchOptions};
use crate::split::{self, Split, SplitError, SplitOptions};
use crate::stop::StopSignal;
use crate::validate::{
    aliases, judge_formula, judge_on_every_row, Basis, Claim, Fitted, Metrics, SplitMetrics,
};

/// Columns of a wide table that are searched on where the target leans on none, so
/// that there is an answer.
const COLUMNS_OF_NOISE: usize = 10;

/// Two formulas whose errors on all held-out rows differ by less than this
/// share do equally well.
const SAME_ERROR: f64 = 0.05;

/// Splits the rows; of a wide table only the columns that the target leans on are
/// kept, with those that the held-out rows are told by, and a note says so.
///
/// The columns are chosen on the training rows of a split over all of them. The rows
/// are then split anew, since a shell around hundreds of inputs that don't matter
/// holds nothing out.
///
/// # Errors
/// As [`split::split`].
pub fn split_table(dataset: Dataset, options: SplitOptions) -> Result<(Dataset, Split), SplitError> {
    let split = split::split(&dataset, &options)?;
    let Some(leaned_on) = columns_worth_trying(&split.train) else {
        return Ok((dataset, split));
    };
    let names = dataset.input_names();
    let (columns, found) = (names.len(), !leaned_on.is_empty());
    let mut kept = match found {
        true => leaned_on,
        false => (0..COLUMNS_OF_NOISE.min(columns)).collect(),
    };
    let conditions = options.holdout.conditions();
    kept.extend(conditions.filter_map(|name| names.iter().position(|other| other == name)));
    kept.sort_unstable();
    kept.dedup();
    let mut dataset = dataset.narrowed(&kept);
    let count = kept.len();
    dataset.notes.push(match found {
        true => Note::Screened { columns, kept: count },
        false => Note::NothingLeanedOn { columns, kept: count },
    });
    let options = SplitOptions {
        holdout: options.holdout.narrowed(&kept),
        ..options
    };
    let split = split::split(&dataset, &options)?;
    Ok((dataset, split))
}

/// Searches for the formula of a split data set and judges it outside the
/// fitted range. `tell` hears of each step of the search.
pub fn discover(
    dataset: &Dataset,
    split: &Split,
    options: &SearchOptions,
    stop: &StopSignal,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Report {
    let started = Instant::now();
    let (outcome, baselines) = rayon::join(
        || search(split, options, stop, tell),
        || baselines(split, options.seed, stop),
    );
    if split.every_row.is_some() {
        tell(Progress::Begins("the formula on every row"));
    }
    report_on(&outcome, baselines, dataset, split, options, stop, started)
}

/// All there is to say of what a search came to.
pub(crate) fn report_on(
    outcome: &Outcome,
    baselines: Baselines,
    dataset: &Dataset,
    split: &Split,
    options: &SearchOptions,
    stop: &StopSignal,
    started: Instant,
) -> Report {
    let names = dataset.input_names();
    let mut notes: Vec<String> = dataset.notes.iter().map(ToString::to_string).collect();
    let found = outcome.best.as_ref().map(|expr| {
        let (found, note) = discovery(expr, outcome, dataset, split, options, stop);
        notes.extend(note);
        found
    });
    Report {
        target: dataset.target.name.clone(),
        target_text: target_text(&dataset.target.name),
        inputs: names.clone(),
        source: dataset.source.clone(),
        notes,
        split: split.description.clone(),
        found,
        baselines,
        outliers: outlier_lines(outcome, dataset, split),
        front: outcome
            .front
            .iter()
            .map(|expr| front_entry(expr, split, &names))
            .collect(),
        search: Search {
            seed: options.seed,
            restarts: outcome.restarts,
            steps: outcome.steps.clone(),
            seconds: started.elapsed().as_secs_f64(),
            stop_reason: outcome.stop_reason.to_string(),
            threads: options.threads,
        },
        warnings: Vec::new(),
    }
}

/// The lines of the file that were taken for outliers, ascending.
fn outlier_lines(outcome: &Outcome, dataset: &Dataset, split: &Split) -> Vec<usize> {
    let train = outcome
        .train_outliers
        .iter()
        .map(|&place| split.train_rows[place]);
    let validation = outcome
        .validation_outliers
        .iter()
        .map(|&place| split.validation_rows[place]);
    let lines: BTreeSet<usize> = train.chain(validation).map(|row| dataset.lines[row]).collect();
    lines.into_iter().collect()
}

/// The formula with what is known about it, and a note where it was not judged
/// on every row.
fn discovery(
    expr: &Expr,
    outcome: &Outcome,
    dataset: &Dataset,
    split: &Split,
    options: &SearchOptions,
    stop: &StopSignal,
) -> (Discovery, Option<String>) {
    let names = &dataset.input_names();
    let constants = constants(expr, outcome, split, options);
    let round = recognised(expr, outcome);
    let fitted = constants.iter().filter(|c| c.recognised_as.is_none()).count();
    let predictions = Predictions::of(expr, split, outcome);
    let metrics = SplitMetrics {
        train: Metrics::of(predictions.train(split)),
        validation: Metrics::of(predictions.validation(split)),
        extrapolation: Metrics::of(predictions.extrapolation(split)),
    };
    let rivals = outcome
        .rivals
        .iter()
        .filter(|rival| !rival.same_structure(expr) && equally_good(rival, &metrics, split, outcome))
        .cloned();
    let ties = rivals
        .chain(aliases(expr, &split.inputs_of_all_rows()))
        .map(|tie| spelled(&tie, names))
        .collect();
    let outliers: [&[usize]; 2] = [&outcome.train_outliers, &outcome.validation_outliers];
    let rivals = &outcome.alternatives;
    let claim = Claim {
        expr,
        fitted,
        recognised: &round,
    };
    let on_every_row = judge_on_every_row(&claim, split, outliers, rivals, stop);
    let note = match &on_every_row {
        Err(error) => Some(format!("judged on the rows drawn only: {error}")),
        Ok(None) if split.every_row.is_some() => {
            Some("judged on the rows drawn only: interrupted".to_owned())
        }
        Ok(_) => None,
    };
    let (judgement, every_row) = match on_every_row {
        Ok(Some((judgement, every_row))) => (judgement, Some(every_row)),
        _ => (judge_formula(&claim, split, outliers, rivals), None),
    };
    let found = Discovery {
        formula: spelled(expr, names),
        constants,
        refitted: refitted_on_all_rows(expr, outcome, split, names),
        rival: match judgement.basis {
            Basis::Rival(place) => rivals.get(place).map(|rival| spelled(&rival.expr, names)),
            _ => None,
        },
        judgement,
        every_row,
        outside: outside_words(&split.description, &expr.variables_used()),
        used: expr.variables_used(),
        inside: predictions.inside(split),
        metrics,
        ties,
        layers: layers(expr, split, &outcome.train_weight),
        trained: outcome.origin.as_deref().map(|origin| trained(origin, dataset)),
    };
    (found, note)
}

/// The trained stack, its inputs and target spelled with the table's names.
fn trained(origin: &Origin, dataset: &Dataset) -> Trained {
    let mut names = dataset.input_names();
    names.push(dataset.target.name.clone());
    Trained {
        stack: origin.stack.clone(),
        inputs: origin.inputs.iter().map(|input| input.text(&names)).collect(),
        target: origin.target.simplify().text(&names),
        moved: origin.moved,
    }
}

/// The formula as the rounded NALU layers it stands for, with margins from
/// letting their weights go on the training rows.
fn layers(expr: &Expr, split: &Split, weight: &[f64]) -> Vec<Layer> {
    let train = &split.train;
    let fitted = [train, &split.validation];
    let is_positive = |input: usize| {
        let mut values = fitted.iter().flat_map(|sample| &sample.inputs[input]);
        values.all(|&x| x > 0.0)
    };
    let positive: Vec<bool> = (0..train.width()).map(is_positive).collect();
    let Some(mut stack) = compile_for(expr, train.width(), &positive) else {
        return Vec::new();
    };
    let free = release(&stack, &train.inputs, &train.target, weight);
    stack.set_margins(&free);
    let layers = stack.layers.into_iter().zip(free);
    layers.map(|(rounded, free)| Layer { rounded, free }).collect()
}

/// Whether a rival does as well on the held-out rows of both kinds.
fn equally_good(rival: &Expr, metrics: &SplitMetrics, split: &Split, outcome: &Outcome) -> bool {
    let predictions = Predictions::of(rival, split, outcome);
    let close = |rival: f64, own: f64| rival <= own * (1.0 + SAME_ERROR) || rival == own;
    let validation = Metrics::of(predictions.validation(split));
    let extrapolation = Metrics::of(predictions.extrapolation(split));
    split.extrapolation.rows() > 0
        && close(validation.rmse, metrics.validation.rmse)
        && close(extrapolation.rmse, metrics.extrapolation.rmse)
}

/// What a formula says about the rows of each kind.
struct Predictions {
    train: Vec<f64>,
    validation: Vec<f64>,
    extrapolation: Vec<f64>,
}

impl Predictions {
    fn of(expr: &Expr, split: &Split, outcome: &Outcome) -> Predictions {
        let train = expr.evaluate(&split.train.inputs);
        Predictions {
            validation: if split.leave_one_out {
                left_out(expr, &split.train, &train, &outcome.train_weight)
            } else {
                expr.evaluate(&split.validation.inputs)
            },
            extrapolation: expr.evaluate(&split.extrapolation.inputs),
            train,
        }
    }

    fn train<'a>(&'a self, split: &'a Split) -> Fitted<'a> {
        fitted(&split.train, &self.train)
    }

    fn validation<'a>(&'a self, split: &'a Split) -> Fitted<'a> {
        fitted(&split.validation, &self.validation)
    }

    /// Of all rows inside. Where each was left out in turn to validate, the validation
    /// rows are the training rows.
    fn inside(&self, split: &Split) -> Metrics {
        if split.leave_one_out {
            return Metrics::of(self.train(split));
        }
        let target = [split.train.target.as_slice(), &split.validation.target].concat();
        let predictions = [self.train.as_slice(), &self.validation].concat();
        Metrics::of(Fitted {
            target: &target,
            predictions: &predictions,
        })
    }

    fn extrapolation<'a>(&'a self, split: &'a Split) -> Fitted<'a> {
        fitted(&split.extrapolation, &self.extrapolation)
    }
}

fn fitted<'a>(sample: &'a Sample, predictions: &'a [f64]) -> Fitted<'a> {
    Fitted {
        target: &sample.target,
        predictions,
    }
}

/// The prediction for each row when the constants are fitted without it:
/// `y + r / (1 − h)` with the residual r = f − y and the leverage h of the row.
fn left_out(expr: &Expr, sample: &Sample, predictions: &[f64], weight: &[f64]) -> Vec<f64> {
    let Some((_, leverage)) = standard_errors(expr, sample, weight, &[]) else {
        return predictions.to_vec();
    };
    predictions
        .iter()
        .zip(&sample.target)
        .zip(leverage)
        .map(|((f, y), h)| y + (f - y) / (1.0 - h).max(1e-3))
        .collect()
}

fn spelled(expr: &Expr, names: &[String]) -> Formula {
    Formula {
        text: expr.text(names),
        complexity: expr.complexity(),
        latex: expr.latex(names),
        python: expr.python(names),
    }
}

fn front_entry(expr: &Expr, split: &Split, names: &[String]) -> FrontEntry {
    let on = |sample: &Sample| {
        let predictions = expr.evaluate(&sample.inputs);
        Metrics::of(fitted(sample, &predictions))
    };
    FrontEntry {
        text: expr.text(names),
        complexity: expr.complexity(),
        validation: on(&split.validation),
        extrapolation: on(&split.extrapolation),
    }
}

fn target_text(name: &str) -> String {
    Expr::Variable(0).text(&[name.to_owned()])
}
