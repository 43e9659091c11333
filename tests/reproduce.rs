//! `nalu-discover reproduce` from the outside.

use assert_cmd::assert::Assert;
use assert_cmd::Command;
use serde_json::Value;

fn reproduce(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("nalu-discover").unwrap();
    command.arg("reproduce").args(arguments);
    command
}

fn stderr(assert: Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

#[test]
fn identity_prints_json_and_writes_its_curves() {
    let directory = tempfile::tempdir().unwrap();
    let svg = directory.path().join("identity.svg");
    let path = svg.to_str().unwrap();
    let output = reproduce(&["identity", "--seeds", "1", "--json", "--svg", path])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    let result: Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(result["experiment"], "identity");
    assert_eq!(result["complete"], true);
    let rows = result["rows"].as_array().unwrap();
    let error = |layers: &str| {
        let row = rows.iter().find(|row| row["layers"] == layers).unwrap();
        row["at_20"].as_f64().unwrap()
    };
    assert!(error("linear") < 1.0 && error("tanh") > 5.0 && error("nac") < 1.0);
    let document = std::fs::read_to_string(&svg).unwrap();
    assert!(document.contains("hard tanh"));
    let refused = stderr(reproduce(&["identity", "--svg", path]).assert().code(2));
    assert!(refused.contains("exists"), "{refused}");
}

#[test]
fn the_table_goes_to_a_file_that_is_not_replaced_unasked() {
    let directory = tempfile::tempdir().unwrap();
    let table = directory.path().join("table.json");
    let path = table.to_str().unwrap();
    let arguments = ["functions", "--time-limit", "0.05", "--json", "--output", path];
    let assert = reproduce(&arguments).assert().success();
    assert!(assert.get_output().stdout.is_empty());
    let result: Value = serde_json::from_str(&std::fs::read_to_string(&table).unwrap()).unwrap();
    assert_eq!(result["experiment"], "functions");
    let refused = stderr(reproduce(&arguments).assert().code(2));
    assert!(
        refused.contains("exists") && refused.contains("--force"),
        "{refused}"
    );
    reproduce(&[&arguments[..], &["--force"]].concat())
        .assert()
        .success();
    let entries = std::fs::read_dir(directory.path()).unwrap();
    assert_eq!(entries.count(), 1, "nothing is left beside it");
}

#[test]
fn table_and_curves_need_a_file_each() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("both");
    let path = path.to_str().unwrap();
    let arguments = ["identity", "--output", path, "--svg", path];
    let refused = stderr(reproduce(&arguments).assert().code(2));
    assert!(refused.contains("name the same file"), "{refused}");
}

#[test]
fn every_experiment_ends_at_its_time_limit_and_says_so() {
    for experiment in ["identity", "arithmetic", "single-module", "functions"] {
        let assert = reproduce(&[experiment, "--time-limit", "0.05"])
            .assert()
            .success();
        let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
        assert!(text.contains("stopped early"), "{experiment}: {text}");
    }
}

#[test]
fn curves_are_for_identity_only() {
    let arguments = ["functions", "--svg", "never-written.svg"];
    let refused = stderr(reproduce(&arguments).assert().code(2));
    assert!(
        refused.contains("hint: `nalu-discover reproduce identity"),
        "{refused}"
    );
}

#[test]
fn a_table_called_reproduce_is_still_a_table() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("reproduce"), "a\n1\n").unwrap();
    let mut command = Command::cargo_bin("nalu-discover").unwrap();
    let assert = command
        .current_dir(directory.path())
        .arg("./reproduce")
        .assert()
        .code(2);
    let refused = stderr(assert);
    assert!(!refused.contains("experiment"), "{refused}");
}
