//! HTTP/1.1 on a free loopback port, on threads of its own.

use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::answer::Answer;
use crate::error::Error;
use crate::gate::{Outcome, Request, handle};
use crate::git;
use crate::state::{State, lock};
use crate::webhooks::deliver;

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped on purpose")]
struct Dropped;

/// Binds a port.
pub(crate) fn bind() -> Result<(StdListener, u16), Error> {
    let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::Start)?;
    listener.set_nonblocking(true).map_err(Error::Start)?;
    let port = listener.local_addr().map_err(Error::Start)?.port();
    Ok((listener, port))
}

/// What a started server is held by.
pub(crate) struct Running {
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) thread: std::thread::JoinHandle<()>,
    pub(crate) handle: tokio::runtime::Handle,
}

/// Serves until the sender is dropped.
pub(crate) fn serve(listener: StdListener, state: Arc<Mutex<State>>) -> Result<Running, Error> {
    let (stop, stopped) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::Start)?;
    let handle = runtime.handle().clone();
    let listener = {
        let _inside = runtime.enter();
        TcpListener::from_std(listener).map_err(Error::Start)?
    };
    let thread = std::thread::Builder::new()
        .name("github-fake".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, state) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })
        .map_err(Error::Start)?;
    Ok(Running { stop, thread, handle })
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&state)));
    }
}

async fn connection(stream: TcpStream, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request| one(request, Arc::clone(&state)));
    // An error here is a client that went away, or a fault that ends the connection.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

async fn one(
    request: hyper::Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<hyper::Response<Full<Bytes>>, Dropped> {
    lock(&state).meter.in_flight += 1;
    let read = read(request).await;
    let reply = match read {
        Some(request) if git::is_git(&request.path) => git::answer(&state, &request).await,
        Some(mut request) => {
            let held = Arc::clone(&state);
            let answered = tokio::task::spawn_blocking(move || handle(&held, &mut request)).await;
            match answered {
                Ok(Outcome::Answer(answer)) => respond(answer),
                Ok(Outcome::Reset) | Err(_) => None,
            }
        }
        None => None,
    };
    let mut held = lock(&state);
    held.meter.in_flight = held.meter.in_flight.saturating_sub(1);
    let (noted, sending) = (std::mem::take(&mut held.outbox), held.sending);
    drop(held);
    if !noted.is_empty() {
        tokio::spawn(deliver(Arc::clone(&state), noted, sending));
    }
    reply.ok_or(Dropped)
}

async fn read(request: hyper::Request<Incoming>) -> Option<Request> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    let headers =
        headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    Some(Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.collect().await.ok()?.to_bytes().to_vec(),
    })
}

pub(crate) fn respond(answer: Answer) -> Option<hyper::Response<Full<Bytes>>> {
    let mut builder = hyper::Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    let body = match answer.body {
        Some(body) => {
            builder = builder.header("content-type", "application/json; charset=utf-8");
            Bytes::from(body.to_string())
        }
        None => Bytes::new(),
    };
    builder.body(Full::new(body)).ok()
}
