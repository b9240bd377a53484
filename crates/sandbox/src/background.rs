//! The one background runtime on which the sandbox's servers live, and the HTTP server they share.
//! The servers must not live on a caller's runtime: a test may block its only thread on a child process that talks
//! to them. Deliberately absent: TLS, HTTP/2, keep-alive tuning.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::OnceLock;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};

use crate::error::Error;

/// What a handler returns: an answer, or the wish to close the connection without one.
pub(crate) type Reply = Result<Response<Full<Bytes>>, Dropped>;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped on purpose")]
pub(crate) struct Dropped;

/// The process-wide runtime, started on first use and never stopped.
pub(crate) fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()
            .map_err(|e| e.to_string())
    });
    made.as_ref().map_err(|why| Error::Address { address: "127.0.0.1".into(), why: why.clone() })
}

/// A running HTTP server on a free loopback port; dropping it closes the port and every connection.
#[derive(Debug)]
pub(crate) struct Server {
    addr: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Where it listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Binds a free port and answers every request with `handler`. May be called inside and outside a runtime.
pub(crate) fn serve<H, F>(handler: H) -> Result<Server, Error>
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let runtime = runtime()?;
    let listener =
        std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::address("127.0.0.1"))?;
    listener.set_nonblocking(true).map_err(Error::address("127.0.0.1"))?;
    let addr = listener.local_addr().map_err(Error::address("127.0.0.1"))?;
    let inside = runtime.enter();
    let listener = TcpListener::from_std(listener).map_err(Error::address(addr))?;
    drop(inside);
    Ok(Server { addr, task: runtime.spawn(accept(listener, handler)) })
}

/// The connections belong to this future, so aborting it closes them.
async fn accept<H, F>(listener: TcpListener, handler: H)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => { open.spawn(converse(stream, handler.clone())); }
            Some(_) = open.join_next() => {}
            else => return,
        }
    }
}

async fn converse<H, F>(stream: TcpStream, handler: H)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    stream.set_nodelay(true).ok();
    // The handler runs as its own task: a client that goes away must not cancel a call that is half forwarded.
    let service = service_fn(move |request| {
        let call = tokio::spawn(handler(request));
        async move { call.await.unwrap_or(Err(Dropped)) }
    });
    // An error here is a client that went away or a connection we drop on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
