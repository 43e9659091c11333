//! The trained stack that a formula was rounded from.

use crate::formula::Expr;
use crate::nalu::TrainedStack;

/// A stack as training left it, and what it was trained on. A formula keeps
/// its origin however often its constants are refitted and its form changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The stack, before any rounding.
    pub stack: TrainedStack,
    /// What the stack's inputs are, over the table's.
    pub inputs: Vec<Expr>,
    /// What it was trained to say, over the table's inputs and, as the
    /// variable after them, the target.
    pub target: Expr,
    /// Whether rounding alone was not exact, and a weight was moved to another
    /// value of the grid.
    pub moved: bool,
}
