//! How long the whole program takes where there is little to do.
//!
//! `cargo bench --bench startup` starts the release binary again and again and
//! prints wall milliseconds from start to exit, median and least. With
//! `--bin NAME=PATH`, once or more, it runs other binaries in turn with each
//! other: ratios then hold on a busy machine too.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Parser;

/// What is run: a name, the data set if any, and the other arguments.
const CASES: [(&str, Option<&str>, &[&str]); 11] = [
    ("--help", None, &["--help"]),
    ("a+b", Some("sum"), &[]),
    ("a-b", Some("difference"), &[]),
    ("a*b", Some("product"), &[]),
    ("a/b", Some("quotient"), &[]),
    ("a^2", Some("square"), &[]),
    ("sqrt(a)", Some("root"), &[]),
    ("9.81*m*h", Some("potential_energy"), &[]),
    ("0.5*m*v^2", Some("kinetic_energy"), &[]),
    ("1.8*c+32", Some("fahrenheit"), &[]),
    ("n*R*T/V, noisy", Some("noisy_gas"), &[]),
];

/// Wall time of short runs
#[derive(Parser)]
#[command(name = "startup")]
struct Args {
    /// Runs of each case
    #[arg(long, value_name = "N", default_value_t = 41)]
    runs: usize,
    /// A binary and what to call it [default: the one cargo built]
    #[arg(long, value_name = "NAME=PATH")]
    bin: Vec<String>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    if !args.bench {
        // Under `cargo test --all-targets` there is nothing to test here.
        return;
    }
    let mut binaries: Vec<(String, PathBuf)> = args
        .bin
        .iter()
        .map(|given| match given.split_once('=') {
            Some((name, path)) => (name.to_owned(), PathBuf::from(path)),
            None => (given.clone(), PathBuf::from(given)),
        })
        .collect();
    if binaries.is_empty() {
        let own = PathBuf::from(env!("CARGO_BIN_EXE_nalu-discover"));
        binaries.push(("release".to_owned(), own));
    }
    print!("{:16}", "median / least ms");
    for (name, path) in &binaries {
        let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
        print!(" {:>24}", format!("{name} ({:.1} MB)", bytes as f64 / 1e6));
    }
    println!();
    for (name, dataset, arguments) in CASES {
        let mut milliseconds = vec![Vec::new(); binaries.len()];
        for _ in 0..args.runs {
            for ((_, path), milliseconds) in binaries.iter().zip(&mut milliseconds) {
                milliseconds.push(run(path, dataset, arguments));
            }
        }
        print!("{name:17}");
        for milliseconds in &mut milliseconds {
            milliseconds.sort_by(f64::total_cmp);
            let median = milliseconds[milliseconds.len() / 2];
            print!(" {:>24}", format!("{median:.1} / {:.1}", milliseconds[0]));
        }
        println!();
    }
}

fn run(binary: &Path, dataset: Option<&str>, arguments: &[&str]) -> f64 {
    let mut command = Command::new(binary);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    command
        .args(dataset.map(|name| folder.join(format!("{name}.csv"))))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the binary can be started");
    assert!(status.success(), "{dataset:?} {arguments:?}: {status}");
    start.elapsed().as_secs_f64() * 1e3
}
