//! Laws that are known come back from their tables, spelled as expected, and
//! hold on rows far outside those tables.

mod program;

use nalu_discover::formula::parse;
use serde_json::Value;
use tempfile::TempDir;

use program::{dataset, json, write_table, Draws};

/// (file, formula, worst relative error on the held-out rows at most)
const DATASETS: &[(&str, &str, f64)] = &[
    ("sum.csv", "net_kg + tare_kg", 1e-12),
    ("difference.csv", "revenue_eur - costs_eur", 1e-12),
    ("product.csv", "width_m * depth_m", 1e-12),
    ("quotient.csv", "distance_m / time_s", 1e-12),
    ("square.csv", "side_m^2", 1e-12),
    ("root.csv", "sqrt(area_m2)", 1e-12),
    ("nested.csv", "wage_eur_h * (day_hours + night_hours)", 1e-12),
    ("kinetic_energy.csv", "0.5 * mass_kg * speed_m_s^2", 1e-12),
    ("potential_energy.csv", "9.81 * mass_kg * height_m", 1e-12),
    ("fahrenheit.csv", "1.8 * celsius + 32", 1e-12),
    (
        "signed.csv",
        "`conductance [W/K]` * (`inside [°C]` - `outside [°C]`)",
        1e-12,
    ),
    (
        "parallel_resistors.csv",
        "r1_ohm * r2_ohm / (r1_ohm + r2_ohm)",
        1e-12,
    ),
    ("irrelevant.csv", "voltage_v^2 / resistance_ohm", 1e-12),
    ("pendulum.csv", "2 * pi * sqrt(length_m / gravity_m_s2)", 1e-12),
    ("pythagoras.csv", "sqrt(leg_a_m^2 + leg_b_m^2)", 1e-12),
    ("planets.csv", "semi_major_axis_au^1.5", 0.005),
];

#[test]
fn checked_in_data_sets() {
    for (file, formula, worst) in DATASETS {
        let report = json(&[&dataset(file)]);
        assert_eq!(report["formula"]["text"], *formula, "{file}");
        assert_eq!(report["verdict"], "confirmed", "{file}");
        let outside = &report["metrics"]["extrapolation"];
        assert!(outside["rows"].as_u64() >= Some(2), "{file}");
        assert!(
            figure(outside, "max_relative_error") <= *worst,
            "{file}: {outside}"
        );
        // What extrapolation costs those that only fit.
        let is_linear = ["sum.csv", "difference.csv", "fahrenheit.csv"].contains(file);
        let linear = &report["baselines"]["linear"]["extrapolation"];
        assert_eq!(
            figure(linear, "max_relative_error") <= 0.01,
            is_linear,
            "{file}: {linear}"
        );
    }
}

#[test]
fn noise_leaves_the_formula_and_blurs_its_constant() {
    let report = json(&[&dataset("noisy_gas.csv")]);
    assert_eq!(report["verdict"], "confirmed");
    let names = ["amount_mol", "temperature_k", "volume_m3"].map(String::from);
    let found = parse(report["formula"]["text"].as_str().unwrap(), &names).unwrap();
    let law = parse("8.31 * amount_mol * temperature_k / volume_m3", &names).unwrap();
    assert!(found.same_structure(&law), "{}", report["formula"]["text"]);
    let constant = &report["constants"][0];
    let (value, error) = (figure(constant, "value"), figure(constant, "stderr"));
    assert!((0.002..0.02).contains(&error), "{constant}");
    assert!((value - 8.314462618).abs() < 3.0 * error, "{constant}");
}

#[test]
fn trees_are_a_power_of_girth_and_height() {
    let report = json(&[&dataset("trees.csv")]);
    let names = ["girth_in", "height_ft"].map(String::from);
    let found = parse(report["formula"]["text"].as_str().unwrap(), &names).unwrap();
    assert_eq!(found.variables_used().len(), 2, "{}", report["formula"]["text"]);
    // Measured: the median tree and a large one.
    for (girth, height, volume) in [(12.9, 74.0, 22.2), (20.6, 87.0, 77.0)] {
        let predicted = found.evaluate_row(&[girth, height]);
        assert!(
            (predicted / volume - 1.0).abs() < 0.25,
            "{predicted} for {volume}"
        );
    }
    let outside = figure(&report["metrics"]["extrapolation"], "rmse");
    assert!(outside < figure(&report["baselines"]["linear"]["extrapolation"], "rmse"));
}

/// A law, the columns it is drawn from, and how it should be printed.
struct Law {
    columns: &'static [(&'static str, f64, f64)],
    law: fn(&[f64]) -> f64,
    formula: &'static str,
    arguments: &'static [&'static str],
}

const A: (&str, f64, f64) = ("a", 1.0, 10.0);
const B: (&str, f64, f64) = ("b", 1.0, 10.0);
const C: (&str, f64, f64) = ("c", 1.0, 10.0);
const D: (&str, f64, f64) = ("d", 1.0, 10.0);

const LAWS: &[Law] = &[
    Law {
        columns: &[A, B, C],
        law: |x| (x[0] + x[1]) * x[2],
        formula: "c * (a + b)",
        arguments: &[],
    },
    Law {
        columns: &[A, B, C],
        law: |x| x[0] / (x[1] + x[2]),
        formula: "a / (b + c)",
        arguments: &[],
    },
    Law {
        columns: &[A, B, C, D],
        law: |x| x[0] * x[1] + x[2] * x[3],
        formula: "a * b + c * d",
        arguments: &[],
    },
    Law {
        columns: &[A, B, C, D],
        law: |x| x[0] * x[1] / (x[2] * x[2]) + x[3],
        formula: "a * b / c^2 + d",
        arguments: &[],
    },
    Law {
        columns: &[A, B],
        law: |x| x[0] * x[1] / (x[0] + x[1]),
        formula: "a * b / (a + b)",
        arguments: &[],
    },
    // Signs: both columns straddle zero.
    Law {
        columns: &[("a", -5.0, 5.0), ("b", -3.0, 3.0)],
        law: |x| x[0] * x[1],
        formula: "a * b",
        arguments: &[],
    },
    Law {
        columns: &[("a", -20.0, -10.0), ("b", -20.0, -10.0)],
        law: |x| x[0] / x[1],
        formula: "a / b",
        arguments: &[],
    },
    // A constant far from 1.
    Law {
        columns: &[("m", 1.0, 9.0), ("n", 1.0, 9.0), ("r", 2.0, 8.0)],
        law: |x| 6.674e-11 * x[0] * x[1] / (x[2] * x[2]),
        formula: "6.674e-11 * m * n / r^2",
        arguments: &[],
    },
    // Names that need quoting.
    Law {
        columns: &[("mass [kg]", 1.0, 9.0), ("größe", 1.0, 9.0)],
        law: |x| x[0] / (x[1] * x[1]),
        formula: "`mass [kg]` / größe^2",
        arguments: &[],
    },
    // Inside the grid of --strict.
    Law {
        columns: &[A, B],
        law: |x| x[0] + x[1],
        formula: "a + b",
        arguments: &["--strict"],
    },
    Law {
        columns: &[A, B],
        law: |x| x[0] - x[1],
        formula: "a - b",
        arguments: &["--strict"],
    },
    Law {
        columns: &[A, B],
        law: |x| x[0] * x[1],
        formula: "a * b",
        arguments: &["--strict"],
    },
    Law {
        columns: &[A, B],
        law: |x| x[0] / x[1],
        formula: "a / b",
        arguments: &["--strict"],
    },
    // Held out where the user says.
    Law {
        columns: &[A, B],
        law: |x| x[0] * x[1] + 2.0,
        formula: "a * b + 2",
        arguments: &["--holdout", "a > 7, b > 4"],
    },
];

#[test]
fn drawn_tables() {
    let folder = TempDir::new().unwrap();
    for (seed, law) in LAWS.iter().enumerate() {
        let what = law.formula;
        let mut draws = Draws::new(seed as u64);
        let mut row = |widen: f64| -> Vec<f64> {
            let columns = law.columns.iter();
            columns
                .map(|(_, from, to)| draws.next(*from, from + widen * (to - from)))
                .collect()
        };
        let rows: Vec<Vec<f64>> = (0..120)
            .map(|_| row(1.0))
            .map(|x| [x.as_slice(), &[(law.law)(&x)]].concat())
            .collect();
        let names: Vec<&str> = law.columns.iter().map(|(name, ..)| *name).collect();
        let table = write_table(
            folder.path(),
            "t.csv",
            &[names.as_slice(), &["y"]].concat(),
            &rows,
        );
        let report = json(&[&[table.to_str().unwrap()], law.arguments].concat());
        assert_eq!(report["formula"]["text"], what, "{:?}", law.arguments);
        assert_eq!(report["verdict"], "confirmed", "{what}");

        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let found = parse(report["formula"]["text"].as_str().unwrap(), &names).unwrap();
        for _ in 0..50 {
            let far = row(4.0);
            let (value, expected) = (found.evaluate_row(&far), (law.law)(&far));
            assert!(
                (value - expected).abs() <= 1e-9 * expected.abs(),
                "{what} at {far:?}: {value}"
            );
        }
    }
}

fn figure(object: &Value, key: &str) -> f64 {
    object[key]
        .as_f64()
        .unwrap_or_else(|| panic!("no `{key}` in {object}"))
}

/// Noise of which one row in five is five times as large: `--loss huber` comes
/// nearer to the constant than squares do.
#[test]
fn huber_stands_heavy_tails() {
    let folder = TempDir::new().unwrap();
    let mut squares_of_errors = [0.0; 2];
    for seed in 0..8 {
        let mut draws = Draws::new(100 + seed);
        let rows: Vec<Vec<f64>> = (0..150)
            .map(|_| {
                let (a, b) = (draws.next(1.0, 5.0), draws.next(1.0, 5.0));
                let noise: f64 = (0..6).map(|_| draws.next(-0.5, 0.5)).sum();
                let size = if draws.next(0.0, 1.0) < 0.2 { 1.0 } else { 0.2 };
                vec![a, b, 2.37 * a * b + size * noise]
            })
            .collect();
        let path = write_table(folder.path(), "t.csv", &["a", "b", "y"], &rows);
        for (sum, loss) in squares_of_errors.iter_mut().zip(["mse", "huber"]) {
            let report = json(&[
                path.to_str().unwrap(),
                "--loss",
                loss,
                "--seed",
                &seed.to_string(),
            ]);
            assert_eq!(
                report["constants"].as_array().unwrap().len(),
                1,
                "{}",
                report["formula"]
            );
            let constant = report["constants"][0]["value"].as_f64().unwrap();
            *sum += (constant - 2.37_f64).powi(2);
        }
    }
    let [mse, huber] = squares_of_errors;
    assert!(huber < 0.8 * mse, "{huber} and {mse}");
}
