//! Set 5: laws on raw units over many decades, 6 to 100 rows, 1 to 5 % noise.

use crate::case::{Case, Input, Noise, Spread};
use crate::set::Set;

/// The ten laws. Inputs are log-uniform and the noise is a share of each value, but for the quantum
/// numbers (whole) and the logarithm of the period (uniform; noise as a share of the root mean square,
/// for a magnitude is a logarithm itself).
pub fn first_principles() -> Vec<Case> {
    let log = |name: &str, low: f64, high: f64| Input::new(name, low, high).spread(Spread::Log);
    let law = |name: &str, target: &str, law: &str, rows: usize, noise: f64, inputs: Vec<Input>| {
        let case = Case::new(
            Set::FirstPrinciples,
            "first principles",
            name,
            target,
            law,
            inputs,
        );
        Case {
            rows,
            positive: true,
            noise: Noise::OfValue(noise),
            ..case
        }
    };
    let whole = |name: &str, low: f64, high: f64| Input::new(name, low, high).spread(Spread::Whole);
    vec![
        law(
            "kepler",
            "period_s",
            "5.4541e-10 * semi_major_axis_m^1.5",
            6,
            0.01,
            vec![log("semi_major_axis_m", 5e10, 5e12)],
        ),
        law(
            "newton",
            "force",
            "6.674e-11 * m1 * m2 / r^2",
            100,
            0.03,
            vec![log("m1", 1e22, 1e30), log("m2", 1e20, 1e28), log("r", 1e7, 1e12)],
        ),
        law(
            "ideal gas",
            "pressure",
            "8.314 * n * temperature / volume",
            60,
            0.02,
            vec![
                log("n", 0.1, 100.0),
                log("temperature", 100.0, 1000.0),
                log("volume", 1e-3, 10.0),
            ],
        ),
        law(
            "hubble",
            "velocity",
            "70 * distance",
            24,
            0.05,
            vec![log("distance", 0.1, 1000.0)],
        ),
        law(
            "tully-fisher",
            "luminosity",
            "6415 * delta_v^2.5",
            40,
            0.05,
            vec![log("delta_v", 30.0, 800.0)],
        ),
        law(
            "rydberg",
            "inverse_wavelength",
            "10973731.6 * (1 / n1^2 - 1 / n2^2)",
            30,
            0.01,
            vec![
                whole("n1", 1.0, 4.0).outside(4.0, 7.0),
                whole("n2", 2.0, 12.0).outside(12.0, 22.0),
            ],
        ),
        Case {
            positive: false,
            noise: Noise::OfRms(0.02),
            ..law(
                "leavitt",
                "magnitude",
                "-2.43 * log_period - 1.62",
                25,
                0.0,
                vec![Input::new("log_period", 0.3, 2.0)],
            )
        },
        law(
            "stefan-boltzmann",
            "power",
            "5.670374e-8 * area * temperature^4",
            50,
            0.03,
            vec![log("area", 1e-4, 100.0), log("temperature", 100.0, 6000.0)],
        ),
        law(
            "poiseuille",
            "flow",
            "0.392699 * pressure_drop * radius^4 / (viscosity * length)",
            80,
            0.03,
            vec![
                log("pressure_drop", 10.0, 1e6),
                log("radius", 1e-5, 0.1),
                log("viscosity", 1e-4, 10.0),
                log("length", 0.01, 100.0),
            ],
        ),
        law(
            "stokes",
            "drag",
            "18.849556 * viscosity * radius * velocity",
            30,
            0.02,
            vec![
                log("viscosity", 1e-5, 10.0),
                log("radius", 1e-7, 0.01),
                log("velocity", 1e-6, 10.0),
            ],
        ),
    ]
}
