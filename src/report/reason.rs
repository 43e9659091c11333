//! The verdict's grounds and the remedy, in words.

use super::number::{percent, significant};
use super::prose::count;
use super::{Discovery, Report};
use crate::search::StopReason;
use crate::validate::{Basis, Judgement, Verdict};

/// Rows outside below which the reader should know how few they are.
const FEW_ROWS: usize = 5;

/// How many times larger an error outside may be to be worth a number.
const LARGEST_FACTOR: f64 = 1e3;

/// What the verdict rests on. `outside` is the condition that the rows outside
/// the fitted range meet, or empty.
pub(super) fn reason(found: &Discovery, inputs: &[String], outside: &str) -> String {
    let judgement = &found.judgement;
    let column = |input: usize| inputs.get(input).map_or("", String::as_str);
    let inside = count(judgement.rows_inside, "row");
    let there = rows_outside(judgement, outside);
    let level = |error: f64| {
        if judgement.relative {
            percent(error)
        } else {
            significant(error, 3)
        }
    };
    let errors = format!(
        "{} there, {} on the {inside} inside",
        level(judgement.error_outside),
        level(judgement.error_inside),
    );
    let explained = percent(judgement.explained_inside.max(0.0));
    match judgement.basis {
        Basis::Exact => format!("exact to the digits of the data on {there}"),
        Basis::WithinNoise => {
            format!("on {there} its error is what the noise explains: {errors}")
        }
        Basis::TooFewRows => format!(
            "nothing speaks against it on {there}, but that is too little to rely on: its error is {errors}"
        ),
        Basis::Noisy => format!(
            "on {there} its error is within the noise, but the noise leaves room for other formulas: {errors}, \
             and {explained} of the variation inside is explained"
        ),
        Basis::Pattern => format!(
            "on {there} its error is no larger than inside, but it is no noise: it follows the inputs ({errors})"
        ),
        Basis::Follows(input) => format!(
            "on {there} its error is no larger than inside, but it is no noise: it runs along `{}` ({errors})",
            column(input)
        ),
        Basis::TwoKinds => format!(
            "on {there} its error is no larger than inside, but it is no noise: it falls into two groups, \
             as if the rows were of two kinds ({errors})"
        ),
        Basis::Changes(input) => format!(
            "on {there} its error is no larger than inside, but it is no law: fitted to the rows with low `{}` \
             and to those with high, its constants are not the same ({errors})",
            column(input)
        ),
        Basis::OneSided => format!(
            "on {there} its error is hardly larger than inside, but it lies on one side: {errors}"
        ),
        Basis::Drifts => format!(
            "on {there} its error is no larger than inside, but it drifts from row to row of the file ({errors})"
        ),
        Basis::Pole => format!(
            "it fits on {there} ({errors}), but between the rows it has a pole or no value"
        ),
        Basis::TooFast(input) => format!(
            "it fits on {there} ({errors}), but from one row of `{}` to the next its wave turns half round or \
             more: such rows can't show it",
            column(input)
        ),
        Basis::Described => format!(
            "it fits on {there} ({errors}), but with {} it describes the rows rather than explains them",
            count(found.fitted_constants(), "fitted constant")
        ),
        Basis::UncertainBeyond => format!(
            "nothing speaks against it on {there} ({errors}), but one range width further out its constants \
             are too uncertain to predict as well as that"
        ),
        Basis::Rival(_) => format!(
            "nothing speaks against it on {there} ({errors}), but `{}` fits all rows as well and parts from it \
             within one range width further out",
            found.rival.as_ref().map_or("", |rival| rival.text.as_str())
        ),
        Basis::NothingOutside if judgement.rows_held > 0 => format!(
            "none of the {} held out is outside the range of what it reads; it explains {explained} of the \
             variation on the {inside} inside, and nothing is known beyond",
            count(judgement.rows_held, "row")
        ),
        Basis::NothingOutside => format!(
            "no row is held out; it explains {explained} of the variation on {inside}, and nothing is known beyond"
        ),
        Basis::Uncertain => format!(
            "on {there} its error grows {}, no more than its uncertain constants explain: {errors}",
            growth(judgement)
        ),
        Basis::Grows => format!(
            "on {there} its error grows {}: {errors}; that is {} of the spread of the target there",
            growth(judgement),
            percent(judgement.share_of_spread),
        ),
        Basis::ExplainsTooLittle => {
            format!("it explains only {explained} of the variation of the target on the {inside} inside the fitted range")
        }
        Basis::Undefined => format!(
            "it has no value on {} of {} rows",
            judgement.undefined,
            judgement.rows_inside + judgement.rows_held
        ),
    }
}

/// How far out the formula is known, in words; `None` where that was not asked.
pub(super) fn reach(found: &Discovery, inputs: &[String]) -> Option<String> {
    let known = &found.judgement.holds_to;
    if known.is_empty() {
        return None;
    }
    let ends: Vec<String> = known
        .iter()
        .filter_map(|&(input, to)| {
            let name = inputs.get(input)?;
            Some(format!("`{name}` = {}", significant(to?, 4)))
        })
        .collect();
    let ends = match ends.split_last() {
        None => "eight range widths beyond the rows, as far as was looked".to_string(),
        Some((only, [])) => format!("{only}; further out, what fits as well parts from it"),
        Some((last, others)) => format!(
            "{} and {last}; further out, what fits as well parts from it",
            others.join(", ")
        ),
    };
    Some(format!("to within the noise up to {ends}"))
}

/// `2.5-fold`.
fn growth(judgement: &Judgement) -> String {
    match judgement.error_outside / judgement.error_inside {
        factor if factor <= LARGEST_FACTOR => format!("{}-fold", significant(factor, 2)),
        _ => "from next to nothing".to_string(),
    }
}

/// `12 rows outside the fitted range (m > 8)`.
fn rows_outside(judgement: &Judgement, outside: &str) -> String {
    let only = if judgement.rows_outside < FEW_ROWS {
        "only "
    } else {
        ""
    };
    let rows = count(judgement.rows_outside, "row");
    let aside = judgement.rows_held - judgement.rows_outside - judgement.outliers_outside;
    let mut details = Vec::new();
    if !outside.is_empty() {
        details.push(outside.to_string());
    }
    if aside > 0 {
        details.push(format!(
            "{aside} more held out are extreme only in what it does not read"
        ));
    }
    if judgement.outliers_outside > 0 {
        let why = match judgement.outliers_inside {
            0 => "beside rows that are exact",
            _ => "as there are inside",
        };
        details.push(format!(
            "{} left aside {why}",
            count(judgement.outliers_outside, "outlier")
        ));
    }
    if details.is_empty() {
        format!("{only}{rows} outside the fitted range")
    } else {
        format!("{only}{rows} outside the fitted range ({})", details.join("; "))
    }
}

/// What would help, from what the run has seen; `None` once confirmed.
pub(super) fn hint(report: &Report) -> Option<String> {
    /// Rows per input below which more rows are the first thing to try.
    const ROWS_PER_INPUT: usize = 15;

    if report.verdict() == Verdict::Confirmed {
        return None;
    }
    let rows_inside = match report.split.leave_one_out {
        true => report.split.train,
        false => report.split.train + report.split.validation,
    };
    let few_rows = rows_inside < ROWS_PER_INPUT * report.inputs.len().max(1);
    let more_rows = || {
        format!(
            "more rows: there are {rows_inside} inside the range for {}",
            count(report.inputs.len(), "input")
        )
    };
    let Some(found) = &report.found else {
        let stopped = report.search.stop_reason == StopReason::TimeLimit.to_string();
        return Some(if few_rows && !stopped {
            more_rows()
        } else {
            more_search(report)
        });
    };
    Some(match found.judgement.basis {
        Basis::Exact | Basis::WithinNoise => return None,
        Basis::NothingOutside if found.judgement.rows_held > 0 => {
            "hold out rows on what it reads, with `--holdout`".to_string()
        }
        Basis::NothingOutside => "more rows, so that some can be held out".to_string(),
        Basis::TooFewRows => {
            "more rows outside the range to test on: a wider `--holdout`, or a second file with `--test`"
                .to_string()
        }
        Basis::Uncertain | Basis::Noisy | Basis::Grows | Basis::ExplainsTooLittle if few_rows => more_rows(),
        Basis::ExplainsTooLittle => format!(
            "an input that the file lacks, or a cleaner target: no formula over {} explained more",
            count(report.inputs.len(), "input")
        ),
        Basis::Uncertain => {
            "more rows, or rows from a wider range: its constants are too uncertain to go that far"
                .to_string()
        }
        Basis::Pattern | Basis::Described => more_search(report),
        Basis::Follows(input) => format!(
            "look at the error over `{}`: a function of it is missing, or a step; or {}",
            report.inputs.get(input).map_or("", String::as_str),
            more_search(report)
        ),
        Basis::TwoKinds => "a column that says of which kind a row is".to_string(),
        Basis::Changes(input) => format!(
            "each part of `{0}` on its own: `--holdout` and a file for each, or a column that says where one law ends",
            report.inputs.get(input).map_or("", String::as_str)
        ),
        Basis::Drifts => "the time of each row as a column".to_string(),
        Basis::TooFast(input) => format!(
            "rows that lie closer, or not evenly, over `{}`",
            report.inputs.get(input).map_or("", String::as_str)
        ),
        Basis::OneSided | Basis::Pole => format!(
            "rows from a wider range, to tell apart formulas that agree inside; or {}",
            more_search(report)
        ),
        Basis::UncertainBeyond | Basis::Rival(_) => {
            "rows from a wider range, more rows or less noise would tell".to_string()
        }
        Basis::Noisy => "more rows or a cleaner target: its noise is large against its range".to_string(),
        Basis::Grows | Basis::Undefined => {
            format!(
                "rows from a wider range, to tell apart formulas that agree inside; or {}",
                more_search(report)
            )
        }
    })
}

/// What could turn up another formula, from how the search ended.
fn more_search(report: &Report) -> String {
    if report.search.stop_reason == StopReason::TimeLimit.to_string() {
        "more time (`--time-limit`)".to_string()
    } else {
        "an input that the file lacks, or a column with what the language does not have (a step, a minimum)"
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;

    #[test]
    fn each_ground_has_its_words_and_remedy() {
        let x: Vec<f64> = (1..=60).map(f64::from).collect();
        let (inside, outside) = x.split_at(48);
        let exactly = |v: &[f64]| v.to_vec();
        let nowhere = |v: &[f64]| vec![f64::NAN; v.len()];
        let middle = |v: &[f64]| vec![24.5; v.len()];
        let squared = |v: &[f64]| v.iter().map(|x| x * x).collect();
        type Predict<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;
        let table: &[(Predict, Predict, &str, Option<&str>)] = &[
            (
                &exactly,
                &exactly,
                "exact to the digits of the data on 12 rows outside the fitted range (`m` > 8)",
                None,
            ),
            (
                &exactly,
                &nowhere,
                "it has no value on 12 of 60 rows",
                Some("rows from a wider range"),
            ),
            (
                &middle,
                &middle,
                "it explains only 0 % of the variation of the target on the 48 rows inside",
                Some("an input that the file lacks"),
            ),
            (
                &exactly,
                &squared,
                "its error grows from next to nothing",
                Some("rows from a wider range"),
            ),
        ];
        for (predict_inside, predict_outside, reason, hint) in table {
            let report = fixture::judged_on(
                [inside, outside],
                [&predict_inside(inside), &predict_outside(outside)],
            );
            let text = report.verdict_reason();
            assert!(text.contains(reason), "{text}");
            match hint {
                Some(hint) => assert!(report.hint().unwrap().contains(hint), "{:?}", report.hint()),
                None => assert_eq!(report.hint(), None),
            }
        }
    }

    #[test]
    fn how_far_it_is_known_is_said_by_input() {
        let mut report = fixture::energy();
        let mut reach = |known: &[(usize, Option<f64>)]| {
            let found = report.found.as_mut().unwrap();
            found.judgement.holds_to = known.to_vec();
            report.reach()
        };
        assert_eq!(reach(&[]), None);
        let far = "to within the noise up to eight range widths beyond the rows, as far as was looked";
        assert_eq!(reach(&[(0, None), (1, None)]).as_deref(), Some(far));
        let further = "further out, what fits as well parts from it";
        let one = format!("to within the noise up to `m` = 12.5; {further}");
        assert_eq!(reach(&[(0, Some(12.5)), (1, None)]).unwrap(), one);
        let two = format!("to within the noise up to `m` = 12.5 and `h` = 3; {further}");
        assert_eq!(reach(&[(0, Some(12.5)), (1, Some(3.0))]).unwrap(), two);
    }

    #[test]
    fn without_rows_outside_it_says_so() {
        let x: Vec<f64> = (1..=7).map(f64::from).collect();
        let report = fixture::judged_on([&x, &[]], [&x, &[]]);
        assert!(
            report
                .verdict_reason()
                .starts_with("no row is held out; it explains 100 % of the variation on 7 rows"),
            "{}",
            report.verdict_reason()
        );
        assert_eq!(report.hint().unwrap(), "more rows, so that some can be held out");
    }
}
