use super::information::{Bordered, Information, Singular, dot};
use super::linalg::{covariance, inverse_diagonal};
use super::skyline::SkylineFactor;
use super::solver::{Plan, Solver};

/// Standard errors of scores, and whether they are exact.
#[derive(Debug, Clone)]
pub(crate) struct Errors {
    pub(crate) values: Vec<f64>,
    pub(crate) is_exact: bool,
}

/// Standard errors from the whole information matrix: exact up to [`MOST_EXACT`] items and on thin graphs of any size.
pub(crate) fn standard_errors(information: &Information, plan: &Plan) -> Result<Errors, Singular> {
    let is_dense = plan.envelope().is_none() && information.items() <= MOST_EXACT;
    if is_dense && information.items() <= FEW {
        return Ok(Errors { values: covariance(information, plan)?.standard_errors(), is_exact: true });
    }
    let solver = information.solver(plan)?;
    // What is added to an approximation need not be known better than it.
    let tolerance = if plan.envelope().is_some() || is_dense { TOLERANCE } else { LOOSE };
    let bordered = information.bordered(&solver, tolerance)?;
    let (mut variances, exact) = match plan.envelope() {
        Some(envelope) => {
            let factor = SkylineFactor::new(information, plan, envelope).ok_or(Singular::Scores)?;
            let rows = factor.inverse_diagonal();
            (plan.rows.iter().map(|row| row.map_or(0.0, |row| rows[row as usize])).collect(), true)
        }
        None if is_dense => {
            let rows = inverse_diagonal(information, plan).ok_or(Singular::Scores)?;
            (plan.rows.iter().map(|row| row.map_or(0.0, |row| rows[row as usize])).collect(), true)
        }
        None => (neumann(information, plan), false),
    };
    if plan.floats {
        centre_variances(&mut variances, information, plan, &solver, (exact, tolerance))?;
    }
    for (item, variance) in variances.iter_mut().enumerate() {
        *variance += of_border(&bordered, item);
    }
    let values: Vec<f64> = variances.iter().map(|variance| variance.max(0.0).sqrt()).collect();
    Ok(Errors { values, is_exact: exact })
}

/// Largest relative error of the standard errors of a sample of items.
pub(crate) fn relative_error(errors: &[f64], information: &Information, plan: &Plan) -> Result<f64, Singular> {
    let mut largest: f64 = 0.0;
    for item in (0..errors.len()).step_by((errors.len() / SAMPLE).max(1)) {
        let truth = variance_of_item(information, plan, item)?.sqrt();
        largest = largest.max((errors[item] / truth - 1.0).abs());
    }
    Ok(largest)
}

/// Exact variance of one score, by one solution.
pub(crate) fn variance_of_item(information: &Information, plan: &Plan, item: usize) -> Result<f64, Singular> {
    let n = information.items();
    let mut contrast = vec![if plan.floats { -1.0 / n as f64 } else { 0.0 }; n];
    contrast[item] += 1.0;
    variance_of(information, plan, &contrast)
}

/// Exact variance of the difference of two scores, by one solution.
pub(crate) fn variance_of_difference(
    information: &Information,
    plan: &Plan,
    i: usize,
    j: usize,
) -> Result<f64, Singular> {
    let mut contrast = vec![0.0; information.items()];
    contrast[i] += 1.0;
    contrast[j] -= 1.0;
    variance_of(information, plan, &contrast)
}

fn variance_of(information: &Information, plan: &Plan, contrast: &[f64]) -> Result<f64, Singular> {
    let free: Vec<f64> =
        contrast.iter().zip(&plan.fixed).map(|(value, fixed)| if *fixed { 0.0 } else { *value }).collect();
    let extras = vec![0.0; information.border.len()];
    let solution = information.solve(plan, &free, &extras, TOLERANCE)?;
    Ok(dot(&free, &solution.scores).max(0.0))
}

fn of_border(bordered: &Bordered, item: usize) -> f64 {
    let solved = &bordered.solved;
    (0..solved.len())
        .flat_map(|a| (0..solved.len()).map(move |b| (a, b)))
        .map(|(a, b)| bordered.extras[a][b] * solved[a][item] * solved[b][item])
        .sum()
}

/// Diagonal of the inverse to second order in the off-diagonal part.
///
/// With L = D − A and N = D^{-½} A D^{-½}, the diagonal of I + N + N² without the direction u ∝ D^{½}1, in which N is
/// close to 1; that direction is added back with its own eigenvalue where a prior keeps it from being singular.
fn neumann(information: &Information, plan: &Plan) -> Vec<f64> {
    let diagonal = information.diagonal();
    let free = |item: usize| !plan.fixed[item] && diagonal[item] > 0.0;
    let mut squares = vec![0.0; diagonal.len()];
    for ((a, b), weight) in information.edges.iter().zip(information.weights.double().iter()) {
        let (a, b) = (a as usize, b as usize);
        if free(a) && free(b) {
            let square = weight * weight / (diagonal[a] * diagonal[b]);
            squares[a] += square;
            squares[b] += square;
        }
    }
    let total: f64 = (0..diagonal.len()).filter(|item| free(*item)).map(|item| diagonal[item]).sum();
    let excess: f64 = information.excess.iter().sum::<f64>() + to_fixed(information, plan);
    let eigenvalue = 1.0 - excess / total;
    let along = if plan.floats { 0.0 } else { 1.0 / (1.0 - eigenvalue) };
    let taken = along - 1.0 - eigenvalue - eigenvalue * eigenvalue;
    let value = |(item, own): (usize, &f64)| {
        if free(item) { (1.0 + squares[item] + taken * own / total) / own } else { 0.0 }
    };
    diagonal.iter().enumerate().map(value).collect()
}

/// Weight of the pairs that tie a free item to a fixed one.
fn to_fixed(information: &Information, plan: &Plan) -> f64 {
    let crosses = |(a, b): &(u32, u32)| plan.fixed[*a as usize] != plan.fixed[*b as usize];
    let weights = information.weights.double();
    let weighted = information.edges.iter().zip(weights.iter());
    weighted.filter(|(edge, _)| crosses(edge)).map(|(_, weight)| weight).sum()
}

/// Variances of some generalised inverse G turned into those of P·G·P: `G_ii − 2 (G1)_i / n + 1'G1 / n²`.
fn centre_variances(
    variances: &mut [f64],
    information: &Information,
    plan: &Plan,
    solver: &Solver<'_>,
    (exact, tolerance): (bool, f64),
) -> Result<(), Singular> {
    let n = variances.len() as f64;
    let diagonal = information.diagonal();
    let total: f64 = diagonal.iter().sum();
    // What the inverse leaves out: the item that stands for zero, or the direction D1.
    let grounded = plan.rows.iter().position(Option::is_none).filter(|_| exact);
    let right: Vec<f64> = match grounded {
        Some(item) => (0..diagonal.len()).map(|other| if other == item { 1.0 - n } else { 1.0 }).collect(),
        None => diagonal.iter().map(|own| 1.0 - own * n / total).collect(),
    };
    let mut image = solver.solve(&right, tolerance)?;
    // The solution is centred; shift it to the one that belongs to G.
    let shift = match grounded {
        Some(item) => image[item],
        None => dot(&image, &diagonal) / total,
    };
    for value in &mut image {
        *value -= shift;
    }
    let all = image.iter().sum::<f64>() / (n * n);
    for (variance, image) in variances.iter_mut().zip(&image) {
        *variance += all - 2.0 * image / n;
    }
    Ok(())
}

/// Items up to which the errors are taken from the inverse itself.
pub(crate) const MOST_EXACT: usize = 3_000;
/// Items up to which the whole covariance costs next to nothing.
const FEW: usize = 64;
const TOLERANCE: f64 = 1e-11;
const LOOSE: f64 = 1e-6;
const SAMPLE: usize = 16;
