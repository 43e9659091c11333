//! Which laws are recovered from their tables, how fast, and how plainly they are printed.
//!
//! `cargo bench --bench recovery -- --set all` draws each case's rows, writes them as CSV, runs the
//! release binary on the file as a user would, takes `formula.text` from its JSON and judges it on fresh
//! rows (see `judge`). Nothing here asserts: the tables are the result.

mod case;
mod cases_arithmetic;
mod cases_classics;
mod cases_desk;
mod cases_feynman;
mod cases_first_principles;
mod cases_functions;
mod cases_hard;
mod cases_nist;
mod cases_noise;
mod cases_strogatz;
mod check;
mod draw;
mod judge;
mod law_table;
mod least_squares;
mod measured;
mod refit;
mod run;
mod set;
mod table;
mod trajectory;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use clap::Parser;
use nalu_discover::formula::{parse, Expr};

use case::Case;
use judge::{Judge, Judgement};
use run::Caller;
use set::Set;
use table::{CaseResult, Run};

/// Which laws are recovered, in what time
#[derive(Parser)]
#[command(name = "recovery")]
struct Args {
    #[arg(long, value_delimiter = ',', default_value = "all", help = format!("Sets to run: {}", Set::words()))]
    set: Vec<String>,
    /// Only cases whose name contains this text
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Seeds a case, from 0 [default: by set]
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// `--time-limit` of the binary in seconds [default: by set]
    #[arg(long, value_name = "SECONDS")]
    limit: Option<f64>,
    /// `--threads` of the binary
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// `--without` of the binary: a step of the search to leave out (repeatable)
    #[arg(long, value_name = "STEP")]
    without: Vec<String>,
    /// More arguments for the binary, for instance "--cell nalu"
    #[arg(long, value_name = "ARGS", default_value = "", allow_hyphen_values = true)]
    extra_args: String,
    /// Runs at a time; more than 1 spoils the seconds
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// The binary [default: the one cargo built]
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_nalu-discover"))]
    bin: PathBuf,
    /// Write one line a run as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the tables as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Judge each law itself, and the law gone wrong, instead of running the binary
    #[arg(long)]
    check: bool,
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
    if let Err(message) = run(&args) {
        eprintln!("error: {message}");
        std::process::exit(2);
    }
}

fn run(args: &Args) -> Result<(), String> {
    let cases = chosen_cases(args)?;
    if args.check {
        return check::check(&cases);
    }
    let results = run_all(&cases, args)?;
    println!("\n{}", table::aligned(&table::summary(&results)));
    if let Some(path) = &args.csv {
        table::write_csv(&results, path).map_err(|e| format!("writing `{}`: {e}", path.display()))?;
    }
    if let Some(path) = &args.markdown {
        write(path, &table::markdown_report(&results, &command_line()))?;
    }
    Ok(())
}

fn chosen_cases(args: &Args) -> Result<Vec<Case>, String> {
    let known = |name: &String| name == "all" || Set::ALL.iter().any(|set| set.key() == name);
    if let Some(unknown) = args.set.iter().find(|name| !known(name)) {
        return Err(format!("no set `{unknown}`; there are {}", Set::words()));
    }
    let wanted = |case: &Case| {
        args.set
            .iter()
            .any(|name| name == "all" || name == case.set.key())
            && args.only.as_ref().is_none_or(|only| case.name.contains(only))
    };
    let cases: Vec<Case> = all_cases()?.into_iter().filter(wanted).collect();
    if cases.is_empty() {
        return Err("no case has that name in the chosen sets".to_string());
    }
    Ok(cases)
}

/// The cases of every set, in the order they are run.
fn all_cases() -> Result<Vec<Case>, String> {
    let (feynman, desk) = (cases_feynman::feynman()?, cases_desk::desk());
    let transcendental = cases_feynman::transcendental()?;
    let hard = cases_hard::hard(&feynman, &desk);
    let noisy = cases_noise::feynman_noise(&feynman, &transcendental);
    let sets = [
        cases_arithmetic::elementary(),
        cases_arithmetic::two_layer(),
        cases_arithmetic::single_module(),
        cases_arithmetic::wide(),
        feynman,
        desk,
        cases_first_principles::first_principles(),
        hard,
        transcendental,
        cases_functions::functions()?,
        noisy,
        cases_strogatz::strogatz(),
        cases_classics::classics()?,
        cases_nist::nist()?,
    ];
    Ok(sets.into_iter().flatten().collect())
}

/// Runs every seed of every case, and prints a case's row as soon as its last seed is in.
fn run_all(cases: &[Case], args: &Args) -> Result<Vec<CaseResult>, String> {
    let laws = cases
        .iter()
        .map(Case::law)
        .collect::<Result<Vec<Expr>, String>>()?;
    let caller = Caller {
        binary: args.bin.clone(),
        threads: args.threads,
        extra: more_arguments(args),
    };
    let seeds = |case: &Case| args.seeds.unwrap_or(case.set.seeds());
    let jobs: Vec<(usize, u64)> = (0..cases.len())
        .flat_map(|i| (0..seeds(&cases[i])).map(move |seed| (i, seed)))
        .collect();
    let results: Vec<CaseResult> = cases
        .iter()
        .zip(&laws)
        .map(|(case, law)| CaseResult {
            case: case.clone(),
            complexity: law.complexity().min(law.simplify().complexity()),
            runs: Vec::new(),
        })
        .collect();
    let (results, next) = (Mutex::new(results), AtomicUsize::new(0));

    println!("{}", table::CASE_HEADINGS.join(" | "));
    std::thread::scope(|scope| {
        let worker = || -> Result<(), String> {
            while let Some(&(i, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let limit = args.limit.unwrap_or(cases[i].set.limit());
                let run = run_one(&cases[i], &laws[i], seed, limit, &caller)?;
                let mut results = results.lock().map_err(|_| "a worker panicked".to_string())?;
                results[i].runs.push(run);
                if results[i].runs.len() as u64 == seeds(&cases[i]) {
                    results[i].runs.sort_by_key(|run| run.seed);
                    println!("{}", results[i].cells().join(" | "));
                }
            }
            Ok(())
        };
        let workers: Vec<_> = (0..args.jobs.max(1)).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_string())?)
    })?;
    results.into_inner().map_err(|_| "a worker panicked".to_string())
}

/// The arguments that are passed on to the binary as they are.
fn more_arguments(args: &Args) -> Vec<String> {
    let without = args.without.iter().flat_map(|step| ["--without", step.as_str()]);
    without
        .chain(args.extra_args.split_whitespace())
        .map(str::to_string)
        .collect()
}

fn run_one(case: &Case, law: &Expr, seed: u64, limit: f64, caller: &Caller) -> Result<Run, String> {
    let rows = draw::training_rows(case, law, seed)?;
    let judge = Judge::new(case, law, seed)?;
    let folder = tempfile::tempdir().map_err(|e| format!("making a temporary folder: {e}"))?;
    let mut run = Run {
        seed,
        seconds: 0.0,
        formula: String::new(),
        complexity: None,
        restarts: 0,
        verdict: "failed".to_string(),
        judgement: Judgement {
            recovered: false,
            exact: false,
        },
        error: None,
    };
    match caller.run(case, &rows, seed, limit, folder.path()) {
        Err((seconds, why)) => (run.seconds, run.error) = (seconds, Some(why)),
        Ok(printed) => {
            (run.seconds, run.restarts) = (printed.seconds, printed.restarts);
            match parse(&printed.formula, &case.column_names()) {
                Err(e) => run.error = Some(format!("`{}` does not parse: {e}", printed.formula)),
                Ok(found) => {
                    run.complexity = Some(found.complexity());
                    run.judgement = judge.judge(&found, &printed.constants);
                }
            }
            (run.formula, run.verdict) = (printed.formula, printed.verdict);
        }
    }
    Ok(run)
}

fn command_line() -> String {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(|argument| {
            if argument.contains(' ') {
                format!("\"{argument}\"")
            } else {
                argument
            }
        })
        .collect();
    format!("cargo bench --bench recovery -- {}", arguments.join(" "))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("writing `{}`: {e}", path.display()))
}
