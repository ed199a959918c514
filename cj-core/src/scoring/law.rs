/// How the outcome of one comparison depends on the difference of scores `x = θ_left − θ_right + γ` and on the tie
/// parameter u. All three laws are log-concave in (x, u).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Law {
    /// P(left) = σ(x); ties are not part of the data.
    BradleyTerry,
    /// P(left) : P(right) : P(tie) = e^{x/2} : e^{−x/2} : e^u.
    Davidson,
    /// P(left) = σ(x − u), P(right) = σ(−x − u), with u > 0.
    RaoKupper,
}

/// Gradient and information (minus the Hessian) of the log-likelihood of one ordered pair.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Term {
    pub(crate) dx: f64,
    pub(crate) du: f64,
    pub(crate) xx: f64,
    pub(crate) xu: f64,
    pub(crate) uu: f64,
}

/// Weights of the outcomes of an ordered pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counts {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) ties: f64,
}

/// Chances of the three outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chances {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) tie: f64,
}

impl Law {
    pub(crate) fn has_ties(self) -> bool {
        !matches!(self, Self::BradleyTerry)
    }

    pub(crate) fn chances(self, x: f64, u: f64) -> Chances {
        match self {
            Self::BradleyTerry => Chances { left: logistic(x), right: logistic(-x), tie: 0.0 },
            Self::Davidson => davidson(x, u).1,
            Self::RaoKupper => {
                let tie = -(-2.0 * u).exp_m1() * logistic(u - x) * logistic(u + x);
                Chances { left: logistic(x - u), right: logistic(-x - u), tie }
            }
        }
    }

    /// The log-likelihood alone.
    pub(crate) fn value(self, counts: Counts, x: f64, u: f64) -> f64 {
        let Counts { left, right, ties } = counts;
        match self {
            Self::BradleyTerry => {
                let small = (-x.abs()).exp().ln_1p();
                left * (x.min(0.0) - small) + right * ((-x).min(0.0) - small)
            }
            Self::Davidson => {
                let log_sum = davidson(x, u).0;
                left * (0.5 * x - log_sum) + right * (-0.5 * x - log_sum) + ties * (u - log_sum)
            }
            Self::RaoKupper => {
                let decided = (left + ties) * log_logistic(x - u) + (right + ties) * log_logistic(-x - u);
                if ties > 0.0 { decided + ties * (2.0 * u + (-(-2.0 * u).exp_m1()).ln()) } else { decided }
            }
        }
    }

    /// The derivatives of the log-likelihood.
    pub(crate) fn term(self, counts: Counts, x: f64, u: f64) -> Term {
        let Counts { left, right, ties } = counts;
        match self {
            Self::BradleyTerry => {
                let (p, q) = (logistic(x), logistic(-x));
                Term { dx: left * q - right * p, xx: (left + right) * p * q, ..Term::default() }
            }
            Self::Davidson => {
                let chances = davidson(x, u).1;
                let (p, q, t) = (chances.left, chances.right, chances.tie);
                let total = left + right + ties;
                // Written without differences of nearly equal numbers: 1 − (p − q) = t + 2q.
                Term {
                    dx: left * (0.5 * t + q) - right * (0.5 * t + p) - 0.5 * ties * (p - q),
                    du: ties * (p + q) - (left + right) * t,
                    xx: total * (0.25 * (p + q) * t + p * q),
                    xu: -0.5 * total * (p - q) * t,
                    uu: total * t * (p + q),
                }
            }
            Self::RaoKupper => {
                let (a, b) = (left + ties, right + ties);
                let (miss_left, miss_right) = (logistic(u - x), logistic(u + x));
                let (info_left, info_right) = (a * miss_left * logistic(x - u), b * miss_right * logistic(-x - u));
                let gap = -(-2.0 * u).exp_m1();
                let (pull, curve) =
                    if ties > 0.0 { (2.0 / gap, 4.0 * (-2.0 * u).exp() / (gap * gap)) } else { (0.0, 0.0) };
                Term {
                    dx: a * miss_left - b * miss_right,
                    du: ties * pull - a * miss_left - b * miss_right,
                    xx: info_left + info_right,
                    xu: info_right - info_left,
                    uu: info_left + info_right + ties * curve,
                }
            }
        }
    }

    /// A start value of the tie parameter: right when all scores are equal.
    pub(crate) fn start_of_tie(self, share_of_ties: f64) -> f64 {
        let share = share_of_ties.clamp(1e-6, 1.0 - 1e-6);
        match self {
            Self::BradleyTerry => 0.0,
            Self::Davidson => (2.0 * share / (1.0 - share)).ln(),
            Self::RaoKupper => ((1.0 + share) / (1.0 - share)).ln(),
        }
    }
}

/// log(e^{x/2} + e^{−x/2} + e^u) and the three shares.
fn davidson(x: f64, u: f64) -> (f64, Chances) {
    let top = (0.5 * x).abs().max(u);
    let (left, right, tie) = ((0.5 * x - top).exp(), (-0.5 * x - top).exp(), (u - top).exp());
    let sum = left + right + tie;
    (top + sum.ln(), Chances { left: left / sum, right: right / sum, tie: tie / sum })
}

/// σ(x) = 1 / (1 + e^{−x}), with full relative accuracy in both tails.
pub(crate) fn logistic(x: f64) -> f64 {
    let small = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

/// log σ(x), finite for every finite x.
pub(crate) fn log_logistic(x: f64) -> f64 {
    x.min(0.0) - (-x.abs()).exp().ln_1p()
}
