//! One thing to fit: some features, and the target as it looks once an outer
//! root, reciprocal, factor or term has been taken off.

use crate::formula::{Exponent, Expr};

use super::outer_map::OuterMap;
use super::problem::Problem;

/// A column that a cell may use: an input, or something made of inputs.
#[derive(Debug, Clone)]
pub(super) struct Feature {
    pub(super) expr: Expr,
    pub(super) values: Vec<f64>,
    pub(super) positive: bool,
}

impl Feature {
    /// `None` when the expression has no value on some row, or never varies.
    pub(super) fn new(expr: Expr, problem: &Problem) -> Option<Feature> {
        let values = expr.evaluate(&problem.train.inputs);
        let first = *values.first()?;
        if values.iter().any(|v| !v.is_finite()) || values.iter().all(|v| *v == first) {
            return None;
        }
        let positive = values.iter().all(|&v| v > 0.0);
        Some(Feature {
            expr,
            values,
            positive,
        })
    }
}

/// `z = ((y − addend) / factor)^power` against features.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) features: Vec<Feature>,
    pub(super) target: Vec<f64>,
    /// √ of the weight of each row: the weight of y times dy/dz.
    pub(super) weight: Vec<f64>,
    power: Exponent,
    factor: Option<Expr>,
    addend: Option<Expr>,
    negative: bool,
    outer: Option<OuterMap>,
}

impl Task {
    /// The target as it is, against the inputs.
    pub(super) fn plain(problem: &Problem) -> Task {
        let features = (0..problem.width())
            .filter_map(|i| Feature::new(Expr::Variable(i), problem))
            .collect();
        Task {
            features,
            target: problem.train.target.clone(),
            weight: problem.train_weight.clone(),
            power: Exponent::ONE,
            factor: None,
            addend: None,
            negative: false,
            outer: None,
        }
    }

    /// The same target against other features.
    pub(super) fn against(&self, features: Vec<Feature>) -> Task {
        Task {
            features,
            ..self.clone()
        }
    }

    /// The target divided by `factor`, a feature-free expression of the
    /// inputs. Only before a power is taken. `None` where it is 0.
    pub(super) fn divided_by(&self, factor: &Expr, problem: &Problem) -> Option<Task> {
        let values = factor.evaluate(&problem.train.inputs);
        let target: Vec<f64> = self.target.iter().zip(&values).map(|(z, f)| z / f).collect();
        let weight: Vec<f64> = self
            .weight
            .iter()
            .zip(&values)
            .map(|(w, f)| w * f.abs())
            .collect();
        let fine = target.iter().chain(&weight).all(|v| v.is_finite());
        (fine && self.power == Exponent::ONE).then(|| Task {
            target,
            weight,
            factor: Some(match &self.factor {
                Some(known) => Expr::product(vec![known.clone(), factor.clone()]),
                None => factor.clone(),
            }),
            ..self.clone()
        })
    }

    /// The target less `addend`. Only on the plain target.
    pub(super) fn less(&self, addend: &Expr, problem: &Problem) -> Option<Task> {
        let values = addend.evaluate(&problem.train.inputs);
        let target: Vec<f64> = self.target.iter().zip(&values).map(|(z, f)| z - f).collect();
        let plain = self.power == Exponent::ONE && self.factor.is_none() && self.addend.is_none();
        (plain && target.iter().all(|v| v.is_finite())).then(|| Task {
            target,
            addend: Some(addend.clone()),
            ..self.clone()
        })
    }

    /// The target raised to `power`. `None` where it has no real value, or
    /// where the sign could not be told when it is taken back.
    pub(super) fn raised(&self, power: Exponent) -> Option<Task> {
        if power == Exponent::ONE {
            return Some(self.clone());
        }
        if self.power != Exponent::ONE {
            return None;
        }
        let negative = self.target.iter().all(|&z| z < 0.0);
        let one_sign = negative || self.target.iter().all(|&z| z > 0.0);
        let signs_survive = power.is_integer() && power.numerator() % 2 != 0 && power.numerator().abs() == 1;
        if !one_sign && !signs_survive {
            return None;
        }
        let p = power.value();
        let raise = |z: f64| {
            if signs_survive {
                z.powi(power.numerator())
            } else {
                z.abs().powf(p)
            }
        };
        let target: Vec<f64> = self.target.iter().map(|&z| raise(z)).collect();
        // |dy/dz'| = |z|^(1−p) / |p|
        let weight: Vec<f64> = self
            .target
            .iter()
            .zip(&self.weight)
            .map(|(z, w)| w * z.abs().powf(1.0 - p) / p.abs())
            .collect();
        let fine = target.iter().chain(&weight).all(|v| v.is_finite());
        fine.then(|| Task {
            target,
            weight,
            power,
            negative: negative && !signs_survive,
            ..self.clone()
        })
    }

    /// The target seen through an outer function; `None` where that has no
    /// value, or is seen through one already.
    pub(super) fn mapped(&self, map: OuterMap) -> Option<Task> {
        let (target, weight): (Vec<f64>, Vec<f64>) = self
            .target
            .iter()
            .zip(&self.weight)
            .map(|(&z, w)| {
                let (h, slope) = map.of(z);
                (h, w * slope)
            })
            .unzip();
        let fine = target.iter().chain(&weight).all(|v| v.is_finite());
        (fine && self.outer.is_none()).then(|| Task {
            target,
            weight,
            outer: Some(map),
            ..self.clone()
        })
    }

    /// The formula for y when `g` is one for z.
    pub(super) fn wrapped(&self, g: Expr) -> Expr {
        let g = match self.outer {
            Some(map) => map.back(g),
            None => g,
        };
        let inverse = Exponent::new(self.power.denominator(), self.power.numerator());
        let mut expr = Expr::power(g, inverse);
        if self.negative {
            expr = expr.negated();
        }
        if let Some(factor) = &self.factor {
            expr = Expr::product(vec![factor.clone(), expr]);
        }
        match &self.addend {
            Some(addend) => Expr::sum(vec![addend.clone(), expr]),
            None => expr,
        }
    }

    /// z over the inputs and y, the variable `y`.
    pub(super) fn target_of(&self, y: usize) -> Expr {
        let mut expr = Expr::Variable(y);
        if let Some(addend) = &self.addend {
            expr = Expr::sum(vec![expr, addend.clone().negated()]);
        }
        if let Some(factor) = &self.factor {
            let inverse = Expr::power(factor.clone(), Exponent::integer(-1));
            expr = Expr::product(vec![expr, inverse]);
        }
        if self.negative {
            expr = expr.negated();
        }
        let seen = Expr::power(expr, self.power);
        match self.outer {
            Some(map) => map.forward(seen),
            None => seen,
        }
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.target.len()
    }

    /// Weighted sum of squares about the weighted mean.
    pub(super) fn total_square(&self) -> f64 {
        let weights: f64 = self.weight.iter().map(|w| w * w).sum();
        let rows = || self.target.iter().zip(&self.weight);
        let mean = rows().map(|(z, w)| z * w * w).sum::<f64>() / weights;
        rows().map(|(z, w)| ((z - mean) * w).powi(2)).sum()
    }

    /// Whether every target is above 0, or every one below.
    pub(super) fn one_sign(&self) -> bool {
        self.target.iter().all(|&z| z > 0.0) || self.target.iter().all(|&z| z < 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;

    #[test]
    fn the_target_in_words_is_the_target() {
        let a = vec![1.0, 2.0, 3.0, 4.5];
        let y = vec![-3.0, -2.5, -7.0, -1.5];
        let sample = Sample {
            inputs: vec![a.clone()],
            target: y.clone(),
        };
        let problem = Problem::new(sample.clone(), sample, false);
        let plain = Task::plain(&problem);
        let factor = plain.divided_by(&Expr::Variable(0), &problem);
        let addend = plain.less(&Expr::Variable(0), &problem);
        let tasks = [
            plain.raised(Exponent::integer(2)),
            plain.raised(Exponent::integer(-1)),
            factor.as_ref().and_then(|task| task.raised(Exponent::new(1, 2))),
            factor.clone(),
            addend.and_then(|task| task.raised(Exponent::integer(2))),
            Some(plain),
        ];
        for task in tasks {
            let task = task.expect("a target with real values");
            let values = task.target_of(1).evaluate(&[a.clone(), y.clone()]);
            for (value, target) in values.iter().zip(&task.target) {
                assert!(
                    (value - target).abs() <= 1e-12 * target.abs(),
                    "{value}, {target}"
                );
            }
        }
    }
}
