//! Set 3: the algebraic formulas of the Feynman Symbolic Regression Database (Udrescu & Tegmark 2020).

use crate::case::{Case, Input, Set};

const TABLE: &str = include_str!("feynman_algebraic.csv");

/// The 42 formulas on the ranges given, 300 rows each.
pub fn feynman() -> Result<Vec<Case>, String> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    reader
        .deserialize()
        .enumerate()
        .map(|(i, record)| {
            let row: Row = record.map_err(|e| format!("feynman_algebraic.csv: {e}"))?;
            row.case().ok_or_else(|| {
                format!(
                    "feynman_algebraic.csv:{}: variables and ranges don't match",
                    i + 2
                )
            })
        })
        .collect()
}

#[derive(serde::Deserialize)]
struct Row {
    name: String,
    output: String,
    formula: String,
    variables: String,
    low: String,
    high: String,
    shape: String,
}

impl Row {
    fn case(&self) -> Option<Case> {
        let names: Vec<&str> = self.variables.split_whitespace().collect();
        let (low, high) = (numbers(&self.low)?, numbers(&self.high)?);
        if low.len() != names.len() || high.len() != names.len() {
            return None;
        }
        let inputs = (0..names.len())
            .map(|i| Input::new(names[i], low[i], high[i]))
            .collect();
        let kind = match self.shape.get(..2)? {
            "A1" => "products of powers",
            "A2" => "sums of products",
            "A3" => "sum in a denominator",
            _ => "root of a sum",
        };
        let case = Case::new(
            Set::Feynman,
            kind,
            self.name.trim_start_matches("feynman_"),
            &self.output,
            &in_our_grammar(&self.formula),
            inputs,
        );
        Some(Case { rows: 300, ..case })
    }
}

fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split_whitespace().map(|word| word.parse().ok()).collect()
}

/// `**` as `^` and the word `pi` as its number.
fn in_our_grammar(python: &str) -> String {
    let caret = python.replace("**", "^");
    let mut text = String::new();
    let mut word = String::new();
    for c in caret.chars().chain(std::iter::once(' ')) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if word == "pi" {
            text.push_str(&std::f64::consts::PI.to_string());
        } else {
            text.push_str(&word);
        }
        word.clear();
        text.push(c);
    }
    text.trim_end().to_string()
}
