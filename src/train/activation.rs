//! Activations of the dense networks the cells are compared with.

/// The `f` of `y = f(xW + b)`, with the constants PyTorch takes by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `x`.
    None,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x` above 0, `0.01 x` below.
    LeakyRelu,
    /// `x` above 0, below it times a slope that is learnt, from ¼ on.
    PRelu,
    /// `x` above 0, `e^x − 1` below.
    Elu,
    /// ELU with the two constants of Klambauer et al. 2017.
    Selu,
    /// `ln(1 + e^x)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// `x` moved by ½ towards 0, 0 between.
    Softshrink,
    /// `x` where `|x| > ½`, else 0.
    Hardshrink,
    /// `x − tanh x`.
    Tanhshrink,
    /// `x` clamped to [−1, 1].
    Hardtanh,
    /// `1 / (1 + e^−x)`.
    Sigmoid,
    /// `tanh x`.
    Tanh,
}

impl Activation {
    /// All of them, unbounded ones first.
    pub const ALL: [Activation; 15] = [
        Activation::None,
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::PRelu,
        Activation::Elu,
        Activation::Selu,
        Activation::Softplus,
        Activation::Softshrink,
        Activation::Hardshrink,
        Activation::Tanhshrink,
        Activation::Softsign,
        Activation::Relu6,
        Activation::Hardtanh,
        Activation::Sigmoid,
        Activation::Tanh,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Activation::None => "linear",
            Activation::Relu => "ReLU",
            Activation::Relu6 => "ReLU6",
            Activation::LeakyRelu => "leaky ReLU",
            Activation::PRelu => "PReLU",
            Activation::Elu => "ELU",
            Activation::Selu => "SELU",
            Activation::Softplus => "softplus",
            Activation::Softsign => "softsign",
            Activation::Softshrink => "soft shrink",
            Activation::Hardshrink => "hard shrink",
            Activation::Tanhshrink => "tanh shrink",
            Activation::Hardtanh => "hard tanh",
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
        }
    }
}
