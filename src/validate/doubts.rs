//! What speaks against a formula whose error outside is no larger than inside:
//! the signs by which a fit is told from a law.

use crate::dataset::Sample;
use crate::formula::Expr;
use crate::polish::fit_constants;

use super::alias::too_fast_for_rows;
use super::along::{chance_along, drift, share_within_two_groups};
use super::beyond::{has_pole, range, Beyond};
use super::halves::chance_of_one_set;
use super::metrics::root_mean_square;
use super::pattern::Pattern;
use super::resolution::Exactness;
use super::uncertainty::added_variance;
use super::verdict::Basis;

/// Chance of noise looking like a pattern, below which it is one.
const PATTERN_CHANCE: f64 = 1e-3;
/// The same in standard deviations, for the likeness of neighbours.
const PATTERN_LIKENESS: f64 = 3.5;
/// The same for all columns together, along which errors may run.
const ALONG_CHANCE: f64 = 5e-3;
/// The same for all inputs together, at whose median the rows are halved.
const HALVES_CHANCE: f64 = 2e-3;
/// Standard errors that a drift along the rows, or the mean error outside, is
/// from 0.
const DRIFT: f64 = 3.7;
const ONE_SIDED: f64 = 3.5;
/// Rows outside whose common sign says something.
const FEWEST_ON_A_SIDE: usize = 3;
/// Share of the variance within two groups, below which rows are of two kinds,
/// and the rows that it takes to tell.
const TWO_KINDS: f64 = 0.15;
const ROWS_OF_TWO_KINDS: usize = 30;
/// Fitted constants of a law, beside one for each input.
const MOST_CONSTANTS: usize = 4;
/// The squared error to be expected one range width beyond the data, in units
/// of the noise's, up to which a formula is known well enough there.
const EXPECTED_BEYOND: f64 = 0.5;
/// A rival that parts by more counts no more: it is wrong there, whatever it is.
const FURTHEST_APART: f64 = 2.5;
/// Share of the target below which an error is none: what is known better out
/// there is known.
const NEGLIGIBLE: f64 = 3e-5;
/// Range widths beyond the data at which it is asked whether the formula is known.
const FURTHEST_STEPS: [f64; 10] = [0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0];

/// Another formula that describes the rows inside about as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// The formula.
    pub expr: Expr,
    /// How much longer its own description is than the chosen formula's, in
    /// twice the nats: symbols and constants, not errors.
    pub length: f64,
}

/// A formula that would be confirmed, and the rows that it has to stand before.
pub(super) struct Evidence<'a> {
    pub expr: &'a Expr,
    /// Constants that are fitted rather than recognised.
    pub fitted: usize,
    /// Which constants were recognised.
    pub recognised: &'a [bool],
    /// The rows inside that constants are fitted to, and the others.
    pub train: &'a Sample,
    pub validation: &'a Sample,
    /// The rows outside that the verdict rests on.
    pub outside: &'a Sample,
    /// Numbers, in the file, of the rows inside.
    pub order: &'a [usize],
    /// Whether errors are shares of the target.
    pub relative: bool,
    /// The level of error inside.
    pub level: f64,
    pub exactness: Exactness,
    pub rivals: &'a [Rival],
}

impl Evidence<'_> {
    /// The gravest reason not to confirm the formula; `None` where there is none.
    pub fn doubt(&self) -> Option<Basis> {
        if let Some(input) = self.too_fast() {
            return Some(Basis::TooFast(input));
        }
        if self.exactness == Exactness::Arithmetic {
            // Nothing is left that could follow anything.
            return self.is_described().then_some(Basis::Described);
        }
        let inside = self.train.joined(self.validation);
        // What rounding to few digits leaves is a saw over the prediction.
        let is_rounded = self.exactness == Exactness::Rounded;
        let left = (!is_rounded).then(|| self.left_over(&inside)).flatten();
        left.or_else(|| self.pole())
            .or_else(|| self.is_described().then_some(Basis::Described))
            .or_else(|| self.uncertain_beyond(&inside))
    }

    fn too_fast(&self) -> Option<usize> {
        let everywhere = self.train.joined(self.validation).joined(self.outside);
        too_fast_for_rows(self.expr, &everywhere.inputs)
    }

    /// A sign that what the formula leaves is no noise.
    fn left_over(&self, inside: &Sample) -> Option<Basis> {
        let residuals = self.residuals(inside);
        self.along(inside, &residuals)
            .or_else(|| self.two_kinds(&residuals))
            .or_else(|| self.pattern(inside, &residuals))
            .or_else(|| self.halves(inside))
            .or_else(|| self.drifts(&residuals))
            .or_else(|| self.one_sided(inside))
    }

    fn size(&self, y: f64) -> f64 {
        if self.relative {
            y.abs()
        } else {
            1.0
        }
    }

    fn residuals(&self, sample: &Sample) -> Vec<f64> {
        let values = self.expr.evaluate(&sample.inputs);
        let rows = values.iter().zip(&sample.target);
        rows.map(|(f, y)| (f - y) / self.size(*y)).collect()
    }

    fn weight(&self, sample: &Sample) -> Vec<f64> {
        sample.target.iter().map(|y| 1.0 / self.size(*y)).collect()
    }

    /// A plain linear model may have a coefficient for each input; a law has few.
    fn is_described(&self) -> bool {
        let used = self.expr.variables_used().len();
        self.fitted > MOST_CONSTANTS + used && !is_linear(self.expr)
    }

    /// Errors along each column, used or not, and along the prediction itself.
    fn along(&self, inside: &Sample, residuals: &[f64]) -> Option<Basis> {
        let tests = (inside.width() + 1) as f64;
        let of_column = |input: usize| chance_along(&inside.inputs[input], residuals);
        let strongest = (0..inside.width())
            .map(|input| (of_column(input), input))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((chance, input)) = strongest {
            if chance < ALONG_CHANCE / tests {
                return Some(Basis::Follows(input));
            }
        }
        let chance = chance_along(&self.expr.evaluate(&inside.inputs), residuals);
        (chance < ALONG_CHANCE / tests).then_some(Basis::Pattern)
    }

    fn two_kinds(&self, residuals: &[f64]) -> Option<Basis> {
        let few = residuals.len() < ROWS_OF_TWO_KINDS || self.exactness >= Exactness::Digits;
        (!few && share_within_two_groups(residuals) < TWO_KINDS).then_some(Basis::TwoKinds)
    }

    fn pattern(&self, inside: &Sample, residuals: &[f64]) -> Option<Basis> {
        let pattern = Pattern::of(&inside.inputs, residuals);
        let is_one = pattern.chance < PATTERN_CHANCE || pattern.likeness > PATTERN_LIKENESS;
        is_one.then_some(Basis::Pattern)
    }

    fn halves(&self, inside: &Sample) -> Option<Basis> {
        let weight = self.weight(inside);
        let used = self.expr.variables_used();
        let tests = used.len().max(1) as f64;
        used.into_iter()
            .map(|input| (chance_of_one_set(self.expr, inside, &weight, input), input))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(chance, _)| *chance < HALVES_CHANCE / tests)
            .map(|(_, input)| Basis::Changes(input))
    }

    /// The mean error of the rows outside, of all and of those on each side of
    /// each input that is read, against what noise and uncertain constants make of it.
    fn one_sided(&self, inside: &Sample) -> Option<Basis> {
        let residuals = self.residuals(self.outside);
        let all: Vec<usize> = (0..residuals.len()).collect();
        let mut sides = vec![all.clone()];
        for input in self.expr.variables_used() {
            let range = |start: f64, pick: fn(f64, f64) -> f64| {
                inside.inputs[input].iter().fold(start, |m, &x| pick(m, x))
            };
            let (low, high) = (range(f64::INFINITY, f64::min), range(f64::NEG_INFINITY, f64::max));
            let column = &self.outside.inputs[input];
            sides.push(all.iter().copied().filter(|&row| column[row] < low).collect());
            sides.push(all.iter().copied().filter(|&row| column[row] > high).collect());
        }
        let is_one_sided = |side: &Vec<usize>| {
            let rows = side.len();
            if rows < FEWEST_ON_A_SIDE {
                return false;
            }
            let mean = side.iter().map(|&row| residuals[row]).sum::<f64>() / rows as f64;
            let added = added_variance(self.expr, inside, &self.outside.select(side), self.relative, &[]);
            mean.abs() > ONE_SIDED * self.level * (1.0 / rows as f64 + added).sqrt()
        };
        sides.iter().any(is_one_sided).then_some(Basis::OneSided)
    }

    fn drifts(&self, residuals: &[f64]) -> Option<Basis> {
        let mut order: Vec<usize> = (0..residuals.len().min(self.order.len())).collect();
        order.sort_by_key(|&place| self.order[place]);
        let sorted: Vec<f64> = order.iter().map(|&place| residuals[place]).collect();
        (drift(&sorted).abs() > DRIFT).then_some(Basis::Drifts)
    }

    fn pole(&self) -> Option<Basis> {
        has_pole(self.expr, &[self.train, self.validation, self.outside]).then_some(Basis::Pole)
    }

    fn uncertain_beyond(&self, inside: &Sample) -> Option<Basis> {
        let used: Vec<usize> = self.expr.variables_used().into_iter().collect();
        let beyond = Beyond::of(&self.parts(), &used, 0.0, 1.0);
        let expected = self.expected_error(&beyond, &self.refitted(inside));
        // A NaN, where the formula has no value out there, passes no comparison.
        if expected.total() <= EXPECTED_BEYOND {
            None
        } else if expected.gravest.0 > expected.constants {
            Some(Basis::Rival(expected.gravest.1))
        } else {
            Some(Basis::UncertainBeyond)
        }
    }

    /// How far each input that is read may go beyond the data, the others within
    /// theirs, before the squared error to be expected exceeds the noise's: the
    /// input and its value there, `None` where it never does within eight range
    /// widths. Empty for a formula that is exact: nothing is uncertain there.
    pub fn holds_to(&self) -> Vec<(usize, Option<f64>)> {
        if self.exactness == Exactness::Arithmetic {
            return Vec::new();
        }
        let known = self.refitted(&self.train.joined(self.validation));
        let used: Vec<usize> = self.expr.variables_used().into_iter().collect();
        let parts = self.parts();
        used.iter()
            .map(|&input| {
                let holds = |at: &f64| {
                    let beyond = Beyond::along(&parts, &used, input, *at);
                    self.expected_error(&beyond, &known).total() <= 1.0
                };
                let (low, high) = range(&parts, input);
                let steps = FURTHEST_STEPS.iter().take_while(|at| holds(at)).count();
                let last = steps.checked_sub(1).map_or(0.0, |last| FURTHEST_STEPS[last]);
                let ends = steps < FURTHEST_STEPS.len();
                (input, ends.then_some(high + last * (high - low)))
            })
            .collect()
    }

    fn parts(&self) -> [&Sample; 3] {
        [self.train, self.validation, self.outside]
    }

    /// The squared error to be expected at some place, in units of the noise's,
    /// or of what is negligible where there is less noise than that:
    /// how far the formula is from itself fitted to all rows, and what these leave
    /// uncertain in its constants; and what each rival makes of it, weighed by
    /// how likely all rows leave it (`e^(−Δ/2)` for a description longer by Δ).
    fn expected_error(&self, place: &Beyond, known: &Refitted) -> Expected {
        let negligible = NEGLIGIBLE * if self.relative { 1.0 } else { known.size };
        let unit = self.level.max(negligible);
        let apart = |other: &Expr| place.apart(self.expr, other, unit, self.relative);
        let left = place.added_variance(&known.own, &known.rows, self.relative, self.recognised)
            * (self.level / unit).powi(2);
        let mut expected = Expected {
            constants: apart(&known.own).powi(2) + left,
            rivals: 0.0,
            gravest: (0.0, 0),
        };
        let mut likelihood = 1.0;
        for (number, (length, rival)) in known.rivals.iter().enumerate() {
            let weight = (-0.5 * length).exp().min(1.0);
            let error = weight * apart(rival).min(FURTHEST_APART).powi(2);
            expected.rivals += error;
            likelihood += weight;
            if error > expected.gravest.0 {
                expected.gravest = (error, number);
            }
        }
        expected.rivals /= likelihood;
        expected
    }

    /// The formula and each rival fitted to all rows.
    fn refitted(&self, inside: &Sample) -> Refitted {
        let rows = inside.joined(self.outside);
        let weight = self.weight(&rows);
        let count = rows.rows() as f64;
        let held = fit_constants(self.expr, &rows, &weight, self.recognised);
        let own = held.map_or_else(|| self.expr.clone(), |fit| fit.expr);
        let free = |expr: &Expr| fit_constants(expr, &rows, &weight, &[]);
        let least = free(self.expr).map(|fit| fit.rss.max(f64::MIN_POSITIVE));
        let of = |rival: &Rival| match (free(&rival.expr), least) {
            (Some(fit), Some(least)) => {
                let longer = count * (fit.rss / least).ln();
                (longer + rival.length, fit.expr)
            }
            _ => (f64::INFINITY, rival.expr.clone()),
        };
        Refitted {
            size: root_mean_square(rows.target.iter().copied()),
            rivals: self.rivals.iter().map(of).collect(),
            own,
            rows,
        }
    }
}

/// What all rows together make of a formula and its rivals.
struct Refitted {
    /// The rows, inside and outside.
    rows: Sample,
    /// Root mean square of their target.
    size: f64,
    /// The formula fitted to them, its recognised constants held.
    own: Expr,
    /// Each rival fitted to them, and by how much its description of them is
    /// longer; infinite where it has no value.
    rivals: Vec<(f64, Expr)>,
}

/// What makes up the squared error to be expected, in units of the noise's.
struct Expected {
    /// By uncertain constants.
    constants: f64,
    /// By rivals.
    rivals: f64,
    /// The largest of these, and which it is.
    gravest: (f64, usize),
}

impl Expected {
    fn total(&self) -> f64 {
        self.constants + self.rivals
    }
}

/// Σ c_i x_i + c.
fn is_linear(expr: &Expr) -> bool {
    let is_term = |term: &Expr| match term {
        Expr::Product(factors) => matches!(factors.as_slice(), [Expr::Constant(_), Expr::Variable(_)]),
        Expr::Constant(_) | Expr::Variable(_) => true,
        Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => false,
    };
    match expr {
        Expr::Sum(terms) => terms.iter().all(is_term),
        term => is_term(term),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    const LEVEL: f64 = 0.05;

    fn expr(text: &str) -> Expr {
        parse(text, &["a", "b"].map(String::from)).expect(text)
    }

    /// Rows of the truth with `a` in this range and `b` in 1..3.
    fn rows(range: [f64; 2], count: usize, truth: Truth, rng: &mut ChaCha8Rng) -> Sample {
        let mut column =
            |low: f64, high: f64| -> Vec<f64> { (0..count).map(|_| rng.gen_range(low..high)).collect() };
        let inputs = vec![column(range[0], range[1]), column(1.0, 3.0)];
        let target = (0..count)
            .map(|row| {
                truth(row, inputs[0][row], inputs[1][row]) + LEVEL * rng.sample::<f64, _>(StandardNormal)
            })
            .collect();
        Sample { inputs, target }
    }

    type Truth = fn(usize, f64, f64) -> f64;

    fn doubt(text: &str, truth: Truth, rivals: &[&str]) -> Option<Basis> {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let train = rows([1.0, 5.0], 90, truth, &mut rng);
        let validation = rows([1.0, 5.0], 0, truth, &mut rng);
        let outside = rows([5.0, 7.0], 25, truth, &mut rng);
        let formula = fit_constants(&expr(text), &train, &[1.0; 90], &[])
            .expect(text)
            .expr;
        let rivals: Vec<Rival> = rivals
            .iter()
            .map(|text| Rival {
                expr: expr(text),
                length: 0.0,
            })
            .collect();
        let evidence = Evidence {
            expr: &formula,
            fitted: formula.constants().len(),
            // How far the constants carry is not what is tried here.
            recognised: &[true; 4],
            train: &train,
            validation: &validation,
            outside: &outside,
            order: &(0..90).collect::<Vec<_>>(),
            relative: false,
            level: LEVEL,
            exactness: Exactness::No,
            rivals: &rivals,
        };
        evidence.doubt()
    }

    #[test]
    fn a_law_raises_no_doubt() {
        assert_eq!(doubt("2*a*b", |_, a, b| 2.0 * a * b, &["2*a*b + 0.1*b"]), None);
    }

    #[test]
    fn each_sign_of_a_fit_is_seen() {
        fn saw(x: f64) -> f64 {
            x - x.floor()
        }
        let table: &[(&str, Truth, Basis)] = &[
            (
                "2*a*b",
                |_, a, b| 2.0 * a * b + 0.2 * saw(0.7 * a),
                Basis::Follows(0),
            ),
            (
                "2*a",
                |_, a, b| 2.0 * a + 0.2 * (3.0 * b).sin(),
                Basis::Follows(1),
            ),
            (
                "2*a*b",
                |row, a, b| 2.0 * a * b + 0.3 * (row % 2) as f64 - 0.15,
                Basis::TwoKinds,
            ),
            (
                "2*a*b + 1",
                |row, a, b| 2.0 * a * b + 0.003 * row as f64,
                Basis::Drifts,
            ),
            (
                "2*a*b",
                |_, a, b| 2.0 * a * b + if a > 5.0 { 0.08 } else { 0.0 },
                Basis::OneSided,
            ),
            (
                "3 + 0.4*b/(a - 5.5)",
                |_, a, b| 3.0 + 0.4 * b / (a - 5.5),
                Basis::Pole,
            ),
        ];
        for (text, truth, basis) in table {
            assert_eq!(doubt(text, *truth, &[]), Some(*basis), "{text}");
        }
    }

    #[test]
    fn a_rival_that_parts_further_out_is_named_by_its_place() {
        // Over so short a range a parabola passes for an exponential.
        let truth: Truth = |_, a, b| 0.5 * b * (0.16 * a).exp();
        let rivals = ["a^5", "0.5*b*exp(0.16*a)"];
        assert_eq!(
            doubt("0.51*b*(1 + 0.09*a)^2", truth, &rivals),
            Some(Basis::Rival(1))
        );
    }
}
