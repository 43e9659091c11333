//! What a file, a terminal or a pipe may do to the program, and must not.

mod program;

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use program::{command, dataset, run, write_table};

#[test]
fn control_characters_in_names_and_cells_do_not_reach_the_terminal() {
    let folder = TempDir::new().unwrap();
    let rows = |cell: &str| -> String {
        let numbers = (1..=30).map(|i| format!("{i},{},{}\n", i * i % 7 + 1, 2 * i));
        format!(
            "\"\x1b[31mred\x1b[0m\",\"a\u{202e}b\",y\n{cell}{}",
            numbers.collect::<String>()
        )
    };
    for cell in ["", "1,\x1b[2Jx,3\n"] {
        let path = folder.path().join("t.csv");
        fs::write(&path, rows(cell)).unwrap();
        for more in [&[][..], &["--json"], &["--explain", "--front", "-v"]] {
            let output = run(&[&[path.to_str().unwrap()], more].concat());
            for stream in [&output.stdout, &output.stderr] {
                let text = String::from_utf8_lossy(stream);
                assert!(!text.contains(['\x1b', '\u{202e}']), "{more:?}: {text:?}");
            }
            assert!(String::from_utf8_lossy(&output.stderr).contains("\\x1b["));
        }
    }
}

#[test]
fn numbers_at_the_ends_of_their_range_end_in_an_answer_or_an_error() {
    let folder = TempDir::new().unwrap();
    type Column = fn(f64) -> f64;
    let columns: [(Column, Column); 5] = [
        (|i| if i % 2.0 == 0.0 { f64::MAX } else { -f64::MAX }, |i| i),
        (|i| 1e-310 * (i + 1.0), |i| 3.0 * i),
        (|i| i + 1.0, |i| 1e306 * (i + 1.0)),
        (|i| i + 1.0, |i| 5e-324 * (i + 1.0)),
        (|i| 1e300 * (i + 1.0), |i| 1e-300 / (i + 1.0)),
    ];
    for (place, (x, y)) in columns.iter().enumerate() {
        let rows: Vec<Vec<f64>> = (0..40)
            .map(f64::from)
            .map(|i| vec![x(i), i % 5.0, y(i)])
            .collect();
        let table = write_table(folder.path(), "t.csv", &["x", "z", "y"], &rows);
        let output = run(&[table.to_str().unwrap(), "--json", "--time-limit", "2"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0..=2)), "{place}: {stderr}");
        assert!(
            !stderr.contains("are nearly") || !stderr.contains("of  in"),
            "{place}: {stderr}"
        );
        if output.status.code() != Some(2) {
            let _: Value = serde_json::from_slice(&output.stdout).unwrap();
        }
    }
}

/// `2>/dev/full`: what can't be said is left unsaid.
#[cfg(target_os = "linux")]
#[test]
fn a_standard_error_that_is_full_changes_nothing() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(&[&dataset("planets.csv")]).stderr(full).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("semi_major_axis_au^1.5"));
}
