//! The same data and seed give the same report, on any number of threads.

mod program;

use serde_json::Value;
use tempfile::TempDir;

use program::{dataset, json, write_table, Draws};

/// The report without what a clock or the machine says.
fn timeless(arguments: &[&str]) -> Value {
    let mut report = json(arguments);
    let search = report["search"].as_object_mut().unwrap();
    assert_ne!(
        search["stop_reason"], "time limit",
        "{arguments:?}: give it more time"
    );
    search.remove("seconds");
    search.remove("threads");
    for step in search["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("seconds");
    }
    report
}

fn assert_threads_do_not_matter(arguments: &[&str]) {
    let on = |threads| timeless(&[arguments, &["--time-limit", "600", "--threads", threads]].concat());
    assert_eq!(on("1"), on("2"), "{arguments:?}");
}

#[test]
fn closed_forms() {
    for name in ["planets.csv", "trees.csv", "noisy_gas.csv", "pythagoras.csv"] {
        assert_threads_do_not_matter(&[&dataset(name)]);
    }
}

/// Every restart of every ensemble, since no formula ends the search early.
#[test]
fn trained_stacks() {
    let folder = TempDir::new().unwrap();
    let mut draws = Draws::new(5);
    let rows: Vec<Vec<f64>> = (0..30)
        .map(|_| [draws.next(1.0, 5.0), draws.next(1.0, 5.0)])
        .map(|[a, b]| vec![a, b, (a * b).sin() + 2.0])
        .collect();
    let table = write_table(folder.path(), "t.csv", &["a", "b", "y"], &rows);
    let table = table.to_str().unwrap();
    for cell in ["gated", "nalu"] {
        let few = ["--restarts", "2", "--layers", "2", "--language", "algebra"];
        assert_threads_do_not_matter(&[&[table, "--cell", cell][..], &few].concat());
    }
}

#[test]
fn the_seed_decides() {
    let seeds = |seed| timeless(&[&dataset("noisy_gas.csv"), "--seed", seed]);
    let (first, second) = (seeds("1"), seeds("2"));
    assert_eq!(first, seeds("1"));
    assert_ne!(
        first["metrics"]["validation"], second["metrics"]["validation"],
        "other validation rows"
    );
}
