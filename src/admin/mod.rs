//! HTTP for people and machines that look after the process.
//!
//! In: [`Metrics`], [`Health`], [`Live`], and what the caller says about packs. Out: `/metrics` for Prometheus, `/live` and
//! `/ready` for an orchestrator, `/packs`, and `POST /-/reload`, the one thing that can be asked to be done; at `/` the live
//! page, with `/events`, `/alerts` and `/flow` behind it. A page of another site that a browser here shows can read or ask
//! for none of it.
//!
//! Alive means that every worker's loop turns, be it only to find that brokers are gone: a restart would not bring them
//! back. Ready means that each worker has joined its group and has a producer. The server has its own thread and shares
//! nothing with the workers but atomics, so it answers when they cannot. It is bound to loopback unless told otherwise,
//! since it asks nobody who they are.

mod card;
mod events;
mod excerpt;
mod live;
mod page;
mod patience;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::sync::oneshot;

pub use card::Card;
pub use live::Live;

use crate::kafka::Health;
use crate::metrics::{self, Metrics};
use crate::problem::harmless_json;
use patience::Patient;

/// A loop that has not turned for this long hangs: the longest wait inside a turn is some seconds.
const LIVE_WITHIN: Duration = Duration::from_mins(1);

/// A connection whose other end takes nothing for this long is given up. Shorter, and a page on a bad line is cut off;
/// longer, and dead pages keep living ones out.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nothing may be loaded from elsewhere, framed or guessed, and no string ever becomes markup or script: what is shown
/// here quotes hostile text.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Why there is no admin server.
#[derive(Debug, Error)]
pub enum AdminError {
    /// The address cannot be used.
    #[error("the admin address {address} cannot be used: {cause}; set `admin` to another")]
    Bind {
        /// The configured address.
        address: SocketAddr,
        /// The system's words.
        cause: io::Error,
    },
    /// The system has no thread left, or no event queue.
    #[error("the admin server cannot start: {0}")]
    Start(io::Error),
}

impl AdminError {
    /// A bounded word for it.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Bind { .. } => "bind",
            Self::Start(_) => "start",
        }
    }
}

/// What came of something that was asked for.
#[derive(Debug)]
pub struct Answer {
    /// Whether it is done.
    pub well: bool,
    /// What to say about it.
    pub body: Value,
}

/// What the server shows.
#[derive(Clone)]
pub struct Shown {
    /// All series.
    pub metrics: Arc<Metrics>,
    /// The workers' notes.
    pub health: Arc<Health>,
    /// The live page's memory.
    pub live: Arc<Live>,
    /// The pipeline's name.
    pub pipeline: String,
    /// Whether only this machine can reach the server.
    pub loopback: bool,
    /// A worker's loop may be this old before the process is not ready: `max.poll.interval.ms`.
    pub late: Duration,
    /// The body of `/packs`, asked for anew each time.
    pub packs: Arc<dyn Fn() -> Value + Send + Sync>,
    /// Reloads the packs elsewhere and sends the answer when that is done; dropping the sender says that there is nothing
    /// to reload from.
    pub reload: Arc<dyn Fn(oneshot::Sender<Answer>) + Send + Sync>,
}

/// A server that runs; it ends when this is dropped.
pub struct Admin {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Admin {
    /// Where it listens; the port is the real one where 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts the server on a thread of its own.
///
/// # Errors
/// [`AdminError`], naming the address and the setting.
pub fn serve(address: SocketAddr, shown: Shown) -> Result<Admin, AdminError> {
    serve_with(address, shown, PATIENCE)
}

fn serve_with(address: SocketAddr, shown: Shown, patience: Duration) -> Result<Admin, AdminError> {
    let listener = TcpListener::bind(address).map_err(|cause| AdminError::Bind { address, cause })?;
    listener.set_nonblocking(true).map_err(AdminError::Start)?;
    let address = listener.local_addr().map_err(AdminError::Start)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(AdminError::Start)?;
    let (stop, stopped) = oneshot::channel();
    let run = move || runtime.block_on(listen(listener, shown, patience, stopped));
    let thread = std::thread::Builder::new().name("admin".into()).spawn(run).map_err(AdminError::Start)?;
    Ok(Admin { address, stop: Some(stop), thread: Some(thread) })
}

/// Answers until told to stop. A client that keeps its connection open does not hold up the stop.
async fn listen(listener: TcpListener, shown: Shown, patience: Duration, stopped: oneshot::Receiver<()>) {
    let serving = async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let listener = Patient { listener, patience, given_up: shown.live.slow() };
        axum::serve(listener, router(shown.clone())).await
    };
    tokio::select! {
        () = live::keep(&shown) => {}
        outcome = serving => if let Err(error) = outcome {
            tracing::error!(%error, "the admin server ended");
        },
        _ = stopped => {}
    }
}

fn router(shown: Shown) -> Router {
    let ours = Router::new()
        .route("/events", get(events::events))
        .route("/alerts", get(events::alerts))
        .route("/flow", get(events::flow))
        .route_layer(middleware::from_fn_with_state(shown.clone(), events::only_ours));
    Router::new()
        .merge(page::routes())
        .merge(ours)
        .route("/metrics", get(show_metrics))
        .route("/live", get(live))
        .route("/ready", get(ready))
        .route("/packs", get(async |State(shown): State<Shown>| json_of(StatusCode::OK, &(shown.packs)())))
        .route("/-/reload", post(reload))
        .layer(middleware::map_response(strict))
        .with_state(shown)
}

async fn strict(mut response: Response) -> Response {
    response.headers_mut().extend(HEADERS);
    response
}

async fn show_metrics(State(shown): State<Shown>) -> Response {
    shown.metrics.poll_age.set(shown.health.poll_age().as_secs_f64());
    shown.metrics.ready.set(i64::from(shown.health.missing(shown.late).is_empty()));
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], shown.metrics.render()).into_response()
}

async fn live(State(shown): State<Shown>) -> (StatusCode, Json<Value>) {
    let age = shown.health.poll_age();
    answer(age < LIVE_WITHIN, json!({ "live": age < LIVE_WITHIN, "poll_age_seconds": age.as_secs_f64() }))
}

async fn ready(State(shown): State<Shown>) -> (StatusCode, Json<Value>) {
    let missing = shown.health.missing(shown.late);
    answer(missing.is_empty(), json!({ "ready": missing.is_empty(), "missing": missing }))
}

/// Only for those who are no page of another site: browsers say of a request where it comes from.
async fn reload(State(shown): State<Shown>, headers: HeaderMap) -> Response {
    if events::foreign(&headers) {
        return json_of(StatusCode::FORBIDDEN, &json!({ "error": "pages of other sites cannot ask for a reload" }));
    }
    let (answer, answered) = oneshot::channel();
    (shown.reload)(answer);
    match answered.await {
        Ok(Answer { well: true, body }) => json_of(StatusCode::OK, &body),
        Ok(Answer { well: false, body }) => json_of(StatusCode::UNPROCESSABLE_ENTITY, &body),
        Err(_) => json_of(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "error": "there is nothing to reload, or the end is near" }),
        ),
    }
}

/// JSON that quotes what people wrote, harmless for the terminal of whoever asked.
fn json_of(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], harmless_json(&body.to_string()).into_owned()).into_response()
}

fn answer(well: bool, body: Value) -> (StatusCode, Json<Value>) {
    (if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn shown() -> Shown {
        let metrics = Arc::<Metrics>::default();
        Shown {
            live: Live::new(&metrics),
            pipeline: "p".into(),
            loopback: true,
            metrics,
            health: Arc::new(Health::new(1)),
            late: Duration::MAX,
            packs: Arc::new(|| json!([{ "pack": "a" }])),
            reload: Arc::new(|answer| {
                let _ = answer.send(Answer { well: true, body: json!({ "outcome": "swapped" }) });
            }),
        }
    }

    fn admin(shown: &Shown) -> Admin {
        serve(SocketAddr::from(([127, 0, 0, 1], 0)), shown.clone()).unwrap()
    }

    fn fetch(admin: &Admin, path: &str) -> String {
        request(admin, "GET", path, "")
    }

    fn request(admin: &Admin, method: &str, path: &str, headers: &str) -> String {
        let mut connection = TcpStream::connect(admin.address()).unwrap();
        write!(connection, "{method} {path} HTTP/1.1\r\nhost: x\r\n{headers}connection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn readiness_names_what_is_missing() {
        let shown = shown();
        let admin = admin(&shown);
        let answer = fetch(&admin, "/ready");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("worker 0: has not joined"), "{answer}");
        shown.health.packs(true);
        shown.health.worker(0).joined(true);
        shown.health.worker(0).connected(true);
        assert!(fetch(&admin, "/ready").starts_with("HTTP/1.1 200"));
        assert!(fetch(&admin, "/metrics").contains("undercurrent_ready 1"));
        assert!(fetch(&admin, "/live").starts_with("HTTP/1.1 200"));
        assert!(fetch(&admin, "/packs").contains(r#"[{"pack":"a"}]"#));
    }

    #[test]
    fn a_reload_is_asked_for_by_post_and_answers_how_it_went() {
        let mut shown = shown();
        let answer = request(&admin(&shown), "POST", "/-/reload", "");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(r#"{"outcome":"swapped"}"#), "{answer}");
        let get = fetch(&admin(&shown), "/-/reload");
        assert!(get.starts_with("HTTP/1.1 405") && get.contains("allow: POST"), "{get}");
        let foreign = request(&admin(&shown), "POST", "/-/reload", "sec-fetch-site: cross-site\r\n");
        assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");

        shown.reload = Arc::new(|answer| {
            let problem = json!({ "file": "a\u{202e}.yaml", "line": 3, "column": 1, "message": "no" });
            let _ = answer.send(Answer { well: false, body: json!({ "outcome": "failed", "problems": [problem] }) });
        });
        let answer = request(&admin(&shown), "POST", "/-/reload", "");
        assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
        assert!(answer.contains(r#""file":"a\u202e.yaml""#), "{answer}");

        shown.reload = Arc::new(drop);
        assert!(request(&admin(&shown), "POST", "/-/reload", "").starts_with("HTTP/1.1 503"));
    }

    #[test]
    fn other_questions_are_answered_while_a_reload_runs() {
        let (asked, asking) = std::sync::mpsc::channel();
        let reload = Arc::new(move |answer| drop(asked.send(answer)));
        let admin = admin(&Shown { reload, ..shown() });
        std::thread::scope(|scope| {
            let reloading = scope.spawn(|| request(&admin, "POST", "/-/reload", ""));
            let answer = asking.recv().unwrap();
            assert!(fetch(&admin, "/live").starts_with("HTTP/1.1 200"));
            answer.send(Answer { well: true, body: json!({}) }).unwrap();
            assert!(reloading.join().unwrap().starts_with("HTTP/1.1 200"));
        });
    }

    #[test]
    fn every_answer_is_strict() {
        let admin = admin(&shown());
        for path in ["/", "/metrics", "/ready", "/nowhere"] {
            let answer = fetch(&admin, path);
            assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
            assert!(answer.contains("content-security-policy: default-src 'none'"), "{answer}");
        }
        assert!(fetch(&admin, "/nowhere").starts_with("HTTP/1.1 404"));
        assert!(fetch(&admin, "/metrics").contains("content-type: text/plain; version=0.0.4"));
    }

    #[test]
    fn a_port_in_use_is_named_with_its_setting() {
        let first = admin(&shown());
        let error = serve(first.address(), shown()).err().unwrap().to_string();
        assert!(error.contains(&first.address().to_string()) && error.ends_with("set `admin` to another"), "{error}");
    }

    #[test]
    fn an_open_connection_does_not_hold_up_the_stop() {
        let admin = admin(&shown());
        let _open = TcpStream::connect(admin.address()).unwrap();
        let started = std::time::Instant::now();
        drop(admin);
        assert!(started.elapsed() < Duration::from_secs(1));
    }

    /// A connection that asked for the stream and has read its head and first event.
    fn page(admin: &Admin) -> (TcpStream, String) {
        let mut connection = TcpStream::connect(admin.address()).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        write!(connection, "GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut seen = String::new();
        let mut bytes = [0; 4096];
        while !seen.contains("event: state\ndata: ") && !seen.contains("HTTP/1.1 503") {
            let read = connection.read(&mut bytes).unwrap();
            assert_ne!(read, 0, "it ended after {seen}");
            seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        (connection, seen)
    }

    fn until(what: &str, mut holds: impl FnMut() -> bool) {
        let begun = std::time::Instant::now();
        while !holds() {
            assert!(begun.elapsed() < Duration::from_secs(30), "in vain: {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_page_is_told_state_flow_and_alerts() {
        let shown = shown();
        let admin = admin(&shown);
        let (mut connection, mut seen) = page(&admin);
        assert!(seen.contains("content-type: text/event-stream") && seen.contains("retry: 2000"), "{seen}");
        shown.live.offer([card::tests::card("The harvest is in.", Vec::new())].into(), 0);
        let mut bytes = [0; 4096];
        while !(seen.contains("event: flow") && seen.contains("event: alerts")) {
            let read = connection.read(&mut bytes).unwrap();
            seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        assert!(seen.contains(r#""ready":false"#) && seen.contains(r#""pipeline":"p""#), "{seen}");
        drop(connection);
        until("the page is gone", || shown.metrics.page_clients.get() == 0);
    }

    #[test]
    fn pages_are_counted_and_no_more_than_there_are_seats() {
        let shown = shown();
        let admin = admin(&shown);
        let open: Vec<_> = (0..32).map(|_| page(&admin).0).collect();
        assert_eq!(shown.metrics.page_clients.get(), 32);
        let (_, refused) = page(&admin);
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 10"), "{refused}");
        drop(open);
        until("the seats are free", || shown.metrics.page_clients.get() == 0);
        assert!(page(&admin).1.starts_with("HTTP/1.1 200"));
    }

    #[test]
    fn a_page_that_does_not_read_is_cut_off_and_holds_up_nobody() {
        let shown = shown();
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let admin = serve_with(loopback, shown.clone(), Duration::from_millis(300)).unwrap();
        let (_deaf, _) = page(&admin);
        let large = card::tests::card(&format!("harvest {}", "\u{e0041}".repeat(5_000)), Vec::new());
        let slow = shown.metrics.page_dropped.with_label_values(&["client"]);
        until("the deaf page is cut off", || {
            shown.live.offer(std::iter::repeat_n(large.clone(), 20).collect(), 0);
            assert!(fetch(&admin, "/live").starts_with("HTTP/1.1 200"));
            slow.get() > 0
        });
        until("its seat is free", || shown.metrics.page_clients.get() == 0);
    }

    #[test]
    fn the_pages_own_files_and_apis_answer_those_who_may_ask() {
        let shown = shown();
        let admin = admin(&shown);
        let ask = |path: &str, headers: &str| {
            let mut connection = TcpStream::connect(admin.address()).unwrap();
            write!(connection, "GET {path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            answer
        };
        for (path, kind) in [("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css")] {
            let answer = ask(path, "host: localhost\r\n");
            assert!(
                answer.starts_with("HTTP/1.1 200") && answer.contains(&format!("content-type: {kind}")),
                "{answer}"
            );
            assert!(answer.contains("require-trusted-types-for 'script'"), "{answer}");
        }
        for path in ["/alerts", "/flow", "/events"] {
            let site = ask(path, "host: localhost\r\nsec-fetch-site: cross-site\r\n");
            assert!(site.starts_with("HTTP/1.1 403"), "{site}");
            let rebound = ask(path, "host: example.org:9464\r\n");
            assert!(rebound.starts_with("HTTP/1.1 403") && rebound.contains("localhost"), "{rebound}");
        }
        shown.live.offer([card::tests::card("The harvest is in.", Vec::new())].into(), 3);
        until("the alert is on the shelf", || ask("/alerts?limit=5", "host: localhost\r\n").contains("harvest"));
        assert!(ask("/alerts", "host: localhost\r\n").ends_with("\"dropped\":3}"));
        assert!(ask("/alerts?limit=x", "host: localhost\r\n").starts_with("HTTP/1.1 400"));
        assert!(ask("/flow", "host: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n").contains(r#""every_seconds":1"#));
    }
}
