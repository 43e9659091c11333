//! Formulas as code, run by the tools themselves where they are installed, and compared
//! with their own values.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use nalu_discover::export::{export, Exported, Language};
use nalu_discover::formula::{parse, Expr};

/// Names that some language has other plans for.
const NAMES: [&str; 5] = ["a", "speed [m/s]", "lambda", "2nd", "exp"];

/// Rows with a value of every formula.
const ROWS: [[f64; 5]; 3] = [
    [0.3, 2.5, 1.7, 0.9, 3.1],
    [0.9, 0.4, 12.0, 0.05, 1.1],
    [0.55, 7.0, 3.0, 0.6, 2.0],
];

/// Every function, every kind of power, and what precedence can go wrong in.
const FORMULAS: [&str; 16] = [
    "0.5*a*`speed [m/s]`^2",
    "-a^2 + lambda",
    "-(a + 1)*lambda^2/3",
    "`2nd`^(1/3) - lambda^1.37/a",
    "1/3*a - 2/lambda^0.5",
    "2^(-lambda/5.27) + 10^(a - 1)",
    "`exp`*exp(-0.3*lambda) + ln(`speed [m/s]` + 1)",
    "log10(lambda)*20 + log2(lambda)/3",
    "sin(pi*a/180) - cos(2*pi*lambda)*tan(a)",
    "tanh(lambda/2.1) + asin(a)*acos(`2nd`) - atan(lambda)",
    "abs(a - lambda)",
    "a/(lambda*(1 - a^2/(4*lambda)))",
    "2e-9*lambda*1e12 + 6.02214076e23*a/1e23",
    "(a - lambda)^2*(-2)^3",
    "sqrt(a^2 + lambda^2) - a - (lambda - `exp`)",
    "lambda^a + (a/lambda)^-2",
];

fn names() -> Vec<String> {
    NAMES.map(String::from).to_vec()
}

/// The formula as a document in a language, and its values on the rows.
fn document(expr: &Expr, language: &str) -> String {
    let exported = Exported {
        expr,
        target: "y (out)",
        inputs: &names(),
        verdict: "confirmed",
        ranges: &[],
    };
    export(&exported, Language::named(language).expect(language))
}

/// Inputs that the formula reads, as arguments of a row.
fn arguments(expr: &Expr, row: &[f64; 5]) -> String {
    let values = expr
        .variables_used()
        .into_iter()
        .map(|index| format!("{:?}", row[index]));
    values.collect::<Vec<_>>().join(", ")
}

/// Whether the tool is there; says so where it isn't.
fn is_installed(tool: &str) -> bool {
    let found = Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        println!("`{tool}` is not installed: nothing was tried");
    }
    found
}

/// What the tool prints, as numbers.
fn numbers(tool: &str, arguments: &[&str], folder: &Path) -> Vec<f64> {
    let output = Command::new(tool)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the tool runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {errors}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace()
        .map(|word| word.parse().expect(word))
        .collect()
}

fn compare(language: &str, found: &[f64]) {
    let own: Vec<f64> = FORMULAS
        .iter()
        .flat_map(|text| {
            let expr = parse(text, &names()).expect(text);
            ROWS.map(|row| expr.evaluate_row(&row))
        })
        .collect();
    assert_eq!(found.len(), own.len(), "{language}");
    for (place, (found, own)) in found.iter().zip(&own).enumerate() {
        let text = FORMULAS[place / ROWS.len()];
        assert!(
            (found - own).abs() <= 1e-12 * own.abs().max(1e-3),
            "{language}: {text} is {found}, not {own}"
        );
    }
}

/// Each formula's document and what calls it on each row, one after the other, each in
/// a scope of its own.
fn program(language: &str, function: &str, scope: impl Fn(usize, &str, &[String]) -> String) -> String {
    let one = |(place, text): (usize, &&str)| {
        let expr = parse(text, &names()).expect(text);
        let calls = ROWS.map(|row| format!("{function}({})", arguments(&expr, &row)));
        scope(place, &document(&expr, language), &calls)
    };
    FORMULAS.iter().enumerate().map(one).collect()
}

fn in_python(language: &str) {
    let folder = tempfile::tempdir().unwrap();
    let text = program(language, "y__out", |_, document, calls| {
        let calls = calls.iter().map(|call| format!("print(repr(float({call})))\n"));
        format!("{document}\n{}", calls.collect::<String>())
    });
    fs::write(folder.path().join("all.py"), text).unwrap();
    compare(language, &numbers("python3", &["all.py"], folder.path()));
}

fn has_module(module: &str) -> bool {
    let import = format!("import {module}");
    let found = is_installed("python3")
        && Command::new("python3")
            .args(["-c", &import])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    if !found {
        println!("Python has no `{module}`: nothing was tried");
    }
    found
}

#[test]
fn python_gives_the_same() {
    if is_installed("python3") {
        in_python("python");
    }
}

#[test]
fn numpy_gives_the_same() {
    if has_module("numpy") {
        in_python("numpy");
    }
}

#[test]
fn sympy_gives_the_same() {
    if !has_module("sympy") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for formula in FORMULAS {
        let expr = parse(formula, &names()).expect(formula);
        text.push_str(&document(&expr, "sympy"));
        text.push_str("symbols = sorted(y__out.free_symbols, key=lambda s: ['a', 'speed__m_s', 'lambda_', 'x2nd', 'exp'].index(s.name))\n");
        for row in ROWS {
            let values = arguments(&expr, &row);
            text.push_str(&format!(
                "print(repr(float(y__out.subs(dict(zip(symbols, [{values}]))).evalf(20))))\n"
            ));
        }
    }
    fs::write(folder.path().join("all.py"), text).unwrap();
    compare("sympy", &numbers("python3", &["all.py"], folder.path()));
}

#[test]
fn javascript_gives_the_same() {
    if !is_installed("node") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = program("javascript", "y__out", |_, document, calls| {
        let calls = calls.iter().map(|call| format!("console.log({call});\n"));
        format!("{{\n{document}{}}}\n", calls.collect::<String>())
    });
    fs::write(folder.path().join("all.js"), text).unwrap();
    compare("javascript", &numbers("node", &["all.js"], folder.path()));
}

#[test]
fn c_gives_the_same() {
    if !is_installed("cc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut text = "#include <stdio.h>\n".to_owned();
    let mut calls = String::new();
    for (place, formula) in FORMULAS.iter().enumerate() {
        let expr = parse(formula, &names()).expect(formula);
        let name = format!("f{place}(");
        text.push_str(&document(&expr, "c").replace("y__out(", &name));
        for row in ROWS {
            calls.push_str(&format!(
                "printf(\"%.17g\\n\", {name}{}));\n",
                arguments(&expr, &row)
            ));
        }
    }
    text.push_str(&format!("int main(void) {{\n{calls}return 0;\n}}\n"));
    fs::write(folder.path().join("all.c"), text).unwrap();
    let compiled = Command::new("cc")
        .args(["-Wall", "-Werror", "-o", "all", "all.c", "-lm"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let program = folder.path().join("all");
    compare("c", &numbers(&program.to_string_lossy(), &[], folder.path()));
}

#[test]
fn rust_gives_the_same() {
    if !is_installed("rustc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut modules = String::new();
    let mut calls = String::new();
    for (place, formula) in FORMULAS.iter().enumerate() {
        let expr = parse(formula, &names()).expect(formula);
        modules.push_str(&format!("mod f{place} {{\n{}}}\n", document(&expr, "rust")));
        for row in ROWS {
            let values = arguments(&expr, &row);
            calls.push_str(&format!("println!(\"{{:?}}\", f{place}::y__out({values}));\n"));
        }
    }
    let text = format!("{modules}fn main() {{\n{calls}}}\n");
    fs::write(folder.path().join("all.rs"), text).unwrap();
    let compiled = Command::new("rustc")
        .args(["--edition", "2021", "-D", "warnings", "all.rs"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let program = folder.path().join("all");
    compare("rust", &numbers(&program.to_string_lossy(), &[], folder.path()));
}

#[test]
fn sqlite_gives_the_same() {
    if !is_installed("sqlite3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let columns: Vec<String> = NAMES.iter().map(|name| format!("\"{name}\"")).collect();
    let rows: Vec<String> = ROWS
        .iter()
        .map(|row| format!("({})", row.map(|v| format!("{v:?}")).join(", ")))
        .collect();
    let mut text = format!(
        "CREATE TABLE data ({});\nINSERT INTO data VALUES {};\n",
        columns.join(", "),
        rows.join(", ")
    );
    for formula in FORMULAS {
        let expr = parse(formula, &names()).expect(formula);
        let query = document(&expr, "sql");
        let query = query.trim_end().trim_end_matches(';');
        text.push_str(&format!(
            "SELECT printf('%.17g', \"y (out)_predicted\") FROM (\n{query}\n);\n"
        ));
    }
    fs::write(folder.path().join("all.sql"), text).unwrap();
    compare(
        "sql",
        &numbers("sqlite3", &[":memory:", ".read all.sql"], folder.path()),
    );
}

#[test]
fn what_can_not_be_run_here_reads_as_it_should() {
    let written = |text: &str, language: &str| {
        let expr = parse(text, &names()).expect(text);
        let document = document(&expr, language);
        document
            .lines()
            .find(|line| !line.starts_with(['#', '%']) && line.contains("2.5"))
            .expect("a line")
            .trim()
            .to_owned()
    };
    for (text, language, expected) in [
        ("-a^2.5*lambda", "excel", "=-(A2^2.5*B2)"),
        ("2.5*log2(a)", "excel", "=2.5*LOG(A2,2)"),
        ("2.5 - pi*a^-2", "excel", "=2.5-PI()/A2^2"),
        ("-a^2.5*lambda", "julia", "return -a^2.5 * lambda"),
        ("2.5*ln(a)/lambda", "r", "2.5 * log(a) / lambda"),
        ("2.5*a^2/lambda", "matlab", "result = 2.5 .* a.^2 ./ lambda;"),
        ("2.5*a", "text", "2.5 * a"),
        ("2.5*sqrt(a)", "latex", "2.5 \\, \\sqrt{a}"),
    ] {
        assert_eq!(written(text, language), expected, "{language}");
    }
}

#[test]
fn a_saved_report_is_written_in_other_languages() {
    let folder = tempfile::tempdir().unwrap();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/planets.csv");
    let program = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("nalu-discover").unwrap();
        command
            .current_dir(folder.path())
            .args(arguments)
            .output()
            .unwrap()
    };
    assert!(program(&[table, "--json", "-o", "result.json"]).status.success());
    let export = ["export", "result.json", "--to", "rust"];
    let saved = program(&export);
    assert!(saved.status.success());
    let text = String::from_utf8_lossy(&saved.stdout).into_owned();
    assert!(text.contains("f64::powf(semi_major_axis_au, 1.5)"), "{text}");
    // The same at once, with the verdict beside it.
    let at_once = program(&[table, "--export", "rust"]);
    assert_eq!(at_once.stdout, saved.stdout);
    assert!(String::from_utf8_lossy(&at_once.stderr).contains("confirmed: "));
    // What is there is not overwritten.
    let onto = program(&[&export[..], &["-o", "result.json"]].concat());
    assert_eq!(onto.status.code(), Some(2));
    let torn = program(&["export", table, "--to", "c"]);
    assert_eq!(torn.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&torn.stderr).into_owned();
    assert!(
        errors.contains("is no report of nalu-discover") && errors.contains("hint: "),
        "{errors}"
    );
}
