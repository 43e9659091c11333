//! When a training is going nowhere: iNALU's rule for drawing anew.
//!
//! Schlör et al. 2020: at every tenth of the training, a stack is drawn anew
//! when its loss has stayed above a limit and the later half of the losses
//! since the last drawing is no better than the earlier one, beyond its
//! standard deviation.

/// Losses of every restart since it was last drawn.
#[derive(Debug, Clone)]
pub(super) struct StallWatch {
    limit: f64,
    losses: Vec<Vec<f64>>,
}

impl StallWatch {
    pub fn new(restarts: usize, limit: f64) -> StallWatch {
        StallWatch {
            limit,
            losses: vec![Vec::new(); restarts],
        }
    }

    /// Notes the losses of a step.
    pub fn note(&mut self, losses: &[f64]) {
        if self.limit.is_finite() {
            for (history, &loss) in self.losses.iter_mut().zip(losses) {
                history.push(loss);
            }
        }
    }

    /// The restarts to draw anew; their histories start afresh.
    pub fn stalled(&mut self) -> Vec<usize> {
        let limit = self.limit;
        let stalled: Vec<usize> = (0..self.losses.len())
            .filter(|&restart| is_stalled(&self.losses[restart], limit))
            .collect();
        for &restart in &stalled {
            self.losses[restart].clear();
        }
        stalled
    }
}

fn is_stalled(losses: &[f64], limit: f64) -> bool {
    let (earlier, later) = losses.split_at(losses.len() / 2);
    if earlier.is_empty() {
        return false;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let now = mean(later);
    let deviation = mean(&later.iter().map(|loss| (loss - now).powi(2)).collect::<Vec<_>>()).sqrt();
    // A loss that is not finite is going nowhere either.
    now.is_nan() || now > limit && mean(earlier) <= now + deviation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_high_loss_without_progress_is_stalled() {
        let falling: Vec<f64> = (0..100).map(|i| 100.0 - f64::from(i)).collect();
        let mut watch = StallWatch::new(4, 1.0);
        for &loss in &falling {
            watch.note(&[loss, 5.0, 0.5, f64::NAN]);
        }
        assert_eq!(watch.stalled(), vec![1, 3]);
        assert_eq!(watch.stalled(), Vec::<usize>::new());
    }
}
