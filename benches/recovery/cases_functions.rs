//! Twenty laws with functions as people bring them: decay, growth, saturation, waves, free exponents,
//! logarithms. Three have noise, and are judged by their errors alone.

use crate::case::{Case, Noise};
use crate::law_table::{laws, Law};
use crate::set::Set;

const ROWS: usize = 200;

/// The twenty laws, 200 rows each unless the table says otherwise.
pub fn functions() -> Result<Vec<Case>, String> {
    let case = |law: &Law| {
        let rows = law.option("rows").map_or(ROWS, |rows| rows as usize);
        let noise = law.option("noise").map_or(Noise::None, Noise::OfRmsByError);
        let kind = if noise == Noise::None { "exact" } else { "noisy" };
        let case = law.case(Set::Functions, kind, &law.name, rows)?;
        Ok(Case { noise, ..case })
    };
    laws("functions.csv", include_str!("functions.csv"))?
        .iter()
        .map(case)
        .collect()
}
