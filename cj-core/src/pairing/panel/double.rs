//! Second looks.

use crate::pairing::board::Board;
use crate::pairing::dice::{Dice, Purpose};
use crate::pairing::request::check_pairs;
use crate::pairing::{Pair, PairingError, Repeats, Request};

/// A share of a planned wave to be asked once more, swapped, of another judge.
///
/// The doubles tell how far judges agree and how much position counts. Their number is ⌊share · planned + ½⌋, fewer where the
/// repeat policy or |L − R| ≤ 1 stand in the way. Append them to the wave; [`assign`](crate::pairing::assign) gives no judge
/// both.
///
/// ```
/// use cj_core::config::Strategy;
/// use cj_core::pairing::{Repeats, Request, double, plan};
///
/// let mut request = Request::new(20);
/// request.repeats = Repeats::Panel;
/// let planned = plan(Strategy::Balanced, &request)?;
/// let doubles = double(&request, &planned, 0.2)?;
/// assert_eq!(doubles.len(), 2);
/// assert!(doubles.iter().all(|pair| planned.contains(&pair.swapped())));
/// # Ok::<(), cj_core::pairing::PairingError>(())
/// ```
///
/// # Errors
/// When the share is not a number from 0 to 1, or the request contradicts itself.
pub fn double(request: &Request<'_>, planned: &[Pair], share: f64) -> Result<Vec<Pair>, PairingError> {
    if !(0.0..=1.0).contains(&share) {
        return Err(PairingError::Share { what: "doubled", found: share });
    }
    request.check()?;
    check_pairs("planned", planned, request.items)?;
    if request.repeats == Repeats::Never {
        return Ok(Vec::new());
    }
    let want = (share * planned.len() as f64).round() as usize;
    let mut board = Board::new(request, planned.len() + want);
    board.record_round(planned);
    let mut order = planned.to_vec();
    Dice::new(request.seed, Purpose::Doubles, request.wave).shuffle(&mut order);
    let mut doubles = Vec::new();
    for pair in order {
        let again = board.admissible(pair.left, pair.right).filter(|&again| again == pair.swapped());
        if let Some(again) = again.filter(|_| doubles.len() < want) {
            board.record(again);
            doubles.push(again);
        }
    }
    Ok(doubles)
}
