//! `nalu-discover predict`: what a formula says of each row of a table.

use std::process::ExitCode;

use nalu_discover::cli::PredictArguments;
use nalu_discover::dataset::{RecordStream, Records};
use nalu_discover::predict::{Prediction, Predictor, Reach};
use nalu_discover::saved::Saved;

use super::{say, Failure};

/// Digits of a value: as many as any decimal number of a table can have and come
/// back from an `f64`.
const VALUE_DIGITS: usize = 15;

/// Digits of a standard error.
const ERROR_DIGITS: usize = 3;

pub(crate) fn run(arguments: &PredictArguments) -> Result<ExitCode, Failure> {
    let settings = arguments.settings().map_err(Failure::of)?;
    let saved = Saved::read(&arguments.result).map_err(Failure::of)?;
    let predictor = Predictor::of(&saved, arguments.as_judged);
    let stream =
        RecordStream::open(&settings.source, &settings.read, predictor.inputs()).map_err(Failure::of)?;
    let added = added_names(&saved.target, &predictor);
    if let Some(name) = added.iter().find(|name| stream.names().contains(name)) {
        return Err(Failure::new(
            format!("`{}` has a column `{name}` already", settings.source),
            Some("rename it, or predict on the table without it".to_owned()),
        ));
    }
    for note in &stream.notes {
        say(&format!("note: {note}"));
    }
    let rows = Rows {
        predictor: &predictor,
        delimiter: stream.delimiter(),
        decimal_comma: stream.decimal_comma(),
    };
    let mut writing = settings.output.begin().map_err(Failure::of)?;
    let mut names = csv::ByteRecord::from(stream.names().to_vec());
    added.iter().for_each(|name| names.push_field(name.as_bytes()));
    let mut wrong = writing.add(&rows.lines([names])).err();
    let mut met = Met::default();
    let read = stream.map(
        |records| rows.predicted(records),
        |(text, of_these)| {
            met.join(of_these);
            match writing.add(&text) {
                Ok(more) => more,
                Err(error) => {
                    wrong = Some(error);
                    false
                }
            }
        },
    );
    if let Some(error) = wrong {
        return Err(Failure::of(error));
    }
    read.map_err(Failure::of)?;
    writing.finish().map_err(Failure::of)?;
    if met.rows == 0 {
        say(&format!("note: {} has no rows", settings.source));
    }
    if !predictor.has_errors() {
        say("note: no standard errors: the report has none for these constants");
    }
    met.tell(&predictor);
    Ok(ExitCode::SUCCESS)
}

fn added_names(target: &str, predictor: &Predictor) -> Vec<String> {
    let mut endings = vec!["predicted"];
    if predictor.has_errors() {
        endings.push("stderr");
    }
    endings.push("range");
    endings
        .iter()
        .map(|ending| format!("{target}_{ending}"))
        .collect()
}

struct Rows<'a> {
    predictor: &'a Predictor,
    delimiter: u8,
    decimal_comma: bool,
}

impl Rows<'_> {
    fn predicted(&self, records: Records) -> (Vec<u8>, Met) {
        let mut met = Met {
            rows: records.lines.len(),
            ..Met::default()
        };
        let predictions = self.predictor.predict(&records.values, met.rows);
        let lines = records.cells.into_iter().enumerate().map(|(row, mut cells)| {
            let prediction = &predictions[row];
            let line = records.lines[row];
            if records.values.iter().any(|column| column[row].is_nan()) {
                met.without_input.add(line);
                self.push(&mut cells, None);
            } else if !prediction.value.is_finite() {
                met.without_value.add(line);
                self.push(&mut cells, None);
            } else {
                met.reaches[prediction.reach as usize] += 1;
                self.push(&mut cells, Some(prediction));
            }
            cells
        });
        (self.lines(lines.collect::<Vec<_>>()), met)
    }

    fn push(&self, cells: &mut csv::ByteRecord, prediction: Option<&Prediction>) {
        let number = |value: f64, digits: usize| {
            let text = written(value, digits);
            match self.decimal_comma {
                true => text.replace('.', ","),
                false => text,
            }
        };
        let value = prediction.map(|prediction| number(prediction.value, VALUE_DIGITS));
        cells.push_field(value.unwrap_or_default().as_bytes());
        if self.predictor.has_errors() {
            let error = prediction.and_then(|prediction| prediction.stderr);
            let error = error.filter(|error| error.is_finite());
            let error = error.map(|error| number(error, ERROR_DIGITS));
            cells.push_field(error.unwrap_or_default().as_bytes());
        }
        let reach = prediction.map_or("", |prediction| prediction.reach.name());
        cells.push_field(reach.as_bytes());
    }

    fn lines(&self, records: impl IntoIterator<Item = csv::ByteRecord>) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .from_writer(Vec::new());
        for record in records {
            // Records of any width are taken, and a Vec takes any bytes.
            let _ = writer.write_byte_record(&record);
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// The value to this many digits, and no zeros behind them.
fn written(value: f64, digits: usize) -> String {
    let rounded = format!("{value:.*e}", digits - 1);
    let value: f64 = rounded.parse().unwrap_or(value);
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (1e-5..1e15).contains(&size) => format!("{value}"),
        _ => format!("{value:e}"),
    }
}

/// Rows of one kind.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    count: usize,
    first: Option<usize>,
}

impl Counted {
    fn add(&mut self, line: usize) {
        self.count += 1;
        self.first = self.first.or(Some(line));
    }

    fn join(&mut self, later: Counted) {
        self.count += later.count;
        self.first = self.first.or(later.first);
    }
}

/// What kinds of rows there were.
#[derive(Debug, Default)]
struct Met {
    rows: usize,
    without_input: Counted,
    without_value: Counted,
    /// As many as [`Reach`] has.
    reaches: [usize; 3],
}

impl Met {
    fn join(&mut self, later: Met) {
        self.rows += later.rows;
        self.without_input.join(later.without_input);
        self.without_value.join(later.without_value);
        for (count, more) in self.reaches.iter_mut().zip(later.reaches) {
            *count += more;
        }
    }

    fn tell(&self, predictor: &Predictor) {
        let left_out = [
            (
                self.without_input,
                format!("lack a number in {}", listed(predictor.inputs())),
            ),
            (self.without_value, "leave the formula's domain".to_owned()),
        ];
        for (counted, why) in left_out {
            if let Some(first) = counted.first {
                say(&format!(
                    "warning: {} of {} rows {why}, the first in line {first}: nothing is predicted for them",
                    counted.count, self.rows
                ));
            }
        }
        let beyond = self.reaches[Reach::Beyond as usize];
        if beyond > 0 {
            say(&format!(
                "warning: {beyond} of {} rows lie beyond what the formula is known for",
                self.rows
            ));
        }
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}
