//! `--explain`: the trained parameters behind the formula, before any rounding.

use std::io::{self, Write};

use super::number::significant;
use super::prose::paragraph;
use super::table::Columns;
use super::Trained;
use crate::nalu::{Cell, TrainedLayer};

/// Prints each trained layer as a table with a column per unit: what was
/// trained, by its published name, then the weights and gates as they act.
/// Units are numbered through all layers.
pub(super) fn stack(trained: Option<&Trained>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    let Some(trained) = trained else {
        let nothing = "trained: nothing. The formula was found in closed form, without gradient descent; \
                       the layers above are what it stands for.";
        return paragraph(nothing, out);
    };
    let stack = &trained.stack;
    paragraph(&opening(trained), out)?;
    let mut before: Vec<String> = Vec::new();
    let mut units_before = 0;
    for (depth, layer) in stack.layers.iter().enumerate() {
        let units: Vec<String> = (1..=layer.gates.len())
            .map(|unit| format!("t{}", units_before + unit))
            .collect();
        let cell = stack.cell.at_depth(depth);
        writeln!(out, "\ntrained layer {} ({}):\n", depth + 1, cell.name())?;
        let reads: Vec<String> = trained.inputs.iter().chain(&before).cloned().collect();
        table(cell, layer, &reads, &units, out)?;
        units_before += units.len();
        before = units;
    }
    writeln!(out)?;
    paragraph(&readout(trained, &before), out)
}

fn opening(trained: &Trained) -> String {
    let stack = &trained.stack;
    let rounding = if trained.moved {
        "Rounded; then a weight was moved to a neighbour on the grid, which fits better."
    } else {
        "Rounded weight by weight."
    };
    let relative = if stack.relative { ", errors relative" } else { "" };
    let scaled: Vec<String> = trained
        .inputs
        .iter()
        .zip(&stack.input_scale)
        .filter(|(_, scale)| **scale != 1.0)
        .map(|(input, scale)| format!("{input} by {}", shown(*scale)))
        .collect();
    let scaling = if scaled.is_empty() {
        String::new()
    } else {
        format!(" Inputs were divided first: {}.", scaled.join(", "))
    };
    format!(
        "trained: `{}` on `{}`, restart {}, mean squared error {} of the variance{relative}. {rounding}{scaling}",
        stack.cell.name(),
        trained.target,
        stack.restart,
        shown(stack.loss),
    )
}

/// The output of the stack over the units of its last layer.
fn readout(trained: &Trained, units: &[String]) -> String {
    let terms = trained.stack.readout.iter().zip(units);
    let mut sum = String::new();
    for (coefficient, unit) in terms
        .map(|(c, unit)| (*c, Some(unit)))
        .chain([(trained.stack.offset, None)])
    {
        match (sum.is_empty(), coefficient < 0.0) {
            _ if coefficient == 0.0 => continue,
            (true, negative) => sum.push_str(if negative { "-" } else { "" }),
            (false, negative) => sum.push_str(if negative { " - " } else { " + " }),
        }
        let size = coefficient.abs();
        match unit {
            Some(unit) if size == 1.0 => sum.push_str(unit),
            Some(unit) => sum.push_str(&format!("{} {unit}", shown(size))),
            None => sum.push_str(&shown(size)),
        }
    }
    format!("{} = {sum}", trained.target)
}

fn table(
    cell: Cell,
    layer: &TrainedLayer,
    reads: &[String],
    units: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let titles: Vec<&str> = ["<"]
        .into_iter()
        .chain(units.iter().map(String::as_str))
        .collect();
    let mut table = Columns::new(&titles);
    let of_inputs = |name: &str| !lies_flat(cell, name);
    let own_rows = layer.parameters.iter().find(|(name, _)| of_inputs(name));
    // A chained layer does not read the stack's own inputs.
    let skipped = own_rows.map_or(0, |(_, values)| reads.len().saturating_sub(values.len()));
    let mut rows = |name: &str, values: &[Vec<f64>]| {
        for (input, row) in reads[skipped..].iter().zip(values) {
            let label = format!("{name} {input}");
            table.row([label].into_iter().chain(row.iter().copied().map(shown)));
        }
    };
    let mut elsewhere = Vec::new();
    for (name, values) in &layer.parameters {
        if of_inputs(name) {
            rows(name, values);
        } else {
            elsewhere.push((name, values.concat()));
        }
    }
    let (w_add, w_mul) = (&layer.w_add[skipped..], &layer.w_mul[skipped..]);
    if w_add != w_mul {
        rows("W add", w_add);
        rows("W multiply", w_mul);
    } else if layer.parameters.iter().all(|(_, values)| values != w_add) {
        rows("W", w_add);
    }
    let gates = layer.gates.iter().copied().map(shown);
    let label = if gate_depends_on_input(cell) {
        "g, mean"
    } else {
        "g"
    };
    table.row([label.to_string()].into_iter().chain(gates));
    table.write(out)?;
    for (name, values) in elsewhere {
        let values: Vec<String> = values.into_iter().map(shown).collect();
        writeln!(out, "    {name}: {}", values.join(", "))?;
    }
    Ok(())
}

/// Whether a parameter lacks a row for each input of the layer: iNALU's gate has
/// one number a unit, and the real NPU's relevance one an input for all units.
fn lies_flat(cell: Cell, name: &str) -> bool {
    matches!((cell, name), (Cell::Inalu, "gate") | (Cell::RealNpu, "relevance"))
}

/// Whether the gate is another one in each row.
fn gate_depends_on_input(cell: Cell) -> bool {
    matches!(cell, Cell::Nalu | Cell::NaluSeparate)
}

/// Four digits: more than any rounding needs.
fn shown(value: f64) -> String {
    significant(value, 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::TrainedStack;

    fn printed(trained: Option<&Trained>) -> String {
        let mut out = Vec::new();
        stack(trained, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn column(values: &[f64]) -> Vec<Vec<f64>> {
        values.iter().map(|&value| vec![value]).collect()
    }

    /// An iNALU over `a` and `b` under an iNALU that reads its unit alone.
    fn two_layers() -> Trained {
        let layer = |w_add: &[f64], w_mul: &[f64], w_hat: &[f64], gate: f64| TrainedLayer {
            w_add: column(w_add),
            w_mul: column(w_mul),
            gates: vec![0.75],
            parameters: vec![("w_hat_add", column(w_hat)), ("gate", column(&[gate]))],
        };
        Trained {
            stack: TrainedStack {
                cell: Cell::Inalu,
                layers: vec![
                    layer(&[0.9, -0.8], &[0.1, 0.2], &[3.0, -2.0], 1.5),
                    layer(&[0.0, 0.0, 0.5], &[0.0, 0.0, 0.5], &[7.0], -1.5),
                ],
                input_scale: vec![1.0, 200.0],
                readout: vec![1.0],
                offset: -0.25,
                loss: 1.25e-3,
                relative: false,
                restart: 4,
            },
            inputs: ["a", "b"].map(String::from).to_vec(),
            target: "y^2".to_string(),
            moved: true,
        }
    }

    #[test]
    fn parameters_stand_above_what_they_come_to() {
        assert_eq!(
            printed(Some(&two_layers())),
            r"
trained: `inalu` on `y^2`, restart 4, mean squared error 0.00125 of the
variance. Rounded; then a weight was moved to a neighbour on the grid, which
fits better. Inputs were divided first: b by 200.

trained layer 1 (inalu):

                    t1
  --------------------
    w_hat_add a      3
    w_hat_add b     -2
    W add a        0.9
    W add b       -0.8
    W multiply a   0.1
    W multiply b   0.2
    g             0.75
    gate: 1.5

trained layer 2 (inalu):

                    t2
  --------------------
    w_hat_add t1     7
    W t1           0.5
    g             0.75
    gate: -1.5

y^2 = t2 - 0.25
"
        );
    }

    #[test]
    fn a_closed_form_has_nothing_trained_behind_it() {
        assert!(printed(None).starts_with("\ntrained: nothing. The formula was found in closed form"));
    }
}
