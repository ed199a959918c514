//! The logistic function, alone and averaged over a normal logit.

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Nodes x and weights w/√π of the 7-point Gauss–Hermite rule: E f(μ + √2 s x) for a normal argument is Σ w f.
pub(super) const HERMITE: [(f64, f64); 7] = [
    (-2.651_961_356_835_233, 5.482_688_559_722_18e-4),
    (-1.673_551_628_767_471, 3.075_712_396_758_65e-2),
    (-0.816_287_882_858_965, 0.240_123_178_605_012_7),
    (0.0, 0.457_142_857_142_857_1),
    (0.816_287_882_858_965, 0.240_123_178_605_012_7),
    (1.673_551_628_767_471, 3.075_712_396_758_65e-2),
    (2.651_961_356_835_233, 5.482_688_559_722_18e-4),
];
