use super::ScoringError;
use super::information::centre;
use super::newton::Optimum;
use super::problem::{Point, Problem};
use super::slope::Slope;

/// ε-adjusted joint maximum likelihood, as the R function `sirt::btm` computes it with its defaults.
///
/// Every score s of M comparisons is drawn in to s' = ε + (M − 2ε) s/M, so that perfect records have estimates; steps of
/// (s' − E)/I per item, capped by .98 to the power of the iteration, until none exceeds 10⁻⁴. It reproduces the program,
/// not the optimum: on poorly mixed graphs the cap stops it early. Standard errors and residuals are those of the
/// chances before the last step, as there.
///
/// # Errors
/// [`ScoringError::TooLittle`] for an item whose judgements weigh 2ε or less: what is drawn in would be turned round.
pub(crate) fn estimate(problem: &Problem, names: &[String]) -> Result<Optimum, ScoringError> {
    let n = problem.items();
    let (mut games, mut wins) = (vec![0.0; n], vec![0.0; n]);
    for cell in problem.cells() {
        let (left, right) = (cell.left as usize, cell.right as usize);
        let total = cell.counts.left + cell.counts.right;
        games[left] += total;
        games[right] += total;
        wins[left] += cell.counts.left;
        wins[right] += cell.counts.right;
    }
    if let Some(item) = games.iter().position(|games| *games <= 2.0 * EPSILON) {
        let (item, found) = (names[item].clone(), games[item]);
        return Err(ScoringError::TooLittle { item, found, least: 2.0 * EPSILON, estimate: "ε-adjusted estimate" });
    }
    let adjusted: Vec<f64> =
        games.iter().zip(&wins).map(|(games, wins)| EPSILON + (games - 2.0 * EPSILON) * wins / games).collect();
    let mut scores: Vec<f64> = adjusted
        .iter()
        .zip(&games)
        .map(|(score, games)| {
            let share = (score / games + 0.1) / 1.2;
            // Weights below ε could leave a share outside (0, 1).
            let share = share.clamp(0.01, 0.99);
            (share / (1.0 - share)).ln()
        })
        .collect();
    centre(&mut scores);
    let mut point = Point { scores, extras: Vec::new() };
    let mut longest: f64 = 1.0;
    let mut iterations = 0;
    loop {
        let slope = problem.slope(&point);
        let before = point.clone();
        longest *= DECAY;
        iterations += 1;
        let steps = capped_steps(&slope, &adjusted, &wins, longest);
        for (score, step) in point.scores.iter_mut().zip(&steps) {
            *score += step;
        }
        centre(&mut point.scores);
        let changes = point.scores.iter().zip(&before.scores).map(|(new, old)| (new - old).abs());
        let change = changes.fold(0.0, f64::max);
        if change < SETTLED || iterations == MOST_ITERATIONS {
            let gradients = adjusted.iter().zip(&wins).zip(&slope.scores).map(|((s, wins), g)| (s - wins + g).abs());
            let max_gradient = Some(gradients.fold(0.0, f64::max));
            let (information, plan) = (Some(slope.information), problem.plan());
            return Ok(Optimum {
                point,
                before: Some(before),
                information,
                plan,
                iterations,
                max_gradient,
                accuracy: change,
            });
        }
    }
}

/// (s' − E)/I of each item, held within the cap.
fn capped_steps(slope: &Slope, adjusted: &[f64], wins: &[f64], longest: f64) -> Vec<f64> {
    let information = slope.information.diagonal();
    // The gradient is s − E, so s' − E is the gradient plus s' − s.
    let drawn_in = adjusted.iter().zip(wins).map(|(adjusted, wins)| adjusted - wins);
    let residuals = drawn_in.zip(&slope.scores).map(|(shift, gradient)| shift + gradient);
    residuals
        .zip(information)
        .map(|(residual, information)| (residual / information).clamp(-longest, longest))
        .collect()
}

const EPSILON: f64 = 0.3;
const DECAY: f64 = 0.98;
const SETTLED: f64 = 1e-4;
const MOST_ITERATIONS: usize = 400;
