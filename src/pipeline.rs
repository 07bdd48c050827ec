//! A configuration → a running program. Every stage is named here, in order.
//!
//! [`check`] reads the file; [`serve`] is the whole service: open the admin server, look at the topics, start the
//! workers (each polls, steps, delivers), wait for a signal or a failure, drain, end. `run` gives it a cluster's
//! configuration and packs from files, `demo` a broker and a stream of its own.

mod counting;

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::admin::{self, Shown};
use crate::config::{self, Config, grammar};
use crate::kafka::{self, Health};
use crate::metrics::Metrics;
use crate::problem::{Problem, Source};
use crate::score::Engine;
use crate::stages::{Options, ScoreStage};

use counting::Counting;

/// How often the wait for a signal looks whether the workers still run.
const LOOK: Duration = Duration::from_millis(200);

/// All problems of a pipeline file, librdkafka's word on its properties included.
#[must_use]
pub fn check(source: &Source) -> (Option<Config>, Vec<Problem>) {
    let env = |name: &str| std::env::var(name).ok();
    let file = |path: &str| std::fs::read_to_string(path).map_err(|fault| fault.to_string());
    let (config, mut problems) = config::load(source, &config::Lookup { env: &env, file: &file });
    let Some(config) = config else { return (None, problems) };
    let refused = config.properties.iter().filter_map(|(name, value)| {
        let fault = kafka::refuses(name, value)?;
        Some(
            Problem::error("UC062", fault, value.span.clone())
                .help("librdkafka's CONFIGURATION.md lists all properties"),
        )
    });
    problems.extend(refused);
    problems.sort_by_key(|problem| problem.span.start);
    let usable = !crate::problem::any_error(&problems);
    (Some(config).filter(|_| usable), problems)
}

/// Starts everything and waits for the end. `started` is called once all runs. Topics whose `limits` are given are not
/// looked at.
///
/// # Errors
/// What could not start, or the failure for which a worker gave up.
pub fn serve(
    config: &Config,
    engine: Arc<Engine>,
    limits: Option<kafka::TopicLimits>,
    started: impl FnOnce(&Handle),
) -> Result<(), String> {
    let metrics = Arc::new(Metrics::new());
    let health = Arc::new(Health::new(config.workers));
    let loaded = engine.packs.iter().map(|pack| &pack.pack);
    metrics.packs(loaded.map(|pack| (pack.file.pack.as_str(), pack.file.version.as_str(), pack.digest.as_str())));
    health.packs(true);
    let shown = Shown {
        metrics: Arc::clone(&metrics),
        health: Arc::clone(&health),
        late: settings(config).max_poll_interval(),
        packs: {
            let packs = pack_list(&engine);
            Arc::new(move || packs.clone())
        },
    };
    let admin = admin::serve(config.admin, shown).map_err(|fault| fault.to_string())?;
    let options = options(config);
    let factory = {
        let metrics = Arc::clone(&metrics);
        move |_| Counting::new(ScoreStage::new(Arc::clone(&engine), options.clone()), &metrics)
    };
    let (settings, counts, notes) = (settings(config), Arc::clone(&metrics), Arc::clone(&health));
    let running = match limits {
        None => kafka::start(settings, factory, counts, notes),
        Some(limits) => kafka::start_with(settings, limits, factory, counts, notes),
    };
    let running = running.map_err(|fault| fault.to_string())?;
    tracing::info!(pipeline = config.name, admin = %admin.address(), workers = config.workers, "running");
    let handle = Handle { stop: running.stopper(), admin: admin.address(), metrics, health };
    started(&handle);
    wait(&running)?;
    tracing::info!("draining");
    running.stop();
    let ended = running.join().map_err(|fault| fault.to_string());
    drop(admin);
    ended
}

/// What a running pipeline offers to those who started it.
#[derive(Clone)]
pub struct Handle {
    /// Stops it.
    pub stop: Arc<kafka::Stop>,
    /// Where the admin server listens.
    pub admin: std::net::SocketAddr,
    /// What it counted.
    pub metrics: Arc<Metrics>,
    /// How its workers are.
    pub health: Arc<Health>,
}

/// Waits for SIGTERM, SIGINT, the switch, or the workers' end.
fn wait(running: &kafka::Running) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|fault| format!("no runtime for signals: {fault}"))?;
    runtime.block_on(async {
        let refused = |fault: std::io::Error| format!("cannot listen for signals: {fault}");
        let mut term = signal(SignalKind::terminate()).map_err(refused)?;
        let mut int = signal(SignalKind::interrupt()).map_err(refused)?;
        loop {
            tokio::select! {
                _ = term.recv() => return Ok(()),
                _ = int.recv() => return Ok(()),
                () = tokio::time::sleep(LOOK) => if running.is_finished() || running.stopper().wanted() { return Ok(()) },
            }
        }
    })
}

fn settings(config: &Config) -> kafka::Settings {
    kafka::Settings {
        brokers: config.brokers.clone(),
        group: config.group.clone(),
        instance: config.instance.clone(),
        properties: config.properties.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect(),
        inputs: config
            .inputs
            .iter()
            .map(|input| kafka::InputTopic { topic: input.topic.clone(), quota: input.quota })
            .collect(),
        outputs: kafka::OutputTopics {
            scored: config.outputs.scored.clone(),
            alerts: config.outputs.alerts.clone(),
            dead_letters: config.outputs.dead_letters.clone(),
        },
        create: config.outputs.create,
        delivery: match config.delivery {
            grammar::Delivery::ExactlyOnce => kafka::Delivery::ExactlyOnce,
            grammar::Delivery::AtLeastOnce => kafka::Delivery::AtLeastOnce,
        },
        commit_every: config.commit_every,
        workers: config.workers,
    }
}

fn options(config: &Config) -> Options {
    Options {
        formats: config.inputs.iter().map(|input| (input.topic.clone(), input.format)).collect(),
        source: format!("undercurrent/{}", config.name),
        include_text: config.include_text,
    }
}

/// What `/packs` shows.
fn pack_list(engine: &Engine) -> serde_json::Value {
    let packs = engine.packs.iter().map(|pack| {
        let file = &pack.pack.file;
        serde_json::json!({
            "pack": file.pack.value, "version": file.version.value, "digest": pack.pack.digest, "title": file.title,
            "indicators": file.indicators.len(), "alerts": file.alerts.len(),
        })
    });
    packs.collect()
}
