//! One blocking HTTP call per connection: all that seeding needs. Deliberately absent: TLS, keep-alive, chunked
//! bodies (moto answers in HTTP/1.0, the proxy with a length).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::error::Error;
use crate::xml::{find_text, parse};

/// A loaded machine and a large zone may take a while.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where calls go and under which account.
#[derive(Debug, Clone)]
pub(super) struct Http {
    pub(super) endpoint: String,
    pub(super) addr: SocketAddr,
    pub(super) account: Option<String>,
    pub(super) region: String,
    pub(super) key: String,
}

/// A call before it is sent.
pub(super) struct Request<'a> {
    pub(super) service: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) content_type: &'a str,
    /// The operation of a JSON service: `CertificateManager.ListCertificates`.
    pub(super) target: Option<&'a str>,
    pub(super) body: &'a str,
}

impl Http {
    /// The body of a successful answer.
    pub(super) fn call(&self, request: &Request<'_>) -> Result<String, Error> {
        let call = || format!("{} {}", request.method, request.path);
        let no_answer = |why: String| Error::NoAnswer { call: call(), endpoint: self.endpoint.clone(), why };
        let raw = self.exchange(request).map_err(|e| no_answer(e.to_string()))?;
        let text = String::from_utf8_lossy(&raw);
        let (head, body) =
            text.split_once("\r\n\r\n").ok_or_else(|| no_answer("the connection was closed".into()))?;
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        if (200..300).contains(&status) {
            return Ok(body.to_owned());
        }
        let (code, message) = error_fields(body);
        Err(Error::Refused { call: call(), status, code, message })
    }

    fn exchange(&self, request: &Request<'_>) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.addr)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        stream.write_all(self.head(request).as_bytes())?;
        stream.write_all(request.body.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    /// The signature is a dummy; moto only reads the service and the region from its scope.
    fn head(&self, request: &Request<'_>) -> String {
        let Request { service, method, path, content_type, target, body } = request;
        let (key, region) = (&self.key, &self.region);
        let target = target.map(|t| format!("X-Amz-Target: {t}\r\n")).unwrap_or_default();
        let account =
            self.account.as_ref().map(|id| format!("x-moto-account-id: {id}\r\n")).unwrap_or_default();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={key}/20200101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
             {account}{target}Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            self.addr,
            body.len()
        )
    }
}

/// Code and message of an XML or a JSON error.
fn error_fields(body: &str) -> (String, String) {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(body) {
        let text = |key: &str| json[key].as_str().map(str::to_owned);
        let code = text("__type").unwrap_or_default();
        let message = text("message").or_else(|| text("Message")).unwrap_or_default();
        return (code.rsplit('#').next().unwrap_or_default().to_owned(), message);
    }
    let Ok(document) = parse(body) else { return (String::new(), body.trim().to_owned()) };
    let text = |tag| find_text(document.root_element(), tag).unwrap_or_default();
    (text("Code"), text("Message"))
}
