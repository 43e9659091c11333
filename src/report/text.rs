//! The report for people.

use std::io::{self, Write};

use super::number::{percent, r2, significant, with_error};
use super::prose::{count, labelled, LINE_WIDTH};
use super::table::Columns;
use super::{explain, summary, trained, Constant, Discovery, Report};
use crate::validate::{Metrics, SplitMetrics, Verdict};

/// Between the formula and its verdict.
const BESIDE: &str = "   ";

/// What to type next where nothing is amiss.
const NEXT: &str = "`--json -o result.json` keeps it for `predict`; `--front` shows rivals, `--explain` its \
                    NALU layers";

/// Lines with outliers that are named before the rest are counted.
const OUTLIERS_SHOWN: usize = 8;

/// What to print besides the report itself, and how.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    /// The formula alone.
    pub quiet: bool,
    /// All figures, of the formula and of what it is compared with.
    pub details: bool,
    /// The Pareto front.
    pub front: bool,
    /// The rounded matrices beside the unrounded ones.
    pub explain: bool,
    /// Set off the formula and the verdict on a terminal.
    pub colour: bool,
    /// Columns that a line may have.
    pub width: usize,
}

impl Default for TextOptions {
    fn default() -> TextOptions {
        TextOptions {
            quiet: false,
            details: false,
            front: false,
            explain: false,
            colour: false,
            width: LINE_WIDTH,
        }
    }
}

/// Writes the report, the formula on the first line. Fails only when `out`
/// does, as on a broken pipe.
pub fn text(report: &Report, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(options.colour);
    if options.quiet {
        return match &report.found {
            Some(found) => writeln!(out, "{} = {}", report.target_text, found.formula.text),
            None => Ok(()),
        };
    }
    headline(report, paint, options.width, out)?;
    if let Some(found) = &report.found {
        ties(report, found, out)?;
        writeln!(out)?;
        summary::summary(report, found, options.width, out)?;
    }
    writeln!(out)?;
    said(report, options.width, out)?;
    if options.details {
        writeln!(out)?;
        errors(report, out)?;
    }
    if options.front {
        front(report, out)?;
    }
    if options.explain {
        if let Some(found) = &report.found {
            explain::layers(report, &found.layers, out)?;
            trained::stack(found.trained.as_ref(), out)?;
        }
    }
    Ok(())
}

/// ANSI styles, where they are wanted.
#[derive(Debug, Clone, Copy)]
struct Paint(bool);

impl Paint {
    const BOLD: &'static str = "1";
    const GREEN: &'static str = "1;32";
    const YELLOW: &'static str = "1;33";
    const RED: &'static str = "1;31";

    fn apply(self, style: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }
}

/// The formula and its verdict, on one line where they fit.
fn headline(report: &Report, paint: Paint, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let (word, style) = match report.verdict() {
        Verdict::Confirmed => ("confirmed", Paint::GREEN),
        Verdict::Approximate => ("approximate", Paint::YELLOW),
        Verdict::Refuted => ("refuted", Paint::RED),
    };
    let Some(found) = &report.found else {
        return writeln!(out, "no formula found for `{}`", report.target);
    };
    let line = format!("{} = {}", report.target_text, found.formula.text);
    let fits = line.chars().count() + BESIDE.len() + word.len() <= width;
    let between = if fits { BESIDE } else { "\n" };
    let (line, word) = (paint.apply(Paint::BOLD, &line), paint.apply(style, word));
    writeln!(out, "{line}{between}{word}")
}

fn ties(report: &Report, found: &Discovery, out: &mut dyn Write) -> io::Result<()> {
    if !found.ties.is_empty() {
        writeln!(out, "\nequally good on every row outside:")?;
        for tie in &found.ties {
            writeln!(out, "  {} = {}", report.target_text, tie.text)?;
        }
    }
    Ok(())
}

/// What there is to say of the formula, a label before each.
fn said(report: &Report, width: usize, out: &mut dyn Write) -> io::Result<()> {
    labelled("why", &report.grounds(""), width, out)?;
    if let Some(reach) = report.reach() {
        labelled("known", &reach, width, out)?;
    }
    if let Some(found) = &report.found {
        let constants: Vec<String> = found.constants.iter().filter_map(constant).collect();
        if !constants.is_empty() {
            labelled("constants", &constants.join("; "), width, out)?;
        }
        if let Some(refitted) = &found.refitted {
            if refitted.text != found.formula.text && found.judgement.verdict == Verdict::Confirmed {
                let rows = count(refitted.rows, "row");
                let text = format!("{}, refitted on all {rows}", refitted.text);
                labelled("for use", &text, width, out)?;
            }
        }
        if let Some(line) = found.every_row.as_ref().and_then(|every| every.worst_line) {
            let text = format!("the whole table was read once more; outside, line {line} is off the most");
            labelled("rows", &text, width, out)?;
        }
    }
    if !report.outliers.is_empty() {
        labelled("left out", &outliers(&report.outliers), width, out)?;
    }
    if let Some(rivals) = summary::rivals(report) {
        labelled("compared", &rivals, width, out)?;
    }
    let next = report.hint().unwrap_or_else(|| NEXT.to_owned());
    labelled("next", &next, width, out)
}

/// `lines 9, 62 and 118, as outliers; the figures count them`.
fn outliers(lines: &[usize]) -> String {
    let shown: Vec<String> = lines.iter().take(OUTLIERS_SHOWN).map(usize::to_string).collect();
    let list = match (lines.len(), shown.split_last()) {
        (1, _) => return format!("line {}, as an outlier; the figures count it", shown[0]),
        (all, _) if all > OUTLIERS_SHOWN => format!("{} and {} more", shown.join(", "), all - OUTLIERS_SHOWN),
        (_, Some((last, others))) => format!("{} and {last}", others.join(", ")),
        (_, None) => String::new(),
    };
    format!("lines {list}, as outliers; the figures count them")
}

/// `9.81 ± 0.02`, `3.02 ± 0.02 (consistent with 3)`, `2*pi (6.28 ± 0.01)` for a
/// recognised one; `None` where the formula says it all.
fn constant(constant: &Constant) -> Option<String> {
    let fitted = with_error(constant.fitted, constant.stderr);
    match (&constant.recognised_as, &constant.consistent_with) {
        (Some(name), _) if fitted.contains('±') => Some(format!("{name} ({fitted})")),
        (Some(name), _) if name.contains(char::is_alphabetic) => Some(format!("{fitted} as {name}")),
        (None, Some(round)) if fitted.contains('±') => Some(format!("{fitted} (consistent with {round})")),
        (None, None) if fitted.contains('±') => Some(fitted),
        _ => None,
    }
}

fn errors(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut models: Vec<(&str, &SplitMetrics)> = Vec::new();
    if let Some(found) = &report.found {
        models.push(("formula", &found.metrics));
    }
    models.push(("linear fit", &report.baselines.linear));
    models.push(("small MLP", &report.baselines.mlp));
    let mut table = Columns::new(&["<", "rows", "<", "RMSE", "R²", "worst relative error"]);
    type Part = fn(&SplitMetrics) -> &Metrics;
    let parts: [(&str, Part); 3] = [
        ("train", |m| &m.train),
        ("validation", |m| &m.validation),
        ("extrapolation", |m| &m.extrapolation),
    ];
    for (name, part) in parts {
        for (index, (model, metrics)) in models.iter().enumerate() {
            let metrics = part(metrics);
            let (name, rows) = match index {
                0 => (name.to_string(), metrics.rows.to_string()),
                _ => (String::new(), String::new()),
            };
            table.row([
                name,
                rows,
                model.to_string(),
                significant(metrics.rmse, 3),
                r2(metrics.r2),
                percent(metrics.max_relative_error),
            ]);
        }
    }
    table.write(out)
}

fn front(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\ncandidates, simplest first (* chosen):\n")?;
    let chosen = report.found.as_ref().map(|found| found.formula.text.as_str());
    let mut table = Columns::new(&[
        "<",
        "complexity",
        "validation RMSE",
        "R²",
        "extrapolation RMSE",
        "R²",
        "<formula",
    ]);
    for entry in &report.front {
        table.row([
            if chosen == Some(&entry.text) { "*" } else { "" }.to_string(),
            entry.complexity.to_string(),
            significant(entry.validation.rmse, 3),
            r2(entry.validation.r2),
            significant(entry.extrapolation.rmse, 3),
            r2(entry.extrapolation.r2),
            entry.text.clone(),
        ]);
    }
    table.write(out)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::super::{fixture, Formula};
    use super::*;

    fn printed(report: &Report, options: TextOptions) -> String {
        let mut out = Vec::new();
        text(report, options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_whole_report() {
        assert_eq!(
            printed(&fixture::energy(), TextOptions::default()),
            r"`energy [J]` = 9.81*m*h   confirmed

             rows  worst error   RMSE       R²  where
  ------------------------------------------------------
    inside     40          1 %  0.237  0.99986  `m` 1..8
    outside    10          1 %  0.457   0.9932  `m` > 8

  why        on 10 rows outside the fitted range its error is what the noise
             explains: 1 % there, 1 % on the 40 rows inside
  constants  9.81 ± 0.02
  compared   outside are off: a linear fit by up to 46 %
  next       `--json -o result.json` keeps it for `predict`; `--front` shows
             rivals, `--explain` its NALU layers
"
        );
    }

    #[test]
    fn all_figures_on_demand() {
        let details = TextOptions {
            details: true,
            ..TextOptions::default()
        };
        let report = fixture::energy();
        let plain = printed(&report, TextOptions::default());
        assert_eq!(
            printed(&report, details).strip_prefix(&plain).unwrap(),
            r"
                   rows               RMSE       R²  worst relative error
  -----------------------------------------------------------------------
    train            32  formula     0.234  0.99987                   1 %
                         linear fit   12.3    0.912                 320 %
                         small MLP    1.23   0.9980                 4.6 %
    validation        8  formula     0.246  0.99981                   1 %
                         linear fit   13.4    0.901                 120 %
                         small MLP    2.34   0.9950                 5.7 %
    extrapolation    10  formula     0.457   0.9932                   1 %
                         linear fit    234    -1.57                  46 %
                         small MLP       -        -                     -
"
        );
    }

    #[test]
    fn lines_are_as_wide_as_they_may_be() {
        for width in [40, 60, 80, 120] {
            let options = TextOptions {
                width,
                ..TextOptions::default()
            };
            let text = printed(&fixture::energy(), options);
            let longest = text.lines().map(|line| line.chars().count()).max();
            // The figures of the table need 55.
            assert!(longest <= Some(width.max(55)), "{width}:\n{text}");
            assert!(text.contains("`m` > 8"), "{width}:\n{text}");
        }
    }

    #[test]
    fn quiet_prints_the_formula_alone() {
        let options = TextOptions {
            quiet: true,
            front: true,
            explain: true,
            colour: true,
            ..TextOptions::default()
        };
        assert_eq!(printed(&fixture::energy(), options), "`energy [J]` = 9.81*m*h\n");
        assert_eq!(printed(&fixture::nothing_found(), options), "");
    }

    #[test]
    fn colour_changes_nothing_but_escapes() {
        let colour = TextOptions {
            colour: true,
            ..TextOptions::default()
        };
        let painted = printed(&fixture::energy(), colour);
        assert!(
            painted.starts_with("\x1b[1m`energy [J]` = 9.81*m*h\x1b[0m   \x1b[1;32mconfirmed\x1b[0m\n"),
            "{painted}"
        );
        let escapes = ["\x1b[1m", "\x1b[1;32m", "\x1b[0m"];
        let plain = escapes
            .iter()
            .fold(painted, |text, escape| text.replace(escape, ""));
        assert_eq!(plain, printed(&fixture::energy(), TextOptions::default()));
    }

    #[test]
    fn the_report_fits_eighty_columns() {
        for report in [fixture::energy(), fixture::nothing_found()] {
            for line in printed(&report, TextOptions::default()).lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }

    #[test]
    fn constants_say_what_the_formula_does_not() {
        for (value, fitted, stderr, name, near, expected) in [
            (9.8123, 9.8123, Some(0.0213), None, None, Some("9.81 ± 0.02")),
            (
                TAU,
                6.2836,
                Some(0.001),
                Some("2*pi"),
                None,
                Some("2*pi (6.2836 ± 0.0010)"),
            ),
            (TAU, TAU, None, Some("2*pi"), None, Some("6.28319 as 2*pi")),
            (
                2.0,
                2.0045,
                Some(0.0025),
                Some("2"),
                None,
                Some("2 (2.005 ± 0.003)"),
            ),
            (
                3.02,
                3.02,
                Some(0.03),
                None,
                Some("3"),
                Some("3.02 ± 0.03 (consistent with 3)"),
            ),
            (0.5, 0.5, None, Some("0.5"), None, None),
            (0.5, 0.5, None, Some("1/2"), None, None),
            (3.25, 3.25, None, None, None, None),
        ] {
            let shown = constant(&Constant {
                value,
                fitted,
                stderr,
                consistent_with: near.map(str::to_string),
                recognised_as: name.map(str::to_string),
            });
            assert_eq!(shown.as_deref(), expected);
        }
    }

    #[test]
    fn outliers_are_named_by_their_lines() {
        for (lines, expected) in [
            (&[9][..], "line 9, as an outlier; the figures count it"),
            (&[9, 62], "lines 9 and 62, as outliers; the figures count them"),
            (
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
                "lines 1, 2, 3, 4, 5, 6, 7, 8 and 2 more, as outliers; the figures count them",
            ),
        ] {
            assert_eq!(outliers(lines), expected);
        }
    }

    #[test]
    fn front_and_matrices_on_demand() {
        let options = TextOptions {
            front: true,
            explain: true,
            ..TextOptions::default()
        };
        let report = fixture::energy();
        let whole = printed(&report, options);
        let plain = printed(&report, TextOptions::default());
        assert_eq!(
            whole.strip_prefix(&plain).unwrap(),
            r"
candidates, simplest first (* chosen):

       complexity  validation RMSE       R²  extrapolation RMSE      R²  formula
  ------------------------------------------------------------------------------
                3             45.6    0.734                 321    -2.7  98.1*h
    *           5            0.246  0.99981               0.457  0.9932  9.81*m*h

layer 1:

                u1  unrounded
  ---------------------------
    path  multiply
    m            1       0.98
    h            1       0.99
    (1 input not read)

layer 2:

            energy [J]  unrounded
  -------------------------------
    path           add
    u1            9.81      9.812
    offset         0.5
    (3 inputs not read)

trained: nothing. The formula was found in closed form, without gradient
descent; the layers above are what it stands for.
"
        );
    }

    #[test]
    fn without_a_formula_there_is_a_reason_and_a_remedy() {
        let text = printed(&fixture::nothing_found(), TextOptions::default());
        for part in [
            "no formula found for `energy [J]`\n",
            "  why        no formula over the inputs came out of the search (time limit)\n",
            "linear fit",
            "  next       more time",
        ] {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
    }

    #[test]
    fn ties_are_listed() {
        let mut report = fixture::energy();
        if let Some(found) = &mut report.found {
            found.ties = vec![Formula {
                text: "9.81*day*h".to_string(),
                ..found.formula.clone()
            }];
        }
        let text = printed(&report, TextOptions::default());
        assert!(text.contains("equally good on every row outside:\n  `energy [J]` = 9.81*day*h\n"));
    }

    #[test]
    fn a_failing_writer_is_the_callers_matter() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = text(&fixture::energy(), TextOptions::default(), &mut Broken).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
