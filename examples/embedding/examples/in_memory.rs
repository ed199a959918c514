//! Ranks essays in this process, without a database: a request, a judge that is a closure, a ranking.

#![expect(clippy::print_stdout, reason = "a program that shows what it did")]

use std::error::Error;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::id::WorkerId;
use cj_core::port::SystemClock;
use cj_core::service::{Answer, Service};
use cj_core::store::memory::MemoryStore;
use embedding::{put_to, request, richer, vocabulary};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let store = Arc::new(MemoryStore::new());
    let service = Service::new(store, Arc::new(SystemClock::new()), WorkerId::new("in-memory")?);

    let id = service.submit(request("in memory")?).await?;
    assert_eq!(service.submit(request("in memory")?).await?, id, "a request that comes twice is one batch");

    let judge = |first: &str, second: &str| richer(first, second);
    let mut phase = service.advance(id).await?;
    while !phase.is_terminal() {
        let questions = service.claim_questions(100, TimeDelta::minutes(5)).await?;
        assert!(!questions.is_empty(), "a judge that never fails leaves nothing to wait for");
        let answers = questions.iter().map(|question| Ok(Answer::of(put_to(judge, question)?)));
        service.take_verdicts(&answers.collect::<Result<Vec<_>, Box<dyn Error + Send + Sync>>>()?).await?;
        phase = service.advance(id).await?;
    }

    // Everything about it, read in one view; `progress` and `summary` say less, and cost less.
    let batch = service.details(id).await?;
    let (progress, scale) = (&batch.summary.progress, batch.summary.scale.as_ref().ok_or("the batch has a scale")?);
    println!(
        "{phase} ({}): {} questions, {} answers, {} failures",
        progress.reason.unwrap_or("-"),
        progress.questions.planned,
        batch.summary.answers.counted,
        batch.summary.failure_pool.permanently_failed
    );
    if let Some(reliability) = &scale.reliability {
        println!("reliability {:.2} ({:.2} to {:.2})", reliability.median, reliability.low, reliability.high);
    }
    println!("rank  essay     score    se  rank 90 %  different words");
    for essay in &batch.essays {
        let row = essay.figures.as_ref().ok_or("every essay was compared")?;
        println!(
            "{:>4}  {:<8}  {:>5.2}  {:>4.2}  {:>4}–{:<4}  {:>15}",
            row.rank,
            essay.essay_id,
            row.score,
            row.se,
            row.rank_low,
            row.rank_high,
            vocabulary(essay.essay_id.as_str())
        );
    }
    assert_eq!(batch.essays.len(), embedding::ESSAYS.len());
    let words: Vec<usize> = batch.essays.iter().map(|essay| vocabulary(essay.essay_id.as_str())).collect();
    assert!(words.is_sorted_by(|better, worse| better > worse), "the ranking is the judge's order");
    Ok(())
}
