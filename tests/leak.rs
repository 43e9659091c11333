//! Nothing of the held-out rows reaches the choice of a formula: garbage in
//! their targets changes the figures outside and the verdict, nothing else.

mod program;

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use program::{dataset, json};

/// What has to stay: whatever is fitted or chosen.
const FITTED: [&str; 6] = ["inputs", "formula", "constants", "layers", "split", "warnings"];

#[test]
fn the_outer_shell() {
    let folder = TempDir::new().unwrap();
    for name in [
        "planets.csv",
        "trees.csv",
        "noisy_gas.csv",
        "kinetic_energy.csv",
        "irrelevant.csv",
        "signed.csv",
    ] {
        let honest = json(&[&dataset(name)]);
        // Held out is what leaves the fitted range of an input.
        let outside = |row: &Row| {
            let ranges = honest["split"]["ranges"].as_array().unwrap();
            ranges.iter().any(|range| {
                let value = row.number(range["input"].as_str().unwrap());
                let bound = |i: usize| range["fitted"][i].as_f64().unwrap();
                value < bound(0) || value > bound(1)
            })
        };
        let path = spoiled(&folder, name, &outside, &honest);
        assert_only_the_figures_outside_differ(&honest, &json(&[&path]), name);
    }
}

#[test]
fn rows_the_user_chose() {
    let folder = TempDir::new().unwrap();
    let arguments = [
        "--holdout",
        "mass_kg > 15",
        "--holdout",
        "speed_m_s in 3..9, mass_kg < 4",
    ];
    let honest = json(&[&[dataset("kinetic_energy.csv").as_str()], &arguments[..]].concat());
    let outside = |row: &Row| {
        let (mass, speed) = (row.number("mass_kg"), row.number("speed_m_s"));
        mass > 15.0 || ((3.0..=9.0).contains(&speed) && mass < 4.0)
    };
    let path = spoiled(&folder, "kinetic_energy.csv", &outside, &honest);
    let spoiled = json(&[&[path.as_str()], &arguments[..]].concat());
    assert_only_the_figures_outside_differ(&honest, &spoiled, "--holdout");
}

#[test]
fn a_second_file() {
    let folder = TempDir::new().unwrap();
    let table = dataset("noisy_gas.csv");
    let copy = folder.path().join("honest.csv");
    fs::copy(&table, &copy).unwrap();
    let other = folder.path().join("t.csv");
    let test = |path: &str| json(&[&table, "--test", path]);
    fs::copy(&copy, &other).unwrap();
    let honest = test(other.to_str().unwrap());
    let path = spoiled(&folder, "noisy_gas.csv", &|_| true, &honest);
    assert_only_the_figures_outside_differ(&honest, &test(&path), "--test");
}

/// One row of a table, by name of column.
struct Row<'a> {
    columns: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl Row<'_> {
    fn number(&self, column: &str) -> f64 {
        let place = self.columns.iter().position(|name| *name == column).unwrap();
        self.cells[place].parse().unwrap()
    }
}

/// Writes the data set with garbage for the target, its last column, in the
/// rows that are `outside`, which have to be as many as were held out.
fn spoiled(folder: &TempDir, name: &str, outside: &dyn Fn(&Row) -> bool, honest: &Value) -> String {
    let text = fs::read_to_string(dataset(name)).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let columns: Vec<&str> = header.split(',').collect();
    let mut table = format!("{header}\n");
    let mut spoiled = 0;
    for line in lines {
        let mut row = Row {
            columns: &columns,
            cells: line.split(',').collect(),
        };
        let garbage = format!("{}", -1e5 * f64::from(1 + spoiled * spoiled % 7));
        if outside(&row) {
            *row.cells.last_mut().unwrap() = &garbage;
            spoiled += 1;
        }
        table.push_str(&row.cells.join(","));
        table.push('\n');
    }
    assert_eq!(honest["split"]["extrapolation"], spoiled, "{name}: held-out rows");
    let path = folder.path().join("t.csv");
    fs::write(&path, table).unwrap();
    path.to_str().unwrap().to_owned()
}

fn assert_only_the_figures_outside_differ(honest: &Value, spoiled: &Value, what: &str) {
    for key in FITTED {
        assert_eq!(honest[key], spoiled[key], "{what}: {key}");
    }
    for part in ["train", "validation"] {
        assert_eq!(
            honest["metrics"][part], spoiled["metrics"][part],
            "{what}: {part}"
        );
        for model in ["linear", "mlp"] {
            let figures = |report: &Value| report["baselines"][model][part].clone();
            assert_eq!(figures(honest), figures(spoiled), "{what}: {model} {part}");
        }
    }
    let chosen_from = |report: &Value| {
        let front = report["front"].as_array().unwrap().clone();
        front
            .iter()
            .map(|entry| (entry["text"].clone(), entry["validation"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen_from(honest), chosen_from(spoiled), "{what}: front");
    assert_ne!(
        honest["metrics"]["extrapolation"], spoiled["metrics"]["extrapolation"],
        "{what}: the garbage is seen where it should be"
    );
    assert_eq!(honest["verdict"], "confirmed", "{what}");
    assert_eq!(spoiled["verdict"], "refuted", "{what}");
}
