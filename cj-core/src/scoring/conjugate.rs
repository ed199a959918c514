use super::information::{Information, centre, dot};
use super::solver::Plan;

/// Solves with the diagonal as preconditioner (Hestenes & Stiefel 1952); none where it does not settle.
///
/// Fixed items stay at zero. On a floating problem the right side is taken without its mean, and the solution is one of
/// many that differ by a constant.
pub(crate) fn conjugate_gradients(
    information: &Information,
    plan: &Plan,
    diagonal: &[f64],
    right: &[f64],
    tolerance: f64,
) -> Option<Vec<f64>> {
    let n = right.len();
    let scale: Vec<f64> = diagonal
        .iter()
        .zip(&plan.fixed)
        .map(|(own, fixed)| if *fixed || *own <= 0.0 { 0.0 } else { 1.0 / own })
        .collect();
    let mut rest = right.to_vec();
    if plan.floats {
        centre(&mut rest);
    }
    clear_fixed(&mut rest, plan);
    let mut solution = vec![0.0; n];
    let mut scaled: Vec<f64> = rest.iter().zip(&scale).map(|(rest, scale)| rest * scale).collect();
    let mut direction = scaled.clone();
    let mut image = vec![0.0; n];
    let mut length = dot(&rest, &scaled);
    let enough = tolerance * tolerance * length;
    let most = 1_000 + 4 * n.min(10_000);
    for _ in 0..most {
        if length <= enough {
            return Some(solution);
        }
        product(information, plan, diagonal, &direction, &mut image);
        clear_fixed(&mut image, plan);
        let curvature = dot(&direction, &image);
        // Also refuses NaN.
        if !(curvature > 0.0 && curvature.is_finite()) {
            return None;
        }
        let step = length / curvature;
        for ((value, rest), (direction, image)) in solution.iter_mut().zip(&mut rest).zip(direction.iter().zip(&image))
        {
            *value += step * direction;
            *rest -= step * image;
        }
        for ((scaled, rest), scale) in scaled.iter_mut().zip(&rest).zip(&scale) {
            *scaled = rest * scale;
        }
        let next = dot(&rest, &scaled);
        let keep = next / length;
        for (direction, scaled) in direction.iter_mut().zip(&scaled) {
            *direction = scaled + keep * *direction;
        }
        length = next;
    }
    None
}

/// The scores' information times a vector: one pass over the pairs.
fn product(information: &Information, plan: &Plan, diagonal: &[f64], vector: &[f64], image: &mut [f64]) {
    for ((image, own), value) in image.iter_mut().zip(diagonal).zip(vector) {
        *image = own * value;
    }
    for (item, ends) in plan.starts.windows(2).enumerate() {
        let own = vector[item];
        let mut sum = 0.0;
        let edges = plan.others[ends[0]..ends[1]].iter().zip(&information.weights[ends[0]..ends[1]]);
        for (other, weight) in edges {
            let other = *other as usize;
            sum += weight * vector[other];
            image[other] -= weight * own;
        }
        image[item] -= sum;
    }
}

fn clear_fixed(values: &mut [f64], plan: &Plan) {
    for (value, fixed) in values.iter_mut().zip(&plan.fixed) {
        if *fixed {
            *value = 0.0;
        }
    }
}
