//! Values of custom properties, a hundred repositories a page. Only values that were set are told.

use crate::line::{Line, Site};
use crate::read::sweep::node::{id, must, plain};
use crate::read::{Find, Haul, cut_short, words};
use crate::route::Route;
use aplomo_core::fields::Sight;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Observation, Scope, Seen, TypeName};
use aplomo_resources::github::model::CustomProperty;
use aplomo_resources::github::names;
use serde_json::Value;
use std::sync::Arc;

const FEEDS: &[TypeName] = &[names::CUSTOM_PROPERTY];

/// See the module.
pub(crate) struct Properties(pub(crate) Arc<Site>);

impl Reader for Properties {
    fn feeds(&self) -> &[TypeName] {
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    /// Asked only where a manifest sets one.
    fn costly(&self) -> &[(TypeName, &'static str)] {
        const COSTLY: &[(TypeName, &str)] = &[(names::CUSTOM_PROPERTY, "")];
        COSTLY
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let line = Line::to_read(&self.0, cx);
            let (begun, mut haul) = (line.now(), Haul::new(scope));
            let wished = cx.sought.is_none_or(|s| s.narrow.is_some() || !s.keys(&FEEDS[0], "").is_empty());
            if wished || recorded(cx) {
                all(&line, &mut haul).await;
            }
            haul.done(&line, begun)
        })
    }
}

fn recorded(cx: &ReadCx<'_>) -> bool {
    cx.memory.is_some_and(|memory| memory.ledger.values().any(|entry| FEEDS.contains(&entry.type_name)))
}

async fn all(line: &Line<'_>, haul: &mut Haul<'_>) {
    let route = Route::list("/orgs/{org}/properties/values", &[&line.site.organisation]);
    let (all, problem) = line.pages::<Value>(&route, None).await;
    let coverage = problem.map_or(Coverage::Complete, |problem| {
        cut_short(&problem, all.len(), "repositories' custom properties")
    });
    haul.cover(&FEEDS[0], None, coverage);
    for repository in &all {
        let Some(within) = id(repository, "repository_id") else { continue };
        for property in plain(repository, "properties") {
            take(haul, &within, property);
        }
    }
}

fn take(haul: &mut Haul<'_>, within: &str, property: &Value) {
    let Some(name) = must(property, "property_name") else { return };
    let values = match &property["value"] {
        Value::String(one) => words([one.as_str()]),
        Value::Array(some) => words(some.iter().filter_map(Value::as_str)),
        // Null is no value: then it is not there.
        _ => return,
    };
    let fields = CustomProperty::<Seen> { name: Sight::Value(name.into()), values: Sight::Value(values) };
    haul.take(&names::CUSTOM_PROPERTY, Find::new(name).within(within), &fields);
}
