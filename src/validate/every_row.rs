//! The figures of a formula on every row of a table too large to be held.
//!
//! Sums are taken block by block and added up in the order of the table, so
//! that they don't depend on the number of threads. Squares are of values
//! divided by the size of the target, so that none is lost at 1e200.

use super::judge::Outside;
use super::metrics::{mean, root_mean_square, RELATIVE_ERROR_FLOOR};
use super::noise::Kinds;
use super::resolution::{Exactness, Resolution, ARITHMETIC_SHARE};
use super::Metrics;
use crate::dataset::{Batch, DatasetError, Sample};
use crate::formula::Expr;
use crate::split::{EveryRow, Split};
use crate::stop::StopSignal;

/// What a formula does on every row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EveryRowMetrics {
    /// On the rows within the fitted range of the inputs that it reads, or
    /// that were not chosen to be held out. Medians are not taken.
    pub inside: Metrics,
    /// On the others.
    pub outside: Metrics,
    /// The line of the largest relative error outside.
    pub worst_line: Option<usize>,
}

/// A level of error beyond which a row is far off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Far {
    /// The level.
    pub level: f64,
    /// Whether it is a share of the target.
    pub relative: bool,
}

/// The sums over every row.
#[derive(Debug, Clone, Copy)]
pub(super) struct EveryRowSums {
    inside: Sums,
    outside: Sums,
    /// Those outside that are not far off.
    near: Sums,
    scale: Scale,
}

/// Reads every row. `None` when interrupted.
pub(super) fn every_row_sums(
    expr: &Expr,
    split: &Split,
    every: &EveryRow,
    far: Option<Far>,
    stop: &StopSignal,
) -> Result<Option<EveryRowSums>, DatasetError> {
    let used = expr.variables_used();
    let scale = Scale::of(split);
    let sums = every.stream.map(&every.inputs(&used), |batch: Batch| {
        if stop.is_interrupted() {
            return None;
        }
        let values = expr.evaluate(&batch.sample.inputs);
        let mut sums = EveryRowSums {
            inside: Sums::default(),
            outside: Sums::default(),
            near: Sums::default(),
            scale,
        };
        for (row, is_outside) in every.outside(&batch, split, &used).into_iter().enumerate() {
            let (f, y, line) = (values[row], batch.sample.target[row], batch.lines[row]);
            if !is_outside {
                sums.inside.add(f, y, line, scale);
                continue;
            }
            sums.outside.add(f, y, line, scale);
            if !far.is_some_and(|far| far.is_passed(f, y)) {
                sums.near.add(f, y, line, scale);
            }
        }
        Some(sums)
    })?;
    Ok(sums.and_then(|sums| sums.into_iter().reduce(EveryRowSums::and)))
}

impl EveryRowSums {
    fn and(self, later: EveryRowSums) -> EveryRowSums {
        EveryRowSums {
            inside: self.inside.and(later.inside),
            outside: self.outside.and(later.outside),
            near: self.near.and(later.near),
            scale: self.scale,
        }
    }

    pub fn metrics(&self) -> EveryRowMetrics {
        EveryRowMetrics {
            inside: self.inside.metrics(self.scale),
            outside: self.outside.metrics(self.scale),
            worst_line: (self.outside.rows > 0).then_some(self.outside.worst_line),
        }
    }

    /// What the rows outside say.
    pub fn outside(&self) -> Outside {
        self.outside.summary(self.scale)
    }

    /// The same without those far off.
    pub fn near(&self) -> Outside {
        self.near.summary(self.scale)
    }

    /// Rows, inside or outside, on which the formula has no value.
    pub fn undefined(&self) -> usize {
        self.inside.undefined + self.outside.undefined
    }

    /// How close the row furthest off inside is.
    pub fn exactness_inside(&self) -> Exactness {
        self.inside.exactness
    }

    pub fn rows_inside(&self) -> usize {
        self.inside.rows
    }
}

impl Far {
    pub fn is_passed(self, f: f64, y: f64) -> bool {
        let error = (f - y).abs();
        let level = self.level * if self.relative { y.abs() } else { 1.0 };
        error > level && error > ARITHMETIC_SHARE * y.abs()
    }
}

/// What sums are taken in terms of, from the sample.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// Root mean square of the target.
    size: f64,
    /// Its mean inside.
    centre: f64,
    resolution: Resolution,
}

impl Scale {
    fn of(split: &Split) -> Scale {
        let samples: [&Sample; 3] = [&split.train, &split.validation, &split.extrapolation];
        let targets: Vec<f64> = samples
            .iter()
            .flat_map(|sample| &sample.target)
            .copied()
            .collect();
        let inside = [split.train.target.as_slice(), &split.validation.target].concat();
        Scale {
            resolution: Resolution::of(&targets),
            size: match root_mean_square(targets.iter().copied()) {
                0.0 => 1.0,
                size => size,
            },
            centre: mean(&inside),
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    rows: usize,
    undefined: usize,
    /// How close the row furthest off is.
    exactness: Exactness,
    squares: f64,
    relative_squares: f64,
    from_centre: f64,
    from_centre_squares: f64,
    worst: f64,
    worst_line: usize,
}

impl Sums {
    fn add(&mut self, f: f64, y: f64, line: usize, scale: Scale) {
        self.rows += 1;
        let error = (f - y).abs();
        if error.is_finite() {
            self.squares += (error / scale.size).powi(2);
            self.relative_squares += (error / y).powi(2);
        } else {
            self.undefined += 1;
        }
        let deviation = (y - scale.centre) / scale.size;
        self.from_centre += deviation;
        self.from_centre_squares += deviation * deviation;
        self.exactness = self.exactness.min(scale.resolution.exactness(f, y, 0.0));
        let relative = match error {
            0.0 => 0.0,
            error if error.is_finite() => error / y.abs().max(RELATIVE_ERROR_FLOOR * scale.size),
            _ => f64::INFINITY,
        };
        if relative > self.worst || self.rows == 1 {
            self.worst = relative;
            self.worst_line = line;
        }
    }

    fn and(self, later: Sums) -> Sums {
        if self.rows == 0 || later.rows == 0 {
            return if self.rows == 0 { later } else { self };
        }
        let worst = if later.worst > self.worst { &later } else { &self };
        Sums {
            rows: self.rows + later.rows,
            undefined: self.undefined + later.undefined,
            exactness: self.exactness.min(later.exactness),
            squares: self.squares + later.squares,
            relative_squares: self.relative_squares + later.relative_squares,
            from_centre: self.from_centre + later.from_centre,
            from_centre_squares: self.from_centre_squares + later.from_centre_squares,
            worst: worst.worst,
            worst_line: worst.worst_line,
        }
    }

    /// √(sum / n); NaN without rows or where a prediction is none.
    fn root_mean(&self, sum: f64) -> f64 {
        match self.undefined {
            0 => (sum / self.rows as f64).sqrt(),
            _ => f64::NAN,
        }
    }

    fn metrics(&self, scale: Scale) -> Metrics {
        let rows = self.rows as f64;
        let rmse = self.root_mean(self.squares);
        let variance = self.from_centre_squares / rows - (self.from_centre / rows).powi(2);
        Metrics {
            rows: self.rows,
            rmse: rmse * scale.size,
            r2: if variance > 0.0 {
                1.0 - rmse * rmse / variance
            } else {
                f64::NAN
            },
            max_relative_error: if self.rows > 0 { self.worst } else { f64::NAN },
            median_relative_error: f64::NAN,
        }
    }

    fn summary(&self, scale: Scale) -> Outside {
        Outside {
            rows: self.rows,
            undefined: self.undefined,
            error: self.root_mean(self.squares) * scale.size,
            relative_error: self.root_mean(self.relative_squares),
            from_centre: (self.from_centre_squares / self.rows as f64).sqrt() * scale.size,
            exactness: self.exactness,
            kinds: Kinds::BOTH,
        }
    }
}
