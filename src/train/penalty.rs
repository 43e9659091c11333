//! What pulls parameters towards discrete values, number by number.

use super::cell_settings::PenaltyRamp;

/// The shape of a penalty; over a matrix its mean is taken (its sum for
/// [`Penalty::Magnitude`]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Penalty {
    /// None.
    Free,
    /// `min(|w|, |1 − |w||)`: towards −1, 0, 1 (NAU).
    Ternary,
    /// `min(|w|, |1 − w|)`: towards 0, 1 (NMU).
    Binary,
    /// `max(limit − |w|, 0)`: away from 0 (iNALU).
    AwayFromZero(f64),
    /// `|w|`: towards 0 (NPU).
    Magnitude,
    /// `|w − s round(w / s)|`: towards multiples of s (the default cell).
    Multiples(f64),
}

impl Penalty {
    /// Derivative with respect to one number; 0 at kinks.
    pub fn slope(self, w: f64) -> f64 {
        match self {
            Penalty::Free => 0.0,
            Penalty::Ternary => sign(w) * nearer_zero_or_one(w.abs()),
            Penalty::Binary => nearer_zero_or_one(w),
            Penalty::AwayFromZero(limit) if w.abs() < limit => -sign(w),
            Penalty::AwayFromZero(_) => 0.0,
            Penalty::Magnitude => sign(w),
            Penalty::Multiples(step) => sign(w - step * (w / step).round()),
        }
    }

    /// How much of the slope one of `numbers` entries of a matrix gets.
    pub fn share(self, numbers: usize) -> f64 {
        match self {
            Penalty::Magnitude => 1.0,
            _ => 1.0 / numbers.max(1) as f64,
        }
    }
}

use crate::nalu::inalu::sign;

/// Slope of `min(|w|, |1 − w|)`.
fn nearer_zero_or_one(w: f64) -> f64 {
    if w.abs() < (1.0 - w).abs() {
        sign(w)
    } else {
        sign(w - 1.0)
    }
}

impl PenaltyRamp {
    /// The factor of the strength after `progress` of the steps.
    pub(super) fn at(self, progress: f64) -> f64 {
        match self {
            PenaltyRamp::Linear { start, end } if end > start => {
                ((progress - start) / (end - start)).clamp(0.0, 1.0)
            }
            PenaltyRamp::Linear { start, .. } => f64::from(u8::from(progress >= start)),
            PenaltyRamp::Decades { steps, every } => {
                let taken = (progress / every).floor().min(f64::from(steps));
                10f64.powf(taken - f64::from(steps))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(penalty: Penalty, w: f64) -> f64 {
        match penalty {
            Penalty::Free => 0.0,
            Penalty::Ternary => w.abs().min((1.0 - w.abs()).abs()),
            Penalty::Binary => w.abs().min((1.0 - w).abs()),
            Penalty::AwayFromZero(limit) => (limit - w.abs()).max(0.0),
            Penalty::Magnitude => w.abs(),
            Penalty::Multiples(step) => (w - step * (w / step).round()).abs(),
        }
    }

    #[test]
    fn slopes_are_those_of_the_values() {
        for penalty in [
            Penalty::Free,
            Penalty::Ternary,
            Penalty::Binary,
            Penalty::AwayFromZero(3.0),
            Penalty::Magnitude,
            Penalty::Multiples(0.5),
        ] {
            for w in [-3.3, -1.3, -0.8, -0.3, 0.2, 0.6, 0.9, 1.2, 1.7, 3.1] {
                let difference = (value(penalty, w + 1e-6) - value(penalty, w - 1e-6)) / 2e-6;
                assert!((penalty.slope(w) - difference).abs() < 1e-6, "{penalty:?} at {w}");
            }
        }
    }

    #[test]
    fn the_grid_itself_is_not_pulled() {
        for w in [-1.0, 0.0, 1.0] {
            assert_eq!(Penalty::Ternary.slope(w), 0.0);
            assert_eq!(Penalty::Multiples(0.5).slope(w), 0.0);
        }
    }

    #[test]
    fn ramps_start_and_end_where_they_should() {
        let linear = PenaltyRamp::Linear { start: 0.4, end: 0.7 };
        assert_eq!((linear.at(0.4), linear.at(0.9)), (0.0, 1.0));
        assert!((linear.at(0.55) - 0.5).abs() < 1e-12);
        let decades = PenaltyRamp::Decades { steps: 2, every: 0.2 };
        assert_eq!(
            (decades.at(0.1), decades.at(0.3), decades.at(0.99)),
            (0.01, 0.1, 1.0)
        );
    }
}
