use super::*;
use crate::dataset::Column;

/// Inputs `x` = 1..=rows and `t` = rows..=1 divided by 10, target x.
fn dataset(rows: usize) -> Dataset {
    let x: Vec<f64> = (1..=rows).map(|i| i as f64).collect();
    let column = |name: &str, values: Vec<f64>| Column {
        name: name.into(),
        values,
    };
    Dataset {
        source: "data.csv".into(),
        inputs: vec![
            column("x", x.clone()),
            column("t", x.iter().rev().map(|value| value / 10.0).collect()),
        ],
        target: column("y", x),
        lines: (2..rows + 2).collect(),
        notes: Vec::new(),
        stream: None,
    }
}

fn regions(texts: &[&str]) -> SplitOptions {
    SplitOptions {
        holdout: Holdout::Regions(texts.iter().map(|text| text.parse().unwrap()).collect()),
        seed: 0,
    }
}

#[test]
fn every_row_has_one_purpose() {
    for (rows, train, validation, extrapolation) in [
        (8, 4, 2, 2),
        (10, 6, 2, 2),
        (15, 10, 2, 3),
        (31, 20, 5, 6),
        (200, 128, 32, 40),
    ] {
        let split = split(&dataset(rows), &SplitOptions::default()).unwrap();
        let counts = (
            split.train.rows(),
            split.validation.rows(),
            split.extrapolation.rows(),
        );
        assert_eq!(counts, (train, validation, extrapolation), "{rows} rows");
        let mut all = [
            split.train_rows.as_slice(),
            &split.validation_rows,
            &split.extrapolation_rows,
        ]
        .concat();
        all.sort_unstable();
        assert_eq!(all, (0..rows).collect::<Vec<_>>());
        assert!(split.description.all_outside() && !split.leave_one_out);
        let targets = split.train_rows.iter().map(|&row| row as f64 + 1.0);
        assert!(targets.eq(split.train.target.iter().copied()));
    }
}

#[test]
fn few_rows_are_left_out_one_at_a_time() {
    let split = split(&dataset(7), &SplitOptions::default()).unwrap();
    assert!(split.leave_one_out);
    assert_eq!(split.train, split.validation);
    assert_eq!((split.train.rows(), split.extrapolation.rows()), (7, 0));
    assert_eq!(
        split.description.to_string(),
        "7 rows: 7 to train, each left out in turn to validate; too few to hold any out for extrapolation"
    );
}

#[test]
fn the_target_has_no_say_in_the_split() {
    let options = SplitOptions {
        seed: 5,
        ..SplitOptions::default()
    };
    let dataset = dataset(60);
    let before = split(&dataset, &options).unwrap();
    let mut garbled = dataset;
    for (row, value) in garbled.target.values.iter_mut().enumerate() {
        *value = ((row * 37) % 11) as f64 * 1e9 - 4e9;
    }
    let after = split(&garbled, &options).unwrap();
    assert_eq!(before.train_rows, after.train_rows);
    assert_eq!(before.validation_rows, after.validation_rows);
    assert_eq!(before.extrapolation_rows, after.extrapolation_rows);
    assert_eq!(before.description, after.description);
}

#[test]
fn the_seed_draws_the_validation_rows_only() {
    let with = |seed| {
        split(
            &dataset(100),
            &SplitOptions {
                seed,
                ..SplitOptions::default()
            },
        )
        .unwrap()
    };
    let (once, again) = (with(1), with(1));
    assert_eq!(once.validation_rows, again.validation_rows);
    assert_eq!(once.train, again.train);
    assert_eq!(once.description, again.description);
    assert_ne!(with(1).validation_rows, with(2).validation_rows);
    assert_eq!(with(1).extrapolation_rows, with(2).extrapolation_rows);
}

#[test]
fn regions_are_held_out() {
    // x in 1..=20; t falls from 2.0 to 0.1.
    for (texts, held) in [
        (&["x > 18"][..], vec![18, 19]),
        (&["x in 5..9, t < 1.5"], vec![6, 7, 8]),
        (&["x >= 20", "x<=1"], vec![0, 19]),
        (&["x > 18, t > 5", "x < 3"], vec![0, 1]),
    ] {
        let split = split(&dataset(20), &regions(texts)).unwrap();
        assert_eq!(split.extrapolation_rows, held, "{texts:?}");
    }
    let split = split(&dataset(20), &regions(&["x in 5..9, t < 1.5"])).unwrap();
    assert_eq!(
        split.description.to_string(),
        "20 rows: 14 to train, 3 to validate, 3 held out where x in 5..9, t < 1.5 \
         (none outside the fitted range: this tests interpolation)"
    );
}

#[test]
fn regions_that_leave_few_rows_leave_one_out() {
    let split = split(&dataset(10), &regions(&["x > 5"])).unwrap();
    assert!(split.leave_one_out);
    assert_eq!((split.train.rows(), split.extrapolation.rows()), (5, 5));
}

#[test]
fn regions_must_select_some_rows_and_not_all() {
    for (text, message, hint) in [
        (
            "x > 20",
            "`--holdout` selects none of the 20 rows",
            "the data has x in 1..20",
        ),
        (
            "x > 0",
            "`--holdout` selects 20 of the 20 rows and leaves too few to fit",
            "the data has x in 1..20",
        ),
        (
            "X > 2",
            "`--holdout` names `X`, which is not an input",
            "did you mean `x`?",
        ),
        (
            "mass > 2",
            "`--holdout` names `mass`, which is not an input",
            "the inputs are `x` and `t`",
        ),
        (
            "y > 2",
            "`--holdout` names `y`, which is not an input",
            "the inputs are `x` and `t`",
        ),
    ] {
        let error = split(&dataset(20), &regions(&[text])).unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.hint().as_str()),
            (message, hint)
        );
    }
}

#[test]
fn a_second_table_is_all_extrapolation() {
    let mut other = dataset(3);
    other.source = "other.csv".into();
    for value in &mut other.inputs[0].values {
        *value += 100.0;
    }
    let options = SplitOptions {
        holdout: Holdout::Test(Box::new(other.clone())),
        seed: 0,
    };
    let split = split(&dataset(20), &options).unwrap();
    assert_eq!(split.extrapolation, other.sample());
    assert_eq!(split.train.rows() + split.validation.rows(), 20);
    assert_eq!(
        split.description.to_string(),
        "20 rows: 16 to train, 4 to validate, 3 of other.csv to test on (all outside the fitted range)"
    );
}

#[test]
fn the_shell_is_told_in_a_line() {
    let split = split(&dataset(20), &SplitOptions::default()).unwrap();
    assert_eq!(
        split.description.to_string(),
        "20 rows: 13 to train, 3 to validate, 4 held out beyond x > 18, t > 1.8"
    );
}
