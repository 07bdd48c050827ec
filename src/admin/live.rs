//! What the live page shows, remembered: the newest alerts and some minutes of flow.
//!
//! In: cards from the workers, once they are durable; counters and lags, read once a second. Out: [`Live::alerts`],
//! [`Live::flow`], and the events that go to every page that is open.
//!
//! Workers push into an inbox and go on; writing JSON, remembering and telling are the admin thread's. So a worker pays for
//! an alert the making of its card and a lock that is never held for longer than moving a few pointers. Everything is
//! bounded in number and in bytes. What does not fit is dropped, the oldest first, and counted: the alerts topic has it all.

use std::collections::{BTreeMap, VecDeque};
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use prometheus::{IntCounter, IntGauge};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::MissedTickBehavior;

use super::Shown;
use super::card::Card;
use crate::metrics::Metrics;
use crate::problem::harmless_json;

/// Alerts that are remembered: what a person scrolls through.
const ALERTS: usize = 500;
/// Their JSON together. A usual card has 3 KiB; the largest that can be made has some 70.
const ALERTS_BYTES: usize = 4 << 20;
/// Cards between two looks of the admin thread; more than are shown at once anyway.
const INBOX: usize = 128;
/// The admin thread looks this often: to a person, at once.
const LOOK: Duration = Duration::from_millis(250);
/// Alerts of one event, and their bytes: 160 a second are more than a person follows.
const EVENT: usize = 40;
const EVENT_BYTES: usize = 256 << 10;
/// Events that a page may be behind: some six seconds. With the bytes of an event, what slow pages cost together.
const BEHIND: usize = 32;
/// Seconds of flow.
const FLOW: usize = 600;
/// More topics than this are one line of the chart.
const TOPICS: usize = 12;
/// Pages at a time.
const CLIENTS: usize = 32;

/// The flow at one moment. Counters only grow; a page makes rates of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Sample {
    /// Milliseconds since 1970.
    at: i64,
    received: u64,
    scored: u64,
    ignored: u64,
    dead_letters: u64,
    alerts: u64,
    /// Records behind the end, by topic.
    lag: BTreeMap<String, i64>,
}

/// Alerts as JSON, each with its number.
#[derive(Debug, Default)]
struct Shelf {
    alerts: VecDeque<(u64, Bytes)>,
    bytes: usize,
    next: u64,
}

impl Shelf {
    fn push(&mut self, card: &Card) -> Bytes {
        #[derive(Serialize)]
        struct Numbered<'a> {
            seq: u64,
            #[serde(flatten)]
            card: &'a Card,
        }
        // Its types hold strings, numbers and lists only, which always can be written.
        let json = serde_json::to_string(&Numbered { seq: self.next, card }).unwrap_or_else(|_| "null".into());
        let json = Bytes::from(harmless_json(&json).into_owned());
        self.bytes += json.len();
        self.alerts.push_back((self.next, json.clone()));
        self.next += 1;
        while self.alerts.len() > ALERTS || self.bytes > ALERTS_BYTES {
            let Some((_, old)) = self.alerts.pop_front() else { break };
            self.bytes -= old.len();
        }
        json
    }
}

/// The memory of the live page.
#[derive(Debug)]
pub struct Live {
    inbox: Mutex<VecDeque<Card>>,
    shelf: Mutex<Shelf>,
    flow: Mutex<VecDeque<Sample>>,
    state: Mutex<Bytes>,
    events: broadcast::Sender<Bytes>,
    seats: Arc<Semaphore>,
    clients: IntGauge,
    dropped: IntCounter,
    slow: IntCounter,
}

impl Live {
    /// Nothing remembered yet.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Arc<Self> {
        // Numbers go up over restarts too, so that a page knows what is new after one. Until the year 2255 a page's
        // arithmetic has them exactly.
        let next = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default();
        Arc::new(Self {
            inbox: Mutex::default(),
            shelf: Mutex::new(Shelf { next, ..Shelf::default() }),
            flow: Mutex::default(),
            state: Mutex::default(),
            events: broadcast::Sender::new(BEHIND),
            seats: Arc::new(Semaphore::new(CLIENTS)),
            clients: metrics.page_clients.clone(),
            dropped: metrics.page_dropped.with_label_values(&["alert"]),
            slow: metrics.page_dropped.with_label_values(&["client"]),
        })
    }

    /// Takes what has become durable, and counts `more` alerts whose cards are gone.
    pub fn offer(&self, cards: VecDeque<Card>, more: u64) {
        let lost = {
            let mut inbox = lock(&self.inbox);
            inbox.extend(cards);
            let lost = inbox.len().saturating_sub(INBOX);
            // Taken out under the lock, taken apart after it.
            inbox.drain(..lost).collect::<Vec<_>>()
        };
        self.dropped.inc_by(more + lost.len() as u64);
    }

    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.inbox).len()
    }

    /// The newest alerts with a number above `after`, at most `limit`, the newest first, as JSON.
    pub(super) fn alerts(&self, limit: usize, after: u64) -> Vec<u8> {
        let found: Vec<Bytes> = {
            let shelf = lock(&self.shelf);
            let newer = shelf.alerts.iter().rev().take_while(|(seq, _)| *seq > after);
            newer.take(limit).map(|(_, alert)| alert.clone()).collect()
        };
        let mut body = b"{\"alerts\":[".to_vec();
        body.extend(found.join(&b","[..]));
        body.extend(format!("],\"dropped\":{}}}", self.dropped.get()).as_bytes());
        body
    }

    /// Some minutes of flow, the oldest second first.
    pub(super) fn flow(&self) -> Value {
        json!({ "every_seconds": 1, "samples": *lock(&self.flow) })
    }

    /// Room for one more page; none where too many are open.
    pub(super) fn join(self: &Arc<Self>) -> Option<Client> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        self.clients.inc();
        Some(Client { events: self.events.subscribe(), live: Arc::clone(self), _seat: seat })
    }

    /// Counts the pages that were cut off because they read too slowly.
    pub(super) fn slow(&self) -> IntCounter {
        self.slow.clone()
    }

    /// Takes the inbox to the shelf and tells every page.
    fn look(&self) {
        let cards = take(&mut *lock(&self.inbox));
        if cards.is_empty() {
            return;
        }
        let (mut told, mut bytes, mut skipped) = (VecDeque::new(), 0, 0);
        for card in &cards {
            let json = lock(&self.shelf).push(card);
            bytes += json.len();
            told.push_back(json);
            while told.len() > EVENT || bytes > EVENT_BYTES {
                bytes -= told.pop_front().map_or(0, |old| old.len());
                skipped += 1;
            }
        }
        let told = told.make_contiguous().join(&b","[..]);
        let told = String::from_utf8_lossy(&told);
        self.tell(event("alerts", &format!("{{\"alerts\":[{told}],\"skipped\":{skipped}}}")));
    }

    /// Reads the counters, remembers, and tells every page.
    fn sample(&self, shown: &Shown) {
        let metrics = &shown.metrics;
        let mut lag = metrics.lags();
        if lag.len() > TOPICS {
            lag = BTreeMap::from([(format!("{} topics", lag.len()), lag.values().sum())]);
        }
        let sample = Sample {
            at: Timestamp::now().as_millisecond(),
            received: Metrics::total(&metrics.received),
            scored: Metrics::total(&metrics.scored),
            ignored: Metrics::total(&metrics.ignored),
            dead_letters: Metrics::total(&metrics.dead_letters),
            alerts: Metrics::total(&metrics.alerts),
            lag,
        };
        let json = json!(sample).to_string();
        {
            let mut flow = lock(&self.flow);
            flow.push_back(sample);
            if flow.len() > FLOW {
                flow.pop_front();
            }
        }
        self.tell(event("flow", &json));
        let state = state(shown);
        if std::mem::replace(&mut *lock(&self.state), state.clone()) != state {
            self.tell(state);
        }
    }

    /// Nobody may listen; that is no fault.
    fn tell(&self, event: Bytes) {
        let _ = self.events.send(event);
    }
}

/// What a page must know first.
pub(super) fn state(shown: &Shown) -> Bytes {
    let missing = shown.health.missing(shown.late);
    let state = json!({
        "version": env!("CARGO_PKG_VERSION"), "pipeline": shown.pipeline, "ready": missing.is_empty(),
        "missing": missing, "packs": (shown.packs)(),
    });
    event("state", &state.to_string())
}

/// Keeps the memory fresh, for ever.
pub(super) async fn keep(shown: &Shown) {
    let every = |period| {
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        interval
    };
    let (mut look, mut second) = (every(LOOK), every(Duration::from_secs(1)));
    loop {
        tokio::select! {
            _ = look.tick() => shown.live.look(),
            _ = second.tick() => shown.live.sample(shown),
        }
    }
}

/// A page that is open.
#[derive(Debug)]
pub(super) struct Client {
    events: broadcast::Receiver<Bytes>,
    live: Arc<Live>,
    _seat: OwnedSemaphorePermit,
}

impl Client {
    /// The next event; none where the page is too far behind, or the server ends.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        match self.events.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                self.live.slow.inc();
                None
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.live.clients.dec();
    }
}

/// A server-sent event. JSON has no line end in it.
fn event(name: &str, json: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {}\n\n", harmless_json(json)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::card::tests::card;
    use super::*;

    fn offer(live: &Live, count: usize) {
        live.offer(std::iter::repeat_n(card("The harvest is in.", Vec::new()), count).collect(), 0);
    }

    fn kept(live: &Live, limit: usize, after: u64) -> Vec<u64> {
        let body: Value = serde_json::from_slice(&live.alerts(limit, after)).unwrap();
        body["alerts"].as_array().unwrap().iter().map(|alert| alert["seq"].as_u64().unwrap()).collect()
    }

    #[test]
    fn the_newest_come_first_and_by_number() {
        let live = Live::new(&Metrics::new());
        offer(&live, 3);
        assert_eq!(kept(&live, 10, 0), Vec::<u64>::new());
        live.look();
        let all = kept(&live, 10, 0);
        assert!(all.len() == 3 && all.is_sorted_by(|a, b| a > b), "{all:?}");
        assert_eq!(kept(&live, 10, all[2]), all[..2]);
        assert_eq!(kept(&live, 1, 0), all[..1]);
    }

    #[test]
    fn numbers_and_bytes_are_bounded() {
        let metrics = Metrics::new();
        let live = Live::new(&metrics);
        // An inbox that nobody looks into keeps the newest.
        offer(&live, INBOX + 30);
        live.offer(VecDeque::new(), 5);
        assert_eq!(lock(&live.inbox).len(), INBOX);
        assert_eq!(metrics.page_dropped.with_label_values(&["alert"]).get(), 35);
        for _ in 0..5 {
            live.look();
            offer(&live, INBOX);
        }
        assert_eq!(kept(&live, 1_000, 0).len(), ALERTS);
        let large = card(&format!("harvest {}", "\u{e0041}".repeat(5_000)), Vec::new());
        for _ in 0..2 {
            live.offer(std::iter::repeat_n(large.clone(), INBOX).collect(), 0);
            live.look();
        }
        let shelf = lock(&live.shelf);
        assert!(shelf.bytes <= ALERTS_BYTES && shelf.bytes > ALERTS_BYTES / 2, "{}", shelf.bytes);
        assert_eq!(shelf.bytes, shelf.alerts.iter().map(|(_, json)| json.len()).sum::<usize>());
    }

    #[test]
    fn an_event_holds_the_newest_and_says_what_it_left_out() {
        let live = Live::new(&Metrics::new());
        let mut client = live.join().unwrap();
        offer(&live, EVENT + 7);
        live.look();
        let event = client.events.try_recv().unwrap();
        let text = std::str::from_utf8(&event).unwrap();
        let data = text.strip_prefix("event: alerts\ndata: ").unwrap().strip_suffix("\n\n").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!((data["alerts"].as_array().unwrap().len(), &data["skipped"]), (EVENT, &json!(7)));
        assert_eq!(data["alerts"][EVENT - 1]["seq"], kept(&live, 1, 0)[0]);
    }

    #[test]
    fn many_topics_become_one_line() {
        let metrics = Arc::new(Metrics::new());
        (0..40).for_each(|at| metrics.set_lag(&format!("t{at}"), 0, 2));
        let shown = Shown {
            live: Live::new(&metrics),
            pipeline: "p".into(),
            loopback: true,
            health: Arc::new(crate::kafka::Health::new(1)),
            late: Duration::MAX,
            packs: Arc::new(|| json!([])),
            reload: Arc::new(drop),
            metrics,
        };
        for _ in 0..FLOW + 3 {
            shown.live.sample(&shown);
        }
        let flow = shown.live.flow();
        assert_eq!(flow["samples"].as_array().unwrap().len(), FLOW);
        assert_eq!(flow["samples"][0]["lag"], json!({ "40 topics": 80 }));
    }
}
