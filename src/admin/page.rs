//! The live page's own files, compiled in: nothing is built, nothing comes from elsewhere.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

const FILES: [(&str, &str, &str); 6] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
    ("/page.js", "text/javascript; charset=utf-8", include_str!("page/page.js")),
    ("/alert.js", "text/javascript; charset=utf-8", include_str!("page/alert.js")),
    ("/charts.js", "text/javascript; charset=utf-8", include_str!("page/charts.js")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];

/// Their routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        router.route(path, get(async move || ([(CONTENT_TYPE, kind)], text)))
    })
}
