//! `--json` keeps its contract: every key is there, the formula parses back,
//! and evaluating it on the file gives the figures.

mod program;

use nalu_discover::dataset::{self, ReadOptions, Sample, Source};
use nalu_discover::formula::{parse, Expr};
use nalu_discover::split::{split, SplitOptions};
use serde_json::Value;
use tempfile::TempDir;

use program::{dataset, json, run, write_table, Draws};

const FILES: [&str; 6] = [
    "planets.csv",
    "trees.csv",
    "noisy_gas.csv",
    "signed.csv",
    "pendulum.csv",
    "irrelevant.csv",
];

/// Keys by their path, `[]` for any element.
const KEYS: &[&str] = &[
    "schema_version",
    "target",
    "inputs.[]",
    "formula.text",
    "formula.complexity",
    "formula.latex",
    "formula.python",
    "verdict",
    "verdict_reason",
    "hint",
    "metrics.train.rows",
    "metrics.train.rmse",
    "metrics.train.r2",
    "metrics.train.max_relative_error",
    "metrics.validation.rmse",
    "metrics.extrapolation.rmse",
    "baselines.linear.train.rmse",
    "baselines.linear.extrapolation.max_relative_error",
    "baselines.mlp.validation.r2",
    "baselines.mlp.extrapolation.rows",
    "front.[].text",
    "front.[].complexity",
    "front.[].validation.rmse",
    "front.[].extrapolation.rmse",
    "ties",
    "layers.[].w_add",
    "layers.[].w_mul",
    "layers.[].gates",
    "layers.[].offsets",
    "layers.[].in_gates",
    "layers.[].out_gates",
    "layers.[].margins.weights",
    "layers.[].margins.gates",
    "constants",
    "final",
    "holds_to",
    "trained",
    "split.method",
    "split.train",
    "split.validation",
    "split.extrapolation",
    "split.ranges.[].input",
    "split.ranges.[].fitted",
    "search.seed",
    "search.restarts",
    "search.seconds",
    "search.stop_reason",
    "search.threads",
    "search.steps.[].step",
    "search.steps.[].round",
    "search.steps.[].tried",
    "search.steps.[].kept",
    "search.steps.[].error_before",
    "search.steps.[].error_after",
    "search.steps.[].seconds",
    "source",
    "notes",
    "warnings",
];

#[test]
fn every_key_is_there() {
    for file in FILES {
        let report = json(&[&dataset(file)]);
        for path in KEYS {
            assert!(
                has(&report, &path.split('.').collect::<Vec<_>>()),
                "{file}: no `{path}`"
            );
        }
        assert_eq!(report["schema_version"], 1);
    }
}

fn has(value: &Value, path: &[&str]) -> bool {
    match path {
        [] => true,
        ["[]", rest @ ..] => {
            let elements = value.as_array().is_some_and(|elements| !elements.is_empty());
            elements
                && value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .all(|element| has(element, rest))
        }
        [key, rest @ ..] => value.get(key).is_some_and(|inner| has(inner, rest)),
    }
}

#[test]
fn the_formula_reproduces_the_figures() {
    for file in FILES {
        let path = dataset(file);
        let report = json(&[&path]);
        let table = dataset::read(&Source::Path(path.into()), &ReadOptions::default()).unwrap();
        let split = split(&table, &SplitOptions::default()).unwrap();
        let formulas = std::iter::once((&report["formula"]["text"], &report["metrics"])).chain(
            report["front"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| (&entry["text"], entry)),
        );
        for (text, metrics) in formulas {
            let text = text.as_str().unwrap();
            let expr = parse(text, &table.input_names()).unwrap();
            for (part, sample) in [
                ("train", &split.train),
                ("validation", &split.validation),
                ("extrapolation", &split.extrapolation),
            ] {
                if let Some(figures) = metrics.get(part) {
                    assert_figures(&expr, sample, figures, &format!("{file}, {text}, {part}"));
                }
            }
        }
    }
}

/// Straight from the definitions.
fn assert_figures(expr: &Expr, sample: &Sample, figures: &Value, what: &str) {
    let n = sample.target.len() as f64;
    let errors: Vec<f64> = expr
        .evaluate(&sample.inputs)
        .iter()
        .zip(&sample.target)
        .map(|(f, y)| f - y)
        .collect();
    let sum_of_squares = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
    let mean = sample.target.iter().sum::<f64>() / n;
    let deviations: Vec<f64> = sample.target.iter().map(|y| y - mean).collect();
    let floor = 1e-3 * (sum_of_squares(&sample.target) / n).sqrt();
    let worst = errors
        .iter()
        .zip(&sample.target)
        .map(|(error, y)| error.abs() / y.abs().max(floor))
        .fold(0.0, f64::max);
    let scale = sample
        .target
        .iter()
        .fold(0.0_f64, |largest, y| largest.max(y.abs()));
    assert_eq!(figures["rows"].as_f64(), Some(n), "{what}");
    for (key, expected, tolerance) in [
        ("rmse", (sum_of_squares(&errors) / n).sqrt(), 1e-12 * scale),
        (
            "r2",
            1.0 - sum_of_squares(&errors) / sum_of_squares(&deviations),
            1e-12,
        ),
        ("max_relative_error", worst, 1e-10),
    ] {
        let figure = figures[key].as_f64().unwrap();
        let close = (figure - expected).abs() <= tolerance + 1e-9 * expected.abs();
        assert!(close, "{what}, {key}: {figure} and not {expected}");
    }
}

/// The layers are what is printed: evaluated as NALU layers they give the
/// formula's values.
#[test]
fn the_layers_are_the_formula() {
    for file in FILES {
        let path = dataset(file);
        let report = json(&[&path]);
        let table = dataset::read(&Source::Path(path.into()), &ReadOptions::default()).unwrap();
        let sample = table.sample();
        let text = report["formula"]["text"].as_str().unwrap();
        let values = parse(text, &table.input_names())
            .unwrap()
            .evaluate(&sample.inputs);
        for (row, value) in values.iter().enumerate() {
            let inputs: Vec<f64> = sample.inputs.iter().map(|column| column[row]).collect();
            let output = forward(report["layers"].as_array().unwrap(), &inputs);
            assert!(
                (output - value).abs() <= 1e-9 * value.abs(),
                "{file}, row {row}: {output} and not {value}"
            );
        }
    }
}

/// A stack as the contract describes it: a layer reads the formula's inputs
/// and then the units before it; gate 1 adds, gate 0 multiplies.
fn forward(layers: &[Value], inputs: &[f64]) -> f64 {
    let mut units: Vec<f64> = Vec::new();
    for layer in layers {
        let reads = [inputs, &units].concat();
        let number = |value: &Value| value.as_f64().unwrap();
        let weight = |matrix: &str, input: usize, unit: usize| number(&layer[matrix][input][unit]);
        let gates = layer["gates"].as_array().unwrap();
        for matrix in ["w_add", "w_mul"] {
            assert_eq!(layer[matrix].as_array().unwrap().len(), reads.len());
        }
        units = (0..gates.len())
            .map(|unit| match number(&gates[unit]) {
                1.0 => (0..reads.len())
                    .map(|input| weight("w_add", input, unit) * reads[input])
                    .fold(number(&layer["offsets"][unit]), |total, term| total + term),
                _ => (0..reads.len())
                    .map(|input| reads[input].powf(weight("w_mul", input, unit)))
                    .product(),
            })
            .collect();
    }
    units[0]
}

/// What was trained stands beside what it was rounded to: `W = tanh(Ŵ)⊙σ(M̂)`
/// by hand from the printed Ŵ and M̂, and rounded it is the formula's.
#[test]
fn the_trained_parameters_lead_to_the_layers() {
    let folder = TempDir::new().unwrap();
    let mut draws = Draws::new(3);
    let mut table = |name: &str, formula: fn(f64, f64) -> f64| {
        let rows: Vec<Vec<f64>> = (0..60)
            .map(|_| [draws.next(1.0, 5.0), draws.next(1.0, 5.0)])
            .map(|[a, b]| vec![a, b, formula(a, b)])
            .collect();
        let path = write_table(folder.path(), name, &["a", "b", "y"], &rows);
        path.to_str().unwrap().to_owned()
    };
    let sum = table("sum.csv", |a, b| a + b);
    let product = table("product.csv", |a, b| a * b);
    // Where tanh·σ is not used, the trained weight is the acting one.
    let cases = [
        ("nac", &sum, "w_add", Some(["w_hat", "m_hat"])),
        ("nac-mul", &product, "w_mul", Some(["w_hat", "m_hat"])),
        ("nalu", &sum, "w_add", Some(["w_hat", "m_hat"])),
        ("nalu-separate", &sum, "w_mul", Some(["w_hat_mul", "m_hat_mul"])),
        ("nalu-separate", &sum, "w_add", Some(["w_hat_add", "m_hat_add"])),
        ("inalu", &sum, "w_add", Some(["w_hat_add", "m_hat_add"])),
        ("nau", &sum, "w_add", None),
        ("nmu", &product, "w_mul", None),
        ("real-npu", &product, "w_mul", None),
    ];
    for (cell, path, acting, squashed) in cases {
        let report = json(&[path, "--cell", cell, "--layers", "1"]);
        let trained = &report["trained"];
        let layer = &trained["layers"][0];
        assert_eq!(layer["cell"], cell, "{trained}");
        assert_eq!(trained["inputs"], serde_json::json!(["a", "b"]));
        assert_eq!(
            (&trained["target"], &trained["moved"]),
            (&"y".into(), &false.into())
        );
        let number = |value: &Value| value.as_f64().unwrap();
        for input in 0..2 {
            let parameter = |name: &str| number(&layer["parameters"][name][input][0]);
            let expected = match squashed {
                Some([w, m]) => parameter(w).tanh() / (1.0 + (-parameter(m)).exp()),
                None => parameter("w"),
            };
            let weight = number(&layer[acting][input][0]);
            assert!(
                (weight - expected).abs() < 1e-12,
                "{cell}, {acting}: {weight}, {expected}"
            );
            if squashed.is_none_or(|[w, _]| acting == "w_add" || !w.ends_with("_mul")) {
                assert_eq!(
                    weight.round(),
                    number(&report["layers"][0][acting][input][0]),
                    "{cell}"
                );
            }
        }
        let gate = number(&layer["gates"][0]);
        assert_eq!(gate.round(), number(&report["layers"][0]["gates"][0]), "{cell}");
        assert!(number(&trained["loss"]) < 0.05, "{cell}: {trained}");
        if cell.starts_with("nalu") {
            // The gate of a row is σ of the row times G.
            assert_eq!(layer["parameters"]["gate"].as_array().unwrap().len(), 2, "{cell}");
        }
    }
}

#[test]
fn a_closed_form_has_no_trained_stack() {
    let report = json(&[&dataset("planets.csv")]);
    assert_eq!(report["trained"], Value::Null);
    assert!(report["layers"]
        .as_array()
        .is_some_and(|layers| !layers.is_empty()));
}

#[test]
fn with_too_few_rows_to_split_the_keys_stay() {
    let folder = TempDir::new().unwrap();
    let rows: Vec<Vec<f64>> = (1..=6).map(f64::from).map(|a| vec![a, 3.0 * a * a]).collect();
    let table = write_table(folder.path(), "t.csv", &["a", "y"], &rows);
    let path = table.to_str().unwrap();
    let report = json(&[path]);
    assert_eq!(report["formula"]["text"], "3 * a^2");
    assert_eq!(report["split"]["leave_one_out"], true);
    assert_eq!(report["metrics"]["extrapolation"]["rows"], 0);
    assert_eq!(report["metrics"]["extrapolation"]["rmse"], Value::Null);
    assert_eq!(report["verdict"], "approximate");
    assert_eq!(run(&[path]).status.code(), Some(1), "nothing is known outside");
}
