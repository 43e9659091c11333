//! A formula that was found, on rows that were not there when it was.

use crate::formula::Expr;
use crate::saved::Saved;

/// Where a row lies, by the inputs that the formula reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Within the ranges that the formula was fitted on.
    Inside,
    /// Outside them, and within those that a confirmed formula was judged on, or is
    /// known to hold in.
    Known,
    /// Further out than anything is known of, in one input at least.
    Beyond,
}

impl Reach {
    /// All of them, the safest first.
    pub const ALL: [Reach; 3] = [Reach::Inside, Reach::Known, Reach::Beyond];

    /// As it is written in a table.
    pub fn name(self) -> &'static str {
        match self {
            Reach::Inside => "inside",
            Reach::Known => "known",
            Reach::Beyond => "beyond",
        }
    }
}

/// What the formula says of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Its value, in units of the target; not finite outside the formula's domain.
    pub value: f64,
    /// `√(gᵀ C g)` with the derivatives g of the formula by its constants and their
    /// covariance C: what the fit leaves uncertain in the value, without the noise of
    /// a single measurement. `None` where no constant was fitted.
    pub stderr: Option<f64>,
    /// Where the row lies.
    pub reach: Reach,
}

/// A formula with what is known of its constants and of how far it holds.
#[derive(Debug, Clone)]
pub struct Predictor {
    expr: Expr,
    /// What the formula reads, among the inputs of the report.
    used: Vec<usize>,
    inputs: Vec<String>,
    covariance: Option<Vec<Vec<f64>>>,
    fitted: Vec<Option<(f64, f64)>>,
    known: Vec<Option<(f64, f64)>>,
}

impl Predictor {
    /// Of a saved report: with the constants that the verdict rests on, or with those
    /// refitted on all rows, which alone have a covariance.
    pub fn of(saved: &Saved, as_judged: bool) -> Predictor {
        let expr = if as_judged { &saved.judged } else { &saved.refitted };
        let used: Vec<usize> = expr.variables_used().into_iter().collect();
        let pick =
            |ranges: &[Option<(f64, f64)>]| used.iter().map(|&input| ranges[input]).collect::<Vec<_>>();
        let fitted: Vec<Option<(f64, f64)>> = saved
            .ranges
            .iter()
            .map(|range| range.map(|range| range.fitted))
            .collect();
        let fitted = pick(&fitted);
        Predictor {
            expr: expr.clone(),
            inputs: used.iter().map(|&input| saved.inputs[input].clone()).collect(),
            covariance: saved.covariance.clone().filter(|_| !as_judged),
            known: match saved.verdict.as_str() {
                "confirmed" => pick(&saved.known),
                _ => fitted.clone(),
            },
            fitted,
            used,
        }
    }

    /// The inputs that the formula reads.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// Whether predictions have a standard error.
    pub fn has_errors(&self) -> bool {
        self.covariance.is_some()
    }

    /// One prediction a row; `columns` holds one column for each of
    /// [`inputs`](Self::inputs), and all of them `rows` values.
    pub fn predict(&self, columns: &[Vec<f64>], rows: usize) -> Vec<Prediction> {
        // Those that it doesn't read stay empty.
        let mut all = vec![Vec::new(); self.used.last().map_or(0, |last| last + 1)];
        for (&input, column) in self.used.iter().zip(columns) {
            all[input].clone_from(column);
        }
        let (values, variances) = match &self.covariance {
            Some(covariance) => {
                let (values, gradient) = self.expr.evaluate_with_gradient(&all);
                (values, Some(variances(&gradient, covariance, rows)))
            }
            None => (self.expr.evaluate(&all), None),
        };
        (0..rows)
            .map(|row| Prediction {
                // A constant formula has one value for all rows.
                value: values.get(row).or(values.first()).copied().unwrap_or(f64::NAN),
                stderr: variances.as_ref().map(|variances| variances[row].sqrt()),
                reach: self.reach(columns.iter().map(|column| column[row])),
            })
            .collect()
    }

    fn reach(&self, row: impl Iterator<Item = f64>) -> Reach {
        let within =
            |range: &Option<(f64, f64)>, x: f64| range.is_some_and(|(low, high)| (low..=high).contains(&x));
        row.zip(self.fitted.iter().zip(&self.known))
            .map(
                |(x, (fitted, known))| match (within(fitted, x), within(known, x)) {
                    (true, _) => Reach::Inside,
                    (_, true) => Reach::Known,
                    _ => Reach::Beyond,
                },
            )
            .max()
            .unwrap_or(Reach::Inside)
    }
}

fn variances(gradient: &[Vec<f64>], covariance: &[Vec<f64>], rows: usize) -> Vec<f64> {
    let mut variances = vec![0.0; rows];
    for (one, own) in gradient.iter().zip(covariance) {
        for (other, &c) in gradient.iter().zip(own) {
            // A derivative may be infinite where the constant is certain.
            if c != 0.0 {
                for ((variance, g), h) in variances.iter_mut().zip(one).zip(other) {
                    *variance += g * c * h;
                }
            }
        }
    }
    // Rounding leaves it a little below 0 where it is 0.
    for variance in &mut variances {
        *variance = variance.max(0.0);
    }
    variances
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn saved(verdict: &str) -> Saved {
        let report = r#"{"schema_version":1,"target":"y","inputs":["unused","a","b"],
            "formula":{"text":"2.1*b + 0.5*a"},
            "final":{"text":"2.05*b + 0.5*a","covariance":[[0.01,0.002],[0.002,0.04]]},
            "verdict":"confirmed","holds_to":[{"input":"a","to":9.5},{"input":"b","to":null}],
            "split":{"ranges":[{"input":"a","fitted":[1,3],"extrapolation":[3,4]},
                {"input":"b","fitted":[0,1],"extrapolation":[-1,1]}]},"metrics":null}"#;
        let report = report.replace("\"confirmed\"", &format!("\"{verdict}\""));
        Saved::from_json(&report, PathBuf::from("result.json")).unwrap()
    }

    #[test]
    fn a_value_with_its_error_and_its_reach() {
        let predictor = Predictor::of(&saved("confirmed"), false);
        assert_eq!(predictor.inputs(), ["a", "b"]);
        let columns = [vec![2.0, 5.0, 2.0, 10.0], vec![1.0, 17.0, 17.5, 0.0]];
        let rows = predictor.predict(&columns, 4);
        assert!((rows[0].value - 3.05).abs() < 1e-12);
        let order = saved("confirmed").refitted.constants();
        let (of_b, of_a) = if order[0] == 2.05 {
            (0.01, 0.04)
        } else {
            (0.04, 0.01)
        };
        // g is (b, a), whichever constant comes first.
        let expected: f64 = of_b + 4.0 * of_a + 2.0 * 0.002 * 2.0;
        assert!(
            (rows[0].stderr.unwrap() - expected.sqrt()).abs() < 1e-12,
            "{rows:?}"
        );
        // `b` was seen from -1 to 1 and looked at to eight widths beyond.
        let reaches: Vec<Reach> = rows.iter().map(|row| row.reach).collect();
        assert_eq!(
            reaches,
            [Reach::Inside, Reach::Known, Reach::Beyond, Reach::Beyond]
        );
    }

    #[test]
    fn what_is_not_confirmed_is_known_nowhere_else() {
        let predictor = Predictor::of(&saved("approximate"), false);
        let rows = predictor.predict(&[vec![2.0, 3.5], vec![1.0, 1.0]], 2);
        assert_eq!((rows[0].reach, rows[1].reach), (Reach::Inside, Reach::Beyond));
    }

    #[test]
    fn judged_constants_have_no_covariance() {
        let predictor = Predictor::of(&saved("confirmed"), true);
        let rows = predictor.predict(&[vec![2.0], vec![1.0]], 1);
        assert_eq!(rows[0].stderr, None);
        assert!((rows[0].value - 3.1).abs() < 1e-12);
    }
}
