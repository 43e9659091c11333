//! Seeded rows of a case: the training table, and the fresh rows it is judged on.

use nalu_discover::formula::Expr;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::case::{Case, Input, Noise, Source, Spread, Twist};
use crate::trajectory;

/// Rows as columns, with the target as the law has it.
#[derive(Default)]
pub struct Rows {
    /// One column a name of `Case::column_names`.
    pub columns: Vec<Vec<f64>>,
    /// The target: noise-free for judging, as measured for training.
    pub target: Vec<f64>,
}

/// The training table of a case and seed.
pub fn training_rows(case: &Case, law: &Expr, seed: u64) -> Result<Rows, String> {
    let mut rng = stream(case, seed, 0);
    let mut rows = match &case.source {
        Source::Ranges => draw(case, law, case.rows, &mut rng, |rng| match case.twist {
            Twist::Correlated(correlation) => correlated_row(&case.inputs, correlation, rng),
            _ => inside_row(&case.inputs, rng),
        })?,
        Source::Table(table) => Rows {
            columns: table.columns.clone(),
            target: table.target.clone(),
        },
        Source::Trajectories(flow) => {
            trajectory::rows(case, flow, law, || inside_row(&case.inputs, &mut rng))?
        }
    };
    let rms = root_mean_square(&rows.target);
    for y in &mut rows.target {
        let normal: f64 = StandardNormal.sample(&mut rng);
        *y += match case.noise {
            Noise::None => 0.0,
            Noise::OfRms(share) | Noise::OfRmsByError(share) => share * rms * normal,
            Noise::OfValue(share) => share * *y * normal,
        };
    }
    if let Twist::Outlier(every) = case.twist {
        let mut order: Vec<usize> = (0..case.rows).collect();
        order.shuffle(&mut rng);
        for &row in &order[..case.rows / every] {
            rows.target[row] *= 10.0;
        }
    }
    Ok(rows)
}

/// Fresh noise-free rows from the training range.
pub fn rows_inside(case: &Case, law: &Expr, count: usize, seed: u64) -> Result<Rows, String> {
    let mut rng = stream(case, seed, 1);
    draw(case, law, count, &mut rng, |rng| inside_row(&case.inputs, rng))
}

/// Fresh noise-free rows from outside the training range: fewer, even none, where the law hardly has a
/// value there.
pub fn rows_outside(case: &Case, law: &Expr, count: usize, seed: u64) -> Rows {
    let mut rng = stream(case, seed, 2);
    draw_up_to(case, law, count, &mut rng, |rng| {
        let one = |input: &Input| match input.spread {
            Spread::Whole => whole(input.outside, rng),
            _ => rng.gen_range(input.outside.0..input.outside.1),
        };
        case.inputs.iter().map(one).collect()
    })
}

/// Root of the mean square.
pub fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len().max(1) as f64).sqrt()
}

/// An own generator for each case, seed and purpose (FNV-1a over the case's name).
fn stream(case: &Case, seed: u64, purpose: u64) -> ChaCha8Rng {
    let hash = case.name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut rng = ChaCha8Rng::seed_from_u64(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    rng.set_stream(purpose);
    rng
}

/// `count` rows that have a finite target (and a positive one, where the case asks for it).
fn draw(
    case: &Case,
    law: &Expr,
    count: usize,
    rng: &mut ChaCha8Rng,
    row: impl FnMut(&mut ChaCha8Rng) -> Vec<f64>,
) -> Result<Rows, String> {
    let rows = draw_up_to(case, law, count, rng, row);
    if rows.target.len() < count {
        return Err(format!(
            "`{}`: its ranges hardly ever give a finite target",
            case.name
        ));
    }
    Ok(rows)
}

/// The same, or fewer where a thousand times as many draws have no more.
fn draw_up_to(
    case: &Case,
    law: &Expr,
    count: usize,
    rng: &mut ChaCha8Rng,
    mut row: impl FnMut(&mut ChaCha8Rng) -> Vec<f64>,
) -> Rows {
    let mut columns = vec![Vec::with_capacity(count); case.inputs.len()];
    let mut target = Vec::with_capacity(count);
    for _ in 0..1000 {
        let batch: Vec<Vec<f64>> = (target.len()..count).map(|_| row(rng)).collect();
        let batch_columns: Vec<Vec<f64>> = (0..case.inputs.len())
            .map(|i| batch.iter().map(|values| values[i]).collect())
            .collect();
        for (values, y) in batch.iter().zip(law.evaluate(&batch_columns)) {
            if y.is_finite() && (y > 0.0 || !case.positive) {
                target.push(y);
                columns
                    .iter_mut()
                    .zip(values)
                    .for_each(|(column, &v)| column.push(v));
            }
        }
        if target.len() == count {
            break;
        }
    }
    add_columns(case, &mut columns, target.len(), rng);
    Rows { columns, target }
}

fn add_columns(case: &Case, columns: &mut Vec<Vec<f64>>, count: usize, rng: &mut ChaCha8Rng) {
    match case.twist {
        Twist::Irrelevant(more) => {
            columns
                .extend((0..more).map(|_| (0..count).map(|_| rng.gen_range(1.0..5.0)).collect::<Vec<f64>>()));
        }
        Twist::Repeated => columns.push(columns[0].iter().map(|v| v * 1000.0).collect()),
        _ => {}
    }
}

fn inside_row(inputs: &[Input], rng: &mut ChaCha8Rng) -> Vec<f64> {
    inputs.iter().map(|input| at_share(input, rng.gen())).collect()
}

/// A row whose shares of each range are joined by a Gaussian copula with one common factor.
fn correlated_row(inputs: &[Input], correlation: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let common: f64 = StandardNormal.sample(rng);
    inputs
        .iter()
        .map(|input| {
            let own: f64 = StandardNormal.sample(rng);
            at_share(
                input,
                normal_share(correlation.sqrt() * common + (1.0 - correlation).sqrt() * own),
            )
        })
        .collect()
}

/// The value a share (0 to 1) of the way through the input's range.
fn at_share(input: &Input, share: f64) -> f64 {
    let (low, high) = input.inside;
    match input.spread {
        Spread::Uniform => low + share * (high - low),
        Spread::Log => (low.ln() + share * (high / low).ln()).exp(),
        Spread::Whole => (low + share * (high - low + 1.0)).floor().min(high),
    }
}

fn whole((low, high): (f64, f64), rng: &mut ChaCha8Rng) -> f64 {
    rng.gen_range(low as i64..=high as i64) as f64
}

/// The normal distribution function, by Abramowitz & Stegun 26.2.17 (error below 1e-7).
fn normal_share(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let tail = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
        * t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    if z >= 0.0 {
        1.0 - tail
    } else {
        tail
    }
}
