//! A report made by hand, for the tests of the writers.

use super::{Constant, Discovery, Formula, FrontEntry, Layer, Report, Search};
use crate::baseline::Baselines;
use crate::formula::Exponent;
use crate::nalu::{DiscreteLayer, Gate, Inner, Outer, TrainedLayer};
use crate::split::{InputRange, SplitDescription, SplitMethod};
use crate::validate::{judge, Fitted, Metrics, SplitMetrics};

fn metrics(rows: usize, rmse: f64, r2: f64, max_relative_error: f64) -> Metrics {
    Metrics {
        rows,
        rmse,
        r2,
        max_relative_error,
        median_relative_error: max_relative_error / 2.0,
    }
}

fn formula(text: &str) -> Formula {
    Formula {
        text: text.to_string(),
        complexity: 5,
        latex: "9.81 m h".to_string(),
        python: text.to_string(),
    }
}

/// 9.81·m·h with 1 % noise, read from one multiply unit and a readout.
pub(super) fn energy() -> Report {
    let inside: Vec<f64> = (1..=40).map(f64::from).collect();
    let outside: Vec<f64> = (41..=50).map(f64::from).collect();
    let off = |values: &[f64]| -> Vec<f64> {
        let sign = |i: usize| if i.is_multiple_of(2) { 1.01 } else { 0.99 };
        values.iter().enumerate().map(|(i, y)| y * sign(i)).collect()
    };
    let fitted = |target, predictions| Fitted { target, predictions };
    let formula_metrics = SplitMetrics {
        train: metrics(32, 0.2345, 0.99987, 0.01),
        validation: metrics(8, 0.24567, 0.99981, 0.0101),
        extrapolation: metrics(10, 0.4567, 0.9932, 0.0102),
    };
    Report {
        target: "energy [J]".to_string(),
        target_text: "`energy [J]`".to_string(),
        inputs: ["m", "h", "day"].map(String::from).to_vec(),
        source: "lift.csv".to_string(),
        notes: vec!["set aside `place` (text)".to_string()],
        split: SplitDescription {
            method: SplitMethod::OuterShell,
            rows: 50,
            train: 32,
            validation: 8,
            extrapolation: 10,
            outside: 10,
            held_out: "m > 8".to_string(),
            ranges: vec![InputRange {
                input: "m".to_string(),
                fitted: [1.0, 8.0],
                extrapolation: Some([3.0, 9.5]),
            }],
            ..SplitDescription::default()
        },
        found: Some(Discovery {
            rival: None,
            refitted: None,
            formula: formula("9.81*m*h"),
            constants: vec![
                Constant {
                    value: 9.8123,
                    fitted: 9.8123,
                    stderr: Some(0.0213),
                    consistent_with: None,
                    recognised_as: None,
                },
                Constant {
                    value: 2.0,
                    fitted: 2.0,
                    stderr: None,
                    consistent_with: None,
                    recognised_as: Some("2".to_string()),
                },
            ],
            judgement: judge(
                fitted(&inside, &off(&inside)),
                fitted(&[], &[]),
                fitted(&outside, &off(&outside)),
                1,
            ),
            outside: "`m` > 8".to_string(),
            used: [0, 1].into(),
            inside: metrics(40, 0.2367, 0.99986, 0.0101),
            metrics: formula_metrics,
            every_row: None,
            ties: vec![],
            layers: vec![
                Layer {
                    rounded: DiscreteLayer {
                        w_add: vec![vec![0.0]; 3],
                        w_mul: [1, 1, 0].map(|n| vec![Exponent::integer(n)]).to_vec(),
                        gates: vec![Gate::Multiply],
                        offsets: vec![0.0],
                        inner: vec![Inner::Identity],
                        outer: vec![Outer::Identity],
                        weight_margins: vec![vec![0.02], vec![0.01], vec![0.0]],
                        gate_margins: vec![0.03],
                    },
                    free: TrainedLayer {
                        w_add: vec![vec![0.98], vec![0.99], vec![0.0]],
                        w_mul: vec![vec![0.98], vec![0.99], vec![0.0]],
                        gates: vec![0.03],
                        parameters: vec![],
                    },
                },
                Layer {
                    rounded: DiscreteLayer {
                        w_add: [0.0, 0.0, 0.0, 9.81].map(|w| vec![w]).to_vec(),
                        w_mul: vec![vec![Exponent::integer(0)]; 4],
                        gates: vec![Gate::Add],
                        offsets: vec![0.5],
                        inner: vec![Inner::Identity],
                        outer: vec![Outer::Identity],
                        weight_margins: vec![vec![0.0]; 4],
                        gate_margins: vec![0.0],
                    },
                    free: TrainedLayer {
                        w_add: [0.0, 0.0, 0.0, 9.8123].map(|w| vec![w]).to_vec(),
                        w_mul: vec![vec![0.0]; 4],
                        gates: vec![1.0],
                        parameters: vec![],
                    },
                },
            ],
            trained: None,
        }),
        outliers: vec![],
        baselines: Baselines {
            linear: SplitMetrics {
                train: metrics(32, 12.3, 0.912, 3.21),
                validation: metrics(8, 13.4, 0.901, 1.23),
                extrapolation: metrics(10, 234.5, -1.57, 0.456),
            },
            mlp: SplitMetrics {
                train: metrics(32, 1.23, 0.998, 0.0456),
                validation: metrics(8, 2.34, 0.995, 0.0567),
                extrapolation: metrics(10, f64::INFINITY, f64::NEG_INFINITY, f64::NAN),
            },
        },
        front: vec![
            FrontEntry {
                text: "98.1*h".to_string(),
                complexity: 3,
                validation: metrics(8, 45.6, 0.734, 8.91),
                extrapolation: metrics(10, 321.0, -2.7, 0.678),
            },
            FrontEntry {
                text: "9.81*m*h".to_string(),
                complexity: 5,
                validation: formula_metrics.validation,
                extrapolation: formula_metrics.extrapolation,
            },
        ],
        search: Search {
            seed: 0,
            restarts: 32,
            seconds: 0.75,
            stop_reason: "confirmed on validation".to_string(),
            threads: 2,
            steps: Vec::new(),
        },
        warnings: vec!["inputs `m` and `day` are nearly collinear".to_string()],
    }
}

/// The same run without a formula.
pub(super) fn nothing_found() -> Report {
    Report {
        found: None,
        front: vec![],
        search: Search {
            stop_reason: "time limit".to_string(),
            ..energy().search
        },
        ..energy()
    }
}

/// The report with a judgement on these predictions instead of its own.
pub(super) fn judged_on(target: [&[f64]; 2], predictions: [&[f64]; 2]) -> Report {
    let mut report = energy();
    report.split.train = target[0].len();
    report.split.validation = 0;
    report.split.extrapolation = target[1].len();
    if let Some(found) = &mut report.found {
        let part = |i: usize| Fitted {
            target: target[i],
            predictions: predictions[i],
        };
        let nothing = Fitted {
            target: &[],
            predictions: &[],
        };
        found.judgement = judge(part(0), nothing, part(1), 1);
    }
    report
}
