use std::{fmt, path::PathBuf, str::FromStr};

use cj_core::scoring::{Anchor, DavidsonOrder, Frame, Model, Prior, Sampling, TiePolicy};
use clap::ValueEnum;

use crate::{error::Error, input::read_anchor_scores, output::ScoringSettings};

/// The options that say which model is fitted, and how.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Model")]
#[non_exhaustive]
pub struct ScoringArgs {
    /// What is made of ties
    #[arg(long, value_enum, default_value_t)]
    pub ties: TiesArg,
    /// How the order effect enters the ties of Davidson's model: 0 (Davidson & Beaver) or 0.5 (half-way)
    #[arg(long, value_name = "C", value_parser = davidson_order)]
    pub davidson_order: Option<f64>,
    /// Estimate the advantage of the left side
    #[arg(long)]
    pub order_effect: bool,
    /// Estimate the advantage of the left side for each judge too, drawn towards that of the panel
    #[arg(long)]
    pub by_judge: bool,
    /// What is assumed of the scores beforehand: `eb` (normal with a spread that is estimated too), `none`, `sd=S`
    /// (normal), `logistic=V` (virtual comparisons), `firth`, or `sirt` (as the R package of that name); without it, `eb`,
    /// `sd=S` at the estimated spread for models of ties, and `none` with anchors
    #[arg(long, value_name = "PRIOR")]
    pub prior: Option<PriorArg>,
    /// What standard errors are relative to; without it, the scale of the scores
    #[arg(long, value_enum)]
    pub se: Option<SeArg>,
    /// Items whose place is known: a table with the columns id, score and perhaps sd
    #[arg(long, value_name = "FILE")]
    pub anchors: Option<PathBuf>,
}

/// What is made of ties.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum TiesArg {
    /// They are left out, and counted in the warnings
    #[default]
    Drop,
    /// Davidson's model (1970)
    Davidson,
    /// Rao and Kupper's model (1967)
    RaoKupper,
}

/// What is assumed of the scores beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum PriorArg {
    /// Scores are normal and their standard deviation is estimated too: posterior means.
    Eb,
    /// Nothing: maximum likelihood.
    None,
    /// Scores are normal with this standard deviation: the posterior's maximum.
    Sd(f64),
    /// Every item also played this many virtual comparisons, half of them won.
    Logistic(f64),
    /// Firth's correction, Jeffreys' prior.
    Firth,
    /// The ε-adjusted estimate of the R package `sirt`.
    Sirt,
}

/// What standard errors are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum SeArg {
    /// The mean of all items
    Centred,
    /// The zero of the prior or of the anchors
    Absolute,
    /// As if all other items were known, as the R package `sirt` has them: too small
    Sirt,
}

impl ScoringArgs {
    /// The prior: that of `--prior`, else the one that goes with the other options. `spread` estimates the standard
    /// deviation of the scores where that is needed.
    ///
    /// # Errors
    /// What `spread` says.
    pub fn prior(&self, spread: impl FnOnce() -> Result<f64, Error>) -> Result<PriorArg, Error> {
        match (self.prior, self.ties) {
            (Some(prior), _) => Ok(prior),
            (None, _) if self.anchors.is_some() => Ok(PriorArg::None),
            (None, TiesArg::Drop) => Ok(PriorArg::Eb),
            (None, _) => spread().map(PriorArg::Sd),
        }
    }

    /// The model that these options describe, with a prior and the seed of what is drawn; reads the file of anchors.
    ///
    /// # Errors
    /// [`Error::Usage`] and [`Error::Scoring`] for options that do not go together, and what [`read_anchor_scores`] says.
    pub fn model(&self, prior: PriorArg, seed: u64) -> Result<Model, Error> {
        let ties = match (self.ties, self.davidson_order) {
            (TiesArg::Davidson, Some(0.5)) => TiePolicy::Davidson(DavidsonOrder::Halfway),
            (TiesArg::Davidson, _) => TiePolicy::Davidson(DavidsonOrder::Unmoved),
            (_, Some(_)) => return Err(Error::usage("--davidson-order needs --ties davidson")),
            (TiesArg::Drop, None) => TiePolicy::Drop,
            (TiesArg::RaoKupper, None) => TiePolicy::RaoKupper,
        };
        let mut builder = Model::builder().prior(prior.with_seed(seed)).ties(ties);
        if self.order_effect {
            builder = builder.order_effect();
        }
        if let Some(path) = &self.anchors {
            for anchor in read_anchor_scores(path)? {
                let known = match anchor.sd {
                    None => Anchor::Fixed(anchor.score),
                    Some(sd) => Anchor::Normal { mean: anchor.score, sd },
                };
                builder = builder.anchor(anchor.id, known);
            }
        }
        Ok(builder.build()?)
    }

    /// Refuses what does not go with an order effect of each judge.
    ///
    /// # Errors
    /// [`Error::Usage`] says what to leave out.
    pub fn check_by_judge(&self) -> Result<(), Error> {
        let other = if !matches!(self.prior, None | Some(PriorArg::Eb)) {
            "another --prior than eb"
        } else if self.ties != TiesArg::Drop {
            "a model of ties"
        } else if self.anchors.is_some() {
            "--anchors"
        } else {
            return Ok(());
        };
        Err(Error::usage(format!("--by-judge is part of the hierarchical model: it does not go with {other}")))
    }

    /// The frame of the standard errors of a fit whose own frame is `own`.
    ///
    /// # Errors
    /// [`Error::Usage`] where the fit has no absolute frame.
    pub fn frame(&self, own: Frame, prior: PriorArg) -> Result<Frame, Error> {
        match self.se {
            None => Ok(own),
            Some(SeArg::Centred) => Ok(Frame::Centred),
            Some(SeArg::Sirt) => Ok(Frame::Known),
            Some(SeArg::Absolute) if own == Frame::Absolute => Ok(own),
            Some(SeArg::Absolute) => Err(Error::usage(format!(
                "--se absolute needs anchors, or a prior with a zero: --prior {prior} has none"
            ))),
        }
    }

    /// What the output says of these options; `prior` is the one that was used, `frame` that of the standard errors.
    pub fn settings(&self, prior: PriorArg, frame: Frame) -> ScoringSettings {
        let davidson = self.ties == TiesArg::Davidson && self.order_effect;
        ScoringSettings {
            prior: prior.to_string(),
            ties: name_of(&self.ties),
            davidson_order: davidson.then_some(self.davidson_order.unwrap_or(0.0)),
            order_effect: self.order_effect || self.by_judge,
            se: name_of(&match frame {
                Frame::Absolute => SeArg::Absolute,
                Frame::Known => SeArg::Sirt,
                _ => SeArg::Centred,
            }),
            by_judge: self.by_judge,
            anchors: self.anchors.as_ref().map(|path| path.display().to_string()),
        }
    }
}

fn name_of(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn davidson_order(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(order @ (0.0 | 0.5)) => Ok(order),
        _ => Err("expected 0 or 0.5".to_owned()),
    }
}

impl PriorArg {
    /// The prior itself; the seed is that of the draws of `eb`.
    pub fn with_seed(self, seed: u64) -> Prior {
        match self {
            Self::Eb => Prior::Hierarchical(Sampling::seeded(seed)),
            Self::None => Prior::None,
            Self::Sd(sd) => Prior::Normal { sd },
            Self::Logistic(comparisons) => Prior::Logistic { comparisons },
            Self::Firth => Prior::Firth,
            Self::Sirt => Prior::Sirt,
        }
    }
}

impl fmt::Display for PriorArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eb => f.write_str("eb"),
            Self::None => f.write_str("none"),
            Self::Sd(sd) => write!(f, "sd={sd}"),
            Self::Logistic(comparisons) => write!(f, "logistic={comparisons}"),
            Self::Firth => f.write_str("firth"),
            Self::Sirt => f.write_str("sirt"),
        }
    }
}

impl FromStr for PriorArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let positive = |value: &str| match value.parse() {
            Ok(number) if f64::is_finite(number) && number > 0.0 => Ok(number),
            _ => Err(format!("expected a number above 0 after `=`, found `{value}`")),
        };
        match text.split_once('=') {
            None if text == "eb" => Ok(Self::Eb),
            None if text == "none" => Ok(Self::None),
            None if text == "firth" => Ok(Self::Firth),
            None if text == "sirt" => Ok(Self::Sirt),
            Some(("sd", value)) => positive(value).map(Self::Sd),
            Some(("logistic", value)) => positive(value).map(Self::Logistic),
            _ => Err("expected eb, none, sd=S, logistic=V, firth or sirt".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priors_are_read_as_they_are_written() {
        for text in ["eb", "none", "sd=0.5", "sd=2", "logistic=2", "firth", "sirt"] {
            assert_eq!(text.parse::<PriorArg>().unwrap().to_string(), text);
        }
        for text in ["", "sd", "sd=", "sd=-1", "sd=nan", "logistic=0", "none=1", "Firth "] {
            assert!(text.parse::<PriorArg>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_prior_goes_with_the_other_options() {
        let found = |args: &ScoringArgs| args.prior(|| Ok(1.5)).unwrap();
        let args = ScoringArgs::default();
        assert_eq!(found(&args), PriorArg::Eb);
        assert_eq!(found(&ScoringArgs { ties: TiesArg::RaoKupper, ..args.clone() }), PriorArg::Sd(1.5));
        assert_eq!(found(&ScoringArgs { anchors: Some("a.csv".into()), ..args.clone() }), PriorArg::None);
        assert_eq!(found(&ScoringArgs { prior: Some(PriorArg::Firth), ..args }), PriorArg::Firth);
    }

    #[test]
    fn options_that_do_not_go_together_are_refused() {
        let args = ScoringArgs { davidson_order: Some(0.5), ..ScoringArgs::default() };
        assert!(args.model(PriorArg::None, 0).unwrap_err().to_string().contains("--ties davidson"));
        let args = ScoringArgs { se: Some(SeArg::Absolute), ..ScoringArgs::default() };
        let error = args.frame(Frame::Centred, PriorArg::Firth).unwrap_err();
        assert!(error.to_string().contains("--prior firth has none"), "{error}");
        let args = ScoringArgs { ties: TiesArg::Davidson, ..ScoringArgs::default() };
        assert!(args.model(PriorArg::Eb, 0).is_err());
    }
}
