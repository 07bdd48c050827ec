//! A configuration → a running program. Every stage is named here, in order.
//!
//! [`check`] reads the file; [`serve`] is the whole service: open the admin server, look at the topics, start the
//! workers (each polls, steps, delivers), wait for a signal or a failure, drain, end. `run` gives it a cluster's
//! configuration and packs from files, `demo` a broker and a stream of its own.

mod counting;
mod signals;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::admin::{self, Live, Shown};
use crate::config::{self, Config, grammar};
use crate::kafka::{self, Health};
use crate::metrics::Metrics;
use crate::problem::{Problem, Source};
use crate::reload::{InForce, Outcome, Reloader, Watched};
use crate::score::Engine;
use crate::stages::Options;
use crate::traces::Traces;

use counting::Counting;
use signals::Signals;

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

/// Starts everything and waits for the end. `watched` says where changed packs come from, `started` is called once all
/// runs. Topics whose `limits` are given are not looked at.
///
/// # Errors
/// What could not start, or the failure for which a worker gave up.
pub fn serve(
    config: &Config,
    engine: Arc<Engine>,
    watched: Option<Watched>,
    limits: Option<kafka::TopicLimits>,
    started: impl FnOnce(&Handle),
) -> Result<(), String> {
    let signals = Signals::new(watched.is_some())?;
    let metrics = Arc::new(Metrics::new());
    let health = Arc::new(Health::new(config.workers));
    let now = Timestamp::now();
    metrics.packs_of(&engine);
    metrics.reloaded(true, now);
    health.packs(true);
    let in_force = Arc::new(InForce::new(engine, now));
    let reloader = watched.map(|watched| Reloader::start(watched, Arc::clone(&in_force), Arc::clone(&metrics)));
    let reloader = reloader.transpose().map_err(|fault| format!("there is no thread to reload packs: {fault}"))?;
    let reloader = reloader.map(Arc::new);
    let live = Live::new(&metrics);
    let shown = Shown {
        live: Arc::clone(&live),
        pipeline: config.name.clone(),
        loopback: config.admin.ip().is_loopback(),
        metrics: Arc::clone(&metrics),
        health: Arc::clone(&health),
        late: settings(config).max_poll_interval(),
        packs: {
            let in_force = Arc::clone(&in_force);
            Arc::new(move || in_force.show())
        },
        reload: ask(reloader.clone()),
    };
    let admin = admin::serve(config.admin, shown).map_err(|fault| fault.to_string())?;
    let options = options(config);
    let traces = Traces::from_env()?;
    let told = traces.clone();
    let factory = {
        let metrics = Arc::clone(&metrics);
        move |_| Counting::new(&in_force, options.clone(), &metrics, &live).traced(&told)
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
    signals.wait(&running, reloader.as_deref())?;
    tracing::info!("draining");
    running.stop();
    let ended = running.join().map_err(|fault| fault.to_string());
    drop(admin);
    traces.end();
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

/// The admin server's way to the reloader.
fn ask(reloader: Option<Arc<Reloader>>) -> Arc<dyn Fn(oneshot::Sender<admin::Answer>) + Send + Sync> {
    Arc::new(move |answer| {
        let Some(reloader) = &reloader else { return };
        reloader.ask(move |attempt| {
            let well = !matches!(attempt.outcome, Outcome::Failed(_));
            // Who asked may be gone by now.
            let _ = answer.send(admin::Answer { well, body: attempt.show() });
        });
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
