//! The kinds of cell a stack can be built of.

/// Which equations a layer follows. `x` are the layer's inputs, `W` its
/// weights (inputs × units), ⊙ the elementwise product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// This tool's cell: `y = g⊙(xW) + (1−g)⊙s⊙exp(log|x| W)` with one free
    /// gate `g ∈ [0, 1]` a unit (not of the input), one `W` shared by both
    /// paths, kept linear and clamped to ±2, and the sign `s` carried by the
    /// mixed-sign vector. [`crate::nalu::gated`] says which of this is
    /// published and which ours.
    Gated,
    /// NALU as published (Trask et al. 2018): `W = tanh(Ŵ)⊙σ(M̂)` shared by
    /// both paths, gate `g = σ(xG)`, `m = exp(log(|x| + ε) W)`.
    /// [`crate::nalu::nalu_cell`].
    Nalu,
    /// NALU with `Ŵ`, `M̂` of its own for each path, as in the code of the
    /// seed article. [`crate::nalu::nalu_cell`].
    NaluSeparate,
    /// NAC (Trask et al. 2018): `y = xW`, `W = tanh(Ŵ)⊙σ(M̂)`.
    /// [`crate::nalu::nac`].
    Nac,
    /// Complex NAC (Trask et al. 2018): `y = exp(log(|x| + ε) W)`.
    /// [`crate::nalu::nac`].
    NacMul,
    /// iNALU (Schlör et al. 2020): separate weights, a free gate a unit, the
    /// sign recovered, the exponent capped. [`crate::nalu::inalu`].
    Inalu,
    /// NAU (Madsen & Johansen 2020): `y = xW`, W linear in [−1, 1].
    /// [`crate::nalu::nau`].
    Nau,
    /// NMU (Madsen & Johansen 2020): `y = Π_i (W_i x_i + 1 − W_i)`, W in
    /// [0, 1]. [`crate::nalu::nau`].
    Nmu,
    /// NAU and NMU in turns, the adding layer first, as in their paper.
    NauNmu,
    /// Real NPU (Heim et al. 2020) with its relevance gate. In a stack every
    /// second layer is a NAU, as in its paper. [`crate::nalu::real_npu`].
    RealNpu,
}

impl Cell {
    /// Every cell, in the order the command line lists them.
    pub const ALL: [Cell; 10] = [
        Cell::Gated,
        Cell::Nalu,
        Cell::NaluSeparate,
        Cell::Nac,
        Cell::NacMul,
        Cell::Inalu,
        Cell::Nau,
        Cell::Nmu,
        Cell::NauNmu,
        Cell::RealNpu,
    ];

    /// The cell of layer `depth` (from 0) in a stack of this cell.
    pub fn at_depth(self, depth: usize) -> Cell {
        match (self, depth % 2) {
            (Cell::NauNmu, 0) | (Cell::RealNpu, 1) => Cell::Nau,
            (Cell::NauNmu, _) => Cell::Nmu,
            (cell, _) => cell,
        }
    }

    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Cell::Gated => "gated",
            Cell::Nalu => "nalu",
            Cell::NaluSeparate => "nalu-separate",
            Cell::Nac => "nac",
            Cell::NacMul => "nac-mul",
            Cell::Inalu => "inalu",
            Cell::Nau => "nau",
            Cell::Nmu => "nmu",
            Cell::NauNmu => "nau-nmu",
            Cell::RealNpu => "real-npu",
        }
    }
}
