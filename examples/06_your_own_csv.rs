//! Lesson 6: Your own table, through the library: everything `nalu-discover` does
//! with a file, and the report as a value.
//!
//! `cargo run --example 06_your_own_csv [FILE]`

use std::error::Error;

use clap::Parser;
use nalu_discover::cli::{Arguments, Settings};
use nalu_discover::search::Progress;
use nalu_discover::{dataset, discover::discover, split::split, stop::StopSignal};

/// The formula for the last column of numbers, and the verdict.
pub fn explain(file: &str) -> Result<(String, String), Box<dyn Error>> {
    // The same options as on the command line, with the same checks.
    let arguments = Arguments::try_parse_from(["nalu-discover", file, "--time-limit", "10"])?;
    let settings = Settings::from_arguments(arguments)?;
    let table = dataset::read(&settings.source, &settings.read)?;
    println!("{}", table.summary());
    // Rows at the edge of the data are held out, and nothing below sees them
    // before the verdict.
    let rows = split(&table, &settings.split_options(&table)?)?;
    println!("{}", rows.description);

    let stop = StopSignal::after(settings.search.time_limit);
    let report = discover(&table, &rows, &settings.search, &stop, &|progress| {
        if let Progress::Begins(step) = progress {
            println!("  {step}");
        }
    });
    let verdict = format!("{:?}", report.verdict()).to_lowercase();
    let found = report.found.ok_or("no formula fits at all")?;
    println!("{} = {} ({verdict})", report.target_text, found.formula.text);
    println!("as Python: {}", found.formula.python);
    Ok((found.formula.text, verdict))
}

pub fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args()
        .nth(1)
        .filter(|argument| argument.ends_with(".csv"));
    let (formula, verdict) = explain(file.as_deref().unwrap_or("datasets/planets.csv"))?;
    println!("{formula}: {verdict}");
    Ok(())
}
