//! Finds the formula behind a table of numbers, and says whether it holds
//! outside the range it was fitted on.
//!
//! Data flows one way:
//! CSV → [`dataset`] → [`split`] → [`search`] ([`train`] → [`extract`] →
//! [`polish`]) → candidates → [`validate`] → [`report`]. The language all of
//! them speak is [`formula`].
#![warn(missing_docs)]

pub mod baseline;
pub mod cli;
pub mod dataset;
pub mod discover;
pub mod extract;
pub mod formula;
pub mod nalu;
pub mod polish;
pub mod report;
pub mod search;
pub mod split;
pub mod stop;
pub mod train;
pub mod validate;
