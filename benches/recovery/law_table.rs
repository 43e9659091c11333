//! Laws kept as a CSV table: a formula in Python's notation, its variables and their ranges.

use crate::case::{Case, Input};
use crate::set::Set;

/// One line of such a table. What a table has no column for stays empty.
#[derive(serde::Deserialize)]
pub struct Law {
    /// The law's name.
    pub name: String,
    /// The target's name; `y` when empty.
    #[serde(default)]
    pub output: String,
    formula: String,
    variables: String,
    low: String,
    high: String,
    /// The shape of an algebraic law.
    #[serde(default)]
    pub shape: String,
    /// The functions a law uses.
    #[serde(default)]
    pub functions: String,
    #[serde(default)]
    options: String,
}

impl Law {
    /// The case of this law, of `rows` rows.
    pub fn case(&self, set: Set, kind: &str, name: &str, rows: usize) -> Result<Case, String> {
        let names: Vec<&str> = self.variables.split_whitespace().collect();
        let ranges = numbers(&self.low).zip(numbers(&self.high));
        let (low, high) = ranges
            .filter(|(low, high)| low.len() == names.len() && high.len() == names.len())
            .ok_or_else(|| format!("`{}`: variables and ranges don't match", self.name))?;
        let inputs = (0..names.len())
            .map(|i| Input::new(names[i], low[i], high[i]))
            .collect();
        let target = if self.output.is_empty() {
            "target"
        } else {
            &self.output
        };
        let case = Case::new(set, kind, name, target, &in_our_grammar(&self.formula), inputs);
        Ok(Case { rows, ..case })
    }

    /// The number an option such as `rows=60` gives.
    pub fn option(&self, key: &str) -> Option<f64> {
        let values = self.options.split_whitespace().filter_map(|o| o.split_once('='));
        values
            .filter(|(k, _)| *k == key)
            .find_map(|(_, v)| v.parse().ok())
    }
}

/// The lines of a table.
pub fn laws(file: &str, text: &str) -> Result<Vec<Law>, String> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .map(|record| record.map_err(|e| format!("{file}: {e}")))
        .collect()
}

fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split_whitespace().map(|word| word.parse().ok()).collect()
}

/// `**` as `^` and `log` as `ln`.
fn in_our_grammar(python: &str) -> String {
    python.replace("**", "^").replace("log(", "ln(")
}
