//! The command line: what goes to which stream, exit codes, and the ways a
//! run ends. What is refused, and how, is in `bad_input.rs`.

mod program;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use program::{command, dataset, run, write_table, Draws};

fn planets() -> String {
    dataset("planets.csv")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A table that no formula explains: what looks like noise, and is.
fn write_noise(folder: &TempDir) -> PathBuf {
    let mut draws = Draws::new(1);
    let rows: Vec<Vec<f64>> = (0..200)
        .map(|_| (0..3).map(|_| draws.next(0.0, 1.0)).collect())
        .collect();
    write_table(folder.path(), "noise.csv", &["a", "b", "y"], &rows)
}

const FORMULA: &str = "period_years = semi_major_axis_au^1.5";

#[test]
fn help_and_version_go_to_standard_output() {
    for (arguments, expected) in [
        (&["--help"][..], "nalu-discover data.csv --json > result.json"),
        (&["-h"], "--time-limit <SECONDS>"),
        (
            &["--version"],
            concat!("nalu-discover ", env!("CARGO_PKG_VERSION")),
        ),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
        assert!(text(&output.stdout).contains(expected), "{arguments:?}");
    }
}

#[test]
fn no_argument_is_a_usage_error() {
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("Usage: nalu-discover"));
}

#[test]
fn the_formula_comes_first_and_all_else_goes_to_standard_error() {
    let output = run(&[&planets()]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let mut lines = stdout.lines();
    assert_eq!(
        lines.next(),
        Some(format!("{FORMULA}   confirmed").as_str()),
        "{stdout}"
    );
    for part in [
        "    inside      8",
        "    outside     2",
        "  why ",
        "a linear fit by up to",
        "  next ",
    ] {
        assert!(stdout.contains(part), "{part:?} is not in\n{stdout}");
    }
    // What it assumed, in words.
    for part in [
        "`period_years` from `semi_major_axis_au`, 10 rows",
        "6 to train, 2 to validate, 2 held out",
        "set aside `planet`: it holds text",
    ] {
        assert!(stderr.contains(part), "{part:?} is not in\n{stderr}");
        assert!(!stdout.contains(part), "{part:?} is in\n{stdout}");
    }
    assert!(
        !stdout.contains('\x1b') && !stderr.contains('\x1b'),
        "escapes without a terminal"
    );
    assert!(stdout.lines().all(|line| line.chars().count() <= 80), "{stdout}");
}

#[test]
fn quiet_prints_the_formula_alone() {
    let output = run(&[&planets(), "--quiet"]);
    assert_eq!(text(&output.stdout), format!("{FORMULA}\n"));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn front_and_layers_follow_the_report() {
    let plain = text(&run(&[&planets()]).stdout);
    let more = text(&run(&[&planets(), "--front", "--explain"]).stdout);
    let rest = more.strip_prefix(&plain).expect("the same report first");
    for part in [
        "validation",
        "small MLP",
        "candidates, simplest first",
        "layer 1:",
        "multiply",
    ] {
        assert!(rest.contains(part), "{part:?} is not in\n{rest}");
    }
    assert!(
        rest.contains("3/2"),
        "the exponent of the product cell is not in\n{rest}"
    );
    assert!(rest.contains("trained: nothing. The formula was found in closed form"));
}

#[test]
fn the_parameters_of_a_published_cell_are_shown() {
    let folder = TempDir::new().unwrap();
    let mut draws = Draws::new(5);
    let rows: Vec<Vec<f64>> = (0..60)
        .map(|_| [draws.next(1.0, 5.0), draws.next(1.0, 5.0)])
        .map(|[a, b]| vec![a, b, a + b])
        .collect();
    let table = write_table(folder.path(), "sum.csv", &["a", "b", "y"], &rows);
    let arguments = [
        table.to_str().unwrap(),
        "--cell",
        "nalu",
        "--separate-weights",
        "--explain",
    ];
    let stdout = text(&run(&arguments).stdout);
    for part in [
        "trained: `nalu-separate` on `y`",
        "w_hat_add a",
        "m_hat_mul b",
        "gate a",
        "g, mean",
        "\ny = t1\n",
    ] {
        assert!(stdout.contains(part), "{part:?} is not in\n{stdout}");
    }
}

#[test]
fn verbose_says_what_is_tried() {
    let output = run(&[&planets(), "-v"]);
    assert!(
        text(&output.stderr).contains("trying: "),
        "{}",
        text(&output.stderr)
    );
    assert!(text(&output.stdout).starts_with(FORMULA));
}

#[test]
fn standard_input_works_like_a_file() {
    let mut child = piped(&["-", "--json"]);
    let table = fs::read_to_string(planets()).unwrap();
    child.stdin.take().unwrap().write_all(table.as_bytes()).unwrap();
    let piped = child.wait_with_output().unwrap();
    let direct = run(&[&planets(), "--json"]);
    let formula = |output: &Output| {
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["formula"].clone(), report["metrics"].clone())
    };
    assert_eq!(formula(&piped), formula(&direct));
    assert_eq!(piped.status.code(), Some(0));
}

#[test]
fn json_is_one_line_and_the_same_for_every_output() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("result.json");
    let file = run(&[&planets(), "--json", "--output", path.to_str().unwrap()]);
    assert_eq!(file.status.code(), Some(0));
    assert!(file.stdout.is_empty());
    let written = fs::read_to_string(&path).unwrap();
    let dash = text(&run(&[&planets(), "--json", "-o", "-"]).stdout);
    for json in [&written, &dash] {
        assert_eq!(json.lines().count(), 1, "{json}");
        let report: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(report["formula"]["text"], "semi_major_axis_au^1.5");
        assert_eq!(report["verdict"], "confirmed");
    }
    let again = run(&[&planets(), "--json", "-o", path.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2), "a file is not replaced unasked");
    assert_eq!(fs::read_to_string(&path).unwrap(), written);
}

#[test]
fn exit_code_1_says_that_nothing_is_confirmed() {
    let folder = TempDir::new().unwrap();
    let noise = write_noise(&folder);
    let output = run(&[noise.to_str().unwrap(), "--time-limit", "2"]);
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    let first = stdout.lines().take(2).collect::<String>();
    assert!(!first.contains("confirmed"), "{stdout}");
    assert!(stdout.contains("\n  next  "), "{stdout}");
}

/// The other end is gone before there is anything to write.
#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = piped(&["-"]);
    drop(child.stdout.take());
    let table = fs::read(planets()).unwrap();
    child.stdin.take().unwrap().write_all(&table).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(
        !stderr.contains("error") && !stderr.contains("panicked"),
        "{stderr}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let stdout = command(&[&planets()]).stdout(full()).output().unwrap();
    let file = run(&[&planets(), "--output", "/dev/full"]);
    for (output, expected) in [
        (stdout, "error: cannot write to standard output: "),
        (file, "error: cannot write `/dev/full`: "),
    ] {
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
}

/// One interrupt ends the search; the best so far is printed.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_the_best_so_far() {
    let folder = TempDir::new().unwrap();
    let noise = write_noise(&folder);
    let mut child = piped(&[
        noise.to_str().unwrap(),
        "-v",
        "--json",
        "--time-limit",
        "600",
        "--cell",
        "nalu",
    ]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    // Only once the search runs is there something to interrupt.
    while !line.starts_with("trying: ") {
        line.clear();
        assert!(
            stderr.read_line(&mut line).unwrap() > 0,
            "ended before the search"
        );
    }
    let id = child.id().to_string();
    assert!(Command::new("kill")
        .args(["-INT", &id])
        .status()
        .unwrap()
        .success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{rest}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["search"]["stop_reason"], "interrupted");
}

/// A gate that starts, and is kept by a rate near 0, on the adding path; weights
/// that start where a + b is.
#[test]
fn options_of_a_published_cell_reach_its_training() {
    let folder = TempDir::new().unwrap();
    let mut draws = Draws::new(6);
    let rows: Vec<Vec<f64>> = (0..60)
        .map(|_| [draws.next(1.0, 5.0), draws.next(1.0, 5.0)])
        .map(|[a, b]| vec![a, b, a + b])
        .collect();
    let table = write_table(folder.path(), "sum.csv", &["a", "b", "y"], &rows);
    let table = table.to_str().unwrap();
    let arguments = [
        "--cell",
        "nalu",
        "--init",
        "constant:3",
        "--gate-init",
        "constant:2",
    ];
    let rest = [
        "--epsilon",
        "1e-5",
        "--iterations",
        "1",
        "--learning-rate",
        "1e-9",
    ];
    let report = program::json(&[&[table][..], &arguments, &rest, &["--decay", "constant"]].concat());
    let parameters = &report["trained"]["layers"][0]["parameters"];
    let close = |name: &str, expected: f64| {
        let value = parameters[name][1][0].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-6, "{name}: {value}");
    };
    close("w_hat", 3.0);
    close("m_hat", 3.0);
    close("gate", 2.0);
    assert_eq!(report["formula"]["text"], "a + b");
}

#[test]
fn an_option_that_the_cell_does_not_heed_is_refused() {
    for (arguments, error, hint) in [
        (
            &["--epsilon", "1e-5"][..],
            "error: `--epsilon` does nothing with `--cell gated`",
            "it is for `--cell` nalu, nalu-separate, nac-mul, inalu, real-npu",
        ),
        (
            &["--cell", "nalu", "--penalty", "1"],
            "error: `--penalty` does nothing with `--cell nalu`",
            "it is for `--cell` inalu, nau, nmu, nau-nmu, real-npu",
        ),
        (
            &["--cell", "nac", "--init", "uniform:2,-2"],
            "LOW is not below HIGH",
            "",
        ),
    ] {
        let output = run(&[&[&planets()[..]], arguments].concat());
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr.contains(error) && stderr.contains(hint), "{stderr}");
    }
}

#[test]
fn help_lists_the_options_of_published_cells_under_their_own_heading() {
    let help = text(&run(&["--help"]).stdout);
    let (_, rest) = help.split_once("Published cells").expect("the heading");
    let (section, _) = rest.split_once("\nOutput:").expect("the next heading");
    for option in [
        "--epsilon",
        "--init",
        "--gate-init",
        "--penalty",
        "--penalty-ramp",
        "--iterations",
        "--learning-rate",
        "--decay",
    ] {
        assert!(section.contains(option), "{option} is not in\n{section}");
    }
    assert!(!section.contains("--front"), "{section}");
}

fn piped(arguments: &[&str]) -> Child {
    command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}
