/// What is known of an item before it is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Anchor {
    /// The score is this.
    Fixed(f64),
    /// The score is about this: θ ~ N(mean, sd²), in place of the model's prior.
    Normal {
        /// Expected score.
        mean: f64,
        /// Its standard deviation, between 10⁻⁶ and 10⁶.
        sd: f64,
    },
}
