//! Does the formula hold outside the range it was fitted on?
//!
//! The rows inside the range (train and validation) tell how large the noise
//! is; the rows outside, which nothing was fitted on, tell whether the error
//! there is more than that. The level inside is σ² = Σ r² / (n − p) for n rows
//! and p fitted parameters, either absolute or relative to the target,
//! whichever the residuals leave open.

use super::metrics::{mean, root_mean_square};
use super::noise::{Kinds, Noise};
use super::resolution::{Exactness, Resolution};
use super::verdict::{Basis, Judgement, Verdict};
use super::Fitted;

/// Share of the variance inside that a confirmed formula must explain.
const EXPLAINED_CONFIRMED: f64 = 0.8;
/// Share of the variance inside below which a formula is not even useful.
const EXPLAINED_USEFUL: f64 = 0.5;
/// Error outside, as a share of the target's spread there, up to which a
/// formula whose error grows is still useful.
const USEFUL_SHARE_OF_SPREAD: f64 = 0.1;
/// How much the root mean square of noise that is not quite normal may exceed
/// its estimate.
const NOT_QUITE_NORMAL: f64 = 1.1;
/// The most that uncertain constants may add to the variance outside, as a
/// share of the noise's, before the formula no longer counts as confirmed.
const LARGEST_ADDED: f64 = 0.25;
/// Rows outside, and degrees of freedom inside, below which agreement may be luck.
const MIN_ROWS_OUTSIDE: usize = 2;
const MIN_FREEDOM: usize = 3;
/// Rows outside that are enough whatever the noise.
const ROWS_FOR_ANY_NOISE: f64 = 10.0;

/// Judges a formula by its predictions for the three parts of the data;
/// `parameters` counts what was fitted: constants and exponents.
///
/// - *Confirmed*: every row is exact (to the digits that the targets are
///   written with, or to 1e-9 of the target), or the error
///   outside is at most √((1.1 + 1.5/√m)² + min(h, ¼)) times the level inside
///   for m rows outside (1.1 for noise that is not quite normal, 1.5/√m for
///   chance, h is what the uncertainty of the fitted constants adds to the
///   variance out there), the formula explains at least 0.8 of the variance
///   inside, and leaves at most m / (4 (m + 4)) of the squared deviations
///   outside from the mean seen inside. It takes 3 degrees of freedom inside and
///   2 rows outside, up to 10 where noise is a fifth of the variance inside.
/// - *Approximate*: one of these falls short, but the error outside is below
///   10 % of the spread there, or no more than two standard deviations of the
///   constants make of it, or there are too few rows to tell.
/// - *Refuted*: otherwise, and wherever the formula has no value on some row.
///
/// Without rows outside the verdict is at most *approximate*.
///
/// With nothing known about the formula but its predictions, h is taken to be
/// ten times the mean leverage inside, p / n.
pub fn judge(train: Fitted, validation: Fitted, extrapolation: Fitted, parameters: usize) -> Judgement {
    let rows = (train.rows() + validation.rows()).max(1) as f64;
    let parts = [train, validation, extrapolation];
    let targets: Vec<f64> = parts.iter().flat_map(|part| part.target).copied().collect();
    let resolution = Resolution::of(&targets);
    let exactness = |part: &Fitted| {
        let rows = part.predictions.iter().zip(part.target);
        let rows = rows.map(|(f, y)| resolution.exactness(*f, *y, 0.0));
        rows.min().unwrap_or(Exactness::Arithmetic)
    };
    let inside = Inside {
        parts: [train, validation],
        parameters,
        exactness: exactness(&train).min(exactness(&validation)),
    };
    weigh(
        &inside,
        &inside.beside(extrapolation, exactness(&extrapolation)),
        |_| 10.0 * parameters as f64 / rows,
    )
}

/// The rows inside and the number of parameters fitted to them.
pub(super) struct Inside<'a> {
    pub parts: [Fitted<'a>; 2],
    pub parameters: usize,
    /// How close the row furthest off is.
    pub exactness: Exactness,
}

/// What the rows outside say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outside {
    pub rows: usize,
    /// Rows on which the formula has no finite value.
    pub undefined: usize,
    /// Root mean square error.
    pub error: f64,
    /// The same of errors as shares of the target.
    pub relative_error: f64,
    /// √(mean (y − ȳ_inside)²).
    pub from_centre: f64,
    /// How close the row furthest off is.
    pub exactness: Exactness,
    /// The kinds of noise that these rows leave open.
    pub kinds: Kinds,
}

impl Inside<'_> {
    /// What these rows outside say.
    pub fn beside(&self, outside: Fitted, exactness: Exactness) -> Outside {
        let centre = mean(&self.target());
        let shares = outside.residuals().zip(outside.target).map(|(r, y)| r / y);
        let targets = || self.parts.iter().chain([&outside]).flat_map(|part| part.target);
        let one_sign = targets().all(|y| *y > 0.0) || targets().all(|y| *y < 0.0);
        Outside {
            rows: outside.rows(),
            undefined: outside.undefined(),
            error: root_mean_square(outside.residuals()),
            relative_error: root_mean_square(shares),
            from_centre: root_mean_square(outside.target.iter().map(|y| y - centre)),
            exactness,
            kinds: Kinds {
                // As inside: shares of a target near 0 say nothing.
                relative: one_sign,
                ..Kinds::BOTH
            },
        }
    }

    fn rows(&self) -> usize {
        self.parts.iter().map(Fitted::rows).sum()
    }

    fn target(&self) -> Vec<f64> {
        let targets = self.parts.iter().flat_map(|part| part.target);
        targets.copied().collect()
    }

    /// Share of the variance that the formula explains.
    fn explained(&self) -> f64 {
        let target = self.target();
        let rows = target.len();
        let error = root_mean_square(self.parts.iter().flat_map(Fitted::residuals));
        let centre = mean(&target);
        let spread = root_mean_square(target.iter().map(|y| y - centre));
        let freedom = rows.saturating_sub(self.parameters).max(1) as f64;
        1.0 - (error / spread).powi(2) * rows.saturating_sub(1) as f64 / freedom
    }
}

/// [`judge`] with `leverage`, which gives h for noise that is relative to the
/// target (true) or of one size everywhere (false).
pub(super) fn weigh(inside: &Inside, outside: &Outside, leverage: impl FnOnce(bool) -> f64) -> Judgement {
    let noise = Noise::estimate(&inside.parts, inside.parameters);
    // Where noise inside can only be relative, nothing else is left outside.
    let open = match noise.absolute {
        Some(_) => noise.among(outside.kinds),
        None => noise,
    };
    let (relative, error_inside, error_outside) = furthest_level(open, outside);
    let undefined_inside: usize = inside.parts.iter().map(Fitted::undefined).sum();
    let figures = Judgement {
        verdict: Verdict::Refuted,
        basis: Basis::Undefined,
        rows_inside: inside.rows(),
        rows_outside: outside.rows,
        rows_held: outside.rows,
        outliers_inside: 0,
        outliers_outside: 0,
        holds_to: Vec::new(),
        undefined: undefined_inside + outside.undefined,
        relative,
        error_inside,
        error_outside,
        explained_inside: inside.explained(),
        share_of_spread: outside.error / outside.from_centre,
    };
    let exactness = outside.exactness.min(inside.exactness);
    let chance = 1.5 / (outside.rows.max(1) as f64).sqrt();
    let added = leverage(relative).max(0.0);
    let bounds = Bounds {
        noise: (NOT_QUITE_NORMAL + chance).hypot(added.min(LARGEST_ADDED).sqrt()),
        // One wrong constant is wrong on all rows alike, so that errors don't
        // average out: two standard deviations of it.
        uncertainty: (NOT_QUITE_NORMAL + chance).hypot(2.0 * added.sqrt()),
    };
    let freedom = inside.rows().saturating_sub(inside.parameters);
    let (verdict, basis) = decide(&figures, exactness, freedom, bounds);
    Judgement {
        verdict,
        basis,
        ..figures
    }
}

/// How many times larger the error outside may be than that inside.
struct Bounds {
    /// For what the noise explains.
    noise: f64,
    /// For what the uncertainty of the constants explains too.
    uncertainty: f64,
}

fn decide(figures: &Judgement, exactness: Exactness, freedom: usize, bounds: Bounds) -> (Verdict, Basis) {
    use Verdict::{Approximate, Confirmed, Refuted};

    if figures.undefined > 0 {
        return (Refuted, Basis::Undefined);
    }
    let exact = exactness >= Exactness::Digits;
    // An exact formula explains everything, even a target that does not vary.
    let explained = if exact { 1.0 } else { figures.explained_inside };
    let needed = if exact {
        MIN_ROWS_OUTSIDE
    } else {
        rows_needed(explained)
    };
    let enough_rows = figures.rows_outside >= needed && freedom >= MIN_FREEDOM;
    if figures.rows_outside == 0 {
        return if explained >= EXPLAINED_CONFIRMED {
            (Approximate, Basis::NothingOutside)
        } else {
            (Refuted, Basis::ExplainsTooLittle)
        };
    }
    if exact {
        return if enough_rows {
            (Confirmed, Basis::Exact)
        } else {
            (Approximate, Basis::TooFewRows)
        };
    }
    // A NaN, as from a target that never varies, passes no comparison below.
    if explained.is_nan() || explained < EXPLAINED_USEFUL {
        return (Refuted, Basis::ExplainsTooLittle);
    }
    let rows = figures.rows_outside as f64;
    // Rows that are right to their few digits leave no more than rounding.
    let within_noise =
        exactness == Exactness::Rounded || figures.error_outside <= bounds.noise * figures.error_inside;
    let unexplained = figures.share_of_spread.powi(2);
    if within_noise && unexplained <= rows / (4.0 * (rows + 4.0)) {
        return match (enough_rows, explained >= EXPLAINED_CONFIRMED) {
            (true, true) => (Confirmed, Basis::WithinNoise),
            (true, false) => (Approximate, Basis::Noisy),
            (false, _) => (Approximate, Basis::TooFewRows),
        };
    }
    let is_uncertain = figures.error_outside <= bounds.uncertainty * figures.error_inside;
    if is_uncertain && !within_noise && unexplained <= 1.0 - EXPLAINED_CONFIRMED {
        return (Approximate, Basis::Uncertain);
    }
    if figures.share_of_spread <= USEFUL_SHARE_OF_SPREAD {
        return (Approximate, Basis::Grows);
    }
    if within_noise && explained >= EXPLAINED_CONFIRMED && unexplained <= 1.0 - EXPLAINED_USEFUL {
        return (Approximate, Basis::Noisy);
    }
    (Refuted, Basis::Grows)
}

/// Rows outside below which an agreement within the noise may be luck: the fewer
/// they are, the less noise there may be. `m` rows for a share of the variance
/// unexplained inside of `(1 − 0.8) (m / 10)²`.
fn rows_needed(explained: f64) -> usize {
    let share = ((1.0 - explained) / (1.0 - EXPLAINED_CONFIRMED)).clamp(0.0, 1.0);
    let rows = (ROWS_FOR_ANY_NOISE * share.sqrt()).ceil() as usize;
    rows.max(MIN_ROWS_OUTSIDE)
}

/// The level inside and the error outside, under the kind of noise that makes
/// the two agree least where both kinds are possible: (relative?, inside, outside).
fn furthest_level(noise: Noise, outside: &Outside) -> (bool, f64, f64) {
    let absolute = noise.absolute.map(|inside| (false, inside, outside.error));
    let relative = noise
        .relative
        .map(|inside| (true, inside, outside.relative_error));
    match (absolute, relative) {
        (Some(absolute), Some(relative)) => {
            // Cross-multiplied, so that a level of 0 inside divides nothing.
            if relative.2 * absolute.1 > absolute.2 * relative.1 {
                relative
            } else {
                absolute
            }
        }
        (Some(level), None) | (None, Some(level)) => level,
        (None, None) => (false, f64::NAN, f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    /// x from `from` to `to`, and the target there.
    fn rows(from: f64, to: f64, n: usize, target: impl FnMut(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let x: Vec<f64> = (0..n)
            .map(|i| from + (to - from) * (i as f64 + 0.5) / n as f64)
            .collect();
        let y = x.iter().copied().map(target).collect();
        (x, y)
    }

    /// Inside is x in 1..5 (every fifth row for validation), outside 5..8.
    struct Case {
        inside: usize,
        outside: usize,
        parameters: usize,
    }

    const USUAL: Case = Case {
        inside: 100,
        outside: 25,
        parameters: 1,
    };

    fn judged(case: &Case, truth: impl FnMut(f64) -> f64, formula: impl Fn(f64) -> f64) -> Judgement {
        judged_after_fit(case, truth, |_, _| Box::new(formula))
    }

    type Formula<'a> = Box<dyn Fn(f64) -> f64 + 'a>;

    fn judged_after_fit<'a>(
        case: &Case,
        mut truth: impl FnMut(f64) -> f64,
        fit: impl FnOnce(&[f64], &[f64]) -> Formula<'a>,
    ) -> Judgement {
        let (x_inside, y_inside) = rows(1.0, 5.0, case.inside, &mut truth);
        let (x_outside, y_outside) = rows(5.0, 8.0, case.outside, &mut truth);
        let part = |validation: bool, values: &[f64]| -> Vec<f64> {
            (0..values.len())
                .filter(|i| (i % 5 == 2) == validation)
                .map(|i| values[i])
                .collect()
        };
        let formula = fit(&part(false, &x_inside), &part(false, &y_inside));
        let predict = |x: &[f64]| -> Vec<f64> { x.iter().map(|&x| formula(x)).collect() };
        let sets = [
            (part(false, &y_inside), predict(&part(false, &x_inside))),
            (part(true, &y_inside), predict(&part(true, &x_inside))),
            (y_outside, predict(&x_outside)),
        ];
        let [train, validation, extrapolation] = sets
            .each_ref()
            .map(|(target, predictions)| Fitted { target, predictions });
        judge(train, validation, extrapolation, case.parameters)
    }

    fn polynomial<'a>(degree: usize, x: &[f64], y: &[f64]) -> Formula<'a> {
        let design = DMatrix::from_fn(x.len(), degree + 1, |row, power| x[row].powi(power as i32));
        let coefficients = design
            .svd(true, true)
            .solve(&DVector::from_column_slice(y), 1e-12)
            .unwrap();
        Box::new(move |x| {
            (0..=degree)
                .map(|power| coefficients[power] * x.powi(power as i32))
                .sum()
        })
    }

    fn normal(rng: &mut ChaCha8Rng) -> f64 {
        rng.sample(StandardNormal)
    }

    #[test]
    fn verdicts_without_noise() {
        use Basis::*;
        use Verdict::*;
        let pi = std::f64::consts::PI;
        let few = |inside, outside, parameters| Case {
            inside,
            outside,
            parameters,
        };
        type Function = fn(f64) -> f64;
        let square: Function = |x| x * x;
        let bent: Function = |x| x * x + 0.001 * x.powi(4);
        let kinked: Function = |x| x * x + (x - 5.0).max(0.0).powi(3);
        let ending: Function = |x| (6.0 - x).sqrt();
        let ended: Function = |x| (6.0 - x).max(0.0).sqrt();
        let seventh: Function = |x| x / 7.0;
        let seven_digits: Function = |x| (x / 7.0 * 1e7).round() / 1e7;
        let table: &[(&str, Case, Function, Function, Verdict, Basis)] = &[
            ("exact", USUAL, square, square, Confirmed, Exact),
            ("7 digits", USUAL, seven_digits, seventh, Confirmed, Exact),
            ("negative", USUAL, |x| -x, |x| -x, Confirmed, Exact),
            ("stays useful", USUAL, bent, square, Approximate, Grows),
            ("wrong outside", USUAL, kinked, square, Refuted, Grows),
            ("no value outside", USUAL, ended, ending, Refuted, Undefined),
            ("one row", few(100, 1, 1), square, square, Approximate, TooFewRows),
            ("two rows", few(100, 2, 1), square, square, Confirmed, Exact),
            (
                "many constants",
                few(6, 4, 5),
                square,
                square,
                Approximate,
                TooFewRows,
            ),
            (
                "no row",
                few(100, 0, 1),
                square,
                square,
                Approximate,
                NothingOutside,
            ),
            (
                "no row, no fit",
                few(100, 0, 1),
                f64::sin,
                |_| 0.0,
                Refuted,
                ExplainsTooLittle,
            ),
        ];
        for (name, case, truth, formula, verdict, basis) in table {
            let judgement = judged(case, truth, formula);
            assert_eq!(
                (judgement.verdict, judgement.basis),
                (*verdict, *basis),
                "{name}: {judgement:?}"
            );
        }
        let sine = judged_after_fit(&few(100, 25, 7), |x| (pi * x).sin(), |x, y| polynomial(6, x, y));
        assert_eq!(sine.verdict, Verdict::Refuted, "{sine:?}");
    }

    #[test]
    fn the_true_formula_under_noise_is_confirmed() {
        for share in [0.01, 0.05, 0.1] {
            for relative in [false, true] {
                let confirmed = (0..50)
                    .filter(|&seed| {
                        let mut rng = ChaCha8Rng::seed_from_u64(seed);
                        let truth = |x: f64| {
                            let size = if relative { x * x } else { 12.0 };
                            x * x + share * size * normal(&mut rng)
                        };
                        judged(&USUAL, truth, |x| x * x).verdict == Verdict::Confirmed
                    })
                    .count();
                assert!(
                    confirmed >= 49,
                    "{confirmed} of 50, noise {share}, relative {relative}"
                );
            }
        }
    }

    #[test]
    fn a_wrong_power_under_noise_is_not_confirmed() {
        for seed in 0..50 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let truth = |x: f64| x.powf(2.5) * (1.0 + 0.02 * normal(&mut rng));
            let judgement = judged_after_fit(
                &Case {
                    parameters: 3,
                    ..USUAL
                },
                truth,
                |x, y| polynomial(1, x, y),
            );
            assert_ne!(
                judgement.verdict,
                Verdict::Confirmed,
                "seed {seed}: {judgement:?}"
            );
        }
    }

    #[test]
    fn pure_noise_is_never_confirmed_whatever_is_fitted_to_it() {
        for (inside, outside) in [(10, 2), (12, 3), (30, 6), (100, 25)] {
            for degree in [0, 1, 3, 5] {
                let case = Case {
                    inside,
                    outside,
                    parameters: degree + 1,
                };
                for seed in 0..100 {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed);
                    let judgement = judged_after_fit(
                        &case,
                        |_| 10.0 + normal(&mut rng),
                        |x, y| polynomial(degree, x, y),
                    );
                    assert_ne!(
                        judgement.verdict,
                        Verdict::Confirmed,
                        "{inside} rows, seed {seed}: {judgement:?}"
                    );
                }
            }
        }
    }
}
