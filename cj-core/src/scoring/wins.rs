/// Wins of the left and of the right item of each cell: small whole numbers where all of them are, which is a quarter of
/// the memory that a fit has to read.
#[derive(Debug, Clone)]
pub(crate) enum Wins {
    Whole(Vec<[u16; 2]>),
    Weighted(Vec<[f64; 2]>),
}

impl Wins {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Whole(wins) => wins.len(),
            Self::Weighted(wins) => wins.len(),
        }
    }

    pub(crate) fn get(&self, cell: usize) -> [f64; 2] {
        match self {
            Self::Whole(wins) => wins[cell].map(f64::from),
            Self::Weighted(wins) => wins[cell],
        }
    }

    /// Whether single precision holds all of them, and their products with chances, with room to spare.
    pub(crate) fn are_moderate(&self) -> bool {
        let is_moderate = |wins: &f64| *wins <= 0.0 || (SMALLEST..LARGEST).contains(wins);
        match self {
            Self::Whole(_) => true,
            Self::Weighted(wins) => wins.iter().flatten().all(is_moderate),
        }
    }
}

const SMALLEST: f64 = 1e-6;
const LARGEST: f64 = 1e6;

impl Default for Wins {
    fn default() -> Self {
        Self::Weighted(Vec::new())
    }
}
