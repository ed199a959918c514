use std::ops::{Add, AddAssign, Mul, Sub, SubAssign};

/// A number in single or double precision.
pub(crate) trait Real:
    Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + AddAssign + SubAssign
{
    fn of(value: f64) -> Self;
    fn to(self) -> f64;
}

impl Real for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }

    fn to(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn to(self) -> f64 {
        self
    }
}
