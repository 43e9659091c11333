//! The report for programs: one JSON object on one line.

use std::io::{self, Write};

use serde_json::{json, Map, Value};

use super::{Constant, Final, Layer, Report, Trained};
use crate::nalu::{Gate, TrainedLayer};
use crate::validate::EveryRowMetrics;

/// Raised whenever a key changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Writes the report as one JSON object and a newline. Numbers are finite or
/// null; `formula` and `metrics` are null when there is none. Fails only when `out` does.
pub fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &value(report)?)?;
    writeln!(out)
}

fn value(report: &Report) -> serde_json::Result<Value> {
    let found = report.found.as_ref();
    let ties = found.map_or(&[][..], |found| &found.ties);
    let constants = found.map_or(&[][..], |found| &found.constants);
    let layers = found.map_or(&[][..], |found| &found.layers);
    Ok(json!({
        "schema_version": SCHEMA_VERSION,
        "target": report.target,
        "inputs": report.inputs,
        "formula": serde_json::to_value(found.map(|found| &found.formula))?,
        "constants": constants.iter().map(constant).collect::<Vec<Value>>(),
        "final": found.and_then(|found| found.refitted.as_ref()).map(refitted),
        "verdict": serde_json::to_value(report.verdict())?,
        "holds_to": holds_to(report),
        "verdict_reason": report.verdict_reason(),
        "hint": report.hint(),
        "metrics": serde_json::to_value(found.map(|found| found.metrics))?,
        "baselines": serde_json::to_value(&report.baselines)?,
        "front": serde_json::to_value(&report.front)?,
        "ties": serde_json::to_value(ties)?,
        "layers": layers.iter().map(layer).collect::<Vec<Value>>(),
        "trained": found.and_then(|found| found.trained.as_ref()).map(trained),
        "split": serde_json::to_value(&report.split)?,
        "search": serde_json::to_value(&report.search)?,
        "every_row": found.and_then(|found| found.every_row.as_ref()).map(every_row).transpose()?,
        "outliers": report.outliers,
        "source": report.source,
        "notes": report.notes,
        "warnings": report.warnings,
    }))
}

/// The formula on every row of a table of which only a sample was searched.
fn every_row(metrics: &EveryRowMetrics) -> serde_json::Result<Value> {
    Ok(json!({
        "inside": serde_json::to_value(metrics.inside)?,
        "outside": serde_json::to_value(metrics.outside)?,
        "worst_line": metrics.worst_line,
    }))
}

fn constant(constant: &Constant) -> Value {
    json!({
        "value": number(constant.value),
        "stderr": constant.stderr.map_or(Value::Null, number),
        "recognised_as": constant.recognised_as,
        "fitted": number(constant.fitted),
        "consistent_with": constant.consistent_with,
    })
}

/// How far each input may go, null where further than was asked.
fn holds_to(report: &Report) -> Vec<Value> {
    let known = report
        .found
        .as_ref()
        .map_or(&[][..], |found| &found.judgement.holds_to);
    known
        .iter()
        .map(
            |&(input, to)| json!({ "input": report.inputs.get(input), "to": to.map_or(Value::Null, number) }),
        )
        .collect()
}

/// The formula as it was refitted on all rows.
fn refitted(refitted: &Final) -> Value {
    let constants = refitted.constants.iter().map(
        |(value, stderr)| json!({ "value": number(*value), "stderr": stderr.map_or(Value::Null, number) }),
    );
    json!({
        "text": refitted.text,
        "rows": refitted.rows,
        "constants": constants.collect::<Vec<Value>>(),
        "covariance": refitted.covariance.as_deref().map(matrix),
    })
}

/// Matrices have a row per input of the layer and a column per unit; a gate is
/// 1 for the add path and 0 for the multiply path. A unit's two gates say what
/// its inputs, and what their weighted sum, go through.
fn layer(layer: &Layer) -> Value {
    let rounded = &layer.rounded;
    json!({
        "w_add": matrix(&rounded.w_add),
        "w_mul": rounded
            .w_mul
            .iter()
            .map(|row| row.iter().map(|exponent| number(exponent.value())).collect())
            .collect::<Vec<Value>>(),
        "gates": rounded
            .gates
            .iter()
            .map(|gate| u8::from(*gate == Gate::Add))
            .collect::<Vec<u8>>(),
        "margins": {
            "weights": matrix(&rounded.weight_margins),
            "gates": vector(&rounded.gate_margins),
        },
        "offsets": vector(&rounded.offsets),
        "in_gates": (0..rounded.gates.len()).map(|unit| rounded.gate_names(unit).0).collect::<Vec<_>>(),
        "out_gates": (0..rounded.gates.len()).map(|unit| rounded.gate_names(unit).1).collect::<Vec<_>>(),
    })
}

/// The stack as training left it. `w_add`, `w_mul` and `gates` are shaped as
/// in `layers` and say how the cell acts; `parameters` are what was trained,
/// by their published names, with a row for each value the cell itself reads.
fn trained(trained: &Trained) -> Value {
    let stack = &trained.stack;
    let layer = |(depth, layer): (usize, &TrainedLayer)| {
        let parameters = layer.parameters.iter();
        json!({
            "cell": stack.cell.at_depth(depth).name(),
            "w_add": matrix(&layer.w_add),
            "w_mul": matrix(&layer.w_mul),
            "gates": vector(&layer.gates),
            "parameters": parameters
                .map(|(name, values)| ((*name).to_owned(), matrix(values)))
                .collect::<Map<String, Value>>(),
        })
    };
    json!({
        "cell": stack.cell.name(),
        "restart": stack.restart,
        "loss": number(stack.loss),
        "relative": stack.relative,
        "moved": trained.moved,
        "inputs": trained.inputs,
        "target": trained.target,
        "input_scale": vector(&stack.input_scale),
        "layers": stack.layers.iter().enumerate().map(layer).collect::<Vec<Value>>(),
        "readout": vector(&stack.readout),
        "offset": number(stack.offset),
    })
}

fn matrix(rows: &[Vec<f64>]) -> Value {
    rows.iter().map(|row| vector(row)).collect()
}

fn vector(values: &[f64]) -> Value {
    values.iter().copied().map(number).collect()
}

/// A whole number without its `.0`, as the rounded weights are; null when not
/// finite.
fn number(value: f64) -> Value {
    const LARGEST_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
    if value.fract() == 0.0 && value.abs() <= LARGEST_SAFE_INTEGER {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::{percent, r2, significant};
    use super::super::{fixture, text, TextOptions};
    use super::*;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        json(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_whole_object() {
        assert_eq!(
            written(&fixture::energy()),
            concat!(
                r#"{"schema_version":1,"#,
                r#""target":"energy [J]","#,
                r#""inputs":["m","h","day"],"#,
                r#""formula":{"text":"9.81*m*h","complexity":5,"latex":"9.81 m h","python":"9.81*m*h"},"#,
                r#""constants":[{"value":9.8123,"stderr":0.0213,"recognised_as":null,"fitted":9.8123,"consistent_with":null},"#,
                r#"{"value":2,"stderr":null,"recognised_as":"2","fitted":2,"consistent_with":null}],"#,
                r#""final":null,"#,
                r#""verdict":"confirmed","#,
                r#""holds_to":[],"#,
                r#""verdict_reason":"on 10 rows outside the fitted range (`m` > 8) its error is what "#,
                r#"the noise explains: 1 % there, 1 % on the 40 rows inside","#,
                r#""hint":null,"#,
                r#""metrics":{"train":{"rows":32,"rmse":0.2345,"r2":0.99987,"max_relative_error":0.01},"#,
                r#""validation":{"rows":8,"rmse":0.24567,"r2":0.99981,"max_relative_error":0.0101},"#,
                r#""extrapolation":{"rows":10,"rmse":0.4567,"r2":0.9932,"max_relative_error":0.0102}},"#,
                r#""baselines":{"linear":{"train":{"rows":32,"rmse":12.3,"r2":0.912,"max_relative_error":3.21},"#,
                r#""validation":{"rows":8,"rmse":13.4,"r2":0.901,"max_relative_error":1.23},"#,
                r#""extrapolation":{"rows":10,"rmse":234.5,"r2":-1.57,"max_relative_error":0.456}},"#,
                r#""mlp":{"train":{"rows":32,"rmse":1.23,"r2":0.998,"max_relative_error":0.0456},"#,
                r#""validation":{"rows":8,"rmse":2.34,"r2":0.995,"max_relative_error":0.0567},"#,
                r#""extrapolation":{"rows":10,"rmse":null,"r2":null,"max_relative_error":null}}},"#,
                r#""front":[{"text":"98.1*h","complexity":3,"validation":{"rows":8,"rmse":45.6,"r2":0.734,"#,
                r#""max_relative_error":8.91},"#,
                r#""extrapolation":{"rows":10,"rmse":321.0,"r2":-2.7,"max_relative_error":0.678}},"#,
                r#"{"text":"9.81*m*h","complexity":5,"validation":{"rows":8,"rmse":0.24567,"r2":0.99981,"#,
                r#""max_relative_error":0.0101},"#,
                r#""extrapolation":{"rows":10,"rmse":0.4567,"r2":0.9932,"max_relative_error":0.0102}}],"#,
                r#""ties":[],"#,
                r#""layers":[{"w_add":[[0],[0],[0]],"w_mul":[[1],[1],[0]],"gates":[0],"#,
                r#""margins":{"weights":[[0.02],[0.01],[0]],"gates":[0.03]},"offsets":[0],"#,
                r#""in_gates":["ln"],"out_gates":["exp"]},"#,
                r#"{"w_add":[[0],[0],[0],[9.81]],"w_mul":[[0],[0],[0],[0]],"gates":[1],"#,
                r#""margins":{"weights":[[0],[0],[0],[0]],"gates":[0]},"offsets":[0.5],"#,
                r#""in_gates":["x"],"out_gates":["identity"]}],"#,
                r#""trained":null,"#,
                r#""split":{"method":"outer_shell","rows":50,"train":32,"validation":8,"extrapolation":10,"#,
                r#""outside":10,"leave_one_out":false,"seed":0,"held_out":"m > 8","#,
                r#""ranges":[{"input":"m","fitted":[1.0,8.0],"extrapolation":[3.0,9.5]}]},"#,
                r#""search":{"seed":0,"restarts":32,"seconds":0.75,"stop_reason":"confirmed on validation","#,
                r#""threads":2,"steps":[]},"#,
                r#""every_row":null,"outliers":[],"source":"lift.csv","notes":["set aside `place` (text)"],"#,
                r#""warnings":["inputs `m` and `day` are nearly collinear"]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn without_a_formula_the_keys_stay() {
        let report = fixture::nothing_found();
        let object: Value = serde_json::from_str(&written(&report)).unwrap();
        assert_eq!(object["formula"], Value::Null);
        assert_eq!(object["metrics"], Value::Null);
        assert_eq!(object["verdict"], "refuted");
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<String>>()
        };
        let with: Value = serde_json::from_str(&written(&fixture::energy())).unwrap();
        assert_eq!(keys(&object), keys(&with));
    }

    #[test]
    fn the_text_carries_the_same_numbers() {
        let report = fixture::energy();
        let object: Value = serde_json::from_str(&written(&report)).unwrap();
        let mut out = Vec::new();
        let options = TextOptions {
            details: true,
            ..TextOptions::default()
        };
        text(&report, options, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let prose = text.replace('\n', " ");

        let details = text
            .lines()
            .skip_while(|line| !line.contains("worst relative error"));
        let mut lines = details;
        for part in ["train", "validation", "extrapolation"] {
            for (model, metrics) in [
                ("formula", &object["metrics"]),
                ("linear fit", &object["baselines"]["linear"]),
                ("small MLP", &object["baselines"]["mlp"]),
            ] {
                let line = lines.find(|line| line.contains(model)).unwrap();
                let metrics = &metrics[part];
                let figure = |key: &str| metrics[key].as_f64().unwrap_or(f64::NAN);
                let expected = [
                    significant(figure("rmse"), 3),
                    r2(figure("r2")),
                    percent(figure("max_relative_error")),
                ];
                let words: Vec<&str> = line.split_whitespace().collect();
                assert!(line.ends_with(&expected[2]), "{line}");
                let figures = expected.join(" ");
                assert!(words.join(" ").ends_with(&figures), "{figures} in {line}");
                if model == "formula" {
                    assert_eq!(words[..2], [part, &metrics["rows"].to_string()]);
                }
            }
        }
        let formula = object["formula"]["text"].as_str().unwrap();
        let verdict = object["verdict"].as_str().unwrap();
        assert!(text.starts_with(&format!("`energy [J]` = {formula}   {verdict}\n")));
        // But for the condition, which stands in the table.
        let reason = object["verdict_reason"]
            .as_str()
            .unwrap()
            .replace(" (`m` > 8)", "");
        let words: Vec<&str> = prose.split_whitespace().collect();
        assert!(words.join(" ").contains(&format!(" why {reason}")), "{text}");
    }
}
