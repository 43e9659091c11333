//! The training rows as the kernels want them: f32, scaled, padded.

use crate::dataset::Sample;
use crate::nalu::gated::LOG_FLOOR;

use super::lanes::{Lanes, LANES};
use super::settings::{InputScaling, TrainSettings, Weighting};

/// Columns of padded rows. Padding has weight 0.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    /// The inputs of the first sixteen rows, then of the next.
    x: Vec<Lanes>,
    /// `ln max(|x|, δ)`, in the same order.
    log_x: Vec<Lanes>,
    /// Whether any input has a negative entry.
    pub has_negative: bool,
    /// √ of each row's share of the total weight: squares sum to 1.
    pub root_weight: Vec<Lanes>,
    /// Target minus its weighted mean, times `root_weight`, scaled so that
    /// the squares sum to 1.
    pub target: Vec<Lanes>,
    /// The weighted mean taken off and the scale divided by.
    pub target_mean: f64,
    /// See `target_mean`.
    pub target_scale: f64,
    /// What each input was divided by.
    pub input_scale: Vec<f64>,
    /// Whether rows are weighted by the inverse square of their target.
    pub relative: bool,
}

impl Batch {
    /// None when nothing can be trained: no rows, no inputs, or a target
    /// that does not vary.
    pub fn new(sample: &Sample, settings: &TrainSettings) -> Option<Batch> {
        let rows = spread(sample.rows(), settings.max_rows);
        if rows.is_empty() || sample.width() == 0 {
            return None;
        }
        let sample = sample.select(&rows);
        let real_rows = sample.rows();

        let weights: Vec<f64> = match settings.weighting {
            Weighting::Uniform => vec![1.0; real_rows],
            Weighting::Relative => relative_weights(&sample.target),
        };
        let total: f64 = weights.iter().sum();
        let mean = sample
            .target
            .iter()
            .zip(&weights)
            .map(|(y, w)| y * w)
            .sum::<f64>()
            / total;
        let centred: Vec<f64> = sample
            .target
            .iter()
            .zip(&weights)
            .map(|(y, w)| (y - mean) * (w / total).sqrt())
            .collect();
        let scale = centred.iter().map(|y| y * y).sum::<f64>().sqrt();
        if !(scale > 0.0 && scale.is_finite()) {
            return None;
        }

        let input_scale = input_scales(&sample, settings.scaling);
        let columns: Vec<Vec<Lanes>> = sample
            .inputs
            .iter()
            .zip(&input_scale)
            .map(|(column, scale)| {
                let scaled: Vec<f32> = column.iter().map(|value| (value / scale) as f32).collect();
                Lanes::from_values(&scaled, 1.0)
            })
            .collect();
        let x: Vec<Lanes> = (0..real_rows.div_ceil(LANES))
            .flat_map(|block| columns.iter().map(move |column| column[block]))
            .collect();
        let log = |x: f32| x.abs().max(LOG_FLOOR as f32).ln();
        let padded = |values: Vec<f64>| -> Vec<Lanes> {
            let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
            Lanes::from_values(&values, 0.0)
        };
        Some(Batch {
            log_x: x.iter().map(|lanes| lanes.map(log)).collect(),
            has_negative: x.iter().any(|lanes| lanes.has_negative()),
            x,
            root_weight: padded(weights.iter().map(|w| (w / total).sqrt()).collect()),
            target: padded(centred.iter().map(|y| y / scale).collect()),
            target_mean: mean,
            target_scale: scale,
            input_scale,
            relative: settings.weighting == Weighting::Relative,
        })
    }

    pub fn width(&self) -> usize {
        self.input_scale.len()
    }

    /// Sixteen rows each.
    pub fn blocks(&self) -> usize {
        self.target.len()
    }

    /// The inputs of one block.
    #[inline(always)]
    pub fn x_of(&self, block: usize) -> &[Lanes] {
        &self.x[block * self.width()..(block + 1) * self.width()]
    }

    /// Their logarithms.
    #[inline(always)]
    pub fn log_x_of(&self, block: usize) -> &[Lanes] {
        &self.log_x[block * self.width()..(block + 1) * self.width()]
    }
}

/// `count` indices below `rows`, evenly spread (all of them when they fit).
pub(super) fn spread(rows: usize, count: usize) -> Vec<usize> {
    if rows <= count {
        (0..rows).collect()
    } else {
        (0..count).map(|i| i * rows / count).collect()
    }
}

/// Inverse squares of the targets, those near 0 kept from carrying it all.
pub(crate) fn relative_weights(target: &[f64]) -> Vec<f64> {
    let median = median_magnitude(target);
    let floor = if median > 0.0 { median * 1e-6 } else { 1.0 };
    target
        .iter()
        .map(|y| 1.0 / (y.abs().max(floor)).powi(2))
        .collect()
}

/// What each input is divided by.
pub(super) fn input_scales(sample: &Sample, scaling: InputScaling) -> Vec<f64> {
    let medians: Vec<f64> = sample
        .inputs
        .iter()
        .map(|column| match median_magnitude(column) {
            median if median > 0.0 => median,
            _ => 1.0,
        })
        .collect();
    let raw = match scaling {
        InputScaling::Raw => true,
        InputScaling::PerColumn => false,
        InputScaling::Automatic => medians.iter().all(|median| (0.01..=100.0).contains(median)),
    };
    if raw {
        vec![1.0; medians.len()]
    } else {
        medians
    }
}

fn median_magnitude(values: &[f64]) -> f64 {
    let mut magnitudes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    magnitudes.sort_by(f64::total_cmp);
    magnitudes.get(magnitudes.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sample {
        Sample {
            inputs: vec![vec![1.0, -2.0, 4.0], vec![1e6, 2e6, 3e6]],
            target: vec![1.0, 2.0, 6.0],
        }
    }

    #[test]
    fn the_target_is_centred_and_has_unit_square_sum() {
        for weighting in [Weighting::Uniform, Weighting::Relative] {
            let settings = TrainSettings {
                weighting,
                ..TrainSettings::default()
            };
            let batch = Batch::new(&sample(), &settings).expect("a varying target");
            let sum = |of: fn(Lanes, Lanes) -> Lanes| -> f32 {
                let rows = batch.target.iter().zip(&batch.root_weight);
                rows.map(|(&y, &w)| of(y, w).sum()).sum()
            };
            let (squares, mean) = (sum(|y, _| y * y), sum(|y, w| y * w));
            assert!((squares - 1.0).abs() < 1e-5 && mean.abs() < 1e-5, "{weighting:?}");
            assert_eq!((batch.blocks(), batch.x_of(0).len()), (1, 2));
        }
    }

    #[test]
    fn wide_apart_columns_are_scaled_each_by_its_median() {
        let batch = Batch::new(&sample(), &TrainSettings::default()).expect("a varying target");
        assert_eq!(batch.input_scale, vec![2.0, 2e6]);
        assert!(batch.has_negative);
    }

    #[test]
    fn a_constant_target_cannot_be_trained_on() {
        let mut sample = sample();
        sample.target = vec![3.0; 3];
        assert!(Batch::new(&sample, &TrainSettings::default()).is_none());
    }
}
