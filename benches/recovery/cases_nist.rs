//! NIST's Statistical Reference Datasets for regression: 27 of nonlinear and ten of linear models, with
//! the certified models. They are judged by a rule of their own, see `measured`.

use std::collections::BTreeMap;

use crate::case::{Case, Input, Measured, Source};
use crate::measured::distinct_constants;
use crate::set::Set;

/// One table. The columns are in the order of their names.
#[derive(serde::Deserialize)]
struct Table {
    name: String,
    kind: String,
    /// The certified model with its constants.
    formula: String,
    constants: usize,
    /// Symbols of the model, given where its constants happen to be 1.
    symbols: Option<usize>,
    sd: f64,
    columns: BTreeMap<String, Vec<f64>>,
    y: Vec<f64>,
}

/// The 37 tables.
pub fn nist() -> Result<Vec<Case>, String> {
    let tables: Vec<Table> =
        serde_json::from_str(include_str!("nist.json")).map_err(|e| format!("nist.json: {e}"))?;
    tables.into_iter().map(Table::case).collect()
}

impl Table {
    fn case(self) -> Result<Case, String> {
        let (names, columns): (Vec<String>, Vec<Vec<f64>>) = self.columns.into_iter().unzip();
        let inputs = names.iter().zip(&columns).map(|(name, column)| {
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Input::new(name, low, high)
        });
        let plain = Case::new(
            Set::Nist,
            &self.kind,
            &self.name,
            "y",
            &self.formula,
            inputs.collect(),
        );
        let law = plain.law()?;
        let simple = law.simplify();
        let written = distinct_constants(&law)
            .len()
            .min(distinct_constants(&simple).len());
        let symbols = law.complexity().min(simple.complexity());
        let table = Measured {
            columns,
            constants: self.constants.max(written),
            symbols: self.symbols.unwrap_or(symbols),
            deviation: self.sd,
            target: self.y,
        };
        Ok(Case {
            rows: table.target.len(),
            source: Source::Table(table),
            ..plain
        })
    }
}
