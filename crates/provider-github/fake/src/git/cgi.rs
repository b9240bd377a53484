//! `git http-backend` as a CGI program.

use std::path::Path;
use std::process::Stdio;

use bytes::Bytes;
use http_body_util::Full;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::Reply;
use crate::gate::Request;

/// git without anybody's configuration.
fn git() -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command
}

/// One request to `git http-backend`.
pub(super) async fn answer(root: &Path, request: &Request) -> Reply {
    let header = |name: &str| request.header(name).unwrap_or_default();
    let mut command = git();
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("REQUEST_METHOD", &request.method)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_USER", "fake")
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let (stdin, body) = (child.stdin.take(), request.body.clone());
    // Fed from a task of its own: the backend may answer before it has read everything.
    let feed = tokio::spawn(async move {
        if let Some(mut stdin) = stdin {
            stdin.write_all(&body).await.ok();
        }
    });
    let output = child.wait_with_output().await.ok()?;
    feed.abort();
    parse(&output.stdout)
}

/// Header lines, an empty line, the body; `Status:` sets the status.
fn parse(output: &[u8]) -> Reply {
    let end = output.windows(4).position(|window| window == b"\r\n\r\n")?;
    let mut builder = hyper::Response::builder();
    for line in std::str::from_utf8(&output[..end]).ok()?.split("\r\n") {
        let (name, value) = line.split_once(": ")?;
        builder = match name {
            "Status" => builder.status(value.split(' ').next()?.parse::<u16>().ok()?),
            _ => builder.header(name, value),
        };
    }
    builder.body(Full::new(Bytes::copy_from_slice(&output[end + 4..]))).ok()
}
