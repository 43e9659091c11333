//! One group of restarts on its way through the steps.

use rand_chacha::ChaCha8Rng;

use super::adam::{Adam, Rates};
use super::cell_settings::Initialiser;
use super::layers::Layer;
use super::module::{Module, Rows};
use super::settings::{Decay, TrainSettings};
use super::stall::StallWatch;

/// What a stalled restart is drawn anew from (iNALU's script).
const REDRAWN: Initialiser = Initialiser::Uniform(-2.0, 2.0);

/// A module with everything that changes while it is trained.
pub(super) struct Trainer {
    pub module: Module,
    adam: Adam,
    watch: StallWatch,
    rngs: Vec<ChaCha8Rng>,
    settings: TrainSettings,
}

impl Trainer {
    /// One restart for each of `rngs`; see [`Module::new`].
    pub fn new(
        layers: Vec<(Box<dyn Layer>, usize)>,
        width: usize,
        settings: &TrainSettings,
        mut rngs: Vec<ChaCha8Rng>,
    ) -> Trainer {
        let module = Module::new(layers, width, &settings.cell, &mut rngs);
        Trainer {
            adam: Adam::new(&module),
            watch: StallWatch::new(rngs.len(), settings.cell.redraw_above),
            module,
            rngs,
            settings: settings.clone(),
        }
    }

    /// Step `step` (from 0) of `settings.steps`; returns the losses before it.
    pub fn step(&mut self, rows: &Rows, step: usize) -> Vec<f64> {
        let steps = self.settings.steps.max(1);
        let progress = step as f64 / steps as f64;
        let tenth = (steps / 10).max(1);
        if step > 0 && step.is_multiple_of(tenth) {
            self.redraw();
        }
        let mut slope = self.module.slope(rows);
        self.watch.note(&slope.losses);
        let rate = match self.settings.decay {
            Decay::Constant => 1.0,
            Decay::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
        };
        let rates = Rates {
            step,
            progress,
            learning_rate: self.settings.learning_rate * rate,
            second_moment: self.settings.second_moment,
            norm_clip: self.settings.gradient_clip,
        };
        self.adam
            .step(&mut self.module, &mut slope, &rates, &self.settings.cell);
        slope.losses
    }

    fn redraw(&mut self) {
        for restart in self.watch.stalled() {
            self.module.draw(restart, Some(REDRAWN), &mut self.rngs[restart]);
            self.adam.forget(restart, self.rngs.len());
        }
    }
}
