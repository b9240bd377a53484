//! The way to moto: one connection per call. Deliberately absent: pooling, retries.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING};
use hyper::{HeaderMap, Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::ACCOUNT_HEADER;
use super::answer::Answer;
use crate::background::Dropped;

/// A request that was read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Inbound {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Inbound {
    pub(crate) async fn read(request: Request<Incoming>) -> Result<Self, Dropped> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        let mut headers = parts.headers;
        for name in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH, HeaderName::from_static("expect")] {
            headers.remove(name);
        }
        Ok(Self { method: parts.method, uri: parts.uri, headers, body })
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |p| p.as_str())
    }

    /// The account the proxy chose for the call; calls with temporary credentials have none.
    pub(crate) fn account(&self) -> Option<&str> {
        self.headers.get(ACCOUNT_HEADER)?.to_str().ok()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The same caller asking something else, without a body.
    pub(crate) fn get(&self, path: &str) -> Self {
        self.with(Method::GET, path, Bytes::new())
    }

    /// The same caller posting something else.
    pub(crate) fn with(&self, method: Method, path: &str, body: Bytes) -> Self {
        let uri = path.parse().unwrap_or_else(|_| self.uri.clone());
        Self { method, uri, headers: self.headers.clone(), body }
    }
}

/// Where moto listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upstream(pub(crate) SocketAddr);

impl Upstream {
    /// Sends a call and reads the whole answer; an emulator that is gone becomes a 502.
    pub(crate) async fn send(&self, call: &Inbound) -> Answer {
        match self.exchange(call).await {
            Ok(answer) => answer,
            Err(why) => Answer {
                status: 502,
                headers: vec![("content-type".into(), "text/plain".into())],
                body: format!("the sandbox cannot reach moto at {}: {why}", self.0),
            },
        }
    }

    async fn exchange(&self, call: &Inbound) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.0).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let mut request = Request::builder().method(call.method.clone()).uri(call.path());
        if let Some(headers) = request.headers_mut() {
            *headers = call.headers.clone();
        }
        let response = sender.send_request(request.body(Full::new(call.body.clone()))?).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        drop(sender);
        driver.abort();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: kept(&parts.headers),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

/// Headers of the connection itself are not passed on.
fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let own = [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH];
    headers
        .iter()
        .filter(|(name, _)| !own.contains(name))
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect()
}
