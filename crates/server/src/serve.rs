//! Listening and stopping. Written on hyper itself, because a daemon needs bounds that the ready-made
//! loop has not: how long a header may take, how long a connection may live, and how many there are.

use crate::error::ServeError;
use crate::routes::{Api, router};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// How long requests that are being answered may go on after the server was told to stop.
pub const GRACE: Duration = Duration::from_secs(10);
/// How long the head of a request may take to arrive; also how long an idle connection lives.
const HEAD: Duration = Duration::from_secs(30);
/// How long a connection is used for new requests.
const LIFETIME: Duration = Duration::from_secs(300);
/// How many connections there may be; further ones wait to be accepted.
const CONNECTIONS: usize = 256;
/// The most octets of a request's head.
const MOST_HEAD: usize = 16 * 1024;

/// Answers requests until `shutdown` ends, then lets those in hand finish for at most [`GRACE`].
///
/// # Errors
/// [`ServeError::NeedsTokens`] where others can reach the listener and the gate asks for no token;
/// [`ServeError::Listener`] where the listener does not work at all.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let at = listener.local_addr()?;
    api.gate.fits(at)?;
    tracing::info!(%at, "the API listens");
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let router = router(api);
    tokio::select! {
        () = accept(&listener, &router, &stopped, &mut connections) => {}
        () = shutdown => {}
    }
    drop((listener, stop));
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!("some API connections did not end in time and were cut");
    }
    connections.shutdown().await;
    Ok(())
}

/// Accepts for ever.
async fn accept(
    listener: &TcpListener,
    router: &Router,
    stopped: &watch::Receiver<()>,
    connections: &mut JoinSet<()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(attend(stream, router.clone(), stopped.clone(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await; // out of file handles, mostly
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until it ends, grows too old, or the server stops.
async fn attend(
    stream: TcpStream,
    router: Router,
    mut stopped: watch::Receiver<()>,
    _place: OwnedSemaphorePermit,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_header_size(MOST_HEAD);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return note(ended),
        _ = stopped.changed() => {}
        () = tokio::time::sleep(LIFETIME) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(ended) = tokio::time::timeout(GRACE, connection).await {
        note(ended);
    }
}

fn note(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "an API connection ended early");
    }
}
