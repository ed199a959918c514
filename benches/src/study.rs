use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, PairingError, Repeats, Request, plan};
use cj_core::scoring::{Judgements, Model, Outcome, Prior, ScoringError, Tally};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A simulated study: true scores from N(0, sd²), pairs planned round by round from the answers so far, Bradley–Terry
/// judges.
#[derive(Debug, Clone)]
pub struct Study {
    truth: Vec<f64>,
    names: Vec<String>,
    strategy: Strategy,
    seed: u64,
    wave: u32,
    asked: Vec<Pair>,
    answers: Vec<(u32, u32, Outcome)>,
    rng: ChaCha8Rng,
}

/// What a simulation cannot do.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a study plans and scores, no more")]
pub enum StudyError {
    /// A strategy refuses the request.
    Pairing(PairingError),
    /// A fit that the next wave needs does not exist.
    Scoring(ScoringError),
}

impl Study {
    /// A study without judgements. With sd 0 the judges flip coins.
    pub fn new(strategy: Strategy, items: usize, sd: f64, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let truth = (0..items).map(|_| sd * normal(&mut rng)).collect();
        let names = (0..items).map(|item| format!("E{item:05}")).collect();
        Self { truth, names, strategy, seed, wave: 0, asked: Vec::new(), answers: Vec::new(), rng }
    }

    /// The true scores, in the order of the items.
    pub fn truth(&self) -> &[f64] {
        &self.truth
    }

    /// Plans and judges rounds until every item has been compared about `per_item` times.
    ///
    /// # Errors
    /// What the planning and the fits between the rounds say.
    pub fn judge_until(&mut self, per_item: usize) -> Result<(), StudyError> {
        while 2 * self.asked.len() < per_item * self.truth.len() {
            let before = self.asked.len();
            self.round()?;
            if self.asked.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// The judgements so far.
    ///
    /// # Errors
    /// None is known to occur.
    pub fn judgements(&self) -> Result<Judgements, StudyError> {
        Ok(Judgements::from_outcomes(&self.names, &self.answers)?)
    }

    fn round(&mut self) -> Result<(), StudyError> {
        let mut request = Request::new(self.truth.len());
        (request.asked, request.seed, request.wave) = (&self.asked, self.seed, self.wave);
        request.repeats = Repeats::Panel;
        let fit = Model::builder().prior(Prior::Normal { sd: BETWEEN }).build()?.fit(&self.judgements()?)?;
        let planned = if self.wave == 0 {
            plan(self.strategy, &request)?
        } else {
            let estimate = Estimate::new(fit.scores(), fit.covariance()?.as_slice())?;
            let points: Vec<f64> = fit.tallies().iter().map(Tally::points).collect();
            request.points = &points;
            plan(self.strategy, &request.with_estimate(estimate))?
        };
        for pair in &planned {
            let gap = self.truth[pair.left as usize] - self.truth[pair.right as usize];
            let left_wins = uniform(&mut self.rng) < 1.0 / (1.0 + (-gap).exp());
            self.answers.push((pair.left, pair.right, if left_wins { Outcome::Left } else { Outcome::Right }));
        }
        self.asked.extend(planned);
        self.wave += 1;
        Ok(())
    }
}

impl From<PairingError> for StudyError {
    fn from(error: PairingError) -> Self {
        Self::Pairing(error)
    }
}

impl From<ScoringError> for StudyError {
    fn from(error: ScoringError) -> Self {
        Self::Scoring(error)
    }
}

/// A number in [0, 1).
pub(crate) fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A standard normal draw (Box & Muller 1958).
pub(crate) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - uniform(rng)).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(rng)).cos()
}

/// The standard deviation of the prior under which pairs are planned, as batches have it.
const BETWEEN: f64 = 2.0;
