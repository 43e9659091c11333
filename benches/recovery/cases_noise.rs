//! Both Feynman sets with noise on the target.

use crate::case::{Case, Noise};
use crate::set::Set;

const LEVELS: [(&str, f64); 3] = [("noise 0.1 %", 0.001), ("noise 1 %", 0.01), ("noise 10 %", 0.1)];

/// Each formula under each level of noise, a share of the target's root mean square.
pub fn feynman_noise(algebraic: &[Case], transcendental: &[Case]) -> Vec<Case> {
    let under = |(kind, share): (&str, f64), plain: &Case| Case {
        set: Set::FeynmanNoise,
        kind: kind.to_string(),
        name: format!("{}: {kind}", plain.name),
        noise: Noise::OfRms(share),
        ..plain.clone()
    };
    let plain = || algebraic.iter().chain(transcendental);
    LEVELS
        .into_iter()
        .flat_map(|level| plain().map(move |plain| under(level, plain)))
        .collect()
}
