//! What the page asks for: the stream of events, the newest alerts, the flow of the last minutes.
//!
//! `/events` is a stream of server-sent events (WHATWG HTML, section 9.2): `state`, then `flow` each second, `alerts` when
//! there are any, `state` again when it changes. A page that was away asks `/alerts` for what it missed.
//!
//! Who may ask: programs, and pages of this server. A browser says of a request which site's page it is for; and where the
//! server listens on loopback only, it must have been asked by that name: otherwise a site could let its own name point
//! here and read everything (DNS rebinding).

use std::convert::Infallible;
use std::net::IpAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::form_urlencoded;

use super::{Shown, json_of, live};

/// Alerts in an answer, unless asked otherwise.
const LIMIT: usize = 100;
/// A page that lost its stream comes again after this many milliseconds.
const RETRY: &str = "retry: 2000\n\n";

/// Whether a browser says that a page of another site asks.
pub(super) fn foreign(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let other = |origin: &HeaderValue| {
        let host = origin.as_bytes().splitn(3, |byte| *byte == b'/').nth(2);
        host.is_none() || host != headers.get(HOST).map(HeaderValue::as_bytes)
    };
    !matches!(from, None | Some(b"same-origin" | b"none")) || headers.get(ORIGIN).is_some_and(other)
}

/// Whether this is a name that only this machine, or an address, goes by.
fn own_name(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    bare.parse::<IpAddr>().is_ok() || bare.eq_ignore_ascii_case("localhost")
}

/// Refuses pages of other sites, and other names for loopback.
pub(super) async fn only_ours(State(shown): State<Shown>, request: Request, next: Next) -> Response {
    let refused = |error: &str| json_of(StatusCode::FORBIDDEN, &json!({ "error": error }));
    if foreign(request.headers()) {
        return refused("pages of other sites cannot read this");
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if shown.loopback && host.is_some_and(|host| !own_name(host)) {
        return refused("this server listens on loopback: ask it by address or as localhost");
    }
    next.run(request).await
}

/// `/events`
pub(super) async fn events(State(shown): State<Shown>) -> Response {
    let Some(client) = shown.live.join() else {
        let error = json!({ "error": "too many pages are open; close one" });
        return ([(RETRY_AFTER, "10")], json_of(StatusCode::SERVICE_UNAVAILABLE, &error)).into_response();
    };
    let mut first = RETRY.as_bytes().to_vec();
    first.extend(live::state(&shown));
    let stream = futures_util::stream::unfold((client, Some(first.into())), |(mut client, first)| async {
        let event = match first {
            Some(first) => first,
            None => client.next().await?,
        };
        Some((Ok::<_, Infallible>(event), (client, None)))
    });
    // A proxy that gathers an answer before passing it on would gather for ever.
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

/// `/alerts?limit=N&after=SEQ`
pub(super) async fn alerts(State(shown): State<Shown>, uri: Uri) -> Response {
    let (mut limit, mut after) = (LIMIT, 0);
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let taken = match &*name {
            "limit" => value.parse().map(|number| limit = number).is_ok(),
            "after" => value.parse().map(|number| after = number).is_ok(),
            _ => false,
        };
        if !taken {
            let error = "write /alerts?limit=100&after=0: how many, and the `seq` after which they begin";
            return json_of(StatusCode::BAD_REQUEST, &json!({ "error": error }));
        }
    }
    ([(CONTENT_TYPE, "application/json")], shown.live.alerts(limit, after)).into_response()
}

/// `/flow`
pub(super) async fn flow(State(shown): State<Shown>) -> Response {
    json_of(StatusCode::OK, &shown.live.flow())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_sites_are_told_by_what_browsers_say() {
        let asks = |pairs: &[(&'static str, &'static str)]| {
            let pairs =
                pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            foreign(&pairs.collect())
        };
        let host = ("host", "127.0.0.1:9464");
        assert!(!asks(&[host]));
        assert!(!asks(&[host, ("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:9464")]));
        assert!(!asks(&[host, ("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", "anything"] {
            assert!(asks(&[host, ("sec-fetch-site", site)]), "{site}");
        }
        for origin in ["http://example.org", "null", "http://127.0.0.1:8000", "http://127.0.0.1:9464.example.org"] {
            assert!(asks(&[host, ("origin", origin)]), "{origin}");
        }
    }

    #[test]
    fn loopback_goes_by_few_names() {
        for host in ["127.0.0.1:9464", "127.0.0.1", "localhost:9464", "LOCALHOST", "[::1]:9464", "[::1]", "10.0.0.7:80"]
        {
            assert!(own_name(host), "{host}");
        }
        for host in
            ["example.org", "example.org:9464", "127.0.0.1.example.org", "localhost.example.org", "", "[", "x@::1"]
        {
            assert!(!own_name(host), "{host}");
        }
    }
}
