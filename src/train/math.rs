//! `exp`, `ln` and `tanh` in f32 that the compiler can vectorise: no branch,
//! no call.
//!
//! Only arithmetic and bit operations in a fixed order, so a result has the
//! same bits whatever the width of the vector unit.

/// `e^x` for |x| ≤ 87; relative error below 3e-7.
///
/// `x = n ln 2 + r`, |r| ≤ ln 2 / 2, a polynomial of degree 6 for `e^r`
/// (Taylor, its remainder r⁷/5040 is below 1.3e-7 of the value), and `2^n`
/// put together from bits.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Adding 1.5·2^23 leaves the nearest integer in the low mantissa bits.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let tail = 1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0));
    let p = 1.0 + r + r * r * (0.5 + r * (1.0 / 6.0 + r * tail));
    let power = (shifted.to_bits() << 23).wrapping_add(127 << 23);
    p * f32::from_bits(power)
}

/// `ln x` for normal positive x; absolute error below 2e-7 + 1e-7·|ln x|.
///
/// `x = 2^n m`, m in [√½, √2), `s = (m−1)/(m+1)`, and
/// `ln m = 2(s + s³/3 + s⁵/5 + s⁷/7 + s⁹/9)`: |s| ≤ 0.172, so the remainder
/// 2 s¹¹/11 is below 7e-10.
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    // Bits of √½: subtracting them makes the exponent field count from m ≥ √½.
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF);
    let n = (shifted as i32 >> 23) as f32;
    let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(SQRT_HALF));
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let series = 2.0 / 3.0 + s2 * (2.0 / 5.0 + s2 * (2.0 / 7.0 + s2 * (2.0 / 9.0)));
    let ln_m = 2.0 * s + s * s2 * series;
    n * LN2_HIGH + (n * LN2_LOW + ln_m)
}

/// `tanh x`; absolute error below 2e-7, which is what an activation's value
/// needs.
///
/// `1 − 2 / (e^{2x} + 1)`; beyond ±20 it is ±1 to the last bit.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    let low = if x > -20.0 { x } else { -20.0 };
    let within = if low < 20.0 { low } else { 20.0 };
    1.0 - 2.0 / (exp(2.0 * within) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_its_stated_error() {
        let worst = (-87_000..=87_000)
            .map(|i| {
                let x = i as f32 * 1e-3;
                let exact = f64::from(x).exp();
                (f64::from(exp(x)) - exact).abs() / exact
            })
            .fold(0.0, f64::max);
        assert!(worst < 3e-7, "{worst}");
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn ln_is_within_its_stated_error() {
        for i in -8_000..=8_000 {
            let x = (f64::from(i) * 0.01).exp() as f32;
            let exact = f64::from(x).ln();
            let error = (f64::from(ln(x)) - exact).abs();
            assert!(error < 2e-7 + 1e-7 * exact.abs(), "ln({x}): off by {error}");
        }
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn tanh_is_within_its_stated_error() {
        for i in -30_000..=30_000 {
            let x = i as f32 * 1e-3;
            let error = (f64::from(tanh(x)) - f64::from(x).tanh()).abs();
            assert!(error < 2e-7, "tanh({x}): off by {error}");
        }
        assert_eq!((tanh(0.0), tanh(1e30), tanh(-1e30)), (0.0, 1.0, -1.0));
    }
}
