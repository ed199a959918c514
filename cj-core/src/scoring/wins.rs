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
}

impl Default for Wins {
    fn default() -> Self {
        Self::Weighted(Vec::new())
    }
}
