//! Admin HTTP: metrics, health and packs, on loopback unless told otherwise.
//!
//! In: [`Admin`], shared read-only handles. Out: `/metrics` (Prometheus text format), `/live` (the workers' loops turn),
//! `/ready` (joined the group, producers connected, packs loaded; 503 names what is missing), `/packs`, and `/`, which
//! lists them. It runs on a thread and a runtime of its own, so that a worker in trouble can still be asked about.
//! Everything is sent with headers under which a browser runs nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::oneshot;

use crate::kafka::Health;
use crate::metrics::{CONTENT_TYPE, Metrics};

/// A loop that has not turned for so long is stuck: every wait inside it is shorter.
const STUCK: Duration = Duration::from_secs(60);
/// A loop this late is not ready for more: its partitions should go to others first.
const LATE: Duration = Duration::from_secs(20);

/// What the server shows.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Where it listens.
    pub address: SocketAddr,
    /// What was counted.
    pub metrics: Arc<Metrics>,
    /// How the workers are.
    pub health: Arc<Health>,
    /// What `/packs` shows.
    pub packs: serde_json::Value,
}

/// The server could not start.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {why}; set `admin:` to a free address")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        why: std::io::Error,
    },
    /// No thread or runtime.
    #[error("no thread for the admin server: {0}")]
    Thread(std::io::Error),
}

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Where it listens; with port 0 in the configuration, the port that it got.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it and waits for its thread.
    pub fn stop(self) {
        // Both fail only if the thread is gone already.
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

/// Starts the server.
///
/// # Errors
/// The address cannot be listened on, or there is no thread.
pub fn start(admin: Admin) -> Result<Server, AdminError> {
    let bind = |why| AdminError::Bind { address: admin.address, why };
    let listener = std::net::TcpListener::bind(admin.address).map_err(bind)?;
    listener.set_nonblocking(true).map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(AdminError::Thread)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let router = router(admin);
    let serve = move || {
        runtime.block_on(async {
            let listener = match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => listener,
                Err(why) => return tracing::error!(%why, "the admin server has no listener"),
            };
            // An open connection must not hold back the end of the process, so requests under way are dropped.
            tokio::select! {
                ended = axum::serve(listener, router).into_future() => {
                    if let Err(why) = ended { tracing::error!(%why, "the admin server ended"); }
                }
                _ = stopped => {}
            }
        });
    };
    let thread = std::thread::Builder::new().name("admin".into()).spawn(serve).map_err(AdminError::Thread)?;
    Ok(Server { address, stop, thread })
}

fn router(admin: Admin) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/metrics", get(metrics))
        .route("/live", get(live))
        .route("/ready", get(ready))
        .route("/packs", get(packs))
        .layer(middleware::map_response(strict))
        .with_state(Arc::new(admin))
}

/// Nothing that is served may run, be framed, or be taken for another type.
async fn strict(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn index() -> Response {
    let text = "undercurrent\n\n/metrics  Prometheus metrics\n/live     the workers' loops turn\n/ready    joined, connected, packs loaded\n/packs    packs in use\n";
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn metrics(State(admin): State<Arc<Admin>>) -> Response {
    admin.metrics.poll_age.set(admin.health.poll_age().as_secs_f64());
    admin.metrics.ready.set(i64::from(admin.health.missing(LATE).is_empty()));
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], admin.metrics.render()).into_response()
}

async fn live(State(admin): State<Arc<Admin>>) -> Response {
    let age = admin.health.poll_age();
    let status = if age < STUCK { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(serde_json::json!({ "live": age < STUCK, "poll_age_seconds": age.as_secs_f64() })))
        .into_response()
}

async fn ready(State(admin): State<Arc<Admin>>) -> Response {
    let missing = admin.health.missing(LATE);
    let status = if missing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(serde_json::json!({ "ready": missing.is_empty(), "missing": missing }))).into_response()
}

async fn packs(State(admin): State<Arc<Admin>>) -> Response {
    axum::Json(admin.packs.clone()).into_response()
}
