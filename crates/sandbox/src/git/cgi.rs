//! `git http-backend` as a CGI program behind our HTTP server. Deliberately absent: pushing over HTTP.

use std::path::Path;
use std::process::Stdio;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::run;
use crate::background::{Dropped, Reply};
use crate::proxy::Inbound;

/// Answers one request for a repository below `root`.
pub(super) async fn answer(root: &Path, call: &Inbound) -> Reply {
    let mut child = backend(root, call).spawn().map_err(|_| Dropped)?;
    let stdin = child.stdin.take();
    let body = call.body.clone();
    // Fed from a task of its own: the backend may answer before it has read everything.
    let feed = tokio::spawn(async move {
        if let Some(mut stdin) = stdin {
            stdin.write_all(&body).await.ok();
            stdin.shutdown().await.ok();
        }
    });
    let output = child.wait_with_output().await.map_err(|_| Dropped)?;
    feed.abort();
    parse(&output.stdout).ok_or(Dropped)
}

fn backend(root: &Path, call: &Inbound) -> Command {
    let header =
        |name: &str| call.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let mut command = Command::from(run::command(root));
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", call.uri.path())
        .env("QUERY_STRING", call.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", call.method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", call.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// A CGI answer: header lines, an empty line, the body; `Status:` sets the status.
fn parse(output: &[u8]) -> Option<Response<Full<Bytes>>> {
    let end = output.windows(4).position(|w| w == b"\r\n\r\n")?;
    let mut builder = Response::builder();
    for line in std::str::from_utf8(&output[..end]).ok()?.split("\r\n") {
        let (name, value) = line.split_once(": ")?;
        builder = match name {
            "Status" => builder.status(value.split(' ').next()?.parse::<u16>().ok()?),
            _ => builder.header(name, value),
        };
    }
    builder.body(Full::new(Bytes::copy_from_slice(&output[end + 4..]))).ok()
}
