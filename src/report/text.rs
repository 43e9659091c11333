//! The report for people.

use std::io::{self, Write};

use super::number::{r2, significant, with_error};
use super::prose::{count, names, paragraph};
use super::table::Columns;
use super::{explain, Constant, Report};
use crate::validate::{Metrics, SplitMetrics, Verdict};

/// What to print besides the report itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextOptions {
    /// The formula alone.
    pub quiet: bool,
    /// The Pareto front.
    pub front: bool,
    /// The rounded matrices beside the trained ones.
    pub explain: bool,
}

/// Writes the report. Fails only when `out` does, as on a broken pipe.
pub fn text(report: &Report, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    if options.quiet {
        return match &report.found {
            Some(found) => writeln!(out, "{}", found.formula.text),
            None => Ok(()),
        };
    }
    assumptions(report, out)?;
    formula(report, out)?;
    errors(report, out)?;
    writeln!(out)?;
    verdict(report, out)?;
    if options.front {
        front(report, out)?;
    }
    if options.explain {
        if let Some(found) = &report.found {
            explain::layers(report, &found.layers, out)?;
        }
    }
    Ok(())
}

fn assumptions(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let split = &report.split;
    let rows = split.train + split.extrapolation + validation_rows(report);
    writeln!(
        out,
        "`{}` from {}: {} of {}",
        report.target,
        names(&report.inputs),
        count(rows, "row"),
        report.source
    )?;
    if split.extrapolation == 0 {
        writeln!(out, "fitted on {}, none held out: {}", split.train, split.method)?;
    } else {
        writeln!(
            out,
            "fitted on {}, validated on {}, held out {}: {}",
            split.train, split.validation, split.extrapolation, split.outside
        )?;
    }
    for note in &report.notes {
        writeln!(out, "{note}")?;
    }
    writeln!(out)
}

/// Validation rows that are not train rows too, as rows left out in turn are.
fn validation_rows(report: &Report) -> usize {
    if report.split.extrapolation == 0 && report.split.validation == report.split.train {
        0
    } else {
        report.split.validation
    }
}

fn formula(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(found) = &report.found else {
        return writeln!(out, "    no formula found\n");
    };
    writeln!(out, "    {} = {}\n", report.target_text, found.formula.text)?;
    let constants: Vec<String> = found.constants.iter().filter_map(constant).collect();
    for line in &constants {
        writeln!(out, "    {line}")?;
    }
    if !constants.is_empty() {
        writeln!(out)?;
    }
    if !found.ties.is_empty() {
        writeln!(out, "equally good on every held-out row:\n")?;
        for tie in &found.ties {
            writeln!(out, "    {} = {}", report.target_text, tie.text)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// `9.81 ± 0.02`, `6.28 ± 0.01 = 2*pi`; `None` where the formula says it all.
fn constant(constant: &Constant) -> Option<String> {
    let fitted = with_error(constant.value, constant.stderr);
    match &constant.recognised_as {
        Some(name) if *name == fitted => None,
        Some(name) => Some(format!("{fitted} = {name}")),
        None if fitted.contains('±') => Some(fitted),
        None => None,
    }
}

fn errors(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut models: Vec<(&str, &SplitMetrics)> = Vec::new();
    if let Some(found) = &report.found {
        models.push(("formula", &found.metrics));
    }
    models.push(("linear fit", &report.baselines.linear));
    if let Some(mlp) = &report.baselines.mlp {
        models.push(("small MLP", mlp));
    }
    let mut table = Columns::new(&["<", "rows", "<model", "RMSE", "R²", "worst relative error"]);
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
                significant(metrics.max_relative_error, 3),
            ]);
        }
    }
    table.write(out)
}

fn verdict(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let word = match report.verdict() {
        Verdict::Confirmed => "confirmed",
        Verdict::Approximate => "approximate",
        Verdict::Refuted => "refuted",
    };
    paragraph(&format!("{word}: {}", report.verdict_reason()), out)?;
    match report.hint() {
        Some(hint) => {
            writeln!(out)?;
            paragraph(&format!("hint: {hint}"), out)
        }
        None => Ok(()),
    }
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
            r"`energy [J]` from `m`, `h` and `day`: 50 rows of lift.csv
fitted on 32, validated on 8, held out 10: `m` > 8 or `h` > 9
set aside `place` (text)

    `energy [J]` = 9.81*m*h

    9.81 ± 0.02

                   rows  model        RMSE       R²  worst relative error
  -----------------------------------------------------------------------
    train            32  formula     0.234  0.99987                  0.01
                         linear fit   12.3    0.912                  3.21
                         small MLP    1.23   0.9980                0.0456
    validation        8  formula     0.246  0.99981                0.0101
                         linear fit   13.4    0.901                  1.23
                         small MLP    2.34   0.9950                0.0567
    extrapolation    10  formula     0.457   0.9932                0.0102
                         linear fit    234    -1.57                 0.456
                         small MLP       -        -                     -

confirmed: on 10 rows outside the fitted range (`m` > 8 or `h` > 9) the error is
what the noise inside explains: typical relative error 1 % there, 1 % on 40 rows
inside
"
        );
    }

    #[test]
    fn quiet_prints_the_formula_alone() {
        let options = TextOptions {
            quiet: true,
            front: true,
            explain: true,
        };
        assert_eq!(printed(&fixture::energy(), options), "9.81*m*h\n");
        assert_eq!(printed(&fixture::nothing_found(), options), "");
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
  -------------------------------------------------------------------------------
                3             45.6    0.734                 321    -2.7  98.1*h
    *           5            0.246  0.99981               0.457  0.9932  9.81*m*h

layer 1:

                u1   trained
  --------------------------
    path  multiply  g = 0.03
    m            1      0.98
    h            1      0.99
    (1 input not read)

layer 2:

            energy [J]  trained
  -----------------------------
    path           add
    u1            9.81
    offset         0.5
    (3 inputs not read)
"
        );
    }

    #[test]
    fn without_a_formula_the_baselines_remain() {
        let text = printed(&fixture::nothing_found(), TextOptions::default());
        for part in [
            "    no formula found\n",
            "linear fit",
            "refuted: no formula over the inputs came out of the search (time limit)\n",
            "hint: more rows",
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
        assert!(text.contains("equally good on every held-out row:\n\n    `energy [J]` = 9.81*day*h\n"));
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
