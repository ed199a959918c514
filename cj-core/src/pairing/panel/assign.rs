//! Handing out a wave.

use super::load::share;
use super::mend::{level_loads, level_sides, part_the_acquainted};
use super::roster::Roster;
use super::task::Task;
use super::trail::in_trails;
use crate::pairing::dice::{Dice, Purpose};
use crate::pairing::{Pair, PairingError};
use std::collections::BTreeMap;

/// The judges of a batch.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Panel<'a> {
    /// How many questions more each judge takes, by index.
    pub capacity: &'a [usize],
    /// What was handed out so far.
    pub seen: &'a [Task],
    /// The seed of the batch.
    pub seed: u64,
}

impl<'a> Panel<'a> {
    /// Judges who have seen nothing yet.
    pub fn new(capacity: &'a [usize]) -> Self {
        Self { capacity, ..Self::default() }
    }
}

/// The judge of each pair, by position; `None` where nobody may or can take it.
///
/// No judge gets more than its capacity, or two items together that it saw together before, in either order. Loads, what was
/// seen included, are equal but for 1 wherever capacity and that rule allow. Judges get stretches of comparisons that follow
/// each other (one's right is the next one's left), so that each judge sees an item as often on the left as on the right;
/// exchanges between judges mend what is left over, as far as they can.
///
/// ```
/// use cj_core::pairing::{Panel, assign, complete_design};
///
/// let pairs = complete_design(9, 0, 1);
/// let judges = assign(&pairs, &Panel::new(&[20, 20, 20]))?;
/// for judge in 0..3 {
///     assert_eq!(judges.iter().filter(|&&of| of == Some(judge)).count(), 12);
/// }
/// # Ok::<(), cj_core::pairing::PairingError>(())
/// ```
///
/// # Errors
/// When something seen names a judge that does not exist, or a pair sets an item against itself.
pub fn assign(pairs: &[Pair], panel: &Panel<'_>) -> Result<Vec<Option<u32>>, PairingError> {
    check(pairs, panel)?;
    let mut roster = Roster::default();
    let mut load = vec![0; panel.capacity.len()];
    for &task in panel.seen {
        roster.add(task);
        load[task.judge as usize] += 1;
    }
    let mut capacity = panel.capacity.to_vec();
    let mut dice = Dice::new(panel.seed, Purpose::Judges, panel.seen.len() as u32);
    let rank: Vec<u64> = load.iter().map(|_| dice.next()).collect();
    let mut judges = vec![None; pairs.len()];
    for layer in layers(pairs) {
        let of_layer: Vec<Pair> = layer.iter().map(|&at| pairs[at]).collect();
        let order = in_trails(&of_layer, |trails| dice.shuffle(trails));
        let taken = share(order.len(), &mut load, &mut capacity, &rank);
        let mut turns: Vec<u32> = (0..taken.len() as u32).collect();
        dice.shuffle(&mut turns);
        let blocks = turns.into_iter().flat_map(|judge| std::iter::repeat_n(judge, taken[judge as usize]));
        for (at, judge) in order.into_iter().map(|at| layer[at]).zip(blocks) {
            judges[at] = Some(judge);
            roster.add(Task::new(judge, pairs[at]));
        }
    }
    part_the_acquainted(pairs, &mut judges, &mut roster, &mut capacity);
    level_loads(pairs, &mut judges, &mut roster, panel);
    level_sides(pairs, &mut judges, &mut roster);
    Ok(judges)
}

fn check(pairs: &[Pair], panel: &Panel<'_>) -> Result<(), PairingError> {
    let judges = panel.capacity.len();
    if let Some(position) = panel.seen.iter().position(|task| task.judge as usize >= judges) {
        return Err(PairingError::UnknownJudge { position, judge: panel.seen[position].judge, judges });
    }
    match pairs.iter().position(|pair| pair.left == pair.right) {
        Some(position) => Err(PairingError::SelfPair { list: "pairs", position, item: pairs[position].left }),
        None => Ok(()),
    }
}

/// Positions of first questions about two items, of second ones, and so on: a pair and its double are handed out apart.
fn layers(pairs: &[Pair]) -> Vec<Vec<usize>> {
    let mut times = BTreeMap::new();
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        let layer: &mut usize = times.entry(pair.unordered()).or_default();
        if layers.len() == *layer {
            layers.push(Vec::new());
        }
        layers[*layer].push(at);
        *layer += 1;
    }
    layers
}
