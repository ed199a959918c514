//! Many clients hand answers in.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use cj_core::id::{BatchId, ComparisonId, WorkerId};
use cj_core::port::ManualClock;
use cj_core::service::{Answer, Service};
use cj_core::store::Store;

use super::request::{answer, request};
use super::{CountingStore, Failure};

/// Batches whose questions judges have, and their answers, cut into units and dealt to clients.
pub struct Load {
    store: Arc<CountingStore>,
    clients: Vec<Vec<Vec<Answer>>>,
}

/// What a load came to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Taken {
    /// Answers counted.
    pub verdicts: u64,
    /// Units of work that counted them.
    pub units: u64,
    /// Units that were overtaken and run again.
    pub again: u64,
}

impl Load {
    /// One batch at a time for each client, of so many essays; as many as are needed for `verdicts` answers each.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn apart(
        store: &Arc<dyn Store>,
        name: &str,
        clients: u32,
        essays: u32,
        per_unit: usize,
        verdicts: u32,
    ) -> Result<Self, Failure> {
        let each = verdicts.div_ceil(essays * (essays - 1) / 2).max(1);
        let mut dealt = Vec::new();
        for client in 0..clients {
            let mut units = Vec::new();
            for answers in prepare(store, &format!("{name} {client}"), each, essays).await?.into_values() {
                units.extend(answers.chunks_exact(per_unit).map(<[Answer]>::to_vec));
            }
            units.truncate((verdicts as usize / per_unit).max(1));
            dealt.push(units);
        }
        Ok(Self { store: Arc::new(CountingStore::new(Arc::clone(store))), clients: dealt })
    }

    /// So many batches, whose answers reach whichever client is free.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn shared(
        store: &Arc<dyn Store>,
        name: &str,
        clients: usize,
        batches: u32,
        essays: u32,
        per_unit: usize,
    ) -> Result<Self, Failure> {
        let answers: Vec<_> = prepare(store, name, batches, essays).await?.into_values().collect();
        let longest = answers.iter().map(Vec::len).max().unwrap_or_default();
        // Round and round the batches, so that a unit meets as many as it can.
        let mixed: Vec<Answer> =
            (0..longest).flat_map(|place| answers.iter().filter_map(move |of| of.get(place).cloned())).collect();
        let mut dealt = vec![Vec::new(); clients];
        for (number, unit) in mixed.chunks_exact(per_unit).enumerate() {
            dealt[number % clients].push(unit.to_vec());
        }
        Ok(Self { store: Arc::new(CountingStore::new(Arc::clone(store))), clients: dealt })
    }

    /// Lets every client hand its units in, one after the other.
    ///
    /// # Errors
    /// Those of the store; an answer that was not counted.
    pub async fn take(self) -> Result<Taken, Failure> {
        let mut running = Vec::new();
        for (number, units) in self.clients.into_iter().enumerate() {
            let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
            let store = Arc::clone(&self.store) as Arc<dyn Store>;
            let service = Service::new(store, Arc::clone(&clock) as _, WorkerId::new(format!("client {number}"))?);
            running.push(tokio::spawn(async move {
                let (mut verdicts, mut done) = (0_u64, 0_u64);
                for (turn, unit) in (1_i64..).zip(units) {
                    // Rows that are kept by age come in order of age, as they do in use.
                    clock.advance_to(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(turn));
                    let receipt = service.take_verdicts(&unit).await?;
                    if receipt.taken as usize != unit.len() {
                        return Err(Failure::from(format!("not all were counted: {receipt:?}")));
                    }
                    (verdicts, done) = (verdicts + u64::from(receipt.taken), done + 1);
                }
                Ok((verdicts, done))
            }));
        }
        let (mut verdicts, mut units) = (0, 0);
        for client in running {
            let (counted, done) = client.await??;
            (verdicts, units) = (verdicts + counted, units + done);
        }
        Ok(Taken { verdicts, units, again: self.store.begun().saturating_sub(units) })
    }
}

pub(crate) fn service(store: &Arc<dyn Store>, worker: &str) -> Result<Service, Failure> {
    let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
    Ok(Service::new(Arc::clone(store), clock, WorkerId::new(worker)?))
}

/// Batches that wait for answers, with an answer to each question.
pub(crate) async fn prepare(
    store: &Arc<dyn Store>,
    name: &str,
    batches: u32,
    essays: u32,
) -> Result<BTreeMap<BatchId, Vec<Answer>>, Failure> {
    let service = service(store, "setter")?;
    let mut answers = BTreeMap::<BatchId, Vec<Answer>>::new();
    for number in 0..batches {
        let id = service.submit(request(&format!("{name} {number}"), essays)?).await?;
        service.advance(id).await?;
        let questions = service.claim_questions(essays * essays, TimeDelta::minutes(5)).await?;
        let ids: Vec<_> = questions.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
        service.questions_asked(&ids).await?;
        answers.insert(id, ids.into_iter().map(answer).collect());
    }
    Ok(answers)
}
