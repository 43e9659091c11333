//! How fast tables are read, and what a run on them costs.
//!
//! `cargo bench --bench reading` prints, in one run on one machine,
//! - the rate of reading a CSV beside a plain loop over the csv crate (and any
//!   other reader, as `--beside NAME=COMMAND` with `{}` for the file; a command
//!   that prints a number is believed to have taken so many seconds),
//! - time and peak memory of whole runs on tables of 1e3 to 1e7 rows of five
//!   inputs, and of 1e5 rows of 200 (1e8 rows with `--full`),
//! - the same table as CSV, gzip, Zstandard and Parquet.
//!
//! Rows hold numbers with all their digits, `y = a*b/c + d` and one input that
//! does not matter. Nothing here is asserted.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use parquet::data_type::DoubleType;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use nalu_discover::dataset::{read, DatasetError, ReadOptions, Source};

/// Times a table is read by each reader, in turns; the best counts.
const ROUNDS: usize = 5;

#[derive(Debug, Parser)]
struct Options {
    /// Also 1e8 rows: 11 GB of disk.
    #[arg(long)]
    full: bool,
    /// Another reader to time: NAME=COMMAND, `{}` for the file.
    #[arg(long)]
    beside: Vec<String>,
    /// The program to run.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_nalu-discover"))]
    bin: PathBuf,
    /// What `cargo bench` adds.
    #[arg(long)]
    bench: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    let million = folder.path().join("1e6.csv");
    write_csv(&million, 1_000_000, 5)?;
    rates(&million, &options)?;
    formats(folder.path(), &million, &options)?;
    fs::remove_file(&million)?;
    sizes(folder.path(), &options)
}

/// A table of `inputs` inputs and a target.
fn write_csv(path: &Path, rows: usize, inputs: usize) -> std::io::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(rows as u64);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let names: Vec<String> = (0..inputs).map(|i| format!("x{i}")).collect();
    writeln!(out, "{},y", names.join(","))?;
    let mut row = vec![0.0; inputs];
    for _ in 0..rows {
        for value in &mut row {
            *value = random.gen_range(1.0..5.0);
            write!(out, "{value},")?;
        }
        writeln!(out, "{}", target(&row))?;
    }
    out.flush()
}

fn target(row: &[f64]) -> f64 {
    row[0] * row[1] / row[2] + row[3]
}

fn rates(path: &Path, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let megabytes = fs::metadata(path)?.len() as f64 / 1e6;
    println!("reading {megabytes:.0} MB of CSV, best of {ROUNDS} in turns\n");
    println!("| reader | seconds | MB/s |");
    println!("|---|---|---|");
    let mut best = vec![Duration::MAX; 3 + options.beside.len()];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    for _ in 0..ROUNDS {
        best[0] = best[0].min(timed(|| ours(path))?);
        best[1] = best[1].min(timed(|| pool.install(|| ours(path)))?);
        best[2] = best[2].min(timed(|| plain_csv(path))?);
        for (place, beside) in options.beside.iter().enumerate() {
            let (_, command) = beside.split_once('=').ok_or("--beside NAME=COMMAND")?;
            let command = command.replace("{}", &path.display().to_string());
            let started = Instant::now();
            let output = Command::new("sh").args(["-c", &command]).output()?;
            let told = String::from_utf8_lossy(&output.stdout).trim().parse();
            let time = told.map_or(started.elapsed(), Duration::from_secs_f64);
            best[3 + place] = best[3 + place].min(time);
        }
    }
    let cores = std::thread::available_parallelism()?;
    let mut names = vec![
        format!("ours, {cores} threads"),
        "ours, 1 thread".to_owned(),
        "csv crate and `str::parse`, a plain loop".to_owned(),
    ];
    names.extend(
        options
            .beside
            .iter()
            .filter_map(|beside| Some(beside.split_once('=')?.0.to_owned())),
    );
    for (name, best) in names.iter().zip(best) {
        let seconds = best.as_secs_f64();
        println!("| {name} | {seconds:.3} | {:.0} |", megabytes / seconds);
    }
    println!();
    Ok(())
}

fn timed<E>(run: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let started = Instant::now();
    run()?;
    Ok(started.elapsed())
}

fn ours(path: &Path) -> Result<(), DatasetError> {
    let dataset = read(&Source::Path(path.into()), &ReadOptions::default())?;
    assert!(dataset.rows() > 0);
    Ok(())
}

/// What a person writes first.
fn plain_csv(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); reader.headers()?.len()];
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        for (column, cell) in columns.iter_mut().zip(&record) {
            column.push(cell.parse()?);
        }
    }
    assert!(!columns[0].is_empty());
    Ok(())
}

fn formats(folder: &Path, csv: &Path, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let text = fs::read(csv)?;
    let gzip = folder.join("t.csv.gz");
    let mut encoder = flate2::write::GzEncoder::new(File::create(&gzip)?, flate2::Compression::fast());
    encoder.write_all(&text)?;
    encoder.finish()?;
    let zstd = folder.join("t.csv.zst");
    zstd::stream::copy_encode(text.as_slice(), File::create(&zstd)?, 1)?;
    drop(text);
    let columnar = folder.join("t.parquet");
    write_parquet(csv, &columnar)?;
    println!("a whole run on 1e6 rows of 5 inputs, by format\n");
    head();
    for (name, path) in [
        ("CSV", csv),
        ("gzip", &gzip),
        ("Zstandard", &zstd),
        ("Parquet", &columnar),
    ] {
        row(name, path, options)?;
    }
    println!();
    for path in [gzip, zstd, columnar] {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// In row groups of 100,000, compressed by Snappy.
fn write_parquet(csv: &Path, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_path(csv)?;
    let fields: String = reader
        .headers()?
        .iter()
        .map(|name| format!("required double {name}; "))
        .collect();
    let schema = Arc::new(parse_message_type(&format!("message table {{ {fields} }}"))?);
    let snappy = WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY);
    let mut writer = SerializedFileWriter::new(File::create(path)?, schema, Arc::new(snappy.build()))?;
    let mut records = reader.records();
    loop {
        let mut columns: Vec<Vec<f64>> = Vec::new();
        for record in records.by_ref().take(100_000) {
            let record = record?;
            columns.resize(record.len(), Vec::new());
            for (column, cell) in columns.iter_mut().zip(&record) {
                column.push(cell.parse()?);
            }
        }
        if columns.is_empty() {
            writer.close()?;
            return Ok(());
        }
        let mut group = writer.next_row_group()?;
        let mut columns = columns.iter();
        while let (Some(mut column), Some(values)) = (group.next_column()?, columns.next()) {
            column.typed::<DoubleType>().write_batch(values, None, None)?;
            column.close()?;
        }
        group.close()?;
    }
}

fn sizes(folder: &Path, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    println!("a whole run by size; reading is two passes where rows are too many to be held\n");
    head();
    let mut tables = vec![(1_000, 5), (100_000, 5), (10_000_000, 5), (100_000, 200)];
    if options.full {
        tables.push((100_000_000, 5));
    }
    for (rows, inputs) in tables {
        let path = folder.join("t.csv");
        write_csv(&path, rows, inputs)?;
        row(&format!("{rows:e} rows, {inputs} inputs"), &path, options)?;
        fs::remove_file(&path)?;
    }
    Ok(())
}

fn head() {
    println!("| table | MB | seconds | peak MB | formula |");
    println!("|---|---|---|---|---|");
}

/// One run of the program, as a user starts it.
fn row(name: &str, path: &Path, options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let megabytes = fs::metadata(path)?.len() as f64 / 1e6;
    let started = Instant::now();
    let mut child = Command::new(&options.bin)
        .arg(path)
        .arg("--quiet")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = None;
    while child.try_wait()?.is_none() {
        peak = peak_memory(child.id()).or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    let seconds = started.elapsed().as_secs_f64();
    let output = child.wait_with_output()?;
    let formula = String::from_utf8_lossy(&output.stdout);
    let peak = peak.map_or("-".to_owned(), |kilobytes: u64| (kilobytes / 1000).to_string());
    println!(
        "| {name} | {megabytes:.1} | {seconds:.2} | {peak} | `{}` |",
        formula.trim()
    );
    Ok(())
}

/// In kB, where the system tells.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
