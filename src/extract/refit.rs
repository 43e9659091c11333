//! The readout refitted in f64 after rounding, and terms that do not matter
//! dropped from it.

/// Below this share of the target's variance an error is rounding noise of
/// f64 arithmetic, and a fit is exact.
pub(super) const EXACT: f64 = 1e-20;

/// `ŷ = offset + Σ_k coefficients_k u_k`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Readout {
    /// One per unit; 0 where the unit is not used.
    pub coefficients: Vec<f64>,
    /// The constant term.
    pub offset: f64,
    /// Weighted squared error over the target's weighted variance.
    pub error: f64,
}

/// The rows to fit: target and the root of each row's share of the weight.
#[derive(Debug, Clone)]
pub(super) struct Rows<'a> {
    pub target: &'a [f64],
    pub root_weight: &'a [f64],
    /// `Σ w (y − ȳ)²`.
    pub variance: f64,
}

/// Least squares on the units marked in `used` and, with `constant`, a
/// constant. Columns that depend on earlier ones get coefficient 0. None when
/// a used unit is not finite on some row.
pub(super) fn fit(rows: &Rows<'_>, units: &[Vec<f64>], used: &[bool], constant: bool) -> Option<Readout> {
    let mut columns: Vec<(Option<usize>, Vec<f64>)> = Vec::new();
    if constant {
        columns.push((None, rows.root_weight.to_vec()));
    }
    for (index, unit) in units.iter().enumerate().filter(|&(index, _)| used[index]) {
        let column: Vec<f64> = unit.iter().zip(rows.root_weight).map(|(u, v)| u * v).collect();
        if !column.iter().sum::<f64>().is_finite() {
            return None;
        }
        columns.push((Some(index), column));
    }
    let mut residual: Vec<f64> = rows
        .target
        .iter()
        .zip(rows.root_weight)
        .map(|(y, v)| y * v)
        .collect();

    // Modified Gram-Schmidt: each column is made orthogonal to those before.
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut triangle: Vec<Vec<f64>> = Vec::new();
    let mut kept: Vec<Option<usize>> = Vec::new();
    for (index, mut column) in columns {
        let before = norm(&column);
        let mut projections = Vec::with_capacity(basis.len() + 1);
        for direction in &basis {
            let projection = dot(direction, &column);
            add_scaled(&mut column, -projection, direction);
            projections.push(projection);
        }
        let length = norm(&column);
        if length <= 1e-9 * before || length == 0.0 || !length.is_finite() {
            continue;
        }
        column.iter_mut().for_each(|value| *value /= length);
        projections.push(length);
        basis.push(column);
        triangle.push(projections);
        kept.push(index);
    }
    let mut solution = vec![0.0; basis.len()];
    // The second round refines what rounding errors left of the first.
    for _ in 0..2 {
        let mut right: Vec<f64> = Vec::with_capacity(basis.len());
        for direction in &basis {
            let projection = dot(direction, &residual);
            add_scaled(&mut residual, -projection, direction);
            right.push(projection);
        }
        for column in (0..right.len()).rev() {
            let value = right[column] / triangle[column][column];
            solution[column] += value;
            for row in 0..column {
                right[row] -= value * triangle[column][row];
            }
        }
    }
    let mut coefficients = vec![0.0; units.len()];
    let mut offset = 0.0;
    for (index, value) in kept.iter().zip(solution) {
        match index {
            Some(unit) => coefficients[*unit] = value,
            None => offset = value,
        }
    }
    let readout = Readout {
        error: error_of(rows, units, &coefficients, offset),
        coefficients,
        offset,
    };
    readout.error.is_finite().then_some(readout)
}

fn error_of(rows: &Rows<'_>, units: &[Vec<f64>], coefficients: &[f64], offset: f64) -> f64 {
    let mut residual: Vec<f64> = rows.target.iter().map(|y| offset - y).collect();
    for (unit, &coefficient) in units.iter().zip(coefficients) {
        if coefficient != 0.0 {
            add_scaled(&mut residual, coefficient, unit);
        }
    }
    let squares = residual
        .iter()
        .zip(rows.root_weight)
        .map(|(e, v)| (e * v) * (e * v));
    squares.sum::<f64>() / rows.variance
}

/// [`fit`] on all units, then one term after the other is dropped as long as
/// the error stays within what a term without effect would gain by chance.
pub(super) fn fit_and_prune(rows: &Rows<'_>, units: &[Vec<f64>]) -> Option<Readout> {
    let finite: Vec<bool> = units
        .iter()
        .map(|unit| unit.iter().sum::<f64>().is_finite())
        .collect();
    let mut used = finite;
    let mut constant = true;
    let mut best = fit(rows, units, &used, constant)?;
    // A superfluous term lowers the error by the factor 1 − 1/n on average;
    // several times that is still no evidence.
    let tolerance = 1.0 + 8.0 / rows.target.len().max(1) as f64;
    loop {
        let limit = (best.error * tolerance).max(EXACT);
        let mut cheapest: Option<(Readout, Vec<bool>, bool)> = None;
        let mut consider = |used: Vec<bool>, constant: bool| {
            if let Some(readout) = fit(rows, units, &used, constant) {
                let better = cheapest
                    .as_ref()
                    .is_none_or(|(other, _, _)| readout.error < other.error);
                if readout.error <= limit && better {
                    cheapest = Some((readout, used, constant));
                }
            }
        };
        for index in (0..units.len()).filter(|&index| used[index]) {
            let mut fewer = used.clone();
            fewer[index] = false;
            consider(fewer, constant);
        }
        if constant {
            consider(used.clone(), false);
        }
        match cheapest {
            Some((readout, fewer, keeps_constant)) => {
                best = readout;
                used = fewer;
                constant = keeps_constant;
            }
            None => return Some(best),
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add_scaled(target: &mut [f64], factor: f64, source: &[f64]) {
    for (target, value) in target.iter_mut().zip(source) {
        *target += factor * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> (Vec<f64>, Vec<f64>) {
        let a: Vec<f64> = (0..20).map(|i| f64::from(i) * 0.3 + 1.0).collect();
        let b: Vec<f64> = a.iter().map(|x| (3.0 * x).sin()).collect();
        (a, b)
    }

    #[test]
    fn recovers_coefficients_and_drops_what_does_not_matter() {
        let (a, b) = columns();
        let target: Vec<f64> = a.iter().map(|x| 9.81 * x).collect();
        let root_weight = vec![(1.0f64 / 20.0).sqrt(); 20];
        let rows = Rows {
            target: &target,
            root_weight: &root_weight,
            variance: 1.0,
        };
        // The third unit repeats the first.
        let readout = fit_and_prune(&rows, &[b, a.clone(), a]).expect("finite units");
        let used: Vec<f64> = readout
            .coefficients
            .iter()
            .copied()
            .filter(|&c| c != 0.0)
            .collect();
        assert_eq!((used.len(), readout.offset), (1, 0.0));
        assert!((used[0] - 9.81).abs() < 1e-12);
    }

    #[test]
    fn a_unit_that_is_not_finite_is_left_out() {
        let (a, _) = columns();
        let target: Vec<f64> = a.iter().map(|x| 2.0 * x + 1.0).collect();
        let root_weight = vec![1.0; 20];
        let rows = Rows {
            target: &target,
            root_weight: &root_weight,
            variance: 1.0,
        };
        let readout = fit_and_prune(&rows, &[vec![f64::NAN; 20], a]).expect("one finite unit");
        assert_eq!(readout.coefficients[0], 0.0);
        assert!((readout.coefficients[1] - 2.0).abs() < 1e-12 && (readout.offset - 1.0).abs() < 1e-12);
    }
}
