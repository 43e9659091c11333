//! Tables of more columns than their rows tell apart.

mod program;

use nalu_discover::formula::parse;
use serde_json::Value;
use tempfile::TempDir;

use program::{json, write_table, Draws};

const COLUMNS: usize = 300;
const ROWS: usize = 150;

/// `y` of rows of [`COLUMNS`] inputs, `x0` and so on, drawn from 1..5.
fn table(folder: &TempDir, law: impl Fn(&[f64], &mut Draws) -> f64) -> String {
    let mut draws = Draws::new(3);
    let rows: Vec<Vec<f64>> = (0..ROWS)
        .map(|_| {
            let mut row: Vec<f64> = (0..COLUMNS).map(|_| draws.next(1.0, 5.0)).collect();
            row.push(law(&row, &mut draws));
            row
        })
        .collect();
    let mut names: Vec<String> = (0..COLUMNS).map(|i| format!("x{i}")).collect();
    names.push("y".to_owned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let path = write_table(folder.path(), "wide.csv", &names, &rows);
    path.to_str().unwrap().to_owned()
}

fn says(report: &Value, words: &str) -> bool {
    let notes = report["notes"].as_array().unwrap();
    notes.iter().any(|note| note.as_str().unwrap().contains(words))
}

fn inputs(report: &Value) -> Vec<String> {
    let names = report["inputs"].as_array().unwrap();
    names
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_law_is_found_among_columns_that_do_not_matter() {
    let folder = TempDir::new().unwrap();
    let report = json(&[&table(&folder, |x, _| x[30] * x[70])]);
    let text = report["formula"]["text"].as_str().unwrap();
    let names: Vec<String> = (0..COLUMNS).map(|i| format!("x{i}")).collect();
    let found = parse(text, &names).expect(text);
    // Beyond 1..5.
    let mut far = vec![vec![0.0]; COLUMNS];
    (far[30], far[70]) = (vec![9.0], vec![-7.5]);
    assert!((found.evaluate(&far)[0] + 67.5).abs() < 1e-9, "{text}");
    assert_eq!(report["verdict"], "confirmed");
    assert!(says(&report, "of 300 columns the"), "{}", report["notes"]);
    assert!(inputs(&report).len() < 30);
}

#[test]
fn columns_that_held_out_rows_are_told_by_stay() {
    let folder = TempDir::new().unwrap();
    let path = table(&folder, |x, _| x[30] * x[70]);
    let report = json(&[&path, "--holdout", "x5 > 4"]);
    assert!(inputs(&report).contains(&"x5".to_owned()));
    assert_eq!(report["split"]["held_out"], "x5 > 4");
}

#[test]
fn where_nothing_is_leaned_on_that_is_said() {
    let folder = TempDir::new().unwrap();
    let path = table(&folder, |_, draws| draws.next(0.0, 1.0));
    let report = json(&[&path, "--time-limit", "2"]);
    assert!(
        says(&report, "leans on none of the 300 columns"),
        "{}",
        report["notes"]
    );
    assert_ne!(report["verdict"], "confirmed");
}
