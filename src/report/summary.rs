//! The formula's errors inside and outside the fitted range, two lines.

use std::io::{self, Write};

use super::number::{percent, r2, significant};
use super::prose::{labelled, wrapped};
use super::table::Columns;
use super::{Discovery, Report};
use crate::formula::Expr;
use crate::split::SplitMethod;
use crate::validate::Metrics;

/// Inputs whose ranges are shown before the rest are counted.
const SHOWN: usize = 4;

/// Room that the last column needs to stand beside the others.
const ROOM_FOR_RANGES: usize = 26;

/// A relative error that is none.
const ROUNDING: f64 = 1e-12;

/// Rows on one side of the edge of the fitted range.
struct Side {
    name: &'static str,
    metrics: Metrics,
    ranges: String,
}

/// Writes a line for the rows inside and one for those outside, in `width` columns.
pub(super) fn summary(
    report: &Report,
    found: &Discovery,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sides = sides(report, found);
    let figures = |metrics: &Metrics| {
        [
            metrics.rows.to_string(),
            worst(metrics.max_relative_error),
            significant(metrics.rmse, 3),
            r2(metrics.r2),
        ]
    };
    let titles = ["<", "rows", "worst error", "RMSE", "R²", "<where"];
    let longest = |place: usize| {
        let cells = sides
            .iter()
            .map(|side| figures(&side.metrics)[place].chars().count());
        cells.max().unwrap_or(0).max(titles[place + 1].chars().count())
    };
    // Two blanks before each column, and two before them all.
    let taken = 2 + 2 + "outside".len() + (0..4).map(|place| 2 + longest(place)).sum::<usize>() + 2;
    let room = width.saturating_sub(taken);
    let beside = room >= ROOM_FOR_RANGES;
    let mut table = Columns::new(if beside { &titles } else { &titles[..5] });
    for side in &sides {
        let mut cells = vec![side.name.to_owned()];
        cells.extend(figures(&side.metrics));
        if beside {
            cells.push(wrapped(&side.ranges, room).join("\n"));
        }
        table.row(cells);
    }
    table.write(out)?;
    if !beside {
        for side in sides.iter().filter(|side| !side.ranges.is_empty()) {
            labelled(side.name, &side.ranges, width, out)?;
        }
    }
    Ok(())
}

fn sides(report: &Report, found: &Discovery) -> Vec<Side> {
    let (inside, outside) = match &found.every_row {
        Some(every) => (every.inside, every.outside),
        None => (found.inside, found.metrics.extrapolation),
    };
    let mut sides = vec![Side {
        name: "inside",
        metrics: inside,
        ranges: fitted_ranges(report, found),
    }];
    if outside.rows > 0 {
        sides.push(Side {
            name: "outside",
            metrics: outside,
            ranges: found.outside.clone(),
        });
    }
    sides
}

fn fitted_ranges(report: &Report, found: &Discovery) -> String {
    if report.split.method == SplitMethod::TestFile {
        return format!("the rows of {}", report.source);
    }
    let used: Vec<String> = report
        .split
        .ranges
        .iter()
        .enumerate()
        .filter(|(input, _)| found.used.contains(input))
        .map(|(_, range)| {
            let [low, high] = range.fitted;
            let name = Expr::Variable(0).text(std::slice::from_ref(&range.input));
            format!(
                "`{}` {}..{}",
                name.trim_matches('`'),
                significant(low, 4),
                significant(high, 4)
            )
        })
        .collect();
    match used.len() {
        more if more > SHOWN + 1 => format!("{} and {} more", used[..SHOWN].join(", "), more - SHOWN),
        _ => used.join(", "),
    }
}

/// What the formula is compared with, in words; `None` where no row is outside.
pub(super) fn rivals(report: &Report) -> Option<String> {
    let linear = &report.baselines.linear.extrapolation;
    let network = &report.baselines.mlp.extrapolation;
    if linear.rows == 0 {
        return None;
    }
    let figure = |metrics: &Metrics| match metrics.max_relative_error.is_finite() {
        true => Some(format!("by up to {}", worst(metrics.max_relative_error))),
        false if metrics.rmse.is_finite() => Some(format!("by {} (RMSE)", significant(metrics.rmse, 3))),
        false => None,
    };
    let said: Vec<String> = [("a linear fit", linear), ("a small network", network)]
        .iter()
        .filter_map(|(name, metrics)| Some(format!("{name} {}", figure(metrics)?)))
        .collect();
    (!said.is_empty()).then(|| format!("outside are off: {}", said.join(", ")))
}

/// A share as a percentage; what rounding alone leaves has no size worth reading.
fn worst(error: f64) -> String {
    match error.abs() <= ROUNDING {
        true => format!("< {}", percent(ROUNDING)),
        false => percent(error),
    }
}
