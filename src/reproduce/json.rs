//! A reproduction as JSON.

use std::io::{self, Write};

use serde_json::{json, Map, Value as Json};

use super::{Reproduction, Value};

/// Writes one object: `schema_version`, `experiment`, `caption`, `settings`,
/// `complete`, and `rows` with a value for each column's key. A rate is
/// `{"successes", "trials", "low", "high"}` with its 95 % interval.
///
/// # Errors
/// Those of the writer.
pub fn json(reproduction: &Reproduction, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Json> = reproduction
        .rows
        .iter()
        .map(|row| {
            let keys = reproduction.columns.iter().map(|column| column.key.to_owned());
            Json::Object(keys.zip(row.iter().map(value)).collect::<Map<_, _>>())
        })
        .collect();
    let settings: Map<String, Json> = reproduction
        .settings
        .iter()
        .map(|(name, value)| (name.replace(' ', "_"), Json::from(value.as_str())))
        .collect();
    let curves: Map<String, Json> = reproduction
        .curves
        .iter()
        .map(|curve| (curve.name.clone(), json!(curve.points)))
        .collect();
    let mut object = json!({
        "schema_version": 1,
        "experiment": reproduction.experiment.name(),
        "caption": reproduction.caption,
        "settings": settings,
        "complete": reproduction.complete,
        "rows": rows,
    });
    if !curves.is_empty() {
        object["curves"] = Json::Object(curves);
    }
    serde_json::to_writer_pretty(&mut *out, &object)?;
    writeln!(out)
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Number(number) => json!(number),
        Value::Rate { successes, trials } => {
            let (low, high) = value.interval().unwrap_or((0.0, 1.0));
            json!({ "successes": successes, "trials": trials, "low": low, "high": high })
        }
        Value::Missing => Json::Null,
    }
}
