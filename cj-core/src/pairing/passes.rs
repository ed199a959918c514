//! A known schedule, pass after pass.

use super::board::Board;
use super::orient::orient;
use super::{Pair, Repeats, Request};

/// The next `want` pairs of a schedule that holds every askable pair once: what is left of the first pass, then the same in
/// reverse and swapped, then (several judges) from the front again, as far as the repeat policy allows.
///
/// Sides of the first pass follow from the schedule; every later pass swaps what came before. So |L − R| ≤ 1 all along.
pub(super) fn next_in_passes(
    schedule: &[(u32, u32)],
    request: &Request<'_>,
    board: &mut Board,
    want: usize,
) -> Vec<Pair> {
    let most = match request.repeats {
        Repeats::Never => 1,
        Repeats::Swapped => 2,
        Repeats::Panel => u32::MAX,
    };
    let mut planned = Vec::new();
    while planned.len() < want {
        let askable = schedule.iter().filter(|&&(a, b)| is_askable(board, a, b));
        let Some(pass) = askable.map(|&(a, b)| board.meeting(a, b).times()).min().filter(|&pass| pass < most) else {
            break;
        };
        let mut todo = rest_of_pass(schedule, pass, board, request.seed);
        if request.quotas.are_partial() {
            // Nobody knows beforehand which pairs a quota will cut, so sides are chosen as they come.
            let before = planned.len();
            for pair in todo {
                if let Some(pair) = board.admissible(pair.left, pair.right).filter(|_| planned.len() < want) {
                    board.record(pair);
                    planned.push(pair);
                }
            }
            if planned.len() == before {
                break;
            }
        } else {
            todo.truncate(want - planned.len());
            board.record_round(&todo);
            planned.extend(todo);
        }
    }
    planned
}

fn is_askable(board: &Board, a: u32, b: u32) -> bool {
    !board.meeting(a, b).refused && board.has_room(a, b)
}

fn rest_of_pass(schedule: &[(u32, u32)], pass: u32, board: &Board, seed: u64) -> Vec<Pair> {
    let due = |&(a, b): &(u32, u32)| is_askable(board, a, b) && board.meeting(a, b).times() == pass;
    let swap = |(a, b): (u32, u32)| {
        let (low, high) = (a.min(b), a.max(b));
        if board.meeting(a, b).last_forward { Pair::new(high, low) } else { Pair::new(low, high) }
    };
    let todo = schedule.iter().copied();
    if pass == 0 {
        let todo: Vec<_> = todo.filter(due).collect();
        let lean: Vec<i32> = (0..board.items() as u32).map(|item| board.lean(item)).collect();
        orient(&todo, &lean, seed)
    } else if pass % 2 == 1 {
        todo.rev().filter(due).map(swap).collect()
    } else {
        todo.filter(due).map(swap).collect()
    }
}
