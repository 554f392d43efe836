//! What the server answers: the page's own files, and the desk behind `/api/`.
//!
//! | request | answer |
//! |---|---|
//! | `GET /`, `/app.js`, `/app.css`, `/icon.svg`, `/report.css`, `/figures.js` | the page's files, built into the program |
//! | `GET /api/start` | what the page needs to begin: defaults, limits, shipped scenarios |
//! | `POST /api/check` | a question with its problems at their fields, and what follows from it at once |
//! | `POST /api/run` | lines of JSON while it runs: progress, a first impression, the result |
//! | `POST /api/file` | a file made from a question: scenario, report, workbook |
//!
//! Addresses never become paths of files.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::desk::{AnswerLine, Desk, File};
use super::gate::{Gate, Refusal};
use super::queue::{Dropped, Queue};
use super::stream::lines;
use crate::app::Stop;
use crate::report::html;

/// Largest question, in bytes; more is answered with 413.
pub const MOST_BODY: usize = 1024 * 1024;
/// Time for a question to arrive once its head is there.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Seconds after which a full queue is worth another try.
const RETRY_SECONDS: &str = "5";
/// Names the page (a tab of a browser) that asks, so that a newer question cancels its older one.
const CLIENT_HEADER: &str = "x-stapjes-client";

/// Arms that can be switched off in a figure of the page.
const MOST_ARMS: usize = 8;

/// The page.
const PAGE: &str = include_str!("page/index.html");
/// Its script.
const SCRIPT: &str = include_str!("page/app.js");
/// Its style sheet.
const STYLE: &str = include_str!("page/app.css");
/// Its icon.
const ICON: &str = include_str!("page/icon.svg");

/// What every route knows.
pub(super) struct House<D> {
    /// The checks before any route.
    pub gate: Gate,
    /// Work that waits its turn.
    pub queue: Queue,
    /// Who answers.
    pub desk: D,
}

/// All routes behind their checks.
pub(super) fn router<D: Desk>(house: Arc<House<D>>) -> Router {
    let page = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], text) })
    };
    Router::new()
        .route("/", page("text/html; charset=utf-8", PAGE))
        .route("/app.js", page("text/javascript; charset=utf-8", SCRIPT))
        .route("/app.css", page("text/css; charset=utf-8", STYLE))
        .route(
            "/report.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], html::style(MOST_ARMS)) }),
        )
        .route("/figures.js", page("text/javascript; charset=utf-8", html::FIGURE_SCRIPT))
        .route("/icon.svg", page("image/svg+xml", ICON))
        .route("/api/start", get(start::<D>))
        .route("/api/check", post(check::<D>))
        .route("/api/run", post(run::<D>))
        .route("/api/file", post(file::<D>))
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "not-found") })
        .method_not_allowed_fallback(|| async { refusal(StatusCode::METHOD_NOT_ALLOWED, "method") })
        .layer(middleware::from_fn_with_state(Arc::clone(&house), guard::<D>))
        .with_state(house)
}

/// Every answer, a refusal too, says the same to the browser about what it may do with it.
async fn guard<D: Desk>(State(house): State<Arc<House<D>>>, request: Request, next: Next) -> Response {
    let admitted = house.gate.admit(request.method(), request.uri(), request.headers());
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err(reason) => turned_away(reason),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// The answer to a request that the gate refuses.
fn turned_away(reason: Refusal) -> Response {
    refusal(reason.status(), reason.name())
}

/// A status with a name that the page knows.
fn refusal(status: StatusCode, name: &str) -> Response {
    (status, axum::Json(json!({ "refused": name }))).into_response()
}

/// Reads the question: JSON of limited size that arrives in time.
async fn question(headers: &HeaderMap, body: Body) -> Result<Value, Response> {
    let long = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if long.is_some_and(|bytes| bytes > MOST_BODY as u64) {
        return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    }
    let bytes: Bytes = match tokio::time::timeout(BODY_TIME, to_bytes(body, MOST_BODY)).await {
        Err(_) => return Err(refusal(StatusCode::REQUEST_TIMEOUT, "too-slow")),
        Ok(Err(_)) => return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "too-large")),
        Ok(Ok(bytes)) => bytes,
    };
    serde_json::from_slice(&bytes).map_err(|_| refusal(StatusCode::BAD_REQUEST, "not-json"))
}

/// Which window asks.
fn client(headers: &HeaderMap) -> String {
    let named = headers.get(CLIENT_HEADER).and_then(|value| value.to_str().ok()).unwrap_or("");
    named.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

/// What the page needs first: words, fields, languages.
async fn start<D: Desk>(State(house): State<Arc<House<D>>>, uri: Uri) -> Response {
    let english = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "lang=en"));
    axum::Json(house.desk.start(if english { "en" } else { "nl" })).into_response()
}

/// Problems of a question, at once.
async fn check<D: Desk>(State(house): State<Arc<House<D>>>, headers: HeaderMap, body: Body) -> Response {
    let asked = match question(&headers, body).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    // Reading a scenario takes milliseconds of computing: not on a thread that talks to browsers.
    let answer = tokio::task::spawn_blocking(move || house.desk.check(&asked)).await;
    answer.map_or_else(|_| failed(), |answer| axum::Json(answer).into_response())
}

/// Something that should not happen did.
fn failed() -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "failed")
}

/// Computes an answer, line by line.
async fn run<D: Desk>(State(house): State<Arc<House<D>>>, headers: HeaderMap, body: Body) -> Response {
    let asked = match question(&headers, body).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let (lines, body) = lines();
    let (theirs, ended) = (Arc::clone(&house), lines.clone());
    let work = move |stop: &Stop| {
        theirs.desk.run(&asked, stop, &|line| match line {
            AnswerLine::Progress { .. } => {
                lines.offer(&line);
                true
            }
            AnswerLine::Answer { .. } | AnswerLine::Refused { .. } => lines.send(&line),
        });
    };
    let submitted = house.queue.submit(&client(&headers), work, move |why| {
        ended.offer(&json!({ "ended": if why == Dropped::Superseded { "superseded" } else { "failed" } }));
    });
    let Ok(stop) = submitted else { return busy() };
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8")];
    (kind, Body::new(body.stops(stop))).into_response()
}

/// Too many wait.
fn busy() -> Response {
    let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "busy");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    response
}

/// A file of an answer.
async fn file<D: Desk>(State(house): State<Arc<House<D>>>, headers: HeaderMap, body: Body) -> Response {
    let asked = match question(&headers, body).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let theirs = Arc::clone(&house);
    let (give, take) = tokio::sync::oneshot::channel();
    let work = move |stop: &Stop| {
        // Nobody waits any more when the browser has gone: the file was for them.
        let _ = give.send(theirs.desk.file(&asked, stop));
    };
    let Ok(stop) = house.queue.submit(&client(&headers), work, |_| ()) else { return busy() };
    let _stops = StopOnDrop(stop);
    match take.await {
        Err(_) => failed(),
        Ok(Err(problems)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(json!({ "problems": problems }))).into_response()
        }
        Ok(Ok(file)) => attachment(file),
    }
}

/// Stops the work when whoever waits for it goes away.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// A file to save.
fn attachment(file: File) -> Response {
    let name = format!("attachment; filename=\"{}\"", file.name.replace(['"', '\\'], ""));
    let disposition = HeaderValue::from_str(&name).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (kind, file.bytes).into_response()
}
