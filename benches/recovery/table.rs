//! The results as a table on the terminal, as CSV and as Markdown.

use std::path::Path;

use crate::case::Case;
use crate::judge::Judgement;
use crate::set::Set;

/// One run of one case.
#[derive(Debug, Clone)]
pub struct Run {
    /// The seed of the rows and of the search.
    pub seed: u64,
    /// Wall time of the process, seconds.
    pub seconds: f64,
    /// The printed formula, empty when there was none.
    pub formula: String,
    /// Symbols of the printed formula.
    pub complexity: Option<usize>,
    /// Fits from random starts, of stacks and of sums of products; 0 where a
    /// closed form ended the search.
    pub restarts: u64,
    /// The printed verdict.
    pub verdict: String,
    /// What the judge said.
    pub judgement: Judgement,
    /// Why there is no formula.
    pub error: Option<String>,
}

/// All runs of one case.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// Symbols of the law, as stored or simplified, whichever is shorter.
    pub complexity: usize,
    /// One run a seed.
    pub runs: Vec<Run>,
}

/// Headings of the table of cases.
pub const CASE_HEADINGS: [&str; 9] = [
    "case",
    "recovered",
    "exact",
    "median s",
    "worst s",
    "symbols",
    "law",
    "verdicts",
    "first failure",
];

const SET_HEADINGS: [&str; 10] = [
    "set",
    "cases",
    "recovered",
    "share",
    "exact",
    "median s",
    "worst s",
    "restarted",
    "confirmed wrong",
    "on target",
];

impl CaseResult {
    /// The cells under `CASE_HEADINGS`.
    pub fn cells(&self) -> Vec<String> {
        let runs: Vec<&Run> = self.runs.iter().collect();
        let symbols: Vec<f64> = self
            .runs
            .iter()
            .filter(|run| run.judgement.recovered)
            .filter_map(|run| run.complexity.map(|c| c as f64))
            .collect();
        vec![
            self.case.name.clone(),
            format!("{}/{}", recovered(&runs), runs.len()),
            format!("{}/{}", exact(&runs), runs.len()),
            median_seconds(&runs),
            worst_seconds(&runs),
            median(symbols).map_or("-".to_string(), |m| format!("{m:.0}")),
            self.complexity.to_string(),
            verdicts(&runs),
            self.first_failure(),
        ]
    }

    fn first_failure(&self) -> String {
        self.runs
            .iter()
            .find(|run| !run.judgement.recovered)
            .map_or(String::new(), |run| {
                let what = run.error.as_deref().unwrap_or(&run.formula);
                format!("seed {}: {what}", run.seed)
            })
    }
}

/// One row a set, and one a kind where the set has several.
pub fn summary(results: &[CaseResult]) -> Vec<Vec<String>> {
    let mut rows = vec![SET_HEADINGS.map(str::to_string).to_vec()];
    for set in Set::ALL {
        let of_set: Vec<&CaseResult> = results.iter().filter(|r| r.case.set == set).collect();
        if of_set.is_empty() {
            continue;
        }
        rows.push(summary_row(set.title(), set, &of_set));
        let mut kinds: Vec<&str> = Vec::new();
        for result in &of_set {
            if !kinds.contains(&result.case.kind.as_str()) {
                kinds.push(&result.case.kind);
            }
        }
        if kinds.len() > 1 {
            for kind in kinds {
                let of_kind: Vec<&CaseResult> =
                    of_set.iter().copied().filter(|r| r.case.kind == kind).collect();
                rows.push(summary_row(&format!("- {kind}"), set, &of_kind));
            }
        }
    }
    rows
}

fn summary_row(title: &str, set: Set, results: &[&CaseResult]) -> Vec<String> {
    let runs: Vec<&Run> = results.iter().flat_map(|result| &result.runs).collect();
    let wrong = runs
        .iter()
        .filter(|run| run.verdict == "confirmed" && !run.judgement.recovered);
    let restarted = runs.iter().filter(|run| run.restarts > 0);
    let on_target = set.target_seconds().map(|seconds| {
        let met = runs
            .iter()
            .filter(|run| run.judgement.recovered && run.verdict == "confirmed" && run.seconds < seconds)
            .count();
        format!("{met} confirmed in {seconds} s")
    });
    vec![
        title.to_string(),
        results.len().to_string(),
        format!("{}/{}", recovered(&runs), runs.len()),
        format!(
            "{:.0} %",
            100.0 * recovered(&runs) as f64 / runs.len().max(1) as f64
        ),
        exact(&runs).to_string(),
        median_seconds(&runs),
        worst_seconds(&runs),
        restarted.count().to_string(),
        wrong.count().to_string(),
        on_target.unwrap_or_default(),
    ]
}

/// The table with its columns aligned: the first to the left, the rest to the right.
pub fn aligned(table: &[Vec<String>]) -> String {
    let width = |i: usize| table.iter().map(|row| row[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(i, (cell, &width))| match i {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    table.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The table as Markdown.
pub fn markdown(table: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|{}\n", "---|".repeat(table[0].len()));
    let rows: String = table[1..].iter().map(line).collect();
    format!("{}{rule}{rows}", line(&table[0]))
}

/// The summary, then a table of cases for each set.
pub fn markdown_report(results: &[CaseResult], command: &str) -> String {
    let mut text = format!("`{command}`\n\n{}", markdown(&summary(results)));
    for set in Set::ALL {
        let of_set = results.iter().filter(|r| r.case.set == set);
        let mut table = vec![CASE_HEADINGS.map(str::to_string).to_vec()];
        table.extend(of_set.map(|result| {
            let mut cells = result.cells();
            if let Some(failure) = cells.last_mut().filter(|cell| !cell.is_empty()) {
                *failure = format!("`{}`", failure.replace('`', "'"));
            }
            cells
        }));
        if table.len() > 1 {
            text += &format!("\n## {set}\n\n{}", markdown(&table));
        }
    }
    text
}

/// One line a run.
pub fn write_csv(results: &[CaseResult], path: &Path) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record([
        "set",
        "kind",
        "case",
        "seed",
        "recovered",
        "exact",
        "seconds",
        "restarts",
        "verdict",
        "symbols",
        "law_symbols",
        "formula",
        "law",
        "error",
    ])?;
    for result in results {
        for run in &result.runs {
            writer.write_record([
                result.case.set.key(),
                &result.case.kind,
                &result.case.name,
                &run.seed.to_string(),
                &u8::from(run.judgement.recovered).to_string(),
                &u8::from(run.judgement.exact).to_string(),
                &format!("{:.3}", run.seconds),
                &run.restarts.to_string(),
                &run.verdict,
                &run.complexity.map_or(String::new(), |c| c.to_string()),
                &result.complexity.to_string(),
                &run.formula,
                &result.case.law,
                run.error.as_deref().unwrap_or_default(),
            ])?;
        }
    }
    writer.flush()?;
    Ok(())
}

fn recovered(runs: &[&Run]) -> usize {
    runs.iter().filter(|run| run.judgement.recovered).count()
}

fn exact(runs: &[&Run]) -> usize {
    runs.iter().filter(|run| run.judgement.exact).count()
}

fn median_seconds(runs: &[&Run]) -> String {
    median(runs.iter().map(|run| run.seconds).collect()).map_or("-".to_string(), |s| format!("{s:.2}"))
}

fn worst_seconds(runs: &[&Run]) -> String {
    format!("{:.2}", runs.iter().map(|run| run.seconds).fold(0.0, f64::max))
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(0.5 * (values[middle - 1] + values[middle])),
    }
}

/// `3 confirmed, 1 refuted`, the most frequent first.
fn verdicts(runs: &[&Run]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for run in runs {
        match counts.iter_mut().find(|(verdict, _)| *verdict == run.verdict) {
            Some((_, count)) => *count += 1,
            None => counts.push((&run.verdict, 1)),
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let words: Vec<String> = counts
        .iter()
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    words.join(", ")
}
