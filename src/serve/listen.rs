//! The loop that accepts connections: limits on time, headers and numbers, and a shutdown that loses nothing.
//!
//! `axum::serve` never closes a connection whose request head stays away; hyper's own loop with a timer does. Neither closes one
//! whose reader takes nothing: a limit on the time of a write does.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use crate::app::Stop;

/// Connections at one time; more wait in the system's own queue.
pub(super) const MOST_CONNECTIONS: usize = 64;
/// Time for the head of a request.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(5);
/// Bytes of a request's head; more is answered with 431.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// Time in which a reader takes at least something of what is written to it; a connection that stands still longer is closed,
/// and the work for it stops.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// Time that open connections get to finish when the server stops.
const LAST_TIME: Duration = Duration::from_secs(2);
/// How often the stop flag is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Serves until `stop` is set; then accepts nothing more, lets open answers end, and returns.
pub(super) async fn listen(listener: TcpListener, router: Router, stop: &Stop) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (ending, ends) = watch::channel(false);
    let mut open = JoinSet::new();
    while !stop.is_set() {
        while open.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = sleep(LOOK) => continue,
        };
        let Some((stream, permit)) = accepted else { continue };
        let (router, ends) = (router.clone(), ends.clone());
        open.spawn(async move {
            connection(stream, router, ends).await;
            drop(permit);
        });
    }
    // Every receiver may be gone already.
    let _ = ending.send(true);
    let finish = async { while open.join_next().await.is_some() {} };
    if timeout(LAST_TIME, finish).await.is_err() {
        open.shutdown().await;
    }
}

/// Takes connections until it is told to end.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    // One failed connection (it has gone already, or no descriptor is left) is no reason to stop.
    let accepted: std::io::Result<(TcpStream, SocketAddr)> = listener.accept().await;
    match accepted {
        Ok((stream, _)) => Some((stream, permit)),
        Err(_) => {
            sleep(LOOK).await;
            None
        }
    }
}

/// Serves one connection to its end.
async fn connection(stream: TcpStream, router: Router, mut ends: watch::Receiver<bool>) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIME));
    let stream = Box::pin(stream);
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(serving);
    // What goes wrong on one connection is the business of whoever opened it.
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = ends.changed() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}
