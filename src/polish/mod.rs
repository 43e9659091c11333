//! Constants: least squares in f64 with exact derivatives, then recognition of
//! round values and as many digits as the data supports.

mod constants;
mod linear_fit;
mod recognise;
mod snap;

pub use constants::{determined, fit_constants, standard_errors, Determined, Fit};
pub use linear_fit::{least_squares, NullVector, Reduced, SubsetFit};
pub use recognise::{recognised_as, round_values, RoundValue};
pub use snap::{snap, to_step, without_dust, Snapped};
