//! Laws with exponentials, logarithms, waves and free exponents come back from
//! their tables, spelled as expected, and hold on rows outside those tables.

mod program;

use nalu_discover::formula::parse;
use serde_json::Value;
use tempfile::TempDir;

use program::{json, write_table, Draws};

/// A law, the columns it is drawn from, and how it should be printed.
struct Law {
    columns: &'static [(&'static str, f64, f64)],
    law: fn(&[f64]) -> f64,
    formula: &'static str,
}

const LAWS: &[Law] = &[
    Law {
        columns: &[("t", 0.0, 20.0)],
        law: |x| 250.0 * (-0.083 * x[0]).exp(),
        formula: "250 * exp(-0.083 * t)",
    },
    Law {
        columns: &[("d", 1.0, 900.0)],
        law: |x| 5.0 * x[0].log10() - 5.0,
        formula: "5 * log10(d) - 5",
    },
    Law {
        columns: &[("t", 0.0, 0.06)],
        law: |x| 325.0 * (314.159265 * x[0] + 0.4).sin(),
        formula: "325 * sin(314.159265 * t + 0.4)",
    },
    Law {
        columns: &[("x", 0.2, 30.0)],
        law: |x| 4.4 + 0.7 * x[0].powf(1.37),
        formula: "0.7 * x^1.37 + 4.4",
    },
    Law {
        columns: &[("x", -6.0, 6.0)],
        law: |x| 3.4 * (x[0] / 2.1).tanh() + 0.2 * x[0],
        formula: "0.2 * x + 3.4 * tanh(x / 2.1)",
    },
    Law {
        columns: &[("t", 0.0, 15.0)],
        law: |x| 180.0 * (-4.2 * (-0.31 * x[0]).exp()).exp(),
        formula: "180 * exp(-4.2 * exp(-0.31 * t))",
    },
    Law {
        columns: &[("E", 0.1, 1.0), ("mu", 0.2, 0.8), ("kT", 0.02, 0.2)],
        law: |x| 1.0 / (((x[0] - x[1]) / x[2]).exp() + 1.0),
        formula: "1 / (exp((E - mu) / kT) + 1)",
    },
    Law {
        columns: &[("B", 1000.0, 90000.0), ("r", 0.01, 0.1), ("n", 1.0, 20.0)],
        law: |x| x[0] * (1.0 + x[1]).powf(x[2]),
        formula: "B * (r + 1)^n",
    },
    Law {
        columns: &[("d", 1.0, 900.0), ("bearing", 0.0, 6.2)],
        law: |x| x[0] * x[1].cos(),
        formula: "d * cos(bearing)",
    },
    Law {
        columns: &[("theta", 0.05, 1.4), ("n", 1.2, 2.2)],
        law: |x| (x[0].sin() / x[1]).asin(),
        formula: "asin(sin(theta) / n)",
    },
    Law {
        columns: &[("angle", 5.0, 60.0), ("v", 5.0, 30.0)],
        law: |x| x[1] * x[1] * (2.0 * x[0].to_radians()).sin() / 9.81,
        formula: "v^2 * sin(pi * angle / 90) / 9.81",
    },
    Law {
        columns: &[("x", 0.0, 9.0)],
        law: |x| 1.7 * (x[0] - 3.3).abs() + 0.4,
        formula: "1.7 * abs(x - 3.3) + 0.4",
    },
    Law {
        columns: &[("x", 0.0, 2.0), ("y", 0.0, 2.0)],
        law: |x| 0.5 * (x[0] - x[1]).sin() - x[0].sin(),
        formula: "0.5 * sin(x - y) - sin(x)",
    },
];

/// The table of a law, and rows beyond it.
fn drawn(law: &Law, seed: u64, folder: &TempDir) -> (String, Vec<Vec<f64>>) {
    let mut draws = Draws::new(seed);
    let mut row = |shift: f64| -> Vec<f64> {
        let columns = law.columns.iter();
        columns
            .map(|&(_, low, high)| draws.next(low, high) + shift * (high - low))
            .collect()
    };
    let rows: Vec<Vec<f64>> = (0..200)
        .map(|_| {
            let mut row = row(0.0);
            row.push((law.law)(&row));
            row
        })
        .collect();
    let beyond = (0..50).map(|_| row(0.5)).collect();
    let names: Vec<&str> = law.columns.iter().map(|(name, ..)| *name).collect();
    let table = write_table(
        folder.path(),
        "t.csv",
        &[names.as_slice(), &["target"]].concat(),
        &rows,
    );
    (table.to_string_lossy().into_owned(), beyond)
}

#[test]
fn laws_with_functions_come_back_and_hold_beyond_their_tables() {
    for (seed, law) in LAWS.iter().enumerate() {
        let folder = TempDir::new().unwrap();
        let (table, beyond) = drawn(law, seed as u64, &folder);
        let report = json(&[&table]);
        assert_eq!(report["formula"]["text"], law.formula);
        assert_eq!(report["verdict"], "confirmed", "{}", law.formula);
        let names: Vec<String> = law.columns.iter().map(|(name, ..)| (*name).to_string()).collect();
        let found = parse(report["formula"]["text"].as_str().unwrap(), &names).unwrap();
        for row in &beyond {
            let (value, expected) = (found.evaluate_row(row), (law.law)(row));
            if expected.is_finite() {
                let off = (value - expected).abs();
                assert!(
                    off <= 1e-8 * expected.abs().max(1e-3),
                    "{} at {row:?}: {value}",
                    law.formula
                );
            }
        }
        assert!(
            !report["layers"].as_array().unwrap().is_empty(),
            "{}",
            law.formula
        );
    }
}

#[test]
fn decibels_come_back_to_base_ten_under_noise() {
    let folder = TempDir::new().unwrap();
    let mut draws = Draws::new(5);
    let level = |p: f64| 20.0 * p.log10() + 94.0;
    let rows: Vec<Vec<f64>> = (0..100)
        .map(|_| {
            let p = 10.0_f64.powf(draws.next(-3.0, 2.0));
            let noise = draws.next(-0.06, 0.06) + draws.next(-0.06, 0.06);
            vec![p, level(p) + noise]
        })
        .collect();
    let table = write_table(folder.path(), "t.csv", &["p", "level"], &rows);
    let report = json(&[&table.to_string_lossy()]);
    let text = report["formula"]["text"].as_str().unwrap();
    assert!(text.starts_with("20 * log10(p) + "), "{text}");
    assert_eq!(report["verdict"], "confirmed", "{text}");
    let found = parse(text, &["p".to_string()]).unwrap();
    for p in [300.0, 5000.0] {
        assert!(
            (found.evaluate_row(&[p]) - level(p)).abs() < 0.05,
            "{text} at {p}"
        );
    }
}

#[test]
fn the_language_is_what_the_user_allows() {
    let folder = TempDir::new().unwrap();
    let (table, _) = drawn(&LAWS[0], 0, &folder);
    let has_function = |report: &Value| report["formula"]["text"].as_str().unwrap().contains("exp(");
    assert!(has_function(&json(&[&table, "--functions", "exp"])));
    for arguments in [["--language", "algebra"], ["--functions", "ln,sin"]] {
        let report = json(&[&[table.as_str(), "--time-limit", "1"][..], &arguments[..]].concat());
        assert!(!has_function(&report), "{arguments:?}: {}", report["formula"]);
    }
}

#[test]
fn a_unit_shows_both_its_gates() {
    let folder = TempDir::new().unwrap();
    let (table, _) = drawn(&LAWS[0], 0, &folder);
    let layers = &json(&[&table])["layers"];
    assert_eq!(layers[0]["in_gates"], serde_json::json!(["x"]));
    assert_eq!(layers[0]["out_gates"], serde_json::json!(["exp"]));
    assert_eq!(layers[0]["gates"], serde_json::json!([1]));
}

/// On whole numbers a wave of 3.6 is one of 2.68: the slower is printed, and the
/// faster is named.
#[test]
fn the_alias_of_a_wave_is_a_tie() {
    let folder = TempDir::new().unwrap();
    let rows: Vec<Vec<f64>> = (1..=60)
        .map(|n| {
            let n = f64::from(n);
            vec![n, 2.0 * n * (3.6 * n).cos()]
        })
        .collect();
    let path = write_table(folder.path(), "t.csv", &["n", "y"], &rows);
    let report = json(&[path.to_str().unwrap()]);
    let text = report["formula"]["text"].as_str().unwrap();
    assert_eq!(report["verdict"], "confirmed", "{text}");
    let tie = report["ties"][0]["text"].as_str().unwrap();
    let names = vec!["n".to_owned()];
    let value = |text: &str, n: f64| parse(text, &names).unwrap().evaluate(&[vec![n]])[0];
    for n in [70.0, 83.0] {
        assert!(
            (value(text, n) - 2.0 * n * (3.6_f64 * n).cos()).abs() < 1e-6,
            "{text}"
        );
        assert!((value(tie, n) - value(text, n)).abs() < 1e-6, "{tie}");
    }
    assert!((value(tie, 70.5) - value(text, 70.5)).abs() > 0.1, "{tie}");
}
