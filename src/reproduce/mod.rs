//! The experiments of the literature, run again with this crate's cells.
//!
//! Each experiment is a file that turns [`Options`] into a
//! [`Reproduction`], a table that [`text`] and [`json`] write. Where a figure
//! was published it stands in the table beside ours. docs/reproduction.md
//! says what to make of them.

mod arithmetic;
mod functions;
mod identity;
mod interval;
mod json;
mod plot;
mod sampling;
mod single_module;
mod table;
mod text;

pub use identity::Curve;
pub use json::json;
pub use plot::{svg, terminal};
pub use table::{Column, Reproduction, Value};
pub use text::text;

use crate::stop::StopSignal;

/// What can be reproduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Experiment {
    /// Dense networks fail to learn `f(x) = x` outside the training range
    /// (Trask et al. 2018, figure 1).
    Identity,
    /// Six operations on sums of slices of 100 inputs (Trask et al. 2018,
    /// table 1).
    Arithmetic,
    /// One cell, two inputs, nine ranges (Mistry et al. 2022).
    SingleModule,
    /// The functions the seed article's repository fits.
    Functions,
}

/// How much to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Trainings of each model; None for the experiment's own number.
    pub seeds: Option<usize>,
    /// As many steps, at the rate, as published, instead of few at a higher rate.
    pub full: bool,
    /// Rows not reached when this stops are left out.
    pub stop: StopSignal,
}

/// Runs an experiment on the current rayon pool. `progress` hears how many of
/// how many parts are done.
///
/// The table depends on the options alone, unless it was stopped.
pub fn run(
    experiment: Experiment,
    options: &Options,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Reproduction {
    match experiment {
        Experiment::Identity => identity::run(options, progress),
        Experiment::Arithmetic => arithmetic::run(options, progress),
        Experiment::SingleModule => single_module::run(options, progress),
        Experiment::Functions => functions::run(options, progress),
    }
}

impl Experiment {
    /// The name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Experiment::Identity => "identity",
            Experiment::Arithmetic => "arithmetic",
            Experiment::SingleModule => "single-module",
            Experiment::Functions => "functions",
        }
    }
}
