//! A reproduction as text.

use std::io::{self, Write};

use crate::report::table::Columns;

use super::{Reproduction, Value};

/// Writes caption, table and settings.
///
/// # Errors
/// Those of the writer.
pub fn text(reproduction: &Reproduction, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", reproduction.caption)?;
    let titles: Vec<&str> = reproduction.columns.iter().map(|column| column.title).collect();
    let mut columns = Columns::new(&titles);
    for row in &reproduction.rows {
        columns.row(row.iter().map(cell));
    }
    columns.write(out)?;
    let settings: Vec<String> = reproduction
        .settings
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    writeln!(out, "\n{}", settings.join("; "))?;
    if !reproduction.complete {
        writeln!(out, "stopped early: rows that were not finished are left out")?;
    }
    Ok(())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => crate::report::significant(*number, 3),
        Value::Rate { successes, trials } => match value.interval() {
            // Few trials say little: then the interval stands beside.
            Some((low, high)) if *trials > 20 => {
                format!("{successes}/{trials} ({:.0}-{:.0} %)", 100.0 * low, 100.0 * high)
            }
            _ => format!("{successes}/{trials}"),
        },
        Value::Missing => "-".to_owned(),
    }
}
