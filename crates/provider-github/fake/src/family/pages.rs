//! Pages: whether a repository publishes a site, and from where. Builds and certificates are absent.

use serde_json::{Value, json};

use crate::answer::{created, done, not_found, ok, refusal};
use crate::call::Call;
use crate::route::{Route, get, write};
use crate::world::Map;

const ONE: &str = "/repos/{owner}/{repo}/pages";

pub(super) const ROUTES: &[Route] = &[
    get(ONE, "pages", |call| ok(show(call, call.repo()?.pages.as_ref().ok_or_else(not_found)?))),
    write("POST", ONE, "pages", |call| {
        if call.repo()?.pages.is_some() {
            return Err(refusal(409, "GitHub Pages is already enabled."));
        }
        let site = settings(call, Map::new());
        call.repo_mut()?.pages = Some(site.clone());
        created(show(call, &site))
    }),
    write("PUT", ONE, "pages", |call| {
        let old = call.repo()?.pages.clone().ok_or_else(not_found)?;
        call.repo_mut()?.pages = Some(settings(call, old));
        done()
    }),
    write("DELETE", ONE, "pages", |call| {
        call.repo_mut()?.pages.take().ok_or_else(not_found)?;
        done()
    }),
];

/// What the body names over what was.
fn settings(call: &Call<'_>, mut site: Map) -> Map {
    site.entry("build_type").or_insert_with(|| "legacy".into());
    for name in ["build_type", "source", "cname", "https_enforced"] {
        if let Some(value) = call.body.get(name).filter(|value| !value.is_null()) {
            site.insert(name.to_owned(), value.clone());
        }
    }
    site
}

fn show(call: &Call<'_>, site: &Map) -> Value {
    let mut shown = json!({
        "url": format!("{}/pages", call.repo_url()), "status": "built", "cname": site.get("cname"),
        "custom_404": false, "public": true, "html_url": call.url("pages"),
        "build_type": site.get("build_type"), "https_enforced": site.get("https_enforced").is_some_and(|on| on == true),
    });
    if let Some(source) = site.get("source").filter(|source| source.is_object()) {
        let mut source = source.clone();
        if source.get("path").is_none() {
            source["path"] = "/".into();
        }
        shown["source"] = source;
    }
    shown
}
