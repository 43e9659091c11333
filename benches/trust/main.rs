//! Is what is called confirmed right?
//!
//! `cargo bench --bench trust` draws tables of each kind from a seed, runs the
//! release binary on them as a user would, and judges every printed formula
//! against the noise-free truth on fresh rows inside and one range width outside
//! (see `judge`). Nothing here asserts: the tables are the result.

mod drawn;
mod faulty;
mod inside;
mod judge;
mod none;
mod outside;
mod run;
mod tally;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use clap::Parser;
use rand::seq::SliceRandom;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use drawn::Drawn;
use run::{Caller, Said};
use tally::Share;

/// Rows outside that it takes for a right formula to count as one that should
/// be confirmed.
const ENOUGH_OUTSIDE: u64 = 10;

/// A kind of table.
struct Kind {
    name: &'static str,
    draw: fn(&mut ChaCha8Rng) -> Drawn,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "inside",
        draw: inside::table,
    },
    Kind {
        name: "outside",
        draw: outside::table,
    },
    Kind {
        name: "none",
        draw: none::table,
    },
    Kind {
        name: "faulty",
        draw: faulty::table,
    },
    Kind {
        name: "constants",
        draw: inside::constants,
    },
];

/// The kind that runs each table with other seeds, row orders and threads.
const STABLE: &str = "stable";

/// Is what is called confirmed right
#[derive(Parser)]
#[command(name = "trust")]
struct Args {
    /// Kinds of tables: inside, outside, none, faulty, constants, stable
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "inside,outside,none,faulty,constants,stable"
    )]
    kind: Vec<String>,
    /// Tables of each kind
    #[arg(long, value_name = "N", default_value_t = 200)]
    tables: usize,
    /// Seed of all draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// `--time-limit` of the binary in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0)]
    limit: f64,
    /// Runs at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    jobs: usize,
    /// The binary [default: the one cargo built]
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_nalu-discover"))]
    bin: PathBuf,
    /// Keep the tables that are wrongly confirmed in this folder
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Print a line for each table that is wrongly confirmed, or right and not
    #[arg(long)]
    list: bool,
    /// Only tables of this sort, with a line for each
    #[arg(long, value_name = "SORT")]
    sort: Option<String>,
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
    for name in &args.kind {
        match KINDS.iter().find(|kind| kind.name == name) {
            Some(kind) => verdicts(kind, args)?,
            None if name == STABLE => stability(args)?,
            None => return Err(format!("no kind `{name}`")),
        }
    }
    Ok(())
}

/// The table of this number; the same for any number of tables and jobs.
fn table(kind: &Kind, args: &Args, place: usize) -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(args.seed);
    let stream = KINDS
        .iter()
        .position(|other| other.name == kind.name)
        .unwrap_or(0);
    rng.set_stream((stream * 1_000_000 + place) as u64);
    (kind.draw)(&mut rng)
}

/// Runs `of` for each number of a table on several threads; results in order.
fn each<T: Send>(args: &Args, of: impl Fn(usize, &Caller, PathBuf) -> T + Sync) -> Result<Vec<T>, String> {
    let folder = tempfile::tempdir().map_err(|e| format!("a folder for the tables: {e}"))?;
    let caller = Caller {
        binary: args.bin.clone(),
        limit: args.limit,
    };
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..args.jobs.max(1) {
            scope.spawn(|| loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= args.tables {
                    break;
                }
                let result = of(place, &caller, folder.path().join(place.to_string()));
                if let Ok(mut results) = results.lock() {
                    results.push((place, result));
                }
            });
        }
    });
    let mut results = results.into_inner().map_err(|e| e.to_string())?;
    results.sort_by_key(|(place, _)| *place);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// What was counted over some tables.
#[derive(Default)]
struct Counts {
    confirmed: Share,
    right_of_confirmed: Share,
    confirmed_of_right: Share,
}

impl Counts {
    fn add(&mut self, said: &Said, right: bool) {
        let confirmed = said.verdict == "confirmed";
        self.confirmed.add(confirmed);
        if confirmed {
            self.right_of_confirmed.add(right);
        }
        if right && said.rows_outside >= ENOUGH_OUTSIDE {
            self.confirmed_of_right.add(confirmed);
        }
    }
}

fn verdicts(kind: &Kind, args: &Args) -> Result<(), String> {
    let results = each(args, |place, caller, path| {
        let drawn = table(kind, args, place);
        if args.sort.as_ref().is_some_and(|sort| *sort != drawn.sort) {
            return None;
        }
        let said = caller.run(&drawn, &path, 0, 1);
        let right = said
            .as_ref()
            .is_ok_and(|said| judge::is_right(&drawn, &said.formula));
        Some((drawn, said, right))
    })?;
    let results: Vec<_> = results
        .into_iter()
        .enumerate()
        .filter_map(|(place, result)| Some((place, result?)))
        .collect();
    let mut all = Counts::default();
    let mut by: BTreeMap<String, Counts> = BTreeMap::new();
    let (mut held, mut exact_wrong) = (Share::default(), Share::default());
    for (place, (drawn, said, right)) in &results {
        let said = match said {
            Ok(said) => said,
            Err(message) => {
                println!("{} {place}: {message}", kind.name);
                continue;
            }
        };
        all.add(said, *right);
        by.entry(format!("noise {}", drawn.noise))
            .or_default()
            .add(said, *right);
        if drawn.noise > 0.0 {
            by.entry("noise, any".to_string()).or_default().add(said, *right);
        }
        by.entry(format!("rows {:>3}", drawn.target.len()))
            .or_default()
            .add(said, *right);
        if kind.name == "outside" || kind.name == "none" || kind.name == "faulty" {
            by.entry(format!("sort {}", drawn.sort))
                .or_default()
                .add(said, *right);
        }
        constants(drawn, said, &mut held, &mut exact_wrong, args.list);
        let confirmed = said.verdict == "confirmed";
        let missed = *right && !confirmed && said.rows_outside >= ENOUGH_OUTSIDE;
        let what = match (confirmed, *right) {
            (true, false) => "wrong",
            (_, true) if missed => "missed",
            (_, true) => "right",
            (false, false) => "not found",
        };
        if args.sort.is_some() || args.list && ["wrong", "missed"].contains(&what) {
            println!(
                "{what} {place}: {} noise {}: {} ({})",
                drawn.sort, drawn.noise, said.formula, said.reason
            );
        }
        if let (Some(folder), true) = (&args.keep, confirmed && !right) {
            run::write_table(drawn, &folder.join(format!("{}-{place}.csv", kind.name)))?;
        }
    }
    let seconds: f64 = results
        .iter()
        .filter_map(|(_, (_, said, _))| Some(said.as_ref().ok()?.seconds))
        .sum();
    println!(
        "\n{}: {} tables, seed {}, limit {} s, {:.1} s a table\n",
        kind.name,
        results.len(),
        args.seed,
        args.limit,
        seconds / results.len().max(1) as f64
    );
    println!("| | confirmed | of the confirmed, right | of the right with {ENOUGH_OUTSIDE} rows outside, confirmed |");
    println!("|---|---|---|---|");
    for (name, counts) in std::iter::once((&"all".to_string(), &all)).chain(&by) {
        println!(
            "| {name} | {} | {} | {} |",
            counts.confirmed, counts.right_of_confirmed, counts.confirmed_of_right
        );
    }
    if kind.name == "constants" {
        println!("\n95 % intervals that hold the true constant: {held}");
        println!("constants printed as exact that are not: {exact_wrong}");
    }
    Ok(())
}

/// Compares each true constant with the printed one nearest to it, where that
/// is within a fifth: otherwise the formula has another shape.
fn constants(drawn: &Drawn, said: &Said, held: &mut Share, exact_wrong: &mut Share, list: bool) {
    for &truth in &drawn.constants {
        let apart = |value: f64, truth: f64| (value.abs() - truth.abs()).abs() / truth.abs();
        let distance = |value: f64| apart(value, truth);
        // A printed constant is that of the truth nearest to it: a 1 is not printed.
        let of_this = |value: f64| {
            let mut others = drawn.constants.iter();
            others.all(|&other| distance(value) <= apart(value, other))
        };
        let nearest = said
            .constants
            .iter()
            .filter(|found| of_this(found.value))
            .min_by(|a, b| distance(a.value).total_cmp(&distance(b.value)));
        match nearest {
            Some(found) if distance(found.value) < 0.2 && found.is_exact => {
                let wrong = distance(found.value) > 1e-9;
                exact_wrong.add(wrong);
                if list && wrong {
                    println!("exact: {} is {}, not {truth}", drawn.sort, said.formula);
                }
            }
            Some(found) if distance(found.value) < 0.2 => {
                if let Some(stderr) = found.stderr {
                    let holds = (found.value.abs() - truth.abs()).abs() <= 1.96 * stderr;
                    held.add(holds);
                    if list && !holds {
                        println!(
                            "interval: {} is {} with {} ± {stderr}, not {truth}",
                            drawn.sort, said.formula, found.value
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

/// The share of tables whose formula has another shape under another seed,
/// another order of the rows, or another number of threads, and is not named as a tie.
fn stability(args: &Args) -> Result<(), String> {
    let results = each(args, |place, caller, path| {
        let drawn = table(&KINDS[0], args, place);
        let first = caller.run(&drawn, &path, 0, 1).ok();
        let others = [
            (1..5)
                .map(|seed| caller.run(&drawn, &path, seed, 1).ok())
                .collect::<Vec<_>>(),
            (1..5)
                .map(|seed| caller.run(&shuffled(&drawn, seed), &path, 0, 1).ok())
                .collect(),
            vec![caller.run(&drawn, &path, 0, 2).ok()],
        ];
        let changed = others.map(|others| others.into_iter().find(|other| !same(&first, other)));
        let list = changed.each_ref().map(|other| {
            let formula = |said: &Option<Said>| {
                said.as_ref()
                    .map_or("none".to_owned(), |said| said.formula.clone())
            };
            other.as_ref().map(|other| {
                format!(
                    "{place}: noise {}: {} | {}",
                    drawn.noise,
                    formula(&first),
                    formula(other)
                )
            })
        });
        list
    })?;
    println!(
        "\n{STABLE}: {} tables of kind inside; shapes that change and are not named as ties\n",
        args.tables
    );
    for (place, what) in ["five seeds", "five row orders", "one and two threads"]
        .iter()
        .enumerate()
    {
        let mut share = Share::default();
        for changed in &results {
            share.add(changed[place].is_some());
            if let (true, Some(line)) = (args.list, &changed[place]) {
                println!("{what} {line}");
            }
        }
        println!("{what}: {share}");
    }
    Ok(())
}

/// Whether two runs give the same shape, or one names the other's as a tie.
fn same(one: &Option<Said>, other: &Option<Said>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return one.is_none() && other.is_none();
    };
    let names = |said: &Said, formula: &str| {
        let mut shapes = std::iter::once(&said.formula)
            .chain(&said.ties)
            .map(|known| shape(known));
        shapes.any(|known| known == shape(formula))
    };
    names(one, &other.formula) || names(other, &one.formula)
}

/// The formula with every number replaced by one sign.
fn shape(formula: &str) -> String {
    let mut shape = String::new();
    for character in formula.chars() {
        let after_name = shape.ends_with(|c: char| c.is_alphabetic());
        match character {
            '0'..='9' if after_name => shape.push(character),
            '0'..='9' | '.' if shape.ends_with('#') => {}
            '0'..='9' => shape.push('#'),
            other => shape.push(other),
        }
    }
    shape
}

fn shuffled(drawn: &Drawn, seed: u64) -> Drawn {
    let mut order: Vec<usize> = (0..drawn.target.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let pick = |column: &Vec<f64>| order.iter().map(|&row| column[row]).collect();
    Drawn {
        sort: drawn.sort.clone(),
        noise: drawn.noise,
        columns: drawn.columns.iter().map(pick).collect(),
        target: pick(&drawn.target),
        truth: None,
        ranges: drawn.ranges.clone(),
        level: drawn.level,
        constants: Vec::new(),
    }
}
