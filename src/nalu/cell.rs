//! The kinds of cell a stack can be built of.

/// Which equations a layer follows. `x` are the layer's inputs, `W` its
/// weights (inputs × units), ⊙ the elementwise product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// This tool's cell: `y = g⊙(xW) + (1−g)⊙s⊙exp(log|x| W)` with one free
    /// gate `g ∈ [0, 1]` a unit (not of the input), one `W` shared by both
    /// paths, kept linear and clamped to ±2, and the sign `s` carried by the
    /// mixed-sign vector. See [`crate::nalu::gated`].
    Gated,
    /// NALU as published (Trask et al. 2018): `W = tanh(Ŵ)⊙σ(M̂)` shared by
    /// both paths, gate `g = σ(xG)`, `m = exp(log(|x| + ε) W)`.
    Nalu,
    /// NALU with `Ŵ`, `M̂` of its own for each path.
    NaluSeparate,
    /// NAC (Trask et al. 2018): `y = xW`, `W = tanh(Ŵ)⊙σ(M̂)`.
    Nac,
    /// Complex NAC (Trask et al. 2018): `y = exp(log(|x| + ε) W)`.
    NacMul,
}

impl Cell {
    /// Every cell, in the order the command line lists them.
    pub const ALL: [Cell; 5] = [
        Cell::Gated,
        Cell::Nalu,
        Cell::NaluSeparate,
        Cell::Nac,
        Cell::NacMul,
    ];

    /// The cell of layer `depth` (from 0) in a stack of this cell.
    pub fn at_depth(self, _depth: usize) -> Cell {
        self
    }

    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Cell::Gated => "gated",
            Cell::Nalu => "nalu",
            Cell::NaluSeparate => "nalu-separate",
            Cell::Nac => "nac",
            Cell::NacMul => "nac-mul",
        }
    }
}
