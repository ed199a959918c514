//! Room for names that would lie on top of each other.

/// Moves heights apart until neighbours are `gap` from each other, in the order given from top to bottom, and keeps
/// them between the ends where there is room for all.
pub(super) fn spread(heights: &[f64], gap: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]).then(a.cmp(b)));
    let mut placed = heights.to_vec();
    let mut free = top;
    for k in &order {
        placed[*k] = placed[*k].max(free);
        free = placed[*k] + gap;
    }
    let mut free = bottom;
    for k in order.iter().rev() {
        placed[*k] = placed[*k].min(free);
        free = placed[*k] - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn names_at_the_end_of_lines_do_not_overlap() {
        let placed = spread(&[50.0, 50.0, 51.0, 99.0, 100.0], 10.0, (0.0, 100.0));
        let mut sorted = placed.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 10.0 - 1e-9), "{placed:?}");
        assert!(sorted.iter().all(|y| (0.0..=100.0).contains(y)), "{placed:?}");
    }
}
