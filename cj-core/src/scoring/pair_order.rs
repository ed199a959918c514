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
    let mut halfway = values.to_vec();
    scatter(items, values, &mut halfway, |value| pair(value).1);
    scatter(items, &halfway, values, |value| pair(value).0);
}

/// Copies values in ascending order of a key below `keys`, equal keys in their order (counting sort).
fn scatter<T: Copy>(keys: usize, from: &[T], to: &mut [T], key: impl Fn(&T) -> u32) {
    let mut next = vec![0_u32; keys + 1];
    for value in from {
        next[key(value) as usize + 1] += 1;
    }
    for at in 0..keys {
        next[at + 1] += next[at];
    }
    for value in from {
        let place = &mut next[key(value) as usize];
        to[*place as usize] = *value;
        *place += 1;
    }
}

/// Below this many values comparing them is as fast as counting.
const FEW: usize = 256;
