/// Sorts values by a pair of item numbers below `items`: first by the first of the two, then by the second; equal pairs
/// stay in their order. Takes time in proportion to the number of values and items.
pub(crate) fn sort_by_pair<T: Copy>(items: usize, values: &mut [T], pair: impl Fn(&T) -> (u32, u32)) {
    if values.is_sorted_by_key(&pair) {
        return;
    }
    if values.len() < FEW {
        values.sort_by_key(pair);
        return;
    }
    let by_second = order_by(items, values.iter().map(|value| pair(value).1));
    let halfway: Vec<T> = by_second.iter().map(|at| values[*at as usize]).collect();
    let by_first = order_by(items, halfway.iter().map(|value| pair(value).0));
    for (value, at) in values.iter_mut().zip(by_first) {
        *value = halfway[at as usize];
    }
}

/// Positions of the keys in ascending order of the keys, equal keys in their order (counting sort).
pub(crate) fn order_by(items: usize, keys: impl Iterator<Item = u32> + Clone) -> Vec<u32> {
    let mut next = vec![0_u32; items + 1];
    let mut count = 0;
    for key in keys.clone() {
        next[key as usize + 1] += 1;
        count += 1;
    }
    for key in 0..items {
        next[key + 1] += next[key];
    }
    let mut order = vec![0; count];
    for (at, key) in keys.enumerate() {
        let place = &mut next[key as usize];
        order[*place as usize] = at as u32;
        *place += 1;
    }
    order
}

/// Below this many values comparing them is as fast as counting.
const FEW: usize = 256;
