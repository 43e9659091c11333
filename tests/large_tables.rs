//! Tables too large to be held are searched on a sample and judged on every
//! row; compressed and columnar files give what the plain text gives.

mod program;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use program::{command, dataset, json, write_table, Draws};

/// Rows of the table: more than are held.
const ROWS: usize = 120_000;

/// `y = a*b + c`, with `change` made to the target of each row.
fn table(folder: &Path, name: &str, change: impl Fn(usize, f64, f64) -> f64) -> PathBuf {
    let mut draws = Draws::new(7);
    let rows: Vec<Vec<f64>> = (0..ROWS)
        .map(|row| {
            let [a, b, c] = [(); 3].map(|()| draws.next(1.0, 5.0));
            vec![a, b, c, change(row, a, a * b + c)]
        })
        .collect();
    write_table(folder, name, &["a", "b", "c", "y"], &rows)
}

fn without_time(mut report: Value) -> Value {
    report["search"]["seconds"] = Value::Null;
    report["search"]["threads"] = Value::Null;
    for step in report["search"]["steps"].as_array_mut().unwrap() {
        step["seconds"] = Value::Null;
    }
    report
}

#[test]
fn every_row_counts() {
    let folder = TempDir::new().unwrap();
    let path = table(folder.path(), "t.csv", |_, _, y| y);
    let path = path.to_str().unwrap();
    let report = json(&[path]);
    assert_eq!(report["formula"]["text"], "a * b + c");
    assert_eq!(report["verdict"], "confirmed");
    let rows = |part: &str| report["every_row"][part]["rows"].as_u64().unwrap() as usize;
    assert_eq!(rows("inside") + rows("outside"), ROWS);
    assert!(rows("outside") > ROWS / 10);
    assert!(report["split"]["rows"].as_u64().unwrap() < ROWS as u64);
    assert!(
        report["every_row"]["outside"]["max_relative_error"]
            .as_f64()
            .unwrap()
            < 1e-12
    );

    let one_thread = json(&[path, "--threads", "1"]);
    assert_eq!(without_time(report), without_time(one_thread));
}

/// One row in a hundred thousand, far outside and unlike the others, is seen
/// though it was most likely not drawn.
#[test]
fn a_single_row_outside_is_seen() {
    let folder = TempDir::new().unwrap();
    let path = table(folder.path(), "t.csv", |_, _, y| y);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("9,9,9,1000\n");
    fs::write(&path, text).unwrap();
    let report = json(&[path.to_str().unwrap()]);
    assert_eq!(report["formula"]["text"], "a * b + c");
    assert_eq!(report["every_row"]["worst_line"].as_u64(), Some(ROWS as u64 + 2));
    let worst = report["every_row"]["outside"]["max_relative_error"]
        .as_f64()
        .unwrap();
    assert!((worst - 0.91).abs() < 1e-6, "{worst}");
    assert_ne!(report["verdict"], "confirmed");
}

/// A formula that only holds inside is refuted on all rows outside.
#[test]
fn rows_that_were_not_drawn_are_judged_in_regions_too() {
    let folder = TempDir::new().unwrap();
    let path = table(
        folder.path(),
        "t.csv",
        |_, a, y| if a > 4.5 { 3.0 * y } else { y },
    );
    let report = json(&[path.to_str().unwrap(), "--holdout", "a > 4.5"]);
    assert_eq!(report["formula"]["text"], "a * b + c");
    assert_eq!(report["verdict"], "refuted");
    let outside = report["every_row"]["outside"]["rows"].as_u64().unwrap();
    let text = fs::read_to_string(path).unwrap();
    let held = text.lines().skip(1).filter(|line| {
        let a: f64 = line.split(',').next().unwrap().parse().unwrap();
        a > 4.5
    });
    assert_eq!(outside, held.count() as u64);
}

#[test]
fn a_second_large_table_is_judged_whole() {
    let folder = TempDir::new().unwrap();
    let test = table(folder.path(), "test.csv", |_, _, y| y);
    let small = folder.path().join("small.csv");
    let head: Vec<String> = fs::read_to_string(&test)
        .unwrap()
        .lines()
        .take(200)
        .map(str::to_owned)
        .collect();
    fs::write(&small, head.join("\n")).unwrap();
    let report = json(&[small.to_str().unwrap(), "--test", test.to_str().unwrap()]);
    assert_eq!(report["verdict"], "confirmed");
    assert_eq!(report["every_row"]["outside"]["rows"].as_u64(), Some(ROWS as u64));
}

#[test]
fn compressed_files_are_read_as_they_are() {
    let folder = TempDir::new().unwrap();
    let plain = dataset("kinetic_energy.csv");
    let text = fs::read(&plain).unwrap();
    let gzip = folder.path().join("t.csv.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(File::create(&gzip).unwrap(), flate2::Compression::default());
    encoder.write_all(&text).unwrap();
    encoder.finish().unwrap();
    let zstd = folder.path().join("t.csv.zst");
    fs::write(&zstd, zstd::encode_all(text.as_slice(), 3).unwrap()).unwrap();
    let expected = json(&[&plain]);
    for path in [&gzip, &zstd] {
        let report = json(&[path.to_str().unwrap()]);
        for key in ["formula", "metrics", "verdict", "split", "layers"] {
            assert_eq!(report[key], expected[key], "{}, {key}", path.display());
        }
    }
    // From standard input too.
    let output = command(&["-", "--json"])
        .stdin(File::open(&gzip).unwrap())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["formula"], expected["formula"]);
    // A file cut short is no table.
    let half = folder.path().join("half.csv.gz");
    let bytes = fs::read(&gzip).unwrap();
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let output = command(&[half.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("error: cannot read `") && stderr.contains("hint: "),
        "{stderr}"
    );
}

#[cfg(feature = "parquet")]
mod columnar {
    use std::sync::Arc;

    use parquet::data_type::{ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    const GROUPS: usize = 40;

    /// `y = mass*speed^2/2` in columns of several types, in many row groups.
    fn write(path: &Path) {
        let schema = "message table {
            required binary name (UTF8);
            required int32 mass;
            optional double speed;
            required int64 time (TIMESTAMP_MILLIS);
            required float height;
            required int64 price (DECIMAL(18, 2));
            required double y;
        }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let file = File::create(path).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        let mut draws = Draws::new(5);
        for _ in 0..GROUPS {
            let rows = 600;
            let mass: Vec<i32> = (0..rows).map(|_| draws.next(1.0, 20.0) as i32).collect();
            let speed: Vec<f64> = (0..rows).map(|_| draws.next(1.0, 9.0)).collect();
            let y: Vec<f64> = (0..rows)
                .map(|i| f64::from(mass[i]) * speed[i].powi(2) / 2.0)
                .collect();
            // Every tenth speed is missing.
            let levels: Vec<i16> = (0..rows).map(|i| i16::from(i % 10 != 3)).collect();
            let present: Vec<f64> = (0..rows).filter(|i| i % 10 != 3).map(|i| speed[i]).collect();
            let mut group = writer.next_row_group().unwrap();
            let mut place = 0;
            while let Some(mut column) = group.next_column().unwrap() {
                match place {
                    0 => {
                        let names = vec!["a".into(); rows];
                        column
                            .typed::<ByteArrayType>()
                            .write_batch(&names, None, None)
                            .unwrap();
                    }
                    1 => {
                        column
                            .typed::<Int32Type>()
                            .write_batch(&mass, None, None)
                            .unwrap();
                    }
                    2 => {
                        column
                            .typed::<DoubleType>()
                            .write_batch(&present, Some(&levels), None)
                            .unwrap();
                    }
                    3 => {
                        let times = vec![1_700_000_000_000; rows];
                        column
                            .typed::<Int64Type>()
                            .write_batch(&times, None, None)
                            .unwrap();
                    }
                    4 => {
                        let heights: Vec<f32> = (0..rows).map(|_| draws.next(0.0, 3.0) as f32).collect();
                        column
                            .typed::<FloatType>()
                            .write_batch(&heights, None, None)
                            .unwrap();
                    }
                    5 => {
                        let prices: Vec<i64> = (0..rows).map(|_| draws.next(100.0, 900.0) as i64).collect();
                        column
                            .typed::<Int64Type>()
                            .write_batch(&prices, None, None)
                            .unwrap();
                    }
                    _ => {
                        column.typed::<DoubleType>().write_batch(&y, None, None).unwrap();
                    }
                }
                column.close().unwrap();
                place += 1;
            }
            group.close().unwrap();
        }
        writer.close().unwrap();
    }

    #[test]
    fn parquet_is_read() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("t.parquet");
        write(&path);
        let report = json(&[path.to_str().unwrap()]);
        assert_eq!(report["formula"]["text"], "0.5 * mass * speed^2");
        assert_eq!(report["verdict"], "confirmed");
        assert_eq!(
            report["inputs"],
            serde_json::json!(["mass", "speed", "height", "price"])
        );
        let notes = report["notes"].to_string();
        assert!(
            notes.contains("set aside `name` and `time`: they hold text"),
            "{notes}"
        );
        assert!(notes.contains("dropped 2400 of 24000 rows"), "{notes}");

        let half = folder.path().join("half.parquet");
        let bytes = fs::read(&path).unwrap();
        fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
        let output = command(&[half.to_str().unwrap()]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
}
