//! Exchanges between judges.

use std::collections::{BTreeSet, VecDeque};

use super::assign::Panel;
use super::roster::Roster;
use super::task::Task;
use crate::pairing::Pair;

/// Takes from each judge what it saw before: by exchange with another judge, else to one with capacity left, else to nobody.
pub(super) fn part_the_acquainted(
    pairs: &[Pair],
    judges: &mut [Option<u32>],
    roster: &mut Roster,
    capacity: &mut [usize],
) {
    for at in 0..pairs.len() {
        let Some(judge) = judges[at].filter(|&judge| roster.times(Task::new(judge, pairs[at])) > 1) else { continue };
        let exchange = (0..pairs.len()).find(|&other| {
            judges[other].is_some_and(|stranger| {
                stranger != judge
                    && roster.times(Task::new(stranger, pairs[at])) == 0
                    && roster.times(Task::new(judge, pairs[other])) == 0
            })
        });
        if let Some(other) = exchange {
            swap(pairs, judges, roster, at, other);
            continue;
        }
        roster.remove(Task::new(judge, pairs[at]));
        capacity[judge as usize] += 1;
        let able = (0..capacity.len() as u32)
            .filter(|&able| capacity[able as usize] > 0 && roster.times(Task::new(able, pairs[at])) == 0);
        judges[at] = able.max_by_key(|&able| capacity[able as usize]);
        if let Some(judge) = judges[at] {
            roster.add(Task::new(judge, pairs[at]));
            capacity[judge as usize] -= 1;
        }
    }
}

/// Moves pairs from judges with more to judges with less, through others where need be, where a pair could not stay with the
/// judge it was meant for.
pub(super) fn level_loads(pairs: &[Pair], judges: &mut [Option<u32>], roster: &mut Roster, panel: &Panel<'_>) {
    let mut load = vec![0_usize; panel.capacity.len()];
    let mut given = load.clone();
    for judge in panel.seen.iter().map(|task| task.judge).chain(judges.iter().copied().flatten()) {
        load[judge as usize] += 1;
    }
    for judge in judges.iter().flatten() {
        given[*judge as usize] += 1;
    }
    let mut order: Vec<u32> = (0..load.len() as u32).collect();
    loop {
        order.sort_by_key(|&judge| (usize::MAX - load[judge as usize], judge));
        let takes = |from: u32, to: u32| {
            given[to as usize] < panel.capacity[to as usize] && load[to as usize] + 1 < load[from as usize]
        };
        let mut paths =
            order.iter().filter_map(|&from| path(pairs, judges, roster, from, load.len(), |to| takes(from, to)));
        let Some(path) = paths.next() else { break };
        for (at, to) in path {
            if let Some(holder) = judges[at].replace(to) {
                roster.remove(Task::new(holder, pairs[at]));
                load[holder as usize] -= 1;
                given[holder as usize] -= 1;
            }
            roster.add(Task::new(to, pairs[at]));
            load[to as usize] += 1;
            given[to as usize] += 1;
        }
    }
}

/// The shortest way to hand one pair on from judge to judge until somebody `takes` one: (position, next judge) in order.
fn path(
    pairs: &[Pair],
    judges: &[Option<u32>],
    roster: &Roster,
    from: u32,
    panel: usize,
    takes: impl Fn(u32) -> bool,
) -> Option<Vec<(usize, u32)>> {
    let mut reached: Vec<Option<(usize, u32)>> = vec![None; panel];
    let mut queue = VecDeque::from([from]);
    while let Some(holder) = queue.pop_front() {
        for at in (0..pairs.len()).filter(|&at| judges[at] == Some(holder)) {
            for to in 0..panel as u32 {
                let fresh = to != from && reached[to as usize].is_none();
                if !fresh || roster.times(Task::new(to, pairs[at])) > 0 {
                    continue;
                }
                reached[to as usize] = Some((at, holder));
                if takes(to) {
                    let mut path = Vec::new();
                    let mut end = to;
                    while let Some((at, holder)) = reached[end as usize] {
                        path.push((at, end));
                        end = holder;
                    }
                    path.reverse();
                    let apart = path.iter().map(|&(at, _)| pairs[at].unordered()).collect::<BTreeSet<_>>();
                    return (apart.len() == path.len()).then_some(path);
                }
                queue.push_back(to);
            }
        }
    }
    None
}

/// Exchanges pairs between judges while that brings L − R of some judge and item nearer to 1.
pub(super) fn level_sides(pairs: &[Pair], judges: &mut [Option<u32>], roster: &mut Roster) {
    for _ in 0..SWEEPS {
        let mut improved = false;
        for at in 0..pairs.len() {
            let Some(judge) = judges[at].filter(|&judge| roster.excess(judge, pairs[at]) > 0) else { continue };
            for other in 0..pairs.len() {
                let Some(stranger) = judges[other].filter(|&stranger| stranger != judge) else { continue };
                if roster.times(Task::new(stranger, pairs[at])) > 0 || roster.times(Task::new(judge, pairs[other])) > 0
                {
                    continue;
                }
                let excess = |roster: &Roster| -> u32 {
                    [judge, stranger]
                        .iter()
                        .map(|&of| roster.excess(of, pairs[at]) + roster.excess(of, pairs[other]))
                        .sum()
                };
                let before = excess(roster);
                swap(pairs, judges, roster, at, other);
                if excess(roster) < before {
                    improved = true;
                    break;
                }
                swap(pairs, judges, roster, at, other);
            }
        }
        if !improved {
            break;
        }
    }
}

fn swap(pairs: &[Pair], judges: &mut [Option<u32>], roster: &mut Roster, at: usize, other: usize) {
    let change = |roster: &mut Roster, judges: &[Option<u32>], add: bool| {
        for position in [at, other] {
            if let Some(judge) = judges[position] {
                let task = Task::new(judge, pairs[position]);
                if add { roster.add(task) } else { roster.remove(task) }
            }
        }
    };
    change(roster, judges, false);
    judges.swap(at, other);
    change(roster, judges, true);
}

/// Every exchange helps, so few sweeps leave anything to do.
const SWEEPS: usize = 8;
