//! What the cells of the literature leave to choose, on the command line.

use clap::{Args, ValueEnum};

use super::settings::UsageError;
use crate::nalu::Cell;
use crate::train::{CellTuning, Decay, Initialiser, PenaltyRamp};

/// Options of the published cells; what is not given stays as published.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Published cells (any `--cell` but gated)")]
pub struct CellOptions {
    /// ε of the logarithm [default: 1e-6; inalu 1e-7, real-npu 1.2e-7]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    pub epsilon: Option<f64>,

    /// First weights: uniform:LOW,HIGH, normal:MEAN,DEVIATION, constant:VALUE or glorot
    ///
    /// Of Ŵ and M̂; of W where a cell has no such. [default: uniform:-2,2 as in
    /// the article's code; inalu normal:1,0.1 for Ŵ and normal:-1,0.1 for M̂;
    /// nau glorot, never beyond ±0.5; nmu uniform:0.25,0.75; real-npu glorot]
    #[arg(long, value_name = "DISTRIBUTION", value_parser = initialiser)]
    pub init: Option<Initialiser>,

    /// First values of the gate's G, written like --init
    ///
    /// [default: normal:0,1; inalu normal:0,0.1; real-npu constant:0.5, its relevance]
    #[arg(long, value_name = "DISTRIBUTION", value_parser = initialiser)]
    pub gate_init: Option<Initialiser>,

    /// Strength of the penalty [default: inalu 0.05, nau 0.01, nmu 10, real-npu 1e-5]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative)]
    pub penalty: Option<f64>,

    /// Between which shares of the iterations the penalty grows to its strength
    ///
    /// [default: 0.4..0.7; inalu 0.1..0.1, at once; real-npu tenfold at 0.2 and
    /// again at 0.4]
    #[arg(long, value_name = "START..END", value_parser = ramp)]
    pub penalty_ramp: Option<PenaltyRamp>,

    /// Steps of a training [default: 3000; the papers take 50,000 and more]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub iterations: Option<u32>,

    /// Adam's learning rate [default: 0.02; the papers take about 0.001]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    pub learning_rate: Option<f64>,

    /// How the learning rate changes over a training [default: cosine; the papers: constant]
    #[arg(long, value_enum)]
    pub decay: Option<DecayKind>,
}

/// The value of `--decay`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DecayKind {
    /// Half a cosine, down to 0
    Cosine,
    /// Not at all
    Constant,
}

impl CellOptions {
    /// Refuses an option that the cell would not look at.
    pub(super) fn check(&self, cell: Cell) -> Result<(), UsageError> {
        let options = [
            (
                self.epsilon.is_some(),
                "--epsilon",
                takes_logarithms as fn(Cell) -> bool,
            ),
            (self.init.is_some(), "--init", is_published),
            (self.gate_init.is_some(), "--gate-init", has_trained_gates),
            (self.penalty.is_some(), "--penalty", is_penalised),
            (self.penalty_ramp.is_some(), "--penalty-ramp", is_penalised),
            (self.iterations.is_some(), "--iterations", is_published),
            (self.learning_rate.is_some(), "--learning-rate", is_published),
            (self.decay.is_some(), "--decay", is_published),
        ];
        for (given, option, heeds) in options {
            if given && !heeds(cell) {
                let names = Cell::ALL.into_iter().filter(|cell| heeds(*cell)).map(Cell::name);
                return Err(UsageError::CellOption {
                    option,
                    cell: cell.name(),
                    heeded_by: names.collect(),
                });
            }
        }
        Ok(())
    }

    /// The same without the command line's types.
    pub fn tuning(&self) -> CellTuning {
        CellTuning {
            epsilon: self.epsilon,
            init: self.init,
            gate_init: self.gate_init,
            penalty: self.penalty,
            penalty_ramp: self.penalty_ramp,
            steps: self.iterations.map(|count| count as usize),
            learning_rate: self.learning_rate,
            decay: self.decay.map(|decay| match decay {
                DecayKind::Cosine => Decay::Cosine,
                DecayKind::Constant => Decay::Constant,
            }),
        }
    }
}

fn is_published(cell: Cell) -> bool {
    cell != Cell::Gated
}

fn takes_logarithms(cell: Cell) -> bool {
    matches!(
        cell,
        Cell::Nalu | Cell::NaluSeparate | Cell::NacMul | Cell::Inalu | Cell::RealNpu
    )
}

fn has_trained_gates(cell: Cell) -> bool {
    takes_logarithms(cell) && cell != Cell::NacMul
}

fn is_penalised(cell: Cell) -> bool {
    matches!(
        cell,
        Cell::Inalu | Cell::Nau | Cell::Nmu | Cell::NauNmu | Cell::RealNpu
    )
}

fn finite(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("`{text}` is not a number")),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let value = finite(text)?;
    if value > 0.0 {
        Ok(value)
    } else {
        Err("not above 0".to_owned())
    }
}

fn not_negative(text: &str) -> Result<f64, String> {
    let value = finite(text)?;
    if value >= 0.0 {
        Ok(value)
    } else {
        Err("below 0".to_owned())
    }
}

fn initialiser(text: &str) -> Result<Initialiser, String> {
    let (name, values) = text.split_once(':').unwrap_or((text, ""));
    let values: Vec<f64> = values
        .split(',')
        .filter(|_| !values.is_empty())
        .map(finite)
        .collect::<Result<_, _>>()?;
    match (name, &values[..]) {
        ("uniform", &[low, high]) if low < high => Ok(Initialiser::Uniform(low, high)),
        ("normal", &[mean, deviation]) if deviation > 0.0 => Ok(Initialiser::Normal(mean, deviation)),
        ("constant", &[value]) => Ok(Initialiser::Constant(value)),
        ("glorot", &[]) => Ok(Initialiser::Glorot),
        ("uniform", &[_, _]) => Err("LOW is not below HIGH".to_owned()),
        ("normal", &[_, _]) => Err("DEVIATION is not above 0".to_owned()),
        _ => Err("not uniform:LOW,HIGH, normal:MEAN,DEVIATION, constant:VALUE or glorot".to_owned()),
    }
}

fn ramp(text: &str) -> Result<PenaltyRamp, String> {
    let (start, end) = text.split_once("..").ok_or("such as 0.4..0.7")?;
    let (start, end) = (finite(start)?, finite(end)?);
    if 0.0 <= start && start <= end && end <= 1.0 {
        Ok(PenaltyRamp::Linear { start, end })
    } else {
        Err("not shares from 0 to 1 in ascending order".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::TrainSettings;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: CellOptions,
    }

    fn options(words: &[&str]) -> Result<CellOptions, clap::Error> {
        let words = ["nalu-discover"].into_iter().chain(words.iter().copied());
        Line::try_parse_from(words).map(|line| line.options)
    }

    #[test]
    fn what_is_not_given_stays_as_published() {
        for cell in Cell::ALL {
            let published = TrainSettings::for_cell(cell);
            assert_eq!(
                CellOptions::default().tuning().applied_to(published.clone()),
                published
            );
        }
    }

    #[test]
    fn what_is_given_reaches_the_trainer() {
        let options = options(&[
            "--epsilon=1e-4",
            "--init=uniform:-2,2",
            "--gate-init=constant:0",
            "--penalty=3",
            "--penalty-ramp=0.2..0.9",
            "--iterations=77",
            "--learning-rate=0.005",
            "--decay=constant",
        ]);
        let options = options.unwrap();
        assert!(options.check(Cell::Inalu).is_ok());
        let settings = options.tuning().applied_to(TrainSettings::for_cell(Cell::Inalu));
        assert_eq!(settings.cell.epsilon, Some(1e-4));
        assert_eq!(settings.cell.weights, Some(Initialiser::Uniform(-2.0, 2.0)));
        assert_eq!(settings.cell.squash, settings.cell.weights);
        assert_eq!(settings.cell.gates, Some(Initialiser::Constant(0.0)));
        assert_eq!(settings.cell.penalty, Some(3.0));
        let ramp = PenaltyRamp::Linear { start: 0.2, end: 0.9 };
        assert_eq!(settings.cell.penalty_ramp, ramp);
        assert_eq!((settings.steps, settings.learning_rate), (77, 0.005));
        assert_eq!(settings.decay, Decay::Constant);
    }

    #[test]
    fn each_option_is_refused_where_no_layer_looks_at_it() {
        let refused_by = |words: &[&str]| -> Vec<&str> {
            let options = options(words).unwrap();
            let refuses = |cell: &Cell| options.check(*cell).is_err();
            Cell::ALL.into_iter().filter(refuses).map(Cell::name).collect()
        };
        assert_eq!(
            refused_by(&["--epsilon=1e-4"]),
            ["gated", "nac", "nau", "nmu", "nau-nmu"]
        );
        assert_eq!(
            refused_by(&["--gate-init=constant:0"]),
            ["gated", "nac", "nac-mul", "nau", "nmu", "nau-nmu"]
        );
        for option in ["--penalty=1", "--penalty-ramp=0..1"] {
            assert_eq!(
                refused_by(&[option]),
                ["gated", "nalu", "nalu-separate", "nac", "nac-mul"]
            );
        }
        for option in [
            "--init=glorot",
            "--iterations=9",
            "--learning-rate=1",
            "--decay=cosine",
        ] {
            assert_eq!(refused_by(&[option]), ["gated"], "{option}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for word in [
            "--epsilon=0",
            "--epsilon=tiny",
            "--init=uniform",
            "--init=uniform:2,-2",
            "--init=uniform:1",
            "--init=normal:0,0",
            "--init=glorot:1",
            "--init=uniform:0,inf",
            "--penalty=-1",
            "--penalty-ramp=0.5",
            "--penalty-ramp=0.7..0.4",
            "--penalty-ramp=0..2",
            "--iterations=0",
            "--learning-rate=NaN",
            "--decay=linear",
        ] {
            assert!(options(&[word]).is_err(), "{word}");
        }
    }
}
