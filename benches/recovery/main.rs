//! Which laws are recovered from their tables, how fast, and how plainly they are printed.
//!
//! `cargo bench --bench recovery -- --set all` draws each case's rows, writes them as CSV, runs the
//! release binary on the file as a user would, takes `formula.text` from its JSON and judges it on fresh
//! rows (see `judge`). Nothing here asserts: the tables are the result.

mod case;
mod cases_arithmetic;
mod cases_desk;
mod cases_feynman;
mod cases_first_principles;
mod cases_hard;
mod draw;
mod judge;
mod refit;
mod run;
mod table;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use clap::Parser;
use nalu_discover::formula::{parse, Expr};

use case::{Case, Noise, Set};
use judge::{Judge, Judgement};
use run::Caller;
use table::{CaseResult, Run};

/// Which laws are recovered, in what time
#[derive(Parser)]
#[command(name = "recovery")]
struct Args {
    /// Sets to run: 1 to 6, elementary, two-layer, all
    #[arg(long, value_delimiter = ',', default_value = "all")]
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
        return check(&cases);
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
        return Err(format!(
            "no set `{unknown}`; there are 1 to 6, elementary, two-layer and all"
        ));
    }
    let (feynman, desk) = (cases_feynman::feynman()?, cases_desk::desk());
    let hard = cases_hard::hard(&feynman, &desk);
    let sets = [
        cases_arithmetic::elementary(),
        cases_arithmetic::two_layer(),
        cases_arithmetic::single_module(),
        cases_arithmetic::wide(),
        feynman,
        desk,
        cases_first_principles::first_principles(),
        hard,
    ];
    let wanted = |case: &Case| {
        args.set
            .iter()
            .any(|name| name == "all" || name == case.set.key())
            && args.only.as_ref().is_none_or(|only| case.name.contains(only))
    };
    let cases: Vec<Case> = sets.into_iter().flatten().filter(wanted).collect();
    if cases.is_empty() {
        return Err("no case has that name in the chosen sets".to_string());
    }
    Ok(cases)
}

/// Runs every seed of every case, and prints a case's row as soon as its last seed is in.
fn run_all(cases: &[Case], args: &Args) -> Result<Vec<CaseResult>, String> {
    let laws = cases.iter().map(law).collect::<Result<Vec<Expr>, String>>()?;
    let caller = Caller {
        binary: args.bin.clone(),
        threads: args.threads,
        extra: args.extra_args.split_whitespace().map(str::to_string).collect(),
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

/// The case's law as an expression over its columns.
fn law(case: &Case) -> Result<Expr, String> {
    parse(&case.law, &case.column_names()).map_err(|e| format!("`{}`: law `{}`: {e}", case.name, case.law))
}

/// The judge on known answers. Every law must be exact, as stored and simplified, and no law that is off
/// by a factor may be recovered: 1.001 without noise, 2 with. With noise, a law off by a twentieth of the
/// noise must be recovered all the same.
fn check(cases: &[Case]) -> Result<(), String> {
    let mut wrong = 0;
    for case in cases {
        let law = law(case)?;
        let rows = draw::training_rows(case, &law, 0)?;
        let judge = Judge::new(case, &law, 0)?;
        let times = |factor: f64| Expr::Product(vec![Expr::Constant(factor), law.clone()]).simplify();
        let recovered = |expr: &Expr| judge.judge(expr, &[]).recovered;
        let right = [&law, &law.simplify()].map(|expr| judge.judge(expr, &[]));
        let exact = right
            .iter()
            .all(|judgement| judgement.recovered && judgement.exact);
        let as_noise_allows = match case.noise {
            Noise::None => !recovered(&times(1.001)),
            Noise::OfRms(share) | Noise::OfValue(share) => {
                recovered(&times(1.0 + share / 20.0)) && !recovered(&times(2.0))
            }
        };
        if !exact || !as_noise_allows {
            println!(
                "{}: the judge errs (exact {exact}, off {as_noise_allows})",
                case.name
            );
            wrong += 1;
        }
        let (low, high) = rows
            .target
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &y| {
                (low.min(y), high.max(y))
            });
        println!(
            "{} | {} | {} rows | {low:.3e}..{high:.3e} | {}",
            case.set,
            case.name,
            rows.target.len(),
            case.law
        );
    }
    println!("{} cases, {wrong} judged wrongly", cases.len());
    if wrong > 0 {
        return Err("the judge cannot be trusted on these cases".to_string());
    }
    Ok(())
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
