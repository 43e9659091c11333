//! All formulas met so far, each simplified, fitted and measured once.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::formula::{Exponent, Expr, Function, Structure};
use crate::polish::{fit_constants, standard_errors};
use crate::stop::StopSignal;
use crate::validate::too_fast_for_rows;

use super::choose::{near_best, COST_OF_A_SYMBOL};
use super::depth::depth;
use super::options::SearchOptions;
use super::origin::Origin;
use super::problem::{mean_square, Problem, Weighting};

/// Longer formulas explain nothing to anybody.
const LONGEST: usize = 120;

/// A formula this much worse than the best, before its constants are fitted, is passed over.
const HOPELESS: f64 = 1e4;

/// Below this many validation rows the training rows, each left out in turn,
/// are added to choose by.
const ENOUGH_VALIDATION_ROWS: usize = 200;

/// Symbols by which a function of another is less believable.
const NESTED: f64 = 2.0;

/// Radians that a wave's argument has to span to be seen as one, and what a wave costs
/// that doesn't, of one input and of more.
const BEGUN: f64 = 1.0;
const HARDLY_BEGUN_OF_ONE: f64 = 2.0;
const HARDLY_BEGUN: f64 = 4.0;

/// Formulas that are asked how errors should count, at most.
const SHORTLIST: usize = 12;

/// How far from the best in description length these may be.
const SHORTLIST_LENGTH: f64 = 30.0;

/// A weighting is changed for a description shorter by this much.
const CLEARLY_SHORTER: f64 = 4.0;

/// A formula that was met.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) expr: Expr,
    /// Symbols.
    pub(super) complexity: usize,
    /// Symbols, and what unusual exponents add.
    pub(super) cost: f64,
    /// Weighted residuals on the training rows.
    pub(super) train: Vec<f64>,
    /// Weighted residuals on rows that the constants were not fitted to.
    pub(super) unseen: Vec<f64>,
    /// Their mean square.
    pub(super) error: f64,
    /// Constants that are fitted rather than round.
    pub(super) fitted: usize,
    /// Nothing is left but the target's own precision.
    pub(super) exact: bool,
    /// The trained stack it was rounded from; None for closed forms.
    pub(super) origin: Option<Arc<Origin>>,
}

impl Candidate {
    /// Fits the constants, unless `fitted` says they are, and measures.
    pub(super) fn new(expr: Expr, problem: &Problem, fitted: bool) -> Option<Candidate> {
        let expr = if fitted {
            expr
        } else {
            fit_constants(&expr, &problem.train, &problem.train_weight, &[])?.expr
        };
        let train = problem.train_residuals(&expr);
        let validation = problem.validation_residuals(&expr);
        if train.iter().chain(&validation).any(|r| !r.is_finite()) {
            return None;
        }
        let exact = problem.exact(&train, &validation);
        let unseen = if problem.leave_one_out {
            left_out(&expr, problem, &train)
        } else if validation.len() < ENOUGH_VALIDATION_ROWS {
            let mut unseen = validation;
            unseen.extend(left_out(&expr, problem, &train));
            unseen
        } else {
            validation
        };
        Some(Candidate {
            complexity: expr.complexity(),
            cost: cost(&expr) + hardly_begun(&expr, &problem.train.inputs),
            fitted: fitted_constants(&expr),
            error: mean_square(&unseen),
            expr,
            train,
            unseen,
            exact,
            origin: None,
        })
    }

    /// The same formula with the stack it was rounded from.
    pub(super) fn rounded_from(self, origin: Option<Arc<Origin>>) -> Candidate {
        Candidate { origin, ..self }
    }
}

/// Residuals of each training row when the constants are fitted without it:
/// r / (1 − h) with the leverage h of the row (exact for linear constants).
fn left_out(expr: &Expr, problem: &Problem, train: &[f64]) -> Vec<f64> {
    match standard_errors(expr, &problem.train, &problem.train_weight, &[]) {
        Some((_, leverage)) => train
            .iter()
            .zip(leverage)
            .map(|(r, h)| r / (1.0 - h).max(1e-3))
            .collect(),
        None => train.to_vec(),
    }
}

/// Symbols, plus what makes an exponent less believable. A plain linear model
/// is one idea however many inputs it has: each term costs its input and its
/// coefficient, not the signs between them.
fn cost(expr: &Expr) -> f64 {
    match linear_terms(expr) {
        Some(terms) if terms > 2 => 2.0 * terms as f64,
        _ => expr.complexity() as f64 + strangeness(expr),
    }
}

/// The number of terms of a sum of inputs with coefficients, and a constant.
fn linear_terms(expr: &Expr) -> Option<usize> {
    let Expr::Sum(terms) = expr else {
        return None;
    };
    let is_plain = |term: &Expr| match term {
        Expr::Product(factors) => matches!(factors.as_slice(), [Expr::Constant(_), Expr::Variable(_)]),
        Expr::Constant(_) | Expr::Variable(_) => true,
        Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => false,
    };
    terms.iter().all(is_plain).then_some(terms.len())
}

/// Constants other than small whole numbers.
pub(super) fn fitted_constants(expr: &Expr) -> usize {
    let constants = expr.constants();
    constants
        .iter()
        .filter(|c| c.fract() != 0.0 || c.abs() > 10.0)
        .count()
}

fn strangeness(expr: &Expr) -> f64 {
    expr.fold(&mut |node, below: Vec<f64>| {
        let here = match node {
            Expr::Constant(c) => strange_constant(*c),
            Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) => 0.0,
            Expr::Power(_, exponent) => strange_exponent(*exponent),
            Expr::Apply(function, argument) => function.facts().cost + strange_nesting(*function, argument),
        };
        here + below.iter().sum::<f64>()
    })
}

/// Symbols that a power adds to its base, and what makes it less believable.
pub(super) fn cost_of_exponent(exponent: Exponent) -> f64 {
    let symbols = match exponent {
        Exponent::ONE => 0.0,
        e if e.numerator() == 0 => 0.0,
        e if e.numerator().abs() == 1 && e.denominator() <= 2 => 1.0,
        _ => 2.0,
    };
    symbols + strange_exponent(exponent)
}

/// A quarter of a symbol for each digit after the first, up to what a fitted
/// constant costs.
fn strange_constant(constant: f64) -> f64 {
    let text = format!("{:e}", constant.abs());
    let digits = text.split('e').next().unwrap_or_default();
    let count = digits.len() - usize::from(digits.contains('.'));
    (0.25 * (count - 1) as f64).min(1.5)
}

/// What a function of another costs besides: laws hold exponentials of exponentials
/// and inverses of what they invert (Gompertz, Snell), hardly any other.
fn strange_nesting(outer: Function, argument: &Expr) -> f64 {
    let usual = |inner: Function| {
        inner == Function::Abs
            || inner.facts().inverse == Some(outer)
            || outer.facts().inverse == Some(inner)
            || (outer == Function::Exp && inner == Function::Exp)
    };
    let strange = argument.fold(&mut |node, below: Vec<bool>| {
        let here = matches!(node, Expr::Apply(inner, _) if !usual(*inner));
        here || below.contains(&true)
    });
    if strange {
        NESTED
    } else {
        0.0
    }
}

/// What waves cost that the rows show too little of to tell them from a root or a
/// parabola: `cos(v/c)` from `sqrt(1 - (v/c)^2)`, under noise. An input of its own
/// may be an angle.
fn hardly_begun(expr: &Expr, inputs: &[Vec<f64>]) -> f64 {
    expr.fold(&mut |node, below: Vec<f64>| {
        let here = match node {
            Expr::Apply(Function::Sin | Function::Cos | Function::Tan, angle) => {
                let values = angle.evaluate(inputs);
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let of_one = angle.variables_used().len() < 2;
                match high - low < BEGUN {
                    true if of_one => HARDLY_BEGUN_OF_ONE,
                    true => HARDLY_BEGUN,
                    false => 0.0,
                }
            }
            _ => 0.0,
        };
        here + below.iter().sum::<f64>()
    })
}

fn strange_exponent(exponent: Exponent) -> f64 {
    let size = (exponent.value().abs() - 4.0).max(0.0);
    size + match exponent.denominator() {
        1 => 0.0,
        2 if exponent.numerator().abs() == 1 => 0.5,
        2 => 1.0,
        3 => 3.0,
        4 => 4.0,
        _ => 8.0,
    }
}

/// The formulas met so far.
pub(super) struct Pool<'a> {
    pub(super) problem: Problem,
    pub(super) candidates: Vec<Candidate>,
    /// Formulas offered that were new.
    pub(super) tried: usize,
    seen: HashSet<Structure>,
    options: &'a SearchOptions,
    stop: StopSignal,
}

impl<'a> Pool<'a> {
    pub(super) fn new(problem: Problem, options: &'a SearchOptions, stop: StopSignal) -> Pool<'a> {
        Pool {
            problem,
            candidates: Vec::new(),
            tried: 0,
            seen: HashSet::new(),
            options,
            stop,
        }
    }

    /// Takes in formulas, with the stack each was rounded from where it was;
    /// those met before are passed over.
    pub(super) fn offer(&mut self, formulas: Vec<(Expr, Option<Arc<Origin>>)>) {
        let problem = &self.problem;
        let best = self.best_error();
        let (options, stop) = (self.options, &self.stop);
        let simplified: Vec<_> = formulas
            .into_par_iter()
            .map(|(expr, origin)| (expr.simplify_for(&problem.positive), origin))
            .collect();
        let fresh: Vec<_> = simplified
            .into_iter()
            .filter(|(expr, _)| {
                expr.complexity() <= LONGEST
                    && allowed(expr, options, &problem.positive)
                    && self.seen.insert(key(expr))
            })
            .collect();
        self.tried += fresh.len();
        let fitted: Vec<Option<Candidate>> = fresh
            .into_par_iter()
            .map(|(expr, origin)| {
                if stop.should_stop() {
                    return None;
                }
                let rough = mean_square(&problem.train_residuals(&expr));
                if !rough.is_finite() || (best.is_finite() && rough > HOPELESS * best.max(1e-4)) {
                    return None;
                }
                let candidate = Candidate::new(expr, problem, options.strict)?;
                // A wave of half a turn a row says whatever one likes on the rows, and nothing beside them.
                let is_shown = too_fast_for_rows(&candidate.expr, &problem.train.inputs).is_none();
                is_shown.then(|| candidate.rounded_from(origin))
            })
            .collect();
        self.candidates.extend(fitted.into_iter().flatten());
    }

    /// Changes how errors count, and fits and measures everything again; where
    /// the time ends before that is done, everything stays as it was.
    pub(super) fn reweigh(&mut self, weighting: Weighting) {
        let before = (self.problem.weighting, self.candidates.clone());
        self.problem.weigh(weighting);
        let formulas = std::mem::take(&mut self.candidates);
        self.seen.clear();
        let again = formulas
            .into_iter()
            .map(|candidate| (candidate.expr, candidate.origin));
        self.offer(again.collect());
        if self.stop.should_stop() {
            self.problem.weigh(before.0);
            self.candidates = before.1;
        }
    }

    /// Smallest error on unseen rows.
    pub(super) fn best_error(&self) -> f64 {
        self.candidates
            .iter()
            .map(|c| c.error)
            .fold(f64::INFINITY, f64::min)
    }

    /// The kind of weighting under which the data is described shortest, if
    /// it is clearly not the present one: normal errors with one deviation
    /// for all rows, or with a deviation proportional to the value.
    pub(super) fn likelier_weighting(&self) -> Option<Weighting> {
        let problem = &self.problem;
        // No error is a share of 0: nights of a solar panel don't outweigh its days.
        let has_zeros = problem.train.target.contains(&0.0);
        let other = match problem.weighting {
            Weighting::Uniform if has_zeros => return None,
            Weighting::Uniform => Weighting::Relative,
            Weighting::Relative => Weighting::Uniform,
        };
        let mut reweighed = problem.clone();
        reweighed.weigh(other);
        let shortlist = near_best(&self.candidates, problem.exact_mean_square(), SHORTLIST_LENGTH);
        let shortlist = &shortlist[..shortlist.len().min(SHORTLIST)];
        let shortest = |problem: &Problem| -> f64 {
            shortlist
                .par_iter()
                .filter_map(|&place| {
                    let candidate = &self.candidates[place];
                    let fit = fit_constants(&candidate.expr, &problem.train, &problem.train_weight, &[])?;
                    Some(likelihood_length(&fit.expr, problem)? + COST_OF_A_SYMBOL * candidate.cost)
                })
                .reduce(|| f64::INFINITY, f64::min)
        };
        (shortest(&reweighed) < shortest(problem) - CLEARLY_SHORTER).then_some(other)
    }
}

/// Minus twice the logarithm of the likelihood of the training rows, up to a
/// constant: `n ln(mean r²)` for one deviation, `n ln(mean (r/f)²) + 2 Σ ln|f|`
/// for one proportional to the value f.
pub(super) fn likelihood_length(expr: &Expr, problem: &Problem) -> Option<f64> {
    let values = expr.evaluate(&problem.train.inputs);
    let rows = values.len() as f64;
    let residuals = || values.iter().zip(&problem.train.target).map(|(f, y)| (*f, f - y));
    let (square, jacobian) = match problem.weighting {
        Weighting::Uniform => (residuals().map(|(_, r)| r * r).sum::<f64>(), 0.0),
        Weighting::Relative => (
            residuals().map(|(f, r)| (r / f).powi(2)).sum::<f64>(),
            residuals().map(|(f, _)| 2.0 * f.abs().ln()).sum::<f64>(),
        ),
    };
    let length = rows * (square / rows).ln() + jacobian;
    length.is_finite().then_some(length)
}

/// Structure, and the constants where they are the structure's own.
fn key(expr: &Expr) -> Structure {
    expr.structure()
}

/// Whether the options let such a formula be printed: the one test of it.
pub(super) fn allowed(expr: &Expr, options: &SearchOptions, positive: &[bool]) -> bool {
    (!options.strict || inside_strict_grid(expr))
        && !folds_back(expr)
        && options.language.admits(expr)
        && options
            .max_layers
            .is_none_or(|most| depth(expr, positive).is_some_and(|layers| layers <= most))
}

/// Whether the inverse of a wave is taken of a bare wave: `acos(sin(x))` is a
/// zigzag that passes for `|x − c|` and is no law of anything. (`asin(sin(x)/n)`
/// is one.)
fn folds_back(expr: &Expr) -> bool {
    let is_wave = |argument: &Expr| {
        matches!(
            argument,
            Expr::Apply(Function::Sin | Function::Cos | Function::Tan, _)
        )
    };
    expr.any(&mut |node| match node {
        Expr::Apply(Function::Asin | Function::Acos | Function::Atan, argument) => match &**argument {
            Expr::Product(factors) => match factors.as_slice() {
                [Expr::Constant(factor), wave] => (0.9..=1.1).contains(&factor.abs()) && is_wave(wave),
                _ => false,
            },
            argument => is_wave(argument),
        },
        _ => false,
    })
}

/// Sums, differences, products and ratios of columns; no other powers, no
/// coefficients.
fn inside_strict_grid(expr: &Expr) -> bool {
    !expr.any(&mut |node| match node {
        Expr::Constant(c) => *c != -1.0,
        Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) => false,
        Expr::Power(_, exponent) => !exponent.is_integer(),
        Expr::Apply(..) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::parse;

    /// Rows of 2·a·b.
    fn problem() -> Problem {
        let a: Vec<f64> = (0..50).map(|i| 1.0 + f64::from(i * 37 % 50)).collect();
        let b: Vec<f64> = (0..50).map(|i| 1.0 + f64::from(i * 13 % 50)).collect();
        let sample = Sample {
            target: a.iter().zip(&b).map(|(a, b)| 2.0 * a * b).collect(),
            inputs: vec![a, b],
        };
        Problem::new(sample.clone(), sample, false)
    }

    fn offered(options: &SearchOptions, formulas: &[&str]) -> Vec<String> {
        let names = ["a", "b"].map(String::from);
        let mut pool = Pool::new(problem(), options, StopSignal::never());
        let of = |text: &&str| (parse(text, &names).expect(text), None);
        pool.offer(formulas.iter().map(of).collect());
        pool.candidates.iter().map(|c| c.expr.text(&names)).collect()
    }

    #[test]
    fn a_structure_is_taken_once_and_its_constants_are_fitted() {
        let taken = offered(&SearchOptions::default(), &["3*a*b", "7*b*a", "a/0*b"]);
        assert_eq!(taken, ["2 * a * b"]);
    }

    #[test]
    fn options_bound_what_is_taken() {
        let formulas = ["a*b", "a*b + a", "sqrt(a*b)", "ln(a)*b"];
        let strict = SearchOptions {
            strict: true,
            ..SearchOptions::default()
        };
        assert_eq!(offered(&strict, &formulas), ["a * b", "a * b + a"]);
        let algebra = SearchOptions {
            language: crate::search::Language::Algebra,
            ..SearchOptions::default()
        };
        assert_eq!(offered(&algebra, &formulas).len(), 3);
        let one_layer = SearchOptions {
            max_layers: Some(1),
            ..SearchOptions::default()
        };
        assert_eq!(offered(&one_layer, &formulas).len(), 2, "two are monomials");
    }

    #[test]
    fn unusual_exponents_and_long_constants_cost_more() {
        let names = ["a".to_owned()];
        let cost_of = |text: &str| cost(&parse(text, &names).expect(text));
        assert!(cost_of("a^2") < cost_of("a^(2/3)"));
        assert!(cost_of("3*a") < cost_of("3.1416*a"));
        assert_eq!(
            cost_of("3.1415927*a"),
            cost_of("3.14159265358979*a"),
            "both were fitted"
        );
    }

    #[test]
    fn waves_that_the_rows_cannot_show_are_not_taken() {
        let train = Sample {
            inputs: vec![(1..=20).map(f64::from).collect()],
            target: (1..=20).map(|i| f64::from(i * i)).collect(),
        };
        let (options, stop) = (SearchOptions::default(), StopSignal::never());
        let mut pool = Pool::new(Problem::new(train.clone(), train, false), &options, stop);
        let names = vec!["x".to_string()];
        for (text, taken) in [("1/sin(3.14159*x + 0.001)", 0), ("5*sin(0.2*x)", 1)] {
            pool.offer(vec![(parse(text, &names).expect(text), None)]);
            assert_eq!(pool.candidates.len(), taken, "{text}");
        }
    }

    #[test]
    fn what_was_found_stays_where_the_time_ends_while_it_is_weighed_anew() {
        let train = Sample {
            inputs: vec![(1..=20).map(f64::from).collect()],
            target: (1..=20).map(|i| 3.0 * f64::from(i) + 1.0).collect(),
        };
        let options = SearchOptions::default();
        let stop = StopSignal::never();
        let mut pool = Pool::new(Problem::new(train.clone(), train, false), &options, stop.clone());
        pool.offer(vec![(Expr::Variable(0), None)]);
        let before = (pool.problem.weighting, pool.candidates.len());
        assert_eq!(before, (Weighting::Uniform, 1));
        stop.interrupt();
        pool.reweigh(Weighting::Relative);
        assert_eq!((pool.problem.weighting, pool.candidates.len()), before);
    }
}
