//! `nalu-discover check`: formulas judged as they are given.

use std::fs;

use assert_cmd::Command;

const PLANETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/planets.csv");
const ENERGY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/kinetic_energy.csv");

/// Exit code, standard output and standard error.
fn check(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("nalu-discover").unwrap();
    let output = command.arg("check").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("it ends by itself");
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_law_is_confirmed_and_another_exponent_is_not() {
    let (code, text, _) = check(&["period_years = semi_major_axis_au^1.5", PLANETS]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("   confirmed\n"), "{text}");
    // As Python writes it.
    let (code, text, _) = check(&["semi_major_axis_au**1.6", PLANETS]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("   refuted\n"), "{text}");
    let (code, ..) = check(&["semi_major_axis_au**1.6", PLANETS, "--fail-on", "never"]);
    assert_eq!(code, 0);
}

#[test]
fn constants_stay_as_they_are_given_and_their_evidence_is_there() {
    let (code, text, _) = check(&["1.001*semi_major_axis_au^1.5", PLANETS, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["formula"]["text"], "1.001 * semi_major_axis_au^1.5");
    let constant = &report["constants"][0];
    assert_eq!(constant["value"], 1.001);
    assert!(
        (constant["fitted"].as_f64().unwrap() - 1.0).abs() < 0.003,
        "{constant}"
    );
    assert!(code <= 1);
}

#[test]
fn a_tolerance_is_for_every_row() {
    let law = "semi_major_axis_au^1.5";
    assert_eq!(check(&[law, PLANETS, "--tolerance", "0.01"]).0, 0);
    let (code, _, errors) = check(&[law, PLANETS, "--tolerance", "1e-4"]);
    assert_eq!(code, 1);
    assert!(errors.contains("not every row is within 0.0001"), "{errors}");
}

#[test]
fn a_saved_report_can_be_checked_against_another_table() {
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result.json");
    let result = result.to_str().unwrap();
    let mut discover = Command::cargo_bin("nalu-discover").unwrap();
    discover.args([PLANETS, "--json", "-o", result]).assert().code(0);
    assert_eq!(check(&["--against", result, PLANETS]).0, 0);
    // The same columns, and another law.
    let table = fs::read_to_string(PLANETS).unwrap();
    let mut lines = table.lines();
    let mut other = lines.next().unwrap().to_owned() + "\n";
    for line in lines {
        let (rest, period) = line.rsplit_once(',').unwrap();
        let period: f64 = period.parse().unwrap();
        other.push_str(&format!("{rest},{}\n", period * 1.5));
    }
    let path = folder.path().join("other.csv");
    fs::write(&path, other).unwrap();
    assert_eq!(check(&["--against", result, path.to_str().unwrap()]).0, 1);
}

#[test]
fn columns_that_the_formula_does_not_read_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let rows = (1..=40).map(|i| {
        let a = f64::from(i);
        format!("{a},{},{}\n", (i * 37) % 41, 3.0 * a * a)
    });
    fs::write(&path, "a,b,y\n".to_owned() + &rows.collect::<String>()).unwrap();
    let (code, text, errors) = check(&["y = 3*a^2", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}{errors}");
    assert!(errors.contains("held out beyond a "), "{errors}");
}

#[test]
fn what_can_not_be_judged_says_why_in_one_place() {
    for (arguments, message) in [
        (
            &["semi_major_axs_au", PLANETS][..],
            "perhaps `semi_major_axis_au`",
        ),
        (
            &["semi_major_axis_au + * 2", PLANETS],
            "\n  semi_major_axis_au + * 2\n                       ^\n",
        ),
        (
            &["ln(semi_major_axis_au - 1)", PLANETS],
            "no value on 2 of 10 rows, the first of them in line 2",
        ),
        (&["Energy = m", ENERGY], "Energy"),
        (&["--against", PLANETS, PLANETS], "is no report of nalu-discover"),
        (&["a", "none.csv"], "none.csv"),
        (&["a", PLANETS, "--tolerance=-1"], "not a number of 0 or more"),
    ] {
        let (code, text, errors) = check(arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(
            text.is_empty() && errors.contains(message),
            "{arguments:?}: {errors}"
        );
    }
}
