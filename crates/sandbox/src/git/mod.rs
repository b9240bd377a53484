//! Git remotes over smart HTTP on loopback, for reading; they are written through the file system.
//! Deliberately absent: pushing over HTTP, ssh, hooks.

mod cgi;
mod run;
mod worktree;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Request, Response};

pub use worktree::WorkTree;

use crate::background::{Dropped, Reply, Server, serve};
use crate::error::Error;
use crate::proxy::Inbound;

/// A server of bare repositories; dropping it closes the port, the repositories stay in their folder.
#[derive(Debug)]
pub struct GitRemote {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    token: Option<String>,
    requests: AtomicUsize,
}

impl GitRemote {
    /// Serves the bare repositories below `root`. With a token every request needs it, as `Bearer` or as the password
    /// of `Basic` with any user name; others get 401.
    ///
    /// # Errors
    /// A folder that cannot be made, or no free port.
    pub fn start(root: &Path, token: Option<&str>) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(Error::file("create the folder", root))?;
        let root = root.canonicalize().map_err(Error::file("resolve the folder", root))?;
        let shared =
            Arc::new(Shared { root, token: token.map(str::to_owned), requests: AtomicUsize::new(0) });
        let handler = shared.clone();
        let server = serve(move |request| handle(handler.clone(), request))?;
        Ok(Self { server, shared })
    }

    /// Makes an empty bare repository `<name>.git` with the branch `main`; returns its path, to push to.
    ///
    /// # Errors
    /// A folder that cannot be made, or git's own.
    pub fn create(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.path(name);
        fs::create_dir_all(&path).map_err(Error::file("create the folder", &path))?;
        run::git(&path, &["init", "--quiet", "--bare", "--initial-branch=main"])?;
        Ok(path)
    }

    /// Where a bare repository lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.shared.root.join(format!("{name}.git"))
    }

    /// The URL of a repository, without the token.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}.git", self.server.addr())
    }

    /// How many HTTP requests came in, refused ones included.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }
}

async fn handle(shared: Arc<Shared>, request: Request<hyper::body::Incoming>) -> Reply {
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let call = Inbound::read(request).await?;
    if shared.token.as_deref().is_some_and(|token| !presents(&call.headers, token)) {
        let answer = Response::builder().status(401).header(WWW_AUTHENTICATE, "Basic realm=\"sandbox\"");
        return answer.body(Full::new(Bytes::from_static(b"token required"))).map_err(|_| Dropped);
    }
    cgi::answer(&shared.root, &call).await
}

fn presents(headers: &HeaderMap, token: &str) -> bool {
    let Some(header) = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()) else { return false };
    match header.split_once(' ') {
        Some((scheme, value)) if scheme.eq_ignore_ascii_case("bearer") => value == token,
        Some((scheme, value)) if scheme.eq_ignore_ascii_case("basic") => {
            password(value).as_deref() == Some(token)
        }
        _ => false,
    }
}

fn password(value: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}
