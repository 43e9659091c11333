//! The verdict's grounds and the remedy, in words.

use super::number::{percent, significant};
use super::prose::count;
use super::Report;
use crate::validate::{Basis, Judgement, Verdict};

/// What the verdict rests on. `outside` is the condition that the rows outside
/// the fitted range meet, or empty.
pub(super) fn reason(judgement: &Judgement, outside: &str) -> String {
    let rows = count(judgement.rows_outside, "row");
    let there = match (judgement.rows_outside, outside) {
        (0, _) => format!(
            "{} inside the fitted range, none outside",
            count(judgement.rows_inside, "row")
        ),
        (_, "") => format!("{rows} outside the fitted range"),
        _ => format!("{rows} outside the fitted range ({outside})"),
    };
    let level = |error: f64| {
        if judgement.relative {
            percent(error)
        } else {
            significant(error, 3)
        }
    };
    let errors = format!(
        "{} {} there, {} on {} inside",
        if judgement.relative {
            "typical relative error"
        } else {
            "typical error"
        },
        level(judgement.error_outside),
        level(judgement.error_inside),
        count(judgement.rows_inside, "row"),
    );
    let explained = percent(judgement.explained_inside.max(0.0));
    match judgement.basis {
        Basis::Exact => format!("exact to the digits of the data on {there}"),
        Basis::WithinNoise => {
            format!("on {there} the error is what the noise inside explains: {errors}")
        }
        Basis::TooFewRows => format!("nothing speaks against it on {there}, but that is too few rows to rely on: {errors}"),
        Basis::Noisy => format!(
            "on {there} the error is within the noise, but the noise leaves room for other formulas: {errors}, and {explained} of the variation inside explained"
        ),
        Basis::NothingOutside => {
            format!("{there}: it explains {explained} of the variation there, and nothing is known beyond")
        }
        Basis::Grows => format!(
            "on {there} the error grows to {} times that inside: {errors}; that is {} of the target's spread there",
            significant(judgement.error_outside / judgement.error_inside, 2),
            percent(judgement.share_of_spread),
        ),
        Basis::ExplainsTooLittle => format!(
            "it explains only {explained} of the target's variation on {} inside the fitted range",
            count(judgement.rows_inside, "row")
        ),
        Basis::Undefined => format!(
            "it has no value on {} of {} rows ({there})",
            judgement.undefined,
            judgement.rows_inside + judgement.rows_outside
        ),
    }
}

/// What would help, from what the run has seen; `None` once confirmed.
pub(super) fn hint(report: &Report) -> Option<String> {
    /// Rows per input below which more rows are the first thing to try.
    const ROWS_PER_INPUT: usize = 15;

    if report.verdict() == Verdict::Confirmed {
        return None;
    }
    let rows_inside = report.split.train + report.split.validation;
    let few_rows = rows_inside < ROWS_PER_INPUT * report.inputs.len().max(1);
    let more_rows = || {
        format!(
            "more rows: there are {rows_inside} inside the range for {}",
            count(report.inputs.len(), "input")
        )
    };
    let Some(found) = &report.found else {
        return Some(if few_rows {
            more_rows()
        } else {
            "more time (`--time-limit`), deeper formulas (`--layers 3`) or an input that the file lacks"
                .to_string()
        });
    };
    Some(match found.judgement.basis {
        Basis::Exact | Basis::WithinNoise => return None,
        Basis::NothingOutside => "more rows, so that some can be held out".to_string(),
        Basis::TooFewRows => {
            "more rows outside the range to test on: a wider `--holdout`, or a second file with `--test`".to_string()
        }
        _ if few_rows => more_rows(),
        Basis::ExplainsTooLittle => format!(
            "an input that the file lacks, or a cleaner target: no formula over {} explained more",
            count(report.inputs.len(), "input")
        ),
        Basis::Noisy => "more rows or a cleaner target: its noise is large against its range".to_string(),
        Basis::Grows | Basis::Undefined => {
            "rows from a wider range, to tell apart formulas that agree inside; or more time (`--time-limit`) and depth (`--layers 3`)".to_string()
        }
    })
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
                "exact to the digits of the data on 12 rows outside the fitted range (`m` > 8 or `h` > 9)",
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
                "it explains only 0 % of the target's variation on 48 rows inside",
                Some("an input that the file lacks"),
            ),
            (
                &exactly,
                &squared,
                "the error grows to",
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
    fn without_rows_outside_it_says_so() {
        let x: Vec<f64> = (1..=7).map(f64::from).collect();
        let report = fixture::judged_on([&x, &[]], [&x, &[]]);
        assert!(
            report
                .verdict_reason()
                .starts_with("7 rows inside the fitted range, none outside"),
            "{}",
            report.verdict_reason()
        );
        assert_eq!(report.hint().unwrap(), "more rows, so that some can be held out");
    }
}
