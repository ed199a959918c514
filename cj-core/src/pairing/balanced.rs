//! A random regular graph: equal counts, no repeats, connected.

use super::board::Board;
use super::components::Components;
use super::design::complete_schedule;
use super::dice::Dice;
use super::passes::next_in_passes;
use super::plan::Rule;
use super::{Pair, Request};

/// Equal numbers of comparisons (± 1 after every comparison), no repeats before every pair was asked.
///
/// Up to [`MOST_SCHEDULED`] items it follows the complete design; more items get random matchings round by round, the second
/// of which closes the first into one cycle.
#[derive(Debug)]
pub(super) struct Balanced;

impl Rule for Balanced {
    fn next(&self, request: &Request<'_>, board: &mut Board, dice: &mut Dice) -> Vec<Pair> {
        balanced(request, board, dice, request.slots())
    }
}

/// The next `want` pairs of a balanced design, recorded on the board.
pub(super) fn balanced(request: &Request<'_>, board: &mut Board, dice: &mut Dice, want: usize) -> Vec<Pair> {
    if request.items <= MOST_SCHEDULED {
        let schedule = complete_schedule(request.items, request.seed);
        return next_in_passes(&schedule, request, board, want);
    }
    let mut components = Components::new(request.items);
    request.asked.iter().for_each(|pair| components.join(pair.left, pair.right));
    let mut planned: Vec<Pair> = Vec::new();
    while planned.len() < want {
        let mut step = match_the_hungry(board, &mut components, dice);
        if step.is_empty() {
            step.extend(feed_one(board, dice));
        }
        if step.is_empty() {
            break;
        }
        step.retain(|&pair| board.reserve(pair));
        step.truncate(want - planned.len());
        for pair in &step {
            components.join(pair.left, pair.right);
        }
        board.record_round(&step);
        planned.extend(step);
    }
    planned
}

/// A random matching of the items with the fewest comparisons, as large as sides allow.
fn match_the_hungry(board: &Board, components: &mut Components, dice: &mut Dice) -> Vec<Pair> {
    let items = 0..board.items() as u32;
    let fewest = items.clone().map(|item| board.games(item)).min().unwrap_or(0);
    let mut hungry: Vec<u32> = items.filter(|&item| board.games(item) == fewest).collect();
    dice.shuffle(&mut hungry);
    let mut lefts: Vec<u32> = hungry.iter().copied().filter(|&item| board.lean(item) < 0).collect();
    let mut rights: Vec<u32> = hungry.iter().copied().filter(|&item| board.lean(item) > 0).collect();
    for item in hungry.into_iter().filter(|&item| board.lean(item) == 0) {
        if lefts.len() <= rights.len() { lefts.push(item) } else { rights.push(item) }
    }
    dice.shuffle(&mut lefts);
    dice.shuffle(&mut rights);
    lefts.truncate(rights.len());
    // A partner from another component first: n − 1 comparisons then connect everything.
    let mut merged = components.clone();
    for (at, &left) in lefts.iter().enumerate() {
        let tried = at..rights.len().min(at + CANDIDATES);
        let new = |&candidate: &usize| board.is_new(left, rights[candidate]);
        let apart = tried.clone().filter(new).find(|&candidate| merged.of(left) != merged.of(rights[candidate]));
        let chosen = apart.or_else(|| tried.clone().find(new)).unwrap_or(at);
        rights.swap(at, chosen);
        merged.join(left, rights[at]);
    }
    rights.truncate(lefts.len());
    exchange_partners(board, &lefts, &mut rights);
    let pairs = lefts.iter().zip(&rights).map(|(&left, &right)| Pair::new(left, right));
    pairs.filter(|pair| board.is_new(pair.left, pair.right)).collect()
}

/// Rids a matching of pairs that met before, by exchanging right-hand sides.
fn exchange_partners(board: &Board, lefts: &[u32], rights: &mut [u32]) {
    for at in 0..lefts.len() {
        if board.is_new(lefts[at], rights[at]) {
            continue;
        }
        let other = (0..lefts.len())
            .find(|&other| board.is_new(lefts[at], rights[other]) && board.is_new(lefts[other], rights[at]));
        if let Some(other) = other {
            rights.swap(at, other);
        }
    }
}

/// One pair for an item that found no partner among the hungry: with whoever has the fewest comparisons and may meet it.
fn feed_one(board: &Board, dice: &mut Dice) -> Option<Pair> {
    let mut items: Vec<u32> = (0..board.items() as u32).collect();
    dice.shuffle(&mut items);
    items.sort_by_key(|&item| board.games(item));
    let candidates = |first: bool| {
        let items = &items;
        let pairs = items.iter().enumerate().flat_map(move |(at, &a)| items[at + 1..].iter().map(move |&b| (a, b)));
        pairs.filter(move |&(a, b)| !first || board.is_new(a, b))
    };
    let admissible = |(a, b)| board.admissible(a, b);
    candidates(true).find_map(admissible).or_else(|| candidates(false).find_map(admissible))
}

/// Small enough that listing all pairs costs nothing, large enough that no budget reaches the end of the random matchings.
const MOST_SCHEDULED: usize = 128;
const CANDIDATES: usize = 16;
