//! `nalu-discover predict`: what a formula says of the rows of another table.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

const TREES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/trees.csv");

fn run(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("nalu-discover").unwrap();
    command.current_dir(folder).args(arguments).write_stdin(input);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("it ends by itself");
    (code, text(&output.stdout), text(&output.stderr))
}

/// A folder with the report of a table, `result.json`.
fn found(table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &[table, "--json", "-o", "result.json"], "");
    assert!(folder.path().join("result.json").exists());
    folder
}

#[test]
fn rows_come_back_with_value_error_and_range() {
    let folder = found(TREES);
    let table = "id;girth_in;height_ft\n\"a;1\";10,5;70\nb;;70\nc;21;80\nd;8;-9e9\n";
    let (code, text, errors) = run(folder.path(), &["predict", "result.json", "-"], table);
    assert_eq!(code, 0, "{errors}");
    let lines: Vec<&str> = text.lines().collect();
    let names = "volume_ft3_predicted;volume_ft3_stderr;volume_ft3_range";
    assert_eq!(lines[0], format!("id;girth_in;height_ft;{names}"));
    assert!(lines[1].starts_with("\"a;1\";10,5;70;16,"), "{}", lines[1]);
    assert!(lines[1].ends_with(";inside"), "{}", lines[1]);
    assert_eq!(lines[2], "b;;70;;;");
    assert!(lines[3].ends_with(";known"), "{}", lines[3]);
    assert!(lines[4].ends_with(";beyond"), "{}", lines[4]);
    assert!(
        errors
            .contains("warning: 1 of 4 rows lack a number in `girth_in` or `height_ft`, the first in line 3"),
        "{errors}"
    );
    assert!(errors.contains("warning: 1 of 4 rows lie beyond"), "{errors}");
}

#[test]
fn the_error_is_what_refits_to_other_draws_of_the_noise_differ_by() {
    // y = 3 x + 10 and noise of 0.5, by a small generator of its own.
    let mut state = 7_u64;
    let mut noise = || {
        let mut sum = 0.0;
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sum += (state >> 33) as f64 / f64::from(1_u32 << 31);
        }
        0.5 * (sum - 6.0)
    };
    let folder = tempfile::tempdir().unwrap();
    let mut off = Vec::new();
    for draw in 0..12 {
        let mut table = "x,y\n".to_owned();
        for row in 0..40 {
            let x = 1.0 + f64::from(row) * 0.25;
            table.push_str(&format!("{x},{:.4}\n", 3.0 * x + 10.0 + noise()));
        }
        let file = format!("{draw}.csv");
        let result = format!("{draw}.json");
        fs::write(folder.path().join(&file), table).unwrap();
        run(folder.path(), &[&file, "--json", "-o", &result], "");
        let (code, text, errors) = run(folder.path(), &["predict", &result, "-"], "x\n5.5\n");
        assert_eq!(code, 0, "{errors}");
        let cells: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
        let [_, value, error, _] = cells[..] else {
            // Both constants were recognised as the round ones they are.
            continue;
        };
        let (value, error): (f64, f64) = (value.parse().unwrap(), error.parse().unwrap());
        off.push(((value - 26.5) / error).abs());
    }
    assert!(off.len() >= 6, "{off:?}");
    // Half of them within 0.67; a draw whose constant was taken for a round one that it
    // isn't is off by more than any error says, so not the mean.
    off.sort_by(f64::total_cmp);
    let median = off[off.len() / 2];
    assert!((0.25..1.5).contains(&median), "{off:?}");
}

#[test]
fn a_row_outside_the_domain_is_counted_and_left_empty() {
    let planets = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/planets.csv");
    let folder = found(planets);
    let rows = "semi_major_axis_au\n1\n-2\n";
    let (code, text, errors) = run(folder.path(), &["predict", "result.json", "-"], rows);
    assert_eq!(code, 0);
    assert!(text.ends_with("\n1,1,inside\n-2,,\n"), "{text}");
    assert!(
        errors.contains("warning: 1 of 2 rows leave the formula's domain, the first in line 3"),
        "{errors}"
    );
}

#[test]
fn what_cannot_be_predicted_on_is_refused() {
    let folder = found(TREES);
    let refused = |arguments: &[&str], input: &str, expected: &[&str]| {
        let (code, text, errors) = run(folder.path(), &[&["predict"], arguments].concat(), input);
        assert_eq!((code, text.as_str()), (2, ""), "{errors}");
        for part in expected {
            assert!(errors.contains(part), "`{part}` is not in\n{errors}");
        }
    };
    refused(
        &["result.json", "-"],
        "girth,height_ft\n1,2\n",
        &["`girth_in`", "hint: "],
    );
    refused(
        &["result.json", "-"],
        "girth_in,height_ft\n1,2\noops,3\n",
        &["`oops`", ":3"],
    );
    refused(
        &["result.json", "-"],
        "girth_in,height_ft,volume_ft3_range\n1,2,x\n",
        &["has a column `volume_ft3_range` already"],
    );
    refused(&["result.json", "none.csv"], "", &["no file `none.csv`"]);
    refused(&[TREES, TREES], "", &["is no report of nalu-discover"]);
    let before = fs::read(folder.path().join("result.json")).unwrap();
    refused(
        &["result.json", TREES, "-o", "result.json", "--force"],
        "",
        &["`--output result.json` is the report itself"],
    );
    refused(
        &["result.json", TREES, "-o", "result.json"],
        "",
        &["the report itself"],
    );
    assert_eq!(fs::read(folder.path().join("result.json")).unwrap(), before);
}

#[test]
fn a_file_is_written_whole_and_not_replaced_unasked() {
    let folder = found(TREES);
    let arguments = ["predict", "result.json", TREES, "-o", "rows.csv"];
    assert_eq!(run(folder.path(), &arguments, "").0, 0);
    let written = fs::read_to_string(folder.path().join("rows.csv")).unwrap();
    assert_eq!(written.lines().count(), 32);
    let (code, _, errors) = run(folder.path(), &arguments, "");
    assert_eq!(code, 2);
    assert!(errors.contains("`rows.csv` exists"), "{errors}");
}
