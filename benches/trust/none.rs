//! Tables without any law.

use rand::seq::SliceRandom;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::drawn::{columns, normal, one_of, Drawn};

/// Noise, shuffled targets, random walks, autoregressive series, and few rows of
/// many columns.
pub fn table(rng: &mut ChaCha8Rng) -> Drawn {
    let sort = one_of(
        rng,
        &["noise", "shuffled", "random walk", "autoregressive", "wide"],
    );
    let wide = sort == "wide";
    let rows = match wide {
        true => rng.gen_range(8..=20),
        false => one_of(rng, &[30, 60, 100, 200]),
    };
    let width = match wide {
        true => rng.gen_range(10..=30),
        false => one_of(rng, &[1, 2, 4]),
    };
    let mut inputs = columns(rng, &vec![(1.0, 5.0); width], rows);
    let keep = match sort {
        "random walk" => Some(1.0),
        "autoregressive" => Some(0.8),
        _ => None,
    };
    let target = if let Some(keep) = keep {
        inputs[0] = (0..rows).map(|row| row as f64).collect();
        let mut state = 0.0;
        (0..rows)
            .map(|_| {
                state = keep * state + normal(rng);
                state
            })
            .collect()
    } else if sort == "shuffled" {
        let mut target: Vec<f64> = (0..rows)
            .map(|row| inputs[0][row] * (inputs[width - 1][row] + 1.0))
            .collect();
        target.shuffle(rng);
        target
    } else {
        (0..rows).map(|_| normal(rng)).collect()
    };
    Drawn {
        sort: sort.to_string(),
        noise: 0.0,
        columns: inputs,
        target,
        truth: None,
        ranges: Vec::new(),
        level: 1.0,
        constants: Vec::new(),
    }
}
