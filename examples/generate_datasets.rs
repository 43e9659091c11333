//! Writes the known-formula files of `datasets/`, the same bytes every time:
//!
//! ```text
//! cargo run --example generate_datasets            # into datasets/
//! cargo run --example generate_datasets -- FOLDER
//! ```
//!
//! Only the four operations and `sqrt`, which every machine rounds alike, are
//! used on the way to the values.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 200;

/// One file: its columns, how they are drawn, and the law.
struct Table {
    file: &'static str,
    /// Name, smallest and largest value, decimals.
    inputs: &'static [(&'static str, f64, f64, i32)],
    target: &'static str,
    law: fn(&[f64]) -> f64,
    /// Standard deviation of the noise as a share of the target.
    noise: f64,
}

const TABLES: &[Table] = &[
    Table {
        file: "sum.csv",
        inputs: &[("net_kg", 1.0, 50.0, 2), ("tare_kg", 0.5, 20.0, 2)],
        target: "gross_kg",
        law: |x| x[0] + x[1],
        noise: 0.0,
    },
    Table {
        file: "difference.csv",
        inputs: &[("revenue_eur", 100.0, 1000.0, 2), ("costs_eur", 50.0, 900.0, 2)],
        target: "profit_eur",
        law: |x| x[0] - x[1],
        noise: 0.0,
    },
    Table {
        file: "product.csv",
        inputs: &[("width_m", 0.5, 12.0, 2), ("depth_m", 0.5, 9.0, 2)],
        target: "area_m2",
        law: |x| x[0] * x[1],
        noise: 0.0,
    },
    Table {
        file: "quotient.csv",
        inputs: &[("distance_m", 10.0, 400.0, 1), ("time_s", 2.0, 60.0, 2)],
        target: "speed_m_s",
        law: |x| x[0] / x[1],
        noise: 0.0,
    },
    Table {
        file: "square.csv",
        inputs: &[("side_m", 0.1, 8.0, 3)],
        target: "area_m2",
        law: |x| x[0] * x[0],
        noise: 0.0,
    },
    Table {
        file: "root.csv",
        inputs: &[("area_m2", 0.1, 60.0, 3)],
        target: "side_m",
        law: |x| x[0].sqrt(),
        noise: 0.0,
    },
    Table {
        file: "nested.csv",
        inputs: &[
            ("day_hours", 1.0, 9.0, 2),
            ("night_hours", 0.5, 8.0, 2),
            ("wage_eur_h", 12.0, 45.0, 2),
        ],
        target: "pay_eur",
        law: |x| (x[0] + x[1]) * x[2],
        noise: 0.0,
    },
    Table {
        file: "kinetic_energy.csv",
        inputs: &[("mass_kg", 0.5, 20.0, 2), ("speed_m_s", 0.5, 30.0, 2)],
        target: "energy_j",
        law: |x| 0.5 * x[0] * (x[1] * x[1]),
        noise: 0.0,
    },
    Table {
        file: "potential_energy.csv",
        inputs: &[("mass_kg", 0.5, 20.0, 2), ("height_m", 0.2, 40.0, 2)],
        target: "energy_j",
        law: |x| 9.81 * x[0] * x[1],
        noise: 0.0,
    },
    Table {
        file: "fahrenheit.csv",
        inputs: &[("celsius", -40.0, 120.0, 1)],
        target: "fahrenheit",
        law: |x| 1.8 * x[0] + 32.0,
        noise: 0.0,
    },
    Table {
        file: "signed.csv",
        inputs: &[
            ("inside [°C]", -10.0, 30.0, 1),
            ("outside [°C]", -30.0, 40.0, 1),
            ("conductance [W/K]", 20.0, 300.0, 1),
        ],
        target: "heat loss [W]",
        law: |x| (x[0] - x[1]) * x[2],
        noise: 0.0,
    },
    Table {
        file: "parallel_resistors.csv",
        inputs: &[("r1_ohm", 1.0, 100.0, 1), ("r2_ohm", 1.0, 100.0, 1)],
        target: "total_ohm",
        law: |x| x[0] * x[1] / (x[0] + x[1]),
        noise: 0.0,
    },
    Table {
        file: "irrelevant.csv",
        inputs: &[
            ("shift", 1.0, 3.0, 0),
            ("room_temperature_c", 18.0, 26.0, 1),
            ("voltage_v", 1.0, 48.0, 2),
            ("humidity_percent", 30.0, 70.0, 0),
            ("air_pressure_hpa", 980.0, 1040.0, 1),
            ("resistance_ohm", 2.0, 90.0, 2),
            ("operator_age", 19.0, 64.0, 0),
            ("offset_mv", -5.0, 5.0, 2),
        ],
        target: "power_w",
        law: |x| x[2] * x[2] / x[5],
        noise: 0.0,
    },
    Table {
        file: "noisy_gas.csv",
        inputs: &[
            ("amount_mol", 0.2, 5.0, 3),
            ("temperature_k", 250.0, 900.0, 1),
            ("volume_m3", 0.01, 0.2, 4),
        ],
        target: "pressure_pa",
        law: |x| 8.314462618 * x[0] * x[1] / x[2],
        noise: 0.01,
    },
    Table {
        file: "pendulum.csv",
        inputs: &[("length_m", 0.1, 5.0, 3), ("gravity_m_s2", 1.5, 25.0, 2)],
        target: "period_s",
        law: |x| 2.0 * std::f64::consts::PI * (x[0] / x[1]).sqrt(),
        noise: 0.0,
    },
    Table {
        file: "pythagoras.csv",
        inputs: &[("leg_a_m", 0.5, 20.0, 2), ("leg_b_m", 0.5, 20.0, 2)],
        target: "hypotenuse_m",
        law: |x| (x[0] * x[0] + x[1] * x[1]).sqrt(),
        noise: 0.0,
    },
];

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or(PathBuf::from("datasets"), PathBuf::from);
    generate(&folder)
}

/// Writes every table into `folder`, which is made if need be.
pub fn generate(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (seed, table) in TABLES.iter().enumerate() {
        fs::write(folder.join(table.file), csv(table, seed as u64))?;
    }
    Ok(())
}

/// Inputs are rounded to their decimals first, so that the printed row is the
/// row the law was applied to; the target is printed with all its digits.
fn csv(table: &Table, seed: u64) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut text = String::new();
    for (name, ..) in table.inputs {
        text.push_str(name);
        text.push(',');
    }
    text.push_str(table.target);
    text.push('\n');
    for _ in 0..ROWS {
        let inputs: Vec<f64> = table
            .inputs
            .iter()
            .map(|&(_, low, high, decimals)| {
                let scale = 10f64.powi(decimals);
                (rng.gen_range(low..=high) * scale).round() / scale
            })
            .collect();
        let target = (table.law)(&inputs) * (1.0 + table.noise * nearly_normal(&mut rng));
        for x in inputs {
            // A String takes every write.
            let _ = write!(text, "{x},");
        }
        let _ = writeln!(text, "{target}");
    }
    text
}

/// Mean 0 and variance 1: twelve uniform numbers less 6. Exact arithmetic
/// only, where a true normal number would need the machine's own `ln`.
fn nearly_normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.gen::<f64>()).sum::<f64>() - 6.0
}
