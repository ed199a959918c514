use std::{collections::BTreeMap, path::Path};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

use super::essay_id;
use crate::error::{Error, InputError, Problem};

/// One essay that was handed in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Essay {
    /// Its id: see [`essay_id`].
    pub id: String,
    /// The name that the id was made of.
    pub name: String,
    /// Its title, where a manifest gives one.
    pub title: Option<String>,
    /// The text, paragraphs and all; empty where nothing was handed in.
    pub text: String,
    /// Its true quality, where a manifest knows it: what a simulated judge believes.
    pub quality: Option<f64>,
    /// The grade that experts gave it, where a manifest knows it: the essay is an anchor.
    pub grade: Option<String>,
}

impl Essay {
    /// An essay of which no more than its text is known. None where `name` makes no id.
    pub fn new(name: &str, text: String) -> Option<Self> {
        let id = essay_id(name)?;
        Some(Self { id, name: name.to_owned(), title: None, text, quality: None, grade: None })
    }
}

/// Essays that were handed in together, with ids that differ.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EssaySet {
    /// The essays, in the order of the folder or the manifest.
    pub essays: Vec<Essay>,
    /// What a person should know of what was left out, one sentence each.
    pub remarks: Vec<String>,
}

impl EssaySet {
    /// Keeps `count` essays, drawn at random by `seed`, in their order. More than there are keeps all.
    #[must_use]
    pub fn sample(mut self, count: usize, seed: u64) -> Self {
        let mut places: Vec<usize> = (0..self.essays.len()).collect();
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for i in 0..count.min(places.len()) {
            let rest = (places.len() - i) as u64;
            places.swap(i, i + below(&mut dice, rest) as usize);
        }
        places.truncate(count);
        places.sort_unstable();
        let mut keep = places.into_iter().peekable();
        let mut place = 0;
        self.essays.retain(|_| {
            let kept = keep.next_if_eq(&place).is_some();
            place += 1;
            kept
        });
        self
    }
}

/// A number below `bound`, each as likely as the others (Lemire's rejection).
fn below(dice: &mut ChaCha8Rng, bound: u64) -> u64 {
    loop {
        let wide = u128::from(dice.next_u64()) * u128::from(bound);
        if wide as u64 >= bound.wrapping_neg() % bound {
            return (wide >> 64) as u64;
        }
    }
}

/// Gathers essays and everything that is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    essays: Vec<Essay>,
    /// Where each id comes from, as a message names it.
    sources: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Gathering {
    /// Notes an id and where it comes from; `place` puts the file and the line on a problem.
    ///
    /// None where the name makes no id, or one that is taken.
    pub(super) fn claim(
        &mut self,
        name: &str,
        source: &str,
        place: impl Fn(Problem) -> Problem,
        file: &Path,
    ) -> Option<String> {
        let Some(id) = essay_id(name) else {
            let problem = Problem::new(
                file,
                "a name with a letter from A to Z or a digit, to make an id of",
                format!("`{name}`"),
            );
            self.problems.push(place(problem));
            return None;
        };
        if let Some(other) = self.sources.get(&id) {
            let problem = Problem::new(file, "an id of its own", format!("`{id}`, which is also that of {other}"));
            self.problems.push(place(problem));
            return None;
        }
        self.sources.insert(id.clone(), source.to_owned());
        Some(id)
    }

    /// Takes an essay whose id was claimed.
    pub(super) fn take(&mut self, essay: Essay) {
        self.essays.push(essay);
    }

    /// Notes what is wrong with an input; errors of other kinds come back.
    pub(super) fn note<T>(&mut self, result: Result<T, Error>) -> Result<Option<T>, Error> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::Input(error)) => {
                self.problems.extend(error.problems().iter().cloned());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The essays, or everything that is wrong with them.
    pub(super) fn finish(self) -> Result<Vec<Essay>, Error> {
        match InputError::all(self.problems) {
            Some(error) => Err(error.into()),
            None => Ok(self.essays),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_repeatable_and_in_order() {
        let essays = (0..50).filter_map(|i| Essay::new(&format!("E{i:02}"), String::new())).collect();
        let set = EssaySet { essays, remarks: Vec::new() };
        let ids = |seed, count| {
            let set = set.clone().sample(count, seed);
            set.essays.into_iter().map(|essay| essay.id).collect::<Vec<_>>()
        };
        let drawn = ids(7, 10);
        assert_eq!(drawn.len(), 10);
        assert!(drawn.is_sorted());
        assert_eq!(drawn, ids(7, 10));
        assert_ne!(drawn, ids(8, 10));
        assert_eq!(ids(7, 99).len(), 50);
        assert_eq!(ids(7, 0).len(), 0);
    }
}
