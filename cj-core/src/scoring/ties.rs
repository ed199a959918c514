use super::law::Law;

/// What is made of judgements without a winner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub enum TiePolicy {
    /// They are left out.
    #[default]
    Drop,
    /// Davidson (1970): `P(tie) ∝ ν √(π_left π_right)`. With an order effect γ the convention says how it enters.
    Davidson(DavidsonOrder),
    /// Rao & Kupper (1967): `P(left) = π_left / (π_left + η π_right)`, η > 1.
    RaoKupper,
}

/// How an order effect γ, which multiplies the strength of the left item, enters the tie probability of Davidson's model.
///
/// The two printed conventions give the same chances with different parameters: log ν differs by γ/2.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DavidsonOrder {
    /// c = 0, Davidson & Beaver (1977): weights `π_l e^γ`, `π_r`, `ν √(π_l π_r)`.
    #[default]
    Unmoved,
    /// c = ½: weights `π_l e^γ`, `π_r`, `ν √(π_l e^γ π_r)`; the tie lies half-way between the two wins.
    Halfway,
}

impl TiePolicy {
    /// The law of the outcomes, and what the order effect adds to its tie predictor.
    pub(crate) fn law(self) -> (Law, f64) {
        match self {
            Self::Drop => (Law::BradleyTerry, 0.0),
            Self::Davidson(DavidsonOrder::Unmoved) => (Law::Davidson, -0.5),
            Self::Davidson(DavidsonOrder::Halfway) => (Law::Davidson, 0.0),
            Self::RaoKupper => (Law::RaoKupper, 0.0),
        }
    }
}
