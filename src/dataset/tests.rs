use super::*;

/// Reads `text` as a file called `t.csv`, so that messages are stable.
fn read_text(text: &[u8], options: &ReadOptions) -> Result<Dataset, DatasetError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    read(&Source::Path(path), options)
}

fn dataset(text: &str) -> Dataset {
    read_text(text.as_bytes(), &ReadOptions::default()).unwrap()
}

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

const PLANETS: &str = "planet,axis,period\nMercury,0.39,0.24\nVenus,0.72,0.62\nEarth,1,1\n";

#[test]
fn the_last_column_of_numbers_is_the_target() {
    let planets = dataset(PLANETS);
    assert_eq!(planets.target.name, "period");
    assert_eq!(planets.input_names(), ["axis"]);
    assert_eq!(planets.lines, [2, 3, 4]);
    assert_eq!(planets.sample().inputs, [[0.39, 0.72, 1.0]]);
    let words: Vec<String> = planets.notes.iter().map(Note::to_string).collect();
    assert_eq!(
        words,
        [
            "the target is `period`, the last column of numbers",
            "set aside `planet`: it holds text"
        ]
    );
    assert!(planets.summary().ends_with("t.csv: `period` from `axis`, 3 rows"));
}

#[test]
fn columns_are_chosen_as_asked() {
    let text = b"id,a,b,c\n1,2,3,5\n2,3,5,9\n3,7,8,9\n";
    for (target, inputs, ignore, expected) in [
        (None, &[][..], &[][..], ("c", vec!["id", "a", "b"])),
        (None, &[], &["id"], ("c", vec!["a", "b"])),
        (Some("a"), &[], &["id"], ("a", vec!["b", "c"])),
        (None, &["b", "a"], &[], ("c", vec!["b", "a"])),
        (None, &["c"], &[], ("b", vec!["c"])),
        (Some("c"), &["b", "b"], &[], ("c", vec!["b"])),
    ] {
        let options = ReadOptions {
            target: target.map(str::to_owned),
            inputs: named(inputs),
            ignore: named(ignore),
            ..ReadOptions::default()
        };
        let dataset = read_text(text, &options).unwrap();
        assert_eq!(
            (dataset.target.name.as_str(), dataset.input_names()),
            (expected.0, named(&expected.1))
        );
    }
}

#[test]
fn what_explains_nothing_is_set_aside() {
    let text = ",k,e,note,a,y,\n0,7,,u,1,2,\n1,7,,v,2,4,\n2,7,,w,3,6,\n";
    let dataset = dataset(text);
    assert_eq!(dataset.input_names(), ["a"]);
    let words: Vec<String> = dataset.notes.iter().map(Note::to_string).collect();
    assert_eq!(
        words[1..],
        [
            "set aside `note`: it holds text",
            "set aside `e`: it is empty",
            "set aside `column 1`: it has no name",
            "set aside `k`: it never varies",
        ]
    );
}

#[test]
fn rows_that_lack_a_used_value_are_dropped() {
    let text = b"a,b,note,y\n1,2,,3\nNA,2,x,4\n3,?,y,5\n4,5,z,\n5,6,,7\n6,7,,8\n";
    let dataset = read_text(text, &ReadOptions::default()).unwrap();
    assert_eq!(dataset.lines, [2, 6, 7]);
    assert!(dataset.notes.contains(&Note::DroppedRows {
        dropped: 3,
        rows: 6,
        missing: vec![("a".into(), 1), ("b".into(), 1), ("y".into(), 1)],
    }));
    let unused = ReadOptions {
        ignore: named(&["a", "b"]),
        inputs: named(&[]),
        ..ReadOptions::default()
    };
    assert!(matches!(
        read_text(b"a,b,c,y\n,1,1,1\n,2,2,2\n,3,4,4\n", &unused),
        Ok(dataset) if dataset.rows() == 3
    ));
    let strict = ReadOptions {
        missing: MissingPolicy::Error,
        ..ReadOptions::default()
    };
    let error = read_text(text, &strict).unwrap_err().to_string();
    assert!(error.ends_with("t.csv:3: column `a` has no value"), "{error}");
}

#[test]
fn a_column_that_is_constant_once_rows_are_dropped_is_set_aside() {
    let dataset = dataset("a,b,y\n1,5,1\n2,5,3\n3,5,4\n4,6,\n");
    assert_eq!(dataset.input_names(), ["a"]);
}

#[test]
fn the_header_may_be_denied() {
    let options = ReadOptions {
        no_header: true,
        ..ReadOptions::default()
    };
    let dataset = read_text(b"1,2,3\n4,5,6\n7,8,10\n", &options).unwrap();
    assert_eq!(dataset.input_names(), ["x1", "x2"]);
    assert_eq!(dataset.target.name, "y");
    assert_eq!(dataset.rows(), 3);
}

#[test]
fn bad_cells_of_columns_that_are_not_used_do_not_matter() {
    let options = ReadOptions {
        ignore: named(&["b"]),
        ..ReadOptions::default()
    };
    let text = b"a,b,y\n1,2,3\n2,oops,4\n3,1e999,5\n";
    assert!(read_text(text, &options).is_ok());
    let error = read_text(text, &ReadOptions::default()).unwrap_err().to_string();
    assert!(
        error.ends_with("t.csv:3: column `b` holds `oops`, which is not a number (1 more like this)"),
        "{error}"
    );
}

#[test]
fn a_second_table_is_read_by_the_names_of_the_first() {
    let model = dataset("a,b,y\n1,2,3\n2,5,7\n3,1,4\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("more.csv");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        read_like(&Source::Path(path.clone()), &ReadOptions::default(), &model)
    };
    let more = read("y,extra,b,a\n9,x,8,1\n,x,8,1\n").unwrap();
    assert_eq!(more.input_names(), ["a", "b"]);
    assert_eq!(more.sample().inputs, [[1.0], [8.0]]);
    assert_eq!(more.target.values, [9.0]);
    assert_eq!(more.notes.len(), 1);
    let error = read("y,aa,b\n1,2,3\n").unwrap_err();
    assert!(matches!(&error, DatasetError::UnknownColumn { name, .. } if name == "a"));
}

#[test]
fn a_wide_table_is_read_whole() {
    let mut text: String = (0..100).map(|i| format!("c{i},")).collect();
    text.push_str("y\n");
    for row in 0..50 {
        for column in 0..100 {
            text.push_str(&format!("{},", (row * 7 + column * 13) % 29));
        }
        text.push_str(&format!("{row}\n"));
    }
    let dataset = dataset(&text);
    assert_eq!((dataset.inputs.len(), dataset.rows()), (100, 50));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(300))]

    /// Whatever the text: columns of finite numbers, or an error.
    #[test]
    fn no_text_makes_it_panic(
        text in "[a1.,;\t|\"\n\r# ?%°e9-]{0,80}",
        has_good_rows in proptest::bool::ANY,
    ) {
        let good = if has_good_rows { "a,b,y\n1,2,3\n2,3,4\n3,5,5\n" } else { "" };
        match read_text(format!("{good}{text}").as_bytes(), &ReadOptions::default()) {
            Ok(dataset) => {
                for column in dataset.inputs.iter().chain([&dataset.target]) {
                    proptest::prop_assert_eq!(column.values.len(), dataset.lines.len());
                    proptest::prop_assert!(column.values.iter().all(|value| value.is_finite()));
                }
            }
            Err(error) => proptest::prop_assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn one_reading_is_taken_and_said() {
    let words = |dataset: &Dataset| -> Vec<String> {
        let notes = dataset.notes.iter().map(Note::to_string);
        notes.filter(|note| !note.starts_with("the target")).collect()
    };
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            "a\tb\r\n1,5\t2,5\r\n2,5\t3,25\r\n3\t5\r\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let cases: [(&[u8], [f64; 3], &[&str]); 8] = [
        (
            b"\"TOA5\",\"7712\",\"CR1000\"\na,b\nm,m/s\n,Avg\n1,2\n2,4\n3,5\n",
            [2.0, 4.0, 5.0],
            &["passed over one line above and 2 lines below the column names"],
        ),
        (
            "a;b\n1,5;2.694,24\n2,5;1.000,00\n3;3,5\n".as_bytes(),
            [2694.24, 1000.0, 3.5],
            &[
                "commas within numbers are read as decimal marks",
                "in `b`, separators of thousands are left out",
            ],
        ),
        (
            "a,b\n1,\"$1,299.00\"\n2,$3.50\n3,-$7\n".as_bytes(),
            [1299.0, 3.5, -7.0],
            &[
                "in `b`, separators of thousands are left out",
                "in `b`, currency signs are left out",
            ],
        ),
        (
            b"a,b\n1,\"56,43%\"\n2,\"5,5%\"\n3,\"7,25%\"\n",
            [56.43, 5.5, 7.25],
            &[
                "commas within numbers are read as decimal marks",
                "in `b`, percentages stand as they are written, not divided by 100",
            ],
        ),
        (
            b"  a     b\n  1   0.5D+01\n  20  -.25D-2\n% later\n  3   1\n",
            [5.0, -0.0025, 1.0],
            &[
                "columns are separated by blanks",
                "in `b`, `D` before an exponent is read as `e`",
            ],
        ),
        (
            b"a y yerr\n1 2 .1\n2 3 .2\n3 5 .1\n",
            [2.0, 3.0, 5.0],
            &[
                "columns are separated by blanks",
                "set aside `yerr`: by its name it holds the errors of another column",
            ],
        ),
        (
            &utf16,
            [2.5, 3.25, 5.0],
            &[
                "commas within numbers are read as decimal marks",
                "the file is read as UTF-16",
            ],
        ),
        (
            b"a,b,L\xe4nge\n1,2,#NV\n2,3,-\n3,5,#DIV/0!\n",
            [2.0, 3.0, 5.0],
            &[
                "the file is read as Windows-1252, as it is not UTF-8",
                "set aside `Länge`: it is empty",
            ],
        ),
    ];
    for (text, values, expected) in cases {
        let dataset = read_text(text, &ReadOptions::default()).unwrap();
        let label = String::from_utf8_lossy(text);
        assert_eq!(dataset.target.values, values, "{label}");
        assert_eq!(words(&dataset), expected, "{label}");
    }
}

#[test]
fn bytes_that_are_no_text_far_down_are_refused_with_their_line() {
    let mut text = b"a,y\n".to_vec();
    text.extend("1.25,2.5\n".repeat(10_000).as_bytes());
    text.extend(b"\xb0C,3\n");
    let error = read_text(&text, &ReadOptions::default()).unwrap_err().to_string();
    assert!(
        error.ends_with("t.csv:10002: the text is not valid UTF-8"),
        "{error}"
    );
}
