//! Equal loads.

use std::collections::BTreeSet;

/// How many of `tasks` each judge takes: one after another goes to the judge with the smallest load so far that has capacity
/// left, so that loads end up equal but for 1 wherever capacity allows. `rank` breaks ties. Both slices are brought up to date.
pub(super) fn share(tasks: usize, load: &mut [usize], capacity: &mut [usize], rank: &[u64]) -> Vec<usize> {
    let mut taken = vec![0; load.len()];
    let key = |load: &[usize], judge: usize| (load[judge], rank[judge], judge);
    let mut queue: BTreeSet<_> = (0..load.len()).filter(|&judge| capacity[judge] > 0).map(|j| key(load, j)).collect();
    for _ in 0..tasks {
        let Some((.., judge)) = queue.pop_first() else { break };
        taken[judge] += 1;
        load[judge] += 1;
        capacity[judge] -= 1;
        if capacity[judge] > 0 {
            queue.insert(key(load, judge));
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_levelled_as_far_as_capacity_goes() {
        let (mut load, mut capacity) = (vec![5, 0, 1], vec![9, 9, 2]);
        assert_eq!(share(8, &mut load, &mut capacity, &[0, 1, 2]), [1, 5, 2]);
        assert_eq!((load, capacity), (vec![6, 5, 3], vec![8, 4, 0]));
        assert_eq!(share(5, &mut [0], &mut [3], &[0]), [3]);
        assert_eq!(share(5, &mut [], &mut [], &[]), Vec::<usize>::new());
    }
}
