//! How often workers had to do a unit again, counted by what their processes say.

use std::fmt::Debug;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What the service says when it does a unit again because another worker was faster.
const OVERTAKEN: &str = "overtaken by another worker";
/// What a worker says when a call failed for a while and is made again.
const AGAIN: &str = "a call is made again";

/// Units and calls that were done again, summed over processes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retries {
    overtaken: Arc<AtomicU32>,
    again: Arc<AtomicU32>,
}

impl Retries {
    /// Reads what a worker's process says until it ends.
    pub(crate) fn listen(&self, said: impl Read + Send + 'static) {
        let retries = self.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                let count = match &*line {
                    OVERTAKEN => &retries.overtaken,
                    AGAIN => &retries.again,
                    _ => continue,
                };
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    /// Units that were done again because another worker was faster.
    pub(crate) fn overtaken(&self) -> u32 {
        self.overtaken.load(Ordering::Relaxed)
    }

    /// Calls that were made again because the store could not be reached, or because a unit was overtaken too often.
    pub(crate) fn again(&self) -> u32 {
        self.again.load(Ordering::Relaxed)
    }
}

/// Reports that a call is made again.
pub(crate) fn report_again() {
    tracing::debug!("{AGAIN}");
}

/// Hears what the service and its worker report, and says of it what is counted.
pub(crate) struct Reporter;

impl Subscriber for Reporter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        metadata.is_event() && (target.starts_with("cj_core::service") || target == module_path!())
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Message);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message;

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let said = format!("{value:?}");
        if field.name() == "message" && [OVERTAKEN, AGAIN].contains(&&*said) {
            // The other side reads until this process ends.
            writeln!(std::io::stdout().lock(), "{said}").unwrap();
        }
    }
}

#[test]
fn what_the_service_says_is_counted() {
    let retries = Retries::default();
    let said = format!("running 1 test\n{OVERTAKEN}\n{AGAIN}\n{OVERTAKEN}\n");
    retries.listen(std::io::Cursor::new(said));
    while Arc::strong_count(&retries.again) > 1 {
        std::thread::yield_now();
    }
    assert_eq!((retries.overtaken(), retries.again()), (2, 1));
}
