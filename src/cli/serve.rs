//! `aplomo serve`: the daemon.

use crate::args::ServeArgs;
use crate::config::SourceConfig;
use crate::context::Cx;
use crate::daemon::Given;
use crate::exit::Exit;
use crate::failure::Failure;
use std::path::Path;

/// Serves until told to stop.
///
/// # Errors
/// Where there is nothing to watch, or the store or the address cannot be used.
pub async fn run(mut cx: Cx, args: &ServeArgs) -> Result<Exit, Failure> {
    let source = args.path.as_deref().map(|path| by_hand(&cx, path)).transpose()?.flatten();
    let given = Given { listen: args.listen.clone(), source };
    given.put_into(&mut cx.config);
    crate::daemon::run(cx, given).await
}

/// A source for a path on the command line; none where the configuration has it already.
fn by_hand(cx: &Cx, path: &Path) -> Result<Option<SourceConfig>, Failure> {
    let full = cx.env.cwd.join(path);
    let name = cx.read(path)?.snapshot.name;
    let Some(known) = cx.config.sources.iter().find(|s| s.name == name.as_str()) else {
        return Ok(Some(SourceConfig {
            name: name.to_string(),
            path: Some(full),
            git: None,
            tenants: Vec::new(),
            operator: true,
            part: false,
            by_hand: true,
        }));
    };
    let same = known.path.as_ref().and_then(|p| p.canonicalize().ok()) == full.canonicalize().ok();
    if same { Ok(None) } else { Err(taken(path, &known.name)) }
}

fn taken(path: &Path, source: &str) -> Failure {
    Failure::usage(format!(
        "{} is a part of source `{source}`, or has its name; leave PATH out to watch what is configured",
        path.display()
    ))
}
