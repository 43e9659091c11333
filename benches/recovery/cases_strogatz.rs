//! The right-hand sides of seven plane differential equations from Strogatz' "Nonlinear Dynamics and
//! Chaos", as the ODE-Strogatz repository (La Cava et al. 2016) has them.
//!
//! The boxes and the durations are ours, and so are the rows: 400, uniform in the box or along four
//! solutions of a hundred points that start anywhere in it. Both kinds are judged on uniform rows of the
//! box and of the box beyond.

use std::f64::consts::TAU;

use crate::case::{Case, Flow, Input, Source};
use crate::set::Set;

const ROWS: usize = 400;

/// A differential equation and its box.
struct System {
    name: &'static str,
    change: [&'static str; 2],
    inside: [(f64, f64); 2],
    /// Where it isn't one width beyond the box.
    outside: [Option<(f64, f64)>; 2],
    duration: f64,
}

const SYSTEMS: [System; 7] = [
    System {
        name: "bacres",
        change: ["20 - x - x*y/(1 + 0.5*x^2)", "10 - x*y/(1 + 0.5*x^2)"],
        inside: [(0.5, 15.0), (0.5, 60.0)],
        outside: [None; 2],
        duration: 10.0,
    },
    System {
        name: "barmag",
        change: ["0.5*sin(x - y) - sin(x)", "0.5*sin(y - x) - sin(y)"],
        inside: [(0.0, TAU), (0.0, TAU)],
        outside: [None; 2],
        duration: 5.0,
    },
    System {
        name: "glider",
        change: ["-0.05*x^2 - sin(y)", "x - cos(y)/x"],
        inside: [(0.5, 6.0), (-3.0, 3.0)],
        outside: [None; 2],
        duration: 10.0,
    },
    System {
        name: "lv",
        change: ["3*x - 2*x*y - x^2", "2*y - x*y - y^2"],
        inside: [(0.1, 6.0), (0.1, 4.0)],
        outside: [None; 2],
        duration: 5.0,
    },
    System {
        name: "predprey",
        change: ["x*(4 - x - y/(1 + x))", "y*(x/(1 + x) - 0.075*y)"],
        inside: [(0.1, 6.0), (0.1, 12.0)],
        outside: [None; 2],
        duration: 10.0,
    },
    System {
        name: "shearflow",
        change: ["cos(x)*cos(y)/sin(y)", "(cos(y)^2 + 0.1*sin(y)^2)*sin(x)"],
        inside: [(-3.0, 3.0), (0.2, 2.9)],
        outside: [None, Some((3.4, 6.1))],
        duration: 10.0,
    },
    System {
        name: "vdp",
        change: ["10*(y - (x^3 - x)/3)", "-x/10"],
        inside: [(-2.5, 2.5), (-1.5, 1.5)],
        outside: [None; 2],
        duration: 20.0,
    },
];

/// Both right-hand sides of each, on uniform rows and along solutions.
pub fn strogatz() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in ["uniform", "trajectories"] {
        for system in &SYSTEMS {
            cases.extend([0, 1].map(|which| case(system, which, kind)));
        }
    }
    cases
}

fn case(system: &System, which: usize, kind: &str) -> Case {
    let input = |i: usize, name: &str| {
        let (low, high) = system.inside[i];
        let plain = Input::new(name, low, high);
        match system.outside[i] {
            Some((low, high)) => plain.outside(low, high),
            None => plain,
        }
    };
    let name = format!("{}{}: {kind}", system.name, which + 1);
    let target = ["dx", "dy"][which];
    let inputs = vec![input(0, "x"), input(1, "y")];
    let case = Case::new(Set::Strogatz, kind, &name, target, system.change[which], inputs);
    let source = match kind {
        "uniform" => Source::Ranges,
        _ => Source::Trajectories(Flow {
            change: system.change.map(str::to_string),
            duration: system.duration,
        }),
    };
    Case {
        rows: ROWS,
        source,
        ..case
    }
}
