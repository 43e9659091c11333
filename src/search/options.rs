//! How to search.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::nalu::Cell;
use crate::train::CellTuning;

use super::language::Language;

/// What a search may use, and what it looks for.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOptions {
    /// Seed of all random draws.
    pub seed: u64,
    /// When to stop.
    pub time_limit: Duration,
    /// At least 1; the result does not depend on it.
    pub threads: usize,
    /// Trainings for each architecture; as many as seem useful by default.
    pub restarts: Option<NonZeroUsize>,
    /// NALU layers that a printed formula takes at most, 1 to 3; not bounded by default.
    pub max_layers: Option<usize>,
    /// Sums, differences, products and ratios of columns only.
    pub strict: bool,
    /// Which functions formulas may have.
    pub language: Language,
    /// The cell to train.
    pub cell: Cell,
    /// What is chosen of its settings; nothing for the default cell.
    pub cell_tuning: CellTuning,
    /// How errors count in the choice and in the constants.
    pub loss: Loss,
    /// Constants to recognise, by name; finite and not 0.
    pub known: Vec<(String, f64)>,
    /// Steps of the plan to leave out, by [`super::step_keys`].
    pub without: Vec<String>,
}

impl Default for SearchOptions {
    fn default() -> SearchOptions {
        SearchOptions {
            seed: 0,
            time_limit: Duration::from_secs(30),
            threads: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            restarts: None,
            max_layers: None,
            strict: false,
            language: Language::All,
            cell: Cell::Gated,
            cell_tuning: CellTuning::default(),
            loss: Loss::Squared,
            known: Vec::new(),
            without: Vec::new(),
        }
    }
}

/// How an error counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Loss {
    /// By its square.
    #[default]
    Squared,
    /// By its square near 0, by its size beyond (Huber 1964).
    Huber,
}
