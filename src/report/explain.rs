//! `--explain`: the rounded matrices beside the free ones, layer by layer.

use std::io::{self, Write};

use super::number::significant;
use super::prose::count;
use super::table::Columns;
use super::{Layer, Report};
use crate::formula::Exponent;
use crate::nalu::Gate;

/// Prints each layer as a table with a row per input and two columns per
/// unit: the rounded value and where the rows alone would put it. Inputs that
/// no unit reads are counted, not listed. Units are numbered through all
/// layers; the last is the target.
pub(super) fn layers(report: &Report, layers: &[Layer], out: &mut dyn Write) -> io::Result<()> {
    let mut names = report.inputs.clone();
    let mut units_before = 0;
    for (depth, layer) in layers.iter().enumerate() {
        let width = layer.rounded.gates.len();
        let units: Vec<String> = (0..width)
            .map(|unit| {
                if depth + 1 == layers.len() && unit == 0 {
                    report.target.clone()
                } else {
                    format!("u{}", units_before + unit + 1)
                }
            })
            .collect();
        writeln!(out, "\nlayer {}:\n", depth + 1)?;
        table(layer, &names, &units, out)?;
        names = report.inputs.iter().chain(&units).cloned().collect();
        units_before += width;
    }
    Ok(())
}

fn table(layer: &Layer, names: &[String], units: &[String], out: &mut dyn Write) -> io::Result<()> {
    let rounded = &layer.rounded;
    let free = &layer.free;
    let titles: Vec<&str> = ["<"]
        .into_iter()
        .chain(units.iter().flat_map(|unit| [unit.as_str(), "unrounded"]))
        .collect();
    let mut table = Columns::new(&titles);

    let mut cells = vec!["path".to_string()];
    for gate in &rounded.gates {
        cells.push(match gate {
            Gate::Add => "add".to_string(),
            Gate::Multiply => "multiply".to_string(),
        });
        cells.push(String::new());
    }
    table.row(cells);

    if !rounded.has_one_gate() {
        for (title, of_unit) in [("in", 0), ("out", 1)] {
            let mut cells = vec![title.to_string()];
            for unit in 0..rounded.gates.len() {
                let (inner, outer) = rounded.gate_names(unit);
                cells.push([inner, outer][of_unit].to_string());
                cells.push(String::new());
            }
            table.row(cells);
        }
    }

    let mut unread = 0;
    for (input, name) in names.iter().enumerate() {
        let mut cells = vec![name.clone()];
        let mut read = false;
        for (unit, gate) in rounded.gates.iter().enumerate() {
            let (text, is_zero, matrix) = match gate {
                Gate::Add => {
                    let weight = weight(&rounded.w_add, input, unit).unwrap_or(0.0);
                    (significant(weight, 6), weight == 0.0, &free.w_add)
                }
                Gate::Multiply => {
                    let exponent = rounded.w_mul.get(input).and_then(|row| row.get(unit).copied());
                    (
                        exponent.map_or("0".to_string(), fraction),
                        exponent.is_none_or(|e| e.numerator() == 0),
                        &free.w_mul,
                    )
                }
            };
            read |= !is_zero;
            cells.push(text);
            let unrounded = weight(matrix, input, unit).filter(|_| !is_zero);
            cells.push(unrounded.map_or(String::new(), shown));
        }
        if read {
            table.row(cells);
        } else {
            unread += 1;
        }
    }
    if rounded.offsets.iter().any(|&offset| offset != 0.0) {
        let mut cells = vec!["offset".to_string()];
        for &offset in &rounded.offsets {
            cells.push(significant(offset, 6));
            cells.push(String::new());
        }
        table.row(cells);
    }
    table.write(out)?;
    match unread {
        0 => Ok(()),
        n => writeln!(out, "    ({} not read)", count(n, "input")),
    }
}

fn weight(matrix: &[Vec<f64>], input: usize, unit: usize) -> Option<f64> {
    matrix.get(input)?.get(unit).copied()
}

/// Four digits: more than any rounding needs.
fn shown(weight: f64) -> String {
    significant(weight, 4)
}

fn fraction(exponent: Exponent) -> String {
    match exponent.denominator() {
        1 => exponent.numerator().to_string(),
        denominator => format!("{}/{denominator}", exponent.numerator()),
    }
}
