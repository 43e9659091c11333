//! Runs the program as a user does.

// Each test file uses some of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// The program with these arguments, not yet started.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin("nalu-discover"));
    command.args(arguments);
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// Its JSON report. Panics, with what it said, where there is none.
pub fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{arguments:?}: {error}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// Path of a checked-in data set.
pub fn dataset(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name);
    path.to_str().unwrap().to_owned()
}

/// Writes a table of numbers with all their digits.
pub fn write_table(folder: &Path, name: &str, columns: &[&str], rows: &[Vec<f64>]) -> PathBuf {
    let mut text = columns.join(",");
    text.push('\n');
    for row in rows {
        let cells: Vec<String> = row.iter().map(f64::to_string).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Numbers in 0..1 that look drawn, and are the same everywhere.
pub struct Draws(u64);

impl Draws {
    /// A sequence for each seed.
    pub fn new(seed: u64) -> Draws {
        Draws(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number, rounded to four places.
    pub fn next(&mut self, from: f64, to: f64) -> f64 {
        // Knuth's linear congruential generator; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = (self.0 >> 40) as f64 / (1_u64 << 24) as f64;
        ((from + (to - from) * share) * 1e4).round() / 1e4
    }
}
