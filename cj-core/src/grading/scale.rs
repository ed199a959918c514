//! Grade scales.

/// A registered grade scale: its grades from the lowest to the highest, and how common each is before anything is judged.
///
/// ```
/// use cj_core::grading::GradeScale;
/// let scale = GradeScale::find("swedish_8_anchor")?;
/// assert_eq!(scale.grades().first(), Some(&"F"));
/// assert!(scale.place("C+") > scale.place("D"));
/// assert!(GradeScale::find("swedish").is_err());
/// # Ok::<(), cj_core::grading::UnknownScale>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradeScale {
    id: &'static str,
    grades: &'static [&'static str],
    priors: Priors,
    below_lowest: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Priors {
    Given(&'static [f64]),
    Uniform,
}

/// A grade scale that is not registered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown grade scale {found:?}: expected one of {}", names())]
#[non_exhaustive]
pub struct UnknownScale {
    /// The name found.
    pub found: String,
}

impl GradeScale {
    /// Every registered scale.
    pub const ALL: &[Self] = &[
        Self {
            id: "swedish_8_anchor",
            grades: &["F", "E", "D", "D+", "C", "C+", "B", "A"],
            priors: Priors::Given(&[0.02, 0.08, 0.15, 0.20, 0.25, 0.15, 0.10, 0.05]),
            below_lowest: None,
        },
        Self {
            id: "eng5_np_legacy_9_step",
            grades: &["F+", "E-", "E+", "D-", "D+", "C-", "C+", "B", "A"],
            priors: Priors::Uniform,
            below_lowest: Some("F"),
        },
        Self {
            id: "eng5_np_national_9_step",
            grades: &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
            priors: Priors::Uniform,
            below_lowest: Some("0"),
        },
    ];

    /// The scale of a name.
    ///
    /// # Errors
    /// No such scale; the message lists those there are.
    pub fn find(id: &str) -> Result<Self, UnknownScale> {
        let found = Self::ALL.iter().copied().find(|scale| scale.id == id);
        found.ok_or_else(|| UnknownScale { found: id.to_owned() })
    }

    /// Its name.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Its grades, the lowest first.
    pub const fn grades(&self) -> &'static [&'static str] {
        self.grades
    }

    /// The grade under its lowest, where it has one.
    pub const fn below_lowest(&self) -> Option<&'static str> {
        self.below_lowest
    }

    /// The share of the population with each grade, in the order of [`GradeScale::grades`].
    pub fn priors(&self) -> Vec<f64> {
        match self.priors {
            Priors::Given(shares) => shares.to_vec(),
            Priors::Uniform => vec![1.0 / self.grades.len() as f64; self.grades.len()],
        }
    }

    /// The place of a grade: 0 for the lowest, −1 for the one below it; none for a grade of another scale.
    pub fn place(&self, grade: &str) -> Option<i32> {
        if self.below_lowest == Some(grade) {
            return Some(-1);
        }
        let place = self.grades.iter().position(|known| *known == grade)?;
        i32::try_from(place).ok()
    }
}

fn names() -> String {
    GradeScale::ALL.iter().map(GradeScale::id).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_scales_are_well_formed() {
        for scale in GradeScale::ALL {
            let mut grades = scale.grades.to_vec();
            grades.sort_unstable();
            grades.dedup();
            assert_eq!(grades.len(), scale.grades.len(), "{} repeats a grade", scale.id);
            assert_eq!(scale.priors().len(), scale.grades.len());
            assert!((scale.priors().iter().sum::<f64>() - 1.0).abs() <= 0.01, "priors of {}", scale.id);
        }
    }

    #[test]
    fn a_grade_has_its_place_on_its_own_scale_only() {
        let national = GradeScale::find("eng5_np_national_9_step").unwrap();
        assert_eq!((national.place("0"), national.place("1"), national.place("9")), (Some(-1), Some(0), Some(8)));
        assert_eq!(national.place("A"), None);
    }
}
