use super::normal::cumulative;
use super::{Judgements, Model, ScoringError};

/// Whether the position matters: a likelihood-ratio test of the order effect.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct OrderTest {
    /// Estimated order effect γ on the item shown first, in logits.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Chance that the item shown first wins when both are equally good, σ(γ) where there are no ties.
    pub chance_of_first: f64,
    /// Twice the gain in log-likelihood; χ² with one degree of freedom when the position does not matter.
    pub statistic: f64,
    /// Probability of at least this statistic when the position does not matter.
    pub p_value: f64,
}

impl Model {
    /// Tests the order effect: this model with it against this model without it.
    ///
    /// Under a prior the ratio is that of the penalised likelihoods. Davidson & Beaver (1977), *Biometrics* 33, 693–702.
    ///
    /// ```
    /// use cj_core::scoring::{Judgements, Model, PairCount};
    /// // Beaver & Gokhale's heaviness experiment in part: weights lifted in both orders, 50 times each.
    /// let counts = [
    ///     PairCount::new(0, 1, 14.0, 36.0), PairCount::new(1, 0, 32.0, 18.0),
    ///     PairCount::new(1, 2, 14.0, 36.0), PairCount::new(2, 1, 34.0, 16.0),
    /// ];
    /// let judgements = Judgements::from_counts(&["90 g", "95 g", "100 g"], &counts)?;
    /// let test = Model::builder().build()?.order_test(&judgements)?;
    /// assert!(test.estimate < 0.0 && test.chance_of_first < 0.5 && test.p_value < 1.0);
    /// # Ok::<(), cj_core::scoring::ScoringError>(())
    /// ```
    ///
    /// # Errors
    /// Whatever stops one of the two estimates; [`ScoringError::Setting`] for a prior that is no penalised likelihood.
    pub fn order_test(&self, judgements: &Judgements) -> Result<OrderTest, ScoringError> {
        if !self.is_likelihood() {
            let expected = "maximum likelihood, a normal or a logistic prior";
            return Err(ScoringError::Setting {
                setting: "prior of an order test",
                found: "another".to_owned(),
                expected,
            });
        }
        let (with, without) = (self.with_order(true).fit(judgements)?, self.with_order(false).fit(judgements)?);
        let value = |fit: &super::Fit| fit.log_likelihood() + fit.log_prior();
        let statistic = (2.0 * (value(&with) - value(&without))).max(0.0);
        let (estimate, standard_error) =
            with.order_effect().map_or((0.0, 0.0), |effect| (effect.estimate, effect.standard_error));
        Ok(OrderTest {
            estimate,
            standard_error,
            chance_of_first: with.chance_of_first(),
            statistic,
            p_value: 2.0 * cumulative(-statistic.sqrt()),
        })
    }
}
