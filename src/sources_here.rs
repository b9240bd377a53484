//! The manifests as they are here, for commands that look things up: a path that was given, else every
//! configured source. A remote that cannot be reached is read as it was last fetched.

use crate::context::Cx;
use crate::daemon::sources::Readings;
use crate::failure::Failure;
use aplomo_core::manifest::Snapshot;
use std::path::{Path, PathBuf};

/// One source that was read.
pub struct Here {
    /// Its manifests.
    pub snapshot: Snapshot,
    /// The directory that it was read from, or the bare cache of its remote; `None` where there is none.
    pub place: Option<PathBuf>,
    /// The directory of the source below the root of the remote; empty for directories.
    pub sub_path: String,
    /// Why it is not what it should be, where that is so.
    pub trouble: Option<String>,
}

/// Reads the path, else all configured sources; none of both gives none.
///
/// # Errors
/// Where the path is not there, or the configuration of a source is not valid.
pub async fn read(cx: &Cx, path: Option<&Path>) -> Result<Vec<Here>, Failure> {
    if let Some(path) = path {
        let (snapshot, place) = (cx.read(path)?.snapshot, Some(cx.env.cwd.join(path)));
        return Ok(vec![Here { snapshot, place, sub_path: String::new(), trouble: None }]);
    }
    let configs = &cx.config.sources;
    if configs.is_empty() {
        return Ok(Vec::new());
    }
    let cache = cx.source_cache();
    std::fs::create_dir_all(&cache)?;
    let reads = Readings::default().read_all(configs, &cache, &cx.env.vars).await?;
    let here = configs.iter().zip(reads).map(|(config, read)| Here {
        snapshot: read.snapshot,
        place: read.repository,
        sub_path: config.git.as_ref().and_then(|git| git.sub_path.clone()).unwrap_or_default(),
        trouble: read.trouble,
    });
    Ok(here.collect())
}
