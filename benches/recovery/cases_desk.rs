//! Set 4: twenty formulas as people meet them in physics, chemistry, finance, health and engineering.

use crate::case::{Case, Input};
use crate::set::Set;

/// Kind, name, target, law, inputs with their ranges.
type Desk = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, f64, f64)],
);

const DESK: [Desk; 20] = [
    (
        "physics",
        "satellite speed",
        "speed",
        "sqrt(3.986004e14 / (6371000 + altitude))",
        &[("altitude", 2e5, 2e6)],
    ),
    (
        "physics",
        "gravity",
        "force",
        "6.674e-11 * m1 * m2 / r^2",
        &[("m1", 1e3, 1e5), ("m2", 1e3, 1e5), ("r", 1.0, 50.0)],
    ),
    (
        "physics",
        "planet mass",
        "mass",
        "5.972e24 * density_ratio * radius_ratio^3",
        &[("density_ratio", 0.1, 1.5), ("radius_ratio", 0.3, 11.0)],
    ),
    (
        "physics",
        "coulomb, signed charges",
        "force",
        "8.9875e9 * q1 * q2 / r^2",
        &[("q1", -5e-6, 5e-6), ("q2", -5e-6, 5e-6), ("r", 0.05, 2.0)],
    ),
    (
        "physics",
        "doppler",
        "heard",
        "frequency * (343 + v_listener) / (343 - v_source)",
        &[
            ("frequency", 200.0, 2000.0),
            ("v_listener", -30.0, 30.0),
            ("v_source", -30.0, 30.0),
        ],
    ),
    (
        "physics",
        "throw upwards",
        "height",
        "h0 + v0 * t - 4.905 * t^2",
        &[("h0", 0.0, 20.0), ("v0", -10.0, 30.0), ("t", 0.0, 5.0)],
    ),
    (
        "physics",
        "vector length, signed",
        "length",
        "sqrt(x^2 + y^2 + z^2)",
        &[("x", -10.0, 10.0), ("y", -10.0, 10.0), ("z", -10.0, 10.0)],
    ),
    (
        "engineering",
        "impedance",
        "z_ohm",
        "sqrt(r^2 + (x_l - x_c)^2)",
        &[("r", 10.0, 200.0), ("x_l", 0.0, 300.0), ("x_c", 0.0, 300.0)],
    ),
    (
        "engineering",
        "three resistors in parallel",
        "r_total",
        "1 / (1 / r1 + 1 / r2 + 1 / r3)",
        &[("r1", 10.0, 1000.0), ("r2", 10.0, 1000.0), ("r3", 10.0, 1000.0)],
    ),
    (
        "engineering",
        "stopping distance",
        "distance",
        "v * t_reaction + v^2 / (19.62 * mu)",
        &[("v", 5.0, 40.0), ("t_reaction", 0.5, 2.5), ("mu", 0.2, 0.9)],
    ),
    (
        "engineering",
        "beam deflection",
        "deflection",
        "force * length^3 / (48 * young * inertia)",
        &[
            ("force", 100.0, 1e4),
            ("length", 1.0, 5.0),
            ("young", 7e10, 2.1e11),
            ("inertia", 1e-7, 1e-5),
        ],
    ),
    (
        "engineering",
        "total pressure",
        "p_total",
        "p + 0.5 * rho * v^2 + 9.81 * rho * h",
        &[
            ("p", 1e3, 1e5),
            ("rho", 700.0, 1300.0),
            ("v", 0.0, 20.0),
            ("h", -5.0, 10.0),
        ],
    ),
    (
        "engineering",
        "pt100 resistance",
        "resistance [ohm]",
        "100 + 0.39083 * `temperature [C]` - 5.775e-5 * `temperature [C]`^2",
        &[("temperature [C]", 0.0, 850.0)],
    ),
    (
        "chemistry",
        "michaelis-menten",
        "rate",
        "v_max * s / (k_m + s)",
        &[("v_max", 1.0, 100.0), ("s", 0.1, 50.0), ("k_m", 0.5, 20.0)],
    ),
    (
        "chemistry",
        "mixing temperature",
        "t_mix",
        "(m1 * t1 + m2 * t2) / (m1 + m2)",
        &[
            ("m1", 0.1, 5.0),
            ("t1", 5.0, 30.0),
            ("m2", 0.1, 5.0),
            ("t2", 40.0, 95.0),
        ],
    ),
    (
        "chemistry",
        "fahrenheit",
        "fahrenheit",
        "1.8 * celsius + 32",
        &[("celsius", -40.0, 120.0)],
    ),
    (
        "finance",
        "expected return",
        "expected",
        "r_free + beta * (r_market - r_free)",
        &[
            ("r_free", 0.0, 0.05),
            ("beta", -0.5, 2.0),
            ("r_market", -0.1, 0.2),
        ],
    ),
    (
        "health",
        "basal metabolic rate",
        "kcal",
        "10 * weight + 6.25 * height - 5 * age + 5",
        &[
            ("weight", 45.0, 130.0),
            ("height", 145.0, 205.0),
            ("age", 18.0, 90.0),
        ],
    ),
    (
        "health",
        "creatinine clearance",
        "clearance",
        "(140 - age) * weight / (72 * creatinine)",
        &[
            ("age", 18.0, 90.0),
            ("weight", 45.0, 130.0),
            ("creatinine", 0.5, 3.0),
        ],
    ),
    (
        "health",
        "body surface",
        "surface",
        "sqrt(height * weight / 3600)",
        &[("height", 140.0, 205.0), ("weight", 40.0, 140.0)],
    ),
];

/// The twenty, 200 rows each.
pub fn desk() -> Vec<Case> {
    DESK.iter()
        .map(|&(kind, name, target, law, inputs)| {
            let inputs = inputs
                .iter()
                .map(|&(name, low, high)| Input::new(name, low, high))
                .collect();
            Case::new(Set::Desk, kind, name, target, law, inputs)
        })
        .collect()
}
