//! How much of a budget may go to which kind of pair.

use super::PairingError;

/// The largest share of all questions, past and planned, that each kind of pair may take; 1 each unless said otherwise.
///
/// Anchors are items whose place on the scale is known. Without anchors quotas mean nothing.
///
/// ```
/// use cj_core::pairing::Quotas;
///
/// // Students among themselves at most one question in five, anchors never.
/// let quotas = Quotas::new(0.0, 1.0, 0.2)?;
/// assert!(Quotas::new(0.0, 1.5, 0.2).is_err());
/// # Ok::<(), cj_core::pairing::PairingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quotas {
    shares: [f64; 3],
}

impl Quotas {
    /// Quotas for anchors among themselves, an anchor with a student, and students among themselves.
    ///
    /// # Errors
    /// When a share is not a number from 0 to 1.
    pub fn new(anchor_anchor: f64, anchor_student: f64, student_student: f64) -> Result<Self, PairingError> {
        let shares = [anchor_anchor, anchor_student, student_student];
        match shares.iter().position(|share| !(0.0..=1.0).contains(share)) {
            None => Ok(Self { shares }),
            Some(position) => Err(PairingError::Share { what: NAMES[position], found: shares[position] }),
        }
    }

    /// The most questions of each kind among `questions`.
    pub(super) fn most(self, questions: usize) -> [usize; 3] {
        self.shares.map(|share| (share * questions as f64).ceil() as usize)
    }

    /// Whether some kind is neither free nor shut.
    pub(super) fn are_partial(self) -> bool {
        self.shares.iter().any(|&share| share > 0.0 && share < 1.0)
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Self { shares: [1.0; 3] }
    }
}

const NAMES: [&str; 3] = ["anchor–anchor", "anchor–student", "student–student"];
