use std::borrow::Cow;

/// What the pairs of an information matrix weigh: in single precision while a maximum is looked for, where half the memory
/// to read counts more than the last digits.
#[derive(Debug, Clone)]
pub(crate) enum Weights {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl Weights {
    /// Whether they have the digits that standard errors need.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self, Self::Double(_))
    }

    pub(crate) fn double(&self) -> Cow<'_, [f64]> {
        match self {
            Self::Single(weights) => weights.iter().copied().map(f64::from).collect(),
            Self::Double(weights) => Cow::Borrowed(weights),
        }
    }

    /// The weights in double precision, to be changed.
    pub(crate) fn double_mut(&mut self) -> &mut [f64] {
        if let Self::Single(weights) = self {
            *self = Self::Double(weights.iter().copied().map(f64::from).collect());
        }
        match self {
            Self::Double(weights) => weights,
            Self::Single(_) => &mut [],
        }
    }
}
