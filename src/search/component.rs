//! Decays, peaks and waves of one input, and sums of them fitted together.
//!
//! `z = c₀ + Σ_j c_j φ_j(u; θ_j)`: coefficients and inner constants all at once by
//! Levenberg–Marquardt (Moré 1978), from a start that a scan has found.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};

use crate::formula::{Exponent, Expr, Function};
use crate::polish::least_squares;

/// Most evaluations, as a multiple of the number of constants plus one.
const PATIENCE: usize = 40;

/// Width of a peak as a share of the rows' range, at most.
const WIDEST_PEAK: f64 = 0.5;

/// One function of the input, up to its coefficients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Component {
    /// `exp(rate·u)`.
    Decay { rate: f64 },
    /// `exp(−((u − centre)/width)²)`.
    Peak { centre: f64, width: f64 },
    /// `a·sin(frequency·u) + b·cos(frequency·u)`.
    Wave { frequency: f64 },
}

impl Component {
    /// Whether the rows show it for what it is: a peak of which only a flank is there
    /// stands for any slope.
    pub(super) fn shows(self, low: f64, high: f64) -> bool {
        match self {
            Component::Peak { centre, width } => {
                (low..=high).contains(&centre) && width.abs() <= WIDEST_PEAK * (high - low)
            }
            Component::Decay { .. } | Component::Wave { .. } => true,
        }
    }

    /// How many coefficients it has.
    pub(super) fn coefficients(self) -> usize {
        match self {
            Component::Decay { .. } | Component::Peak { .. } => 1,
            Component::Wave { .. } => 2,
        }
    }

    fn inner(self) -> Vec<f64> {
        match self {
            Component::Decay { rate } => vec![rate],
            Component::Peak { centre, width } => vec![centre, width],
            Component::Wave { frequency } => vec![frequency],
        }
    }

    /// With other inner constants, taken from the front of the list.
    fn with_inner(self, inner: &mut impl Iterator<Item = f64>) -> Component {
        let mut next = |old: f64| inner.next().unwrap_or(old);
        match self {
            Component::Decay { rate } => Component::Decay { rate: next(rate) },
            Component::Peak { centre, width } => Component::Peak {
                centre: next(centre),
                width: next(width),
            },
            Component::Wave { frequency } => Component::Wave {
                frequency: next(frequency),
            },
        }
    }

    /// Its functions on a row.
    pub(super) fn values(self, u: f64) -> [f64; 2] {
        match self {
            Component::Decay { rate } => [(rate * u).exp(), 0.0],
            Component::Peak { centre, width } => [(-((u - centre) / width).powi(2)).exp(), 0.0],
            Component::Wave { frequency } => [(frequency * u).sin(), (frequency * u).cos()],
        }
    }

    /// Slopes of its part of the sum in the inner constants.
    fn slopes(self, u: f64, coefficients: &[f64]) -> [f64; 2] {
        let [first, second] = self.values(u);
        match self {
            Component::Decay { .. } => [coefficients[0] * u * first, 0.0],
            Component::Peak { centre, width } => {
                let distance = (u - centre) / width;
                let by_centre = 2.0 * coefficients[0] * first * distance / width;
                [by_centre, by_centre * distance]
            }
            Component::Wave { .. } => [u * (coefficients[0] * second - coefficients[1] * first), 0.0],
        }
    }

    /// Its part of the sum as a formula of the input.
    fn expr(self, u: &Expr, coefficients: &[f64]) -> Expr {
        let times = |c: f64, expr: Expr| Expr::product(vec![Expr::Constant(c), expr]);
        match self {
            Component::Decay { rate } => times(coefficients[0], Function::Exp.of(times(rate, u.clone()))),
            Component::Peak { centre, width } => {
                let distance = Expr::sum(vec![u.clone(), Expr::Constant(-centre)]);
                let square = Expr::power(distance, Exponent::integer(2));
                times(coefficients[0], Function::Exp.of(times(-width.powi(-2), square)))
            }
            Component::Wave { frequency } => {
                let (a, b) = (coefficients[0], coefficients[1]);
                let angle = Expr::sum(vec![times(frequency, u.clone()), Expr::Constant(b.atan2(a))]);
                times(a.hypot(b), Function::Sin.of(angle))
            }
        }
    }
}

/// Rows of one input.
pub(super) struct Rows {
    pub(super) u: Vec<f64>,
    pub(super) target: Vec<f64>,
    pub(super) weight: Vec<f64>,
}

/// A fitted sum.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) components: Vec<Component>,
    /// Whether a constant is added.
    constant: bool,
    coefficients: Vec<f64>,
    /// Weighted sum of squared residuals.
    pub(super) rss: f64,
}

impl Fitted {
    /// The sum as a formula of the input.
    pub(super) fn expr(&self, u: &Expr) -> Expr {
        let mut rest = self.coefficients.as_slice();
        let mut terms = Vec::new();
        if let ([constant, others @ ..], true) = (rest, self.constant) {
            terms.push(Expr::Constant(*constant));
            rest = others;
        }
        for component in &self.components {
            let (own, others) = rest.split_at(component.coefficients());
            terms.push(component.expr(u, own));
            rest = others;
        }
        Expr::sum(terms)
    }

    /// The largest size of any of its terms.
    pub(super) fn largest_part(&self, u: &[f64]) -> f64 {
        let all = columns(&self.components, self.constant, u);
        let parts = all.iter().zip(&self.coefficients);
        parts
            .flat_map(|(column, c)| column.iter().map(move |v| (v * c).abs()))
            .fold(0.0, f64::max)
    }

    /// Constants of every kind.
    pub(super) fn constants(&self) -> usize {
        let inner: usize = self.components.iter().map(|c| c.inner().len()).sum();
        self.coefficients.len() + inner
    }
}

/// Columns of the sum on the rows.
pub(super) fn columns(components: &[Component], constant: bool, u: &[f64]) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = Vec::new();
    if constant {
        all.push(vec![1.0; u.len()]);
    }
    for component in components {
        for place in 0..component.coefficients() {
            all.push(u.iter().map(|&u| component.values(u)[place]).collect());
        }
    }
    all
}

/// Fits everything, starting from these components; `None` where the start has
/// no value.
pub(super) fn fit(rows: &Rows, components: &[Component], constant: bool) -> Option<Fitted> {
    let all = columns(components, constant, &rows.u);
    let views: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
    let start = least_squares(&views, &rows.target, &rows.weight)?;
    let mut parameters = start.coefficients.clone();
    parameters.extend(components.iter().flat_map(|c| c.inner()));
    if parameters.len() > rows.u.len() {
        return None;
    }
    let problem = Together {
        rows,
        components: components.to_vec(),
        constant,
        linear: start.coefficients.len(),
        parameters: DVector::from_vec(parameters),
    };
    let (problem, _) = LevenbergMarquardt::new()
        .with_patience(PATIENCE)
        .minimize(problem);
    let fitted = problem.fitted()?;
    fitted.rss.is_finite().then_some(fitted)
}

struct Together<'a> {
    rows: &'a Rows,
    components: Vec<Component>,
    constant: bool,
    /// Coefficients, before the inner constants.
    linear: usize,
    parameters: DVector<f64>,
}

impl Together<'_> {
    fn current(&self) -> (Vec<f64>, Vec<Component>) {
        let (coefficients, inner) = self.parameters.as_slice().split_at(self.linear);
        let mut inner = inner.iter().copied();
        let components = self.components.iter().map(|c| c.with_inner(&mut inner));
        (coefficients.to_vec(), components.collect())
    }

    fn fitted(&self) -> Option<Fitted> {
        let rss = self.residuals()?.norm_squared();
        let (coefficients, components) = self.current();
        Some(Fitted {
            components,
            constant: self.constant,
            coefficients,
            rss,
        })
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Together<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, x: &DVector<f64>) {
        self.parameters.copy_from(x);
    }

    fn params(&self) -> DVector<f64> {
        self.parameters.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let (coefficients, components) = self.current();
        let all = columns(&components, self.constant, &self.rows.u);
        let residual = |row: usize| {
            let value: f64 = all
                .iter()
                .zip(&coefficients)
                .map(|(column, c)| c * column[row])
                .sum();
            (value - self.rows.target[row]) * self.rows.weight[row]
        };
        let residuals = DVector::from_iterator(self.rows.u.len(), (0..self.rows.u.len()).map(residual));
        residuals.iter().all(|r| r.is_finite()).then_some(residuals)
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let (coefficients, components) = self.current();
        let rows = self.rows.u.len();
        let mut all = columns(&components, self.constant, &self.rows.u);
        let mut place = usize::from(self.constant);
        for component in &components {
            let own = &coefficients[place..place + component.coefficients()];
            place += component.coefficients();
            for inner in 0..component.inner().len() {
                all.push(
                    self.rows
                        .u
                        .iter()
                        .map(|&u| component.slopes(u, own)[inner])
                        .collect(),
                );
            }
        }
        let entry = |row: usize, column: usize| all[column][row] * self.rows.weight[row];
        let jacobian = DMatrix::from_fn(rows, all.len(), entry);
        jacobian.iter().all(|r| r.is_finite()).then_some(jacobian)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_match_differences() {
        let step = 1e-6;
        for (component, coefficients) in [
            (Component::Decay { rate: -0.4 }, vec![2.0]),
            (
                Component::Peak {
                    centre: 1.3,
                    width: 0.7,
                },
                vec![3.0],
            ),
            (Component::Wave { frequency: 2.1 }, vec![0.5, -1.5]),
        ] {
            let value = |component: Component, u: f64| -> f64 {
                component
                    .values(u)
                    .iter()
                    .zip(&coefficients)
                    .map(|(v, c)| v * c)
                    .sum()
            };
            let inner = component.inner();
            for place in 0..inner.len() {
                let moved = |by: f64| {
                    let mut inner = inner.clone();
                    inner[place] += by;
                    component.with_inner(&mut inner.into_iter())
                };
                let difference = (value(moved(step), 1.7) - value(moved(-step), 1.7)) / (2.0 * step);
                let slope = component.slopes(1.7, &coefficients)[place];
                assert!(
                    (slope - difference).abs() < 1e-6,
                    "{component:?} {place}: {slope} {difference}"
                );
            }
        }
    }
}
