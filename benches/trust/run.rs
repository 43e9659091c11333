//! One run of the binary on a drawn table.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::drawn::Drawn;
use crate::inside::names;

/// How to call the binary.
#[derive(Clone)]
pub struct Caller {
    pub binary: PathBuf,
    pub limit: f64,
}

/// A constant as printed.
pub struct Printed {
    pub value: f64,
    pub stderr: Option<f64>,
    pub is_exact: bool,
}

/// What one run said.
pub struct Said {
    pub formula: String,
    /// Others that are said to do as well.
    pub ties: Vec<String>,
    pub verdict: String,
    pub reason: String,
    pub constants: Vec<Printed>,
    pub rows_outside: u64,
    pub seconds: f64,
}

impl Caller {
    /// Writes the table beside `place` and runs the binary on it. The error is
    /// what went wrong: a crash, or no JSON.
    pub fn run(&self, drawn: &Drawn, place: &Path, seed: u64, threads: usize) -> Result<Said, String> {
        let table = place.with_extension("csv");
        write_table(drawn, &table)?;
        let start = Instant::now();
        let output = Command::new(&self.binary)
            .arg(&table)
            .args([
                "--json",
                "--threads",
                &threads.to_string(),
                "--seed",
                &seed.to_string(),
            ])
            .args(["--time-limit", &self.limit.to_string()])
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("starting `{}`: {e}", self.binary.display()))?;
        let seconds = start.elapsed().as_secs_f64();
        let json: Value = serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)))?;
        let text = |key: &str| json[key].as_str().unwrap_or_default().to_string();
        let constants = json["constants"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(Said {
            formula: json["formula"]["text"].as_str().unwrap_or_default().to_string(),
            ties: json["ties"]
                .as_array()
                .map_or(&[][..], Vec::as_slice)
                .iter()
                .filter_map(|tie| tie["text"].as_str().or_else(|| tie.as_str()).map(str::to_owned))
                .collect(),
            verdict: text("verdict"),
            reason: text("verdict_reason"),
            constants: constants.iter().filter_map(printed).collect(),
            rows_outside: json["metrics"]["extrapolation"]["rows"].as_u64().unwrap_or(0),
            seconds,
        })
    }
}

fn printed(constant: &Value) -> Option<Printed> {
    Some(Printed {
        value: constant["value"].as_f64()?,
        stderr: constant["stderr"].as_f64(),
        is_exact: !constant["recognised_as"].is_null(),
    })
}

/// Writes the table as CSV, with all digits.
pub fn write_table(drawn: &Drawn, path: &Path) -> Result<(), String> {
    let failed = |e: csv::Error| format!("writing `{}`: {e}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("making `{}`: {e}", folder.display()))?;
    }
    let file = File::create(path).map_err(|e| format!("making `{}`: {e}", path.display()))?;
    let mut writer = csv::Writer::from_writer(file);
    let mut header = names(drawn.columns.len());
    header.push("y".to_string());
    writer.write_record(&header).map_err(failed)?;
    for row in 0..drawn.target.len() {
        let cells = drawn.columns.iter().map(|column| column[row]);
        let cells = cells.chain([drawn.target[row]]).map(|value| format!("{value:?}"));
        writer.write_record(cells).map_err(failed)?;
    }
    writer.flush().map_err(|e| failed(e.into()))
}
