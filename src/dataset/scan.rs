//! All rows of a source, block by block, on all cores.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

use rayon::prelude::*;

use super::blocks::Blocks;
use super::dialect::Dialect;
use super::error::DatasetError;
#[cfg(feature = "parquet")]
use super::parquet;
use super::part::{Part, TextFormat};
use super::source::Origin;

/// How the rows of a source are stored.
#[derive(Debug, Clone)]
pub(super) enum Format {
    /// Records of a text.
    Text(Dialect, TextFormat),
    /// Columns of a Parquet file.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// Hands the rows of every block to `visit`, in any order, with the block's
/// place; of each row the columns `wanted`, ascending. Ends early once `visit`
/// returns false.
///
/// # Errors
/// The first in the order of the source.
pub(super) fn scan(
    origin: &Origin,
    format: &Format,
    wanted: &[usize],
    visit: impl Fn(u64, Part) -> bool + Sync,
) -> Result<(), DatasetError> {
    let enough = AtomicBool::new(false);
    let first_failure: Mutex<Option<(u64, DatasetError)>> = Mutex::new(None);
    let fail = |index: u64, error: DatasetError| {
        enough.store(true, Ordering::Relaxed);
        if let Ok(mut first) = first_failure.lock() {
            if first.as_ref().is_none_or(|(earlier, _)| index < *earlier) {
                *first = Some((index, error));
            }
        }
    };
    let take = |index: u64, part: Result<Part, DatasetError>| match part {
        Ok(part) => {
            if !visit(index, part) {
                enough.store(true, Ordering::Relaxed);
            }
        }
        Err(error) => fail(index, error),
    };
    match format {
        Format::Text(dialect, text) => {
            let blocks = Blocks::new(origin, *dialect, &enough)?;
            blocks.par_bridge().for_each(|block| match block {
                Ok(block) => take(block.index, Part::read(&block, text, wanted, &origin.name)),
                Err(error) => fail(u64::MAX, error),
            });
        }
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::scan(origin, wanted, &enough, take)?,
    }
    match first_failure.into_inner() {
        Ok(Some((_, error))) => Err(error),
        _ => Ok(()),
    }
}
