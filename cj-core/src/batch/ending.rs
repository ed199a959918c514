//! How a batch ends: once, with everything that follows from it in the same change.

use std::sync::Arc;

use super::machine::Batch;
use super::{Context, Rejection, publish};
use crate::change::{BatchResult, ChangeSet, CompletionReason, EssayRecord, FailureReason, Phase};

impl Batch {
    pub(super) fn complete(
        &mut self,
        reason: CompletionReason,
        result: BatchResult,
        essays: &[EssayRecord],
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<(), Rejection> {
        self.end(Phase::Completed(reason), cx, change);
        for message in publish::completed(&self.header, &self.state, reason, &result, essays, cx)? {
            change.send(message);
        }
        self.state.result = Some(Arc::new(result));
        Ok(())
    }

    pub(super) fn fail(
        &mut self,
        reason: FailureReason,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<(), Rejection> {
        self.end(Phase::Failed(reason), cx, change);
        change.send(publish::failed(&self.header, &self.state, reason.code(), cx)?);
        Ok(())
    }

    pub(super) fn cancel(&mut self, cx: &Context<'_>, change: &mut ChangeSet) -> Result<(), Rejection> {
        self.end(Phase::Cancelled, cx, change);
        change.send(publish::failed(&self.header, &self.state, "cancelled", cx)?);
        Ok(())
    }

    fn end(&mut self, phase: Phase, cx: &Context<'_>, change: &mut ChangeSet) {
        self.state.phase = phase;
        self.state.lease = None;
        self.state.completed_at = Some(cx.now);
        change.close(self.header.id);
    }
}
