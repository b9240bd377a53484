//! `aplomo serve`: the daemon.

use crate::args::ServeArgs;
use crate::config::SourceConfig;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;

/// Serves until told to stop.
///
/// # Errors
/// Where there is nothing to watch, or the store or the address cannot be used.
pub async fn run(mut cx: Cx, args: &ServeArgs) -> Result<Exit, Failure> {
    if let Some(listen) = &args.listen {
        cx.config.listen.clone_from(listen);
    }
    if let Some(path) = &args.path {
        let full = cx.env.cwd.join(path);
        let reading = cx.read(path)?;
        if cx.config.sources.iter().all(|s| s.path.as_ref() != Some(&full)) {
            let tenants = reading.snapshot.manifests.iter().filter_map(tenant_of).collect::<std::collections::BTreeSet<_>>();
            cx.config.sources.push(SourceConfig {
                name: reading.snapshot.name.to_string(),
                path: Some(full),
                git: None,
                tenants: tenants.into_iter().collect(),
                operator: true,
                part: false,
            });
        }
    }
    crate::daemon::run(cx).await
}

fn tenant_of(manifest: &aplomo_core::manifest::RawManifest) -> Option<String> {
    manifest.root.get("metadata")?.get("tenant")?.as_text().map(Into::into)
}
