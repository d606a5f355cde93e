//! The admin port: is it alive, is it ready, what does it count.
//!
//! `/livez` answers as long as the process serves at all. `/readyz` says whether clients can be sent here, with
//! the reasons if not. `/metrics` is Prometheus text. The port binds to loopback unless told otherwise and
//! changes nothing: it has no route that writes.
use crate::{scrape, state::State};
use axum::{
    Json, Router, extract,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;

pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/livez", get(async || Json(serde_json::json!({ "status": "ok" }))))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .fallback(async || (StatusCode::NOT_FOUND, "there is /livez, /readyz and /metrics\n"))
        .with_state(state)
}

async fn readyz(extract::State(state): extract::State<Arc<State>>) -> Response {
    let reasons = state.reasons_not_ready();
    let (code, status) = match reasons.is_empty() {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    (code, Json(serde_json::json!({ "status": status, "reasons": reasons }))).into_response()
}

async fn metrics(extract::State(state): extract::State<Arc<State>>) -> Response {
    ([(header::CONTENT_TYPE, telemetry::CONTENT_TYPE)], scrape::text(&state).await).into_response()
}
