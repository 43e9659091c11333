//! Trains stacks of the cells of the literature as their papers do: layers
//! chained, the last one unit wide and its value the output, Adam on the mean
//! squared error.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::dataset::Sample;
use crate::nalu::{Cell, TrainedStack};
use crate::stop::StopSignal;

use super::batch::{input_scales, relative_weights, spread};
use super::layers::{of_cell, Layer};
use super::module::{trained_layers, Module, Rows};
use super::settings::{Architecture, TrainSettings, Weighting};
use super::trainer::Trainer;

/// Restarts of one tensor, on one thread; see `ensemble`.
const GROUP: usize = 8;

/// Steps between two looks at the stop signal.
const STOP_INTERVAL: usize = 16;

/// The layers of a stack; None for the default cell.
pub(super) fn layers(architecture: &Architecture) -> Option<Vec<(Box<dyn Layer>, usize)>> {
    if architecture.cell == Cell::Gated {
        return None;
    }
    let depth = architecture.layers.clamp(1, 3);
    let layers = (0..depth)
        .map(|index| {
            let units = if index + 1 == depth {
                1
            } else {
                architecture.units.max(1)
            };
            (of_cell(architecture.cell.at_depth(index)), units)
        })
        .collect();
    Some(layers)
}

/// The training rows in f64: inputs scaled, the target as it is.
#[derive(Debug, Clone)]
pub(super) struct Data {
    /// Row after row.
    x: Vec<f64>,
    y: Vec<f64>,
    root_weight: Vec<f64>,
    input_scale: Vec<f64>,
}

impl Data {
    /// None when there are no rows, no inputs, or the target does not vary.
    pub fn new(sample: &Sample, settings: &TrainSettings) -> Option<Data> {
        let rows = spread(sample.rows(), settings.max_rows);
        if rows.is_empty() || sample.width() == 0 {
            return None;
        }
        let sample = sample.select(&rows);
        let weights = match settings.weighting {
            Weighting::Uniform => vec![1.0; sample.rows()],
            Weighting::Relative => relative_weights(&sample.target),
        };
        let total: f64 = weights.iter().sum();
        let weighted = || sample.target.iter().zip(&weights);
        let mean = weighted().map(|(y, w)| y * w / total).sum::<f64>();
        let variance = weighted()
            .map(|(y, w)| (y - mean).powi(2) * w / total)
            .sum::<f64>();
        if !(variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let input_scale = input_scales(&sample, settings.scaling);
        let x = (0..sample.rows())
            .flat_map(|row| {
                let columns = sample.inputs.iter().zip(&input_scale);
                columns.map(move |(column, scale)| column[row] / scale)
            })
            .collect();
        Some(Data {
            x,
            root_weight: weights.iter().map(|w| (w / total / variance).sqrt()).collect(),
            y: sample.target,
            input_scale,
        })
    }

    pub fn width(&self) -> usize {
        self.input_scale.len()
    }

    /// The same rows for every restart of the module.
    pub fn repeated(&self, module: &Module) -> Rows {
        let rows = self.y.len();
        Rows {
            x: module.tensor(&self.x.repeat(module.restarts), rows, self.width()),
            y: module.tensor(&self.y.repeat(module.restarts), rows, 1),
            root_weight: module.tensor(&self.root_weight.repeat(module.restarts), rows, 1),
        }
    }
}

/// As [`super::train`], for every cell but the default one.
pub(super) fn train_published(
    sample: &Sample,
    architecture: &Architecture,
    settings: &TrainSettings,
    seed: u64,
    stop: &StopSignal,
) -> Vec<TrainedStack> {
    let Some(data) = Data::new(sample, settings) else {
        return Vec::new();
    };
    let indices: Vec<usize> = (0..settings.restarts).collect();
    let mut stacks: Vec<TrainedStack> = indices
        .par_chunks(GROUP)
        .flat_map_iter(|group| train_group(group, &data, architecture, settings, seed, stop))
        .filter(|stack| stack.loss.is_finite())
        .collect();
    stacks.sort_by(|a, b| a.loss.total_cmp(&b.loss).then(a.restart.cmp(&b.restart)));
    stacks
}

fn train_group(
    group: &[usize],
    data: &Data,
    architecture: &Architecture,
    settings: &TrainSettings,
    seed: u64,
    stop: &StopSignal,
) -> Vec<TrainedStack> {
    let Some(layers) = layers(architecture) else {
        return Vec::new();
    };
    let rngs = group
        .iter()
        .map(|&index| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(index as u64);
            rng
        })
        .collect();
    let mut trainer = Trainer::new(layers, data.width(), settings, rngs);
    let rows = data.repeated(&trainer.module);
    for step in 0..settings.steps {
        if step % STOP_INTERVAL == 0 && stop.should_stop() {
            break;
        }
        trainer.step(&rows, step);
    }
    let module = &trainer.module;
    let losses = module.slope(&rows).losses;
    let gates = module.mean_gates(&rows.x);
    losses
        .iter()
        .zip(group)
        .enumerate()
        .map(|(restart, (&loss, &index))| TrainedStack {
            cell: architecture.cell,
            layers: trained_layers(module, &gates, restart, data.width()),
            input_scale: data.input_scale.clone(),
            readout: vec![1.0],
            offset: 0.0,
            loss,
            relative: settings.weighting == Weighting::Relative,
            restart: index,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::round_all;

    fn sample(formula: fn(f64, f64) -> f64) -> Sample {
        let a: Vec<f64> = (0..60).map(|i| 1.0 + 0.05 * f64::from(i)).collect();
        let b: Vec<f64> = (0..60).map(|i| 1.0 + f64::from(i * 7 % 13) * 0.3).collect();
        Sample {
            target: a.iter().zip(&b).map(|(&a, &b)| formula(a, b)).collect(),
            inputs: vec![a, b],
        }
    }

    fn settings(cell: Cell) -> TrainSettings {
        TrainSettings {
            restarts: 8,
            steps: 800,
            learning_rate: 0.05,
            ..TrainSettings::for_cell(cell)
        }
    }

    fn trained(cell: Cell, layers: usize, sample: &Sample) -> Vec<TrainedStack> {
        let architecture = Architecture {
            layers,
            units: 2,
            cell,
        };
        train_published(sample, &architecture, &settings(cell), 0, &StopSignal::never())
    }

    #[test]
    fn each_cell_learns_what_it_can_express_and_rounds_to_it() {
        type Formula = fn(f64, f64) -> f64;
        let cases: [(Cell, Formula, &str); 13] = [
            (Cell::Nac, |a, b| a + b, "a + b"),
            (Cell::Nac, |a, b| a - b, "a - b"),
            (Cell::NacMul, |a, b| a * b, "a * b"),
            (Cell::NacMul, |a, b| a / b, "a / b"),
            (Cell::Nalu, |a, b| a + b, "a + b"),
            (Cell::NaluSeparate, |a, b| a * b, "a * b"),
            (Cell::Inalu, |a, b| a + b, "a + b"),
            (Cell::Inalu, |a, b| a * b, "a * b"),
            (Cell::Nau, |a, b| a - b, "a - b"),
            (Cell::Nmu, |a, b| a * b, "a * b"),
            (Cell::NauNmu, |a, b| a + b, "a + b"),
            (Cell::RealNpu, |a, b| a * b, "a * b"),
            (Cell::RealNpu, |a, b| b / a, "b / a"),
        ];
        let names = ["a".to_owned(), "b".to_owned()];
        for (cell, formula, text) in cases {
            let sample = sample(formula);
            let stacks = trained(cell, 1, &sample);
            // tanh·σ comes close to 1 only slowly.
            assert!(
                stacks[0].loss < 0.02,
                "{} on {text}: {}",
                cell.name(),
                stacks[0].loss
            );
            let found = round_all(&stacks, &sample, true);
            assert_eq!(found[0].expr.text(&names), text, "{}", cell.name());
        }
    }

    #[test]
    fn nau_and_nmu_in_turns_find_a_product_of_sums() {
        let sample = sample(|a, b| (a + b) * (a - b));
        let stacks = trained(Cell::NauNmu, 2, &sample);
        assert_eq!(stacks[0].layers[0].gates, vec![1.0, 1.0]);
        assert_eq!(stacks[0].layers[1].gates, vec![0.0]);
        let best = round_all(&stacks, &sample, true).swap_remove(0);
        assert!(best.rounded_error < 1e-20, "{best:?}");
    }

    #[test]
    fn a_chained_layer_reads_the_units_only_and_the_last_is_one_wide() {
        let sample = sample(|a, b| a + b);
        for stack in trained(Cell::Nalu, 2, &sample) {
            let [first, last] = &stack.layers[..] else {
                panic!("{} layers", stack.layers.len())
            };
            assert_eq!((first.gates.len(), last.gates.len()), (2, 1));
            assert_eq!(last.w_add.len(), 4);
            assert!(last.w_add[..2].iter().flatten().all(|w| *w == 0.0));
            assert!(last.gates.iter().all(|gate| (0.0..=1.0).contains(gate)));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_stacks() {
        let sample = sample(|a, b| a * b);
        assert_eq!(trained(Cell::Nalu, 2, &sample), trained(Cell::Nalu, 2, &sample));
    }
}
