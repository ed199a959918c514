use std::collections::BTreeMap;

use super::connectivity::is_strongly_connected;
use super::firth;
use super::graph::is_connected;
use super::newton::maximise;
use super::prior::within;
use super::problem::{Hold, Point, Problem};
use super::sirt;
use super::{Anchor, Connectivity, Fit, Judgements, Prior, ScoringError, TiePolicy};

/// A Bradley–Terry model: `P(left ≻ right) = σ(θ_left − θ_right)`, with the extensions that its builder asks for.
///
/// Estimates are the maximum of the (penalised) log-likelihood, found by Newton's method to 10⁻⁹ logits or better;
/// the same judgements give the same bits, whatever their order.
///
/// Bradley & Terry (1952), *Biometrika* 39, 324–345; Zermelo (1929), *Math. Zeitschrift* 29, 436–460.
///
/// # Example
/// Citations between four statistics journals (Stigler 1994, *Statistical Science* 9, 94–108; the counts of Agresti,
/// *Categorical Data Analysis*, where the abilities relative to *Biometrika* are printed as −2.949, −0.480 and 0.269):
/// ```
/// use cj_core::scoring::{Judgements, Model, PairCount};
/// let journals = ["Biometrika", "Communications in Statistics", "JASA", "JRSS-B"];
/// let citations = Judgements::from_counts(&journals, &[
///     PairCount::new(0, 1, 730.0, 33.0), PairCount::new(0, 2, 498.0, 320.0), PairCount::new(0, 3, 221.0, 284.0),
///     PairCount::new(1, 2, 68.0, 813.0), PairCount::new(1, 3, 17.0, 276.0), PairCount::new(2, 3, 142.0, 325.0),
/// ])?;
/// let fit = Model::builder().build()?.fit(&citations)?;
/// let relative: Vec<f64> = fit.scores().iter().map(|score| score - fit.scores()[0]).collect();
/// for (found, printed) in relative.iter().zip([0.0, -2.949, -0.480, 0.269]) {
///     assert!((found - printed).abs() < 0.0005);
/// }
/// assert!((fit.standard_error_of_difference(2, 0) - 0.061).abs() < 0.0005);
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    prior: Prior,
    ties: TiePolicy,
    has_order: bool,
    anchors: BTreeMap<String, Anchor>,
}

impl Model {
    /// Starts from maximum likelihood with ties left out.
    pub fn builder() -> ModelBuilder {
        ModelBuilder {
            model: Self { prior: Prior::None, ties: TiePolicy::Drop, has_order: false, anchors: BTreeMap::new() },
        }
    }

    /// What is assumed of the scores.
    pub fn prior(&self) -> Prior {
        self.prior
    }

    pub(crate) fn has_order(&self) -> bool {
        self.has_order
    }

    pub(crate) fn with_order(&self, has_order: bool) -> Self {
        Self { has_order, ..self.clone() }
    }

    /// Whether the estimate is the maximum of a likelihood, penalised or not.
    pub(crate) fn is_likelihood(&self) -> bool {
        matches!(self.prior, Prior::None | Prior::Normal { .. } | Prior::Logistic { .. })
    }

    pub(crate) fn has_anchors(&self) -> bool {
        !self.anchors.is_empty()
    }

    /// What is made of ties.
    pub fn ties(&self) -> TiePolicy {
        self.ties
    }

    /// Estimates the scores.
    ///
    /// # Errors
    /// [`ScoringError::Disconnected`] or [`ScoringError::Separated`] where no finite estimate exists, with the names of
    /// the items; [`ScoringError::NoFiniteParameter`] for the order effect and the tie parameter;
    /// [`ScoringError::UnknownName`] for an anchor that is no item.
    pub fn fit(&self, judgements: &Judgements) -> Result<Fit, ScoringError> {
        let problem = self.problem(judgements)?;
        let start = problem.start();
        self.finish(judgements, problem, start)
    }

    /// Estimates the scores from start values, one per item in the order of the items: fewer iterations when they are near.
    ///
    /// The estimate is that of [`Self::fit`] within its accuracy, but its last bits depend on the start.
    ///
    /// # Errors
    /// As [`Self::fit`], and [`ScoringError::Start`] unless there is one finite start value per item.
    pub fn fit_from(&self, judgements: &Judgements, start: &[f64]) -> Result<Fit, ScoringError> {
        let expected = judgements.items().len();
        let found = start.iter().filter(|value| value.is_finite()).count();
        if found != expected || start.len() != expected {
            return Err(ScoringError::Start { expected, found });
        }
        let problem = self.problem(judgements)?;
        let start = problem.start_from(start.to_vec());
        self.finish(judgements, problem, start)
    }

    /// The same model without prior and anchors.
    pub(crate) fn unshrunk(&self) -> Self {
        Self { prior: Prior::None, anchors: BTreeMap::new(), ..self.clone() }
    }

    fn finish(&self, judgements: &Judgements, problem: Problem, start: Point) -> Result<Fit, ScoringError> {
        if let Prior::Hierarchical(sampling) = self.prior {
            return Ok(self.posterior(judgements, sampling)?.into_fit());
        }
        require_extras(&problem)?;
        let proper = problem.virtual_comparisons > 0.0 || matches!(self.prior, Prior::Normal { .. });
        if !proper && !is_connected(problem.items(), problem.bonds()) {
            // The graph falls apart; its names are worth the time now.
            Connectivity::from_wins(judgements.items(), problem.links()).require_finite_scores()?;
        }
        let verify = || {
            if proper || is_strongly_connected(problem.items(), &problem.links()) {
                return Ok(());
            }
            Connectivity::from_wins(judgements.items(), problem.links()).require_finite_scores()
        };
        let optimum = match self.prior {
            Prior::Firth => firth::maximise(&problem, start)?,
            Prior::Sirt => sirt::estimate(&problem, judgements.items())?,
            _ => maximise(&problem, start, verify)?,
        };
        Fit::new(judgements, problem, optimum)
    }

    fn problem(&self, judgements: &Judgements) -> Result<Problem, ScoringError> {
        let mut problem = Problem::new(judgements, self.ties, self.has_order);
        match self.prior {
            Prior::None | Prior::Firth | Prior::Sirt | Prior::Hierarchical(_) => {}
            Prior::Normal { sd } => {
                problem.holds.fill(Hold::Normal { mean: 0.0, precision: 1.0 / (sd * sd) });
            }
            Prior::Logistic { comparisons } => problem.virtual_comparisons = comparisons,
        }
        for (name, anchor) in &self.anchors {
            let items = judgements.items().len();
            let unknown = || ScoringError::UnknownName { what: "an anchor", name: name.clone(), items };
            let item = judgements.index_of(name).ok_or_else(unknown)?;
            problem.holds[item] = match *anchor {
                Anchor::Fixed(score) => Hold::Fixed(score),
                Anchor::Normal { mean, sd } => Hold::Normal { mean, precision: 1.0 / (sd * sd) },
            };
        }
        Ok(problem)
    }
}

/// Settings of a [`Model`], checked by [`ModelBuilder::build`].
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct ModelBuilder {
    model: Model,
}

impl ModelBuilder {
    /// Sets what is assumed of the scores.
    pub fn prior(mut self, prior: Prior) -> Self {
        self.model.prior = prior;
        self
    }

    /// Sets what is made of ties.
    pub fn ties(mut self, ties: TiePolicy) -> Self {
        self.model.ties = ties;
        self
    }

    /// Adds an order effect γ on the item shown first (Davidson & Beaver 1977): `P(left ≻ right) = σ(θ_left − θ_right + γ)`.
    ///
    /// Only where the judgements say which item was shown first: where the winner is written first, γ takes it all.
    pub fn order_effect(mut self) -> Self {
        self.model.has_order = true;
        self
    }

    /// Says what is known of an item; the last word on an item counts.
    ///
    /// Anchors fix the scale, so scores are not centred; they take the place of the prior of their items.
    pub fn anchor(mut self, item: impl Into<String>, anchor: Anchor) -> Self {
        self.model.anchors.insert(item.into(), anchor);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`ScoringError::Setting`] names the setting, what was given and what is expected.
    pub fn build(self) -> Result<Model, ScoringError> {
        self.model.prior.check()?;
        let plain = self.model.ties == TiePolicy::Drop && !self.model.has_order && self.model.anchors.is_empty();
        if self.model.prior == Prior::Sirt && !plain {
            let expected = "no tie model, no order effect and no anchors";
            return Err(ScoringError::Setting { setting: "prior", found: "sirt".to_owned(), expected });
        }
        let bare = self.model.ties == TiePolicy::Drop && !self.model.has_anchors();
        if matches!(self.model.prior, Prior::Hierarchical(_)) && !bare {
            let expected = "no tie model and no anchors";
            return Err(ScoringError::Setting { setting: "prior", found: "hierarchical".to_owned(), expected });
        }
        if self.model.prior == Prior::Firth && self.model.ties != TiePolicy::Drop {
            let expected = "ties left out under the prior firth; another prior for a tie model";
            return Err(ScoringError::Setting { setting: "tie policy", found: "a tie model".to_owned(), expected });
        }
        for anchor in self.model.anchors.values() {
            let (mean, sd) = match *anchor {
                Anchor::Fixed(score) => (score, 1.0),
                Anchor::Normal { mean, sd } => (mean, sd),
            };
            within("score of an anchor", mean, -1e6, 1e6, "a score between -1e6 and 1e6")?;
            within("sd of an anchor", sd, 1e-6, 1e6, "a standard deviation between 1e-6 and 1e6")?;
        }
        Ok(self.model)
    }
}

/// Refuses judgements that say nothing of the order effect or of the tie parameter.
fn require_extras(problem: &Problem) -> Result<(), ScoringError> {
    if problem.extras() == 0 {
        return Ok(());
    }
    let totals = problem.totals();
    let none = |parameter, reason| Err(ScoringError::NoFiniteParameter { parameter, reason });
    if problem.has_order && totals.ties <= 0.0 && (totals.left <= 0.0 || totals.right <= 0.0) {
        return none("order effect", "every judgement went to the same position, or there is none");
    }
    if problem.law.has_ties() && totals.ties <= 0.0 {
        return none("tie parameter", "there are no ties; leave them out of the model");
    }
    if problem.law.has_ties() && totals.left + totals.right <= 0.0 {
        return none("tie parameter", "there is nothing but ties");
    }
    Ok(())
}
