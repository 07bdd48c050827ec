//! Everything in a pipeline file that cannot mean what its author meant (UC050 and up).

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use super::grammar::{InputTopic, PipelineFile};
use super::{Config, Input, Outputs};
use crate::decode::Format;
use crate::pack::check::duration;
use crate::problem::{Problem, short};
use crate::yaml::At;

/// Shorter, and the first 20 ms of every transaction are spent waiting for the one before; longer, and every reader
/// downstream waits.
const COMMIT_EVERY: Duration = Duration::from_millis(100);
/// Who saves a pack looks at the result a moment later; more often, and slow network disks are read for nothing.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Only this machine can ask.
const ADMIN: &str = "127.0.0.1:9464";

pub(super) fn check(file: PipelineFile) -> (Option<Config>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut fault = |code, message: String, at: &At<String>, help: &str| {
        problems.push(Problem::error(code, message, at.span.clone()).help(help));
    };
    let mut inputs = Vec::new();
    let mut seen = HashSet::new();
    for input in &file.inputs {
        topic(&input.topic, &mut fault);
        if !seen.insert(input.topic.value.clone()) {
            fault("UC053", format!("the topic `{}` stands twice", input.topic.value), &input.topic, "merge the two");
        }
        inputs.push(self::input(input, &mut fault));
    }
    let mut written = HashSet::new();
    for output in [&file.outputs.scored, &file.outputs.alerts, &file.outputs.dead_letters] {
        if !topic(output, &mut fault) {
            continue;
        }
        if seen.contains(&output.value) {
            let message = format!("`{}` is read and written", output.value);
            fault("UC060", message, output, "a loop: name another topic");
        } else if !written.insert(&output.value) {
            let message = format!("`{}` has two uses", output.value);
            fault("UC060", message, output, "give each output its own topic");
        }
    }
    if file.pipeline.trim().is_empty() || file.pipeline.contains(char::is_control) {
        fault("UC063", "a pipeline needs a name".into(), &file.pipeline, "it becomes `ce_source` of every record");
    }
    let commit_every = commit_every(file.commit_every.as_ref(), &mut fault);
    let reload = look_every(file.reload.every.as_ref(), &mut fault);
    let admin = file.admin.clone().unwrap_or_else(|| At { value: ADMIN.into(), span: 0..0 });
    let address = admin.value.parse::<SocketAddr>().ok();
    if address.is_none() {
        let message = format!("`{}` is no address", admin.value);
        fault("UC058", message, &admin, "write `host:port` with a numeric host, for example `127.0.0.1:9464`");
    }
    for (what, value) in [("brokers", &file.kafka.brokers), ("group", &file.kafka.group)] {
        if value.trim().is_empty() {
            fault("UC061", format!("`{what}` is empty"), value, "name the cluster and the consumer group");
        }
    }
    let brokers = &file.kafka.brokers;
    let broker = |broker: &str| !broker.trim().is_empty() && !broker.trim().contains(char::is_whitespace);
    if !brokers.trim().is_empty() && !brokers.split(',').all(broker) {
        // The value may be filled in from outside: only its place is shown.
        let message = "these are no bootstrap servers".to_string();
        fault("UC061", message, brokers, "write `host:port`, more than one separated by commas");
    }
    if file.inputs.is_empty() {
        problems
            .push(Problem::error("UC052", "there is no input topic", file.pipeline.span.clone()).help("add `inputs:`"));
    }
    if file.packs.is_empty() {
        let problem = Problem::error("UC052", "there is no pack", file.packs.span.clone());
        problems.push(problem.help("name pack files or folders, or `shipped`"));
    }
    let workers = file.workers.as_ref().map_or(2, |workers| workers.value);
    if let Some(workers) = file.workers.as_ref().filter(|workers| !(1..=256).contains(&workers.value)) {
        let problem = Problem::error("UC057", format!("{} workers cannot run", workers.value), workers.span.clone());
        problems.push(problem.help("between 1 and 256; more than there are partitions stay idle"));
    }
    let (Some(commit_every), Some(reload), Some(admin)) = (commit_every, reload, address) else {
        return (None, problems);
    };
    let inputs: Option<Vec<Input>> = inputs.into_iter().collect();
    let properties: BTreeMap<String, At<String>> = file
        .kafka
        .properties
        .0
        .into_iter()
        .map(|(name, value)| (name.value, At { span: name.span, ..value }))
        .collect();
    let config = inputs.map(|inputs| Config {
        name: file.pipeline.value,
        brokers: file.kafka.brokers.value,
        group: file.kafka.group.value,
        instance: file.kafka.instance.map(|instance| instance.value),
        properties,
        inputs,
        packs: file.packs.value,
        outputs: Outputs {
            scored: file.outputs.scored.value,
            alerts: file.outputs.alerts.value,
            dead_letters: file.outputs.dead_letters.value,
            create: file.outputs.create,
        },
        delivery: file.delivery,
        commit_every,
        workers: workers as usize,
        admin,
        include_text: file.include_text,
        reload: file.reload.watch.then_some(reload),
    });
    (config, problems)
}

fn commit_every(
    written: Option<&At<String>>,
    fault: &mut impl FnMut(&'static str, String, &At<String>, &str),
) -> Option<Duration> {
    let Some(written) = written else { return Some(COMMIT_EVERY) };
    let time = duration(written).filter(|time| (10..=3000).contains(&time.as_millis()));
    if time.is_none() {
        let message = format!("`{}` is no commit interval", written.value);
        fault("UC056", message, written, "between `10ms` and `3s`, for example `100ms`");
    }
    time
}

fn look_every(
    written: Option<&At<String>>,
    fault: &mut impl FnMut(&'static str, String, &At<String>, &str),
) -> Option<Duration> {
    let Some(written) = written else { return Some(LOOK_EVERY) };
    let time = duration(written).filter(|time| (100..=3_600_000).contains(&time.as_millis()));
    if time.is_none() {
        let message = format!("`{}` is no time between looks at the packs", short(written));
        fault("UC065", message, written, "between `100ms` and `1h`, for example `2s`; `watch: false` never looks");
    }
    time
}

/// Whether Kafka would take this name for a topic.
fn topic(name: &At<String>, fault: &mut impl FnMut(&'static str, String, &At<String>, &str)) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let good = letters && (1..=249).contains(&name.len()) && !matches!(name.as_str(), "." | "..");
    if !good {
        let help = "Kafka takes 1 to 249 of the letters a-z, A-Z, digits, `.`, `_` and `-`";
        fault("UC059", format!("`{}` is no name for a topic", short(name)), name, help);
    }
    good
}

fn input(input: &InputTopic, fault: &mut impl FnMut(&'static str, String, &At<String>, &str)) -> Option<Input> {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    let format = match &input.format {
        None => Some(Format::Auto),
        Some(written) => {
            let format = written.parse::<Format>().ok();
            if format.is_none() {
                let help = match crate::problem::nearest(written, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known: {}", names.join(", ")),
                };
                fault("UC054", format!("there is no format `{}`", written.value), written, &help);
            }
            format
        }
    };
    let quota = match &input.quota {
        None => Some(None),
        Some(written) => {
            let number = written.strip_suffix("/s").and_then(|number| number.trim().parse::<NonZeroU32>().ok());
            if number.is_none() {
                let message = format!("`{}` is no quota", written.value);
                fault("UC055", message, written, "write messages a second, for example `5000/s`");
            }
            number.map(Some)
        }
    };
    Some(Input { topic: input.topic.value.clone(), format: format?, quota: quota? })
}
