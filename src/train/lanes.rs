//! Rows sixteen at a time: an array that the compiler keeps in vector registers.
//!
//! Every lane is computed by the same operations in the same order and sums
//! over lanes are taken in a fixed order, so results have the same bits
//! whatever the width of the machine's vectors.

use std::ops::{Add, AddAssign, Mul, Sub};

/// Numbers in one [`Lanes`]; rows are padded to a multiple of it.
pub(super) const LANES: usize = 16;

/// One number for each of sixteen rows, aligned to a line of the cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(super) struct Lanes(pub [f32; LANES]);

impl Lanes {
    pub const ZERO: Lanes = Lanes([0.0; LANES]);

    /// `values` in order, the last filled up with `padding`.
    pub fn from_values(values: &[f32], padding: f32) -> Vec<Lanes> {
        let fill = |chunk: &[f32]| {
            let mut lanes = [padding; LANES];
            lanes[..chunk.len()].copy_from_slice(chunk);
            Lanes(lanes)
        };
        values.chunks(LANES).map(fill).collect()
    }

    #[inline(always)]
    pub fn map(self, f: impl Fn(f32) -> f32) -> Lanes {
        let mut out = [0.0; LANES];
        for (out, value) in out.iter_mut().zip(self.0) {
            *out = f(value);
        }
        Lanes(out)
    }

    #[inline(always)]
    pub fn with(self, other: Lanes, f: impl Fn(f32, f32) -> f32) -> Lanes {
        let mut out = [0.0; LANES];
        for ((out, a), b) in out.iter_mut().zip(self.0).zip(other.0) {
            *out = f(a, b);
        }
        Lanes(out)
    }

    /// Where a lane of `self` is below 0 that of `negative`, elsewhere `other`.
    #[inline(always)]
    pub fn if_negative(self, negative: f32, other: f32) -> Lanes {
        self.map(|value| if value < 0.0 { negative } else { other })
    }

    #[inline(always)]
    pub fn has_negative(self) -> bool {
        let mut found = 0u32;
        for value in self.0 {
            found |= u32::from(value < 0.0);
        }
        found != 0
    }

    /// Halves added to each other until one number is left.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let mut sums = self.0;
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                sums[lane] += sums[lane + half];
            }
            half /= 2;
        }
        sums[0]
    }
}

impl Add for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn add(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a + b)
    }
}

impl Sub for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn sub(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a - b)
    }
}

impl Mul for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn mul(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a * b)
    }
}

impl Mul<f32> for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn mul(self, factor: f32) -> Lanes {
        self.map(|value| value * factor)
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Lanes) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_padded_and_summed() {
        let values: Vec<f32> = (1..=20).map(|i| i as f32).collect();
        let lanes = Lanes::from_values(&values, 0.5);
        assert_eq!(lanes.len(), 2);
        assert_eq!(lanes[0].sum(), 136.0);
        assert_eq!(lanes[1].sum(), 17.0 + 18.0 + 19.0 + 20.0 + 12.0 * 0.5);
    }

    #[test]
    fn zero_is_not_negative() {
        let mut lanes = Lanes::ZERO;
        lanes.0[3] = -0.0;
        assert!(!lanes.has_negative());
        assert_eq!(lanes.if_negative(7.0, 1.0), Lanes([1.0; LANES]));
        lanes.0[3] = -1e-30;
        assert!(lanes.has_negative());
        assert_eq!(lanes.if_negative(7.0, 1.0).sum(), 22.0);
    }
}
