//! Bad input ends with exit code 2, an `error:` that says what and where, a
//! `hint:` that says what to do, and nothing on standard output.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// Runs the program in `folder` with `stdin` as its standard input.
fn run_with_stdin(folder: &Path, arguments: &[&str], stdin: &str) -> Output {
    let input = folder.join("stdin.txt");
    fs::write(&input, stdin).unwrap();
    Command::new(cargo_bin("nalu-discover"))
        .current_dir(folder)
        .args(arguments)
        .stdin(fs::File::open(input).unwrap())
        .output()
        .unwrap()
}

/// Asserts a clean refusal whose standard error holds all of `expected`.
fn assert_refused(output: &Output, expected: &[&str], what: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{what}: {stderr}");
    assert!(output.stdout.is_empty(), "{what}: something on standard output");
    assert!(stderr.starts_with("error: "), "{what}: {stderr}");
    assert!(!stderr.contains("panicked"), "{what}: {stderr}");
    for part in expected {
        assert!(stderr.contains(part), "{what}: `{part}` is not in\n{stderr}");
    }
}

/// A file's bytes, further arguments, and what standard error has to hold.
struct Case {
    what: &'static str,
    file: &'static [u8],
    arguments: &'static [&'static str],
    expected: &'static [&'static str],
}

const fn case(
    what: &'static str,
    file: &'static [u8],
    arguments: &'static [&'static str],
    expected: &'static [&'static str],
) -> Case {
    Case {
        what,
        file,
        arguments,
        expected,
    }
}

/// Four good rows, to be read with bad arguments.
const GOOD: &[u8] = b"mass,velocity,energy\n1,2,2\n2,3,9\n3,1,1.5\n4,5,50\n";

const CASES: &[Case] = &[
    case("empty file", b"", &[], &["t.csv is empty", "hint: "]),
    case("blank lines only", b"\n\r\n  \n", &[], &["t.csv is empty"]),
    case("byte order mark only", b"\xef\xbb\xbf", &[], &["t.csv is empty"]),
    case("comments only", b"# nothing\n", &[], &["t.csv is empty"]),
    case(
        "header only",
        b"a,b\n",
        &[],
        &["t.csv has a header but no rows", "at least three rows"],
    ),
    case("one row", b"a,b\n1,2\n", &[], &["t.csv has only 1 row to work with", "hint: "]),
    case(
        "one row without a header",
        b"1,2,3\n",
        &[],
        &["t.csv has only 1 row to work with"],
    ),
    case(
        "one complete row",
        b"a,b\n1,2\n,3\n4,\n",
        &[],
        &["only 1 row to work with (2 rows with a missing value were dropped)"],
    ),
    case(
        "ragged rows",
        b"a,b,c\n1,2,3\n4,5\n6,7,8\n1,2,3,4\n9\n",
        &[],
        &["t.csv:3: expected 3 cells, found 2 (2 more like this)", "--delimiter"],
    ),
    case(
        "a quote never closed",
        b"a,b\n1,2\n\"3,4\n5,6\n",
        &[],
        &["t.csv:3: expected 2 cells, found 1", "a quote that opens on this line"],
    ),
    case(
        "text in the target",
        b"a,y\n1,2\n2,oops\n3,4\n4,5\n",
        &[],
        &["t.csv:3: column `y` holds `oops`, which is not a number", "hint: correct the cell"],
    ),
    case(
        "text in a target that was named",
        b"a,b,y\nx,2,1\ny,oops,2\n3,4,3\n",
        &["--target", "a"],
        &["t.csv:2: column `a` holds `x`, which is not a number (1 more like this)", "--target NAME"],
    ),
    case(
        "text in an input",
        b"a b,y\n1,2\n1.5 m,3\n3,4\n4,5\n",
        &[],
        &["t.csv:3: column `a b` holds `1.5 m`", "--ignore '`a b`'"],
    ),
    case(
        "line numbers with blank lines, comments and CRLF",
        b"\xef\xbb\xbf# made by hand\r\na,y\r\n\r\n1,2\r\n\r\n2,x\r\n3,4\r\n",
        &[],
        &["t.csv:6: column `y` holds `x`"],
    ),
    case(
        "infinity",
        b"a,y\n1,2\n2,inf\n3,4\n",
        &[],
        &["t.csv:3: column `y` holds `inf`, which is not a finite number"],
    ),
    case(
        "overflow",
        b"a,y\n1,2\n1e999,3\n3,4\n",
        &[],
        &["t.csv:3: column `a` holds `1e999`, which is a number too large"],
    ),
    case(
        "underflow",
        b"a,y\n1,2\n1e-999,3\n3,4\n",
        &[],
        &["t.csv:3: column `a` holds `1e-999`, which is a number too small"],
    ),
    case(
        "thousands separators",
        b"a,y\n\"1,234\",2\n\"5,678\",3\n\"9,012\",4\n",
        &[],
        &["t.csv:2: column `a` holds `1,234`, which is a number with thousands separators (2 more like this)"],
    ),
    case(
        "mixed decimal marks",
        b"a;y\n1.5;2\n2.5;3\n3,5;4\n",
        &[],
        &["t.csv:4: column `a` holds `3,5`, which is a number with another decimal mark"],
    ),
    case(
        "text in Windows-1252 among numbers",
        b"a,y\n1,2\n\xb0C,3\n4,5\n",
        &[],
        &["t.csv:3: column `a` holds `\u{b0}C`, which is not a number"],
    ),
    case("UTF-16 without a row", b"\xff\xfea\0,\0y\0", &[], &["t.csv has a header but no rows"]),
    case("a spreadsheet", b"PK\x03\x04....", &[], &["t.csv is a spreadsheet", "export the table as CSV"]),
    case("NUL bytes", b"a,y\n1,\0\n", &[], &["t.csv is binary"]),
    case(
        "duplicate names",
        b"a,b,a\n1,2,3\n4,5,6\n7,8,10\n",
        &[],
        &["the name `a` stands over two columns, 1 and 3"],
    ),
    case("a single column", b"a\n1\n2\n3\n", &[], &["t.csv has a single column", "--delimiter"]),
    case("no numbers", b"a,y\nx,y\nz,w\nu,v\n", &[], &["t.csv has no column of numbers"]),
    case(
        "no input",
        b"a,y\nx,1\nz,2\nu,3\n",
        &[],
        &["t.csv has no input for the target `y`"],
    ),
    case(
        "no input that varies",
        b"a,y\n5,1\n5,2\n5,3\n",
        &[],
        &["t.csv has no input for the target `y`"],
    ),
    case(
        "a target that never varies",
        b"a,y\n1,5\n2,5\n3,5\n",
        &[],
        &["the target `y` never varies: it is 5 in every row", "--target NAME"],
    ),
    case(
        "all rows missing",
        b"a,b,y\n1,,2\n,3,4\nNA,5,?\n2,null,7\n",
        &[],
        &["every row of t.csv lacks a value: `a` in 2, `b` in 2, `y` in 1"],
    ),
    case(
        "missing values refused",
        b"a,y\n1,2\nNaN,3\n3,4\n4,5\n",
        &["--missing", "error"],
        &["t.csv:3: column `a` has no value", "--missing drop"],
    ),
    case(
        "an unknown target",
        GOOD,
        &["--target", "enegry"],
        &["t.csv has no column `enegry`", "hint: did you mean `energy`?"],
    ),
    case(
        "an unknown input",
        GOOD,
        &["--inputs", "mass,speed"],
        &["t.csv has no column `speed`", "hint: the columns are `mass`, `velocity` and `energy`"],
    ),
    case(
        "an unknown column to ignore",
        GOOD,
        &["--ignore", "Mass"],
        &["t.csv has no column `Mass`", "hint: did you mean `mass`?"],
    ),
    case(
        "the target as an input",
        GOOD,
        &["--target", "mass", "--inputs", "mass"],
        &["the target `mass` cannot be an input as well"],
    ),
    case(
        "an input that is ignored",
        GOOD,
        &["--ignore", "mass", "--inputs", "mass"],
        &["column `mass` is both an input and ignored"],
    ),
    case(
        "a condition that is none",
        GOOD,
        &["--holdout", "mass is large"],
        &["cannot read the condition `mass is large` in `--holdout`", "hint: write `x > 10`"],
    ),
    case(
        "a condition on a column that isn't there",
        GOOD,
        &["--holdout", "velocty > 3"],
        &["`--holdout` names `velocty`, which is not an input", "did you mean `velocity`?"],
    ),
    case(
        "a condition that no row meets",
        GOOD,
        &["--holdout", "mass > 4"],
        &["`--holdout` selects none of the 4 rows", "hint: the data has mass in 1..4"],
    ),
    case(
        "a condition that all rows meet",
        GOOD,
        &["--holdout", "mass > 0"],
        &["`--holdout` selects 4 of the 4 rows"],
    ),
    case("a test file that isn't there", GOOD, &["--test", "u.csv"], &["no file `u.csv`"]),
    case("no time", GOOD, &["--time-limit", "0"], &["`--time-limit 0` is not a positive"]),
    case("a long delimiter", GOOD, &["--delimiter", "ab"], &["`--delimiter ab`"]),
    case(
        "an output that exists",
        GOOD,
        &["-o", "earlier.txt"],
        &["`earlier.txt` exists", "hint: `--force`"],
    ),
    case(
        "an output that is the table",
        GOOD,
        &["--force", "-o", "t.csv"],
        &["`--output t.csv` is the table itself", "hint: name another file"],
    ),
    case("an output that is a directory", GOOD, &["-o", "."], &["`.` is a directory"]),
    case(
        "an output in no directory",
        GOOD,
        &["-o", "none/result.txt"],
        &["cannot write `none/result.txt`"],
    ),
    case("an unknown option", GOOD, &["--tarket", "energy"], &["--tarket", "--target"]),
    case("no such cell", GOOD, &["--cell", "relu"], &["relu", "gated"]),
];

#[test]
fn each_case_is_refused_with_what_where_and_a_remedy() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("earlier.txt"), "an earlier result\n").unwrap();
    for case in CASES {
        fs::write(folder.path().join("t.csv"), case.file).unwrap();
        let arguments = [&["t.csv"], case.arguments].concat();
        let output = run_with_stdin(folder.path(), &arguments, "");
        assert_refused(&output, case.expected, case.what);
        assert_eq!(
            fs::read(folder.path().join("t.csv")).unwrap(),
            case.file,
            "{}",
            case.what
        );
    }
    let kept = fs::read_to_string(folder.path().join("earlier.txt")).unwrap();
    assert_eq!(kept, "an earlier result\n");
}

#[test]
fn what_is_no_file_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("planets.csv"), GOOD).unwrap();
    for (name, expected) in [
        (
            "planet.csv",
            &["no file `planet.csv`", "hint: did you mean `planets.csv`?"][..],
        ),
        (".", &["`.` is a directory"]),
        ("none/data.csv", &["no file `none/data.csv`"]),
        ("planets.csv/data.csv", &["planets.csv/data.csv"]),
    ] {
        assert_refused(&run_with_stdin(folder.path(), &[name], ""), expected, name);
    }
}

#[test]
fn standard_input_is_named_too() {
    let folder = TempDir::new().unwrap();
    for (text, expected) in [
        ("", "<stdin> is empty"),
        ("a,y\n1,2\n2,x\n3,4\n", "<stdin>:3: column `y` holds `x`"),
    ] {
        let output = run_with_stdin(folder.path(), &["-"], text);
        assert_refused(&output, &[expected], text);
    }
    let output = run_with_stdin(folder.path(), &["-", "--test", "-"], "");
    assert_refused(
        &output,
        &["both the table and `--test` are standard input"],
        "both",
    );
}

#[test]
fn a_test_file_must_have_the_columns() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("t.csv"), GOOD).unwrap();
    for (text, expected) in [
        (
            "mass,speed,energy\n1,2,3\n",
            &["u.csv has no column `velocity`"][..],
        ),
        ("mass,velocity,energy\n", &["u.csv has a header but no rows"]),
        (
            "mass,velocity,energy\n1,x,3\n",
            &["u.csv:2: column `velocity` holds `x`"],
        ),
        (
            "mass,velocity,energy\n1,,3\n",
            &["every row of u.csv lacks a value"],
        ),
    ] {
        fs::write(folder.path().join("u.csv"), text).unwrap();
        let output = run_with_stdin(folder.path(), &["t.csv", "--test", "u.csv"], "");
        assert_refused(&output, expected, text);
    }
}

/// A sparse file: its gigabyte of NUL bytes costs no disk, and reading all of
/// it would cost a gigabyte of memory.
#[test]
fn a_line_of_a_gigabyte_is_refused_early() {
    let folder = TempDir::new().unwrap();
    let file = fs::File::create(folder.path().join("t.csv")).unwrap();
    file.set_len(1 << 30).unwrap();
    let output = run_with_stdin(folder.path(), &["t.csv"], "");
    assert_refused(
        &output,
        &[
            "t.csv:1: the line is longer than 16 MiB",
            "hint: is this a table?",
        ],
        "a gigabyte",
    );
}
