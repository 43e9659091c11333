//! Finds the formula behind a table of numbers, and says whether it holds
//! outside the range it was fitted on.
//!
//! Data flows one way:
//! CSV → [`dataset`] → [`split`] → [`search`] ([`train`] → [`extract`] →
//! [`polish`]) → candidates → [`validate`] → [`report`]. The language all of
//! them speak is [`formula`].
//!
//! ```
//! use clap::Parser;
//! use nalu_discover::cli::{Arguments, Settings};
//! use nalu_discover::{dataset, discover::discover, split::split, stop::StopSignal};
//!
//! let arguments = Arguments::parse_from(["nalu-discover", "datasets/planets.csv"]);
//! let settings = Settings::from_arguments(arguments)?;
//! let table = dataset::read(&settings.source, &settings.read)?;
//! let rows = split(&table, &settings.split_options(&table)?)?;
//! let stop = StopSignal::after(settings.search.time_limit);
//! let report = discover(&table, &rows, &settings.search, &stop, &|_stage| {});
//! let found = report.found.expect("a formula");
//! assert_eq!(found.formula.text, "semi_major_axis_au^1.5");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod baseline;
pub mod check;
pub mod cli;
mod constants;
pub mod dataset;
pub mod discover;
pub mod export;
pub mod extract;
pub mod formula;
pub mod nalu;
pub mod polish;
pub mod predict;
pub mod report;
pub mod reproduce;
pub mod saved;
pub mod search;
pub mod split;
mod statistics;
pub mod stop;
pub mod train;
pub mod validate;
