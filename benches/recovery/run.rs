//! One run of the binary, as a user would run it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::draw::Rows;
use crate::judge::PrintedConstant;

/// How to call the binary.
pub struct Caller {
    /// The binary.
    pub binary: PathBuf,
    /// Its `--threads`, when given.
    pub threads: Option<usize>,
    /// Any more arguments.
    pub extra: Vec<String>,
}

/// What one run printed.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    /// `formula.text`.
    pub formula: String,
    /// `verdict`.
    pub verdict: String,
    /// `constants` with their standard errors.
    pub constants: Vec<PrintedConstant>,
    /// `search.restarts`: fits from random starts.
    pub restarts: u64,
    /// Wall time of the whole process, seconds.
    pub seconds: f64,
}

impl Caller {
    /// Writes the table to `folder`, runs the binary on it and reads its JSON.
    ///
    /// The error is `(seconds, why)`: a crash, a refusal, JSON without a formula, or a process that had
    /// to be ended at twice its time limit and ten seconds.
    pub fn run(
        &self,
        case: &Case,
        rows: &Rows,
        seed: u64,
        limit: f64,
        folder: &Path,
    ) -> Result<Printed, (f64, String)> {
        let table = folder.join("data.csv");
        write_table(case, rows, &table).map_err(|e| (0.0, format!("writing the table: {e}")))?;
        let output = |name: &str| File::create(folder.join(name)).map_err(|e| (0.0, format!("{name}: {e}")));
        let mut command = Command::new(&self.binary);
        command
            .arg(&table)
            .args([
                "--json",
                "--seed",
                &seed.to_string(),
                "--time-limit",
                &limit.to_string(),
            ])
            .args(
                self.threads
                    .iter()
                    .flat_map(|n| ["--threads".to_string(), n.to_string()]),
            )
            .args(&self.extra)
            .stdin(Stdio::null())
            .stdout(output("stdout")?)
            .stderr(output("stderr")?);

        let start = Instant::now();
        let mut child = command
            .spawn()
            .map_err(|e| (0.0, format!("starting `{}`: {e}", self.binary.display())))?;
        let patience = Duration::from_secs_f64(2.0 * limit + 10.0);
        let status = loop {
            match child.try_wait().map_err(|e| (0.0, e.to_string()))? {
                Some(status) => break status,
                None if start.elapsed() > patience => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err((start.elapsed().as_secs_f64(), "did not stop in time".to_string()));
                }
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        read_json(&read("stdout"), seconds).ok_or_else(|| {
            let stderr = read("stderr");
            let error = stderr.lines().find(|line| line.starts_with("error"));
            let what = error.unwrap_or("no formula in its JSON");
            (seconds, format!("{status}: {what}"))
        })
    }
}

fn read_json(text: &str, seconds: f64) -> Option<Printed> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let formula = json["formula"]["text"].as_str()?.to_string();
    let listed = [&json["formula"]["constants"], &json["constants"]];
    let constants = listed
        .iter()
        .find_map(|list| list.as_array())
        .map_or(Vec::new(), |list| {
            list.iter()
                .filter_map(|constant| {
                    Some(PrintedConstant {
                        value: constant["value"].as_f64()?,
                        stderr: constant["stderr"].as_f64()?,
                    })
                })
                .collect()
        });
    Some(Printed {
        formula,
        verdict: json["verdict"].as_str().unwrap_or("none").to_string(),
        constants,
        restarts: json["search"]["restarts"].as_u64().unwrap_or(0),
        seconds,
    })
}

fn write_table(case: &Case, rows: &Rows, path: &Path) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_path(path)?;
    let mut header = case.column_names();
    header.push(case.target.clone());
    writer.write_record(&header)?;
    for row in 0..rows.target.len() {
        let cells = rows
            .columns
            .iter()
            .map(|column| column[row])
            .chain([rows.target[row]]);
        writer.write_record(cells.map(|value| format!("{value:?}")))?;
    }
    writer.flush()?;
    Ok(())
}
