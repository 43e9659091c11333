//! The problems that symbolic regression is compared on: Nguyen (Uy et al. 2011), Livermore (Mundhenk
//! et al. 2021) and Jin (Jin et al. 2019), with the ranges and the numbers of rows they were set with.

use crate::case::Case;
use crate::law_table::{laws, Law};
use crate::set::Set;

const ROWS: usize = 20;

/// Thirteen laws of Nguyen, twenty-two of Livermore, six of Jin.
pub fn classics() -> Result<Vec<Case>, String> {
    let set = |law: &Law| match law.name.split('-').next() {
        Some("nguyen") => Set::Nguyen,
        Some("livermore") => Set::Livermore,
        _ => Set::Jin,
    };
    laws("classics.csv", include_str!("classics.csv"))?
        .iter()
        .map(|law| {
            let rows = law.option("rows").map_or(ROWS, |rows| rows as usize);
            law.case(set(law), set(law).key(), &law.name, rows)
        })
        .collect()
}
