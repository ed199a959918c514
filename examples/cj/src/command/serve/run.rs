//! The worker.

use std::sync::Arc;
use std::time::Duration;

use cj_core::id::WorkerId;
use cj_core::port::ContentSource;
use cj_core::service::Service;
use cj_kafka::{BatchMetrics, Engine, EngineSettings, Judging, KafkaError, Pulse, Topics};

use super::Args;
use super::args::Judge;
use super::content::ContentService;
use super::judge::MadeUp;
use super::pace::Paced;
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{Opened, Place, Presence, chain, runtime};

/// Works until it is interrupted (SIGINT, SIGTERM), then ends what is in hand.
///
/// # Errors
/// [`Error::Usage`] for a store, brokers or a content service that cannot be meant; [`Error::Failed`] for trouble that does
/// not pass.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    let level = if console.is_quiet() { tracing::Level::ERROR } else { tracing::Level::WARN };
    // Another one that was set before is as good.
    let _ = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_max_level(level).try_init();
    let place = Place::parse(&globals.store)?;
    runtime()?.block_on(async {
        let opened = place.open(Presence::Made).await?;
        let served = serve(args, globals, console, &opened).await;
        opened.close().await;
        served
    })?;
    Ok(Exit::Complete)
}

async fn serve(args: &Args, globals: &Globals, console: &Console, opened: &Opened) -> Result<(), Error> {
    let settings = args.settings()?.with_publish_timeout(Duration::from_secs(15) / args.pace.clamp(1, 15));
    if let Some(partitions) = args.make_topics {
        let names = Topics::of_engine();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let topics = Topics::connect(&settings).map_err(|error| wrong(&error))?;
        topics.ensure(&names, partitions, 1).await.map_err(|error| wrong(&error))?;
    }
    let worker = args.worker.clone().unwrap_or_else(|| format!("{}-{}", host(), std::process::id()));
    let worker = WorkerId::new(worker).map_err(|error| Error::usage(format!("--worker: {error}")))?;
    let content: Arc<dyn ContentSource> = match args.content.as_str() {
        "store" => opened.content(),
        address if address.starts_with("http://") => {
            Arc::new(ContentService::new(address).map_err(|error| Error::failed(chain(&error)))?)
        }
        other => return Err(Error::usage(format!("--content: expected `store` or `http://…`, found `{other}`"))),
    };
    let judging = match args.judge {
        Judge::Topic => Judging::Topic,
        Judge::Simulated => Judging::InProcess(Arc::new(MadeUp::new(globals.seed))),
    };
    if let Some(address) = args.metrics {
        super::figures::expose(address)?;
    }
    let service = Service::new(opened.store(), Arc::new(Paced::new(args.pace)), worker);
    let service = service.with_observer(Arc::new(BatchMetrics::new()));
    let engine = Engine::new(settings, service, judging).map_err(|error| wrong(&error))?;
    let engine = engine.with_settings(EngineSettings::default()).with_content(content);
    let waker = listen(opened, engine.pulse()).await?;
    console.remark(&format!("taking requests from {} as group {}; stop with Ctrl-C", args.kafka, args.group));
    let ended = engine.run(interrupted()).await;
    waker.abort();
    ended.map_err(|error| Error::failed(chain(&error)))
}

/// Passes on what a server tells of commits elsewhere; a file tells nothing.
async fn listen(opened: &Opened, pulse: Pulse) -> Result<tokio::task::JoinHandle<()>, Error> {
    match opened {
        #[cfg(feature = "postgres")]
        Opened::Postgres(store) => {
            use cj_core::store::Wakes as _;

            let mut wakes = store.wakes().await.map_err(|error| Error::failed(chain(&error)))?;
            Ok(tokio::spawn(async move {
                loop {
                    match wakes.next().await {
                        Ok(_) => pulse.beat(),
                        Err(error) => {
                            tracing::warn!(
                                ?error,
                                "the server cannot be heard; the outbox is looked into all the same"
                            );
                            tokio::time::sleep(Duration::from_secs(1)).await;
                        }
                    }
                }
            }))
        }
        Opened::Sqlite(_) => Ok(tokio::spawn(async move { drop(pulse) })),
    }
}

async fn interrupted() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            return tokio::signal::ctrl_c().await.unwrap_or_default();
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn wrong(error: &KafkaError) -> Error {
    Error::usage(format!("--kafka: {}", chain(error)))
}

/// The name of the machine, where it says.
fn host() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name: String = name.trim().chars().filter(|char| !char.is_control()).take(60).collect();
    if name.is_empty() { "cj".to_owned() } else { name }
}
